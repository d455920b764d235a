//! What is written around the code.

use super::source::{File, files, judge};

/// Marks of unfinished or switched-off work; written in two parts, or this file would name itself.
const LEFTOVERS: &[(&str, &str)] = &[
    (concat!("TO", "DO"), "finish it, or describe what is left out and why nobody can tell"),
    (concat!("FIX", "ME"), "fix it"),
    (concat!("todo", "!("), "finish it"),
    (concat!("unimple", "mented!("), "finish it"),
    (concat!("db", "g!("), "take it out"),
    (concat!("#[ig", "nore"), "a test that does not run proves nothing: run it or delete it"),
    (concat!("#[should", "_panic"), "judge the value that is returned instead"),
    (concat!("test.sk", "ip("), "a test that does not run proves nothing: run it or delete it"),
    (concat!("test.on", "ly("), "it keeps all other tests from running"),
];

#[test]
fn nothing_is_left_over() {
    let mut findings = Vec::new();
    for file in files(&[".rs", ".mjs", ".css", ".html", ".md", ".toml"]) {
        for (index, line) in file.text.lines().enumerate() {
            for (mark, advice) in LEFTOVERS {
                if line.contains(mark) {
                    findings.push(file.finding(index + 1, format!("{mark}: {advice}")));
                }
            }
        }
    }
    judge(findings);
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut findings = Vec::new();
    for file in files(&[".rs", ".mjs"]) {
        let mark = if file.path.ends_with(".rs") { "//!" } else { "//" };
        if !file.text.starts_with(mark) {
            findings
                .push(file.finding(1, format!("begin with `{mark}` and what this file is for")));
        }
    }
    judge(findings);
}

#[test]
fn every_rust_file_is_part_of_the_program() {
    let all = files(&[".rs"]);
    let mut findings = Vec::new();
    for file in all.iter().filter(|it| it.path.starts_with("src/")) {
        let Some((parents, name)) = declared_in(&file.path) else { continue };
        let declares = |parent: &&File| {
            let is_parent = parents.contains(&parent.path);
            is_parent && parent.text.contains(&format!("mod {name};"))
        };
        if !all.iter().any(|it| declares(&it)) {
            let message = format!("no `mod {name};` in {}", parents.join(" or "));
            findings.push(file.finding(0, message));
        }
    }
    judge(findings);
}

/// The files that may declare this one as a module, and its name there; `None` for a root.
fn declared_in(path: &str) -> Option<(Vec<String>, &str)> {
    let roots = ["src/lib.rs", "src/main.rs", "src/bin/ordinal/main.rs"];
    if roots.contains(&path) {
        return None;
    }
    let module = path.strip_suffix("/mod.rs").or(path.strip_suffix(".rs"))?;
    let (folder, name) = module.rsplit_once('/')?;
    let parents = ["/mod.rs", "/main.rs", "/lib.rs", ".rs"];
    Some((parents.iter().map(|end| format!("{folder}{end}")).collect(), name))
}

#[test]
fn every_page_of_prose_has_one_title() {
    let mut findings = Vec::new();
    for file in files(&[".md"]) {
        let mut titles = Vec::new();
        let mut fenced = false;
        for (index, line) in file.text.lines().enumerate() {
            fenced ^= line.trim_start().starts_with("```");
            if !fenced && line.starts_with("# ") {
                titles.push(index + 1);
            }
        }
        if titles != [1] {
            let message = format!("one title (`# …`), on line 1; found on lines {titles:?}");
            findings.push(file.finding(titles.last().copied().unwrap_or(1), message));
        }
    }
    judge(findings);
}

#[test]
fn both_languages_have_the_same_files() {
    let names = |lang: &str| -> Vec<String> {
        let start = format!("src/text/{lang}/");
        let all = files(&[".rs", ".md"]);
        all.iter().filter_map(|it| it.path.strip_prefix(&start)).map(str::to_string).collect()
    };
    assert_eq!(names("en"), names("zh"), "src/text/en and src/text/zh say the same things");
}

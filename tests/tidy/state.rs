//! What the model may be made of: plain data that is the same on every machine.

use super::source::{File, Finding, files, item_end, judge, line_of, words};

/// Modules whose values are parts of a world, so that they are cloned, compared and digested.
const STATE: &[&str] = &["os", "sh", "tool", "mysql", "node", "kube", "world"];

/// Where a program computes with real numbers as the real one does, and keeps only the text.
const FLOATS: &[&str] = &["src/base/conversion.rs", "src/base/real.rs", "src/tool/text/printf.rs"];

/// Words that have no place in the library outside `ui`, each with what to use instead.
const BANNED: &[(&str, &str)] = &[
    ("HashMap", "its order changes from run to run: use BTreeMap"),
    ("HashSet", "its order changes from run to run: use BTreeSet"),
    ("Instant", "the library has no clock: it is given `now` as SimTime"),
    ("SystemTime", "the library has no clock: it is given `now` as SimTime"),
    ("RefCell", "state is changed by its owner alone: take &mut"),
    ("thread_local", "state is passed, never reached for"),
    ("println", "the library prints nothing: return what there is to say"),
    ("eprintln", "the library prints nothing: return what there is to say"),
];

/// Parts of the standard library that reach outside the program.
const OUTSIDE: &[&str] = &["fs", "net", "process", "env", "thread", "time", "io"];

/// Files that may use one of them, each with its reason.
const WITHIN: &[(&str, &str)] = &[
    // The archive is written into memory, through the traits the zip library asks for.
    ("src/manifest/export/archive.rs", "io"),
];

#[test]
fn state_holds_no_floats() {
    let mut findings = Vec::new();
    for file in of_state() {
        if FLOATS.contains(&file.path.as_str()) {
            continue;
        }
        let code = file.code();
        for word in ["f32", "f64"] {
            for at in words(&code, word) {
                let message = format!("{word}: rounding differs between machines; use integers");
                findings.push(file.finding(line_of(&code, at), message));
            }
        }
    }
    judge(findings);
}

#[test]
fn state_holds_no_usize() {
    judge(of_state().iter().flat_map(usize_fields).collect());
}

#[test]
fn the_library_is_a_calculator() {
    let mut findings = Vec::new();
    for file in files(&[".rs"]) {
        if file.module().is_none_or(|it| it == "ui") {
            continue;
        }
        let code = file.code();
        for (word, advice) in BANNED {
            for at in words(&code, word) {
                findings.push(file.finding(line_of(&code, at), format!("{word}: {advice}")));
            }
        }
        for part in OUTSIDE {
            if WITHIN.contains(&(file.path.as_str(), part)) {
                continue;
            }
            let path = format!("std::{part}");
            for at in words(&code, &path) {
                let message = format!("{path}: the library reaches nothing outside itself");
                findings.push(file.finding(line_of(&code, at), message));
            }
        }
    }
    judge(findings);
}

#[test]
fn only_one_folder_names_the_browser() {
    let mut findings = Vec::new();
    for file in files(&[".rs"]) {
        if file.path.starts_with("src/ui/browser/") || !file.path.starts_with("src/") {
            continue;
        }
        let code = file.code();
        for at in words(&code, "web_sys") {
            let message = "web_sys: only src/ui/browser/ speaks to the browser";
            findings.push(file.finding(line_of(&code, at), message));
        }
    }
    judge(findings);
}

fn of_state() -> Vec<File> {
    let mut all = files(&[".rs"]);
    all.retain(|file| file.module().is_some_and(|module| STATE.contains(&module)));
    all
}

/// Fields of type usize in types that can be digested, as every part of a world can.
fn usize_fields(file: &File) -> Vec<Finding> {
    let code = file.code();
    let mut findings = Vec::new();
    for keyword in ["struct", "enum"] {
        for start in words(&code, keyword) {
            if !attributes_before(&code, start).contains("Hash") {
                continue;
            }
            let end = item_end(&code, start);
            for at in words(&code[start..end], "usize") {
                let message = "a usize in state: its width differs in wasm; use u32 or u64";
                findings.push(file.finding(line_of(&code, start + at), message));
            }
        }
    }
    findings
}

/// What stands between the item before and the keyword at `at`.
fn attributes_before(code: &str, at: usize) -> &str {
    let start = code[..at].rfind([';', '}']).map_or(0, |end| end + 1);
    &code[start..at]
}

#[test]
fn usize_is_found_in_fields_of_state_and_nowhere_else() {
    let text = "#[derive(Hash)]\nstruct A { n: usize }\nstruct P<'a> { at: usize, t: &'a str }\n\
                #[derive(Hash)] enum E { One(Vec<usize>) }\nfn f(n: usize) {}\n\
                #[derive(Clone, Hash)]\npub struct T(u8, usize);\n";
    let file = File { path: "src/sh/mod.rs".into(), text: text.into() };
    let lines: Vec<usize> = usize_fields(&file).iter().map(|it| it.line).collect();
    assert_eq!(lines, [2, 7, 4]);
}

//! Who may use whom: the arrows between the library's modules.

use super::source::{File, Finding, files, is_word, judge, line_of};

/// Each module, and the modules it may name. What is absent is absent on purpose: `kube` asks for
/// containers through `sim::Effect` and reaches into none; `sh` owns the system calls it needs,
/// which is what lets a fake stand in for the machine; and nothing points at `text` but people's
/// ends of the program.
const ARROWS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("ere", &["base"]),
    ("span", &["base"]),
    ("trace", &["base", "span"]),
    ("os", &["base", "trace"]),
    ("sim", &["base", "os", "trace", "manifest"]),
    ("manifest", &["base", "span", "trace", "sh"]),
    ("sh", &["base", "os", "trace", "ere"]),
    ("tool", &["base", "os", "trace", "ere"]),
    ("mysql", &["base", "os", "trace", "ere"]),
    ("node", &["base", "os", "trace", "sim", "sh", "tool", "mysql"]),
    ("kube", &["base", "os", "trace", "sim", "manifest"]),
    (
        "world",
        &["base", "span", "trace", "os", "sim", "manifest", "sh", "tool", "mysql", "node", "kube"],
    ),
    ("view", &["base", "span", "trace", "manifest"]),
    ("history", &["base", "trace", "sim", "world", "view"]),
    ("player", &["base", "span", "trace", "sim", "manifest", "world", "history", "view"]),
    ("text", &["base", "span", "trace", "sim", "manifest", "view", "player"]),
];

/// Arrows of single files, each with its reason.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    // The one place where what is becomes what may be seen.
    ("src/view/project", &["sim", "mysql", "node", "kube", "world"]),
    // A log line is kept as it is shown: what a program printed, as data.
    ("src/node/container", &["view"]),
];

#[test]
fn modules_name_only_the_modules_they_may() {
    judge(files(&[".rs"]).iter().flat_map(wrong_arrows).collect());
}

fn wrong_arrows(file: &File) -> Vec<Finding> {
    let Some(module) = file.module().filter(|it| *it != "ui") else { return Vec::new() };
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        let message = format!("`{module}` has no row in tests/tidy/arrows.rs: who may it use?");
        return vec![file.finding(1, message)];
    };
    let code = file.code();
    let mut findings = Vec::new();
    for (at, used) in named(&code) {
        let excepted =
            EXCEPTIONS.iter().any(|(start, to)| file.path.starts_with(start) && to.contains(&used));
        if used != module && is_module(used) && !allowed.contains(&used) && !excepted {
            let message = format!("`{module}` may not use `{used}` (tests/tidy/arrows.rs)");
            findings.push(file.finding(line_of(&code, at), message));
        }
    }
    findings
}

fn is_module(name: &str) -> bool {
    name == "ui" || ARROWS.iter().any(|(module, _)| *module == name)
}

/// The modules named through `crate::`, with where; `use crate::{a::X, b}` names `a` and `b`.
fn named(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, mark) in code.match_indices("crate::") {
        let after = at + mark.len();
        if !code[after..].starts_with('{') {
            found.push((after, word_at(code, after)));
            continue;
        }
        let mut depth = 0;
        let mut expected = false;
        for (offset, c) in code[after..].char_indices() {
            match c {
                '{' => (depth, expected) = (depth + 1, depth == 0),
                '}' => depth -= 1,
                ',' => expected = depth == 1,
                _ if is_word(c) && expected => {
                    found.push((after + offset, word_at(code, after + offset)));
                    expected = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn word_at(code: &str, at: usize) -> &str {
    let end = code[at..].find(|c| !is_word(c)).map_or(code.len(), |length| at + length);
    &code[at..end]
}

#[test]
fn names_are_found_in_every_form_of_use() {
    let code = "use crate::base::{Pid, Fd}; use crate::{os::{Sys, X}, trace::Fact}; crate::sh::f()";
    let names: Vec<&str> = named(code).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["base", "os", "trace", "sh"]);
}

#[test]
fn no_arrow_points_back() {
    // Every module stands below the ones it uses, so the rows can be read as layers.
    let mut placed: Vec<&str> = Vec::new();
    while placed.len() < ARROWS.len() {
        let next = ARROWS.iter().find(|(name, uses)| {
            !placed.contains(name) && uses.iter().all(|used| placed.contains(used))
        });
        let (name, _) = next.expect("the table of arrows has no circle");
        placed.push(name);
    }
}

//! How long a line, a file and a function may be. The numbers only ever go down.

use super::source::{File, Finding, files, item_end, judge, line_of, words};

/// Columns of a line.
const LINE_COLUMNS_MAX: usize = 100;

/// Lines of a Rust file.
const FILE_LINES_MAX: usize = 600;

/// Lines of a function, from its `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;

/// Files that are longer for now: path, lines. None may grow; one that fits leaves the list.
const LONG_FILES: &[(&str, usize)] = &[];

/// Functions that are longer for now: path, name, lines. The same rule.
const LONG_FUNCTIONS: &[(&str, &str, usize)] = &[("src/sh/builtin/read.rs", "begin_read", 76)];

/// Tables of sentences, one arm a fact: their length is the number of things there are to say.
const TABLES: &[&str] = &["src/text/en/", "src/text/zh/", "src/text/diagnostic/"];

#[test]
fn lines_fit() {
    let mut findings = Vec::new();
    for file in files(&[".rs", ".mjs", ".css", ".html"]) {
        for (index, line) in file.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > LINE_COLUMNS_MAX {
                let message = format!("{columns} columns, at most {LINE_COLUMNS_MAX}: break it");
                findings.push(file.finding(index + 1, message));
            }
        }
    }
    judge(findings);
}

#[test]
fn files_fit() {
    let mut findings = Vec::new();
    for file in files(&[".rs"]) {
        let lines = file.text.lines().count();
        let ratchet = LONG_FILES.iter().find(|(path, _)| *path == file.path);
        findings.extend(verdict(&file, 0, lines, FILE_LINES_MAX, ratchet.map(|it| it.1), "file"));
    }
    judge(findings);
}

#[test]
fn functions_fit() {
    let mut findings = Vec::new();
    for file in files(&[".rs"]) {
        if TABLES.iter().any(|start| file.path.starts_with(start)) {
            continue;
        }
        for Function { name, line, lines } in functions(&file.code()) {
            let ratchet = LONG_FUNCTIONS.iter().find(|it| it.0 == file.path && it.1 == name);
            let what = format!("fn {name}");
            let limit = FUNCTION_LINES_MAX;
            findings.extend(verdict(&file, line, lines, limit, ratchet.map(|it| it.2), &what));
        }
    }
    judge(findings);
}

/// A limit with a ratchet: the listed ones may stay as long as they are, and not a line longer.
fn verdict(
    file: &File,
    line: usize,
    lines: usize,
    limit: usize,
    ratchet: Option<usize>,
    what: &str,
) -> Option<Finding> {
    let message = match ratchet {
        None if lines > limit => format!("{what}: {lines} lines, at most {limit}: split it"),
        Some(listed) if lines > listed => {
            format!("{what}: {lines} lines, and it may not grow beyond its {listed}: split it")
        }
        Some(_) if lines <= limit => {
            format!("{what}: fits now; take it off the list in tests/tidy/lengths.rs")
        }
        _ => return None,
    };
    Some(file.finding(line, message))
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// The functions of a file that have a body.
fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for at in words(code, "fn") {
        let after = code[at + 2..].trim_start();
        let name: String = after.chars().take_while(|c| super::source::is_word(*c)).collect();
        let end = item_end(code, at);
        // A function pointer's type has no name, a trait's bare signature no body.
        if !name.is_empty() && code[..end].ends_with('}') {
            let line = line_of(code, at);
            found.push(Function { name, line, lines: line_of(code, end) - line + 1 });
        }
    }
    found
}

#[test]
fn functions_are_measured_from_fn_to_brace() {
    let code =
        "trait T { fn bare(&self) -> u8;\nfn full(a: [u8; 2]) {\n  { }\n}\n}\ntype F = fn(u8);";
    let all: Vec<_> = functions(code).into_iter().map(|it| (it.name, it.line, it.lines)).collect();
    assert_eq!(all, [("full".to_string(), 2, 3)]);
}

#[test]
fn a_list_of_long_things_only_shrinks() {
    let file = File { path: "src/a.rs".into(), text: String::new() };
    let says = |lines, listed| {
        verdict(&file, 1, lines, 70, listed, "fn f").map_or(String::new(), |it| it.message)
    };
    assert_eq!(says(70, None), "");
    assert_eq!(says(80, Some(80)), "");
    assert!(says(71, None).ends_with("split it"));
    assert!(says(81, Some(80)).ends_with("split it"));
    assert!(says(70, Some(80)).contains("take it off the list"));
}

//! The repository's own text, read for judging it.

use std::fs;
use std::path::Path;

/// One file.
pub struct File {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// Its text as it stands.
    pub text: String,
}

/// One finding: where, and what to do about it.
pub struct Finding {
    /// Path from the root.
    pub path: String,
    /// 1-based; 0 for the file as a whole.
    pub line: usize,
    /// A sentence.
    pub message: String,
}

impl File {
    /// A finding in this file.
    pub fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, message: message.into() }
    }

    /// The module of the library it belongs to, such as `sh`; `None` outside the library.
    pub fn module(&self) -> Option<&str> {
        let name = self.path.strip_prefix("src/")?.split('/').next()?;
        let name = name.strip_suffix(".rs").unwrap_or(name);
        (!["bin", "main", "lib"].contains(&name)).then_some(name)
    }

    /// Whether all of it is there for tests only.
    pub fn is_test(&self) -> bool {
        let own = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        own || self.path.starts_with("tests/")
    }

    /// Its Rust code with comments, strings and test modules blanked; lines stay in place.
    pub fn code(&self) -> String {
        if self.is_test() && self.path.starts_with("src/") {
            return blank(&self.text);
        }
        without_tests(code_only(&self.text))
    }
}

/// Fails with every finding on its own line, in the form editors and terminals can follow.
#[track_caller]
pub fn judge(findings: Vec<Finding>) {
    let lines: Vec<String> =
        findings.iter().map(|it| format!("{}:{}: {}", it.path, it.line, it.message)).collect();
    assert!(lines.is_empty(), "{} to tidy:\n{}", lines.len(), lines.join("\n"));
}

/// All files of the repository with one of these endings, in order of path; what builds and
/// package managers put there is left out.
pub fn files(endings: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    walk(Path::new(env!("CARGO_MANIFEST_DIR")), "", endings, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!files.is_empty(), "there is something to judge");
    files
}

fn walk(folder: &Path, prefix: &str, endings: &[&str], files: &mut Vec<File>) {
    let entries = fs::read_dir(folder).expect("the repository can be read");
    for entry in entries {
        let entry = entry.expect("the repository can be read");
        let name = entry.file_name().into_string().expect("our file names are UTF-8");
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().expect("a file has a type");
        if kind.is_dir() {
            let foreign = ["target", "dist", "node_modules", ".git", "test-results"];
            if !foreign.contains(&name.as_str()) {
                walk(&entry.path(), &format!("{path}/"), endings, files);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(entry.path()).expect("our sources are UTF-8");
            files.push(File { path, text });
        }
    }
}

fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect()
}

/// Blanks comments, strings and character literals.
fn code_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let before = out.chars().next_back();
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => quoted(rest, '"'),
            'r' | 'b' if !before.is_some_and(is_word) => raw_or_byte(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if length == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            out.push_str(&blank(&rest[..length]));
            rest = &rest[length..];
        }
    }
    out
}

/// Whether a character can be part of a Rust word.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a literal that starts and ends with `mark`, in bytes.
fn quoted(text: &str, mark: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            _ if c == mark => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `r"…"`, `r#"…"#`, `b"…"`, `br#"…"#`; 0 if this is only a word.
fn raw_or_byte(text: &str) -> usize {
    let after = text.trim_start_matches('b').trim_start_matches('r');
    let prefix = text.len() - after.len();
    let raw = text[..prefix].ends_with('r');
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = &after[hashes..];
    if prefix > 2 || !body.starts_with('"') {
        return 0;
    }
    if !raw {
        return if hashes == 0 { prefix + quoted(body, '"') } else { 0 };
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let found = body[1..].find(&end).map_or(body.len(), |at| 1 + at + end.len());
    prefix + hashes + found
}

/// The length of a character literal; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => quoted(text, '\''),
        (Some(c), Some('\'')) => c.len_utf8() + 2,
        _ => 0,
    }
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(mut code: String) -> String {
    const MARK: &str = "#[cfg(test)]";
    while let Some(start) = code.find(MARK) {
        let end = item_end(&code, start + MARK.len());
        let blanked = blank(&code[start..end]);
        code.replace_range(start..end, &blanked);
    }
    code
}

/// Where the item that begins at `from` ends: after its `;` or its closing brace.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_u32;
    for (at, c) in code[from..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return from + at + 1;
                }
            }
            ';' if depth == 0 => return from + at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The 1-based line of a byte offset.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Byte offsets at which `word` stands as a whole word.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[test]
fn code_is_told_from_comments_strings_and_tests() {
    let file = File {
        path: "src/sh/mod.rs".into(),
        text: "let a = \"f32 \\\" {\"; // f64\nlet b: &'a str = r#\"x\" f32\"#; let c = '{';\n\
               #[cfg(test)]\nmod tests { fn f() { usize } }\nlet d = br\"}\"; let rb = '\\'';\n"
            .into(),
    };
    let code = file.code();
    assert_eq!(code.matches('\n').count(), file.text.matches('\n').count());
    for gone in ["f32", "f64", "usize", "{", "}"] {
        assert!(!code.contains(gone), "{gone} in {code}");
    }
    for kept in ["let a", "&'a str", "let c", "let d", "let rb"] {
        assert!(code.contains(kept), "{kept} not in {code}");
    }
}

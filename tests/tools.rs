//! The small programs against what the real ones said: tables of command lines, recorded on Debian
//! with GNU coreutils, grep, sed, findutils and mawk.
//!
//! A case is a command line and what came of it:
//!
//! ```text
//! $ sed -n 2p words < stdin text
//! | a line of standard output
//! ! a line of standard error
//! = 1
//! + path mode content
//! - path
//! ```
//!
//! `=` is the exit code where it is not 0; `+` a file made or changed, `-` one that is gone.
//! `RECORD=1 cargo test tools` runs the real programs and writes the tables anew; the change is to
//! be read.

#[path = "tools/busybox.rs"]
mod busybox;
#[path = "tools/net.rs"]
mod net;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ordinal::base::Blob;
use ordinal::node::Standalone;

/// What lies in the current directory of every case.
const FILES: &[(&str, &str)] = &[
    ("a", "alpha\nbeta\ngamma\n"),
    ("b", "beta\ndelta\n"),
    ("nonl", "one\ntwo"),
    ("nums", "10\n9\n2\n1.5\n-3\n10\n"),
    ("csv", "x,1,foo\ny,2,bar\nz,3,baz\n"),
    ("tabs", "a\tb\tc\n1\t2\t3\n"),
    ("words", "the quick  brown fox\n\njumps over\nthe lazy dog\n\n\nend\n"),
    ("conf", "[mysqld]\nserver-id=100\n# comment\nlog-bin=mysql-bin\n\nuser = root\n"),
    ("slave", "CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000003', MASTER_LOG_POS=154;\n"),
    ("binlog", "mysql-0-bin.000003\t154\n"),
    ("empty", ""),
    ("d/x", "x\n"),
    ("d/sub/y", "y\nbeta\n"),
    ("script.sed", "s/a/A/g\n/beta/d\n"),
    ("prog.awk", "BEGIN { FS = \",\" }\n{ print $3, $1 }\n"),
];

struct Case {
    argv: Vec<String>,
    stdin: Option<String>,
    line: String,
    want: Outcome,
}

#[derive(Default, PartialEq)]
struct Outcome {
    out: Vec<u8>,
    err: Vec<u8>,
    code: u8,
    files: BTreeMap<String, Option<(Vec<u8>, u32)>>,
}

fn escape(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let escape = |c: char| match c {
        '\\' => "\\\\".to_string(),
        '\n' => "\\n".to_string(),
        '\t' => "\\t".to_string(),
        c if c.is_control() => format!("\\x{:02x}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let mut buffer = [0; 4];
        if c != '\\' {
            out.extend(c.encode_utf8(&mut buffer).as_bytes());
            continue;
        }
        match chars.next() {
            Some('n') => out.push(b'\n'),
            Some('t') => out.push(b'\t'),
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                out.push(u8::from_str_radix(&digits, 16).expect("two hexadecimal digits"));
            }
            Some(other) => out.extend(other.encode_utf8(&mut buffer).as_bytes()),
            None => {}
        }
    }
    out
}

/// Words with shell quoting ('…', "…", backslash); a `<` word begins the standard input, escaped.
fn split(line: &str) -> (Vec<String>, Option<String>) {
    let (command, stdin) = match line.split_once(" << ") {
        Some((command, text)) => (command, Some(String::from_utf8(unescape(text)).expect("text"))),
        None => (line, None),
    };
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|next| *next != c));
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    // `\n` within a word is a line end, so that a case stays on one line.
    let words = words.into_iter().map(|word| word.replace("␤", "\n").replace("␉", "\t"));
    (words.collect(), stdin)
}

fn read_table(text: &str) -> (Vec<String>, Vec<Case>) {
    let mut head = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        let (mark, rest) = line.split_at(line.len().min(2));
        if mark == "$ " {
            let (argv, stdin) = split(rest);
            cases.push(Case { argv, stdin, line: rest.to_string(), want: Outcome::default() });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            head.push(line.to_string());
            continue;
        };
        let mut bytes = unescape(rest.strip_suffix('⏎').map_or(rest, |cut| cut));
        if !rest.ends_with('⏎') {
            bytes.push(b'\n');
        }
        match mark.trim_end() {
            "|" => case.want.out.extend(bytes),
            "!" => case.want.err.extend(bytes),
            "=" => case.want.code = rest.parse().expect("an exit code"),
            "-" => {
                case.want.files.insert(rest.to_string(), None);
            }
            "+" => {
                let mut parts = rest.splitn(3, ' ');
                let path = parts.next().unwrap_or_default().to_string();
                let mode = u32::from_str_radix(parts.next().unwrap_or("644"), 8).expect("a mode");
                let content = unescape(parts.next().unwrap_or_default());
                case.want.files.insert(path, Some((content, mode)));
            }
            _ => {}
        }
    }
    (head, cases)
}

fn write_table(head: &[String], cases: &[(String, Outcome)]) -> String {
    let mut text: String = head.iter().map(|line| format!("{line}\n")).collect();
    for (line, outcome) in cases {
        text += &format!("$ {line}\n");
        for (mark, bytes) in [('|', &outcome.out), ('!', &outcome.err)] {
            for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
                text += &match piece.strip_suffix(b"\n") {
                    Some(whole) => format!("{mark} {}\n", escape(whole)),
                    None => format!("{mark} {}⏎\n", escape(piece)),
                };
            }
        }
        if outcome.code != 0 {
            text += &format!("= {}\n", outcome.code);
        }
        for (path, file) in &outcome.files {
            text += &match file {
                Some((content, mode)) => format!("+ {path} {mode:o} {}\n", escape(content)),
                None => format!("- {path}\n"),
            };
        }
        text.push('\n');
    }
    text
}

fn differences(
    after: BTreeMap<String, (Vec<u8>, u32)>,
) -> BTreeMap<String, Option<(Vec<u8>, u32)>> {
    let mut found = BTreeMap::new();
    for (path, content) in FILES {
        match after.get(*path) {
            None => {
                found.insert(path.to_string(), None);
            }
            Some(file) if (file.0.as_slice(), file.1) != (content.as_bytes(), 0o644) => {
                found.insert(path.to_string(), Some(file.clone()));
            }
            Some(_) => {}
        }
    }
    for (path, file) in after {
        if !FILES.iter().any(|(known, _)| *known == path) {
            found.insert(path, Some(file));
        }
    }
    found
}

/// The lines of programs that walk a tree, sorted: the order of names is the file system's.
fn ordered(case: &Case, out: Vec<u8>) -> Vec<u8> {
    let walks =
        case.argv[0] == "find" || case.argv.iter().any(|word| word == "-r" || word == "-rv");
    if !walks || out.contains(&0) {
        return out;
    }
    let mut lines: Vec<&[u8]> = out.split_inclusive(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    lines.concat()
}

fn model(case: &Case) -> Outcome {
    let files: Vec<(String, Blob, u32)> = FILES
        .iter()
        .map(|(path, content)| (path.to_string(), Blob::from(*content), 0o644))
        .collect();
    let mut machine = Standalone::new("debian:10", "mysql-1", &files);
    let argv: Vec<&str> = case.argv.iter().map(String::as_str).collect();
    let stdin = case.stdin.as_deref().unwrap_or_default();
    machine.start(&argv, &[], Some(stdin.as_bytes())).expect("the program is there");
    let done = machine.run(200_000);
    let after = machine.files().into_iter();
    let after = after.map(|(path, (blob, mode))| {
        (path.trim_start_matches('/').to_string(), (blob.to_bytes(1_024), mode & 0o7777))
    });
    Outcome {
        out: ordered(case, done.stdout),
        err: done.stderr,
        code: done.status.map_or(255, |status| status.code()),
        files: differences(after.collect()),
    }
}

fn walk(root: &Path, dir: &Path, found: &mut BTreeMap<String, (Vec<u8>, u32)>) {
    for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        let meta = std::fs::symlink_metadata(&path).expect("it is there");
        if meta.is_dir() {
            walk(root, &path, found);
        } else if meta.is_file() {
            let name = path.strip_prefix(root).expect("it lies below").display().to_string();
            let content = std::fs::read(&path).expect("it can be read");
            found.insert(name, (content, meta.permissions().mode() & 0o7777));
        }
    }
}

fn real(table: &str, case: &Case) -> Outcome {
    let root = std::env::temp_dir().join(format!("ordinal-{}-{table}", std::process::id()));
    let _ = std::fs::remove_dir_all(&root);
    for (path, content) in FILES {
        let path: PathBuf = root.join(path);
        std::fs::create_dir_all(path.parent().expect("it lies in the root")).expect("made");
        std::fs::write(&path, content).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
    }
    let mut child = Command::new(&case.argv[0])
        .args(&case.argv[1..])
        .current_dir(&root)
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", "/root")
        .env("HOSTNAME", "mysql-1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is there");
    let input = case.stdin.clone().unwrap_or_default();
    let _ = std::io::Write::write_all(&mut child.stdin.take().expect("piped"), input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let mut after = BTreeMap::new();
    walk(&root, &root, &mut after);
    let _ = std::fs::remove_dir_all(&root);
    let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
    let code = output.status.code().or(signal.map(|signal| 128 + signal)).unwrap_or(255);
    Outcome {
        out: ordered(case, output.stdout),
        err: output.stderr,
        code: u8::try_from(code).unwrap_or(255),
        files: differences(after),
    }
}

fn judge(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name);
    let text = std::fs::read_to_string(&path).expect("the table is there");
    let (head, cases) = read_table(&text);
    if std::env::var_os("RECORD").is_some() {
        let recorded: Vec<(String, Outcome)> =
            cases.iter().map(|case| (case.line.clone(), real(name, case))).collect();
        std::fs::write(&path, write_table(&head, &recorded)).expect("the table is written");
        return;
    }
    let mut wrong = Vec::new();
    for case in cases {
        let have = model(&case);
        if have != case.want {
            let show = |outcome| write_table(&[], &[(case.line.clone(), outcome)]);
            let (want, have) = (show(case.want), show(have));
            wrong.push(format!("--- real\n{want}--- model\n{have}"));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn text_programs_do_as_the_real_ones_did() {
    judge("text.txt");
}

#[test]
fn file_programs_do_as_the_real_ones_did() {
    judge("file.txt");
}

#[test]
fn process_programs_do_as_the_real_ones_did() {
    judge("process.txt");
}

#[test]
fn sed_does_as_the_real_one_did() {
    judge("sed.txt");
}

#[test]
fn awk_does_as_the_real_one_did() {
    judge("awk.txt");
}

#[test]
fn diff_and_cmp_do_as_the_real_ones_did() {
    judge("compare.txt");
}

#[test]
fn mawk_refuses_what_the_real_one_refused() {
    judge("mawk.txt");
}

#[test]
fn grep_does_as_the_real_one_did() {
    judge("grep.txt");
}

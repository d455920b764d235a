//! busybox's shell and programs against what the real ones said, each case a line for `sh -c`.
//!
//! Recorded with Debian 12's busybox, 1.35; its images carry 1.36, whose usages differ.

use std::path::Path;
use std::process::{Command, Stdio};

use ordinal::base::Blob;
use ordinal::node::Standalone;

use super::{FILES, Outcome, read_table, write_table};

/// Where the recording's links to busybox stand.
const LINKS: &str = "/tmp/ordinal-busybox";

fn model(line: &str) -> Outcome {
    let files: Vec<(String, Blob, u32)> =
        FILES.iter().map(|(path, text)| (path.to_string(), Blob::from(*text), 0o644)).collect();
    let mut machine = Standalone::new("busybox:1.36", "web-0", &files);
    machine.start(&["sh", "-c", line], &[], Some(b"")).expect("it has a shell");
    let done = machine.run(200_000);
    let code = done.status.map_or(255, |status| status.code());
    Outcome { out: done.stdout, err: done.stderr, code, ..Outcome::default() }
}

fn real(line: &str) -> Outcome {
    let root = std::env::temp_dir().join(format!("ordinal-{}-busybox", std::process::id()));
    let _ = std::fs::remove_dir_all(&root);
    for (path, text) in FILES {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("it lies in the root")).expect("made");
        std::fs::write(&path, text).expect("written");
    }
    let mut shell = Command::new(format!("{LINKS}/sh"));
    std::os::unix::process::CommandExt::arg0(&mut shell, "sh");
    let output = shell.args(["-c", line]).current_dir(&root).env_clear().env("PATH", LINKS);
    let output = output.env("HOME", "/root").stdin(Stdio::null()).output().expect("it runs");
    let _ = std::fs::remove_dir_all(&root);
    let code = output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255);
    Outcome { out: output.stdout, err: output.stderr, code, ..Outcome::default() }
}

/// A directory with a link for each program of the machine's busybox.
fn make_links() {
    let list = Command::new("busybox").arg("--list").output().expect("busybox is installed");
    let _ = std::fs::create_dir_all(LINKS);
    for name in String::from_utf8_lossy(&list.stdout).lines() {
        let _ = std::os::unix::fs::symlink("/usr/bin/busybox", format!("{LINKS}/{name}"));
    }
}

#[test]
fn busybox_does_as_the_real_one_did() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/busybox.txt");
    let text = std::fs::read_to_string(&path).expect("the table is there");
    let (head, cases) = read_table(&text);
    if std::env::var_os("RECORD").is_some() {
        make_links();
        let all: Vec<(String, Outcome)> =
            cases.iter().map(|case| (case.line.clone(), real(&case.line))).collect();
        std::fs::write(&path, write_table(&head, &all)).expect("the table is written");
        return;
    }
    assert!(cases.len() > 150);
    let mut wrong = Vec::new();
    for case in cases {
        let have = model(&case.line);
        if have != case.want {
            let show = |outcome| write_table(&[], &[(case.line.clone(), outcome)]);
            wrong.push(format!("--- real\n{}--- model\n{}", show(case.want), show(have)));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

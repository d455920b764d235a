//! Session files, played by the native runner: the transcript is what a terminal would show.
//!
//! The expected transcripts stand beside the sessions; `UPDATE=1` writes them anew, to be
//! read before they are committed.

mod shells;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn play(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ordinal"));
    command.arg("play").args(args).current_dir(dir).output().expect("the runner starts")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/play")
}

#[test]
fn each_session_prints_its_transcript() {
    let mut sessions: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("there are sessions")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == "session"))
        .collect();
    sessions.sort();
    assert!(!sessions.is_empty());
    for session in sessions {
        let name = session.to_str().expect("our names are UTF-8");
        let output = play(&[name], &folder());
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let golden = session.with_extension("out");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&golden, &printed).expect("the transcript can be written");
        }
        let want = std::fs::read_to_string(&golden).expect("the session has a transcript");
        for (number, (got, want)) in (1..).zip(printed.lines().zip(want.lines())) {
            assert_eq!(got, want, "{}:{number}", golden.display());
        }
        assert_eq!(printed.lines().count(), want.lines().count(), "{}", golden.display());
    }
}

/// Each command with what the real programs print, out of a recording.
fn recorded(table: &str) -> Vec<&str> {
    let (_, blocks) = table.split_once("\n\n$ ").expect("a comment, then commands");
    blocks.split("\n\n$ ").map(|it| it.trim_end_matches('\n')).collect()
}

#[test]
fn names_are_found_as_the_real_programs_find_them() {
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).expect("it is there");
    let (transcript, table) = (read("names.out"), read("names.real"));
    let blocks = recorded(&table);
    assert!(blocks.len() > 20);
    for block in blocks {
        assert!(transcript.contains(&format!("$ {block}\n")), "the model prints not:\n{block}");
    }
}

#[test]
fn a_wrong_line_is_named_and_nothing_has_run() {
    let dir = std::env::temp_dir();
    let file = dir.join(format!("ordinal-wrong-{}.session", std::process::id()));
    std::fs::write(&file, "apply\nwiat settled\n$ kubectl get pods\nfault crash mysql-1\n")
        .expect("a file can be written");
    let name = file.to_str().expect("our names are UTF-8");
    let output = play(&[name], &dir);
    std::fs::remove_file(&file).expect("it was just written");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let said = String::from_utf8_lossy(&output.stderr).replace(name, "FILE");
    let want = "FILE:2: no entry of a session begins with `wiat`\n\
                FILE:4: this entry is written: crash POD/CONTAINER\n";
    assert_eq!(said, want);
}

#[test]
fn a_run_that_comes_to_its_bound_says_so() {
    let dir = std::env::temp_dir();
    let file = dir.join(format!("ordinal-bound-{}.session", std::process::id()));
    let session = "write p.yaml\n\
                   | apiVersion: v1\n\
                   | kind: Pod\n\
                   | metadata: {name: p}\n\
                   | spec: {containers: [{name: c, image: busybox, command: [sleep, '3700']}]}\n\
                   $ kubectl apply -f p.yaml\nwait settled\n$ true\n";
    std::fs::write(&file, session).expect("a file can be written");
    let name = file.to_str().expect("our names are UTF-8");
    let output = play(&[name], &dir);
    std::fs::remove_file(&file).expect("it was just written");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).replace(name, "FILE");
    assert_eq!(said, "FILE: Stopped at a bound: the run would go on\n");
}

//! Shells at a terminal: what is typed, line by line, and the screen after it.
//!
//! `tests/play/shells/NAME.typed` holds what is typed (`^C` and `^D` are keys, `@wait` is a pause);
//! `NAME.screen` is the screen of a pseudo-terminal in which the real shell of Debian 12 got the
//! same (bash 5.2.15 with `--norc --noediting`, or dash 0.5.12 as `sh`; PS1 is `$ `), with `PID`
//! for the numbers that differ from run to run.

use std::path::Path;

use super::{folder, play};

/// The session in which a shell of a container gets these lines.
fn session(shell: &str, typed: &str) -> String {
    let start = format!("mkdir /tmp/d; cd /tmp/d; HOME=/tmp/h PS1='$ ' exec {shell}");
    let mut session = format!(
        "apply\nwait ready mysql-0\n$ kubectl exec -it mysql-0 -c xtrabackup -- sh -c \"{start}\"\n"
    );
    for line in typed.lines() {
        let entry = match line {
            "^C" => "wait 1s\n^C".to_string(),
            "^D" => line.to_string(),
            "@wait" => "wait 1s".to_string(),
            line => format!("> {line}"),
        };
        session.push_str(&entry);
        session.push('\n');
    }
    session
}

/// A line without the number of a process that it tells.
fn without_pid(line: &str) -> String {
    let told = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    match told {
        Some((job, pid)) if pid.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("[{job}] PID")
        }
        _ => line.to_string(),
    }
}

/// What stands on the screen below the command that started the shell, and above what `kubectl`
/// says of its end.
fn screen(shell: &str, name: &str) -> String {
    let typed = folder().join("shells").join(name).with_extension("typed");
    let typed = std::fs::read_to_string(typed).expect("the lines are there");
    let file = std::env::temp_dir().join(format!("ordinal-{name}-{}.session", std::process::id()));
    std::fs::write(&file, session(shell, &typed)).expect("a file can be written");
    let output = play(&[file.to_str().expect("our names are UTF-8")], Path::new("/"));
    std::fs::remove_file(&file).expect("it was just written");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let shown = printed.lines().skip_while(|line| !line.starts_with("$ kubectl exec")).skip(1);
    let shown = shown.take_while(|line| !line.starts_with("command terminated"));
    shown.map(|line| without_pid(line) + "\n").collect()
}

#[test]
fn a_shell_at_a_terminal_shows_what_the_real_one_shows() {
    let bash = "bash --norc --noediting";
    for (name, shell) in [("bash", bash), ("sh", "sh"), ("end", bash)] {
        let real = folder().join("shells").join(name).with_extension("screen");
        let real = std::fs::read_to_string(&real).expect("it was recorded");
        let shown = screen(shell, name);
        for (number, (shown, real)) in (1..).zip(shown.lines().zip(real.lines())) {
            assert_eq!(shown, real, "{name}.screen:{number}");
        }
        assert_eq!(shown.lines().count(), real.lines().count(), "{name}.screen");
    }
}

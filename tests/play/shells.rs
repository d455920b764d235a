//! Shells at a terminal: what is typed, line by line, and the screen after it.
//!
//! `tests/play/shells/NAME.typed` holds what is typed (`^C` and `^D` are keys, `@wait` is a pause);
//! `NAME.screen` is the screen of a pseudo-terminal in which the real shell got the same, with
//! `PID` for the numbers that differ from run to run: bash 5.2.15 with `--norc --noediting` and
//! dash 0.5.12 as `sh`, both with `$ ` as PS1; busybox 1.35 as `sh`, without its greeting. In
//! `first` the shell is its container's first process, and PS1 is bash's own. `prompt` is what bash
//! shows for what is typed at the workstation's prompt, `$ ` before a command and `> ` before its
//! other lines and its input.

use std::path::Path;

use super::{folder, play};

/// How a shell is started in a container where PS1 is `$ `.
fn exec(shell: &str) -> String {
    let script = format!("mkdir /tmp/d; cd /tmp/d; HOME=/tmp/h PS1='$ ' exec {shell}");
    format!("kubectl exec -it mysql-0 -c xtrabackup -- sh -c \"{script}\"")
}

/// The session in which what this command starts gets these lines.
fn session(start: &str, typed: &str) -> String {
    let mut session = format!("apply\nwait ready mysql-0\n$ {start}\n");
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

fn typed(name: &str) -> String {
    let typed = folder().join("shells").join(name).with_extension("typed");
    std::fs::read_to_string(typed).expect("the lines are there")
}

/// What a session prints.
fn played(name: &str, session: &str) -> String {
    let file = std::env::temp_dir().join(format!("ordinal-{name}-{}.session", std::process::id()));
    std::fs::write(&file, session).expect("a file can be written");
    let output = play(&[file.to_str().expect("our names are UTF-8")], Path::new("/"));
    std::fs::remove_file(&file).expect("it was just written");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What stands on the screen below what `kubectl` says as it starts the shell, and above what it
/// says of its end.
fn screen(start: &str, name: &str) -> String {
    let printed = played(name, &session(start, &typed(name)));
    let shown = printed.lines().skip_while(|line| *line != format!("$ {start}")).skip(1);
    let greets = |line: &&str| line.starts_with("All commands") || line.starts_with("If you don't");
    let ends =
        |line: &&str| line.starts_with("command terminated") || line.starts_with("Session ended");
    let shown = shown.skip_while(greets).take_while(|line| !ends(line));
    shown.map(|line| without_pid(line) + "\n").collect()
}

#[test]
fn a_shell_at_a_terminal_shows_what_the_real_one_shows() {
    let bash = exec("bash --norc --noediting");
    let busybox = "kubectl run -it b --image=busybox -- sh".to_string();
    let first = "kubectl run -it f --image=mysql:5.7-debian -- bash --norc -i".to_string();
    let sh = exec("sh");
    let rows = [("bash", &bash), ("sh", &sh), ("end", &bash), ("ash", &busybox), ("first", &first)];
    for (name, start) in rows {
        is_real(name, &screen(start, name));
    }
}

fn is_real(name: &str, shown: &str) {
    let real = folder().join("shells").join(name).with_extension("screen");
    let real = std::fs::read_to_string(&real).expect("it was recorded");
    for (number, (shown, real)) in (1..).zip(shown.lines().zip(real.lines())) {
        assert_eq!(shown, real, "{name}.screen:{number}");
    }
    assert_eq!(shown.lines().count(), real.lines().count(), "{name}.screen");
}

/// The shell goes on from line to line, whether a line only looks or is done.
#[test]
fn the_workstations_prompt_shows_what_the_real_one_shows() {
    let session = typed("prompt").replace("@wait", "wait 1s");
    let shown: String =
        played("prompt", &session).lines().map(|line| without_pid(line) + "\n").collect();
    is_real("prompt", &shown);
}

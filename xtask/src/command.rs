//! Running other programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::Trouble;

/// Says a line about what is happening, apart from what the tools themselves print.
pub fn say(line: &str) {
    println!("==> {line}");
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
}

/// Where `name` is on `PATH`, if it is there.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| {
            [folder.join(name), folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))]
        })
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

/// What `program args…` prints on its stdout; `None` if it cannot run or fails.
pub fn answer(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
    output.status.success().then_some(text)
}

/// Runs a command with its output on ours; `trouble` is what to say should it fail.
pub fn run(command: &mut Command, trouble: &str) -> Result<(), Trouble> {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(trouble.to_string()),
        Err(error) => Err(format!("{trouble} ({error})")),
    }
}

/// A finished command: what it printed on stdout, and whether it succeeded.
pub struct Finished {
    /// Everything it wrote to stdout.
    pub text: String,
    /// Its exit code was 0.
    pub success: bool,
}

/// Runs a command, shows its output as it comes, and keeps its stdout.
pub fn run_and_keep(command: &mut Command) -> Finished {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{:?} did not start: {error}", command.get_program());
            return Finished { text: String::new(), success: false };
        }
    };
    let stdout = child.stdout.take().expect("stdout was asked for just above");
    let reader = thread::spawn(move || copy_lines(stdout));
    let success = child.wait().is_ok_and(|status| status.success());
    let text = reader.join().unwrap_or_default();
    Finished { text, success }
}

fn copy_lines(from: impl Read) -> String {
    let mut kept = String::new();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        // A closed stdout is the caller's business; the count still matters.
        let _ = io::stdout().flush();
        kept.push_str(&text);
        line.clear();
    }
    kept
}

/// `PATH` with `folders` in front, for a child.
pub fn path_with(folders: &[PathBuf]) -> Result<OsString, Trouble> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&old));
    env::join_paths(all).map_err(|error| format!("PATH cannot be extended: {error}"))
}

//! `ordinal record`: asks the shells of this machine again, and writes down what they do.

#[path = "../../../tests/bash/case.rs"]
mod case;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use case::Cases;

/// Options of `ordinal record`.
#[derive(clap::Args)]
pub struct Args {
    /// Files of cases; default: all of `tests/bash`.
    files: Vec<PathBuf>,
}

/// Does it.
pub fn main(args: &Args) -> ExitCode {
    let files = if args.files.is_empty() { all_files() } else { args.files.clone() };
    let versions = versions();
    for file in files {
        match record(&file, &versions) {
            Ok(count) => println!("{}: {count} cases", file.display()),
            Err(why) => {
                eprintln!("{}: {why}", file.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn all_files() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("tests/bash") else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml"))
        .collect();
    files.sort();
    files
}

/// The first line a program prints.
fn first_line(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default().lines().next().unwrap_or_default().trim().to_string()
}

fn versions() -> String {
    let bash = first_line("/bin/bash", &["--version"]);
    let dash = first_line("dpkg-query", &["-W", "dash"]);
    format!("{bash}; {}", dash.replace('\t', " "))
}

fn record(file: &Path, versions: &str) -> Result<usize, String> {
    let text = std::fs::read_to_string(file).map_err(|why| why.to_string())?;
    let mut cases: Cases = serde_yaml::from_str(&text).map_err(|why| why.to_string())?;
    cases.recorded_from = versions.to_string();
    let scratch = std::env::temp_dir().join(format!("ordinal-record-{}", std::process::id()));
    for (number, case) in cases.cases.iter_mut().enumerate() {
        let dir = scratch.join(number.to_string());
        let answer = case.run_for_real(&dir).ok_or("the shell cannot be run")?;
        (case.stdout, case.stderr, case.status) = answer;
    }
    let _ = std::fs::remove_dir_all(&scratch);
    let text = serde_yaml::to_string(&cases).map_err(|why| why.to_string())?;
    std::fs::write(file, text).map_err(|why| why.to_string())?;
    Ok(cases.cases.len())
}

//! The shell against real bash: recorded cases, and, where the machine has bash 5.2, the machine's
//! own.

#[path = "bash/case.rs"]
mod case;
#[path = "bash/command_words.rs"]
mod command_words;
#[path = "bash/commands.rs"]
mod commands;
#[path = "bash/generate.rs"]
mod generate;
#[path = "bash/generated.rs"]
mod generated;
#[path = "bash/hostile.rs"]
mod hostile;
#[path = "bash/real.rs"]
mod real;
#[path = "bash/refused.rs"]
mod refused;
#[path = "bash/tutorial.rs"]
mod tutorial;

use std::path::{Path, PathBuf};

use case::{Case, Cases};
use ordinal::base::Blob;
use ordinal::node::Standalone;
use ordinal::os::WaitStatus;

/// Turns a recorded case may take.
const TURNS_MAX: u64 = 2_000_000;

/// What the model does with a case.
fn run_in_model(case: &Case, turns_max: u64) -> (String, String, i32) {
    let mut files = Vec::new();
    for (name, content) in case.all_files() {
        let mut blob = Blob::new();
        blob.push_bytes(content.as_bytes());
        files.push((name, blob, 0o644));
    }
    let mut host = Standalone::new("debian", "host", &files);
    let mut argv = vec![case.shell().to_string()];
    argv.extend(case.arguments());
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    let env = [("PATH", "/usr/bin:/bin"), ("HOME", "/root")];
    if let Err(error) = host.start(&argv, &env, None) {
        return (String::new(), error, -1);
    }
    host.read_from_file(case.stdin.as_bytes());
    let end = host.run(turns_max);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let status = match end.status {
        Some(WaitStatus::Code(code)) => i32::from(code),
        Some(WaitStatus::Signal(signal)) => 128 + i32::from(signal.number()),
        None => -99,
    };
    (text(&end.stdout), text(&end.stderr), status)
}

fn case_files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bash");
    let entries = std::fs::read_dir(dir).expect("the cases are in tests/bash");
    let paths = entries.map(|entry| entry.expect("a directory entry").path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ext| ext == "yaml")).collect();
    files.sort();
    files
}

/// A place of its own for a real run.
fn scratch(name: &str) -> PathBuf {
    let target = std::env::temp_dir().join("ordinal-bash-judge");
    target.join(format!("{}-{name}", std::process::id()))
}

fn machine_has_bash_5_2() -> bool {
    std::process::Command::new("/bin/bash")
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("version 5.2"))
}

fn show(label: &str, (stdout, stderr, status): &(String, String, i32)) -> String {
    let lines = |text: &str| text.split_inclusive('\n').take(40).collect::<String>();
    let (stdout, stderr) = (lines(stdout), lines(stderr));
    format!("--- {label}: status {status}\n[stdout]\n{stdout}[stderr]\n{stderr}")
}

#[test]
fn recorded_cases_run_as_real_bash_ran_them() {
    let only = std::env::var("CASE").unwrap_or_default();
    let (mut ran, mut failed) = (0, Vec::new());
    for file in case_files() {
        let text = std::fs::read_to_string(&file).expect("a file of cases");
        let cases: Cases = serde_yaml::from_str(&text).expect("cases as case.rs says");
        for case in cases.cases.iter().filter(|case| case.name.contains(&only)) {
            ran += 1;
            let want = (case.stdout.clone(), case.stderr.clone(), case.status);
            let got = run_in_model(case, TURNS_MAX);
            if got != want {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                failed.push(format!(
                    "=== {name}: {}\n{}\n{}{}",
                    case.name,
                    case.script,
                    show("bash", &want),
                    show("model", &got)
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {ran} cases differ\n{}", failed.len(), failed.join("\n"));
}

/// `SNIPPETS=file cargo test --test main snippets`: scripts between lines of `===`, each compared
/// with the machine's bash.
#[test]
fn snippets() {
    let Ok(path) = std::env::var("SNIPPETS") else { return };
    let text = std::fs::read_to_string(path).expect("the file SNIPPETS names");
    let mut different = 0;
    for (number, block) in text.split("\n===\n").enumerate() {
        let case = snippet(block.trim_start_matches("===\n"));
        let real =
            case.run_for_real(&scratch(&format!("snippet{number}"))).expect("bash can be run");
        let got = run_in_model(&case, TURNS_MAX);
        if got != real {
            different += 1;
            let (want, have) = (show("bash", &real), show("model", &got));
            println!("#### {number}\n{}\n{want}{have}", case.script);
        }
    }
    println!("{different} differ");
}

/// A snippet: the script, with `#!c` (as a command), `#!sh`, `#!in TEXT`, `#!args …` lines first.
fn snippet(block: &str) -> Case {
    let mut case = Case::default();
    for line in block.split_inclusive('\n') {
        let bare = line.trim_end();
        match bare.split_once(' ').unwrap_or((bare, "")) {
            ("#!c", _) => case.command = true,
            ("#!sh", _) => case.sh = true,
            ("#!in", text) => case.stdin = text.replace("\\n", "\n"),
            ("#!args", text) => case.args = text.split(' ').map(str::to_string).collect(),
            ("#!opts", text) => case.options = text.split(' ').map(str::to_string).collect(),
            ("#!file", text) => {
                let (name, content) = text.split_once(' ').unwrap_or((text, ""));
                case.files.insert(name.to_string(), content.replace("\\n", "\n"));
            }
            _ => case.script.push_str(line),
        }
    }
    case
}

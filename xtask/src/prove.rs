//! `cargo xtask test` and `cargo xtask bench`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::Trouble;
use crate::command::{cargo, run, run_and_keep, say};
use crate::tally::{self, Tally};
use crate::tool::{self, Tools};
use crate::{command, site};

/// The whole proof. A stage that fails does not keep later ones from running, so that one run
/// shows everything that is wrong.
pub fn main(root: &Path) -> Result<(), Trouble> {
    let tools = tool::ready(root, true)?;
    let mut sum = Tally::default();
    let mut failed = Vec::new();
    let mut stage = |name: &'static str, done: &mut dyn FnMut() -> Tally| {
        say(name);
        let began = Instant::now();
        let tally = done();
        let verdict = if tally.failed == 0 { "ok" } else { "FAILED" };
        say(&format!("{name}: {verdict}, {} s", began.elapsed().as_secs()));
        if tally.failed > 0 {
            failed.push(name);
        }
        sum += tally;
    };

    stage("format", &mut || check(cargo_in(root, &["fmt", "--all", "--", "--check"])));
    stage("lints, host", &mut || check(clippy(root, &["--workspace", "--all-targets"])));
    stage("lints, wasm", &mut || {
        let page = ["--bin", "app", "--lib", "--features", "ui"];
        check(clippy(root, &[&page[..], &["--target", "wasm32-unknown-unknown"]].concat()))
    });
    stage("native tests", &mut || native_tests(root));
    let mut built = false;
    stage("release build", &mut || {
        let done = site::build(root, &tools);
        built = done.is_ok();
        if let Err(trouble) = done {
            eprintln!("{trouble}");
        }
        Tally::one(built)
    });
    if built {
        stage("browser tests", &mut || browser_tests(root, &tools));
        stage("size", &mut || check(node(root, &tools, &["end2end/size.mjs", "dist"])));
    } else {
        say("browser tests and size: FAILED, there is no page to judge");
        sum += Tally { passed: 0, failed: 2 };
    }

    println!("{} passed, {} failed", sum.passed, sum.failed);
    match failed.as_slice() {
        [] if sum.failed == 0 => Ok(()),
        names => Err(format!("failed: {}", names.join(", "))),
    }
}

/// Times the model natively, then the page in a browser.
pub fn bench(root: &Path) -> Result<(), Trouble> {
    let tools = tool::ready(root, true)?;
    site::build(root, &tools)?;
    say("native: each program of benches/ prints its own numbers");
    run(&mut cargo_in(root, &["bench", "--benches"]), "The benchmarks do not run.")?;
    say("in Chromium: each step and each move of the scrubber, until its pixels are laid out");
    run(&mut node(root, &tools, &["end2end/bench.mjs", "dist"]), "The page is too slow or failed.")
}

fn cargo_in(root: &Path, args: &[&str]) -> Command {
    let mut command = cargo();
    command.args(args).current_dir(root);
    command
}

fn clippy(root: &Path, what: &[&str]) -> Command {
    let mut command = cargo_in(root, &["clippy", "--quiet", "--locked"]);
    command.args(what).args(["--", "-D", "warnings"]);
    command
}

fn node(root: &Path, tools: &Tools, args: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.args(args).current_dir(root);
    command.envs(tools.chromium.as_ref().map(|it| ("CHROMIUM", it)));
    command
}

fn check(mut command: Command) -> Tally {
    let trouble = format!("{} failed", command.get_program().display());
    Tally::one(command::run(&mut command, &trouble).is_ok())
}

fn native_tests(root: &Path) -> Tally {
    let args = ["test", "--workspace", "--locked", "--no-fail-fast"];
    let done = run_and_keep(&mut cargo_in(root, &args));
    Tally::of_runner(tally::of_cargo(&done.text), done.success)
}

/// The browser tests compare what the page says and saves with what the native runner does.
fn browser_tests(root: &Path, tools: &Tools) -> Tally {
    let runner = cargo_in(root, &["build", "--quiet", "--locked", "--bin", "ordinal"]);
    if check(runner).failed > 0 {
        return Tally::one(false);
    }
    let mut command = node(root, tools, &["--test", "--test-reporter=spec"]);
    command.args(browser_test_files(root));
    let done = run_and_keep(&mut command);
    Tally::of_runner(tally::of_node(&done.text), done.success)
}

/// Named one by one: what node makes of a folder differs from version to version.
fn browser_test_files(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join("end2end/tests")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    files
}

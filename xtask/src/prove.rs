//! `cargo xtask test` and `cargo xtask bench`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::Trouble;
use crate::command::{cargo, run, run_and_keep, say};
use crate::site;
use crate::tally::{self, Tally};
use crate::tool::{self, Tools};

/// This very package: a workspace of its own, so cargo has to be pointed at it.
const XTASK: [&str; 4] = ["--manifest-path", "xtask/Cargo.toml", "--target-dir", "target/xtask"];

/// What a failing check says after its own output.
const FAILED: &str = "This check failed: the lines above say why.";

/// The whole proof. A stage that fails does not keep later ones from running, so that one run
/// shows everything that is wrong.
pub fn main(root: &Path) -> Result<(), Trouble> {
    let tools = tool::ready(root, true)?;
    let mut proof = Proof::default();
    proof.stage("format", || format(root));
    proof.stage("lints, host", || host_lints(root));
    proof.stage("lints, wasm", || wasm_lints(root));
    proof.stage("native tests", || native_tests(root));
    proof.stage("release build", || Tally::one(good(site::build(root, &tools))));
    if proof.failed.contains(&"release build") {
        say("browser tests, size: not run, there is no page to judge");
        proof.sum += Tally { passed: 0, failed: 2 };
    } else {
        proof.stage("browser tests", || browser_tests(root, &tools));
        proof.stage("size", || {
            Tally::one(check(&mut node(root, &tools, &["end2end/size.mjs", "dist"])))
        });
    }
    println!("{} passed, {} failed", proof.sum.passed, proof.sum.failed);
    if proof.failed.is_empty() {
        return Ok(());
    }
    Err(format!("What failed: {}.", proof.failed.join(", ")))
}

/// Times the model natively, then the page in a browser.
pub fn bench(root: &Path) -> Result<(), Trouble> {
    let tools = tool::ready(root, true)?;
    site::build(root, &tools)?;
    say("the model, natively");
    run(&mut cargo_in(root, &["bench", "--locked", "--bench", "run"]), FAILED)?;
    say("the page, in Chromium");
    run(&mut node(root, &tools, &["end2end/bench.mjs", "dist"]), FAILED)
}

/// What has been proved so far.
#[derive(Default)]
struct Proof {
    sum: Tally,
    failed: Vec<&'static str>,
}

impl Proof {
    fn stage(&mut self, name: &'static str, prove: impl FnOnce() -> Tally) {
        say(name);
        let began = Instant::now();
        let tally = prove();
        let verdict = if tally.failed == 0 { "ok" } else { "FAILED" };
        say(&format!("{name}: {verdict}, {} s", began.elapsed().as_secs()));
        if tally.failed > 0 {
            self.failed.push(name);
        }
        self.sum += tally;
    }
}

fn format(root: &Path) -> Tally {
    let app = check(&mut cargo_in(root, &["fmt", "--", "--check"]));
    let xtask = check(&mut cargo_in(&root.join("xtask"), &["fmt", "--", "--check"]));
    Tally::one(app && xtask)
}

fn host_lints(root: &Path) -> Tally {
    let app = check(&mut clippy(root, &["--all-targets"]));
    let xtask = check(&mut clippy(root, &[&XTASK[..], &["--all-targets"]].concat()));
    Tally::one(app && xtask)
}

fn wasm_lints(root: &Path) -> Tally {
    let page = ["--lib", "--bin", "app", "--features", "ui"];
    let target = ["--target", "wasm32-unknown-unknown"];
    Tally::one(check(&mut clippy(root, &[&page[..], &target].concat())))
}

fn native_tests(root: &Path) -> Tally {
    let mut sum = Tally::default();
    let page = ["--features", "ui", "--bin", "app"];
    for what in [&[][..], &page, &XTASK] {
        let args = [&["test", "--locked", "--no-fail-fast"], what].concat();
        let done = run_and_keep(&mut cargo_in(root, &args));
        sum += Tally::of_runner(tally::of_cargo(&done.text), done.success);
    }
    sum
}

/// The browser tests compare what the page says and saves with what the native runner does.
fn browser_tests(root: &Path, tools: &Tools) -> Tally {
    if !check(&mut cargo_in(root, &["build", "--quiet", "--locked", "--bin", "ordinal"])) {
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

fn cargo_in(folder: &Path, args: &[&str]) -> Command {
    let mut command = cargo();
    command.args(args).current_dir(folder);
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

fn check(command: &mut Command) -> bool {
    good(run(command, FAILED))
}

fn good(done: Result<(), Trouble>) -> bool {
    if let Err(trouble) = &done {
        eprintln!("{trouble}");
    }
    done.is_ok()
}

//! `dist/`: the page as files for any static host.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Trouble;
use crate::command::{cargo, run, say};
use crate::halves;
use crate::licence;
use crate::tool::{self, Tools};

/// Everything `dist/` is made of.
const SOURCES: [&str; 11] = [
    "src",
    "style",
    "public",
    "manifests",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo/config.toml",
    "xtask/src",
    "xtask/cold.txt",
];

/// Where the digest of the sources of the last good build is kept.
const STAMP: &str = "target/dist.stamp";

/// `cargo xtask dist`.
pub fn main(root: &Path) -> Result<(), Trouble> {
    let tools = tool::ready(root, false)?;
    build(root, &tools)?;
    say("dist/ is ready: copy it to any static host, into any folder");
    Ok(())
}

/// Builds `dist/` in release, unless it is already made of the present sources.
pub fn build(root: &Path, tools: &Tools) -> Result<(), Trouble> {
    let digest = format!("{:016x}\n", digest(root));
    let stamp = root.join(STAMP);
    let built = root.join("dist/index.html").is_file();
    if built && fs::read_to_string(&stamp).is_ok_and(|it| it == digest) {
        say("dist/ is up to date");
        return Ok(());
    }
    whole(root, tools)?;
    halves::cut_page(root)?;
    licence::write(root)?;
    let written = stamp.parent().map_or(Ok(()), fs::create_dir_all);
    written
        .and_then(|()| fs::write(&stamp, digest))
        .map_err(|error| format!("{STAMP} cannot be written: {error}"))
}

/// Builds `dist/` as trunk does it: the program in one file, and with the names of its functions.
pub fn whole(root: &Path, tools: &Tools) -> Result<(), Trouble> {
    fetch(root)?;
    say("building dist/ in release: usually 4 minutes the first time, 1 minute after a change");
    // Until it is cut, what lies there is not what the stamp says.
    let _ = fs::remove_file(root.join(STAMP));
    run(trunk(root, tools).arg("build"), "The page does not build: the lines above say why.")
}

/// Downloads the crates of the page, so that trunk can be kept off the network.
pub fn fetch(root: &Path) -> Result<(), Trouble> {
    run(
        cargo().args(["fetch", "--quiet", "--locked"]).current_dir(root),
        "The crates that Cargo.lock names cannot be downloaded: connect to the network and run \
         this again.",
    )
}

/// Trunk with our tools before it, and forbidden to fetch others.
pub fn trunk(root: &Path, tools: &Tools) -> Command {
    let mut command = Command::new("trunk");
    command.env("PATH", &tools.path).env_remove("NO_COLOR").env_remove("RUST_BACKTRACE");
    command.current_dir(root);
    command.args(["--offline", "--skip-version-check"]);
    command
}

/// A digest of the names and contents of all sources (FNV-1a; chance, not malice, is the enemy).
fn digest(root: &Path) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325;
    for source in SOURCES {
        digest_path(&root.join(source), &mut sum);
    }
    sum
}

fn digest_path(path: &Path, sum: &mut u64) {
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            *sum = (*sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    add(path.as_os_str().as_encoded_bytes());
    if let Ok(content) = fs::read(path) {
        add(&content);
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    for path in inside {
        digest_path(&path, sum);
    }
}

//! Installing one missing thing.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Home, TARGET, TRUNK};
use crate::Trouble;
use crate::command::{cargo, run, say};

/// Below `end2end/`: the lock file that the packages beside it were installed from.
pub const PACKAGES_STAMP: &str = "node_modules/.installed-from.json";

/// The trunk that is installed where there is none: the last of its line that was tried.
const TRUNK_INSTALLED: &str = "=0.21.14";

/// One thing that is missing and can be installed.
pub enum Install {
    /// The wasm target of the Rust toolchain.
    Target,
    /// Trunk, compiled from crates.io.
    Trunk,
    /// The wasm-bindgen program of exactly this version, compiled from crates.io.
    WasmBindgen(String),
    /// The npm packages of `end2end/`: wasm-opt and the browser tests' driver.
    Packages,
    /// Chromium, with a font that has Chinese, from Debian.
    Chromium,
}

impl fmt::Display for Install {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Install::Target => write!(out, "Rust's {TARGET} target"),
            Install::Trunk => write!(out, "trunk {}.{}", TRUNK[0], TRUNK[1]),
            Install::WasmBindgen(version) => write!(out, "wasm-bindgen {version}"),
            Install::Packages => write!(out, "npm packages"),
            Install::Chromium => write!(out, "Chromium"),
        }
    }
}

impl Install {
    /// How long it takes on two cores with a fast network: measured, then rounded up.
    fn usual_time(&self) -> &'static str {
        match self {
            Install::Target | Install::Packages => "half a minute at most",
            Install::Trunk => "about 3 minutes",
            Install::WasmBindgen(_) | Install::Chromium => "about 2 minutes",
        }
    }

    /// Installs it, or says in one sentence why that did not work.
    pub fn run(&self, root: &Path, home: &Home) -> Result<(), Trouble> {
        say(&format!("installing {self}: usually {}", self.usual_time()));
        match self {
            Install::Target => {
                let mut rustup = Command::new("rustup");
                run(rustup.args(["target", "add", TARGET]), &self.failure("Rust's downloads"))
            }
            Install::Trunk => {
                let more = ["--no-default-features", "--features", "rustls"];
                let failure = self.failure("crates.io");
                cargo_install("trunk", TRUNK_INSTALLED, &home.trunk(), &more, &failure)
            }
            Install::WasmBindgen(version) => {
                let (exactly, to) = (format!("={version}"), home.wasm_bindgen(version));
                let more = ["--no-default-features", "--bin", "wasm-bindgen"];
                let failure = self.failure("crates.io");
                cargo_install("wasm-bindgen-cli", &exactly, &to, &more, &failure)
            }
            Install::Packages => self.packages(root),
            Install::Chromium => self.chromium(),
        }
    }

    fn failure(&self, from: &str) -> Trouble {
        format!(
            "{self} could not be installed (the lines above say why); it comes from {from}: \
             connect to the network and run this again. Nothing is left half-installed."
        )
    }

    fn packages(&self, root: &Path) -> Result<(), Trouble> {
        let folder = root.join("end2end");
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
        let done = run(&mut npm, &self.failure("the npm registry")).and_then(|()| {
            fs::copy(folder.join("package-lock.json"), folder.join(PACKAGES_STAMP))
                .map(|_| ())
                .map_err(|error| format!("end2end/node_modules cannot be written: {error}"))
        });
        if done.is_err() {
            // Whatever npm left there would only confuse the next run.
            let _ = fs::remove_dir_all(folder.join("node_modules"));
        }
        done
    }

    fn chromium(&self) -> Result<(), Trouble> {
        let apt = || {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
            command
        };
        let failure = self.failure("Debian's packages");
        run(apt().arg("update"), &failure)?;
        let packages = ["chromium", "fonts-noto-cjk"];
        run(apt().args(["install", "--no-install-recommends"]).args(packages), &failure)
    }
}

/// `cargo install`, compiled for a short wait rather than for speed. First with the versions its
/// authors tried; a mirror of crates.io may lack the newest of them, then with those it has.
fn cargo_install(
    package: &str,
    version: &str,
    to: &Path,
    more: &[&str],
    failure: &str,
) -> Result<(), Trouble> {
    let command = |locked: &[&str]| {
        let mut command = cargo();
        command.args(["install", package, "--version", version, "--quiet"]).args(more).args(locked);
        command.arg("--root").arg(to);
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        command.env("CARGO_PROFILE_RELEASE_LTO", "false");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        // Ours would fill the repository's target/ with another program's parts.
        command.env_remove("CARGO_TARGET_DIR").current_dir(std::env::temp_dir());
        command
    };
    if run(&mut command(&["--locked"]), failure).is_ok() {
        return Ok(());
    }
    say("that did not work with exactly the crates it was released with; trying the newest ones");
    run(&mut command(&[]), failure)
}

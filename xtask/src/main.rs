//! Sets up what is missing, then serves, proves, measures or packs the app.
//!
//! | file | holds |
//! |---|---|
//! | `command` | running other programs: what is said, what is kept, what went wrong |
//! | `version` | reading versions out of tools' answers and out of `Cargo.lock` |
//! | `tool` | what must be on the machine: looking, installing, saying how long it takes |
//! | `site` | `dist/`: built by trunk, only when something it is made of has changed |
//! | `halves` | cutting the page's program in two: what is needed at once, and the rest |
//! | `wasm` | WebAssembly's binary format, as far as that needs it |
//! | `licence` | the notices that go with every copy of the page |
//! | `tally` | counting what test runners say they did |
//! | `prove` | `cargo xtask test`, stage by stage |
//!
//! Invariant: a missing tool that cannot be installed is one sentence and exit code 1, said before
//! anything else is installed.

#![warn(missing_docs)]

mod command;
mod halves;
mod licence;
mod prove;
mod serve;
mod site;
mod tally;
mod tool;
mod version;
mod wasm;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Something that ends the command: a sentence for the person who typed it.
pub type Trouble = String;

const USAGE: &str = "\
usage: cargo xtask <command>

  serve [--port N]   build the page and serve it on this machine (port 8080)
  serve --watch      the same, and build again whenever a source file changes
  test               format, lints, native tests, release build, browser tests, size
  bench              time the model natively and the page in a browser
  dist               build dist/, ready for any static host
  record             watch in a browser which functions the first load needs

Each installs what it needs and says so.";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let root = root();
    let done = match words.as_slice() {
        ["serve", options @ ..] => serve::main(&root, options),
        ["test"] => prove::main(&root),
        ["bench"] => prove::bench(&root),
        ["dist"] => site::main(&root),
        ["record"] => halves::record(&root),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("`cargo xtask {}` is not a command.\n\n{USAGE}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's folder: cargo says where this package is, and that is one below it.
fn root() -> PathBuf {
    let here = env::var("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").to_string());
    Path::new(&here).parent().expect("xtask/ lies in the repository").to_path_buf()
}

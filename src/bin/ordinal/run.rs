//! `ordinal run`.

use std::process::ExitCode;

/// Options of `ordinal run`.
#[derive(clap::Args)]
pub struct Args {}

/// Does it.
pub fn main(_: &Args) -> ExitCode {
    eprintln!("ordinal run: not built yet");
    ExitCode::FAILURE
}

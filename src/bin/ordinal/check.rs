//! `ordinal check`.

use std::process::ExitCode;

/// Options of `ordinal check`.
#[derive(clap::Args)]
pub struct Args {}

/// Does it.
pub fn main(_: &Args) -> ExitCode {
    eprintln!("ordinal check: not built yet");
    ExitCode::FAILURE
}

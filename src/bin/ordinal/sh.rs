//! `ordinal sh`.

use std::process::ExitCode;

/// Options of `ordinal sh`.
#[derive(clap::Args)]
pub struct Args {}

/// Does it.
pub fn main(_: &Args) -> ExitCode {
    eprintln!("ordinal sh: not built yet");
    ExitCode::FAILURE
}

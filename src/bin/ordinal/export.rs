//! `ordinal export`.

use std::process::ExitCode;

/// Options of `ordinal export`.
#[derive(clap::Args)]
pub struct Args {}

/// Does it.
pub fn main(_: &Args) -> ExitCode {
    eprintln!("ordinal export: not built yet");
    ExitCode::FAILURE
}

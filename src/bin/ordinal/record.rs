//! `ordinal record`.

use std::process::ExitCode;

/// Options of `ordinal record`.
#[derive(clap::Args)]
pub struct Args {}

/// Does it.
pub fn main(_: &Args) -> ExitCode {
    eprintln!("ordinal record: not built yet");
    ExitCode::FAILURE
}

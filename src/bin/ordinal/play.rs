//! `ordinal play`.

use std::process::ExitCode;

/// Options of `ordinal play`.
#[derive(clap::Args)]
pub struct Args {}

/// Does it.
pub fn main(_: &Args) -> ExitCode {
    eprintln!("ordinal play: not built yet");
    ExitCode::FAILURE
}

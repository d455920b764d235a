//! The native runner: prints what the page shows.

mod check;
mod export;
mod input;
mod play;
mod record;
mod run;
mod sh;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Runs, checks and exports the manifests of a replicated MySQL StatefulSet.
#[derive(Parser)]
#[command(name = "ordinal", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run manifests and print one line per step.
    Run(run::Args),
    /// Run a session file and print the transcript a terminal would show.
    Play(play::Args),
    /// Write the matching manifests.
    Export(export::Args),
    /// Run one script in the model, in a directory filled from DIR.
    Sh(sh::Args),
    /// Say what the API server would say of each object, and which fields the model ignores.
    Check(check::Args),
    /// Re-record the bash cases from the real bash on this machine.
    Record(record::Args),
}

/// A language, on the command line.
#[derive(Clone, Copy, clap::ValueEnum)]
enum LangArg {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

impl From<LangArg> for ordinal::text::Lang {
    fn from(lang: LangArg) -> Self {
        match lang {
            LangArg::En => Self::En,
            LangArg::Zh => Self::Zh,
        }
    }
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Run(args) => run::main(&args),
        Command::Play(args) => play::main(&args),
        Command::Export(args) => export::main(&args),
        Command::Sh(args) => sh::main(&args),
        Command::Check(args) => check::main(&args),
        Command::Record(args) => record::main(&args),
    }
}

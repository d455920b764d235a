//! `ordinal run`: runs the manifests and prints one line per step.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use ordinal::base::{Millis, SimTime};
use ordinal::manifest::export::ExportOptions;
use ordinal::player::{Cursor, Player, PlayerCommand, Progress, Session};
use ordinal::text::{Lang, line};

use crate::input;

/// Options of `ordinal run`.
#[derive(clap::Args)]
pub struct Args {
    /// Manifests, applied in this order; without any, the ones in `manifests/`.
    files: Vec<String>,
    /// Replicas of the StatefulSet, instead of what its manifest says.
    #[arg(long)]
    replicas: Option<u32>,
    /// Decides everything that is chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// `settled`, or a span of virtual time such as `30s`.
    #[arg(long, default_value = "settled", value_parser = until)]
    until: Until,
    /// How to print the steps.
    #[arg(long, value_enum, default_value_t = Format::Lines)]
    format: Format,
    /// Say it in this language.
    #[arg(long, value_enum, default_value = "en")]
    lang: super::LangArg,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One line a step, in columns.
    Lines,
    /// One JSON object a step.
    Json,
}

/// When to stop.
#[derive(Clone, Copy)]
enum Until {
    Settled,
    At(SimTime),
}

fn until(text: &str) -> Result<Until, String> {
    if text == "settled" {
        return Ok(Until::Settled);
    }
    let wrong = || format!("`{text}` is neither `settled` nor a time such as `30s`, `500ms`, `2m`");
    Millis::parse(text).map(|at| Until::At(SimTime(at.0))).ok_or_else(wrong)
}

/// Runs.
pub fn main(args: &Args) -> ExitCode {
    let lang = args.lang.into();
    let options = ExportOptions { replicas: args.replicas, ..ExportOptions::default() };
    let files = match input::manifests(&args.files, &options, lang) {
        Ok(files) => files,
        Err(text) => {
            eprint!("{text}");
            return ExitCode::FAILURE;
        }
    };
    let player = Player::new(Session { files, seed: args.seed, lesson: true });
    match print_run(player, args, lang) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our lines has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ordinal: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_run(mut player: Player, args: &Args, lang: Lang) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut printed = 0;
    loop {
        let progress = player.extend(1);
        if let Some(step) = player.step_at(printed + 1) {
            if matches!(args.until, Until::At(end) if step.at > end) {
                break;
            }
            printed += 1;
            let place = player.newest_place();
            let line = match args.format {
                Format::Lines => line::columns(lang, step, &place),
                Format::Json => line::json(lang, step, &place),
            };
            writeln!(out, "{line}")?;
        }
        if progress != Progress::Growing {
            break;
        }
    }
    player.command(PlayerCommand::Seek(Cursor { index: printed, ..player.cursor() }));
    let fingerprint = player.step().map(|step| step.after).unwrap_or_default();
    let scene = player.scene();
    let summary = match args.format {
        Format::Lines => line::summary(lang, &scene, printed, fingerprint),
        Format::Json => line::summary_json(&scene, printed, fingerprint),
    };
    writeln!(out, "{summary}")?;
    out.flush()
}

//! `ordinal play`: runs a session file and prints the transcript a terminal would show.

use std::io::{self, Write};
use std::process::ExitCode;

use ordinal::manifest::export::{self, ExportOptions};
use ordinal::player::{self, Player, Rehearsal, ScriptEntry, ScriptLine, Session, Turn};
use ordinal::sim::Intervention;
use ordinal::text::{Lang, script};

use crate::input;

mod stage;

use stage::Stage;

/// Options of `ordinal play`.
#[derive(clap::Args)]
pub struct Args {
    /// The session file; `-` is the standard input.
    session: String,
    /// Decides everything that is chance, where the file sets no seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Say it in this language.
    #[arg(long, value_enum, default_value = "en")]
    lang: super::LangArg,
}

/// Plays.
pub fn main(args: &Args) -> ExitCode {
    let lang = args.lang.into();
    let lines = match read(&args.session, lang) {
        Ok(lines) => lines,
        Err(text) => {
            eprint!("{text}");
            return ExitCode::FAILURE;
        }
    };
    let player = match open(&lines, args.seed, lang) {
        Ok(player) => player,
        Err(text) => {
            eprint!("{text}");
            return ExitCode::FAILURE;
        }
    };
    match perform(player, &lines, args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads our transcript has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ordinal: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The entries of a session file, and the texts of the files it applies in place of their names.
fn read(name: &str, lang: Lang) -> Result<Vec<ScriptLine>, String> {
    let text = input::read(name).map_err(|error| format!("ordinal: {name}: {error}\n"))?;
    let lines = player::parse(&text).map_err(|problems| {
        let line = |one| format!("{name}:{}\n", script::problem(lang, one));
        problems.iter().map(line).collect::<String>()
    })?;
    let mut all = Vec::new();
    for line in lines {
        if let ScriptEntry::Apply(Some(file)) = &line.entry {
            let written = |line: &ScriptLine| {
                matches!(&line.entry, ScriptEntry::Do(Intervention::Write { file: it, .. })
                    if it == file)
            };
            if !all.iter().any(written) {
                let text = input::read(file)
                    .map_err(|error| format!("{name}:{}: {file}: {error}\n", line.number))?;
                let act = Intervention::Write { file: plain(file), text };
                all.push(ScriptLine { number: line.number, entry: ScriptEntry::Do(act) });
            }
        }
        all.push(line);
    }
    Ok(all)
}

/// A file's name without its folder.
fn plain(file: &str) -> String {
    file.rsplit('/').next().unwrap_or(file).to_string()
}

fn open(lines: &[ScriptLine], seed: u64, lang: Lang) -> Result<Player, String> {
    let mut options = ExportOptions::default();
    let mut session = Session { files: Vec::new(), seed, lesson: false };
    let mut own = Vec::new();
    for line in lines {
        match &line.entry {
            ScriptEntry::Lesson => session.lesson = true,
            ScriptEntry::Manifest(file, text) => own.push((file.clone(), text.clone())),
            ScriptEntry::Set(name, value) => match name.as_str() {
                "replicas" => options.replicas = value.parse().ok(),
                "namespace" => options.namespace = Some(value.clone()),
                "storage" => options.storage = Some(value.clone()),
                "storage-class" => options.storage_class = Some(value.clone()),
                _ => session.seed = value.parse().unwrap_or(seed),
            },
            _ => {}
        }
    }
    let files = if own.is_empty() { export::default_files() } else { own };
    session.files = input::changed(files, &options, lang)?;
    Ok(Player::new(session))
}

/// Does entry by entry; `false`: something that was waited for did not come, or the run has come
/// to its bound.
fn perform(player: Player, lines: &[ScriptLine], args: &Args) -> io::Result<bool> {
    let lang = args.lang.into();
    let mut stage = Stage::new(player, lang);
    let mut rehearsal = Rehearsal::new(lines.iter().cloned());
    let mut out = io::stdout().lock();
    loop {
        match stage.turn(&mut rehearsal, &mut out)? {
            Turn::WentOn | Turn::Over if stage.is_bounded() => {
                eprintln!("{}: {}", args.session, ordinal::text::ui::words(lang).bounded);
                return Ok(false);
            }
            Turn::WentOn => {}
            Turn::Did(_) => out.flush()?,
            Turn::Over => return Ok(true),
            Turn::Failed(line, pod) => {
                eprintln!("{}:{}", args.session, script::never_ready(lang, line, &pod));
                return Ok(false);
            }
        }
    }
}

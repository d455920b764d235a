//! `ordinal play`: runs a session file and prints the transcript a terminal would show.

use std::io::{self, Write};
use std::process::ExitCode;

use ordinal::manifest::export::ExportOptions;
use ordinal::player::{self, Player, ScriptEntry, ScriptLine, Session, Wait};
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
    for line in lines {
        match &line.entry {
            ScriptEntry::Lesson => session.lesson = true,
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
    session.files = input::manifests(&[], &options, lang)?;
    Ok(Player::new(session))
}

/// Does entry by entry; `false`: something that was waited for did not come.
fn perform(player: Player, lines: &[ScriptLine], args: &Args) -> io::Result<bool> {
    let lang = args.lang.into();
    let mut stage = Stage::new(player, lang);
    let mut out = io::stdout().lock();
    for (at, line) in lines.iter().enumerate() {
        let next = lines[at + 1..].iter().map(|line| &line.entry).next();
        let went_well = match &line.entry {
            ScriptEntry::Set(..) | ScriptEntry::Lesson => true,
            ScriptEntry::Apply(file) => {
                stage.apply(file.as_deref().map(plain), &mut out)?;
                true
            }
            ScriptEntry::Wait(wait) => stage.wait(wait, &mut out)?,
            ScriptEntry::Input(terminal, line) => {
                stage.answers(*terminal, line, next, &mut out)?;
                true
            }
            ScriptEntry::Do(Intervention::Type { terminal, line }) => {
                stage.types(*terminal, line, next, &mut out)?;
                true
            }
            ScriptEntry::Do(act) => {
                stage.does(act, &mut out)?;
                true
            }
        };
        out.flush()?;
        if !went_well {
            let Wait::Ready(pod) = wait_of(&line.entry) else { return Ok(false) };
            eprintln!("{}:{}", args.session, script::never_ready(lang, line.number, &pod));
            return Ok(false);
        }
    }
    Ok(true)
}

fn wait_of(entry: &ScriptEntry) -> Wait {
    match entry {
        ScriptEntry::Wait(wait) => wait.clone(),
        _ => Wait::Settled,
    }
}

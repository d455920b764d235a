//! `ordinal sh`: one script in the model, beside the real bash if asked.

use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use ordinal::base::{Blob, limit};
use ordinal::manifest::Problem;
use ordinal::node::Standalone;
use ordinal::sh::{Dialect, Script};
use ordinal::span::{Files, Span};
use ordinal::text::diagnostic;

/// Turns between two looks at what was printed.
const SLICE_TURNS: u64 = 1_000;

/// Turns a script may take in all. Beyond: it is stopped, and that is said.
const TURNS_MAX: u64 = 3_000_000;

/// The code where the script asks for what the model does not run.
const REFUSED: u8 = 2;

/// The code of a script that was stopped, as timeout(1) has it.
const STOPPED: u8 = 124;

/// Where the model's programs lie, which the real bash is given too.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Options of `ordinal sh`.
#[derive(clap::Args)]
pub struct Args {
    /// The directory whose files the script finds in its current directory. Default: none.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// The host name.
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    hostname: String,
    /// Run it as `sh` instead of `bash`.
    #[arg(long)]
    sh: bool,
    /// The image whose shell and programs it finds.
    #[arg(long, value_name = "IMAGE", default_value = "debian:12", conflicts_with = "diff")]
    image: String,
    /// Run the real shell beside it and show the first difference.
    #[arg(long)]
    diff: bool,
    /// Say in this language what the model does not run.
    #[arg(long, value_enum, default_value = "en")]
    lang: super::LangArg,
    /// The script, and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    script: Vec<String>,
}

/// What a shell printed and how it ended.
struct Outcome {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    code: u8,
}

/// Does it.
pub fn main(args: &Args) -> ExitCode {
    let done = if args.diff { diff(args) } else { run(args) };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(text) => {
            eprintln!("ordinal sh: {text}");
            ExitCode::from(2)
        }
    }
}

impl Args {
    fn shell(&self) -> &'static str {
        if self.sh { "sh" } else { "bash" }
    }
}

fn run(args: &Args) -> Result<u8, String> {
    let dir = match &args.root {
        Some(root) => fs::canonicalize(root).map_err(|error| told(root, &error))?,
        None => std::env::current_dir().map_err(|error| error.to_string())?,
    };
    let script = within(args, &args.script[0]);
    if let Ok(text) = fs::read(&script) {
        let refused = refusals(args, &text);
        if !refused.is_empty() {
            eprint!("{}", refused.concat());
            return Ok(REFUSED);
        }
    }
    // A file's content is there at once; what comes through a pipe is asked for when it is missed.
    let kind = fs::metadata("/dev/stdin").map(|meta| meta.file_type());
    let terminal = std::io::stdin().is_terminal();
    let at_once = kind.is_ok_and(|kind| kind.is_file() || (kind.is_char_device() && !terminal));
    let mut input = Vec::new();
    if at_once {
        let _ = std::io::stdin().read_to_end(&mut input);
    }
    let stdin = at_once.then_some(input.as_slice());
    let mut machine = machine(args, &dir, &args.script[0], stdin)?;
    let mut typist = Typist { ended: at_once };
    let outcome = drive(&mut machine, &mut typist, &mut |stdout, stderr| {
        let _ = std::io::stdout().write_all(stdout).and_then(|()| std::io::stdout().flush());
        let _ = std::io::stderr().write_all(stderr);
    });
    Ok(outcome.code)
}

/// Where the script lies: in the root, if it is there.
fn within(args: &Args, script: &str) -> PathBuf {
    let inside = args.root.as_ref().map(|root| root.join(script)).filter(|path| path.exists());
    inside.unwrap_or_else(|| PathBuf::from(script))
}

/// What the script asks for that the model does not run, a line each; then nothing runs.
fn refusals(args: &Args, text: &[u8]) -> Vec<String> {
    let dialect = if args.sh { Dialect::Sh } else { Dialect::Bash };
    let (_, problems) = Script::parse(text, dialect);
    let mut files = Files::default();
    let name = args.script[0].clone();
    let file = files.add(name, String::from_utf8_lossy(text).into_owned());
    let line = |problem: &ordinal::sh::Problem| {
        let span = Span { file, start: problem.start, end: problem.end };
        let diagnostic = Problem::Script(problem.kind.clone()).at(span);
        format!("{}\n", diagnostic::line(args.lang.into(), &files, &diagnostic))
    };
    problems.iter().map(line).collect()
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// A container whose current directory is `dir`, filled from the root, ready to run the script.
fn machine(
    args: &Args,
    dir: &Path,
    script: &str,
    stdin: Option<&[u8]>,
) -> Result<Standalone, String> {
    let mut found = Found::default();
    if let Some(root) = &args.root {
        found.walk(root, "").map_err(|error| told(root, &error))?;
    }
    let place = dir.to_str().ok_or("the directory's name is not UTF-8")?;
    let mut machine = Standalone::in_dir(&args.image, &args.hostname, place, &found.files);
    for (path, target) in &found.links {
        machine.add_link(path, target);
    }
    let path = absolute(dir, script);
    let within = path.strip_prefix(dir).ok().and_then(Path::to_str);
    let listed = within.is_some_and(|within| found.files.iter().any(|file| file.0 == within));
    if !listed && let Ok(content) = fs::read(script) {
        let path = path.to_str().ok_or("the script's name is not UTF-8")?;
        machine.add_file(path, Blob::from(content), 0o644);
    }
    let mut argv = vec![args.shell(), script];
    argv.extend(args.script[1..].iter().map(String::as_str));
    let locale: Vec<(String, String)> = locale();
    let env: Vec<(&str, &str)> = locale.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    machine.start(&argv, &env, None)?;
    if let Some(input) = stdin {
        machine.read_from_file(input);
    }
    Ok(machine)
}

/// The variables that choose the locale.
fn locale() -> Vec<(String, String)> {
    let names = ["LANG", "LC_ALL", "LC_CTYPE"];
    let set = names.iter().filter_map(|name| Some((name.to_string(), std::env::var(name).ok()?)));
    set.collect()
}

/// A path without `.` and `..`, from a directory.
fn absolute(dir: &Path, path: &str) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in dir.join(path).components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    whole
}

/// What lies in a directory.
#[derive(Default)]
struct Found {
    files: Vec<(String, Blob, u32)>,
    links: Vec<(String, String)>,
}

impl Found {
    fn walk(&mut self, dir: &Path, prefix: &str) -> std::io::Result<()> {
        let mut entries = fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.files.push((format!("{name}/"), Blob::new(), 0o755));
                self.walk(&entry.path(), &format!("{name}/"))?;
            } else if kind.is_symlink() {
                let target = fs::read_link(entry.path())?;
                self.links.push((name, target.to_string_lossy().into_owned()));
            } else if kind.is_file() {
                let meta = entry.metadata()?;
                let mode = meta.permissions().mode() & 0o7777;
                // What is too large to keep counts by its size alone.
                let content = match meta.len() <= limit::BLOB_BYTES_MAX as u64 {
                    true => Blob::from(fs::read(entry.path())?),
                    false => Blob::hole(meta.len()),
                };
                self.files.push((name, content, mode));
            }
        }
        Ok(())
    }
}

/// Hands on this process's standard input, when nothing else can go on.
struct Typist {
    ended: bool,
}

impl Typist {
    /// Whether there was more.
    fn type_more(&mut self, machine: &mut Standalone) -> bool {
        if self.ended {
            return false;
        }
        let mut bytes = [0; 65_536];
        match std::io::stdin().read(&mut bytes) {
            Ok(count) if count > 0 => machine.type_in(&bytes[..count]),
            _ => {
                self.ended = true;
                machine.end_input();
            }
        }
        true
    }
}

fn drive(
    machine: &mut Standalone,
    typist: &mut Typist,
    show: &mut dyn FnMut(&[u8], &[u8]),
) -> Outcome {
    let (mut shown_out, mut shown_err) = (0, 0);
    let mut turns = 0;
    loop {
        let done = machine.run(SLICE_TURNS);
        turns += SLICE_TURNS;
        show(&done.stdout[shown_out..], &done.stderr[shown_err..]);
        (shown_out, shown_err) = (done.stdout.len(), done.stderr.len());
        let code = match done.status {
            Some(status) => status.code(),
            None if machine.is_idle() && typist.type_more(machine) => continue,
            None if machine.is_idle() => {
                eprintln!("ordinal sh: all processes wait for each other");
                STOPPED
            }
            None if turns >= TURNS_MAX => {
                eprintln!("ordinal sh: stopped after {turns} turns");
                STOPPED
            }
            None => continue,
        };
        return Outcome { stdout: done.stdout, stderr: done.stderr, code };
    }
}

/// Runs both shells, each in its own copy of the directory, and compares.
fn diff(args: &Args) -> Result<u8, String> {
    let base = std::env::temp_dir().join(format!("ordinal-sh-{}", std::process::id()));
    let _ = fs::remove_dir_all(&base);
    let result = diff_in(args, &base);
    let _ = fs::remove_dir_all(&base);
    result
}

fn diff_in(args: &Args, base: &Path) -> Result<u8, String> {
    let (dir, bin) = (base.join("dir"), base.join("bin"));
    let prepare = |path: &Path| fs::create_dir_all(path).map_err(|error| told(path, &error));
    prepare(&dir)?;
    prepare(&bin)?;
    if let Some(root) = &args.root {
        copy_tree(root, &dir).map_err(|error| told(root, &error))?;
    }
    // A script outside the directory is called by its full name, which holds in both.
    let script = match dir.join(&args.script[0]).exists() {
        true => args.script[0].clone(),
        false => fs::canonicalize(&args.script[0])
            .map_err(|error| told(Path::new(&args.script[0]), &error))?
            .display()
            .to_string(),
    };
    let mut input = Vec::new();
    if !std::io::stdin().is_terminal() {
        let _ = std::io::stdin().read_to_end(&mut input);
    }
    let mut machine = machine(args, &dir, &script, Some(&input))?;
    let model = drive(&mut machine, &mut Typist { ended: true }, &mut |_, _| {});
    let real = real(args, &dir, &bin, &script, &input)?;
    Ok(report(args.shell(), &real, &model))
}

fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir_all(&target)?;
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// The real shell, with the model's variables and host name.
fn real(
    args: &Args,
    dir: &Path,
    bin: &Path,
    script: &str,
    input: &[u8],
) -> Result<Outcome, String> {
    let hostname = bin.join("hostname");
    let text = format!("#!/bin/sh\necho '{}'\n", args.hostname.replace('\'', "'\\''"));
    let written = fs::write(&hostname, text)
        .and_then(|()| fs::set_permissions(&hostname, fs::Permissions::from_mode(0o755)));
    written.map_err(|error| told(&hostname, &error))?;
    let typed = bin.join("stdin");
    let stdin = fs::write(&typed, input).and_then(|()| fs::File::open(&typed));
    let output = Command::new(args.shell())
        .arg(script)
        .args(&args.script[1..])
        .current_dir(dir)
        .env_clear()
        .env("PATH", format!("{}:{PATH}", bin.display()))
        .env("HOSTNAME", &args.hostname)
        .env("HOME", "/root")
        .envs(locale())
        .stdin(stdin.map_err(|error| told(&typed, &error))?)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .map_err(|error| told(Path::new(args.shell()), &error))?;
    let signal = output.status.signal().map(|signal| 128 + signal);
    let code = output.status.code().or(signal).unwrap_or(255);
    Ok(Outcome {
        stdout: output.stdout,
        stderr: output.stderr,
        code: u8::try_from(code).unwrap_or(255),
    })
}

/// Says where they differ first; 0 if nowhere.
fn report(shell: &str, real: &Outcome, model: &Outcome) -> u8 {
    let mut code = 0;
    let pairs = [("stdout", &real.stdout, &model.stdout), ("stderr", &real.stderr, &model.stderr)];
    for (name, real, model) in pairs {
        let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
            bytes.split_inclusive(|byte| *byte == b'\n').map(Vec::from).collect()
        };
        let (real, model) = (lines(real), lines(model));
        let length = real.len().max(model.len());
        let Some(at) = (0..length).find(|at| real.get(*at) != model.get(*at)) else {
            println!("{name}: the same, {length} lines");
            continue;
        };
        code = 1;
        let show = |line: Option<&Vec<u8>>| match line {
            Some(line) => format!("{:?}", String::from_utf8_lossy(line)),
            None => "(no such line)".to_string(),
        };
        println!("{name}: line {} differs", at + 1);
        println!("  {shell:<8} {}", show(real.get(at)));
        println!("  {:<8} {}", "ordinal", show(model.get(at)));
    }
    if real.code == model.code {
        println!("exit code: the same, {}", real.code);
    } else {
        println!("exit code differs: {shell} {}, ordinal {}", real.code, model.code);
        code = 1;
    }
    code
}

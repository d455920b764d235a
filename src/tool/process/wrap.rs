//! nice, nohup, stdbuf: programs that become another one.

use super::super::args::{self, Options};
use super::super::say::{number, say};
use super::super::{Context, Step, quote};
use super::run::find_program;
use crate::os::{Errno, Fd, Open, Signal};

const NICE: Options =
    Options { short: "n:", long: &[("adjustment", 'n')], lacking: "", fail: 125, stop_early: true };

const STDBUF: Options = Options {
    short: "i:o:e:",
    long: &[("input", 'i'), ("output", 'o'), ("error", 'e')],
    lacking: "",
    fail: 125,
    stop_early: true,
};

const NOHUP: Options = Options { fail: 125, stop_early: true, ..Options::NONE };

/// One of them: the command it becomes, once what it has to say is written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Wrap {
    command: Vec<Vec<u8>>,
    told: bool,
}

impl Wrap {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Wrap, u8> {
        let command = match cx.name {
            "nice" => nice(cx)?,
            "nohup" => nohup(cx)?,
            _ => stdbuf(cx)?,
        };
        Ok(Wrap { command, told: false })
    }

    /// Becomes the command.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if !std::mem::replace(&mut self.told, true) {
            return Step::More;
        }
        if cx.name == "nohup"
            && let Err(code) = detach(cx)
        {
            return Step::Done(code);
        }
        become_other(cx, &self.command)
    }
}

fn become_other(cx: &mut Context, command: &[Vec<u8>]) -> Step {
    let found = find_program(cx, &command[0]);
    match found.and_then(|path| cx.sys.exec(&path, command, cx.env)) {
        Ok(()) => Step::Replaced,
        Err(errno) => {
            let name = match cx.name {
                "nohup" => say!("failed to run command ", quote::always(&command[0])),
                "nice" => quote::argument(&command[0]),
                _ => say!("failed to run command ", quote::argument(&command[0])),
            };
            cx.complain(say!(name, ": ", errno.text()));
            Step::Done(if errno == Errno::Noent { 127 } else { 126 })
        }
    }
}

/// Nothing here is slower for being nice: the model has no load.
fn nice(cx: &mut Context) -> Result<Vec<Vec<u8>>, u8> {
    // `nice -5 command`.
    let mut argv = cx.argv.to_vec();
    let old = argv.get(1).and_then(|word| word.strip_prefix(b"-"));
    if let Some(digits) = old.filter(|digits| number(digits).is_some()) {
        argv[1] = say!("-n", digits);
    }
    let args = args::parse(&mut cx.with_argv(&argv), &NICE)?;
    let given = args.value('n');
    let digits = given.map(|text| text.strip_prefix(b"-").unwrap_or(text));
    if let Some(text) = given.filter(|_| digits.and_then(number).is_none()) {
        cx.complain(say!("invalid adjustment ", quote::argument(text)));
        return Err(125);
    }
    if args.operands.is_empty() {
        if given.is_some() {
            cx.complain("a command must be given with an adjustment");
            return Err(args::usage(cx, 125));
        }
        cx.print("0\n");
        return Err(0);
    }
    Ok(args.operands)
}

fn stdbuf(cx: &mut Context) -> Result<Vec<Vec<u8>>, u8> {
    let args = args::parse(cx, &STDBUF)?;
    if args.operands.is_empty() {
        return Err(args::missing_operand(cx, 125));
    }
    if args.options.is_empty() {
        cx.complain("you must specify a buffering mode option");
        return Err(args::usage(cx, 125));
    }
    Ok(args.operands)
}

/// The descriptors that are terminals.
fn terminals(cx: &Context) -> [bool; 3] {
    [Fd::STDIN, Fd::STDOUT, Fd::STDERR].map(|fd| cx.sys.is_tty(fd))
}

fn nohup(cx: &mut Context) -> Result<Vec<Vec<u8>>, u8> {
    let args = args::parse(cx, &NOHUP)?;
    if args.operands.is_empty() {
        return Err(args::missing_operand(cx, 125));
    }
    let text = match terminals(cx) {
        [true, true, _] => "ignoring input and appending output to 'nohup.out'",
        [false, true, _] => "appending output to 'nohup.out'",
        [true, false, true] => "ignoring input and redirecting stderr to stdout",
        [false, false, true] => "redirecting stderr to stdout",
        [true, false, false] => "ignoring input",
        [false, false, false] => return Ok(args.operands),
    };
    cx.complain(text);
    Ok(args.operands)
}

/// nohup ignores SIGHUP, and lets go of the terminal.
fn detach(cx: &mut Context) -> Result<(), u8> {
    let [input, output, errors] = terminals(cx);
    let redirect = |cx: &mut Context, name: &[u8], how: Open, to: Fd| {
        let fd = cx.sys.open(name, how).map_err(|errno| {
            cx.complain(say!("failed to open ", quote::always(name), ": ", errno.text()));
            125
        })?;
        let _ = cx.sys.dup_to(fd, to);
        let _ = cx.sys.close(fd);
        Ok::<(), u8>(())
    };
    if input {
        redirect(cx, b"/dev/null", Open { write: true, ..Open::READ }, Fd::STDIN)?;
    }
    if output {
        redirect(cx, b"nohup.out", Open::APPEND, Fd::STDOUT)?;
        let _ = cx.sys.set_mode(b"nohup.out", 0o600);
    }
    if errors {
        let _ = cx.sys.dup_to(Fd::STDOUT, Fd::STDERR);
    }
    let mut ignored = cx.sys.ignored();
    ignored.insert(Signal::Hup);
    cx.sys.set_ignored(ignored);
    Ok(())
}

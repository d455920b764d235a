//! The command line: mawk's options.

use crate::tool::Context;
use crate::tool::say::say;

/// What a command line says.
pub struct Command {
    /// The program's text.
    pub program: Vec<u8>,
    /// Files and assignments.
    pub operands: Vec<Vec<u8>>,
    /// `-v`, `-F`.
    pub assigned: Vec<(String, Vec<u8>)>,
}

/// `name=value`, as an operand.
pub fn assignment(operand: &[u8]) -> Option<(String, Vec<u8>)> {
    let at = operand.iter().position(|byte| *byte == b'=')?;
    let name = std::str::from_utf8(&operand[..at]).ok()?;
    let first = name.bytes().next()?;
    let is_name = (first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| (name.to_string(), operand[at + 1..].to_vec()))
}

/// mawk's options: `-F fs`, `-v name=value`, `-f file`.
pub fn read_command(cx: &mut Context) -> Result<Command, u8> {
    let mut words = cx.argv.get(1..).unwrap_or_default().iter();
    let mut assigned = Vec::new();
    let mut program: Option<Vec<u8>> = None;
    let mut operands: Vec<Vec<u8>> = Vec::new();
    while let Some(word) = words.next() {
        let (letter, attached) = match word.as_slice() {
            b"--" => break,
            [b'-', letter, attached @ ..] => (*letter, attached),
            _ => {
                operands.push(word.clone());
                break;
            }
        };
        if !b"Fvf".contains(&letter) {
            if letter == b'W' && words.as_slice().first().is_some_and(|word| word == b"version") {
                cx.print(VERSION);
                cx.out.error(LIMITS.as_bytes());
                return Err(0);
            }
            if letter == b'W' {
                cx.not_modelled("-W");
            }
            cx.complain(say!("not an option: ", word));
            return Err(2);
        }
        let value = match attached {
            [] => words.next().cloned(),
            attached => Some(attached.to_vec()),
        };
        let Some(value) = value else {
            cx.complain(format!("option -{} lacks argument", char::from(letter)));
            return Err(2);
        };
        match letter {
            b'F' => assigned.push(("FS".to_string(), value)),
            b'v' => match assignment(&value) {
                Some(pair) => assigned.push(pair),
                None => {
                    cx.complain(say!("improper assignment: -v ", value));
                    return Err(2);
                }
            },
            _ => {
                let content = cx.read_file(&value).map_err(|errno| {
                    cx.complain(say!("cannot open ", value, " (", errno.text(), ")"));
                    2
                })?;
                let program = program.get_or_insert_default();
                program.extend(content.bytes());
                if !program.ends_with(b"\n") {
                    program.push(b'\n');
                }
            }
        }
    }
    operands.extend(words.cloned());
    let program = match program {
        Some(program) => program,
        None if operands.is_empty() => {
            cx.out.error(USAGE.as_bytes());
            return Err(0);
        }
        None => say!(operands.remove(0), "\n"),
    };
    Ok(Command { program, operands, assigned })
}

const VERSION: &str = "\
mawk 1.3.4 20200120
Copyright 2008-2019,2020, Thomas E. Dickey
Copyright 1991-1996,2014, Michael D. Brennan

";

const LIMITS: &str = "\
random-funcs:       srandom/random
regex-funcs:        internal
compiled limits:
sprintf buffer      8192
maximum-integer     2147483647
";

const USAGE: &str = "\
Usage: mawk [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a \"--\" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with \"-W\".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W dump          show assembler-like listing of program and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W exec file     use file as program as well as last option.
    -W random=number set initial random seed.
    -W sprintf=number adjust size of sprintf buffer.
    -W posix_space   do not consider \"\\n\" a space.
    -W usage         show this message and exit.
";

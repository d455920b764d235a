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
            cx.complain(format!("option requires an argument -- {}", char::from(letter)));
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
                let content = cx.sys.read_file(&value).map_err(|errno| {
                    cx.complain(say!("cannot open ", value, " (", errno.text(), ")"));
                    2
                })?;
                program.get_or_insert_default().extend(say!(content.bytes(), "\n"));
            }
        }
    }
    operands.extend(words.cloned());
    let program = match program {
        Some(program) => program,
        None if operands.is_empty() => {
            cx.out.error(b"Usage: mawk [Options] [Program] [file ...]\n");
            return Err(2);
        }
        None => operands.remove(0),
    };
    Ok(Command { program, operands, assigned })
}

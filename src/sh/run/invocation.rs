//! A shell's own command line.

use super::super::Dialect;
use super::super::builtin::set;
use super::super::machine::Options;

/// What bash prints when it does not know an option.
pub(super) const USAGE: &str = "\
Usage:\tbash [GNU long option] [option] ...
\tbash [GNU long option] [option] script-file ...
GNU long options:
\t--debug
\t--debugger
\t--dump-po-strings
\t--dump-strings
\t--help
\t--init-file
\t--login
\t--noediting
\t--noprofile
\t--norc
\t--posix
\t--pretty-print
\t--rcfile
\t--restricted
\t--verbose
\t--version
Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option";

/// What a command line says.
#[derive(Default)]
pub(super) struct CommandLine {
    pub options: Options,
    /// `-c`.
    pub command: bool,
    /// `-s`.
    pub input: bool,
    /// `-O` and `+O`.
    pub shopts: Vec<(Vec<u8>, bool)>,
    /// What the model lacks.
    pub absent: Option<String>,
    /// `-i`.
    pub typed: bool,
    /// `--norc`.
    pub norc: bool,
    pub operands: Vec<Vec<u8>>,
}

/// Reads a shell's own arguments; `Err`: the option it does not know.
pub(super) fn command_line(args: &[Vec<u8>], dialect: Dialect) -> Result<CommandLine, Vec<u8>> {
    let mut line = CommandLine::default();
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        let on = match arg.first() {
            Some(b'-') if arg.len() > 1 => true,
            Some(b'+') if arg.len() > 1 => false,
            Some(b'-') => {
                at += 1;
                break;
            }
            _ => break,
        };
        at += 1;
        if arg == b"--" {
            break;
        }
        if let Some(name) = arg.strip_prefix(b"--") {
            match name {
                _ if dialect == Dialect::Sh => return Err(b"--".to_vec()),
                b"norc" => line.norc = true,
                b"noprofile" | b"noediting" | b"login" => {}
                b"restricted" => line.absent = Some("bash --restricted".to_string()),
                b"posix" => line.options.posix = true,
                b"verbose" => line.options.verbose = true,
                b"rcfile" | b"init-file" => at += 1,
                _ => return Err(arg.clone()),
            }
            continue;
        }
        for letter in &arg[1..] {
            match letter {
                b'c' if on => line.command = true,
                b's' if on => line.input = true,
                b'l' => {}
                b'i' => line.typed = on,
                b'r' | b'D' if dialect == Dialect::Bash => {
                    line.absent = Some(format!("bash -{}", char::from(*letter)));
                }
                b'o' => {
                    let name = args.get(at).cloned().unwrap_or_default();
                    at += 1;
                    if !set::turn(&mut line.options, &name, on, dialect) {
                        return Err([b"-o ", name.as_slice()].concat());
                    }
                }
                b'O' if dialect == Dialect::Bash => {
                    line.shopts.extend(args.get(at).map(|name| (name.clone(), on)));
                    at += 1;
                }
                _ => {
                    let name = set::LETTERS.iter().find(|(l, _)| l == letter);
                    let known = name.is_some_and(|(_, name)| {
                        set::turn(&mut line.options, name.as_bytes(), on, dialect)
                    });
                    if !known {
                        return Err(vec![arg[0], *letter]);
                    }
                }
            }
        }
    }
    line.operands = args[at.min(args.len())..].to_vec();
    Ok(line)
}

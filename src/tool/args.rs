//! Options and operands. Models getopt_long(3) of glibc: clusters, abbreviated long options,
//! operands between options, and its messages.

use super::Context;
use super::say::say;

/// What a program's options are.
pub struct Options {
    /// As for getopt: a letter, `:` for an argument, `::` for an optional one. After `|` come
    /// letters that stand only for long options.
    pub short: &'static str,
    /// Long names and their letters.
    pub long: &'static [(&'static str, char)],
    /// What the real program has besides and the model lacks: letters, then long names.
    pub lacking: &'static str,
    /// The code a wrong option ends with.
    pub fail: u8,
    /// Options end at the first operand.
    pub stop_early: bool,
}

impl Options {
    /// No options at all.
    pub const NONE: Options =
        Options { short: "", long: &[], lacking: "", fail: 1, stop_early: false };
}

/// What a command line says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Args {
    /// Options in order: letter and argument (empty if it takes none).
    pub options: Vec<(char, Vec<u8>)>,
    /// The rest.
    pub operands: Vec<Vec<u8>>,
    /// How many operands stand before each option.
    pub before: Vec<u32>,
}

impl Args {
    fn option(&mut self, letter: char, value: Vec<u8>) {
        self.before.push(self.operands.len() as u32);
        self.options.push((letter, value));
    }

    /// Whether an option was given.
    pub fn has(&self, letter: char) -> bool {
        self.options.iter().any(|(given, _)| *given == letter)
    }

    /// The last argument given with an option.
    pub fn value(&self, letter: char) -> Option<&[u8]> {
        self.options.iter().rev().find(|(given, _)| *given == letter).map(|(_, v)| v.as_slice())
    }

    /// Which of these letters was given last.
    pub fn last_of(&self, letters: &str) -> Option<char> {
        self.options.iter().rev().map(|(given, _)| *given).find(|given| letters.contains(*given))
    }
}

enum Refusal {
    /// Getopt's message; `true`: the real program has this option.
    Wrong(String, Option<String>),
}

/// Reads the arguments after `argv[0]`. `Err`: refused with this code, and said so.
pub fn parse(cx: &mut Context, options: &Options) -> Result<Args, u8> {
    parse_from(cx, options, 1)
}

/// Reads the arguments from `argv[from]` on.
pub fn parse_from(cx: &mut Context, options: &Options, from: usize) -> Result<Args, u8> {
    let argv = cx.argv.get(from..).unwrap_or_default();
    let own = |args: Args| match cx.busybox {
        true => match super::busybox::refused(cx.name, &args.options, argv) {
            Some(message) => Err(Refusal::Wrong(message, None)),
            None => Ok(args),
        },
        false => Ok(args),
    };
    match read(argv, options).and_then(own) {
        Ok(args) => Ok(args),
        Err(Refusal::Wrong(message, lacking)) => {
            let asks_version = matches!(
                (cx.name, lacking.as_deref()),
                (_, Some("--version"))
                    | ("grep" | "egrep" | "fgrep", Some("-V"))
                    | ("cmp" | "diff", Some("-v"))
            );
            if asks_version && super::version::print(cx) {
                return Err(0);
            }
            if let Some(what) = lacking {
                cx.not_modelled(&what);
            }
            cx.complain(message);
            hint_at_dashes(cx);
            Err(usage(cx, options.fail))
        }
    }
}

/// What rm adds where an option is wrong that is the name of a file.
fn hint_at_dashes(cx: &mut Context) {
    let name = (cx.name == "rm").then(|| {
        let mut words = cx.argv.iter().skip(1).filter(|w| w.len() > 1 && w.starts_with(b"-"));
        words.find(|word| cx.sys.stat(word, false).is_ok()).cloned()
    });
    if let Some(name) = name.flatten() {
        let (path, shown) = (say!("./", name), super::quote::always(&name));
        let path = super::quote::needed(&path);
        cx.out.error(&say!("Try 'rm ", path, "' to remove the file ", shown, ".\n"));
    }
}

/// "Try '… --help' for more information.", and the code.
pub fn usage(cx: &mut Context, code: u8) -> u8 {
    if cx.busybox && cx.name != "nc" && super::busybox::is_adapted(cx.name) {
        if cx.name != "sleep" {
            super::busybox::usage(cx);
        }
        return code;
    }
    let line = match cx.name {
        "grep" | "egrep" | "fgrep" => {
            "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n"
                .to_string()
        }
        "nc" => super::net::NC_USAGE.to_string(),
        "sed" => super::text::sed::USAGE.to_string(),
        "ncat" => "Ncat: Try `--help' or man(1) ncat for more information, usage options and \
                   help. QUITTING.\n"
            .to_string(),
        "tar" => "Try 'tar --help' or 'tar --usage' for more information.\n".to_string(),
        "cmp" | "diff" => {
            let name = String::from_utf8_lossy(cx.called()).into_owned();
            format!("{name}: Try '{name} --help' for more information.\n")
        }
        "gunzip" | "gzip" | "zcat" => "Try `gzip --help' for more information.\n".to_string(),
        _ => {
            let name = String::from_utf8_lossy(cx.called()).into_owned();
            format!("Try '{name} --help' for more information.\n")
        }
    };
    cx.out.error(line.as_bytes());
    code
}

/// "missing operand", as coreutils say it.
pub fn missing_operand(cx: &mut Context, code: u8) -> u8 {
    cx.complain("missing operand");
    usage(cx, code)
}

/// "missing operand after 'x'".
pub fn missing_after(cx: &mut Context, operand: &[u8], code: u8) -> u8 {
    cx.complain(say!("missing operand after ", super::quote::argument(operand)));
    usage(cx, code)
}

/// "extra operand 'x'".
pub fn extra_operand(cx: &mut Context, operand: &[u8], code: u8) -> u8 {
    cx.complain(say!("extra operand ", super::quote::argument(operand)));
    usage(cx, code)
}

fn read(argv: &[Vec<u8>], options: &Options) -> Result<Args, Refusal> {
    let mut args = Args::default();
    let mut rest = argv.iter();
    while let Some(word) = rest.next() {
        if word == b"--" {
            args.operands.extend(rest.cloned());
            break;
        } else if let Some(long) = word.strip_prefix(b"--") {
            read_long(long, options, &mut rest, &mut args)?;
        } else if word.len() > 1 && word[0] == b'-' {
            read_cluster(&word[1..], options, &mut rest, &mut args)?;
        } else {
            args.operands.push(word.clone());
            if options.stop_early {
                args.operands.extend(rest.cloned());
                break;
            }
        }
    }
    Ok(args)
}

/// How many colons follow a letter; `None`: no such letter.
fn colons(spec: &str, letter: char) -> Option<usize> {
    let at = spec.find(letter).filter(|_| letter != ':' && letter != '|')?;
    Some(spec[at + letter.len_utf8()..].chars().take_while(|c| *c == ':').count())
}

fn read_cluster(
    letters: &[u8],
    options: &Options,
    rest: &mut std::slice::Iter<Vec<u8>>,
    args: &mut Args,
) -> Result<(), Refusal> {
    let short = options.short.split('|').next().unwrap_or_default();
    for (at, byte) in letters.iter().enumerate() {
        let letter = char::from(*byte);
        let Some(colons) = colons(short, letter) else {
            let lacking = options.lacking.split(' ').next().unwrap_or_default().contains(letter);
            let message = format!("invalid option -- '{letter}'");
            return Err(Refusal::Wrong(message, lacking.then(|| format!("-{letter}"))));
        };
        if colons == 0 {
            args.option(letter, Vec::new());
            continue;
        }
        let attached = letters[at + 1..].to_vec();
        let value = if !attached.is_empty() || colons == 2 {
            attached
        } else if let Some(next) = rest.next() {
            next.clone()
        } else {
            let message = format!("option requires an argument -- '{letter}'");
            return Err(Refusal::Wrong(message, None));
        };
        args.option(letter, value);
        return Ok(());
    }
    Ok(())
}

fn read_long(
    word: &[u8],
    options: &Options,
    rest: &mut std::slice::Iter<Vec<u8>>,
    args: &mut Args,
) -> Result<(), Refusal> {
    let (name, value) = match word.iter().position(|byte| *byte == b'=') {
        Some(at) => (&word[..at], Some(word[at + 1..].to_vec())),
        None => (word, None),
    };
    let name = String::from_utf8_lossy(name).into_owned();
    let found = find_long(&name, options, word)?;
    let (long, letter) = found;
    let value = match (colons(options.short, letter).unwrap_or(0), value) {
        (0, Some(_)) => {
            let message = format!("option '--{long}' doesn't allow an argument");
            return Err(Refusal::Wrong(message, None));
        }
        (0, None) | (2, None) => Vec::new(),
        (_, Some(value)) => value,
        (_, None) => match rest.next() {
            Some(next) => next.clone(),
            None => {
                let message = format!("option '--{long}' requires an argument");
                return Err(Refusal::Wrong(message, None));
            }
        },
    };
    args.option(letter, value);
    Ok(())
}

/// The long option that a name, or the beginning of one, stands for.
fn find_long(name: &str, options: &Options, word: &[u8]) -> Result<(&'static str, char), Refusal> {
    if let Some(exact) = options.long.iter().find(|(known, _)| *known == name) {
        return Ok(*exact);
    }
    let known = options.long.iter().filter(|(known, _)| known.starts_with(name));
    let known: Vec<(&'static str, char)> = known.copied().collect();
    let lacking: &'static str = options.lacking;
    let others = lacking.split(' ').skip(1).chain(EVERYWHERE);
    let others: Vec<&'static str> =
        others.filter(|known| !known.is_empty() && known.starts_with(name)).collect();
    if let Some(exact) = EVERYWHERE.iter().find(|exact| **exact == name) {
        let message = format!("unrecognized option '--{name}'");
        return Err(Refusal::Wrong(message, Some(format!("--{exact}"))));
    }
    match (known.first(), others.first()) {
        (Some(first), None) if known.iter().all(|(_, letter)| *letter == first.1) => Ok(*first),
        (None, Some(only)) if others.len() == 1 || others.contains(&name) => {
            let message = format!("unrecognized option '--{}'", String::from_utf8_lossy(word));
            Err(Refusal::Wrong(message, Some(format!("--{only}"))))
        }
        (None, None) => {
            let message = format!("unrecognized option '--{}'", String::from_utf8_lossy(word));
            Err(Refusal::Wrong(message, None))
        }
        _ => {
            let names = known.iter().map(|(known, _)| *known).chain(others);
            let names: String = names.map(|known| format!(" '--{known}'")).collect();
            let message = format!("option '--{name}' is ambiguous; possibilities:{names}");
            Err(Refusal::Wrong(message, None))
        }
    }
}

/// Long options that every one of these programs has and none is modelled with.
const EVERYWHERE: [&str; 2] = ["help", "version"];

/// One of several words that an option takes, or the beginning of one (gnulib's XARGMATCH): its
/// number. `words` has one list a meaning. `Err`: refused, and said so.
pub fn choose(
    cx: &mut Context,
    value: &[u8],
    option: &str,
    words: &[&[&str]],
) -> Result<usize, u8> {
    let rows = || words.iter().enumerate().flat_map(|(n, row)| row.iter().map(move |w| (n, *w)));
    if let Some((row, _)) = rows().find(|(_, word)| word.as_bytes() == value) {
        return Ok(row);
    }
    let mut begun = rows().filter(|(_, word)| word.as_bytes().starts_with(value)).map(|it| it.0);
    let first = begun.next();
    let is_ambiguous = begun.any(|row| Some(row) != first);
    match first.filter(|_| !is_ambiguous) {
        Some(row) => Ok(row),
        None => {
            let what = if is_ambiguous { "ambiguous" } else { "invalid" };
            let value = super::quote::always(value);
            cx.complain(say!(what, " argument ", value, " for '", option, "'"));
            cx.out.error(b"Valid arguments are:\n");
            for row in words {
                let row: Vec<String> = row.iter().map(|word| format!("'{word}'")).collect();
                cx.out.error(format!("  - {}\n", row.join(", ")).as_bytes());
            }
            Err(usage(cx, 1))
        }
    }
}

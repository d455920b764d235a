//! util-linux's getopt: a script's arguments put into order. Models util-linux 2.38.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::say::say;

const GETOPT: Options = Options {
    short: "ao:l:n:qQs:TuhV",
    long: &[
        ("options", 'o'),
        ("longoptions", 'l'),
        ("quiet", 'q'),
        ("quiet-output", 'Q'),
        ("shell", 's'),
        ("test", 'T'),
        ("unquoted", 'u'),
        ("alternative", 'a'),
        ("name", 'n'),
    ],
    lacking: "hV help version",
    fail: 2,
    stop_early: true,
};

/// What a script's options are.
struct Known {
    /// Letters, each with how many colons follow.
    short: Vec<(u8, u8)>,
    long: Vec<(Vec<u8>, u8)>,
    /// Where operands stop: `+` ends options there, `-` leaves them in place.
    order: Option<u8>,
    /// One dash may begin a long option.
    alternative: bool,
}

/// getopt.
pub fn getopt(cx: &mut Context) -> u8 {
    let old = cx.argv.get(1).is_some_and(|word| !word.starts_with(b"-"));
    if cx.argv.len() < 2 {
        cx.complain("missing optstring argument");
        return args::usage(cx, 2);
    }
    let given = match old {
        true => args::Args { operands: cx.argv[1..].to_vec(), ..args::Args::default() },
        false => match args::parse(cx, &GETOPT) {
            Ok(given) => given,
            Err(code) => return code,
        },
    };
    if given.has('T') {
        return 4;
    }
    let mut words = given.operands.as_slice();
    let short = match given.value('o') {
        Some(short) => short.to_vec(),
        None => {
            let Some((first, rest)) = words.split_first() else {
                cx.complain("missing optstring argument");
                return args::usage(cx, 2);
            };
            words = rest;
            first.clone()
        }
    };
    let mut known = Known::read(&short);
    if known.order.is_none() && cx.variable(b"POSIXLY_CORRECT").is_some() {
        known.order = Some(b'+');
    }
    known.alternative = given.has('a');
    let longs = given.options.iter().filter(|(letter, _)| *letter == 'l').map(|(_, value)| value);
    for list in longs {
        let names = list.split(|byte| b", \t\n".contains(byte)).filter(|name| !name.is_empty());
        for name in names {
            let bare: &[u8] = name.strip_suffix(b":").unwrap_or(name);
            let bare = bare.strip_suffix(b":").unwrap_or(bare);
            known.long.push((bare.to_vec(), (name.len() - bare.len()) as u8));
        }
    }
    let name = given.value('n').unwrap_or(cx.called()).to_vec();
    let quoted = !given.has('u') && !old;
    let (mut line, mut errors) = (Vec::new(), Vec::new());
    known.order(words, &mut line, &mut errors, quoted);
    if !given.has('q') {
        errors.iter().for_each(|error| cx.out.error(&say!(name, ": ", error, "\n")));
    }
    if !given.has('Q') {
        cx.print(say!(line, "\n"));
    }
    u8::from(!errors.is_empty())
}

/// A word as a shell reads it again.
fn push(line: &mut Vec<u8>, word: &[u8], quoted: bool) {
    line.push(b' ');
    if !quoted {
        line.extend(word);
        return;
    }
    line.push(b'\'');
    for byte in word {
        match byte {
            b'\'' => line.extend(b"'\\''"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\'');
}

impl Known {
    fn read(text: &[u8]) -> Known {
        let order = text.first().copied().filter(|byte| b"+-".contains(byte));
        let mut letters = text[usize::from(order.is_some())..].iter().peekable();
        let mut short = Vec::new();
        while let Some(letter) = letters.next() {
            let mut colons = 0;
            while colons < 2 && letters.next_if(|next| **next == b':').is_some() {
                colons += 1;
            }
            short.push((*letter, colons));
        }
        Known { short, long: Vec::new(), order, alternative: false }
    }

    /// The options with their arguments, then `--`, then the rest; and what is wrong with them.
    fn order(
        &self,
        words: &[Vec<u8>],
        line: &mut Vec<u8>,
        errors: &mut Vec<Vec<u8>>,
        quoted: bool,
    ) {
        let mut operands: Vec<&[u8]> = Vec::new();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            if word == b"--" {
                break;
            }
            if !word.starts_with(b"-") || word.len() == 1 {
                match self.order {
                    Some(b'-') => push(line, word, quoted),
                    Some(_) => {
                        operands.push(word);
                        break;
                    }
                    None => operands.push(word),
                }
                continue;
            }
            let long = word.strip_prefix(b"--").map(|name| (name, "--"));
            let alternative = || self.alternative.then_some((&word[1..], "-"));
            let known = |name: &[u8]| {
                let name = name.split(|byte| *byte == b'=').next().unwrap_or(name);
                word.len() > 2 && self.long.iter().any(|(long, _)| long.starts_with(name))
                    || !self.short.iter().any(|(letter, _)| Some(letter) == name.first())
            };
            match long.or_else(|| alternative().filter(|(name, _)| known(name))) {
                Some((name, dashes)) => self.long(name, dashes, &mut rest, line, errors, quoted),
                None => self.cluster(&word[1..], &mut rest, line, errors, quoted),
            }
        }
        line.extend(b" --");
        operands.into_iter().chain(rest.map(Vec::as_slice)).for_each(|w| push(line, w, quoted));
    }

    fn cluster(
        &self,
        letters: &[u8],
        rest: &mut std::slice::Iter<Vec<u8>>,
        line: &mut Vec<u8>,
        errors: &mut Vec<Vec<u8>>,
        quoted: bool,
    ) {
        for (at, letter) in letters.iter().enumerate() {
            let known = self.short.iter().find(|(known, _)| known == letter && *letter != b':');
            let Some((_, colons)) = known else {
                errors.push(say!("invalid option -- '", [*letter], "'"));
                continue;
            };
            let tail = &letters[at + 1..];
            let value = match (colons, tail) {
                (0, _) => {
                    line.extend([b' ', b'-', *letter]);
                    continue;
                }
                (1, []) => match rest.next() {
                    Some(word) => word.as_slice(),
                    None => {
                        errors.push(say!("option requires an argument -- '", [*letter], "'"));
                        return;
                    }
                },
                (_, tail) => tail,
            };
            line.extend([b' ', b'-', *letter]);
            push(line, value, quoted);
            return;
        }
    }

    fn long(
        &self,
        word: &[u8],
        dashes: &str,
        rest: &mut std::slice::Iter<Vec<u8>>,
        line: &mut Vec<u8>,
        errors: &mut Vec<Vec<u8>>,
        quoted: bool,
    ) {
        let mut halves = word.splitn(2, |byte| *byte == b'=');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next());
        let begun: Vec<&(Vec<u8>, u8)> =
            self.long.iter().filter(|(long, _)| long.starts_with(name)).collect();
        let exact = self.long.iter().find(|(long, _)| long == name);
        let (long, colons) = match (exact, begun.as_slice()) {
            (Some(exact), _) => exact,
            (None, [only]) => *only,
            (None, []) => {
                return errors.push(say!("unrecognized option '", dashes, word, "'"));
            }
            (None, several) => {
                let list: Vec<Vec<u8>> =
                    several.iter().map(|(long, _)| say!(" '", dashes, long, "'")).collect();
                let list = list.concat();
                let text = "' is ambiguous; possibilities:";
                return errors.push(say!("option '", dashes, word, text, list));
            }
        };
        let value = match (colons, value) {
            (0, None) => None,
            (0, Some(_)) => {
                let text = "' doesn't allow an argument";
                return errors.push(say!("option '", dashes, long, text));
            }
            (1, None) => match rest.next() {
                Some(word) => Some(word.as_slice()),
                None => {
                    let text = "' requires an argument";
                    return errors.push(say!("option '", dashes, long, text));
                }
            },
            (_, value) => Some(value.unwrap_or_default()),
        };
        line.extend(say!(" --", long));
        if let Some(value) = value {
            push(line, value, quoted);
        }
    }
}

//! expand and unexpand: tabs and blanks. Models coreutils'.

use super::super::args::{Args, Options};
use super::super::say::{number, say};
use super::super::{Context, quote};

pub const EXPAND: Options =
    Options { short: "it:", long: &[("initial", 'i'), ("tabs", 't')], ..Options::NONE };

pub const UNEXPAND: Options = Options {
    short: "at:|f",
    long: &[("all", 'a'), ("tabs", 't'), ("first-only", 'f')],
    ..Options::NONE
};

/// Refuses a list of stops that is none.
pub fn check(cx: &mut Context, args: &Args) -> Result<(), u8> {
    for list in args.options.iter().filter(|(letter, _)| *letter == 't').map(|(_, list)| list) {
        let wrong = list.iter().position(|byte| !byte.is_ascii_digit() && !b", ".contains(byte));
        let text = match wrong {
            Some(at) => {
                if b"+/".contains(&list[at]) {
                    cx.not_modelled("-t +N, -t /N");
                }
                let rest = quote::always(&list[at..]);
                say!("tab size contains invalid character(s): ", rest)
            }
            None => {
                let all = stops(args);
                match all.contains(&0) {
                    true => b"tab size cannot be 0".to_vec(),
                    false if all.is_sorted_by(|one, next| one < next) => continue,
                    false => b"tab sizes must be ascending".to_vec(),
                }
            }
        };
        cx.complain(text);
        return Err(1);
    }
    Ok(())
}

fn stops(args: &Args) -> Vec<u64> {
    let lists = args.options.iter().filter(|(letter, _)| *letter == 't');
    lists.flat_map(|(_, list)| list.split(|byte| b", ".contains(byte)).filter_map(number)).collect()
}

/// The stop behind a column; `None`: there is none.
fn next_stop(stops: &[u64], column: u64) -> Option<u64> {
    match stops {
        [] => Some(column - column % 8 + 8),
        [width] => Some(column - column % width + width),
        list => list.iter().copied().find(|stop| *stop > column),
    }
}

/// Tabs become blanks.
pub fn expanded<'a>(args: &Args, lines: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let stops = stops(args);
    let mut out = Vec::new();
    for line in lines {
        let (mut column, mut converts) = (0_u64, true);
        for byte in line {
            match byte {
                b'\t' if converts => {
                    let stop = next_stop(&stops, column).unwrap_or(column + 1);
                    out.extend(vec![b' '; (stop - column) as usize]);
                    column = stop;
                }
                8 => {
                    column = column.saturating_sub(1);
                    out.push(8);
                }
                byte => {
                    column += 1;
                    out.push(*byte);
                }
            }
            converts &= !args.has('i') || matches!(byte, b' ' | b'\t');
        }
    }
    out
}

/// Blanks become tabs where they end at a stop.
pub fn unexpanded<'a>(args: &Args, lines: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let stops = stops(args);
    let all = (args.has('a') || args.has('t')) && !args.has('f');
    let mut out = Vec::new();
    for line in lines {
        let (mut column, mut converts, mut pending) = (0_u64, true, Vec::new());
        // Whether a blank stands just before a stop, so that it becomes a tab only with another.
        let (mut one_before_stop, mut after_blank) = (false, true);
        for byte in line {
            let is_blank = matches!(byte, b' ' | b'\t');
            let mut byte = *byte;
            if converts {
                let stop = if is_blank { next_stop(&stops, column) } else { None };
                converts &= !is_blank || stop.is_some();
                match stop {
                    Some(stop) if byte == b'\t' => {
                        column = stop;
                        if !pending.is_empty() {
                            pending[0] = b'\t';
                        }
                        pending.truncate(usize::from(one_before_stop));
                    }
                    Some(stop) => {
                        column += 1;
                        if !(after_blank && column == stop) {
                            one_before_stop |= column == stop;
                            pending.push(byte);
                            after_blank = true;
                            continue;
                        }
                        byte = b'\t';
                        if !pending.is_empty() {
                            pending[0] = b'\t';
                        }
                        pending.truncate(usize::from(one_before_stop));
                    }
                    None if byte == 8 => column = column.saturating_sub(1),
                    None => column += 1,
                }
                if !pending.is_empty() {
                    if pending.len() > 1 && one_before_stop {
                        pending[0] = b'\t';
                    }
                    out.append(&mut pending);
                    one_before_stop = false;
                }
                after_blank = is_blank;
                converts &= all || is_blank;
            }
            out.push(byte);
        }
        out.append(&mut pending);
    }
    out
}

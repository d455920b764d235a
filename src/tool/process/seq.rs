//! seq: whole numbers and decimals, counted exactly.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, quote};
use crate::base::conversion::{self, Spec};
use crate::base::limit::SEQ_COUNT_MAX;
use crate::base::real::leading_number;

/// A decimal: digits and how many of them stand after the point.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i128,
    places: u32,
}

fn read(text: &[u8]) -> Option<Decimal> {
    let text = std::str::from_utf8(text).ok()?.trim_start();
    let (sign, body) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    if body.eq_ignore_ascii_case("inf") || body.eq_ignore_ascii_case("infinity") {
        return Some(Decimal { digits: sign * i128::MAX, places: 0 });
    }
    if let Some(hex) = body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
        let digits = i128::from(u64::from_str_radix(hex, 16).ok()?);
        return Some(Decimal { digits: sign * digits, places: 0 });
    }
    if let Some((body, exponent)) = body.split_once(['e', 'E']) {
        let exponent: i32 = exponent.parse().ok().filter(|e: &i32| e.abs() <= 18)?;
        let number = read(body.as_bytes())?;
        let places = i32::try_from(number.places).ok()? - exponent;
        let raised = 10i128.pow(places.min(0).unsigned_abs());
        let digits = sign * number.digits.checked_mul(raised)?;
        return Some(Decimal { digits, places: places.max(0).unsigned_abs() });
    }
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let digits = [whole, fraction].concat();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || digits.len() > 25 {
        return None;
    }
    let places = u32::try_from(fraction.len()).ok()?;
    Some(Decimal { digits: sign * digits.parse::<i128>().ok()?, places })
}

fn show(digits: i128, places: u32, width: usize) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let scale = 10i128.pow(places);
    let (whole, fraction) = (digits.abs() / scale, digits.abs() % scale);
    let body = match places {
        0 => whole.to_string(),
        places => format!("{whole}.{fraction:0wide$}", wide = places as usize),
    };
    let fill = width.saturating_sub(sign.len() + body.len());
    format!("{sign}{}{body}", "0".repeat(fill))
}

type Format<'a> = (&'a [u8], Spec, u8, &'a [u8]);

/// `-f`: what stands before the conversion, the conversion, and what stands after it; or why not.
fn read_format(format: &[u8]) -> Result<Format<'_>, String> {
    let mut signs = Vec::new();
    let mut at = 0;
    while at < format.len() {
        if format[at] == b'%' && format.get(at + 1) == Some(&b'%') {
            at += 1;
        } else if format[at] == b'%' {
            signs.push(at);
        }
        at += 1;
    }
    let Some(start) = signs.first().copied() else { return Err("has no % directive".into()) };
    let Some((spec, letter, length)) = conversion::read(&format[start + 1..], || 0) else {
        return Err("ends in %".into());
    };
    if !b"efgEFG".contains(&letter) {
        return Err(format!("has unknown %{} directive", char::from(letter)));
    }
    if signs.len() > 1 {
        return Err("has too many % directives".into());
    }
    Ok((&format[..start], spec, letter, &format[start + 1 + length..]))
}

const SEQ: Options = Options {
    short: "s:wf:",
    long: &[("separator", 's'), ("equal-width", 'w'), ("format", 'f')],
    lacking: "",
    fail: 1,
    stop_early: true,
};

/// seq.
pub fn seq(cx: &mut Context) -> u8 {
    // A negative number is no option.
    let mut argv = cx.argv.to_vec();
    let negative = |word: &Vec<u8>| {
        word.len() > 1 && word[0] == b'-' && (word[1].is_ascii_digit() || word[1] == b'.')
    };
    if let Some(at) = argv.iter().position(negative) {
        argv.insert(at, b"--".to_vec());
    }
    let mut inner = cx.with_argv(&argv);
    let mut args = match args::parse(&mut inner, &SEQ) {
        Ok(args) => args,
        Err(code) => return code,
    };
    args.operands.retain(|word| word != b"--");
    if let Some(format) = args.value('f')
        && let Err(why) = read_format(format)
    {
        cx.complain(say!("format ", quote::always(format), " ", why));
        return 1;
    }
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    if args.operands.len() > 3 {
        return args::extra_operand(cx, &args.operands[3], 1);
    }
    let mut numbers = Vec::new();
    for text in &args.operands {
        match read(text) {
            Some(number) => numbers.push(number),
            None => {
                let what = match text.eq_ignore_ascii_case(b"nan") {
                    true => "invalid 'not-a-number' argument: ",
                    false => "invalid floating point argument: ",
                };
                cx.complain(say!(what, quote::always(text)));
                return args::usage(cx, 1);
            }
        }
    }
    let one = Decimal { digits: 1, places: 0 };
    let (first, step, last) = match numbers[..] {
        [last] => (one, one, last),
        [first, last] => (first, one, last),
        [first, step, last] => (first, step, last),
        _ => unreachable!("between one and three numbers"),
    };
    if step.digits == 0 {
        let text = quote::always(&args.operands[1]);
        cx.complain(say!("invalid Zero increment value: ", text));
        return args::usage(cx, 1);
    }
    count(cx, &args, first, step, last);
    0
}

fn count(cx: &mut Context, args: &args::Args, first: Decimal, step: Decimal, last: Decimal) {
    let places = first.places.max(step.places);
    let all = places.max(last.places);
    let scaled = |number: Decimal| number.digits.saturating_mul(10i128.pow(all - number.places));
    let (mut at, step, last) = (scaled(first), scaled(step), scaled(last));
    let drop = 10i128.pow(all - places);
    let width = match args.has('w') {
        true => show(at / drop, places, 0).len().max(show(last / drop, places, 0).len()),
        false => 0,
    };
    let separator = args.value('s').unwrap_or(b"\n");
    let mut printed = 0;
    while (step > 0 && at <= last) || (step < 0 && at >= last) {
        if printed > 0 {
            cx.print(separator);
        }
        let shown = show(at / drop, places, width);
        match args.value('f').and_then(|format| read_format(format).ok()) {
            None => cx.print(shown),
            Some((before, spec, letter, after)) => {
                let number = spec.real(leading_number(shown.as_bytes()).0, letter);
                let percent =
                    |text: &[u8]| String::from_utf8_lossy(text).replace("%%", "%").into_bytes();
                cx.print(say!(percent(before), number, percent(after)));
            }
        }
        at += step;
        printed += 1;
        if printed >= SEQ_COUNT_MAX {
            cx.not_modelled(&format!("more than {SEQ_COUNT_MAX} numbers"));
            break;
        }
    }
    if printed > 0 {
        cx.print("\n");
    }
}

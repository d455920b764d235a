//! printf (coreutils').

use super::super::say::say;
use super::super::{Context, args, quote};
use super::escape::{escape_at, unescape_echo};
use crate::base::conversion as format;
use crate::base::limit::PRINTF_ROUNDS_MAX;
use crate::base::real::{Real, leading_number};

/// printf.
pub fn printf(cx: &mut Context) -> u8 {
    let mut words = cx.argv.get(1..).unwrap_or_default().to_vec();
    if words.first().is_some_and(|word| word == b"--") {
        words.remove(0);
    }
    if words.is_empty() {
        return args::missing_operand(cx, 1);
    }
    let format = words.remove(0);
    let mut printer = Printer { words: &words, next: 0, out: Vec::new(), complaints: Vec::new() };
    let mut stop = false;
    for round in 0..PRINTF_ROUNDS_MAX {
        let before = printer.next;
        match printer.round(&format) {
            Ok(ended) => stop |= ended,
            Err(message) => {
                printer.complaints.push((printer.out.len(), message));
                printer.tell(cx);
                return 1;
            }
        }
        let used = printer.next > before;
        if stop || printer.next >= words.len() || (!used && round > 0) {
            break;
        }
        if !used {
            let extra = quote::always(&words[0]);
            let text = say!("warning: ignoring excess arguments, starting with ", extra);
            printer.complaints.push((printer.out.len(), text));
            printer.tell(cx);
            return 0;
        }
    }
    printer.tell(cx);
    u8::from(!printer.complaints.is_empty())
}

struct Printer<'a> {
    words: &'a [Vec<u8>],
    next: usize,
    out: Vec<u8>,
    /// What is wrong, each with how much had been written.
    complaints: Vec<(usize, Vec<u8>)>,
}

/// Whether a conversion takes these flags and precision (print_formatted).
fn fits(flags: &[u8], letter: u8) -> bool {
    let end = flags.iter().position(|byte| !b"-+ #0'".contains(byte)).unwrap_or(flags.len());
    let has = |flag: u8| flags[..end].contains(&flag);
    match letter {
        b'b' | b'q' => flags.is_empty(),
        b'c' => !has(b'0') && !has(b'#') && !has(b'\'') && !flags.contains(&b'.'),
        b's' => !has(b'0') && !has(b'#') && !has(b'\''),
        b'd' | b'i' | b'u' => !has(b'#'),
        b'e' | b'E' | b'o' | b'x' | b'X' => !has(b'\''),
        _ => true,
    }
}

impl Printer<'_> {
    /// Writes all, complaints where they arose.
    fn tell(&self, cx: &mut Context) {
        let mut done = 0;
        for (at, text) in &self.complaints {
            cx.print(&self.out[done..*at]);
            cx.complain(text);
            done = *at;
        }
        cx.print(&self.out[done..]);
    }

    /// Goes through the format once; `true`: `\c` ended all output.
    fn round(&mut self, text: &[u8]) -> Result<bool, Vec<u8>> {
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                b'\\' if text.get(at + 1) == Some(&b'c') => return Ok(true),
                b'\\' => match escape_at(&text[at..], false) {
                    Some((bytes, length)) => {
                        self.out.extend(bytes);
                        at += length;
                    }
                    None if text.get(at + 1) == Some(&b'"') => {
                        self.out.push(b'"');
                        at += 2;
                    }
                    None => {
                        self.out.push(b'\\');
                        at += 1;
                    }
                },
                b'%' if text.get(at + 1) == Some(&b'%') => {
                    self.out.push(b'%');
                    at += 2;
                }
                b'%' => {
                    let (length, stop) = self.conversion(&text[at..])?;
                    if stop {
                        return Ok(true);
                    }
                    at += length;
                }
                byte => {
                    self.out.push(byte);
                    at += 1;
                }
            }
        }
        Ok(false)
    }

    fn complain(&mut self, text: Vec<u8>) {
        self.complaints.push((self.out.len(), text));
    }

    fn word(&mut self) -> Option<Vec<u8>> {
        let word = self.words.get(self.next).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    fn conversion(&mut self, text: &[u8]) -> Result<(usize, bool), Vec<u8>> {
        let mut stars = Vec::new();
        let star_count = text[1..]
            .iter()
            .take_while(|byte| b"-0+ #'123456789.*".contains(byte))
            .filter(|byte| **byte == b'*')
            .count();
        for _ in 0..star_count {
            let word = self.word().unwrap_or_default();
            stars.push(self.integer(&word) as i64);
        }
        let mut stars = stars.into_iter();
        if text.get(1) == Some(&b'q') {
            let word = self.word().unwrap_or_default();
            self.out.extend(quote::needed(&word));
            return Ok((2, false));
        }
        let read = format::read(&text[1..], || stars.next().unwrap_or(0));
        // `%q` takes neither flags nor a width, and C's `q` is no modifier here.
        let plain = |byte: &&u8| b"-0+ #'123456789.*hlLjzt".contains(byte);
        let end = 1 + text[1..].iter().take_while(plain).count();
        if text.get(end) == Some(&b'q') {
            return Err(say!(&text[..=end], ": invalid conversion specification"));
        }
        let Some((spec, letter, length)) = read else {
            return Err(say!(text, ": invalid conversion specification"));
        };
        let word = match letter {
            _ if !fits(&text[1..length], letter) => {
                return Err(say!(&text[..1 + length], ": invalid conversion specification"));
            }
            b'b' | b'q' | b'c' | b's' | b'd' | b'i' | b'o' | b'u' | b'x' | b'X' | b'e' | b'E'
            | b'f' | b'F' | b'g' | b'G' => self.word(),
            _ => return Err(say!(&text[..1 + length], ": invalid conversion specification")),
        };
        let word_bytes = word.clone().unwrap_or_default();
        let mut stop = false;
        let bytes = match letter {
            b's' => spec.text(&word_bytes),
            b'b' => {
                let (bytes, ended) = unescape_echo(&word_bytes);
                stop = ended;
                spec.text(&bytes)
            }
            b'q' => spec.text(&quote::needed(&word_bytes)),
            b'c' => spec.text(word_bytes.get(..1).unwrap_or_default()),
            b'd' | b'i' | b'o' | b'u' | b'x' | b'X' => {
                let value = if word.is_some() { self.integer(&word_bytes) } else { 0 };
                spec.integer(value, letter)
            }
            _ => {
                let value = if word.is_some() { self.real(&word_bytes) } else { Real::default() };
                spec.real(value, letter)
            }
        };
        self.out.extend(bytes);
        Ok((1 + length, stop))
    }

    fn judge(&mut self, word: &[u8], used: usize) {
        let name = quote::always(word);
        if used == 0 && !word.is_empty() {
            self.complain(say!(name, ": expected a numeric value"));
        } else if used < word.len() {
            self.complain(say!(name, ": value not completely converted"));
        }
    }

    fn integer(&mut self, word: &[u8]) -> i128 {
        if let [b'\'' | b'"', byte, ..] = word {
            return i128::from(*byte);
        }
        let blank = word.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let body = &word[blank..];
        let (negative, digits) = match body.first() {
            Some(b'-') => (true, &body[1..]),
            Some(b'+') => (false, &body[1..]),
            _ => (false, body),
        };
        let (radix, digits) = match digits {
            [b'0', b'x' | b'X', rest @ ..] => (16, rest),
            [b'0', rest @ ..] if !rest.is_empty() => (8, digits),
            _ => (10, digits),
        };
        let count = digits.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let text = String::from_utf8_lossy(&digits[..count]).into_owned();
        let value = i128::from_str_radix(&text, radix).unwrap_or(0);
        let used = if count == 0 { 0 } else { word.len() - digits.len() + count };
        if count > 0 && value > i128::from(i64::MAX) {
            self.complain(say!(quote::always(word), ": Numerical result out of range"));
            return i128::from(if negative { i64::MIN } else { i64::MAX });
        }
        self.judge(word, used);
        if negative { -value } else { value }
    }

    fn real(&mut self, word: &[u8]) -> Real {
        let text = String::from_utf8_lossy(word).into_owned();
        let (value, used) = leading_number(text.as_bytes());
        self.judge(word, used);
        value
    }
}

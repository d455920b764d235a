//! tr.

use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::say;
use super::super::{Context, quote};
use super::complain_of;
use super::escape::escape_at;
use crate::base::Blob;
use crate::ere::Class;
use crate::os::Errno;

/// tr.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tr {
    /// What each byte becomes; `None`: it goes.
    map: Vec<Option<u8>>,
    squeeze: Vec<bool>,
    last: Option<u8>,
}

const TR: Options = Options {
    short: "cCdst",
    long: &[("complement", 'c'), ("delete", 'd'), ("squeeze-repeats", 's'), ("truncate-set1", 't')],
    lacking: "",
    fail: 1,
    stop_early: true,
};

impl Tr {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Tr, Input), u8> {
        let args = args::parse(cx, &TR)?;
        let (delete, squeeze) = (args.has('d'), args.has('s'));
        let complement = args.has('c') || args.has('C');
        let sets = &args.operands;
        let Some(first) = sets.first() else { return Err(args::missing_operand(cx, 1)) };
        let least = if delete == squeeze { 2 } else { 1 };
        if sets.len() < least {
            cx.complain(say!("missing operand after ", quote::argument(first)));
            let text = match squeeze {
                true => "Two strings must be given when both deleting and squeezing repeats.\n",
                false => "Two strings must be given when translating.\n",
            };
            cx.out.error(text.as_bytes());
            return Err(args::usage(cx, 1));
        }
        let most = if delete && !squeeze { 1 } else { 2 };
        if let Some(extra) = sets.get(most) {
            cx.complain(say!("extra operand ", quote::always(extra)));
            if most == 1 && sets.len() == 2 {
                cx.out.error(
                    b"Only one string may be given when deleting without squeezing repeats.\n",
                );
            }
            return Err(args::usage(cx, 1));
        }
        let read = |text: &[u8]| read_set(text);
        let built = read(first).and_then(|one| {
            let two = sets.get(1).map(|text| read(text)).transpose()?;
            build(one, two, delete, squeeze, complement, args.has('t'))
        });
        match built {
            Ok(tr) => Ok((tr, Input::new(&[]))),
            Err(text) => {
                cx.complain(text);
                Err(1)
            }
        }
    }
}

/// A set as listed; where a `[c*]` stands that fills up to the other set's length.
struct Set {
    bytes: Vec<u8>,
    fill: Option<(u32, u8)>,
}

fn read_set(text: &[u8]) -> Result<Set, Vec<u8>> {
    let mut set = Set { bytes: Vec::new(), fill: None };
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(b"[:")
            && let Some(end) =
                rest.windows(2).position(|pair| pair == b":]").filter(|end| *end >= 2)
        {
            let name = &rest[2..end];
            let class = Class::parse(name)
                .ok_or_else(|| say!("invalid character class ", quote::always(name)))?;
            set.bytes.extend((0..=255u8).filter(|byte| class.has(u32::from(*byte), false)));
            at += end + 2;
            continue;
        }
        if rest.len() >= 4
            && rest[0] == b'['
            && rest[2] == b'*'
            && let Some(end) = rest.iter().position(|byte| *byte == b']')
        {
            let count = String::from_utf8_lossy(&rest[3..end]).into_owned();
            match count.parse::<usize>() {
                Ok(count) if count > 0 => set.bytes.extend(vec![rest[1]; count.min(256)]),
                _ => set.fill = Some((set.bytes.len() as u32, rest[1])),
            }
            at += end + 1;
            continue;
        }
        let (byte, length) = one(rest);
        if rest.get(length) == Some(&b'-') && rest.len() > length + 1 {
            let (last, last_length) = one(&rest[length + 1..]);
            if last < byte {
                let shown = &rest[..length + 1 + last_length];
                let text = "range-endpoints of ";
                let tail = " are in reverse collating sequence order";
                return Err(say!(text, quote::always(shown), tail));
            }
            set.bytes.extend(byte..=last);
            at += length + 1 + last_length;
            continue;
        }
        set.bytes.push(byte);
        at += length;
    }
    Ok(set)
}

fn one(text: &[u8]) -> (u8, usize) {
    match escape_at(text, false).filter(|_| text[0] == b'\\') {
        Some((bytes, length)) if text[1] != b'x' && text[1] != b'e' => (bytes[0], length),
        _ if text[0] == b'\\' && text.len() > 1 => (text[1], 2),
        _ => (text[0], 1),
    }
}

fn build(
    one: Set,
    two: Option<Set>,
    delete: bool,
    squeeze: bool,
    complement: bool,
    truncate: bool,
) -> Result<Tr, Vec<u8>> {
    let mut first = one.bytes;
    if complement {
        first = (0..=255u8).filter(|byte| !first.contains(byte)).collect();
    }
    let mut map: Vec<Option<u8>> = (0..=255u8).map(Some).collect();
    let mut squeezed = vec![false; 256];
    let second = two.map(|set| {
        let mut bytes = set.bytes;
        if let Some((at, byte)) = set.fill {
            let missing = first.len().saturating_sub(bytes.len());
            let at = at as usize;
            bytes.splice(at..at, vec![byte; missing]);
        }
        bytes
    });
    if delete {
        first.iter().for_each(|byte| map[usize::from(*byte)] = None);
    } else if let Some(second) = &second {
        if second.is_empty() && !truncate {
            return Err(say!("when not truncating set1, string2 must be non-empty"));
        }
        for (index, byte) in first.iter().enumerate() {
            match second.get(index).or(second.last().filter(|_| !truncate)) {
                Some(to) => map[usize::from(*byte)] = Some(*to),
                None => break,
            }
        }
    }
    if squeeze {
        let set = second.unwrap_or(first);
        set.iter().for_each(|byte| squeezed[usize::from(*byte)] = true);
    }
    Ok(Tr { map, squeeze: squeezed, last: None })
}

impl Filter for Tr {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, cx: &mut Context) -> Option<u8> {
        let mut out = Vec::new();
        for byte in chunk.to_bytes(1_024) {
            let Some(byte) = self.map[usize::from(byte)] else { continue };
            if self.squeeze[usize::from(byte)] && self.last == Some(byte) {
                continue;
            }
            self.last = Some(byte);
            out.push(byte);
        }
        cx.out.pass(out.into());
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, _: bool, cx: &mut Context) {
        complain_of(cx, input.name(), errno);
    }

    fn end(&mut self, _: &mut Context) -> u8 {
        0
    }
}

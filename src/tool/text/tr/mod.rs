//! tr.

mod set;

use super::super::args::{self, Options};
use super::super::input::{Filter, Input, bytes_of};
use super::super::say::say;
use super::super::{Context, quote};
use super::complain_of;
use crate::base::Blob;
use crate::os::Errno;
use set::Set;

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
            cx.complain(say!("extra operand ", quote::argument(extra)));
            if most == 1 && sets.len() == 2 {
                cx.out.error(
                    b"Only one string may be given when deleting without squeezing repeats.\n",
                );
            }
            return Err(args::usage(cx, 1));
        }
        let mut read = |text: &[u8]| set::read(text, &mut |warning| cx.complain(warning));
        let truncate = args.has('t');
        let built = read(first).and_then(|one| {
            let two = sets.get(1).map(|text| read(text)).transpose()?;
            if one.fill.is_some() {
                return Err(say!("the [c*] repeat construct may not appear in string1"));
            }
            let how = How { delete, squeeze, complement, truncate };
            build(one, two, how)
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

/// The options.
#[derive(Clone, Copy)]
struct How {
    delete: bool,
    squeeze: bool,
    complement: bool,
    truncate: bool,
}

/// Why one set cannot be translated to another (`validate`).
fn judge(one: &Set, first: &[u8], two: &Set, second: &[u8], how: How) -> Result<(), Vec<u8>> {
    let no = |text: &str| Err(text.as_bytes().to_vec());
    if two.fills_twice {
        return no("only one [c*] repeat construct may appear in string2");
    }
    if two.has_equal {
        return no("[=c=] expressions may not appear in string2 when translating");
    }
    if two.has_class {
        return no("when translating, the only character classes that may appear in\n\
                   string2 are 'upper' and 'lower'");
    }
    if !how.complement && two.cases.iter().any(|case| !one.cases.contains(case)) {
        return no("misaligned [:upper:] and/or [:lower:] construct");
    }
    if second.is_empty() && !how.truncate {
        return no("when not truncating set1, string2 must be non-empty");
    }
    if first.len() > second.len() && !how.truncate && two.ends_with_class {
        return no("when translating with string1 longer than string2,\n\
                   the latter string must not end with a character class");
    }
    let with_class = one.has_class || !one.cases.is_empty();
    if how.complement && with_class {
        let alike = second.len() == first.len() && second.iter().all(|byte| *byte == second[0]);
        if !alike && second.len() != 1 {
            return no("when translating with complemented character classes,\n\
                       string2 must map all characters in the domain to one");
        }
    }
    Ok(())
}

fn build(one: Set, two: Option<Set>, how: How) -> Result<Tr, Vec<u8>> {
    let How { delete, squeeze, complement, truncate } = how;
    let mut first = one.bytes.clone();
    if complement {
        first = (0..=255u8).filter(|byte| !first.contains(byte)).collect();
    }
    let mut map: Vec<Option<u8>> = (0..=255u8).map(Some).collect();
    let mut squeezed = vec![false; 256];
    let mut second = None;
    if let Some(two) = two {
        let mut bytes = two.bytes.clone();
        if let Some((at, byte)) = two.fill {
            if delete {
                let text = "the [c*] construct may appear in string2 only when translating";
                return Err(text.into());
            }
            let missing = first.len().saturating_sub(bytes.len());
            let at = at as usize;
            bytes.splice(at..at, vec![byte; missing]);
        }
        if !delete {
            judge(&one, &first, &two, &bytes, how)?;
        }
        second = Some(bytes);
    }
    if delete {
        first.iter().for_each(|byte| map[usize::from(*byte)] = None);
    } else if let Some(second) = &second {
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
        for byte in bytes_of(chunk, 0) {
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

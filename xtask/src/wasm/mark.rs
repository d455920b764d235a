//! Which functions run: a module that notes it, and the list of those that did not.

use std::collections::BTreeMap;

use super::bytes::{Reader, put, put_signed, put_sized, vector};
use super::code::skip_locals;
use super::module::{CODE, MEMORY, Module, limits};
use crate::Trouble;

const PAGE_BYTES: u32 = 65_536;

/// A module that writes a 1 into a byte of its own when a function is entered, and the address of
/// the first function's byte. The bytes lie behind all memory the program knows of.
pub fn mark(module: &Module) -> Result<(Module, u32), Trouble> {
    let bodies = module.bodies()?;
    let mut memory = Reader::new(module.section(MEMORY));
    memory.number()?;
    let (pages, _) = limits(&mut memory)?;
    let first = pages * PAGE_BYTES;
    let count = u32::try_from(bodies.len()).expect("functions are counted in 32 bits");
    let mut grown = vec![1, 0];
    put(&mut grown, pages + count.div_ceil(PAGE_BYTES));
    let marked = bodies.iter().zip(first..).map(|(body, address)| {
        let mut reader = Reader::new(body);
        skip_locals(&mut reader)?;
        let (locals, code) = body.split_at(reader.at);
        let mut noted = locals.to_vec();
        noted.push(0x41); // i32.const
        put_signed(&mut noted, i32::try_from(address).map_err(|it| it.to_string())?);
        noted.extend_from_slice(&[0x41, 1, 0x3a, 0, 0]); // i32.const 1, i32.store8
        noted.extend_from_slice(code);
        let mut out = Vec::new();
        put_sized(&mut out, &noted);
        Ok(out)
    });
    let marked: Vec<Vec<u8>> = marked.collect::<Result<_, Trouble>>()?;
    let mut out = module.clone();
    out.set(MEMORY, grown);
    out.set(CODE, vector(&marked));
    out.strip();
    Ok((out, first))
}

/// Bodies shorter than this stay where they are: a way to them would be as long.
const BODY_BYTES_MIN: usize = 48;

/// The digests of the names of functions that are not among those that ran, in order. Functions
/// that share a name count as having run if one of them did.
pub fn cold(module: &Module, ran: &[u8]) -> Result<Vec<u64>, Trouble> {
    let bodies = module.bodies()?;
    if ran.len() != bodies.len() {
        return Err(format!("{} functions were watched, of {}", ran.len(), bodies.len()));
    }
    let names = module.names()?;
    let imported = module.types()?.len() - bodies.len();
    let mut warm: BTreeMap<u64, bool> = BTreeMap::new();
    for (index, (body, ran)) in bodies.iter().zip(ran).enumerate() {
        let number = u32::try_from(imported + index).expect("functions are counted in 32 bits");
        let Some(name) = names.get(&number) else { continue };
        *warm.entry(digest(name)).or_default() |= *ran != 0 || body.len() < BODY_BYTES_MIN;
    }
    Ok(warm.into_iter().filter(|(_, warm)| !warm).map(|(name, _)| name).collect())
}

/// A digest of a function's name, without what differs from machine to machine: the digests of
/// crates in brackets.
pub fn digest(name: &str) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut bracket = false;
    for byte in name.bytes() {
        bracket = byte == b'[' || (bracket && byte.is_ascii_hexdigit());
        if !bracket {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    sum
}

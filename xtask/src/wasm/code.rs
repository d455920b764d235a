//! Instructions, as far as their lengths and the functions and addresses they name.

use super::bytes::{Reader, put};
use crate::Trouble;

/// What a number in a body names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    /// Perhaps a place in the memory.
    Address,
}

/// A body (locals and instructions) with every function number in it replaced.
pub fn renumber(body: &[u8], number: impl Fn(u32) -> u32) -> Result<Vec<u8>, Trouble> {
    let mut out = Vec::with_capacity(body.len());
    let mut copied = 0;
    for_each(body, Kind::Function, |start, end, callee| {
        out.extend_from_slice(&body[copied..start]);
        put(&mut out, number(callee));
        copied = end;
    })?;
    out.extend_from_slice(&body[copied..]);
    Ok(out)
}

/// The functions that a body names.
pub fn callees(body: &[u8]) -> Result<Vec<u32>, Trouble> {
    let mut found = Vec::new();
    for_each(body, Kind::Function, |_, _, callee| found.push(callee))?;
    Ok(found)
}

/// The numbers in a body that may be addresses: constants, and what is added to an address.
pub fn addresses(body: &[u8]) -> Result<Vec<u32>, Trouble> {
    let mut found = Vec::new();
    for_each(body, Kind::Address, |_, _, address| found.push(address))?;
    Ok(found)
}

/// Says for each number of a kind in a body where it starts, where it ends, and which it is.
fn for_each(
    body: &[u8],
    kind: Kind,
    mut found: impl FnMut(usize, usize, u32),
) -> Result<(), Trouble> {
    let mut reader = Reader::new(body);
    skip_locals(&mut reader)?;
    while !reader.done() {
        let code = reader.byte()?;
        let of = match code {
            // call, return_call, ref.func
            0x10 | 0x12 | 0xd2 => Kind::Function,
            // loads and stores, i32.const
            0x28..=0x3e | 0x41 => Kind::Address,
            _ => {
                skip_rest(&mut reader, code)?;
                continue;
            }
        };
        if code != 0x41 && of == Kind::Address {
            reader.skip_number()?;
        }
        let start = reader.at;
        let number = reader.number()?;
        if of == kind {
            found(start, reader.at, number);
        }
    }
    Ok(())
}

/// Passes over what a body declares before its instructions.
pub fn skip_locals(reader: &mut Reader) -> Result<(), Trouble> {
    for _ in 0..reader.number()? {
        reader.skip_number()?;
        reader.byte()?;
    }
    Ok(())
}

/// Passes over what follows an instruction's first byte.
fn skip_rest(reader: &mut Reader, code: u8) -> Result<(), Trouble> {
    match code {
        // unreachable … return; drop, select; tests, arithmetic, conversions; ref.is_null
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => Ok(()),
        // Blocks and branches; locals, globals, tables; memory.size and .grow; constants; ref.null
        0x02..=0x04 | 0x0c | 0x0d | 0x20..=0x26 | 0x3f | 0x40 | 0x42 | 0xd0 => reader.skip_number(),
        // br_table
        0x0e => reader.number().and_then(|count| skip_all(reader, count + 1)),
        // select with types
        0x1c => reader.number().and_then(|count| skip_all(reader, count)),
        // call_indirect, return_call_indirect
        0x11 | 0x13 => skip_all(reader, 2),
        0x43 => reader.take(4).map(|_| ()),
        0x44 => reader.take(8).map(|_| ()),
        0xfc => skip_extended(reader),
        _ => Err(format!("the wasm module has an instruction nobody expected: {code:#x}")),
    }
}

/// Saturating conversions, bulk memory, tables.
fn skip_extended(reader: &mut Reader) -> Result<(), Trouble> {
    match reader.number()? {
        0..=7 => Ok(()),
        8 | 10 | 12 | 14 => skip_all(reader, 2),
        9 | 11 | 13 | 15..=17 => skip_all(reader, 1),
        code => Err(format!("the wasm module has an instruction nobody expected: 0xfc {code}")),
    }
}

fn skip_all(reader: &mut Reader, count: u32) -> Result<(), Trouble> {
    (0..count).try_for_each(|_| reader.skip_number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_functions_are_replaced() {
        let body = [
            1, 2, 0x7f, // two locals of type i32
            0x41, 0x90, 0x10, // i32.const 2064, whose bytes hold a call's
            0x0e, 2, 0x10, 0x10, 0x10, // br_table 16 16 16
            0x44, 0x10, 1, 0x10, 1, 0x10, 1, 0x10, 1, // f64.const
            0xfc, 0x0a, 0, 0, // memory.copy
            0x11, 0x10, 0, // call_indirect of type 16
            0x10, 3, // call 3
            0x12, 200, 1, // return_call 200
            0x2d, 0, 8,    // i32.load8_u from 8 behind an address
            0x0b, // end
        ];
        assert_eq!(addresses(&body), Ok(vec![2064, 8]));
        assert_eq!(callees(&body), Ok(vec![3, 200]));
        let moved = renumber(&body, |callee| 203 - callee).expect("it is well-formed");
        assert_eq!(callees(&moved), Ok(vec![200, 3]));
        assert_eq!(moved.len(), body.len());
        assert_eq!(renumber(&moved, |callee| 203 - callee), Ok(body.to_vec()));
        assert!(callees(&[0, 0x06, 0x40]).is_err(), "exceptions are not among what we know");
    }
}

//! Constants: text, tables, and whatever else lies in the memory from the start; and which of them
//! the first half can do without.
//!
//! Where each constant lies, and which constants hold the address of which others, is what the
//! linker says with `--emit-relocs` (see `.cargo/config.toml`). Nothing moves a constant after
//! the linker, so a constant that no function of the first half names, and no constant that one of
//! them names, is out of its reach.
//!
//! <https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md>

use std::collections::BTreeMap;
use std::ops::Range;

use super::bytes::{Reader, put_signed, put_sized, vector};
use super::code::addresses;
use super::module::{CODE, DATA, END, GLOBAL, Module, constant};
use crate::Trouble;

/// The part of the section `linking` that tells symbols, and the kinds of those.
const SYMBOL_TABLE: u8 = 8;
const DATA_SYMBOL: u8 = 1;
const SECTION_SYMBOL: u8 = 3;

/// Flags of a symbol: it is another module's; it has a name although it is.
const UNDEFINED: u32 = 0x10;
const EXPLICIT_NAME: u32 = 0x40;

/// Relocations that name a place in the memory: R_WASM_MEMORY_ADDR_LEB, _SLEB and _I32.
const OF_MEMORY: [u8; 3] = [3, 4, 5];

/// Other relocations that have an addend: offsets in functions and sections, for debuggers.
const WITH_ADDEND: [u8; 2] = [8, 9];

/// Pieces shorter than this stay where they are: what says where they begin is as long.
const PIECE_BYTES_MIN: u32 = 16;

/// Where constants lie, and which of them name which.
pub struct Layout {
    /// By address; they do not overlap.
    places: Vec<Range<u32>>,
    /// The places that each place names.
    named: Vec<Vec<usize>>,
    /// Places that code names by addresses outside them.
    known: Vec<usize>,
}

/// What a relocation says: its kind, where, which symbol, how far from its start.
type Relocation = (u8, u32, u32, i64);

impl Layout {
    /// Reads what the linker says.
    pub fn read(linked: &Module) -> Result<Layout, Trouble> {
        let segments = segments(linked)?;
        let symbols = symbols(linked, &segments)?;
        let mut places: Vec<Range<u32>> =
            symbols.values().filter(|it| !it.is_empty()).cloned().collect();
        places.sort_by_key(|it| (it.start, it.end));
        places.dedup_by(|next, last| {
            let overlaps = next.start < last.end;
            if overlaps {
                last.end = last.end.max(next.end);
            }
            overlaps
        });
        let mut layout =
            Layout { named: vec![Vec::new(); places.len()], places, known: Vec::new() };
        for (_, at, symbol, _) in relocations(linked, DATA)? {
            let Some(to) = symbols.get(&symbol).and_then(|it| layout.find(it.start)) else {
                continue;
            };
            let segment = segments.iter().find(|it| it.within.contains(&at));
            let segment = segment.ok_or("a relocation lies outside all constants")?;
            match layout.find(segment.address + (at - segment.within.start)) {
                Some(from) => layout.named[from].push(to),
                None => layout.known.push(to),
            }
        }
        for (_, _, symbol, addend) in relocations(linked, CODE)? {
            let Some(symbol) = symbols.get(&symbol) else { continue };
            let named = i64::from(symbol.start) + addend;
            let place = layout.find(symbol.start);
            if u32::try_from(named).ok().and_then(|named| layout.find(named)) != place {
                layout.known.extend(place);
            }
        }
        Ok(layout)
    }

    /// The place that holds an address.
    fn find(&self, address: u32) -> Option<usize> {
        let after = self.places.partition_point(|place| place.start <= address);
        let place = after.checked_sub(1)?;
        self.places[place].contains(&address).then_some(place)
    }

    /// Where the constants lie to which these functions of a module do not know the way.
    pub fn unknown_to<'a>(
        &self,
        module: &Module,
        bodies: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<Range<u32>>, Trouble> {
        let mut open = self.known.clone();
        let globals = module.items(GLOBAL, |reader| {
            reader.take(2)?;
            constant(reader)
        })?;
        open.extend(globals.into_iter().filter_map(|address| self.find(address)));
        for body in bodies {
            open.extend(addresses(body)?.into_iter().filter_map(|address| self.find(address)));
        }
        let mut known = vec![false; self.places.len()];
        while let Some(place) = open.pop() {
            if !std::mem::replace(&mut known[place], true) {
                open.extend(&self.named[place]);
            }
        }
        let unknown = self.places.iter().zip(known).filter(|(_, known)| !known);
        let mut joined: Vec<Range<u32>> = Vec::new();
        for (place, _) in unknown {
            match joined.last_mut() {
                Some(last) if last.end == place.start => last.end = place.end,
                _ => joined.push(place.clone()),
            }
        }
        joined.retain(|it| it.end - it.start >= PIECE_BYTES_MIN);
        Ok(joined)
    }
}

/// The data section in two: without these stretches of the memory, and with nothing else.
pub fn split(module: &Module, late: &[Range<u32>]) -> Result<(Vec<u8>, Vec<u8>), Trouble> {
    let (mut early_pieces, mut late_pieces) = (Vec::new(), Vec::new());
    for segment in segments(module)? {
        let end = segment.address + segment.within.end - segment.within.start;
        let section = module.section(DATA);
        let start = segment.within.start as usize;
        let piece = |from: u32, to: u32| {
            let at = |address: u32| start + (address - segment.address) as usize;
            data_segment(from, &section[at(from)..at(to)])
        };
        let mut done = segment.address;
        for stretch in late {
            let (from, to) = (stretch.start.max(segment.address), stretch.end.min(end));
            if from >= to {
                continue;
            }
            if done < from {
                early_pieces.push(piece(done, from));
            }
            late_pieces.push(piece(from, to));
            done = to;
        }
        if done < end {
            early_pieces.push(piece(done, end));
        }
    }
    Ok((vector(&early_pieces), vector(&late_pieces)))
}

fn data_segment(address: u32, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0x41]; // active, in the only memory; i32.const
    put_signed(&mut out, i32::try_from(address).expect("constants lie low"));
    out.push(END);
    put_sized(&mut out, bytes);
    out
}

/// A stretch of memory that is filled from the start.
struct Segment {
    address: u32,
    /// Where its bytes stand in the data section.
    within: Range<u32>,
}

fn segments(module: &Module) -> Result<Vec<Segment>, Trouble> {
    module.items(DATA, |reader| {
        if reader.number()? != 0 {
            return Err("the wasm module fills its memory in an unknown way".into());
        }
        let address = constant(reader)?;
        let bytes = reader.sized()?.len();
        let within = (reader.at - bytes) as u32..reader.at as u32;
        Ok(Segment { address, within })
    })
}

/// The content of a custom section behind its name; empty where there is none.
fn custom<'a>(module: &'a Module, name: &str) -> Result<Reader<'a>, Trouble> {
    for (_, content) in module.sections.iter().filter(|(id, _)| *id == 0) {
        let mut reader = Reader::new(content);
        if reader.sized()? == name.as_bytes() {
            return Ok(reader);
        }
    }
    Err(format!("the linker left no section {name}"))
}

/// Where each constant that has a symbol lies, by the symbol's number.
fn symbols(linked: &Module, segments: &[Segment]) -> Result<BTreeMap<u32, Range<u32>>, Trouble> {
    let mut linking = custom(linked, "linking")?;
    linking.number()?; // The version.
    let mut table: &[u8] = &[0];
    while !linking.done() {
        let (kind, part) = (linking.byte()?, linking.sized()?);
        if kind == SYMBOL_TABLE {
            table = part;
        }
    }
    let mut table = Reader::new(table);
    let mut found = BTreeMap::new();
    for number in 0..table.number()? {
        let (kind, flags) = (table.byte()?, table.number()?);
        let defined = flags & UNDEFINED == 0;
        match kind {
            DATA_SYMBOL => {
                table.sized()?;
                if defined {
                    let (segment, offset, size) =
                        (table.number()?, table.number()?, table.number()?);
                    let segment = segments.get(segment as usize);
                    // What starts as zeros is in no segment.
                    if let Some(segment) = segment {
                        let start = segment.address + offset;
                        found.insert(number, start..start + size);
                    }
                }
            }
            SECTION_SYMBOL => table.skip_number()?,
            _ => {
                table.skip_number()?;
                if defined || flags & EXPLICIT_NAME != 0 {
                    table.sized()?;
                }
            }
        }
    }
    Ok(found)
}

/// The relocations in a section that name places in the memory.
fn relocations(linked: &Module, section: u8) -> Result<Vec<Relocation>, Trouble> {
    let mut reader = custom(linked, if section == CODE { "reloc.CODE" } else { "reloc.DATA" })?;
    reader.number()?; // The section's place among the others.
    let mut found = Vec::new();
    for _ in 0..reader.number()? {
        let (kind, at, symbol) = (reader.byte()?, reader.number()?, reader.number()?);
        let of_memory = OF_MEMORY.contains(&kind);
        let addend = match of_memory || WITH_ADDEND.contains(&kind) {
            true => reader.signed()?,
            false => 0,
        };
        if of_memory {
            found.push((kind, at, symbol, addend));
        }
    }
    Ok(found)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn sized(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        put_sized(&mut out, bytes);
        out
    }

    fn custom_section(name: &str, content: &[u8]) -> (u8, Vec<u8>) {
        (0, [&sized(name.as_bytes())[..], content].concat())
    }

    /// Four constants of 16 bytes from address 64 on, and one of 16 bytes behind them: the first
    /// holds the address of the second; code names the byte before the fourth; no one names the
    /// third or the last.
    pub fn linked() -> Module {
        let symbol = |offset: u8| vec![DATA_SYMBOL, 0, 1, b'c', 0, offset, 16];
        let table = vector(&[symbol(0), symbol(16), symbol(32), symbol(48), symbol(64)]);
        let linking = [&[2, SYMBOL_TABLE][..], &sized(&table)].concat();
        // The constants begin at byte 6 of the section. 0x7f is -1.
        let of_data = [1, 1, 5, 6 + 4, 1, 0];
        let of_code = [0, 2, 4, 3, 0, 0, 4, 9, 3, 0x7f];
        Module {
            sections: vec![
                (DATA, vector(&[data_segment(64, &[7; 80])])),
                custom_section("linking", &linking),
                custom_section("reloc.CODE", &of_code),
                custom_section("reloc.DATA", &of_data),
            ],
        }
    }

    #[test]
    fn a_constant_is_known_to_who_names_it_and_to_who_knows_who_does() {
        let linked = linked();
        let layout = Layout::read(&linked).expect("the linker says what it should");
        // i32.const 64; i32.const 1; end
        let body: &[u8] = &[0, 0x41, 0xc0, 0, 0x41, 1, END];
        let unknown = |bodies: &[&'static [u8]]| {
            layout.unknown_to(&linked, bodies.iter().copied()).expect("bodies are well-formed")
        };
        assert_eq!(unknown(&[body]), [96..112, 128..144]);
        assert_eq!(unknown(&[]), [64..112, 128..144], "what code names from outside stays");
        // i32.load8_u from 100 behind an address
        assert_eq!(unknown(&[&[0, 0x2d, 0, 100, END]]), [64..96, 128..144]);
    }

    #[test]
    fn what_is_split_is_all_there_in_two_parts() {
        let linked = linked();
        let (early, late) = split(&linked, &[96..112, 128..144]).expect("it can be split");
        let pieces = |section: &[u8]| -> Vec<(u32, usize)> {
            let module = Module { sections: vec![(DATA, section.to_vec())] };
            let segments = segments(&module).expect("it is a data section");
            segments.iter().map(|it| (it.address, it.within.len())).collect()
        };
        assert_eq!(pieces(&early), [(64, 32), (112, 16)]);
        assert_eq!(pieces(&late), [(96, 16), (128, 16)]);
    }
}

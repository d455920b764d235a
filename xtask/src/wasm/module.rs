//! A module as sections, and what stands in them.

use std::collections::BTreeMap;

use super::bytes::{Reader, put_sized};
use crate::Trouble;

/// Sections, by their numbers in the binary format.
pub const TYPE: u8 = 1;
pub const IMPORT: u8 = 2;
pub const FUNCTION: u8 = 3;
pub const TABLE: u8 = 4;
pub const MEMORY: u8 = 5;
pub const GLOBAL: u8 = 6;
pub const EXPORT: u8 = 7;
pub const ELEMENT: u8 = 9;
pub const CODE: u8 = 10;
pub const DATA: u8 = 11;
/// How many segments the data section has: only instructions that nobody uses here need to know.
pub const DATA_COUNT: u8 = 12;

/// Ends bodies and constants.
pub const END: u8 = 0x0b;

const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// A module in pieces.
#[derive(Clone)]
pub struct Module {
    /// Number and content of each section, custom ones (0) with their names in front.
    pub sections: Vec<(u8, Vec<u8>)>,
}

/// Something that a module imports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Import {
    /// Its type's number, if it is a function.
    pub function: Option<u32>,
}

impl Module {
    /// Takes a module apart.
    pub fn read(bytes: &[u8]) -> Result<Module, Trouble> {
        let mut reader = Reader::new(bytes);
        if reader.take(HEADER.len())? != HEADER {
            return Err("this is not a wasm module".into());
        }
        let mut sections = Vec::new();
        while !reader.done() {
            sections.push((reader.byte()?, reader.sized()?.to_vec()));
        }
        Ok(Module { sections })
    }

    /// Puts it together.
    pub fn write(&self) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        for (id, content) in &self.sections {
            out.push(*id);
            put_sized(&mut out, content);
        }
        out
    }

    /// A section's content; empty where there is none.
    pub fn section(&self, id: u8) -> &[u8] {
        self.sections.iter().find(|(it, _)| *it == id).map_or(&[], |(_, content)| content)
    }

    /// Replaces a section's content.
    pub fn set(&mut self, id: u8, content: Vec<u8>) {
        let section = self.sections.iter_mut().find(|(it, _)| *it == id);
        section.expect("only sections that are there are replaced").1 = content;
    }

    /// Leaves out a section, if there is one.
    pub fn drop(&mut self, id: u8) {
        self.sections.retain(|(it, _)| *it != id);
    }

    /// Leaves out names of functions and everything else that only tools read.
    pub fn strip(&mut self) {
        self.drop(0);
    }

    /// The items of a section that is a vector, each read by `item`.
    pub fn items<'a, T>(
        &'a self,
        id: u8,
        mut item: impl FnMut(&mut Reader<'a>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut reader = Reader::new(self.section(id));
        if reader.done() {
            return Ok(Vec::new());
        }
        (0..reader.number()?).map(|_| item(&mut reader)).collect()
    }

    /// How many parameters each type of function has.
    pub fn parameters(&self) -> Result<Vec<u32>, Trouble> {
        self.items(TYPE, |reader| {
            if reader.byte()? != 0x60 {
                return Err("the wasm module has a type that is no function's".into());
            }
            let parameters = reader.sized()?.len();
            reader.sized()?;
            Ok(u32::try_from(parameters).expect("they are few"))
        })
    }

    /// What it imports.
    pub fn imports(&self) -> Result<Vec<Import>, Trouble> {
        self.items(IMPORT, |reader| {
            reader.sized()?;
            reader.sized()?;
            let function = match reader.byte()? {
                0 => Some(reader.number()?),
                1 => reader.byte().and_then(|_| limits(reader)).map(|_| None)?,
                2 => limits(reader).map(|_| None)?,
                3 => reader.take(2).map(|_| None)?,
                kind => return Err(format!("the wasm module imports an unknown thing: {kind}")),
            };
            Ok(Import { function })
        })
    }

    /// The type of each function, imported ones first.
    pub fn types(&self) -> Result<Vec<u32>, Trouble> {
        let mut types: Vec<u32> = self.imports()?.iter().filter_map(|it| it.function).collect();
        types.extend(self.items(FUNCTION, Reader::number)?);
        Ok(types)
    }

    /// The body of each function that is not imported.
    pub fn bodies(&self) -> Result<Vec<&[u8]>, Trouble> {
        self.items(CODE, Reader::sized)
    }

    /// The names of functions, by their numbers, as far as the module tells them.
    pub fn names(&self) -> Result<BTreeMap<u32, &str>, Trouble> {
        let mut names = BTreeMap::new();
        for (_, content) in self.sections.iter().filter(|(id, _)| *id == 0) {
            let mut reader = Reader::new(content);
            if reader.sized()? != b"name" {
                continue;
            }
            while !reader.done() {
                let (kind, part) = (reader.byte()?, reader.sized()?);
                if kind == 1 {
                    let mut part = Reader::new(part);
                    for _ in 0..part.number()? {
                        let function = part.number()?;
                        let name = std::str::from_utf8(part.sized()?);
                        names.insert(function, name.map_err(|it| it.to_string())?);
                    }
                }
            }
        }
        Ok(names)
    }
}

/// The least and the greatest size of a table or a memory.
pub fn limits(reader: &mut Reader) -> Result<(u32, Option<u32>), Trouble> {
    let flags = reader.byte()?;
    let least = reader.number()?;
    let greatest = if flags & 1 == 1 { Some(reader.number()?) } else { None };
    Ok((least, greatest))
}

/// Passes over an expression that is a constant.
pub fn constant(reader: &mut Reader) -> Result<u32, Trouble> {
    let code = reader.byte()?;
    let value = match code {
        0x41 | 0x42 | 0x23 | 0xd2 => reader.clone().number().unwrap_or_default(),
        _ => 0,
    };
    match code {
        0x43 => reader.take(4).map(|_| ())?,
        0x44 => reader.take(8).map(|_| ())?,
        _ => reader.skip_number()?,
    }
    if reader.byte()? != END {
        return Err("the wasm module has a constant that is computed".into());
    }
    Ok(value)
}

/// A segment of the element section: its table, its first slot, its functions.
pub fn segment(reader: &mut Reader) -> Result<(u32, u32, Vec<u32>), Trouble> {
    let flags = reader.number()?;
    let table = match flags {
        0 => 0,
        2 => reader.number()?,
        _ => return Err("the wasm module fills its table in an unknown way".into()),
    };
    let mut slot = constant(reader)?;
    // A constant has a sign; a slot has none, and is small.
    slot &= 0x7fff_ffff;
    if flags == 2 {
        reader.byte()?;
    }
    let functions = (0..reader.number()?).map(|_| reader.number()).collect::<Result<_, _>>()?;
    Ok((table, slot, functions))
}

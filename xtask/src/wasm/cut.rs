//! One module into two that share memory, tables and globals. The first works alone until a
//! function is called that only the second has.
//!
//! Where a function went away but may still be called from the first half, there is a way: it
//! passes the gate, which asks the page for the second half if that is not there yet, and calls on
//! through the table. The second half gets what it calls in the first half out of the table too;
//! on arrival it writes its own functions into it, and its constants into the memory.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::{Reader, put, put_signed, put_sized, vector};
use super::code::{callees, renumber};
use super::data::{self, Layout};
use super::mark::digest;
use super::module::*;
use crate::Trouble;

/// What a module was cut into.
pub struct Halves {
    /// What the page starts with.
    pub first: Vec<u8>,
    /// The rest.
    pub rest: Vec<u8>,
}

const FUNCREF: u8 = 0x70;
/// A function type without parameters and results.
const NOTHING: &[u8] = &[0x60, 0, 0];

/// Cuts off the functions whose names have one of these digests, what only those call, and the
/// constants that only those know the way to. `linked` is the module as the linker left it.
pub fn cut(module: &Module, linked: &Module, cold: &BTreeSet<u64>) -> Result<Halves, Trouble> {
    let plan = Plan::new(module, cold)?;
    let layout = Layout::read(linked)?;
    let warm = |function: &u32| !plan.cold.contains(function);
    let bodies = (plan.imported..).zip(&plan.bodies).filter(|(function, _)| warm(function));
    let late = layout.unknown_to(module, bodies.map(|(_, body)| *body))?;
    let (early, late) = data::split(module, &late)?;
    let (mut first, mut rest) = (plan.first()?, plan.rest()?);
    first.set(DATA, early);
    first.drop(DATA_COUNT);
    rest.sections.push((DATA, late));
    Ok(Halves { first: first.write(), rest: rest.write() })
}

struct Plan<'a> {
    module: &'a Module,
    /// All types; one of them is the gate's.
    type_items: Vec<Vec<u8>>,
    gate_type: u32,
    /// How many functions are imported.
    imported: u32,
    /// Type and, unless it is imported, body of each function.
    types: Vec<u32>,
    bodies: Vec<&'a [u8]>,
    tables: Vec<(u8, u32)>,
    /// The table of functions.
    table: u32,
    /// Functions that go into the second half.
    cold: BTreeSet<u32>,
    exported: Vec<u32>,
    /// Cold functions that the first half still names.
    ways: BTreeSet<u32>,
    /// Functions of the first half that the second one calls.
    called: BTreeSet<u32>,
    /// The slots of functions that are in the table.
    slots: BTreeMap<u32, u32>,
    /// All slots in which cold functions stand from the start.
    cold_slots: Vec<(u32, u32)>,
    /// Functions with new slots, in the order of those, which follow the old ones.
    added: Vec<u32>,
}

impl<'a> Plan<'a> {
    fn new(module: &'a Module, names: &BTreeSet<u64>) -> Result<Plan<'a>, Trouble> {
        if module.imports()?.iter().any(|it| it.function.is_none()) {
            return Err("the wasm module imports more than functions".into());
        }
        let types = module.types()?;
        let bodies = module.bodies()?;
        let imported = u32::try_from(types.len() - bodies.len()).expect("counted in 32 bits");
        let is_cold = |(number, name): (&u32, &&str)| {
            (*number >= imported && names.contains(&digest(name))).then_some(*number)
        };
        let cold: BTreeSet<u32> = module.names()?.iter().filter_map(is_cold).collect();
        let exported: Vec<u32> = module
            .items(EXPORT, |reader| {
                reader.sized()?;
                Ok((reader.byte()?, reader.number()?))
            })?
            .into_iter()
            .filter_map(|(kind, number)| (kind == 0).then_some(number))
            .collect();
        let tables = module.items(TABLE, |reader| Ok((reader.byte()?, limits(reader)?.0)))?;
        let table = tables.iter().position(|(kind, _)| *kind == FUNCREF);
        let table = table.ok_or("the wasm module has no table of functions")?;
        let mut type_items: Vec<Vec<u8>> = module.items(TYPE, function_type)?;
        let gate_type = type_items.iter().position(|it| it == NOTHING).unwrap_or_else(|| {
            type_items.push(NOTHING.to_vec());
            type_items.len() - 1
        });
        let mut plan = Plan {
            module,
            type_items,
            gate_type: u32::try_from(gate_type).expect("counted in 32 bits"),
            imported,
            types,
            bodies,
            tables,
            table: u32::try_from(table).expect("there are few"),
            cold,
            exported,
            ways: BTreeSet::new(),
            called: BTreeSet::new(),
            slots: BTreeMap::new(),
            cold_slots: Vec::new(),
            added: Vec::new(),
        };
        plan.follow()?;
        Ok(plan)
    }

    /// Adds what only cold functions call to those.
    fn spread(&mut self, elements: &[(u32, u32)]) -> Result<(), Trouble> {
        let named = elements.iter().map(|(_, function)| *function);
        let mut open: Vec<u32> = named.chain(self.exported.iter().copied()).collect();
        let mut warm = BTreeSet::new();
        while let Some(function) = open.pop() {
            let body = function.checked_sub(self.imported).map(|it| self.bodies[it as usize]);
            if let Some(body) = body
                && !self.cold.contains(&function)
                && warm.insert(function)
            {
                open.extend(callees(body)?);
            }
        }
        let all = self.imported..self.types.len() as u32;
        self.cold = all.filter(|function| !warm.contains(function)).collect();
        Ok(())
    }

    /// Finds who calls whom across the cut, and gives each of those a slot.
    fn follow(&mut self) -> Result<(), Trouble> {
        let elements = elements(self.module, self.table)?;
        self.spread(&elements)?;
        for (number, body) in (self.imported..).zip(&self.bodies) {
            for callee in callees(body)? {
                match (self.cold.contains(&number), self.cold.contains(&callee)) {
                    (false, true) => self.ways.insert(callee),
                    (true, false) => self.called.insert(callee),
                    _ => false,
                };
            }
        }
        for (slot, function) in elements {
            self.slots.entry(function).or_insert(slot);
            if self.cold.contains(&function) {
                self.ways.insert(function);
                self.cold_slots.push((slot, function));
            }
        }
        let exported = self.exported.iter().filter(|number| self.cold.contains(number));
        self.ways.extend(exported);
        for function in self.called.iter().chain(&self.ways) {
            if !self.slots.contains_key(function) {
                let slot = self.flag();
                self.slots.insert(*function, slot);
                self.added.push(*function);
            }
        }
        Ok(())
    }

    /// The functions of the first half in order: imported ones, warm ones, ways by their slots.
    fn first_functions(&self) -> Vec<u32> {
        let all = 0..self.types.len() as u32;
        let mut functions: Vec<u32> = all.filter(|it| !self.cold.contains(it)).collect();
        // Functions that begin alike lie together: that alone makes 5 kB less after compression.
        let imported = self.imported as usize;
        functions[imported..].sort_by_key(|function| {
            let function = *function as usize;
            (self.types[function], self.bodies[function - imported])
        });
        let mut ways: Vec<u32> = self.ways.iter().copied().collect();
        ways.sort_by_key(|function| self.slots[function]);
        functions.extend(ways);
        functions
    }

    fn first(&self) -> Result<Module, Trouble> {
        let mut first = self.module.clone();
        first.strip();
        first.set(TYPE, vector(&self.type_items));
        let functions = self.first_functions();
        let gate = functions.len() as u32;
        let moved: BTreeMap<u32, u32> = functions.iter().copied().zip(0..).collect();
        let own = functions.iter().skip(self.imported as usize);
        let types = own.clone().map(|function| self.types[*function as usize]);
        let types: Vec<Vec<u8>> = types.chain([self.gate_type]).map(number).collect();
        first.set(FUNCTION, vector(&types));
        first.set(TABLE, vector(&self.table_items()));
        let mut filled: Vec<Vec<u8>> = Vec::new();
        for (table, slot, functions) in self.module.items(ELEMENT, segment)? {
            let functions: Vec<u32> = functions.iter().map(|function| moved[function]).collect();
            filled.push(element(table, slot, &functions));
        }
        let called = self.added.iter().filter(|it| !self.cold.contains(it));
        let called: Vec<u32> = called.map(|function| moved[function]).collect();
        filled.push(element(self.table, self.tables[self.table as usize].1, &called));
        first.set(ELEMENT, vector(&filled));
        first.set(EXPORT, vector(&self.exports(&moved)?));
        let parameters = self.module.parameters()?;
        let bodies = own.map(|function| {
            if self.cold.contains(function) {
                let parameters = parameters[self.types[*function as usize] as usize];
                return Ok(sized(&self.way(*function, gate, parameters)));
            }
            let body = self.bodies[(function - self.imported) as usize];
            renumber(body, |callee| moved[&callee]).map(|body| sized(&body))
        });
        let mut bodies: Vec<Vec<u8>> = bodies.collect::<Result<_, Trouble>>()?;
        bodies.push(sized(&self.gate()));
        first.set(CODE, vector(&bodies));
        Ok(first)
    }

    fn rest(&self) -> Result<Module, Trouble> {
        // Functions that were cut off are numbered behind those that are imported.
        let moved: BTreeMap<u32, u32> =
            self.called.iter().chain(&self.cold).copied().zip(0..).collect();
        let cold = || self.cold.iter().map(|function| *function as usize);
        let types: Vec<Vec<u8>> = cold().map(|it| number(self.types[it])).collect();
        let bodies = cold().map(|it| {
            let body = self.bodies[it - self.imported as usize];
            renumber(body, |callee| moved[&callee]).map(|body| sized(&body))
        });
        let bodies: Vec<Vec<u8>> = bodies.collect::<Result<_, _>>()?;
        let ways = self.ways.iter().map(|function| (self.slots[function], *function));
        let mut slots: BTreeMap<u32, u32> = ways.chain(self.cold_slots.iter().copied()).collect();
        slots.insert(self.flag(), *self.cold.first().ok_or("no function is cold")?);
        let elements: Vec<Vec<u8>> = slots
            .iter()
            .map(|(slot, function)| element(self.table, *slot, &[moved[function]]))
            .collect();
        Ok(Module {
            sections: vec![
                (TYPE, vector(&self.type_items)),
                (IMPORT, vector(&self.rest_imports()?)),
                (FUNCTION, vector(&types)),
                (ELEMENT, vector(&elements)),
                (CODE, vector(&bodies)),
            ],
        })
    }

    /// Stands where a function was cut off: through the gate, and on with all parameters.
    fn way(&self, function: u32, gate: u32, parameters: u32) -> Vec<u8> {
        let mut out = vec![0, 0x10]; // no locals; call
        put(&mut out, gate);
        for parameter in 0..parameters {
            out.push(0x20); // local.get
            put(&mut out, parameter);
        }
        out.push(0x41); // i32.const
        put_signed(&mut out, self.slots[&function] as i32);
        out.push(0x11); // call_indirect
        put(&mut out, self.types[function as usize]);
        put(&mut out, self.table);
        out.push(END);
        out
    }

    /// The last slot but one: empty until the second half arrives. The last one is the page's: it
    /// puts a function there that brings the second half.
    fn flag(&self) -> u32 {
        self.tables[self.table as usize].1 + self.added.len() as u32
    }

    /// Brings the second half if it is not there.
    fn gate(&self) -> Vec<u8> {
        let mut out = vec![0, 0x41]; // no locals; i32.const
        put_signed(&mut out, self.flag() as i32);
        out.push(0x25); // table.get
        put(&mut out, self.table);
        out.extend_from_slice(&[0xd1, 0x04, 0x40, 0x41]); // ref.is_null, if, i32.const
        put_signed(&mut out, self.flag() as i32 + 1);
        out.push(0x11); // call_indirect
        put(&mut out, self.gate_type);
        put(&mut out, self.table);
        out.extend_from_slice(&[END, END]);
        out
    }

    fn table_items(&self) -> Vec<Vec<u8>> {
        let more = 2 + self.added.len() as u32;
        let grown = (0..).zip(&self.tables).map(|(index, (kind, least))| {
            let mut out = vec![*kind, 0];
            put(&mut out, least + if index == self.table { more } else { 0 });
            out
        });
        grown.collect()
    }

    /// What the second half has to share with the first, as kind, number and (for an import) type.
    fn shared(&self) -> Result<Vec<(u8, u32, Vec<u8>)>, Trouble> {
        let mut shared = Vec::new();
        shared.extend((0..).zip(self.table_items()).map(|(index, it)| (1, index, it)));
        let memories = self.module.items(MEMORY, |reader| {
            let start = reader.clone();
            limits(reader)?;
            start.clone().take(reader.at - start.at).map(<[u8]>::to_vec)
        })?;
        shared.extend((0..).zip(memories).map(|(index, it)| (2, index, it)));
        let globals = self.module.items(GLOBAL, |reader| {
            let of = reader.take(2)?.to_vec();
            constant(reader)?;
            Ok(of)
        })?;
        shared.extend((0..).zip(globals).map(|(index, it)| (3, index, it)));
        Ok(shared)
    }

    /// The page's script knows the table of functions by its name.
    fn shared_name(&self, kind: u8, index: u32) -> String {
        if kind == 1 && index == self.table {
            return "functions".into();
        }
        format!("{} {index}", ["function", "table", "memory", "global"][usize::from(kind)])
    }

    fn exports(&self, moved: &BTreeMap<u32, u32>) -> Result<Vec<Vec<u8>>, Trouble> {
        let mut exports = self.module.items(EXPORT, |reader| {
            let mut out = Vec::new();
            put_sized(&mut out, reader.sized()?);
            let (kind, index) = (reader.byte()?, reader.number()?);
            out.push(kind);
            put(&mut out, if kind == 0 { moved[&index] } else { index });
            Ok(out)
        })?;
        for (kind, index, _) in self.shared()? {
            let mut out = sized(self.shared_name(kind, index).as_bytes());
            out.push(kind);
            put(&mut out, index);
            exports.push(out);
        }
        Ok(exports)
    }

    /// Shared things from `first`, by the names they are exported under; functions from `slot`,
    /// by their numbers in the table.
    fn rest_imports(&self) -> Result<Vec<Vec<u8>>, Trouble> {
        let mut imports = Vec::new();
        for (kind, index, of) in self.shared()? {
            let mut out = sized(b"first");
            put_sized(&mut out, self.shared_name(kind, index).as_bytes());
            out.push(kind);
            out.extend_from_slice(&of);
            imports.push(out);
        }
        for function in &self.called {
            let mut out = sized(b"slot");
            put_sized(&mut out, self.slots[function].to_string().as_bytes());
            out.push(0);
            put(&mut out, self.types[*function as usize]);
            imports.push(out);
        }
        Ok(imports)
    }
}

fn function_type(reader: &mut Reader) -> Result<Vec<u8>, Trouble> {
    let mut out = vec![reader.byte()?];
    put_sized(&mut out, reader.sized()?);
    put_sized(&mut out, reader.sized()?);
    Ok(out)
}

/// Functions to be written into a table from a slot on.
fn element(table: u32, slot: u32, functions: &[u32]) -> Vec<u8> {
    let mut out = vec![2]; // active, with the table's number
    put(&mut out, table);
    out.push(0x41); // i32.const
    put_signed(&mut out, slot as i32);
    out.extend_from_slice(&[END, 0]);
    let functions: Vec<Vec<u8>> = functions.iter().map(|it| number(*it)).collect();
    out.extend_from_slice(&vector(&functions));
    out
}

/// Slots of the table and what stands in them.
fn elements(module: &Module, table: u32) -> Result<Vec<(u32, u32)>, Trouble> {
    let segments = module.items(ELEMENT, segment)?;
    let here = segments.into_iter().filter(|(of, _, _)| *of == table);
    Ok(here.flat_map(|(_, first, functions)| (first..).zip(functions)).collect())
}

fn number(number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, number);
    out
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_sized(&mut out, bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::super::data::tests::linked;
    use super::*;

    /// main (0) calls cold (1) and warm (2); cold calls warm and only (3), which nobody else calls;
    /// nobody calls lost (4). main names the first constant.
    fn module() -> Module {
        let names = ["main", "cold", "warm", "only", "lost"];
        let mut name = sized(b"name");
        let pairs = (0..).zip(names).map(|(at, it)| [number(at), sized(it.as_bytes())].concat());
        let map = vector(&pairs.collect::<Vec<_>>());
        name.extend([vec![1], sized(&map)].concat());
        let binary = [0x60, 1, 0x7f, 1, 0x7f];
        let bodies: [&[u8]; 5] = [
            &[0, 0x41, 0xc0, 0, 0x10, 1, 0x10, 2, END],
            &[0, 0x20, 0, 0x10, 2, 0x10, 3, END],
            &[0, 0x20, 0, END],
            &[0, 0x20, 0, END],
            &[0, 0x20, 0, END],
        ];
        Module {
            sections: vec![
                (TYPE, vector(&[binary])),
                (FUNCTION, vector(&[[0], [0], [0], [0], [0]])),
                (TABLE, vector(&[[FUNCREF, 0, 1]])),
                (MEMORY, vector(&[[0, 1]])),
                (GLOBAL, vector(&[[0x7f, 1, 0x41, 0, END]])),
                (EXPORT, vector(&[[&sized(b"main")[..], &[0, 0]].concat()])),
                (ELEMENT, vector(&[[0, 0x41, 0, END, 1, 0]])),
                (CODE, vector(&bodies.map(sized))),
                (DATA, linked().section(DATA).to_vec()),
                (0, name),
            ],
        }
    }

    #[test]
    fn halves_call_each_other_through_the_table() {
        let cold = ["cold", "lost"].map(digest).into();
        let halves = cut(&module(), &linked(), &cold).expect("the module can be cut");
        let first = Module::read(&halves.first).expect("it is a module");
        // warm, main, the way to cold, and the gate.
        let bodies = first.bodies().expect("it has code");
        assert_eq!(bodies.len(), 4);
        assert_eq!(bodies[0], [0, 0x20, 0, END], "warm is as it was");
        assert_eq!(bodies[1], [0, 0x41, 0xc0, 0, 0x10, 2, 0x10, 0, END]);
        // Slot 0 is main's, 1 warm's, 2 cold's; 3 is the flag and 4 the page's.
        assert_eq!(bodies[2], [0, 0x10, 3, 0x20, 0, 0x41, 2, 0x11, 0, 0, END]);
        assert_eq!(bodies[3][..8], [0, 0x41, 3, 0x25, 0, 0xd1, 0x04, 0x40]);
        assert_eq!(first.section(TABLE), vector(&[[FUNCREF, 0, 5]]));
        let rest = Module::read(&halves.rest).expect("it is a module");
        assert_eq!(elements(&first, 0), Ok(vec![(0, 1), (1, 0)]));
        // Of the second half's functions 0 is warm, from the table; then cold, only and lost.
        assert_eq!(elements(&rest, 0), Ok(vec![(2, 1), (3, 1)]));
        let bodies = rest.bodies().expect("it has code");
        assert_eq!(bodies[0], [0, 0x20, 0, 0x10, 0, 0x10, 2, END]);
        assert_eq!(bodies.len(), 3);
        let imported = rest.imports().expect("it imports");
        assert_eq!(imported.iter().filter_map(|it| it.function).collect::<Vec<_>>(), [0]);
        assert_eq!(imported.len(), 4, "a table, a memory, a global and a function");
    }

    #[test]
    fn constants_go_with_those_who_know_the_way_to_them() {
        let cold = ["cold", "lost"].map(digest).into();
        let halves = cut(&module(), &linked(), &cold).expect("the module can be cut");
        let bytes = |half: &[u8]| Module::read(half).expect("it is a module").section(DATA).len();
        let (first, rest) = (bytes(&halves.first), bytes(&halves.rest));
        assert!(first > 48 && first < 64, "three of five constants of 16 bytes: {first}");
        assert!(rest > 32 && rest < 48, "two of them: {rest}");
    }
}

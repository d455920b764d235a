//! The record and its fields, variables and arrays.

use super::super::code::{Slot, Target, special};
use super::super::record::Separator;
use super::{Awk, Flow, Local};
use crate::base::limit::AWK_FIELDS_MAX;
use crate::base::real::Real;
use crate::ere::{Dialect, Flags, Regex};
use crate::tool::text::awk::compile::regex_failure;
use crate::tool::text::awk::table::{Key, Table};
use crate::tool::text::awk::value::Value;

impl Awk {
    pub(super) fn set_record(&mut self, record: Vec<u8>) {
        self.record = record;
        self.fields = None;
        // FS counts as it stands when the record is read.
        let text = self.globals[special::FS as usize].text(b"%.6g");
        if self.separator.0 != text {
            let separator = Separator::read(&text).unwrap_or(Separator::Blanks);
            self.separator = (text, separator);
        }
    }

    pub(super) fn fields(&mut self) -> &mut Vec<Value> {
        if self.fields.is_none() {
            let fields = self.separator.1.split(&self.record);
            let count = fields.len() as i64;
            self.fields = Some(fields.into_iter().map(Value::Field).collect());
            self.globals[special::NF as usize] = Value::Number(Real::whole(count));
        }
        self.fields.as_mut().expect("they were just made")
    }

    pub(super) fn join_fields(&mut self) {
        let separator = self.globals[special::OFS as usize].text(b"%.6g");
        let format = self.format();
        let texts: Vec<Vec<u8>> = self.fields().iter().map(|field| field.text(&format)).collect();
        self.record = texts.join(&separator[..]);
    }

    pub(super) fn field(&mut self, index: i64) -> Result<Value, Flow> {
        match index {
            ..0 => Err(Flow::Fail(format!("run time error: negative field index ${index}"))),
            0 => Ok(Value::Field(self.record.clone())),
            // Beyond the last there is an empty string.
            index => Ok(match self.fields().get(index as usize - 1) {
                Some(field) => field.clone(),
                None => Value::Text(Vec::new()),
            }),
        }
    }

    pub(super) fn set_field(&mut self, index: i64, value: Value) -> Result<(), Flow> {
        match index {
            ..0 => {
                return Err(Flow::Fail(format!("run time error: negative field index ${index}")));
            }
            0 => {
                let text = value.text(&self.format());
                self.set_record(text);
            }
            index if index > AWK_FIELDS_MAX => {
                return Err(Flow::Fail(
                    "program limit exceeded: maximum number of fields size".into(),
                ));
            }
            index => {
                let fields = self.fields();
                if fields.len() < index as usize {
                    fields.resize(index as usize, Value::None);
                }
                fields[index as usize - 1] = value;
                let count = fields.len() as i64;
                self.globals[special::NF as usize] = Value::Number(Real::whole(count));
                self.join_fields();
            }
        }
        Ok(())
    }

    pub(super) fn format(&self) -> Vec<u8> {
        self.globals[special::CONVFMT as usize].text(b"%.6g")
    }

    pub(super) fn local(&self, at: u32) -> usize {
        self.frames.last().map_or(0, |frame| frame.locals as usize) + at as usize
    }

    pub(super) fn load(&mut self, slot: Slot) -> Value {
        match slot {
            Slot::Global(special::NF) => {
                self.fields();
                self.globals[special::NF as usize].clone()
            }
            Slot::Global(at) => self.globals[at as usize].clone(),
            Slot::Local(at) => match &self.locals[self.local(at)] {
                Local::Value(value) => value.clone(),
                _ => Value::None,
            },
        }
    }

    pub(super) fn store(&mut self, slot: Slot, value: Value) {
        match slot {
            Slot::Global(special::NF) => {
                let count = value.number().to_whole().clamp(0, AWK_FIELDS_MAX);
                self.fields().resize(count as usize, Value::None);
                self.globals[special::NF as usize] = Value::Number(Real::whole(count));
                self.join_fields();
            }
            Slot::Global(at) => self.globals[at as usize] = value,
            Slot::Local(at) => {
                let at = self.local(at);
                self.locals[at] = Local::Value(value);
            }
        }
    }

    /// The array a slot stands for; a local that is none yet becomes one.
    pub(super) fn array_id(&mut self, slot: Slot) -> u32 {
        let at = match slot {
            Slot::Global(at) => return at,
            Slot::Local(at) => self.local(at),
        };
        if let Local::Array(id) = self.locals[at] {
            return id;
        }
        self.last_array += 1;
        let id = self.last_array;
        self.locals[at] = Local::Array(id);
        if let Some(frame) = self.frames.last_mut() {
            frame.own_arrays.push(id);
        }
        id
    }

    pub(super) fn array(&mut self, slot: Slot) -> &mut Table {
        let id = self.array_id(slot);
        self.arrays.entry(id).or_default()
    }

    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().expect("the compiler pushes what an instruction takes")
    }

    pub(super) fn pop_text(&mut self) -> Vec<u8> {
        let value = self.pop();
        value.text(&self.format())
    }

    /// A subscript, and the whole number it was.
    pub(super) fn pop_key(&mut self) -> (Key, Option<i32>) {
        let value = self.pop();
        let number = match &value {
            Value::Number(number) => number.as_int().and_then(|n| i32::try_from(n).ok()),
            _ => None,
        };
        (value.text(&self.format()), number)
    }

    pub(super) fn push_whole(&mut self, value: i64) {
        self.stack.push(Value::Number(Real::whole(value)));
    }

    pub(super) fn load_place(&mut self, target: Target) -> Result<Value, Flow> {
        match target {
            Target::Slot(slot) => Ok(self.load(slot)),
            Target::Field => {
                let index = self.pop().number().to_whole();
                self.field(index)
            }
            Target::Element(slot) => {
                let (key, number) = self.pop_key();
                Ok(self.array(slot).element(key, number).clone())
            }
        }
    }

    /// Stores a value whose key is on the stack.
    pub(super) fn store_place(&mut self, target: Target, value: Value) -> Result<(), Flow> {
        match target {
            Target::Slot(Slot::Global(special::NF)) if value.number().to_whole() < 0 => {
                return Err(Flow::Fail("run time error: negative value assigned to NF".into()));
            }
            Target::Slot(slot) => self.store(slot, value),
            Target::Field => {
                let index = self.pop().number().to_whole();
                self.set_field(index, value)?;
            }
            Target::Element(slot) => {
                let (key, number) = self.pop_key();
                self.array(slot).insert(key, number, value);
            }
        }
        Ok(())
    }

    /// A pattern: known beforehand, or its string on the stack.
    pub(super) fn regex(&mut self, known: Option<u32>) -> Result<Regex, Flow> {
        if let Some(index) = known {
            return Ok(self.code.regexes[index as usize].clone());
        }
        let text = self.pop_text();
        if let Some((last, regex)) = &self.last_regex
            && *last == text
        {
            return Ok(regex.clone());
        }
        let flags = Flags { dialect: Dialect::Awk, ..Flags::EXTENDED };
        let regex = Regex::new(&text, flags).map_err(|error| {
            Flow::Fail(format!("run time error: {}", regex_failure(error, &text)))
        })?;
        self.last_regex = Some((text, regex.clone()));
        Ok(regex)
    }
}

//! The machine.

use std::collections::BTreeMap;

use super::super::number::Real;
use super::builtin;
use super::code::{Code, Op, Sink, Slot, Target, special};
use super::compile::compile;
use super::output::Outlets;
use super::parse::parse;
use super::record::{Next, Records, Separator};
use super::value::Value;
use crate::base::Pid;
use crate::ere::{Dialect, Flags, Regex};
use crate::os::{Fd, Poll, Wait};
use crate::tool::say::say;
use crate::tool::{Context, Step};

/// Instructions one step runs. Beyond, the step ends and the next goes on: a loop never hangs.
const OPS_PER_STEP: u32 = 50_000;

/// Calls within calls. Beyond: the program is ended.
const FRAMES_MAX: usize = 1_000;

/// The highest field.
const FIELDS_MAX: i64 = 100_000;

type Key = Vec<u8>;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Local {
    Untyped,
    Value(Value),
    Array(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Frame {
    back: u32,
    locals: u32,
    each: u32,
    own_arrays: Vec<u32>,
}

/// Which part of the program runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Phase {
    Begin,
    Main,
    End,
    Closing,
}

/// awk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Awk {
    code: Code,
    phase: Phase,
    /// Where the machine stands; `None`: a record is to be read.
    at: Option<u32>,
    stack: Vec<Value>,
    globals: Vec<Value>,
    arrays: BTreeMap<u32, BTreeMap<Key, Value>>,
    last_array: u32,
    locals: Vec<Local>,
    frames: Vec<Frame>,
    each: Vec<Vec<Key>>,
    ranges: Vec<bool>,
    record: Vec<u8>,
    fields: Option<Vec<Value>>,
    separator: (Vec<u8>, Separator),
    last_regex: Option<(Vec<u8>, Regex)>,
    operands: Vec<Vec<u8>>,
    any_read: bool,
    input: Option<Records>,
    outlets: Outlets,
    child: Option<Pid>,
    seed: u64,
    code_number: u8,
}

/// What an instruction leads to.
enum Flow {
    Next,
    Jump(u32),
    Wait(Vec<Wait>),
    Fail(String),
    /// What was printed must be written before the same instruction goes on.
    Again,
    Phase(Phase),
    Record,
}

struct Command {
    program: Vec<u8>,
    operands: Vec<Vec<u8>>,
    assigned: Vec<(String, Vec<u8>)>,
}

impl Awk {
    /// Reads the arguments and the program.
    pub fn begin(cx: &mut Context) -> Result<Awk, u8> {
        let command = read_command(cx)?;
        let compiled = parse(&command.program).and_then(|program| compile(&program));
        let code = compiled.map_err(|text| {
            let text = match text.strip_prefix('\0') {
                Some(what) => {
                    cx.not_modelled(what);
                    format!("line 1: syntax error at or near {what}")
                }
                None => text,
            };
            cx.complain(text);
            2
        })?;
        let mut awk = Awk {
            globals: vec![Value::None; code.globals.len()],
            ranges: vec![false; code.ranges as usize],
            last_array: code.globals.len() as u32,
            at: Some(code.begin),
            code,
            phase: Phase::Begin,
            stack: Vec::new(),
            arrays: BTreeMap::new(),
            locals: Vec::new(),
            frames: Vec::new(),
            each: Vec::new(),
            record: Vec::new(),
            fields: Some(Vec::new()),
            separator: (b" ".to_vec(), Separator::Blanks),
            last_regex: None,
            operands: command.operands.iter().rev().cloned().collect(),
            any_read: false,
            input: None,
            outlets: Outlets::default(),
            child: None,
            seed: cx.sys.random(),
            code_number: 0,
        };
        awk.set_up(cx, &command.operands);
        for (name, value) in &command.assigned {
            awk.assign_outside(name, value);
        }
        Ok(awk)
    }

    fn set_up(&mut self, cx: &Context, operands: &[Vec<u8>]) {
        let texts: [(u32, &[u8]); 7] = [
            (special::FS, b" "),
            (special::OFS, b" "),
            (special::RS, b"\n"),
            (special::ORS, b"\n"),
            (special::SUBSEP, b"\x1c"),
            (special::CONVFMT, b"%.6g"),
            (special::OFMT, b"%.6g"),
        ];
        for (at, text) in texts {
            self.globals[at as usize] = Value::Text(text.to_vec());
        }
        for at in [special::NR, special::NF, special::FNR, special::RSTART] {
            self.globals[at as usize] = Value::Number(Real::default());
        }
        self.globals[special::RLENGTH as usize] = Value::Number(Real::whole(-1));
        self.globals[special::ARGC as usize] =
            Value::Number(Real::whole(operands.len() as i64 + 1));
        let environ =
            cx.env.iter().map(|(name, value)| (name.clone(), Value::Field(value.clone())));
        self.arrays.insert(special::ENVIRON, environ.collect());
        let argv = std::iter::once(&b"awk"[..]).chain(operands.iter().map(Vec::as_slice));
        let argv = argv
            .enumerate()
            .map(|(at, arg)| (at.to_string().into_bytes(), Value::Field(arg.to_vec())));
        self.arrays.insert(special::ARGV, argv.collect());
    }

    /// `-v name=value`, or as an operand.
    fn assign_outside(&mut self, name: &str, value: &[u8]) {
        if let Some(at) = self.code.globals.iter().position(|known| known == name) {
            self.globals[at] = Value::Field(super::super::unescape(value));
        }
    }

    /// Runs until input is missing or all is done.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        for _ in 0..OPS_PER_STEP {
            if self.phase == Phase::Closing {
                if !cx.out.is_drained() {
                    return Step::More;
                }
                return match self.outlets.finish(cx) {
                    Some(waits) => Step::Wait(waits),
                    None => Step::Done(self.code_number),
                };
            }
            let flow = match self.at {
                None => self.read_main(cx),
                Some(at) => self.op(cx, self.code.ops[at as usize]),
            };
            match flow {
                Flow::Next => self.at = self.at.map(|at| at + 1),
                Flow::Jump(to) => self.at = Some(to),
                Flow::Record => self.unwind(None),
                Flow::Wait(waits) => return Step::Wait(waits),
                Flow::Again => return Step::More,
                Flow::Fail(text) => {
                    self.fail(cx, &text);
                }
                Flow::Phase(phase) => self.enter(phase),
            }
        }
        Step::More
    }

    fn unwind(&mut self, at: Option<u32>) {
        self.stack.clear();
        self.frames.clear();
        self.locals.clear();
        self.each.clear();
        self.at = at;
    }

    fn fail(&mut self, cx: &mut Context, text: &str) {
        cx.complain(text);
        if text.starts_with("run time error") {
            let text = |at: u32| self.globals[at as usize].text(b"%.6g");
            let (file, fnr, nr) = (text(special::FILENAME), text(special::FNR), text(special::NR));
            cx.out.error(&say!("\tFILENAME=\"", file, "\" FNR=", fnr, " NR=", nr, "\n"));
        }
        self.code_number = 2;
        self.phase = Phase::Closing;
    }

    fn enter(&mut self, phase: Phase) {
        self.unwind(None);
        match phase {
            Phase::Main if !self.code.reads => self.phase = Phase::Closing,
            Phase::End => self.at = Some(self.code.end),
            Phase::Closing => {
                self.phase = Phase::Closing;
                return;
            }
            _ => {}
        }
        if self.phase != Phase::Closing {
            self.phase = phase;
        }
    }

    /// Reads the next record and begins the rules, or ends the input.
    fn read_main(&mut self, cx: &mut Context) -> Flow {
        match self.read_record(cx) {
            Ok(Some(record)) => {
                self.set_record(record);
                Flow::Jump(self.code.main)
            }
            Ok(None) => Flow::Phase(Phase::End),
            Err(flow) => flow,
        }
    }

    fn read_record(&mut self, cx: &mut Context) -> Result<Option<Vec<u8>>, Flow> {
        loop {
            let Some(input) = &mut self.input else {
                if !self.next_operand() {
                    return Ok(None);
                }
                continue;
            };
            let separator = self.globals[special::RS as usize].text(b"%.6g");
            match input.next(cx, &separator) {
                Next::Record(record) => {
                    self.count(special::NR);
                    self.count(special::FNR);
                    return Ok(Some(record));
                }
                Next::End => self.input = None,
                Next::Wait(waits) => return Err(Flow::Wait(waits)),
                Next::Failed(errno) => {
                    self.input = None;
                    let name = self.globals[special::FILENAME as usize].text(b"%.6g");
                    let name = String::from_utf8_lossy(&name).into_owned();
                    return Err(Flow::Fail(format!("cannot open {name} ({})", errno.text())));
                }
            }
        }
    }

    fn count(&mut self, at: u32) {
        let value = self.globals[at as usize].number();
        self.globals[at as usize] = Value::Number(value.apply(b'+', Real::whole(1)));
    }

    fn next_operand(&mut self) -> bool {
        while let Some(operand) = self.operands.pop() {
            if let Some((name, value)) = assignment(&operand) {
                self.assign_outside(&name, &value);
                continue;
            }
            if !operand.is_empty() {
                self.begin_file(&operand);
                return true;
            }
        }
        if self.any_read {
            return false;
        }
        self.begin_file(b"-");
        self.globals[special::FILENAME as usize] = Value::Text(Vec::new());
        true
    }

    fn begin_file(&mut self, name: &[u8]) {
        self.any_read = true;
        self.input = Some(Records::new(name));
        self.globals[special::FILENAME as usize] = Value::Text(name.to_vec());
        self.globals[special::FNR as usize] = Value::Number(Real::default());
    }

    // --- fields ---

    fn set_record(&mut self, record: Vec<u8>) {
        self.record = record;
        self.fields = None;
        // FS counts as it stands when the record is read.
        let text = self.globals[special::FS as usize].text(b"%.6g");
        if self.separator.0 != text {
            let separator = Separator::read(&text).unwrap_or(Separator::Blanks);
            self.separator = (text, separator);
        }
    }

    fn fields(&mut self) -> &mut Vec<Value> {
        if self.fields.is_none() {
            let paragraph = self.globals[special::RS as usize].text(b"").is_empty();
            let mut fields = self.separator.1.split(&self.record);
            if paragraph && self.separator.1 != Separator::Blanks {
                let lines = fields.iter().flat_map(|f| f.split(|byte| *byte == b'\n'));
                fields = lines.map(Vec::from).collect();
            }
            let count = fields.len() as i64;
            self.fields = Some(fields.into_iter().map(Value::Field).collect());
            self.globals[special::NF as usize] = Value::Number(Real::whole(count));
        }
        self.fields.as_mut().expect("they were just made")
    }

    fn join_fields(&mut self) {
        let separator = self.globals[special::OFS as usize].text(b"%.6g");
        let format = self.format();
        let texts: Vec<Vec<u8>> = self.fields().iter().map(|field| field.text(&format)).collect();
        self.record = texts.join(&separator[..]);
    }

    fn field(&mut self, index: i64) -> Result<Value, Flow> {
        match index {
            ..0 => Err(Flow::Fail(format!("run time error: negative field index ${index}"))),
            0 => Ok(Value::Field(self.record.clone())),
            index => Ok(self.fields().get(index as usize - 1).cloned().unwrap_or_default()),
        }
    }

    fn set_field(&mut self, index: i64, value: Value) -> Result<(), Flow> {
        match index {
            ..0 => {
                return Err(Flow::Fail(format!("run time error: negative field index ${index}")));
            }
            0 => {
                let text = value.text(&self.format());
                self.set_record(text);
            }
            index if index > FIELDS_MAX => {
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

    // --- variables ---

    fn format(&self) -> Vec<u8> {
        self.globals[special::CONVFMT as usize].text(b"%.6g")
    }

    fn local(&self, at: u32) -> usize {
        self.frames.last().map_or(0, |frame| frame.locals as usize) + at as usize
    }

    fn load(&mut self, slot: Slot) -> Value {
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

    fn store(&mut self, slot: Slot, value: Value) {
        match slot {
            Slot::Global(special::NF) => {
                let count = value.number().to_whole().clamp(0, FIELDS_MAX);
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
    fn array_id(&mut self, slot: Slot) -> u32 {
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

    fn array(&mut self, slot: Slot) -> &mut BTreeMap<Key, Value> {
        let id = self.array_id(slot);
        self.arrays.entry(id).or_default()
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().expect("the compiler pushes what an instruction takes")
    }

    fn pop_text(&mut self) -> Vec<u8> {
        let value = self.pop();
        value.text(&self.format())
    }

    fn push_whole(&mut self, value: i64) {
        self.stack.push(Value::Number(Real::whole(value)));
    }

    fn load_place(&mut self, target: Target) -> Result<Value, Flow> {
        match target {
            Target::Slot(slot) => Ok(self.load(slot)),
            Target::Field => {
                let index = self.pop().number().to_whole();
                self.field(index)
            }
            Target::Element(slot) => {
                let key = self.pop_text();
                Ok(self.array(slot).entry(key).or_default().clone())
            }
        }
    }

    /// Stores a value whose key is on the stack.
    fn store_place(&mut self, target: Target, value: Value) -> Result<(), Flow> {
        match target {
            Target::Slot(slot) => self.store(slot, value),
            Target::Field => {
                let index = self.pop().number().to_whole();
                self.set_field(index, value)?;
            }
            Target::Element(slot) => {
                let key = self.pop_text();
                self.array(slot).insert(key, value);
            }
        }
        Ok(())
    }

    /// A pattern: known beforehand, or its string on the stack.
    fn regex(&mut self, known: Option<u32>) -> Result<Regex, Flow> {
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
            let shown = String::from_utf8_lossy(&text).into_owned();
            Flow::Fail(format!("regular expression compile failed ({})\n{shown}", error.text()))
        })?;
        self.last_regex = Some((text, regex.clone()));
        Ok(regex)
    }

    // --- instructions ---

    fn op(&mut self, cx: &mut Context, op: Op) -> Flow {
        self.try_op(cx, op).unwrap_or_else(|flow| flow)
    }

    fn try_op(&mut self, cx: &mut Context, op: Op) -> Result<Flow, Flow> {
        match op {
            Op::Number(number) => self.stack.push(Value::Number(number)),
            Op::Text(at) => self.stack.push(Value::Text(self.code.texts[at as usize].clone())),
            Op::Load(target) => {
                let value = self.load_place(target)?;
                self.stack.push(value);
            }
            Op::Store(target) => {
                let value = self.pop();
                self.store_place(target, value.clone())?;
                self.stack.push(value);
            }
            Op::Argument(slot, is_array) => self.argument(slot, is_array),
            Op::Subscript(count) => self.subscript(count),
            Op::Contains(slot) => {
                let key = self.pop_text();
                let found = self.array(slot).contains_key(&key);
                self.push_whole(i64::from(found));
            }
            Op::Delete(slot) => {
                let key = self.pop_text();
                self.array(slot).remove(&key);
            }
            Op::DeleteAll(slot) => self.array(slot).clear(),
            Op::Math(_) | Op::Sign(_) | Op::Compare(_) | Op::Join | Op::Match(..) => {
                self.value_op(op)?
            }
            Op::Pop => drop(self.pop()),
            Op::Dup => {
                let top = self.stack.last().cloned().expect("there is one to double");
                self.stack.push(top);
            }
            Op::Tuck => {
                let top = self.pop();
                let below = self.pop();
                self.stack.extend([top.clone(), below, top]);
            }
            Op::Jump(to) => return Ok(Flow::Jump(to)),
            Op::JumpIf(wanted, to) if self.pop().is_true() == wanted => return Ok(Flow::Jump(to)),
            Op::JumpIf(..) => {}
            Op::Builtin("close", _) if !cx.out.is_drained() => return Err(Flow::Again),
            Op::Builtin(name, count) => self.builtin(cx, name, count as usize)?,
            Op::Substitute(global, regex, target) => self.substitute(global, regex, target)?,
            Op::Split(slot, regex, separated) => self.split(slot, regex, separated)?,
            Op::System => return self.system(cx),
            Op::Getline(target) => return self.getline(cx, target),
            Op::Print(formatted, count, sink) => self.print(cx, formatted, count as usize, sink)?,
            Op::Call(function, count) => return self.call(function, count),
            Op::Return => return Ok(self.ret()),
            Op::EachBegin(slot) => {
                let keys = self.array(slot).keys().rev().cloned().collect();
                self.each.push(keys);
            }
            Op::EachNext(out) => match self.each.last_mut().and_then(Vec::pop) {
                Some(key) => self.stack.push(Value::Field(key)),
                None => {
                    self.each.pop();
                    return Ok(Flow::Jump(out));
                }
            },
            Op::EachEnd => drop(self.each.pop()),
            Op::InRange(range) => self.push_whole(i64::from(self.ranges[range as usize])),
            Op::SetRange(range, open) => self.ranges[range as usize] = open,
            other => return Ok(self.leave(cx, other)),
        }
        Ok(Flow::Next)
    }

    /// Instructions that end what runs.
    fn leave(&mut self, cx: &mut Context, op: Op) -> Flow {
        match op {
            Op::NextFile => {
                if let Some(mut input) = self.input.take() {
                    input.stop(cx);
                }
                Flow::Record
            }
            Op::Exit | Op::ExitPlain => {
                if op == Op::Exit {
                    self.code_number = self.pop().number().to_whole() as u8;
                }
                match self.phase {
                    Phase::End => Flow::Phase(Phase::Closing),
                    _ => Flow::Phase(Phase::End),
                }
            }
            Op::Done if self.phase == Phase::Begin => Flow::Phase(Phase::Main),
            Op::Done if self.phase == Phase::End => Flow::Phase(Phase::Closing),
            _ => Flow::Record,
        }
    }

    fn value_op(&mut self, op: Op) -> Result<(), Flow> {
        let value = match op {
            Op::Math(operator) => {
                let (right, left) = (self.pop().number(), self.pop().number());
                Value::Number(left.apply(operator, right))
            }
            Op::Sign(mark) => {
                let value = self.pop();
                Value::Number(match mark {
                    b'-' => value.number().negated(),
                    b'+' => value.number(),
                    b'!' => Real::whole(i64::from(!value.is_true())),
                    _ => Real::whole(i64::from(value.is_true())),
                })
            }
            Op::Compare(mark) => {
                let (right, left) = (self.pop(), self.pop());
                let order = left.compare(&right, &self.format());
                let holds = match mark {
                    b'<' => order.is_lt(),
                    b'l' => order.is_le(),
                    b'=' => order.is_eq(),
                    b'!' => order.is_ne(),
                    b'>' => order.is_gt(),
                    _ => order.is_ge(),
                };
                Value::Number(Real::whole(i64::from(holds)))
            }
            Op::Join => {
                let (right, left) = (self.pop_text(), self.pop_text());
                Value::Text(say!(left, right))
            }
            Op::Match(known, negated) => {
                let regex = self.regex(known)?;
                let text = self.pop_text();
                Value::Number(Real::whole(i64::from(regex.is_match(&text) != negated)))
            }
            other => unreachable!("{other:?} makes no value"),
        };
        self.stack.push(value);
        Ok(())
    }

    fn argument(&mut self, slot: Slot, is_array: bool) {
        let local_array = match slot {
            Slot::Local(at) => matches!(self.locals[self.local(at)], Local::Array(_)),
            Slot::Global(_) => false,
        };
        let value = match is_array || local_array {
            true => Value::Array(self.array_id(slot)),
            false => self.load(slot),
        };
        self.stack.push(value);
    }

    fn subscript(&mut self, count: u32) {
        let format = self.format();
        let from = self.stack.len() - count as usize;
        let parts: Vec<Vec<u8>> =
            self.stack.drain(from..).map(|value| value.text(&format)).collect();
        let separator = self.globals[special::SUBSEP as usize].text(&format);
        self.stack.push(Value::Text(parts.join(&separator[..])));
    }

    fn call(&mut self, function: u32, count: u32) -> Result<Flow, Flow> {
        if self.frames.len() >= FRAMES_MAX {
            return Err(Flow::Fail("function call nesting too deep".to_string()));
        }
        let entry = self.code.functions[function as usize].clone();
        let from = self.stack.len() - count as usize;
        let args: Vec<Value> = self.stack.drain(from..).collect();
        let frame = Frame {
            back: self.at.expect("a call is an instruction") + 1,
            locals: self.locals.len() as u32,
            each: self.each.len() as u32,
            own_arrays: Vec::new(),
        };
        let mut locals: Vec<Local> = args
            .into_iter()
            .map(|arg| match arg {
                Value::Array(id) => Local::Array(id),
                Value::None => Local::Untyped,
                value => Local::Value(value),
            })
            .collect();
        locals.resize(entry.params as usize, Local::Untyped);
        self.locals.extend(locals);
        self.frames.push(frame);
        Ok(Flow::Jump(entry.at))
    }

    fn ret(&mut self) -> Flow {
        let frame = self.frames.pop().expect("return stands in functions alone");
        for id in frame.own_arrays {
            self.arrays.remove(&id);
        }
        self.locals.truncate(frame.locals as usize);
        self.each.truncate(frame.each as usize);
        Flow::Jump(frame.back)
    }

    fn print(
        &mut self,
        cx: &mut Context,
        formatted: bool,
        count: usize,
        sink: Sink,
    ) -> Result<(), Flow> {
        let name = if sink == Sink::Output { Vec::new() } else { self.pop_text() };
        let from = self.stack.len() - count;
        let args: Vec<Value> = self.stack.drain(from..).collect();
        let text = if formatted {
            let format = args[0].text(&self.format());
            builtin::sprintf(&format, &args[1..], &self.format()).map_err(|part| {
                cx.print(part);
                missing("printf", &format)
            })?
        } else {
            let format = self.globals[special::OFMT as usize].text(b"%.6g");
            let between = self.globals[special::OFS as usize].text(&format);
            let end = self.globals[special::ORS as usize].text(&format);
            let line = match args.is_empty() {
                true => self.record.clone(),
                false => {
                    let texts: Vec<Vec<u8>> = args.iter().map(|arg| arg.text(&format)).collect();
                    texts.join(&between[..])
                }
            };
            say!(line, end)
        };
        if sink == Sink::Output {
            cx.print(text);
            return Ok(());
        }
        self.outlets.write(cx, sink, &name, &text).map_err(|errno| {
            let name = String::from_utf8_lossy(&name).into_owned();
            Flow::Fail(format!("cannot open \"{name}\" for output ({})", errno.text()))
        })
    }

    /// Runs a command and waits for it.
    fn system(&mut self, cx: &mut Context) -> Result<Flow, Flow> {
        let Some(child) = self.child else {
            cx.out.flush();
            if !cx.out.is_drained() {
                return Err(Flow::Again);
            }
            let command = self.pop_text();
            let argv = [b"sh".to_vec(), b"-c".to_vec(), command];
            let stdio = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
            match cx.sys.spawn(b"/bin/sh", &argv, cx.env, stdio) {
                Ok(child) => self.child = Some(child),
                Err(_) => {
                    self.push_whole(127);
                    return Ok(Flow::Next);
                }
            }
            return Err(Flow::Wait(vec![Wait::Child(self.child.expect("it was just started"))]));
        };
        match cx.sys.wait(child) {
            Ok(Poll::Wait) => Err(Flow::Wait(vec![Wait::Child(child)])),
            status => {
                self.child = None;
                let code = match status {
                    Ok(Poll::Ready(status)) => i64::from(status.code()),
                    _ => 127,
                };
                self.push_whole(code);
                Ok(Flow::Next)
            }
        }
    }

    fn getline(&mut self, cx: &mut Context, target: Option<Target>) -> Result<Flow, Flow> {
        match self.read_record(cx)? {
            None => self.push_whole(0),
            Some(record) => {
                match target {
                    None => self.set_record(record),
                    Some(target) => self.store_place(target, Value::Field(record))?,
                }
                self.push_whole(1);
            }
        }
        Ok(Flow::Next)
    }

    fn substitute(&mut self, global: bool, known: Option<u32>, target: Target) -> Result<(), Flow> {
        let with = self.pop_text();
        let regex = self.regex(known)?;
        let key = match target {
            Target::Slot(_) => None,
            _ => Some(self.pop()),
        };
        self.stack.extend(key.clone());
        let text = self.load_place(target)?.text(&self.format());
        let (result, count) = builtin::substitute(&regex, &with, &text, global);
        if count > 0 {
            self.stack.extend(key);
            self.store_place(target, Value::Text(result))?;
        }
        self.push_whole(count);
        Ok(())
    }

    fn split(&mut self, slot: Slot, known: Option<u32>, separated: bool) -> Result<(), Flow> {
        let separator = match (known, separated) {
            (Some(regex), _) => Separator::Regex(self.code.regexes[regex as usize].clone()),
            (None, true) => {
                let text = self.pop_text();
                Separator::read(&text).unwrap_or(Separator::Blanks)
            }
            (None, false) => {
                let text = self.globals[special::FS as usize].text(b"%.6g");
                Separator::read(&text).unwrap_or(Separator::Blanks)
            }
        };
        let text = self.pop_text();
        let parts = separator.split(&text);
        let count = parts.len() as i64;
        let numbered = (1u32..).zip(parts);
        let rows = numbered.map(|(at, part)| (at.to_string().into_bytes(), Value::Field(part)));
        *self.array(slot) = rows.collect();
        self.push_whole(count);
        Ok(())
    }

    fn builtin(&mut self, cx: &mut Context, name: &str, count: usize) -> Result<(), Flow> {
        let from = self.stack.len() - count;
        let args: Vec<Value> = self.stack.drain(from..).collect();
        let format = self.format();
        let text = |at: usize| args.get(at).map_or(Vec::new(), |arg| arg.text(&format));
        let number = |at: usize| args.get(at).map_or(Real::default(), Value::number);
        let value = match name {
            "length" => Value::Number(Real::whole(match args.first() {
                None => self.record.len() as i64,
                Some(Value::Array(id)) => self.arrays.get(id).map_or(0, BTreeMap::len) as i64,
                Some(_) => text(0).len() as i64,
            })),
            "substr" => {
                Value::Text(builtin::substr(&text(0), number(1), args.get(2).map(Value::number)))
            }
            "index" => Value::Number(Real::whole(builtin::index(&text(0), &text(1)))),
            "match" => self.matched(&text(0), &text(1))?,
            "sprintf" => {
                let formed = builtin::sprintf(&text(0), &args[1..], &format);
                Value::Text(formed.map_err(|_| missing("sprintf", &text(0)))?)
            }
            "tolower" => Value::Text(text(0).to_ascii_lowercase()),
            "toupper" => Value::Text(text(0).to_ascii_uppercase()),
            "int" => Value::Number(number(0).truncated()),
            "sqrt" => Value::Number(number(0).root()),
            "systime" => Value::Number(Real::whole(cx.sys.now().unix_secs() as i64)),
            "rand" => {
                self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                Value::Number(Real::fraction((self.seed >> 32) as u32))
            }
            "srand" => {
                let old = self.seed;
                self.seed = number(0).to_whole() as u64;
                Value::Number(Real::whole(old as i64))
            }
            "close" => self.close_outlet(cx, &text(0)),
            _ => {
                cx.out.flush();
                Value::Number(Real::default())
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// `close(name)`. A program it wrote to is collected when awk ends.
    fn close_outlet(&mut self, cx: &mut Context, name: &[u8]) -> Value {
        let code = match self.outlets.close(cx, name) {
            Some(_) => 0,
            None => -1,
        };
        Value::Number(Real::whole(code))
    }

    fn matched(&mut self, text: &[u8], pattern: &[u8]) -> Result<Value, Flow> {
        self.stack.push(Value::Text(pattern.to_vec()));
        let regex = self.regex(None)?;
        let found = regex.find(text, 0, false).and_then(|groups| groups[0]);
        let (start, length) = match found {
            Some((from, to)) => (from as i64 + 1, (to - from) as i64),
            None => (0, -1),
        };
        self.globals[special::RSTART as usize] = Value::Number(Real::whole(start));
        self.globals[special::RLENGTH as usize] = Value::Number(Real::whole(length));
        Ok(Value::Number(Real::whole(start)))
    }
}

/// A format asks for more arguments than there are.
fn missing(name: &str, format: &[u8]) -> Flow {
    let format = String::from_utf8_lossy(format).into_owned();
    Flow::Fail(format!("run time error: not enough arguments passed to {name}(\"{format}\")"))
}

/// `name=value`, as an operand.
fn assignment(operand: &[u8]) -> Option<(String, Vec<u8>)> {
    let at = operand.iter().position(|byte| *byte == b'=')?;
    let name = std::str::from_utf8(&operand[..at]).ok()?;
    let first = name.bytes().next()?;
    let is_name = (first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| (name.to_string(), operand[at + 1..].to_vec()))
}

/// mawk's options: `-F fs`, `-v name=value`, `-f file`.
fn read_command(cx: &mut Context) -> Result<Command, u8> {
    let mut words = cx.argv.get(1..).unwrap_or_default().iter();
    let mut assigned = Vec::new();
    let mut program: Option<Vec<u8>> = None;
    let mut operands: Vec<Vec<u8>> = Vec::new();
    while let Some(word) = words.next() {
        let (letter, attached) = match word.as_slice() {
            b"--" => break,
            [b'-', letter, attached @ ..] => (*letter, attached),
            _ => {
                operands.push(word.clone());
                break;
            }
        };
        if !b"Fvf".contains(&letter) {
            if letter == b'W' {
                cx.not_modelled("-W");
            }
            cx.complain(say!("not an option: ", word));
            return Err(2);
        }
        let value = match attached {
            [] => words.next().cloned(),
            attached => Some(attached.to_vec()),
        };
        let Some(value) = value else {
            cx.complain(format!("option requires an argument -- {}", char::from(letter)));
            return Err(2);
        };
        match letter {
            b'F' => assigned.push(("FS".to_string(), value)),
            b'v' => match assignment(&value) {
                Some(pair) => assigned.push(pair),
                None => {
                    cx.complain(say!("improper assignment: -v ", value));
                    return Err(2);
                }
            },
            _ => {
                let content = cx.sys.read_file(&value).map_err(|errno| {
                    cx.complain(say!("cannot open ", value, " (", errno.text(), ")"));
                    2
                })?;
                program.get_or_insert_default().extend(say!(content.bytes(), "\n"));
            }
        }
    }
    operands.extend(words.cloned());
    let program = match program {
        Some(program) => program,
        None if operands.is_empty() => {
            cx.out.error(b"Usage: mawk [Options] [Program] [file ...]\n");
            return Err(2);
        }
        None => operands.remove(0),
    };
    Ok(Command { program, operands, assigned })
}

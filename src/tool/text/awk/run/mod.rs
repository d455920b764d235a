//! The machine.

mod act;
mod store;

use crate::base::limit::{AWK_OPS_PER_STEP, BLOB_BYTES_MAX};

use super::builtin;
use super::code::{Code, Op, special};
use super::command::{assignment, read_command};
use super::compile::compile;
use super::inlets::Inlets;
use super::output::Outlets;
use super::parse::parse;
use super::record::{Next, Records, Separator};
use super::table::{Key, Table};
use super::value::Value;
use crate::base::real::Real;
use crate::base::{Pid, SortedMap};
use crate::ere::Regex;
use crate::os::{Errno, Wait};
use crate::tool::say::say;
use crate::tool::{Context, Step};

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
    arrays: SortedMap<u32, Table>,
    last_array: u32,
    locals: Vec<Local>,
    frames: Vec<Frame>,
    each: Vec<Vec<Key>>,
    ranges: Vec<bool>,
    record: Vec<u8>,
    fields: Option<Vec<Value>>,
    separator: (Vec<u8>, Separator),
    last_regex: Option<(Vec<u8>, Regex)>,
    /// The next element of ARGV.
    next_operand: u32,
    any_read: bool,
    input: Option<Records>,
    outlets: Outlets,
    inlets: Inlets,
    child: Option<Pid>,
    chance: builtin::Chance,
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

impl Awk {
    /// Reads the arguments and the program.
    pub fn begin(cx: &mut Context) -> Result<Awk, u8> {
        let command = read_command(cx)?;
        let assigned = command.assigned.iter().map(|(name, _)| name.clone());
        let parsed = parse(&command.program, assigned);
        let compiled = parsed.and_then(|it| compile(&it).map_err(|error| vec![error]));
        // Red Hat's images, where sh is bash, have gawk: it knows more, and its arrays have another
        // order.
        let is_gawk = cx.sys.read_link(b"/usr/bin/sh").is_ok_and(|target| target == b"bash");
        let code = compiled.map_err(|errors| {
            if is_gawk {
                cx.not_modelled("gawk");
            }
            errors.into_iter().for_each(|error| cx.complain(error));
            2
        })?;
        if is_gawk && code.ops.iter().any(|op| matches!(op, Op::EachBegin(_))) {
            cx.not_modelled("for (k in a)");
        }
        let mut awk = Awk {
            globals: vec![Value::None; code.globals.len()],
            ranges: vec![false; code.ranges as usize],
            last_array: code.globals.len() as u32,
            at: Some(code.begin),
            code,
            phase: Phase::Begin,
            stack: Vec::new(),
            arrays: SortedMap::new(),
            locals: Vec::new(),
            frames: Vec::new(),
            each: Vec::new(),
            record: Vec::new(),
            fields: Some(Vec::new()),
            separator: (b" ".to_vec(), Separator::Blanks),
            last_regex: None,
            next_operand: 1,
            any_read: false,
            input: None,
            outlets: Outlets::default(),
            inlets: Inlets::default(),
            child: None,
            chance: builtin::Chance::new(cx.sys.random() as u32 >> 1),
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
        self.arrays.insert(special::ENVIRON, Table::from_rows(environ));
        let argv = std::iter::once(&b"awk"[..]).chain(operands.iter().map(Vec::as_slice));
        let argv = argv
            .enumerate()
            .map(|(at, arg)| (at.to_string().into_bytes(), Value::Field(arg.to_vec())));
        self.arrays.insert(special::ARGV, Table::from_rows(argv));
    }

    /// `-v name=value`, or as an operand.
    fn assign_outside(&mut self, name: &str, value: &[u8]) {
        if let Some(at) = self.code.globals.iter().position(|known| known == name) {
            self.globals[at] = Value::Field(super::super::unescape(value));
        }
    }

    /// Runs until input is missing or all is done.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        for _ in 0..AWK_OPS_PER_STEP {
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
                    return Err(Flow::Fail(match errno {
                        Errno::Isdir => format!("read error ({})", errno.text()),
                        _ => format!("cannot open {name} ({})", errno.text()),
                    }));
                }
            }
        }
    }

    pub(super) fn count(&mut self, at: u32) {
        let value = self.globals[at as usize].number();
        self.globals[at as usize] = Value::Number(value.apply(b'+', Real::whole(1)));
    }

    fn next_operand(&mut self) -> bool {
        let count = self.globals[special::ARGC as usize].number().to_whole();
        while i64::from(self.next_operand) < count {
            let key = self.next_operand.to_string().into_bytes();
            self.next_operand += 1;
            let argv = self.arrays.get(&special::ARGV);
            let operand = argv.and_then(|argv| argv.get(&key)).map(|value| value.text(b"%.6g"));
            let Some(operand) = operand else { continue };
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
                let (key, number) = self.pop_key();
                let found = self.array(slot).contains(&key, number);
                self.push_whole(i64::from(found));
            }
            Op::Delete(slot) => {
                let (key, number) = self.pop_key();
                self.array(slot).remove(&key, number);
            }
            Op::DeleteAll(slot) => self.array(slot).clear(),
            Op::Math(_) | Op::Sign(_) | Op::Compare(_) | Op::Join | Op::Match(..) => {
                self.value_op(op)?
            }
            Op::Pop => drop(self.pop()),
            Op::Dup | Op::Tuck => {
                let top = self.pop();
                let below = (op == Op::Tuck).then(|| self.pop());
                self.stack.push(top.clone());
                self.stack.extend(below);
                self.stack.push(top);
            }
            Op::Jump(to) => return Ok(Flow::Jump(to)),
            Op::JumpIf(wanted, to) if self.pop().is_true() == wanted => return Ok(Flow::Jump(to)),
            Op::JumpIf(..) => {}
            Op::Builtin("close", _) => {
                cx.out.flush();
                return if cx.out.is_drained() { self.close(cx) } else { Err(Flow::Again) };
            }
            Op::Builtin(name, count) => self.builtin(cx, name, count as usize)?,
            Op::Substitute(global, regex, target) => self.substitute(global, regex, target)?,
            Op::Split(slot, regex, separated) => self.split(slot, regex, separated)?,
            Op::System => return self.system(cx),
            Op::Getline(target, source) => return self.getline(cx, target, source),
            Op::Print(formatted, count, sink) => self.print(cx, formatted, count as usize, sink)?,
            Op::Call(function, count) => return self.call(function, count),
            Op::Return => return Ok(self.ret()),
            Op::EachBegin(slot) => {
                let mut keys = self.array(slot).keys();
                keys.reverse();
                self.each.push(keys);
            }
            Op::EachNext(out) => match self.each.last_mut().and_then(Vec::pop) {
                Some(key) => self.stack.push(Value::Text(key)),
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
                if left.len() + right.len() > BLOB_BYTES_MAX {
                    return Err(Flow::Fail("out of memory".to_string()));
                }
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
}

//! What instructions do beyond the stack: calls, output, commands, functions.

use super::super::builtin;
use super::super::code::{Sink, Slot, Source, Target, special};
use super::super::record::{Next, Separator};
use super::{Awk, Flow, Frame, Local};
use crate::base::FileTime;
use crate::base::limit::{AWK_FRAMES_MAX, BLOB_BYTES_MAX};
use crate::base::real::Real;
use crate::os::{Fd, Poll, Wait, WaitStatus};
use crate::tool::Context;
use crate::tool::say::say;
use crate::tool::text::awk::table::Table;
use crate::tool::text::awk::value::Value;

impl Awk {
    pub(super) fn argument(&mut self, slot: Slot, is_array: bool) {
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

    pub(super) fn subscript(&mut self, count: u32) {
        if count == 1 {
            // A number stays one: it is looked up otherwise than its text.
            return;
        }
        let format = self.format();
        let from = self.stack.len() - count as usize;
        let parts: Vec<Vec<u8>> =
            self.stack.drain(from..).map(|value| value.text(&format)).collect();
        let separator = self.globals[special::SUBSEP as usize].text(&format);
        self.stack.push(Value::Text(parts.join(&separator[..])));
    }

    pub(super) fn call(&mut self, function: u32, count: u32) -> Result<Flow, Flow> {
        if self.frames.len() >= AWK_FRAMES_MAX {
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

    pub(super) fn ret(&mut self) -> Flow {
        let frame = self.frames.pop().expect("return stands in functions alone");
        for id in frame.own_arrays {
            self.arrays.remove(&id);
        }
        self.locals.truncate(frame.locals as usize);
        self.each.truncate(frame.each as usize);
        Flow::Jump(frame.back)
    }

    pub(super) fn print(
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
            builtin::sprintf(&format, &args[1..], &self.format()).map_err(|(part, what)| {
                cx.print(part);
                misformed("printf", &format, &what)
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
    pub(super) fn system(&mut self, cx: &mut Context) -> Result<Flow, Flow> {
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
                    Ok(Poll::Ready(status)) => answer(status),
                    _ => 127,
                };
                self.push_whole(code);
                Ok(Flow::Next)
            }
        }
    }

    pub(super) fn getline(
        &mut self,
        cx: &mut Context,
        target: Option<Target>,
        source: Source,
    ) -> Result<Flow, Flow> {
        let read = match source {
            Source::Input => self.read_record(cx)?.ok_or(0),
            _ => self.read_inlet(cx, source)?,
        };
        match (read, target) {
            (Ok(record), None) => {
                self.set_record(record);
                self.push_whole(1);
            }
            (Ok(record), Some(target)) => {
                self.store_place(target, Value::Field(record))?;
                self.push_whole(1);
            }
            (Err(answer), target) => {
                if !matches!(target, None | Some(Target::Slot(_))) {
                    self.pop();
                }
                self.push_whole(answer);
            }
        }
        Ok(Flow::Next)
    }

    /// The next record of a file or a command, whose name is on the stack, or what `getline`
    /// answers without one.
    fn read_inlet(
        &mut self,
        cx: &mut Context,
        source: Source,
    ) -> Result<Result<Vec<u8>, i64>, Flow> {
        let format = self.format();
        let name = self.stack.last().map_or(Vec::new(), |name| name.text(&format));
        if !self.inlets.is_open(&name) {
            if source == Source::Command {
                cx.out.flush();
                if !cx.out.is_drained() {
                    return Err(Flow::Again);
                }
            }
            if self.inlets.open(cx, &name, source).is_err() {
                self.pop();
                return Ok(Err(-1));
            }
        }
        let separator = self.globals[special::RS as usize].text(b"%.6g");
        let next = self.inlets.next(cx, &name, &separator);
        if let Next::Wait(waits) = next {
            return Err(Flow::Wait(waits));
        }
        self.pop();
        Ok(match next {
            Next::Record(record) => Ok(record),
            Next::Failed(_) => {
                self.inlets.close(cx, &name);
                Err(-1)
            }
            _ => Err(0),
        })
    }

    pub(super) fn substitute(
        &mut self,
        global: bool,
        known: Option<u32>,
        target: Target,
    ) -> Result<(), Flow> {
        let with = self.pop_text();
        let regex = self.regex(known)?;
        let key = match target {
            Target::Slot(_) => None,
            _ => Some(self.pop()),
        };
        self.stack.extend(key.clone());
        let text = self.load_place(target)?.text(&self.format());
        let (result, count) = builtin::substitute(&regex, &with, &text, global);
        if result.len() > BLOB_BYTES_MAX {
            return Err(Flow::Fail("out of memory".to_string()));
        }
        if count > 0 {
            self.stack.extend(key);
            self.store_place(target, Value::Text(result))?;
        }
        self.push_whole(count);
        Ok(())
    }

    pub(super) fn split(
        &mut self,
        slot: Slot,
        known: Option<u32>,
        separated: bool,
    ) -> Result<(), Flow> {
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
        *self.array(slot) = Table::from_parts(parts);
        self.push_whole(count);
        Ok(())
    }

    pub(super) fn builtin(
        &mut self,
        cx: &mut Context,
        name: &str,
        count: usize,
    ) -> Result<(), Flow> {
        let from = self.stack.len() - count;
        let args: Vec<Value> = self.stack.drain(from..).collect();
        let format = self.format();
        let text = |at: usize| args.get(at).map_or(Vec::new(), |arg| arg.text(&format));
        let number = |at: usize| args.get(at).map_or(Real::default(), Value::number);
        let value = match name {
            "length" => Value::Number(Real::whole(match args.first() {
                None => self.record.len() as i64,
                Some(Value::Array(id)) => self.arrays.get(id).map_or(0, Table::len) as i64,
                Some(_) => text(0).len() as i64,
            })),
            "substr" => {
                Value::Text(builtin::substr(&text(0), number(1), args.get(2).map(Value::number)))
            }
            "index" => Value::Number(Real::whole(builtin::index(&text(0), &text(1)))),
            "match" => self.matched(&text(0), &text(1))?,
            "sprintf" => {
                let formed = builtin::sprintf(&text(0), &args[1..], &format);
                Value::Text(formed.map_err(|(_, what)| misformed("sprintf", &text(0), &what))?)
            }
            "tolower" => Value::Text(text(0).to_ascii_lowercase()),
            "toupper" => Value::Text(text(0).to_ascii_uppercase()),
            "int" => Value::Number(number(0).truncated()),
            "atan2" => Value::Number(number(0).angle(number(1))),
            "sqrt" if number(0).is_negative() => Value::Number(Real::NAN),
            "sqrt" => Value::Number(number(0).root()),
            "exp" | "log" | "sin" | "cos" => {
                let upper = if name == "log" { "LN".into() } else { name.to_ascii_uppercase() };
                Value::Number(number(0).function(&upper).expect("it is one of these"))
            }
            "mktime" => Value::Number(Real::whole(builtin::mktime(&text(0)))),
            "strftime" => {
                let shape = if args.is_empty() { b"%c".to_vec() } else { text(0) };
                let moment = match args.len() {
                    0 | 1 => FileTime::from(cx.sys.now()),
                    _ => FileTime::from_unix(number(1).to_whole(), 0),
                };
                Value::Text(cx.strftime(&shape, moment))
            }
            "systime" => Value::Number(Real::whole(cx.sys.now().unix_secs() as i64)),
            "rand" => {
                let drawn = Real::whole(self.chance.next().into());
                Value::Number(drawn.apply(b'/', Real::whole(2_147_483_647)))
            }
            "srand" => {
                let old = self.chance.seed();
                let seed = match args.is_empty() {
                    true => cx.sys.now().unix_secs() as i64,
                    false => number(0).to_whole(),
                };
                self.chance = builtin::Chance::new(seed.clamp(0, 4_294_967_295) as u32);
                Value::Number(Real::whole(old.into()))
            }
            _ => {
                cx.out.flush();
                Value::Number(Real::default())
            }
        };
        self.stack.push(value);
        Ok(())
    }

    /// `close(name)`: a program is waited for.
    pub(super) fn close(&mut self, cx: &mut Context) -> Result<Flow, Flow> {
        if self.child.is_none() {
            let name = self.pop_text();
            let wrote = self.outlets.close(cx, &name);
            let read = self.inlets.close(cx, &name);
            match wrote.or(read) {
                Some(Some(child)) => self.child = Some(child),
                closed => {
                    self.push_whole(if closed.is_some() { 0 } else { -1 });
                    return Ok(Flow::Next);
                }
            }
        }
        let child = self.child.expect("it was just looked at");
        match cx.sys.wait(child) {
            Ok(Poll::Wait) => return Err(Flow::Wait(vec![Wait::Child(child)])),
            Ok(Poll::Ready(status)) => self.push_whole(answer(status)),
            Err(_) => self.push_whole(0),
        }
        self.child = None;
        Ok(Flow::Next)
    }

    pub(super) fn matched(&mut self, text: &[u8], pattern: &[u8]) -> Result<Value, Flow> {
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

/// A format asks for what there is not.
fn misformed(name: &str, format: &[u8], what: &str) -> Flow {
    let format = String::from_utf8_lossy(format).into_owned();
    Flow::Fail(format!("run time error: {what} {name}(\"{format}\")"))
}

/// What `system` and `close` answer for a program that has ended.
fn answer(status: WaitStatus) -> i64 {
    match status {
        WaitStatus::Code(code) => code.into(),
        WaitStatus::Signal(signal) => 256 + i64::from(signal.number()),
    }
}

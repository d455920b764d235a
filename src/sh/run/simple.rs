//! Simple commands: words, assignments, redirections, then a function, a builtin or a program.

use std::sync::Arc;

use super::super::arrays::{Key, as_list, as_map};
use super::super::builtin;
use super::super::expand::{Expand, Expanded, Tilde};
use super::super::frame::{Assigned, Children, Cleanup, Frame, Simple, SimplePhase, State};
use super::super::host::Host;
use super::super::machine::{Call, Machine, Unwind};
use super::super::script::{Assign, AssignValue, Kind, Script, Word};
use super::super::vars::{Map, Value};
use super::{Next, Stop};
use crate::os::Fd;
use crate::trace::fact::ShellFact;

/// What a command's name leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Function,
    Builtin,
    Program,
}

pub(super) fn parts(frame: &mut Frame) -> &mut Simple {
    match &mut frame.state {
        State::Simple(simple) => simple,
        _ => unreachable!("the frame is a simple command's"),
    }
}

impl Machine {
    pub(super) fn simple(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::Simple { assigns, words } = &node.kind else {
            unreachable!("the state is of a simple command")
        };
        match parts(&mut frame).phase {
            SimplePhase::Words => self.simple_words(frame, words, host),
            SimplePhase::Assigns => self.simple_assigns(frame, assigns, host),
            SimplePhase::Launch => self.launch(frame, host),
            SimplePhase::Redirects => self.simple_redirects(frame, host),
            SimplePhase::Run => self.run_simple(frame, host),
            SimplePhase::Done => {
                self.close_all(&frame.opened, host);
                self.pipe_status = vec![self.status];
                self.after_command();
                Next::Go
            }
        }
    }

    fn simple_words(&mut self, mut frame: Frame, words: &[Word], host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let next = parts(&mut frame).next;
        if next == 0 && frame.log.is_empty() && self.answer.is_none() {
            self.line = self.line_of(&script, script.node(frame.at));
            self.substituted = false;
            self.note_command(&script, frame.at);
        }
        let Some(word) = words.get(next as usize) else {
            let simple = parts(&mut frame);
            simple.phase = SimplePhase::Assigns;
            simple.next = 0;
            self.frames.push(frame);
            return Next::Go;
        };
        let is_array = word
            .assign
            .as_ref()
            .is_some_and(|assign| matches!(assign.value, AssignValue::Array(..)));
        if let (true, Some(assign)) = (is_array, &word.assign) {
            let maps = parts(&mut frame).fields.iter().any(|field| has_letter(field, b'A'));
            let map = maps || self.is_map(&assign.name);
            let made = self.expanding(&mut frame, host, |ex| ex.assigned(assign, map));
            match made {
                Ok(made) => parts(&mut frame).arrays.push((next, made)),
                Err(stop) => return self.stopped(frame, stop, host),
            }
            parts(&mut frame).fields.push(assign.name.clone());
        } else {
            let made = self.expanding(&mut frame, host, |ex| match &word.assign {
                Some(_) => Ok(vec![ex.assignment_word(word)?]),
                None => ex.fields(word),
            });
            match made {
                Ok(fields) => parts(&mut frame).fields.extend(fields),
                Err(stop) => return self.stopped(frame, stop, host),
            }
        }
        parts(&mut frame).next += 1;
        self.frames.push(frame);
        Next::Go
    }

    fn simple_assigns(
        &mut self,
        mut frame: Frame,
        assigns: &[Assign],
        host: &mut dyn Host,
    ) -> Next {
        let script = frame.script.clone();
        let simple = parts(&mut frame);
        let (next, alone) = (simple.next, simple.fields.is_empty());
        let Some(assign) = assigns.get(next as usize) else {
            simple.next = 0;
            simple.phase = if alone { SimplePhase::Redirects } else { SimplePhase::Launch };
            if alone {
                self.status = if self.substituted { self.substitution_status } else { 0 };
            }
            self.frames.push(frame);
            return Next::Go;
        };
        let map = self.is_map(&assign.name);
        let made = match self.expanding(&mut frame, host, |ex| ex.assigned(assign, map)) {
            Ok(made) => made,
            Err(stop) => return self.stopped(frame, stop, host),
        };
        parts(&mut frame).next += 1;
        if !alone {
            if let Some(index) = &assign.index {
                let index = script.slice(index.span);
                let shown = [b"`", assign.name.as_slice(), b"[", index, b"]'"].concat();
                self.complain_of(&shown, "not a valid identifier");
            }
            if let Assigned::Text(text) = made {
                let old = if assign.append { self.variable(&assign.name) } else { None };
                let text = [old.unwrap_or_default(), text].concat();
                self.trace_assign(host, assign, &script, &Assigned::Text(text.clone()), false);
                parts(&mut frame).env.push((assign.name.clone(), text));
            }
            self.frames.push(frame);
            return Next::Go;
        }
        self.trace_assign(host, assign, &script, &made, assign.append);
        if let (false, Assigned::Text(text)) = (self.bash(), &made) {
            parts(&mut frame).env.push((assign.name.clone(), text.clone()));
        }
        self.act(&script, assign.span);
        let done = self.perform(assign, made);
        if done {
            self.tell_assigned(assign);
            self.frames.push(frame);
            return Next::Go;
        }
        self.drop_frame(frame, host);
        self.complain_of(
            &assign.name,
            if self.bash() { "readonly variable" } else { "is read only" },
        );
        self.status = if self.bash() { 1 } else { 2 };
        let drops = self.bash() && !self.options.errexit;
        self.unwind = Some(if drops { Unwind::Discard } else { Unwind::Exit });
        Next::Go
    }

    fn tell_assigned(&mut self, assign: &Assign) {
        let value = self.list(&assign.name).unwrap_or_default();
        let values: Vec<String> =
            value.values().map(|v| String::from_utf8_lossy(v).into_owned()).collect();
        let name = String::from_utf8_lossy(&assign.name).into_owned();
        self.tell(ShellFact::Assigned { name, value: values.join(" ") });
    }

    fn trace_assign(
        &mut self,
        host: &mut dyn Host,
        assign: &Assign,
        script: &Script,
        made: &Assigned,
        append: bool,
    ) {
        let mut line = assign.name.clone();
        if let Some(index) = &assign.index {
            line.push(b'[');
            line.extend_from_slice(script.slice(index.span));
            line.push(b']');
        }
        line.extend_from_slice(if append { b"+=" } else { b"=" });
        match (&assign.value, made) {
            (AssignValue::Array(items, _), _) => {
                line.push(b'(');
                line.extend_from_slice(&super::super::print::elements(script, items));
                line.push(b')');
            }
            (_, Assigned::Text(text) | Assigned::Element(_, text)) if !text.is_empty() => {
                line.extend_from_slice(&self.word_shown(text));
            }
            _ => {}
        }
        self.show(&line);
        if self.bash() {
            self.trace(host, &line);
        }
    }

    /// Sets the variable; `false` if it is read-only.
    pub(super) fn perform(&mut self, assign: &Assign, made: Assigned) -> bool {
        if self.vars.get(&assign.name).is_some_and(|variable| variable.readonly) {
            return false;
        }
        match made {
            Assigned::Text(text) => {
                let text =
                    if assign.append { self.appended(&assign.name, None, text) } else { text };
                self.assign(&assign.name, text)
            }
            Assigned::Element(key, text) => {
                let text = if assign.append {
                    self.appended(&assign.name, Some(&key), text)
                } else {
                    text
                };
                if !self.assign_element(&assign.name, &key, text) {
                    let key = match key {
                        Key::Number(index) => index.to_string().into_bytes(),
                        Key::Text(key) => key,
                    };
                    let shown = [assign.name.as_slice(), b"[", &key, b"]"].concat();
                    self.complain_of(&shown, "bad array subscript");
                    self.status = 1;
                    self.unwind = Some(Unwind::Discard);
                }
                true
            }
            Assigned::List(items) => {
                self.assign_list(&assign.name, items, assign.append);
                true
            }
        }
    }

    /// `name=(…)`.
    fn assign_list(&mut self, name: &[u8], items: Vec<(Option<Key>, Vec<u8>)>, append: bool) {
        let name = &self.target_of(name)[..];
        let site = self.site.map_or(0, |site| site.0);
        let mut shaped = Vec::new();
        for (key, text) in items {
            shaped.push((key, self.shaped(name, text)));
        }
        let allexport = self.options.allexport;
        let variable = self.vars.entry(name);
        variable.set_at = Some(site);
        variable.exported |= allexport;
        variable.bare = false;
        if let Value::Map(map) = &mut variable.value {
            if !append {
                *map = Map::default();
            }
            for (key, text) in shaped {
                if let Some(Key::Text(key)) = key {
                    map.insert(&key, text);
                }
            }
            return;
        }
        if !append {
            variable.value = Value::List(Default::default());
        }
        let list = as_list(&mut variable.value);
        let mut next = list.last_key_value().map_or(0, |(last, _)| last + 1);
        for (key, text) in shaped {
            if let Some(Key::Number(index)) = key {
                next = u64::try_from(index).unwrap_or(0);
            }
            list.insert(next, text);
            next += 1;
        }
    }

    /// What `+=` makes.
    fn appended(&mut self, name: &[u8], key: Option<&Key>, text: Vec<u8>) -> Vec<u8> {
        let old = match key {
            Some(key) => self.element(name, key),
            None => self.variable(name),
        };
        let old = old.unwrap_or_default();
        if self.vars.get(name).is_some_and(|variable| variable.integer) {
            return [old.as_slice(), b"+(", &text, b")"].concat();
        }
        [old, text].concat()
    }

    /// All is expanded: shows the command, and begins it.
    fn launch(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let span = script.node(frame.at).span;
        let simple = parts(&mut frame);
        let arrays = std::mem::take(&mut simple.arrays);
        let fields = simple.fields.clone();
        simple.phase = SimplePhase::Redirects;
        if !self.array_arguments(&frame, arrays, &fields, host) {
            return Next::Go;
        }
        let line = self.words_shown(&fields);
        if self.bash() {
            self.trace(host, &line);
        }
        if let (Some(last), true) = (fields.last(), self.bash()) {
            self.vars.set(b"_", last);
        }
        let mut shown = line;
        for redirect in &script.node(frame.at).redirects {
            shown.push(b' ');
            shown.extend_from_slice(first_line(script.slice(redirect.span)));
        }
        self.show(&shown);
        self.mark(&script, span);
        let simple = parts(&mut frame);
        if self.target(&fields[0], simple) != Target::Program || simple.in_child {
            self.frames.push(frame);
            return Next::Go;
        }
        if simple.env.iter().all(|(name, _)| name != b"PATH") {
            self.note_hashed(&fields[0], host);
        }
        let simple = parts(&mut frame);
        if self.is_last() {
            simple.in_child = true;
            if self.subshell == 0 {
                self.tell(ShellFact::Executed { words: builtin::texts(&fields) });
            }
            self.frames.push(frame);
            return Next::Go;
        }
        simple.phase = SimplePhase::Done;
        let mut child_frame = frame.clone();
        let inner = parts(&mut child_frame);
        inner.phase = SimplePhase::Redirects;
        inner.in_child = true;
        let mut child = self.copy();
        child.frames.push(child_frame);
        let state = State::Child { moves: Vec::new(), close: Vec::new() };
        child.push(&script, frame.at, state);
        self.act(&script, span);
        match host.fork(child) {
            Ok(pid) => {
                self.tell(ShellFact::Started { words: builtin::texts(&fields) });
                let text = self.command_text(&script, frame.at);
                let at = frame.at;
                self.frames.push(frame);
                let children = Children {
                    pids: vec![pid],
                    shown: host.pid_shown(pid),
                    text,
                    ..Children::default()
                };
                self.push(&script, at, State::Children(children));
            }
            Err(errno) => {
                self.complain_of(b"fork", &format!("retry: {}", errno.text()));
                self.status = 254;
            }
        }
        Next::Go
    }

    /// Assigns the array arguments of `declare` and its kind.
    fn array_arguments(
        &mut self,
        frame: &Frame,
        arrays: Vec<(u32, Assigned)>,
        fields: &[Vec<u8>],
        host: &mut dyn Host,
    ) -> bool {
        let script = frame.script.clone();
        let Kind::Simple { words, .. } = &script.node(frame.at).kind else { return true };
        let has = |letter| fields.iter().any(|field| has_letter(field, letter));
        let local = fields.first().is_some_and(|name| name == b"local")
            || (self.vars.in_function()
                && !has(b'g')
                && fields.first().is_some_and(|name| matches!(&name[..], b"declare" | b"typeset")));
        for (number, made) in arrays {
            let Some(assign) = words.get(number as usize).and_then(|w| w.assign.as_ref()) else {
                continue;
            };
            if local && self.vars.hide(&assign.name, true) {
                self.vars.remove(&assign.name);
            }
            if let Assigned::List(items) = &made {
                let shown: Vec<Vec<u8>> =
                    items.iter().map(|(_, text)| super::super::quote::single(text)).collect();
                let line = [assign.name.as_slice(), b"=(", &shown.join(&b' '), b")"].concat();
                self.trace(host, &line);
            }
            if !self.is_readonly(&assign.name) {
                let variable = self.vars.entry(&assign.name);
                variable.integer |= has(b'i');
                if has(b'A') && !matches!(variable.value, Value::List(_)) {
                    as_map(&mut variable.value);
                }
            }
            if !self.perform(assign, made) {
                self.complain_of(&assign.name, "readonly variable");
                self.status = 1;
                return false;
            }
        }
        true
    }

    fn target(&self, name: &[u8], _simple: &Simple) -> Target {
        let special = builtin::is_special(name);
        if self.functions.contains_key(name) && (self.bash() || !special) {
            Target::Function
        } else if builtin::exists(name, self.dialect) {
            Target::Builtin
        } else {
            Target::Program
        }
    }

    fn simple_redirects(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let next = parts(&mut frame).next;
        let Some(redirect) = node.redirects.get(next as usize) else {
            if !self.bash() {
                self.trace_dash(&mut frame, host);
            }
            let simple = parts(&mut frame);
            simple.phase = SimplePhase::Run;
            self.frames.push(frame);
            return Next::Go;
        };
        let target = match self.expanding(&mut frame, host, |ex| ex.target(redirect)) {
            Ok(target) => target,
            Err(stop) => return self.stopped(frame, stop, host),
        };
        let simple = parts(&mut frame);
        if !self.bash() && self.options.xtrace && simple.in_child && next == 0 {
            let copy = host.dup_above(Fd::STDERR, 10).ok();
            if let Some(copy) = copy {
                let _ = host.set_close_on_exec(copy, true);
                simple.saved.push((Fd::STDERR, Some(copy)));
            }
        }
        simple.next += 1;
        let mut saved =
            if simple.in_child { None } else { Some(std::mem::take(&mut simple.saved)) };
        let made = self.make(host, target, &mut saved);
        let simple = parts(&mut frame);
        if let Some(saved) = saved {
            simple.saved = saved;
        }
        if made.is_ok() {
            self.frames.push(frame);
            return Next::Go;
        }
        let saved = std::mem::take(&mut simple.saved);
        let special = simple.fields.first().is_some_and(|name| builtin::is_special(name));
        self.restore(saved, host);
        self.act(&script, node.span);
        self.status = if self.bash() { 1 } else { 2 };
        simple_done(&mut frame);
        self.frames.push(frame);
        if special && !self.bash() {
            self.unwind = Some(Unwind::Exit);
        }
        Next::Go
    }

    /// Runs a function, a builtin, or in a child the program.
    fn run_simple(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let simple = parts(&mut frame);
        let fields = std::mem::take(&mut simple.fields);
        let env = std::mem::take(&mut simple.env);
        let saved = std::mem::take(&mut simple.saved);
        simple.phase = SimplePhase::Done;
        let Some(name) = fields.first() else {
            // Redirections alone.
            if !script.node(frame.at).redirects.is_empty() {
                self.act(&script, script.node(frame.at).span);
            }
            self.frames.push(frame);
            self.restore(saved, host);
            return Next::Go;
        };
        let target = self.target(name, simple);
        let in_child = simple.in_child;
        let at = frame.at;
        if target == Target::Program {
            debug_assert!(in_child, "a program runs in a child");
            let state =
                State::Exec { words: fields, env, clean: false, argv0: None, by_exec: false };
            self.push(&script, at, state);
            return Next::Go;
        }
        self.frames.push(frame);
        self.act(&script, script.node(at).span);
        let mut cleanup = Cleanup { fds: saved, ..Cleanup::default() };
        if target == Target::Function {
            self.call(&script, fields, env, cleanup);
            return Next::Go;
        }
        let keeps = !self.bash() && builtin::is_special(name);
        if keeps {
            for (name, value) in env {
                self.assign(&name, value);
            }
        } else if !env.is_empty() {
            cleanup.scope = true;
            self.vars.push_scope(false);
            self.set_environment(env);
        }
        if !cleanup.fds.is_empty() || cleanup.scope {
            self.push(&script, at, State::Cleanup(Box::new(cleanup)));
        }
        self.run_builtin(&script, at, fields, host)
    }

    /// Sets the variables before a command's words, for as long as it runs.
    fn set_environment(&mut self, env: Vec<(Vec<u8>, Vec<u8>)>) {
        for (name, value) in env {
            if self.vars.get(&name).is_some_and(|variable| variable.readonly) {
                self.complain_of(&name, "readonly variable");
                continue;
            }
            self.vars.hide(&name, false);
            self.assign(&name, value);
            self.vars.entry(&name).exported = true;
        }
    }

    /// Calls a function.
    fn call(
        &mut self,
        script: &Arc<Script>,
        mut fields: Vec<Vec<u8>>,
        env: Vec<(Vec<u8>, Vec<u8>)>,
        mut cleanup: Cleanup,
    ) {
        let name = fields.remove(0);
        let Some(function) = self.functions.get(&name).cloned() else { return };
        cleanup.scope = true;
        cleanup.function = true;
        cleanup.catches_return = true;
        cleanup.args = Some(std::mem::replace(&mut self.args, fields));
        self.vars.push_scope(true);
        self.set_environment(env);
        let shown = String::from_utf8_lossy(&name).into_owned();
        self.calls.push(Call { name, file: function.file, is_file: false, line: self.line });
        self.tell(ShellFact::Called { name: shown });
        let at = function.whole;
        let _ = script;
        self.push(&function.script, at, State::Cleanup(Box::new(cleanup)));
        self.enter(&function.script, function.body);
    }
}

fn simple_done(frame: &mut Frame) {
    parts(frame).phase = SimplePhase::Done;
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|b| *b == b'\n').next().unwrap_or_default()
}

impl Expand<'_> {
    /// `name=value` as an argument of `declare` and its kind.
    fn assignment_word(&mut self, word: &Word) -> Expanded<Vec<u8>> {
        let Some(assign) = &word.assign else { return self.one(word, Tilde::Start) };
        let AssignValue::Scalar(value) = &assign.value else { return self.one(word, Tilde::Start) };
        let mut all = assign.name.clone();
        if let Some(index) = &assign.index {
            all.push(b'[');
            all.extend_from_slice(&self.one(index, Tilde::Never)?);
            all.push(b']');
        }
        all.extend_from_slice(if assign.append { b"+=" } else { b"=" });
        all.extend_from_slice(&self.one(value, Tilde::Assign)?);
        Ok(all)
    }

    /// An assignment's value.
    pub(super) fn assigned(&mut self, assign: &Assign, map: bool) -> Expanded<Assigned> {
        match &assign.value {
            AssignValue::Scalar(word) => {
                let text = self.one(word, Tilde::Assign)?;
                match &assign.index {
                    None => Ok(Assigned::Text(text)),
                    Some(index) => {
                        if !map && matches!(index.plain(), Some(b"@" | b"*")) {
                            let shown = [
                                assign.name.as_slice(),
                                b"[",
                                index.plain().unwrap_or_default(),
                                b"]",
                            ];
                            self.machine.complain_of(&shown.concat(), "bad array subscript");
                            return Err(Stop::Discard);
                        }
                        Ok(Assigned::Element(self.key(&assign.name, index)?, text))
                    }
                }
            }
            AssignValue::Array(items, _) if map => self.assigned_map(assign, items),
            AssignValue::Array(items, _) => {
                let mut all = Vec::new();
                for (index, word) in items {
                    match index {
                        Some(index) => {
                            let number = Key::Number(self.arith_word(index, b"")?);
                            all.push((Some(number), self.one(word, Tilde::Assign)?));
                        }
                        None => {
                            all.extend(self.fields(word)?.into_iter().map(|field| (None, field)));
                        }
                    }
                }
                Ok(Assigned::List(all))
            }
        }
    }

    /// `([key]=value …)`, or keys and values by turns.
    fn assigned_map(
        &mut self,
        assign: &Assign,
        items: &[(Option<Word>, Word)],
    ) -> Expanded<Assigned> {
        let mut all = Vec::new();
        let pairs = items.first().is_some_and(|(index, _)| index.is_none());
        let mut key = None;
        for (index, word) in items {
            let text = self.one(word, Tilde::Assign)?;
            match (index, key.take()) {
                (_, Some(key)) if pairs => all.push((Some(Key::Text(key)), text)),
                (_, None) if pairs => key = Some(text),
                (Some(index), _) => all.push((Some(self.map_key(index)?), text)),
                (None, _) => {
                    let shown = super::super::quote::single(&text);
                    let shown = [&assign.name, b": ".as_slice(), &shown].concat();
                    let why = "must use subscript when assigning associative array";
                    self.machine.complain_of(&shown, why);
                }
            }
        }
        all.extend(key.map(|key| (Some(Key::Text(key)), Vec::new())));
        Ok(Assigned::List(all))
    }
}

/// Whether an argument is an option with this letter.
fn has_letter(field: &[u8], letter: u8) -> bool {
    field.starts_with(b"-") && field.contains(&letter)
}

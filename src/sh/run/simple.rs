//! Simple commands: words, assignments, redirections, then a function, a builtin or a program.

use super::super::builtin;
use super::super::frame::{Children, Cleanup, Frame, Simple, SimplePhase, State};
use super::super::host::Host;
use super::super::machine::{Call, Leaving, Machine, TrapKey};
use super::super::script::{AssignValue, Kind, Word};
use super::assign::has_letter;
use super::{Next, TRACING};
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
                // dash made them before it forked.
                let saved = std::mem::take(&mut parts(&mut frame).saved);
                self.restore(saved, host);
                self.close_all(&frame.opened, host);
                self.this_command.clear();
                if self.bash() {
                    self.look_up_trace_fd(host);
                    self.vars.set(b"_", &parts(&mut frame).last);
                }
                self.pipe_status = vec![self.status];
                self.make_pipe_status();
                // A part of a pipeline does not count itself, only what is within it.
                if !(self.is_part && self.frames.is_empty()) {
                    let err_trap = parts(&mut frame).err_trap || !self.bash();
                    self.after(Leaving::Failed { undo: true }, err_trap, 0);
                }
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
            self.this_command.clear();
            self.note_command(&script, frame.at);
            parts(&mut frame).err_trap = self.traps.contains_key(&TrapKey::Err);
            let Some(ready) = self.debugged(frame) else { return Next::Go };
            frame = ready;
        }
        let Some(word) = words.get(next as usize) else {
            let simple = parts(&mut frame);
            // dash makes the redirections first.
            simple.phase = match self.bash() {
                true => SimplePhase::Assigns,
                false => SimplePhase::Redirects,
            };
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
            let made = self.expanding(&mut frame, host, |ex| ex.assigned(assign, map, false));
            match made {
                Ok(made) => parts(&mut frame).arrays.push((next, made)),
                Err(stop) => return self.stopped(frame, stop, host),
            }
            parts(&mut frame).fields.push(assign.name.clone());
        } else {
            let made = self.expanding(&mut frame, host, |ex| match &word.assign {
                Some(_) => ex.assignment_words(word),
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

    /// All is expanded: shows the command, and begins it.
    fn launch(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let span = script.node(frame.at).span;
        let simple = parts(&mut frame);
        let arrays = std::mem::take(&mut simple.arrays);
        let fields = simple.fields.clone();
        simple.last = fields.last().cloned().unwrap_or_default();
        simple.phase = if self.bash() { SimplePhase::Redirects } else { SimplePhase::Run };
        if !self.array_arguments(&frame, arrays, &fields, host) {
            return Next::Go;
        }
        let line = self.words_shown(&fields);
        if self.bash() {
            self.trace(host, &line);
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
        self.fork_program(frame, host)
    }

    /// A program in a child of its own.
    fn fork_program(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let span = script.node(frame.at).span;
        let simple = parts(&mut frame);
        let fields = simple.fields.clone();
        simple.phase = SimplePhase::Done;
        let mut child_frame = frame.clone();
        let inner = parts(&mut child_frame);
        inner.phase = if self.bash() { SimplePhase::Redirects } else { SimplePhase::Run };
        inner.in_child = true;
        let mut child = self.copy();
        child.level.simple = self.subshell == 0 || self.level.simple;
        child.frames.push(child_frame);
        let state = State::Child { moves: Vec::new(), close: Vec::new() };
        child.push(&script, frame.at, state);
        self.act(&script, span);
        if self.keeps_waited() {
            self.take_slot();
        }
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

    fn target(&self, name: &[u8], simple: &Simple) -> Target {
        let special = builtin::is_special(name);
        if self.functions.contains_key(name) && (self.bash() || !special) {
            Target::Function
        } else if simple.in_child && name.starts_with(b"%") {
            // A child has no jobs to bring to the front.
            Target::Program
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
            let simple = parts(&mut frame);
            simple.next = 0;
            simple.phase = if self.bash() { SimplePhase::Run } else { SimplePhase::Assigns };
            self.frames.push(frame);
            return Next::Go;
        };
        let target = match self.next_target(&mut frame, redirect, host) {
            Ok(target) => target,
            Err(stop) if self.is_soft(&stop, redirect) => super::Target::Failed,
            Err(stop) => return self.not_yet(frame, stop, host),
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
        self.act(&script, node.span);
        self.status = if self.bash() || self.ash() { 1 } else { 2 };
        simple_done(&mut frame);
        let at = frame.at;
        self.frames.push(frame);
        if special && !self.bash() {
            self.leave(self.status);
        }
        self.restore_later(&script, at, saved);
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
        if in_child && target != Target::Program {
            self.level.shown += u32::from(std::mem::take(&mut self.level.later));
            // A text that a builtin runs is left in its own way.
            self.level.simple &= target == Target::Function;
        }
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
            self.call(fields, env, cleanup);
            return Next::Go;
        }
        let mut before = Vec::new();
        let keeps = (!self.bash() || self.options.posix) && builtin::is_special(name);
        if keeps {
            let execs = name.as_slice() == b"exec" && fields.len() > 1;
            for (name, value) in env {
                self.assign(&name, value);
                self.vars.entry(&name).exported |= execs;
            }
        } else if !env.is_empty() {
            cleanup.scope = true;
            self.vars.push_scope(false);
            before = if self.bash() { env.clone() } else { Vec::new() };
            self.set_environment(env);
        }
        if !cleanup.fds.is_empty() || cleanup.scope {
            self.push(&script, at, State::Cleanup(Box::new(cleanup)));
        }
        let sets = matches!(name.as_slice(), b"getopts" | b"let" | b"printf");
        let next = self.run_builtin(&script, at, fields, host);
        for (name, value) in before.iter().filter(|_| sets) {
            // What these set, they set outside too (bind_variable).
            if self.vars.text(name) != Some(value) {
                self.vars.keep(name);
            }
        }
        next
    }

    /// Sets the variables before a command's words, for as long as it runs.
    fn set_environment(&mut self, env: Vec<(Vec<u8>, Vec<u8>)>) {
        for (name, value) in env {
            if self.vars.get(&name).is_some_and(|variable| variable.readonly) {
                self.complain_of(&name, "readonly variable");
                continue;
            }
            self.vars.hide(&name, false);
            // It has no attributes of the one that it hides.
            if self.vars.get(&name).is_some_and(|variable| !variable.reference && !variable.own) {
                self.vars.remove(&name);
            }
            self.assign(&name, value);
            self.vars.entry(&name).exported = true;
        }
    }

    /// Calls a function.
    fn call(
        &mut self,
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
        cleanup.getopts_place = self.getopts_place;
        if !self.bash() {
            self.getopts_place = (1, 0);
        }
        if !self.options.errtrace {
            cleanup.traps = self.hide_traps(&[TrapKey::Err]);
        }
        let traced = self.options.functrace || function.traced;
        if !traced {
            cleanup.traps.extend(self.hide_traps(&TRACING));
        }
        self.vars.push_scope(true);
        self.set_environment(env);
        let shown = String::from_utf8_lossy(&name).into_owned();
        self.calls.push(Call { name, file: function.file, is_file: false, line: self.line });
        self.tell(ShellFact::Called { name: shown });
        let at = function.whole;
        self.push(&function.script, at, State::Cleanup(Box::new(cleanup)));
        self.enter(&function.script, function.body);
        if self.traps.contains_key(&TrapKey::Debug) {
            self.push(&function.script, at, State::Debug);
        }
    }
}

fn simple_done(frame: &mut Frame) {
    parts(frame).phase = SimplePhase::Done;
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|b| *b == b'\n').next().unwrap_or_default()
}

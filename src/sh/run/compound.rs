//! Lists, `if`, loops, `case`, functions' definitions, `(( … ))`.

use std::sync::Arc;

use super::super::expand::{Tilde, evaluate};
use super::super::frame::{ArithPhase, Frame, Phase, ProgramKind, State};
use super::super::host::Host;
use super::super::machine::{Function, Machine, TrapKey};
use super::super::parse::is_identifier;
use super::super::print;
use super::super::script::{ArmEnd, AstId, Kind, Script, SyntaxError, Word};
use super::super::source::marked;
use super::Next;
use crate::trace::fact::ShellFact;

impl Machine {
    /// A script: its next line's commands.
    pub(super) fn program(&mut self, mut frame: Frame) -> Next {
        let State::Program { next, kind } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if matches!(kind, ProgramKind::Main) {
            self.note_slipped(&frame.script, *next);
        }
        if let Some(rest) = self.read_again(&frame.script, *next) {
            (frame.script, *next) = (Arc::new(rest), 0);
        }
        let script = frame.script.clone();
        for (_, warning) in script.warnings.iter().filter(|(at, _)| at == next) {
            self.say_syntax(&script, warning, kind);
            if warning.is_skipped {
                self.status = warning.status.unwrap_or(self.status);
                self.leave_unreadable();
                if self.unwind.is_some() {
                    return Next::Go;
                }
            }
        }
        if let Some(group) = script.groups.get(*next as usize).copied() {
            *next += 1;
            if self.options.verbose && matches!(kind, ProgramKind::Main) {
                let text = self.lines_shown(&script, *next);
                self.write(crate::os::Fd::STDERR, text, None);
            }
            self.frames.push(frame);
            if !self.options.noexec {
                self.enter(&script, group);
            }
            return Next::Go;
        }
        if self.options.verbose && self.bash() && matches!(kind, ProgramKind::Main) {
            let text = self.lines_shown(&script, *next + 1);
            self.write(crate::os::Fd::STDERR, text, None);
        }
        let is_inner = matches!(kind, ProgramKind::Eval | ProgramKind::Source(_));
        if is_inner && script.groups.is_empty() {
            // Nothing ran: a trap for RETURN still sees the status before.
            if matches!(kind, ProgramKind::Source(_)) && self.traps.contains_key(&TrapKey::Return) {
                self.returned_over = Some(self.status);
            }
            self.status = 0;
        }
        let mut left = false;
        if let Some(error) = &script.error {
            left = self.meet_error(&script, error, kind);
        }
        if let ProgramKind::Trap { status, pipe_status, .. } = kind {
            if !left {
                (self.status, self.pipe_status) = (*status, std::mem::take(pipe_status));
            }
            self.trace_depth = self.trace_depth.saturating_sub(1);
        }
        Next::Go
    }

    /// The rest of a script cannot be read; whether that ends the shell as `$(…)` does.
    fn meet_error(&mut self, script: &Script, error: &SyntaxError, kind: &ProgramKind) -> bool {
        self.say_syntax(script, error, kind);
        if !error.keeps || self.status == 0 {
            self.status = error.status.unwrap_or(self.status);
        }
        self.tell(ShellFact::SyntaxError { line: error.line });
        self.site = Some((error.at, script.text.len() as u32));
        self.acted = true;
        if !self.bash() {
            self.leave(2);
            self.uncount_line();
        }
        let left = error.is_substitution && self.bash() && self.leave_substitution(kind);
        self.leave_unreadable();
        left
    }

    /// A list, a group, a definition.
    pub(super) fn list_step(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        match &node.kind {
            Kind::List(items) => {
                let State::List { next } = frame.state else {
                    unreachable!("step() looked at the state")
                };
                let Some((item, background)) = items.get(next as usize).copied() else {
                    return Next::Go;
                };
                if background {
                    let Some(ready) = self.debugged_parts(frame, &[item]) else { return Next::Go };
                    frame = ready;
                }
                if let State::List { next } = &mut frame.state {
                    *next += 1;
                }
                self.frames.push(frame);
                if background {
                    self.line = self.line_of(&script, script.node(item));
                    self.background(&script, item, host);
                } else {
                    self.enter(&script, item);
                }
            }
            Kind::Group(body) => self.enter(&script, *body),
            Kind::Function { name, body } => {
                self.line = self.line_of(&script, node);
                if self.bash() && !is_function_name(name) {
                    let shown = [b"`", name.as_slice(), b"'"].concat();
                    self.complain_of(&shown, "not a valid identifier");
                    self.status = 1;
                    return Next::Go;
                }
                let known = self.functions.get(name);
                if known.is_some_and(|function| function.readonly) {
                    self.complain_of(name, "readonly function");
                    self.status = 1;
                    return Next::Go;
                }
                let exported = known.is_some_and(|function| function.exported);
                let function = Function {
                    traced: false,
                    script: script.clone(),
                    body: *body,
                    whole: frame.at,
                    file: self.source_file(),
                    exported,
                    readonly: false,
                };
                self.functions.insert(name.clone(), function);
                self.show(&[name.as_slice(), b"()"].concat());
                let name = String::from_utf8_lossy(name).into_owned();
                self.tell(ShellFact::Defined { name });
                self.act(&script, node.span);
                self.status = 0;
            }
            Kind::Unsupported(what) => {
                self.line = self.line_of(&script, node);
                self.not_modelled(what);
                self.act(&script, node.span);
                self.status = 2;
            }
            _ => unreachable!("the state is of a list"),
        }
        Next::Go
    }

    /// `a && b || c`.
    pub(super) fn and_or(&mut self, mut frame: Frame) -> Next {
        let script = frame.script.clone();
        let Kind::AndOr { first, rest } = &script.node(frame.at).kind else {
            unreachable!("the state is of an and-or list")
        };
        let State::AndOr { next } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if *next == 0 {
            *next = 1;
            self.frames.push(frame);
            self.enter(&script, *first);
            return Next::Go;
        }
        while let Some((and, id)) = rest.get(*next as usize - 1).copied() {
            *next += 1;
            if and == (self.status == 0) {
                self.frames.push(frame);
                self.enter(&script, id);
                return Next::Go;
            }
        }
        Next::Go
    }

    pub(super) fn if_step(&mut self, mut frame: Frame) -> Next {
        let script = frame.script.clone();
        let Kind::If { clauses, otherwise } = &script.node(frame.at).kind else {
            unreachable!("the state is of an if")
        };
        let State::If { clause, phase } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        let next = match phase {
            Phase::Body => return Next::Go,
            Phase::Start => {
                *phase = Phase::Condition;
                clauses[*clause as usize].0
            }
            Phase::Condition if self.status == 0 => {
                *phase = Phase::Body;
                clauses[*clause as usize].1
            }
            Phase::Condition => {
                *clause += 1;
                match (clauses.get(*clause as usize), otherwise) {
                    (Some((condition, _)), _) => *condition,
                    (None, Some(body)) => {
                        *phase = Phase::Body;
                        *body
                    }
                    (None, None) => {
                        self.status = 0;
                        return Next::Go;
                    }
                }
            }
        };
        self.frames.push(frame);
        self.enter(&script, next);
        Next::Go
    }

    pub(super) fn while_step(&mut self, mut frame: Frame) -> Next {
        let script = frame.script.clone();
        let Kind::While { until, condition, body } = &script.node(frame.at).kind else {
            unreachable!("the state is of a loop")
        };
        let State::While { phase, status } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        let next = match phase {
            Phase::Start => {
                *phase = Phase::Condition;
                *condition
            }
            Phase::Condition if (self.status == 0) != *until => {
                *phase = Phase::Body;
                *body
            }
            Phase::Condition => {
                self.status = *status;
                return Next::Go;
            }
            Phase::Body => {
                *status = self.status;
                *phase = Phase::Condition;
                *condition
            }
        };
        self.frames.push(frame);
        self.enter(&script, next);
        Next::Go
    }

    pub(super) fn for_step(&mut self, frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::For { name, body, head, .. } = &node.kind else {
            unreachable!("the state is of a loop")
        };
        if matches!(frame.state, State::For { values: None, .. }) {
            return self.for_words(frame, host);
        }
        let State::For { values: Some(values), next, .. } = &frame.state else {
            unreachable!("step() looked at the state")
        };
        let Some(value) = values.get(*next as usize).cloned() else {
            if values.is_empty() {
                self.status = 0;
            }
            return Next::Go;
        };
        let number = *next + 1;
        self.line = self.line_of(&script, node);
        self.note_command(&script, frame.at);
        if self.options.xtrace && self.bash() && !frame.debugged {
            self.trace(host, &marked(&print::head(&script, frame.at, 0)));
        }
        let Some(mut frame) = self.debugged(frame) else { return Next::Go };
        if let State::For { next, .. } = &mut frame.state {
            *next = number;
        }
        frame.slipped = None;
        self.act(&script, *head);
        // A name reference leads to each of them in turn.
        let refers = self.vars.get(name).is_some_and(|variable| variable.reference);
        if refers {
            self.vars.set(name, &value);
        } else if !self.assign(name, value.clone()) {
            self.complain_of(name, "readonly variable");
            self.status = 1;
            return Next::Go;
        }
        self.show(&[name.as_slice(), b"=", &self.word_shown(&value)].concat());
        let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(&value));
        self.tell(ShellFact::Loop { name: name.into(), value: value.into(), round: number });
        self.frames.push(frame);
        self.enter(&script, *body);
        Next::Go
    }

    /// Expands the words of `for`.
    fn for_words(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::For { name, words, .. } = &node.kind else {
            unreachable!("the state is of a loop")
        };
        if self.bash() && !is_identifier(name) {
            self.line = self.line_around();
            let shown = [b"`", name.as_slice(), b"'"].concat();
            self.complain_of(&shown, "not a valid identifier");
            self.status = 1;
            return Next::Go;
        }
        self.line = self.line_of(&script, node);
        let State::For { next, .. } = frame.state else {
            unreachable!("step() looked at the state")
        };
        let word = words.as_ref().and_then(|words| words.get(next as usize));
        if let Some(word) = word {
            let more = match self.expanding(&mut frame, host, |ex| ex.fields(word)) {
                Ok(more) => more,
                Err(stop) => return self.stopped(frame, stop, host),
            };
            if let State::For { fields, next, .. } = &mut frame.state {
                fields.extend(more);
                *next += 1;
            }
        } else if let State::For { values, fields, next, .. } = &mut frame.state {
            let all = std::mem::take(fields);
            *values = Some(if words.is_some() { all } else { self.args.clone() });
            *next = 0;
        }
        self.frames.push(frame);
        Next::Go
    }

    pub(super) fn arith_for(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::ArithFor { parts, body } = &node.kind else {
            unreachable!("the state is of a loop")
        };
        let State::ArithFor { phase, .. } = frame.state else {
            unreachable!("step() looked at the state")
        };
        let number = match phase {
            ArithPhase::Start => 0,
            ArithPhase::Test => 1,
            ArithPhase::Body | ArithPhase::Step => 2,
        };
        frame.slipped = None;
        let part = &parts[number as usize];
        let last_status = self.status;
        let mut value = 1;
        if let Some(word) = part {
            self.line = self.line_of(&script, node);
            if frame.log.is_empty() && self.answer.is_none() {
                self.note_part(&script, frame.at, number);
                let Some(ready) = self.debugged(frame) else { return Next::Go };
                frame = ready;
            }
            let text = match self.expanding(&mut frame, host, |ex| ex.one(word, Tilde::Never)) {
                Ok(text) => text,
                Err(stop) => return self.stopped(frame, stop, host),
            };
            let shown = text.trim_ascii();
            self.trace(host, &[b"(( ", shown, b" ))"].concat());
            self.show(&[b"(( ", shown, b" ))"].concat());
            match evaluate(self, &text, b"((: ") {
                Ok(number) => value = number,
                Err(super::Stop::Exit(code) | super::Stop::ExitHere(code)) => {
                    self.leave_unset(code, true);
                    return Next::Go;
                }
                Err(_) => {
                    self.status = 1;
                    return Next::Go;
                }
            }
            self.act(&script, word.span);
            let text = String::from_utf8_lossy(shown).into_owned();
            self.tell(ShellFact::Calculated { text, value });
        }
        let State::ArithFor { phase, status } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        match phase {
            ArithPhase::Start => {
                *phase = ArithPhase::Test;
                self.frames.push(frame);
            }
            ArithPhase::Test if value == 0 => self.status = *status,
            ArithPhase::Test => {
                *phase = ArithPhase::Body;
                self.frames.push(frame);
                self.enter(&script, *body);
            }
            ArithPhase::Body | ArithPhase::Step => {
                *status = last_status;
                *phase = ArithPhase::Test;
                self.frames.push(frame);
            }
        }
        Next::Go
    }

    pub(super) fn case(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::Case { word, arms } = &node.kind else { unreachable!("the state is of a case") };
        let State::Case { word: value, arm, pattern, fall } = frame.state.clone() else {
            unreachable!("step() looked at the state")
        };
        let Some(value) = value else { return self.case_word(frame, word, host) };
        let Some(here) = arms.get(arm as usize) else {
            if !fall {
                self.case_told(&value, None, &script);
                self.act(&script, word.span);
                self.status = 0;
            }
            return Next::Go;
        };
        let mut hit = fall && pattern == u32::MAX;
        if !hit {
            let Some(word) = here.patterns.get(pattern as usize) else {
                frame.state = State::Case { word: Some(value), arm: arm + 1, pattern: 0, fall };
                self.frames.push(frame);
                return Next::Go;
            };
            let made = match self.expanding(&mut frame, host, |ex| ex.pattern(word, false)) {
                Ok(made) => made,
                Err(stop) => return self.stopped(frame, stop, host),
            };
            hit = if self.shopts.has("nocasematch") {
                let mut lower = made.clone();
                lower.bytes.make_ascii_lowercase();
                lower.matches(&value.to_ascii_lowercase())
            } else {
                made.matches(&value)
            };
            if hit {
                self.case_told(&value, Some(word), &script);
                self.act(&script, word.span);
            }
        }
        let next = match (hit, here.end) {
            (false, _) => (arm, pattern + 1, fall),
            (true, ArmEnd::Break) => (u32::MAX, 0, true),
            (true, ArmEnd::FallThrough) => (arm + 1, u32::MAX, true),
            (true, ArmEnd::GoOn) => (arm + 1, 0, true),
        };
        let (arm, pattern, fall) = next;
        frame.state = State::Case { word: Some(value), arm, pattern, fall };
        self.frames.push(frame);
        match here.body {
            Some(body) if hit => self.enter(&script, body),
            None if hit => self.status = 0,
            _ => {}
        }
        Next::Go
    }

    fn case_word(&mut self, mut frame: Frame, word: &Word, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        self.line = self.line_of(&script, script.node(frame.at));
        self.note_command(&script, frame.at);
        if self.bash() && frame.log.is_empty() && self.answer.is_none() {
            if !frame.debugged {
                self.trace(
                    host,
                    &marked(
                        &[b"case ", print::source(&script, word.span).as_slice(), b" in"].concat(),
                    ),
                );
            }
            let Some(ready) = self.debugged(frame) else { return Next::Go };
            frame = ready;
        }
        let value = match self.expanding(&mut frame, host, |ex| ex.one(word, Tilde::Start)) {
            Ok(value) => value,
            Err(stop) => return self.stopped(frame, stop, host),
        };
        self.show(&[b"case ", self.word_shown(&value).as_slice(), b" in"].concat());
        frame.state = State::Case { word: Some(value), arm: 0, pattern: 0, fall: false };
        self.frames.push(frame);
        Next::Go
    }

    fn case_told(&mut self, value: &[u8], pattern: Option<&Word>, script: &super::Script) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let pattern = pattern.map(|word| text(script.slice(word.span)));
        self.tell(ShellFact::Case { value: text(value), pattern });
    }

    /// `(( … ))`.
    pub(super) fn arith(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::Arith(word) = &node.kind else { unreachable!("the state is of arithmetic") };
        self.line = self.line_of(&script, node);
        self.note_command(&script, frame.at);
        if frame.log.is_empty() && self.answer.is_none() {
            let Some(ready) = self.debugged(frame) else { return Next::Go };
            frame = ready;
        }
        let text = match self.expanding(&mut frame, host, |ex| ex.one(word, Tilde::Never)) {
            Ok(text) => text,
            Err(stop) => return self.stopped(frame, stop, host),
        };
        self.trace(host, &[b"(( ", text.as_slice(), b" ))"].concat());
        self.show(&[b"(( ", text.trim_ascii(), b" ))"].concat());
        self.act(&script, node.span);
        match evaluate(self, &text, b"((: ") {
            Ok(value) => {
                self.status = u8::from(value == 0);
                let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
                self.tell(ShellFact::Calculated { text, value });
            }
            Err(super::Stop::Exit(code) | super::Stop::ExitHere(code)) => {
                self.leave_unset(code, true);
            }
            Err(_) => self.status = 1,
        }
        self.pipe_status = vec![self.status];
        self.after_command();
        Next::Go
    }

    /// Runs a text within this shell.
    pub(in crate::sh) fn run_text(&mut self, text: &[u8], kind: ProgramKind) {
        let nested = matches!(kind, ProgramKind::Eval | ProgramKind::Substitution);
        let line = if nested && self.bash() { self.line } else { 1 };
        let script = Arc::new(self.read_text(text, line));
        self.push(&script, AstId(0), State::Program { next: 0, kind });
    }
}

/// Bash takes nearly any word as a function's name.
fn is_function_name(name: &[u8]) -> bool {
    !name.iter().any(|b| matches!(b, b'$' | b'\'' | b'"' | b'\\' | b'`'))
}

//! `[[ … ]]`.

use super::super::expand::{Expand, Expanded, Piece, Tilde};
use super::super::frame::{CondStep, Frame, State};
use super::super::host::Host;
use super::super::machine::Machine;
use super::super::regex;
use super::super::script::{Cond, Kind, Word};
use super::super::vars::Value;
use super::super::{builtin, pattern::Pattern};
use super::Next;
use crate::trace::fact::ShellFact;

impl Machine {
    /// One test of `[[`, or what joins two.
    pub(super) fn cond(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let Kind::Cond(root, nodes) = &node.kind else {
            unreachable!("the state is of a conditional")
        };
        if matches!(frame.state, State::Cond { begun: false, .. }) {
            self.line = self.line_of(&script, node);
            self.note_command(&script, frame.at);
            let Some(ready) = self.debugged(frame) else { return Next::Go };
            frame = ready;
        }
        let State::Cond { stack, value, begun } = &mut frame.state else {
            unreachable!("step() looked at the state")
        };
        if !*begun {
            stack.push(CondStep::Eval(root.0, false));
            *begun = true;
        }
        while let Some(step) = stack.pop() {
            match step {
                CondStep::Negate => *value = !*value,
                CondStep::IfTrue(id, inverted) if *value => {
                    stack.push(CondStep::Eval(id, inverted));
                }
                CondStep::IfFalse(id, inverted) if !*value => {
                    stack.push(CondStep::Eval(id, inverted));
                }
                CondStep::IfTrue(..) | CondStep::IfFalse(..) => {}
                CondStep::Eval(id, inverted) => match &nodes[id as usize] {
                    Cond::Not(inner) => match &nodes[inner.0 as usize] {
                        Cond::Unary { .. } | Cond::Binary { .. } => {
                            stack.push(CondStep::Eval(inner.0, true));
                        }
                        _ => {
                            stack.push(CondStep::Negate);
                            stack.push(CondStep::Eval(inner.0, false));
                        }
                    },
                    Cond::Nest(inner) => stack.push(CondStep::Eval(inner.0, false)),
                    Cond::And(left, right) => {
                        stack.push(CondStep::IfTrue(right.0, false));
                        stack.push(CondStep::Eval(left.0, false));
                    }
                    Cond::Or(left, right) => {
                        stack.push(CondStep::IfFalse(right.0, false));
                        stack.push(CondStep::Eval(left.0, false));
                    }
                    term => return self.cond_term(frame, id, term, inverted, host),
                },
            }
        }
        let holds = *value;
        self.status = u8::from(!holds);
        self.pipe_status = vec![self.status];
        self.after_command();
        Next::Go
    }

    /// Evaluates one test.
    fn cond_term(
        &mut self,
        mut frame: Frame,
        id: u32,
        term: &Cond,
        inverted: bool,
        host: &mut dyn Host,
    ) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        self.line = self.line_of(&script, node);
        self.note_command(&script, frame.at);
        let made = match self.expanding(&mut frame, host, |ex| operands(ex, term)) {
            Ok(made) => made,
            Err(stop) => {
                // When the substitution has ended, this test is begun again.
                if let State::Cond { stack, .. } = &mut frame.state {
                    stack.push(CondStep::Eval(id, inverted));
                }
                return self.stopped(frame, stop, host);
            }
        };
        let line = cond_line(&made, inverted);
        self.trace(host, &line);
        self.show(&line);
        self.act(&script, node.span);
        let goes_on = |step: &CondStep| !matches!(step, CondStep::IfTrue(..));
        let judged = match (self.judge(&made, host), &frame.state) {
            // What could not be judged does not hold, whatever stands around it.
            (Err(_), State::Cond { stack, .. })
                if self.unwind.is_none() && (inverted || stack.iter().any(goes_on)) =>
            {
                Ok(false)
            }
            (judged, _) => judged,
        };
        match judged {
            Ok(holds) => {
                let holds = holds != inverted;
                self.tell_test(&made, &line, holds);
                if let State::Cond { value, .. } = &mut frame.state {
                    *value = holds;
                }
                self.frames.push(frame);
            }
            Err(code) => {
                self.status = code;
                self.after_command();
            }
        }
        Next::Go
    }

    fn tell_test(&mut self, made: &Operands, line: &[u8], holds: bool) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if made.op == b"=~" && holds {
            let groups = match self.vars.get(b"BASH_REMATCH").map(|v| &v.value) {
                Some(Value::List(list)) => list.values().skip(1).map(|g| text(g)).collect(),
                _ => Vec::new(),
            };
            let (value, pattern) = (text(&made.left), text(&made.shown));
            self.tell(ShellFact::Matched { value, pattern, groups });
            return;
        }
        self.tell(ShellFact::Tested { text: text(line), holds });
    }

    fn judge(&mut self, made: &Operands, host: &mut dyn Host) -> Result<bool, u8> {
        let numeric = [b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge"];
        let op = made.op.as_slice();
        match op {
            b"==" | b"=" | b"!=" => {
                let hit = if self.shopts.has("nocasematch") {
                    let mut lower = made.pattern.clone();
                    lower.bytes.make_ascii_lowercase();
                    lower.matches(&made.left.to_ascii_lowercase())
                } else {
                    made.pattern.matches(&made.left)
                };
                Ok(hit == (op != b"!="))
            }
            b"=~" => self.regex(made),
            b"<" => Ok(made.left < made.right),
            b">" => Ok(made.left > made.right),
            _ if numeric.contains(&&[op[0], op[1], *op.get(2).unwrap_or(&0)]) => {
                let left = self.cond_number(&made.left)?;
                let right = self.cond_number(&made.right)?;
                Ok(builtin::test::compare(op, left, right))
            }
            _ if made.binary => Ok(builtin::test::files(host, op, &made.left, &made.right)),
            _ => Ok(self.unary_test(host, op, &made.left)),
        }
    }

    fn cond_number(&mut self, text: &[u8]) -> Result<i64, u8> {
        match super::super::expand::evaluate(self, text, b"[[: ") {
            Ok(value) => Ok(value),
            Err(super::Stop::Exit(code) | super::Stop::ExitHere(code)) => {
                self.leave_unset(code, true);
                Err(code)
            }
            Err(_) => Err(1),
        }
    }

    fn regex(&mut self, made: &Operands) -> Result<bool, u8> {
        match regex::matched(&made.right, &made.left, self.shopts.has("nocasematch")) {
            Err(()) => Err(2),
            Ok(groups) => {
                let holds = groups.is_some();
                let site = self.site.map(|site| site.0);
                let variable = self.vars.entry(b"BASH_REMATCH");
                variable.set_at = site.or(Some(0));
                let groups = groups.unwrap_or_default();
                variable.value = Value::List((0u64..).zip(groups).collect());
                Ok(holds)
            }
        }
    }
}

/// A test, expanded.
pub(super) struct Operands {
    op: Vec<u8>,
    binary: bool,
    left: Vec<u8>,
    right: Vec<u8>,
    /// The right side as the trace shows it.
    shown: Vec<u8>,
    pattern: Pattern,
}

fn operands(ex: &mut Expand<'_>, term: &Cond) -> Expanded<Operands> {
    match term {
        Cond::Unary { op, word } => {
            let left = ex.one(word, Tilde::Start)?;
            let shown = Vec::new();
            let pattern = Pattern::default();
            Ok(Operands { op: op.clone(), binary: false, left, right: Vec::new(), shown, pattern })
        }
        Cond::Binary { op, left, right } => {
            let left = ex.one(left, Tilde::Start)?;
            let mut made = Operands {
                op: op.clone(),
                binary: true,
                left,
                right: Vec::new(),
                shown: Vec::new(),
                pattern: Pattern::default(),
            };
            match op.as_slice() {
                b"==" | b"=" | b"!=" => {
                    made.pattern = ex.pattern(right, true)?;
                    made.shown = pattern_shown(&made.pattern);
                }
                b"=~" => {
                    made.right = regex_text(ex, right)?;
                    made.shown = made.right.clone();
                }
                _ => {
                    made.right = ex.one(right, Tilde::Start)?;
                    made.shown = made.right.clone();
                }
            }
            Ok(made)
        }
        _ => unreachable!("only tests have operands"),
    }
}

/// A pattern as the trace shows it: what is quoted, with backslashes.
fn pattern_shown(pattern: &Pattern) -> Vec<u8> {
    let mut all = Vec::new();
    for (byte, quoted) in pattern.bytes.iter().zip(&pattern.quoted) {
        if *quoted {
            all.push(b'\\');
        }
        all.push(*byte);
    }
    all
}

/// The right side of `=~`: what is quoted stands for itself.
fn regex_text(ex: &mut Expand<'_>, word: &Word) -> Expanded<Vec<u8>> {
    let mut all = Vec::new();
    let mut in_bracket = false;
    for piece in ex.pieces(word, Tilde::Start)? {
        match piece {
            Piece::Text { bytes, quoted: true, .. } => {
                for byte in bytes {
                    let special = b".[]{}()\\*+?|^$".contains(&byte);
                    if special && !in_bracket {
                        all.push(b'\\');
                    }
                    all.push(byte);
                }
            }
            Piece::Text { bytes, .. } => {
                for byte in &bytes {
                    match byte {
                        b'[' => in_bracket = true,
                        b']' => in_bracket = false,
                        _ => {}
                    }
                }
                all.extend_from_slice(&bytes);
            }
            Piece::Break(bytes) | Piece::Soft(bytes) => all.extend_from_slice(&bytes),
        }
    }
    Ok(all)
}

/// The test as `set -x` shows it.
fn cond_line(made: &Operands, inverted: bool) -> Vec<u8> {
    let shown = |text: &[u8]| if text.is_empty() { b"''".to_vec() } else { text.to_vec() };
    let mut all = b"[[ ".to_vec();
    if inverted {
        all.extend_from_slice(b"! ");
    }
    if made.binary {
        all.extend_from_slice(&shown(&made.left));
        all.push(b' ');
        all.extend_from_slice(&made.op);
        all.push(b' ');
        all.extend_from_slice(&shown(&made.shown));
    } else {
        all.extend_from_slice(&made.op);
        all.push(b' ');
        all.extend_from_slice(&shown(&made.left));
    }
    all.extend_from_slice(b" ]]");
    all
}

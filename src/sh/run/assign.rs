//! Assignments: those that stand alone, those before a command, and the arguments of `declare`.

use super::super::arrays::{Key, as_list, as_map, from_end};
use super::super::expand::{Expand, Expanded, Logged, Tilde, brace, evaluate};
use super::super::frame::{Assigned, Element, Frame, SimplePhase};
use super::super::host::Host;
use super::super::machine::{Machine, Unwind};
use super::super::script::{Assign, AssignValue, Item, Kind, Script, Span, Word};
use super::super::source::marked;
use super::super::vars::{Map, Value};
use super::simple::parts;
use super::{Next, Stop};
use crate::trace::fact::ShellFact;

impl Machine {
    pub(super) fn simple_assigns(
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
            simple.phase = match (alone, self.bash()) {
                (true, true) => SimplePhase::Redirects,
                (true, false) => SimplePhase::Run,
                (false, _) => SimplePhase::Launch,
            };
            if !self.bash() {
                self.trace_dash(&mut frame, host);
            }
            if alone {
                self.status = if self.substituted { self.substitution_status } else { 0 };
            }
            self.frames.push(frame);
            return Next::Go;
        };
        let map = self.is_map(&assign.name);
        // Bash shows an array's words before it expands them.
        let is_array = matches!(assign.value, AssignValue::Array(..)) && alone;
        if is_array && frame.log.is_empty() && self.answer.is_none() {
            let made = Assigned::List(Vec::new());
            self.trace_assign(host, assign, &script, &made, assign.append);
            if self.vars.get(&assign.name).is_none() {
                // Bash makes the array before it expands its words.
                as_list(&mut self.vars.entry(&assign.name).value);
            }
        }
        // An element's subscript is expanded when it has been shown.
        let is_element = alone && assign.index.is_some();
        let made = self.expanding(&mut frame, host, |ex| {
            ex.traces_value = is_element;
            ex.assigned(assign, map, true)
        });
        let made = match made {
            Ok(made) => made,
            Err(stop) => return self.stopped(frame, stop, host),
        };
        parts(&mut frame).next += 1;
        if !alone {
            return self.assign_before(frame, assign, made, host);
        }
        if !is_array && !is_element {
            self.trace_assign(host, assign, &script, &made, assign.append);
        }
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
        self.drop_later(frame, host);
        self.refuse_assignment(&assign.name);
        Next::Go
    }

    /// A read-only variable ends the line.
    fn refuse_assignment(&mut self, name: &[u8]) {
        self.complain_of(name, if self.bash() { "readonly variable" } else { "is read only" });
        let drops = self.bash() && !self.options.errexit;
        self.leave(if self.bash() { 1 } else { 2 });
        if drops {
            self.unwind = Some(Unwind::Discard);
        }
    }

    /// An assignment before a command's words.
    fn assign_before(
        &mut self,
        mut frame: Frame,
        assign: &Assign,
        made: Assigned,
        host: &mut dyn Host,
    ) -> Next {
        let script = frame.script.clone();
        if let Some(index) = &assign.index {
            let index = script.slice(index.span);
            let shown = [b"`", assign.name.as_slice(), b"[", index, b"]'"].concat();
            self.complain_of(&shown, "not a valid identifier");
        }
        if self.vars.get(&assign.name).is_some_and(|variable| variable.readonly) {
            if self.bash() {
                self.complain_of(&assign.name, "readonly variable");
                self.frames.push(frame);
                if self.options.errexit {
                    self.leave(1);
                }
                return Next::Go;
            }
            self.drop_later(frame, host);
            self.complain_of(&assign.name, "is read only");
            self.leave(2);
            return Next::Go;
        }
        if let Assigned::Text(text) = made {
            let old = if assign.append { self.variable(&assign.name) } else { None };
            let text = [old.unwrap_or_default(), text].concat();
            self.trace_assign(host, assign, &script, &Assigned::Text(text.clone()), false);
            parts(&mut frame).env.push((assign.name.clone(), text));
        }
        self.frames.push(frame);
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
                line.extend(marked(&super::super::print::elements(script, items)));
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
        let looks = if matches!(made, Assigned::Element(..)) { 2 } else { 1 };
        self.warn_of_circle(&assign.name, looks);
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
                    let shown = [assign.name.as_slice(), b"[", &key.text(), b"]"].concat();
                    self.complain_of(&shown, "bad array subscript");
                    self.leave(1);
                    if !self.options.errexit {
                        self.unwind = Some(Unwind::Discard);
                    }
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
    fn assign_list(&mut self, name: &[u8], items: Vec<Element>, append: bool) {
        let name = &self.target_of(name)[..];
        let site = self.site.map_or(0, |site| site.0);
        let mut shaped = Vec::new();
        for Element { key, append: adds, text } in items {
            // A list's own elements are added to below.
            let text = match &key {
                Some(Key::Text(_)) if adds => self.appended(name, key.as_ref(), text),
                _ => text,
            };
            shaped.push((key, adds, self.shaped(name, text)));
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
            for (key, _, text) in shaped {
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
        let mut wrong = Vec::new();
        for (key, adds, text) in shaped {
            if let Some(Key::Number(index)) = key {
                match from_end(list, index) {
                    Some(place) => next = place,
                    None => {
                        let element = [b"[", index.to_string().as_bytes(), b"]=", &text].concat();
                        wrong.push(element);
                        continue;
                    }
                }
            }
            let old = if adds { list.remove(&next) } else { None };
            list.insert(next, [old.unwrap_or_default(), text].concat());
            next += 1;
        }
        for element in wrong {
            self.complain_of(&element, "bad array subscript");
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

    /// Assigns the array arguments of `declare` and its kind.
    pub(super) fn array_arguments(
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
        let global = has(b'g') && self.bash();
        for (number, made) in arrays {
            let Some(assign) = words.get(number as usize).and_then(|w| w.assign.as_ref()) else {
                continue;
            };
            if local && self.vars.hide(&assign.name, true) {
                self.vars.remove(&assign.name);
            }
            if global {
                self.vars.swap_global(&assign.name);
            }
            let is_made = self.array_argument(assign, made, fields, host);
            if global {
                self.vars.swap_global(&assign.name);
            }
            if !is_made {
                return false;
            }
        }
        true
    }

    fn array_argument(
        &mut self,
        assign: &Assign,
        mut made: Assigned,
        fields: &[Vec<u8>],
        host: &mut dyn Host,
    ) -> bool {
        let has = |letter| fields.iter().any(|field| has_letter(field, letter));
        if let Assigned::List(items) = &made {
            let single = |text: &[u8]| super::super::quote::single(&escaped(text));
            let pairs = matches!(&assign.value, AssignValue::Array(items, _)
                if items.first().is_some_and(|item| item.index.is_none()));
            let shown = items.iter().map(|Element { key, append, text }| match key {
                None => single(text),
                Some(key) if pairs && has(b'A') => {
                    [single(&key.text()).as_slice(), b" ", &single(text)].concat()
                }
                Some(key) => {
                    let sign: &[u8] = if *append { b"]+=" } else { b"]=" };
                    [b"[", single(&key.text()).as_slice(), sign, &single(text)].concat()
                }
            });
            let shown: Vec<Vec<u8>> = shown.collect();
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
        if !self.number_keys(&assign.name, &mut made) {
            return false;
        }
        if !self.perform(assign, made) {
            self.complain_of(&assign.name, "readonly variable");
            self.status = 1;
            return false;
        }
        true
    }

    /// Finds the places in an indexed array that keys name; `false`: one is no expression.
    fn number_keys(&mut self, name: &[u8], made: &mut Assigned) -> bool {
        let Assigned::List(items) = made else { return true };
        if self.is_map(name) {
            return true;
        }
        for key in items.iter_mut().filter_map(|item| item.key.as_mut()) {
            let Key::Text(text) = key else { continue };
            match evaluate(self, text, b"") {
                Ok(number) => *key = Key::Number(number),
                Err(Stop::Exit(status) | Stop::ExitHere(status)) => {
                    self.leave_unset(status, true);
                    return false;
                }
                Err(_) => {
                    (self.status, self.unwind) = (1, Some(Unwind::Discard));
                    return false;
                }
            }
        }
        true
    }
}

impl Expand<'_> {
    /// The same; braces in it make several of it.
    pub(super) fn assignment_words(&mut self, word: &Word) -> Expanded<Vec<Vec<u8>>> {
        let braces = self.machine.bash() && !self.machine.options.braceexpand_off;
        let words = if braces { brace::expand(word) } else { Vec::new() };
        if words.len() < 2 {
            return Ok(vec![self.assignment_word(word)?]);
        }
        words.iter().map(|word| self.one(word, Tilde::Word)).collect()
    }

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
        all.extend_from_slice(&self.value_of(value, Tilde::Assign)?);
        Ok(all)
    }

    /// An assignment's value. `alone`: it is no argument of `declare`.
    pub(super) fn assigned(
        &mut self,
        assign: &Assign,
        map: bool,
        alone: bool,
    ) -> Expanded<Assigned> {
        match &assign.value {
            AssignValue::Scalar(word) => {
                let text = self.value_of(word, Tilde::Assign)?;
                if std::mem::take(&mut self.traces_value) {
                    self.once(|ex| {
                        let script = ex.script.clone();
                        let value = Assigned::Text(text.clone());
                        ex.machine.trace_assign(ex.host, assign, &script, &value, assign.append);
                        Ok(Logged::Done)
                    })?;
                }
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
                        let key = self.key(&assign.name, index)?;
                        let source = self.script.slice(index.span);
                        if key.is_empty() || source.is_empty() {
                            let shown = [assign.name.as_slice(), b"[", source, b"]"].concat();
                            self.machine.complain_of(&shown, "bad array subscript");
                            return Err(Stop::Discard);
                        }
                        Ok(Assigned::Element(key, text))
                    }
                }
            }
            AssignValue::Array(items, _) if map => self.assigned_map(assign, items, alone),
            AssignValue::Array(items, _) => {
                let mut all = Vec::new();
                for item in items {
                    self.list_item(item, alone, &mut all)?;
                }
                Ok(Assigned::List(all))
            }
        }
    }

    /// An element of an indexed array's list, or several.
    fn list_item(&mut self, item: &Item, alone: bool, all: &mut Vec<Element>) -> Expanded<()> {
        let Item { index, append, word } = item;
        let braces = self.machine.bash() && !self.machine.options.braceexpand_off;
        let words = if braces { brace::expand(word) } else { Vec::new() };
        let mut add = |key, append, text| all.push(Element { key, append, text });
        let Some(index) = index else {
            self.fields(word)?.into_iter().for_each(|field| add(None, false, field));
            return Ok(());
        };
        let source = self.one(index, Tilde::Never)?;
        if words.len() > 1 {
            // Braces make words of it that assign to no place.
            let sign: &[u8] = if *append { b"]+=" } else { b"]=" };
            for word in &words {
                let mut head = [b"[", source.as_slice(), sign].concat();
                for field in self.fields(word)? {
                    head.extend(field);
                    add(None, false, std::mem::take(&mut head));
                }
            }
            return Ok(());
        }
        let text = self.value_of(word, Tilde::Assign)?;
        if source.is_empty() {
            self.no_subscript(&[b"[]=", text.as_slice()].concat());
            return Ok(());
        }
        let key = match alone {
            true => Key::Number(self.arith_word(index, b"")?),
            false => Key::Text(source),
        };
        add(Some(key), *append, text);
        Ok(())
    }

    /// An element of a list names no place; the others are set all the same.
    fn no_subscript(&mut self, shown: &[u8]) {
        let _ = self.once(|ex| {
            ex.machine.complain_of(shown, "bad array subscript");
            Ok(Logged::Done)
        });
    }

    /// `([key]=value …)`, or keys and values by turns.
    fn assigned_map(&mut self, assign: &Assign, items: &[Item], alone: bool) -> Expanded<Assigned> {
        let mut all = Vec::new();
        let mut add = |key, append, text| {
            all.push(Element { key: Some(Key::Text(key)), append, text });
        };
        let pairs = items.first().is_some_and(|item| item.index.is_none());
        let mut key: Option<Vec<u8>> = None;
        for Item { index, append, word } in items {
            let mut text = self.value_of(word, Tilde::Never)?;
            if let (true, Some(index)) = (pairs, index) {
                // Here it is text like any other.
                let sign: &[u8] = if *append { b"]+=" } else { b"]=" };
                let index = self.one(index, Tilde::Never)?;
                text = [b"[", index.as_slice(), sign, &text].concat();
            }
            match (index, key.take()) {
                (_, Some(key)) if pairs && key.is_empty() => self.no_subscript(b"\"\""),
                (_, Some(key)) if pairs => add(key, false, text),
                (_, None) if pairs => key = Some(text),
                (Some(index), _) => {
                    let key = self.map_key(index)?.text();
                    if !key.is_empty() {
                        add(key, *append, text);
                        continue;
                    }
                    let span = Span { start: index.span.start, end: word.span.end };
                    let shown = match alone {
                        true => [b"[", self.script.slice(span)].concat(),
                        false => [b"['']=", super::super::quote::single(&text).as_slice()].concat(),
                    };
                    self.no_subscript(&shown);
                }
                (None, _) => {
                    let shown = super::super::quote::single(&text);
                    let shown = [&assign.name, b": ".as_slice(), &shown].concat();
                    let why = "must use subscript when assigning associative array";
                    self.machine.complain_of(&shown, why);
                }
            }
        }
        if let Some(key) = key {
            add(key, false, Vec::new());
        }
        Ok(Assigned::List(all))
    }
}

/// A word of an array's list as `set -x` shows it: bash's own escapes are still in it (CTLESC).
fn escaped(text: &[u8]) -> Vec<u8> {
    if text == b"\x7f" {
        return text.to_vec();
    }
    let escape = |byte: &u8| match byte {
        b'\x01' | b'\x7f' => vec![1, *byte],
        _ => vec![*byte],
    };
    text.iter().flat_map(escape).collect()
}

/// Whether an argument is an option with this letter.
pub(super) fn has_letter(field: &[u8], letter: u8) -> bool {
    field.starts_with(b"-") && field.contains(&letter)
}

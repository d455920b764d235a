//! Parameters: what they stand for, and the operators of `${…}` that decide and cut.

use super::super::arrays::Key;
use super::super::machine::parse_number;
use super::super::script::{Broken, Index, Param, ParamOp, Part, Word};
use super::{Expand, Expanded, Logged, Piece, Stop, Tilde, Value, fields, quoted};

impl Expand<'_> {
    /// `$name` or `${…}`.
    pub(super) fn param(
        &mut self,
        param: &Param,
        part: &Part,
        all: &mut Vec<Piece>,
    ) -> Expanded<()> {
        if let Some(value) = self.names_or_keys(param) {
            self.emit(value, part.quoted, all);
            return Ok(());
        }
        if matches!(&param.index, Some(Index::Word(w)) if self.script.slice(w.span).is_empty()) {
            return Err(self.bad_substitution(part));
        }
        self.quiet = param.op == ParamOp::Length;
        self.looks = 1 + u32::from(matches!(param.op, ParamOp::Transform(b'a' | b'A')));
        let mut value = self.value(&param.name, param.index.as_ref(), part)?;
        let mut name = param.name.clone();
        let refers = self.machine.vars.get(&name).is_some_and(|variable| variable.reference);
        if param.indirect && refers && param.index.is_none() {
            value = Value::One(self.machine.target_of(&name));
        } else if param.indirect {
            (name, value) = self.indirect(&param.name, value, part)?;
        }
        if let ParamOp::Test { op, colon, word } = &param.op {
            return self.test(&name, param.index.as_ref(), value, *op, *colon, word, part, all);
        }
        if self.machine.options.nounset && self.counts_nothing(&name, param) {
            // The line is dropped, no more.
            self.machine.unbound(&name);
            return Err(Stop::Discard);
        }
        if value == Value::Unset {
            let is_element = self.quiet && param.index.is_some();
            let nounset = self.machine.options.nounset && !is_element;
            if nounset && !matches!(name.as_slice(), b"@" | b"*") {
                let index = param.index.as_ref().filter(|_| param.op != ParamOp::Length);
                let shown = self.unset_name(&name, index, part);
                return Err(self.machine.unbound(&shown));
            }
            if let ParamOp::Transform(letter) = param.op {
                let value = self.unset_shown(&name, letter);
                self.emit(value, part.quoted, all);
                return Ok(());
            }
        }
        if is_unchanged(&name, &param.op, &value) {
            self.emit(value, part.quoted, all);
            return Ok(());
        }
        let value = match &param.op {
            ParamOp::Transform(letter) if !b"QEPAaUuLKk".contains(letter) => {
                return Err(self.bad_substitution(part));
            }
            ParamOp::Plain => value,
            ParamOp::Length => Value::One(length(&value).to_string().into_bytes()),
            ParamOp::Slice { offset, length } => {
                self.slice(param, value, offset, length.as_ref(), part)?
            }
            _ => self.transformed(&name, param, value)?,
        };
        let value = self.joined_in_document(param, value);
        self.emit(value, part.quoted, all);
        Ok(())
    }

    fn names_or_keys(&mut self, param: &Param) -> Option<Value> {
        match &param.op {
            ParamOp::Names { at } => {
                let items = self.names_with(&param.name);
                let value = Value::Many { items, star: !at };
                Some(if self.document { self.joined_by_ifs(value) } else { value })
            }
            ParamOp::Keys { at } => {
                self.machine.warn_of_circle(&param.name, 1);
                Some(Value::Many { items: self.machine.keys(&param.name), star: !at })
            }
            _ => None,
        }
    }

    /// Only `$*` itself has spaces between in a here-document.
    fn joined_in_document(&self, param: &Param, value: Value) -> Value {
        match value {
            Value::Many { items, star: true }
                if self.document && param.index.is_some() && param.op == ParamOp::Plain =>
            {
                self.joined_by_ifs(Value::Many { items, star: true })
            }
            value => value,
        }
    }

    fn joined_by_ifs(&self, value: Value) -> Value {
        match value {
            Value::Many { items, star: true } => {
                let ifs = self.separators().unwrap_or_else(|| b" ".to_vec());
                Value::One(items.join(&ifs[..ifs.len().min(1)]))
            }
            value => value,
        }
    }

    /// `${#name[@]}` or `${#name[1]}` of an array that was never assigned to.
    fn counts_nothing(&self, name: &[u8], param: &Param) -> bool {
        let shell = &self.machine;
        let target = shell.target_of(name);
        param.op == ParamOp::Length
            && param.index.is_some()
            && match shell.list(&target) {
                None if !shell.is_map(&target) => true,
                Some(list) if !list.is_empty() => false,
                _ => shell.vars.get(&target).is_some_and(|variable| variable.is_bare()),
            }
    }

    /// What `${name@a}` and `${name@A}` say of a variable without a value.
    fn unset_shown(&self, name: &[u8], letter: u8) -> Value {
        let flags = self.machine.attributes(name);
        match letter {
            _ if flags.is_empty() => Value::Unset,
            b'a' => Value::One(flags),
            b'A' => Value::One([b"declare -", flags.as_slice(), b" ", name].concat()),
            _ => Value::Unset,
        }
    }

    fn bad_substitution(&mut self, part: &Part) -> Stop {
        let text = self.script.slice(part.span).to_vec();
        self.say_bad(&text)
    }

    fn say_bad(&mut self, text: &[u8]) -> Stop {
        if !self.machine.bash() {
            self.machine.complain(b"Bad substitution");
            return Stop::Exit(2);
        }
        self.machine.complain(&[text, b": bad substitution"].concat());
        self.machine.reported()
    }

    /// Says what is wrong with a part.
    pub(super) fn fail(&mut self, broken: &Broken) -> Stop {
        match broken {
            Broken::Bad(text) => self.say_bad(text),
            Broken::Unclosed { closer, text } => {
                let message = format!("bad substitution: no closing {closer} in ");
                self.machine.complain(&[message.as_bytes(), text].concat());
                self.machine.reported()
            }
            Broken::Command { first, error } => {
                self.machine.say_unread(*first, error);
                self.machine.reported()
            }
        }
    }

    /// A name as a message about an unset one has it: `$1` where no braces stand.
    fn unset_name(&self, name: &[u8], index: Option<&Index>, part: &Part) -> Vec<u8> {
        let special = matches!(name, [b'0'..=b'9' | b'!', ..]);
        let braced = self.script.slice(part.span).starts_with(b"${");
        if special && !braced && self.machine.bash() {
            return [b"$", name].concat();
        }
        self.shown_name(name, index)
    }

    fn shown_name(&self, name: &[u8], index: Option<&Index>) -> Vec<u8> {
        match index {
            None => name.to_vec(),
            Some(Index::At) => [name, b"[@]"].concat(),
            Some(Index::Star) => [name, b"[*]"].concat(),
            Some(Index::Word(word)) => [name, b"[", self.script.slice(word.span), b"]"].concat(),
        }
    }

    fn names_with(&self, prefix: &[u8]) -> Vec<Vec<u8>> {
        let vars = self.machine.vars.iter();
        let set = vars.filter(|(_, variable)| !variable.is_invisible());
        set.map(|(name, _)| name.clone()).filter(|name| name.starts_with(prefix)).collect()
    }

    /// What a parameter stands for.
    fn value(&mut self, name: &[u8], index: Option<&Index>, part: &Part) -> Expanded<Value> {
        let quiet = self.quiet;
        // The length of nothing is not looked for.
        let bash = self.machine.bash();
        if bash && quiet && matches!(index, Some(Index::Word(_))) && self.holds_nothing(name) {
            return Ok(Value::Unset);
        }
        let key = match index {
            Some(Index::Word(word)) => Some(self.key(name, word)?),
            _ => None,
        };
        let empty = key.as_ref().is_some_and(Key::is_empty);
        if let (true, true, Some(Index::Word(word))) = (quiet, empty, index) {
            let shown = [self.script.slice(word.span), b"]"].concat();
            self.machine.complain_of(&shown, "bad array subscript");
            return Err(Stop::Discard);
        }
        let found = self.once(|ex| {
            ex.machine.look_up_own(name);
            let looks = if index.is_some() && !quiet { 2 } else { 1 };
            ex.machine.warn_of_circle(name, looks);
            let value = match (index, &key) {
                (_, Some(key)) => match ex.machine.element(name, key) {
                    Some(text) => Value::One(text),
                    None if empty || !quiet && ex.out_of_range(name, key) => {
                        for _ in 0..ex.looks {
                            ex.machine.complain_of(name, "bad array subscript");
                        }
                        if ex.machine.options.errexit {
                            return Err(ex.machine.reported());
                        }
                        Value::Unset
                    }
                    None => Value::Unset,
                },
                (Some(which), None) => {
                    let items = ex.machine.list(name).unwrap_or_default().into_values().collect();
                    Value::Many { items, star: matches!(which, Index::Star) }
                }
                (None, None) => ex.plain(name),
            };
            Ok(Logged::Value(value))
        })?;
        let _ = part;
        Ok(match found {
            Logged::Value(value) => value,
            _ => Value::Unset,
        })
    }

    fn holds_nothing(&self, name: &[u8]) -> bool {
        !self.machine.is_map(name) && self.machine.list(name).is_none()
    }

    /// What a subscript names.
    pub(in crate::sh) fn key(&mut self, name: &[u8], word: &Word) -> Expanded<Key> {
        if !self.machine.is_map(name) {
            // Here bash leaves all that it reads from text, so the whole of `-c`
            // (array_expand_index).
            let number = self.arith_word(word, b"");
            if matches!(number, Err(Stop::Discard)) {
                self.machine.give_up();
            }
            return Ok(Key::Number(number?));
        }
        self.map_key(word)
    }

    /// A subscript of an associative array.
    pub(in crate::sh) fn map_key(&mut self, word: &Word) -> Expanded<Key> {
        let word = word.key.as_deref().unwrap_or(word);
        Ok(Key::Text(self.one(word, Tilde::Never)?))
    }

    fn out_of_range(&self, name: &[u8], key: &Key) -> bool {
        let Key::Number(index) = *key else { return false };
        let count = self.machine.list(name).and_then(|list| list.last_key_value().map(|l| *l.0));
        index < 0 && count.is_none_or(|last| index + last as i64 + 1 < 0)
    }

    /// A parameter without a subscript.
    fn plain(&mut self, name: &[u8]) -> Value {
        let number = |n: u64| Value::One(n.to_string().into_bytes());
        let shell = &mut *self.machine;
        match name {
            b"@" | b"*" => Value::Many { items: shell.args.clone(), star: name == b"*" },
            b"#" => number(shell.args.len() as u64),
            b"?" => number(u64::from(shell.status)),
            b"$" => number(u64::from(shell.pid_shown)),
            b"-" => Value::One(shell.flags()),
            b"!" => match shell.last_background {
                Some((_, shown)) => number(u64::from(shown)),
                None => Value::Unset,
            },
            b"0" => Value::One(shell.name.clone()),
            [b'0'..=b'9', ..] => {
                let at = parse_number(name).unwrap_or(i64::MAX);
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                match at.checked_sub(1).and_then(|at| shell.args.get(at)) {
                    Some(text) => Value::One(text.clone()),
                    None if at == 0 => Value::One(shell.name.clone()),
                    None => Value::Unset,
                }
            }
            _ => match shell.variable(name) {
                Some(text) => Value::One(text),
                None => Value::Unset,
            },
        }
    }

    /// `${!name…}`: the parameter that the value names.
    fn indirect(&mut self, name: &[u8], value: Value, part: &Part) -> Expanded<(Vec<u8>, Value)> {
        let target = match value {
            Value::One(text) => text,
            Value::Many { items, .. } if items.is_empty() && matches!(name, b"@" | b"*") => {
                return Ok((name.to_vec(), Value::Unset));
            }
            Value::Many { items, .. } => items.join(&b' '),
            Value::Unset if !super::super::parse::is_identifier(name) => {
                return Ok((name.to_vec(), Value::Unset));
            }
            Value::Unset => {
                self.machine.complain_of(name, "invalid indirect expansion");
                return Err(self.machine.reported());
            }
        };
        let (base, index) = match target.iter().position(|b| *b == b'[') {
            Some(open) if target.ends_with(b"]") => {
                (target[..open].to_vec(), Some(target[open + 1..target.len() - 1].to_vec()))
            }
            _ => (target.clone(), None),
        };
        let special = matches!(base.as_slice(), [b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!']);
        let digits = !base.is_empty() && base.iter().all(u8::is_ascii_digit);
        if !special && !digits && !super::super::parse::is_identifier(&base) {
            self.machine.complain_of(&target, "invalid variable name");
            return Err(self.machine.reported());
        }
        let value = match index.as_deref() {
            None => self.value(&base, None, part)?,
            Some(b"@") => self.value(&base, Some(&Index::At), part)?,
            Some(b"*") => self.value(&base, Some(&Index::Star), part)?,
            Some(text) => {
                let key = match self.machine.is_map(&base) {
                    true => self.machine.key_of(&base, text),
                    false => Key::Number(self.arith_text(text, b"")?),
                };
                let found = self.machine.element(&base, &key);
                found.map_or(Value::Unset, Value::One)
            }
        };
        Ok((target, value))
    }

    /// `-`, `=`, `?`, `+`.
    #[allow(clippy::too_many_arguments)]
    fn test(
        &mut self,
        name: &[u8],
        index: Option<&Index>,
        value: Value,
        op: u8,
        colon: bool,
        word: &Word,
        part: &Part,
        all: &mut Vec<Piece>,
    ) -> Expanded<()> {
        let dash = !self.machine.bash();
        let missing = match &value {
            // dash takes these two for set, even where there are none.
            Value::Many { items, .. } if dash && items.is_empty() => colon,
            Value::Unset => true,
            Value::One(text) => colon && text.is_empty(),
            Value::Many { items, .. } => {
                let is_null = colon && items.len() == 1 && items[0].is_empty();
                items.is_empty() || (is_null && (part.quoted || !self.assigns))
            }
        };
        match (op, missing) {
            (b'+', true) => {
                if part.quoted {
                    all.push(quoted(Vec::new()));
                }
                Ok(())
            }
            (b'+', false) | (b'-', true) => self.alternative(word, part, all),
            (b'=', true) => {
                let text = self.one(word, Tilde::Start)?;
                self.assign_default(name, index, &text)?;
                self.emit(Value::One(text), part.quoted, all);
                Ok(())
            }
            (b'?', true) => {
                let shown = self.shown_name(name, index);
                let message = if word.parts.is_empty() {
                    let null =
                        if colon { "parameter null or not set" } else { "parameter not set" };
                    let dash =
                        if colon { "parameter not set or null" } else { "parameter not set" };
                    (if self.machine.bash() { null } else { dash }).as_bytes().to_vec()
                } else {
                    self.once(|ex| {
                        if ex.machine.bash() {
                            ex.machine.status = 1;
                        }
                        Ok(Logged::Done)
                    })?;
                    self.told(word)?
                };
                self.machine.complain(&[shown.as_slice(), b": ", &message].concat());
                Err(Stop::Exit(self.machine.fatal_status()))
            }
            _ => {
                self.emit(value, part.quoted, all);
                Ok(())
            }
        }
    }

    /// The message of `?`: its fields with spaces between.
    fn told(&mut self, word: &Word) -> Expanded<Vec<u8>> {
        if !self.machine.bash() {
            return self.one(word, Tilde::Start);
        }
        let pieces = self.pieces(word, Tilde::Start)?;
        let fields = fields::split(pieces, self.separators().as_deref());
        let texts: Vec<Vec<u8>> = fields.into_iter().map(|field| field.pattern.bytes).collect();
        Ok(texts.join(&b' '))
    }

    /// The word of an operator; unquoted, it is split.
    fn alternative(&mut self, word: &Word, part: &Part, all: &mut Vec<Piece>) -> Expanded<()> {
        let mut pieces = self.pieces(word, Tilde::Start)?;
        if part.quoted && pieces.is_empty() {
            all.push(quoted(Vec::new()));
        }
        for piece in &mut pieces {
            if let Piece::Text { quoted, split, .. } = piece {
                *split = !*quoted;
            }
        }
        all.extend(pieces);
        Ok(())
    }

    fn assign_default(&mut self, name: &[u8], index: Option<&Index>, text: &[u8]) -> Expanded<()> {
        let key = match index {
            Some(Index::Word(word)) => Some(self.key(name, word)?),
            _ => None,
        };
        self.once(|ex| {
            if !super::super::parse::is_identifier(name) {
                let shown = [b"$", name, b": cannot assign in this way"].concat();
                ex.machine.complain(&shown);
                return Err(ex.machine.reported());
            }
            if let (Some(Index::Word(word)), Some(true)) = (index, key.as_ref().map(Key::is_empty))
            {
                let shown = [name, b"[", ex.script.slice(word.span), b"]"].concat();
                ex.machine.complain_of(&shown, "bad array subscript");
                return Err(ex.machine.reported());
            }
            let done = match &key {
                Some(key) => ex.machine.assign_element(name, key, text.to_vec()),
                None => ex.machine.assign(name, text.to_vec()),
            };
            if !done {
                ex.machine.complain_of(name, "readonly variable");
                return Err(ex.machine.reported());
            }
            Ok(Logged::Done)
        })?;
        Ok(())
    }

    /// Adds a value to the word.
    pub(super) fn emit(&mut self, value: Value, quoted: bool, all: &mut Vec<Piece>) {
        let text = |bytes| Piece::Text { bytes, quoted, split: !quoted };
        match value {
            Value::Unset if quoted => all.push(text(Vec::new())),
            Value::Unset => {}
            Value::One(bytes) => all.push(text(bytes)),
            Value::Many { items, star } => {
                let between = if star { self.star_separator() } else { b" ".to_vec() };
                if star && quoted {
                    all.push(text(items.join(between.as_slice())));
                    return;
                }
                for (number, item) in items.into_iter().enumerate() {
                    if number > 0 {
                        let soft = !quoted && self.machine.bash();
                        let between = between.clone();
                        all.push(if soft { Piece::Soft(between) } else { Piece::Break(between) });
                    }
                    all.push(text(item));
                }
            }
        }
    }

    /// The first byte of IFS.
    pub(super) fn star_separator(&self) -> Vec<u8> {
        match self.separators() {
            _ if self.document => b" ".to_vec(),
            None => b" ".to_vec(),
            Some(ifs) => ifs.first().map(|b| vec![*b]).unwrap_or_default(),
        }
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::Unset => 0,
        Value::One(text) => text.len(),
        Value::Many { items, .. } => items.len(),
    }
}

/// Whether there is nothing to cut or replace: then bash expands no pattern and no offset.
fn is_unchanged(name: &[u8], op: &ParamOp, value: &Value) -> bool {
    let nothing = match value {
        Value::Unset => true,
        Value::One(_) => false,
        Value::Many { items, .. } => items.is_empty(),
    };
    match op {
        ParamOp::Strip { .. } => nothing || matches!(value, Value::One(text) if text.is_empty()),
        ParamOp::Replace { .. } | ParamOp::Case { .. } => nothing,
        ParamOp::Slice { .. } => nothing && !matches!(name, b"@" | b"*"),
        _ => false,
    }
}

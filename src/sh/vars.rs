//! Variables: values, attributes, scopes.

use super::quote;
use crate::base::SortedMap;

/// A variable's value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Value {
    /// Declared, but without a value.
    Unset,
    Text(Vec<u8>),
    /// An indexed array.
    List(SortedMap<u64, Vec<u8>>),
}

/// A variable.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Variable {
    pub value: Value,
    pub exported: bool,
    pub readonly: bool,
    pub integer: bool,
    /// `declare -l` or `-u`: the letter.
    pub case: Option<u8>,
    /// Set by the script itself: where in its text.
    pub set_at: Option<u32>,
}

impl Variable {
    pub(super) fn new(value: Value) -> Variable {
        Variable {
            value,
            exported: false,
            readonly: false,
            integer: false,
            case: None,
            set_at: None,
        }
    }

    /// What `$name` is: the text, or the element 0.
    pub(super) fn text(&self) -> Option<&Vec<u8>> {
        match &self.value {
            Value::Unset => None,
            Value::Text(text) => Some(text),
            Value::List(list) => list.get(&0),
        }
    }
}

/// What a scope hides: the variables of its names as they were outside.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Scope {
    saved: SortedMap<Vec<u8>, Option<Variable>>,
    /// A function's, so that `local` may use it.
    pub of_function: bool,
}

/// All variables.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Variables {
    all: SortedMap<Vec<u8>, Variable>,
    scopes: Vec<Scope>,
}

impl Variables {
    pub(super) fn get(&self, name: &[u8]) -> Option<&Variable> {
        self.all.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Vec<u8>, &Variable)> {
        self.all.iter()
    }

    /// The variable, made if it is not there.
    pub(super) fn entry(&mut self, name: &[u8]) -> &mut Variable {
        self.all.entry(name.to_vec()).or_insert_with(|| Variable::new(Value::Unset))
    }

    pub(super) fn text(&self, name: &[u8]) -> Option<&Vec<u8>> {
        self.get(name).and_then(Variable::text)
    }

    pub(super) fn remove(&mut self, name: &[u8]) {
        self.all.remove(name);
    }

    pub(super) fn set(&mut self, name: &[u8], text: &[u8]) {
        self.entry(name).value = Value::Text(text.to_vec());
    }

    pub(super) fn push_scope(&mut self, of_function: bool) {
        self.scopes.push(Scope { of_function, ..Scope::default() });
    }

    pub(super) fn pop_scope(&mut self) {
        let Some(scope) = self.scopes.pop() else { return };
        for (name, saved) in scope.saved {
            match saved {
                Some(variable) => {
                    self.all.insert(name, variable);
                }
                None => {
                    self.all.remove(&name);
                }
            }
        }
    }

    pub(super) fn in_function(&self) -> bool {
        self.scopes.iter().any(|scope| scope.of_function)
    }

    pub(super) fn scopes(&self) -> u32 {
        self.scopes.iter().filter(|scope| scope.of_function).count() as u32
    }

    /// Hides a variable until the innermost scope (with `function`: the innermost function's) ends.
    /// Whether it was not hidden there already.
    pub(super) fn hide(&mut self, name: &[u8], function: bool) -> bool {
        let scope = self.scopes.iter_mut().rev().find(|scope| !function || scope.of_function);
        let Some(scope) = scope else { return false };
        if scope.saved.contains_key(name) {
            return false;
        }
        let old = self.all.get(name).cloned();
        scope.saved.insert(name.to_vec(), old);
        true
    }
}

/// A variable as `declare -p` shows it, without the line's end.
pub(super) fn declaration(name: &[u8], variable: &Variable) -> Vec<u8> {
    let mut flags = Vec::new();
    if matches!(variable.value, Value::List(_)) {
        flags.push(b'a');
    }
    for (letter, on) in
        [(b'i', variable.integer), (b'r', variable.readonly), (b'x', variable.exported)]
    {
        if on {
            flags.push(letter);
        }
    }
    flags.extend(variable.case);
    if flags.is_empty() {
        flags.push(b'-');
    }
    let value = match &variable.value {
        Value::Unset => Vec::new(),
        Value::Text(text) => [b"=".as_slice(), &quote::double(text)].concat(),
        Value::List(list) => {
            let items: Vec<Vec<u8>> = list
                .iter()
                .map(|(index, v)| [format!("[{index}]=").as_bytes(), &quote::double(v)].concat())
                .collect();
            [b"=(".as_slice(), &items.join(&b' '), b")"].concat()
        }
    };
    [b"declare -".as_slice(), &flags, b" ", name, &value].concat()
}

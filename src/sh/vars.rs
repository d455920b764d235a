//! Variables: values, attributes, scopes.

use super::quote;
use crate::base::{SortedMap, SortedSet};

/// A variable's value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Value {
    /// Declared, but without a value.
    Unset,
    Text(Vec<u8>),
    /// An indexed array.
    List(SortedMap<u64, Vec<u8>>),
    /// An associative one.
    Map(Map),
}

/// An associative array, in the order of bash's hash table: by bucket, the newest first in each.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Map(Vec<(Vec<u8>, Vec<u8>)>);

/// Buckets of an associative array. Bash makes more of them beyond 2,048 elements; this does not.
const MAP_BUCKETS: u32 = 1024;

/// Models `hash_string`.
pub(super) fn hash(name: &[u8]) -> u32 {
    name.iter()
        .fold(2_166_136_261u32, |hash, byte| hash.wrapping_mul(16_777_619) ^ u32::from(*byte))
}

impl Map {
    fn find(&self, key: &[u8]) -> Result<usize, usize> {
        let bucket = hash(key) % MAP_BUCKETS;
        let from = self.0.partition_point(|(other, _)| hash(other) % MAP_BUCKETS < bucket);
        let same =
            self.0[from..].iter().take_while(|(other, _)| hash(other) % MAP_BUCKETS == bucket);
        let at = same.zip(from..).find(|((other, _), _)| other == key);
        at.map(|(_, at)| at).ok_or(from)
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<&Vec<u8>> {
        self.find(key).ok().map(|at| &self.0[at].1)
    }

    pub(super) fn insert(&mut self, key: &[u8], text: Vec<u8>) {
        match self.find(key) {
            Ok(at) => self.0[at].1 = text,
            Err(at) => self.0.insert(at, (key.to_vec(), text)),
        }
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        if let Ok(at) = self.find(key) {
            self.0.remove(at);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Vec<u8>, &Vec<u8>)> {
        self.0.iter().map(|(key, text)| (key, text))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.0.iter().map(|(_, text)| text)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A variable.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Variable {
    pub value: Value,
    pub exported: bool,
    pub readonly: bool,
    pub integer: bool,
    /// `declare -n`: its value is another variable's name.
    pub reference: bool,
    /// An array that was declared, and never assigned as a whole.
    pub bare: bool,
    /// `declare -l` or `-u`: the letter.
    pub case: Option<u8>,
    /// Bash keeps it, and says what it is.
    pub own: bool,
    /// `declare -t`.
    pub traced: bool,
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
            reference: false,
            bare: false,
            case: None,
            own: false,
            traced: false,
            set_at: None,
        }
    }

    /// The letters of its attributes, as `declare -p` and `${v@a}` have them.
    pub(super) fn flags(&self) -> Vec<u8> {
        let letters = [
            (b'a', matches!(self.value, Value::List(_))),
            (b'A', matches!(self.value, Value::Map(_))),
            (b'i', self.integer),
            (b'n', self.reference),
            (b'r', self.readonly),
            (b't', self.traced),
            (b'x', self.exported),
        ];
        let on = letters.iter().filter(|(_, on)| *on).map(|(letter, _)| *letter);
        on.chain(self.case).collect()
    }

    /// Whether it is an array that was never assigned to.
    pub(super) fn is_bare(&self) -> bool {
        let empty = match &self.value {
            Value::List(list) => list.is_empty(),
            Value::Map(map) => map.len() == 0,
            Value::Unset | Value::Text(_) => false,
        };
        self.bare && empty
    }

    /// Whether it has no value yet.
    pub(super) fn is_invisible(&self) -> bool {
        self.value == Value::Unset || self.is_bare()
    }

    /// What `$name` is: the text, or the element 0.
    pub(super) fn text(&self) -> Option<&Vec<u8>> {
        match &self.value {
            Value::Unset => None,
            Value::Text(text) => Some(text),
            Value::List(list) => list.get(&0),
            Value::Map(map) => map.get(b"0"),
        }
    }
}

/// What a scope hides: the variables of its names as they were outside.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Scope {
    saved: SortedMap<Vec<u8>, Option<Variable>>,
    /// Those that stood before the function's call, and that it has not made its own.
    before_call: SortedSet<Vec<u8>>,
    /// Name references to themselves (`local -n name=name`), which mean the global variable.
    circular: SortedSet<Vec<u8>>,
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

    /// `unset`: a variable of a function further out shows the one that it hid (`makunbound`).
    pub(super) fn unset(&mut self, name: &[u8]) {
        self.all.remove(name);
        let holds = |scope: &Scope| scope.saved.contains_key(name);
        let own = self.scopes.iter().rposition(|scope| scope.of_function);
        let Some(at) = self.scopes.iter().rposition(holds) else { return };
        let scope = &mut self.scopes[at];
        if (own != Some(at) || scope.before_call.remove(name))
            && let Some(Some(hidden)) = scope.saved.remove(name)
        {
            self.all.insert(name.to_vec(), hidden);
        }
    }

    /// `local -n name=name`: it means the global variable, which stands there again. `false`: a
    /// function further out has one of that name too.
    pub(super) fn uncover(&mut self, name: &[u8]) -> bool {
        let holds = |scope: &&Scope| scope.saved.contains_key(name);
        if self.scopes.iter().filter(holds).count() > 1 {
            return false;
        }
        let Some(scope) = self.scopes.iter_mut().rev().find(|scope| scope.of_function) else {
            return false;
        };
        if let Some(hidden) = scope.saved.remove(name) {
            self.all.remove(name);
            hidden.into_iter().for_each(|variable| {
                self.all.insert(name.to_vec(), variable);
            });
        }
        scope.circular.insert(name.to_vec());
        true
    }

    /// Whether a name is such a reference here.
    pub(super) fn is_circular(&self, name: &[u8]) -> bool {
        let known =
            |scope: &&Scope| scope.circular.contains(name) || scope.saved.contains_key(name);
        let scope = self.scopes.iter().rev().find(known);
        scope.is_some_and(|scope| scope.circular.contains(name))
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

    /// All of them.
    pub(super) fn pop_scopes(&mut self) {
        while !self.scopes.is_empty() {
            self.pop_scope();
        }
    }

    pub(super) fn in_function(&self) -> bool {
        self.scopes.iter().any(|scope| scope.of_function)
    }

    pub(super) fn scopes(&self) -> u32 {
        self.scopes.iter().filter(|scope| scope.of_function).count() as u32
    }

    /// The names that the innermost function has of its own.
    pub(super) fn locals(&self) -> Vec<Vec<u8>> {
        let scope = self.scopes.iter().rev().find(|scope| scope.of_function);
        scope.map(|scope| scope.saved.keys().cloned().collect()).unwrap_or_default()
    }

    /// Brings the global variable to light that functions hide, in place of theirs; and, once more,
    /// puts both back. `false`: none is hidden.
    pub(super) fn swap_global(&mut self, name: &[u8]) -> bool {
        let holds = |scope: &&mut Scope| scope.saved.contains_key(name);
        let Some(scope) = self.scopes.iter_mut().find(holds) else { return false };
        let here = self.all.remove(name);
        if let Some(hidden) = scope.saved.insert(name.to_vec(), here).flatten() {
            self.all.insert(name.to_vec(), hidden);
        }
        true
    }

    /// A variable that stood before a command is one of the scope around.
    pub(super) fn keep(&mut self, name: &[u8]) {
        let holds = |scope: &&mut Scope| scope.saved.contains_key(name);
        if let Some(scope) = self.scopes.iter_mut().rev().find(holds)
            && (!scope.of_function || scope.before_call.contains(name))
        {
            scope.saved.remove(name);
        }
    }

    /// Hides a variable until the innermost scope (with `function`: the innermost function's) ends.
    /// Whether it was not hidden there already.
    pub(super) fn hide(&mut self, name: &[u8], function: bool) -> bool {
        let scope = self.scopes.iter_mut().rev().find(|scope| !function || scope.of_function);
        let Some(scope) = scope else { return false };
        if scope.saved.contains_key(name) {
            scope.before_call.remove(name);
            return false;
        }
        if !function && scope.of_function {
            scope.before_call.insert(name.to_vec());
        }
        let old = self.all.get(name).cloned();
        scope.saved.insert(name.to_vec(), old);
        true
    }
}

/// A variable as `declare -p` shows it, without the line's end.
pub(super) fn declaration(name: &[u8], variable: &Variable) -> Vec<u8> {
    let mut flags = variable.flags();
    if flags.is_empty() {
        flags.push(b'-');
    }
    let value = match &variable.value {
        Value::Unset => Vec::new(),
        Value::Text(text) => [b"=".as_slice(), &quote::double(text)].concat(),
        Value::List(_) | Value::Map(_) if variable.is_bare() => Vec::new(),
        Value::List(_) | Value::Map(_) => [b"=", elements(&variable.value).as_slice()].concat(),
    };
    [b"declare -".as_slice(), &flags, b" ", name, &value].concat()
}

/// An array as it can be read back: `([0]="a" [1]="b")`.
pub(super) fn elements(value: &Value) -> Vec<u8> {
    let pair = |key: &[u8], text: &[u8]| [b"[", key, b"]=", &quote::double(text)].concat();
    match value {
        Value::List(list) => {
            let items = list.iter().map(|(index, text)| pair(index.to_string().as_bytes(), text));
            [b"(", items.collect::<Vec<_>>().join(&b' ').as_slice(), b")"].concat()
        }
        Value::Map(map) => {
            let items = map
                .iter()
                .map(|(key, text)| [pair(&key_shown(key), text).as_slice(), b" "].concat());
            [b"(", items.collect::<Vec<_>>().concat().as_slice(), b")"].concat()
        }
        Value::Unset | Value::Text(_) => Vec::new(),
    }
}

/// A subscript of an associative array as it can be read back.
pub(super) fn key_shown(key: &[u8]) -> Vec<u8> {
    let bare = !quote::has_meta(key) && !matches!(key, b"@" | b"*");
    if bare { quote::printable(key) } else { quote::double(key) }
}

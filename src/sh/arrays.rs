//! Arrays, indexed and associative, and names that stand for others.

use super::arith::ArithError;
use super::machine::Machine;
use super::vars::{Map, Value};
use crate::base::SortedMap;
use crate::base::limit::ARRAY_ELEMENTS_MAX;

/// What names an element.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    /// Of an indexed array; below 0 it counts from the end.
    Number(i64),
    /// Of an associative one.
    Text(Vec<u8>),
}

impl Key {
    /// Whether it is the empty text, which names no element.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Key::Text(text) if text.is_empty())
    }

    /// As it is written.
    pub(super) fn text(&self) -> Vec<u8> {
        match self {
            Key::Number(index) => index.to_string().into_bytes(),
            Key::Text(text) => text.clone(),
        }
    }
}

/// How many names may lead on to each other (`NAMEREF_MAX` of bash's variables.h).
const REFERENCES_MAX: u32 = 8;

impl Machine {
    /// The variable that a name leads to (`declare -n`): the name itself, or another one's, or an
    /// element's.
    pub(super) fn target_of(&self, name: &[u8]) -> Vec<u8> {
        let mut target = name.to_vec();
        for _ in 0..REFERENCES_MAX {
            let next = self.vars.get(&target).filter(|variable| variable.reference);
            match next.and_then(|variable| variable.text()) {
                Some(text) if !text.is_empty() => target = text.clone(),
                _ => break,
            }
        }
        target
    }

    /// Says, as often as bash looks at it, that a name stands for itself.
    pub(super) fn warn_of_circle(&mut self, name: &[u8], times: u32) {
        if self.vars.is_circular(name) {
            for _ in 0..times {
                let shown = [b"warning: ", name].concat();
                self.complain_of(&shown, "circular name reference");
            }
        }
    }

    pub(super) fn is_map(&self, name: &[u8]) -> bool {
        let target = self.target_of(name);
        self.vars.get(&target).is_some_and(|variable| matches!(variable.value, Value::Map(_)))
    }

    /// What a subscript names, where it comes as text.
    pub(super) fn key_of(&mut self, name: &[u8], index: &[u8]) -> Key {
        if !self.is_map(name) {
            return Key::Number(match super::arith::evaluate(self, index) {
                Ok(number) => number,
                Err(ArithError::Message(message) | ArithError::Subscript(message)) => {
                    self.complain(&message);
                    self.give_up();
                    // No element has this one.
                    i64::MIN
                }
                Err(_) => 0,
            });
        }
        let quoted = [b'\'', b'"'].iter().find_map(|quote| {
            let inside = index.strip_prefix(&[*quote])?.strip_suffix(&[*quote])?;
            (!inside.contains(quote)).then_some(inside)
        });
        Key::Text(quoted.unwrap_or(index).to_vec())
    }

    /// An array's elements; a plain variable is its element 0. An associative one's are numbered.
    pub(super) fn list(&self, name: &[u8]) -> Option<SortedMap<u64, Vec<u8>>> {
        let numbered = |items: Vec<Vec<u8>>| (0u64..).zip(items).collect::<SortedMap<_, _>>();
        if let Some(list) = self.own_list(name) {
            return Some(list);
        }
        let target = self.target_of(name);
        match &self.vars.get(&target)?.value {
            Value::Unset => None,
            Value::Text(text) => Some(SortedMap::from([(0, text.clone())])),
            Value::List(list) => Some(list.clone()),
            Value::Map(map) => Some(numbered(map.values().cloned().collect())),
        }
    }

    /// The subscripts that are there.
    pub(super) fn keys(&self, name: &[u8]) -> Vec<Vec<u8>> {
        let target = self.target_of(name);
        if let Some(Value::Map(map)) = self.vars.get(&target).map(|variable| &variable.value) {
            return map.keys().cloned().collect();
        }
        let list = self.list(name).unwrap_or_default();
        list.keys().map(|key| key.to_string().into_bytes()).collect()
    }

    /// An element of an array.
    pub(super) fn element(&self, name: &[u8], key: &Key) -> Option<Vec<u8>> {
        match key {
            Key::Number(index) => {
                let list = self.list(name)?;
                list.get(&from_end(&list, *index)?).cloned()
            }
            Key::Text(key) => {
                let target = self.target_of(name);
                match &self.vars.get(&target)?.value {
                    Value::Map(map) => map.get(key).cloned(),
                    _ => None,
                }
            }
        }
    }

    /// As [`Machine::element`]; an index before the first element is complained of.
    pub(super) fn element_or_complain(&mut self, name: &[u8], key: &Key) -> Option<Vec<u8>> {
        if let Key::Number(index) = key
            && *index != i64::MIN
            && from_end(&self.list(name).unwrap_or_default(), *index).is_none()
        {
            self.complain_of(name, "bad array subscript");
        }
        self.element(name, key)
    }

    /// Sets an element of an array; `false` if it cannot be set.
    pub(super) fn assign_element(&mut self, name: &[u8], key: &Key, text: Vec<u8>) -> bool {
        let name = &self.target_of(name);
        let site = self.site;
        if self.vars.get(name).is_some_and(|variable| variable.readonly) {
            return false;
        }
        let text = self.shaped(name, text);
        let variable = self.vars.entry(name);
        variable.set_at = Some(site.map_or(0, |site| site.0));
        match (key, &mut variable.value) {
            (Key::Text(key), Value::Map(map)) if map.len() < ARRAY_ELEMENTS_MAX => {
                map.insert(key, text);
                true
            }
            (Key::Number(index), value) => {
                let list = as_list(value);
                match from_end(list, *index) {
                    Some(index) if list.len() < ARRAY_ELEMENTS_MAX => {
                        list.insert(index, text);
                        true
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Removes an element; `false` if its index stands before the first.
    pub(super) fn remove_element(&mut self, name: &[u8], key: &Key) -> bool {
        let name = self.target_of(name);
        match (key, &mut self.vars.entry(&name).value) {
            (Key::Text(key), Value::Map(map)) => map.remove(key),
            (Key::Number(index), Value::List(list)) => {
                let Some(index) = from_end(list, *index) else { return false };
                list.remove(&index);
            }
            _ => {}
        }
        true
    }

    /// Whether a variable may not change.
    pub(in crate::sh) fn is_readonly(&self, name: &[u8]) -> bool {
        self.vars.get(&self.target_of(name)).is_some_and(|variable| variable.readonly)
    }

    /// Sets `name` or `name[i]` from a builtin; `false` if that is no name.
    pub(in crate::sh) fn assign_to(&mut self, target: &[u8], text: &[u8]) -> bool {
        let open = target.iter().position(|b| *b == b'[');
        let name = &target[..open.unwrap_or(target.len())];
        self.warn_of_circle(name, if open.is_some() { 2 } else { 1 });
        if !super::parse::is_identifier(name) {
            return false;
        }
        let Some(open) = open else {
            if !self.assign(name, text.to_vec()) {
                self.complain_of(name, "readonly variable");
            }
            return true;
        };
        let Some(index) = target[open + 1..].strip_suffix(b"]") else { return false };
        let key = self.key_of(name, index);
        key == Key::Number(i64::MIN) || self.assign_element(name, &key, text.to_vec())
    }

    /// `name=(…)` from a builtin.
    pub(in crate::sh) fn set_list(&mut self, name: &[u8], items: Vec<Vec<u8>>) {
        self.warn_of_circle(name, 1);
        let site = self.site.map_or(0, |site| site.0);
        let target = self.target_of(name);
        let variable = self.vars.entry(&target);
        variable.set_at = Some(site);
        variable.bare = false;
        variable.value = Value::List((0u64..).zip(items).collect());
    }
}

/// The value as an associative array, made one if it is not.
pub(super) fn as_map(value: &mut Value) -> &mut Map {
    if !matches!(value, Value::Map(_)) {
        *value = Value::Map(Map::default());
    }
    match value {
        Value::Map(map) => map,
        _ => unreachable!("it was made one above"),
    }
}

/// The value as a list, made one if it is not.
pub(super) fn as_list(value: &mut Value) -> &mut SortedMap<u64, Vec<u8>> {
    if !matches!(value, Value::List(_)) {
        let list = match std::mem::replace(value, Value::Unset) {
            Value::Text(text) => SortedMap::from([(0, text)]),
            _ => SortedMap::new(),
        };
        *value = Value::List(list);
    }
    match value {
        Value::List(list) => list,
        _ => unreachable!("it was made a list above"),
    }
}

/// The place of an index, which may count from the end; `None`: before the first.
pub(super) fn from_end(list: &SortedMap<u64, Vec<u8>>, index: i64) -> Option<u64> {
    if index >= 0 {
        return Some(index as u64);
    }
    let top = list.last_key_value().map_or(0, |(last, _)| *last as i64 + 1);
    u64::try_from(top.saturating_add(index)).ok()
}

/// `name` or `name[index]`.
pub(in crate::sh) fn is_target(name: &[u8]) -> bool {
    let open = name.iter().position(|byte| *byte == b'[').filter(|_| name.ends_with(b"]"));
    if name.ends_with(b"[]") {
        return false;
    }
    super::parse::is_identifier(&name[..open.unwrap_or(name.len())])
}

//! Arrays. `for (key in array)` goes through mawk's hash table from its first list to its last, so
//! what was looked up when decides the order: the lists are kept as mawk keeps them (its array.w).

use super::value::Value;
use crate::base::SortedMap;

/// A subscript.
pub type Key = Vec<u8>;

/// Lists a table begins with.
const LISTS_MIN: u32 = 64;

/// How long the lists may be on average before there are twice as many.
const LIST_LENGTH_MAX: u32 = 12;

/// An array.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Table {
    map: SortedMap<Key, Value>,
    /// As `split` made it: elements 1 to n and no lists.
    split: bool,
    /// Subscripts by their text's hash: each list's last used first. Empty: not needed yet.
    texts: Vec<Vec<Key>>,
    /// Those that were used as numbers, by number.
    numbers: Vec<Vec<i32>>,
    /// How many lists there are of each kind; 0: none yet.
    lists: u32,
}

/// FNV-1a.
fn hash(text: &[u8]) -> u32 {
    text.iter()
        .fold(2_166_136_261, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(16_777_619))
}

fn decimal(number: i32) -> Key {
    number.to_string().into_bytes()
}

/// Takes a member to the front; whether it was there.
fn to_front<T: PartialEq>(list: &mut [T], member: &T) -> bool {
    let at = list.iter().position(|known| known == member);
    at.map(|at| list[..=at].rotate_right(1)).is_some()
}

impl Table {
    /// From `split`'s parts.
    pub fn from_parts(parts: Vec<Vec<u8>>) -> Table {
        let rows = (1u32..).zip(parts);
        let map = rows.map(|(at, part)| (at.to_string().into_bytes(), Value::Field(part)));
        Table { map: map.collect(), split: true, ..Table::default() }
    }

    /// From texts and values, in order.
    pub fn from_rows(rows: impl Iterator<Item = (Key, Value)>) -> Table {
        let mut table = Table::default();
        rows.for_each(|(key, value)| table.insert(key, None, value));
        table
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// An element, which is not looked for as a program would.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        self.map.get(key)
    }

    /// Whether there is one; `number`: the subscript was a whole number.
    pub fn contains(&mut self, key: &Key, number: Option<i32>) -> bool {
        !self.map.is_empty() && self.find(key, number, false)
    }

    /// An element, made where there is none.
    pub fn element(&mut self, key: Key, number: Option<i32>) -> &mut Value {
        self.find(&key, number, true);
        self.map.entry(key).or_default()
    }

    /// Sets an element.
    pub fn insert(&mut self, key: Key, number: Option<i32>, value: Value) {
        *self.element(key, number) = value;
    }

    /// Removes one.
    pub fn remove(&mut self, key: &Key, number: Option<i32>) {
        if self.split && self.map.contains_key(key) {
            self.leave_split();
        }
        if self.map.is_empty() || !self.find(key, number, false) {
            return;
        }
        self.map.remove(key);
        if self.map.is_empty() {
            return self.clear();
        }
        let list = self.list(hash(key));
        if let Some(list) = self.texts.get_mut(list) {
            list.retain(|known| known != key);
        }
        self.numbers.iter_mut().for_each(|list| list.retain(|known| decimal(*known) != *key));
    }

    /// Removes all.
    pub fn clear(&mut self) {
        *self = Table::default();
    }

    /// Its subscripts in the order of a loop.
    pub fn keys(&mut self) -> Vec<Key> {
        if self.texts.is_empty() && !self.map.is_empty() {
            self.add_texts();
        }
        self.texts.concat()
    }

    fn list(&self, hash: u32) -> usize {
        (hash & self.lists.saturating_sub(1)) as usize
    }

    /// Looks for a subscript, and adds it with `create`.
    fn find(&mut self, key: &Key, number: Option<i32>, create: bool) -> bool {
        let Some(number) = number else { return self.find_text(key, create) };
        if self.split {
            if self.map.contains_key(key) {
                return true;
            }
            if !create {
                return false;
            }
            self.leave_split();
        }
        self.find_number(number, create)
    }

    fn find_number(&mut self, number: i32, create: bool) -> bool {
        self.begin(LISTS_MIN);
        let list = self.list(number as u32);
        if self.numbers.get_mut(list).is_some_and(|list| to_front(list, &number)) {
            return true;
        }
        if !self.texts.is_empty() {
            if !self.find_text(&decimal(number), create) {
                return false;
            }
        } else if create {
            self.grow();
        } else {
            return false;
        }
        if self.numbers.is_empty() {
            self.numbers = vec![Vec::new(); self.lists as usize];
        }
        let list = self.list(number as u32);
        self.numbers[list].insert(0, number);
        true
    }

    fn find_text(&mut self, key: &Key, create: bool) -> bool {
        if self.texts.is_empty() {
            self.add_texts();
        }
        let list = self.list(hash(key));
        if to_front(&mut self.texts[list], key) {
            return true;
        }
        if create {
            self.grow();
            let list = self.list(hash(key));
            self.texts[list].insert(0, key.clone());
        }
        create
    }

    fn begin(&mut self, lists: u32) {
        if self.lists == 0 {
            self.lists = lists;
        }
    }

    /// Lists by text for what has been used by number so far.
    fn add_texts(&mut self) {
        if self.split {
            self.leave_split();
        }
        self.begin(LISTS_MIN);
        self.texts = vec![Vec::new(); self.lists as usize];
        for number in self.numbers.concat() {
            let key = decimal(number);
            let list = self.list(hash(&key));
            self.texts[list].insert(0, key);
        }
    }

    /// What `split` made becomes a table.
    fn leave_split(&mut self) {
        self.split = false;
        self.lists = LISTS_MIN;
        let size = self.map.len() as u32;
        while size > self.lists * LIST_LENGTH_MAX {
            self.lists *= 2;
        }
        self.numbers = vec![Vec::new(); self.lists as usize];
        for number in 1..=size {
            let list = self.list(number);
            self.numbers[list].insert(0, number as i32);
        }
    }

    /// Makes room for one more: twice as many lists, each old one dealt out to two.
    fn grow(&mut self) {
        if (self.map.len() as u32) < self.lists * LIST_LENGTH_MAX {
            return;
        }
        let old = self.lists;
        self.lists *= 2;
        deal(&mut self.texts, |key| hash(key) & old != 0);
        deal(&mut self.numbers, |number| *number as u32 & old != 0);
    }
}

fn deal<T>(lists: &mut Vec<Vec<T>>, moves: impl Fn(&T) -> bool) {
    let old = std::mem::take(lists);
    let (kept, moved): (Vec<_>, Vec<_>) =
        old.into_iter().map(|list| list.into_iter().partition::<Vec<T>, _>(|m| !moves(m))).unzip();
    lists.extend(kept.into_iter().chain(moved));
}

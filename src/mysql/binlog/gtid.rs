//! Global transaction identifiers and sets of them. Models `sql/rpl_gtid_set.cc` of 5.7: how sets
//! are read, printed and laid out in a Previous_gtids event.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::SortedMap;

/// The largest number a transaction may have (`GTID_END`, 2^63 − 1, is the end of all).
const NUMBER_MAX: u64 = (1 << 63) - 2;

/// One transaction: the server that made it, and its number there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Gtid {
    /// The server's UUID, in lower case.
    pub uuid: String,
    /// From 1.
    pub number: u64,
}

impl Gtid {
    /// `UUID:NUMBER`.
    pub fn parse(text: &str) -> Option<Gtid> {
        let (uuid, number) = text.trim().split_once(':')?;
        let number = number.trim().parse().ok().filter(|n| (1..=NUMBER_MAX).contains(n))?;
        Some(Gtid { uuid: uuid_of(uuid)?, number })
    }
}

impl fmt::Display for Gtid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}", self.uuid, self.number)
    }
}

/// A set of transactions: first and last number of each run, by server.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct GtidSet(SortedMap<String, Vec<(u64, u64)>>);

impl GtidSet {
    /// `UUID:1-5:7, UUID:1`, as people and MySQL write it; empty parts count for nothing.
    pub fn parse(text: &str) -> Option<GtidSet> {
        let mut set = GtidSet::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let mut pieces = part.split(':');
            let uuid = uuid_of(pieces.next()?)?;
            for piece in pieces {
                let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
                let number = |text: &str| text.trim().parse::<u64>().ok();
                let (first, last) = (number(first)?, number(last)?);
                if first == 0 || last > NUMBER_MAX {
                    return None;
                }
                // A run that ends before it begins is empty.
                if first <= last {
                    set.add_run(&uuid, (first, last));
                }
            }
        }
        Some(set)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this transaction is in it.
    pub fn contains(&self, gtid: &Gtid) -> bool {
        let runs = self.0.get(&gtid.uuid);
        runs.is_some_and(|runs| runs.iter().any(|run| (run.0..=run.1).contains(&gtid.number)))
    }

    /// One more.
    pub fn add(&mut self, gtid: &Gtid) {
        self.add_run(&gtid.uuid, (gtid.number, gtid.number));
    }

    /// Numbers from the first to the last one.
    pub(super) fn add_run(&mut self, uuid: &str, (mut first, mut last): (u64, u64)) {
        let mut runs = self.0.remove(uuid).unwrap_or_default();
        runs.retain(|run| {
            let touches = run.0 <= last + 1 && first <= run.1 + 1;
            if touches {
                (first, last) = (first.min(run.0), last.max(run.1));
            }
            !touches
        });
        runs.push((first, last));
        runs.sort_unstable();
        self.0.insert(uuid.to_string(), runs);
    }

    /// All of another one.
    pub fn add_all(&mut self, other: &GtidSet) {
        for (uuid, runs) in other.0.iter() {
            runs.iter().for_each(|run| self.add_run(uuid, *run));
        }
    }

    /// What is not in the other one.
    #[must_use]
    pub fn without(&self, other: &GtidSet) -> GtidSet {
        let mut left = GtidSet::default();
        for (uuid, runs) in self.0.iter() {
            let gone = other.0.get(uuid).map_or(&[][..], Vec::as_slice);
            for (first, last) in runs {
                let mut from = *first;
                for (gone_first, gone_last) in gone {
                    if *gone_first > from && *gone_first <= *last {
                        left.add_run(uuid, (from, gone_first - 1));
                    }
                    if *gone_first <= *last {
                        from = from.max(gone_last + 1);
                    }
                }
                if from <= *last {
                    left.add_run(uuid, (from, *last));
                }
            }
        }
        left
    }

    /// Whether all of it is in the other one.
    pub fn is_within(&self, other: &GtidSet) -> bool {
        self.without(other).is_empty()
    }

    /// What one server made of it.
    #[must_use]
    pub fn of(&self, uuid: &str) -> GtidSet {
        let mut own = GtidSet::default();
        if let Some(runs) = self.0.get(uuid) {
            own.0.insert(uuid.to_string(), runs.clone());
        }
        own
    }

    /// The least number of a server that is free.
    pub fn next(&self, uuid: &str) -> u64 {
        match self.0.get(uuid).and_then(|runs| runs.first()) {
            Some((1, last)) => last + 1,
            _ => 1,
        }
    }

    /// As a Previous_gtids event has it: of each server its runs, with the number behind their end.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend((self.0.iter().count() as u64).to_le_bytes());
        for (uuid, runs) in self.0.iter() {
            out.extend(uuid_bytes(uuid));
            out.extend((runs.len() as u64).to_le_bytes());
            for (first, last) in runs {
                out.extend(first.to_le_bytes());
                out.extend((last + 1).to_le_bytes());
            }
        }
    }
}

impl fmt::Display for GtidSet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, (uuid, runs)) in self.0.iter().enumerate() {
            write!(f, "{}{uuid}", if index > 0 { ",\n" } else { "" })?;
            for (first, last) in runs {
                match first == last {
                    true => write!(f, ":{first}")?,
                    false => write!(f, ":{first}-{last}")?,
                }
            }
        }
        Ok(())
    }
}

/// A UUID in lower case, if it is one.
fn uuid_of(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let dashes = [8, 13, 18, 23];
    let fits = |(at, byte): (usize, u8)| match dashes.contains(&at) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    (text.len() == 36 && text.bytes().enumerate().all(fits)).then_some(text)
}

/// Its 16 bytes.
pub(super) fn uuid_bytes(uuid: &str) -> Vec<u8> {
    let digits: Vec<u8> = uuid.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
    digits
        .chunks(2)
        .map(|pair| value(pair[0]) << 4 | pair.get(1).map_or(0, |d| value(*d)))
        .collect()
}

/// `9231f8c0-f8a7-…` of its 16 bytes.
pub(super) fn uuid_shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

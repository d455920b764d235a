//! Whether a run only repeats itself: containers that crash again and again, clients that try
//! again and again. Real clusters do so forever; here nobody has to watch.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::agenda::Agenda;
use crate::base::SimTime;
use crate::base::digest::Digest;
use crate::base::limit::REPEATED_MS_MAX;
use crate::sim::Action;
use crate::trace::Fact;

/// So often something has to be seen to be no news any more.
const KNOWN: u8 = 2;

/// What has been seen, and when there was news last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Repetition {
    /// How often steps of a shape were seen, up to [`KNOWN`].
    seen: Arc<BTreeMap<u64, u8>>,
    news_at: SimTime,
    /// The last number that the agenda had given then.
    number: u64,
}

impl Repetition {
    /// A step has been recorded, and the agenda has given so many numbers.
    pub fn note(&mut self, facts: &[Fact], now: SimTime, number: u64) {
        let mut shape = Shape(Digest::default());
        facts.hash(&mut shape);
        let seen = self.seen.get(&shape.finish()).copied().unwrap_or(0);
        if seen < KNOWN {
            Arc::make_mut(&mut self.seen).insert(shape.finish(), seen + 1);
            self.renew(now, number);
        }
    }

    /// Somebody has asked for something.
    pub fn renew(&mut self, now: SimTime, number: u64) {
        (self.news_at, self.number) = (now, number);
    }

    /// Whether there has been no news for a good while, whatever is ahead was asked for since, and
    /// nobody waits for a moment.
    pub fn is_sure(&self, now: SimTime, agenda: &Agenda) -> bool {
        now.since(self.news_at).0 >= REPEATED_MS_MAX
            && agenda.oldest_number() > self.number
            && !agenda.actions().any(|action| *action == Action::Waited)
    }
}

/// A digest of everything but counts, ids and moments.
struct Shape(Digest);

impl Hasher for Shape {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut from = 0;
        while from < bytes.len() {
            let length = count(bytes, from);
            let token = if length > 0 { &b"#"[..] } else { &bytes[from..=from] };
            self.0.write(token);
            from += length.max(1);
        }
    }

    // These are counts, ids and moments.
    fn write_u32(&mut self, _: u32) {}
    fn write_u64(&mut self, _: u64) {}
    fn write_usize(&mut self, _: usize) {}
}

/// The bytes of a number or a UUID that begins here. The numbers of names and addresses
/// (`mysql-1`, `node2`, `10.244.1.2`) are none, those of binlog files (`.000003`) are.
fn count(bytes: &[u8], from: usize) -> usize {
    const UUID: [usize; 4] = [8, 13, 18, 23];
    let rest = &bytes[from..];
    let is_uuid = rest.len() >= 36
        && (0..36).all(|at| match UUID.contains(&at) {
            true => rest[at] == b'-',
            false => rest[at].is_ascii_hexdigit(),
        });
    if is_uuid {
        return 36;
    }
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let before = from.checked_sub(1).map(|at| bytes[at]);
    match before {
        Some(b'.') if digits < 6 => 0,
        Some(byte) if byte == b'-' || byte == b'_' || byte.is_ascii_alphanumeric() => 0,
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, count: u64) -> u64 {
        let mut shape = Shape(Digest::default());
        (text, count).hash(&mut shape);
        shape.finish()
    }

    #[test]
    fn counts_moments_and_ids_are_no_news() {
        let uuid = |end| format!("master 71bb54d8-d101-15b9-834d-0bff9015028{end}.");
        for (one, other) in [
            ("retries: 1", "retries: 12"),
            ("at 2026-01-05", "at 2027-01-05"),
            ("mysql-0-bin.000003", "mysql-0-bin.000017"),
            (&uuid(0), &uuid(1)),
        ] {
            assert_eq!(shape(one, 1), shape(other, 2), "{one} and {other}");
        }
        for (one, other) in
            [("mysql-1", "mysql-2"), ("node2", "node3"), ("10.244.1.2", "10.244.1.3"), ("a", "b")]
        {
            assert_ne!(shape(one, 1), shape(other, 1), "{one} and {other}");
        }
    }
}

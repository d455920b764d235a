//! Counting what test runners say they did.

use std::ops::AddAssign;

/// How many checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Checks that passed.
    pub passed: u32,
    /// Checks that failed.
    pub failed: u32,
}

impl Tally {
    /// One check.
    pub fn one(passed: bool) -> Tally {
        Tally { passed: u32::from(passed), failed: u32::from(!passed) }
    }

    /// A runner's count, where a runner that failed without naming a failed test (it did not
    /// compile, say), or that ran nothing, counts as one failure.
    pub fn of_runner(counted: Tally, success: bool) -> Tally {
        let explained = counted.failed > 0 || (success && counted.passed > 0);
        if explained { counted } else { Tally { failed: counted.failed + 1, ..counted } }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Adds up cargo's `test result: ok. 3 passed; 0 failed; …` lines.
pub fn of_cargo(text: &str) -> Tally {
    let mut sum = Tally::default();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
        for part in line.split([';', '.']) {
            match part.trim().split_once(' ') {
                Some((count, "passed")) => sum.passed += count.parse().unwrap_or(0),
                Some((count, "failed")) => sum.failed += count.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
    sum
}

/// Reads the closing lines of node's test runner: `ℹ pass 3`, `ℹ fail 0`, `ℹ cancelled 0`.
pub fn of_node(text: &str) -> Tally {
    let mut sum = Tally::default();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["ℹ" | "#", "pass", count] => sum.passed += count.parse().unwrap_or(0),
            ["ℹ" | "#", "fail" | "cancelled", count] => sum.failed += count.parse().unwrap_or(0),
            _ => {}
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn cargo_lines_are_added_up() {
        let text = "\
running 3 tests
test base::time::tests::sums ... ok

test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

test result: FAILED. 40 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.5s
error: 1 target failed:
";
        assert_eq!(of_cargo(text), tally(43, 2));
        assert_eq!(of_cargo("error: could not compile `ordinal`"), tally(0, 0));
    }

    #[test]
    fn node_lines_are_read() {
        let text = "✔ steps (12ms)\nℹ tests 4\nℹ suites 0\nℹ pass 2\nℹ fail 1\nℹ cancelled 1\n";
        assert_eq!(of_node(text), tally(2, 2));
        assert_eq!(of_node("# pass 7\n# fail 0\n"), tally(7, 0));
    }

    #[test]
    fn a_runner_that_fails_without_a_count_is_one_failure() {
        assert_eq!(Tally::of_runner(tally(0, 0), false), tally(0, 1));
        assert_eq!(Tally::of_runner(tally(0, 0), true), tally(0, 1));
        assert_eq!(Tally::of_runner(tally(5, 0), false), tally(5, 1));
        assert_eq!(Tally::of_runner(tally(5, 2), false), tally(5, 2));
        assert_eq!(Tally::of_runner(tally(5, 0), true), tally(5, 0));
    }
}

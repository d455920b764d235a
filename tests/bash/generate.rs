//! Scripts made up from the grammar, for comparison with the machine's own shells.
//!
//! Every script ends by itself: loops count, functions call only those defined before them, nothing
//! sleeps. None names a path outside its directory but `/dev/null` and one that is not there.
//! What a real shell would leave to chance is left out: process numbers, clocks, and writers into a
//! pipe that nobody reads to its end.

#[path = "generate/arith.rs"]
mod arith;
#[path = "generate/builtin.rs"]
mod builtin;
#[path = "generate/command.rs"]
mod command;
#[path = "generate/more.rs"]
mod more;
#[path = "generate/spoil.rs"]
mod spoil;
#[path = "generate/wide.rs"]
mod wide;
#[path = "generate/word.rs"]
mod word;

use crate::chooser::Chooser;
use ordinal::base::seed::Seed;

use super::case::Case;
pub use spoil::garble;
use spoil::spoil;

/// Makes up text. Each part of the grammar is a method that gives its source.
pub struct Maker {
    chance: Seed,
    /// For dash: nothing POSIX lacks.
    posix: bool,
    /// Rarer means, too.
    more: bool,
    /// Levels still allowed below this one.
    depth: u32,
    /// Functions defined so far: `f0`, `f1` …
    functions: u32,
    /// Functions that may be called here: within `f2`, `f0` and `f1`.
    callable: u32,
    /// Numbers the counters of `while` loops and the tags of here-documents.
    names: u32,
    /// Loops around this place.
    loops: u32,
}

/// Script `number` of `seed`.
pub fn case(seed: u64, number: u64) -> Case {
    let mut chance = Seed(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let shape = chance.below(20);
    let posix = shape >= 17;
    // Every fourth script has the rarer means.
    let more = number % 4 == 3 || std::env::var_os("BASH_MORE").is_some();
    let mut maker =
        Maker { chance, posix, more, depth: 4, functions: 0, callable: 0, names: 0, loops: 0 };
    let mut statements = maker.prelude();
    for _ in 0..maker.range(3, 9) {
        statements.push(maker.statement());
    }
    if shape == 16 && std::env::var_os("BASH_SPOIL").is_some() {
        statements = spoil(&mut maker.chance, statements);
    }
    let mut script = statements.join("\n") + "\n";
    if is_raced(&script) {
        script = script.replace("2>&1", "2>/dev/null").replace("1>&2", ">/dev/null");
    }
    Case {
        name: format!("seed {seed}, number {number}"),
        script,
        command: !posix && shape.is_multiple_of(5),
        sh: posix,
        args: maker.some(&["one", "two words", "*", "", "-n", "4"], 3),
        options: maker.some(&["-e", "-u", "-x"], 1).into_iter().filter(|_| shape == 3).collect(),
        files: [("f1".into(), "one 1\ntwo 2\n\nfour  4\n".into()), ("d1/g".into(), "g".into())]
            .into(),
        stdin: "first line\nsecond\\\nthird  \n".into(),
        ..Case::default()
    }
}

/// Whether processes that run side by side trace what they do: where that went into the output, it
/// would be a matter of chance which comes first.
fn is_raced(script: &str) -> bool {
    let traces = ["set -x", "set -ex", "-x"].iter().any(|how| script.contains(how));
    traces && [" | ", "|& ", " & ", " &\n"].iter().any(|how| script.contains(how))
}

impl Chooser for Maker {
    fn chance(&mut self) -> &mut Seed {
        &mut self.chance
    }

    fn depth(&mut self) -> &mut u32 {
        &mut self.depth
    }
}

impl Maker {
    fn some(&mut self, items: &[&str], most: u64) -> Vec<String> {
        (0..self.below(most + 1)).map(|_| self.pick(items)).collect()
    }

    fn fresh(&mut self) -> u32 {
        self.names += 1;
        self.names
    }

    /// Variables and options that the rest of a script meets.
    fn prelude(&mut self) -> Vec<String> {
        let mut lines = vec!["a=foo b='x y  z' c= n=3".to_string()];
        if !self.posix && !self.once_in(3) {
            lines.push("arr=(zero 'one 1' '' three); ref=a".to_string());
        }
        match self.below(12) {
            0 => lines.push("set -e".into()),
            1 => lines.push("set -u".into()),
            2 | 3 => lines.push("set -x".into()),
            4 => lines.push("set -ex".into()),
            5 if !self.posix => lines.push("set -o pipefail".into()),
            6 if !self.posix => lines.push("set -euo pipefail".into()),
            7 => lines.push("IFS=:".into()),
            8 if !self.posix => lines.push("shopt -s extglob nullglob".into()),
            _ => {}
        }
        lines
    }
}

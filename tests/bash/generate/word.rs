//! Words: quoting and expansions.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// A variable's name, set or not.
    pub(super) fn name(&mut self) -> String {
        self.pick(&["a", "b", "c", "n", "u", "x", "v"])
    }

    /// A word of one to three pieces.
    pub(super) fn word(&mut self) -> String {
        let pieces = if self.once_in(3) { self.range(2, 3) } else { 1 };
        (0..pieces).map(|_| self.piece()).collect()
    }

    /// One to three words.
    pub(super) fn words(&mut self) -> String {
        let words: Vec<String> = (0..self.range(1, 3)).map(|_| self.word()).collect();
        words.join(" ")
    }

    fn piece(&mut self) -> String {
        match self.below(16) {
            0..=3 => self.plain(),
            4 => self.single(),
            5..=7 => self.double(),
            8..=11 => self.parameter(),
            12 => self.deeper(|m| m.substitution(), |m| m.plain()),
            13 => self.deeper(|m| format!("$(({}))", m.arith()), |m| m.plain()),
            14 if !self.posix => self.ansi(),
            _ => self.pick(&["\\ ", "\\*", "\\$", "\\\\", "\\\"", "\\'", "\\a", "\\#"]),
        }
    }

    /// No bare `/`: with a pattern behind it, it would name the directories of this machine.
    fn plain(&mut self) -> String {
        let common = [
            "a", "b1", "foo", "x-y", "a.b", "7", "-n", "=", "a=b", "%", "@", "+", ":", "*", "?",
            "[fd]1", "f*", "~", "a:b", "!", "]", "^", ",", "a#b", "d1/", "-",
        ];
        if self.posix || !self.once_in(5) {
            return self.pick(&common);
        }
        self.pick(&["{a,b}", "{1..3}", "x{,y}z", "{c..a}", "{a}", "{01..3}", "+(f|o)*", "{a,b"])
    }

    fn single(&mut self) -> String {
        self.pick(&["''", "'a b'", "'$a'", "'*'", "'\\'", "'a\"b'", "'#'", "'`'", "'a\nb'"])
    }

    fn ansi(&mut self) -> String {
        self.pick(&[
            "$'a\\tb'",
            "$'\\x41\\101'",
            "$'it\\'s'",
            "$'\\n'",
            "$'\\e[0m'",
            "$'a\\\\b\\q'",
            "$'\\cA'",
            "$'é'",
        ])
    }

    /// `"…"`.
    pub(super) fn double(&mut self) -> String {
        let inner: String = (0..self.below(4)).map(|_| self.double_piece()).collect();
        format!("\"{inner}\"")
    }

    fn double_piece(&mut self) -> String {
        match self.below(9) {
            0..=2 => self.pick(&[" ", "a", "x  y", "*", "'", "it's", "~", "{a,b}", "#", "!"]),
            3 => self.pick(&["\\\"", "\\$", "\\\\", "\\n", "\\`", "\\*"]),
            4..=6 => self.parameter(),
            7 => self.deeper(|m| m.substitution(), |m| m.parameter()),
            _ => self.deeper(|m| format!("$(({}))", m.arith()), |m| m.parameter()),
        }
    }

    /// `$(…)` or backquotes.
    pub(super) fn substitution(&mut self) -> String {
        match self.below(8) {
            0 => {
                let words =
                    self.pick(&["echo a b", "echo $a", "echo \\$a", "echo \"$b\"", "false"]);
                format!("`{words}`")
            }
            1 if !self.posix => self.pick(&["$(<f1)", "$(< f1)", "$(<missing)"]),
            _ => format!("$({})", self.inline()),
        }
    }

    /// `$name` or `${…}`.
    pub(super) fn parameter(&mut self) -> String {
        let name = self.name();
        match self.below(14) {
            0..=2 => format!("${name}"),
            3 => format!("${{{name}}}"),
            4 => self.pick(&["$1", "$2", "$@", "$*", "$#", "$?", "$-", "${10}", "$0"]),
            5 => format!("${{#{name}}}"),
            6 | 7 => {
                let op = self.pick(&[":-", "-", ":+", "+", ":=", "=", ":?", "?"]);
                let word = self.operand();
                let target = if op.ends_with('=') || !self.once_in(4) {
                    name
                } else {
                    self.pick(&["1", "@", "*", "9"])
                };
                format!("${{{target}{op}{word}}}")
            }
            8 | 9 => {
                let op = self.pick(&["#", "##", "%", "%%"]);
                format!("${{{name}{op}{}}}", self.pattern())
            }
            _ if self.posix => format!("${name}"),
            10 => {
                let op = self.pick(&["/", "//", "/#", "/%"]);
                let pattern = self.pattern();
                let target = if self.once_in(3) { self.array() } else { name };
                let by =
                    if self.once_in(4) { String::new() } else { format!("/{}", self.operand()) };
                format!("${{{target}{op}{pattern}{by}}}")
            }
            11 => self.slice(name),
            12 => self.array_use(),
            _ => self.transform(name),
        }
    }

    fn array(&mut self) -> String {
        self.pick(&["arr[@]", "arr[*]", "arr[1]", "arr[-1]", "arr[n]", "arr", "@", "*", "arr[7]"])
    }

    fn array_use(&mut self) -> String {
        let array = self.array();
        match self.below(6) {
            0 => format!("${{#{array}}}"),
            1 => self.pick(&["${!arr[@]}", "${!arr[*]}", "${!a*}", "${!ref}", "${!u}", "${!a@}"]),
            2 => {
                let op = self.pick(&["#", "##", "%", "%%", ":-", "+", "^^"]);
                format!("${{{array}{op}{}}}", self.pattern())
            }
            _ => format!("${{{array}}}"),
        }
    }

    fn slice(&mut self, name: String) -> String {
        let target = if self.once_in(2) { self.array() } else { name };
        let from = self.pick(&["0", "1", "n", " -2", "2", "n-1", " -9", "9", "0 "]);
        let length = self.pick(&["", ":1", ":2", ": -1", ":n", ":0", ":9"]);
        format!("${{{target}:{from}{length}}}")
    }

    fn transform(&mut self, name: String) -> String {
        let target = if self.once_in(3) { self.array() } else { name };
        let how =
            self.pick(&["@Q", "@E", "@A", "@a", "@U", "@u", "@L", "^", "^^", ",", ",,", "@P"]);
        format!("${{{target}{how}}}")
    }

    /// The word within `${v:-…}`.
    fn operand(&mut self) -> String {
        self.deeper(
            |m| match m.below(6) {
                0 => m.double(),
                1 => m.parameter(),
                2 => m.pick(&["", "a b", "'q r'", "\"q  r\"", "x\\ y", "*", "~", "\\}", "$b"]),
                _ => m.plain(),
            },
            |m| m.pick(&["", "d", "a b"]),
        )
    }

    /// A shell pattern.
    pub(super) fn pattern(&mut self) -> String {
        (0..self.range(1, 2)).map(|_| self.pattern_piece()).collect()
    }

    fn pattern_piece(&mut self) -> String {
        if !self.posix && self.once_in(10) {
            return self.pick(&["@(a|f)", "*(o)", "!(x)", "+([a-z])", "?(f)"]);
        }
        self.pick(&[
            "*",
            "?",
            "f",
            "o",
            "x",
            " ",
            "[a-m]",
            "[!a]",
            "[[:alpha:]]",
            "\"*\"",
            "\\*",
            "$a",
            "'o'",
            "\"$a\"",
            "[^x ]",
            "y",
            "[]",
            "[",
            "oo",
        ])
    }
}

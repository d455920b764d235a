//! Arithmetic expressions.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// An expression.
    pub(super) fn arith(&mut self) -> String {
        if self.once_in(25) {
            return self
                .pick(&["1+", "1 2", "(1", "1/0", "08", "a b", "1++", "", " ", "5=3", "2**-1"]);
        }
        self.deeper(|m| m.arith_deep(), |m| m.arith_leaf())
    }

    fn arith_leaf(&mut self) -> String {
        if !self.posix && self.once_in(6) {
            return self.pick(&[
                "arr[0]",
                "arr[n-3]",
                "16#ff",
                "2#101",
                "0x1f",
                "${#arr[@]}",
                "i++",
            ]);
        }
        self.pick(&["0", "1", "2", "7", "010", "n", "$n", "u", "i", "${n}", "c", "-3", "100"])
    }

    fn arith_deep(&mut self) -> String {
        let left = self.arith_leaf();
        let space = self.pick(&["", "", " "]);
        match self.below(10) {
            0 | 1 => left,
            2..=5 => {
                let op = self.arith_operator();
                format!("{left}{space}{op}{space}{}", self.arith())
            }
            6 => format!("({}){space}{}{space}{left}", self.arith(), self.arith_operator()),
            7 => {
                let op = self.pick(&["=", "+=", "-=", "*=", "/=", "%=", "<<=", "|=", "^=", "&="]);
                format!("i{space}{op}{space}{}", self.arith())
            }
            8 => format!("{left}{space}?{space}{}{space}:{space}{}", self.arith(), self.arith()),
            _ => {
                let op = self.pick(&["-", "+", "!", "~", "- ", "! "]);
                format!("{op}{left}")
            }
        }
    }

    fn arith_operator(&mut self) -> String {
        if !self.posix && self.once_in(8) {
            return self.pick(&["**", ","]);
        }
        self.pick(&[
            "+", "-", "*", "/", "%", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^",
            "&&", "||",
        ])
    }
}

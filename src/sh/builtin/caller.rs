//! `caller`.

use super::super::machine::{Machine, parse_number};

impl Machine {
    /// Models `caller_builtin`: without an argument it shows a line even where nothing was called.
    pub(super) fn caller(&mut self, args: &[Vec<u8>]) -> u8 {
        let usage = "caller [expr]";
        if self.entry_of(b"BASH_SOURCE", 0).is_none() {
            return 1;
        }
        let args = match args.first().map(Vec::as_slice) {
            Some(b"--") => &args[1..],
            Some([b'-', letter, ..]) => return self.usage("caller", &[b'-', *letter], usage),
            _ => args,
        };
        let null = || b"NULL".to_vec();
        let Some(argument) = args.first() else {
            let line = self.entry_of(b"BASH_LINENO", 0).unwrap_or_else(null);
            let file = self.entry_of(b"BASH_SOURCE", 1).unwrap_or_else(null);
            self.print("caller", [line.as_slice(), b" ", &file, b"\n"].concat());
            return 0;
        };
        let Some(number) = parse_number(argument) else {
            self.argument_error("caller", argument, "invalid number");
            self.error_line(format!("caller: usage: {usage}").as_bytes());
            return 2;
        };
        let line = self.entry_of(b"BASH_LINENO", number);
        let name = self.entry_of(b"FUNCNAME", number.saturating_add(1));
        let file = self.entry_of(b"BASH_SOURCE", number.saturating_add(1));
        let (Some(line), Some(name), Some(file)) = (line, name, file) else { return 1 };
        self.print("caller", [line.as_slice(), b" ", &name, b" ", &file, b"\n"].concat());
        0
    }

    fn entry_of(&self, array: &[u8], index: i64) -> Option<Vec<u8>> {
        self.list(array)?.get(&u64::try_from(index).ok()?).cloned()
    }
}

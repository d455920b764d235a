//! What `printf` says of a conversion that it does not know, and its `-v`.

use super::super::machine::Machine;

impl Machine {
    /// `printf -v`.
    pub(super) fn printf_into(&mut self, name: &[u8], out: &[u8]) -> u8 {
        if self.is_readonly(name) {
            self.complain_of(name, "readonly variable");
            return 1;
        }
        if self.assign_to(name, out) {
            return 0;
        }
        let shown = [b"`", name, b"'"].concat();
        self.argument_error("printf", &shown, "not a valid identifier");
        2
    }

    /// There is no such conversion; `last`: the format ends with it.
    pub(super) fn unknown_conversion(&mut self, conversion: &[u8], last: bool) -> u8 {
        let letter = conversion.last().copied().unwrap_or(b'%');
        // Bash passes over modifiers of lengths.
        let modifies = self.bash() && b"hjlLtz".contains(&letter);
        let missing = last && (!letter.is_ascii_alphabetic() || modifies);
        if !self.bash() {
            let shown = String::from_utf8_lossy(conversion).into_owned();
            let why = match missing {
                true => "missing format character".to_string(),
                false => format!("{shown}: invalid directive"),
            };
            self.builtin_error("printf", &why);
            return 2;
        }
        if letter.eq_ignore_ascii_case(&b'a') {
            self.not_modelled(&format!("printf %{}", char::from(letter)));
            return 2;
        }
        let (shown, why) = match missing {
            true => (conversion, "missing format character"),
            false => (&conversion[conversion.len() - 1..], "invalid format character"),
        };
        self.argument_error("printf", &[b"`", shown, b"'"].concat(), why);
        1
    }
}

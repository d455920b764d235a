//! `umask`.

use super::super::host::Host;
use super::super::machine::Machine;
use super::next_letters;

impl Machine {
    pub(super) fn umask(&mut self, args: &[Vec<u8>], host: &mut dyn Host) -> u8 {
        let (mut symbolic, mut again, mut rest) = (false, false, args);
        while let Some(letters) = next_letters(&mut rest) {
            for letter in letters {
                match letter {
                    b'S' => symbolic = true,
                    b'p' if self.bash() => again = true,
                    _ => return self.usage("umask", &[b'-', *letter], "umask [-p] [-S] [mode]"),
                }
            }
        }
        let shown = |mask: u32| match symbolic {
            true => symbols(mask),
            false => format!("{mask:04o}"),
        };
        let Some(mode) = rest.first() else {
            let before = match (again, symbolic) {
                (false, _) => "",
                (true, true) => "umask -S ",
                (true, false) => "umask ",
            };
            let text = format!("{before}{}\n", shown(host.umask()));
            self.print("umask", text.into_bytes());
            return 0;
        };
        let mask = match mode.first() {
            Some(b'0'..=b'9') => octal(mode),
            _ => match symbolic_mask(host.umask(), mode) {
                Ok(mask) => Some(mask),
                Err((what, byte)) => return self.bad_mode(mode, what, byte),
            },
        };
        let Some(mask) = mask else {
            if self.bash() {
                self.argument_error("umask", mode, "octal number out of range");
                return 1;
            }
            return self.illegal_mode("Illegal number", mode);
        };
        host.set_umask(mask);
        if symbolic && self.bash() {
            self.print("umask", format!("{}\n", symbols(mask)).into_bytes());
        }
        0
    }

    fn bad_mode(&mut self, mode: &[u8], what: &str, byte: u8) -> u8 {
        if !self.bash() {
            return self.illegal_mode("Illegal mode", mode);
        }
        let shown = [b"`", [byte].as_slice(), b"'"].concat();
        self.argument_error("umask", &shown, &format!("invalid symbolic mode {what}"));
        1
    }

    fn illegal_mode(&mut self, why: &str, mode: &[u8]) -> u8 {
        self.builtin_error("umask", &format!("{why}: {}", String::from_utf8_lossy(mode)));
        2
    }
}

fn octal(text: &[u8]) -> Option<u32> {
    let mask = u32::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok()?;
    (mask <= 0o777).then_some(mask)
}

fn symbols(mask: u32) -> String {
    let part = |shift: u32| {
        let bits = !(mask >> shift) & 7;
        let letters = [(4, 'r'), (2, 'w'), (1, 'x')];
        letters.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, l)| *l).collect::<String>()
    };
    format!("u={},g={},o={}", part(6), part(3), part(0))
}

/// `u=rwx,g-w`: the mask it leaves; `Err`: what the byte is that has no place there. Models
/// `parse_symbolic_mode`.
fn symbolic_mask(mask: u32, text: &[u8]) -> Result<u32, (&'static str, u8)> {
    let mut allowed = !mask & 0o777;
    for clause in text.split(|b| *b == b',') {
        let who = clause.iter().take_while(|b| b"ugoa".contains(b)).count();
        let places = clause[..who].iter().fold(0, |all, who| match who {
            b'u' => all | 0o700,
            b'g' => all | 0o070,
            b'o' => all | 0o007,
            _ => 0o777,
        });
        let places = if who == 0 { 0o777 } else { places };
        let (operator, letters) = clause[who..].split_first().ok_or(("operator", 0))?;
        if !b"+-=".contains(operator) {
            return Err(("operator", *operator));
        }
        let mut bits = 0;
        for letter in letters {
            bits |= match letter {
                b'r' => 0o444,
                b'w' => 0o222,
                b'x' => 0o111,
                other => return Err(("character", *other)),
            };
        }
        match operator {
            b'=' => allowed = allowed & !places | bits & places,
            b'+' => allowed |= bits & places,
            _ => allowed &= !(bits & places),
        }
    }
    Ok(!allowed & 0o777)
}

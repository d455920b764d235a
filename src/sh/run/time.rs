//! `time`: how long a pipeline took. Commands take no time of the processor here.

use super::super::machine::Machine;
use super::super::script::Timed;
use crate::base::SimTime;

/// What bash prints where TIMEFORMAT is not set.
const FORMAT: &[u8] = b"\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";

impl Machine {
    /// Says how long a pipeline took that began at this moment.
    pub(super) fn tell_time(&mut self, timed: Timed, since: SimTime) {
        let format = match timed {
            Timed::Posix => b"real %2R\nuser %2U\nsys %2S".to_vec(),
            Timed::Plain => {
                self.vars.text(b"TIMEFORMAT").cloned().unwrap_or_else(|| FORMAT.to_vec())
            }
        };
        if format.is_empty() {
            return;
        }
        match formatted(&format, self.now.since(since).0) {
            Ok(line) => self.error_line(&line),
            Err(letter) => {
                let message =
                    [b"TIMEFORMAT: `".as_slice(), &[letter], b"': invalid format character"];
                self.complain(&message.concat());
            }
        }
    }
}

/// Models `print_formatted_time`; the letter it does not know.
fn formatted(format: &[u8], real: u64) -> Result<Vec<u8>, u8> {
    let mut all = Vec::new();
    let mut rest = format;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'%' {
            all.push(*byte);
            continue;
        }
        let mut digits = 3;
        let mut long = false;
        if let [digit @ b'0'..=b'9', tail @ ..] = rest {
            digits = usize::from(digit - b'0').min(3);
            rest = tail;
        }
        if let [b'l', tail @ ..] = rest {
            long = true;
            rest = tail;
        }
        let [letter, tail @ ..] = rest else {
            all.push(b'%');
            break;
        };
        rest = tail;
        match letter {
            b'%' => all.push(b'%'),
            b'R' => all.extend_from_slice(duration(real, digits, long).as_bytes()),
            b'U' | b'S' => all.extend_from_slice(duration(0, digits, long).as_bytes()),
            b'P' => all.extend_from_slice(b"0.00"),
            other => return Err(*other),
        }
    }
    Ok(all)
}

/// Milliseconds as seconds, or (`long`) as minutes and seconds.
fn duration(millis: u64, digits: usize, long: bool) -> String {
    let point = if digits == 0 {
        String::new()
    } else {
        format!(".{}", &format!("{:03}", millis % 1_000)[..digits])
    };
    let seconds = millis / 1_000;
    if long {
        format!("{}m{}{point}s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}{point}")
    }
}

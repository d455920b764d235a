//! sleep and yes.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, Step, quote};
use crate::base::Millis;
use crate::base::real::{Real, leading_number};
use crate::os::{TimerId, Wait};

/// The longest sleep: as good as forever.
const FOREVER: Millis = Millis(1 << 50);

/// `5`, `0.5`, `2m`, `infinity`.
pub fn duration(text: &[u8]) -> Option<Millis> {
    let text = std::str::from_utf8(text).ok()?;
    if matches!(text.to_ascii_lowercase().as_str(), "inf" | "infinity") {
        return Some(FOREVER);
    }
    let unit = match text.as_bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 3_600,
        b'd' => 86_400,
        _ => 0,
    };
    let number = if unit == 0 { text } else { &text[..text.len() - 1] };
    if number.contains(['e', 'E']) {
        let (seconds, used) = leading_number(number.as_bytes());
        let millis = seconds.apply(b'*', Real::whole(1_000 * unit.max(1) as i64)).to_whole();
        let whole = used == number.len() && !number.starts_with('-');
        return whole.then(|| Millis(millis.max(1).unsigned_abs()).min(FOREVER));
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u64::MAX) };
    let unit: u64 = unit.max(1);
    let nines = format!("{fraction:0<9.9}");
    let nanos: u64 = nines.parse().ok()?;
    // A fraction of a millisecond still takes one.
    let part = (nanos * unit).div_ceil(1_000_000);
    let millis = whole.saturating_mul(unit).saturating_mul(1_000).saturating_add(part);
    Some(Millis(millis).min(FOREVER))
}

/// sleep.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sleep {
    timer: TimerId,
}

impl Sleep {
    /// Reads the arguments and begins to wait.
    pub fn begin(cx: &mut Context) -> Result<Sleep, u8> {
        let args = args::parse(cx, &Options::NONE)?;
        if args.operands.is_empty() {
            return Err(args::missing_operand(cx, 1));
        }
        let mut total = Millis::ZERO;
        let mut wrong = false;
        for text in &args.operands {
            match duration(text) {
                Some(millis) => total = (total + millis).min(FOREVER),
                None => {
                    cx.complain(say!("invalid time interval ", quote::always(text)));
                    wrong = true;
                }
            }
        }
        if wrong {
            return Err(args::usage(cx, 1));
        }
        Ok(Sleep { timer: cx.sys.arm(total) })
    }

    /// Waits.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if cx.sys.has_fired(self.timer) {
            return Step::Done(0);
        }
        Step::Wait(vec![Wait::Timer(self.timer)])
    }
}

/// yes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Yes {
    line: Vec<u8>,
}

/// How much yes writes a turn, bytes: coreutils' buffer.
const YES_BYTES: usize = 8_192;

impl Yes {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<Yes, u8> {
        let args = args::parse(cx, &Options { stop_early: true, ..Options::NONE })?;
        let words = match args.operands.is_empty() {
            true => b"y".to_vec(),
            false => args.operands.join(&b' '),
        };
        Ok(Yes { line: say!(words, "\n") })
    }

    /// Writes as many lines as fit.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        let count = (YES_BYTES / self.line.len()).max(1);
        cx.out.pass(self.line.repeat(count).into());
        Step::More
    }
}

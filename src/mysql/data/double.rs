//! How MySQL writes FLOAT and DOUBLE (`my_gcvt` and `my_fcvt` of strings/dtoa.c).

use crate::base::real::Real;

/// As many digits as tell a DOUBLE from its neighbours (`NOT_FIXED_DEC`).
pub const SHORTEST: u8 = 31;
/// The six digits of a FLOAT (`FLT_DIG`).
pub const SINGLE: u8 = 32;

/// A number with so many digits after the point; or [`SHORTEST`], or [`SINGLE`].
pub fn double_text(value: Real, shown: u8) -> String {
    if shown < SHORTEST {
        return value.fixed(shown);
    }
    let (digits, exponent) = value.digits((shown == SINGLE).then_some(6));
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    // Zero has a sign, too.
    let sign = if value.bits() >> 63 == 1 { "-" } else { "" };
    let text = match exponent {
        -15..=-1 => format!("0.{}{digits}", "0".repeat((-1 - exponent) as usize)),
        0..=14 => {
            let whole = exponent as usize + 1;
            let padded = format!("{digits:0<whole$}");
            match padded.split_at(whole) {
                (whole, "") => whole.to_string(),
                (whole, fraction) => format!("{whole}.{fraction}"),
            }
        }
        _ => match digits.split_at(1) {
            (first, "") => format!("{first}e{exponent}"),
            (first, rest) => format!("{first}.{rest}e{exponent}"),
        },
    };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_written_as_the_real_server_writes_them() {
        // From tests/mysql/real/columns.txt, but for the border, which is in my_gcvt.
        let rows = [
            ("3.14159265", SINGLE, "3.14159"),
            ("123456789", SINGLE, "123457000"),
            ("1e10", SHORTEST, "10000000000"),
            ("1e14", SHORTEST, "100000000000000"),
            ("1e15", SHORTEST, "1e15"),
            ("1e20", SHORTEST, "1e20"),
            ("0.00001", SINGLE, "0.00001"),
            ("-1e-20", SHORTEST, "-1e-20"),
            ("1.524157878067368e16", SHORTEST, "1.524157878067368e16"),
            ("0.30000000000000004", SHORTEST, "0.30000000000000004"),
            ("12345.678", 2, "12345.68"),
            ("0", SHORTEST, "0"),
        ];
        for (written, shown, text) in rows {
            let value = Real::parse(written).expect("a number");
            assert_eq!(double_text(value, shown), text, "{written}");
        }
    }
}

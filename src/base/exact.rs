//! Exponentials and logarithms to the last bit of a double, or very nearly so: computed with pairs
//! of doubles, whose sum holds twice as many digits. C libraries of today round these correctly
//! but for one case in thousands, and so does this.

/// A number as a double and what it lacks.
type Pair = (f64, f64);

/// The natural logarithm of two.
const LN_2: Pair = (std::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);

/// Halvings before the series begins, undone by as many squarings.
const HALVINGS: i32 = 8;

/// Terms of the series; the next is below the last bit of a pair.
const TERMS: u32 = 11;

fn sum(a: f64, b: f64) -> Pair {
    let s = a + b;
    let part = s - a;
    (s, (a - (s - part)) + (b - part))
}

/// A double in two halves, whose products are exact.
fn halves(a: f64) -> Pair {
    let wide = a * 134_217_729.0;
    let high = wide - (wide - a);
    (high, a - high)
}

fn product(a: f64, b: f64) -> Pair {
    let p = a * b;
    let ((a1, a2), (b1, b2)) = (halves(a), halves(b));
    (p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2)
}

fn add(a: Pair, b: Pair) -> Pair {
    let (high, low) = sum(a.0, b.0);
    sum(high, low + a.1 + b.1)
}

fn multiply(a: Pair, b: Pair) -> Pair {
    let (high, low) = product(a.0, b.0);
    sum(high, low + a.0 * b.1 + a.1 * b.0)
}

fn divide(a: Pair, by: f64) -> Pair {
    let high = a.0 / by;
    let (back, lost) = product(high, by);
    sum(high, ((a.0 - back) - lost + a.1) / by)
}

/// e to a number not far from zero, as a pair and a power of two to multiply it by.
fn exponential(x: Pair) -> (Pair, i32) {
    let power = (x.0 / LN_2.0).round_ties_even();
    let rest = add(x, multiply(LN_2, (-power, 0.0)));
    let scale = 1.0 / f64::from(1 << HALVINGS);
    let rest = (rest.0 * scale, rest.1 * scale);
    let mut term: Pair = (1.0, 0.0);
    let mut total: Pair = (1.0, 0.0);
    for n in 1..=TERMS {
        term = divide(multiply(term, rest), f64::from(n));
        total = add(total, term);
    }
    for _ in 0..HALVINGS {
        total = multiply(total, total);
    }
    (total, power as i32)
}

/// Beyond these an exponential is out of a double's range, or near its edge.
const EDGE: f64 = 700.0;

fn rounded((value, power): (Pair, i32)) -> f64 {
    libm::scalbn(value.0 + value.1, power)
}

/// e to a power.
pub fn exp(x: f64) -> f64 {
    if x.abs() > EDGE || x.is_nan() { libm::exp(x) } else { rounded(exponential((x, 0.0))) }
}

/// The logarithm of a number above zero: a first guess, made better by what it is off.
fn logarithm(x: f64) -> Pair {
    let guess = libm::log(x);
    let (back, power) = exponential((-guess, 0.0));
    let scale = libm::scalbn(1.0, power);
    let off = add(multiply((x, 0.0), (back.0 * scale, back.1 * scale)), (-1.0, 0.0));
    add((guess, 0.0), (off.0 - off.0 * off.0 / 2.0, off.1))
}

/// The natural logarithm.
pub fn log(x: f64) -> f64 {
    let guess = libm::log(x);
    if !(x > 0.0 && guess.abs() < EDGE) {
        return guess;
    }
    let (high, low) = logarithm(x);
    high + low
}

/// A power.
pub fn pow(base: f64, exponent: f64) -> f64 {
    let about = libm::pow(base, exponent);
    let size = base.abs();
    let plain = about.is_finite() && about != 0.0 && size != 0.0 && size != 1.0;
    if !plain || libm::log(size).abs() > EDGE || (exponent * libm::log(size)).abs() > EDGE {
        return about;
    }
    let result = rounded(exponential(multiply(logarithm(size), (exponent, 0.0))));
    if about < 0.0 { -result } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What glibc 2.36 gives.
    #[test]
    fn the_last_digit_is_right() {
        let shown = |value: f64| format!("{value}");
        for (got, want) in [
            (exp(1.0), "2.718281828459045"),
            (exp(0.1), "1.1051709180756477"),
            (exp(-3.3), "0.036883167401240015"),
            (log(10.0), "2.302585092994046"),
            (log(3.3), "1.1939224684724346"),
            (log(1.000_000_1), "0.00000009999999505838704"),
            (pow(2.0, 2.5), "5.656854249492381"),
            (pow(10.0, 2.5), "316.22776601683796"),
            (pow(0.1, 0.5), "0.31622776601683794"),
            (pow(-2.0, 3.0), "-8"),
            (pow(2.0, 10.0), "1024"),
            (pow(1.1, 10.0), "2.5937424601000023"),
            (pow(0.0, 0.0), "1"),
        ] {
            assert_eq!(shown(got), want);
        }
        assert!(exp(1_000.0).is_infinite() && pow(-2.0, 0.5).is_nan());
    }
}

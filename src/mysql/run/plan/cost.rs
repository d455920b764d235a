//! What reading costs, in pages, and how many rows are expected: in millionths, so that every
//! machine computes the same.

use std::ops::{Add, Div, Mul, Sub};

const UNIT: i128 = 1_000_000;

/// A cost, or a number of rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Cost(i128);

impl Cost {
    pub const ZERO: Cost = Cost(0);
    pub const ONE: Cost = Cost(UNIT);
    pub const MAX: Cost = Cost(i128::MAX);
    /// `row_evaluate_cost`.
    pub const ROW: Cost = Cost(UNIT / 5);

    pub fn whole(number: usize) -> Cost {
        Cost((number as i128).saturating_mul(UNIT))
    }

    pub const fn millionths(number: i128) -> Cost {
        Cost(number)
    }

    pub fn whole_part(self) -> u64 {
        u64::try_from(self.0 / UNIT).unwrap_or(u64::MAX)
    }

    pub fn floor(self) -> Cost {
        Cost(self.0 / UNIT * UNIT)
    }
}

impl Add for Cost {
    type Output = Cost;

    fn add(self, other: Cost) -> Cost {
        Cost(self.0.saturating_add(other.0))
    }
}

impl Sub for Cost {
    type Output = Cost;

    fn sub(self, other: Cost) -> Cost {
        Cost(self.0.saturating_sub(other.0))
    }
}

impl Mul for Cost {
    type Output = Cost;

    #[allow(clippy::suspicious_arithmetic_impl, reason = "both are in millionths")]
    fn mul(self, other: Cost) -> Cost {
        Cost(self.0.saturating_mul(other.0) / UNIT)
    }
}

impl Div for Cost {
    type Output = Cost;

    fn div(self, other: Cost) -> Cost {
        Cost(self.0.saturating_mul(UNIT) / other.0.max(1))
    }
}

//! Sizes as people read them.

/// Bytes with a decimal unit and at most one digit behind the point, computed in whole numbers.
pub fn bytes(count: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in units {
        if count >= unit {
            let tenths = (count * 10 + unit / 2) / unit;
            return match tenths % 10 {
                0 => format!("{} {name}", tenths / 10),
                tenth => format!("{}.{tenth} {name}", tenths / 10),
            };
        }
    }
    format!("{count} B")
}

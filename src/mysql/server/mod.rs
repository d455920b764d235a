//! mysqld.

/// A UUID of MySQL's form (version 1) from 128 random bits.
pub fn uuid_text(a: u64, b: u64) -> String {
    let node = b & 0xffff_ffff_ffff;
    let (low, mid, high) = (a >> 32, (a >> 16) & 0xffff, a & 0x0fff);
    let clock = 0x8000 | ((b >> 48) & 0x3fff);
    format!("{low:08x}-{mid:04x}-1{high:03x}-{clock:04x}-{node:012x}")
}

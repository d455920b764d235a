//! Addresses.

/// Whether this is an IPv4 address as dotted decimals, and not a name.
pub fn is_ipv4(text: &str) -> bool {
    let is_octet =
        |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u8>().is_ok();
    text.split('.').count() == 4 && text.split('.').all(is_octet)
}

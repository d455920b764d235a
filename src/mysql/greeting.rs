//! What a server says first, byte for byte: all that a client sees of MySQL's own protocol which
//! speaks another language, as a probe with `nc` does. Models `send_server_handshake_packet` of
//! sql/auth/sql_authentication.cc.

use super::server::is_8;
use crate::base::Blob;

/// Of protocol 10. The model's own clients know it by this byte.
pub(super) const PROTOCOL: u8 = 10;

/// The handshake of connection `id`. What is random in it, the salt, is chosen: it is made of the
/// connection's number.
pub fn greeting(version: &str, id: u64) -> Blob {
    let salt = salt(id);
    // Character set (latin1_swedish_ci, utf8mb4_0900_ai_ci), the upper half of the capabilities.
    let (charset, upper, plugin): (u8, u16, &str) = match is_8(version) {
        true => (255, 0xdfff, "caching_sha2_password"),
        false => (8, 0xc1ff, "mysql_native_password"),
    };
    let mut payload = vec![PROTOCOL];
    payload.extend([version.as_bytes(), b"\0"].concat());
    payload.extend((id as u32).to_le_bytes());
    payload.extend([&salt[..8], b"\0"].concat());
    payload.extend([0xff, 0xff, charset]);
    // Status: autocommit.
    payload.extend(2_u16.to_le_bytes());
    payload.extend(upper.to_le_bytes());
    payload.push(salt.len() as u8 + 1);
    payload.extend([0; 10]);
    payload.extend([&salt[8..], b"\0", plugin.as_bytes(), b"\0"].concat());
    packet(0, &payload)
}

/// How a greeting begins: its first line, as who expects one reads it.
pub fn first_line(version: &str) -> Vec<u8> {
    greeting(version, 0).slice(0, 4).bytes()
}

/// Error 1156, for who answers in another language.
pub fn out_of_order() -> Blob {
    packet(1, &[&[0xff][..], &1156_u16.to_le_bytes(), b"#08S01Got packets out of order"].concat())
}

fn packet(number: u8, payload: &[u8]) -> Blob {
    let length = (payload.len() as u32).to_le_bytes();
    Blob::from([&length[..3], &[number], payload].concat())
}

/// 20 printable bytes.
fn salt(id: u64) -> [u8; 20] {
    let mut state = id;
    std::array::from_fn(|_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b'A' + (state >> 33) as u8 % 58
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_is_as_long_as_a_real_one() {
        // Published: `J\0\0\0` before a version of six characters, `!\0\0` before the error.
        let said = greeting("5.7.27", 5).bytes();
        assert_eq!(&said[..11], b"J\0\0\0\n5.7.27");
        assert_eq!(said.len(), 4 + usize::from(b'J'));
        assert!(said.ends_with(b"\0mysql_native_password\0"));
        assert_eq!(&out_of_order().bytes()[..7], b"!\0\0\x01\xff\x84\x04");
    }
}

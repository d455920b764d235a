//! Files in a zip archive: stored, dated 1980-01-01, so that equal files give equal bytes.
//!
//! Written by hand after PKWARE's APPNOTE.TXT, sections 4.3 and 4.4: an archive without compression
//! is little more than its files, and a library's tables would weigh more than the manifests. The
//! test reads it with that library.

use super::ExportedFile;
use crate::base::checksum::crc32;

/// The least version of the format that has what we use.
const VERSION: u16 = 10;
/// Attributes in the manner of Unix.
const MADE_ON_UNIX: u16 = 3 << 8;
/// A plain file, `rw-r--r--`.
const MODE: u32 = 0o100_644 << 16;
const MIDNIGHT: u16 = 0;
/// 1980-01-01: years from 1980, months and days from 1.
const DAY: u16 = (1 << 5) | 1;
const STORED: u16 = 0;

/// The archive.
pub fn zip(files: &[ExportedFile]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (index, file) in files.iter().enumerate() {
        // Two files of one name, from two folders: the later one gets a number.
        let again = files[..index].iter().any(|other| other.name == file.name);
        let name = if again { format!("{}-{}", index + 1, file.name) } else { file.name.clone() };
        let described = description(&name, file.text.as_bytes());
        let offset = number(out.len());
        out.extend(b"PK\x03\x04");
        out.extend(&described);
        out.extend(name.as_bytes());
        out.extend(file.text.as_bytes());
        directory.extend(b"PK\x01\x02");
        directory.extend((MADE_ON_UNIX | VERSION).to_le_bytes());
        directory.extend(&described);
        // No comment, the first disk, no inner attributes.
        directory.extend([0; 6]);
        directory.extend(MODE.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (number(out.len()), files.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend(number(directory.len()).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// What stands both before a file and in the directory.
fn description(name: &str, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in [VERSION, 0, STORED, MIDNIGHT, DAY] {
        out.extend(word.to_le_bytes());
    }
    let bytes = number(content.len());
    for word in [crc32(content), bytes, bytes] {
        out.extend(word.to_le_bytes());
    }
    out.extend((name.len() as u16).to_le_bytes());
    out.extend([0; 2]);
    out
}

fn number(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("manifests have a bound far below 4 GiB")
}

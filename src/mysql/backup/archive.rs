//! The xbstream format: chunks of files, one after the other. Models `xbstream_write.c` and
//! `xbstream_read.c`.
//!
//! A checksum stands in every chunk, computed over the bytes the model keeps (holes left out).

use crate::base::digest::Digest;
use crate::base::{Blob, limit};

const MAGIC: &[u8; 8] = b"XBSTCK01";

/// A chunk's head: the magic number, flags, its kind, the length of its path.
pub const HEAD_BYTES: u64 = 14;

/// A chunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chunk {
    /// The file.
    pub path: String,
    /// Where it belongs in the file, and the bytes; `None`: the file is whole.
    pub payload: Option<(u64, Blob)>,
}

/// What the front of a stream is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Front {
    /// A whole chunk, taken off the stream.
    Chunk(Chunk),
    /// Part of one: more must come.
    Part,
    /// No chunk of this format.
    Wrong,
    /// A chunk whose checksum does not fit its bytes.
    Corrupt {
        /// How far the reader counts itself then, from the chunk's start: all but the checksum.
        at: u64,
        /// The checksum it has.
        expected: u32,
        /// That of its bytes.
        read: u32,
    },
}

/// Appends a chunk.
pub fn put(stream: &mut Blob, chunk: &Chunk) {
    let mut head = MAGIC.to_vec();
    head.push(0);
    head.push(if chunk.payload.is_some() { b'P' } else { b'E' });
    head.extend((chunk.path.len() as u32).to_le_bytes());
    head.extend(chunk.path.as_bytes());
    let Some((offset, bytes)) = &chunk.payload else {
        stream.push_bytes(&head);
        return;
    };
    head.extend(bytes.len().to_le_bytes());
    head.extend(offset.to_le_bytes());
    head.extend(checksum(bytes).to_le_bytes());
    stream.push_bytes(&head);
    stream.append(bytes);
}

fn checksum(bytes: &Blob) -> u32 {
    Digest::of(&bytes.bytes()).0 as u32
}

/// Takes the chunk at the front, if it is all there.
pub fn take(stream: &mut Blob) -> Front {
    let head = stream.slice(0, HEAD_BYTES).to_bytes(HEAD_BYTES);
    if head.len() < HEAD_BYTES as usize {
        return Front::Part;
    }
    let kind = head[9];
    let length = u64::from(u32::from_le_bytes(head[10..14].try_into().expect("four bytes")));
    let is_known = head.starts_with(MAGIC) && matches!(kind, b'P' | b'E');
    if !is_known || length > limit::ARCHIVE_PATH_BYTES_MAX {
        return Front::Wrong;
    }
    let body = HEAD_BYTES + length;
    if stream.len() < body {
        return Front::Part;
    }
    let path = stream.slice(14, body).text();
    if kind == b'E' {
        stream.take_front(body);
        return Front::Chunk(Chunk { path, payload: None });
    }
    let numbers = stream.slice(body, body + 20).to_bytes(20);
    if numbers.len() < 20 {
        return Front::Part;
    }
    let number = |at: usize| u64::from_le_bytes(numbers[at..at + 8].try_into().expect("8 bytes"));
    let (size, offset) = (number(0), number(8));
    if stream.len() < (body + 20).saturating_add(size) {
        return Front::Part;
    }
    stream.take_front(body + 20);
    let bytes = stream.take_front(size);
    let sum = u32::from_le_bytes(numbers[16..].try_into().expect("four bytes"));
    let read = checksum(&bytes);
    if sum != read {
        return Front::Corrupt { at: body + 16 + size, expected: sum, read };
    }
    Front::Chunk(Chunk { path, payload: Some((offset, bytes)) })
}

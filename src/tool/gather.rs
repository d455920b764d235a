//! Descriptors that stand where a program reads a whole file: `sed -f -`, `grep -f <(…)`,
//! `cp /dev/stdin x`. They are read to their end before the program begins.

use super::body::Body;
use super::input::CHUNK_BYTES;
use super::{Context, Step};
use crate::base::Blob;
use crate::os::{Fd, Open, Poll, Wait};

/// A descriptor's name.
pub fn is_descriptor(path: &[u8]) -> bool {
    path == b"/dev/stdin" || path.starts_with(b"/dev/fd/") || path.starts_with(b"/proc/self/fd/")
}

/// Those that the command line names where a file is read whole.
fn wanted(cx: &Context) -> Vec<Vec<u8>> {
    let words = cx.argv.get(1..).unwrap_or_default();
    let mut found: Vec<Vec<u8>> = Vec::new();
    match cx.name {
        "awk" | "egrep" | "fgrep" | "grep" | "mawk" | "sed" => {
            let is_cluster = |word: &[u8]| word.starts_with(b"-") && !word.starts_with(b"--");
            for (index, word) in words.iter().enumerate() {
                let value = match word.strip_prefix(b"--file=") {
                    Some(value) => Some(value.to_vec()),
                    None if word == b"--file" || (is_cluster(word) && word.ends_with(b"f")) => {
                        words.get(index + 1).cloned()
                    }
                    None => word.strip_prefix(b"-f").map(<[u8]>::to_vec),
                };
                found.extend(value.filter(|path| path == b"-" || is_descriptor(path)));
            }
            let reads = |word: &Vec<u8>| word.windows(12).any(|part| part == b"r /dev/stdin");
            if cx.name == "sed" && words.iter().any(reads) {
                found.push(b"/dev/stdin".to_vec());
            }
        }
        "cp" | "date" | "install" => {
            found.extend(words.iter().filter(|word| is_descriptor(word)).cloned())
        }
        _ => {}
    }
    found
}

/// What was read of a descriptor.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Gathered {
    /// Its name.
    pub path: Vec<u8>,
    /// What it brought.
    pub content: Blob,
    /// Open as long as there may be more.
    fd: Option<Fd>,
}

/// Reads on, before the program has begun; `None`: there is nothing left to read.
pub fn next(cx: &mut Context, body: &Body, all: &mut Vec<Gathered>) -> Option<Step> {
    if *body != Body::New {
        return None;
    }
    loop {
        let Some((last, fd)) = all.last_mut().and_then(|last| last.fd.map(|fd| (last, fd))) else {
            all.push(open(cx, all)?);
            continue;
        };
        match cx.sys.read(fd, CHUNK_BYTES) {
            Ok(Poll::Wait) => return Some(Step::Wait(vec![Wait::Readable(fd)])),
            Ok(Poll::Ready(chunk)) if !chunk.is_empty() => last.content.append(&chunk),
            _ => last.fd = None,
        }
    }
}

/// The next of them, open.
fn open(cx: &mut Context, all: &[Gathered]) -> Option<Gathered> {
    let is_read = |path: &Vec<u8>| all.iter().any(|known| known.path == *path);
    wanted(cx).into_iter().filter(|path| !is_read(path)).find_map(|path| {
        let fd = match path.as_slice() {
            b"-" => Fd::STDIN,
            name => cx.sys.open(name, Open::READ).ok()?,
        };
        Some(Gathered { path, content: Blob::new(), fd: Some(fd) })
    })
}

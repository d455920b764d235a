//! cmp and diff: programs that look at two files when they have read both.

use super::super::Context;
use super::super::input::{Filter, Input};
use super::{cmp, diff};
use crate::base::Blob;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::Errno;

/// Two files that are being read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pair {
    /// Their names.
    pub names: [Vec<u8>; 2],
    /// What has been read of each.
    pub read: Vec<Result<Vec<u8>, Errno>>,
}

impl Pair {
    /// Nothing of them has been read yet.
    pub fn new(names: [Vec<u8>; 2]) -> Pair {
        Pair { names, read: Vec::new() }
    }

    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Pair, Input), u8> {
        let pair = if cx.name == "cmp" { cmp::begin(cx)? } else { diff::begin(cx)? };
        let input = Input::new(&pair.names);
        Ok((pair, input))
    }
}

impl Filter for Pair {
    fn opened(&mut self, _: &Input, _: &mut Context) {
        self.read.push(Ok(Vec::new()));
    }

    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        if let Some(Ok(read)) = self.read.last_mut() {
            let room = WORD_BYTES_MAX.saturating_sub(read.len()) as u64;
            read.extend(chunk.slice(0, room).to_bytes(room));
        }
        None
    }

    fn failed(&mut self, _: &Input, errno: Errno, opened: bool, _: &mut Context) {
        if opened {
            self.read.pop();
        }
        self.read.push(Err(errno));
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if cx.name == "cmp" { cmp::end(cx, self) } else { diff::end(cx, self) }
    }
}

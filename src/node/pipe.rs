//! Pipes, and the buffers that catch an exec's output.

use crate::base::Blob;

/// A pipe.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Pipe {
    /// What was written and not yet read.
    pub buffer: Blob,
    /// Open descriptions of the read end.
    pub readers: u32,
    /// Open descriptions of the write end.
    pub writers: u32,
    /// Ctrl-D at a terminal: whoever reads next finds the end, once.
    pub ends_once: bool,
}

//! Sandboxes, containers and their logs.

use std::sync::Arc;

use super::path::MountPoint;
use crate::base::limit::LOG_BYTES_MAX;
use crate::base::{Pid, SimTime};
use crate::os::{Credentials, WaitStatus};
use crate::sim::{ContainerSpec, SandboxSpec};
use crate::view::scene::LogLine;

/// A pod's network namespace and host name.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sandbox {
    /// As Kubernetes asked for it.
    pub spec: SandboxSpec,
    /// The last port given to a connection.
    pub(super) last_port: u16,
}

/// A container, running or ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Container {
    /// As Kubernetes asked for it.
    pub spec: ContainerSpec,
    /// Its first process.
    pub first: Pid,
    /// How it ended.
    pub ended: Option<WaitStatus>,
    /// Whose rights its processes begin with.
    pub(super) who: Credentials,
    /// What it printed.
    pub log: LogBook,
    /// Where volumes are mounted; the root file system first.
    pub(super) mounts: Vec<MountPoint>,
    /// The image's and the manifest's variables.
    pub(super) env: Vec<(Vec<u8>, Vec<u8>)>,
    /// The pipe somebody types into.
    pub(super) stdin: Option<u64>,
    /// The last number given to a process.
    pub(super) last_shown: u32,
}

/// A container's log.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct LogBook {
    /// Complete lines.
    pub lines: Arc<Vec<LogLine>>,
    /// The beginning of a line, of standard output and of standard error.
    partial: [Vec<u8>; 2],
    bytes: u64,
    /// All of standard output and standard error, for whoever asked to keep them.
    pub(super) streams: Option<[Vec<u8>; 2]>,
}

impl LogBook {
    /// Adds what was written; the oldest lines go where the log grows too long.
    pub fn write(&mut self, bytes: &[u8], stderr: bool, at: SimTime) {
        if let Some(streams) = &mut self.streams {
            streams[usize::from(stderr)].extend_from_slice(bytes);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let whole = piece.strip_suffix(b"\n");
            self.partial[usize::from(stderr)].extend_from_slice(whole.unwrap_or(piece));
            if whole.is_some() {
                self.end_line(stderr, at);
            }
        }
        self.trim();
    }

    /// Lets the oldest lines go, all at once: whoever writes much writes many lines at a time.
    fn trim(&mut self) {
        let mut old = 0;
        while self.bytes > LOG_BYTES_MAX as u64 && old + 1 < self.lines.len() {
            self.bytes -= size(&self.lines[old]);
            old += 1;
        }
        if old > 0 {
            Arc::make_mut(&mut self.lines).drain(..old);
        }
    }

    fn end_line(&mut self, stderr: bool, at: SimTime) {
        let partial = std::mem::take(&mut self.partial[usize::from(stderr)]);
        let text = String::from_utf8_lossy(&partial).into_owned();
        let line = LogLine { at, text, stderr };
        self.bytes += size(&line);
        Arc::make_mut(&mut self.lines).push(line);
    }

    /// Turns what is left of a line into a line.
    pub fn finish(&mut self, at: SimTime) {
        for stderr in [false, true] {
            if !self.partial[usize::from(stderr)].is_empty() {
                self.end_line(stderr, at);
            }
        }
    }
}

/// Bytes of a line with its end.
fn size(line: &LogLine) -> u64 {
    line.text.len() as u64 + 1
}

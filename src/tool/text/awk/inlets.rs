//! Files and programs that getline reads.

use super::code::Source;
use super::record::{Next, Records};
use crate::os::{Errno, Fd};
use crate::tool::Context;

/// All that are open, by name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Inlets {
    open: Vec<(Vec<u8>, Records)>,
}

impl Inlets {
    /// Whether it is being read already.
    pub fn is_open(&self, name: &[u8]) -> bool {
        self.open.iter().any(|(known, _)| known == name)
    }

    /// Begins to read a file, or what a command prints.
    ///
    /// # Errors
    /// The command cannot be started; what is wrong with a file shows when it is read.
    pub fn open(&mut self, cx: &mut Context, name: &[u8], source: Source) -> Result<(), Errno> {
        let records = match source {
            Source::Command => Records::of(start(cx, name)?),
            _ if name == b"/dev/stdin" => Records::new(b"-"),
            _ => Records::new(name),
        };
        self.open.push((name.to_vec(), records));
        Ok(())
    }

    /// The next record of one that is open.
    pub fn next(&mut self, cx: &mut Context, name: &[u8], separator: &[u8]) -> Next {
        match self.open.iter_mut().find(|(known, _)| known == name) {
            Some((_, records)) => records.next(cx, separator),
            None => Next::End,
        }
    }

    /// Closes one; whether it was open.
    pub fn close(&mut self, cx: &mut Context, name: &[u8]) -> bool {
        let Some(at) = self.open.iter().position(|(known, _)| known == name) else { return false };
        self.open.remove(at).1.stop(cx);
        true
    }
}

/// Starts a command; the end of the pipe that it writes into.
fn start(cx: &mut Context, command: &[u8]) -> Result<Fd, Errno> {
    let (reads, writes) = cx.sys.pipe()?;
    let argv = [b"sh".to_vec(), b"-c".to_vec(), command.to_vec()];
    let started = cx.sys.spawn(b"/bin/sh", &argv, cx.env, [Fd::STDIN, writes, Fd::STDERR]);
    let _ = cx.sys.close(writes);
    match started {
        Ok(_) => Ok(reads),
        Err(errno) => {
            let _ = cx.sys.close(reads);
            Err(errno)
        }
    }
}

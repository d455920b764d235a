//! Files and programs that getline reads.

use super::code::Source;
use super::record::{Next, Records};
use crate::base::Pid;
use crate::os::{Errno, Fd};
use crate::tool::Context;

/// All that are open, by name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Inlets {
    open: Vec<(Vec<u8>, Records, Option<Pid>)>,
}

impl Inlets {
    /// Whether it is being read already.
    pub fn is_open(&self, name: &[u8]) -> bool {
        self.open.iter().any(|(known, ..)| known == name)
    }

    /// Begins to read a file, or what a command prints.
    ///
    /// # Errors
    /// The command cannot be started; what is wrong with a file shows when it is read.
    pub fn open(&mut self, cx: &mut Context, name: &[u8], source: Source) -> Result<(), Errno> {
        let (records, child) = match source {
            Source::Command => {
                let (fd, child) = start(cx, name)?;
                (Records::of(fd), Some(child))
            }
            _ if name == b"/dev/stdin" => (Records::new(b"-"), None),
            _ => (Records::new(name), None),
        };
        self.open.push((name.to_vec(), records, child));
        Ok(())
    }

    /// The next record of one that is open.
    pub fn next(&mut self, cx: &mut Context, name: &[u8], separator: &[u8]) -> Next {
        match self.open.iter_mut().find(|(known, ..)| known == name) {
            Some((_, records, _)) => records.next(cx, separator),
            None => Next::End,
        }
    }

    /// Closes one; the program it came from. `None`: it was not open.
    pub fn close(&mut self, cx: &mut Context, name: &[u8]) -> Option<Option<Pid>> {
        let at = self.open.iter().position(|(known, ..)| known == name)?;
        let (_, mut records, child) = self.open.remove(at);
        records.stop(cx);
        Some(child)
    }
}

/// Starts a command; the end of the pipe that it writes into, and the program.
fn start(cx: &mut Context, command: &[u8]) -> Result<(Fd, Pid), Errno> {
    let (reads, writes) = cx.sys.pipe()?;
    let argv = [b"/bin/sh".to_vec(), b"-c".to_vec(), command.to_vec()];
    let started = cx.sys.spawn(b"/bin/sh", &argv, cx.env, [Fd::STDIN, writes, Fd::STDERR]);
    let _ = cx.sys.close(writes);
    match started {
        Ok(child) => Ok((reads, child)),
        Err(errno) => {
            let _ = cx.sys.close(reads);
            Err(errno)
        }
    }
}

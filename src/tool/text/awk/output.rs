//! Files and programs that print writes to.

use super::code::Sink;
use crate::base::Pid;
use crate::os::{Errno, Fd, Open, Poll, Wait};
use crate::tool::Context;

/// One of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Outlet {
    name: Vec<u8>,
    fd: Fd,
    child: Option<Pid>,
}

/// All that are open.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Outlets {
    open: Vec<Outlet>,
}

impl Outlets {
    /// Writes to a file or program, opening it at its first use.
    pub fn write(
        &mut self,
        cx: &mut Context,
        sink: Sink,
        name: &[u8],
        text: &[u8],
    ) -> Result<(), Errno> {
        let fd = match name {
            b"/dev/stdout" | b"-" if sink != Sink::Pipe => {
                cx.print(text);
                return Ok(());
            }
            b"/dev/stderr" => Fd::STDERR,
            name => match self.open.iter().find(|outlet| outlet.name == name) {
                Some(outlet) => outlet.fd,
                None => self.open(cx, sink, name)?,
            },
        };
        cx.out.pass_to(fd, text.into());
        Ok(())
    }

    fn open(&mut self, cx: &mut Context, sink: Sink, name: &[u8]) -> Result<Fd, Errno> {
        let (fd, child) = match sink {
            Sink::Append => (cx.sys.open(name, Open::APPEND)?, None),
            Sink::Pipe => {
                cx.out.flush();
                let (reads, writes) = cx.sys.pipe()?;
                let argv = [b"/bin/sh".to_vec(), b"-c".to_vec(), name.to_vec()];
                let stdio = [reads, Fd::STDOUT, Fd::STDERR];
                let child = cx.sys.spawn(b"/bin/sh", &argv, cx.env, stdio);
                let _ = cx.sys.close(reads);
                (writes, Some(child?))
            }
            _ => (cx.sys.open(name, Open::WRITE)?, None),
        };
        self.open.push(Outlet { name: name.to_vec(), fd, child });
        Ok(fd)
    }

    /// Closes one, once what was written to it is delivered. Whether it was open.
    pub fn close(&mut self, cx: &mut Context, name: &[u8]) -> Option<Option<Pid>> {
        let at = self.open.iter().position(|outlet| outlet.name == name)?;
        let outlet = self.open.remove(at);
        let _ = cx.sys.close(outlet.fd);
        Some(outlet.child)
    }

    /// Closes all and waits for the programs. `Some`: not yet.
    pub fn finish(&mut self, cx: &mut Context) -> Option<Vec<Wait>> {
        while let Some(outlet) = self.open.first_mut() {
            if outlet.fd != Fd::STDERR {
                let _ = cx.sys.close(outlet.fd);
                outlet.fd = Fd::STDERR;
            }
            if let Some(child) = outlet.child
                && let Ok(Poll::Wait) = cx.sys.wait(child)
            {
                return Some(vec![Wait::Child(child)]);
            }
            self.open.remove(0);
        }
        None
    }
}

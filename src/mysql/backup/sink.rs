//! Where a backup goes: a stream on standard output, or a directory.

use super::archive::{Chunk, put};
use crate::base::Blob;
use crate::mysql::wire::Printer;
use crate::os::{Errno, Open, Poll, Seek, Sys};

/// Where a backup goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Sink {
    /// `--stream=xbstream`.
    Stream,
    /// This directory.
    Dir(String),
}

impl Sink {
    /// What is done with a file of the data directory, as the log says it.
    pub fn copying(&self, path: &str, is_space: bool) -> String {
        match self {
            Sink::Stream if is_space => format!("Streaming {path}"),
            Sink::Stream => format!("Streaming {path} to <STDOUT>"),
            Sink::Dir(dir) => {
                format!("Copying {path} to {dir}/{}", path.trim_start_matches("./"))
            }
        }
    }

    /// What is done with a file of the backup's own.
    pub fn writing(&self, name: &str) -> String {
        match self {
            Sink::Stream => format!("Streaming {name}"),
            Sink::Dir(dir) => format!("Writing {dir}/{name}"),
        }
    }

    /// Part of a file; with the last one the file is whole. `Err`: what xtrabackup prints.
    pub fn put(
        &self,
        (path, offset, content): (&str, u64, &Blob),
        is_last: bool,
        out: &mut Printer,
        sys: &mut dyn Sys,
    ) -> Result<(), String> {
        let Sink::Dir(dir) = self else {
            let mut stream = Blob::new();
            let payload = Some((offset, content.clone()));
            put(&mut stream, &Chunk { path: path.into(), payload });
            if is_last {
                put(&mut stream, &Chunk { path: path.into(), payload: None });
            }
            out.put(&stream);
            return Ok(());
        };
        let full = format!("{dir}/{path}");
        if offset == 0
            && let Some((parent, _)) = full.rsplit_once('/')
            && let Err(errno) = sys.make_dir(parent.as_bytes(), 0o750)
            && errno != Errno::Exist
        {
            return Err(format!("Can't create directory '{parent}/' {}", errcode(errno)));
        }
        let how = if offset == 0 {
            Open { exclusive: true, ..Open::WRITE }
        } else {
            Open { create: false, truncate: false, ..Open::WRITE }
        };
        let fd = sys
            .open(full.as_bytes(), how)
            .map_err(|errno| format!("Can't create/write to file '{full}' {}", errcode(errno)))?;
        let written = sys.seek(fd, Seek::Start(offset)).and_then(|_| write_all(fd, content, sys));
        let _ = sys.close(fd);
        written.map_err(|errno| format!("Error writing file '{full}' {}", errcode(errno)))
    }
}

fn write_all(fd: crate::os::Fd, content: &Blob, sys: &mut dyn Sys) -> Result<(), Errno> {
    let mut rest = content.clone();
    while !rest.is_empty() {
        match sys.write(fd, &rest)? {
            Poll::Ready(taken) => drop(rest.take_front(taken)),
            Poll::Wait => return Err(Errno::Again),
        }
    }
    Ok(())
}

/// `(Errcode: 2 - No such file or directory)`, as mysys ends its messages.
pub fn errcode(errno: Errno) -> String {
    format!("(Errcode: {} - {})", errno.number(), errno.text())
}

//! `xbstream -x`.

use super::archive::{Front, HEAD_BYTES, take};
use super::sink::errcode;
use crate::base::Blob;
use crate::mysql::arguments_of;
use crate::mysql::server::{UMASK, pod, tell};
use crate::mysql::wire::Printer;
use crate::os::{Disposition, Errno, Fd, Open, Poll, Seek, Signal, Sys, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

/// The program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Xbstream {
    arguments: Vec<String>,
    began: bool,
    ending: Option<u8>,
    err: Printer,
    stream: Blob,
    /// Where in the whole stream it begins.
    offset: u64,
    /// Files that are open, by path.
    open: Vec<(String, Fd)>,
    files: u64,
    bytes: u64,
}

impl Xbstream {
    /// About to start.
    pub fn start(argv: &[Vec<u8>]) -> Xbstream {
        Xbstream {
            arguments: arguments_of(argv),
            began: false,
            ending: None,
            err: Printer::new(Fd::STDERR),
            stream: Blob::new(),
            offset: 0,
            open: Vec::new(),
            files: 0,
            bytes: 0,
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, _: Signal) -> Disposition {
        Disposition::Default
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if !self.err.flush(sys) {
            return Turn::Blocked(vec![self.err.wait()]);
        }
        if self.ending.is_none() && !self.began {
            self.began = true;
            self.begin(sys);
        }
        let waits = self.ending.is_none() && !self.unpack(sys);
        let flushed = self.err.flush(sys);
        match self.ending {
            Some(code) if flushed => Turn::Exited(WaitStatus::Code(code)),
            None if waits => Turn::Blocked(vec![Wait::Readable(Fd::STDIN)]),
            _ => Turn::Ran,
        }
    }

    fn begin(&mut self, sys: &mut dyn Sys) {
        sys.set_umask(UMASK);
        let mut extract = false;
        let mut dir = None;
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            let joined = ["-C", "--directory=", "-p", "--parallel="];
            let joined =
                joined.iter().find_map(|name| Some((*name, argument.strip_prefix(*name)?)));
            match (argument.as_str(), joined) {
                ("-x" | "--extract", _) => extract = true,
                ("-C" | "--directory", _) => dir = arguments.next().cloned(),
                ("-p" | "--parallel", _) => drop(arguments.next()),
                ("-v" | "--verbose", _) => {}
                ("-c" | "--create", _) => {
                    self.err.print("xbstream: [Ordinal] this model only extracts\n");
                    self.ending = Some(1);
                    return;
                }
                ("-?" | "--help" | "-V" | "--version", _) => {
                    self.err.print(&format!("xbstream: [Ordinal] this model has no {argument}\n"));
                    self.ending = Some(1);
                    return;
                }
                (_, Some(("-C" | "--directory=", path))) => dir = Some(path.to_string()),
                (_, Some(_)) => {}
                // handle_options of mysys ends at the first one.
                (other, None) if other.starts_with('-') => {
                    self.err.print(&format!("xbstream: unknown option '{other}'\n"));
                    self.ending = Some(1);
                    return;
                }
                _ => {}
            }
        }
        if !extract {
            self.err.print("xbstream: either -c or -x must be specified.\n");
            self.ending = Some(1);
            return;
        }
        if let Some(dir) = dir
            && let Err(errno) = sys.set_current_dir(dir.as_bytes())
        {
            let text = format!("xbstream: Can't change dir to '{dir}/' {}\n", errcode(errno));
            self.err.print(&text);
            self.ending = Some(1);
        }
    }

    /// Reads on and unpacks. False if there is nothing yet.
    fn unpack(&mut self, sys: &mut dyn Sys) -> bool {
        let mut ended = false;
        match sys.read(Fd::STDIN, u64::MAX / 2) {
            Ok(Poll::Wait) => return false,
            Ok(Poll::Ready(data)) if data.is_empty() => ended = true,
            Ok(Poll::Ready(data)) => self.stream.append(&data),
            Err(errno) => {
                self.fail(&format!("xbstream: read() failed: {}", errno.text()), sys);
                return true;
            }
        }
        let mut whole = Vec::new();
        let bytes = self.bytes;
        loop {
            let before = self.stream.len();
            let front = take(&mut self.stream);
            let offset = self.offset;
            self.offset += before - self.stream.len();
            match front {
                Front::Part => break,
                // Texts of xbstream_read.c, 2.4.
                Front::Wrong => {
                    let text = "xb_stream_read_chunk(): wrong chunk magic at offset";
                    self.fail(&format!("{text} {offset:#x}."), sys);
                    return true;
                }
                Front::Corrupt { at, expected, read } => {
                    let text = format!(
                        "xb_stream_read_chunk(): invalid checksum at offset {:#x}: expected \
                         {expected:#x}, read {read:#x}.",
                        offset + at
                    );
                    self.fail(&text, sys);
                    return true;
                }
                Front::Chunk(chunk) => match chunk.payload {
                    Some((offset, data)) => {
                        self.bytes += data.len();
                        if let Err(text) = self.write(&chunk.path, offset, &data, sys) {
                            self.fail(&text, sys);
                            return true;
                        }
                    }
                    None => {
                        self.close(&chunk.path, sys);
                        self.files += 1;
                        whole.push(chunk.path);
                    }
                },
            }
        }
        if !whole.is_empty() || self.bytes > bytes {
            tell!(sys, MysqlFact::Unpacked { pod: pod(sys), files: whole, bytes: self.bytes });
        }
        if ended {
            self.end(sys);
        }
        true
    }

    fn end(&mut self, sys: &mut dyn Sys) {
        // Only the middle of a chunk is no place to end: between two of one file all is well.
        if !self.stream.is_empty() {
            let text = if self.stream.len() < HEAD_BYTES {
                let offset = self.offset;
                format!("xb_stream_read_chunk(): unexpected end of stream at offset {offset:#x}.")
            } else {
                "xb_stream_read_chunk(): my_read() failed.".to_string()
            };
            self.fail(&text, sys);
            return;
        }
        let (files, bytes) = (self.files, self.bytes);
        tell!(sys, MysqlFact::UnpackDone { pod: pod(sys), files, bytes });
        self.ending = Some(0);
    }

    fn fail(&mut self, text: &str, sys: &mut dyn Sys) {
        self.err.print(&format!("{text}\n"));
        let message = text.lines().next().unwrap_or(text).to_string();
        tell!(sys, MysqlFact::UnpackFailed { pod: pod(sys), message });
        self.ending = Some(1);
    }

    /// Writes a chunk where it belongs; the file is made at its first one.
    fn write(
        &mut self,
        path: &str,
        offset: u64,
        data: &Blob,
        sys: &mut dyn Sys,
    ) -> Result<(), String> {
        let known = self.open.iter().find(|(known, _)| known == path).map(|(_, fd)| *fd);
        let fd = match known {
            Some(fd) => fd,
            None => {
                let fd = create(path, sys).map_err(|text| {
                    format!("xbstream: {text}\nxbstream: failed to create file.")
                })?;
                self.open.push((path.to_string(), fd));
                fd
            }
        };
        let failed = |errno: Errno| {
            format!(
                "xbstream: Error writing file './{path}' {}\nxbstream: my_write() failed.",
                errcode(errno)
            )
        };
        sys.seek(fd, Seek::Start(offset)).map_err(failed)?;
        let mut rest = data.clone();
        while !rest.is_empty() {
            match sys.write(fd, &rest) {
                Ok(Poll::Ready(taken)) => drop(rest.take_front(taken)),
                Ok(Poll::Wait) => return Err(failed(Errno::Again)),
                Err(errno) => return Err(failed(errno)),
            }
        }
        Ok(())
    }

    fn close(&mut self, path: &str, sys: &mut dyn Sys) {
        if let Some(at) = self.open.iter().position(|(known, _)| known == path) {
            let (_, fd) = self.open.remove(at);
            let _ = sys.close(fd);
        }
    }
}

/// Makes a file that must not be there, and the directory it is in. Models `local_open` of
/// ds_local.c.
fn create(path: &str, sys: &mut dyn Sys) -> Result<Fd, String> {
    if let Some((dir, _)) = path.rsplit_once('/') {
        match sys.make_dir(dir.as_bytes(), 0o750) {
            Ok(()) | Err(Errno::Exist) => {}
            Err(errno) => {
                return Err(format!("Can't create directory './{dir}/' {}", errcode(errno)));
            }
        }
    }
    let how = Open { exclusive: true, ..Open::WRITE };
    sys.open(path.as_bytes(), how)
        .map_err(|errno| format!("Can't create/write to file './{path}' {}", errcode(errno)))
}

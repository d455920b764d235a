//! tail -f and -F. Models `tail_forever` of coreutils' tail.c, which looks once a second; Linux's
//! inotify shows the same lines somewhat sooner.

use super::super::input::CHUNK_BYTES;
use super::super::process::duration;
use super::super::say::{number, say};
use super::super::{Context, args, quote};
use crate::base::{Blob, Millis};
use crate::os::{Errno, Fd, FileKind, Open, Poll, Seek, TimerId};

/// How often it looks whether a file has grown: `-s`'s default.
const FOLLOW_EVERY: Millis = Millis(1_000);

/// What is followed, and how.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Follow {
    /// `-F`, `--follow=name`: whatever has the name, not the file that was opened.
    by_name: bool,
    /// `-F`, `--retry`: what is not there is waited for.
    retry: bool,
    every: Millis,
    /// `--pid`, as the container numbers it.
    until: Option<u32>,
    files: Vec<Followed>,
    /// The one whose text stands last.
    current: Option<u32>,
    timer: Option<TimerId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Followed {
    name: Vec<u8>,
    /// `None`: it is not there.
    fd: Option<Fd>,
    /// Its inode and device.
    id: (u64, u64),
    /// How much of it was read, bytes.
    read: u64,
}

/// What a look at the files brought.
pub enum Seen {
    /// More of a file; with its name where a heading is due.
    Grown(Option<Vec<u8>>, Blob),
    /// Something was said.
    Told,
    /// Look again when this timer has fired.
    Nothing(TimerId),
    /// There is nothing left to wait for.
    End(u8),
}

impl Follow {
    /// What the options ask for; `None`: nothing is followed.
    ///
    /// # Errors
    /// An option is refused; the code.
    pub fn begin(cx: &mut Context, args: &args::Args) -> Result<Option<Follow>, u8> {
        const HOW: &[&[&str]] = &[&["descriptor"], &["name"]];
        let mut by_name = None;
        for (letter, value) in &args.options {
            match letter {
                'F' => by_name = Some(true),
                'w' if !value.is_empty() => {
                    by_name = Some(args::choose(cx, value, "--follow", HOW)? == 1);
                }
                'f' | 'w' => by_name = Some(false),
                _ => {}
            }
        }
        let mut every = FOLLOW_EVERY;
        if let Some(text) = args.value('s') {
            every = duration(text).ok_or_else(|| {
                cx.complain(say!("invalid number of seconds: ", quote::always(text)));
                1
            })?;
        }
        let mut until = None;
        if let Some(text) = args.value('P') {
            let pid = number(text).and_then(|pid| u32::try_from(pid).ok());
            until = Some(pid.ok_or_else(|| {
                cx.complain(say!("invalid PID: ", quote::always(text)));
                1
            })?);
        }
        if args.has('R') && by_name.is_none() {
            cx.complain("warning: --retry ignored; --retry is useful only when following");
        } else if args.has('R') && by_name == Some(false) {
            cx.complain("warning: --retry only effective for the initial open");
        }
        if until.is_some() && by_name.is_none() {
            cx.complain("warning: PID ignored; --pid=PID is useful only when following");
        }
        Ok(by_name.map(|by_name| Follow {
            by_name,
            retry: args.has('F') || args.has('R'),
            every: every.max(Millis(1)),
            until,
            files: Vec::new(),
            current: None,
            timer: None,
        }))
    }

    /// An operand that was read to its end and stays open.
    pub fn add(&mut self, cx: &Context, name: &[u8], fd: Fd) {
        let stat = cx.sys.fd_stat(fd);
        let (id, read) = stat.map_or(((0, 0), 0), |stat| ((stat.inode, stat.device), stat.size));
        self.files.push(Followed { name: name.to_vec(), fd: Some(fd), id, read });
        self.current = Some(self.files.len() as u32 - 1);
    }

    /// An operand that is not there.
    pub fn missing(&mut self, name: &[u8]) {
        if self.retry {
            self.files.push(Followed { name: name.to_vec(), fd: None, id: (0, 0), read: 0 });
        }
    }

    /// An operand that is a directory.
    pub fn unfit(&mut self, cx: &mut Context, name: &[u8]) {
        let end = if self.retry { "" } else { "; giving up on this name" };
        cx.complain(say!(name, ": cannot follow end of this type of file", end));
        self.missing(name);
    }

    /// Looks at all files.
    pub fn look(&mut self, cx: &mut Context) -> Seen {
        for index in 0..self.files.len() {
            if self.is_told(cx, index) {
                return Seen::Told;
            }
            let file = &mut self.files[index];
            let Some(fd) = file.fd else { continue };
            let Ok(Poll::Ready(chunk)) = cx.sys.read(fd, CHUNK_BYTES) else { continue };
            if chunk.is_empty() {
                continue;
            }
            file.read += chunk.len();
            let is_other = self.current.replace(index as u32) != Some(index as u32);
            return Seen::Grown(is_other.then(|| file.name.clone()), chunk);
        }
        if self.by_name && !self.retry {
            self.files.retain(|file| file.fd.is_some());
        }
        if self.files.is_empty() {
            cx.complain("no files remaining");
            return Seen::End(1);
        }
        let timer = match self.timer {
            Some(timer) if !cx.sys.has_fired(timer) => timer,
            // After the process's end it looked once more.
            _ if self.is_over(cx) => return Seen::End(0),
            _ => cx.sys.arm(self.every),
        };
        self.timer = Some(timer);
        Seen::Nothing(timer)
    }

    /// Whether the process of `--pid` is gone.
    fn is_over(&self, cx: &Context) -> bool {
        let runs = |shown: u32| cx.sys.processes().iter().any(|it| it.shown == shown && !it.ended);
        self.until.is_some_and(|shown| !runs(shown))
    }

    /// Whether there was something to say of a file: that it came, went, was replaced or became
    /// shorter. Models `recheck`.
    fn is_told(&mut self, cx: &mut Context, index: usize) -> bool {
        let (by_name, retry) = (self.by_name, self.retry);
        let file = &mut self.files[index];
        if by_name || file.fd.is_none() {
            let there = cx.sys.stat(&file.name, true);
            let there = there.and_then(|stat| match stat.kind {
                FileKind::Directory => Err(Errno::Isdir),
                _ => Ok((stat.inode, stat.device)),
            });
            let shown = quote::always(&file.name);
            match (there, file.fd) {
                (Err(_), None) => return false,
                (Err(errno), Some(fd)) => {
                    let text = match retry {
                        true => say!(shown, " has become inaccessible: ", errno.text()),
                        false => say!(file.name, ": ", errno.text()),
                    };
                    cx.complain(text);
                    let _ = cx.sys.close(fd);
                    file.fd = None;
                    return true;
                }
                (Ok(id), Some(_)) if id == file.id => {}
                (Ok(id), before) => {
                    let Ok(fd) = cx.sys.open(&file.name, Open::READ) else { return false };
                    let what = match before {
                        Some(before) => {
                            let _ = cx.sys.close(before);
                            "been replaced"
                        }
                        None => "appeared",
                    };
                    cx.complain(say!(shown, " has ", what, ";  following new file"));
                    (file.fd, file.id, file.read) = (Some(fd), id, 0);
                    return true;
                }
            }
        }
        let Some(fd) = file.fd else { return false };
        if cx.sys.fd_stat(fd).is_ok_and(|stat| stat.size < file.read) {
            cx.complain(say!(file.name, ": file truncated"));
            let _ = cx.sys.seek(fd, Seek::Start(0));
            file.read = 0;
            return true;
        }
        false
    }
}

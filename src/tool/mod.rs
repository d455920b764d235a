//! The small Unix programs that images bring (cat, sed, awk …), each plain data with a turn.
//!
//! Models GNU coreutils 9.1, grep 3.8, sed 4.9, findutils 4.9, mawk 1.3.4, ncat 7.93, socat 1.7.4
//! and busybox's nc: output, error texts and exit codes. Debian 10's older ones, which some images
//! carry, differ in a few messages.
//!
//! | file | what |
//! |---|---|
//! | `args` | getopt_long(3): options, operands, and its refusals |
//! | `output` | what a program still has to write, and writing it |
//! | `input` | its operands as one stream of chunks |
//! | `gather` | descriptors that are read whole before it begins |
//! | `quote` | file names in messages |
//! | `body` | which program: the one list of all names |
//! | `busybox` | where its programs differ from GNU's |
//! | the rest | one program each, tiny ones together |
//!
//! A program that is done in one go is a function over [`Context`]; one that must wait is a struct
//! with a `step`. Reading, waiting, partial writes and SIGPIPE are handled here, once.

mod args;
mod body;
mod busybox;
mod file;
mod gather;
mod input;
mod net;
pub mod others;
mod output;
mod process;
mod quote;
mod say;
mod text;
mod version;

use std::cell::Cell;

use crate::base::date::{strftime_in, zone_of};
use crate::base::{Blob, FileTime};
use crate::os::{Disposition, Errno, Signal, Sys, Turn, Wait, WaitStatus};
use crate::trace::Fact;
use crate::trace::fact::MachineFact;

use body::Body;
pub use body::NAMES;
pub use busybox::{OTHERS as BUSYBOX_OTHERS, lacks as busybox_lacks};
use gather::Gathered;
use output::{Drained, Output};

/// What came of one step of a program.
enum Step {
    /// There is more to do.
    More,
    /// It ends with this code once its output is written.
    Done(u8),
    /// It waits.
    Wait(Vec<Wait>),
    /// `exec` succeeded.
    Replaced,
}

/// What a program sees: its machine, its arguments, its output.
struct Context<'a> {
    sys: &'a mut dyn Sys,
    out: &'a mut Output,
    /// The name it was found by (`cat`), which its messages begin with.
    name: &'static str,
    argv: &'a [Vec<u8>],
    env: &'a [(Vec<u8>, Vec<u8>)],
    /// What [`gather`] has read.
    gathered: &'a [Gathered],
    /// The image's programs are busybox's.
    busybox: bool,
    /// Set where a moment should have been shown or read in a zone that is not known here.
    missed_zone: &'a Cell<bool>,
}

/// Programs that are not GNU's, or say themselves what is wrong.
const WITHOUT_ERROR: &[&str] = &[
    "awk", "flock", "getent", "getopt", "hexdump", "hostname", "mawk", "nc", "ncat", "ps", "rev",
    "sed", "socat", "watch", "which",
];

impl Context<'_> {
    /// The same, called with other words.
    fn with_argv<'a>(&'a mut self, argv: &'a [Vec<u8>]) -> Context<'a> {
        Context { argv, ..self.again() }
    }

    /// The same in another environment.
    fn with_env<'a>(&'a mut self, env: &'a [(Vec<u8>, Vec<u8>)]) -> Context<'a> {
        Context { env, ..self.again() }
    }

    fn again(&mut self) -> Context<'_> {
        let Context { name, argv, env, gathered, busybox, missed_zone, .. } = *self;
        Context { sys: self.sys, out: self.out, name, argv, env, gathered, busybox, missed_zone }
    }

    /// The whole content of a file, or of a descriptor that was read before.
    fn read_file(&self, path: &[u8]) -> Result<Blob, Errno> {
        match self.gathered.iter().find(|known| known.path == path) {
            Some(known) => Ok(known.content.clone()),
            None => self.sys.read_file(path),
        }
    }

    /// What its messages call it: as it was called, except where only the file's name counts.
    fn called(&self) -> &[u8] {
        match self.name {
            name if self.busybox => name.split(' ').next().unwrap_or(name).as_bytes(),
            "awk" | "hexdump" | "hostname" | "mawk" | "ps" | "rev" | "socat" | "watch" => {
                self.name.as_bytes()
            }
            name => self.argv.first().map_or(name.as_bytes(), |word| word),
        }
    }

    /// A line on standard error: `name: text`.
    fn complain(&mut self, text: impl AsRef<[u8]>) {
        let own = match self.busybox && busybox::is_adapted(self.name) {
            true => busybox::reworded(self.name, text.as_ref()),
            false => Some(text.as_ref().to_vec()),
        };
        let Some(text) = own else { return };
        // error(3), of which GNU's programs make use, writes out what stdio has; so does busybox.
        if self.busybox || !WITHOUT_ERROR.contains(&self.name) {
            self.out.flush();
        }
        let line = [self.called(), b": ", &text, b"\n"].concat();
        self.out.error(&line);
    }

    /// To standard output.
    fn print(&mut self, text: impl AsRef<[u8]>) {
        self.out.print(text.as_ref());
    }

    /// Says on the step that the real program could do this.
    fn not_modelled(&mut self, what: &str) {
        let program = self.name.split(' ').next().unwrap_or(self.name).to_string();
        let what = what.to_string();
        self.sys.tell(Fact::Machine(MachineFact::NotModelled { program, what }));
    }

    /// The value of an environment variable.
    fn variable(&self, name: &[u8]) -> Option<&[u8]> {
        self.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The container's zone: how it calls itself, and how many minutes it is ahead of UTC. One that
    /// is not known here: UTC, and the step says so.
    fn zone(&self) -> (String, i16) {
        let named = self.variable(b"TZ").map(|zone| String::from_utf8_lossy(zone).into_owned());
        let utc = ("UTC".to_string(), 0);
        let Some(named) = named else { return utc };
        let has_it = |(at, _, ahead): &(Option<usize>, String, i16)| {
            at.is_none() || *ahead == 0 || !self.busybox
        };
        match zone_of(&named).filter(has_it) {
            Some((_, name, ahead)) => (name, ahead),
            None => {
                self.missed_zone.set(true);
                utc
            }
        }
    }

    /// A moment by a format, in the container's zone.
    fn strftime(&self, format: &[u8], moment: impl Into<FileTime>) -> Vec<u8> {
        let (name, ahead) = self.zone();
        strftime_in((&name, ahead), format, moment.into())
    }

    /// Whether the locale's characters are UTF-8; containers have no locale set.
    fn is_utf8(&self) -> bool {
        let set = [&b"LC_ALL"[..], b"LC_CTYPE", b"LANG"]
            .into_iter()
            .find_map(|name| self.variable(name).filter(|value| !value.is_empty()));
        let locale = String::from_utf8_lossy(set.unwrap_or_default()).to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }
}

/// A running program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tool {
    name: &'static str,
    argv: Vec<Vec<u8>>,
    env: Vec<(Vec<u8>, Vec<u8>)>,
    out: Output,
    body: Body,
    gathered: Vec<Gathered>,
    /// Whether its image's programs are busybox's, once it has looked.
    busybox: Option<bool>,
    /// Set when it has only its output left to write.
    code: Option<u8>,
}

impl Tool {
    /// A program by its file's name; `None` if there is none of that name. `argv[0]` is the name it
    /// was called by.
    pub fn start(name: &str, argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Option<Tool> {
        let name = NAMES.iter().copied().chain(others::all()).find(|known| *known == name)?;
        Some(Tool {
            name,
            argv: argv.to_vec(),
            env: env.to_vec(),
            out: Output::default(),
            body: Body::New,
            gathered: Vec::new(),
            busybox: None,
            code: None,
        })
    }

    /// Its name, one of [`NAMES`] or of [`others::all`].
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Goes on.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(turn) = self.write(sys) {
            return turn;
        }
        let is_there = || sys.stat(b"/bin/busybox", true).is_ok();
        let busybox = *self.busybox.get_or_insert_with(is_there);
        let step = match self.code {
            Some(code) => return Turn::Exited(WaitStatus::Code(code)),
            None => self.step(sys, busybox),
        };
        if let Step::Done(code) = step {
            self.code = Some(if busybox { busybox::code(self.name, code) } else { code });
            self.out.flush();
        }
        if matches!(step, Step::Replaced) {
            return Turn::Replaced;
        }
        if let Some(turn) = self.write(sys) {
            return turn;
        }
        match (step, self.code) {
            (_, Some(code)) => Turn::Exited(WaitStatus::Code(code)),
            (Step::Wait(waits), None) => Turn::Blocked(waits),
            _ => Turn::Ran,
        }
    }

    fn step(&mut self, sys: &mut dyn Sys, busybox: bool) -> Step {
        let missed_zone = Cell::new(false);
        let mut context = Context {
            sys,
            out: &mut self.out,
            name: self.name,
            argv: &self.argv,
            env: &self.env,
            gathered: &[],
            busybox,
            missed_zone: &missed_zone,
        };
        let step = match gather::next(&mut context, &self.body, &mut self.gathered) {
            Some(step) => step,
            None => {
                context.gathered = &self.gathered;
                self.body.step(&mut context)
            }
        };
        if missed_zone.get() {
            let zone = context.variable(b"TZ").unwrap_or_default();
            let what = format!("TZ={}", String::from_utf8_lossy(zone));
            context.not_modelled(&what);
        }
        step
    }

    /// Writes what there is to write; a turn, if that ended the turn.
    fn write(&mut self, sys: &mut dyn Sys) -> Option<Turn> {
        match self.out.drain(sys) {
            Drained::All => None,
            Drained::Wait(fd) => Some(Turn::Blocked(vec![Wait::Writable(fd)])),
            Drained::Broken => Some(Turn::Ran),
            Drained::Failed(errno) => {
                let text = format!("{}: write error: {}\n", self.name, errno.text());
                self.out.fail(text.as_bytes());
                self.code = Some(body::write_failure_code(self.name));
                Some(Turn::Ran)
            }
        }
    }

    /// What it does about a signal: next to none of these programs installs a handler.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        self.body.signal(signal)
    }
}

//! A program that the world runs: its process is here, what it does is decided elsewhere.
//!
//! `kubectl` is one: the machines know nothing of Kubernetes. The process reads its input, prints
//! what it was told to print, and ends when it was told to; in between it waits for attention.

use crate::base::{Blob, Pid};
use crate::os::{Disposition, Fd, Poll, Signal, Sys, Turn, Wait, WaitStatus};

/// Names of programs that are attended.
pub const NAMES: [&str; 1] = ["kubectl"];

/// As much as is read at once, bytes.
const READ_MAX: u64 = 65_536;

/// A program that the world runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Attended {
    /// Its command line.
    pub argv: Vec<Vec<u8>>,
    /// Whether it reads its standard input.
    pub reads: bool,
    /// What it has read and nobody has taken yet.
    pub input: Blob,
    /// Its standard input is at its end.
    pub input_ended: bool,
    /// The editor that its environment names.
    pub editor: Option<String>,
    /// The program that its environment names for showing differences.
    pub differ: Option<String>,
    /// What it is to print next.
    pending: Vec<(Fd, Blob)>,
    ended: Option<u8>,
}

impl Attended {
    /// A program that waits for attention at once.
    pub fn new(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Attended {
        let value = |wanted: &str| {
            let found = env.iter().rfind(|(name, _)| name == wanted.as_bytes());
            found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
        };
        let editor = value("KUBE_EDITOR").or_else(|| value("EDITOR"));
        Attended {
            argv: argv.to_vec(),
            reads: false,
            input: Blob::new(),
            input_ended: false,
            editor: editor.filter(|editor| !editor.is_empty()),
            differ: value("KUBECTL_EXTERNAL_DIFF"),
            pending: Vec::new(),
            ended: None,
        }
    }

    /// Prints in its next turn.
    pub fn print(&mut self, fd: Fd, blob: Blob) {
        self.pending.push((fd, blob));
    }

    /// Ends once all is printed.
    pub fn end(&mut self, code: u8) {
        self.ended = Some(code);
    }

    /// Whether it is for the world to say how it goes on.
    pub fn needs_attention(&self) -> bool {
        self.pending.is_empty() && self.ended.is_none()
    }

    pub(super) fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        while let Some((fd, blob)) = self.pending.first_mut() {
            match sys.write(*fd, blob) {
                Ok(Poll::Ready(taken)) if taken >= blob.len() => {
                    self.pending.remove(0);
                }
                Ok(Poll::Ready(taken)) => {
                    blob.take_front(taken);
                }
                Ok(Poll::Wait) => return Turn::Blocked(vec![Wait::Writable(*fd), Wait::Signal]),
                // Nobody reads any more: SIGPIPE has been sent.
                Err(_) => {
                    self.pending.clear();
                    return Turn::Ran;
                }
            }
        }
        if let Some(code) = self.ended {
            return Turn::Exited(WaitStatus::Code(code));
        }
        self.read(sys);
        let mut waits = vec![Wait::Signal];
        if self.reads && !self.input_ended {
            waits.push(Wait::Readable(Fd::STDIN));
        }
        Turn::Blocked(waits)
    }

    fn read(&mut self, sys: &mut dyn Sys) {
        while self.reads && !self.input_ended {
            match sys.read(Fd::STDIN, READ_MAX) {
                Ok(Poll::Ready(blob)) if blob.is_empty() => self.input_ended = true,
                Ok(Poll::Ready(blob)) => self.input.append(&blob),
                Ok(Poll::Wait) => break,
                Err(_) => self.input_ended = true,
            }
        }
    }

    pub(super) fn signal(&mut self, _: Signal) -> Disposition {
        Disposition::Default
    }
}

impl super::Nodes {
    /// The attended program of a process.
    pub fn attended(&self, pid: Pid) -> Option<&Attended> {
        match self.process(pid)?.program()? {
            super::Program::Attended(program) => Some(program),
            _ => None,
        }
    }

    /// Takes what an attended program has read; whether there will be no more.
    pub fn take_input(&mut self, pid: Pid) -> (Blob, bool) {
        if self.attended(pid).is_none() {
            return (Blob::new(), true);
        }
        match self.process_mut(pid).program.as_deref_mut() {
            Some(super::Program::Attended(it)) => (std::mem::take(&mut it.input), it.input_ended),
            _ => (Blob::new(), true),
        }
    }

    /// Tells an attended program something; it takes its turn at once.
    pub fn attend(&mut self, pid: Pid, asks: &mut super::Asks, tell: impl FnOnce(&mut Attended)) {
        if self.attended(pid).is_none() {
            return;
        }
        if let Some(super::Program::Attended(program)) =
            self.process_mut(pid).program.as_deref_mut()
        {
            tell(program);
        }
        self.nudge(pid, asks);
    }
}

//! Redirections.

use std::sync::Arc;

use super::super::expand::{Expand, Expanded, Stop, Tilde};
use super::super::frame::{Cleanup, Frame, State};
use super::super::host::Host;
use super::super::machine::{Machine, parse_number};
use super::super::script::{AstId, Kind, Redirect, RedirectKind, Script, Word};
use super::dial::NotYet;
use super::{Next, state_of};
use crate::base::Blob;
use crate::os::{Errno, Fd, FileKind, Open, Poll};
use crate::trace::fact::ShellFact;

/// A redirection whose word is expanded.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::sh) enum Target {
    /// Open a file on a descriptor.
    File {
        fd: Fd,
        path: Vec<u8>,
        how: Open,
        clobber: bool,
    },
    /// Move a socket to a descriptor.
    Opened {
        fd: Fd,
        socket: Fd,
    },
    /// Move a socket to standard output and error.
    OpenedBoth {
        socket: Fd,
    },
    /// It has failed, and that was said.
    Failed,
    /// Make a descriptor another name of this one; `gone`: close the old name.
    Dup {
        fd: Fd,
        from: Fd,
        gone: bool,
    },
    Close {
        fd: Fd,
    },
    /// A document to read.
    Text {
        fd: Fd,
        bytes: Vec<u8>,
    },
    /// Standard output and error to a file.
    Both {
        path: Vec<u8>,
        how: Open,
    },
    /// A descriptor of its own, whose number a variable gets; closing is by that number.
    Named {
        name: Vec<u8>,
        target: Box<Target>,
    },
    /// The word is not one word.
    Ambiguous(Vec<u8>),
    BadFd,
}

pub(super) type Saved = Vec<(Fd, Option<Fd>)>;

impl Expand<'_> {
    /// The one field of a redirection's word.
    fn one_field(&mut self, word: &Word) -> Expanded<Result<Vec<u8>, Target>> {
        if !self.machine.bash() {
            return Ok(Ok(self.one(word, Tilde::Start)?));
        }
        let mut fields = self.fields(word)?;
        if fields.len() == 1 {
            return Ok(Ok(fields.remove(0)));
        }
        Ok(Err(Target::Ambiguous(self.script.slice(word.span).to_vec())))
    }

    /// A redirection, its word expanded.
    pub(super) fn target(&mut self, redirect: &Redirect) -> Expanded<Target> {
        let target = self.numbered_target(redirect)?;
        Ok(match &redirect.name {
            Some(name) => Target::Named { name: name.clone(), target: Box::new(target) },
            None => target,
        })
    }

    fn numbered_target(&mut self, redirect: &Redirect) -> Expanded<Target> {
        let fd = |default: u32| Fd(redirect.fd.unwrap_or(default));
        let file = |fd, path, how, clobber| Target::File { fd, path, how, clobber };
        macro_rules! field {
            ($word:expr) => {
                match self.one_field($word)? {
                    Ok(field) => field,
                    Err(target) => return Ok(target),
                }
            };
        }
        Ok(match &redirect.kind {
            RedirectKind::Read(word) => file(fd(0), field!(word), Open::READ, true),
            RedirectKind::Write { word, clobber } => {
                let clobber = *clobber || !self.machine.options.noclobber;
                file(fd(1), field!(word), Open::WRITE, clobber)
            }
            RedirectKind::Append(word) => file(fd(1), field!(word), Open::APPEND, true),
            RedirectKind::ReadWrite(word) => {
                let how = Open { read: true, write: true, create: true, ..Open::READ };
                file(fd(0), field!(word), how, true)
            }
            RedirectKind::Both { word, append } => {
                let how = if *append { Open::APPEND } else { Open::WRITE };
                Target::Both { path: field!(word), how }
            }
            RedirectKind::HereDoc { body, .. } => {
                self.document = true;
                let bytes = self.one(body, Tilde::Never)?;
                self.document = false;
                Target::Text { fd: fd(0), bytes }
            }
            RedirectKind::HereString(word) => {
                let mut bytes = self.value_of(word, Tilde::Start)?;
                bytes.push(b'\n');
                Target::Text { fd: fd(0), bytes }
            }
            RedirectKind::Dup { word, output } => {
                let field = field!(word);
                dup_target(redirect.fd, *output, field, self.machine.bash())
            }
        })
    }
}

fn dup_target(written: Option<u32>, output: bool, field: Vec<u8>, bash: bool) -> Target {
    let fd = Fd(written.unwrap_or(u32::from(output)));
    if field == b"-" {
        return Target::Close { fd };
    }
    let (digits, gone) = match field.strip_suffix(b"-") {
        Some(digits) if bash => (digits, true),
        _ => (field.as_slice(), false),
    };
    let number = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
    match number {
        Some(from) if digits.iter().all(u8::is_ascii_digit) => {
            Target::Dup { fd, from: Fd(from), gone }
        }
        _ if output && written.is_none() && bash => Target::Both { path: field, how: Open::WRITE },
        _ if bash => Target::Ambiguous(field),
        _ => Target::BadFd,
    }
}

impl Machine {
    /// Makes a redirection; what it hid goes to `saved`. `Err`: it said why not.
    pub(super) fn make(
        &mut self,
        host: &mut dyn Host,
        target: Target,
        saved: &mut Option<Saved>,
    ) -> Result<(), ()> {
        match target {
            Target::File { fd, path, how, clobber } => {
                let from = self.open_file(host, &path, how, clobber)?;
                self.put(host, from, fd, saved);
            }
            Target::Opened { fd, socket } => self.put(host, socket, fd, saved),
            Target::OpenedBoth { socket } => self.put_both(host, socket, saved),
            Target::Failed => return Err(()),
            Target::Both { path, how } => {
                let clobber = how.append || !self.options.noclobber;
                let from = self.open_file(host, &path, how, clobber)?;
                self.put_both(host, from, saved);
            }
            Target::Dup { fd, from, gone } => {
                if host.fd_stat(from).is_err() {
                    let shown = from.0.to_string();
                    self.complain_of(shown.as_bytes(), Errno::Badf.text());
                    return Err(());
                }
                if fd == from {
                    return Ok(());
                }
                self.hide_fd(host, fd, saved);
                let _ = host.dup_to(from, fd);
                let _ = host.set_close_on_exec(fd, false);
                if gone {
                    self.hide_fd(host, from, saved);
                    let _ = host.close(from);
                }
            }
            Target::Close { fd } => {
                self.hide_fd(host, fd, saved);
                let _ = host.close(fd);
            }
            Target::Text { fd, bytes } => {
                let from = self.document(host, &bytes)?;
                self.put(host, from, fd, saved);
            }
            Target::Named { name, target } => self.make_named(host, &name, *target)?,
            Target::Ambiguous(text) => {
                self.complain_of(&text, "ambiguous redirect");
                return Err(());
            }
            Target::BadFd => {
                self.complain(b"Syntax error: Bad fd number");
                return Err(());
            }
        }
        Ok(())
    }

    /// `{name}>…`: stays when the command has ended.
    fn make_named(&mut self, host: &mut dyn Host, name: &[u8], target: Target) -> Result<(), ()> {
        let from = match target {
            Target::Close { .. } => {
                let number = self.variable(name).and_then(|text| parse_number(&text));
                let Some(fd) = number.and_then(|number| u32::try_from(number).ok()) else {
                    self.complain_of(name, "ambiguous redirect");
                    return Err(());
                };
                let _ = host.close(Fd(fd));
                return Ok(());
            }
            Target::File { path, how, clobber, .. } => self.open_file(host, &path, how, clobber)?,
            Target::Opened { socket, .. } => socket,
            Target::Text { bytes, .. } => self.document(host, &bytes)?,
            Target::Dup { from, .. } => host.dup_above(from, 10).map_err(|errno| {
                self.complain_of(from.0.to_string().as_bytes(), errno.text());
            })?,
            other => return self.make(host, other, &mut None),
        };
        let fd = if from.0 < 10 { host.dup_above(from, 10).unwrap_or(from) } else { from };
        if fd != from {
            let _ = host.close(from);
        }
        if !self.assign(name, fd.0.to_string().into_bytes()) {
            self.complain_of(name, "readonly variable");
            self.complain_of(name, "cannot assign fd to variable");
            let _ = host.close(fd);
            return Err(());
        }
        Ok(())
    }

    /// Moves a new descriptor to standard output and error.
    fn put_both(&mut self, host: &mut dyn Host, from: Fd, saved: &mut Option<Saved>) {
        self.hide_fd(host, Fd::STDERR, saved);
        self.put(host, from, Fd::STDOUT, saved);
        let _ = host.dup_to(Fd::STDOUT, Fd::STDERR);
    }

    /// Moves a new descriptor to where it is wanted.
    pub(super) fn put(&mut self, host: &mut dyn Host, from: Fd, fd: Fd, saved: &mut Option<Saved>) {
        if from == fd {
            if let Some(saved) = saved {
                saved.push((fd, None));
            }
            return;
        }
        self.hide_fd(host, fd, saved);
        let _ = host.dup_to(from, fd);
        let _ = host.close(from);
    }

    fn hide_fd(&mut self, host: &mut dyn Host, fd: Fd, saved: &mut Option<Saved>) {
        let Some(saved) = saved else { return };
        let copy = host.dup_above(fd, 10).ok();
        if let Some(copy) = copy {
            let _ = host.set_close_on_exec(copy, true);
        }
        saved.push((fd, copy));
    }

    /// Puts back what redirections hid.
    pub(super) fn restore(&mut self, saved: Saved, host: &mut dyn Host) {
        for (fd, copy) in saved.into_iter().rev() {
            match copy {
                Some(copy) => {
                    let _ = host.dup_to(copy, fd);
                    let _ = host.set_close_on_exec(fd, false);
                    let _ = host.close(copy);
                }
                None => {
                    let _ = host.close(fd);
                }
            }
        }
    }

    /// Puts it back once what is to be said is written: that goes where `2>` has led so far.
    pub(super) fn restore_later(&mut self, script: &Arc<Script>, at: AstId, fds: Saved) {
        let cleanup = Cleanup { fds, ..Cleanup::default() };
        self.push(script, at, State::Cleanup(Box::new(cleanup)));
    }

    fn open_file(
        &mut self,
        host: &mut dyn Host,
        path: &[u8],
        how: Open,
        clobber: bool,
    ) -> Result<Fd, ()> {
        let there = host.stat(path, true);
        if !clobber && there.is_ok_and(|stat| stat.kind == FileKind::File) {
            if self.bash() {
                self.complain_of(path, "cannot overwrite existing file");
            } else {
                self.complain(&[b"cannot create ", path, b": File exists"].concat());
            }
            return Err(());
        }
        match host.open(path, how) {
            Ok(fd) => {
                if how.write && path != b"/dev/null" {
                    let path = String::from_utf8_lossy(path).into_owned();
                    self.tell(ShellFact::Redirected {
                        path,
                        appended: how.append,
                        is_new: there.is_err(),
                    });
                }
                Ok(fd)
            }
            Err(errno) => {
                if self.bash() {
                    self.complain_of(path, errno.text());
                } else {
                    self.complain(&super::super::dash::open_message(path, how.write, errno));
                }
                Err(())
            }
        }
    }

    /// A descriptor that gives these bytes: a pipe, or where they do not fit, a file without a
    /// name.
    fn document(&mut self, host: &mut dyn Host, bytes: &[u8]) -> Result<Fd, ()> {
        let blob = super::super::blob(bytes);
        if bytes.len() as u64 <= crate::base::limit::PIPE_BYTES_MAX
            && let Ok((read, write)) = host.pipe()
        {
            let taken =
                if bytes.is_empty() { Ok(Poll::Ready(0)) } else { host.write(write, &blob) };
            let _ = host.close(write);
            if taken == Ok(Poll::Ready(bytes.len() as u64)) {
                return Ok(read);
            }
            let _ = host.close(read);
        }
        self.document_file(host, &blob).map_err(|errno| {
            let text = format!("cannot create temp file for here-document: {}", errno.text());
            self.complain(text.as_bytes());
        })
    }

    fn document_file(&mut self, host: &mut dyn Host, blob: &Blob) -> Result<Fd, Errno> {
        let path = format!("/tmp/sh-thd.{}", self.own_pid_shown).into_bytes();
        host.write_file(&path, blob)?;
        let fd = host.open(&path, Open::READ)?;
        host.unlink(&path)?;
        Ok(fd)
    }

    /// dash expands a here-document where it would open a file: what fails there is but a
    /// redirection that fails (redirectsafe).
    pub(super) fn is_soft(&self, stop: &NotYet, redirect: &Redirect) -> bool {
        !self.bash()
            && matches!(stop, NotYet::Stop(Stop::Exit(_) | Stop::ExitHere(_) | Stop::Discard))
            && matches!(redirect.kind, RedirectKind::HereDoc { .. })
    }

    /// A compound command's redirections.
    pub(super) fn redirecting(&mut self, mut frame: Frame, host: &mut dyn Host) -> Next {
        let script = frame.script.clone();
        let node = script.node(frame.at);
        let State::Redirecting { next, here, .. } = frame.state else {
            unreachable!("step() looked at the state")
        };
        if let Some(redirect) = node.redirects.get(next as usize) {
            let own = matches!(node.kind, Kind::ArithFor { .. } | Kind::Arith(_) | Kind::Cond(..));
            let around = self.bash() && !own;
            self.line = if around { self.line_around() } else { self.line_of(&script, node) };
            let target = match self.next_target(&mut frame, redirect, host) {
                Ok(target) => Some(target),
                Err(stop) if !here && self.is_soft(&stop, redirect) => None,
                Err(stop) => return self.not_yet(frame, stop, host),
            };
            let State::Redirecting { next, saved, here } = frame.state else {
                unreachable!("expansion leaves the state alone")
            };
            // A process of its own has nothing to put back: its traps still write there.
            let mut all = (!here).then_some(saved);
            let made = target.map_or(Err(()), |target| self.make(host, target, &mut all));
            let saved = all.unwrap_or_default();
            if made.is_err() {
                self.status = if self.bash() || self.ash() { 1 } else { 2 };
                self.pipe_status = vec![self.status];
                self.after_command();
                self.restore_later(&script, frame.at, saved);
                return Next::Go;
            }
            frame.state = State::Redirecting { next: next + 1, saved, here };
            self.frames.push(frame);
            return Next::Go;
        }
        let State::Redirecting { saved, .. } = frame.state else {
            unreachable!("step() looked at the state")
        };
        self.close_all(&frame.opened, host);
        let cleanup = Cleanup { fds: saved, ..Cleanup::default() };
        self.push(&script, frame.at, State::Cleanup(Box::new(cleanup)));
        self.push(&script, frame.at, state_of(&node.kind, here));
        Next::Go
    }
}

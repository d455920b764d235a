//! Turns, signals, ends, and who can go on.

use std::sync::Arc;

use super::process::{OpenFile, OpenKind, Process, ProcessState};
use super::socket::SockState;
use super::sys::SysView;
use super::{Asks, Container, ExecDone, Names, Nodes};
use crate::base::limit::{BUSY_TURNS_MAX, PIPE_BYTES_MAX, SOCKET_BYTES_MAX};
use crate::base::{ContainerId, Millis, Pid, PodUid, SimTime};
use crate::os::{Disposition, Fd, Signal, TimerId, Turn, Wait, WaitStatus};

/// What one visible act of a process takes. Real commands take about this long to start; the exact
/// value only keeps acts in order. Chosen.
const TURN: Millis = Millis(1);

/// What each turn of a busy loop takes once it has been found out, so that the world around it goes
/// on.
const BUSY_TURN: Millis = Millis(1_000);

impl Nodes {
    pub(super) fn process_mut(&mut self, pid: Pid) -> &mut Process {
        Arc::make_mut(self.processes.get_mut(&pid).expect("a named process exists"))
    }

    pub(super) fn file(&self, id: u64) -> &OpenFile {
        self.files.get(&id).expect("a descriptor names a file that is open")
    }

    pub(super) fn file_mut(&mut self, id: u64) -> &mut OpenFile {
        self.files.get_mut(&id).expect("a descriptor names a file that is open")
    }

    pub(super) fn next_shown(&mut self, id: &ContainerId) -> u32 {
        let container: &mut Arc<Container> =
            self.containers.get_mut(id).expect("a process's container exists");
        let container = Arc::make_mut(container);
        container.last_shown += 1;
        container.last_shown
    }

    /// Gives a process its turn. Nothing happens if it has ended or waits again.
    pub fn run(&mut self, pid: Pid, now: SimTime, names: &dyn Names, asks: &mut Asks) {
        let Some(process) = self.processes.get(&pid) else { return };
        if process.state != ProcessState::Ready || process.stopped {
            return;
        }
        let mut program = self.process_mut(pid).program.take().expect("a process has a program");
        let turn = program.turn(&mut SysView { nodes: self, pid, now, names, asks });
        if !self.processes.contains_key(&pid) {
            // It killed its container's first process, and itself with it.
            self.settle(asks);
            return;
        }
        let process = self.process_mut(pid);
        if turn != Turn::Replaced {
            process.program = Some(program);
        }
        assert!(process.program.is_some(), "a program that says Replaced has called exec");
        match turn {
            Turn::Ran | Turn::Replaced => self.go_on(pid, asks),
            Turn::Blocked(waits) => self.block(pid, waits, asks),
            Turn::Exited(status) => self.end(pid, status, now, asks),
        }
        self.take_pending(pid, now, asks);
        self.settle(asks);
    }

    fn go_on(&mut self, pid: Pid, asks: &mut Asks) {
        let process = self.process_mut(pid);
        process.busy_turns = process.busy_turns.saturating_add(1);
        let after = if process.busy_turns > BUSY_TURNS_MAX { BUSY_TURN } else { TURN };
        asks.wake.push((pid, after));
    }

    fn block(&mut self, pid: Pid, waits: Vec<Wait>, asks: &mut Asks) {
        let process = self.process_mut(pid);
        let mut settled = Vec::new();
        for wait in waits {
            settled.push(match wait {
                Wait::Busy(millis) => {
                    process.last_timer += 1;
                    let timer = TimerId(process.last_timer);
                    process.armed.insert(timer);
                    asks.arm.push((pid, timer, millis));
                    Wait::Timer(timer)
                }
                other => other,
            });
        }
        process.state = ProcessState::Blocked(settled);
        if self.can_go_on(pid) {
            self.process_mut(pid).state = ProcessState::Ready;
            self.go_on(pid, asks);
        } else {
            self.process_mut(pid).busy_turns = 0;
        }
    }

    fn take_pending(&mut self, pid: Pid, now: SimTime, asks: &mut Asks) {
        let Some(process) = self.processes.get(&pid) else { return };
        if process.pending.is_empty() && !process.pipe_broken || process.stopped {
            return;
        }
        let process = self.process_mut(pid);
        let mut pending = std::mem::take(&mut process.pending);
        if std::mem::take(&mut process.pipe_broken) {
            pending.insert(0, Signal::Pipe);
        }
        for signal in pending {
            self.signal(pid, signal, now, asks);
        }
    }

    /// Sends a signal. During a process's own turn it is kept until the turn is over.
    pub fn signal(&mut self, pid: Pid, signal: Signal, now: SimTime, asks: &mut Asks) {
        let Some(process) = self.processes.get(&pid) else { return };
        if process.has_ended() {
            return;
        }
        if process.program.is_none() {
            self.process_mut(pid).pending.push(signal);
            return;
        }
        let (shown, stopped) = (process.shown, process.stopped);
        let is_ignored = process.ignored.contains(&signal);
        match signal {
            Signal::Kill => {
                self.end(pid, WaitStatus::Signal(signal), now, asks);
                return;
            }
            Signal::Cont if stopped => self.go_on_after_stop(pid, now, asks),
            _ if stopped => {
                self.process_mut(pid).pending.push(signal);
                return;
            }
            _ => {}
        }
        if signal == Signal::Stop {
            self.process_mut(pid).stopped = shown != 1;
            return;
        }
        let program = self.process_mut(pid).program.as_mut().expect("it was just found");
        match program.signal(signal) {
            Disposition::Ignored => {}
            Disposition::Handled => self.wake(pid, asks),
            // The kernel drops what PID 1 of a container has no handler for (pid_namespaces(7)).
            Disposition::Default if shown == 1 || is_ignored || signal.ignored_by_default() => {}
            Disposition::Default if signal.stops_by_default() => {
                self.process_mut(pid).stopped = true;
            }
            Disposition::Default => self.end(pid, WaitStatus::Signal(signal), now, asks),
        }
    }

    /// SIGCONT: its turn comes again, and what was kept for it.
    fn go_on_after_stop(&mut self, pid: Pid, now: SimTime, asks: &mut Asks) {
        let process = self.process_mut(pid);
        process.stopped = false;
        if process.state == ProcessState::Ready {
            asks.wake.push((pid, Millis::ZERO));
        } else if self.can_go_on(pid) {
            self.wake(pid, asks);
        }
        self.take_pending(pid, now, asks);
    }

    pub(super) fn wake(&mut self, pid: Pid, asks: &mut Asks) {
        let process = self.process_mut(pid);
        if matches!(process.state, ProcessState::Blocked(_)) {
            process.state = ProcessState::Ready;
            asks.wake.push((pid, Millis::ZERO));
        }
    }

    /// Lets a process go on that waits for nothing that the machines know.
    pub(super) fn nudge(&mut self, pid: Pid, asks: &mut Asks) {
        self.wake(pid, asks);
    }

    /// A process's timer goes off.
    pub fn fire(&mut self, pid: Pid, timer: TimerId, asks: &mut Asks) {
        if !self.processes.contains_key(&pid) {
            return;
        }
        let process = self.process_mut(pid);
        process.armed.remove(&timer);
        let pod = process.container.pod.clone();
        asks.touched.insert(pod);
        self.settle(asks);
    }

    /// Lets everyone go on whose wait is over, in the pods where something changed.
    pub(super) fn settle(&mut self, asks: &mut Asks) {
        let touched = std::mem::take(&mut asks.touched);
        let able: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(_, process)| touched.contains(&process.container.pod))
            .map(|(pid, _)| *pid)
            .filter(|pid| self.can_go_on(*pid))
            .collect();
        for pid in able {
            self.wake(pid, asks);
        }
    }

    fn can_go_on(&self, pid: Pid) -> bool {
        let process = &self.processes[&pid];
        let ProcessState::Blocked(waits) = &process.state else { return false };
        if process.stopped {
            return false;
        }
        waits.iter().any(|wait| self.is_over(pid, process, *wait))
    }

    fn is_over(&self, pid: Pid, process: &Process, wait: Wait) -> bool {
        match wait {
            Wait::Readable(fd) => self.is_readable(process, fd),
            Wait::Writable(fd) => self.is_writable(process, fd),
            Wait::Lockable(fd, exclusive) => {
                let entry = process.fds.get(&fd.0);
                entry.is_none_or(|entry| self.is_lockable(entry.file, exclusive))
            }
            Wait::Child(child) => {
                self.processes.get(&child).is_none_or(|c| c.has_ended() || c.parent != pid)
            }
            Wait::AnyChild => {
                let mut children =
                    self.processes.iter().filter(|(id, c)| c.parent == pid && **id != pid);
                children.clone().next().is_none() || children.any(|(_, c)| c.has_ended())
            }
            Wait::Timer(timer) => !process.armed.contains(&timer),
            Wait::Signal => false,
            Wait::Busy(_) => unreachable!("block() has turned it into a timer"),
        }
    }

    /// Whether no other open file's lock is in the way of this one's.
    pub(super) fn is_lockable(&self, id: u64, exclusive: bool) -> bool {
        let OpenKind::File { device, inode, .. } = self.file(id).kind else { return true };
        let is_same = |file: &OpenFile| match file.kind {
            OpenKind::File { device: its, inode: number, .. } => (its, number) == (device, inode),
            _ => false,
        };
        let mut others = self.files.iter().filter(|(other, file)| **other != id && is_same(file));
        others.all(|(_, file)| file.lock.is_none_or(|theirs| !theirs && !exclusive))
    }

    pub(super) fn is_readable(&self, process: &Process, fd: Fd) -> bool {
        let Some(entry) = process.fds.get(&fd.0) else { return true };
        match &self.file(entry.file).kind {
            OpenKind::PipeRead(id) => {
                let pipe = &self.pipes[id];
                !pipe.buffer.is_empty() || pipe.writers == 0 || pipe.ends_once
            }
            OpenKind::Sock(id) => {
                let sock = self.sock(*id);
                !sock.inbox.is_empty() || sock.ended || matches!(sock.state, SockState::Failed(_))
            }
            OpenKind::Listener(port) => {
                let key = (process.container.pod.clone(), *port);
                self.listeners.get(&key).is_none_or(|listener| !listener.backlog.is_empty())
            }
            _ => true,
        }
    }

    fn is_writable(&self, process: &Process, fd: Fd) -> bool {
        let Some(entry) = process.fds.get(&fd.0) else { return true };
        match &self.file(entry.file).kind {
            OpenKind::PipeWrite(id) => {
                let pipe = &self.pipes[id];
                pipe.buffer.len() < PIPE_BYTES_MAX || pipe.readers == 0
            }
            OpenKind::Sock(id) => {
                let sock = self.sock(*id);
                match sock.state {
                    SockState::Connecting => false,
                    SockState::Failed(_) => true,
                    SockState::Open => sock.peer.is_none() || sock.in_flight < SOCKET_BYTES_MAX,
                }
            }
            _ => true,
        }
    }

    /// One descriptor less names an open file; with the last one it is closed.
    pub(super) fn release(&mut self, id: u64, asks: &mut Asks) {
        let file = self.file_mut(id);
        file.refs -= 1;
        if file.refs > 0 {
            return;
        }
        let Some(file) = self.files.remove(&id) else { return };
        match file.kind {
            OpenKind::PipeRead(pipe) => self.close_pipe(pipe, 1, 0),
            OpenKind::PipeWrite(pipe) => self.close_pipe(pipe, 0, 1),
            OpenKind::Sock(sock) => self.close_sock(sock, asks),
            _ => {}
        }
    }

    pub(super) fn close_pipe(&mut self, id: u64, readers: u32, writers: u32) {
        let pipe = self.pipes.get_mut(&id).expect("an open end keeps its pipe");
        pipe.readers -= readers;
        pipe.writers -= writers;
        if pipe.readers == 0 && pipe.writers == 0 {
            self.pipes.remove(&id);
        }
    }

    /// A process ends: its files close, its locks open, its parent learns of it.
    pub(super) fn end(&mut self, pid: Pid, status: WaitStatus, now: SimTime, asks: &mut Asks) {
        let process = self.process_mut(pid);
        process.state = ProcessState::Ended(status);
        let fds = std::mem::take(&mut process.fds);
        let locks = std::mem::take(&mut process.locks);
        let armed = std::mem::take(&mut process.armed);
        let (parent, id) = (process.parent, process.container.clone());
        asks.disarm.extend(armed.into_iter().map(|timer| (pid, timer)));
        asks.touched.insert(id.pod.clone());
        for entry in fds.values() {
            self.close_listener(entry.file, &id.pod, asks);
            self.release(entry.file, asks);
        }
        self.open_locks(&locks);
        self.orphan_children(pid);
        if let Some(token) = self.process_mut(pid).exec.clone() {
            let process = self.process_mut(pid);
            let output = std::mem::take(&mut process.output);
            let input = process.input.take();
            let shell = Nodes::shell_of(process);
            self.processes.remove(&pid);
            if let Some(pipe) = input {
                self.close_pipe(pipe, 0, 1);
            }
            asks.done.push(ExecDone { token, status, output, shell });
            return;
        }
        let container = self.containers.get(&id).expect("a process's container exists");
        if container.first == pid {
            self.end_container(&id, status, now, asks);
        } else if parent == pid || self.processes.get(&parent).is_none_or(|p| p.has_ended()) {
            self.processes.remove(&pid);
        }
    }

    /// Files are free to be locked by somebody else.
    pub(super) fn open_locks(&mut self, locks: &[(u64, u64)]) {
        for (device, inode) in locks {
            if self.volumes.get(device).is_some_and(|volume| volume.has(*inode)) {
                self.volume_mut(*device).inode_mut(*inode).locked_by = None;
            }
        }
    }

    pub(super) fn close_listener(&mut self, file: u64, pod: &PodUid, asks: &mut Asks) {
        let OpenFile { refs: 1, kind: OpenKind::Listener(port), .. } = *self.file(file) else {
            return;
        };
        let Some(listener) = self.listeners.remove(&(pod.clone(), port)) else { return };
        for sock in listener.backlog {
            self.close_sock(sock, asks);
        }
    }

    fn orphan_children(&mut self, pid: Pid) {
        let children: Vec<(Pid, bool)> = self
            .processes
            .iter()
            .filter(|(child, process)| process.parent == pid && **child != pid)
            .map(|(child, process)| (*child, process.has_ended()))
            .collect();
        for (child, has_ended) in children {
            if has_ended {
                self.processes.remove(&child);
            } else {
                self.process_mut(child).parent = child;
            }
        }
    }

    fn end_container(
        &mut self,
        id: &ContainerId,
        status: WaitStatus,
        now: SimTime,
        asks: &mut Asks,
    ) {
        let rest: Vec<Pid> = self
            .processes
            .iter()
            .filter(|(_, process)| process.container == *id && !process.has_ended())
            .map(|(pid, _)| *pid)
            .collect();
        for pid in rest {
            if self.processes.contains_key(&pid) {
                self.end(pid, WaitStatus::Signal(Signal::Kill), now, asks);
            }
        }
        self.processes.retain(|_, process| process.container != *id);
        let container = self.containers.get_mut(id).expect("it was just found");
        let container = Arc::make_mut(container);
        container.ended = Some(status);
        container.log.finish(now);
        if let Some(pipe) = container.stdin.take() {
            self.close_pipe(pipe, 0, 1);
        }
        asks.exited.push((id.clone(), status));
    }
}

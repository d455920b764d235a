//! One process's view of its machine for one turn.

use std::sync::Arc;

use super::process::{Device, FdEntry, OpenFile, OpenKind, Process, ProcessState};
use super::program::Program;
use super::sys_files::descriptor_named;
use super::{Asks, Container, Names, Nodes, Sandbox};
use crate::base::limit::{PIPE_BYTES_MAX, PROCESSES_MAX};
use crate::base::{Blob, FileTime, Millis, Pid, SimTime, SortedSet};
use crate::os::{
    Credentials, Errno, Fd, FileSystem, Listed, NetError, Open, Poll, Seek, Signal, Stat, Sys,
    TimerId, WaitStatus,
};
use crate::sh;
use crate::trace::{Fact, Site};

/// Descriptors a process may have. Linux's default RLIMIT_NOFILE (soft).
const FDS_MAX: u32 = 1_024;

/// One process's view of its machine for one turn.
pub struct SysView<'a> {
    pub(super) nodes: &'a mut Nodes,
    pub(super) pid: Pid,
    pub(super) now: SimTime,
    pub(super) names: &'a dyn Names,
    pub(super) asks: &'a mut Asks,
}

impl SysView<'_> {
    pub(super) fn me(&self) -> &Process {
        self.nodes.processes.get(&self.pid).expect("a process exists during its turn")
    }

    pub(super) fn me_mut(&mut self) -> &mut Process {
        self.nodes.process_mut(self.pid)
    }

    pub(super) fn container(&self) -> &Container {
        self.nodes.containers.get(&self.me().container).expect("a process's container exists")
    }

    pub(super) fn sandbox(&self) -> &Sandbox {
        self.nodes.sandboxes.get(&self.me().container.pod).expect("a container's pod exists")
    }

    pub(super) fn touch(&mut self) {
        let pod = self.me().container.pod.clone();
        self.asks.touched.insert(pod);
    }

    pub(super) fn open_file(&mut self, kind: OpenKind, min: u32) -> Result<Fd, Errno> {
        let number = self.free_fd(min)?;
        let file = self.nodes.next_id();
        self.nodes.files.insert(file, OpenFile { refs: 1, kind, lock: None });
        self.me_mut().fds.insert(number, FdEntry { file, close_on_exec: false });
        Ok(Fd(number))
    }

    fn free_fd(&self, min: u32) -> Result<u32, Errno> {
        let fds = &self.me().fds;
        (min..FDS_MAX).find(|number| !fds.contains_key(number)).ok_or(Errno::Mfile)
    }

    /// A child with these descriptors, that shares nothing else but its place.
    fn child(&mut self, fds: Vec<(u32, FdEntry)>) -> Result<Pid, Errno> {
        if self.nodes.processes.len() >= PROCESSES_MAX {
            return Err(Errno::Again);
        }
        for (_, entry) in &fds {
            self.nodes.file_mut(entry.file).refs += 1;
        }
        let pid = Pid(self.nodes.next_id() as u32);
        let shown = self.nodes.next_shown(&self.me().container.clone());
        let me = self.me();
        let process = Process {
            shown,
            parent: self.pid,
            container: me.container.clone(),
            program: None,
            argv: me.argv.clone(),
            began: self.now,
            state: ProcessState::Ready,
            exec: None,
            output: Default::default(),
            input: None,
            tty: false,
            fds: fds.into_iter().collect(),
            cwd: me.cwd.clone(),
            umask: me.umask,
            who: me.who.clone(),
            armed: Default::default(),
            last_timer: 0,
            pipe_broken: false,
            pending: Vec::new(),
            locks: Vec::new(),
            ignored: me.ignored.clone(),
            stopped: false,
            busy_turns: 0,
        };
        self.nodes.processes.insert(pid, Arc::new(process));
        self.asks.wake.push((pid, Millis::ZERO));
        Ok(pid)
    }

    fn write_pipe(&mut self, id: u64, data: &Blob) -> Result<Poll<u64>, Errno> {
        let pipe = self.nodes.pipes.get_mut(&id).expect("an open end keeps its pipe");
        if pipe.readers == 0 {
            self.me_mut().pipe_broken = true;
            return Err(Errno::Pipe);
        }
        if pipe.buffer.len() >= PIPE_BYTES_MAX {
            return Ok(Poll::Wait);
        }
        pipe.buffer.append(data);
        self.touch();
        Ok(Poll::Ready(data.len()))
    }

    fn read_pipe(&mut self, id: u64, max: u64) -> Poll<Blob> {
        let pipe = self.nodes.pipes.get_mut(&id).expect("an open end keeps its pipe");
        if pipe.buffer.is_empty() {
            let ends = pipe.writers == 0 || std::mem::take(&mut pipe.ends_once);
            return if ends { Poll::Ready(Blob::new()) } else { Poll::Wait };
        }
        let taken = pipe.buffer.take_front(max);
        self.touch();
        Poll::Ready(taken)
    }

    fn write_log(&mut self, stderr: bool, data: &Blob) {
        let now = self.now;
        let bytes = data.to_bytes(PIPE_BYTES_MAX);
        let id = self.me().container.clone();
        let container = self.nodes.containers.get_mut(&id).expect("a process's container exists");
        Arc::make_mut(container).log.write(&bytes, stderr, now);
    }

    fn write_exec(&mut self, exec: Pid, stderr: bool, data: &Blob) {
        if self.nodes.processes.contains_key(&exec) {
            let process = self.nodes.process_mut(exec);
            let stderr = stderr && !process.tty;
            match process.output.last_mut() {
                Some((last, blob)) if *last == stderr => blob.append(data),
                _ => process.output.push((stderr, data.clone())),
            }
        }
    }
}

impl Sys for SysView<'_> {
    fn pid(&self) -> Pid {
        self.pid
    }

    fn pid_shown(&self, pid: Pid) -> u32 {
        self.nodes.processes.get(&pid).map_or(0, |process| process.shown)
    }

    fn parent(&self) -> Pid {
        self.me().parent
    }

    fn now(&self) -> SimTime {
        self.now + self.nodes.clock_ahead(&self.me().container.pod)
    }

    fn hostname(&self) -> String {
        self.sandbox().spec.hostname.clone()
    }

    fn random(&mut self) -> u64 {
        self.nodes.seed.draw()
    }

    fn is_readable(&self, fd: Fd) -> bool {
        self.nodes.is_readable(self.me(), fd)
    }

    fn uid(&self) -> u32 {
        self.me().who.uid
    }

    fn credentials(&self) -> Credentials {
        self.me().who.clone()
    }

    fn read(&mut self, fd: Fd, max: u64) -> Result<Poll<Blob>, Errno> {
        match self.kind(fd)?.clone() {
            OpenKind::File { read: false, .. } => Err(Errno::Badf),
            OpenKind::File { .. } => self.read_open_file(fd, max).map(Poll::Ready),
            OpenKind::PipeRead(id) => Ok(self.read_pipe(id, max)),
            OpenKind::Sock(id) => self.read_sock(id, max),
            OpenKind::Device(device) => Ok(Poll::Ready(self.read_device(device, max))),
            OpenKind::Listener(_) => Err(Errno::Notconn),
            OpenKind::PipeWrite(_) | OpenKind::Log { .. } | OpenKind::Exec { .. } => {
                Err(Errno::Badf)
            }
        }
    }

    fn write(&mut self, fd: Fd, data: &Blob) -> Result<Poll<u64>, Errno> {
        match self.kind(fd)?.clone() {
            OpenKind::File { write: false, .. } | OpenKind::PipeRead(_) => Err(Errno::Badf),
            OpenKind::File { .. } => self.write_open_file(fd, data).map(Poll::Ready),
            OpenKind::PipeWrite(id) => self.write_pipe(id, data),
            OpenKind::Sock(id) => self.write_sock(id, data),
            OpenKind::Device(Device::Full) => Err(Errno::Nospc),
            OpenKind::Device(_) => Ok(Poll::Ready(data.len())),
            OpenKind::Listener(_) => Err(Errno::Notconn),
            OpenKind::Log { stderr } => {
                self.write_log(stderr, data);
                Ok(Poll::Ready(data.len()))
            }
            OpenKind::Exec { pid, stderr } => {
                self.write_exec(pid, stderr, data);
                Ok(Poll::Ready(data.len()))
            }
        }
    }

    fn close(&mut self, fd: Fd) -> Result<(), Errno> {
        let entry = self.me_mut().fds.remove(&fd.0).ok_or(Errno::Badf)?;
        let pod = self.me().container.pod.clone();
        self.nodes.close_listener(entry.file, &pod, self.asks);
        self.nodes.release(entry.file, self.asks);
        Ok(())
    }

    fn dup_to(&mut self, from: Fd, to: Fd) -> Result<(), Errno> {
        let entry = *self.me().fds.get(&from.0).ok_or(Errno::Badf)?;
        if to.0 >= FDS_MAX {
            return Err(Errno::Badf);
        }
        if from == to {
            return Ok(());
        }
        self.nodes.file_mut(entry.file).refs += 1;
        let copy = FdEntry { file: entry.file, close_on_exec: false };
        if let Some(before) = self.me_mut().fds.insert(to.0, copy) {
            self.nodes.release(before.file, self.asks);
        }
        Ok(())
    }

    fn dup_above(&mut self, from: Fd, min: u32) -> Result<Fd, Errno> {
        let entry = *self.me().fds.get(&from.0).ok_or(Errno::Badf)?;
        let number = self.free_fd(min)?;
        self.nodes.file_mut(entry.file).refs += 1;
        let copy = FdEntry { file: entry.file, close_on_exec: false };
        self.me_mut().fds.insert(number, copy);
        Ok(Fd(number))
    }

    fn pipe(&mut self) -> Result<(Fd, Fd), Errno> {
        let id = self.nodes.next_id();
        let pipe = super::pipe::Pipe { readers: 1, writers: 1, ..Default::default() };
        self.nodes.pipes.insert(id, pipe);
        let read = self.open_file(OpenKind::PipeRead(id), 3)?;
        let write = self.open_file(OpenKind::PipeWrite(id), 3)?;
        Ok((read, write))
    }

    fn seek(&mut self, fd: Fd, to: Seek) -> Result<u64, Errno> {
        self.seek_open_file(fd, to)
    }

    fn is_tty(&self, fd: Fd) -> bool {
        let tty = self.container().spec.tty;
        match self.kind(fd) {
            Ok(OpenKind::Log { .. }) => tty,
            Ok(OpenKind::PipeRead(id)) => {
                tty && self.container().stdin == Some(*id) || self.nodes.is_terminal(*id)
            }
            Ok(OpenKind::Exec { pid, .. }) => self.nodes.process(*pid).is_some_and(|it| it.tty),
            _ => false,
        }
    }

    fn fd_stat(&self, fd: Fd) -> Result<Stat, Errno> {
        self.stat_open_file(fd)
    }

    fn fds(&self) -> Vec<Fd> {
        self.me().fds.keys().copied().map(Fd).collect()
    }

    fn set_close_on_exec(&mut self, fd: Fd, on: bool) -> Result<(), Errno> {
        self.me_mut().fds.get_mut(&fd.0).ok_or(Errno::Badf)?.close_on_exec = on;
        Ok(())
    }

    fn open(&mut self, path: &[u8], how: Open) -> Result<Fd, Errno> {
        self.open_path(path, how)
    }

    fn stat(&self, path: &[u8], follow: bool) -> Result<Stat, Errno> {
        if let (Some(fd), true) = (descriptor_named(path), follow) {
            return self.stat_open_file(fd).map_err(|_| Errno::Noent);
        }
        let (device, inode) = self.find(path, follow)?.target.ok_or(Errno::Noent)?;
        Ok(self.nodes.volumes[&device].stat(inode, device))
    }

    fn read_dir(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        self.names_in(path)
    }

    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        self.link_target(path)
    }

    fn make_dir(&mut self, path: &[u8], mode: u32) -> Result<(), Errno> {
        self.make_directory(path, mode)
    }

    fn remove_dir(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.remove_directory(path)
    }

    fn unlink(&mut self, path: &[u8]) -> Result<(), Errno> {
        self.unlink_path(path)
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        self.rename_path(from, to)
    }

    fn symlink(&mut self, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        self.make_symlink(target, path)
    }

    fn link(&mut self, existing: &[u8], path: &[u8]) -> Result<(), Errno> {
        self.make_link(existing, path)
    }

    fn set_mode(&mut self, path: &[u8], mode: u32) -> Result<(), Errno> {
        self.change(path, true, |inode| inode.mode = mode & 0o7777)
    }

    fn set_owner(&mut self, path: &[u8], uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
        self.change_owner(path, uid, gid)
    }

    fn set_modified(&mut self, path: &[u8], follow: bool, at: FileTime) -> Result<(), Errno> {
        self.change(path, follow, |inode| inode.modified = at)
    }

    fn file_systems(&self) -> Vec<FileSystem> {
        self.mounted()
    }

    fn file_system(&self, path: &[u8]) -> Result<FileSystem, Errno> {
        self.mounted_at(path)
    }

    fn access(&self, path: &[u8], bits: u32) -> Result<(), Errno> {
        if let Some(fd) = descriptor_named(path) {
            return self.stat_open_file(fd).map(drop).map_err(|_| Errno::Noent);
        }
        let found = self.find(path, true)?;
        let (device, inode) = found.target.ok_or(Errno::Noent)?;
        if bits & 2 != 0 && found.read_only {
            return Err(Errno::Rofs);
        }
        match self.nodes.inode(device, inode).allows(&self.me().who, bits) {
            true => Ok(()),
            false => Err(Errno::Acces),
        }
    }

    fn current_dir(&self) -> Vec<u8> {
        self.me().cwd.clone()
    }

    fn set_current_dir(&mut self, path: &[u8]) -> Result<(), Errno> {
        let found = self.find(path, true)?;
        let (device, inode) = found.target.ok_or(Errno::Noent)?;
        self.nodes.volume_at(device).entries(inode)?;
        self.access(path, 1)?;
        self.me_mut().cwd = super::path::join(&found.real);
        Ok(())
    }

    fn umask(&self) -> u32 {
        self.me().umask
    }

    fn set_umask(&mut self, mask: u32) {
        self.me_mut().umask = mask & 0o777;
    }

    fn read_file(&self, path: &[u8]) -> Result<Blob, Errno> {
        let (device, inode) = self.find(path, true)?.target.ok_or(Errno::Noent)?;
        self.access(path, 4)?;
        self.nodes.volume_at(device).blob(inode)
    }

    fn write_file(&mut self, path: &[u8], content: &Blob) -> Result<(), Errno> {
        self.replace_file(path, content)
    }

    fn lock_file(&mut self, path: &[u8]) -> Result<bool, Errno> {
        self.lock_path(path)
    }

    fn flock(&mut self, fd: Fd, lock: Option<bool>) -> Result<bool, Errno> {
        self.lock_open_file(fd, lock)
    }

    fn spawn(
        &mut self,
        path: &[u8],
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
        stdio: [Fd; 3],
    ) -> Result<Pid, Errno> {
        let (name, argv) = self.executable(path, argv)?;
        let mut fds = Vec::new();
        for (number, fd) in (0..).zip(stdio) {
            let entry = *self.me().fds.get(&fd.0).ok_or(Errno::Badf)?;
            fds.push((number, FdEntry { file: entry.file, close_on_exec: false }));
        }
        let pid = self.child(fds)?;
        self.begin(pid, &name, &argv, env)?;
        Ok(pid)
    }

    fn exec(
        &mut self,
        path: &[u8],
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<(), Errno> {
        let (name, argv) = self.executable(path, argv)?;
        let closing: Vec<Fd> = self
            .me()
            .fds
            .iter()
            .filter(|(_, entry)| entry.close_on_exec)
            .map(|(number, _)| Fd(*number))
            .collect();
        for fd in closing {
            self.close(fd)?;
        }
        let armed = std::mem::take(&mut self.me_mut().armed);
        let pid = self.pid;
        self.asks.disarm.extend(armed.into_iter().map(|timer| (pid, timer)));
        self.begin(self.pid, &name, &argv, env)
    }

    fn ignored(&self) -> SortedSet<Signal> {
        self.me().ignored.clone()
    }

    fn set_ignored(&mut self, signals: SortedSet<Signal>) {
        self.me_mut().ignored = signals;
    }

    fn wait(&mut self, child: Pid) -> Result<Poll<WaitStatus>, Errno> {
        let process = self.nodes.processes.get(&child).ok_or(Errno::Child)?;
        if process.parent != self.pid || child == self.pid {
            return Err(Errno::Child);
        }
        let ProcessState::Ended(status) = process.state else {
            return Ok(Poll::Wait);
        };
        self.nodes.processes.remove(&child);
        Ok(Poll::Ready(status))
    }

    fn wait_any(&mut self) -> Result<Poll<(Pid, WaitStatus)>, Errno> {
        let me = self.pid;
        let mut children = 0;
        let mut ended = None;
        for (pid, process) in &self.nodes.processes {
            if process.parent == me && *pid != me {
                children += 1;
                if let ProcessState::Ended(status) = process.state {
                    ended = ended.or(Some((*pid, status)));
                }
            }
        }
        match ended {
            Some((pid, status)) => {
                self.nodes.processes.remove(&pid);
                Ok(Poll::Ready((pid, status)))
            }
            None if children == 0 => Err(Errno::Child),
            None => Ok(Poll::Wait),
        }
    }

    fn kill(&mut self, pid: Pid, signal: Signal) -> Result<(), Errno> {
        let process = self.nodes.processes.get(&pid).ok_or(Errno::Srch)?;
        if process.container != self.me().container {
            return Err(Errno::Srch);
        }
        if self.uid() != 0 && self.uid() != process.who.uid {
            return Err(Errno::Perm);
        }
        self.nodes.signal(pid, signal, self.now, self.asks);
        Ok(())
    }

    fn pid_by_shown(&self, shown: u32) -> Option<Pid> {
        self.inside().find(|(_, process)| process.shown == shown).map(|(pid, _)| pid)
    }

    fn processes(&self) -> Vec<Listed> {
        self.list_processes()
    }

    fn set_uid(&mut self, uid: u32, gid: u32) -> Result<(), Errno> {
        if self.uid() != 0 && self.uid() != uid {
            return Err(Errno::Perm);
        }
        self.me_mut().who = Credentials::new(uid, gid, &[]);
        Ok(())
    }

    fn arm(&mut self, after: Millis) -> TimerId {
        let pid = self.pid;
        let me = self.me_mut();
        me.last_timer += 1;
        let timer = TimerId(me.last_timer);
        me.armed.insert(timer);
        self.asks.arm.push((pid, timer, after));
        timer
    }

    fn has_fired(&self, timer: TimerId) -> bool {
        !self.me().armed.contains(&timer)
    }

    fn disarm(&mut self, timer: TimerId) {
        let pid = self.pid;
        if self.me_mut().armed.remove(&timer) {
            self.asks.disarm.push((pid, timer));
        }
    }

    fn resolve(&mut self, name: &[u8]) -> Result<Vec<String>, NetError> {
        self.resolve_name(name)
    }

    fn resolve_back(&mut self, address: &str) -> Option<String> {
        self.names.resolve_back(address)
    }

    fn connect(&mut self, address: &str, port: u16) -> Result<Fd, NetError> {
        self.connect_to(address, port)
    }

    fn connected(&self, fd: Fd) -> Result<Poll<()>, NetError> {
        self.connection_state(fd)
    }

    fn listen(&mut self, port: u16, loopback_only: bool) -> Result<Fd, Errno> {
        self.listen_on(port, loopback_only)
    }

    fn accept(&mut self, fd: Fd) -> Result<Poll<Fd>, Errno> {
        self.accept_one(fd)
    }

    fn shutdown_write(&mut self, fd: Fd) -> Result<(), Errno> {
        self.finish_sock(fd)
    }

    fn peer(&self, fd: Fd) -> Option<(String, u16)> {
        let OpenKind::Sock(id) = self.kind(fd).ok()? else { return None };
        self.nodes.socks.get(id).map(|sock| sock.remote.clone())
    }

    fn hears(&self, fd: Fd) -> bool {
        match self.kind(fd) {
            Ok(OpenKind::Sock(id)) => self.nodes.hears(*id),
            _ => true,
        }
    }

    fn tell(&mut self, fact: Fact) {
        self.asks.facts.push(fact);
    }

    fn mark(&mut self, site: Site) {
        self.asks.sites.push(site);
    }
}

impl sh::Host for SysView<'_> {
    fn fork(&mut self, child: sh::Machine) -> Result<Pid, Errno> {
        let fds = self.me().fds.iter().map(|(number, entry)| (*number, *entry)).collect();
        let pid = self.child(fds)?;
        self.nodes.process_mut(pid).program = Some(Box::new(Program::Shell(Box::new(child))));
        Ok(pid)
    }
}

//! The file calls.

use std::sync::Arc;

use super::Nodes;
use super::fs::{Content, Inode, SETGID, Volume};
use super::path::{Found, View};
use super::process::{Device, OpenKind};
use super::sys::SysView;
use crate::base::{Blob, FileTime, SortedMap};
use crate::os::{Errno, Fd, FileKind, Open, Seek, Stat, Sys};

/// What one read of a device without end brings, in bytes.
const DEVICE_BYTES: u64 = 65_536;

/// The descriptor that a path is another name of.
pub(super) fn descriptor_named(path: &[u8]) -> Option<Fd> {
    let standard = [b"/dev/stdin".as_slice(), b"/dev/stdout", b"/dev/stderr"];
    if let Some(number) = standard.iter().position(|name| *name == path) {
        return Some(Fd(number as u32));
    }
    let number = [b"/dev/fd/".as_slice(), b"/proc/self/fd/"]
        .into_iter()
        .find_map(|directory| path.strip_prefix(directory))?;
    std::str::from_utf8(number).ok()?.parse().ok().map(Fd)
}

impl Nodes {
    pub(super) fn volume_at(&self, device: u64) -> &Volume {
        self.volumes.get(&device).expect("a mounted volume exists")
    }

    pub(super) fn volume_mut(&mut self, device: u64) -> &mut Volume {
        Arc::make_mut(self.volumes.get_mut(&device).expect("a mounted volume exists"))
    }

    pub(super) fn inode(&self, device: u64, inode: u64) -> &Inode {
        self.volume_at(device).inode(inode)
    }
}

impl SysView<'_> {
    pub(super) fn kind(&self, fd: Fd) -> Result<&OpenKind, Errno> {
        // One that has ended itself in this turn has no descriptors any more.
        let me = self.nodes.processes.get(&self.pid).ok_or(Errno::Badf)?;
        let entry = me.fds.get(&fd.0).ok_or(Errno::Badf)?;
        Ok(&self.nodes.file(entry.file).kind)
    }

    pub(super) fn find(&self, path: &[u8], follow: bool) -> Result<Found, Errno> {
        let me = self.me();
        let mounts = &self.container().mounts;
        let view = View { mounts, volumes: &self.nodes.volumes, who: &me.who };
        view.find(&me.cwd, path, follow)
    }

    /// What may be changed: fails on a read-only mount and without permission on the directory.
    fn find_to_change(&self, path: &[u8], follow: bool) -> Result<Found, Errno> {
        let found = self.find(path, follow)?;
        if found.read_only {
            return Err(Errno::Rofs);
        }
        let (device, directory) = found.parent;
        let inode = self.nodes.inode(device, directory);
        if !found.name.is_empty() && !inode.allows(&self.me().who, 2) {
            return Err(Errno::Acces);
        }
        Ok(found)
    }

    pub(super) fn open_path(&mut self, path: &[u8], how: Open) -> Result<Fd, Errno> {
        if let Some(fd) = descriptor_named(path) {
            return self.open_again(fd, how);
        }
        let found = self.find(path, true)?;
        if (how.write || how.create && found.target.is_none()) && found.read_only {
            return Err(Errno::Rofs);
        }
        let (device, inode) = match found.target {
            Some(_) if how.create && how.exclusive => return Err(Errno::Exist),
            Some(target) => target,
            None if how.create => self.create_file(path)?,
            None => return Err(Errno::Noent),
        };
        let bits = if how.read { 4 } else { 0 } + if how.write { 2 } else { 0 };
        let node = self.nodes.inode(device, inode);
        if !node.allows(&self.me().who, bits) {
            return Err(Errno::Acces);
        }
        match &node.content {
            Content::Directory(_) if how.write => return Err(Errno::Isdir),
            Content::Device(name) => {
                let device = match &**name {
                    "stdin" => return self.open_again(Fd::STDIN, how),
                    "stdout" => return self.open_again(Fd::STDOUT, how),
                    "stderr" => return self.open_again(Fd::STDERR, how),
                    "zero" => Device::Zero,
                    "full" => Device::Full,
                    "random" | "urandom" => Device::Random,
                    "tty" => return Err(Errno::Nxio),
                    _ => Device::Null,
                };
                return self.open_file(OpenKind::Device(device), 0);
            }
            Content::File(_) if how.truncate && how.write => {
                let now = self.now;
                self.nodes.volume_mut(device).set_blob(inode, Blob::new(), now)?;
            }
            Content::Program(_) if how.write => return Err(Errno::Txtbsy),
            _ => {}
        }
        let Open { read, write, append, .. } = how;
        self.open_file(OpenKind::File { device, inode, offset: 0, read, write, append }, 0)
    }

    /// `/dev/fd/N`: a file is opened anew, from its start; anything else is shared.
    fn open_again(&mut self, fd: Fd, how: Open) -> Result<Fd, Errno> {
        let kind = self.kind(fd).map_err(|_| Errno::Noent)?;
        let OpenKind::File { device, inode, .. } = *kind else { return self.dup_above(fd, 0) };
        if how.truncate && how.write {
            let now = self.now;
            self.nodes.volume_mut(device).set_blob(inode, Blob::new(), now)?;
        }
        let Open { read, write, append, .. } = how;
        self.open_file(OpenKind::File { device, inode, offset: 0, read, write, append }, 0)
    }

    /// What reading a device brings.
    pub(super) fn read_device(&mut self, device: Device, max: u64) -> Blob {
        let length = max.min(DEVICE_BYTES) as usize;
        let bytes = match device {
            Device::Null => Vec::new(),
            Device::Zero | Device::Full if max > DEVICE_BYTES => return Blob::hole(max),
            Device::Zero | Device::Full => vec![0; length],
            Device::Random => {
                let draws = length.div_ceil(8);
                (0..draws).flat_map(|_| self.random().to_le_bytes()).take(length).collect()
            }
        };
        Blob::from(bytes)
    }

    fn create_file(&mut self, path: &[u8]) -> Result<(u64, u64), Errno> {
        if path.ends_with(b"/") {
            return Err(Errno::Isdir);
        }
        let mode = 0o666 & !self.me().umask;
        self.create(path, Content::File(Blob::new()), mode)
    }

    fn create(&mut self, path: &[u8], content: Content, mode: u32) -> Result<(u64, u64), Errno> {
        let follow = matches!(content, Content::File(_));
        let found = self.find_to_change(path, follow)?;
        if found.target.is_some() || found.name.is_empty() {
            return Err(Errno::Exist);
        }
        let (uid, mut gid, now) = (self.uid(), self.me().who.gid, self.now);
        let (device, directory) = found.parent;
        if self.nodes.volume_at(device).is_dead(directory) {
            return Err(self.blame(device, Errno::Noent));
        }
        let volume = self.nodes.volume_mut(device);
        let above = volume.inode(directory);
        let mut mode = mode;
        if above.mode & SETGID != 0 {
            gid = above.gid;
            mode |= if matches!(content, Content::Directory(_)) { SETGID } else { 0 };
        }
        let inode = volume.add(content, mode, now);
        let made = volume.inode_mut(inode);
        (made.uid, made.gid) = (uid, gid);
        volume.enter(directory, &found.name, inode, now)?;
        Ok((device, inode))
    }

    pub(super) fn read_open_file(&mut self, fd: Fd, max: u64) -> Result<Blob, Errno> {
        let OpenKind::File { device, inode, offset, .. } = *self.kind(fd)? else {
            return Err(Errno::Badf);
        };
        if !self.nodes.volume_at(device).has(inode) {
            return match self.nodes.volume_at(device).has_lost(inode) {
                true => Err(self.blame(device, Errno::Io)),
                false => Ok(Blob::new()),
            };
        }
        let blob = self.nodes.volume_at(device).blob(inode)?;
        let piece = blob.slice(offset, offset.saturating_add(max));
        self.set_offset(fd, offset + piece.len());
        Ok(piece)
    }

    pub(super) fn write_open_file(&mut self, fd: Fd, data: &Blob) -> Result<u64, Errno> {
        let OpenKind::File { device, inode, offset, append, .. } = *self.kind(fd)? else {
            return Err(Errno::Badf);
        };
        if !self.nodes.volume_at(device).has(inode) {
            return match self.nodes.volume_at(device).has_lost(inode) {
                true => Err(self.blame(device, Errno::Io)),
                false => Ok(data.len()),
            };
        }
        let mut blob = self.nodes.volume_at(device).blob(inode)?;
        let at = if append { blob.len() } else { offset };
        if at == blob.len() {
            blob.append(data);
        } else {
            blob.write_at(at, data);
        }
        let now = self.now;
        let written = self.nodes.volume_mut(device).set_blob(inode, blob, now);
        written.map_err(|errno| self.blame(device, errno))?;
        self.set_offset(fd, at + data.len());
        self.touch();
        Ok(data.len())
    }

    /// A call fails because of what a fault did to a volume, if one did.
    fn blame(&mut self, device: u64, errno: Errno) -> Errno {
        let fault = self.nodes.struck_by(device).cloned();
        self.asks.blamed = fault.or(self.asks.blamed.take());
        errno
    }

    /// Replaces a file's content, or makes the file. Where it does not fit the file stays as it
    /// was.
    pub(super) fn replace_file(&mut self, path: &[u8], content: &Blob) -> Result<(), Errno> {
        let before = self.find(path, true)?.target;
        let before = before.and_then(|(device, inode)| {
            Some((device, inode, self.nodes.volume_at(device).blob(inode).ok()?))
        });
        let fd = self.open_path(path, Open::WRITE)?;
        let written = self.write_open_file(fd, content);
        self.close(fd)?;
        if let (Err(Errno::Nospc), Some((device, inode, blob))) = (&written, before) {
            let now = self.now;
            self.nodes.volume_mut(device).put_back(inode, blob, now);
        }
        written.map(|_| ())
    }

    pub(super) fn stat_open_file(&self, fd: Fd) -> Result<Stat, Errno> {
        let kind = match self.kind(fd)? {
            OpenKind::File { device, inode, .. } => {
                let volume = self.nodes.volumes.get(device).ok_or(Errno::Io)?;
                return match volume.has(*inode) {
                    true => Ok(volume.stat(*inode, *device)),
                    false => Err(Errno::Noent),
                };
            }
            OpenKind::PipeRead(_) | OpenKind::PipeWrite(_) => FileKind::Pipe,
            OpenKind::Sock(_) | OpenKind::Listener(_) => FileKind::Socket,
            OpenKind::Log { .. } | OpenKind::Exec { .. } => FileKind::Pipe,
            OpenKind::Device(_) => FileKind::Device,
        };
        Ok(Stat {
            kind,
            size: 0,
            mode: 0o600,
            uid: 0,
            gid: 0,
            modified: FileTime::default(),
            inode: u64::from(fd.0),
            device: 0,
            links: 1,
        })
    }

    fn set_offset(&mut self, fd: Fd, to: u64) {
        let file = self.me().fds.get(&fd.0).expect("the descriptor was just used").file;
        if let OpenKind::File { offset, .. } = &mut self.nodes.file_mut(file).kind {
            *offset = to;
        }
    }

    pub(super) fn seek_open_file(&mut self, fd: Fd, to: Seek) -> Result<u64, Errno> {
        let OpenKind::File { device, inode, .. } = *self.kind(fd)? else {
            return Err(Errno::Spipe);
        };
        let offset = match to {
            Seek::Start(offset) => offset,
            Seek::End if !self.nodes.volume_at(device).has(inode) => 0,
            Seek::End => self.nodes.inode(device, inode).size(),
        };
        self.set_offset(fd, offset);
        Ok(offset)
    }

    pub(super) fn names_in(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        let found = self.find(path, true)?;
        let (device, inode) = found.target.ok_or(Errno::Noent)?;
        self.access(path, 4)?;
        let entries = self.nodes.volume_at(device).entries(inode)?;
        let mut names: Vec<Vec<u8>> = entries.keys().cloned().collect();
        for mount in &self.container().mounts {
            if let Some((last, above)) = mount.at.split_last()
                && *above == found.real[..]
                && !names.contains(last)
            {
                names.push(last.clone());
            }
        }
        names.sort();
        Ok(names)
    }

    pub(super) fn link_target(&self, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let (device, inode) = self.find(path, false)?.target.ok_or(Errno::Noent)?;
        match &self.nodes.inode(device, inode).content {
            Content::Symlink(target) => Ok(target.clone()),
            _ => Err(Errno::Inval),
        }
    }

    pub(super) fn make_directory(&mut self, path: &[u8], mode: u32) -> Result<(), Errno> {
        if self.find(path, false).is_ok_and(|found| found.target.is_some()) {
            return Err(Errno::Exist);
        }
        let trimmed = trim_slashes(path);
        let mode = mode & !self.me().umask;
        self.create(trimmed, Content::Directory(SortedMap::new()), mode).map(|_| ())
    }

    pub(super) fn make_symlink(&mut self, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        self.create(path, Content::Symlink(target.to_vec()), 0o777).map(|_| ())
    }

    pub(super) fn make_link(&mut self, existing: &[u8], path: &[u8]) -> Result<(), Errno> {
        let (device, inode) = self.find(existing, false)?.target.ok_or(Errno::Noent)?;
        if matches!(self.nodes.inode(device, inode).content, Content::Directory(_)) {
            return Err(Errno::Perm);
        }
        let to = self.find_to_change(path, false)?;
        if to.target.is_some() {
            return Err(Errno::Exist);
        }
        if to.parent.0 != device {
            return Err(Errno::Xdev);
        }
        let now = self.now;
        self.nodes.volume_mut(device).enter(to.parent.1, &to.name, inode, now)
    }

    pub(super) fn remove_directory(&mut self, path: &[u8]) -> Result<(), Errno> {
        let found = self.find_to_change(trim_slashes(path), false)?;
        let (device, inode) = found.target.ok_or(Errno::Noent)?;
        if found.name.is_empty() {
            return Err(Errno::Busy);
        }
        if !self.nodes.volume_at(device).entries(inode)?.is_empty() {
            return Err(Errno::Notempty);
        }
        let now = self.now;
        self.touch();
        self.nodes.volume_mut(device).leave(found.parent.1, &found.name, now)
    }

    pub(super) fn unlink_path(&mut self, path: &[u8]) -> Result<(), Errno> {
        let found = self.find_to_change(path, false)?;
        let (device, inode) = found.target.ok_or(Errno::Noent)?;
        if matches!(self.nodes.inode(device, inode).content, Content::Directory(_)) {
            return Err(Errno::Isdir);
        }
        if found.name.is_empty() {
            return Err(Errno::Busy);
        }
        let now = self.now;
        self.touch();
        self.nodes.volume_mut(device).leave(found.parent.1, &found.name, now)
    }

    pub(super) fn rename_path(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        let source = self.find_to_change(trim_slashes(from), false)?;
        let target = self.find_to_change(trim_slashes(to), false)?;
        let (device, inode) = source.target.ok_or(Errno::Noent)?;
        if source.name.is_empty() || target.name.is_empty() {
            return Err(Errno::Busy);
        }
        if target.parent.0 != device {
            return Err(Errno::Xdev);
        }
        let is_dir = matches!(self.nodes.inode(device, inode).content, Content::Directory(_));
        if is_dir && target.real.starts_with(&source.real) && target.real != source.real {
            return Err(Errno::Inval);
        }
        if let Some((_, over)) = target.target {
            if over == inode {
                return Ok(());
            }
            match (&self.nodes.inode(device, over).content, is_dir) {
                (Content::Directory(_), false) => return Err(Errno::Isdir),
                (Content::Directory(entries), true) if !entries.is_empty() => {
                    return Err(Errno::Notempty);
                }
                (Content::Directory(_), true) => {}
                (_, true) => return Err(Errno::Notdir),
                (_, false) => {}
            }
        }
        let now = self.now;
        self.touch();
        let volume = self.nodes.volume_mut(device);
        volume.enter(target.parent.1, &target.name, inode, now)?;
        volume.leave(source.parent.1, &source.name, now)
    }

    pub(super) fn change(
        &mut self,
        path: &[u8],
        follow: bool,
        how: impl FnOnce(&mut Inode),
    ) -> Result<(), Errno> {
        let found = self.find(path, follow)?;
        let (device, inode) = found.target.ok_or(Errno::Noent)?;
        if found.read_only {
            return Err(Errno::Rofs);
        }
        let owner = self.nodes.inode(device, inode).uid;
        if self.uid() != 0 && self.uid() != owner {
            return Err(Errno::Perm);
        }
        how(self.nodes.volume_mut(device).inode_mut(inode));
        Ok(())
    }

    pub(super) fn change_owner(
        &mut self,
        path: &[u8],
        uid: Option<u32>,
        gid: Option<u32>,
    ) -> Result<(), Errno> {
        // Only root gives away; others may choose among their groups (chown(2)).
        let who = &self.me().who;
        let own =
            uid.is_none_or(|uid| uid == who.uid) && gid.is_none_or(|gid| who.groups.contains(&gid));
        if who.uid != 0 && !own {
            self.find(path, true)?.target.ok_or(Errno::Noent)?;
            return Err(Errno::Perm);
        }
        self.change(path, true, |inode| {
            inode.uid = uid.unwrap_or(inode.uid);
            inode.gid = gid.unwrap_or(inode.gid);
        })
    }

    pub(super) fn lock_path(&mut self, path: &[u8]) -> Result<bool, Errno> {
        let (device, inode) = self.find(path, true)?.target.ok_or(Errno::Noent)?;
        let holder = self.nodes.inode(device, inode).locked_by;
        if holder.is_some_and(|holder| holder != self.pid) {
            return Ok(false);
        }
        let pid = self.pid;
        self.nodes.volume_mut(device).inode_mut(inode).locked_by = Some(pid);
        self.me_mut().locks.push((device, inode));
        Ok(true)
    }

    pub(super) fn lock_open_file(&mut self, fd: Fd, lock: Option<bool>) -> Result<bool, Errno> {
        let file = self.me().fds.get(&fd.0).ok_or(Errno::Badf)?.file;
        let free = lock.is_none_or(|exclusive| self.nodes.is_lockable(file, exclusive));
        if free {
            self.nodes.file_mut(file).lock = lock;
        }
        Ok(free)
    }

    /// The program a path names, and the arguments it gets; a `#!` line's interpreter comes first.
    pub(super) fn executable(
        &self,
        path: &[u8],
        argv: &[Vec<u8>],
    ) -> Result<(Arc<str>, Vec<Vec<u8>>), Errno> {
        let (device, inode) = self.find(path, true)?.target.ok_or(Errno::Noent)?;
        let node = self.nodes.inode(device, inode);
        if matches!(node.content, Content::Directory(_)) || self.access(path, 1).is_err() {
            return Err(Errno::Acces);
        }
        let blob = match &node.content {
            Content::Program(name) => return Ok((name.clone(), argv.to_vec())),
            Content::File(blob) => blob,
            _ => return Err(Errno::Acces),
        };
        let head = blob.slice(0, 256).bytes();
        let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.strip_prefix(b"#!").ok_or(Errno::Noexec)?.trim_ascii();
        let mut words = line.splitn(2, |byte| *byte == b' ');
        let interpreter = words.next().unwrap_or_default();
        let (device, inode) = self.find(interpreter, true)?.target.ok_or(Errno::Noent)?;
        let Content::Program(name) = &self.nodes.inode(device, inode).content else {
            return Err(Errno::Noexec);
        };
        let mut all = vec![interpreter.to_vec()];
        all.extend(words.next().map(|word| word.trim_ascii().to_vec()));
        all.push(path.to_vec());
        all.extend(argv.iter().skip(1).cloned());
        Ok((name.clone(), all))
    }
}

/// `dir/` names the same as `dir`; a lone `/` stays.
fn trim_slashes(path: &[u8]) -> &[u8] {
    let end =
        path.iter().rposition(|byte| *byte != b'/').map_or(1.min(path.len()), |last| last + 1);
    &path[..end]
}

//! A volume's files: inodes as a value.

use std::sync::Arc;

use crate::base::limit::BLOB_BYTES_MAX;
use crate::base::{Blob, FileTime, Pid, SimTime, SortedMap, SortedSet};
use crate::os::{Credentials, Errno, FileKind, Stat};

/// The inode of a volume's root directory.
pub const ROOT: u64 = 1;

/// What is made in a directory with this bit gets the directory's group.
pub const SETGID: u32 = 0o2000;

/// A tree of files.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Volume {
    inodes: SortedMap<u64, Inode>,
    last: u64,
    /// Bytes it can hold.
    capacity: u64,
    used: u64,
    /// Bytes it can hold for now, if a fault leaves it less than its capacity.
    full_at: Option<u64>,
    /// Inodes up to this number are lost with the disk they were on, if they are not there: a
    /// fault.
    lost: u64,
}

/// A file, directory or link.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Inode {
    /// What it is and holds.
    pub content: Content,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Last change of content.
    pub modified: FileTime,
    /// Names it has.
    pub links: u32,
    /// Who holds the exclusive lock.
    pub locked_by: Option<Pid>,
}

/// What an inode holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Content {
    /// Bytes.
    File(Blob),
    /// Names.
    Directory(SortedMap<Vec<u8>, u64>),
    /// Another path.
    Symlink(Vec<u8>),
    /// A program of the model, by name.
    Program(Arc<str>),
    /// `/dev/null` and the like, by name.
    Device(Arc<str>),
}

impl Volume {
    /// It holds so many bytes from now on; a fault's bound stays.
    pub fn grow(&mut self, bytes: u64) {
        self.capacity = self.capacity.max(bytes);
    }

    /// An empty root directory; `capacity` in bytes.
    pub fn new(capacity: Option<u64>) -> Volume {
        let mut volume = Volume {
            inodes: SortedMap::new(),
            last: 0,
            capacity: capacity.unwrap_or(u64::MAX),
            used: 0,
            full_at: None,
            lost: 0,
        };
        volume.add(Content::Directory(SortedMap::new()), 0o755, SimTime::START);
        volume
    }

    /// Gives all files to a group, whose members may do with them what their owner may, or (if it
    /// is `fixed`) read them. `lazily`: only if the root directory is not like that already. Models
    /// `SetVolumeOwnership` of pkg/volume/volume_linux.go.
    pub fn share(&mut self, group: u32, fixed: bool, lazily: bool) {
        let bits = if fixed { 0o440 } else { 0o660 };
        let of_directory = bits | 0o110 | SETGID;
        let root = self.inode(ROOT);
        if lazily && root.gid == group && root.mode & of_directory == of_directory {
            return;
        }
        for inode in self.inodes.values_mut() {
            inode.gid = group;
            inode.mode |= match inode.content {
                Content::Directory(_) => of_directory,
                Content::Symlink(_) => 0,
                _ => bits,
            };
        }
    }

    /// Bytes its files have.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Bytes it can hold; `u64::MAX`: nobody said.
    pub fn size(&self) -> u64 {
        self.capacity
    }

    /// Bytes that nobody can write to any more: its files', or all of them while a fault fills it.
    pub fn taken(&self) -> u64 {
        if self.full_at.is_some() { self.capacity } else { self.used }
    }

    /// From now on no byte more than now fits; or (false) as many as at first.
    pub fn set_full(&mut self, full: bool) {
        self.full_at = full.then_some(self.used);
    }

    /// All files are gone. Directories (and files) that are `mounted` somewhere stay there, empty.
    pub fn wipe(&mut self, mounted: &SortedSet<u64>) {
        self.lost = self.last;
        self.inodes.retain(|number, _| *number == ROOT || mounted.contains(number));
        for inode in self.inodes.values_mut() {
            inode.links = 0;
            match &mut inode.content {
                Content::Directory(entries) => entries.clear(),
                Content::File(blob) => *blob = Blob::new(),
                _ => {}
            }
        }
        self.used = 0;
    }

    /// Whether a file that is open went with its disk.
    pub fn has_lost(&self, number: u64) -> bool {
        number <= self.lost && !self.has(number)
    }

    /// Whether a directory stands in no other any more: then nothing can be made in it
    /// (Linux's IS_DEADDIR).
    pub fn is_dead(&self, directory: u64) -> bool {
        directory != ROOT && self.inode(directory).links == 0
    }

    /// An inode that is known to exist.
    pub fn inode(&self, number: u64) -> &Inode {
        self.inodes.get(&number).expect("a directory names only inodes that exist")
    }

    /// The same, to change its attributes.
    pub fn inode_mut(&mut self, number: u64) -> &mut Inode {
        self.inodes.get_mut(&number).expect("a directory names only inodes that exist")
    }

    /// Whether it still exists (an open file may have been removed).
    pub fn has(&self, number: u64) -> bool {
        self.inodes.contains_key(&number)
    }

    /// A new inode without a name.
    pub fn add(&mut self, content: Content, mode: u32, now: SimTime) -> u64 {
        self.last += 1;
        if let Content::File(blob) = &content {
            self.used += blob.len();
        }
        let inode = Inode {
            content,
            mode,
            uid: 0,
            gid: 0,
            modified: now.into(),
            links: 0,
            locked_by: None,
        };
        self.inodes.insert(self.last, inode);
        self.last
    }

    /// A directory's entries.
    pub fn entries(&self, directory: u64) -> Result<&SortedMap<Vec<u8>, u64>, Errno> {
        match &self.inode(directory).content {
            Content::Directory(entries) => Ok(entries),
            _ => Err(Errno::Notdir),
        }
    }

    /// The attributes of what has this number. A directory has a link for its name, one for its
    /// `.` and one for the `..` of each directory within, as ext4 counts them.
    pub fn stat(&self, number: u64, device: u64) -> Stat {
        let inode = self.inode(number);
        let mut stat = inode.stat(number, device);
        if let Content::Directory(entries) = &inode.content {
            let is_dir = |entry: &u64| matches!(self.inode(*entry).content, Content::Directory(_));
            stat.links = 2 + entries.values().filter(|entry| is_dir(entry)).count() as u32;
        }
        stat
    }

    fn entries_mut(&mut self, directory: u64) -> Result<&mut SortedMap<Vec<u8>, u64>, Errno> {
        match &mut self.inode_mut(directory).content {
            Content::Directory(entries) => Ok(entries),
            _ => Err(Errno::Notdir),
        }
    }

    /// The inode a directory has under a name.
    pub fn lookup(&self, directory: u64, name: &[u8]) -> Result<Option<u64>, Errno> {
        Ok(self.entries(directory)?.get(name).copied())
    }

    /// Gives an inode a (further) name. What had it before is unlinked.
    pub fn enter(
        &mut self,
        directory: u64,
        name: &[u8],
        number: u64,
        now: SimTime,
    ) -> Result<(), Errno> {
        let before = self.entries_mut(directory)?.insert(name.to_vec(), number);
        self.inode_mut(number).links += 1;
        self.inode_mut(directory).modified = now.into();
        if let Some(before) = before {
            self.drop_link(before);
        }
        Ok(())
    }

    /// Takes a name away, and with the last one the inode.
    pub fn leave(&mut self, directory: u64, name: &[u8], now: SimTime) -> Result<(), Errno> {
        let number = self.entries_mut(directory)?.remove(name).ok_or(Errno::Noent)?;
        self.inode_mut(directory).modified = now.into();
        self.drop_link(number);
        Ok(())
    }

    fn drop_link(&mut self, number: u64) {
        let inode = self.inode_mut(number);
        inode.links -= 1;
        if inode.links > 0 {
            return;
        }
        let size = inode.size();
        if matches!(inode.content, Content::File(_)) {
            self.used -= size;
        }
        self.inodes.remove(&number);
    }

    /// Replaces a file's bytes. ENOSPC beyond the capacity, EFBIG beyond the model's bound on kept
    /// bytes.
    pub fn set_blob(&mut self, number: u64, blob: Blob, now: SimTime) -> Result<(), Errno> {
        let before = self.inode(number).size();
        if !matches!(self.inode(number).content, Content::File(_)) {
            return Err(Errno::Inval);
        }
        let used = self.used - before + blob.len();
        if blob.len() > before && used > self.full_at.unwrap_or(self.capacity) {
            return Err(Errno::Nospc);
        }
        if blob.kept() > BLOB_BYTES_MAX {
            return Err(Errno::Fbig);
        }
        self.used = used;
        let inode = self.inode_mut(number);
        inode.content = Content::File(blob);
        inode.modified = now.into();
        Ok(())
    }

    /// Gives a file the bytes back that it had before a write that failed.
    pub fn put_back(&mut self, number: u64, blob: Blob, now: SimTime) {
        self.used = self.used - self.inode(number).size() + blob.len();
        let inode = self.inode_mut(number);
        inode.content = Content::File(blob);
        inode.modified = now.into();
    }

    /// A file's bytes; a program's file reads as a hole.
    pub fn blob(&self, number: u64) -> Result<Blob, Errno> {
        match &self.inode(number).content {
            Content::File(blob) => Ok(blob.clone()),
            Content::Directory(_) => Err(Errno::Isdir),
            Content::Program(_) => Ok(Blob::hole(PROGRAM_BYTES)),
            Content::Symlink(_) | Content::Device(_) => Ok(Blob::new()),
        }
    }

    /// All paths below the root with their inodes, depth first, by name.
    pub fn walk(&self) -> Vec<(String, &Inode)> {
        let mut found = Vec::new();
        let mut open = vec![(String::new(), ROOT)];
        while let Some((path, number)) = open.pop() {
            let inode = self.inode(number);
            if let Content::Directory(entries) = &inode.content {
                for (name, child) in entries.iter().rev() {
                    let name = String::from_utf8_lossy(name);
                    let below =
                        if path.is_empty() { name.into_owned() } else { format!("{path}/{name}") };
                    open.push((below, *child));
                }
            }
            if number != ROOT {
                found.push((path, inode));
            }
        }
        found
    }
}

/// Size shown for a program's file. Chosen.
const PROGRAM_BYTES: u64 = 68_416;

impl Inode {
    /// Bytes, as `stat` shows them.
    pub fn size(&self) -> u64 {
        match &self.content {
            Content::File(blob) => blob.len(),
            Content::Directory(_) => 4_096,
            Content::Symlink(target) => target.len() as u64,
            Content::Program(_) => PROGRAM_BYTES,
            Content::Device(_) => 0,
        }
    }

    /// Its attributes; `number` and `device` say which it is. [`Volume::stat`] knows the links of a
    /// directory.
    fn stat(&self, number: u64, device: u64) -> Stat {
        let kind = match &self.content {
            Content::File(_) | Content::Program(_) => FileKind::File,
            Content::Directory(_) => FileKind::Directory,
            Content::Symlink(_) => FileKind::Symlink,
            Content::Device(_) => FileKind::Device,
        };
        Stat {
            kind,
            size: self.size(),
            mode: self.mode,
            uid: self.uid,
            gid: self.gid,
            modified: self.modified,
            inode: number,
            device,
            links: self.links.max(1),
        }
    }

    /// Whether a user may do this (4 read, 2 write, 1 execute). Root may all, but executes only
    /// what somebody may.
    pub fn allows(&self, who: &Credentials, bits: u32) -> bool {
        if who.uid == 0 {
            let is_dir = matches!(self.content, Content::Directory(_));
            return bits & 1 == 0 || is_dir || self.mode & 0o111 != 0;
        }
        let shift = if who.uid == self.uid {
            6
        } else if who.groups.contains(&self.gid) {
            3
        } else {
            0
        };
        (self.mode >> shift) & bits == bits
    }
}

//! From a path to an inode, across mounts and symbolic links.

use std::sync::Arc;

use super::fs::{Content, ROOT, Volume};
use crate::base::SortedMap;
use crate::os::{Credentials, Errno};

/// Where a volume (or a part of it) stands in a container's file system.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MountPoint {
    /// Absolute path, as components.
    pub at: Vec<Vec<u8>>,
    /// Which volume.
    pub device: u64,
    /// The directory (or file) of it that appears here.
    pub inode: u64,
    /// No writing.
    pub read_only: bool,
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The directory that has (or would have) the last name, its volume, and whether that is
    /// read-only.
    pub parent: (u64, u64),
    /// The last name; empty for a mount point or the root.
    pub name: Vec<u8>,
    /// The thing itself: device and inode.
    pub target: Option<(u64, u64)>,
    /// Whether it lies on a read-only mount.
    pub read_only: bool,
    /// The path without links, `.` and `..`.
    pub real: Vec<Vec<u8>>,
}

/// A container's view of its files.
pub struct View<'a> {
    /// Where volumes are mounted; the root file system first.
    pub mounts: &'a [MountPoint],
    /// All volumes.
    pub volumes: &'a SortedMap<u64, Arc<Volume>>,
    /// Who looks: a directory is searched by those who may.
    pub who: &'a Credentials,
}

/// Linux's MAXSYMLINKS.
const LINKS_MAX: u32 = 40;

impl View<'_> {
    /// Follows `path` from the directory `cwd`. `follow`: also a link that is the last component.
    pub fn find(&self, cwd: &[u8], path: &[u8], follow: bool) -> Result<Found, Errno> {
        if path.is_empty() {
            return Err(Errno::Noent);
        }
        if path.len() > 4_095 {
            return Err(Errno::Nametoolong);
        }
        let mut todo: Vec<Vec<u8>> = split(path);
        todo.reverse();
        let mut real: Vec<Vec<u8>> = if path[0] == b'/' { Vec::new() } else { split(cwd) };
        let wants_dir = path.ends_with(b"/") || path.ends_with(b"/.");
        let mut links = 0;
        loop {
            let Some(name) = todo.pop() else {
                return self.settled(real, Vec::new(), wants_dir);
            };
            let is_last = todo.is_empty();
            if name == b".." || name == b"." {
                let here = self.at(&real)?;
                self.volume(here.0).entries(here.1)?;
                if name == b".." {
                    real.pop();
                }
                continue;
            }
            if name.len() > 255 {
                return Err(Errno::Nametoolong);
            }
            let directory = self.at(&real)?;
            let volume = self.volume(directory.0);
            volume.entries(directory.1)?;
            if !volume.inode(directory.1).allows(self.who, 1) {
                return Err(Errno::Acces);
            }
            real.push(name.clone());
            let Ok(target) = self.at(&real) else {
                if is_last {
                    return self.settled(real, name, wants_dir);
                }
                return Err(Errno::Noent);
            };
            let link = match &self.volume(target.0).inode(target.1).content {
                Content::Symlink(link) if follow || !is_last || wants_dir => link,
                _ if is_last => return self.settled(real, name, wants_dir),
                _ => continue,
            };
            links += 1;
            if links > LINKS_MAX {
                return Err(Errno::Loop);
            }
            real.pop();
            if link.first() == Some(&b'/') {
                real.clear();
            }
            todo.extend(split(link).into_iter().rev());
        }
    }

    fn settled(&self, real: Vec<Vec<u8>>, name: Vec<u8>, wants_dir: bool) -> Result<Found, Errno> {
        let target = self.at(&real).ok();
        if let (Some((device, inode)), true) = (target, wants_dir) {
            self.volume(device).entries(inode)?;
        }
        let (mount, _) = self.mount_of(&real);
        let is_mount = mount.at == real;
        let parent = match real.split_last() {
            Some((_, above)) if !is_mount => self.at(above)?,
            _ => (mount.device, mount.inode),
        };
        let name = if is_mount { Vec::new() } else { name };
        let name = if name.is_empty() && !is_mount {
            real.last().cloned().unwrap_or_default()
        } else {
            name
        };
        Ok(Found { parent, name, target, read_only: mount.read_only, real })
    }

    fn mount_of(&self, real: &[Vec<u8>]) -> (&MountPoint, usize) {
        let mount = self
            .mounts
            .iter()
            .filter(|mount| real.starts_with(&mount.at))
            .max_by_key(|mount| mount.at.len())
            .expect("the root file system is mounted at /");
        (mount, mount.at.len())
    }

    /// The inode at a path without links.
    fn at(&self, real: &[Vec<u8>]) -> Result<(u64, u64), Errno> {
        let (mount, depth) = self.mount_of(real);
        let volume = self.volume(mount.device);
        let mut inode = mount.inode;
        for name in &real[depth..] {
            inode = volume.lookup(inode, name)?.ok_or(Errno::Noent)?;
        }
        Ok((mount.device, inode))
    }

    fn volume(&self, device: u64) -> &Volume {
        self.volumes.get(&device).expect("a mounted volume exists")
    }
}

/// A path's components, without empty ones.
pub fn split(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
}

/// Components as an absolute path.
pub fn join(parts: &[Vec<u8>]) -> Vec<u8> {
    if parts.is_empty() {
        return b"/".to_vec();
    }
    let mut path = Vec::new();
    for part in parts {
        path.push(b'/');
        path.extend_from_slice(part);
    }
    path
}

/// Makes all directories on the way to `path` in a volume; gives the last one.
pub fn make_dirs(volume: &mut Volume, path: &[u8], now: crate::base::SimTime) -> u64 {
    let mut here = ROOT;
    for name in split(path) {
        here = match volume.lookup(here, &name) {
            Ok(Some(there)) => there,
            _ => {
                let made = volume.add(Content::Directory(SortedMap::new()), 0o755, now);
                volume.enter(here, &name, made, now).expect("a directory was just made or found");
                made
            }
        };
    }
    here
}

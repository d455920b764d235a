//! What is mounted in a container, as `/proc/self/mountinfo` and statfs(2) tell of it.

use super::path::{MountPoint, join};
use super::sys::SysView;
use crate::base::VolumeId;
use crate::os::{Errno, FileSystem};

/// What a node's own disk holds, bytes: container layers, emptyDirs and ConfigMaps' files lie on
/// it. Chosen: cloud providers' nodes come with 100 GB. Nothing in the model fills it.
const NODE_DISK_BYTES: u64 = 100 * 1_024 * 1_024 * 1_024;

/// The node's own disk, as virtual machines call it.
const NODE_DISK: &str = "/dev/vda1";

impl SysView<'_> {
    /// What is mounted, in order. The runtime's own mounts that say nothing here (`/dev`, `/sys`,
    /// `/proc`) are left out.
    pub(super) fn mounted(&self) -> Vec<FileSystem> {
        let mounts = &self.container().mounts;
        let mut all: Vec<FileSystem> = mounts.iter().map(|mount| self.described(mount)).collect();
        if mounts.iter().all(|mount| join(&mount.at) != b"/etc/hosts") {
            // The kubelet's file.
            all.push(self.node_disk(b"/etc/hosts".to_vec()));
        }
        all
    }

    /// The mount that a path lies on.
    pub(super) fn mounted_at(&self, path: &[u8]) -> Result<FileSystem, Errno> {
        let found = self.find(path, true)?;
        found.target.ok_or(Errno::Noent)?;
        let mounts = self.container().mounts.iter();
        let mount = mounts.filter(|mount| found.real.starts_with(&mount.at));
        let mount = mount.max_by_key(|mount| mount.at.len());
        Ok(self.described(mount.expect("the root file system is mounted at /")))
    }

    fn described(&self, mount: &MountPoint) -> FileSystem {
        if mount.at.is_empty() {
            let disk = self.node_disk(b"/".to_vec());
            return FileSystem { source: "overlay".into(), kind: "overlay", ..disk };
        }
        let Some(number) = self.disks().iter().position(|device| *device == mount.device) else {
            return self.node_disk(join(&mount.at));
        };
        let volume = self.nodes.volume_at(mount.device);
        let letter = char::from(b'b' + (number % 25) as u8);
        FileSystem {
            source: format!("/dev/sd{letter}"),
            kind: "ext4",
            at: join(&mount.at),
            size: volume.size(),
            used: volume.taken(),
        }
    }

    /// The claims' volumes that are mounted: each is a disk of its own.
    fn disks(&self) -> Vec<u64> {
        let is_disk = |device: u64| {
            // Other volumes' ids name a pod or a node first.
            let own = |id: &VolumeId| !id.as_str().contains(['/', ':']);
            let has_size = self.nodes.volume_at(device).size() != u64::MAX;
            has_size && self.nodes.devices.iter().any(|(id, known)| *known == device && own(id))
        };
        let mut disks: Vec<u64> = Vec::new();
        for mount in &self.container().mounts {
            if !disks.contains(&mount.device) && is_disk(mount.device) {
                disks.push(mount.device);
            }
        }
        disks
    }

    fn node_disk(&self, at: Vec<u8>) -> FileSystem {
        let disks = self.disks();
        let mut devices: Vec<u64> =
            self.container().mounts.iter().map(|mount| mount.device).collect();
        devices.sort_unstable();
        devices.dedup();
        devices.retain(|device| !disks.contains(device));
        let used = devices.iter().map(|device| self.nodes.volume_at(*device).taken());
        FileSystem {
            source: NODE_DISK.into(),
            kind: "ext4",
            at,
            size: NODE_DISK_BYTES,
            used: used.fold(0, u64::saturating_add),
        }
    }
}

//! The system calls.

use super::{Errno, Fd, NetError, Signal, TimerId, WaitStatus};
use crate::base::{Blob, FileTime, Millis, Pid, SimTime, SortedSet};
use crate::trace::{Fact, Site};

/// An answer that may have to wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Poll<T> {
    /// Here it is.
    Ready(T),
    /// Not yet: return `Turn::Blocked` with the fitting `Wait`, and ask again.
    Wait,
}

/// A process, as `/proc` tells of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listed {
    /// The process.
    pub pid: Pid,
    /// Its number within its container.
    pub shown: u32,
    /// The number of who started it; 0: the runtime.
    pub parent: u32,
    /// Its user.
    pub uid: u32,
    /// Whether it has a terminal.
    pub tty: bool,
    /// Whether the runtime started it, so that it leads a session.
    pub leads: bool,
    /// Whether it has ended, and its parent has not asked yet.
    pub ended: bool,
    /// Whether SIGSTOP has stopped it.
    pub stopped: bool,
    /// When it began.
    pub began: SimTime,
    /// Its command line.
    pub argv: Vec<Vec<u8>>,
}

/// Whose rights a process has (credentials(7)).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Credentials {
    /// Its user.
    pub uid: u32,
    /// Its group, which what it makes gets.
    pub gid: u32,
    /// All its groups by number, once each.
    pub groups: Vec<u32>,
}

impl Credentials {
    /// A user with a group, and others.
    pub fn new(uid: u32, gid: u32, others: &[u32]) -> Credentials {
        let groups: crate::base::SortedSet<u32> = others.iter().copied().chain([gid]).collect();
        Credentials { uid, gid, groups: groups.into_iter().collect() }
    }
}

/// How to open a file: open(2)'s flags.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Open {
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// Writes go to the end.
    pub append: bool,
    /// Made if it is not there (mode 0666 less the umask).
    pub create: bool,
    /// With `create`: fails with EEXIST if it is there.
    pub exclusive: bool,
    /// Emptied.
    pub truncate: bool,
}

impl Open {
    /// For reading.
    pub const READ: Open = Open {
        read: true,
        write: false,
        append: false,
        create: false,
        exclusive: false,
        truncate: false,
    };
    /// As `> file` does: made or emptied, for writing.
    pub const WRITE: Open =
        Open { read: false, write: true, create: true, truncate: true, ..Open::READ };
    /// As `>> file` does.
    pub const APPEND: Open =
        Open { read: false, write: true, create: true, append: true, ..Open::READ };
}

/// What a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileKind {
    /// An ordinary file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link (only from `stat` with `follow` false).
    Symlink,
    /// `/dev/null`, a terminal.
    Device,
    /// One end of a pipe.
    Pipe,
    /// A socket.
    Socket,
}

/// A file's attributes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Stat {
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Permission bits, 0o7777.
    pub mode: u32,
    /// Owner. 0 root; 999 mysql in Debian's mysql images.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Last change of content.
    pub modified: FileTime,
    /// Inode number, unique in one volume.
    pub inode: u64,
    /// Which volume: two files are the same if inode and device agree.
    pub device: u64,
    /// Hard links.
    pub links: u32,
}

/// A file system that is mounted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileSystem {
    /// What is mounted: a device, or `overlay`.
    pub source: String,
    /// Its type.
    pub kind: &'static str,
    /// Where, an absolute path.
    pub at: Vec<u8>,
    /// Bytes it holds.
    pub size: u64,
    /// Bytes that are taken.
    pub used: u64,
}

/// Where `Sys::seek` counts from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Seek {
    /// From the start.
    Start(u64),
    /// From the end, forwards only.
    End,
}

/// One process's view of its machine for one turn. Paths are relative to the process's current
/// directory; paths, arguments and names are bytes, as in Unix.
#[allow(missing_docs)]
pub trait Sys {
    // --- itself ---
    /// This process, in the world's numbering (what `Wait::Child` and `kill` take).
    fn pid(&self) -> Pid;
    /// This process as its own container numbers it: 1 for the first. What `$$` prints.
    fn pid_shown(&self, pid: Pid) -> u32;
    fn parent(&self) -> Pid;
    fn now(&self) -> SimTime;
    /// The kernel's host name (a pod's `spec.hostname`).
    fn hostname(&self) -> String;
    /// 64 bits from the scenario's seed (UUIDs, RANDOM).
    fn random(&mut self) -> u64;
    fn uid(&self) -> u32;
    /// The user and the groups whose rights this process has.
    fn credentials(&self) -> Credentials;
    /// Whether a read would bring something at once: bytes, an end, or an error.
    fn is_readable(&self, fd: Fd) -> bool;

    // --- descriptors ---
    /// At most `max` bytes. Ready and empty: end of file.
    fn read(&mut self, fd: Fd, max: u64) -> Result<Poll<Blob>, Errno>;
    /// How many bytes were taken, at least 1 for non-empty data. A closed reader: EPIPE, and the
    /// process has been sent SIGPIPE before its next turn (a program that only returns `Turn::Ran`
    /// after EPIPE dies of it).
    fn write(&mut self, fd: Fd, data: &Blob) -> Result<Poll<u64>, Errno>;
    fn close(&mut self, fd: Fd) -> Result<(), Errno>;
    /// Makes `to` another name of `from`, closing what `to` was.
    fn dup_to(&mut self, from: Fd, to: Fd) -> Result<(), Errno>;
    /// Duplicates on the lowest free number that is at least `min`.
    fn dup_above(&mut self, from: Fd, min: u32) -> Result<Fd, Errno>;
    /// The read end, then the write end.
    fn pipe(&mut self) -> Result<(Fd, Fd), Errno>;
    fn seek(&mut self, fd: Fd, to: Seek) -> Result<u64, Errno>;
    fn is_tty(&self, fd: Fd) -> bool;
    fn fd_stat(&self, fd: Fd) -> Result<Stat, Errno>;
    /// Those that are open, ascending.
    fn fds(&self) -> Vec<Fd>;
    /// A descriptor that `exec` closes.
    fn set_close_on_exec(&mut self, fd: Fd, on: bool) -> Result<(), Errno>;

    // --- files ---
    fn open(&mut self, path: &[u8], how: Open) -> Result<Fd, Errno>;
    fn stat(&self, path: &[u8], follow: bool) -> Result<Stat, Errno>;
    /// Names without `.` and `..`, sorted by bytes.
    fn read_dir(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Errno>;
    fn read_link(&self, path: &[u8]) -> Result<Vec<u8>, Errno>;
    fn make_dir(&mut self, path: &[u8], mode: u32) -> Result<(), Errno>;
    fn remove_dir(&mut self, path: &[u8]) -> Result<(), Errno>;
    fn unlink(&mut self, path: &[u8]) -> Result<(), Errno>;
    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno>;
    fn symlink(&mut self, target: &[u8], path: &[u8]) -> Result<(), Errno>;
    fn link(&mut self, existing: &[u8], path: &[u8]) -> Result<(), Errno>;
    fn set_mode(&mut self, path: &[u8], mode: u32) -> Result<(), Errno>;
    /// `None` leaves that one as it is.
    fn set_owner(&mut self, path: &[u8], uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno>;
    /// `follow`: of what a symbolic link leads to.
    fn set_modified(&mut self, path: &[u8], follow: bool, at: FileTime) -> Result<(), Errno>;
    /// Whether this process may read (4), write (2), execute (1) it; the bits may be added.
    fn access(&self, path: &[u8], bits: u32) -> Result<(), Errno>;
    fn current_dir(&self) -> Vec<u8>;
    /// What is mounted, in the order of mounting.
    fn file_systems(&self) -> Vec<FileSystem>;
    /// The file system that a path lies on.
    fn file_system(&self, path: &[u8]) -> Result<FileSystem, Errno>;
    fn set_current_dir(&mut self, path: &[u8]) -> Result<(), Errno>;
    fn umask(&self) -> u32;
    fn set_umask(&mut self, mask: u32);
    /// The whole content, for programs that read a file at once. Size is not bounded by a pipe's.
    fn read_file(&self, path: &[u8]) -> Result<Blob, Errno>;
    /// Made or replaced at once (keeps mode and owner of a file that is there).
    fn write_file(&mut self, path: &[u8], content: &Blob) -> Result<(), Errno>;
    /// Takes (true) or drops an exclusive lock on a file, as InnoDB does on ibdata1. Gone with the
    /// process.
    fn lock_file(&mut self, path: &[u8]) -> Result<bool, Errno>;
    /// flock(2) with LOCK_NB: takes an exclusive (true) or shared lock, or drops it (`None`). It is
    /// the open file's, whichever processes have it. False: another's is in the way.
    fn flock(&mut self, fd: Fd, lock: Option<bool>) -> Result<bool, Errno>;

    // --- processes ---
    /// Starts `path` (no search along PATH) as a child. The child's 0, 1 and 2 are duplicates of
    /// `stdio`; it inherits no other descriptor.
    fn spawn(
        &mut self,
        path: &[u8],
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
        stdio: [Fd; 3],
    ) -> Result<Pid, Errno>;
    /// Replaces this process's program. After `Ok` return `Turn::Replaced` at once. ENOENT, EACCES,
    /// ENOEXEC are judged here.
    fn exec(
        &mut self,
        path: &[u8],
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<(), Errno>;
    /// Signals that were ignored when this program began.
    fn ignored(&self) -> SortedSet<Signal>;
    /// These are ignored from now on, and in the programs that this one becomes or starts.
    fn set_ignored(&mut self, signals: SortedSet<Signal>);
    /// Collects a child that has ended. ECHILD if it is none of ours (or was collected).
    fn wait(&mut self, child: Pid) -> Result<Poll<WaitStatus>, Errno>;
    /// Collects any child that has ended.
    fn wait_any(&mut self) -> Result<Poll<(Pid, WaitStatus)>, Errno>;
    fn kill(&mut self, pid: Pid, signal: Signal) -> Result<(), Errno>;
    /// The process that its container shows under this number.
    fn pid_by_shown(&self, shown: u32) -> Option<Pid>;
    /// All processes of its container, by number.
    fn processes(&self) -> Vec<Listed>;
    /// From now on with this user (gosu).
    fn set_uid(&mut self, uid: u32, gid: u32) -> Result<(), Errno>;

    // --- time ---
    fn arm(&mut self, after: Millis) -> TimerId;
    /// Whether it has gone off; a timer that was never armed has.
    fn has_fired(&self, timer: TimerId) -> bool;
    fn disarm(&mut self, timer: TimerId);

    // --- network ---
    /// The addresses of a name, by /etc/hosts and then the cluster's DNS.
    fn resolve(&mut self, name: &[u8]) -> Result<Vec<String>, NetError>;
    /// The name of an address, if the DNS has one.
    fn resolve_back(&mut self, address: &str) -> Option<String>;
    /// Begins to connect; writable when it is settled.
    fn connect(&mut self, address: &str, port: u16) -> Result<Fd, NetError>;
    /// Whether a `connect` has succeeded.
    fn connected(&self, fd: Fd) -> Result<Poll<()>, NetError>;
    /// Listens on all addresses of the pod (or, with `loopback_only`, on 127.0.0.1).
    fn listen(&mut self, port: u16, loopback_only: bool) -> Result<Fd, Errno>;
    fn accept(&mut self, fd: Fd) -> Result<Poll<Fd>, Errno>;
    /// No more will be written to this connection: the other end reads an end of file
    /// (shutdown(2) with SHUT_WR). What it sends still arrives.
    fn shutdown_write(&mut self, fd: Fd) -> Result<(), Errno>;
    /// The other end's address and port.
    fn peer(&self, fd: Fd) -> Option<(String, u16)>;

    /// Whether the other end's keepalives would get through to this connection. Programs of the
    /// model send none while nothing happens, so that a world can come to rest; who would miss
    /// them asks whenever it is woken.
    fn hears(&self, _fd: Fd) -> bool {
        true
    }

    // --- the record ---
    /// Says what this turn meant. Facts of one turn stand on its step in the order told.
    fn tell(&mut self, fact: Fact);
    /// Says which lines this turn ran or followed.
    fn mark(&mut self, site: Site);
}

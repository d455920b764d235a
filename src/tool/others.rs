//! Programs that images have and this model does not run: each says so.

use super::busybox;

/// Of coreutils, diffutils and perl-base, which nearly every image has.
pub const COMMON: &[&str] = &[
    "b2sum", "base32", "csplit", "diff3", "factor", "fmt", "mkfifo", "mknod", "numfmt", "perl",
    "pr", "ptx", "sdiff", "shred", "shuf", "stty", "tsort", "vdir",
];

/// What Debian's images have besides: its essential packages (apt, bsdutils, debianutils, dpkg,
/// gzip, libc-bin, login, mount, ncurses-bin, passwd, sysvinit-utils, util-linux) and what of
/// coreutils is rarely called.
pub const DEBIAN: &[&str] = &[
    "apt",
    "apt-cache",
    "apt-get",
    "basenc",
    "chpasswd",
    "chroot",
    "chrt",
    "dir",
    "dircolors",
    "dmesg",
    "dpkg",
    "dpkg-query",
    "fallocate",
    "findmnt",
    "getconf",
    "gpasswd",
    "groupadd",
    "groupdel",
    "groupmod",
    "gzexe",
    "hostid",
    "iconv",
    "infocmp",
    "ionice",
    "ldconfig",
    "ldd",
    "locale",
    "logger",
    "login",
    "logname",
    "lsblk",
    "lscpu",
    "more",
    "mount",
    "mountpoint",
    "namei",
    "newgrp",
    "nsenter",
    "passwd",
    "pathchk",
    "pidof",
    "pinky",
    "prlimit",
    "rename.ul",
    "renice",
    "reset",
    "run-parts",
    "runuser",
    "savelog",
    "script",
    "setpriv",
    "setsid",
    "start-stop-daemon",
    "su",
    "taskset",
    "tempfile",
    "tic",
    "toe",
    "tput",
    "tset",
    "umount",
    "uncompress",
    "unshare",
    "update-alternatives",
    "useradd",
    "userdel",
    "usermod",
    "users",
    "wall",
    "whereis",
    "who",
    "zcmp",
    "zdiff",
    "zegrep",
    "zfgrep",
    "zforce",
    "zgrep",
    "zless",
    "zmore",
    "znew",
];

/// What Oracle's slim images have besides.
pub const ORACLE: &[&str] = &["microdnf", "rpm"];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static str> {
    [COMMON, DEBIAN, ORACLE, busybox::OTHERS].into_iter().flatten().copied()
}

/// Whether it is one of them.
pub fn is_other(name: &str) -> bool {
    all().any(|known| known == name)
}

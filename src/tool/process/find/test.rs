//! find's tests.

use super::{Compare, Visit, matches_glob};
use crate::base::FileTime;
use crate::ere::Regex;
use crate::os::FileKind;
use crate::tool::Context;
use crate::tool::file::users;
use crate::tool::say::base_name;

/// What is asked of a file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Test {
    /// `-name`, `-iname` (`true`).
    Name(Vec<u8>, bool),
    /// `-path`, `-ipath`.
    Path(Vec<u8>, bool),
    /// `-lname`, `-ilname`.
    Link(Vec<u8>, bool),
    /// `-regex`, `-iregex`.
    Regex(Regex),
    /// `-type`; `true`: `-xtype`.
    Kind(Vec<FileKind>, bool),
    /// `-user`, `-uid`.
    User(Compare),
    /// `-group`, `-gid`.
    Group(Compare),
    /// `-nouser`, `-nogroup` (`true`).
    Unknown(bool),
    /// `-perm`, with `=`, `-` or `/`.
    Perm(u32, u8),
    /// `-readable`, `-writable`, `-executable`: access(2)'s bits.
    Access(u32),
    /// `-empty`.
    Empty,
    /// `-size`, in a unit of bytes.
    Size(Compare, u64),
    /// `-links`.
    Links(Compare),
    /// `-inum`.
    Inode(Compare),
    /// `-samefile`: inode and device.
    Same(u64, u64),
    /// `-newer`, `-newermt`.
    NewerThan(FileTime),
    /// `-mmin` and its kin.
    Minutes(Compare),
    /// `-mtime` and its kin.
    Days(Compare),
}

impl Test {
    /// Whether the file passes.
    pub fn holds(&self, cx: &mut Context, visit: &Visit) -> bool {
        let stat = &visit.stat;
        match self {
            Test::Name(pattern, icase) => matches_glob(pattern, base_name(visit.path), *icase),
            Test::Path(pattern, icase) => matches_glob(pattern, visit.path, *icase),
            Test::Link(pattern, icase) => {
                let target = cx.sys.read_link(visit.path);
                target.is_ok_and(|target| matches_glob(pattern, &target, *icase))
            }
            Test::Regex(regex) => {
                let whole = Some((0, visit.path.len()));
                regex.find(visit.path, 0, false).is_some_and(|groups| groups[0] == whole)
            }
            Test::Kind(kinds, behind) => {
                let behind = behind.then(|| cx.sys.stat(visit.path, true).ok()).flatten();
                kinds.contains(&behind.unwrap_or(*stat).kind)
            }
            Test::User(compare) => compare.holds(stat.uid.into()),
            Test::Group(compare) => compare.holds(stat.gid.into()),
            Test::Unknown(group) => {
                let id = if *group { stat.gid } else { stat.uid };
                users::known_name_of(cx, id, *group).is_none()
            }
            Test::Perm(mode, b'-') => stat.mode & mode == *mode,
            Test::Perm(mode, b'/') => *mode == 0 || stat.mode & mode != 0,
            Test::Perm(mode, _) => stat.mode == *mode,
            Test::Access(bits) => cx.sys.access(visit.path, *bits).is_ok(),
            Test::Empty => match stat.kind {
                FileKind::File => stat.size == 0,
                FileKind::Directory => cx.sys.read_dir(visit.path).is_ok_and(|n| n.is_empty()),
                _ => false,
            },
            Test::Size(compare, unit) => compare.holds(stat.size.div_ceil(*unit)),
            Test::Links(compare) => compare.holds(stat.links.into()),
            Test::Inode(compare) => compare.holds(stat.inode),
            Test::Same(inode, device) => (stat.inode, stat.device) == (*inode, *device),
            Test::NewerThan(time) => stat.modified > *time,
            Test::Minutes(Compare(sign, count)) => {
                // A minute that has begun counts.
                let age = age_millis(cx, stat.modified);
                let edge = i128::from(*count) * 60_000;
                match sign {
                    1 => age > edge,
                    -1 => age < edge,
                    _ => (edge - 60_000..edge).contains(&age),
                }
            }
            Test::Days(compare) => {
                let days = age_millis(cx, stat.modified).div_euclid(86_400_000);
                u64::try_from(days).map_or(compare.0 == -1, |days| compare.holds(days))
            }
        }
    }
}

fn age_millis(cx: &Context, modified: FileTime) -> i128 {
    i128::from(FileTime::from(cx.sys.now()).0) - i128::from(modified.0)
}

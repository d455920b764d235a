//! Creating an archive.

use super::{BLOCK, RECORD, enter, fatal, is_excluded};
use crate::base::limit::TAR_DEPTH_MAX;
use crate::base::{Blob, FileTime};
use crate::os::{Fd, FileKind, Stat};
use crate::tool::file::users;
use crate::tool::say::{join, say};
use crate::tool::text::pack;
use crate::tool::{Context, args, quote};

/// What is being written.
struct Packer<'a> {
    args: &'a args::Args,
    archive: Blob,
    /// The archive's own file.
    own: Option<(u64, u64)>,
    failed: bool,
    /// Beginnings of paths that members go without.
    stripped: Vec<Vec<u8>>,
    /// How many operands stand before the one being added.
    operand: u32,
    /// The archive goes there, so that names do not.
    to_stdout: bool,
}

pub fn create(cx: &mut Context, args: &args::Args, file: Option<&[u8]>) -> u8 {
    if args.operands.is_empty() {
        cx.complain("Cowardly refusing to create an empty archive");
        return args::usage(cx, 2);
    }
    let out = match file {
        None => Fd::STDOUT,
        Some(name) => match cx.sys.open(name, crate::os::Open::WRITE) {
            Ok(fd) => fd,
            Err(errno) => {
                return fatal(cx, say!(quote::needed(name), ": Cannot open: ", errno.text()));
            }
        },
    };
    let own = file.and_then(|_| cx.sys.fd_stat(out).ok()).map(|stat| (stat.inode, stat.device));
    let mut packer = Packer {
        args,
        archive: Blob::new(),
        own,
        failed: false,
        stripped: Vec::new(),
        operand: 0,
        to_stdout: out == Fd::STDOUT,
    };
    let start = cx.sys.current_dir();
    for (index, operand) in args.operands.iter().enumerate() {
        if let Err(code) = enter(cx, args, &start, index as u32) {
            return code;
        }
        packer.operand = index as u32;
        packer.add(cx, operand, 0);
    }
    packer.blame_last(cx);
    let Packer { mut archive, failed, .. } = packer;
    let length = (archive.len() + 2 * BLOCK).next_multiple_of(RECORD);
    archive.push_hole(length - archive.len());
    let by_name = |name: &[u8]| name.ends_with(b".gz") || name.ends_with(b".tgz");
    if args.has('z') || (args.has('a') && file.is_some_and(by_name)) {
        archive = pack(&archive, 6, None);
    }
    match out {
        Fd::STDOUT => cx.out.pass(archive),
        fd => cx.out.pass_to(fd, archive),
    }
    if failed {
        cx.complain("Exiting with failure status due to previous errors");
        return 2;
    }
    0
}

impl Packer<'_> {
    /// A `-C` or `--exclude` behind the last operand does nothing.
    fn blame_last(&mut self, cx: &mut Context) {
        let args = self.args;
        let count = args.operands.len() as u32;
        let last = args.options.iter().zip(&args.before).filter(|(_, before)| **before == count);
        for ((letter, value), _) in last.filter(|((letter, _), _)| "CE".contains(*letter)) {
            if !std::mem::replace(&mut self.failed, true) {
                cx.complain(
                    "The following options were used after any non-optional arguments in archive \
                     create or update mode.  These options are positional and affect only \
                     arguments that follow them.  Please, rearrange them properly.",
                );
            }
            let option = if *letter == 'C' { "-C " } else { "--exclude " };
            cx.complain(say!(option, quote::always(value), " has no effect"));
        }
    }

    /// A member's name: a path that leads neither up nor from the root (`safer_name_suffix`).
    fn name_of(&mut self, cx: &mut Context, path: &[u8]) -> Vec<u8> {
        let mut cut = 0;
        for (at, part) in path.split(|byte| *byte == b'/').scan(0, |at, part| {
            *at += part.len() + 1;
            Some((*at - 1, part))
        }) {
            if part == b".." {
                cut = at;
            }
        }
        cut += path[cut..].iter().take_while(|byte| **byte == b'/').count();
        let (prefix, rest) = path.split_at(cut);
        if cut > 0 && !self.stripped.iter().any(|known| known == prefix) {
            self.stripped.push(prefix.to_vec());
            cx.complain(say!("Removing leading `", prefix, "' from member names"));
        }
        if rest.is_empty() { b".".to_vec() } else { rest.to_vec() }
    }

    fn add(&mut self, cx: &mut Context, path: &[u8], depth: u32) {
        if is_excluded(self.args, path, self.operand) || depth > TAR_DEPTH_MAX {
            return;
        }
        let mut name = self.name_of(cx, path);
        let stat = match cx.sys.stat(path, false) {
            Ok(stat) => stat,
            Err(errno) => {
                cx.complain(say!(quote::needed(path), ": Cannot stat: ", errno.text()));
                self.failed = true;
                return;
            }
        };
        if self.own == Some((stat.inode, stat.device)) {
            cx.complain(say!(quote::needed(path), ": file is the archive; not dumped"));
            return;
        }
        if stat.kind == FileKind::Directory && !name.ends_with(b"/") {
            name.push(b'/');
        }
        let (letter, link, content) = match stat.kind {
            FileKind::Directory => (b'5', Vec::new(), Blob::new()),
            FileKind::Symlink => (b'2', cx.sys.read_link(path).unwrap_or_default(), Blob::new()),
            FileKind::File => match cx.sys.read_file(path) {
                Ok(content) => (b'0', Vec::new(), content),
                Err(errno) => {
                    cx.complain(say!(quote::needed(path), ": Cannot open: ", errno.text()));
                    self.failed = true;
                    return;
                }
            },
            // What is neither has no content; sockets are left out.
            _ => return,
        };
        let owners = [false, true].map(|group| {
            let id = if group { stat.gid } else { stat.uid };
            users::known_name_of(cx, id, group).unwrap_or_default()
        });
        if self.args.has('v') {
            let line = say!(name, "\n");
            if self.to_stdout { cx.out.error(&line) } else { cx.print(line) }
        }
        self.put(&name, (letter, &link), &stat, &owners, &content);
        if stat.kind == FileKind::Directory {
            for below in cx.sys.read_dir(path).unwrap_or_default() {
                self.add(cx, &join(path, &below), depth + 1);
            }
        }
    }

    fn put(
        &mut self,
        name: &[u8],
        kind: (u8, &[u8]),
        stat: &Stat,
        owners: &[Vec<u8>; 2],
        content: &Blob,
    ) {
        if name.len() > 100 {
            let long = Stat { mode: 0o644, uid: 0, gid: 0, ..*stat };
            let long = Stat { modified: FileTime::from_unix(0, 0), ..long };
            let text = say!(name, [0]);
            let root = [b"root".to_vec(), b"root".to_vec()];
            let size = text.len() as u64;
            let header = header(b"././@LongLink", (b'L', b""), &long, &root, size);
            self.archive.push_bytes(&header);
            self.archive.push_bytes(&text);
            self.pad();
        }
        let short = &name[..name.len().min(100)];
        self.archive.push_bytes(&header(short, kind, stat, owners, content.len()));
        self.archive.append(content);
        self.pad();
    }

    fn pad(&mut self) {
        let length = self.archive.len();
        self.archive.push_hole(length.next_multiple_of(BLOCK) - length);
    }
}

/// A member's header: GNU's `oldgnu` one.
fn header(
    name: &[u8],
    (letter, link): (u8, &[u8]),
    stat: &Stat,
    owners: &[Vec<u8>; 2],
    size: u64,
) -> Vec<u8> {
    let mut text = vec![0; BLOCK as usize];
    let mut put = |at: usize, field: &[u8]| text[at..at + field.len()].copy_from_slice(field);
    put(0, name);
    put(100, format!("{:07o}", stat.mode & 0o7777).as_bytes());
    put(108, format!("{:07o}", stat.uid).as_bytes());
    put(116, format!("{:07o}", stat.gid).as_bytes());
    put(124, format!("{size:011o}").as_bytes());
    put(136, format!("{:011o}", stat.modified.unix_secs().max(0)).as_bytes());
    put(148, b"        ");
    put(156, &[letter]);
    put(157, &link[..link.len().min(100)]);
    put(257, b"ustar  ");
    put(265, &owners[0][..owners[0].len().min(31)]);
    put(297, &owners[1][..owners[1].len().min(31)]);
    let sum: u32 = text.iter().map(|byte| u32::from(*byte)).sum();
    text[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    text
}

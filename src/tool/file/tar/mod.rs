//! tar: creates, lists and extracts archives in GNU's format, as they are or packed by gzip.
//! Models GNU tar 1.34.

mod pack;

use crate::base::{Blob, FileTime};
use crate::os::{Errno, Fd, FileKind};
use crate::tool::args::{self, Options};
use crate::tool::input::{Filter, Input};
use crate::tool::process::matches_glob;
use crate::tool::say::{say, trim_slashes};
use crate::tool::text::{is_packed, unpack_all};
use crate::tool::{Context, quote};

/// A header, and what contents are padded to, bytes.
const BLOCK: u64 = 512;

/// What an archive is padded to, bytes.
const RECORD: u64 = 20 * BLOCK;

/// tar that reads an archive.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tar {
    args: args::Args,
    /// The current directory before any `-C`.
    start: Vec<u8>,
    archive: Blob,
    failed: bool,
    /// It ended in the midst of a member.
    broken: bool,
}

const TAR: Options = Options {
    short: "ctxf:vC:Opmza|E:S:NUo",
    long: &[
        ("create", 'c'),
        ("list", 't'),
        ("extract", 'x'),
        ("get", 'x'),
        ("file", 'f'),
        ("verbose", 'v'),
        ("directory", 'C'),
        ("to-stdout", 'O'),
        ("preserve-permissions", 'p'),
        ("same-permissions", 'p'),
        ("touch", 'm'),
        ("exclude", 'E'),
        ("strip-components", 'S'),
        ("numeric-owner", 'N'),
        ("gzip", 'z'),
        ("gunzip", 'z'),
        ("ungzip", 'z'),
        ("auto-compress", 'a'),
    ],
    lacking: "AdrubGgkLhHIijJlMnPqRsTUVwWXZ bzip2 xz compress append update \
              concatenate diff compare delete absolute-names dereference files-from keep-old-files \
              overwrite owner group mode mtime no-recursion one-file-system same-owner \
              no-same-owner sparse transform xform totals verify wildcards zstd",
    fail: 64,
    stop_early: false,
};

/// `tar cf x a` is `tar -c -f x a`.
fn with_dashes(cx: &mut Context) -> Result<Vec<Vec<u8>>, u8> {
    let mut words = cx.argv.iter();
    let mut argv: Vec<Vec<u8>> = words.next().cloned().into_iter().collect();
    if let Some(cluster) = cx.argv.get(1).filter(|word| !word.starts_with(b"-")) {
        words.next();
        for letter in cluster {
            argv.push(vec![b'-', *letter]);
            if b"fCbgHLNVXTIK".contains(letter) {
                let Some(value) = words.next() else {
                    let letter = char::from(*letter);
                    cx.complain(format!("Old option '{letter}' requires an argument."));
                    return Err(args::usage(cx, 2));
                };
                argv.push(value.clone());
            }
        }
    }
    argv.extend(words.cloned());
    Ok(argv)
}

fn fatal(cx: &mut Context, text: Vec<u8>) -> u8 {
    cx.complain(text);
    cx.complain("Error is not recoverable: exiting now");
    2
}

impl Tar {
    /// Reads the arguments; creates at once.
    pub fn begin(cx: &mut Context) -> Result<(Tar, Input), u8> {
        let argv = with_dashes(cx)?;
        let args = args::parse(&mut cx.with_argv(&argv), &TAR)?;
        let modes = ['c', 't', 'x'].into_iter().filter(|letter| args.has(*letter)).count();
        let all = "'-Acdtrux', '--delete' or ";
        if modes == 0 {
            cx.complain(say!("You must specify one of the ", all, "'--test-label' options"));
            return Err(args::usage(cx, 2));
        }
        if modes > 1 {
            cx.complain(say!("You may not specify more than one ", all, " '--test-label' option"));
            return Err(args::usage(cx, 2));
        }
        let file = args.value('f').filter(|name| *name != b"-").map(<[u8]>::to_vec);
        if args.has('c') {
            return Err(pack::create(cx, &args, file.as_deref()));
        }
        let input = match &file {
            Some(name) => {
                let fd = cx.sys.open(name, crate::os::Open::READ).map_err(|errno| {
                    let text = say!(quote::needed(name), ": Cannot open: ", errno.text());
                    if !args.has('z') {
                        return fatal(cx, text);
                    }
                    let child = say!(cx.called(), " (child): ");
                    let end = "\n";
                    let error = "Error is not recoverable: exiting now\n";
                    cx.out.error(&say!(child, text, end, child, error));
                    fatal(cx, b"Child returned status 2".to_vec())
                })?;
                Input::of(fd)
            }
            None => Input::of(Fd::STDIN),
        };
        let start = cx.sys.current_dir();
        enter(cx, &args, &start, u32::MAX)?;
        Ok((Tar { args, start, archive: Blob::new(), failed: false, broken: false }, input))
    }

    /// Takes what gzip packed as what it is, as GNU tar does with a file of any name; `Err`: not so
    /// easily.
    fn unzip(&mut self, cx: &mut Context) -> Result<(), u8> {
        let from_file = self.args.value('f').is_some_and(|name| name != b"-");
        let error = match is_packed(&self.archive) {
            false if !self.args.has('z') => return Ok(()),
            false if self.archive.is_empty() => "unexpected end of file",
            false => "not in gzip format",
            true if !from_file && !self.args.has('z') => {
                return Err(fatal(cx, b"Archive is compressed. Use -z option".to_vec()));
            }
            true => match unpack_all(&self.archive) {
                Ok(archive) => {
                    self.archive = archive;
                    return Ok(());
                }
                Err(why) => why,
            },
        };
        cx.out.error(&say!("\ngzip: stdin: ", error, "\n"));
        cx.complain("Child returned status 1");
        cx.complain("Error is not recoverable: exiting now");
        Err(2)
    }

    fn unpack(&mut self, cx: &mut Context) {
        let mut seen = vec![false; self.args.operands.len()];
        let (mut at, mut long_name) = (0, None);
        while at + BLOCK <= self.archive.len() {
            let header = self.archive.slice(at, at + BLOCK).to_bytes(BLOCK);
            if header.iter().all(|byte| *byte == 0) {
                break;
            }
            let Some(mut member) = Member::read(&header) else {
                cx.complain("This does not look like a tar archive");
                cx.complain("Skipping to next header");
                self.failed = true;
                return;
            };
            at += BLOCK;
            if at + member.size > self.archive.len() {
                cx.complain("Unexpected EOF in archive");
                cx.complain("Error is not recoverable: exiting now");
                self.broken = true;
                return;
            }
            let content = self.archive.slice(at, at + member.size);
            at += member.size.next_multiple_of(BLOCK);
            if member.letter == b'L' {
                let name = content.bytes();
                long_name = Some(name.split(|byte| *byte == 0).next().unwrap_or(b"").to_vec());
                continue;
            }
            if let Some(name) = long_name.take() {
                member.name = name;
            }
            let wanted = self.args.operands.is_empty() || {
                let name = trim_slashes(&member.name).to_vec();
                let is_in = |operand: &Vec<u8>| {
                    let operand = trim_slashes(operand);
                    name == operand || name.starts_with(&say!(operand, "/"))
                };
                let mut first = None;
                for (index, operand) in self.args.operands.iter().enumerate() {
                    seen[index] |= is_in(operand);
                    first = first.or(is_in(operand).then_some(index as u32));
                }
                first.is_some_and(|index| enter(cx, &self.args, &self.start, index).is_ok())
            };
            if wanted && !is_excluded(&self.args, &member.name, u32::MAX) {
                self.member(cx, member, content);
            }
        }
        if self.archive.len() < BLOCK {
            cx.complain("This does not look like a tar archive");
            self.failed = true;
        }
        for (operand, _) in self.args.operands.iter().zip(seen).filter(|(_, seen)| !seen) {
            cx.complain(say!(quote::needed(operand), ": Not found in archive"));
            self.failed = true;
        }
    }

    fn member(&mut self, cx: &mut Context, mut member: Member, content: Blob) {
        if self.args.has('t') {
            let shown = match self.args.has('v') {
                true => member.row(cx),
                false => say!(member.name, "\n"),
            };
            return cx.print(shown);
        }
        let strip = self.args.value('S').and_then(super::super::say::number).unwrap_or(0);
        for _ in 0..strip {
            let Some(cut) = member.name.iter().position(|byte| *byte == b'/') else { return };
            member.name.drain(..=cut);
        }
        let name = trim_slashes(&member.name).to_vec();
        let name = name.strip_prefix(b"/").unwrap_or(&name).to_vec();
        if name.is_empty() {
            return;
        }
        if self.args.has('v') {
            let line = say!(member.name, "\n");
            if self.args.has('O') { cx.out.error(&line) } else { cx.print(line) }
        }
        if self.args.has('O') {
            if member.letter == b'0' {
                cx.out.pass(content);
            }
            return;
        }
        if let Err(errno) = self.extract(cx, &member, &name, &content) {
            let (what, errno) = match member.letter {
                b'5' => ("Cannot mkdir", errno),
                _ => ("Cannot open", errno),
            };
            cx.complain(say!(quote::needed(&name), ": ", what, ": ", errno.text()));
            self.failed = true;
        }
    }

    fn extract(
        &self,
        cx: &mut Context,
        member: &Member,
        name: &[u8],
        content: &Blob,
    ) -> Result<(), Errno> {
        for (at, _) in name.iter().enumerate().filter(|(at, byte)| **byte == b'/' && *at > 0) {
            let _ = cx.sys.make_dir(&name[..at], 0o777);
        }
        let is_dir = cx.sys.stat(name, false).is_ok_and(|stat| stat.kind == FileKind::Directory);
        match member.letter {
            b'5' if is_dir => {}
            b'5' => cx.sys.make_dir(name, 0o777)?,
            _ => {
                if !is_dir {
                    let _ = cx.sys.unlink(name);
                }
                match member.letter {
                    b'2' => return cx.sys.symlink(&member.link, name),
                    b'1' => return cx.sys.link(&member.link, name),
                    _ => cx.sys.write_file(name, content)?,
                }
            }
        }
        // root keeps modes and owners; others' files are as their umask has it.
        let root = cx.sys.uid() == 0;
        let keeps = root || self.args.has('p');
        let mask = if keeps { 0 } else { cx.sys.umask() };
        if root {
            let _ = cx.sys.set_owner(name, Some(member.uid), Some(member.gid));
        }
        let _ = cx.sys.set_mode(name, member.mode & !mask);
        if !self.args.has('m') {
            let _ = cx.sys.set_modified(name, true, FileTime::from_unix(member.modified, 0));
        }
        Ok(())
    }
}

impl Filter for Tar {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        self.archive.append(chunk);
        None
    }

    fn failed(&mut self, _: &Input, errno: Errno, _: bool, cx: &mut Context) {
        cx.complain(say!("-: Read error: ", errno.text()));
        self.failed = true;
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if let Err(code) = self.unzip(cx) {
            return code;
        }
        self.unpack(cx);
        if self.broken {
            return 2;
        }
        if self.failed {
            cx.complain("Exiting with failure status due to previous errors");
            return 2;
        }
        0
    }
}

/// Goes where the `-C` before an operand lead from the `start`.
fn enter(cx: &mut Context, args: &args::Args, start: &[u8], operand: u32) -> Result<(), u8> {
    if args.has('C') {
        let _ = cx.sys.set_current_dir(start);
    }
    for dir in dirs(args).filter(|(before, _)| *before <= operand).map(|it| it.1) {
        cx.sys.set_current_dir(dir).map_err(|errno| {
            fatal(cx, say!(quote::needed(dir), ": Cannot open: ", errno.text()))
        })?;
    }
    Ok(())
}

/// The directories of `-C`, each with the number of operands that stand before it.
fn dirs(args: &args::Args) -> impl Iterator<Item = (u32, &Vec<u8>)> {
    placed(args, 'C')
}

fn placed(args: &args::Args, letter: char) -> impl Iterator<Item = (u32, &Vec<u8>)> {
    let placed = args.options.iter().zip(&args.before);
    placed
        .filter(move |((given, _), _)| *given == letter)
        .map(|((_, value), before)| (*before, value))
}

/// `--exclude`: a member, or any part of its path. What stands behind so many operands counts not.
fn is_excluded(args: &args::Args, name: &[u8], operand: u32) -> bool {
    let mut patterns = placed(args, 'E').filter(|(before, _)| *before <= operand);
    let name = trim_slashes(name);
    let slashes = || name.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    let starts: Vec<usize> = [0].into_iter().chain(slashes().map(|at| at + 1)).collect();
    let ends: Vec<usize> = slashes().chain([name.len()]).collect();
    patterns.any(|(_, pattern)| {
        starts.iter().any(|start| {
            let mut later = ends.iter().filter(|end| *end > start);
            later.any(|end| matches_glob(pattern, &name[*start..*end], false))
        })
    })
}

/// A member, as its header has it.
struct Member {
    name: Vec<u8>,
    letter: u8,
    link: Vec<u8>,
    mode: u32,
    uid: u32,
    gid: u32,
    owners: Vec<u8>,
    size: u64,
    modified: i64,
}

impl Member {
    fn read(header: &[u8]) -> Option<Member> {
        let text = |from: usize, to: usize| {
            header[from..to].split(|byte| *byte == 0).next().unwrap_or(b"").to_vec()
        };
        let octal = |from: usize, to: usize| {
            let digits = text(from, to);
            let digits = std::str::from_utf8(&digits).ok()?.trim().to_string();
            u64::from_str_radix(&digits, 8).ok()
        };
        let sum: u64 = header
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) })
            .sum();
        if octal(148, 156)? != sum {
            return None;
        }
        let (uid, gid) = (octal(108, 116)? as u32, octal(116, 124)? as u32);
        Some(Member {
            name: text(0, 100),
            letter: if header[156] == 0 { b'0' } else { header[156] },
            link: text(157, 257),
            mode: octal(100, 108)? as u32 & 0o7777,
            uid,
            gid,
            owners: say!(text(265, 297), "/", text(297, 329)),
            size: octal(124, 136)?,
            modified: octal(136, 148)? as i64,
        })
    }

    /// A line of `tar tv`.
    fn row(&self, cx: &Context) -> Vec<u8> {
        let kind = match self.letter {
            b'5' => FileKind::Directory,
            b'2' => FileKind::Symlink,
            _ => FileKind::File,
        };
        let mode = super::mode_text(kind, self.mode);
        let size = self.size.to_string();
        let pad = 19usize.saturating_sub(self.owners.len()).max(size.len() + 1);
        let time = cx.strftime(b"%Y-%m-%d %H:%M", FileTime::from_unix(self.modified, 0));
        let link = if self.link.is_empty() { Vec::new() } else { say!(" -> ", self.link) };
        let size = format!("{size:>pad$}");
        say!(mode, " ", self.owners, size, " ", time, " ", self.name, link, "\n")
    }
}

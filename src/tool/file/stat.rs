//! stat, and what `ls -l` calls a mode.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, quote};
use super::users;
use crate::base::FileTime;
use crate::os::{FileKind, Stat};

/// `drwxr-xr-x`.
pub fn mode_text(kind: FileKind, mode: u32) -> String {
    let mut text = String::from(match kind {
        FileKind::File => "-",
        FileKind::Directory => "d",
        FileKind::Symlink => "l",
        FileKind::Device => "c",
        FileKind::Pipe => "p",
        FileKind::Socket => "s",
    });
    for (shift, special, set, unset) in
        [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')]
    {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => set,
            (false, true) => unset,
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// 512-byte blocks a file takes: whole pages of 4,096 bytes, as ext4 does.
pub fn blocks(stat: &Stat) -> u64 {
    match stat.kind {
        FileKind::Directory => 8,
        FileKind::File => stat.size.div_ceil(4_096) * 8,
        _ => 0,
    }
}

/// The size `stat` shows: a directory takes one page.
pub fn shown_size(stat: &Stat) -> u64 {
    if stat.kind == FileKind::Directory { stat.size.max(4_096) } else { stat.size }
}

const STAT: Options = Options {
    short: "Lc:t|P:",
    long: &[("dereference", 'L'), ("format", 'c'), ("printf", 'P')],
    lacking: "f file-system terse",
    fail: 1,
    stop_early: false,
};

/// stat.
pub fn stat(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &STAT) {
        Ok(args) => args,
        Err(code) => return code,
    };
    if args.operands.is_empty() {
        return args::missing_operand(cx, 1);
    }
    if args.has('t') {
        cx.not_modelled("-t");
        return args::usage(cx, 1);
    }
    let mut code = 0;
    for path in &args.operands {
        let stat = match cx.sys.stat(path, args.has('L')) {
            Ok(stat) => stat,
            Err(errno) => {
                cx.complain(say!("cannot statx ", quote::always(path), ": ", errno.text()));
                code = 1;
                continue;
            }
        };
        let text = match (args.value('c'), args.value('P')) {
            (Some(format), _) => say!(fill(cx, format, path, &stat), "\n"),
            (None, Some(format)) => fill(cx, &super::super::text::unescape(format), path, &stat),
            (None, None) => {
                let target = cx.sys.read_link(path).ok().filter(|_| stat.kind == FileKind::Symlink);
                let arrow = target.map(|target| say!(" -> ", quote::needed(&target)));
                let head = say!("  File: ", quote::needed(path), arrow.unwrap_or_default(), "\n");
                say!(head, fill(cx, LONG.as_bytes(), path, &stat))
            }
        };
        cx.print(text);
    }
    code
}

const LONG: &str = concat!(
    "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n",
    "Device: %Dh/%dd\tInode: %-10i  Links: %h\n",
    "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n",
    "Access: %x\nModify: %y\nChange: %z\n Birth: -\n",
);

/// `regular file`.
pub fn kind_text(stat: &Stat) -> &'static str {
    match stat.kind {
        FileKind::File if stat.size == 0 => "regular empty file",
        FileKind::File => "regular file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symbolic link",
        FileKind::Device => "character special file",
        FileKind::Pipe => "fifo",
        FileKind::Socket => "socket",
    }
}

fn fill(cx: &Context, format: &[u8], path: &[u8], stat: &Stat) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < format.len() {
        if format[at] != b'%' {
            out.push(format[at]);
            at += 1;
            continue;
        }
        let flags = at + 1;
        let mut end = flags;
        while end < format.len()
            && (format[end].is_ascii_digit() || b"-.#+ ".contains(&format[end]))
        {
            end += 1;
        }
        let Some(letter) = format.get(end) else {
            out.extend(&format[at..]);
            break;
        };
        let value = directive(cx, *letter, path, stat);
        match value {
            Some(value) => out.extend(pad(&format[flags..end], &value)),
            None => out.extend(if *letter == b'%' { b"%" } else { b"?" }),
        }
        at = end + 1;
    }
    out
}

fn directive(cx: &Context, letter: u8, path: &[u8], stat: &Stat) -> Option<Vec<u8>> {
    let text = match letter {
        b'n' => return Some(path.to_vec()),
        b'N' => {
            let target = cx.sys.read_link(path).ok().filter(|_| stat.kind == FileKind::Symlink);
            return Some(match target {
                Some(target) => say!(quote::always(path), " -> ", quote::always(&target)),
                None => quote::always(path),
            });
        }
        b'U' => {
            return Some(users::known_name_of(cx, stat.uid, false).unwrap_or(b"UNKNOWN".into()));
        }
        b'G' => return Some(users::known_name_of(cx, stat.gid, true).unwrap_or(b"UNKNOWN".into())),
        b's' => shown_size(stat).to_string(),
        b'b' => blocks(stat).to_string(),
        b'B' => "512".to_string(),
        b'o' => "4096".to_string(),
        b'a' => format!("{:o}", stat.mode),
        b'A' => mode_text(stat.kind, stat.mode),
        b'f' => format!("{:x}", kind_bits(stat.kind) | stat.mode),
        b'u' => stat.uid.to_string(),
        b'g' => stat.gid.to_string(),
        b'i' => stat.inode.to_string(),
        b'd' => stat.device.to_string(),
        b'D' => format!("{:x}", stat.device),
        b'h' => stat.links.to_string(),
        b'F' => kind_text(stat).to_string(),
        b'X' | b'Y' | b'Z' => stat.modified.unix_secs().to_string(),
        b'W' => "0".to_string(),
        b'w' => "-".to_string(),
        b'x' | b'y' | b'z' => full_time(cx, stat.modified),
        _ => return None,
    };
    Some(text.into_bytes())
}

fn kind_bits(kind: FileKind) -> u32 {
    match kind {
        FileKind::File => 0o100_000,
        FileKind::Directory => 0o040_000,
        FileKind::Symlink => 0o120_000,
        FileKind::Device => 0o020_000,
        FileKind::Pipe => 0o010_000,
        FileKind::Socket => 0o140_000,
    }
}

/// `2026-01-05 08:00:00.000000000 +0000`.
pub fn full_time(cx: &Context, at: FileTime) -> String {
    String::from_utf8_lossy(&cx.strftime(b"%Y-%m-%d %H:%M:%S.%N %z", at)).into_owned()
}

/// printf's flags, width and precision for a text.
pub fn pad(flags: &[u8], value: &[u8]) -> Vec<u8> {
    let flags = String::from_utf8_lossy(flags).into_owned();
    let left = flags.starts_with('-');
    let zero = flags.starts_with('0');
    let (width, precision) = match flags.split_once('.') {
        Some((width, precision)) => (width, precision.parse::<usize>().ok()),
        None => (flags.as_str(), None),
    };
    let width: usize = width.trim_start_matches(['-', '0']).parse().unwrap_or(0);
    let value = &value[..value.len().min(precision.unwrap_or(usize::MAX))];
    let fill = vec![if zero { b'0' } else { b' ' }; width.min(1_000).saturating_sub(value.len())];
    if left { say!(value, fill) } else { say!(fill, value) }
}

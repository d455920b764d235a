//! What find's -printf and -ls print.

use super::{Visit, dir_of};
use crate::os::FileKind;
use crate::tool::Context;
use crate::tool::file::{blocks, mode_text, pad, users};
use crate::tool::say::{base_name, say};
use crate::tool::text::escape_at;

/// `-printf`.
pub fn printf(cx: &Context, format: &[u8], visit: &Visit, follows: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = format.get(at) {
        match (byte, format.get(at + 1)) {
            (b'\\', Some(b'c')) => return out,
            (b'\\', Some(_)) => match escape_at(&format[at..], false) {
                Some((bytes, length)) => {
                    out.extend(bytes);
                    at += length;
                }
                None => {
                    out.extend(&format[at..at + 2]);
                    at += 2;
                }
            },
            (b'%', Some(b'%')) => {
                out.push(b'%');
                at += 2;
            }
            (b'%', Some(_)) => {
                let flags = format[at + 1..].iter().take_while(|b| b"-.#+ 0123456789".contains(b));
                let end = at + 1 + flags.count();
                let wide = matches!(format.get(end), Some(b'A' | b'C' | b'T'));
                let letters = format.get(end..end + 1 + usize::from(wide)).unwrap_or_default();
                match directive(cx, letters, visit, follows) {
                    Some(text) => out.extend(pad(&format[at + 1..end], &text)),
                    None => out.extend(&format[at..(end + letters.len()).min(format.len())]),
                }
                at = end + letters.len().max(1);
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}

fn directive(cx: &Context, letters: &[u8], visit: &Visit, follows: bool) -> Option<Vec<u8>> {
    let (path, stat) = (visit.path, &visit.stat);
    Some(match letters {
        b"p" => path.to_vec(),
        b"f" => base_name(path).to_vec(),
        b"h" => dir_of(path).to_vec(),
        b"H" => path[..root_length(path, visit.depth)].to_vec(),
        b"P" => {
            let rest = &path[root_length(path, visit.depth)..];
            rest.strip_prefix(b"/").unwrap_or(rest).to_vec()
        }
        b"s" => say!(stat.size.to_string()),
        b"b" => say!(blocks(stat).to_string()),
        b"k" => say!(blocks(stat).div_ceil(2).to_string()),
        b"m" => format!("{:o}", stat.mode).into_bytes(),
        b"M" => mode_text(stat.kind, stat.mode).into_bytes(),
        b"u" => users::name_of(cx, stat.uid, false),
        b"U" => say!(stat.uid.to_string()),
        b"g" => users::name_of(cx, stat.gid, true),
        b"G" => say!(stat.gid.to_string()),
        b"y" => letter(stat.kind).to_vec(),
        b"Y" => cx.sys.stat(path, true).map_or(b"N".to_vec(), |stat| letter(stat.kind).to_vec()),
        b"l" if follows => Vec::new(),
        b"l" => cx.sys.read_link(path).unwrap_or_default(),
        b"d" => say!(visit.depth.to_string()),
        b"D" => say!(stat.device.to_string()),
        b"i" => say!(stat.inode.to_string()),
        b"n" => say!(stat.links.to_string()),
        b"a" | b"c" | b"t" => cx.strftime(b"%a %b %e %H:%M:%S.%N0 %Y", stat.modified),
        [b'A' | b'C' | b'T', b'@'] => cx.strftime(b"%s.%N0", stat.modified),
        [b'A' | b'C' | b'T', b'+'] => cx.strftime(b"%Y-%m-%d+%H:%M:%S.%N0", stat.modified),
        [b'A' | b'C' | b'T', b'S'] => cx.strftime(b"%S.%N0", stat.modified),
        [b'A' | b'C' | b'T', letter] => cx.strftime(&[b'%', *letter], stat.modified),
        _ => return None,
    })
}

/// How much of a path is the operand it was found by.
fn root_length(path: &[u8], depth: u64) -> usize {
    (0..depth)
        .fold(path.len(), |end, _| path[..end].iter().rposition(|byte| *byte == b'/').unwrap_or(0))
}

fn letter(kind: FileKind) -> &'static [u8] {
    match kind {
        FileKind::File => b"f",
        FileKind::Directory => b"d",
        FileKind::Symlink => b"l",
        FileKind::Device => b"c",
        FileKind::Pipe => b"p",
        FileKind::Socket => b"s",
    }
}

/// `-ls`.
pub fn long(cx: &Context, visit: &Visit) -> Vec<u8> {
    let stat = &visit.stat;
    let user = String::from_utf8_lossy(&users::name_of(cx, stat.uid, false)).into_owned();
    let group = String::from_utf8_lossy(&users::name_of(cx, stat.gid, true)).into_owned();
    let head = format!(
        "{:>9} {:>6} {} {:>3} {user:<8} {group:<8} {:>8} ",
        stat.inode,
        blocks(stat).div_ceil(2),
        mode_text(stat.kind, stat.mode),
        stat.links,
        stat.size,
    );
    let target = match stat.kind {
        FileKind::Symlink => say!(" -> ", cx.sys.read_link(visit.path).unwrap_or_default()),
        _ => Vec::new(),
    };
    say!(head, cx.strftime(b"%b %e %H:%M", stat.modified), " ", visit.path, target, "\n")
}

//! ls.

mod layout;
mod options;

use super::super::args::{self, Args};
use super::super::process::matches_glob;
use super::super::say::{join, number, say};
use super::super::text::compare_versions;
use super::super::{Context, quote};
use super::measure::human;
use super::stat::{blocks, mode_text, shown_size};
use super::users;
use crate::os::{Fd, FileKind, Stat};
use layout::{in_columns, with_commas};
use options::{LS, with_letters};

#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    path: Vec<u8>,
    stat: Stat,
}

/// ls.
pub fn ls(cx: &mut Context) -> u8 {
    let mut args = match args::parse(cx, &LS) {
        Ok(args) => args,
        Err(code) => return code,
    };
    // -f also means -a.
    let all = args.has('f');
    if let Err(code) = with_letters(cx, &mut args) {
        return code;
    }
    if all {
        args.options.push(('a', Vec::new()));
    }
    let operands =
        if args.operands.is_empty() { vec![b".".to_vec()] } else { args.operands.clone() };
    let mut code = 0;
    let long = args.last_of("lCno1gmxM").is_some_and(|letter| "lnogM".contains(letter))
        || (args.has('l') && args.last_of("lCmx") == Some('l'));
    let (mut files, mut dirs) = named(cx, &args, &operands, long, &mut code);
    sort(&args, &mut files);
    sort(&args, &mut dirs);
    show(cx, &args, long, &files);
    let headed = operands.len() > 1 || args.has('R');
    let mut first = files.is_empty();
    let mut later: Vec<Entry> = dirs.into_iter().rev().collect();
    while let Some(dir) = later.pop() {
        if headed {
            let name = quoted(cx, &args, &dir.path);
            cx.print(say!(if first { "" } else { "\n" }, name, ":\n"));
        }
        first = false;
        match entries(cx, &args, &dir.path, &mut code) {
            Ok(mut found) => {
                sort(&args, &mut found);
                if long || args.has('s') {
                    let total: u64 = found.iter().map(|entry| blocks(&entry.stat)).sum();
                    let total = match args.has('h') {
                        true => human(total * 512),
                        false => total.div_ceil(2).to_string(),
                    };
                    cx.print(say!("total ", total, [line_end(&args)]));
                }
                show(cx, &args, long, &found);
                if args.has('R') {
                    let below = found.into_iter().rev().filter(|entry| {
                        entry.stat.kind == FileKind::Directory
                            && !matches!(&entry.name[..], b"." | b"..")
                    });
                    later.extend(below);
                }
            }
            Err(errno) => {
                let name = quote::always(&dir.path);
                cx.complain(say!("cannot open directory ", name, ": ", errno.text()));
                code = 2;
            }
        }
    }
    code
}

/// What ends a line.
fn line_end(args: &Args) -> u8 {
    if args.has('z') { 0 } else { b'\n' }
}

/// The operands: files, and directories whose contents are to be listed.
fn named(
    cx: &mut Context,
    args: &Args,
    operands: &[Vec<u8>],
    long: bool,
    code: &mut u8,
) -> (Vec<Entry>, Vec<Entry>) {
    let (mut files, mut dirs) = (Vec::new(), Vec::new());
    let always = args.last_of("HL").is_some();
    let follow = always || !(long || args.has('d') || args.has('F'));
    for path in operands {
        let stat = match cx.sys.stat(path, follow) {
            Err(_) if !always => cx.sys.stat(path, false),
            stat => stat,
        };
        match stat {
            Ok(stat) => {
                let entry = Entry { name: path.clone(), path: path.clone(), stat };
                let is_dir = stat.kind == FileKind::Directory && !args.has('d');
                if is_dir { dirs.push(entry) } else { files.push(entry) }
            }
            Err(errno) => {
                cx.complain(say!("cannot access ", quote::always(path), ": ", errno.text()));
                *code = 2;
            }
        }
    }
    (files, dirs)
}

fn entries(
    cx: &mut Context,
    args: &Args,
    dir: &[u8],
    code: &mut u8,
) -> Result<Vec<Entry>, crate::os::Errno> {
    let mut names = cx.sys.read_dir(dir)?;
    let ignored: Vec<&[u8]> =
        args.options.iter().filter(|(letter, _)| *letter == 'I').map(|(_, v)| &v[..]).collect();
    names.retain(|name| {
        let backup = args.has('B') && name.ends_with(b"~");
        !backup && !ignored.iter().any(|glob| matches_glob(glob, name, false))
    });
    match args.last_of("aA") {
        Some('a') => drop(names.splice(0..0, [b".".to_vec(), b"..".to_vec()])),
        Some(_) => {}
        None => {
            let hidden: Vec<&[u8]> = args
                .options
                .iter()
                .filter(|(letter, _)| *letter == 'Y')
                .map(|(_, glob)| &glob[..])
                .collect();
            names.retain(|name| {
                let hides = |glob: &&[u8]| matches_glob(glob, name, false);
                !name.starts_with(b".") && !hidden.iter().any(hides)
            });
        }
    }
    let mut found = Vec::new();
    for name in names {
        let path = join(dir, &name);
        match cx.sys.stat(&path, args.has('L')) {
            Ok(stat) => found.push(Entry { name, path, stat }),
            Err(errno) => {
                cx.complain(say!("cannot access ", quote::always(&path), ": ", errno.text()));
                *code = 1;
            }
        }
    }
    Ok(found)
}

fn sort(args: &Args, entries: &mut [Entry]) {
    match args.last_of("tSUXv^") {
        Some('U') => return,
        Some('^') => entries.sort_by_key(|entry| (entry.name.len(), entry.name.clone())),
        Some('X') => entries.sort_by(|a, b| {
            let extension = |name: &[u8]| {
                name.iter()
                    .rposition(|byte| *byte == b'.')
                    .map_or(Vec::new(), |at| name[at..].into())
            };
            (extension(&a.name), &a.name).cmp(&(extension(&b.name), &b.name))
        }),
        Some('v') => entries.sort_by(|a, b| compare_versions(&a.name, &b.name)),
        Some('t') => {
            entries.sort_by(|a, b| (b.stat.modified, &a.name).cmp(&(a.stat.modified, &b.name)));
        }
        Some(_) => entries.sort_by(|a, b| (b.stat.size, &a.name).cmp(&(a.stat.size, &b.name))),
        None => entries.sort_by(|a, b| a.name.cmp(&b.name)),
    }
    if args.has('r') {
        entries.reverse();
    }
    if args.has('O') {
        entries.sort_by_key(|entry| entry.stat.kind != FileKind::Directory);
    }
}

/// What follows a name with -F, -p or --file-type.
fn mark(args: &Args, stat: &Stat) -> &'static str {
    match (args.last_of("Fp%-"), stat.kind) {
        (None | Some('-'), _) => "",
        (_, FileKind::Directory) => "/",
        (Some('p'), _) => "",
        (_, FileKind::Symlink) => "@",
        (_, FileKind::Pipe) => "|",
        (_, FileKind::Socket) => "=",
        (Some('F'), FileKind::File) if stat.mode & 0o111 != 0 => "*",
        _ => "",
    }
}

/// A name in the style asked for.
fn quoted(cx: &Context, args: &Args, name: &[u8]) -> Vec<u8> {
    let style = match args.last_of("bNQV") {
        Some('V') => args.value('V').and_then(|value| value.first().copied()).unwrap_or(b'N'),
        Some(letter) => letter as u8,
        None if cx.sys.is_tty(Fd::STDOUT) => b'e',
        None => b'N',
    };
    let text = match style {
        b'Q' => quote::c_string(name),
        b'm' if quote::c_string(name).len() > name.len() + 2 => quote::c_string(name),
        b'b' => quote::escaped_name(name),
        b'e' => quote::needed(name),
        b'a' => quote::always(name),
        b'r' => quote::plain_shell(name, false),
        b'|' => quote::plain_shell(name, true),
        _ => name.to_vec(),
    };
    match args.has('q') && style == b'N' {
        true => {
            let shown = text.iter().map(|b| if matches!(b, b' '..=b'~') { *b } else { b'?' });
            shown.collect()
        }
        false => text,
    }
}

fn shown_name(cx: &Context, args: &Args, entry: &Entry) -> Vec<u8> {
    let name = quoted(cx, args, &entry.name);
    let name = if args.has('+') { coloured(&entry.stat, name) } else { name };
    say!(name, mark(args, &entry.stat))
}

/// `--color=always`, with the colours that a terminal has without dircolors.
fn coloured(stat: &Stat, name: Vec<u8>) -> Vec<u8> {
    let colour = match stat.kind {
        FileKind::Directory if stat.mode & 0o1002 == 0o1002 => "30;42",
        FileKind::Directory if stat.mode & 0o002 != 0 => "34;42",
        FileKind::Directory if stat.mode & 0o1000 != 0 => "37;44",
        FileKind::Directory => "01;34",
        FileKind::Symlink => "01;36",
        FileKind::Pipe => "33",
        FileKind::Socket => "01;35",
        FileKind::Device => "01;33",
        FileKind::File if stat.mode & 0o4000 != 0 => "37;41",
        FileKind::File if stat.mode & 0o2000 != 0 => "30;43",
        FileKind::File if stat.mode & 0o111 != 0 => "01;32",
        FileKind::File => return name,
    };
    say!("\x1b[0m\x1b[", colour, "m", name, "\x1b[0m")
}

fn show(cx: &mut Context, args: &Args, long: bool, entries: &[Entry]) {
    if long {
        return show_long(cx, args, entries);
    }
    let names = entries.iter().map(|entry| {
        let inode = if args.has('i') { format!("{} ", entry.stat.inode) } else { String::new() };
        let size =
            if args.has('s') { format!("{} ", blocks(&entry.stat) / 2) } else { String::new() };
        say!(inode, size, shown_name(cx, args, entry))
    });
    let names: Vec<Vec<u8>> = names.collect();
    let layout = args.last_of("C1mxz").unwrap_or(match cx.sys.is_tty(Fd::STDOUT) {
        true => 'C',
        false => '1',
    });
    let width = match args.value('w').and_then(number) {
        None => 80,
        Some(0) => usize::MAX,
        Some(width) => width.min(10_000) as usize,
    };
    let tab = args.value('T').and_then(number).map_or(8, |tab| tab.min(100) as usize);
    let text = match layout {
        'C' | 'x' => in_columns(&names, width, tab, layout == 'x'),
        'm' => with_commas(&names, width),
        _ => names.into_iter().flat_map(|name| say!(name, [line_end(args)])).collect(),
    };
    cx.print(text);
}

fn show_long(cx: &mut Context, args: &Args, entries: &[Entry]) {
    let numeric = args.has('n');
    let name_of = |id: u32, group: bool| match numeric {
        true => id.to_string().into_bytes(),
        false => users::name_of(cx, id, group),
    };
    let rows: Vec<[Vec<u8>; 6]> = entries
        .iter()
        .map(|entry| {
            let stat = &entry.stat;
            let size = shown_size(stat);
            let size = if args.has('h') { human(size) } else { size.to_string() };
            let inode = if args.has('i') { stat.inode.to_string() } else { String::new() };
            let blocks = if args.has('s') { (blocks(stat) / 2).to_string() } else { String::new() };
            [
                say!(inode),
                say!(blocks),
                say!(stat.links.to_string()),
                if args.has('g') { Vec::new() } else { name_of(stat.uid, false) },
                match args.has('o') || args.has('G') {
                    true => Vec::new(),
                    false => name_of(stat.gid, true),
                },
                say!(size),
            ]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let mut widths: [usize; 6] = std::array::from_fn(width);
    if cx.busybox {
        let fixed = [0, 0, 4, 8, 8, 9];
        (0..6).for_each(|column| widths[column] = widths[column].max(fixed[column]));
    }
    let mut text = Vec::new();
    for (entry, row) in entries.iter().zip(&rows) {
        for column in [0, 1] {
            if widths[column] > 0 {
                text.extend(vec![b' '; widths[column] - row[column].len()]);
                text.extend(say!(row[column], " "));
            }
        }
        text.extend(mode_text(entry.stat.kind, entry.stat.mode).into_bytes());
        for column in 2..6 {
            if widths[column] == 0 {
                continue;
            }
            let fill = vec![b' '; widths[column] - row[column].len()];
            let is_name = column == 3 || column == 4;
            text.push(b' ');
            text.extend(if is_name && !numeric {
                say!(row[column], fill)
            } else {
                say!(fill, row[column])
            });
        }
        text.extend(say!(" ", date(cx, args, &entry.stat), " ", shown_name(cx, args, entry)));
        if entry.stat.kind == FileKind::Symlink
            && let Ok(target) = cx.sys.read_link(&entry.path)
        {
            text.extend(say!(" -> ", quoted(cx, args, &target)));
        }
        text.push(line_end(args));
    }
    cx.print(text);
}

/// `Jan  5 08:00`, or the year for what is older than half a year.
fn date(cx: &Context, args: &Args, stat: &Stat) -> Vec<u8> {
    let style = if args.has('M') { b"full-iso" } else { args.value('K').unwrap_or_default() };
    match style {
        b"full-iso" => return cx.strftime(b"%Y-%m-%d %H:%M:%S.%N %z", stat.modified),
        b"long-iso" => return cx.strftime(b"%Y-%m-%d %H:%M", stat.modified),
        [b'+', format @ ..] => return cx.strftime(format, stat.modified),
        _ => {}
    }
    const HALF_YEAR_SECS: i64 = 15_778_476;
    let now = cx.sys.now().unix_secs() as i64;
    let then = stat.modified.unix_secs();
    let recent = then <= now && now - then < HALF_YEAR_SECS;
    cx.strftime(if recent { b"%b %e %H:%M" } else { b"%b %e  %Y" }, stat.modified)
}

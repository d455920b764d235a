//! ls.

use super::super::args::{self, Args, Options};
use super::super::say::{join, say};
use super::super::{Context, quote};
use super::measure::human;
use super::stat::{blocks, mode_text, shown_size};
use super::users;
use crate::base::date::strftime;
use crate::os::{Fd, FileKind, Stat};

const LS: Options = Options {
    short: "lahA1dRtrSiUnFpCgosqQNkLv|J:K:",
    long: &[
        ("all", 'a'),
        ("almost-all", 'A'),
        ("human-readable", 'h'),
        ("directory", 'd'),
        ("recursive", 'R'),
        ("reverse", 'r'),
        ("inode", 'i'),
        ("numeric-uid-gid", 'n'),
        ("classify", 'F'),
        ("size", 's'),
        ("dereference", 'L'),
        ("color", 'J'),
        ("time-style", 'K'),
    ],
    lacking: "bBcDfGHImTuwxXZ author escape block-size ignore-backups dired file-type \
              full-time group-directories-first no-group si format sort time width ignore context",
    fail: 2,
    stop_early: false,
};

#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    path: Vec<u8>,
    stat: Stat,
}

/// ls.
pub fn ls(cx: &mut Context) -> u8 {
    let argv: Vec<Vec<u8>> =
        cx.argv.iter().filter(|word| !word.starts_with(b"--color")).cloned().collect();
    let args = {
        let mut inner = Context {
            sys: &mut *cx.sys,
            out: &mut *cx.out,
            name: cx.name,
            argv: &argv,
            env: cx.env,
        };
        match args::parse(&mut inner, &LS) {
            Ok(args) => args,
            Err(code) => return code,
        }
    };
    let operands =
        if args.operands.is_empty() { vec![b".".to_vec()] } else { args.operands.clone() };
    let mut code = 0;
    let long = args.has('l') || args.last_of("lCno1g").is_some_and(|c| "nog".contains(c));
    let (mut files, mut dirs) = named(cx, &args, &operands, long, &mut code);
    sort(&args, &mut files);
    sort(&args, &mut dirs);
    show(cx, &args, long, &files);
    let headed = operands.len() > 1 || args.has('R');
    let mut first = files.is_empty();
    let mut later: Vec<Entry> = dirs.into_iter().rev().collect();
    while let Some(dir) = later.pop() {
        if headed {
            cx.print(say!(if first { "" } else { "\n" }, dir.path, ":\n"));
        }
        first = false;
        match entries(cx, &args, &dir.path) {
            Ok(mut found) => {
                sort(&args, &mut found);
                if long || args.has('s') {
                    let total: u64 = found.iter().map(|entry| blocks(&entry.stat)).sum();
                    let total = match args.has('h') {
                        true => human(total * 512),
                        false => (total / 2).to_string(),
                    };
                    cx.print(say!("total ", total, "\n"));
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

/// The operands: files, and directories whose contents are to be listed.
fn named(
    cx: &mut Context,
    args: &Args,
    operands: &[Vec<u8>],
    long: bool,
    code: &mut u8,
) -> (Vec<Entry>, Vec<Entry>) {
    let (mut files, mut dirs) = (Vec::new(), Vec::new());
    let follow = !(long || args.has('d') || args.has('F')) || args.has('L');
    for path in operands {
        let stat = cx.sys.stat(path, follow).or_else(|_| cx.sys.stat(path, false));
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

fn entries(cx: &Context, args: &Args, dir: &[u8]) -> Result<Vec<Entry>, crate::os::Errno> {
    let mut names = cx.sys.read_dir(dir)?;
    if args.has('a') {
        names.splice(0..0, [b".".to_vec(), b"..".to_vec()]);
    } else if !args.has('A') {
        names.retain(|name| !name.starts_with(b"."));
    }
    let entry = |name: Vec<u8>| {
        let path = join(dir, &name);
        let stat = cx.sys.stat(&path, args.has('L')).or_else(|_| cx.sys.stat(&path, false)).ok()?;
        Some(Entry { name, path, stat })
    };
    Ok(names.into_iter().filter_map(entry).collect())
}

fn sort(args: &Args, entries: &mut [Entry]) {
    match args.last_of("tSU") {
        Some('U') => return,
        Some('t') => {
            entries.sort_by(|a, b| (b.stat.modified, &a.name).cmp(&(a.stat.modified, &b.name)));
        }
        Some(_) => entries.sort_by(|a, b| (b.stat.size, &a.name).cmp(&(a.stat.size, &b.name))),
        None => entries.sort_by(|a, b| a.name.cmp(&b.name)),
    }
    if args.has('r') {
        entries.reverse();
    }
}

/// What follows a name with -F or -p.
fn mark(args: &Args, stat: &Stat) -> &'static str {
    match stat.kind {
        FileKind::Directory if args.has('F') || args.has('p') => "/",
        _ if !args.has('F') => "",
        FileKind::Symlink => "@",
        FileKind::Pipe => "|",
        FileKind::Socket => "=",
        FileKind::File if stat.mode & 0o111 != 0 => "*",
        _ => "",
    }
}

fn shown_name(cx: &Context, args: &Args, entry: &Entry) -> Vec<u8> {
    let quoting = cx.sys.is_tty(Fd::STDOUT) && !args.has('N');
    let name = if quoting { quote::needed(&entry.name) } else { entry.name.clone() };
    say!(name, mark(args, &entry.stat))
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
    let columns = match args.last_of("C1") {
        Some('C') => true,
        Some(_) => false,
        None => cx.sys.is_tty(Fd::STDOUT),
    };
    if !columns {
        for name in names {
            cx.print(say!(name, "\n"));
        }
        return;
    }
    let text = in_columns(&names);
    cx.print(text);
}

/// Columns in 80 characters, filled downwards.
fn in_columns(names: &[Vec<u8>]) -> Vec<u8> {
    let count = names.len();
    let mut rows = 1;
    let widths = |rows: usize| -> Vec<usize> {
        names
            .chunks(rows)
            .map(|column| column.iter().map(Vec::len).max().unwrap_or(0) + 2)
            .collect()
    };
    while rows < count && widths(rows).iter().sum::<usize>() > 80 + 1 {
        rows += 1;
    }
    let widths = widths(rows.max(1));
    let mut text = Vec::new();
    for row in 0..rows.min(count) {
        let mut column = 0;
        while let Some(name) = names.get(column * rows + row) {
            text.extend(name);
            if names.get((column + 1) * rows + row).is_some() {
                text.extend(vec![b' '; widths[column] - name.len()]);
            }
            column += 1;
        }
        text.push(b'\n');
    }
    text
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
                if args.has('o') { Vec::new() } else { name_of(stat.gid, true) },
                say!(size),
            ]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
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
        text.extend(say!(" ", date(cx, &entry.stat), " ", shown_name(cx, args, entry)));
        if entry.stat.kind == FileKind::Symlink
            && let Ok(target) = cx.sys.read_link(&entry.path)
        {
            text.extend(say!(" -> ", target));
        }
        text.push(b'\n');
    }
    cx.print(text);
}

/// `Jan  5 08:00`, or the year for what is older than half a year.
fn date(cx: &Context, stat: &Stat) -> Vec<u8> {
    const HALF_YEAR_SECS: u64 = 15_778_476;
    let now = cx.sys.now().unix_secs();
    let then = stat.modified.unix_secs();
    let recent = then <= now && now - then < HALF_YEAR_SECS;
    strftime(if recent { b"%b %e %H:%M" } else { b"%b %e  %Y" }, stat.modified)
}

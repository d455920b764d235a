//! ls.

use super::super::args::{self, Args, Options};
use super::super::process::matches_glob;
use super::super::say::{join, number, say};
use super::super::text::compare_versions;
use super::super::{Context, quote};
use super::measure::human;
use super::stat::{blocks, mode_text, shown_size};
use super::users;
use crate::base::date::strftime;
use crate::os::{Fd, FileKind, Stat};

const LS: Options = Options {
    short: "lahA1dRtrSiUnFpCgosqQNkLvmxXBGfI:w:T:|J:K:MOD",
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
        ("full-time", 'M'),
        ("group-directories-first", 'O'),
        ("no-group", 'G'),
        ("ignore-backups", 'B'),
        ("ignore", 'I'),
        ("quote-name", 'Q'),
        ("literal", 'N'),
        ("width", 'w'),
        ("sort", 'D'),
    ],
    lacking: "bcDHuZ author escape block-size dired file-type si format time context",
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
    let argv = known_words(cx.argv);
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

/// The command line without `--color`, and `--sort` by its letter.
fn known_words(argv: &[Vec<u8>]) -> Vec<Vec<u8>> {
    argv.iter()
        .filter(|word| !word.starts_with(b"--color"))
        .map(|word| match word.strip_prefix(b"--sort=") {
            Some(b"size") => b"-S".to_vec(),
            Some(b"time") => b"-t".to_vec(),
            Some(b"none") => b"-U".to_vec(),
            Some(b"extension") => b"-X".to_vec(),
            Some(b"version") => b"-v".to_vec(),
            _ => word.clone(),
        })
        .collect()
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
    let ignored: Vec<&[u8]> =
        args.options.iter().filter(|(letter, _)| *letter == 'I').map(|(_, v)| &v[..]).collect();
    names.retain(|name| {
        let backup = args.has('B') && name.ends_with(b"~");
        !backup && !ignored.iter().any(|glob| matches_glob(glob, name, false))
    });
    if args.has('a') || args.has('f') {
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
    match args.last_of("tSUXvf") {
        Some('U' | 'f') => return,
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
    let name = match args.last_of("QN") {
        Some('Q') => quote::c_string(&entry.name),
        _ if quoting => quote::needed(&entry.name),
        _ => entry.name.clone(),
    };
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
    let layout = args.last_of("C1mxl").unwrap_or(match cx.sys.is_tty(Fd::STDOUT) {
        true => 'C',
        false => '1',
    });
    let width = args.value('w').and_then(number).map_or(80, |width| width.min(10_000) as usize);
    let text = match layout {
        'C' => in_columns(&names, width),
        'x' => in_rows(&names, width),
        'm' => with_commas(&names, width),
        _ => names.into_iter().flat_map(|name| say!(name, "\n")).collect(),
    };
    cx.print(text);
}

/// `-m`: with commas, as many in a line as fit.
fn with_commas(names: &[Vec<u8>], width: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut column = 0;
    for (number, name) in names.iter().enumerate() {
        if number > 0 {
            let fits = column + name.len() + 2 < width;
            text.extend(if fits { b", " } else { b",\n" });
            column = if fits { column + 2 } else { 0 };
        }
        text.extend(name);
        column += name.len();
    }
    if !names.is_empty() {
        text.push(b'\n');
    }
    text
}

/// `-x`: columns, filled to the right.
fn in_rows(names: &[Vec<u8>], width: usize) -> Vec<u8> {
    let widths = |columns: usize| -> Vec<usize> {
        (0..columns)
            .map(|column| {
                let lengths = names.iter().skip(column).step_by(columns).map(Vec::len);
                lengths.max().unwrap_or(0) + if column + 1 < columns { 2 } else { 0 }
            })
            .collect()
    };
    let fits = |columns: &usize| widths(*columns).iter().sum::<usize>() <= width;
    let columns = (1..=names.len()).rev().find(fits).unwrap_or(1);
    let widths = widths(columns);
    let mut text = Vec::new();
    for row in names.chunks(columns) {
        for (column, name) in row.iter().enumerate() {
            text.extend(name);
            if column + 1 < row.len() {
                text.extend(vec![b' '; widths[column] - name.len()]);
            }
        }
        text.push(b'\n');
    }
    text
}

/// Columns, filled downwards.
fn in_columns(names: &[Vec<u8>], width: usize) -> Vec<u8> {
    let count = names.len();
    let mut rows = 1;
    let widths = |rows: usize| -> Vec<usize> {
        names
            .chunks(rows)
            .map(|column| column.iter().map(Vec::len).max().unwrap_or(0) + 2)
            .collect()
    };
    while rows < count && widths(rows).iter().sum::<usize>() > width + 1 {
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
                match args.has('o') || args.has('G') {
                    true => Vec::new(),
                    false => name_of(stat.gid, true),
                },
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
        text.extend(say!(" ", date(cx, args, &entry.stat), " ", shown_name(cx, args, entry)));
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
fn date(cx: &Context, args: &Args, stat: &Stat) -> Vec<u8> {
    let style = if args.has('M') { b"full-iso" } else { args.value('K').unwrap_or_default() };
    match style {
        b"full-iso" => return strftime(b"%Y-%m-%d %H:%M:%S.%N %z", stat.modified),
        b"long-iso" => return strftime(b"%Y-%m-%d %H:%M", stat.modified),
        [b'+', format @ ..] => return strftime(format, stat.modified),
        _ => {}
    }
    const HALF_YEAR_SECS: i64 = 15_778_476;
    let now = cx.sys.now().unix_secs() as i64;
    let then = stat.modified.unix_secs();
    let recent = then <= now && now - then < HALF_YEAR_SECS;
    strftime(if recent { b"%b %e %H:%M" } else { b"%b %e  %Y" }, stat.modified)
}

//! diff: which lines differ, in the normal, the unified and the context format. Models diffutils
//! 3.8.
//!
//! | file | what |
//! |---|---|
//! | `script` | which lines differ |
//! | `show` | the formats |

mod script;
mod show;

use super::pair::Pair;
use crate::base::FileTime;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::{Errno, FileKind, Stat};
use crate::tool::args::{self, Args, Options};
use crate::tool::file::full_time;
use crate::tool::say::{base_name, join, number, say};
use crate::tool::{Context, quote};

const DIFF: Options = Options {
    short: "abcC:iL:NqrsuU:w0123456789",
    long: &[
        ("text", 'a'),
        ("ignore-space-change", 'b'),
        ("context", 'C'),
        ("ignore-case", 'i'),
        ("new-file", 'N'),
        ("brief", 'q'),
        ("recursive", 'r'),
        ("report-identical-files", 's'),
        ("unified", 'U'),
        ("ignore-all-space", 'w'),
        ("label", 'L'),
    ],
    lacking: "BdDeEfFhHIlnpPStTvWxXyZ color ed exclude exclude-from expand-tabs from-file \
              horizon-lines ifdef ignore-blank-lines ignore-matching-lines \
              ignore-trailing-space left-column minimal no-dereference normal paginate rcs \
              show-c-function side-by-side starting-file strip-trailing-cr \
              suppress-common-lines tabsize to-file unidirectional-new-file width",
    fail: 2,
    stop_early: false,
};

/// How differences are shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Style {
    Normal,
    Brief,
    Context(u32),
    Unified(u32),
}

/// A file that is compared.
struct File {
    name: Vec<u8>,
    content: Vec<u8>,
    modified: FileTime,
}

/// What a command line asks for.
struct Diff {
    args: Args,
    style: Style,
    labels: Vec<Vec<u8>>,
    /// The options as they were given, for the lines before each file of directories.
    switches: Vec<u8>,
    code: u8,
}

/// Reads the arguments, and says which files are to be read. `Err`: it has ended with this code.
pub fn begin(cx: &mut Context) -> Result<Pair, u8> {
    let diff = Diff::read(cx)?;
    let [a, b] = diff.args.operands.clone().try_into().expect("there are two");
    let kind = |name: &[u8]| match name {
        b"-" => Ok(FileKind::Pipe),
        name => cx.sys.stat(name, true).map(|stat| stat.kind),
    };
    let kinds = [kind(&a), kind(&b)];
    let names = match kinds {
        [Ok(FileKind::Directory), Ok(FileKind::Directory)] => {
            return Err(diff.directories(cx, [&a, &b]));
        }
        [Ok(FileKind::Directory), Err(errno)] | [Err(errno), Ok(FileKind::Directory)] => {
            let name = if kinds[0].is_err() { &a } else { &b };
            cx.complain(say!(quote::needed(name), ": ", errno.text()));
            return Err(2);
        }
        [Ok(FileKind::Directory), Ok(_)] => [join(&a, base_name(&b)), b],
        [Ok(_), Ok(FileKind::Directory)] => {
            let b = join(&b, base_name(&a));
            [a, b]
        }
        _ => [a, b],
    };
    Ok(Pair::new(names))
}

/// Compares what was read of two files.
pub fn end(cx: &mut Context, pair: &Pair) -> u8 {
    let Ok(mut diff) = Diff::read(cx) else { return 2 };
    let now = FileTime::from(cx.sys.now());
    let mut files = Vec::new();
    for (name, read) in pair.names.iter().zip(&pair.read) {
        match read {
            Ok(content) => {
                let modified = match &name[..] {
                    b"-" => now,
                    name => cx.sys.stat(name, true).map_or(now, |stat| match stat.kind {
                        FileKind::Pipe => now,
                        _ => stat.modified,
                    }),
                };
                files.push(File { name: name.clone(), content: content.clone(), modified });
            }
            Err(Errno::Noent) if diff.args.has('N') => {
                let modified = FileTime::from_unix(0, 0);
                files.push(File { name: name.clone(), content: Vec::new(), modified });
            }
            Err(errno) => {
                cx.complain(say!(quote::needed(name), ": ", errno.text()));
                diff.code = 2;
            }
        }
    }
    if let Ok(files) = <[File; 2]>::try_from(files) {
        diff.files(cx, &files, false);
    }
    diff.code
}

impl Diff {
    fn read(cx: &mut Context) -> Result<Diff, u8> {
        let args = args::parse(cx, &DIFF)?;
        let (mut style, mut lines_given) = (Style::Normal, None);
        for (letter, value) in &args.options {
            if let Some(digit) = letter.to_digit(10) {
                let so_far: u32 = lines_given.unwrap_or(0);
                lines_given = Some(so_far.saturating_mul(10).saturating_add(digit));
            }
            let lines = if value.is_empty() { Some(3) } else { number(value) };
            let Some(lines) = lines.filter(|_| matches!(letter, 'c' | 'C' | 'u' | 'U')) else {
                if matches!(letter, 'C' | 'U') {
                    cx.complain(say!("invalid context length '", value, "'"));
                    return Err(args::usage(cx, 2));
                }
                continue;
            };
            style = match letter {
                'c' | 'C' => Style::Context(lines.min(u32::MAX.into()) as u32),
                _ => Style::Unified(lines.min(u32::MAX.into()) as u32),
            };
        }
        if let Some(given) = lines_given
            && let Style::Context(lines) | Style::Unified(lines) = &mut style
        {
            *lines = given;
        }
        if args.has('q') {
            style = Style::Brief;
        }
        match args.operands.as_slice() {
            [_, _] => {}
            [] | [_] => {
                let last = cx.argv.last().cloned().unwrap_or_default();
                return Err(args::missing_after(cx, &last, 2));
            }
            [_, _, extra, ..] => return Err(args::extra_operand(cx, &extra.clone(), 2)),
        }
        let labels = args.options.iter().filter(|row| row.0 == 'L').map(|row| row.1.clone());
        let labels = labels.collect();
        let given = cx.argv.iter().skip(1).filter(|word| word.len() > 1 && word[0] == b'-');
        let switches = given.flat_map(|word| say!(" ", quote::needed(word))).collect();
        Ok(Diff { args, style, labels, switches, code: 0 })
    }

    /// Compares two files, which may lie in directories that are compared.
    fn files(&mut self, cx: &mut Context, files: &[File; 2], within: bool) {
        let [a, b] = files;
        let names = [quote::needed(&a.name), quote::needed(&b.name)];
        let keys = files.each_ref().map(|file| self.keys(&file.content));
        let keys = keys.each_ref().map(|lines| lines.iter().map(Vec::as_slice).collect::<Vec<_>>());
        if keys[0] == keys[1] {
            if self.args.has('s') {
                cx.print(say!("Files ", names[0], " and ", names[1], " are identical\n"));
            }
            return;
        }
        self.code = self.code.max(1);
        let binary = |file: &File| file.content.contains(&0) && !self.args.has('a');
        if binary(a) || binary(b) {
            let what = if self.style == Style::Brief { "Files " } else { "Binary files " };
            cx.print(say!(what, names[0], " and ", names[1], " differ\n"));
            return;
        }
        let horizon = match self.style {
            Style::Context(lines) | Style::Unified(lines) => lines as usize,
            _ => 0,
        };
        let changes = script::changes([&keys[0], &keys[1]], horizon);
        if self.style == Style::Brief {
            cx.print(say!("Files ", names[0], " and ", names[1], " differ\n"));
            return;
        }
        if within {
            cx.print(say!("diff", self.switches, " ", names[0], " ", names[1], "\n"));
        }
        let mut heads = files.each_ref().map(|file| {
            let time = match self.style {
                Style::Context(_) if !cx.is_utf8() => cx.strftime(b"%a %b %e %T %Y", file.modified),
                _ => full_time(cx, file.modified).into_bytes(),
            };
            say!(quote::needed(&file.name), "\t", time)
        });
        for (head, label) in heads.iter_mut().zip(&self.labels) {
            head.clone_from(label);
        }
        let lines = files.each_ref().map(|file| lines_of(&file.content));
        let shown = match self.style {
            Style::Unified(context) => show::unified(&lines, &changes, context as usize, &heads),
            Style::Context(context) => show::context(&lines, &changes, context as usize, &heads),
            _ => show::normal(&lines, &changes),
        };
        cx.print(shown);
    }

    /// Lines as `-i`, `-b` and `-w` compare them.
    fn keys(&self, content: &[u8]) -> Vec<Vec<u8>> {
        let key = |line: &[u8]| -> Vec<u8> {
            let mut key = line.to_vec();
            if self.args.has('w') {
                key.retain(|byte| !byte.is_ascii_whitespace());
            } else if self.args.has('b') {
                let words = line.trim_ascii_end().split(u8::is_ascii_whitespace).enumerate();
                let words = words.filter(|(at, word)| *at == 0 || !word.is_empty());
                key = words.map(|row| row.1).collect::<Vec<_>>().join(&b' ');
            }
            if self.args.has('i') {
                key.make_ascii_lowercase();
            }
            key
        };
        lines_of(content).into_iter().map(key).collect()
    }

    /// Compares all that two directories hold.
    fn directories(mut self, cx: &mut Context, dirs: [&[u8]; 2]) -> u8 {
        let dirs = dirs.map(<[u8]>::to_vec);
        let below = names_below(cx, &dirs);
        self.entries(cx, &dirs, below);
        self.code
    }

    fn entries(&mut self, cx: &mut Context, dirs: &[Vec<u8>; 2], paths: Vec<[Vec<u8>; 2]>) {
        for path in paths {
            let stats = path.each_ref().map(|path| cx.sys.stat(path, true).ok());
            let is_dir = |stat: &Stat| stat.kind == FileKind::Directory;
            match stats {
                [Some(a), Some(b)] if is_dir(&a) != is_dir(&b) => {
                    let kind = |stat: &Stat| match stat.kind {
                        FileKind::Directory => "directory",
                        FileKind::File if stat.size == 0 => "regular empty file",
                        _ => "regular file",
                    };
                    let (first, second) = (quote::needed(&path[0]), quote::needed(&path[1]));
                    let text = say!("File ", first, " is a ", kind(&a), " while file ", second);
                    cx.print(say!(text, " is a ", kind(&b), "\n"));
                    self.code = self.code.max(1);
                }
                // With -N, one that is not there counts as one as well.
                [a, b]
                    if [a, b].iter().flatten().all(is_dir)
                        && (self.args.has('N') || a.is_some() && b.is_some())
                        && !self.args.has('r') =>
                {
                    let (first, second) = (quote::needed(&path[0]), quote::needed(&path[1]));
                    cx.print(say!("Common subdirectories: ", first, " and ", second, "\n"));
                }
                [Some(_), Some(_)] => self.entry(cx, &path, &stats),
                [Some(_), None] | [None, Some(_)] if self.args.has('N') => {
                    self.entry(cx, &path, &stats);
                }
                [first, _] => {
                    let dir = quote::needed(&dirs[usize::from(first.is_none())]);
                    let name = quote::needed(base_name(&path[0]));
                    cx.print(say!("Only in ", dir, ": ", name, "\n"));
                    self.code = self.code.max(1);
                }
            }
        }
    }

    /// One name of two directories.
    fn entry(&mut self, cx: &mut Context, path: &[Vec<u8>; 2], stats: &[Option<Stat>; 2]) {
        if stats.iter().flatten().any(|stat| stat.kind == FileKind::Directory) {
            let below = names_below(cx, path);
            return self.entries(cx, path, below);
        }
        let files = [0, 1].map(|at| File {
            name: path[at].clone(),
            content: match cx.sys.read_file(&path[at]) {
                Ok(content) => {
                    content.slice(0, WORD_BYTES_MAX as u64).to_bytes(WORD_BYTES_MAX as u64)
                }
                Err(_) => Vec::new(),
            },
            modified: stats[at].map_or(FileTime::from_unix(0, 0), |stat| stat.modified),
        });
        self.files(cx, &files, true);
    }
}

fn lines_of(content: &[u8]) -> Vec<&[u8]> {
    content.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The paths of all names that either of two directories holds.
fn names_below(cx: &Context, dirs: &[Vec<u8>; 2]) -> Vec<[Vec<u8>; 2]> {
    let mut all = dirs.each_ref().map(|dir| cx.sys.read_dir(dir).unwrap_or_default()).concat();
    all.sort_unstable();
    all.dedup();
    all.iter().map(|name| dirs.each_ref().map(|dir| join(dir, name))).collect()
}

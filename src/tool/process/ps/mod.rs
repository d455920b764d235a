//! ps. Models procps 4.0's `ps` with `-e`, `-f`, `ax`, `u`, `-p`, `-C`, `-u`, `-o`: what the model
//! knows of a process. The processor takes no time and memory is not counted: those columns show 0.

mod columns;

use super::super::Context;
use super::super::file::users;
use super::super::say::{base_name, say};
use crate::os::Listed;
use columns::{Column, FULL, SHORT, STATES, USAGE};

/// The kernel keeps so much of a command's name.
const COMM_BYTES: usize = 15;

/// What is asked for.
#[derive(Default)]
struct Asked {
    columns: Vec<Column>,
    /// The columns of `-f`, `u` or a word without a dash.
    form: Option<&'static str>,
    bare: bool,
    all: bool,
    /// `x`: whatever terminal they have.
    any_terminal: bool,
    pids: Option<Vec<u32>>,
    names: Option<Vec<Vec<u8>>>,
    users: Option<Vec<Vec<u8>>>,
}

/// Why a command line is not followed.
enum Refusal {
    /// In ps's words.
    Wrong(String),
    NotModelled,
}

/// ps.
pub fn ps(cx: &mut Context) -> u8 {
    let words: Vec<Vec<u8>> = cx.argv[1..].to_vec();
    let asked = match read(&words) {
        Ok(asked) => asked,
        Err(Refusal::Wrong(why)) => {
            let usage = "Usage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|\
                         all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\n\
                         For more details see ps(1).\n";
            cx.out.error(format!("error: {why}\n\n{usage}").as_bytes());
            return 1;
        }
        Err(Refusal::NotModelled) => {
            let what = String::from_utf8_lossy(&words.join(&b" "[..])).into_owned();
            cx.not_modelled(&what);
            cx.complain("[Ordinal] this model's ps knows -e, -f, ax, aux, -p, -C, -u and -o");
            return 1;
        }
    };
    let counted: Vec<&str> =
        asked.columns.iter().filter(|column| column.is_counted()).map(Column::name).collect();
    if !counted.is_empty() {
        cx.not_modelled(&counted.join(" "));
    }
    let mine = cx.sys.pid();
    let own = cx.sys.processes();
    let me = own.iter().find(|one| one.pid == mine).cloned().unwrap_or_default();
    let mut text = columns::header(&asked.columns);
    let mut found = false;
    for one in own.iter().filter(|one| is_asked(cx, &asked, one, &me)) {
        found = true;
        text.extend(columns::row(cx, &asked.columns, one, one.pid == mine));
    }
    cx.print(text);
    u8::from(!found)
}

fn is_asked(cx: &Context, asked: &Asked, one: &Listed, me: &Listed) -> bool {
    let lists = asked.pids.is_some() || asked.names.is_some() || asked.users.is_some();
    if asked.all || !lists {
        let same_terminal = asked.any_terminal || one.tty == me.tty;
        return asked.all || one.uid == me.uid && same_terminal;
    }
    let pid = asked.pids.as_ref().is_some_and(|pids| pids.contains(&one.shown));
    let comm = asked.names.as_ref().is_some_and(|names| names.iter().any(|it| it == comm(one)));
    let user = user_of(cx, one);
    let number = one.uid.to_string();
    let is_user = |name: &Vec<u8>| *name == user.as_bytes() || *name == number.as_bytes();
    pid || comm || asked.users.as_ref().is_some_and(|users| users.iter().any(is_user))
}

fn user_of(cx: &Context, one: &Listed) -> String {
    let user = users::known_name_of(cx, one.uid, false);
    user.map_or(one.uid.to_string(), |name| String::from_utf8_lossy(&name).into())
}

fn comm(one: &Listed) -> &[u8] {
    let name = base_name(one.argv.first().map_or(b"", Vec::as_slice));
    &name[..name.len().min(COMM_BYTES)]
}

fn read(words: &[Vec<u8>]) -> Result<Asked, Refusal> {
    let mut asked = Asked::default();
    let mut headless = false;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if matches!(&word[..], b"--no-headers" | b"--no-heading" | b"--no-headings") {
            headless = true;
            continue;
        }
        let dashed = word.starts_with(b"-");
        let letters = if dashed { &word[1..] } else { &word[..] };
        if letters.first().is_none_or(|first| *first == b'-') {
            return Err(Refusal::NotModelled);
        }
        if !dashed && letters[0].is_ascii_digit() {
            asked.list_pids(letters)?;
            asked.form = asked.form.or(Some(STATES));
            continue;
        }
        // `-aux` and `-ax` are taken for `aux` and `ax`.
        let dashed = dashed && !matches!(letters, b"aux" | b"ax");
        for (at, letter) in letters.iter().enumerate() {
            let takes = b"op".contains(letter) || dashed && b"CuU".contains(letter);
            if takes {
                let attached = &letters[at + 1..];
                let value = if attached.is_empty() {
                    rest.next().map(Vec::as_slice)
                } else {
                    Some(attached)
                };
                asked.take(*letter, value)?;
                break;
            }
            asked.turn(*letter, dashed, &mut headless)?;
        }
        if !dashed && asked.columns.is_empty() {
            asked.form = asked.form.or(Some(STATES));
        }
    }
    if asked.bare && !asked.any_terminal {
        return Err(Refusal::NotModelled);
    }
    asked.all |= asked.bare;
    if asked.columns.is_empty() {
        asked.columns = columns::read(asked.form.unwrap_or(SHORT).as_bytes())?;
    }
    if headless {
        asked.columns.iter_mut().for_each(Column::drop_header);
    }
    Ok(asked)
}

impl Asked {
    /// An option by itself.
    fn turn(&mut self, letter: u8, dashed: bool, headless: &mut bool) -> Result<(), Refusal> {
        match (letter, dashed) {
            (b'e' | b'A', true) => self.all = true,
            (b'f', true) => self.form = Some(FULL),
            (b'u', false) => self.form = Some(USAGE),
            // All of those with a terminal; with `x`, all.
            (b'a', false) => self.bare = true,
            (b'x', _) => {
                self.any_terminal = true;
                self.form = self.form.or(Some(STATES));
            }
            (b'h', false) => *headless = true,
            (b'w', _) => {}
            _ => return Err(Refusal::NotModelled),
        }
        Ok(())
    }

    /// An option with a list.
    fn take(&mut self, letter: u8, value: Option<&[u8]>) -> Result<(), Refusal> {
        let Some(value) = value else {
            return Err(Refusal::Wrong(match letter {
                b'o' => "format specification must follow -o".into(),
                _ => "list of process IDs must follow -p".into(),
            }));
        };
        let items = || value.split(|byte| b", ".contains(byte)).map(<[u8]>::to_vec);
        match letter {
            b'o' => self.columns.extend(columns::read(value)?),
            b'p' => self.list_pids(value)?,
            b'C' => self.names.get_or_insert_default().extend(items()),
            _ => self.users.get_or_insert_default().extend(items()),
        }
        Ok(())
    }

    fn list_pids(&mut self, list: &[u8]) -> Result<(), Refusal> {
        for text in list.split(|byte| b", ".contains(byte)) {
            let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            let wrong = || Refusal::Wrong("process ID list syntax error".into());
            self.pids.get_or_insert_default().push(number.ok_or_else(wrong)?);
        }
        Ok(())
    }
}

/// `R` runs, `S` waits, `T` is stopped, `Z` has ended; `s` leads a session, `l` has threads, `+` is
/// in the foreground of its terminal.
fn state(one: &Listed, is_me: bool) -> String {
    let letter = match one {
        Listed { ended: true, .. } => 'Z',
        Listed { stopped: true, .. } => 'T',
        _ if is_me => 'R',
        _ => 'S',
    };
    let mut text = String::from(letter);
    if one.leads {
        text.push('s');
    }
    if one.argv.first().is_some_and(|name| base_name(name) == b"mysqld") && !one.ended {
        text.push('l');
    }
    if one.tty {
        text.push('+');
    }
    text
}

/// The whole command line, or what is left of one that has ended.
fn command_line(one: &Listed) -> Vec<u8> {
    match one.ended {
        true => say!("[", comm(one), "] <defunct>"),
        false => one.argv.join(&b' '),
    }
}

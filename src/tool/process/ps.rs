//! ps. Models procps 4.0's `ps`, `-e`, `-A`, `-ef`, `ax` and `aux`: what the model knows of a
//! process. The processor takes no time and memory is not counted: those columns show 0.

use super::super::Context;
use super::super::file::users;
use super::super::say::{base_name, say};
use crate::base::date::strftime;
use crate::os::Listed;

/// Which columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Short,
    /// `-f`.
    Full,
    /// `x`: with the state.
    States,
    /// `u`: with the user and what is used.
    Usage,
}

/// The kernel keeps so much of a command's name.
const COMM_BYTES: usize = 15;

/// ps.
pub fn ps(cx: &mut Context) -> u8 {
    let words: Vec<&[u8]> = cx.argv[1..].iter().map(Vec::as_slice).collect();
    let (form, all) = match words[..] {
        [] => (Form::Short, false),
        [b"-e" | b"-A"] => (Form::Short, true),
        [b"-ef" | b"-Af"] | [b"-e", b"-f"] | [b"-A", b"-f"] => (Form::Full, true),
        [b"-f"] => (Form::Full, false),
        [b"ax" | b"-ax"] => (Form::States, true),
        [b"aux" | b"axu" | b"-aux"] => (Form::Usage, true),
        _ => {
            let what = String::from_utf8_lossy(&words.join(&b" "[..])).into_owned();
            cx.not_modelled(&what);
            cx.complain("[Ordinal] this model's ps knows -e, -f, ax and aux");
            return 1;
        }
    };
    if form == Form::Usage {
        cx.not_modelled("%CPU %MEM VSZ RSS");
    }
    let mine = cx.sys.pid();
    let own = cx.sys.processes();
    let me = own.iter().find(|one| one.pid == mine).cloned().unwrap_or_default();
    let mut text = say!(match form {
        Form::Short => "    PID TTY          TIME CMD\n",
        Form::Full => "UID          PID    PPID  C STIME TTY          TIME CMD\n",
        Form::States => "    PID TTY      STAT   TIME COMMAND\n",
        Form::Usage => {
            "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
        }
    });
    for one in own.iter().filter(|one| all || (one.uid, one.tty) == (me.uid, me.tty)) {
        text.extend(line(cx, one, form, one.pid == mine));
    }
    cx.print(text);
    0
}

fn line(cx: &Context, one: &Listed, form: Form, is_me: bool) -> Vec<u8> {
    let (pid, parent) = (one.shown, one.parent);
    let tty = if one.tty { "pts/0" } else { "?" };
    let user = users::known_name_of(cx, one.uid, false);
    let user = user.map_or(one.uid.to_string(), |name| String::from_utf8_lossy(&name).into());
    let began = String::from_utf8_lossy(&strftime(b"%H:%M", one.began)).into_owned();
    let state = state(one, is_me);
    let before = match form {
        Form::Short => format!("{pid:>7} {tty:<8} 00:00:00 "),
        Form::Full => format!("{user:<8} {pid:>7} {parent:>7}  0 {began} {tty:<8} 00:00:00 "),
        Form::States => format!("{pid:>7} {tty:<8} {state:<4}   0:00 "),
        Form::Usage => {
            format!("{user:<8} {pid:>7}  0.0  0.0      0     0 {tty:<8} {state:<4} {began}   0:00 ")
        }
    };
    let name = base_name(one.argv.first().map_or(b"", Vec::as_slice));
    let name = &name[..name.len().min(COMM_BYTES)];
    let command = match (one.ended, form) {
        (true, Form::Short) => say!(name, " <defunct>"),
        (true, _) => say!("[", name, "] <defunct>"),
        (false, Form::Short) => name.to_vec(),
        (false, _) => one.argv.join(&b' '),
    };
    say!(before, command, "\n")
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

//! The columns of `ps`: procps' output.c.

use super::{Refusal, comm, command_line, state, user_of};
use crate::os::Listed;
use crate::tool::Context;
use crate::tool::say::say;

/// The columns of `ps`, by name; those with a `#` are no words of `-o`.
pub const SHORT: &str = "pid,tname,time,#cmd";
/// Of `-f`.
pub const FULL: &str = "#uid,pid,ppid,c,stime,tname,time,cmd";
/// Of `ax`.
pub const STATES: &str = "pid,tname,stat,bsdtime,args";
/// Of `u`.
pub const USAGE: &str = "user,pid,pcpu,pmem,vsz,rss,tname,stat,#start,bsdtime,args";

/// A column that there is: its names, its header, its width, whether it stands at the right.
type Known = (&'static [&'static str], &'static str, usize, bool);

const KNOWN: &[Known] = &[
    (&["pid", "tgid"], "PID", 7, true),
    (&["ppid"], "PPID", 7, true),
    (&["user", "euser", "uname"], "USER", 8, false),
    (&["ruser"], "RUSER", 8, false),
    (&["#uid"], "UID", 8, false),
    (&["uid", "euid"], "UID", 5, true),
    (&["comm", "ucmd", "ucomm"], "COMMAND", 15, false),
    (&["#cmd"], "CMD", 15, false),
    (&["args", "command"], "COMMAND", 27, false),
    (&["cmd"], "CMD", 27, false),
    (&["stat"], "STAT", 4, false),
    (&["s", "state"], "S", 1, false),
    (&["tt", "tty"], "TT", 8, false),
    (&["tname"], "TTY", 8, false),
    (&["time", "cputime"], "TIME", 8, true),
    (&["bsdtime"], "TIME", 6, true),
    (&["etime"], "ELAPSED", 11, true),
    (&["etimes"], "ELAPSED", 7, true),
    (&["lstart"], "STARTED", 24, true),
    (&["stime", "start_time"], "STIME", 5, false),
    (&["#start"], "START", 5, false),
    (&["c"], "C", 2, true),
    (&["pcpu", "%cpu"], "%CPU", 4, true),
    (&["pmem", "%mem"], "%MEM", 4, true),
    (&["vsz", "vsize"], "VSZ", 6, true),
    (&["rss", "rssize", "rsz"], "RSS", 5, true),
    (&["ni", "nice"], "NI", 3, true),
];

/// A column that is shown.
pub struct Column {
    known: &'static Known,
    header: String,
    width: usize,
}

impl Column {
    /// Its first name.
    pub fn name(&self) -> &'static str {
        self.known.0[0]
    }

    /// Whether the model does not count what it shows.
    pub fn is_counted(&self) -> bool {
        matches!(self.name(), "pcpu" | "pmem" | "vsz" | "rss")
    }

    /// It has no header.
    pub fn drop_header(&mut self) {
        self.header.clear();
    }

    fn fill(&self, text: &[u8], is_last: bool) -> Vec<u8> {
        let missing = vec![b' '; self.width.saturating_sub(text.len())];
        match (self.known.3, is_last) {
            (true, _) => say!(missing, text),
            (false, true) => text.to_vec(),
            (false, false) => say!(text[..text.len().min(self.width)], missing),
        }
    }
}

/// A list of columns, each perhaps with a width (`user:12`) or a header (`pid=`).
pub fn read(list: &[u8]) -> Result<Vec<Column>, Refusal> {
    String::from_utf8_lossy(list).split([',', ' ']).map(read_one).collect()
}

fn read_one(word: &str) -> Result<Column, Refusal> {
    let (name, header) = match word.split_once('=') {
        Some((name, header)) => (name, Some(header)),
        None => (word, None),
    };
    let (name, width) = match name.split_once(':') {
        Some((name, width)) => (name, width.parse::<usize>().ok().map(|it| it.min(1_000))),
        None => (name, None),
    };
    let Some(known) = KNOWN.iter().find(|known| known.0.contains(&name)) else {
        let why = format!("unknown user-defined format specifier \"{name}\"");
        return Err(if REAL.contains(&name) { Refusal::NotModelled } else { Refusal::Wrong(why) });
    };
    let header = header.unwrap_or(known.1).to_string();
    let width = width.unwrap_or(known.2.max(header.len()));
    Ok(Column { known, header, width })
}

/// Columns of procps that the model lacks.
const REAL: &[&str] = &[
    "blocked", "bsdstart", "caught", "cgroup", "class", "cls", "cp", "cpuid", "egid", "egroup",
    "eip", "esp", "f", "fgid", "fgroup", "flag", "flags", "fname", "fuid", "fuser", "gid", "group",
    "ignored", "ipcns", "label", "lwp", "lxc", "machine", "maj_flt", "min_flt", "mntns", "netns",
    "nlwp", "nwchan", "oom", "ouid", "pending", "pgid", "pgrp", "pidns", "pri", "psr", "rgid",
    "rgroup", "rtprio", "ruid", "sched", "seat", "sess", "sgi_p", "sgid", "sgroup", "sid", "sig",
    "size", "slice", "spid", "stackp", "start", "suid", "supgid", "supgrp", "suser", "svgid",
    "svuid", "sz", "thcount", "tid", "tpgid", "trs", "unit", "userns", "utsns", "wchan",
];

/// The first line; none where no column has a header.
pub fn header(columns: &[Column]) -> Vec<u8> {
    if columns.iter().all(|column| column.header.is_empty()) {
        return Vec::new();
    }
    let last = columns.len() - 1;
    let cells = columns.iter().enumerate();
    let cells: Vec<Vec<u8>> =
        cells.map(|(at, column)| column.fill(column.header.as_bytes(), at == last)).collect();
    say!(cells.join(&b' '), "\n")
}

/// A process' line.
pub fn row(cx: &Context, columns: &[Column], one: &Listed, is_me: bool) -> Vec<u8> {
    let last = columns.len() - 1;
    let cells = columns.iter().enumerate();
    let cells: Vec<Vec<u8>> =
        cells.map(|(at, column)| column.fill(&cell(cx, column, one, is_me), at == last)).collect();
    say!(cells.join(&b' '), "\n")
}

fn cell(cx: &Context, column: &Column, one: &Listed, is_me: bool) -> Vec<u8> {
    let seconds = cx.sys.now().unix_secs().saturating_sub(one.began.unix_secs());
    let text = match column.name() {
        "pid" => one.shown.to_string(),
        "ppid" => one.parent.to_string(),
        "user" | "ruser" | "#uid" => user_of(cx, one),
        "uid" => one.uid.to_string(),
        "comm" | "#cmd" => {
            let ended = if one.ended { " <defunct>" } else { "" };
            return say!(comm(one), ended);
        }
        "args" | "cmd" => return command_line(one),
        "stat" => state(one, is_me),
        "s" => state(one, is_me)[..1].to_string(),
        "tt" | "tname" => if one.tty { "pts/0" } else { "?" }.to_string(),
        "time" => "00:00:00".into(),
        "bsdtime" => "0:00".into(),
        "etime" => elapsed(seconds),
        "etimes" => seconds.to_string(),
        "lstart" => return cx.strftime(b"%a %b %e %H:%M:%S %Y", one.began),
        "stime" | "#start" => return cx.strftime(b"%H:%M", one.began),
        "pcpu" | "pmem" => "0.0".into(),
        _ => "0".into(),
    };
    text.into_bytes()
}

/// `[[DD-]HH:]MM:SS`.
fn elapsed(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes:02}:{seconds:02}"),
        (0, hours) => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        (days, hours) => format!("{days}-{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

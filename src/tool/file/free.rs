//! df.

use super::super::args::{self, Options};
use super::super::say::say;
use super::super::{Context, quote};
use super::measure::human;
use crate::os::FileSystem;

const DF: Options = Options {
    short: "hkPTl",
    long: &[("human-readable", 'h'), ("portability", 'P'), ("print-type", 'T'), ("local", 'l')],
    lacking: "aBHimtvx all block-size exclude-type inodes no-sync output si sync total type",
    fail: 1,
    stop_early: false,
};

/// df.
pub fn df(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &DF) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let mut code = 0;
    let mut systems = Vec::new();
    for path in &args.operands {
        match cx.sys.file_system(path) {
            Ok(system) => systems.push(system),
            Err(errno) => {
                cx.complain(say!(quote::needed(path), ": ", errno.text()));
                code = 1;
            }
        }
    }
    if args.operands.is_empty() {
        systems = once_each(cx.sys.file_systems());
    }
    if !systems.is_empty() {
        show(cx, &args, &systems);
    }
    code
}

/// Each device once, where it is mounted nearest to the root. Models `filter_mount_list`.
fn once_each(all: Vec<FileSystem>) -> Vec<FileSystem> {
    let mut shown: Vec<FileSystem> = Vec::new();
    for system in all {
        match shown.iter_mut().find(|known| known.source == system.source) {
            Some(known) if system.at.len() < known.at.len() => *known = system,
            Some(_) => {}
            None => shown.push(system),
        }
    }
    shown
}

fn show(cx: &mut Context, args: &args::Args, systems: &[FileSystem]) {
    let is_human = args.last_of("hk") == Some('h');
    let posix = args.has('P') && !is_human;
    let blocks = match (is_human, posix) {
        (true, _) => "Size",
        (_, true) => "1024-blocks",
        (_, false) => "1K-blocks",
    };
    let available = if is_human { "Avail" } else { "Available" };
    let share = if posix { "Capacity" } else { "Use%" };
    let size = |bytes: u64| match is_human {
        true => human(bytes),
        false => bytes.div_ceil(1_024).to_string(),
    };
    let head = ["Filesystem", "Type", blocks, "Used", available, share, "Mounted on"];
    let mut rows: Vec<[String; 7]> = vec![head.map(String::from)];
    for system in systems {
        // A file system's blocks are all there are, and are root's too: ext4 keeps some back.
        let used = system.used.min(system.size).next_multiple_of(4_096).min(system.size);
        let percent = (u128::from(used) * 100).div_ceil(u128::from(system.size.max(1)));
        rows.push([
            system.source.clone(),
            system.kind.into(),
            size(system.size),
            size(used),
            size(system.size - used),
            format!("{percent}%"),
            String::from_utf8_lossy(&system.at).into_owned(),
        ]);
    }
    let least = [14, 4, 5, 5, 5, 4, 0];
    let width = |column: usize| {
        let widest = rows.iter().map(|row| row[column].len()).max();
        widest.unwrap_or_default().max(least[column])
    };
    for row in &rows {
        let mut line = format!("{:<1$}", row[0], width(0));
        if args.has('T') {
            line += &format!(" {:<1$}", row[1], width(1));
        }
        for (column, text) in row.iter().enumerate().take(6).skip(2) {
            line += &format!(" {text:>0$}", width(column));
        }
        cx.print(format!("{line} {}\n", row[6]));
    }
}

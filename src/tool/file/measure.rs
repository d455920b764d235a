//! du.

use super::super::args::{self, Options};
use super::super::say::{join, number, say};
use super::super::{Context, quote};
use super::stat::{blocks, shown_size};
use crate::os::FileKind;

const DU: Options = Options {
    short: "sahkmbcd:|A",
    long: &[
        ("summarize", 's'),
        ("all", 'a'),
        ("human-readable", 'h'),
        ("bytes", 'b'),
        ("apparent-size", 'A'),
        ("total", 'c'),
        ("max-depth", 'd'),
    ],
    lacking: "0BDHlLPStxX null block-size dereference exclude exclude-from files0-from inodes si \
              separate-dirs threshold time one-file-system",
    fail: 1,
    stop_early: false,
};

/// `4.0K`, `12M`: rounded up, as du -h and ls -h do.
pub fn human(bytes: u64) -> String {
    if bytes < 1_024 {
        return bytes.to_string();
    }
    let units = ["K", "M", "G", "T", "P", "E"];
    let mut scale = 1_024u128;
    let mut unit = 0;
    let bytes = u128::from(bytes);
    while bytes.div_ceil(scale) >= 1_024 && unit + 1 < units.len() {
        scale *= 1_024;
        unit += 1;
    }
    let tenths = (bytes * 10).div_ceil(scale);
    if tenths < 100 {
        format!("{}.{}{}", tenths / 10, tenths % 10, units[unit])
    } else {
        format!("{}{}", bytes.div_ceil(scale), units[unit])
    }
}

struct Frame {
    path: Vec<u8>,
    names: Vec<Vec<u8>>,
    total: u64,
}

/// `-d`, `-s`.
fn depth_max(cx: &mut Context, args: &args::Args) -> Result<u64, u8> {
    let Some(text) = args.value('d') else {
        return Ok(if args.has('s') { 0 } else { u64::MAX });
    };
    number(text).ok_or_else(|| {
        cx.complain(say!("invalid maximum depth ", quote::always(text)));
        args::usage(cx, 1)
    })
}

/// du.
pub fn du(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &DU) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let depth_max = match depth_max(cx, &args) {
        Ok(depth) => depth,
        Err(code) => return code,
    };
    let apparent = args.has('b') || args.has('A');
    let show = |bytes: u64| match args.last_of("hkmb") {
        Some('h') => human(bytes),
        Some('m') => bytes.div_ceil(1_048_576).to_string(),
        Some('b') => bytes.to_string(),
        _ => bytes.div_ceil(1_024).to_string(),
    };
    let roots = if args.operands.is_empty() { vec![b".".to_vec()] } else { args.operands.clone() };
    let mut code = 0;
    let mut grand = 0;
    for root in &roots {
        let mut stack: Vec<Frame> = Vec::new();
        let mut entry = Some(root.clone());
        loop {
            if let Some(path) = entry.take() {
                let stat = match cx.sys.stat(&path, false) {
                    Ok(stat) => stat,
                    Err(errno) => {
                        let name = quote::always(&path);
                        cx.complain(say!("cannot access ", name, ": ", errno.text()));
                        code = 1;
                        break;
                    }
                };
                let own = if apparent { shown_size(&stat) } else { blocks(&stat) * 512 };
                if stat.kind == FileKind::Directory {
                    let mut names = cx.sys.read_dir(&path).unwrap_or_default();
                    names.reverse();
                    stack.push(Frame { path, names, total: own });
                } else {
                    let depth = stack.len() as u64;
                    if depth == 0 || (args.has('a') && depth <= depth_max) {
                        cx.print(say!(show(own), "\t", path, "\n"));
                    }
                    match stack.last_mut() {
                        Some(frame) => frame.total += own,
                        None => grand += own,
                    }
                }
            }
            let Some(frame) = stack.last_mut() else { break };
            if let Some(name) = frame.names.pop() {
                entry = Some(join(&frame.path, &name));
                continue;
            }
            let frame = stack.pop().expect("it was there");
            if stack.len() as u64 <= depth_max {
                cx.print(say!(show(frame.total), "\t", frame.path, "\n"));
            }
            match stack.last_mut() {
                Some(parent) => parent.total += frame.total,
                None => grand += frame.total,
            }
        }
    }
    if args.has('c') {
        cx.print(say!(show(grand), "\ttotal\n"));
    }
    code
}

//! The real printers, section by section.
//!
//! A section shows what kubectl printed of some objects. The judge makes such objects: from the
//! cells of a table (so that widths, order and the shape of each cell are judged), from the name of
//! a pod's state (so that READY and STATUS are computed), and from the words of `describe`.

mod parse;
mod states;

use std::path::PathBuf;

use ordinal::base::SimTime;
use ordinal::kube::print::{Listing, describe, table};
use ordinal::kube::{Cluster, Options};

/// When everything is printed: long after the oldest thing.
pub const NOW: SimTime = SimTime(3 * 365 * 86_400_000);

struct Section {
    title: String,
    lines: Vec<String>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("### "), all.last_mut()) {
            (Some(title), _) => {
                all.push(Section { title: title.trim().to_string(), lines: Vec::new() });
            }
            (None, Some(section)) => section.lines.push(line.to_string()),
            (None, None) => {}
        }
    }
    for section in &mut all {
        while section.lines.last().is_some_and(|line| line.trim().is_empty()) {
            section.lines.pop();
        }
    }
    all
}

/// What our printers make of a section; `None`: of a kind the judge cannot make objects for.
fn printed(section: &Section) -> Option<String> {
    let words: Vec<&str> = section.title.split([' ', ',']).collect();
    match words.as_slice() {
        ["get", kind, ..] => {
            let plural = parse::plural(kind)?;
            let wide = section.title.contains("wide");
            let states = section.title.contains("state");
            let rows = parse::rows(&section.lines);
            let objects = rows
                .iter()
                .map(|row| if states { states::pod(row) } else { parse::object(plural, row) })
                .collect::<Option<Vec<_>>>()?;
            let listing = Listing { wide, ..Listing::default() };
            Some(table(plural, &objects, listing, NOW))
        }
        ["describe", "pod", ..] => {
            let (store, object, now) = parse::described_pod(&section.lines, base())?;
            Some(describe(&store, &object, now))
        }
        _ => None,
    }
}

fn base() -> ordinal::kube::Store {
    Cluster::new(Options::default()).store().clone()
}

fn folder() -> PathBuf {
    std::env::var_os("ORDINAL_ORACLE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle"),
        PathBuf::from,
    )
}

/// What stands between gaps of two and more spaces.
fn cells(line: &str) -> Vec<&str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

/// The rows of a section that hold; a table counts row by row, a text as one.
fn judge(section: &Section) -> (usize, usize, Vec<String>) {
    let is_table = section.title.starts_with("get");
    let all = if is_table { section.lines.len().saturating_sub(1).max(1) } else { 1 };
    let Some(text) = printed(section) else {
        return (0, all, vec![format!("{}: no objects can be made for it", section.title)]);
    };
    let ours: Vec<&str> = text.lines().collect();
    let pairs = section.lines.iter().zip(ours.iter().chain(std::iter::repeat(&"")));
    // A row that was left out of the section may have made its columns wider than ours.
    let wider =
        is_table && section.lines.first().map(String::len) > ours.first().map(|one| one.len());
    let same = |want: &str, did: &str| want == did || wider && cells(want) == cells(did);
    let wrong: Vec<String> = pairs
        .filter(|(want, did)| !same(want, did))
        .map(|(want, did)| format!("{}:\n  want: {want:?}\n  did:  {did:?}", section.title))
        .collect();
    let longer = ours.len() != section.lines.len();
    let held = match (is_table, wrong.len()) {
        (true, bad) => all.saturating_sub(bad),
        (false, 0) if !longer => 1,
        _ => 0,
    };
    (held, all, wrong)
}

#[test]
fn kubectl_would_print_the_same() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the oracle's folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("kubectl") && name.ends_with(".txt")
        })
        .collect();
    files.sort();
    let (mut held, mut all, mut wrong) = (0, 0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("an oracle file is text");
        for section in sections(&text) {
            let (good, rows, mut complaints) = judge(&section);
            held += good;
            all += rows;
            wrong.append(&mut complaints);
        }
    }
    println!("printers {held} of {all}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

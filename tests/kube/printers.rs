//! The real printers, section by section.
//!
//! A section shows what kubectl printed of some objects. The judge makes such objects: from the
//! cells of a table (so that widths, order and the shape of each cell are judged), from the name of
//! a pod's state (so that READY and STATUS are computed), and from the words of `describe`.

mod cluster;
mod described;
mod parse;
mod states;

use std::path::PathBuf;

use ordinal::base::SimTime;
use ordinal::kube::print::{Listing, describe, events_table, table};
use ordinal::kube::{Cluster, Options};
use ordinal::manifest::object::{Event, Object};

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
    let words: Vec<&str> =
        section.title.split([' ', ',']).filter(|word| *word != "kubectl").collect();
    match words.as_slice() {
        ["events", ..] => {
            let rows = parse::rows(&section.lines);
            let objects =
                rows.iter().map(|row| parse::object("events", row)).collect::<Option<Vec<_>>>()?;
            let events: Vec<&Event> = objects
                .iter()
                .filter_map(
                    |one| if let Object::Event(event) = one { Some(&**event) } else { None },
                )
                .collect();
            Some(events_table(&events, NOW, false))
        }
        ["get", kind, ..] => {
            let plural = parse::plural(kind)?;
            let has = |mark: &str| words.contains(&mark) || section.title.contains(mark);
            let states = plural == "pods" && has("state");
            let listing = Listing {
                wide: has("wide"),
                all_namespaces: words.contains(&"-A") || has("--all-namespaces"),
                show_labels: has("--show-labels"),
                ..Listing::default()
            };
            let rows = parse::rows(&section.lines);
            let lines = section.lines.iter().skip(1);
            let objects =
                rows.iter()
                    .zip(lines)
                    .map(|(row, line)| {
                        if states {
                            stated(row, line, &listing)
                        } else {
                            parse::object(plural, row)
                        }
                    })
                    .collect::<Option<Vec<_>>>()?;
            Some(table(plural, &objects, &listing, NOW))
        }
        ["describe", kind, ..] => {
            let plural = parse::plural(kind)?;
            let (store, object, now) = described::object(plural, &section.lines, base())?;
            Some(describe(&store, &object, now))
        }
        _ => None,
    }
}

/// The pod of a row whose name says its state. Where the name leaves that open, the first of the
/// known states that prints as the row does.
fn stated(row: &parse::Row, line: &str, listing: &Listing) -> Option<Object> {
    let listing = Listing { no_headers: true, ..listing.clone() };
    let all = states::pods(row);
    let same = |pod: &&Object| {
        cells(&table("pods", std::slice::from_ref(*pod), &listing, NOW)) == cells(line)
    };
    all.iter().find(same).or(all.first()).cloned()
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

/// Judges all sections of a text: rows that hold, rows, complaints.
fn judge_all(text: &str) -> (usize, usize, Vec<String>) {
    let (mut held, mut all, mut wrong) = (0, 0, Vec::new());
    for section in sections(text) {
        let (good, rows, mut complaints) = judge(&section);
        held += good;
        all += rows;
        wrong.append(&mut complaints);
    }
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
        let (good, rows, complaints) = judge_all(&text);
        held += good;
        all += rows;
        wrong.extend(complaints);
    }
    println!("printers {held} of {all}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sections that the oracle does not show, in its form. They were not printed by the real kubectl:
/// they follow from its printers' source.
#[test]
fn kubectl_would_print_more_kinds_and_states_so() {
    let (held, all, wrong) = judge_all(include_str!("printers/expected.txt"));
    println!("printers, expected {held} of {all}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

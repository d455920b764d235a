//! `dist/licences.txt`: what the page is made of, and on whose terms.
//!
//! MIT and its like ask that their notice goes with every copy; the page is a copy.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Trouble;
use crate::command::cargo;

/// A crate that is compiled into the page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    licence: String,
}

/// Writes the notices of every crate in the page's graph.
pub fn write(root: &Path) -> Result<(), Trouble> {
    let tree = cargo()
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--features", "ui"])
        .args(["--target", "wasm32-unknown-unknown", "--prefix", "none", "--format", "{p} | {l}"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo tree does not run: {error}"))?;
    if !tree.status.success() {
        return Err(String::from_utf8_lossy(&tree.stderr).into_owned());
    }
    let parts = parts(&String::from_utf8_lossy(&tree.stdout));
    let text = text(&parts, &registries());
    fs::write(root.join("dist/licences.txt"), text)
        .map_err(|error| format!("dist/licences.txt cannot be written: {error}"))
}

/// Reads cargo tree's lines; the app itself, which lies at a path, is left out.
fn parts(tree: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = tree.lines().filter_map(part).collect();
    parts.sort();
    parts.dedup();
    parts
}

fn part(line: &str) -> Option<Part> {
    let (package, licence) = line.trim_end_matches(" (*)").split_once(" | ")?;
    let mut words = package.split(' ');
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    if words.next().is_some_and(|word| word.starts_with("(/")) {
        return None;
    }
    Some(Part { name: name.into(), version: version.into(), licence: licence.into() })
}

/// The folders into which cargo unpacks crates.
fn registries() -> Vec<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or(env::home_dir().map(|it| it.join(".cargo"))).unwrap_or_default();
    let entries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// One list of all parts, then each notice once, under the names of those that carry it.
fn text(parts: &[Part], registries: &[PathBuf]) -> String {
    let mut out = String::from("Ordinal contains these parts, each on the terms named.\n\n");
    let mut notices: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts {
        out += &format!("{} {}: {}\n", part.name, part.version, part.licence);
        for notice in notices_of(part, registries) {
            notices.entry(notice).or_default().push(part.name.clone());
        }
    }
    for (notice, mut names) in notices {
        names.dedup();
        out += &format!("\n{}\n{}\n\n{notice}\n", "=".repeat(72), names.join(", "));
    }
    out
}

/// The notices in a crate's folder, their line ends and outer space made even.
fn notices_of(part: &Part, registries: &[PathBuf]) -> Vec<String> {
    let folder = format!("{}-{}", part.name, part.version);
    let entries = registries.iter().flat_map(|it| fs::read_dir(it.join(&folder)));
    let files = entries.flatten().flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        ["license", "licence", "copying", "notice", "unlicense"]
            .iter()
            .any(|it| name.starts_with(it))
    });
    let texts = files.filter_map(|entry| fs::read_to_string(entry.path()).ok());
    texts.map(|text| text.lines().collect::<Vec<_>>().join("\n").trim().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_listed_once_and_the_app_not_at_all() {
        let tree = "ordinal v0.1.0 (/somewhere/ordinal) | MIT\n\
                    ahash v0.8.12 | MIT OR Apache-2.0\n\
                    bon-macros v3.10.3 (proc-macro) | MIT\n\
                    ahash v0.8.12 | MIT OR Apache-2.0 (*)\n";
        let names: Vec<String> = parts(tree).into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["ahash", "bon-macros"]);
    }
}

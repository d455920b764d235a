//! The page's program in two files: what it needs to be there and to compute and show a run's
//! opening, and the rest, which the page fetches while that is shown.
//!
//! Which functions are needed is watched in a browser by `cargo xtask record`, and kept in
//! `xtask/cold.txt` as digests of the names of those that are not. A function that is not named
//! there, because it is new, stays in the first file; so an old list costs size, and where a listed
//! function is needed early after all, a wait for the second file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Trouble;
use crate::command::{run, say};
use crate::site;
use crate::tool;
use crate::wasm::{Halves, Module, cold, cut, mark};

/// Digests of names, one a line.
const COLD: &str = "xtask/cold.txt";

/// The program as the linker leaves it: it tells where constants lie and which name which.
const LINKED: &str = "target/wasm32-unknown-unknown/release/app.wasm";

/// Cuts the program in `dist/`.
pub fn cut_page(root: &Path) -> Result<(), Trouble> {
    let list = read_text(&root.join(COLD))?;
    let digests = list.lines().map(|line| u64::from_str_radix(line, 16));
    let digests: BTreeSet<u64> = digests
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{COLD} is not a list of digests: {error}"))?;
    let dist = root.join("dist");
    let whole = program(&dist)?;
    let linked = read_module(&root.join(LINKED))?;
    let Halves { first, rest } = cut(&read_module(&whole)?, &linked, &digests)?;
    let name = whole.to_string_lossy().replace("_bg.wasm", "_rest.wasm");
    write(Path::new(&name), &rest)?;
    write(&whole, &first)?;
    tell_size(&dist.join("index.html"), first.len())
}

/// Trunk tells its script how long the program is, for the bar that shows how much has arrived; it
/// means the program as it was before wasm-opt.
fn tell_size(page: &Path, bytes: usize) -> Result<(), Trouble> {
    let text = read_text(page)?;
    let mark = "_bg.wasm', ";
    let at = text.find(mark).ok_or("dist/index.html does not say how long the program is")?;
    let (before, after) = text.split_at(at + mark.len());
    let after = after.trim_start_matches(|it: char| it.is_ascii_digit());
    write(page, format!("{before}{bytes}{after}").as_bytes())
}

/// `cargo xtask record`: watches a first visit in a browser, and writes the list.
pub fn record(root: &Path) -> Result<(), Trouble> {
    let tools = tool::ready(root, true)?;
    site::whole(root, &tools)?;
    let watched = root.join("target/watched");
    copy(&root.join("dist"), &watched)?;
    let program = program(&watched)?;
    let module = read_module(&program)?;
    let (marked, first) = mark(&module)?;
    write(&program, &marked.write())?;
    let (count, seen) = (module.bodies()?.len(), watched.join("ran"));
    let mut node = Command::new("node");
    node.arg("end2end/record.mjs").arg(&watched).args([first.to_string(), count.to_string()]);
    node.arg(&seen).env("PATH", &tools.path).current_dir(root);
    if let Some(chromium) = &tools.chromium {
        node.env("CHROMIUM", chromium);
    }
    run(&mut node, "A first visit could not be watched: the lines above say why.")?;
    let ran = fs::read(&seen).map_err(|error| format!("{} is missing: {error}", seen.display()))?;
    let digests = cold(&module, &ran)?;
    say(&format!(
        "{} functions ran; {} names are cold",
        ran.iter().filter(|it| **it != 0).count(),
        digests.len()
    ));
    let lines: String = digests.iter().map(|digest| format!("{digest:016x}\n")).collect();
    write(&root.join(COLD), lines.as_bytes())
}

/// The one wasm file that trunk makes.
fn program(folder: &Path) -> Result<PathBuf, Trouble> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let mut found = entries.filter(|it| it.to_string_lossy().ends_with("_bg.wasm"));
    found.next().ok_or_else(|| format!("{} has no program", folder.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    let all = || -> std::io::Result<()> {
        let _ = fs::remove_dir_all(to);
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    };
    all().map_err(|error| format!("{} cannot be copied: {error}", from.display()))
}

fn read_module(path: &Path) -> Result<Module, Trouble> {
    let bytes = fs::read(path).map_err(|it| format!("{} cannot be read: {it}", path.display()))?;
    Module::read(&bytes)
}

fn read_text(path: &Path) -> Result<String, Trouble> {
    fs::read_to_string(path).map_err(|it| format!("{} cannot be read: {it}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    fs::write(path, bytes).map_err(|it| format!("{} cannot be written: {it}", path.display()))
}

//! The manifests a command works on.

use std::io::Read as _;

use ordinal::manifest::export::{self, ExportOptions};
use ordinal::manifest::{Diagnostic, Manifests, Severity};
use ordinal::text::{self, Lang};

/// Files as a session takes them: names and texts.
pub type Files = Vec<(String, String)>;

/// A file's text; `-` is the standard input.
pub fn read(name: &str) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(name)?;
    }
    String::from_utf8(bytes).map_err(|_| std::io::Error::other("the file is not UTF-8 text"))
}

/// The files named, or the default manifests, with the options changed.
///
/// # Errors
/// What is wrong, located, one line each, ready to print.
pub fn manifests(names: &[String], options: &ExportOptions, lang: Lang) -> Result<Files, String> {
    let mut files = Vec::new();
    for name in names {
        let text = read(name).map_err(|error| format!("ordinal: {name}: {error}\n"))?;
        files.push((if name == "-" { "STDIN".into() } else { name.clone() }, text));
    }
    if names.is_empty() {
        files = export::default_files();
    }
    changed(files, options, lang)
}

/// These files, with the options changed.
///
/// # Errors
/// What is wrong, located, one line each, ready to print.
pub fn changed(files: Files, options: &ExportOptions, lang: Lang) -> Result<Files, String> {
    let (manifests, diagnostics) = Manifests::read(files.clone());
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    let mut errors = diagnostics.iter().filter(is_error).peekable();
    if errors.peek().is_some() {
        let line = |one| text::diagnostic::line(lang, manifests.files(), one) + "\n";
        return Err(errors.map(line).collect());
    }
    if *options == ExportOptions::default() {
        return Ok(files);
    }
    let changed = export::export(&manifests, options).map_err(|problems| {
        let line = |one| format!("ordinal: {}\n", text::export::problem(lang, one).plain());
        problems.iter().map(line).collect::<String>()
    })?;
    Ok(changed.into_iter().map(|file| (file.name, file.text)).collect())
}

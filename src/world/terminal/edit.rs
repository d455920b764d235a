//! One field of an object changed, as `kubectl edit` would.

use serde_json::{Value, json};

use super::super::apply::Doing;
use super::super::state::World;
use super::ChunkKind;
use super::desk::At;
use crate::base::Pid;
use crate::kube::kubectl::Kubectl;
use crate::span::yaml::{Path, Segment};

/// The terminal in which edits are shown.
const TERMINAL: u32 = 1;

impl World {
    /// Changes a field of an object in the cluster; what kubectl says of it is on the first
    /// terminal.
    pub(in crate::world) fn edit(
        &mut self,
        object: &str,
        path: &str,
        value: &str,
        doing: &mut Doing,
    ) {
        self.say(TERMINAL, ChunkKind::Command, &format!("kubectl edit {object}"));
        let patch = patch(path, value).to_string();
        let words = ["patch", object, "--type=json", "-p", &patch].map(str::to_string);
        let mut desk = At::new(self, Pid(0), doing);
        Kubectl::new(&words).turn(&mut desk);
        for (stderr, text) in desk.printed() {
            let text = text.text().replace(" patched\n", " edited\n");
            let kind = if stderr { ChunkKind::Errors } else { ChunkKind::Output };
            self.say(TERMINAL, kind, &text);
        }
    }
}

/// A JSON patch (RFC 6902) that sets one field.
fn patch(path: &str, value: &str) -> Value {
    let mut pointer = String::new();
    let mut op = "add";
    for step in Path::parse(path).0 {
        match step {
            Segment::Key(key) => {
                op = "add";
                pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1")));
            }
            Segment::Index(index) => {
                op = "replace";
                pointer.push_str(&format!("/{index}"));
            }
        }
    }
    let value: Value = serde_yaml::from_str(value).unwrap_or_else(|_| json!(value));
    json!([{"op": op, "path": pointer, "value": value}])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_pointer_and_a_value_keeps_its_type() {
        let rows = [
            (
                "spec.template.spec.containers[0].image",
                "mysql:5.7.44",
                json!([{"op": "add", "path": "/spec/template/spec/containers/0/image",
                        "value": "mysql:5.7.44"}]),
            ),
            ("spec.replicas", "5", json!([{"op": "add", "path": "/spec/replicas", "value": 5}])),
        ];
        for (path, value, want) in rows {
            assert_eq!(patch(path, value), want, "{path}");
        }
    }
}

//! `edit`. Models kubectl/pkg/cmd/util/editor.

use serde_json::Value;

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::kube::key_of;
use crate::manifest::decode;
use crate::manifest::object::Object;
use crate::sim::ObjectKey;

const HEAD: &str = "# Please edit the object below. Lines beginning with a '#' will be ignored,\n\
    # and an empty file will abort the edit. If an error occurs while saving this file will be\n\
    # reopened with the relevant failures.\n#\n";

const CANCELLED: &str = "Edit cancelled, no changes made.\n";

impl Kubectl {
    pub(super) fn edit(&mut self, desk: &mut dyn Desk) -> Answer {
        if self.args.names.is_empty() && !self.args.flags.contains_key("filename") {
            return Err(Failure::new(
                "error: must specify one of -f and -k\n\nerror: Required resource not specified.",
            ));
        }
        let object = self.one(desk, &self.args.names)?;
        let Some(kind) = object.kind_info() else { return DONE };
        let text = format!("{HEAD}{}", super::yaml::document(&object.to_value()));
        desk.edit(&text).map_err(|editor| {
            Failure::new(format!("error: unable to launch the editor {editor:?}"))
        })?;
        self.edit_on(desk, kind.plural, key_of(object.metadata()), text)
    }

    /// The editor is open, or has just been closed.
    pub(super) fn edit_on(
        &mut self,
        desk: &mut dyn Desk,
        plural: &'static str,
        at: ObjectKey,
        text: String,
    ) -> Answer {
        let Some(edited) = desk.edited() else {
            self.state = State::Edit { plural, at, text };
            return Ok(Progress::Waiting);
        };
        let edited = edited.map_err(|editor| {
            Failure::new(format!("error: there was a problem with the editor {editor:?}"))
        })?;
        let is_said = |line: &&str| !line.starts_with('#') && !line.trim().is_empty();
        let unchanged = edited.lines().filter(is_said).eq(text.lines().filter(is_said));
        if unchanged || !edited.lines().any(|line| is_said(&line)) {
            desk.err(CANCELLED);
            return DONE;
        }
        let value: Value = serde_yaml::from_str(&edited).map_err(|error| {
            Failure::new(format!(
                "error: error parsing edited-file: error converting YAML to JSON: {}\n\
                 error: Edit cancelled, no valid changes were saved.",
                super::yaml::trouble(&error)
            ))
        })?;
        let Some(object) = desk.cluster().store().get(plural, &at) else {
            return Err(Failure::new(format!(
                "Error from server (NotFound): {plural} {:?} not found",
                at.name
            )));
        };
        let next = decoded(&value)?;
        self.replace_with(desk, &object, next, "edited", "edited")
    }
}

/// An object from a tree, or the server's refusal to read it.
pub(super) fn decoded(value: &Value) -> Result<Object, Failure> {
    let wrong = |said: String| Failure::new(format!("Error from server (BadRequest): {said}"));
    let object = Object::from_value(value);
    let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
    let kinds = crate::manifest::object::KINDS;
    if let Some(info) = kinds.iter().find(|one| one.kind == text("kind")) {
        let mut found = decode::decode(info.kind, value);
        // A patch may name fields nobody knows: the server drops them.
        found.unknown.clear();
        if let Some(refusal) = found.refusal(info.kind, text("apiVersion")) {
            return Err(wrong(refusal));
        }
    }
    object.map_err(|error| wrong(error.to_string()))
}

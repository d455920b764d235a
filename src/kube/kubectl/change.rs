//! `scale`, `patch`, `label`, `annotate`, `cordon`.

use serde_json::Value;

use super::edit::decoded;
use super::select::full_name;
use super::{Answer, DONE, Desk, Failure, Kubectl};
use crate::kube::apply::{Refusal, merge_patch};
use crate::manifest::object::Object;

impl Kubectl {
    pub(super) fn scale(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(text) = self.args.value("replicas") else {
            return Err(Failure::new("error: required flag(s) \"replicas\" not set"));
        };
        let number = |text: &str, flag: &str| {
            text.parse::<i64>().map_err(|_| {
                Failure::new(format!(
                    "error: invalid argument {text:?} for \"--{flag}\" flag: strconv.ParseInt: \
                     parsing {text:?}: invalid syntax\nSee 'kubectl scale --help' for usage."
                ))
            })
        };
        let replicas = number(text, "replicas")?;
        let expected = match self.args.value("current-replicas") {
            Some(text) => number(text, "current-replicas")?,
            None => -1,
        };
        let Ok(replicas) = u32::try_from(replicas) else {
            let text = "error: The --replicas=COUNT flag is required, and COUNT must be greater \
                        than or equal to 0";
            return Err(Failure::new(text));
        };
        for object in self.every(desk, &self.args.names)? {
            let Object::StatefulSet(set) = &object else {
                let text = "Error from server (NotFound): the server could not find the requested \
                            resource";
                return Err(Failure::new(text));
            };
            let now = i64::from(set.replicas());
            if expected >= 0 && expected != now {
                let text = format!("error: Expected replicas to be {expected}, was {now}");
                return Err(Failure::new(text));
            }
            if self.dry_run().is_none() {
                let at = crate::kube::key_of(&set.metadata);
                let mut result = Ok(());
                desk.change(&mut |cluster, _, out| result = cluster.scale(&at, replicas, out));
                result?;
            }
            self.report(desk, &object, "scaled")?;
        }
        DONE
    }

    /// Replaces an object by a changed one and says so.
    pub(super) fn replace_with(
        &self,
        desk: &mut dyn Desk,
        object: &Object,
        next: Object,
        verb: &str,
        unchanged: &str,
    ) -> Answer {
        let mut changed = next != *object;
        if self.dry_run().is_none() {
            let mut result = Ok(false);
            desk.change(&mut |cluster, now, out| result = cluster.update(next.clone(), now, out));
            changed = result?;
        }
        self.report(desk, &next, if changed { verb } else { unchanged })?;
        DONE
    }

    pub(super) fn patch(&mut self, desk: &mut dyn Desk) -> Answer {
        let file = self.args.value("patch-file").map(|name| (name, desk.file(name)));
        let text = match (self.args.value("patch"), file) {
            (Some(text), _) => text.to_string(),
            (None, Some((_, Some(text)))) => text,
            (None, Some((name, None))) => {
                return Err(Failure::new(format!(
                    "error: unable to read patch file: open {name}: no such file or directory"
                )));
            }
            (None, None) => {
                return Err(Failure::new(
                    "error: must specify --patch or --patch-file containing the contents of the \
                     patch",
                ));
            }
        };
        let kind = self.args.value("type").unwrap_or("strategic").to_string();
        if !["json", "merge", "strategic"].contains(&kind.as_str()) {
            return Err(Failure::new(format!(
                "error: --type must be one of [json merge strategic], not {kind:?}"
            )));
        }
        let patch: Value = serde_yaml::from_str(&text).map_err(|error| {
            let why = super::yaml::trouble(&error);
            Failure::new(format!("error: unable to parse {text:?}: {why}"))
        })?;
        for object in self.every(desk, &self.args.names)? {
            let mut value = object.to_value();
            match kind.as_str() {
                "json" => json_patch(&mut value, &patch)?,
                other => merge_patch(&mut value, &patch, other == "strategic"),
            }
            let next = decoded(&value)?;
            self.replace_with(desk, &object, next, "patched", "patched (no change)")?;
        }
        DONE
    }

    pub(super) fn label(&mut self, desk: &mut dyn Desk) -> Answer {
        let annotates = self.args.verb == "annotate";
        let is_change = |word: &&String| word.contains('=') || word.ends_with('-');
        let changes: Vec<String> = self.args.names.iter().filter(is_change).cloned().collect();
        let words: Vec<String> =
            self.args.names.iter().filter(|one| !is_change(one)).cloned().collect();
        let lists = self.args.has("list");
        if changes.is_empty() && !lists {
            let what = if annotates { "annotation" } else { "label" };
            return Err(Failure::new(format!("error: at least one {what} update is required")));
        }
        for object in self.every(desk, &words)? {
            if lists {
                let meta = object.metadata();
                let map = if annotates { &meta.annotations } else { &meta.labels };
                desk.out(&format!("Listing labels for {}:\n", full_name(&object)));
                map.iter().for_each(|(name, value)| desk.out(&format!(" {name}={value}\n")));
                continue;
            }
            self.label_one(desk, &object, &changes, annotates)?;
        }
        DONE
    }

    fn label_one(
        &self,
        desk: &mut dyn Desk,
        object: &Object,
        changes: &[String],
        annotates: bool,
    ) -> Result<(), Failure> {
        let mut next = object.clone();
        let meta = next.metadata_mut();
        let map = if annotates { &mut meta.annotations } else { &mut meta.labels };
        let mut sets = false;
        for change in changes {
            if let Some((name, value)) = change.split_once('=') {
                sets = true;
                let old = map.get(name).filter(|old| *old != value);
                if let Some(old) = old.filter(|_| !self.args.has("overwrite")) {
                    return Err(Failure::new(format!(
                        "error: '{name}' already has a value ({old}), and --overwrite is false"
                    )));
                }
                map.insert(name.to_string(), value.to_string());
            } else {
                let name = change.strip_suffix('-').unwrap_or(change);
                if map.remove(name).is_none() && !annotates {
                    desk.out(&format!("label {name:?} not found.\n"));
                }
            }
        }
        let word = match (annotates, sets) {
            (true, _) => "annotated",
            (false, true) => "labeled",
            (false, false) => "unlabeled",
        };
        let same = if annotates { "annotated" } else { "not labeled" };
        self.replace_with(desk, object, next, word, same).map(|_| ())
    }

    pub(super) fn cordon(&mut self, desk: &mut dyn Desk) -> Answer {
        let on = self.args.verb == "cordon";
        for name in self.node_names(desk)? {
            self.cordon_one(desk, &name, on)?;
        }
        DONE
    }

    /// The nodes that the words or a selector name.
    pub(super) fn node_names(&self, desk: &dyn Desk) -> Result<Vec<String>, Failure> {
        let verb = &self.args.verb;
        if let Some(text) = self.args.value("selector") {
            let conditions = super::select::selector(text);
            let nodes = desk.cluster().store().nodes.values();
            return Ok(nodes
                .filter(|node| conditions.iter().all(|one| one.matches(&node.metadata.labels)))
                .map(|node| node.metadata.name.clone())
                .collect());
        }
        if self.args.names.is_empty() {
            return Err(Failure::new(format!(
                "error: USAGE: {verb} NODE [flags]\nSee 'kubectl {verb} -h' for help and examples"
            )));
        }
        let bare = |name: &String| {
            name.strip_prefix("node/").or(name.strip_prefix("nodes/")).unwrap_or(name).to_string()
        };
        Ok(self.args.names.iter().map(bare).collect())
    }

    pub(super) fn cordon_one(
        &self,
        desk: &mut dyn Desk,
        name: &str,
        on: bool,
    ) -> Result<(), Failure> {
        let there = desk.cluster().store().nodes.get(&crate::kube::cluster_key(name));
        let Some(node) = there.cloned() else {
            return Err(Failure::new(Refusal::not_found("nodes", name).kubectl()));
        };
        let word = if on { "cordoned" } else { "uncordoned" };
        let mut changed = node.spec.unschedulable != on;
        if self.dry_run().is_none() {
            desk.change(&mut |cluster, now, out| {
                changed = cluster.cordon(name, on, now, out) == Some(true);
            });
        }
        let already = if changed { "" } else { "already " };
        let dry = self.dry_run().unwrap_or_default();
        desk.out(&format!("node/{name} {already}{word}{dry}\n"));
        Ok(())
    }
}

/// RFC 6902: add, replace, remove.
fn json_patch(value: &mut Value, patch: &Value) -> Result<(), Failure> {
    for one in patch.as_array().map_or(&[][..], Vec::as_slice) {
        let path = one["path"].as_str().unwrap_or_default();
        let wrong = || {
            Failure::new(format!(
                "The request is invalid: the server rejected our request due to an error in our \
                 request (path {path:?})"
            ))
        };
        let (parent, last) = path.rsplit_once('/').ok_or_else(wrong)?;
        let last = last.replace("~1", "/").replace("~0", "~");
        let parent = value.pointer_mut(parent).ok_or_else(wrong)?;
        match (one["op"].as_str().unwrap_or_default(), parent) {
            ("add" | "replace", Value::Object(map)) => {
                map.insert(last, one["value"].clone());
            }
            ("remove", Value::Object(map)) => drop(map.remove(&last).ok_or_else(wrong)?),
            ("add", Value::Array(list)) if last == "-" => list.push(one["value"].clone()),
            (op, Value::Array(list)) => {
                let at: usize = last.parse().map_err(|_| wrong())?;
                match op {
                    "add" if at <= list.len() => list.insert(at, one["value"].clone()),
                    "replace" => *list.get_mut(at).ok_or_else(wrong)? = one["value"].clone(),
                    "remove" if at < list.len() => drop(list.remove(at)),
                    _ => return Err(wrong()),
                }
            }
            _ => return Err(wrong()),
        }
    }
    Ok(())
}

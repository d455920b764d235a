//! `apply`, `create`, `replace`, `scale`, `set image`, `patch`, `label`, `annotate`, `cordon`.

use serde_json::{Value, json};

use super::get::said;
use super::select::kind_of;
use super::{Answer, DONE, Desk, Failure, Kubectl, Progress};
use crate::kube::apply::{ApplyResult, Refusal, merge_patch};
use crate::manifest::Manifests;
use crate::manifest::object::Object;

impl Kubectl {
    /// The objects of `-f`, and what kubectl says of those that are none.
    pub(super) fn files(&self, desk: &dyn Desk) -> Result<(Vec<Object>, Vec<String>), Failure> {
        let names = self.args.flags.get("filename").cloned().unwrap_or_default();
        let (mut objects, mut said) = (Vec::new(), Vec::new());
        for name in names.iter().flat_map(|names| names.split(',')) {
            let Some(text) = desk.file(name) else {
                return Err(Failure::new(format!("error: the path {name:?} does not exist")));
            };
            let shown = if name == "-" { "STDIN" } else { name };
            let (manifests, diagnostics) = Manifests::read(vec![(shown.to_string(), text)]);
            let files = manifests.files();
            for one in diagnostics.iter().filter(|one| one.problem.is_refusal()) {
                let line = files.get(one.span.file).line_of(one.span.start);
                if let Some(text) = one.problem.kubectl(shown, line)
                    && !said.contains(&text)
                {
                    said.push(text);
                }
            }
            objects.extend(manifests.objects().cloned());
        }
        Ok((objects, said))
    }

    /// `apply`, `create` and `replace` with `-f`; `create namespace NAME`.
    pub(super) fn send(&mut self, desk: &mut dyn Desk) -> Answer {
        let verb = self.args.verb.clone();
        let (objects, mut wrong) = if self.args.flags.contains_key("filename") {
            self.files(desk)?
        } else {
            (vec![self.made(&verb)?], Vec::new())
        };
        let namespace = self.args.namespace().to_string();
        for mut object in objects {
            let namespaced = object.kind_info().is_none_or(|kind| kind.namespaced);
            if namespaced && object.metadata().namespace.is_empty() {
                object.metadata_mut().namespace.clone_from(&namespace);
            }
            let mut result = Err(Refusal::new("InternalError", String::new()));
            desk.change(&mut |cluster, now, out| {
                result = match verb.as_str() {
                    "apply" => match cluster.apply(&object, now, out) {
                        ApplyResult::Created => Ok("created"),
                        ApplyResult::Configured => Ok("configured"),
                        ApplyResult::Unchanged => Ok("unchanged"),
                        ApplyResult::Refused(refusal) => Err(refusal),
                    },
                    "create" => cluster.create(&object, now, out).map(|_| "created"),
                    _ => cluster.update(object.clone(), now, out).map(|_| "replaced"),
                };
            });
            match result {
                Ok(_) if self.args.has("server-side") => {
                    desk.out(&said(&object, "serverside-applied"));
                }
                Ok(word) => desk.out(&said(&object, word)),
                Err(refusal) => wrong.push(refusal.kubectl()),
            }
        }
        for text in &wrong {
            desk.err(&format!("{text}\n"));
        }
        Ok(Progress::Done(u8::from(!wrong.is_empty())))
    }

    /// `create namespace NAME`.
    fn made(&self, verb: &str) -> Result<Object, Failure> {
        let must = || Failure::new("error: must specify one of -f and -k");
        let (kind, name) = match self.args.names.as_slice() {
            [kind, name] if verb == "create" => (kind, name),
            _ => return Err(must()),
        };
        let info = kind_of(kind).filter(|kind| kind.plural == "namespaces").ok_or_else(must)?;
        let value =
            json!({"apiVersion": info.api_version, "kind": info.kind, "metadata": {"name": name}});
        Object::from_value(&value).map_err(|_| must())
    }

    pub(super) fn scale(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(text) = self.args.value("replicas") else {
            return Err(Failure::new("error: required flag(s) \"replicas\" not set"));
        };
        let Ok(replicas) = text.parse::<i64>() else {
            return Err(Failure::new(format!(
                "error: invalid argument {text:?} for \"--replicas\" flag: strconv.ParseInt: \
                 parsing {text:?}: invalid syntax"
            )));
        };
        let object = self.one(desk, &self.args.names)?;
        let Object::StatefulSet(set) = &object else {
            let text = "error: could not find a scale subresource for the resource";
            return Err(Failure::new(text));
        };
        let Ok(replicas) = u32::try_from(replicas) else {
            let text = "error: The --replicas=COUNT flag is required, and COUNT must be greater \
                        than or equal to 0";
            return Err(Failure::new(text));
        };
        let at = crate::kube::key_of(&set.metadata);
        let mut result = Ok(());
        desk.change(&mut |cluster, _, out| result = cluster.scale(&at, replicas, out));
        result?;
        desk.out(&said(&object, "scaled"));
        DONE
    }

    /// Replaces an object by a changed one and says so.
    fn replace_with(
        &self,
        desk: &mut dyn Desk,
        object: &Object,
        next: Object,
        verb: &str,
        unchanged: &str,
    ) -> Answer {
        let mut result = Ok(false);
        desk.change(&mut |cluster, now, out| result = cluster.update(next.clone(), now, out));
        let changed = result?;
        desk.out(&said(object, if changed { verb } else { unchanged }));
        DONE
    }

    /// `set image sts/mysql mysql=mysql:5.7.44`.
    pub(super) fn set_image(&mut self, desk: &mut dyn Desk) -> Answer {
        let names = &self.args.names;
        if names.first().map(String::as_str) != Some("image") {
            return Err(Failure::new("error: only `kubectl set image` is modelled"));
        }
        let is_pair = |word: &&String| word.contains('=');
        let pairs: Vec<String> = names[1..].iter().filter(is_pair).cloned().collect();
        let words: Vec<String> = names[1..].iter().filter(|one| !is_pair(one)).cloned().collect();
        if pairs.is_empty() {
            return Err(Failure::new("error: at least one image update is required"));
        }
        let object = self.one(desk, &words)?;
        let mut next = object.clone();
        let spec = match &mut next {
            Object::StatefulSet(set) => &mut set.spec.template.spec,
            Object::Pod(pod) => &mut pod.spec,
            _ => return Err(Failure::new("error: no containers to update")),
        };
        for pair in &pairs {
            let Some((name, image)) = pair.split_once('=') else { continue };
            let mut found = false;
            for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
                if name == "*" || container.name == name {
                    container.image = image.to_string();
                    found = true;
                }
            }
            if !found {
                return Err(Failure::new(format!(
                    "error: unable to find container named {name:?}"
                )));
            }
        }
        if next == object {
            return DONE;
        }
        self.replace_with(desk, &object, next, "image updated", "image updated")
    }

    pub(super) fn patch(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(text) = self.args.value("patch") else {
            return Err(Failure::new("error: must specify --patch or --patch-file"));
        };
        let kind = self.args.value("type").unwrap_or("strategic").to_string();
        let patch: Value = serde_yaml::from_str(text)
            .map_err(|error| Failure::new(format!("error: unable to parse {text:?}: {error}")))?;
        let object = self.one(desk, &self.args.names)?;
        let mut value = object.to_value();
        match kind.as_str() {
            "json" => json_patch(&mut value, &patch)?,
            "merge" | "strategic" => merge_patch(&mut value, &patch, kind == "strategic"),
            other => {
                return Err(Failure::new(format!(
                    "error: --type must be one of [json merge strategic], not {other:?}"
                )));
            }
        }
        let next = Object::from_value(&value)
            .map_err(|error| Failure::new(format!("Error from server (BadRequest): {error}")))?;
        self.replace_with(desk, &object, next, "patched", "patched (no change)")
    }

    pub(super) fn label(&mut self, desk: &mut dyn Desk) -> Answer {
        let annotates = self.args.verb == "annotate";
        let is_change = |word: &&String| word.contains('=') || word.ends_with('-');
        let changes: Vec<String> = self.args.names.iter().filter(is_change).cloned().collect();
        let words: Vec<String> =
            self.args.names.iter().filter(|one| !is_change(one)).cloned().collect();
        if changes.is_empty() {
            let what = if annotates { "annotation" } else { "label" };
            return Err(Failure::new(format!("error: at least one {what} update is required")));
        }
        let all = super::select::wanted(&words, &self.args.verb)?;
        for wanted in &all {
            let (found, missing) = self.objects(desk.cluster().store(), wanted);
            if let Some(failure) = missing.into_iter().next() {
                return Err(failure);
            }
            for object in found {
                let mut next = object.clone();
                let meta = next.metadata_mut();
                let map = if annotates { &mut meta.annotations } else { &mut meta.labels };
                for change in &changes {
                    match change.split_once('=') {
                        Some((name, value)) => {
                            let old = map.get(name).filter(|old| *old != value);
                            if let Some(old) = old.filter(|_| !self.args.has("overwrite")) {
                                return Err(Failure::new(format!(
                                    "error: '{name}' already has a value ({old}), and --overwrite \
                                     is false"
                                )));
                            }
                            map.insert(name.to_string(), value.to_string());
                        }
                        None => drop(map.remove(change.trim_end_matches('-'))),
                    }
                }
                let word = if annotates { "annotated" } else { "labeled" };
                let same = if annotates { "annotated" } else { "not labeled" };
                self.replace_with(desk, &object, next, word, same)?;
            }
        }
        DONE
    }

    pub(super) fn cordon(&mut self, desk: &mut dyn Desk) -> Answer {
        let on = self.args.verb == "cordon";
        if self.args.names.is_empty() {
            return Err(Failure::new(format!(
                "error: USAGE: {} NODE [flags]\nSee '{} -h' for help and examples",
                self.args.verb, self.args.verb
            )));
        }
        for name in self.args.names.clone() {
            self.cordon_one(desk, &name, on)?;
        }
        DONE
    }

    pub(super) fn cordon_one(
        &self,
        desk: &mut dyn Desk,
        name: &str,
        on: bool,
    ) -> Result<(), Failure> {
        let mut result = None;
        desk.change(&mut |cluster, now, out| result = cluster.cordon(name, on, now, out));
        let word = if on { "cordoned" } else { "uncordoned" };
        match result {
            None => {
                let refusal = Refusal::not_found("nodes", name);
                Err(Failure::new(refusal.kubectl()))
            }
            Some(true) => {
                desk.out(&format!("node/{name} {word}\n"));
                Ok(())
            }
            Some(false) => {
                desk.out(&format!("node/{name} already {word}\n"));
                Ok(())
            }
        }
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

//! `diff`: what `apply` would change, as diff prints it. Models pkg/cmd/diff/diff.go.

use serde_json::Value;

use super::{Answer, Desk, Failure, Kubectl};
use crate::kube::apply::{ApplyResult, LAST_APPLIED};
use crate::manifest::object::Object;
use crate::sim::Out;

/// The program, then names of files, each with what it is now and what it would be.
const DIFF: &str = r#"set -f
with=(${1:-diff -u -N}); shift
if ! type -P "${with[0]}" > /dev/null; then
  echo -n "error: failed to run \"${with[0]}\": exec: \"${with[0]}\": " >&2
  echo 'executable file not found in $PATH' >&2
  exit 2
fi
live=/tmp/LIVE-$RANDOM$RANDOM merged=/tmp/MERGED-$RANDOM$RANDOM
mkdir -m 700 "$live" "$merged"
while (($# > 0)); do
  printf %s "$2" > "$live/$1"
  printf %s "$3" > "$merged/$1"
  shift 3
done
"${with[@]}" "$live" "$merged"
code=$?
rm -r "$live" "$merged"
exit "$code"
"#;

impl Kubectl {
    /// 1 says that there are differences; what fails has one more than elsewhere.
    pub(super) fn diff(&mut self, desk: &mut dyn Desk) -> Answer {
        match self.compared(desk) {
            Ok(words) => {
                let token = desk.local(DIFF, &words);
                self.local_on(desk, token)
            }
            Err(failure) => Err(Failure { code: failure.code + 1, ..failure }),
        }
    }

    fn compared(&self, desk: &mut dyn Desk) -> Result<Vec<String>, Failure> {
        if let Some(word) = self.args.names.first() {
            return Err(Failure::new(format!(
                "error: Unexpected args: [{word}]\nSee 'kubectl diff -h' for help and examples"
            )));
        }
        if !self.args.flags.contains_key("filename") {
            return Err(Failure::new("error: must specify one of -f and -k"));
        }
        let (objects, wrong) = self.files(desk)?;
        let mut words = vec![desk.differ()];
        for mut object in objects {
            if !self.is_selected(&object) {
                continue;
            }
            let namespaced = object.kind_info().is_none_or(|kind| kind.namespaced);
            if namespaced && object.metadata().namespace.is_empty() {
                object.metadata_mut().namespace = self.args.namespace().to_string();
            }
            let live = desk.cluster().find(&object).map(|live| live.to_value());
            let merged = merged(desk, &object, live.as_ref())?;
            let (live, merged) = match (merged["kind"].as_str(), live) {
                (Some("Secret"), live) => masked(live, merged),
                (_, live) => (live, merged),
            };
            words.push(file_name(&merged));
            words.push(live.map(|live| super::yaml::document(&live)).unwrap_or_default());
            words.push(super::yaml::document(&merged));
        }
        match wrong.into_iter().find(|text| !text.starts_with("Warning: ")) {
            Some(text) => Err(Failure::new(text)),
            None => Ok(words),
        }
    }
}

/// What would be there after `apply`, which is tried on a copy. The annotation that remembers what
/// was applied last stays as it is.
fn merged(desk: &mut dyn Desk, object: &Object, live: Option<&Value>) -> Result<Value, Failure> {
    let now = desk.now();
    let mut cluster = desk.cluster().clone();
    let result = match live {
        Some(_) => cluster.apply(object, now, &mut Out::default()),
        None => match cluster.create(object, now, &mut Out::default()) {
            Ok(_) => ApplyResult::Created,
            Err(refusal) => ApplyResult::Refused(refusal),
        },
    };
    if let ApplyResult::Refused(refusal) = result {
        return Err(refusal.into());
    }
    let mut value = cluster.find(object).map(|it| it.to_value()).unwrap_or_default();
    // Nothing was stored, so that there is no new version of it.
    let version = live.map(|live| live["metadata"]["resourceVersion"].clone());
    let kept = live.and_then(|live| live["metadata"]["annotations"].get(LAST_APPLIED)).cloned();
    if let Some(metadata) = value["metadata"].as_object_mut() {
        match version {
            Some(version) => metadata.insert("resourceVersion".into(), version),
            None => metadata.remove("resourceVersion"),
        };
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            match kept {
                Some(kept) => annotations.insert(LAST_APPLIED.into(), kept),
                None => annotations.remove(LAST_APPLIED),
            };
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    Ok(value)
}

/// `apps.v1.StatefulSet.default.mysql`.
fn file_name(value: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let (version, meta) = (text(&value["apiVersion"]).replace('/', "."), &value["metadata"]);
    let kind = text(&value["kind"]);
    format!("{version}.{kind}.{}.{}", text(&meta["namespace"]), text(&meta["name"]))
}

/// A Secret's values are shown by whether they change (`Masker`).
fn masked(live: Option<Value>, mut merged: Value) -> (Option<Value>, Value) {
    let mut live = live.unwrap_or_default();
    let mut none = serde_json::Map::new();
    let old = live.get_mut("data").and_then(Value::as_object_mut);
    let old = old.unwrap_or(&mut none);
    if let Some(new) = merged.get_mut("data").and_then(Value::as_object_mut) {
        for (key, value) in new {
            let (before, after) = match old.get(key) {
                Some(known) if known != value => ("*** (before)", "*** (after)"),
                _ => ("***", "***"),
            };
            *value = after.into();
            if let Some(known) = old.get_mut(key) {
                *known = before.into();
            }
        }
    }
    // What goes away.
    for value in old.values_mut().filter(|value| !value.as_str().is_some_and(|v| v.contains('*'))) {
        *value = "***".into();
    }
    (Some(live).filter(|live| !live.is_null()), merged)
}

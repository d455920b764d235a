//! `delete`.

use super::select::{Wanted, kind_name, wanted};
use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::base::Millis;
use crate::kube::apply::{Cascade, DeleteOptions};
use crate::kube::key_of;
use crate::manifest::object::Object;
use crate::sim::ObjectKey;

const FORCE_WARNING: &str = "Warning: Immediate deletion does not wait for confirmation that the \
    running resource has been terminated. The resource may continue to run on the cluster \
    indefinitely.\n";

impl Kubectl {
    fn delete_options(&self) -> Result<DeleteOptions, Failure> {
        let force = self.args.has("force");
        let mut grace_secs = match self.args.value("grace-period") {
            Some(text) => Some(text.parse::<i64>().map_err(|_| {
                Failure::new(format!(
                    "error: invalid argument {text:?} for \"--grace-period\" flag: \
                     strconv.ParseInt: parsing {text:?}: invalid syntax\nSee 'kubectl delete \
                     --help' for usage."
                ))
            })?),
            None => None,
        }
        .filter(|secs| *secs >= 0);
        if self.args.has("now") {
            grace_secs = Some(1);
        }
        if force {
            grace_secs.get_or_insert(0);
        } else if grace_secs == Some(0) {
            // Without --force the pod still gets a moment.
            grace_secs = Some(1);
        }
        let cascade = match self.args.value("cascade").unwrap_or("background") {
            "background" | "true" => Cascade::Background,
            "foreground" => Cascade::Foreground,
            "orphan" | "false" => Cascade::Orphan,
            other => {
                return Err(Failure::new(format!(
                    "error: invalid cascade value ({other}). Must be \"background\", \
                     \"foreground\", or \"orphan\""
                )));
            }
        };
        Ok(DeleteOptions { grace_secs, cascade })
    }

    pub(super) fn delete(&mut self, desk: &mut dyn Desk) -> Answer {
        let options = self.delete_options()?;
        if let Some(answer) = self.delete_foreign(desk) {
            return answer;
        }
        let (targets, mut failures) = self.targets(desk)?;
        let forced = self.args.has("force") && options.grace_secs == Some(0);
        if forced && !targets.is_empty() {
            desk.err(FORCE_WARNING);
        }
        let mut left = Vec::new();
        let dry = self.dry_run();
        for object in targets {
            let Some(kind) = object.kind_info() else {
                self.delete_other(desk, &object);
                continue;
            };
            let at = key_of(object.metadata());
            if let Some(dry) = dry {
                desk.out(&format!("{} {:?} deleted{dry}\n", kind_name(&object), at.name));
                continue;
            }
            let mut result = Ok(());
            desk.change(&mut |cluster, now, out| {
                result = cluster.delete(kind.plural, &at, options, now, out);
            });
            if let Err(refusal) = result {
                failures.push(Failure::from(refusal));
                continue;
            }
            let force = if forced { "force " } else { "" };
            let place = match kind.namespaced {
                true => format!(" from {} namespace", at.namespace),
                false => String::new(),
            };
            desk.out(&format!("{} {:?} {force}deleted{place}\n", kind_name(&object), at.name));
            left.push((kind.plural, at, object.metadata().uid.clone()));
        }
        for failure in &failures {
            desk.err(&format!("{}\n", failure.text));
        }
        if !failures.is_empty() {
            return Ok(Progress::Done(1));
        }
        if self.args.value("wait") == Some("false") {
            return DONE;
        }
        self.wait_gone(desk, left)
    }

    fn targets(&self, desk: &dyn Desk) -> Result<(Vec<Object>, Vec<Failure>), Failure> {
        let store = desk.cluster().store();
        if self.args.flags.contains_key("filename") {
            let (objects, said) = self.files(desk)?;
            let mut failures: Vec<Failure> = said.into_iter().map(Failure::new).collect();
            let mut found = Vec::new();
            for mut object in objects {
                let Some(kind) = object.kind_info() else {
                    let namespace = &mut object.metadata_mut().namespace;
                    if namespace.is_empty() {
                        *namespace = self.args.namespace().to_string();
                    }
                    found.extend(desk.cluster().find(&object));
                    continue;
                };
                let names = vec![object.metadata().name.clone()];
                let (mut one, missing) = self.objects(store, &Wanted { kind, names });
                found.append(&mut one);
                failures.extend(missing);
            }
            return Ok((found, failures));
        }
        if self.args.names.is_empty() {
            return Err(Failure::new(
                "error: You must provide one or more resources by argument or filename.\nExample \
                 resource specifications include:\n   '-f rsrc.yaml'\n   \
                 '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
            ));
        }
        let all = wanted(&self.args.names, "delete")?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for one in &all {
            let every = self.args.has("all") || self.args.flags.contains_key("selector");
            if one.names.is_empty() && !every {
                return Err(Failure::new(
                    "error: resource(s) were provided, but no name was specified",
                ));
            }
            let (mut objects, missing) = self.objects(store, one);
            found.append(&mut objects);
            failures.extend(missing);
        }
        if found.is_empty() && failures.is_empty() {
            failures.push(Failure::new("No resources found"));
        }
        if self.args.has("ignore-not-found") {
            failures.clear();
        }
        Ok((found, failures))
    }

    /// Waits until none of them is there any more; one that came again has another uid.
    pub(super) fn wait_gone(
        &mut self,
        desk: &mut dyn Desk,
        mut left: Vec<(&'static str, ObjectKey, String)>,
    ) -> Answer {
        let store = desk.cluster().store();
        left.retain(|(plural, at, uid)| {
            store.get(plural, at).is_some_and(|object| object.metadata().uid == *uid)
        });
        if left.is_empty() {
            return DONE;
        }
        if self.is_late(desk, Millis::ZERO)? {
            let (plural, at, _) = &left[0];
            return Err(Failure::new(format!(
                "error: timed out waiting for the condition on {plural}/{}",
                at.name
            )));
        }
        self.state = State::Gone(left);
        Ok(Progress::Waiting)
    }
}

//! `rollout status`, `restart`, `undo`, `history`. Models kubectl/pkg/polymorphichelpers.

use super::get::said;
use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};
use crate::base::Millis;
use crate::kube::key_of;
use crate::manifest::object::{Object, StatefulSet, Time};
use crate::sim::ObjectKey;

impl Kubectl {
    pub(super) fn rollout(&mut self, desk: &mut dyn Desk) -> Answer {
        let verb = self.args.names.first().cloned().unwrap_or_default();
        let words = self.args.names.get(1..).unwrap_or_default().to_vec();
        if verb.is_empty() {
            return self.help(desk);
        }
        if !matches!(verb.as_str(), "status" | "restart" | "undo" | "history" | "pause" | "resume")
        {
            return Err(Failure::new(format!(
                "error: unknown command {verb:?}\nSee 'kubectl rollout -h' for help and examples"
            )));
        }
        if words.is_empty() && !self.args.flags.contains_key("filename") {
            return Err(Failure::new("error: required resource not specified"));
        }
        let object = self.one(desk, &words)?;
        let Object::StatefulSet(set) = &object else {
            let (kind, name) = (object.kind(), &object.metadata().name);
            let plural = object.kind_info().map_or("", |info| info.plural);
            return Err(Failure::new(match verb.as_str() {
                "restart" => format!("error: {plural} {name:?} restarting is not supported"),
                "pause" => format!("error: {plural} {name:?} pausing is not supported"),
                "resume" => format!("error: {plural} {name:?} resuming is not supported"),
                "undo" => format!("error: no rollbacker has been implemented for {kind:?}"),
                "history" => format!("error: no history viewer has been implemented for {kind:?}"),
                _ => format!("error: no status viewer has been implemented for {kind}"),
            }));
        };
        match verb.as_str() {
            "status" => self.rollout_status(desk, key_of(&set.metadata), String::new()),
            "restart" => {
                let mut next = set.clone();
                let at = Time(desk.now()).to_string();
                let annotations = &mut next.spec.template.metadata.annotations;
                annotations.insert("kubectl.kubernetes.io/restartedAt".to_string(), at);
                self.replace_with(
                    desk,
                    &object,
                    Object::StatefulSet(next),
                    "restarted",
                    "restarted",
                )
            }
            "undo" => self.undo(desk, &object, set),
            "pause" | "resume" => Err(Failure::new(format!(
                "error: statefulsets.apps {:?} {} is not supported",
                set.metadata.name,
                if verb == "pause" { "pausing" } else { "resuming" }
            ))),
            _ => self.history(desk, set),
        }
    }

    fn undo(&self, desk: &mut dyn Desk, object: &Object, set: &StatefulSet) -> Answer {
        let revisions = desk.cluster().revisions_of(set);
        let wanted = self.args.value("to-revision").and_then(|text| text.parse::<i64>().ok());
        let found = match wanted.filter(|number| *number > 0) {
            Some(number) => {
                revisions.iter().find(|one| one.revision == number).ok_or_else(|| {
                    Failure::new("error: unable to find specified revision in history".to_string())
                })?
            }
            None => revisions
                .len()
                .checked_sub(2)
                .and_then(|at| revisions.get(at))
                .ok_or_else(|| Failure::new("error: no last revision to roll back to"))?,
        };
        let mut next = set.clone();
        next.spec.template = crate::kube::revision::template_of(found);
        if next == *set {
            desk.out(&said(object, "skipped rollback (current template already matches revision)"));
            return DONE;
        }
        self.replace_with(
            desk,
            object,
            Object::StatefulSet(Box::new(next)),
            "rolled back",
            "rolled back",
        )
    }

    fn history(&self, desk: &mut dyn Desk, set: &StatefulSet) -> Answer {
        if let Some(number) = self.args.value("revision").and_then(|text| text.parse::<i64>().ok())
        {
            return self.one_revision(desk, set, number);
        }
        let mut text = format!("statefulset.apps/{} \n", set.metadata.name);
        let mut rows = String::from("REVISION\tCHANGE-CAUSE\n");
        for revision in desk.cluster().revisions_of(set) {
            let cause = revision.metadata.annotations.get("kubernetes.io/change-cause");
            let cause = cause.map_or("<none>", String::as_str);
            rows.push_str(&format!("{}\t{cause}\n", revision.revision));
        }
        text.push_str(&crate::kube::print::align(&rows, 0, 2));
        text.push('\n');
        desk.out(&text);
        DONE
    }

    /// `rollout history --revision=N`.
    fn one_revision(&self, desk: &mut dyn Desk, set: &StatefulSet, number: i64) -> Answer {
        let revisions = desk.cluster().revisions_of(set);
        let Some(found) = revisions.iter().find(|one| one.revision == number) else {
            return Err(Failure::new("error: unable to find the specified revision"));
        };
        let template = crate::kube::revision::template_of(found);
        let mut text = format!("statefulset.apps/{} with revision #{number}\n", set.metadata.name);
        text.push_str(&crate::kube::print::describe_template(&template));
        text.push('\n');
        desk.out(&text);
        DONE
    }

    pub(super) fn rollout_status(
        &mut self,
        desk: &mut dyn Desk,
        at: ObjectKey,
        last: String,
    ) -> Answer {
        let is_late = self.is_late(desk, Millis::ZERO)?;
        let Some(set) = desk.cluster().store().sets.get(&at).cloned() else {
            return Err(Failure::new("error: object has been deleted"));
        };
        let (line, done) = status_line(&set)?;
        let version = set.metadata.resource_version.clone();
        if version != last {
            desk.out(&format!("{line}\n"));
        }
        if done || self.args.value("watch") == Some("false") {
            return DONE;
        }
        if is_late {
            return Err(Failure::new("error: timed out waiting for the condition"));
        }
        self.state = State::Rollout { set: at, version };
        Ok(Progress::Waiting)
    }
}

/// Models rollout_status.go `StatefulSetStatusViewer.Status`.
fn status_line(set: &StatefulSet) -> Result<(String, bool), Failure> {
    let (spec, status) = (&set.spec, &set.status);
    if spec.update_strategy.kind != "RollingUpdate" {
        return Err(Failure::new(
            "error: rollout status is only available for RollingUpdate strategy type",
        ));
    }
    if status.observed_generation == 0 || set.metadata.generation > status.observed_generation {
        return Ok(("Waiting for statefulset spec update to be observed...".to_string(), false));
    }
    let replicas = i32::try_from(set.replicas()).unwrap_or(i32::MAX);
    if status.ready_replicas < replicas {
        let missing = replicas - status.ready_replicas;
        return Ok((format!("Waiting for {missing} pods to be ready..."), false));
    }
    let partition = spec.update_strategy.rolling_update.as_ref().and_then(|one| one.partition);
    if let Some(partition) = partition {
        let wanted = replicas - partition;
        let updated = status.updated_replicas;
        if updated < wanted {
            return Ok((
                format!(
                    "Waiting for partitioned roll out to finish: {updated} out of {wanted} new \
                     pods have been updated..."
                ),
                false,
            ));
        }
        let text =
            format!("partitioned roll out complete: {updated} new pods have been updated...");
        return Ok((text, true));
    }
    if status.update_revision != status.current_revision {
        let text = format!(
            "waiting for statefulset rolling update to complete {} pods at revision {}...",
            status.updated_replicas, status.update_revision
        );
        return Ok((text, false));
    }
    let text = format!(
        "statefulset rolling update complete {} pods at revision {}...",
        status.current_replicas, status.current_revision
    );
    Ok((text, true))
}

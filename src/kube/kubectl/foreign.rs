//! Kinds that the API server serves and the model does nothing with: their objects are kept, shown
//! by name, and deleted.

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress};
use crate::kube::print::{Listing, table};
use crate::manifest::object::Object;
use crate::manifest::schema::accepted;

/// Short names, as the API server gives them.
const SHORT: [(&str, &str); 15] = [
    ("cj", "CronJob"),
    ("csr", "CertificateSigningRequest"),
    ("deploy", "Deployment"),
    ("ds", "DaemonSet"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("ing", "Ingress"),
    ("limits", "LimitRange"),
    ("netpol", "NetworkPolicy"),
    ("pc", "PriorityClass"),
    ("pdb", "PodDisruptionBudget"),
    ("quota", "ResourceQuota"),
    ("rc", "ReplicationController"),
    ("rs", "ReplicaSet"),
    ("sa", "ServiceAccount"),
    ("vac", "VolumeAttributesClass"),
];

/// Kinds of these that stand in no namespace begin or end so.
const CLUSTER_WIDE: [&str; 9] = [
    "Cluster",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "IngressClass",
    "PriorityClass",
    "RuntimeClass",
    "VolumeA",
    "IPAddress",
];

/// A kind that is not modelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Foreign {
    kind: &'static str,
    api_version: &'static str,
}

impl Foreign {
    /// `deploy`, `deployment`, `deployments.apps` → the kind.
    pub fn of(word: &str) -> Option<Foreign> {
        let lower = word.to_lowercase();
        let name = lower.split('.').next().unwrap_or_default();
        let short = SHORT.iter().find(|(short, _)| *short == name).map(|(_, kind)| *kind);
        accepted().map(|(api_version, kind)| Foreign { kind, api_version }).find(|one| {
            short == Some(one.kind) || one.kind.to_lowercase() == name || one.plural() == name
        })
    }

    fn plural(&self) -> String {
        let kind = self.kind.to_lowercase();
        match kind.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
            _ if kind.ends_with('s') => format!("{kind}es"),
            _ => format!("{kind}s"),
        }
    }

    /// `deployments.apps`.
    fn resource(&self) -> String {
        match self.api_version.split_once('/') {
            Some((group, _)) => format!("{}.{group}", self.plural()),
            None => self.plural(),
        }
    }
}

impl Kubectl {
    /// Kinds and names, if the words after the verb name kinds that are not modelled.
    fn foreign(&self) -> Option<(Vec<Foreign>, Vec<String>)> {
        let first = self.args.names.first()?;
        if let Some((kind, name)) = first.split_once('/') {
            return Some((vec![Foreign::of(kind)?], vec![name.to_string()]));
        }
        let kinds: Option<Vec<Foreign>> = first.split(',').map(Foreign::of).collect();
        Some((kinds?, self.args.names[1..].to_vec()))
    }

    /// The objects asked for, and what is said of those that are not there.
    fn foreign_objects(
        &self,
        desk: &dyn Desk,
        kinds: &[Foreign],
        names: &[String],
    ) -> (Vec<Object>, Vec<Failure>) {
        let everywhere = self.args.has("all-namespaces");
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for kind in kinds {
            let of_kind = desk.cluster().store().others.iter().filter(|((name, at), _)| {
                let namespace = at.namespace.as_str();
                *name == kind.kind
                    && (everywhere || namespace.is_empty() || namespace == self.args.namespace())
            });
            let all: Vec<Object> =
                of_kind.map(|(_, one)| Object::Other(Box::new((**one).clone()))).collect();
            if names.is_empty() {
                found.extend(all.into_iter().filter(|object| self.is_selected(object)));
                continue;
            }
            for name in names {
                match all.iter().find(|object| object.metadata().name == *name) {
                    Some(object) => found.push(object.clone()),
                    None => missing.push(Failure::new(format!(
                        "Error from server (NotFound): {} {name:?} not found",
                        kind.resource()
                    ))),
                }
            }
        }
        (found, missing)
    }

    /// `get` of such kinds; `None`: it is about others.
    pub(super) fn get_foreign(&self, desk: &mut dyn Desk) -> Option<Answer> {
        let (kinds, names) = self.foreign()?;
        let (found, missing) = self.foreign_objects(desk, &kinds, &names);
        let output = self.args.value("output").unwrap_or_default();
        if !matches!(output, "" | "wide") && !found.is_empty() {
            let printed = found.iter().try_for_each(|object| match output {
                "name" => {
                    desk.out(&format!("{}\n", super::select::full_name(object)));
                    Ok(())
                }
                _ => self.print_value(desk, &object.to_value()),
            });
            if let Err(failure) = printed {
                return Some(Err(failure));
            }
        } else if !found.is_empty() {
            let listing = Listing {
                with_kind: kinds.len() > 1,
                no_headers: self.args.has("no-headers"),
                all_namespaces: self.args.has("all-namespaces"),
                ..Listing::default()
            };
            desk.out(&table("", &found, &listing, desk.now()));
        } else if missing.is_empty() {
            let wide = |one: &Foreign| CLUSTER_WIDE.iter().any(|start| one.kind.starts_with(start));
            let place = match kinds.iter().all(wide) || self.args.has("all-namespaces") {
                true => String::new(),
                false => format!(" in {} namespace.", self.args.namespace()),
            };
            desk.err(&format!("No resources found{place}\n"));
        }
        missing.iter().for_each(|failure| desk.err(&format!("{}\n", failure.text)));
        Some(Ok(Progress::Done(u8::from(!missing.is_empty()))))
    }

    /// `delete` of such kinds, or of such objects of `-f`; `None`: it is about others.
    pub(super) fn delete_foreign(&self, desk: &mut dyn Desk) -> Option<Answer> {
        let (kinds, names) = self.foreign()?;
        if names.is_empty() && !self.args.has("all") && self.args.value("selector").is_none() {
            let text = "error: resource(s) were provided, but no name was specified";
            return Some(Err(Failure::new(text)));
        }
        let (found, missing) = self.foreign_objects(desk, &kinds, &names);
        found.iter().for_each(|object| self.delete_other(desk, object));
        if let Some(failure) = missing.into_iter().next() {
            return Some(Err(failure));
        }
        Some(DONE)
    }

    /// Deletes an object of such a kind, and says so.
    pub(super) fn delete_other(&self, desk: &mut dyn Desk, object: &Object) {
        let meta = object.metadata();
        let place = match meta.namespace.is_empty() {
            true => String::new(),
            false => format!(" from {} namespace", meta.namespace),
        };
        let dry = self.dry_run();
        if dry.is_none() {
            desk.change(&mut |cluster, _, _| cluster.delete_other(object));
        }
        let name = super::select::kind_name(object);
        let dry = dry.unwrap_or_default();
        desk.out(&format!("{name} {:?} deleted{dry}{place}\n", meta.name));
    }
}

//! `apply`, `create`, `replace`.

use serde_json::{Map, Value, json};

use super::{Answer, Desk, Failure, Kubectl, Progress};
use crate::base::base64::base64;
use crate::kube::apply::{ApplyResult, LAST_APPLIED, Refusal, resource_of};
use crate::manifest::object::Object;

impl Kubectl {
    /// `apply`, `create` and `replace` with `-f`; `create KIND NAME`.
    pub(super) fn send(&mut self, desk: &mut dyn Desk) -> Answer {
        let verb = self.args.verb.clone();
        self.check_prune()?;
        let (objects, mut wrong) = if self.args.flags.contains_key("filename") {
            self.files(desk)?
        } else {
            (vec![self.made(desk, &verb)?], Vec::new())
        };
        if objects.is_empty() && wrong.is_empty() {
            return Err(Failure::new(format!("error: no objects passed to {verb}")));
        }
        // Warnings are no refusals.
        wrong.retain(|text| {
            let warns = text.starts_with("Warning: ");
            if warns {
                desk.err(&format!("{text}\n"));
            }
            !warns
        });
        let namespace = self.args.namespace().to_string();
        let mut sent = Vec::new();
        for mut object in objects {
            if verb == "apply" && !self.is_selected(&object) {
                continue;
            }
            let namespaced = object.kind_info().is_none_or(|kind| kind.namespaced);
            let own = object.metadata().namespace.clone();
            if namespaced && own.is_empty() {
                object.metadata_mut().namespace.clone_from(&namespace);
            }
            if namespaced
                && !own.is_empty()
                && self.args.value("namespace").is_some_and(|n| n != own)
            {
                wrong.push(format!(
                    "error: the namespace from the provided object {own:?} does not match the \
                     namespace {namespace:?}. You must pass '--namespace={own}' to perform this \
                     operation."
                ));
                continue;
            }
            if verb == "apply" {
                self.warn_of_live(desk, &object);
            }
            match self.send_one(desk, &verb, &object) {
                Ok(_) if self.args.has("server-side") => {
                    self.report(desk, &object, "serverside-applied")?;
                }
                Ok(word) => self.report(desk, &object, word)?,
                Err(refusal) => wrong.push(self.refusal_text(&refusal, &verb)),
            }
            sent.push(object);
        }
        if self.args.has("prune") && wrong.is_empty() {
            self.prune(desk, &sent)?;
        }
        for text in &wrong {
            desk.err(&format!("{text}\n"));
        }
        Ok(Progress::Done(u8::from(!wrong.is_empty())))
    }

    /// What kubectl says of the object that is there already, before it patches it. Models
    /// pkg/cmd/apply/apply.go `applyOneObject` and `WarnIfDeleting`.
    fn warn_of_live(&self, desk: &mut dyn Desk, object: &Object) {
        let Some(live) = desk.cluster().find(object) else { return };
        let meta = live.metadata();
        let merges = !self.args.has("server-side") && self.dry_run() != Some("client");
        if merges && !meta.annotations.contains_key(LAST_APPLIED) {
            let plural = resource_of(&live);
            let plural = plural.split('.').next().unwrap_or_default();
            desk.err(&format!(
                "Warning: resource {plural}/{} is missing the {LAST_APPLIED} annotation which is \
                 required by kubectl apply. kubectl apply should only be used on resources created \
                 declaratively by either kubectl create --save-config or kubectl apply. The \
                 missing annotation will be patched automatically.\n",
                meta.name
            ));
        }
        if meta.is_deleting() {
            desk.err(&format!(
                "Warning: Detected changes to resource {} which is currently being deleted.\n",
                meta.name
            ));
        }
    }

    /// kubectl names the file it was creating from, where the server gives no causes.
    fn refusal_text(&self, refusal: &Refusal, verb: &str) -> String {
        let file = self.args.value("filename");
        match (&refusal.causes, file) {
            (None, Some(file)) if verb != "replace" && refusal.reason != "Conflict" => {
                let shown = if file == "-" { "STDIN" } else { file };
                format!(
                    "Error from server ({}): error when creating {shown:?}: {}",
                    refusal.reason, refusal.message
                )
            }
            _ => refusal.kubectl(),
        }
    }

    fn send_one(
        &self,
        desk: &mut dyn Desk,
        verb: &str,
        object: &Object,
    ) -> Result<&'static str, Refusal> {
        let mut result = Err(Refusal::new("InternalError", String::new()));
        let dry = self.dry_run().is_some();
        desk.change(&mut |cluster, now, out| {
            // What is only tried is tried on a copy.
            let (mut copy, mut unheard) = (cluster.clone(), crate::sim::Out::default());
            let (cluster, out) = if dry { (&mut copy, &mut unheard) } else { (cluster, out) };
            result = match verb {
                "apply" => match cluster.apply(object, now, out) {
                    ApplyResult::Created => Ok("created"),
                    ApplyResult::Configured => Ok("configured"),
                    ApplyResult::Unchanged => Ok("unchanged"),
                    ApplyResult::Refused(refusal) => Err(refusal),
                },
                "create" => cluster.create(object, now, out).map(|_| "created"),
                _ => cluster.update(object.clone(), now, out).map(|_| "replaced"),
            };
        });
        result
    }

    /// `create namespace NAME`, `create configmap NAME`, `create secret generic NAME`,
    /// `create service clusterip NAME`.
    fn made(&self, desk: &dyn Desk, verb: &str) -> Result<Object, Failure> {
        let must = || Failure::new("error: must specify one of -f and -k");
        if verb != "create" {
            return Err(must());
        }
        let words: Vec<&str> = self.args.names.iter().map(String::as_str).collect();
        let unnamed = |what: &str| {
            Failure::new(format!(
                "error: exactly one NAME is required, got 0\nSee 'kubectl create {what} -h' for \
                 help and examples"
            ))
        };
        let meta = |name: &str| json!({"name": name});
        let value = match words.as_slice() {
            ["namespace" | "ns", name] => {
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": meta(name)})
            }
            ["configmap" | "cm", name] => json!({"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": meta(name), "data": self.pairs(desk)?}),
            ["secret", "generic", name] => {
                let data: Map<String, Value> = self
                    .pairs(desk)?
                    .into_iter()
                    .map(|(key, text)| {
                        let text = text.as_str().unwrap_or_default().to_string();
                        (key, base64(text.as_bytes()).into())
                    })
                    .collect();
                json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                    "metadata": meta(name), "data": data})
            }
            ["service" | "svc", "clusterip", name] => {
                let ports: Vec<Value> =
                    self.args.values("tcp").iter().map(|text| port(text)).collect();
                let mut spec =
                    json!({"type": "ClusterIP", "ports": ports, "selector": {"app": name}});
                if let Some(ip) = self.args.value("clusterip") {
                    spec["clusterIP"] = ip.into();
                }
                json!({"apiVersion": "v1", "kind": "Service",
                    "metadata": {"name": name, "labels": {"app": name}}, "spec": spec})
            }
            [what @ ("namespace" | "ns" | "configmap" | "cm")] => return Err(unnamed(what)),
            ["secret", "generic"] => return Err(unnamed("secret generic")),
            ["service" | "svc", "clusterip"] => return Err(unnamed("service clusterip")),
            [] => return Err(must()),
            [kind, ..] if CREATED.contains(kind) => {
                let command = format!("create {}", words[..words.len().min(2)].join(" "));
                return Err(super::about::not_here(&command));
            }
            _ => {
                return Err(Failure::new(format!(
                    "error: Unexpected args: [{}]\nSee 'kubectl create -h' for help and examples",
                    words.join(" ")
                )));
            }
        };
        Object::from_value(&value).map_err(|_| must())
    }

    /// `--from-literal=k=v` and `--from-file=[key=]path`.
    fn pairs(&self, desk: &dyn Desk) -> Result<Map<String, Value>, Failure> {
        let mut data = Map::new();
        for text in self.args.flags.get("from-literal").into_iter().flatten() {
            let Some((key, value)) = text.split_once('=') else {
                return Err(Failure::new(format!(
                    "error: invalid literal source {text}, expected key=value"
                )));
            };
            data.insert(key.to_string(), value.into());
        }
        for text in self.args.flags.get("from-file").into_iter().flatten() {
            let (key, path) = match text.split_once('=') {
                Some((key, path)) => (key, path),
                None => (text.rsplit('/').next().unwrap_or(text), text.as_str()),
            };
            let Some(content) = desk.file(path) else {
                return Err(Failure::new(format!(
                    "error: error reading {path}: no such file or directory"
                )));
            };
            data.insert(key.to_string(), content.into());
        }
        Ok(data)
    }
}

/// Kinds of which `kubectl create` can make other types too.
const CREATED: [&str; 3] = ["secret", "service", "svc"];

/// `3306`, `3306:3307`.
fn port(text: &str) -> Value {
    let (port, target) = text.split_once(':').unwrap_or((text, text));
    let number = |text: &str| text.parse::<i64>().map_or_else(|_| text.into(), Value::from);
    json!({"name": text.replace(':', "-"), "port": number(port), "protocol": "TCP",
        "targetPort": number(target)})
}

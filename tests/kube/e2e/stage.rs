//! The set of upstream's tests: a web server with a readiness probe, in a cluster that runs.

use std::collections::BTreeMap;

use ordinal::base::Millis;
use ordinal::kube::{Options, key};
use ordinal::manifest::object::{Object, PersistentVolumeClaim, Pod, StatefulSet};
use serde_json::{Value, json};

use crate::kube::driver::{Driver, Plan};

pub const OLD: &str = "mysql:5.7-debian";
pub const NEW: &str = "mysql:5.7.44";

/// A cluster with the set `ss`.
pub struct Stage {
    pub driver: Driver,
}

/// The set's manifest; `spec` is merged into it.
pub fn manifest(replicas: i32, spec: &Value) -> Object {
    let mut set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": "ss", "namespace": "default", "labels": {"e2e": "ss"}},
        "spec": {"serviceName": "test", "replicas": replicas,
            "selector": {"matchLabels": {"foo": "bar"}},
            "template": {"metadata": {"labels": {"foo": "bar"}}, "spec": {"containers": [{
                "name": "webserver", "image": OLD,
                "readinessProbe": {"httpGet": {"path": "/index.html", "port": 80},
                    "periodSeconds": 1, "successThreshold": 1, "failureThreshold": 1}}]}}}});
    ordinal::kube::merge_patch(&mut set["spec"], spec, false);
    Object::from_value(&set).expect("the manifest has the right types")
}

/// A claim template, to be merged into a set's spec.
pub fn claims() -> Value {
    json!({"volumeClaimTemplates": [{"metadata": {"name": "datadir"}, "spec": {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}}]})
}

pub fn merged(mut a: Value, b: &Value) -> Value {
    ordinal::kube::merge_patch(&mut a, b, false);
    a
}

impl Stage {
    /// A cluster where the set was applied and nothing has happened yet.
    pub fn new(replicas: i32, spec: &Value) -> Stage {
        Stage::with(replicas, spec, false)
    }

    /// The same with the feature gate MaxUnavailableStatefulSet on, or off as it is by default.
    pub fn with(replicas: i32, spec: &Value, max_unavailable: bool) -> Stage {
        let options = Options { max_unavailable, ..Options::default() };
        let mut stage = Stage { driver: Driver::with(options) };
        stage.driver.plans.insert("webserver".to_string(), Plan::Serve { deaf: false });
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "test"},
            "spec": {"clusterIP": "None", "selector": {"foo": "bar"}, "ports": [{"port": 80}]}});
        stage.driver.apply(&Object::from_value(&service).expect("a Service"));
        stage.driver.apply(&manifest(replicas, spec));
        stage
    }

    /// The same, once all pods are ready.
    pub fn ready(replicas: i32, spec: &Value) -> Stage {
        let mut stage = Stage::new(replicas, spec);
        stage.until_ready(replicas);
        stage
    }

    pub fn set(&self) -> StatefulSet {
        (*self.driver.cluster.store().sets[&key("default", "ss")]).clone()
    }

    pub fn pod(&self, ordinal: u32) -> Pod {
        self.driver.pod(&format!("ss-{ordinal}")).expect("the pod is there").clone()
    }

    pub fn names(&self) -> Vec<String> {
        self.driver.pods().iter().map(|pod| pod.metadata.name.clone()).collect()
    }

    pub fn claim_names(&self) -> Vec<String> {
        self.driver.cluster.store().claims.keys().map(|at| at.name.clone()).collect()
    }

    pub fn claim(&self, ordinal: u32) -> PersistentVolumeClaim {
        let at = key("default", &format!("datadir-ss-{ordinal}"));
        (*self.driver.cluster.store().claims[&at]).clone()
    }

    pub fn image(&self, ordinal: u32) -> String {
        self.pod(ordinal).spec.containers[0].image.clone()
    }

    pub fn revision(&self, ordinal: u32) -> String {
        self.pod(ordinal).metadata.labels["controller-revision-hash"].clone()
    }

    /// Runs until something is so; fails if it takes more than an hour.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Driver) -> bool) {
        let held = self.driver.run_until(Millis::secs(3_600), holds);
        let tail: Vec<&String> = self.driver.lines.iter().rev().take(12).collect();
        assert!(held, "{what}; there are {:?}; last: {tail:#?}", self.names());
    }

    /// Runs until these many pods are there and ready, and the status says so.
    pub fn until_ready(&mut self, replicas: i32) {
        self.until("the pods become ready", move |driver| {
            let set = &driver.cluster.store().sets[&key("default", "ss")];
            let ours =
                || driver.pods().into_iter().filter(|pod| pod.metadata.name.starts_with("ss-"));
            ours().count() == replicas as usize
                && set.status.ready_replicas == replicas
                && set.status.replicas == replicas
                && ours().all(|pod| !pod.metadata.is_deleting())
        });
    }

    /// Runs for a while.
    pub fn run(&mut self, secs: u64) {
        self.driver.run_until(Millis::secs(secs), |_| false);
    }

    /// Changes the set's spec.
    pub fn patch(&mut self, spec: &Value) {
        let mut value = Object::StatefulSet(Box::new(self.set())).to_value();
        ordinal::kube::merge_patch(&mut value["spec"], spec, false);
        let next = Object::from_value(&value).expect("the patch has the right types");
        let done = self.driver.does(|cluster, now, out| cluster.update(next, now, out));
        assert!(done.is_ok(), "{done:?}");
    }

    pub fn set_image(&mut self, image: &str) {
        let mut template = json!(self.set().spec.template);
        template["spec"]["containers"][0]["image"] = json!(image);
        self.patch(&json!({ "template": template }));
    }

    pub fn partition(&mut self, partition: i32) {
        self.patch(&json!({"updateStrategy": {"rollingUpdate": {"partition": partition}}}));
    }

    pub fn scale(&mut self, replicas: u32) {
        self.driver.scale("ss", replicas);
    }

    pub fn delete_pod(&mut self, ordinal: u32) {
        self.driver.delete_pod(&format!("ss-{ordinal}"));
    }

    /// Changes a pod as somebody outside would.
    pub fn change_pod(&mut self, ordinal: u32, change: impl FnOnce(&mut Pod)) {
        let mut pod = self.pod(ordinal);
        change(&mut pod);
        let object = Object::Pod(Box::new(pod));
        let done = self.driver.does(|cluster, now, out| cluster.update(object, now, out));
        assert!(done.is_ok(), "{done:?}");
    }

    /// Changes a claim as somebody outside would.
    pub fn change_claim(&mut self, ordinal: u32, change: impl FnOnce(&mut PersistentVolumeClaim)) {
        let mut claim = self.claim(ordinal);
        change(&mut claim);
        let object = Object::PersistentVolumeClaim(Box::new(claim));
        let done = self.driver.does(|cluster, now, out| cluster.update(object, now, out));
        assert!(done.is_ok(), "{done:?}");
    }

    pub fn delete_set(&mut self, options: ordinal::kube::DeleteOptions) {
        let at = key("default", "ss");
        self.driver
            .does(|cluster, now, out| cluster.delete("statefulsets", &at, options, now, out))
            .expect("the set is there");
    }

    /// Runs, and notes every change of which pods there are, until something is so.
    pub fn watch(&mut self, what: &str, holds: impl Fn(&Stage) -> bool) -> Vec<Vec<String>> {
        let mut seen = vec![self.names()];
        let until = self.driver.now + Millis::secs(3_600);
        while !holds(self) {
            assert!(self.driver.step(Some(until)), "{what}: {seen:?}");
            let names = self.names();
            if seen.last() != Some(&names) {
                seen.push(names);
            }
        }
        seen
    }

    /// The image of each pod.
    pub fn images(&self) -> BTreeMap<String, String> {
        let image = |pod: &&Pod| (pod.metadata.name.clone(), pod.spec.containers[0].image.clone());
        self.driver.pods().iter().map(image).collect()
    }
}

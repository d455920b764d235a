//! The API server's verbs: create, apply, replace, scale, delete.

mod admit;
mod keep;
mod merge;

pub use merge::merge_patch;

use std::sync::Arc;

use super::cluster::{Cluster, add_root_certificate, declared, enqueue, tell};
use super::store::{cluster_key, key, key_of};
use super::{defaults, write};
use crate::base::{Millis, SimTime};
use crate::manifest::object::{IntOrString, Object, PersistentVolumeClaim, Pod, Service, Time};
use crate::manifest::validate;
use crate::sim::{Controller, Effect, ObjectKey, Out};
use crate::trace::fact::KubeFact;

/// Where `kubectl apply` keeps what was applied last.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A claim is not removed while a pod uses it.
pub const CLAIM_FINALIZER: &str = "kubernetes.io/pvc-protection";

/// What `kubectl apply` says of one object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The variants are kubectl's own words.
pub enum ApplyResult {
    Created,
    Configured,
    Unchanged,
    Refused(Refusal),
}

/// A request the server refuses.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Refusal {
    /// `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, `BadRequest`; empty where
    /// the server has none, as for a kubelet that it cannot reach.
    pub reason: &'static str,
    /// The server's message.
    pub message: String,
    /// What kubectl prints instead, if the server named causes.
    pub causes: Option<String>,
}

/// How to delete.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct DeleteOptions {
    /// Overrides the pod's own grace period, in seconds.
    pub grace_secs: Option<i64>,
    /// What becomes of dependents.
    pub cascade: Cascade,
}

/// What becomes of an object's dependents.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Cascade {
    /// They go after it.
    #[default]
    Background,
    /// They go before it.
    Foreground,
    /// They stay, without an owner.
    Orphan,
}

impl Refusal {
    /// There is no such object; `plural` as the server writes it (`statefulsets.apps`).
    pub fn not_found(plural: &str, name: &str) -> Refusal {
        Refusal::new("NotFound", format!("{plural} \"{name}\" not found"))
    }

    /// A refusal without causes.
    pub fn new(reason: &'static str, message: String) -> Refusal {
        Refusal { reason, message, causes: None }
    }

    /// What kubectl prints.
    pub fn kubectl(&self) -> String {
        match &self.causes {
            Some(causes) => causes.clone(),
            None if self.reason.is_empty() => format!("Error from server: {}", self.message),
            None => format!("Error from server ({}): {}", self.reason, self.message),
        }
    }

    /// The server's verdict on an object, if it is not good.
    fn of(object: &Object, errors: &[validate::FieldError]) -> Option<Refusal> {
        if errors.is_empty() {
            return None;
        }
        let name = &object.metadata().name;
        Some(Refusal {
            reason: "Invalid",
            message: validate::status_message(&object.to_value(), errors),
            causes: Some(validate::kubectl_message(object.kind(), name, errors)),
        })
    }
}

/// How the server names a kind: `pods`, `statefulsets.apps`.
pub fn resource_of(object: &Object) -> String {
    let plural = object
        .kind_info()
        .map_or_else(|| format!("{}s", object.kind().to_lowercase()), |one| one.plural.to_string());
    match object.api_version().split_once('/') {
        Some((group, _)) => format!("{plural}.{group}"),
        None => plural,
    }
}

impl Cluster {
    /// `kubectl apply` of one object into a namespace, if it names none itself.
    pub fn apply(&mut self, object: &Object, now: SimTime, out: &mut Out) -> ApplyResult {
        let mut wanted = object.clone();
        let meta = wanted.metadata_mut();
        meta.annotations.remove(LAST_APPLIED);
        let written = merge::last_applied(object);
        let mut filled = wanted.clone();
        defaults::fill(&mut filled, "default");
        let live = self.find(&filled);
        let (result, kind) = (live.is_some(), object.kind().to_string());
        let name = filled.metadata().name.clone();
        let verdict = match live {
            None => {
                wanted.metadata_mut().annotations.insert(LAST_APPLIED.to_string(), written);
                match self.create(&wanted, now, out) {
                    Ok(_) => return ApplyResult::Created,
                    Err(refusal) => ApplyResult::Refused(refusal),
                }
            }
            Some(live) => match merge::three_way(&live, &wanted, written) {
                Some(next) if next == live => ApplyResult::Unchanged,
                Some(next) => match self.update(next, now, out) {
                    Ok(_) => ApplyResult::Configured,
                    Err(refusal) => ApplyResult::Refused(refusal),
                },
                None => {
                    let message = format!("the {kind} in the request cannot be decoded");
                    ApplyResult::Refused(Refusal::new("BadRequest", message))
                }
            },
        };
        debug_assert!(result || !matches!(verdict, ApplyResult::Configured));
        let changed = verdict == ApplyResult::Configured;
        declared(out, &kind, &name, "");
        match &verdict {
            ApplyResult::Refused(refusal) => {
                let message = refusal.message.clone();
                tell(out, KubeFact::ApplyRefused { kind, name, message });
            }
            _ => tell(out, KubeFact::Applied { kind, name, changed }),
        }
        verdict
    }

    /// Removes an object of a kind that is not modelled.
    pub(super) fn delete_other(&mut self, object: &Object) {
        let place = (object.kind().to_string(), key_of(object.metadata()));
        self.store_mut().others.remove(&place);
    }

    /// The stored object with the same kind and name.
    pub fn find(&self, object: &Object) -> Option<Object> {
        match object.kind_info() {
            Some(info) => self.store.get(info.plural, &key_of(object.metadata())),
            None => {
                let place = (object.kind().to_string(), key_of(object.metadata()));
                self.store.others.get(&place).map(|one| Object::Other(Box::new((**one).clone())))
            }
        }
    }

    /// Creates an object.
    ///
    /// # Errors
    /// The server's refusal: it is there already, or its namespace is not.
    pub fn create(
        &mut self,
        object: &Object,
        now: SimTime,
        out: &mut Out,
    ) -> Result<Object, Refusal> {
        let mut object = object.clone();
        defaults::fill(&mut object, "default");
        let meta = object.metadata();
        let (kind, resource) = (object.kind().to_string(), resource_of(&object));
        if self.find(&object).is_some() && !meta.name.is_empty() {
            let message = format!("{resource} \"{}\" already exists", meta.name);
            return Err(Refusal::new("AlreadyExists", message));
        }
        if let Some(refusal) = Refusal::of(&object, &validate::create(&object.to_value())) {
            return Err(refusal);
        }
        let namespace = meta.namespace.clone();
        if !namespace.is_empty() && !self.store.namespaces.contains_key(&cluster_key(&namespace)) {
            return Err(Refusal::not_found("namespaces", &namespace));
        }
        if let Object::Pod(pod) = &object
            && let Some(refusal) = self.refuse_pod(pod)
        {
            return Err(refusal);
        }
        let made = match object {
            Object::Pod(pod) => Object::Pod(Box::new(self.create_pod(*pod, now, out))),
            Object::PersistentVolumeClaim(claim) => {
                let claim = self.create_claim(*claim, now, out);
                Object::PersistentVolumeClaim(Box::new(claim))
            }
            mut other => {
                self.store_mut().stamp_new(other.metadata_mut(), now);
                if let Object::Service(service) = &mut other {
                    self.allocate_addresses(service);
                }
                if let Object::Namespace(namespace) = &other {
                    let name = namespace.metadata.name.clone();
                    add_root_certificate(self.store_mut(), &name, now);
                }
                self.put(other.clone(), now, out);
                other
            }
        };
        let name = made.metadata().name.clone();
        declared(out, &kind, &name, "");
        tell(out, KubeFact::Created { kind, name });
        Ok(made)
    }

    /// Replaces an object that is there; false if nothing changed.
    ///
    /// # Errors
    /// There is no such object, or the server does not take the change.
    pub fn update(
        &mut self,
        mut object: Object,
        now: SimTime,
        out: &mut Out,
    ) -> Result<bool, Refusal> {
        let namespace = object.metadata().namespace.clone();
        defaults::fill(&mut object, if namespace.is_empty() { "default" } else { &namespace });
        let Some(old) = self.find(&object) else {
            return Err(Refusal::not_found(&resource_of(&object), &object.metadata().name));
        };
        let version = &object.metadata().resource_version;
        if !version.is_empty() && *version != old.metadata().resource_version {
            let (resource, name) = (resource_of(&object), &object.metadata().name);
            return Err(Refusal::new(
                "Conflict",
                format!(
                    "Operation cannot be fulfilled on {resource} \"{name}\": the object has been \
                     modified; please apply your changes to the latest version and try again"
                ),
            ));
        }
        keep::the_servers(&mut object, &old);
        if let Some(refusal) = self.refuse_resize(&object, &old) {
            return Err(refusal);
        }
        let (new_tree, old_tree) = (object.to_value(), old.to_value());
        let errors = validate::update(&new_tree, &old_tree);
        if let Some(refusal) = Refusal::of(&object, &errors) {
            return Err(refusal);
        }
        if object == old {
            return Ok(false);
        }
        self.replace(object, now, out);
        Ok(true)
    }

    fn replace(&mut self, mut object: Object, now: SimTime, out: &mut Out) {
        if let Object::Service(service) = &mut object {
            self.allocate_addresses(service);
        }
        let meta = object.metadata();
        let stopped = meta.is_deleting() && meta.deletion_grace_period_seconds == Some(0);
        let gone = (stopped && meta.finalizers.is_empty()).then(|| key_of(meta));
        let is_pod = matches!(object, Object::Pod(_));
        self.put(object, now, out);
        // Its last finalizer was all that kept it.
        if let Some(at) = gone.filter(|_| is_pod) {
            self.remove_pod(&at, out);
        }
    }

    /// Stores an object and tells who watches its kind.
    fn put(&mut self, object: Object, now: SimTime, out: &mut Out) {
        macro_rules! plain {
            ($table:ident, $one:expr) => {{
                let mut one = *$one;
                let store = self.store_mut();
                one.metadata.resource_version = store.next_version();
                store.$table.insert(key_of(&one.metadata), Arc::new(one));
            }};
        }
        match object {
            Object::StatefulSet(set) => self.put_set(*set, out),
            Object::Service(service) => self.put_service(*service, out),
            Object::Pod(pod) => self.put_pod(*pod, out),
            Object::PersistentVolumeClaim(claim) => self.put_claim(*claim, out),
            Object::PersistentVolume(mut volume) => {
                if volume.status.phase == "Pending" {
                    volume.status.phase = "Available".to_string();
                    volume.status.last_phase_transition_time = Some(Time(now));
                }
                self.put_volume(*volume, out);
            }
            Object::Node(mut node) => {
                for taint in &mut node.spec.taints {
                    taint.time_added.get_or_insert(Time(now));
                }
                let old = self.store.nodes.get(&key_of(&node.metadata)).cloned();
                if let Some(old) = old {
                    self.taints_changed(&old, &node, out);
                }
                self.put_node(*node, out);
            }
            Object::ControllerRevision(revision) => self.put_revision(*revision),
            Object::ConfigMap(config) => {
                plain!(configs, config);
                self.retry_mounts(out);
            }
            Object::Secret(secret) => {
                plain!(secrets, secret);
                self.retry_mounts(out);
            }
            Object::Namespace(namespace) => plain!(namespaces, namespace),
            Object::StorageClass(class) => {
                plain!(classes, class);
                self.retry_unscheduled(out);
            }
            Object::EndpointSlice(slice) => plain!(slices, slice),
            Object::Endpoints(endpoints) => plain!(endpoints, endpoints),
            Object::Event(event) => plain!(events, event),
            Object::Other(other) => {
                let place = (other.kind.clone(), key_of(&other.metadata));
                self.store_mut().others.insert(place, Arc::new(*other));
            }
        }
    }

    /// Creates a pod: defaults, admission, the scheduler's queue.
    pub(super) fn create_pod(&mut self, mut pod: Pod, now: SimTime, out: &mut Out) -> Pod {
        pod.status = Default::default();
        defaults::fill_pod(&mut pod);
        let store = self.store_mut();
        store.stamp_new(&mut pod.metadata, now);
        pod.metadata.generation = 1;
        let suffix = store.new_suffix();
        defaults::admit_pod(&mut pod, &suffix);
        pod.status.qos_class = defaults::qos_class(&pod.spec).to_string();
        self.put_pod(pod.clone(), out);
        pod
    }

    /// Creates a claim: the default class, and protection while it is used.
    pub(super) fn create_claim(
        &mut self,
        mut claim: PersistentVolumeClaim,
        now: SimTime,
        out: &mut Out,
    ) -> PersistentVolumeClaim {
        let mut object = Object::PersistentVolumeClaim(Box::new(claim.clone()));
        defaults::fill(&mut object, &claim.metadata.namespace);
        if let Object::PersistentVolumeClaim(filled) = object {
            claim = *filled;
        }
        let legacy = claim.metadata.annotations.get("volume.beta.kubernetes.io/storage-class");
        if claim.spec.storage_class_name.is_none() && legacy.is_none() {
            claim.spec.storage_class_name = self.default_class();
        }
        claim.metadata.finalizers = vec![CLAIM_FINALIZER.to_string()];
        claim.status = Default::default();
        claim.status.phase = "Pending".to_string();
        self.store_mut().stamp_new(&mut claim.metadata, now);
        self.put_claim(claim.clone(), out);
        claim
    }

    /// The newest StorageClass that calls itself the default.
    fn default_class(&self) -> Option<String> {
        self.store
            .classes
            .values()
            .filter(|class| {
                class.metadata.annotations.get("storageclass.kubernetes.io/is-default-class")
                    == Some(&"true".to_string())
            })
            .max_by_key(|class| class.metadata.creation_timestamp)
            .map(|class| class.metadata.name.clone())
    }

    /// A cluster address, and node ports where the type needs them.
    fn allocate_addresses(&mut self, service: &mut Service) {
        if service.spec.kind == "ExternalName" {
            return;
        }
        if service.spec.cluster_ip.is_empty() {
            let ip = self.free_cluster_ip();
            service.spec.cluster_ip.clone_from(&ip);
            service.spec.cluster_ips = vec![ip];
        }
        if service.spec.kind != "NodePort" && service.spec.kind != "LoadBalancer" {
            return;
        }
        for index in 0..service.spec.ports.len() {
            if service.spec.ports[index].node_port == 0 {
                let offset = self.store_mut().seed.below(2_768);
                service.spec.ports[index].node_port =
                    30_000 + i32::try_from(offset).expect("below 2,768");
            }
        }
    }

    fn free_cluster_ip(&mut self) -> String {
        loop {
            let draw = self.store_mut().seed.below(1 << 12);
            let ip = format!("10.{}.{}.{}", 96 + (draw >> 9), draw % 250 + 1, draw / 17 % 250 + 2);
            if self.store.services.values().all(|one| one.spec.cluster_ip != ip) {
                return ip;
            }
        }
    }

    /// Asks for a pod to be deleted. `grace_secs` overrides the pod's own.
    pub(super) fn delete_pod(
        &mut self,
        pod_key: &ObjectKey,
        grace_secs: Option<i64>,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(pod) = self.store.pods.get(pod_key).cloned() else { return };
        let own = pod.spec.termination_grace_period_seconds.unwrap_or(30).max(1);
        let mut grace = grace_secs.unwrap_or(own);
        // Models the pod strategy's CheckGracefulDelete: nobody has to stop anything.
        if pod.spec.node_name.is_empty() || write::is_terminal(&pod) {
            grace = 0;
        }
        let shorter = pod.metadata.deletion_grace_period_seconds.is_none_or(|was| grace < was);
        if grace == 0 && pod.metadata.finalizers.is_empty() {
            self.remove_pod(pod_key, out);
            return;
        }
        if !shorter {
            return;
        }
        let mut next = (*pod).clone();
        let after = Millis::secs(u64::try_from(grace).unwrap_or(0));
        next.metadata.deletion_timestamp = Some(Time(now + after));
        next.metadata.deletion_grace_period_seconds = Some(grace);
        next.metadata.generation += 1;
        self.put_pod(next, out);
    }

    /// `kubectl delete` of one object.
    ///
    /// # Errors
    /// There is no such object.
    pub fn delete(
        &mut self,
        plural: &str,
        at: &ObjectKey,
        options: DeleteOptions,
        now: SimTime,
        out: &mut Out,
    ) -> Result<(), Refusal> {
        let Some(object) = self.store.get(plural, at) else {
            return Err(Refusal::not_found(plural, &at.name));
        };
        tell(out, KubeFact::DeleteAsked { kind: object.kind().to_string(), name: at.name.clone() });
        if options.cascade == Cascade::Orphan {
            self.orphan_dependents(&object.metadata().uid, out);
        }
        match &object {
            Object::Pod(_) => self.delete_pod(at, options.grace_secs, now, out),
            Object::PersistentVolumeClaim(claim) => {
                let mut next = (**claim).clone();
                next.metadata.deletion_timestamp.get_or_insert(Time(now));
                next.metadata.deletion_grace_period_seconds = Some(0);
                self.put_claim(next, out);
            }
            Object::StatefulSet(set) if options.cascade == Cascade::Foreground => {
                let mut next = (**set).clone();
                next.metadata.deletion_timestamp = Some(Time(now));
                next.metadata.finalizers.push("foregroundDeletion".to_string());
                let uid = next.metadata.uid.clone();
                self.put_set(next, out);
                self.owner_gone(&at.namespace, &uid, out);
            }
            Object::Namespace(namespace) => {
                let mut next = (**namespace).clone();
                next.status.phase = "Terminating".to_string();
                next.metadata.deletion_timestamp = Some(Time(now));
                self.put(Object::Namespace(Box::new(next)), now, out);
                enqueue(out, Controller::GarbageCollector, key(&at.name, "namespace"));
            }
            _ => self.remove(plural, at, &object, out),
        }
        Ok(())
    }

    /// Removes an object that nothing protects.
    pub(super) fn remove(&mut self, plural: &str, at: &ObjectKey, object: &Object, out: &mut Out) {
        let store = self.store_mut();
        match plural {
            "statefulsets" => drop(store.sets.remove(at)),
            "controllerrevisions" => drop(store.revisions.remove(at)),
            "services" => {
                store.services.remove(at);
                enqueue(out, Controller::Endpoints, at.clone());
            }
            "configmaps" => drop(store.configs.remove(at)),
            "secrets" => drop(store.secrets.remove(at)),
            "persistentvolumes" => {
                store.volumes.remove(at);
                out.ask(Effect::RemoveVolume(at.name.as_str().into()));
            }
            "storageclasses" => drop(store.classes.remove(at)),
            "nodes" => drop(store.nodes.remove(at)),
            "endpointslices" => drop(store.slices.remove(at)),
            "endpoints" => drop(store.endpoints.remove(at)),
            "events" => drop(store.events.remove(at)),
            _ => {}
        }
        self.owner_gone(&at.namespace, &object.metadata().uid, out);
    }

    /// `kubectl scale`.
    ///
    /// # Errors
    /// There is no such set.
    pub fn scale(&mut self, at: &ObjectKey, replicas: u32, out: &mut Out) -> Result<(), Refusal> {
        let Some(set) = self.store.sets.get(at) else {
            return Err(Refusal::not_found("statefulsets.apps", &at.name));
        };
        let was = set.replicas();
        let mut next = (**set).clone();
        next.spec.replicas = Some(i32::try_from(replicas).unwrap_or(i32::MAX));
        self.put_set(next, out);
        let set = at.name.clone();
        declared(out, "StatefulSet", &set, "spec.replicas");
        tell(out, KubeFact::Scaled { set, was, replicas });
        Ok(())
    }

    /// `kubectl cordon` (or `uncordon`); `None`: there is no such node, else whether anything
    /// changed.
    pub fn cordon(&mut self, name: &str, on: bool, now: SimTime, out: &mut Out) -> Option<bool> {
        let mut node = (**self.store.nodes.get(&cluster_key(name))?).clone();
        if node.spec.unschedulable == on {
            return Some(false);
        }
        node.spec.unschedulable = on;
        node.spec.taints.retain(|taint| taint.key != UNSCHEDULABLE_TAINT);
        if on {
            node.spec.taints.push(crate::manifest::object::Taint {
                key: UNSCHEDULABLE_TAINT.to_string(),
                effect: "NoSchedule".to_string(),
                time_added: Some(Time(now)),
                ..Default::default()
            });
        }
        self.put_node(node, out);
        tell(out, KubeFact::Cordoned { node: name.into(), on });
        Some(true)
    }

    /// A port of a Service on its pods: a number, or the name of a container's port.
    pub(super) fn target_port(&self, pod: &Pod, target: Option<&IntOrString>, port: i32) -> u16 {
        let number = match target {
            None => port,
            Some(IntOrString::Int(number)) => *number,
            Some(IntOrString::String(name)) => pod
                .spec
                .containers
                .iter()
                .flat_map(|container| &container.ports)
                .find(|one| one.name == *name)
                .map_or(0, |one| one.container_port),
        };
        u16::try_from(number).unwrap_or(0)
    }
}

/// The taint of a cordoned node.
pub(super) const UNSCHEDULABLE_TAINT: &str = "node.kubernetes.io/unschedulable";

//! A cluster as a value.

use std::sync::Arc;

use super::dns::Answer;
use super::event::Recorder;
use super::kubelet::Kubelets;
use super::options::Options;
use super::store::{Store, cluster_key, key};
use super::volume::Attachments;
use super::{defaults, timing};
use crate::base::seed::Seed;
use crate::base::{Millis, NodeName, PodUid, SimTime, SortedMap, SortedSet};
use crate::manifest::object::{
    self, ConfigMap, Node, NodeAddress, NodeCondition, NodeInfo, NodeSpec, NodeStatus, Object, Pod,
    Quantity, StorageClass, Time,
};
use crate::manifest::{FIRST_NAMESPACES, STANDARD_CLASS};
use crate::sim::{Controller, Effect, KubeAction, KubeTimer, ObjectKey, Out};
use crate::trace::fact::KubeFact;
use crate::trace::{Actor, Fact, Place, Site, SiteRole, Via};

/// A cluster: what the API server holds, and what kubelets and controllers remember.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cluster {
    pub(super) options: Arc<Options>,
    pub(super) store: Arc<Store>,
    pub(super) kubelets: Arc<Kubelets>,
    pub(super) attachments: Arc<Attachments>,
    pub(super) recorder: Arc<Recorder>,
    /// How often in a row a set's pass failed.
    pub(super) retries: Arc<SortedMap<ObjectKey, u32>>,
    /// Repositories, in their short form, whose registries do not answer: a fault.
    pub(super) registries_down: Arc<SortedSet<String>>,
    /// What the DNS server has in its cache.
    pub(super) answers: Arc<SortedMap<String, Answer>>,
}

impl Cluster {
    /// A cluster on which nobody has applied anything yet: nodes, a default StorageClass, the
    /// namespaces and the objects every cluster has.
    pub fn new(options: Options) -> Cluster {
        let mut store = Store { seed: Seed(options.seed ^ 0x6b75_6265), ..Store::default() };
        for name in FIRST_NAMESPACES {
            add_namespace(&mut store, name, SimTime::START);
        }
        for (number, option) in (1..).zip(&options.nodes) {
            let mut node = node_of(option, number);
            store.stamp_new(&mut node.metadata, SimTime::START);
            store.nodes.insert(cluster_key(&option.name), Arc::new(node));
        }
        let mut class = standard_class(&options.provisioner);
        store.stamp_new(&mut class.metadata, SimTime::START);
        store.classes.insert(cluster_key(&class.metadata.name), Arc::new(class));
        super::apiserver::register(&mut store);
        Cluster::from_store(options, store)
    }

    /// A cluster in which the API server holds just this; kubelets and controllers remember
    /// nothing. For judging one controller's turn.
    pub fn from_store(options: Options, store: Store) -> Cluster {
        Cluster {
            kubelets: Arc::new(Kubelets::new(&options)),
            options: Arc::new(options),
            store: Arc::new(store),
            attachments: Arc::default(),
            recorder: Arc::default(),
            retries: Arc::default(),
            registries_down: Arc::default(),
            answers: Arc::default(),
        }
    }

    /// What the API server holds.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What the cluster was made from.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// One turn of a controller or a kubelet.
    pub fn act(&mut self, action: &KubeAction, now: SimTime, out: &mut Out) -> Actor {
        match action {
            KubeAction::Reconcile(controller, key) => self.reconcile(*controller, key, now, out),
            KubeAction::Sync(node, pod) => {
                self.sync(node, pod, now, out);
                Actor::Kubelet(node.clone())
            }
            KubeAction::Timer(timer) => self.fire(timer, now, out),
        }
    }

    fn reconcile(
        &mut self,
        controller: Controller,
        key: &ObjectKey,
        now: SimTime,
        out: &mut Out,
    ) -> Actor {
        match controller {
            Controller::StatefulSet => {
                self.reconcile_set(key, now, out);
                Actor::StatefulSetController
            }
            Controller::Scheduler => {
                self.schedule(key, now, out);
                Actor::Scheduler
            }
            Controller::Endpoints => {
                self.reconcile_endpoints(key, now, out);
                Actor::EndpointsController
            }
            Controller::Volumes => {
                self.reconcile_claim(key, now, out);
                Actor::VolumeController
            }
            Controller::AttachDetach => {
                self.reconcile_attachments(now, out);
                Actor::Controller("attachdetach-controller")
            }
            Controller::GarbageCollector => {
                self.collect(key, now, out);
                Actor::Controller("garbage-collector-controller")
            }
        }
    }

    fn fire(&mut self, timer: &KubeTimer, now: SimTime, out: &mut Out) -> Actor {
        match timer {
            KubeTimer::Pulled(node, image) => {
                self.image_pulled(node, image, now, out);
                Actor::Kubelet(node.clone())
            }
            KubeTimer::Probe(pod, container, kind) => {
                let actor = self.kubelet_of(pod);
                self.probe_tick(pod, container, *kind, now, out);
                actor
            }
            KubeTimer::GraceOver(container) => {
                let actor = self.kubelet_of(&container.pod);
                self.grace_over(container, now, out);
                actor
            }
            KubeTimer::HookOver(container) => {
                let actor = self.kubelet_of(&container.pod);
                self.hook_over(container, now, out);
                actor
            }
            KubeTimer::Provisioned(namespace, claim) => {
                self.provisioned(&key(namespace, claim), now, out);
                Actor::VolumeController
            }
            KubeTimer::Grown(namespace, claim) => {
                self.grown(&key(namespace, claim), now, out);
                Actor::VolumeController
            }
            KubeTimer::Attached(volume, node) => {
                self.attached(volume, node, now, out);
                Actor::Controller("attachdetach-controller")
            }
            KubeTimer::Detached(volume, node) => {
                self.detached(volume, node, now, out);
                Actor::Controller("attachdetach-controller")
            }
            KubeTimer::NodeSilent(node) => {
                self.node_silent(node, now, out);
                Actor::Controller("node-controller")
            }
            KubeTimer::TolerationOver(pod) => {
                self.toleration_over(pod, now, out);
                Actor::Controller("taint-eviction-controller")
            }
        }
    }

    fn kubelet_of(&self, pod: &PodUid) -> Actor {
        self.kubelets
            .pods
            .get(pod)
            .map_or(Actor::Controller("kubelet"), |run| Actor::Kubelet(run.node.clone()))
    }

    pub(super) fn store_mut(&mut self) -> &mut Store {
        Arc::make_mut(&mut self.store)
    }

    /// An amount of jitter from 0 up to and without `bound` that is always the same for the same
    /// thing.
    pub(super) fn jitter(&self, what: &impl std::hash::Hash, bound: Millis) -> Millis {
        let digest = crate::base::digest::Digest::of(&(self.options.seed, what)).0;
        Millis(if bound.0 == 0 { 0 } else { digest % bound.0 })
    }

    /// The field of a manifest from which a pod's field comes: its set's template, or the pod's own
    /// manifest.
    pub(super) fn pod_place(&self, pod: &Pod, path: &str) -> Place {
        let (kind, object, in_template) = owner_of(pod);
        let path = if in_template { format!("spec.template.{path}") } else { path.to_string() };
        Place::Field { kind, object, path }
    }

    /// Which object's manifest describes the pod with this uid: kind, name, and whether as a
    /// template.
    pub fn pod_template_of(&self, uid: &PodUid) -> Option<(String, String)> {
        let run = self.kubelets.pods.get(uid).map(|run| &*run.pod);
        let pod = run.or_else(|| self.store.pod(uid).map(|pod| &**pod))?;
        let (kind, object, _) = owner_of(pod);
        Some((kind, object))
    }

    /// The nodes whose processes exist.
    pub fn node_is_lost(&self, node: &NodeName) -> bool {
        self.kubelets.nodes.get(node).is_some_and(|run| run.lost)
    }
}

fn owner_of(pod: &Pod) -> (String, String, bool) {
    match pod.metadata.controller() {
        Some(owner) => (owner.kind.clone(), owner.name.clone(), true),
        None => ("Pod".to_string(), pod.metadata.name.clone(), false),
    }
}

/// Asks for a later turn.
pub(super) fn later(out: &mut Out, action: KubeAction, after: Millis, via: Via) {
    out.ask(Effect::Later { action, after, via, idle: false });
}

/// Asks for a controller's turn because something it watches changed.
pub(super) fn enqueue(out: &mut Out, controller: Controller, key: ObjectKey) {
    let after = if controller == Controller::Scheduler { timing::SCHEDULE } else { timing::WATCH };
    later(out, KubeAction::Reconcile(controller, key), after, Via::Watch);
}

/// Says what happened.
pub(super) fn tell(out: &mut Out, fact: KubeFact) {
    out.tell(Fact::Kube(fact));
}

/// Points at a field that decided.
pub(super) fn decided(out: &mut Out, kind: &str, object: &str, path: &str) {
    mark(out, kind, object, path, SiteRole::Decided);
}

/// Points at a field that declares what this is about.
pub(super) fn declared(out: &mut Out, kind: &str, object: &str, path: &str) {
    mark(out, kind, object, path, SiteRole::Declared);
}

fn mark(out: &mut Out, kind: &str, object: &str, path: &str, role: SiteRole) {
    let place =
        Place::Field { kind: kind.to_string(), object: object.to_string(), path: path.to_string() };
    out.mark(Site { place, role });
}

pub(super) fn add_namespace(store: &mut Store, name: &str, now: SimTime) {
    let mut object = Object::Namespace(Box::new(object::Namespace {
        api_version: "v1".to_string(),
        kind: "Namespace".to_string(),
        metadata: defaults::meta("", name),
        ..Default::default()
    }));
    defaults::fill(&mut object, "");
    let Object::Namespace(mut namespace) = object else { return };
    store.stamp_new(&mut namespace.metadata, now);
    store.namespaces.insert(cluster_key(name), Arc::new(*namespace));
    add_root_certificate(store, name, now);
}

/// The ConfigMap that every namespace has. Models the controller root-ca-certificate-publisher.
pub(super) fn add_root_certificate(store: &mut Store, namespace: &str, now: SimTime) {
    let mut config = ConfigMap {
        api_version: "v1".to_string(),
        kind: "ConfigMap".to_string(),
        metadata: defaults::meta(namespace, "kube-root-ca.crt"),
        data: SortedMap::from([("ca.crt".to_string(), ROOT_CERTIFICATE.to_string())]),
        ..Default::default()
    };
    store.stamp_new(&mut config.metadata, now);
    store.configs.insert(key(namespace, "kube-root-ca.crt"), Arc::new(config));
}

const ROOT_CERTIFICATE: &str =
    "-----BEGIN CERTIFICATE-----\n(not a real one)\n-----END CERTIFICATE-----\n";

fn node_of(option: &super::NodeOption, number: u32) -> Node {
    let amounts = SortedMap::from([
        ("cpu".to_string(), Quantity::from_millis(option.cpu_millis)),
        ("memory".to_string(), Quantity::bytes_binary(option.memory_bytes)),
        ("pods".to_string(), Quantity::whole(option.pods)),
        ("ephemeral-storage".to_string(), Quantity::bytes_binary(100 << 30)),
    ]);
    let mut metadata = defaults::meta("", &option.name);
    let labels = [
        ("kubernetes.io/hostname", option.name.as_str()),
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/os", "linux"),
        ("beta.kubernetes.io/arch", "amd64"),
    ];
    metadata.labels =
        labels.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
    let address = |kind: &str, address: &str| NodeAddress {
        kind: kind.to_string(),
        address: address.to_string(),
    };
    Node {
        api_version: "v1".to_string(),
        kind: "Node".to_string(),
        metadata,
        spec: NodeSpec {
            pod_cidr: format!("10.244.{number}.0/24"),
            pod_cidrs: vec![format!("10.244.{number}.0/24")],
            ..Default::default()
        },
        status: NodeStatus {
            capacity: amounts.clone(),
            allocatable: amounts,
            conditions: node_conditions(SimTime::START),
            addresses: vec![address("InternalIP", &option.ip), address("Hostname", &option.name)],
            node_info: NodeInfo {
                kernel_version: "6.12.48+deb13-amd64".to_string(),
                os_image: "Debian GNU/Linux 13 (trixie)".to_string(),
                container_runtime_version: "containerd://2.2.1".to_string(),
                kubelet_version: "v1.36.2".to_string(),
                operating_system: "linux".to_string(),
                architecture: "amd64".to_string(),
                ..Default::default()
            },
            ..Default::default()
        },
    }
}

/// What a kubelet that is well says of its node.
pub(super) fn node_conditions(now: SimTime) -> Vec<NodeCondition> {
    let rows = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "is posting ready status"),
    ];
    rows.iter()
        .map(|(kind, status, reason, message)| NodeCondition {
            kind: (*kind).to_string(),
            status: (*status).to_string(),
            last_heartbeat_time: Some(Time(now)),
            last_transition_time: Some(Time(now)),
            reason: (*reason).to_string(),
            message: format!("kubelet {message}"),
        })
        .collect()
}

fn standard_class(provisioner: &str) -> StorageClass {
    let mut metadata = defaults::meta("", STANDARD_CLASS);
    metadata
        .annotations
        .insert("storageclass.kubernetes.io/is-default-class".to_string(), "true".to_string());
    StorageClass {
        api_version: "storage.k8s.io/v1".to_string(),
        kind: "StorageClass".to_string(),
        metadata,
        provisioner: provisioner.to_string(),
        reclaim_policy: Some("Delete".to_string()),
        allow_volume_expansion: Some(true),
        volume_binding_mode: Some("WaitForFirstConsumer".to_string()),
        ..Default::default()
    }
}

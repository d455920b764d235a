//! What may happen next within Kubernetes.

use crate::base::{ClaimName, ContainerName, ImageName, Namespace, NodeName, PodUid};

/// A turn of Kubernetes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KubeAction {
    /// A controller takes one key off its queue.
    Reconcile(Controller, ObjectKey),
    /// A kubelet looks at one pod.
    Sync(NodeName, PodUid),
    /// Something that takes time is done, or a period is over.
    Timer(KubeTimer),
}

/// Which controller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Controller {
    StatefulSet,
    Scheduler,
    Endpoints,
    Volumes,
    AttachDetach,
    NodeLifecycle,
    GarbageCollector,
}

/// An object in a controller's queue.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectKey {
    /// Its namespace.
    pub namespace: Namespace,
    /// Its name.
    pub name: String,
}

/// What takes time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KubeTimer {
    /// An image has been pulled (or the pull has failed).
    Pulled(NodeName, ImageName),
    /// A probe's period is over.
    Probe(PodUid, ContainerName, ProbeKind),
    /// A pod's grace period is over.
    GraceOver(PodUid),
    /// A claim's volume is ready.
    Provisioned(Namespace, ClaimName),
}

/// Which probe.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum ProbeKind {
    Startup,
    Readiness,
    Liveness,
}

//! What may happen next within Kubernetes.

pub use crate::trace::fact::kube::ProbeKind;

use crate::base::{
    ClaimName, ContainerId, ContainerName, ImageName, Namespace, NodeName, PodUid, VolumeId,
};

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
    /// The time a container has to end by itself is over.
    GraceOver(ContainerId),
    /// A `sleep` hook is over, or a hook has taken too long.
    HookOver(ContainerId),
    /// A claim's volume is ready.
    Provisioned(Namespace, ClaimName),
    /// A claim's volume, or the file system on it, has grown.
    Grown(Namespace, ClaimName),
    /// A volume has been attached to a node.
    Attached(VolumeId, NodeName),
    /// A volume has been detached from a node.
    Detached(VolumeId, NodeName),
    /// A node has not been heard of for so long that it counts as lost.
    NodeSilent(NodeName),
    /// A pod has borne its node's taint as long as it tolerates it.
    TolerationOver(PodUid),
}

//! Who acted.

use crate::base::{ContainerName, NodeName, Pid, PodName};

/// Who made a step.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Actor {
    /// The person in front of the page.
    Learner,
    /// The API server, answering a request.
    ApiServer,
    /// The StatefulSet controller.
    StatefulSetController,
    /// The EndpointSlice (and Endpoints) controller.
    EndpointsController,
    /// The PersistentVolume controller and the provisioner.
    VolumeController,
    /// Garbage collector, node lifecycle and other controllers, by their name in events.
    Controller(&'static str),
    /// The scheduler.
    Scheduler,
    /// The kubelet (with its container runtime) of one node.
    Kubelet(NodeName),
    /// A process in a container; `program` is its name as `ps` shows it.
    Process {
        /// Its pod.
        pod: PodName,
        /// Its container.
        container: ContainerName,
        /// The process.
        pid: Pid,
        /// argv[0] without its directory.
        program: String,
    },
    /// The wire between pods.
    Network,
    /// Whoever injects a fault.
    Fault,
}

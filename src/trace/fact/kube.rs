//! Facts of Kubernetes.

use crate::base::{
    ClaimName, ContainerName, ImageName, Millis, NodeName, PodName, ServiceName, VolumeId,
};

/// What Kubernetes did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
// Each variant is put into words in `text`; its fields are the names in that sentence.
#[allow(missing_docs)]
pub enum KubeFact {
    // The API server.
    Created {
        kind: String,
        name: String,
    },
    Applied {
        kind: String,
        name: String,
        changed: bool,
    },
    ApplyRefused {
        kind: String,
        name: String,
        message: String,
    },
    Scaled {
        set: String,
        was: u32,
        replicas: u32,
    },
    DeleteAsked {
        kind: String,
        name: String,
    },
    Cordoned {
        node: NodeName,
        on: bool,
    },
    // The StatefulSet controller.
    RevisionMade {
        set: String,
        revision: String,
        number: u64,
    },
    RevisionReused {
        set: String,
        revision: String,
    },
    SetMadeClaim {
        set: String,
        claim: ClaimName,
        pod: PodName,
    },
    SetMadePod {
        set: String,
        pod: PodName,
        after: Option<PodName>,
    },
    SetDeletedPod {
        set: String,
        pod: PodName,
        why: DeleteWhy,
    },
    SetWaits {
        set: String,
        pod: PodName,
        next: Option<PodName>,
        why: WaitWhy,
    },
    ScaleDownWaits {
        set: String,
        pod: PodName,
        waits_for: PodName,
        why: WaitWhy,
    },
    SetComplete {
        set: String,
        ready: u32,
    },
    UpdateComplete {
        set: String,
        revision: String,
    },
    PodAdopted {
        set: String,
        pod: PodName,
    },
    ClaimOwned {
        claim: ClaimName,
        owner: Option<String>,
    },
    // The scheduler.
    NodeSelected {
        pod: PodName,
        node: NodeName,
        claim: Option<ClaimName>,
    },
    Scheduled {
        pod: PodName,
        node: NodeName,
    },
    Unschedulable {
        pod: PodName,
        message: String,
    },
    // Volumes.
    ClaimWaits {
        claim: ClaimName,
    },
    Provisioning {
        claim: ClaimName,
        provisioner: String,
        selected: bool,
    },
    Bound {
        claim: ClaimName,
        volume: VolumeId,
        size: String,
    },
    VolumeGrows {
        claim: ClaimName,
        volume: VolumeId,
        size: String,
    },
    VolumeGrown {
        claim: ClaimName,
        node: NodeName,
        size: String,
    },
    ClaimStuck {
        claim: ClaimName,
        class: Option<String>,
    },
    ClaimProtected {
        claim: ClaimName,
    },
    ClaimGone {
        claim: ClaimName,
        deleted: bool,
    },
    Attaching {
        volume: VolumeId,
        node: NodeName,
        pod: PodName,
    },
    Attached {
        volume: VolumeId,
        node: NodeName,
    },
    AttachedElsewhere {
        volume: VolumeId,
        node: NodeName,
        pod: PodName,
    },
    Detached {
        volume: VolumeId,
        node: NodeName,
    },
    // Endpoints.
    EndpointIn {
        service: ServiceName,
        pod: PodName,
        ip: String,
        headless: bool,
    },
    EndpointOut {
        service: ServiceName,
        pod: PodName,
        why: OutWhy,
    },
    // The kubelet.
    KubeletTakesPod {
        pod: PodName,
        node: NodeName,
    },
    /// The files of a pod's volumes belong to its `fsGroup`.
    VolumesShared {
        /// The pod.
        pod: PodName,
        /// The group's number.
        group: u32,
    },
    Mounted {
        pod: PodName,
        volumes: Vec<String>,
    },
    MountFailed {
        pod: PodName,
        volume: String,
        message: String,
    },
    SandboxMade {
        pod: PodName,
        ip: String,
    },
    PullBegins {
        pod: PodName,
        node: NodeName,
        image: ImageName,
        waits: bool,
    },
    ImageTakenFor {
        image: ImageName,
        known: String,
    },
    ImageNotModelled {
        image: ImageName,
    },
    PullDone {
        pod: PodName,
        container: ContainerName,
        image: ImageName,
        took: Millis,
        size: u64,
    },
    Trouble {
        pod: PodName,
        container: ContainerName,
        reason: String,
        message: String,
    },
    ContainerStarted {
        pod: PodName,
        container: ContainerName,
        init: bool,
        attempt: u32,
    },
    StartFailed {
        pod: PodName,
        container: ContainerName,
        message: String,
    },
    ContainerEnded {
        pod: PodName,
        container: ContainerName,
        init: bool,
        code: u8,
    },
    BackOff {
        pod: PodName,
        container: ContainerName,
        wait: Millis,
        restarts: u32,
    },
    ProbeRuns {
        pod: PodName,
        container: ContainerName,
        kind: ProbeKind,
    },
    ProbeResult {
        pod: PodName,
        container: ContainerName,
        kind: ProbeKind,
        good: bool,
        count: u32,
        needed: u32,
    },
    ContainerReady {
        pod: PodName,
        container: ContainerName,
        ready: bool,
    },
    Unhealthy {
        pod: PodName,
        container: ContainerName,
        kind: ProbeKind,
    },
    PodReady {
        pod: PodName,
        ready: bool,
    },
    PhaseChanged {
        pod: PodName,
        phase: String,
    },
    PodStopping {
        pod: PodName,
        containers: Vec<ContainerName>,
        grace: Millis,
    },
    GraceOver {
        pod: PodName,
        container: ContainerName,
    },
    PodFinished {
        pod: PodName,
        failed: bool,
    },
    PodGone {
        pod: PodName,
        node: NodeName,
    },
    // Nodes.
    NodeLost {
        node: NodeName,
    },
    NodeBack {
        node: NodeName,
    },
    NodeNotReady {
        node: NodeName,
    },
    Evicted {
        pod: PodName,
        node: NodeName,
    },
}

/// Why a set's controller deletes a pod.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DeleteWhy {
    /// Its ordinal is not wanted any more.
    ScaleDown,
    /// It has an older template.
    Update,
    /// It has ended.
    Ended,
}

/// Why a set's controller does not go past a pod.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WaitWhy {
    /// It is not Running and Ready.
    NotReady,
    /// It is being deleted.
    Terminating,
    /// It has not been Ready for `minReadySeconds`.
    NotAvailable,
}

/// Why a pod left a Service's endpoints.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OutWhy {
    /// It is not Ready.
    NotReady,
    /// It is being deleted.
    Terminating,
    /// It is gone.
    Gone,
}

/// Which probe.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum ProbeKind {
    Startup,
    Readiness,
    Liveness,
}

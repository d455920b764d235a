//! What a component asks for. Its own box it has already changed; this is about everyone else's.

use super::KubeAction;
use crate::base::{
    Blob, ContainerId, ImageName, Millis, Namespace, NodeName, PodName, PodUid, VolumeId,
};
use crate::os::{Signal, WaitStatus};
use crate::trace::{Fact, Site, Via};

/// One thing asked for by Kubernetes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// Put this on the agenda. The same action is never there twice: a second request moves
    /// nothing, unless it is earlier.
    Later {
        /// What.
        action: KubeAction,
        /// When, from now.
        after: Millis,
        /// How this step leads to it.
        via: Via,
        /// True where the action only repeats what is already known (a probe of a container that is
        /// as it should be): a world that has nothing but idle actions ahead is settled.
        idle: bool,
    },
    /// Take it off the agenda again.
    Never(KubeAction),
    /// A pod's sandbox: its network namespace and host name.
    CreateSandbox(SandboxSpec),
    /// The pod is gone from its node.
    RemoveSandbox(PodUid),
    /// A volume exists from now on (a claim's, an emptyDir, a ConfigMap's files).
    CreateVolume(VolumeSpec),
    /// Its files belong to a group (`fsGroup`).
    ShareVolume(VolumeShare),
    /// It holds so many bytes from now on.
    GrowVolume(VolumeId, u64),
    /// Its content is gone.
    RemoveVolume(VolumeId),
    /// Start a container's first process.
    RunContainer(Box<ContainerSpec>),
    /// Send a signal to a container's first process.
    SignalContainer(ContainerId, Signal),
    /// Run one more process in a container: a probe, `kubectl exec`.
    Exec(ExecSpec),
    /// Open a connection from a node to a pod: a probe without a command.
    Dial(DialSpec),
    /// The pod's processes and volumes on this node are gone at once (node loss).
    LoseNode(NodeName),
}

/// A pod's sandbox.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SandboxSpec {
    /// The pod.
    pub pod: PodUid,
    /// Its name.
    pub name: PodName,
    /// Its namespace, the first search domain.
    pub namespace: Namespace,
    /// Where it runs.
    pub node: NodeName,
    /// Its address.
    pub ip: String,
    /// `spec.hostname`, or the pod's name.
    pub hostname: String,
    /// `spec.subdomain`: then /etc/hosts has
    /// `<hostname>.<subdomain>.<namespace>.svc.cluster.local`.
    pub subdomain: Option<String>,
}

/// A volume.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VolumeSpec {
    /// Its id.
    pub id: VolumeId,
    /// Files it starts with: name and content. A name that ends with `/` is a directory's.
    pub files: Vec<(String, Blob)>,
    /// Bytes it can hold; `None`: as much as the model's bounds allow.
    pub capacity: Option<u64>,
    /// Permission bits of its root directory.
    pub mode: u32,
}

/// A volume that a pod's `fsGroup` gets.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VolumeShare {
    /// Which.
    pub id: VolumeId,
    /// The group.
    pub group: u32,
    /// Only for reading.
    pub fixed: bool,
    /// `fsGroupChangePolicy: OnRootMismatch`.
    pub lazily: bool,
}

/// Whom a container's processes run as, as far as `securityContext` says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RunAs {
    /// `runAsUser`; else the image's own.
    pub user: Option<u32>,
    /// `runAsGroup`; else the user's, as the image's /etc/passwd has it.
    pub group: Option<u32>,
    /// `fsGroup` and `supplementalGroups`.
    pub groups: Vec<u32>,
}

/// A container to start.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ContainerSpec {
    /// Which, and which attempt.
    pub id: ContainerId,
    /// Its pod's name.
    pub pod: PodName,
    /// Its image.
    pub image: ImageName,
    /// `command`, `$(VAR)` already expanded; replaces the image's entrypoint.
    pub command: Option<Vec<String>>,
    /// `args`; replaces the image's command.
    pub args: Option<Vec<String>>,
    /// Variables, later ones win; the image's own come first.
    pub env: Vec<(String, String)>,
    /// What is mounted where.
    pub mounts: Vec<Mount>,
    /// `workingDir`.
    pub working_dir: Option<String>,
    /// Whether somebody can type into it (`kubectl run -i`).
    pub stdin: bool,
    /// Whether it has a terminal.
    pub tty: bool,
    /// Whom its processes run as.
    pub run_as: RunAs,
}

/// A volume in a container's file system.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mount {
    /// Absolute path in the container.
    pub path: String,
    /// Which volume.
    pub volume: VolumeId,
    /// A directory (or file) within it; made if it is not there.
    pub sub_path: Option<String>,
    /// Writes fail with EROFS.
    pub read_only: bool,
}

/// Which exec a result belongs to; the asker chooses it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExecToken {
    /// A probe.
    Probe(PodUid, crate::base::ContainerName, super::kube_action::ProbeKind),
    /// `lifecycle.postStart` or `preStop`.
    Hook(ContainerId),
    /// A terminal of the learner's.
    Terminal(u32),
}

/// One more process in a running container.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ExecSpec {
    /// Whose result this will be.
    pub token: ExecToken,
    /// Where.
    pub container: ContainerId,
    /// What; no shell is involved.
    pub argv: Vec<String>,
    /// Killed after so long.
    pub timeout: Option<Millis>,
}

/// A connection a kubelet makes to a pod.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct DialSpec {
    /// Whose result this will be.
    pub token: ExecToken,
    /// From where.
    pub node: NodeName,
    /// To which address.
    pub ip: String,
    /// And port.
    pub port: u16,
    /// The path of a GET request to send; `None`: being connected is enough.
    pub http_path: Option<String>,
    /// Given up after so long.
    pub timeout: Millis,
}

/// What came of an [`ExecSpec`] or a [`DialSpec`].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ExecOutcome {
    /// How the process ended (a connection that was made, or an HTTP status from 200 to 399, is
    /// code 0); `Err`: it could not be started, in the runtime's words.
    pub status: Result<WaitStatus, String>,
    /// What it wrote to stdout and stderr, in order; for a connection the error's text.
    pub output: Vec<u8>,
    /// Whether it was killed because it took too long.
    pub timed_out: bool,
}

/// Where a component asks, and leaves what its turn meant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Out {
    /// What it asks for, in order.
    pub effects: Vec<Effect>,
    /// What it meant.
    pub facts: Vec<Fact>,
    /// The lines to light up.
    pub sites: Vec<Site>,
}

impl Out {
    /// Asks.
    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Says what happened.
    pub fn tell(&mut self, fact: Fact) {
        self.facts.push(fact);
    }

    /// Points at lines.
    pub fn mark(&mut self, site: Site) {
        self.sites.push(site);
    }
}

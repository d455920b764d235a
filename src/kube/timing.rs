//! How long things take in Kubernetes: constants of its own where it has them, typical durations
//! where it has none.

use crate::base::Millis;

/// From a write to the reaction of a controller that watches. Typical of an informer on an idle
/// control plane.
pub const WATCH: Millis = Millis(10);

/// From a pod's creation to the scheduler's decision. Typical.
pub const SCHEDULE: Millis = Millis(20);

/// From a pod's binding to its kubelet's first look at it. Typical.
pub const KUBELET_WATCH: Millis = Millis(30);

/// Making and mounting a pod's volumes that need no attaching. Typical: a few hundred milliseconds.
pub const MOUNT: Millis = Millis(200);

/// Making a sandbox and its network. Typical of containerd with a simple CNI plugin.
pub const SANDBOX: Millis = Millis(500);

/// Creating and starting one container whose image is there. Typical of containerd.
pub const CONTAINER_START: Millis = Millis(150);

/// A CSI driver makes a disk. Typical of a cloud's block storage.
pub const PROVISION: Millis = Millis(1_500);

/// A disk is attached to a node. Typical of a cloud's block storage.
pub const ATTACH: Millis = Millis(1_200);

/// A disk is detached from a node. Typical of a cloud's block storage.
pub const DETACH: Millis = Millis(800);

/// How often the kubelet looks at which containers have ended. Models pkg/kubelet/kubelet.go
/// `genericPlegRelistPeriod`.
pub const RELIST: Millis = Millis(1_000);

/// The first wait before a container is started once more. Models pkg/kubelet/kubelet.go
/// `backOffPeriod`.
pub const BACK_OFF: Millis = Millis(10_000);

/// The longest such wait. Models pkg/kubelet/kubelet.go `MaxCrashLoopBackOff`.
pub const BACK_OFF_MAX: Millis = Millis(300_000);

/// How often a kubelet looks at every pod even if nothing happened. Models `syncFrequency`.
pub const RESYNC: Millis = Millis(60_000);

/// The first wait after a volume could not be mounted; doubles. Models
/// pkg/util/goroutinemap/exponentialbackoff `initialDurationBeforeRetry`.
pub const MOUNT_RETRY: Millis = Millis(500);

/// The longest such wait. Models `maxDurationBeforeRetry`.
pub const MOUNT_RETRY_MAX: Millis = Millis(122_000);

/// From a kubelet's last message to its node counting as lost. Models `node-monitor-grace-period`.
pub const NODE_GRACE: Millis = Millis(50_000);

/// How long a pod stays on a lost node. Models the admission plugin DefaultTolerationSeconds.
pub const TOLERATION_SECS: i64 = 300;

/// How long a detach is delayed while nobody confirms the unmount. Models
/// `maxWaitForUnmountDuration`.
pub const FORCED_DETACH: Millis = Millis(360_000);

/// Fetching an image's manifest alone, when its layers are already there. Typical.
pub const PULL_CHECK: Millis = Millis(700);

/// A registry's answer that an image is not there. Typical.
pub const PULL_REFUSED: Millis = Millis(900);

/// Until a registry that does not answer is given up. Models containerd's dial timeout.
pub const PULL_UNREACHABLE: Millis = Millis(30_000);

/// The shortest time a container has between SIGTERM and SIGKILL. Models
/// `minimumGracePeriodInSeconds`.
pub const GRACE_MIN_SECS: i64 = 2;

/// Garbage collection after an owner has gone. Typical.
pub const COLLECT: Millis = Millis(100);

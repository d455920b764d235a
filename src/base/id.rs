//! Typed names and numbers, so that a pod's name is never taken for a service's.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

names! {
    /// A Kubernetes node.
    NodeName;
    /// A pod, by its name within its namespace.
    PodName;
    /// A pod's `metadata.uid`; a pod recreated under the same name has another.
    PodUid;
    /// A container, by its name within its pod.
    ContainerName;
    /// A Service.
    ServiceName;
    /// A PersistentVolumeClaim.
    ClaimName;
    /// A namespace.
    Namespace;
    /// An image reference as written in a manifest.
    ImageName;
    /// A volume as the machine that holds it knows it: a PersistentVolume's name, or `<pod
    /// uid>/<volume name>`.
    VolumeId;
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($inner:ty);)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize,
            Deserialize,
        )]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

numbers! {
    /// A process, unique in the whole world. What its own container calls it (1 for the first) is
    /// another number.
    Pid(u32);
    /// A message in flight on the wire.
    MsgId(u64);
    /// One end of a connection, unique in the whole world.
    SockId(u64);
    /// A branch of the tree of runs; the index into `History::branches`.
    BranchId(u32);
    /// A pod's place in its StatefulSet.
    Ordinal(u32);
}

/// One step: the branch that recorded it and its index counted from the root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct StepId {
    /// The branch on which the step was recorded.
    pub branch: BranchId,
    /// Counted from the root on every branch.
    pub index: u32,
}

/// One container of one pod, and which start of it: the first run is attempt 0.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ContainerId {
    /// The pod it belongs to.
    pub pod: PodUid,
    /// Its name within the pod.
    pub name: ContainerName,
    /// How often it was started before.
    pub attempt: u32,
}

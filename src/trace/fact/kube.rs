//! Facts of Kubernetes.

/// What Kubernetes did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KubeFact {}

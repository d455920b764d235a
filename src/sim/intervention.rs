//! What the learner does to a running world.

use crate::base::PodName;

/// One thing the learner does. It always starts or continues a branch.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Intervention {
    /// `kubectl delete pod`.
    DeletePod(PodName),
    /// `kubectl scale statefulset NAME --replicas=N`.
    Scale(String, u32),
}

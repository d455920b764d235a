//! One thing that may happen next.

use super::{ExecToken, KubeAction};
use crate::base::{MsgId, Pid};
use crate::os::TimerId;

/// One thing that may happen next. Closed, ordered, timeless: equal worlds offer equal actions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// A controller or a kubelet takes its turn.
    Kube(KubeAction),
    /// A process takes its turn.
    Run(Pid),
    /// A message arrives at the other end of its connection.
    Deliver(MsgId),
    /// A process's timer goes off.
    Fire(Pid, TimerId),
    /// An exec has run as long as it may.
    ExecOver(ExecToken),
    /// The learner has waited long enough.
    Waited,
    /// The learner has seen that the command in a terminal is done, or asks for more.
    Answered(u32),
    /// The next entry of the scenario's own script (apply, the client's reads and writes) is due.
    Lesson(u32),
}

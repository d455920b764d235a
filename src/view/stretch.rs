//! What a stretch of time was for whoever lived it.

/// What a stretch is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SegmentKind {
    /// A reconcile that changed something.
    Reconcile,
    /// The pod waits for its node, its volume or its image.
    Waiting,
    /// init-mysql, and other init containers that do not clone.
    Init,
    /// A clone streams.
    Clone,
    /// `--prepare`.
    Prepare,
    /// Containers have started, the pod is not Ready.
    Starting,
    /// The pod is Ready.
    Ready,
    /// The pod is being deleted, or failed.
    Trouble,
    /// A client writes.
    Write,
    /// A client reads.
    Read,
}

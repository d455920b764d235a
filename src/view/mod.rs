//! What a screen may show: plain public data.

pub mod project;
pub mod scene;
mod stretch;

pub use stretch::SegmentKind;

//! What a screen may show: plain public data.

pub mod project;
pub mod scene;
mod source;
mod stretch;

pub use source::WhySource;
pub use stretch::SegmentKind;

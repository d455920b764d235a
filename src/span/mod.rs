//! Text someone really wrote, and places in it.

mod file;
mod place;
pub mod yaml;

pub use file::{Files, SourceFile};
pub use place::{FileId, LineColumn, Span};

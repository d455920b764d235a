//! People's words. Only the page and the native runner depend on it.
//!
//! Every language matches exhaustively over what the model can say: a missing phrase does not
//! compile.

pub mod diagnostic;
pub mod en;
pub mod export;
mod lang;
pub mod line;
mod phrase;
pub mod script;
pub mod size;
pub mod ui;
pub mod zh;

pub use lang::{Lang, fact};
pub use phrase::{Entity, Part, Phrase};

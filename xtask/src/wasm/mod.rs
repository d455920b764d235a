//! Just enough of WebAssembly's binary format to take a module apart and put it together again.
//!
//! | file | holds |
//! |---|---|
//! | `module` | sections, and what of them a cut has to know |
//! | `code` | instructions, to find the function numbers in them |
//! | `mark` | a module that notes which of its functions ran |
//! | `cut` | one module into two: what the first steps need, and the rest |
//! | `data` | constants, and which of them the first half can do without |
//! | `bytes` | reading and writing numbers and names |
//!
//! <https://webassembly.github.io/spec/core/binary/>

mod bytes;
mod code;
mod cut;
mod data;
mod mark;
mod module;

pub use cut::{Halves, cut};
pub use mark::{cold, mark};
pub use module::Module;

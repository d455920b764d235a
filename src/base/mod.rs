//! Words any module may use. Depends on nothing.

mod address;
pub mod base64;
pub mod blob;
pub mod checksum;
pub mod conversion;
pub mod date;
pub mod deflate;
pub mod digest;
mod exact;
pub mod id;
pub mod limit;
pub mod real;
pub mod seed;
pub mod sorted;
pub mod time;

pub use address::is_ipv4;
pub use blob::Blob;
pub use id::*;
pub use sorted::{SortedMap, SortedSet};
pub use time::{FileTime, Millis, SimTime};

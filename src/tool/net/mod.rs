//! Programs that carry bytes between descriptors and sockets.

mod ncat;
mod netcat;
mod pump;
mod socat;

pub use ncat::Ncat;
pub use netcat::{Netcat, USAGE as NC_USAGE};
pub use socat::Socat;

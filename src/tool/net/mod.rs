//! Programs that carry bytes between descriptors and sockets.

mod ncat;
mod pump;
mod socat;

pub use ncat::Ncat;
pub use socat::Socat;

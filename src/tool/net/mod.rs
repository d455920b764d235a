//! Programs that carry bytes between descriptors and sockets, and those that ask for names.

mod getent;
mod lookup;
mod ncat;
mod netcat;
pub mod nslookup;
mod pump;
mod socat;

use super::Context;
pub use getent::getent;
pub use ncat::Ncat;
pub use netcat::{Netcat, USAGE as NC_USAGE};
pub use socat::Socat;

/// This end's address of a connection with that one.
fn own_address(cx: &mut Context, peer: &str) -> String {
    if peer.starts_with("127.") {
        return peer.to_string();
    }
    let name = cx.sys.hostname();
    let own = cx.sys.resolve(name.as_bytes()).unwrap_or_default();
    own.into_iter().next().unwrap_or_default()
}

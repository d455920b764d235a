//! Facts of clients.

/// What a client did or saw.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClientFact {}

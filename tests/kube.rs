//! Kubernetes behaves as Kubernetes does.

pub mod driver;
mod printers;
mod random;
mod session;
mod traces;
mod walk;

//! Kubernetes behaves as Kubernetes does.

pub mod driver;
mod printers;
mod random;
mod traces;
mod walk;

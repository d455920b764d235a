//! Kubernetes behaves as Kubernetes does.

pub mod driver;
mod random;
mod traces;
mod walk;

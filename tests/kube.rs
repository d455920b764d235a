//! Kubernetes behaves as Kubernetes does.

pub mod driver;
mod traces;
mod walk;

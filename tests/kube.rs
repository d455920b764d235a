//! Kubernetes behaves as Kubernetes does.

pub mod driver;
mod walk;

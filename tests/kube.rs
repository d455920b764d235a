//! Kubernetes behaves as Kubernetes does.

mod control;
pub mod driver;
mod e2e;
mod kubelet;
mod printers;
mod random;
mod resize;
mod revision;
mod session;
mod traces;
mod walk;

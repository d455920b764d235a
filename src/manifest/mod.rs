//! Kubernetes objects as written.
pub mod object;

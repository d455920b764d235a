//! Kubernetes objects as written: read, located, checked, changed and exported.

pub mod decode;
pub mod object;
pub mod schema;

//! Kubernetes objects as written.

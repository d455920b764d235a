//! English.

pub mod client;
pub mod fault;
pub mod kube;
pub mod machine;
pub mod mysql;
pub mod shell;

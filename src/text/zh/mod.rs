//! 简体中文.

pub mod client;
pub mod kube;
pub mod machine;
pub mod mysql;
pub mod shell;

//! Ordinal: how a StatefulSet becomes a replicated MySQL cluster, executed one step at a time.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod base;
pub mod ere;
pub mod history;
pub mod kube;
pub mod manifest;
pub mod mysql;
pub mod node;
pub mod os;
pub mod player;
pub mod sh;
pub mod sim;
pub mod span;
pub mod text;
pub mod tool;
pub mod trace;
pub mod view;
pub mod world;

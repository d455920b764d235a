//! The control plane and the kubelets: objects, controllers, scheduler, volumes, names and routes,
//! as Kubernetes 1.36.
//!
//! [`Cluster`] is a value. [`Cluster::act`] takes one turn of one controller or kubelet; what it
//! wants from the rest of the world (processes, volumes' content, later turns) it asks for through
//! [`crate::sim::Effect`]. Nothing here knows bash or MySQL, and nothing reaches into a container.

mod apiserver;
mod apply;
mod cluster;
mod column;
pub mod defaults;
mod dns;
mod endpoints;
mod event;
mod fault;
mod garbage;
pub mod kubectl;
mod kubelet;
mod node;
mod options;
pub mod print;
mod proxy;
mod revision;
mod scheduler;
mod statefulset;
mod store;
pub mod timing;
mod volume;
mod write;

pub use apply::{ApplyResult, Cascade, DeleteOptions, Refusal, merge_patch};
pub use cluster::Cluster;
pub use column::{PodColumns, pod_columns};
pub use fault::{declared_probe, images};
pub use options::{ImageOption, NodeOption, Options, RegistryAnswer, full_reference, split_image};
pub use proxy::Route;
pub use statefulset::{Pass, Write};
pub use store::{Store, Table, cluster_key, key, key_of};

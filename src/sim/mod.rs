//! The vocabulary of the simulation: what may happen next, and what a component asks for.
//! Contains no Kubernetes, bash or MySQL logic.

pub mod action;
pub mod effect;
pub mod intervention;
pub mod kube_action;

pub use action::Action;
pub use effect::{
    ContainerSpec, DialSpec, Effect, ExecOutcome, ExecSpec, ExecToken, Mount, Out, RunAs,
    SandboxSpec, VolumeShare, VolumeSpec,
};
pub use intervention::Intervention;
pub use kube_action::{Controller, KubeAction, KubeTimer, ObjectKey, ProbeKind};

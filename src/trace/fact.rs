//! What a step means: language-free; arguments are names and numbers. `text` puts it into words.

pub mod client;
pub mod fault;
pub mod kube;
pub mod machine;
pub mod mysql;
pub mod shell;

pub use client::ClientFact;
pub use fault::{Fault, FaultChange, FaultFact, FaultGroup, FaultKind};
pub use kube::KubeFact;
pub use machine::{MachineFact, NoName};
pub use mysql::{Applied, MysqlArea, MysqlFact, StatementClass};
pub use shell::ShellFact;

/// What a step means.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fact {
    /// Kubernetes: objects, controllers, the kubelet.
    Kube(KubeFact),
    /// Processes, files, pipes and connections of a container.
    Machine(MachineFact),
    /// A shell ran a command.
    Shell(ShellFact),
    /// mysqld, replication, backup.
    Mysql(MysqlFact),
    /// The learner's or the lesson's client.
    Client(ClientFact),
    /// A wrong that the learner injects.
    Fault(FaultFact),
}

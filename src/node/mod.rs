//! The machines: processes, files, pipes and sockets of all containers.
//!
//! [`Nodes`] holds every container of every node. It runs one process for one turn, and says in
//! [`Asks`] what must happen elsewhere or later. Which address a name has and which pod a Service
//! picks is not known here: see [`Names`].
//!
//! Left out, because no lesson shows it: memory, processor contention, terminals' line discipline,
//! users beyond a number, hard limits. A pipe takes a whole write as soon as it has any room, so
//! that a stream of hundreds of megabytes does not need thousands of turns.

mod attended;
mod container;
mod faults;
mod fs;
mod image;
mod lossy;
mod mounted;
mod os_release;
mod path;
mod pipe;
mod process;
mod program;
mod socket;
mod standalone;
mod start;
mod sys;
mod sys_files;
mod sys_net;
mod sys_processes;
mod turn;
mod workstation;

use std::sync::Arc;

use crate::base::seed::Seed;
use crate::base::{
    ContainerId, Millis, MsgId, Namespace, Pid, PodUid, SockId, SortedMap, VolumeId,
};
use crate::os::{NetError, Signal, TimerId, WaitStatus};
use crate::sim::ExecToken;
use crate::trace::fact::{Fault, NoName};
use crate::trace::{Fact, Site};

pub use attended::Attended;
pub use container::{Container, LogBook, Sandbox};
pub use fs::{Content, Inode, Volume};
pub use image::{Image, image};
pub use process::{Printed, Process, ProcessState};
pub use program::Program;
pub use socket::{Listener, Message, MessageKind, Sock, SockState};
pub use standalone::{Finished, Standalone};
pub use workstation::{Attached, Left, Shell, workstation};

/// What the network knows: names, and where a Service's address leads.
pub trait Names {
    /// The addresses of `name`, asked from a pod of `from`.
    fn resolve(&self, from: &Namespace, name: &str) -> Result<Vec<String>, NetError>;
    /// Why `name` has no address.
    fn why_unknown(&self, from: &Namespace, name: &str) -> NoName;
    /// The name of an address.
    fn resolve_back(&self, address: &str) -> Option<String>;
    /// Where a connection from an address to this address and port goes; `draw` decides where there
    /// is a choice.
    fn route(&self, from: &str, address: &str, port: u16, draw: u64) -> Route;
}

/// Where a connection goes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Route {
    /// To this address and port.
    To(String, u16),
    /// Nobody is there: the connection is refused.
    Refused,
    /// Packets are lost: the connection times out.
    Lost,
}

/// Everything that runs in containers, as a value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Nodes {
    processes: SortedMap<Pid, Arc<Process>>,
    containers: SortedMap<ContainerId, Arc<Container>>,
    sandboxes: SortedMap<PodUid, Arc<Sandbox>>,
    /// By device number.
    volumes: SortedMap<u64, Arc<Volume>>,
    devices: SortedMap<VolumeId, u64>,
    pipes: SortedMap<u64, pipe::Pipe>,
    files: SortedMap<u64, process::OpenFile>,
    socks: SortedMap<SockId, Arc<Sock>>,
    listeners: SortedMap<(PodUid, u16), Listener>,
    wire: SortedMap<MsgId, Message>,
    faults: Arc<faults::Faults>,
    seed: Seed,
    /// The last number given to a process, a device, an open file, a pipe, a socket or a message.
    last_id: u64,
}

/// What a turn asks of the rest of the world.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asks {
    /// Processes that can go on, each after so long.
    pub wake: Vec<(Pid, Millis)>,
    /// Timers set.
    pub arm: Vec<(Pid, TimerId, Millis)>,
    /// Timers taken back.
    pub disarm: Vec<(Pid, TimerId)>,
    /// Messages on their way, each for so long.
    pub send: Vec<(MsgId, Millis)>,
    /// Containers whose first process ended.
    pub exited: Vec<(ContainerId, WaitStatus)>,
    /// Execs that ended.
    pub done: Vec<ExecDone>,
    /// What the turn meant.
    pub facts: Vec<Fact>,
    /// Which lines it ran.
    pub sites: Vec<Site>,
    /// Names that were asked for, each with the namespace of who asked.
    pub lookups: Vec<(Namespace, String)>,
    /// The fault that made it so.
    pub blamed: Option<Fault>,
    /// Pods in which something changed that a blocked process may wait for.
    touched: crate::base::SortedSet<PodUid>,
}

/// An exec that ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExecDone {
    /// Which.
    pub token: ExecToken,
    /// How.
    pub status: WaitStatus,
    /// What it printed and nobody has taken yet.
    pub output: Printed,
    /// Of a line typed at a prompt: its shell, if that was not left.
    pub shell: Option<Arc<Shell>>,
}

impl Nodes {
    /// No containers yet.
    pub fn new(seed: u64) -> Nodes {
        Nodes {
            processes: SortedMap::new(),
            containers: SortedMap::new(),
            sandboxes: SortedMap::new(),
            volumes: SortedMap::new(),
            devices: SortedMap::new(),
            pipes: SortedMap::new(),
            files: SortedMap::new(),
            socks: SortedMap::new(),
            listeners: SortedMap::new(),
            wire: SortedMap::new(),
            faults: Arc::default(),
            seed: Seed(seed),
            last_id: 0,
        }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A process.
    pub fn process(&self, pid: Pid) -> Option<&Process> {
        self.processes.get(&pid).map(Arc::as_ref)
    }

    /// All processes, by number.
    pub fn processes(&self) -> impl Iterator<Item = (Pid, &Process)> {
        self.processes.iter().map(|(pid, process)| (*pid, process.as_ref()))
    }

    /// A container that was started and whose pod is still there.
    pub fn container(&self, id: &ContainerId) -> Option<&Container> {
        self.containers.get(id).map(Arc::as_ref)
    }

    /// The newest attempt of a container.
    pub fn newest(&self, pod: &PodUid, name: &str) -> Option<&Container> {
        self.containers
            .values()
            .rfind(|c| c.spec.id.pod == *pod && &*c.spec.id.name == name)
            .map(Arc::as_ref)
    }

    /// The content of a volume.
    pub fn volume(&self, id: &VolumeId) -> Option<&Arc<Volume>> {
        self.devices.get(id).and_then(|device| self.volumes.get(device))
    }

    /// Connections, by number.
    pub fn socks(&self) -> impl Iterator<Item = (SockId, &Sock)> {
        self.socks.iter().map(|(id, sock)| (*id, sock.as_ref()))
    }

    /// Messages on their way.
    pub fn wire(&self) -> impl Iterator<Item = (MsgId, &Message)> {
        self.wire.iter().map(|(id, message)| (*id, message))
    }

    /// A pod's sandbox.
    pub fn sandbox(&self, pod: &PodUid) -> Option<&Sandbox> {
        self.sandboxes.get(pod).map(Arc::as_ref)
    }

    /// The pod that has this address.
    pub fn pod_at(&self, ip: &str) -> Option<&PodUid> {
        self.sandboxes.iter().find(|(_, sandbox)| sandbox.spec.ip == ip).map(|(pod, _)| pod)
    }
}

impl Nodes {
    /// Whether somebody listens there.
    pub fn listens(&self, ip: &str, port: u16) -> bool {
        let pod = self.pod_at(ip).cloned();
        pod.is_some_and(|pod| {
            self.listeners.get(&(pod, port)).is_some_and(|listener| !listener.loopback_only)
        })
    }

    /// Who listens on a port of a pod.
    pub fn listener_owner(&self, pod: &PodUid, port: u16) -> Option<Pid> {
        self.listeners.get(&(pod.clone(), port)).map(|listener| listener.owner)
    }

    /// The lowest port on which a container's processes listen.
    pub fn listening_port(&self, pod: &PodUid, container: &str) -> Option<u16> {
        let mut own = self.listeners.iter().filter(|((owner, _), _)| owner == pod);
        own.find(|(_, listener)| {
            self.process(listener.owner).is_some_and(|p| &*p.container.name == container)
        })
        .map(|((_, port), _)| *port)
    }

    /// A node is gone, with all that ran on it; nobody is told, but who listens for a keepalive
    /// begins to miss it.
    pub fn lose_node(&mut self, node: &crate::base::NodeName, asks: &mut Asks) {
        let lost: Vec<PodUid> = self
            .sandboxes
            .iter()
            .filter(|(_, sandbox)| sandbox.spec.node == *node)
            .map(|(pod, _)| pod.clone())
            .collect();
        let own = self.processes.values().filter(|one| lost.contains(&one.container.pod));
        let locks: Vec<(u64, u64)> = own.flat_map(|process| process.locks.clone()).collect();
        self.open_locks(&locks);
        self.processes.retain(|_, process| !lost.contains(&process.container.pod));
        self.listeners.retain(|(pod, _), _| !lost.contains(pod));
        let gone: Vec<SockId> = self
            .socks
            .iter()
            .filter(|(_, sock)| lost.contains(&sock.pod))
            .map(|(id, _)| *id)
            .collect();
        let bereft =
            self.socks.values().filter(|sock| sock.peer.is_some_and(|p| gone.contains(&p)));
        let owners = bereft.map(|sock| sock.owner).collect();
        for id in gone {
            self.socks.remove(&id);
        }
        // Their logs stay readable; nobody can start anything in them any more.
        for (_, container) in self.containers.iter_mut().filter(|(id, _)| lost.contains(&id.pod)) {
            Arc::make_mut(container).ended.get_or_insert(WaitStatus::Signal(Signal::Kill));
        }
        self.sandboxes.retain(|pod, _| !lost.contains(pod));
        self.wake_all(&owners, asks);
    }
}

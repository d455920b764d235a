//! What a viewer may see of the world at one step.

use std::sync::Arc;

use crate::base::{
    Blob, ClaimName, ContainerName, FileTime, Namespace, NodeName, Ordinal, Pid, PodName,
    ServiceName, SimTime, SortedMap,
};
use crate::trace::fact::Fault;

/// All a viewer may see at one step. Parts that did not change between two steps share their `Arc`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scene {
    /// When.
    pub at: SimTime,
    /// The namespace the lesson runs in.
    pub namespace: Option<Namespace>,
    /// Services by name.
    pub services: Vec<Arc<ServiceScene>>,
    /// StatefulSets by name.
    pub sets: Vec<Arc<SetScene>>,
    /// Pods by name.
    pub pods: SortedMap<PodName, Arc<PodScene>>,
    /// Claims by name.
    pub claims: SortedMap<ClaimName, Arc<ClaimScene>>,
    /// ConfigMaps (and Secrets, their values hidden) by name.
    pub configs: Vec<Arc<ConfigScene>>,
    /// Nodes by name.
    pub nodes: Vec<Arc<NodeScene>>,
    /// Connections between (or within) pods that are worth drawing.
    pub links: Vec<Arc<LinkScene>>,
    /// Kubernetes Events, oldest first.
    pub events: Vec<Arc<EventScene>>,
    /// The faults in force, in order.
    pub faults: Vec<Fault>,
}

/// A Service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceScene {
    /// Its name.
    pub name: ServiceName,
    /// `None`: headless.
    pub cluster_ip: Option<String>,
    /// Its first port.
    pub port: Option<u16>,
    /// For each pod it selects, or that its set will make: can it be reached by name (headless) or
    /// through it?
    pub members: Vec<MemberScene>,
}

/// One pod behind a Service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MemberScene {
    /// The pod.
    pub pod: PodName,
    /// Its address, once it has one.
    pub ip: Option<String>,
    /// Whether the Service sends to it and the DNS names it.
    pub state: MemberState,
}

/// Whether a Service counts a pod in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MemberState {
    /// Ready: in.
    Ready,
    /// It runs but is not Ready: out.
    NotReady,
    /// It is being deleted: out.
    Terminating,
    /// There is no such pod (yet).
    NoSuchPod,
}

/// A StatefulSet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetScene {
    /// Its name.
    pub name: String,
    /// `spec.replicas`.
    pub replicas: u32,
    /// `status.readyReplicas`.
    pub ready: u32,
    /// One for each ordinal that is wanted or still there, ascending.
    pub slots: Vec<SlotScene>,
}

/// A place for one pod of a set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlotScene {
    /// Which.
    pub ordinal: Ordinal,
    /// The pod's name, whether or not it exists.
    pub pod: PodName,
    /// Its claim's name, whether or not it exists.
    pub claim: Option<ClaimName>,
    /// If the pod does not exist: the pod that must be Ready first, if that is why.
    pub waits_for: Option<PodName>,
}

/// A pod.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodScene {
    /// Its name.
    pub name: PodName,
    /// Its place in its StatefulSet; `None` for a client pod.
    pub ordinal: Option<Ordinal>,
    /// Where it runs, once it is bound.
    pub node: Option<NodeName>,
    /// Its address.
    pub ip: Option<String>,
    /// kubectl's STATUS column.
    pub status: String,
    /// kubectl's READY column: ready, total.
    pub ready: (u32, u32),
    /// kubectl's RESTARTS column.
    pub restarts: u32,
    /// The condition Ready.
    pub is_ready: bool,
    /// Since when the condition Ready is what it is.
    pub ready_since: SimTime,
    /// When it was created.
    pub created: SimTime,
    /// When its deletion was asked for.
    pub deleting_since: Option<SimTime>,
    /// Init containers in order, then containers in order.
    pub containers: Vec<Arc<ContainerScene>>,
    /// What mysqld in it is and holds, if it runs.
    pub mysql: Option<Arc<MysqlScene>>,
}

/// A container.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ContainerScene {
    /// Its name.
    pub name: ContainerName,
    /// Whether it is an init container.
    pub init: bool,
    /// Its image.
    pub image: String,
    /// Its state.
    pub state: ContainerState,
    /// Whether it counts as ready.
    pub ready: bool,
    /// How often it was restarted.
    pub restarts: u32,
    /// What it is about, in a machine's words (`server-id=101`, `xbstream -x`, `:3307`): never a
    /// sentence.
    pub note: Option<String>,
    /// Whether `note` tells of trouble in what runs: a replication thread that failed.
    pub troubled: bool,
    /// Its log so far.
    pub log: Arc<Vec<LogLine>>,
    /// Its processes.
    pub processes: Vec<ProcessScene>,
}

/// A container's state.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ContainerState {
    /// Not started; with kubectl's reason.
    Waiting {
        /// `PodInitializing`, `CrashLoopBackOff`, `ErrImagePull` …
        reason: String,
    },
    /// Runs.
    Running {
        /// Since when.
        since: SimTime,
    },
    /// Ended.
    Terminated {
        /// 128 + n for signal n.
        code: u8,
        /// `Completed`, `Error`, `OOMKilled`.
        reason: String,
        /// When.
        at: SimTime,
    },
}

/// A line of a container's log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LogLine {
    /// When it was complete.
    pub at: SimTime,
    /// Its text, without the newline.
    pub text: String,
    /// Whether it came from standard error.
    pub stderr: bool,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProcessScene {
    /// The process.
    pub pid: Pid,
    /// What its container calls it.
    pub shown: u32,
    /// Its command line.
    pub command: String,
    /// A shell's place and variables.
    pub shell: Option<ShellScene>,
}

/// Where a shell stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShellScene {
    /// Which argument of the container's `command` ++ `args` is its script, if it is one.
    pub argument: Option<u32>,
    /// The command that runs or ran last: bytes `start..end` of the script.
    pub position: Option<(u32, u32)>,
    /// The command after expansion.
    pub expanded: Option<String>,
    /// Variables the script has set: name, value, and the byte of the script where it was last set.
    pub variables: Vec<VariableScene>,
}

/// A variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariableScene {
    /// Its name; `BASH_REMATCH[1]` for an element.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The byte of the script where the command that set it begins.
    pub set_at: Option<u32>,
}

/// What mysqld is and holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MysqlScene {
    /// Initializing, Starting, Ready, ShuttingDown.
    pub phase: MysqlPhase,
    /// `5.7.42-log`.
    pub version: String,
    /// `@@server_id`.
    pub server_id: u32,
    /// `@@super_read_only`.
    pub super_read_only: bool,
    /// `@@log_slave_updates`: whether its own binlog has what it applied.
    pub log_slave_updates: bool,
    /// Binary log files and their sizes in bytes; empty where `log_bin` is off.
    pub binlogs: Vec<(String, u64)>,
    /// The events of the newest binary log file.
    pub events: Arc<Vec<BinlogEventScene>>,
    /// The events of the older files, oldest first.
    pub older_events: Vec<(String, Arc<Vec<BinlogEventScene>>)>,
    /// Of a clone: whose copy its data is.
    pub copied: Option<CopyScene>,
    /// Databases that clients made, and `mysql`, `sys` … by name only.
    pub databases: Vec<DatabaseScene>,
    /// Replication, where it was configured.
    pub replica: Option<ReplicaScene>,
    /// Replicas that are connected: server id, and the position sent up to.
    pub replicas: Vec<(u32, u64)>,
}

/// How far mysqld is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[allow(missing_docs)]
pub enum MysqlPhase {
    #[default]
    Initializing,
    Starting,
    Ready,
    ShuttingDown,
}

/// A binlog event.
pub use crate::trace::BinlogEvent as BinlogEventScene;

/// Where a clone comes from, and what was handed over with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopyScene {
    /// The pod whose backup it is.
    pub from: PodName,
    /// The file of the backup that names the coordinates: `xtrabackup_binlog_info` (the pod's own
    /// binlog) or `xtrabackup_slave_info` (its source's, as far as it had applied them).
    pub file: String,
    /// The coordinates: binlog file and position.
    pub at: (String, u64),
}

/// A database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DatabaseScene {
    /// Its name.
    pub name: String,
    /// Its tables; empty for the system's own databases.
    pub tables: Vec<TableScene>,
}

/// A table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableScene {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its rows, as the client prints them (at most the newest 50).
    pub rows: Vec<Vec<String>>,
    /// How many rows it has.
    pub count: u64,
}

/// A replica's side of replication.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplicaScene {
    /// `Slave_IO_Running`.
    pub io_running: String,
    /// `Slave_SQL_Running`.
    pub sql_running: String,
    /// `Slave_IO_State`.
    pub io_state: String,
    /// `Slave_SQL_Running_State`.
    pub sql_state: String,
    /// `Master_Host`.
    pub source_host: String,
    /// `Master_Log_File` and `Read_Master_Log_Pos`.
    pub read: (String, u64),
    /// `Relay_Master_Log_File` and `Exec_Master_Log_Pos`.
    pub executed: (String, u64),
    /// Where it began: the coordinates of its CHANGE MASTER TO.
    pub began: (String, u64),
    /// `Relay_Log_File` and `Relay_Log_Pos`.
    pub relay: (String, u64),
    /// Relay log files and their sizes, oldest first; the last one is written to.
    pub relay_files: Vec<(String, u64)>,
    /// `Seconds_Behind_Master`; `None`: NULL.
    pub lag_secs: Option<u64>,
    /// What went wrong with its threads: the IO thread's first.
    pub errors: Vec<ThreadErrorScene>,
}

/// What a replication thread last failed of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadErrorScene {
    /// The column that has the number: `Last_IO_Errno` or `Last_SQL_Errno`.
    pub column: &'static str,
    /// Its number; not 0.
    pub errno: u16,
    /// `Last_IO_Error` or `Last_SQL_Error`.
    pub text: String,
}

/// A claim and its volume.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimScene {
    /// Its name.
    pub name: ClaimName,
    /// Whether it is Bound.
    pub bound: bool,
    /// Its volume.
    pub volume: Option<String>,
    /// Capacity, as the manifest writes it (`2Gi`).
    pub size: String,
    /// Bytes its files have.
    pub used: u64,
    /// Of a clone that is under way: bytes arrived, bytes in all.
    pub clone: Option<(u64, u64)>,
    /// Its files, by path.
    pub files: Arc<Vec<FileScene>>,
}

/// A file on a volume.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileScene {
    /// Path from the volume's root.
    pub path: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Bytes.
    pub size: u64,
    /// Its content.
    pub content: Blob,
    /// Last change.
    pub modified: FileTime,
}

/// A ConfigMap or a Secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigScene {
    /// Its name.
    pub name: String,
    /// Whether it is a Secret.
    pub secret: bool,
    /// Its keys.
    pub keys: Vec<String>,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeScene {
    /// Its name.
    pub name: NodeName,
    /// kubectl's STATUS column.
    pub status: String,
}

/// A connection worth drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkScene {
    /// Stable for the connection's life.
    pub id: u64,
    /// What it is for.
    pub kind: LinkKind,
    /// Who connected.
    pub from: LinkEnd,
    /// To whom.
    pub to: LinkEnd,
    /// Through which Service, if not by a pod's own name.
    pub via: Option<ServiceName>,
    /// Whether it is made.
    pub open: bool,
    /// Bytes that flowed towards the one who connected.
    pub bytes_down: u64,
    /// Whether a message is on it right now, and which way.
    pub moving: Option<Direction>,
    /// What that message is, in a machine's words (`BINLOG DUMP`, `Write_rows 42`, `INSERT …`).
    pub label: Option<String>,
}

/// One end of a link.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkEnd {
    /// The pod.
    pub pod: PodName,
    /// The container in it.
    pub container: ContainerName,
}

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LinkKind {
    /// A backup streams to a clone (port 3307).
    Clone,
    /// A replica's I/O thread reads the source's binlog.
    Replication,
    /// CHANGE MASTER TO, from the sidecar to its mysqld.
    Control,
    /// A client writes.
    Write,
    /// A client reads.
    Read,
}

/// Which way a message moves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// From the one who connected.
    Up,
    /// To the one who connected.
    Down,
}

/// A Kubernetes Event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventScene {
    /// Last seen.
    pub at: SimTime,
    /// `Normal` or `Warning`.
    pub warning: bool,
    /// Its reason.
    pub reason: String,
    /// `pod/mysql-1`.
    pub object: String,
    /// Its message.
    pub message: String,
    /// How often.
    pub count: u32,
}

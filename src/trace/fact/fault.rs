//! Faults: wrongs that the learner injects, and how each is written in a session file.

use std::fmt;

use crate::base::{ClaimName, ContainerName, Millis, NodeName, PodName};

pub use super::kube::ProbeKind;

/// A wrong that can be injected. The ones that last can be mended again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// A container's first process gets SIGKILL. Over at once.
    Crash(PodName, ContainerName),
    /// All processes of a container that run this program get SIGKILL. Over at once.
    Kill(PodName, ContainerName, String),
    /// A container's probes of this kind fail, whatever their command would say.
    ProbeFails(PodName, ContainerName, ProbeKind),
    /// A node stops with all that runs on it.
    NodeLoss(NodeName),
    /// No packet gets from one pod to the other, either way.
    Partition(PodName, PodName),
    /// Packets between two pods take so much longer, each way.
    Slow(PodName, PodName, Millis),
    /// Connections from the first pod to the second are reset, and new ones refused.
    Reset(PodName, PodName),
    /// A claim's volume has no byte left.
    DiskFull(ClaimName),
    /// A claim's volume has lost its content.
    VolumeLoss(ClaimName),
    /// The registry of a repository (`mysql`, `ist0ne/xtrabackup`) does not answer.
    RegistryDown(String),
    /// Bytes of the backup streams that this pod receives are flipped.
    CorruptClone(PodName),
    /// A client pod's clock is ahead of the others' by so much.
    ClockSkew(PodName, Millis),
}

impl Fault {
    /// Whether it lasts until it is mended.
    pub fn lasts(&self) -> bool {
        !matches!(self, Fault::Crash(..) | Fault::Kill(..) | Fault::VolumeLoss(_))
    }

    /// What kind of fault it is.
    pub fn kind(&self) -> FaultKind {
        match self {
            Fault::Crash(..) => FaultKind::Crash,
            Fault::Kill(..) => FaultKind::Kill,
            Fault::ProbeFails(..) => FaultKind::ProbeFails,
            Fault::NodeLoss(_) => FaultKind::NodeLoss,
            Fault::Partition(..) => FaultKind::Partition,
            Fault::Slow(..) => FaultKind::Slow,
            Fault::Reset(..) => FaultKind::Reset,
            Fault::DiskFull(_) => FaultKind::DiskFull,
            Fault::VolumeLoss(_) => FaultKind::VolumeLoss,
            Fault::RegistryDown(_) => FaultKind::RegistryDown,
            Fault::CorruptClone(_) => FaultKind::CorruptClone,
            Fault::ClockSkew(..) => FaultKind::ClockSkew,
        }
    }

    /// Its name in session files.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// What it hits, for people: `mysql-1/mysql`, `mysql-0 ↔ mysql-1`.
    pub fn target(&self) -> String {
        match self {
            Fault::Crash(pod, container) => format!("{pod}/{container}"),
            Fault::Kill(pod, container, program) => format!("{program} · {pod}/{container}"),
            Fault::ProbeFails(pod, container, kind) => {
                format!("{pod}/{container} {}", probe_word(*kind))
            }
            Fault::NodeLoss(node) => node.to_string(),
            Fault::Partition(a, b) | Fault::Slow(a, b, _) => format!("{a} ↔ {b}"),
            Fault::Reset(a, b) => format!("{a} → {b}"),
            Fault::DiskFull(claim) | Fault::VolumeLoss(claim) => claim.to_string(),
            Fault::RegistryDown(repository) => repository.clone(),
            Fault::CorruptClone(pod) | Fault::ClockSkew(pod, _) => pod.to_string(),
        }
    }

    /// The pods it names.
    pub fn pods(&self) -> Vec<&PodName> {
        match self {
            Fault::Crash(pod, _) | Fault::Kill(pod, ..) | Fault::ProbeFails(pod, ..) => vec![pod],
            Fault::CorruptClone(pod) | Fault::ClockSkew(pod, _) => vec![pod],
            Fault::Partition(a, b) | Fault::Slow(a, b, _) | Fault::Reset(a, b) => vec![a, b],
            Fault::NodeLoss(_)
            | Fault::DiskFull(_)
            | Fault::VolumeLoss(_)
            | Fault::RegistryDown(_) => Vec::new(),
        }
    }

    /// Reads what [`Fault`]'s `Display` writes, as `crash mysql-1/mysql`.
    ///
    /// # Errors
    /// How such a fault is written; empty where no fault has that name.
    pub fn parse(text: &str) -> Result<Fault, &'static str> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some((name, rest)) = words.split_first() else { return Err("") };
        let parts = |word: &&str| -> Vec<String> { word.split('/').map(str::to_owned).collect() };
        let first: Vec<String> = rest.first().map(parts).unwrap_or_default();
        let fault = match (*name, first.as_slice(), rest) {
            ("crash", [pod, container], [_]) => {
                Fault::Crash(pod.as_str().into(), container.as_str().into())
            }
            ("kill", [pod, container, program], [_]) => {
                Fault::Kill(pod.as_str().into(), container.as_str().into(), program.clone())
            }
            ("probe-fails", [pod, container], [_, kind]) => {
                let Some(kind) = probe_kind(kind) else { return Err(usage(name)) };
                Fault::ProbeFails(pod.as_str().into(), container.as_str().into(), kind)
            }
            ("node-loss", [node], [_]) => Fault::NodeLoss(node.as_str().into()),
            ("partition", [a], [_, b]) => Fault::Partition(a.as_str().into(), (*b).into()),
            ("reset", [a], [_, b]) => Fault::Reset(a.as_str().into(), (*b).into()),
            ("slow", [a], [_, b, by]) => {
                let Some(by) = Millis::parse(by) else { return Err(usage(name)) };
                Fault::Slow(a.as_str().into(), (*b).into(), by)
            }
            ("disk-full", [claim], [_]) => Fault::DiskFull(claim.as_str().into()),
            ("volume-loss", [claim], [_]) => Fault::VolumeLoss(claim.as_str().into()),
            ("registry-down", [_, ..], [repository]) => {
                Fault::RegistryDown((*repository).to_owned())
            }
            ("corrupt-clone", [pod], [_]) => Fault::CorruptClone(pod.as_str().into()),
            ("clock-skew", [pod], [_, by]) => {
                let Some(by) = Millis::parse(by) else { return Err(usage(name)) };
                Fault::ClockSkew(pod.as_str().into(), by)
            }
            _ => return Err(usage(name)),
        };
        Ok(fault)
    }
}

/// The kinds of faults.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // Each is described at the fault of its name.
pub enum FaultKind {
    Crash,
    Kill,
    ProbeFails,
    Partition,
    Slow,
    Reset,
    NodeLoss,
    DiskFull,
    VolumeLoss,
    RegistryDown,
    CorruptClone,
    ClockSkew,
}

impl FaultKind {
    /// All, by what they break.
    pub const ALL: [FaultKind; 12] = [
        FaultKind::Crash,
        FaultKind::Kill,
        FaultKind::ProbeFails,
        FaultKind::Partition,
        FaultKind::Slow,
        FaultKind::Reset,
        FaultKind::NodeLoss,
        FaultKind::DiskFull,
        FaultKind::VolumeLoss,
        FaultKind::RegistryDown,
        FaultKind::CorruptClone,
        FaultKind::ClockSkew,
    ];

    /// Its name in session files.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Crash => "crash",
            FaultKind::Kill => "kill",
            FaultKind::ProbeFails => "probe-fails",
            FaultKind::Partition => "partition",
            FaultKind::Slow => "slow",
            FaultKind::Reset => "reset",
            FaultKind::NodeLoss => "node-loss",
            FaultKind::DiskFull => "disk-full",
            FaultKind::VolumeLoss => "volume-loss",
            FaultKind::RegistryDown => "registry-down",
            FaultKind::CorruptClone => "corrupt-clone",
            FaultKind::ClockSkew => "clock-skew",
        }
    }

    /// What it breaks.
    pub fn group(self) -> FaultGroup {
        match self {
            FaultKind::Crash | FaultKind::Kill | FaultKind::ProbeFails => FaultGroup::Container,
            FaultKind::Partition | FaultKind::Slow | FaultKind::Reset => FaultGroup::Network,
            FaultKind::NodeLoss => FaultGroup::Node,
            FaultKind::DiskFull | FaultKind::VolumeLoss => FaultGroup::Storage,
            FaultKind::RegistryDown => FaultGroup::Registry,
            FaultKind::CorruptClone => FaultGroup::Backup,
            FaultKind::ClockSkew => FaultGroup::Clock,
        }
    }
}

/// What a fault breaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // Each is what it is called.
pub enum FaultGroup {
    Container,
    Network,
    Node,
    Storage,
    Registry,
    Backup,
    Clock,
}

/// How each fault is written.
pub const USAGES: [(&str, &str); 12] = [
    ("crash", "crash POD/CONTAINER"),
    ("kill", "kill POD/CONTAINER/PROGRAM"),
    ("probe-fails", "probe-fails POD/CONTAINER startup|readiness|liveness"),
    ("node-loss", "node-loss NODE"),
    ("partition", "partition POD POD"),
    ("slow", "slow POD POD MILLISECONDSms"),
    ("reset", "reset POD POD"),
    ("disk-full", "disk-full CLAIM"),
    ("volume-loss", "volume-loss CLAIM"),
    ("registry-down", "registry-down REPOSITORY"),
    ("corrupt-clone", "corrupt-clone POD"),
    ("clock-skew", "clock-skew POD MILLISECONDSms"),
];

fn usage(name: &str) -> &'static str {
    USAGES.iter().find(|(known, _)| *known == name).map_or("", |(_, usage)| usage)
}

fn probe_kind(word: &str) -> Option<ProbeKind> {
    match word {
        "startup" => Some(ProbeKind::Startup),
        "readiness" => Some(ProbeKind::Readiness),
        "liveness" => Some(ProbeKind::Liveness),
        _ => None,
    }
}

fn probe_word(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startup",
        ProbeKind::Readiness => "readiness",
        ProbeKind::Liveness => "liveness",
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Fault::Crash(pod, container) => write!(f, " {pod}/{container}"),
            Fault::Kill(pod, container, program) => write!(f, " {pod}/{container}/{program}"),
            Fault::ProbeFails(pod, container, kind) => {
                write!(f, " {pod}/{container} {}", probe_word(*kind))
            }
            Fault::NodeLoss(node) => write!(f, " {node}"),
            Fault::Partition(a, b) | Fault::Reset(a, b) => write!(f, " {a} {b}"),
            Fault::Slow(a, b, by) => write!(f, " {a} {b} {}ms", by.0),
            Fault::DiskFull(claim) | Fault::VolumeLoss(claim) => write!(f, " {claim}"),
            Fault::RegistryDown(repository) => write!(f, " {repository}"),
            Fault::CorruptClone(pod) => write!(f, " {pod}"),
            Fault::ClockSkew(pod, by) => write!(f, " {pod} {}ms", by.0),
        }
    }
}

/// A fault begins, or is mended.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FaultFact {
    /// Which.
    pub fault: Fault,
    /// What becomes of it.
    pub change: FaultChange,
}

/// What becomes of a fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FaultChange {
    /// It begins.
    Injected,
    /// It is over.
    Mended,
    /// What it is about is not there, so that nothing happens.
    Missed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let rows = [
            "crash mysql-1/mysql",
            "kill mysql-1/xtrabackup/ncat",
            "probe-fails mysql-0/mysql readiness",
            "node-loss node-2",
            "partition mysql-0 mysql-1",
            "slow mysql-0 mysql-1 200ms",
            "reset mysql-1 mysql-0",
            "disk-full data-mysql-0",
            "volume-loss data-mysql-1",
            "registry-down ist0ne/xtrabackup",
            "corrupt-clone mysql-2",
            "clock-skew mysql-client 3600000ms",
        ];
        for row in rows {
            assert_eq!(Fault::parse(row).map(|fault| fault.to_string()), Ok(row.to_string()));
        }
        assert_eq!(rows.len(), USAGES.len());
        for (row, (name, usage)) in rows.iter().zip(USAGES) {
            assert!(row.starts_with(name), "{row} is not a row for {name}");
            assert_eq!(Fault::parse(name), Err(usage));
        }
        assert_eq!(Fault::parse("earthquake"), Err(""));
        assert_eq!(Fault::parse("slow mysql-0 mysql-1 soon"), Err("slow POD POD MILLISECONDSms"));
    }
}

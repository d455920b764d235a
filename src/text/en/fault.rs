//! English: faults, each by the name an operator would give it.

use crate::text::Phrase;
use crate::trace::fact::fault::ProbeKind;
use crate::trace::fact::{Fault, FaultChange, FaultFact, FaultGroup, FaultKind};

/// The words for a fact.
pub fn phrase(fact: &FaultFact) -> Phrase {
    match fact.change {
        FaultChange::Injected => injected(&fact.fault),
        FaultChange::Mended => mended(&fact.fault),
        FaultChange::Missed => Phrase::new()
            .code(fact.fault.to_string())
            .text(" changes nothing: what it is about is not there, or is that way already."),
    }
}

fn injected(fault: &Fault) -> Phrase {
    let say = Phrase::new();
    match fault {
        Fault::Crash(pod, container) => say
            .text("The container ")
            .container(pod, container)
            .text(" of ")
            .pod(pod)
            .text(" crashes: its first process gets SIGKILL."),
        Fault::Kill(pod, container, program) => say
            .text("Someone kills ")
            .code(program)
            .text(" in ")
            .container(pod, container)
            .text(" of ")
            .pod(pod)
            .text(" with SIGKILL."),
        Fault::ProbeFails(pod, container, kind) => say
            .text("From now on every ")
            .text(probe(*kind))
            .text(" probe of ")
            .container(pod, container)
            .text(" in ")
            .pod(pod)
            .text(" fails."),
        Fault::NodeLoss(node) => say
            .text("The node ")
            .code(node.as_str())
            .text(" is lost: power off, with everything on it. The cluster does not know yet."),
        Fault::Partition(a, b) => say
            .text("Network partition: no packet gets from ")
            .pod(a)
            .text(" to ")
            .pod(b)
            .text(" or back."),
        Fault::Slow(a, b, by) => say
            .text("The network between ")
            .pod(a)
            .text(" and ")
            .pod(b)
            .text(" is slow: each packet takes ")
            .text(by.0.to_string())
            .text(" ms longer."),
        Fault::Reset(a, b) => say
            .text("A firewall resets every connection from ")
            .pod(a)
            .text(" to ")
            .pod(b)
            .text("."),
        Fault::DiskFull(claim) => {
            say.text("Disk full: the volume of ").code(claim.as_str()).text(" has no byte left.")
        }
        Fault::VolumeLoss(claim) => {
            say.text("Data loss: the volume of ").code(claim.as_str()).text(" comes back empty.")
        }
        Fault::RegistryDown(repository) => {
            say.text("Registry outage: nobody can pull ").code(repository).text(".")
        }
        Fault::CorruptClone(pod) => say
            .text("Corruption on the wire: backup streams reach ")
            .pod(pod)
            .text(" with flipped bits."),
        Fault::ClockSkew(pod, by) => say
            .text("Clock skew: the clock of ")
            .pod(pod)
            .text(" is ")
            .text((by.0 / 1_000).to_string())
            .text(" s ahead."),
    }
}

fn mended(fault: &Fault) -> Phrase {
    let say = Phrase::new();
    match fault {
        Fault::NodeLoss(node) => {
            say.text("The node ").code(node.as_str()).text(" boots again, empty.")
        }
        Fault::Partition(a, b) | Fault::Slow(a, b, _) | Fault::Reset(a, b) => {
            say.text("The network between ").pod(a).text(" and ").pod(b).text(" is in order again.")
        }
        Fault::ProbeFails(pod, container, kind) => say
            .text("The ")
            .text(probe(*kind))
            .text(" probe of ")
            .container(pod, container)
            .text(" in ")
            .pod(pod)
            .text(" asks its command again."),
        Fault::DiskFull(claim) => {
            say.text("There is room on the volume of ").code(claim.as_str()).text(" again.")
        }
        Fault::RegistryDown(repository) => {
            say.text("The registry of ").code(repository).text(" answers again.")
        }
        Fault::CorruptClone(pod) => say.text("Streams reach ").pod(pod).text(" intact again."),
        Fault::ClockSkew(pod, _) => say.text("The clock of ").pod(pod).text(" is right again."),
        Fault::Crash(..) | Fault::Kill(..) | Fault::VolumeLoss(_) => {
            say.code(fault.to_string()).text(" was over at once: there is nothing to mend.")
        }
    }
}

fn probe(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startup",
        ProbeKind::Readiness => "readiness",
        ProbeKind::Liveness => "liveness",
    }
}

/// What an operator calls a kind of fault.
pub fn title(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Crash => "Container crash",
        FaultKind::Kill => "Killed process",
        FaultKind::ProbeFails => "Failing probe",
        FaultKind::Partition => "Network partition",
        FaultKind::Slow => "Slow network",
        FaultKind::Reset => "Firewall resets",
        FaultKind::NodeLoss => "Node down",
        FaultKind::DiskFull => "Disk full",
        FaultKind::VolumeLoss => "Volume lost",
        FaultKind::RegistryDown => "Registry outage",
        FaultKind::CorruptClone => "Corrupt clone stream",
        FaultKind::ClockSkew => "Clock skew",
    }
}

/// What it means, in a line.
pub fn meaning(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Crash => "The container's first process gets SIGKILL.",
        FaultKind::Kill => "One program in a container gets SIGKILL; the others live on.",
        FaultKind::ProbeFails => "The kubelet's check fails, whatever the program does.",
        FaultKind::Partition => "No packet between two pods, either way.",
        FaultKind::Slow => "Every packet between two pods takes 200 ms longer.",
        FaultKind::Reset => "One pod's connections to another are reset, new ones refused.",
        FaultKind::NodeLoss => "Power off, with every pod on it. The cluster learns it late.",
        FaultKind::DiskFull => "The volume has no byte left.",
        FaultKind::VolumeLoss => "The volume comes back empty.",
        FaultKind::RegistryDown => "Images of this repository cannot be pulled.",
        FaultKind::CorruptClone => "Bits of the backup flip on their way to this pod.",
        FaultKind::ClockSkew => "This pod's clock is an hour ahead; the others' are right.",
    }
}

/// What a group of faults breaks.
pub fn group(group: FaultGroup) -> &'static str {
    match group {
        FaultGroup::Container => "Containers",
        FaultGroup::Network => "Network",
        FaultGroup::Node => "Nodes",
        FaultGroup::Storage => "Storage",
        FaultGroup::Registry => "Image registry",
        FaultGroup::Backup => "Backup",
        FaultGroup::Clock => "Clocks",
    }
}

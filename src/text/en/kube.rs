//! English: facts of `kube`.

use crate::base::{ClaimName, ContainerName, Millis, NodeName, PodName, ServiceName};
use crate::text::{Entity, Phrase};
use crate::trace::fact::KubeFact;
use crate::trace::fact::kube::{DeleteWhy, OutWhy, ProbeKind, WaitWhy};

fn say(text: &str) -> Phrase {
    Phrase::new().text(text)
}

/// Names in a sentence.
trait Names {
    fn object(self, kind: &str, name: &str) -> Phrase;
    fn claim(self, name: &ClaimName) -> Phrase;
    fn node(self, name: &NodeName) -> Phrase;
    fn service(self, name: &ServiceName) -> Phrase;
}

impl Names for Phrase {
    fn object(self, kind: &str, name: &str) -> Phrase {
        self.text(format!("{kind} ")).entity(Entity::Object(kind.to_string(), name.to_string()))
    }
    fn claim(self, name: &ClaimName) -> Phrase {
        self.entity(Entity::Claim(name.clone()))
    }
    fn node(self, name: &NodeName) -> Phrase {
        self.entity(Entity::Node(name.clone()))
    }
    fn service(self, name: &ServiceName) -> Phrase {
        self.entity(Entity::Service(name.clone()))
    }
}

fn seconds(duration: Millis) -> String {
    if duration.0.is_multiple_of(1_000) {
        return format!("{} s", duration.0 / 1_000);
    }
    format!("{}.{} s", duration.0 / 1_000, duration.0 % 1_000 / 100)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

fn probe_name(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startup",
        ProbeKind::Readiness => "readiness",
        ProbeKind::Liveness => "liveness",
    }
}

/// The words for a fact.
pub fn phrase(fact: &KubeFact) -> Phrase {
    let said = match fact {
        KubeFact::Created { .. }
        | KubeFact::Applied { .. }
        | KubeFact::ApplyRefused { .. }
        | KubeFact::Scaled { .. }
        | KubeFact::DeleteAsked { .. }
        | KubeFact::Cordoned { .. } => server(fact),
        KubeFact::RevisionMade { .. }
        | KubeFact::RevisionReused { .. }
        | KubeFact::SetMadeClaim { .. }
        | KubeFact::SetMadePod { .. }
        | KubeFact::SetDeletedPod { .. }
        | KubeFact::SetWaits { .. }
        | KubeFact::ScaleDownWaits { .. }
        | KubeFact::SetComplete { .. }
        | KubeFact::UpdateComplete { .. }
        | KubeFact::PodAdopted { .. }
        | KubeFact::ClaimOwned { .. } => controller(fact),
        KubeFact::ClaimWaits { .. }
        | KubeFact::Provisioning { .. }
        | KubeFact::Bound { .. }
        | KubeFact::VolumeGrows { .. }
        | KubeFact::VolumeGrown { .. }
        | KubeFact::ClaimStuck { .. }
        | KubeFact::ClaimProtected { .. }
        | KubeFact::ClaimGone { .. }
        | KubeFact::Attaching { .. }
        | KubeFact::Attached { .. }
        | KubeFact::AttachedElsewhere { .. }
        | KubeFact::Detached { .. }
        | KubeFact::VolumesShared { .. }
        | KubeFact::Mounted { .. }
        | KubeFact::MountFailed { .. } => storage(fact),
        KubeFact::NodeSelected { .. }
        | KubeFact::Scheduled { .. }
        | KubeFact::Unschedulable { .. }
        | KubeFact::EndpointIn { .. }
        | KubeFact::EndpointOut { .. } => network(fact),
        KubeFact::KubeletTakesPod { .. }
        | KubeFact::SandboxMade { .. }
        | KubeFact::PullBegins { .. }
        | KubeFact::PullDone { .. }
        | KubeFact::ImageTakenFor { .. }
        | KubeFact::ImageNotModelled { .. }
        | KubeFact::Trouble { .. }
        | KubeFact::ContainerStarted { .. }
        | KubeFact::StartFailed { .. }
        | KubeFact::ContainerEnded { .. }
        | KubeFact::BackOff { .. } => kubelet(fact),
        KubeFact::ProbeRuns { .. }
        | KubeFact::ProbeResult { .. }
        | KubeFact::ContainerReady { .. }
        | KubeFact::Unhealthy { .. }
        | KubeFact::PodReady { .. }
        | KubeFact::PhaseChanged { .. } => probes(fact),
        KubeFact::PodStopping { .. }
        | KubeFact::GraceOver { .. }
        | KubeFact::PodFinished { .. }
        | KubeFact::PodGone { .. }
        | KubeFact::NodeLost { .. }
        | KubeFact::NodeBack { .. }
        | KubeFact::NodeNotReady { .. }
        | KubeFact::Evicted { .. } => ending(fact),
    };
    said.expect("every fact named above is put into words below")
}

fn server(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::Created { kind, name } => {
            say("The API server stores ").object(kind, name).text(".")
        }
        KubeFact::Applied { kind, name, changed: true } => {
            say("The API server merges the manifest into ").object(kind, name).text(".")
        }
        KubeFact::Applied { kind, name, changed: false } => {
            Phrase::new().object(kind, name).text(" is already as the manifest says.")
        }
        KubeFact::ApplyRefused { kind, name, message } => {
            say("The API server refuses ").object(kind, name).text(": ").code(message).text(".")
        }
        KubeFact::Scaled { set, was, replicas } => Phrase::new()
            .object("StatefulSet", set)
            .text(format!(" shall have {replicas} replicas instead of {was}.")),
        KubeFact::DeleteAsked { kind, name } => {
            say("Somebody asks the API server to delete ").object(kind, name).text(".")
        }
        KubeFact::Cordoned { node, on: true } => {
            say("Node ").node(node).text(" takes no new pods from now on.")
        }
        KubeFact::Cordoned { node, on: false } => {
            say("Node ").node(node).text(" takes pods again.")
        }
        _ => return None,
    })
}

fn waits(pod: &PodName, why: WaitWhy) -> Phrase {
    match why {
        WaitWhy::NotReady => say("waits until ").pod(pod).text(" is Running and Ready"),
        WaitWhy::Terminating => say("waits until ").pod(pod).text(" has terminated"),
        WaitWhy::NotAvailable => {
            say("waits until ").pod(pod).text(" has been Ready for ").code("minReadySeconds")
        }
    }
}

fn join(mut first: Phrase, second: Phrase) -> Phrase {
    first.0.extend(second.0);
    first
}

fn controller(fact: &KubeFact) -> Option<Phrase> {
    let subject = || say("The StatefulSet controller ");
    Some(match fact {
        KubeFact::RevisionMade { revision, number, .. } => subject()
            .text("notes the pod template as revision ")
            .code(revision)
            .text(format!(" (number {number}).")),
        KubeFact::RevisionReused { revision, .. } => subject()
            .text("finds that the pod template is an earlier one again: revision ")
            .code(revision)
            .text("."),
        KubeFact::SetMadeClaim { claim, pod, .. } => {
            subject().text("creates claim ").claim(claim).text(" for ").pod(pod).text(".")
        }
        KubeFact::SetMadePod { pod, after: None, .. } => {
            subject().text("creates pod ").pod(pod).text(".")
        }
        KubeFact::SetMadePod { pod, after: Some(after), .. } => subject()
            .text("creates pod ")
            .pod(pod)
            .text(": ")
            .pod(after)
            .text(" is Running and Ready."),
        KubeFact::SetDeletedPod { pod, why, .. } => {
            let sentence = subject().text("deletes pod ").pod(pod);
            match why {
                DeleteWhy::ScaleDown => {
                    sentence.text(": its ordinal is beyond the replicas wanted.")
                }
                DeleteWhy::Update => {
                    sentence.text(": it has an older template. It will make a new one.")
                }
                DeleteWhy::Ended => sentence.text(": it has ended. It will make a new one."),
            }
        }
        KubeFact::SetWaits { pod, next: Some(next), why, .. } => {
            join(subject(), waits(pod, *why)).text(" before it creates ").pod(next).text(".")
        }
        KubeFact::SetWaits { pod, next: None, why, .. } => {
            join(subject(), waits(pod, *why)).text(" before it goes on.")
        }
        KubeFact::ScaleDownWaits { pod, waits_for, why, .. } => {
            join(subject(), waits(waits_for, *why)).text(" before it deletes ").pod(pod).text(".")
        }
        KubeFact::SetComplete { set, ready } => Phrase::new()
            .object("StatefulSet", set)
            .text(format!(" is as it should be: {ready} of {ready} pods are Ready.")),
        KubeFact::UpdateComplete { revision, .. } => say("All pods are at revision ")
            .code(revision)
            .text(": the rolling update is complete."),
        KubeFact::PodAdopted { pod, .. } => {
            subject().text("adopts ").pod(pod).text(": its labels and its name fit.")
        }
        KubeFact::ClaimOwned { claim, owner: Some(owner) } => say("Claim ")
            .claim(claim)
            .text(" belongs to its ")
            .text(owner.as_str())
            .text(" now and will go with it."),
        KubeFact::ClaimOwned { claim, owner: None } => {
            say("Claim ").claim(claim).text(" belongs to nobody now and will stay.")
        }
        _ => return None,
    })
}

fn storage(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::ClaimWaits { claim } => say("Claim ")
            .claim(claim)
            .text(" waits: its StorageClass binds only when a pod that uses it has a node."),
        KubeFact::Provisioning { claim, provisioner, .. } => {
            say("Driver ").code(provisioner).text(" makes a disk for claim ").claim(claim).text(".")
        }
        KubeFact::Bound { claim, volume, size } => say("Claim ")
            .claim(claim)
            .text(" is bound to volume ")
            .code(volume.as_str())
            .text(format!(" ({size}).")),
        KubeFact::VolumeGrows { claim, volume, size } => say("Claim ")
            .claim(claim)
            .text(" asks for ")
            .code(size)
            .text(": the storage driver makes volume ")
            .code(volume.as_str())
            .text(" larger."),
        KubeFact::VolumeGrown { claim, node, size } => say("On ")
            .node(node)
            .text(", the file system of claim ")
            .claim(claim)
            .text(" has grown to ")
            .code(size)
            .text("."),
        KubeFact::ClaimStuck { claim, class: None } => say("Claim ")
            .claim(claim)
            .text(" stays Pending: it names no StorageClass, and no volume fits it."),
        KubeFact::ClaimStuck { claim, class: Some(class) } => say("Claim ")
            .claim(claim)
            .text(" stays Pending: nobody makes volumes for StorageClass ")
            .code(class)
            .text("."),
        KubeFact::ClaimProtected { claim } => say("Claim ")
            .claim(claim)
            .text(" is to be deleted, but a pod still uses it: it stays until then."),
        KubeFact::ClaimGone { claim, deleted: true } => {
            say("Claim ").claim(claim).text(" is gone, and its volume with all data too.")
        }
        KubeFact::ClaimGone { claim, deleted: false } => {
            say("Claim ").claim(claim).text(" is gone.")
        }
        KubeFact::Attaching { volume, node, pod } => say("Volume ")
            .code(volume.as_str())
            .text(" is being attached to ")
            .node(node)
            .text(" for ")
            .pod(pod)
            .text("."),
        KubeFact::Attached { volume, node } => {
            say("Volume ").code(volume.as_str()).text(" is attached to ").node(node).text(".")
        }
        KubeFact::AttachedElsewhere { volume, node, pod } => Phrase::new()
            .pod(pod)
            .text(" must wait: volume ")
            .code(volume.as_str())
            .text(" (ReadWriteOnce) is still attached to ")
            .node(node)
            .text("."),
        KubeFact::Detached { volume, node } => say("Volume ")
            .code(volume.as_str())
            .text(" has been detached from ")
            .node(node)
            .text("."),
        KubeFact::VolumesShared { pod, group } => {
            say("The kubelet gives the files in the volumes of ")
                .pod(pod)
                .text(" to group ")
                .code(group.to_string())
                .text(" (")
                .code("fsGroup")
                .text(").")
        }
        KubeFact::Mounted { pod, volumes } if volumes.is_empty() => {
            say("The kubelet has no volumes to prepare for ").pod(pod).text(".")
        }
        KubeFact::Mounted { pod, volumes } => say("The kubelet prepares the volumes of ")
            .pod(pod)
            .text(": ")
            .code(volumes.join(", "))
            .text("."),
        KubeFact::MountFailed { pod, volume, message } => say("The kubelet cannot prepare volume ")
            .code(volume)
            .text(" of ")
            .pod(pod)
            .text(": ")
            .code(message)
            .text("."),
        _ => return None,
    })
}

fn network(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::NodeSelected { pod, node, claim } => {
            let sentence =
                say("The scheduler would put ").pod(pod).text(" on ").node(node).text(" and waits");
            match claim {
                Some(claim) => {
                    sentence.text(" for claim ").claim(claim).text(" to get its volume.")
                }
                None => sentence.text("."),
            }
        }
        KubeFact::Scheduled { pod, node } => {
            say("The scheduler assigns ").pod(pod).text(" to ").node(node).text(".")
        }
        KubeFact::Unschedulable { pod, message } => {
            say("The scheduler finds no node for ").pod(pod).text(": ").code(message)
        }
        KubeFact::EndpointIn { service, pod, ip, headless: true } => Phrase::new()
            .pod(pod)
            .text(" is Ready: its DNS name ")
            .code(format!("{pod}.{service}"))
            .text(" answers with ")
            .code(ip)
            .text(" from now on."),
        KubeFact::EndpointIn { service, pod, headless: false, .. } => say("Service ")
            .service(service)
            .text(" sends new connections to ")
            .pod(pod)
            .text(" too."),
        KubeFact::EndpointOut { service, pod, why } => {
            let sentence = say("Service ").service(service).text(" no longer leads to ").pod(pod);
            sentence.text(match why {
                OutWhy::NotReady => ": it is not Ready.",
                OutWhy::Terminating => ": it is being deleted.",
                OutWhy::Gone => ": it is gone.",
            })
        }
        _ => return None,
    })
}

fn container_of(pod: &PodName, container: &ContainerName) -> Phrase {
    Phrase::new().container(pod, container).text(" of ").pod(pod)
}

fn kubelet(fact: &KubeFact) -> Option<Phrase> {
    let subject = || say("The kubelet ");
    Some(match fact {
        KubeFact::KubeletTakesPod { pod, node } => {
            say("The kubelet of ").node(node).text(" takes on ").pod(pod).text(".")
        }
        KubeFact::SandboxMade { pod, ip } => subject()
            .text("makes the sandbox of ")
            .pod(pod)
            .text(": its network has the address ")
            .code(ip)
            .text("."),
        KubeFact::PullBegins { node, image, waits: false, .. } => {
            say("Node ").node(node).text(" pulls image ").code(image.as_str()).text(".")
        }
        KubeFact::PullBegins { node, image, waits: true, .. } => say("Image ")
            .code(image.as_str())
            .text(" waits its turn: ")
            .node(node)
            .text(" pulls one image at a time."),
        KubeFact::PullDone { image, took, size, .. } => say("Image ")
            .code(image.as_str())
            .text(format!(" is there: {} in {}.", megabytes(*size), seconds(*took))),
        KubeFact::ImageTakenFor { image, known } => say("The model does not know image ")
            .code(image.as_str())
            .text(" and runs it as a copy of ")
            .code(known)
            .text("."),
        KubeFact::ImageNotModelled { image } => say("The model has no image ")
            .code(image.as_str())
            .text("; whether a real registry has it, the model cannot say."),
        KubeFact::Trouble { pod, container, reason, message } => join(
            subject().text("cannot start "),
            container_of(pod, container).text(": ").code(reason).text(". ").code(message),
        ),
        KubeFact::ContainerStarted { pod, container, init, attempt } => {
            let kind = if *init { "starts init container " } else { "starts container " };
            let sentence = join(subject().text(kind), container_of(pod, container));
            match attempt {
                0 => sentence.text("."),
                n => sentence.text(format!(" (restart {n}).")),
            }
        }
        KubeFact::StartFailed { pod, container, message } => {
            join(subject().text("fails to start "), container_of(pod, container))
                .text(": ")
                .code(message)
        }
        KubeFact::ContainerEnded { pod, container, init, code } => {
            let kind = if *init { "sees that init container " } else { "sees that container " };
            join(subject().text(kind), container_of(pod, container)).text(match code {
                0 => " has ended successfully.".to_string(),
                code => format!(" has ended with exit code {code}."),
            })
        }
        KubeFact::BackOff { pod, container, wait, restarts } => {
            let again = if *restarts == 0 { "" } else { " again" };
            join(subject().text("waits before it starts "), container_of(pod, container))
                .text(format!("{again}: {} after its last end.", seconds(*wait)))
        }
        _ => return None,
    })
}

fn probes(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::ProbeRuns { pod, container, kind } => join(
            say("The kubelet runs the ").text(probe_name(*kind)).text(" probe of "),
            container_of(pod, container),
        )
        .text("."),
        KubeFact::ProbeResult { pod, container, kind, good, count, needed } => {
            let name = probe_name(*kind);
            let verb = if *good { "succeeded" } else { "failed" };
            let sentence =
                join(say("The ").text(name).text(" probe of "), container_of(pod, container));
            if *needed > 1 && count <= needed {
                sentence.text(format!(" {verb} ({count} of {needed})."))
            } else {
                sentence.text(format!(" {verb}."))
            }
        }
        KubeFact::ContainerReady { pod, container, ready: true } => {
            container_of(pod, container).text(" counts as ready now.")
        }
        KubeFact::ContainerReady { pod, container, ready: false } => {
            container_of(pod, container).text(" no longer counts as ready.")
        }
        KubeFact::Unhealthy { pod, container, kind } => join(
            say("The kubelet stops "),
            container_of(pod, container)
                .text(format!(" and will start it again: its {} probe failed", probe_name(*kind)))
                .text(" too often."),
        ),
        KubeFact::PodReady { pod, ready: true } => Phrase::new().pod(pod).text(" is Ready."),
        KubeFact::PodReady { pod, ready: false } => {
            Phrase::new().pod(pod).text(" is no longer Ready.")
        }
        KubeFact::PhaseChanged { pod, phase } => {
            say("The phase of ").pod(pod).text(" is ").code(phase).text(" now.")
        }
        _ => return None,
    })
}

fn ending(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::PodStopping { pod, containers, grace } => {
            let names: Vec<&str> = containers.iter().map(ContainerName::as_str).collect();
            say("The kubelet asks ")
                .code(names.join(", "))
                .text(" of ")
                .pod(pod)
                .text(" to stop (SIGTERM) and gives them ")
                .text(seconds(*grace))
                .text(".")
        }
        KubeFact::GraceOver { pod, container } => join(
            say("The grace period is over: the kubelet kills "),
            container_of(pod, container).text(" (SIGKILL)."),
        ),
        KubeFact::PodFinished { pod, failed: false } => Phrase::new()
            .pod(pod)
            .text(" has done its work: all its containers ended successfully."),
        KubeFact::PodFinished { pod, failed: true } => {
            Phrase::new().pod(pod).text(" has failed and is not started again.")
        }
        KubeFact::PodGone { pod, node } => {
            Phrase::new().pod(pod).text(" is gone from ").node(node).text(".")
        }
        KubeFact::NodeLost { node } => {
            say("Node ").node(node).text(" stops working. Nobody in the cluster knows yet.")
        }
        KubeFact::NodeBack { node } => say("Node ").node(node).text(" is back."),
        KubeFact::NodeNotReady { node } => say("The node controller has not heard of ")
            .node(node)
            .text(" for too long: it is NotReady."),
        KubeFact::Evicted { pod, node } => Phrase::new()
            .pod(pod)
            .text(" has borne the silence of ")
            .node(node)
            .text(" long enough: it is marked for deletion."),
        _ => return None,
    })
}

//! Connections worth drawing.

use std::sync::Arc;

use crate::base::{ClaimName, PodUid, SockId};
use crate::node::{Message, MessageKind, Sock, SockState};
use crate::view::scene::{Direction, LinkEnd, LinkKind, LinkScene};
use crate::world::World;
use crate::world::lesson::Entry;

const MYSQL_PORT: u16 = 3306;
const BACKUP_PORT: u16 = 3307;

/// Connections worth drawing, oldest first: one link for each, seen from the end that connected.
pub fn links(world: &World) -> Vec<Arc<LinkScene>> {
    let socks = world.nodes().socks().filter(|(_, sock)| sock.active);
    socks.filter_map(|(id, sock)| link(world, id, sock).map(Arc::new)).collect()
}

fn link(world: &World, id: SockId, sock: &Sock) -> Option<LinkScene> {
    if matches!(sock.state, SockState::Failed(_)) {
        return None;
    }
    let from = end_of(world, sock)?;
    let to_pod = match sock.remote.0.starts_with("127.") {
        true => sock.pod.clone(),
        false => world.nodes().pod_at(&sock.remote.0)?.clone(),
    };
    let peer = sock.peer.and_then(|peer| world.nodes().socks().find(|(other, _)| *other == peer));
    let to = match peer {
        Some((_, peer)) => end_of(world, peer)?,
        None => {
            let owner = world.nodes().listener_owner(&to_pod, sock.remote.1)?;
            end_of_process(world, &to_pod, owner)?
        }
    };
    let via = service_at(world, &sock.asked.0);
    let kind = kind(world, sock, &from, via.is_some())?;
    let (moving, label) = on_the_way(world, id, sock.peer);
    Some(LinkScene {
        id: id.0,
        kind,
        from,
        to,
        via,
        open: sock.state == SockState::Open,
        bytes_down: sock.received,
        moving,
        label,
    })
}

fn end_of(world: &World, sock: &Sock) -> Option<LinkEnd> {
    end_of_process(world, &sock.pod, sock.owner)
}

fn end_of_process(world: &World, pod: &PodUid, pid: crate::base::Pid) -> Option<LinkEnd> {
    let process = world.nodes().process(pid)?;
    if process.exec.is_some() {
        return None;
    }
    let pod = world.nodes().sandbox(pod)?.spec.name.clone();
    Some(LinkEnd { pod, container: process.container.name.clone() })
}

fn kind(world: &World, sock: &Sock, from: &LinkEnd, by_service: bool) -> Option<LinkKind> {
    let own = sock.remote.0.starts_with("127.");
    match sock.remote.1 {
        BACKUP_PORT => Some(LinkKind::Clone),
        MYSQL_PORT if own => Some(LinkKind::Control),
        MYSQL_PORT => {
            let process = world.nodes().process(sock.owner)?;
            if process.name() == "mysqld" {
                return Some(LinkKind::Replication);
            }
            let reads = by_service || reads_only(world, &from.pod);
            Some(if reads { LinkKind::Read } else { LinkKind::Write })
        }
        _ => None,
    }
}

/// Whether the lesson says of a client that it only reads.
fn reads_only(world: &World, pod: &crate::base::PodName) -> bool {
    let mut clients = world.scenario().lesson.iter();
    clients.any(|entry| matches!(entry, Entry::Run(client) if client.reads && client.pod == *pod))
}

fn service_at(world: &World, address: &str) -> Option<crate::base::ServiceName> {
    let services = &world.kube().store().services;
    let found = services.values().find(|service| service.spec.cluster_ip == address)?;
    Some(found.metadata.name.as_str().into())
}

/// Whether a message is on this connection right now, and which way.
fn on_the_way(
    world: &World,
    id: SockId,
    peer: Option<SockId>,
) -> (Option<Direction>, Option<String>) {
    for (_, message) in world.nodes().wire() {
        let way = match message.from {
            from if from == id => Direction::Up,
            from if Some(from) == peer => Direction::Down,
            _ => continue,
        };
        return (Some(way), label(message));
    }
    (None, None)
}

fn label(message: &Message) -> Option<String> {
    match &message.kind {
        MessageKind::Connect(_) => Some("SYN".into()),
        MessageKind::Accept(_) => Some("SYN ACK".into()),
        MessageKind::Fail(..) | MessageKind::Reject(_) | MessageKind::Reset(_) => {
            Some("RST".into())
        }
        MessageKind::End(_) | MessageKind::Finish(_) => Some("FIN".into()),
        MessageKind::Data(_, data) => Some(format!("{} B", data.len())),
    }
}

/// Of the clone that fills a claim: bytes arrived, and bytes the donor's volume has in all.
pub fn clone_into(world: &World, claim: &ClaimName) -> Option<(u64, u64)> {
    let links =
        world.nodes().socks().filter(|(_, sock)| sock.active && sock.remote.1 == BACKUP_PORT);
    for (_, sock) in links {
        let pod = world.kube().store().pod(&sock.pod)?;
        let mounts = |volume: &crate::manifest::object::Volume| {
            volume.persistent_volume_claim.as_ref().is_some_and(|c| *c.claim_name == **claim)
        };
        if !pod.spec.volumes.iter().any(mounts) {
            continue;
        }
        let donor = world.nodes().pod_at(&sock.remote.0)?;
        let total = super::mysql::backup_bytes(world, donor).unwrap_or(sock.received);
        return Some((sock.received, total.max(sock.received)));
    }
    None
}

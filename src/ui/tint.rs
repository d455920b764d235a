//! Which colour a thing has. Each colour means one thing, and never stands alone.

use ordinal::base::PodName;
use ordinal::text::Entity;
use ordinal::view::scene::{LinkKind, PodScene, Scene};

/// A colour by its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tint {
    /// The replication source, or the pod that will be it.
    Source,
    /// A replica.
    Replica,
    /// A clone under way.
    Clone,
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Nothing in particular.
    Plain,
}

impl Tint {
    /// The class that sets `--tint`, `--tint-bg` and `--tint-fill`.
    pub fn class(self) -> &'static str {
        match self {
            Tint::Source => "t-source",
            Tint::Replica => "t-replica",
            Tint::Clone => "t-clone",
            Tint::Read => "t-read",
            Tint::Write => "t-write",
            Tint::Plain => "t-plain",
        }
    }
}

/// A pod's colour: by its role in replication; before it has one, by its ordinal.
pub fn of_pod(scene: &Scene, name: &PodName) -> Tint {
    match scene.pods.get(name) {
        Some(pod) => of_pod_scene(scene, pod),
        None => match ordinal_in(name) {
            Some(0) => Tint::Source,
            Some(_) => Tint::Replica,
            None => Tint::Plain,
        },
    }
}

fn of_pod_scene(scene: &Scene, pod: &PodScene) -> Tint {
    let replicates = pod.mysql.as_ref().is_some_and(|mysql| mysql.replica.is_some());
    match pod.ordinal {
        Some(ordinal) if ordinal.0 > 0 || replicates => Tint::Replica,
        Some(_) => Tint::Source,
        None => scene
            .links
            .iter()
            .rev()
            .find(|link| link.from.pod == pod.name)
            .map_or(Tint::Plain, |link| of_link(link.kind)),
    }
}

fn ordinal_in(name: &PodName) -> Option<u32> {
    name.rsplit_once('-')?.1.parse().ok()
}

/// A link's colour.
pub fn of_link(kind: LinkKind) -> Tint {
    match kind {
        LinkKind::Clone => Tint::Clone,
        LinkKind::Replication | LinkKind::Control => Tint::Replica,
        LinkKind::Write => Tint::Write,
        LinkKind::Read => Tint::Read,
    }
}

/// A container's colour: violet while it clones, else its pod's.
pub fn of_container(scene: &Scene, pod: &PodName, container: &str) -> Tint {
    let clones = scene.links.iter().any(|link| {
        link.kind == LinkKind::Clone
            && [&link.from, &link.to]
                .iter()
                .any(|end| end.pod == *pod && end.container.as_str() == container)
    });
    if clones { Tint::Clone } else { of_pod(scene, pod) }
}

/// The colour of a name in a sentence.
pub fn of_entity(scene: &Scene, entity: &Entity) -> Tint {
    match entity {
        Entity::Pod(pod) | Entity::File(pod, _) => of_pod(scene, pod),
        Entity::Container(pod, name) => of_container(scene, pod, name),
        Entity::Service(name) => {
            let service = scene.services.iter().find(|service| service.name == *name);
            match service.map(|service| service.cluster_ip.is_some()) {
                Some(true) => Tint::Read,
                _ => Tint::Plain,
            }
        }
        Entity::Claim(claim) => scene
            .sets
            .iter()
            .flat_map(|set| &set.slots)
            .find(|slot| slot.claim.as_ref() == Some(claim))
            .map_or(Tint::Plain, |slot| of_pod(scene, &slot.pod)),
        Entity::Node(_) | Entity::Object(..) => Tint::Plain,
    }
}

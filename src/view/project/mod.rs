//! World → [`Scene`]: the only place in `view` that sees the world.

mod links;
mod mysql;
mod pods;
mod services;
mod volumes;

use std::sync::Arc;

pub use mysql::slave_status;
pub use volumes::Lists;

use super::scene::{ConfigScene, EventScene, NodeScene, Scene};
use crate::base::{PodName, SimTime};
use crate::manifest::object::{Event, Node};
use crate::view::SegmentKind;
use crate::world::World;

/// What a viewer may see of a world.
pub fn scene(world: &World, lists: &mut Lists) -> Scene {
    let store = world.kube().store();
    let namespace = world.scenario().namespace.clone();
    let here = |key: &crate::sim::ObjectKey| key.namespace == namespace;
    let pods = pods::pods(world);
    let configs = store.configs.iter().filter(|(key, _)| here(key));
    let secrets = store.secrets.iter().filter(|(key, _)| here(key));
    let config = |name: &str, secret, keys: Vec<String>| {
        Arc::new(ConfigScene { name: name.to_string(), secret, keys })
    };
    Scene {
        at: world.now(),
        services: services::services(world),
        sets: services::sets(world),
        claims: volumes::claims(world, lists),
        configs: configs
            .filter(|(key, _)| key.name != "kube-root-ca.crt")
            .map(|(key, one)| config(&key.name, false, one.data.keys().cloned().collect()))
            .chain(
                secrets
                    .map(|(key, one)| config(&key.name, true, one.data.keys().cloned().collect())),
            )
            .collect(),
        nodes: store.nodes.values().map(|node| Arc::new(node_scene(node))).collect(),
        links: links::links(world),
        events: events(world),
        pods,
        namespace: Some(namespace),
        faults: world.faults().cloned().collect(),
    }
}

/// What each pod of the lesson does, for the timeline: cheaper than a whole scene.
pub fn pod_kinds(world: &World) -> Vec<(PodName, SegmentKind)> {
    pods::kinds(world)
}

fn node_scene(node: &Node) -> NodeScene {
    let ready = node.status.conditions.iter().any(|c| c.kind == "Ready" && c.status == "True");
    let mut status = if ready { "Ready" } else { "NotReady" }.to_string();
    if node.spec.unschedulable {
        status.push_str(",SchedulingDisabled");
    }
    NodeScene { name: node.metadata.name.as_str().into(), status }
}

fn events(world: &World) -> Vec<Arc<EventScene>> {
    let events = world.kube().store().events.values();
    let mut scenes: Vec<(SimTime, u64, Arc<EventScene>)> = events
        .map(|event| {
            let version = event.metadata.resource_version.parse().unwrap_or(u64::MAX);
            (event_time(event), version, Arc::new(event_scene(event)))
        })
        .collect();
    scenes.sort_by_key(|(at, version, _)| (*at, *version));
    scenes.into_iter().map(|(_, _, scene)| scene).collect()
}

fn event_time(event: &Event) -> SimTime {
    let stamps = [event.last_timestamp, event.event_time, event.metadata.creation_timestamp];
    stamps.into_iter().flatten().next().map_or(SimTime::START, |time| time.0)
}

fn event_scene(event: &Event) -> EventScene {
    let object = &event.involved_object;
    EventScene {
        at: event_time(event),
        warning: event.event_type == "Warning",
        reason: event.reason.clone(),
        object: format!("{}/{}", object.kind.to_lowercase(), object.name),
        message: event.message.clone(),
        count: u32::try_from(event.count).unwrap_or(0).max(1),
    }
}

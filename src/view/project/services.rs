//! Services and StatefulSets.

use std::sync::Arc;

use crate::base::{Ordinal, PodName};
use crate::manifest::object::{Pod, Service, StatefulSet};
use crate::view::scene::{MemberScene, MemberState, ServiceScene, SetScene, SlotScene};
use crate::world::World;

/// Services of the lesson's namespace, by name.
pub fn services(world: &World) -> Vec<Arc<ServiceScene>> {
    let namespace = &world.scenario().namespace;
    let services = world.kube().store().services.iter();
    services
        .filter(|(key, service)| key.namespace == *namespace && !service.spec.selector.is_empty())
        .map(|(_, service)| Arc::new(service_scene(world, service)))
        .collect()
}

fn service_scene(world: &World, service: &Service) -> ServiceScene {
    let store = world.kube().store();
    let namespace = service.metadata.namespace.as_str();
    let selects = |labels: &crate::base::SortedMap<String, String>| {
        service.spec.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    };
    let mut members: Vec<MemberScene> = store
        .pods
        .values()
        .filter(|pod| pod.metadata.namespace == namespace && selects(&pod.metadata.labels))
        .map(|pod| member(pod, service.spec.publish_not_ready_addresses))
        .collect();
    for set in store.sets.values().filter(|set| set.metadata.namespace == namespace) {
        if !selects(&set.spec.template.metadata.labels) {
            continue;
        }
        for slot in slots(world, set) {
            if !members.iter().any(|member| member.pod == slot.pod) {
                let state = MemberState::NoSuchPod;
                members.push(MemberScene { pod: slot.pod, ip: None, state });
            }
        }
    }
    members.sort_by(|a, b| (a.pod.len(), &a.pod).cmp(&(b.pod.len(), &b.pod)));
    let cluster_ip = (!service.is_headless()).then(|| service.spec.cluster_ip.clone());
    ServiceScene {
        name: service.metadata.name.as_str().into(),
        cluster_ip,
        port: service.spec.ports.first().and_then(|port| u16::try_from(port.port).ok()),
        members,
    }
}

fn member(pod: &Pod, even_not_ready: bool) -> MemberScene {
    let state = if pod.metadata.is_deleting() {
        MemberState::Terminating
    } else if even_not_ready || pod.status.is_true("Ready") {
        MemberState::Ready
    } else {
        MemberState::NotReady
    };
    let ip = (!pod.status.pod_ip.is_empty()).then(|| pod.status.pod_ip.clone());
    MemberScene { pod: pod.metadata.name.as_str().into(), ip, state }
}

/// StatefulSets of the lesson's namespace, by name.
pub fn sets(world: &World) -> Vec<Arc<SetScene>> {
    let namespace = &world.scenario().namespace;
    let sets = world.kube().store().sets.iter().filter(|(key, _)| key.namespace == *namespace);
    sets.map(|(_, set)| {
        let scene = SetScene {
            name: set.metadata.name.clone(),
            replicas: count(set.spec.replicas.unwrap_or(1)),
            ready: count(set.status.ready_replicas),
            slots: slots(world, set),
        };
        Arc::new(scene)
    })
    .collect()
}

fn count(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// The ordinals a set wants, and those whose pods are still there.
fn slots(world: &World, set: &StatefulSet) -> Vec<SlotScene> {
    let store = world.kube().store();
    let start = set.spec.ordinals.as_ref().map_or(0, |ordinals| count(ordinals.start));
    let wanted = start..start.saturating_add(count(set.spec.replicas.unwrap_or(1)));
    let mut ordinals: Vec<u32> = wanted.collect();
    let owned = store
        .pods
        .values()
        .filter(|pod| pod.metadata.controller().is_some_and(|owner| owner.uid == set.metadata.uid));
    ordinals.extend(owned.filter_map(|pod| super::pods::ordinal(pod)).map(|ordinal| ordinal.0));
    ordinals.sort_unstable();
    ordinals.dedup();
    let name = |ordinal: u32| PodName::from(format!("{}-{ordinal}", set.metadata.name));
    let exists = |pod: &PodName| {
        let mut pods = store.pods.keys();
        pods.any(|key| *key.namespace == *set.metadata.namespace && key.name == **pod)
    };
    let parallel = set.spec.pod_management_policy == "Parallel";
    let claim = set.spec.volume_claim_templates.first().map(|claim| claim.metadata.name.clone());
    let slot = |ordinal: u32| {
        let pod = name(ordinal);
        let before = ordinal.checked_sub(1).filter(|before| *before >= start).map(name);
        let waits_for = before.filter(|_| !parallel && !exists(&pod));
        SlotScene {
            ordinal: Ordinal(ordinal),
            claim: claim.as_ref().map(|claim| format!("{claim}-{pod}").into()),
            waits_for,
            pod,
        }
    };
    ordinals.into_iter().map(slot).collect()
}

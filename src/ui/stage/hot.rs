//! What this step changed: found by comparing the Scene with the one before, never kept by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordinal::base::{ClaimName, ContainerName, PodName, ServiceName};
use ordinal::view::scene::{ContainerScene, PodScene};

use crate::ui::page::Moment;

/// What this step changed, by name.
#[derive(Default)]
pub struct Hot {
    /// Pods, for something that is not only a container's inside.
    pub pods: BTreeSet<PodName>,
    /// Containers.
    pub containers: BTreeSet<(PodName, ContainerName)>,
    /// Services.
    pub services: BTreeSet<ServiceName>,
    /// Claims.
    pub claims: BTreeSet<ClaimName>,
    /// Links, by id.
    pub links: BTreeSet<u64>,
}

impl Hot {
    /// What the step that led to this moment changed, and whom it was about.
    pub fn of(moment: &Moment) -> Hot {
        let (now, before) = (&*moment.scene, &*moment.before);
        let mut hot = Hot::default();
        for (name, pod) in &now.pods {
            match before.pods.get(name) {
                Some(old) if Arc::ptr_eq(pod, old) => {}
                Some(old) => hot.pod(old, pod),
                None => drop(hot.pods.insert(name.clone())),
            }
        }
        let gone = before.pods.keys().filter(|name| !now.pods.contains_key(*name));
        hot.pods.extend(gone.cloned());
        hot.services = changed(&now.services, &before.services, |service| service.name.clone());
        hot.links = changed(&now.links, &before.links, |link| link.id);
        for link in now.links.iter().filter(|link| hot.links.contains(&link.id)) {
            for end in [&link.from, &link.to] {
                hot.containers.insert((end.pod.clone(), end.container.clone()));
            }
        }
        let claims = now
            .claims
            .iter()
            .filter(|(name, claim)| before.claims.get(*name).is_none_or(|old| old != *claim));
        hot.claims = claims.map(|(name, _)| name.clone()).collect();
        let subject = &moment.subject;
        if let (Some(pod), Some(container)) = (&subject.pod, &subject.container) {
            hot.containers.insert((pod.clone(), container.clone()));
        }
        if let Some(pod) = &subject.pod {
            hot.pods.insert(pod.clone());
        }
        hot
    }

    fn pod(&mut self, old: &PodScene, new: &PodScene) {
        let mut differs = false;
        for container in &new.containers {
            let last = old.containers.iter().find(|last| last.name == container.name);
            if last.is_none_or(|last| shows_change(last, container)) {
                self.containers.insert((new.name.clone(), container.name.clone()));
                differs = true;
            }
        }
        let rest = |pod: &PodScene| {
            (pod.status.clone(), pod.ready, pod.is_ready, pod.node.clone(), pod.ip.clone())
        };
        if differs || rest(old) != rest(new) || old.deleting_since != new.deleting_since {
            self.pods.insert(new.name.clone());
        }
    }
}

/// Whether an onlooker would see that a container changed.
fn shows_change(old: &Arc<ContainerScene>, new: &Arc<ContainerScene>) -> bool {
    !Arc::ptr_eq(old, new)
        && (old.state != new.state
            || old.ready != new.ready
            || old.note != new.note
            || old.restarts != new.restarts)
}

fn changed<T: PartialEq, K: Ord>(
    now: &[Arc<T>],
    before: &[Arc<T>],
    key: impl Fn(&T) -> K,
) -> BTreeSet<K> {
    let differs =
        |thing: &&Arc<T>| !before.iter().any(|old| Arc::ptr_eq(old, thing) || old == *thing);
    now.iter().filter(differs).map(|thing| key(thing)).collect()
}

//! What faults ask and change of the control plane; nodes that are lost are in `node`.

use std::sync::Arc;

use super::cluster::Cluster;
use super::options::{ImageOption, RegistryAnswer, short_repository, split_image};
use crate::base::{ClaimName, ImageName, VolumeId};
use crate::manifest::object::{Pod, Probe};
use crate::sim::ProbeKind;

impl Cluster {
    /// The registry of a repository stops answering, or (false) answers again: pulls that are under
    /// way or begin from now on.
    pub fn set_registry_down(&mut self, repository: &str, down: bool) {
        let short = short_repository(repository).to_string();
        let registries = Arc::make_mut(&mut self.registries_down);
        if down {
            registries.insert(short);
        } else {
            registries.remove(&short);
        }
    }

    /// Whether two names are of the same repository; a tag does not count.
    pub fn is_of_repository(image: &str, repository: &str) -> bool {
        short_repository(split_image(image).0) == short_repository(repository)
    }

    /// Whether a registry that is known, or some pod, has this repository.
    pub fn knows_repository(&self, repository: &str) -> bool {
        let known = self.options.images.iter().map(|image| image.repository.as_str());
        let used = self.store.pods.values().flat_map(|pod| images(pod));
        known.chain(used).any(|name| Cluster::is_of_repository(name, repository))
    }

    /// How a registry answers now.
    pub(super) fn registry_answer(
        &self,
        image: &ImageName,
    ) -> (RegistryAnswer, Option<&ImageOption>) {
        let (answer, option) = self.options.image(image);
        let short = short_repository(split_image(image).0);
        let is_down = self.registries_down.contains(short);
        (if is_down { RegistryAnswer::Unreachable } else { answer }, option)
    }

    /// The volume that is bound to a claim of some namespace; that of the first namespace if there
    /// are several.
    pub fn volume_of_claim(&self, claim: &ClaimName) -> Option<VolumeId> {
        let named = self.store.claims.values().filter(|one| *one.metadata.name == **claim);
        let mut bound = named.map(|one| one.spec.volume_name.as_str());
        bound.find(|name| !name.is_empty()).map(VolumeId::from)
    }
}

/// The images of a pod's containers.
pub fn images(pod: &Pod) -> impl Iterator<Item = &str> {
    pod.spec.init_containers.iter().chain(&pod.spec.containers).map(|one| one.image.as_str())
}

/// A container's probe of a kind, if its pod declares one.
pub fn declared_probe<'a>(pod: &'a Pod, container: &str, kind: ProbeKind) -> Option<&'a Probe> {
    let container = pod.spec.container(container)?;
    match kind {
        ProbeKind::Startup => container.startup_probe.as_ref(),
        ProbeKind::Readiness => container.readiness_probe.as_ref(),
        ProbeKind::Liveness => container.liveness_probe.as_ref(),
    }
}

//! The constant input of a run.

use super::lesson::{Entry, traffic};
use crate::base::Namespace;
use crate::kube;
use crate::manifest::Manifests;
use crate::manifest::object::{Object, Service, StatefulSet};

/// The constant input of a run: the same scenario gives the same run, byte for byte.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Scenario {
    /// The manifests: name and text. They lie beside the learner's terminals.
    pub files: Vec<(String, String)>,
    /// The objects, in the order in which they are applied.
    pub objects: Vec<Object>,
    /// Where the lesson takes place: the StatefulSet's namespace.
    pub namespace: Namespace,
    /// What people do.
    pub lesson: Vec<Entry>,
    /// Of everything that is chance.
    pub seed: u64,
    /// The cluster before anybody has applied anything.
    pub kube: kube::Options,
}

impl Scenario {
    /// The scenario of some manifests: apply all, then clients write and read, where there is a
    /// StatefulSet to talk to.
    pub fn new(manifests: &Manifests, seed: u64) -> Scenario {
        let objects: Vec<Object> = manifests.objects().cloned().collect();
        let set = objects.iter().find_map(|object| match object {
            Object::StatefulSet(set) => Some(set.as_ref()),
            _ => None,
        });
        let namespace = set.map(|set| set.metadata.namespace.as_str()).unwrap_or_default();
        let namespace = if namespace.is_empty() { "default" } else { namespace };
        let mut lesson: Vec<Entry> = (0..).zip(&objects).map(|(at, _)| Entry::Apply(at)).collect();
        lesson.extend(set.map(|set| clients(set, &objects)).unwrap_or_default());
        let kube = kube::Options { seed, ..kube::Options::default() };
        let texts = manifests.files().iter();
        let files = texts.map(|(_, file)| (file.name().into(), file.text().into())).collect();
        Scenario { files, namespace: namespace.into(), objects, lesson, seed, kube }
    }

    /// The same, but nobody does anything in it except the learner.
    #[must_use]
    pub fn without_lesson(self) -> Scenario {
        Scenario { lesson: Vec::new(), ..self }
    }
}

/// The tutorial's clients, with this set's names.
fn clients(set: &StatefulSet, objects: &[Object]) -> Vec<Entry> {
    let services = || {
        objects.iter().filter_map(|object| match object {
            Object::Service(service) => Some(service.as_ref()),
            _ => None,
        })
    };
    let labels = set.spec.template.metadata.labels.clone();
    let selects = |service: &&Service| {
        !service.spec.selector.is_empty()
            && service.spec.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
            && service.spec.ports.iter().any(|port| port.port == 3306)
    };
    let name = |service: &Service| service.metadata.name.clone();
    let Some(governing) = services().find(|service| name(service) == set.spec.service_name) else {
        return Vec::new();
    };
    let read =
        services().filter(selects).find(|service| !service.is_headless()).unwrap_or(governing);
    let image = set
        .spec
        .template
        .spec
        .containers
        .iter()
        .find(|container| container.image.contains("mysql"))
        .map_or("mysql:5.7-debian", |container| &container.image);
    let source = format!("{}-0.{}", set.metadata.name, set.spec.service_name);
    traffic(&source, &name(read), image)
}

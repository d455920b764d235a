//! The API server's memory: all objects, by kind, namespace and name.

use std::sync::Arc;

use crate::base::seed::Seed;
use crate::base::{Namespace, PodUid, SimTime, SortedMap};
use crate::manifest::object::{
    ConfigMap, ControllerRevision, EndpointSlice, Endpoints, Event, Node, Object, ObjectMeta,
    OtherObject, PersistentVolume, PersistentVolumeClaim, Pod, Secret, Service, StatefulSet,
    StorageClass, Time,
};
use crate::sim::ObjectKey;

/// Objects of one kind.
pub type Table<T> = SortedMap<ObjectKey, Arc<T>>;

/// All objects.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
#[allow(missing_docs)] // The fields are the kinds.
pub struct Store {
    pub sets: Table<StatefulSet>,
    pub revisions: Table<ControllerRevision>,
    pub services: Table<Service>,
    pub configs: Table<ConfigMap>,
    pub secrets: Table<Secret>,
    pub namespaces: Table<crate::manifest::object::Namespace>,
    pub pods: Table<Pod>,
    pub claims: Table<PersistentVolumeClaim>,
    pub volumes: Table<PersistentVolume>,
    pub classes: Table<StorageClass>,
    pub nodes: Table<Node>,
    pub slices: Table<EndpointSlice>,
    pub endpoints: Table<Endpoints>,
    pub events: Table<Event>,
    /// Kinds that are not modelled, by kind first.
    pub others: SortedMap<(String, ObjectKey), Arc<OtherObject>>,
    /// The newest `resourceVersion`.
    pub version: u64,
    /// Where uids and generated names come from.
    pub seed: Seed,
}

/// The key of an object in a namespace.
pub fn key(namespace: &str, name: &str) -> ObjectKey {
    ObjectKey { namespace: Namespace::from(namespace), name: name.to_string() }
}

/// The key of an object outside of namespaces.
pub fn cluster_key(name: &str) -> ObjectKey {
    key("", name)
}

/// The key an object's metadata gives.
pub fn key_of(meta: &ObjectMeta) -> ObjectKey {
    key(&meta.namespace, &meta.name)
}

/// Letters of generated names. Models apimachinery/pkg/util/rand: no vowels, nothing that looks
/// like something else.
pub const NAME_LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

impl Store {
    /// The next `resourceVersion`.
    pub fn next_version(&mut self) -> String {
        self.version += 1;
        self.version.to_string()
    }

    /// A new uid, of the form of a random (version 4) UUID.
    pub fn new_uid(&mut self) -> String {
        let (high, low) = (self.seed.draw(), self.seed.draw());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }

    /// Five letters for a generated name.
    pub fn new_suffix(&mut self) -> String {
        (0..5)
            .map(|_| char::from(NAME_LETTERS[self.seed.below(NAME_LETTERS.len() as u64) as usize]))
            .collect()
    }

    /// Fills in what the server fills in when an object is created.
    pub fn stamp_new(&mut self, meta: &mut ObjectMeta, now: SimTime) {
        if meta.name.is_empty() && !meta.generate_name.is_empty() {
            meta.name = format!("{}{}", meta.generate_name, self.new_suffix());
        }
        meta.uid = self.new_uid();
        meta.resource_version = self.next_version();
        meta.creation_timestamp = Some(Time(now));
        meta.deletion_timestamp = None;
        meta.deletion_grace_period_seconds = None;
        meta.managed_fields = None;
    }

    /// The pod with this uid.
    pub fn pod(&self, uid: &PodUid) -> Option<&Arc<Pod>> {
        self.pods.values().find(|pod| pod.metadata.uid == uid.as_str())
    }

    /// An object by its kind's plural name.
    pub fn get(&self, plural: &str, key: &ObjectKey) -> Option<Object> {
        macro_rules! found {
            ($table:ident, $variant:ident) => {
                self.$table.get(key).map(|one| Object::$variant(Box::new((**one).clone())))
            };
        }
        match plural {
            "statefulsets" => found!(sets, StatefulSet),
            "controllerrevisions" => found!(revisions, ControllerRevision),
            "services" => found!(services, Service),
            "configmaps" => found!(configs, ConfigMap),
            "secrets" => found!(secrets, Secret),
            "namespaces" => found!(namespaces, Namespace),
            "pods" => found!(pods, Pod),
            "persistentvolumeclaims" => found!(claims, PersistentVolumeClaim),
            "persistentvolumes" => found!(volumes, PersistentVolume),
            "storageclasses" => found!(classes, StorageClass),
            "nodes" => found!(nodes, Node),
            "endpointslices" => found!(slices, EndpointSlice),
            "endpoints" => found!(endpoints, Endpoints),
            "events" => found!(events, Event),
            _ => None,
        }
    }

    /// The keys of all objects of a kind, in the API's order.
    pub fn keys(&self, plural: &str) -> Vec<ObjectKey> {
        macro_rules! listed {
            ($table:ident) => {
                self.$table.keys().cloned().collect()
            };
        }
        match plural {
            "statefulsets" => listed!(sets),
            "controllerrevisions" => listed!(revisions),
            "services" => listed!(services),
            "configmaps" => listed!(configs),
            "secrets" => listed!(secrets),
            "namespaces" => listed!(namespaces),
            "pods" => listed!(pods),
            "persistentvolumeclaims" => listed!(claims),
            "persistentvolumes" => listed!(volumes),
            "storageclasses" => listed!(classes),
            "nodes" => listed!(nodes),
            "endpointslices" => listed!(slices),
            "endpoints" => listed!(endpoints),
            "events" => listed!(events),
            _ => Vec::new(),
        }
    }
}

//! Kubernetes objects as typed data: the fields of API version 1.36, in the API's own names.
//!
//! All fields the API knows are named here, so that whatever is *not* named is unknown to the API
//! server too. Those the model does not act upon are kept as [`Opaque`]. No struct uses `flatten`,
//! so that a decoder that notes ignored keys finds every unknown field.

mod cluster;
mod meta;
mod pod;
mod quantity;
mod support;
mod time;
mod volume;
mod workload;

use serde_json::Value;

pub use cluster::*;
pub use meta::*;
pub use pod::*;

pub use quantity::{BAD_QUANTITY, IntOrString, Quantity};
pub use support::{Field, Wrong};
pub use time::Time;
pub use volume::*;
pub use workload::*;

/// An object of any kind. Big ones are boxed so that a list of objects stays small.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // The variants are the kinds.
pub enum Object {
    StatefulSet(Box<StatefulSet>),
    ControllerRevision(Box<ControllerRevision>),
    Service(Box<Service>),
    ConfigMap(Box<ConfigMap>),
    Secret(Box<Secret>),
    Namespace(Box<Namespace>),
    Pod(Box<Pod>),
    PersistentVolumeClaim(Box<PersistentVolumeClaim>),
    PersistentVolume(Box<PersistentVolume>),
    StorageClass(Box<StorageClass>),
    Node(Box<Node>),
    EndpointSlice(Box<EndpointSlice>),
    Endpoints(Box<Endpoints>),
    Event(Box<Event>),
    /// A kind the model accepts and does nothing with.
    Other(Box<OtherObject>),
}

/// An object of a kind that is not modelled.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct OtherObject {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata`.
    pub metadata: ObjectMeta,
    /// All of it, as written.
    pub value: Opaque,
}

/// A kind the model knows: how it is named in each place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KindInfo {
    /// `apps/v1`.
    pub api_version: &'static str,
    /// `StatefulSet`.
    pub kind: &'static str,
    /// `statefulsets`.
    pub plural: &'static str,
    /// `sts`, if there is one.
    pub short: &'static str,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
}

const fn kind(
    api_version: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: &'static str,
    namespaced: bool,
) -> KindInfo {
    KindInfo { api_version, kind, plural, short, namespaced }
}

/// The kinds the model honours.
pub const KINDS: [KindInfo; 14] = [
    kind("apps/v1", "StatefulSet", "statefulsets", "sts", true),
    kind("apps/v1", "ControllerRevision", "controllerrevisions", "", true),
    kind("v1", "Service", "services", "svc", true),
    kind("v1", "ConfigMap", "configmaps", "cm", true),
    kind("v1", "Secret", "secrets", "", true),
    kind("v1", "Namespace", "namespaces", "ns", false),
    kind("v1", "Pod", "pods", "po", true),
    kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", true),
    kind("v1", "PersistentVolume", "persistentvolumes", "pv", false),
    kind("storage.k8s.io/v1", "StorageClass", "storageclasses", "sc", false),
    kind("v1", "Node", "nodes", "no", false),
    kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices", "", true),
    kind("v1", "Endpoints", "endpoints", "ep", true),
    kind("v1", "Event", "events", "ev", true),
];

macro_rules! each_typed {
    ($object:expr, $one:ident => $do:expr, $other:ident => $otherwise:expr) => {
        match $object {
            Object::StatefulSet($one) => $do,
            Object::ControllerRevision($one) => $do,
            Object::Service($one) => $do,
            Object::ConfigMap($one) => $do,
            Object::Secret($one) => $do,
            Object::Namespace($one) => $do,
            Object::Pod($one) => $do,
            Object::PersistentVolumeClaim($one) => $do,
            Object::PersistentVolume($one) => $do,
            Object::StorageClass($one) => $do,
            Object::Node($one) => $do,
            Object::EndpointSlice($one) => $do,
            Object::Endpoints($one) => $do,
            Object::Event($one) => $do,
            Object::Other($other) => $otherwise,
        }
    };
}

impl Object {
    /// Decodes one object from a tree, unknown fields left out of account.
    ///
    /// # Errors
    /// The first field of the wrong type.
    pub fn from_value(value: &Value) -> Result<Object, Wrong> {
        fn typed<T: Field + Default>(value: &Value) -> Result<Box<T>, Wrong> {
            let mut one = Box::<T>::default();
            one.read(value)?;
            Ok(one)
        }
        let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        let known = KINDS.iter().any(|one| one.api_version == api_version && one.kind == kind);
        let mut metadata = ObjectMeta::default();
        Ok(match if known { kind } else { "" } {
            "StatefulSet" => Object::StatefulSet(typed(value)?),
            "ControllerRevision" => Object::ControllerRevision(typed(value)?),
            "Service" => Object::Service(typed(value)?),
            "ConfigMap" => Object::ConfigMap(typed(value)?),
            "Secret" => Object::Secret(typed(value)?),
            "Namespace" => Object::Namespace(typed(value)?),
            "Pod" => Object::Pod(typed(value)?),
            "PersistentVolumeClaim" => Object::PersistentVolumeClaim(typed(value)?),
            "PersistentVolume" => Object::PersistentVolume(typed(value)?),
            "StorageClass" => Object::StorageClass(typed(value)?),
            "Node" => Object::Node(typed(value)?),
            "EndpointSlice" => Object::EndpointSlice(typed(value)?),
            "Endpoints" => Object::Endpoints(typed(value)?),
            "Event" => Object::Event(typed(value)?),
            _ => {
                if let Some(value) = value.get("metadata") {
                    metadata.read(value)?;
                }
                Object::Other(Box::new(OtherObject {
                    api_version: api_version.to_string(),
                    kind: kind.to_string(),
                    metadata,
                    value: value.clone(),
                }))
            }
        })
    }

    /// As a tree, keys in the API's names.
    pub fn to_value(&self) -> Value {
        each_typed!(
            self,
            one => one.write(),
            other => other.value.clone()
        )
    }

    /// `apiVersion`.
    pub fn api_version(&self) -> &str {
        each_typed!(self, one => &one.api_version, other => &other.api_version)
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        each_typed!(self, one => &one.kind, other => &other.kind)
    }

    /// `metadata`.
    pub fn metadata(&self) -> &ObjectMeta {
        each_typed!(self, one => &one.metadata, other => &other.metadata)
    }

    /// `metadata`, to be changed.
    pub fn metadata_mut(&mut self) -> &mut ObjectMeta {
        each_typed!(self, one => &mut one.metadata, other => &mut other.metadata)
    }

    /// How its kind is named; `None` for one that is not modelled.
    pub fn kind_info(&self) -> Option<&'static KindInfo> {
        let (api_version, kind) = (self.api_version(), self.kind());
        KINDS.iter().find(|one| one.api_version == api_version && one.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_survives_a_round_trip() {
        let text = "
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a, labels: null}, spec: {
              replicas: 0, selector: {matchLabels: {app: a}}, template: {spec: {containers: [
                {name: c, image: i, ports: [{containerPort: 1}],
                 resources: {requests: {memory: 1024Mi, cpu: 0.5}}}]}}}}";
        let value: Value = serde_yaml::from_str(text).expect("the text is YAML");
        let object = Object::from_value(&value).expect("it is a StatefulSet");
        let Object::StatefulSet(set) = &object else { panic!("it is a StatefulSet") };
        assert_eq!(set.spec.replicas, Some(0));
        let written = object.to_value();
        assert_eq!(written["spec"]["replicas"], 0);
        let requests =
            &written["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"];
        assert_eq!(requests.to_string(), r#"{"cpu":"500m","memory":"1Gi"}"#);
        assert_eq!(Object::from_value(&written).expect("it was written by us"), object);
    }
}

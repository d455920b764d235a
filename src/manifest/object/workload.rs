//! StatefulSets and their revisions.

use super::meta::{LabelSelector, ObjectMeta, Opaque};
use super::pod::PodTemplateSpec;
use super::quantity::IntOrString;
use super::support::api;
use super::volume::PersistentVolumeClaim;

api! {
    /// A StatefulSet.
    StatefulSet {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: StatefulSetSpec,
        status: StatefulSetStatus,
    }

    /// `spec` of a StatefulSet.
    StatefulSetSpec {
        replicas: Option<i32>,
        selector: Option<LabelSelector>,
        template: PodTemplateSpec,
        volume_claim_templates: Vec<PersistentVolumeClaim>,
        service_name: String,
        pod_management_policy: String,
        update_strategy: UpdateStrategy,
        revision_history_limit: Option<i32>,
        min_ready_seconds: i32,
        persistent_volume_claim_retention_policy: Option<RetentionPolicy>,
        ordinals: Option<Ordinals>,
    }

    /// How pods are brought to a new template.
    UpdateStrategy {
        kind = "type": String,
        rolling_update: Option<RollingUpdate>,
    }

    /// Which pods, and how many at a time.
    RollingUpdate {
        partition: Option<i32>,
        max_unavailable: Option<IntOrString>,
    }

    /// What becomes of claims: `Retain` or `Delete`.
    RetentionPolicy {
        when_deleted: String,
        when_scaled: String,
    }

    /// How pods are numbered.
    Ordinals {
        ;
        start: i32,
    }

    /// `status` of a StatefulSet.
    StatefulSetStatus {
        observed_generation: i64,
        ready_replicas: i32,
        current_replicas: i32,
        updated_replicas: i32,
        current_revision: String,
        update_revision: String,
        collision_count: Option<i32>,
        conditions: Option<Opaque>,
        ;
        replicas: i32,
        available_replicas: i32,
    }

    /// A template as it once was.
    ControllerRevision {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        data: Option<Opaque>,
        ;
        revision: i64,
    }
}

impl StatefulSet {
    /// `spec.replicas`, or the API's default; never below 0.
    pub fn replicas(&self) -> u32 {
        self.spec.replicas.map_or(1, |n| u32::try_from(n).unwrap_or(0))
    }

    /// `spec.ordinals.start`, or 0.
    pub fn first_ordinal(&self) -> u32 {
        self.spec.ordinals.as_ref().map_or(0, |ordinals| u32::try_from(ordinals.start).unwrap_or(0))
    }

    /// Whether pods are made and deleted one at a time.
    pub fn is_ordered(&self) -> bool {
        self.spec.pod_management_policy != "Parallel"
    }
}

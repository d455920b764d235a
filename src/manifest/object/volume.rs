//! Volumes, claims, persistent volumes and storage classes.

use super::meta::{LabelSelector, Labels, ObjectMeta, ObjectReference, Opaque};
use super::pod::{NodeSelector, OptionalReference};
use super::quantity::Quantity;
use super::support::api;
use super::time::Time;
use crate::base::SortedMap;

api! {
    /// A volume of a pod.
    Volume {
        name: String,
        empty_dir: Option<EmptyDirVolume>,
        host_path: Option<HostPathVolume>,
        config_map: Option<ConfigMapVolume>,
        secret: Option<SecretVolume>,
        persistent_volume_claim: Option<ClaimVolume>,
        projected: Option<ProjectedVolume>,
        downward_api = "downwardAPI": Option<Opaque>,
        ephemeral: Option<Opaque>,
        csi: Option<Opaque>,
        nfs: Option<Opaque>,
        image: Option<Opaque>,
        aws_elastic_block_store: Option<Opaque>,
        azure_disk: Option<Opaque>,
        azure_file: Option<Opaque>,
        cephfs: Option<Opaque>,
        cinder: Option<Opaque>,
        fc: Option<Opaque>,
        flex_volume: Option<Opaque>,
        flocker: Option<Opaque>,
        gce_persistent_disk: Option<Opaque>,
        git_repo: Option<Opaque>,
        glusterfs: Option<Opaque>,
        iscsi: Option<Opaque>,
        photon_persistent_disk: Option<Opaque>,
        portworx_volume: Option<Opaque>,
        quobyte: Option<Opaque>,
        rbd: Option<Opaque>,
        scale_io = "scaleIO": Option<Opaque>,
        storageos: Option<Opaque>,
        vsphere_volume: Option<Opaque>,
    }

    /// A directory that lives as long as the pod.
    EmptyDirVolume {
        medium: String,
        size_limit: Option<Quantity>,
    }

    /// A directory or file of the node.
    HostPathVolume {
        path: String,
        kind = "type": Option<String>,
    }

    /// A ConfigMap's keys as files.
    ConfigMapVolume {
        name: String,
        items: Vec<KeyToPath>,
        default_mode: Option<i32>,
        optional: Option<bool>,
    }

    /// A Secret's keys as files.
    SecretVolume {
        secret_name: String,
        items: Vec<KeyToPath>,
        default_mode: Option<i32>,
        optional: Option<bool>,
    }

    /// A key and the file it becomes.
    KeyToPath {
        key: String,
        path: String,
        mode: Option<i32>,
    }

    /// A claim.
    ClaimVolume {
        claim_name: String,
        read_only: bool,
    }

    /// Several sources in one directory.
    ProjectedVolume {
        sources: Vec<Projection>,
        default_mode: Option<i32>,
    }

    /// One source of a projected volume.
    Projection {
        secret: Option<KeysProjection>,
        config_map: Option<KeysProjection>,
        downward_api = "downwardAPI": Option<Opaque>,
        service_account_token: Option<Opaque>,
        cluster_trust_bundle: Option<Opaque>,
        pod_certificate: Option<Opaque>,
    }

    /// Keys of a ConfigMap or a Secret.
    KeysProjection {
        name: String,
        items: Vec<KeyToPath>,
        optional: Option<bool>,
    }

    /// A volume in a container.
    VolumeMount {
        name: String,
        read_only: bool,
        recursive_read_only: Option<String>,
        mount_path: String,
        sub_path: String,
        mount_propagation: Option<String>,
        sub_path_expr: String,
    }
}

api! {
    /// A claim to storage.
    PersistentVolumeClaim {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: ClaimSpec,
        status: ClaimStatus,
    }

    /// `spec` of a claim.
    ClaimSpec {
        access_modes: Vec<String>,
        selector: Option<LabelSelector>,
        volume_name: String,
        storage_class_name: Option<String>,
        volume_mode: Option<String>,
        data_source: Option<Opaque>,
        data_source_ref: Option<Opaque>,
        volume_attributes_class_name: Option<String>,
        ;
        resources: ClaimResources,
    }

    /// How much.
    ClaimResources {
        limits: SortedMap<String, Quantity>,
        requests: SortedMap<String, Quantity>,
    }

    /// `status` of a claim.
    ClaimStatus {
        phase: String,
        access_modes: Vec<String>,
        capacity: SortedMap<String, Quantity>,
        conditions: Option<Opaque>,
        allocated_resources: SortedMap<String, Quantity>,
        allocated_resource_statuses: Labels,
        current_volume_attributes_class_name: Option<String>,
        modify_volume_status: Option<Opaque>,
    }

    /// Storage.
    PersistentVolume {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: PersistentVolumeSpec,
        status: PersistentVolumeStatus,
    }

    /// `spec` of a volume.
    PersistentVolumeSpec {
        capacity: SortedMap<String, Quantity>,
        access_modes: Vec<String>,
        claim_ref: Option<ObjectReference>,
        persistent_volume_reclaim_policy: String,
        storage_class_name: String,
        mount_options: Vec<String>,
        volume_mode: Option<String>,
        node_affinity: Option<VolumeNodeAffinity>,
        volume_attributes_class_name: Option<String>,
        host_path: Option<HostPathVolume>,
        local: Option<LocalVolume>,
        csi: Option<CsiVolume>,
        nfs: Option<Opaque>,
        aws_elastic_block_store: Option<Opaque>,
        azure_disk: Option<Opaque>,
        azure_file: Option<Opaque>,
        cephfs: Option<Opaque>,
        cinder: Option<Opaque>,
        fc: Option<Opaque>,
        flex_volume: Option<Opaque>,
        flocker: Option<Opaque>,
        gce_persistent_disk: Option<Opaque>,
        glusterfs: Option<Opaque>,
        iscsi: Option<Opaque>,
        photon_persistent_disk: Option<Opaque>,
        portworx_volume: Option<Opaque>,
        quobyte: Option<Opaque>,
        rbd: Option<Opaque>,
        scale_io = "scaleIO": Option<Opaque>,
        storageos: Option<Opaque>,
        vsphere_volume: Option<Opaque>,
    }

    /// On which nodes a volume can be used.
    VolumeNodeAffinity {
        required: Option<NodeSelector>,
    }

    /// A disk of one node.
    LocalVolume {
        path: String,
        fs_type: Option<String>,
    }

    /// A volume of a storage driver.
    CsiVolume {
        driver: String,
        volume_handle: String,
        read_only: bool,
        fs_type: String,
        volume_attributes: Labels,
        controller_publish_secret_ref: Option<Opaque>,
        node_stage_secret_ref: Option<Opaque>,
        node_publish_secret_ref: Option<Opaque>,
        controller_expand_secret_ref: Option<Opaque>,
        node_expand_secret_ref: Option<Opaque>,
    }

    /// `status` of a volume.
    PersistentVolumeStatus {
        phase: String,
        message: String,
        reason: String,
        last_phase_transition_time: Option<Time>,
    }

    /// How volumes are made.
    StorageClass {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        provisioner: String,
        parameters: Labels,
        reclaim_policy: Option<String>,
        mount_options: Vec<String>,
        allow_volume_expansion: Option<bool>,
        volume_binding_mode: Option<String>,
        allowed_topologies: Option<Opaque>,
    }
}

impl ConfigMapVolume {
    /// The ConfigMap as a reference that may be missing.
    pub fn reference(&self) -> OptionalReference {
        OptionalReference { name: self.name.clone(), optional: self.optional }
    }
}

impl PersistentVolumeClaim {
    /// What it asks for; 0 where it says nothing.
    pub fn storage(&self) -> Quantity {
        self.spec.resources.requests.get("storage").copied().unwrap_or_default()
    }
}

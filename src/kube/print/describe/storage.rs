//! Claims, volumes, storage classes.

use super::labels;
use crate::base::SimTime;
use crate::kube::print::duration::since;
use crate::kube::print::kinds::{access_modes, or_none, selector};
use crate::kube::print::tabs::Tabs;
use crate::kube::store::Store;
use crate::manifest::object::{
    LabelRequirement, ObjectMeta, PersistentVolume, PersistentVolumeClaim, StorageClass, Time,
};

fn status(tabs: &mut Tabs, meta: &ObjectMeta, phase: &str, now: SimTime) {
    match meta.deletion_timestamp {
        Some(at) => {
            let lasts = since(Some(at), now);
            tabs.pair(0, "Status", &format!("Terminating (lasts {lasts})"));
        }
        None => tabs.pair(0, "Status", phase),
    }
}

/// Models `describePersistentVolumeClaim`.
pub(super) fn claim(tabs: &mut Tabs, store: &Store, claim: &PersistentVolumeClaim, now: SimTime) {
    let (meta, spec) = (&claim.metadata, &claim.spec);
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    tabs.pair(0, "StorageClass", crate::kube::volume::class_name(claim).unwrap_or_default());
    status(tabs, meta, &claim.status.phase, now);
    tabs.pair(0, "Volume", &spec.volume_name);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "Finalizers", &format!("[{}]", meta.finalizers.join(" ")));
    let bound = !spec.volume_name.is_empty();
    let capacity = claim.status.capacity.get("storage").copied().unwrap_or_default();
    tabs.pair(0, "Capacity", &if bound { capacity.to_string() } else { String::new() });
    let modes = if bound { access_modes(&claim.status.access_modes) } else { String::new() };
    tabs.pair(0, "Access Modes", &modes);
    if let Some(mode) = &spec.volume_mode {
        tabs.pair(0, "VolumeMode", mode);
    }
    let users: Vec<&str> = store
        .pods
        .values()
        .filter(|pod| pod.metadata.namespace == meta.namespace)
        .filter(|pod| {
            pod.spec.volumes.iter().any(|volume| {
                let source = volume.persistent_volume_claim.as_ref();
                source.is_some_and(|one| one.claim_name == meta.name)
            })
        })
        .map(|pod| pod.metadata.name.as_str())
        .collect();
    tabs.pair(0, "Used By", &or_none(&users.join("\n\t")));
    conditions(tabs, claim);
}

fn conditions(tabs: &mut Tabs, claim: &PersistentVolumeClaim) {
    let all = claim.status.conditions.as_ref().and_then(|all| all.as_array());
    let Some(all) = all.filter(|all| !all.is_empty()) else { return };
    tabs.line(0, "Conditions:");
    tabs.line(1, "Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage");
    tabs.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for one in all {
        let text = |field: &str| one.get(field).and_then(|it| it.as_str()).unwrap_or_default();
        // Go prints a time that was never set as the first moment it knows.
        let time = |field: &str| {
            Time::parse(text(field))
                .map_or("Mon, 01 Jan 0001 00:00:00 +0000".to_string(), Time::rfc1123z)
        };
        let (probed, changed) = (time("lastProbeTime"), time("lastTransitionTime"));
        tabs.line(
            1,
            &format!(
                "{} \t{} \t{probed} \t{changed} \t{} \t{}",
                text("type"),
                text("status"),
                text("reason"),
                text("message")
            ),
        );
    }
}

/// Models `describePersistentVolume`.
pub(super) fn volume(tabs: &mut Tabs, volume: &PersistentVolume, now: SimTime) {
    let (meta, spec) = (&volume.metadata, &volume.spec);
    tabs.pair(0, "Name", &meta.name);
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    tabs.pair(0, "Finalizers", &format!("[{}]", meta.finalizers.join(" ")));
    tabs.pair(0, "StorageClass", &spec.storage_class_name);
    status(tabs, meta, &volume.status.phase, now);
    let claim = spec.claim_ref.as_ref();
    let claim = claim.map(|one| format!("{}/{}", one.namespace, one.name)).unwrap_or_default();
    tabs.pair(0, "Claim", &claim);
    tabs.pair(0, "Reclaim Policy", &spec.persistent_volume_reclaim_policy);
    tabs.pair(0, "Access Modes", &access_modes(&spec.access_modes));
    if let Some(mode) = &spec.volume_mode {
        tabs.pair(0, "VolumeMode", mode);
    }
    let capacity = spec.capacity.get("storage").copied().unwrap_or_default();
    tabs.pair(0, "Capacity", &capacity.to_string());
    affinity(tabs, volume);
    tabs.pair(0, "Message", &volume.status.message);
    tabs.line(0, "Source:");
    source(tabs, volume);
}

/// Models `printVolumeNodeAffinity`.
fn affinity(tabs: &mut Tabs, volume: &PersistentVolume) {
    let required = volume.spec.node_affinity.as_ref().and_then(|one| one.required.as_ref());
    let Some(required) = required else {
        tabs.pair(0, "Node Affinity", "<none>");
        return;
    };
    tabs.pair(0, "Node Affinity", "");
    tabs.pair(1, "Required Terms", "");
    for (number, term) in required.node_selector_terms.iter().enumerate() {
        let rows: Vec<String> = term.match_expressions.iter().map(expression).collect();
        let first = rows.first().map_or("<none>", String::as_str);
        tabs.pair(2, &format!("Term {number}"), first);
        for row in rows.iter().skip(1) {
            tabs.line(2, &format!("\t{row}"));
        }
    }
}

fn expression(one: &LabelRequirement) -> String {
    let operator = one.operator.to_lowercase();
    if one.values.is_empty() {
        return format!("{} {operator}", one.key);
    }
    format!("{} {operator} [{}]", one.key, one.values.join(", "))
}

fn source(tabs: &mut Tabs, volume: &PersistentVolume) {
    let spec = &volume.spec;
    if let Some(csi) = &spec.csi {
        tabs.pair(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)");
        tabs.pair(2, "Driver", &csi.driver);
        tabs.pair(2, "FSType", &csi.fs_type);
        tabs.pair(2, "VolumeHandle", &csi.volume_handle);
        tabs.pair(2, "ReadOnly", &csi.read_only.to_string());
        let rows: Vec<String> =
            csi.volume_attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if rows.is_empty() {
            tabs.pair(2, "VolumeAttributes", "<none>");
        }
        for (index, row) in rows.iter().enumerate() {
            // kubectl indents the values once more.
            let head = if index == 0 { "    VolumeAttributes:" } else { "        " };
            tabs.line(0, &format!("{head}\t    {row}"));
        }
    } else if let Some(path) = &spec.host_path {
        tabs.pair(2, "Type", "HostPath (bare host directory volume)");
        tabs.pair(2, "Path", &path.path);
        tabs.pair(2, "HostPathType", path.kind.as_deref().unwrap_or("<none>"));
    } else if let Some(local) = &spec.local {
        tabs.pair(2, "Type", "LocalVolume (a persistent volume backed by local storage on a node)");
        tabs.pair(2, "Path", &local.path);
    } else if let Some(nfs) = &spec.nfs {
        let text = |field: &str| {
            nfs.get(field).and_then(|one| one.as_str()).unwrap_or_default().to_string()
        };
        let read_only = nfs.get("readOnly").and_then(|one| one.as_bool()).unwrap_or(false);
        tabs.pair(2, "Type", "NFS (an NFS mount that lasts the lifetime of a pod)");
        tabs.pair(2, "Server", &text("server"));
        tabs.pair(2, "Path", &text("path"));
        tabs.pair(2, "ReadOnly", &read_only.to_string());
    } else {
        tabs.line(2, "<unknown>");
    }
}

/// Models `describeStorageClass`.
pub(super) fn class(tabs: &mut Tabs, class: &StorageClass) {
    let annotations = &class.metadata.annotations;
    let default = annotations.get("storageclass.kubernetes.io/is-default-class");
    let flag = |on: Option<bool>| match on {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    tabs.pair(0, "Name", &class.metadata.name);
    tabs.pair(
        0,
        "IsDefaultClass",
        if default.is_some_and(|one| one == "true") { "Yes" } else { "No" },
    );
    tabs.pair(0, "Annotations", &selector(annotations));
    tabs.pair(0, "Provisioner", &class.provisioner);
    tabs.pair(0, "Parameters", &selector(&class.parameters));
    tabs.pair(0, "AllowVolumeExpansion", flag(class.allow_volume_expansion));
    if class.mount_options.is_empty() {
        tabs.pair(0, "MountOptions", "<none>");
    } else {
        tabs.line(0, "MountOptions:");
        class.mount_options.iter().for_each(|option| tabs.line(1, option));
    }
    if let Some(policy) = &class.reclaim_policy {
        tabs.pair(0, "ReclaimPolicy", policy);
    }
    if let Some(mode) = &class.volume_binding_mode {
        tabs.pair(0, "VolumeBindingMode", mode);
    }
}

//! Which fields the model takes and does nothing with.

use serde_json::Value;

use super::schema::{Schema, Type};

/// Fields without effect in the model, by struct. They are listed for the learner, never dropped in
/// silence.
const WITHOUT_EFFECT: [(&str, &str); 15] = [
    (
        "PodSpec",
        "automountServiceAccountToken dnsConfig enableServiceLinks ephemeralContainers \
         hostAliases hostIPC hostNetwork hostPID hostUsers hostnameOverride os overhead \
         preemptionPolicy priority priorityClassName readinessGates resourceClaims resources \
         runtimeClassName schedulerName schedulingGates schedulingGroup \
         serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace \
         topologySpreadConstraints",
    ),
    (
        "Container",
        "resizePolicy restartPolicyRules terminationMessagePath \
         terminationMessagePolicy volumeDevices",
    ),
    // runAsUser decides only whether runAsNonRoot is kept: processes run as the image's user.
    (
        "PodSecurityContext",
        "appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsUser seLinuxChangePolicy \
         seLinuxOptions seccompProfile supplementalGroups supplementalGroupsPolicy sysctls \
         windowsOptions",
    ),
    (
        "SecurityContext",
        "allowPrivilegeEscalation appArmorProfile capabilities privileged procMount \
         readOnlyRootFilesystem runAsGroup runAsUser seLinuxOptions seccompProfile windowsOptions",
    ),
    ("ContainerPort", "hostIP hostPort"),
    ("Probe", "grpc terminationGracePeriodSeconds"),
    ("EnvVarSource", "fileKeyRef"),
    (
        "Volume",
        "awsElasticBlockStore azureDisk azureFile cephfs cinder csi downwardAPI ephemeral fc \
         flexVolume flocker gcePersistentDisk gitRepo glusterfs image iscsi nfs \
         photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume",
    ),
    ("EmptyDirVolumeSource", "medium sizeLimit"),
    ("VolumeMount", "mountPropagation recursiveReadOnly"),
    ("VolumeProjection", "clusterTrustBundle downwardAPI podCertificate serviceAccountToken"),
    (
        "ServiceSpec",
        "allocateLoadBalancerNodePorts externalIPs externalTrafficPolicy healthCheckNodePort \
         internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP \
         loadBalancerSourceRanges sessionAffinityConfig trafficDistribution",
    ),
    ("PersistentVolumeClaimSpec", "dataSource dataSourceRef volumeAttributesClassName volumeMode"),
    (
        "PersistentVolumeSpec",
        "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker \
         gcePersistentDisk glusterfs iscsi mountOptions nfs photonPersistentDisk portworxVolume \
         quobyte rbd scaleIO storageos volumeAttributesClassName volumeMode vsphereVolume",
    ),
    ("StorageClass", "allowedTopologies mountOptions parameters"),
];

/// The paths of an object's fields that the model takes and does nothing with.
pub fn without_effect(kind: &'static str, object: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    fields(kind, object, "", &mut paths);
    paths
}

fn fields(name: &'static str, value: &Value, path: &str, paths: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    let ignored = WITHOUT_EFFECT.iter().find(|(of, _)| *of == name).map_or("", |(_, names)| names);
    for (key, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        if ignored.split_whitespace().any(|one| one == key) {
            paths.push(path);
        } else if let Some(field) = Schema::get().field(name, key) {
            descend(&field.of, value, &path, paths);
        }
    }
}

fn descend(of: &'static Type, value: &Value, path: &str, paths: &mut Vec<String>) {
    match (of, value) {
        // What a cluster reports is not the learner's to set.
        (Type::Struct(name), _) if !name.ends_with("Status") => fields(name, value, path, paths),
        (Type::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                descend(item, value, &format!("{path}[{index}]"), paths);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_names_fields_that_exist() {
        for (name, fields) in WITHOUT_EFFECT {
            for field in fields.split_whitespace() {
                assert!(Schema::get().field(name, field).is_some(), "{name}.{field}");
            }
        }
    }

    #[test]
    fn fields_without_effect_are_listed_once_and_by_path() {
        let context = json!({"fsGroup": 999, "runAsNonRoot": true});
        let pod = json!({"spec": {"securityContext": context, "containers": [
            {"name": "a", "securityContext": {"runAsUser": 1}, "ports": [{"hostPort": 1}]}]}});
        assert_eq!(
            without_effect("Pod", &pod),
            [
                "spec.containers[0].ports[0].hostPort",
                "spec.containers[0].securityContext.runAsUser",
                "spec.securityContext.fsGroup"
            ]
        );
    }
}

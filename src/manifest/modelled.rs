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
    (
        "PodSecurityContext",
        "appArmorProfile seLinuxChangePolicy seLinuxOptions seccompProfile \
         supplementalGroupsPolicy sysctls windowsOptions",
    ),
    (
        "SecurityContext",
        "allowPrivilegeEscalation appArmorProfile capabilities privileged procMount \
         readOnlyRootFilesystem seLinuxOptions seccompProfile windowsOptions",
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

/// What such fields hold where an object asks for what the model does anyway, which is what the API
/// server fills in (pkg/apis/core/v1/defaults.go, zz_generated.defaults.go). `kubectl get -o yaml`
/// prints them all.
const USUAL: [(&str, &str, &str); 19] = [
    ("PodSpec", "hostIPC", "false"),
    ("PodSpec", "hostNetwork", "false"),
    ("PodSpec", "hostPID", "false"),
    ("PodSpec", "preemptionPolicy", r#""PreemptLowerPriority""#),
    ("PodSpec", "priority", "0"),
    ("PodSpec", "schedulerName", r#""default-scheduler""#),
    ("PodSpec", "serviceAccount", r#""default""#),
    ("PodSpec", "serviceAccountName", r#""default""#),
    ("PodSpec", "shareProcessNamespace", "false"),
    ("Container", "terminationMessagePath", r#""/dev/termination-log""#),
    ("Container", "terminationMessagePolicy", r#""File""#),
    ("SecurityContext", "privileged", "false"),
    ("SecurityContext", "readOnlyRootFilesystem", "false"),
    ("ServiceSpec", "externalTrafficPolicy", r#""Cluster""#),
    ("ServiceSpec", "internalTrafficPolicy", r#""Cluster""#),
    ("ServiceSpec", "ipFamilies", r#"["IPv4"]"#),
    ("ServiceSpec", "ipFamilyPolicy", r#""SingleStack""#),
    ("PersistentVolumeClaimSpec", "volumeMode", r#""Filesystem""#),
    ("PersistentVolumeSpec", "volumeMode", r#""Filesystem""#),
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
            if !is_usual(name, key, value) {
                paths.push(path);
            }
        } else if let Some(field) = Schema::get().field(name, key) {
            descend(&field.of, value, &path, paths);
        }
    }
}

fn is_usual(name: &str, key: &str, value: &Value) -> bool {
    let usual = USUAL.iter().find(|(of, field, _)| *of == name && *field == key);
    usual.is_some_and(|(_, _, usual)| {
        serde_json::from_str(usual).is_ok_and(|it: Value| it == *value)
    })
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
        for (name, field, _) in USUAL {
            let (_, fields) = WITHOUT_EFFECT.iter().find(|(of, _)| *of == name).expect("a struct");
            assert!(fields.split_whitespace().any(|one| one == field), "{name}.{field}");
        }
    }

    #[test]
    fn what_the_api_server_fills_in_asks_for_nothing() {
        let rows = [
            (json!({"schedulerName": "default-scheduler", "hostNetwork": false}), ""),
            (json!({"schedulerName": "mine"}), "spec.schedulerName"),
            (json!({"hostNetwork": true}), "spec.hostNetwork"),
        ];
        for (spec, want) in rows {
            assert_eq!(without_effect("Pod", &json!({"spec": spec})).join(" "), want);
        }
    }

    #[test]
    fn fields_without_effect_are_listed_once_and_by_path() {
        let context = json!({"sysctls": [], "runAsNonRoot": true});
        let pod = json!({"spec": {"securityContext": context, "containers": [
            {"name": "a", "securityContext": {"privileged": true}, "ports": [{"hostPort": 1}]}]}});
        assert_eq!(
            without_effect("Pod", &pod),
            [
                "spec.containers[0].ports[0].hostPort",
                "spec.containers[0].securityContext.privileged",
                "spec.securityContext.sysctls"
            ]
        );
    }
}

//! What the API server fills in. Models pkg/apis/{core,apps,storage}/v1/defaults.go.

use crate::base::base64::base64;
use crate::manifest::object::{
    ConfigMapVolume, Container, Object, ObjectMeta, PersistentVolume, PersistentVolumeClaim, Pod,
    PodSpec, PodTemplateSpec, Probe, RetentionPolicy, RollingUpdate, Service, StatefulSet,
    StorageClass, Volume,
};

use super::options::split_image;

/// Fills in everything that an object leaves open. `default_namespace` is where it goes if it does
/// not say.
pub fn fill(object: &mut Object, default_namespace: &str) {
    let namespaced = object.kind_info().is_none_or(|info| info.namespaced);
    let meta = object.metadata_mut();
    if !namespaced {
        meta.namespace = String::new();
    } else if meta.namespace.is_empty() {
        meta.namespace = default_namespace.to_string();
    }
    match object {
        Object::StatefulSet(set) => fill_set(set),
        Object::Service(service) => fill_service(service),
        Object::Pod(pod) => fill_pod(pod),
        Object::PersistentVolumeClaim(claim) => fill_claim(claim),
        Object::PersistentVolume(volume) => fill_volume(volume),
        Object::StorageClass(class) => fill_class(class),
        Object::Namespace(namespace) => {
            or(&mut namespace.status.phase, "Active");
            let name = namespace.metadata.name.clone();
            namespace
                .metadata
                .labels
                .entry("kubernetes.io/metadata.name".to_string())
                .or_insert(name);
        }
        Object::Secret(secret) => {
            or(&mut secret.secret_type, "Opaque");
            for (key, text) in std::mem::take(&mut secret.string_data) {
                secret.data.insert(key, base64(text.as_bytes()));
            }
        }
        _ => {}
    }
}

fn or(field: &mut String, default: &str) {
    if field.is_empty() {
        *field = default.to_string();
    }
}

fn or_number(field: &mut i32, default: i32) {
    if *field == 0 {
        *field = default;
    }
}

fn fill_set(set: &mut StatefulSet) {
    let spec = &mut set.spec;
    spec.replicas.get_or_insert(1);
    spec.revision_history_limit.get_or_insert(10);
    or(&mut spec.pod_management_policy, "OrderedReady");
    if spec.update_strategy.kind.is_empty() {
        spec.update_strategy.kind = "RollingUpdate".to_string();
        spec.update_strategy.rolling_update.get_or_insert_with(RollingUpdate::default);
    }
    if let Some(rolling) = &mut spec.update_strategy.rolling_update {
        rolling.partition.get_or_insert(0);
    }
    let policy =
        spec.persistent_volume_claim_retention_policy.get_or_insert_with(RetentionPolicy::default);
    or(&mut policy.when_deleted, "Retain");
    or(&mut policy.when_scaled, "Retain");
    fill_template(&mut spec.template);
    for claim in &mut spec.volume_claim_templates {
        or(&mut claim.api_version, "v1");
        or(&mut claim.kind, "PersistentVolumeClaim");
        fill_claim(claim);
    }
}

/// A pod template.
pub fn fill_template(template: &mut PodTemplateSpec) {
    fill_pod_spec(&mut template.spec);
}

/// A pod.
pub fn fill_pod(pod: &mut Pod) {
    fill_pod_spec(&mut pod.spec);
    for container in pod.spec.init_containers.iter_mut().chain(&mut pod.spec.containers) {
        // A limit without a request requests the limit.
        let limits = container.resources.limits.clone();
        for (name, amount) in limits {
            container.resources.requests.entry(name).or_insert(amount);
        }
    }
    pod.spec.enable_service_links.get_or_insert(true);
    or(&mut pod.status.phase, "Pending");
}

fn fill_pod_spec(spec: &mut PodSpec) {
    or(&mut spec.restart_policy, "Always");
    or(&mut spec.dns_policy, "ClusterFirst");
    or(&mut spec.scheduler_name, "default-scheduler");
    spec.termination_grace_period_seconds.get_or_insert(30);
    spec.security_context.get_or_insert_with(|| serde_json::json!({}));
    if spec.service_account.is_empty() {
        spec.service_account = spec.service_account_name.clone();
    }
    for volume in &mut spec.volumes {
        fill_pod_volume(volume);
    }
    for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
        fill_container(container);
    }
}

fn fill_pod_volume(volume: &mut Volume) {
    /// 0644 in octal.
    const MODE: i32 = 420;
    let Volume { config_map, secret, projected, host_path, .. } = volume;
    if let Some(ConfigMapVolume { default_mode, .. }) = config_map {
        default_mode.get_or_insert(MODE);
    }
    if let Some(secret) = secret {
        secret.default_mode.get_or_insert(MODE);
    }
    if let Some(projected) = projected {
        projected.default_mode.get_or_insert(MODE);
    }
    if let Some(path) = host_path {
        path.kind.get_or_insert_with(String::new);
    }
}

fn fill_container(container: &mut Container) {
    or(&mut container.termination_message_path, "/dev/termination-log");
    or(&mut container.termination_message_policy, "File");
    if container.image_pull_policy.is_empty() && !container.image.is_empty() {
        let latest = split_image(&container.image).1 == "latest";
        container.image_pull_policy = if latest { "Always" } else { "IfNotPresent" }.to_string();
    }
    for port in &mut container.ports {
        or(&mut port.protocol, "TCP");
    }
    for variable in &mut container.env {
        if let Some(field) =
            variable.value_from.as_mut().and_then(|source| source.field_ref.as_mut())
        {
            or(&mut field.api_version, "v1");
        }
    }
    let probes = [
        &mut container.liveness_probe,
        &mut container.readiness_probe,
        &mut container.startup_probe,
    ];
    for probe in probes.into_iter().flatten() {
        fill_probe(probe);
    }
}

fn fill_probe(probe: &mut Probe) {
    or_number(&mut probe.timeout_seconds, 1);
    or_number(&mut probe.period_seconds, 10);
    or_number(&mut probe.success_threshold, 1);
    or_number(&mut probe.failure_threshold, 3);
    if let Some(get) = &mut probe.http_get {
        or(&mut get.path, "/");
        or(&mut get.scheme, "HTTP");
    }
}

fn fill_service(service: &mut Service) {
    let spec = &mut service.spec;
    or(&mut spec.kind, "ClusterIP");
    or(&mut spec.session_affinity, "None");
    if spec.kind == "ExternalName" {
        return;
    }
    if spec.cluster_ip == "None" && spec.cluster_ips.is_empty() {
        spec.cluster_ips = vec!["None".to_string()];
    }
    spec.internal_traffic_policy.get_or_insert_with(|| "Cluster".to_string());
    if spec.ip_families.is_empty() {
        spec.ip_families = vec!["IPv4".to_string()];
    }
    spec.ip_family_policy.get_or_insert_with(|| "SingleStack".to_string());
    if spec.kind == "NodePort" || spec.kind == "LoadBalancer" {
        or(&mut spec.external_traffic_policy, "Cluster");
    }
    if spec.kind == "LoadBalancer" {
        spec.allocate_load_balancer_node_ports.get_or_insert(true);
    }
    for port in &mut spec.ports {
        or(&mut port.protocol, "TCP");
        let number = port.port;
        port.target_port.get_or_insert(crate::manifest::object::IntOrString::Int(number));
    }
}

fn fill_claim(claim: &mut PersistentVolumeClaim) {
    claim.spec.volume_mode.get_or_insert_with(|| "Filesystem".to_string());
    or(&mut claim.status.phase, "Pending");
}

fn fill_volume(volume: &mut PersistentVolume) {
    or(&mut volume.status.phase, "Pending");
    or(&mut volume.spec.persistent_volume_reclaim_policy, "Retain");
    volume.spec.volume_mode.get_or_insert_with(|| "Filesystem".to_string());
}

fn fill_class(class: &mut StorageClass) {
    class.reclaim_policy.get_or_insert_with(|| "Delete".to_string());
    class.volume_binding_mode.get_or_insert_with(|| "Immediate".to_string());
}

/// What admission adds to a pod: its service account's token, a priority, and how long it bears a
/// lost node. Models the plugins ServiceAccount, Priority and DefaultTolerationSeconds.
pub fn admit_pod(pod: &mut Pod, token_suffix: &str) {
    or(&mut pod.spec.service_account_name, "default");
    or(&mut pod.spec.service_account, "default");
    pod.spec.priority.get_or_insert(0);
    pod.spec.preemption_policy.get_or_insert_with(|| "PreemptLowerPriority".to_string());
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let covered = pod.spec.tolerations.iter().any(|one| {
            (one.key == key || one.key.is_empty())
                && (one.effect == "NoExecute" || one.effect.is_empty())
        });
        if !covered {
            pod.spec.tolerations.push(crate::manifest::object::Toleration {
                key: key.to_string(),
                operator: "Exists".to_string(),
                effect: "NoExecute".to_string(),
                toleration_seconds: Some(super::timing::TOLERATION_SECS),
                ..Default::default()
            });
        }
    }
    if pod.spec.automount_service_account_token != Some(false) {
        mount_token(pod, token_suffix);
    }
}

/// Where the token of a pod's service account is mounted.
pub const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn mount_token(pod: &mut Pod, suffix: &str) {
    let name = format!("kube-api-access-{suffix}");
    let written = serde_json::json!([
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt",
                       "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace",
            "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}},
    ]);
    let mut sources = Vec::new();
    crate::manifest::object::Field::read(&mut sources, &written)
        .expect("the sources are written above");
    let mut mounted = false;
    for container in pod.spec.init_containers.iter_mut().chain(&mut pod.spec.containers) {
        if container.volume_mounts.iter().any(|mount| mount.mount_path == TOKEN_PATH) {
            continue;
        }
        mounted = true;
        container.volume_mounts.push(crate::manifest::object::VolumeMount {
            name: name.clone(),
            read_only: true,
            mount_path: TOKEN_PATH.to_string(),
            ..Default::default()
        });
    }
    if mounted {
        pod.spec.volumes.push(Volume {
            name,
            projected: Some(crate::manifest::object::ProjectedVolume {
                sources,
                default_mode: Some(420),
            }),
            ..Default::default()
        });
    }
}

/// A pod's quality of service. Models pkg/apis/core/helper/qos.
pub fn qos_class(spec: &PodSpec) -> &'static str {
    let mut any = false;
    let mut all = true;
    for container in spec.init_containers.iter().chain(&spec.containers) {
        let resources = &container.resources;
        for name in ["cpu", "memory"] {
            let request = resources.requests.get(name).filter(|amount| !amount.is_zero());
            let limit = resources.limits.get(name).filter(|amount| !amount.is_zero());
            any |= request.is_some() || limit.is_some();
            let equal = limit.is_some() && (request.is_none() || request == limit);
            all &= equal;
        }
    }
    match (any, all) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// Metadata for an object the control plane makes.
pub fn meta(namespace: &str, name: &str) -> ObjectMeta {
    ObjectMeta { name: name.to_string(), namespace: namespace.to_string(), ..Default::default() }
}

//! A pod in `kubectl describe`. Models kubectl/pkg/describe `describePod`.

use super::container::containers;
use super::tabs::Tabs;
use crate::base::SimTime;
use crate::manifest::object::{Pod, Taint, Toleration, Volume};

/// All but the events.
pub(super) fn pod(tabs: &mut Tabs, pod: &Pod, now: SimTime) {
    let (meta, spec, status) = (&pod.metadata, &pod.spec, &pod.status);
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Namespace", &meta.namespace);
    if let Some(priority) = spec.priority {
        tabs.pair(0, "Priority", &priority.to_string());
    }
    if !spec.priority_class_name.is_empty() {
        tabs.pair(0, "Priority Class Name", &spec.priority_class_name);
    }
    if !spec.service_account_name.is_empty() {
        tabs.pair(0, "Service Account", &spec.service_account_name);
    }
    if spec.node_name.is_empty() {
        tabs.pair(0, "Node", "<none>");
    } else {
        tabs.pair(0, "Node", &format!("{}/{}", spec.node_name, status.host_ip));
    }
    if let Some(start) = status.start_time {
        tabs.pair(0, "Start Time", &start.rfc1123z());
    }
    super::describe::labels(tabs, "Labels", &meta.labels);
    super::describe::labels(tabs, "Annotations", &meta.annotations);
    match meta.deletion_timestamp {
        Some(until) if status.reason != "NodeLost" => {
            let lasts = super::duration::since(Some(until), now);
            tabs.pair(0, "Status", &format!("Terminating (lasts {lasts})"));
            let grace = meta.deletion_grace_period_seconds.unwrap_or(0);
            tabs.pair(0, "Termination Grace Period", &format!("{grace}s"));
        }
        _ => tabs.pair(0, "Status", &status.phase),
    }
    for (name, text) in [("Reason", &status.reason), ("Message", &status.message)] {
        if !text.is_empty() {
            tabs.pair(0, name, text);
        }
    }
    tabs.pair(0, "IP", &status.pod_ip);
    if status.pod_ips.is_empty() {
        tabs.pair(0, "IPs", "<none>");
    } else {
        tabs.line(0, "IPs:");
        for entry in &status.pod_ips {
            tabs.pair(1, "IP", &entry.ip);
        }
    }
    parts(tabs, pod);
}

/// What a pod consists of.
fn parts(tabs: &mut Tabs, pod: &Pod) {
    let (meta, spec, status) = (&pod.metadata, &pod.spec, &pod.status);
    if let Some(owner) = meta.controller() {
        tabs.pair(0, "Controlled By", &format!("{}/{}", owner.kind, owner.name));
    }
    if !status.nominated_node_name.is_empty() {
        tabs.pair(0, "NominatedNodeName", &status.nominated_node_name);
    }
    containers(tabs, "Init Containers", &spec.init_containers, Some(pod));
    containers(tabs, "Containers", &spec.containers, Some(pod));
    if !spec.readiness_gates.is_empty() {
        tabs.line(0, "Readiness Gates:");
        tabs.line(1, "Type\tStatus");
        for gate in &spec.readiness_gates {
            let found = status.condition(&gate.condition_type);
            let value = found.map_or("<none>", |one| one.status.as_str());
            tabs.line(1, &format!("{} \t{value} ", gate.condition_type));
        }
    }
    if !status.conditions.is_empty() {
        tabs.line(0, "Conditions:");
        tabs.line(1, "Type\tStatus");
        for condition in &status.conditions {
            tabs.line(1, &format!("{} \t{} ", condition.kind, condition.status));
        }
    }
    volumes(tabs, &spec.volumes, "");
    if !status.qos_class.is_empty() {
        tabs.pair(0, "QoS Class", &status.qos_class);
    }
    super::describe::labels(tabs, "Node-Selectors", &spec.node_selector);
    tolerations(tabs, &spec.tolerations);
}

/// A template in a set.
pub(super) fn template(tabs: &mut Tabs, template: &crate::manifest::object::PodTemplateSpec) {
    tabs.line(0, "Pod Template:");
    super::describe::labels_at(tabs, 1, "Labels", &template.metadata.labels);
    if !template.metadata.annotations.is_empty() {
        super::describe::labels_at(tabs, 1, "Annotations", &template.metadata.annotations);
    }
    let spec = &template.spec;
    if !spec.service_account_name.is_empty() {
        tabs.pair(1, "Service Account", &spec.service_account_name);
    }
    containers(tabs, "Init Containers", &spec.init_containers, None);
    containers(tabs, "Containers", &spec.containers, None);
    volumes(tabs, &spec.volumes, " ");
    if !spec.priority_class_name.is_empty() {
        tabs.pair(1, "Priority Class Name", &spec.priority_class_name);
    }
    super::describe::labels_at(tabs, 1, "Node-Selectors", &spec.node_selector);
    tolerations_at(tabs, 1, &spec.tolerations);
}

/// `space`: nothing in a pod, one blank in a template.
fn volumes(tabs: &mut Tabs, volumes: &[Volume], space: &str) {
    if volumes.is_empty() {
        tabs.line(0, &format!("{space}{space}Volumes:\t<none>"));
        return;
    }
    tabs.line(0, &format!("{space}{space}Volumes:"));
    for volume in volumes {
        tabs.line(1, &format!("{space}{}:", volume.name));
        one_volume(tabs, 2, volume);
    }
}

fn one_volume(tabs: &mut Tabs, level: usize, volume: &Volume) {
    let optional = |value: Option<bool>| value.unwrap_or(false).to_string();
    if let Some(claim) = &volume.persistent_volume_claim {
        let text = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same \
                    namespace)";
        tabs.pair(level, "Type", text);
        tabs.pair(level, "ClaimName", &claim.claim_name);
        tabs.pair(level, "ReadOnly", &claim.read_only.to_string());
    } else if let Some(empty) = &volume.empty_dir {
        tabs.pair(level, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
        tabs.pair(level, "Medium", &empty.medium);
        let limit = empty.size_limit.filter(|limit| !limit.is_zero());
        let limit = limit.map_or_else(|| "<unset>".to_string(), |limit| limit.to_string());
        tabs.pair(level, "SizeLimit", &limit);
    } else if let Some(config) = &volume.config_map {
        tabs.pair(level, "Type", "ConfigMap (a volume populated by a ConfigMap)");
        tabs.pair(level, "Name", &config.name);
        tabs.pair(level, "Optional", &optional(config.optional));
    } else if let Some(secret) = &volume.secret {
        tabs.pair(level, "Type", "Secret (a volume populated by a Secret)");
        tabs.pair(level, "SecretName", &secret.secret_name);
        tabs.pair(level, "Optional", &optional(secret.optional));
    } else if let Some(path) = &volume.host_path {
        tabs.pair(level, "Type", "HostPath (bare host directory volume)");
        tabs.pair(level, "Path", &path.path);
        tabs.pair(level, "HostPathType", path.kind.as_deref().unwrap_or("<none>"));
    } else if let Some(projected) = &volume.projected {
        let text = "Projected (a volume that contains injected data from multiple sources)";
        tabs.pair(level, "Type", text);
        for source in &projected.sources {
            if let Some(secret) = &source.secret {
                tabs.pair(level, "SecretName", &secret.name);
                tabs.pair(level, "Optional", &optional(secret.optional));
            }
            if source.downward_api.is_some() {
                tabs.pair(level, "DownwardAPI", "true");
            }
            if let Some(config) = &source.config_map {
                tabs.pair(level, "ConfigMapName", &config.name);
                tabs.pair(level, "Optional", &optional(config.optional));
            }
            if let Some(token) = &source.service_account_token {
                let seconds = token.get("expirationSeconds").and_then(|one| one.as_i64());
                let seconds = seconds.unwrap_or(3_600).to_string();
                tabs.pair(level, "TokenExpirationSeconds", &seconds);
            }
        }
    } else if let Some(downward) = &volume.downward_api {
        let text = "DownwardAPI (a volume populated by information about the pod)";
        tabs.pair(level, "Type", text);
        tabs.line(level, "Items:");
        for item in downward.get("items").and_then(|one| one.as_array()).into_iter().flatten() {
            let text = |pointer: &str| {
                item.pointer(pointer).and_then(|one| one.as_str()).unwrap_or_default().to_string()
            };
            tabs.line(3, &format!("{} -> {}", text("/fieldRef/fieldPath"), text("/path")));
        }
    } else {
        tabs.line(level, "<unknown>");
    }
}

fn tolerations(tabs: &mut Tabs, tolerations: &[Toleration]) {
    tolerations_at(tabs, 0, tolerations);
}

/// Models `printPodTolerationsMultiline`.
fn tolerations_at(tabs: &mut Tabs, level: usize, tolerations: &[Toleration]) {
    if tolerations.is_empty() {
        tabs.pair(level, "Tolerations", "<none>");
        return;
    }
    let mut sorted: Vec<&Toleration> = tolerations.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    for (index, toleration) in sorted.into_iter().enumerate() {
        let mut text = toleration.key.clone();
        if !toleration.value.is_empty() {
            text.push_str(&format!("={}", toleration.value));
        }
        if !toleration.effect.is_empty() {
            text.push_str(&format!(":{}", toleration.effect));
        }
        if toleration.operator == "Exists" && toleration.value.is_empty() {
            let space =
                if toleration.key.is_empty() && toleration.effect.is_empty() { "" } else { " " };
            text.push_str(&format!("{space}op=Exists"));
        }
        if let Some(seconds) = toleration.toleration_seconds {
            text.push_str(&format!(" for {seconds}s"));
        }
        if index == 0 {
            tabs.pair(level, "Tolerations", &text);
        } else {
            tabs.line(level, &format!("\t{text}"));
        }
    }
}

/// A taint as `describe node` prints it.
pub(super) fn taint_text(taint: &Taint) -> String {
    match taint.value.as_str() {
        "" => format!("{}:{}", taint.key, taint.effect),
        value => format!("{}={value}:{}", taint.key, taint.effect),
    }
}

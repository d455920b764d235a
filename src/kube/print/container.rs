//! A container in `kubectl describe`. Models kubectl/pkg/describe `describeContainers`.

use super::tabs::Tabs;
use crate::manifest::object::{
    Container, ContainerState, EnvVar, Labels, Pod, Probe, ResourceFieldReference, StateTerminated,
    Time,
};

fn time(time: Option<Time>) -> String {
    time.map(Time::rfc1123z).unwrap_or_default()
}

/// All of a list of containers: those of a pod, with their statuses, or those of a template, which
/// stand a little further in (their fields do not: kubectl writes them so).
pub(super) fn containers(tabs: &mut Tabs, title: &str, list: &[Container], pod: Option<&Pod>) {
    if list.is_empty() {
        return;
    }
    let space = if pod.is_some() { "" } else { " " };
    tabs.line(0, &format!("{space}{space}{title}:"));
    for container in list {
        tabs.line(1, &format!("{space}{}:", container.name));
        one(tabs, container, pod);
    }
}

fn one(tabs: &mut Tabs, container: &Container, pod: Option<&Pod>) {
    let level = 2;
    let status = pod.and_then(|pod| {
        let status = &pod.status;
        let mut all = status.init_container_statuses.iter().chain(&status.container_statuses);
        all.find(|status| status.name == container.name)
    });
    if let Some(status) = status {
        tabs.pair(level, "Container ID", &status.container_id);
    }
    tabs.pair(level, "Image", &container.image);
    if let Some(status) = status {
        tabs.pair(level, "Image ID", &status.image_id);
    }
    ports(tabs, level, container);
    listed(tabs, level, "Command", &container.command);
    listed(tabs, level, "Args", &container.args);
    if let Some(status) = status {
        state(tabs, level, "State", &status.state);
        if status.last_state.terminated.is_some() {
            state(tabs, level, "Last State", &status.last_state);
        }
        tabs.pair(level, "Ready", if status.ready { "True" } else { "False" });
        tabs.pair(level, "Restart Count", &status.restart_count.to_string());
    }
    let resources = &container.resources;
    for (title, amounts) in [("Limits", &resources.limits), ("Requests", &resources.requests)] {
        if !amounts.is_empty() {
            tabs.line(level, &format!("{title}:"));
            for (name, amount) in amounts {
                tabs.pair(level + 1, name, &amount.to_string());
            }
        }
    }
    let probes = [
        ("Liveness", &container.liveness_probe),
        ("Readiness", &container.readiness_probe),
        ("Startup", &container.startup_probe),
    ];
    for (title, probe) in probes {
        if let Some(probe) = probe {
            tabs.pair(level, title, &probe_text(probe));
        }
    }
    environment(tabs, level, container, pod);
    mounts(tabs, level, container);
}

fn ports(tabs: &mut Tabs, level: usize, container: &Container) {
    let text = |number: fn(&crate::manifest::object::ContainerPort) -> i32| {
        let rows: Vec<String> = container
            .ports
            .iter()
            .map(|port| {
                let plain = format!("{}/{}", number(port), port.protocol);
                if port.name.is_empty() { plain } else { format!("{plain} ({})", port.name) }
            })
            .collect();
        if rows.is_empty() { "<none>".to_string() } else { rows.join(", ") }
    };
    let plural = if container.ports.len() > 1 { "s" } else { "" };
    tabs.pair(level, &format!("Port{plural}"), &text(|port| port.container_port));
    tabs.pair(level, &format!("Host Port{plural}"), &text(|port| port.host_port));
}

fn listed(tabs: &mut Tabs, level: usize, title: &str, words: &[String]) {
    if words.is_empty() {
        return;
    }
    tabs.line(level, &format!("{title}:"));
    for line in words.iter().flat_map(|word| word.split('\n')) {
        tabs.line(level + 1, line);
    }
}

fn state(tabs: &mut Tabs, level: usize, title: &str, state: &ContainerState) {
    if let Some(running) = &state.running {
        tabs.pair(level, title, "Running");
        tabs.pair(level + 1, "Started", &time(running.started_at));
    } else if let Some(StateTerminated {
        exit_code,
        signal,
        reason,
        message,
        started_at,
        finished_at,
        ..
    }) = &state.terminated
    {
        tabs.pair(level, title, "Terminated");
        for (name, text) in [("Reason", reason), ("Message", message)] {
            if !text.is_empty() {
                tabs.pair(level + 1, name, text);
            }
        }
        tabs.pair(level + 1, "Exit Code", &exit_code.to_string());
        if *signal > 0 {
            tabs.pair(level + 1, "Signal", &signal.to_string());
        }
        tabs.pair(level + 1, "Started", &time(*started_at));
        tabs.pair(level + 1, "Finished", &time(*finished_at));
    } else {
        tabs.pair(level, title, "Waiting");
        let reason = state.waiting.as_ref().map_or("", |one| one.reason.as_str());
        if !reason.is_empty() {
            tabs.pair(level + 1, "Reason", reason);
        }
    }
}

/// Models `DescribeProbe`.
fn probe_text(probe: &Probe) -> String {
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        probe.initial_delay_seconds,
        probe.timeout_seconds,
        probe.period_seconds,
        probe.success_threshold,
        probe.failure_threshold
    );
    if let Some(exec) = &probe.exec {
        format!("exec [{}] {attributes}", exec.command.join(" "))
    } else if let Some(get) = &probe.http_get {
        let path = get.path.strip_prefix('/').unwrap_or(&get.path);
        let scheme = get.scheme.to_lowercase();
        format!("http-get {scheme}://{}:{}/{path} {attributes}", get.host, get.port)
    } else if let Some(tcp) = &probe.tcp_socket {
        format!("tcp-socket {}:{} {attributes}", tcp.host, tcp.port)
    } else if let Some(grpc) = &probe.grpc {
        format!("grpc <pod>:{} {attributes}", grpc.port)
    } else {
        format!("unknown {attributes}")
    }
}

fn environment(tabs: &mut Tabs, level: usize, container: &Container, pod: Option<&Pod>) {
    if !container.env_from.is_empty() {
        tabs.line(level, "Environment Variables from:");
        for source in &container.env_from {
            let (kind, reference) = match (&source.config_map_ref, &source.secret_ref) {
                (Some(one), _) => ("ConfigMap", one),
                (_, Some(one)) => ("Secret", one),
                _ => continue,
            };
            let optional = reference.optional.unwrap_or(false);
            let prefix = if source.prefix.is_empty() {
                String::new()
            } else {
                format!(" with prefix '{}'", source.prefix)
            };
            let name = &reference.name;
            tabs.line(level + 1, &format!("{name}\t{kind}{prefix}\tOptional: {optional}"));
        }
    }
    if container.env.is_empty() {
        tabs.pair(level, "Environment", "<none>");
        return;
    }
    tabs.line(level, "Environment:");
    for variable in &container.env {
        variable_lines(tabs, level + 1, variable, container, pod);
    }
}

fn variable_lines(
    tabs: &mut Tabs,
    level: usize,
    variable: &EnvVar,
    container: &Container,
    pod: Option<&Pod>,
) {
    let name = &variable.name;
    let Some(source) = &variable.value_from else {
        for (index, line) in variable.value.split('\n').enumerate() {
            if index == 0 {
                tabs.pair(level, name, line);
            } else {
                tabs.line(level, &format!("\t{line}"));
            }
        }
        return;
    };
    if let Some(field) = &source.field_ref {
        let value = pod.and_then(|pod| field_of(pod, &field.field_path)).unwrap_or_default();
        tabs.pair(level, name, &format!("{value} ({}:{})", field.api_version, field.field_path));
    } else if let Some(field) = &source.resource_field_ref {
        let value = resource_of(container, field);
        tabs.pair(level, name, &format!("{value} ({})", field.resource));
    } else if let Some(key) = &source.secret_key_ref {
        let optional = key.optional.unwrap_or(false);
        let text = format!(
            "<set to the key '{}' in secret '{}'>\tOptional: {optional}",
            key.key, key.name
        );
        tabs.pair(level, name, &text);
    } else if let Some(key) = &source.config_map_key_ref {
        let optional = key.optional.unwrap_or(false);
        let text = format!(
            "<set to the key '{}' of config map '{}'>\tOptional: {optional}",
            key.key, key.name
        );
        tabs.pair(level, name, &text);
    }
}

/// A field of a pod. Models fieldpath.ExtractFieldPathAsString and kubectl's `EnvValueRetriever`.
fn field_of(pod: &Pod, path: &str) -> Option<String> {
    let of = |map: &Labels, prefix: &str| {
        let key = path.strip_prefix(prefix)?.strip_prefix("['")?.strip_suffix("']")?;
        map.get(key).cloned()
    };
    match path {
        "metadata.name" => Some(pod.metadata.name.clone()),
        "metadata.namespace" => Some(pod.metadata.namespace.clone()),
        "metadata.uid" => Some(pod.metadata.uid.clone()),
        path if path.starts_with("metadata.labels") => of(&pod.metadata.labels, "metadata.labels"),
        path if path.starts_with("metadata.annotations") => {
            of(&pod.metadata.annotations, "metadata.annotations")
        }
        // The kubelet fills in the others; kubectl does not look them up.
        _ => None,
    }
}

/// A container's request or limit. Models kubectl's `resourcehelper.ExtractContainerResourceValue`.
fn resource_of(container: &Container, field: &ResourceFieldReference) -> String {
    let (kind, name) = field.resource.split_once('.').unwrap_or_default();
    let resources = &container.resources;
    let amounts = if kind == "limits" { &resources.limits } else { &resources.requests };
    match amounts.get(name) {
        None if kind == "limits" => "node allocatable".to_string(),
        None => "0".to_string(),
        Some(amount) if name == "cpu" => {
            let divisor = field.divisor.filter(|one| !one.is_zero());
            let unit = divisor.map_or(1_000, |one| one.millis()).max(1);
            ((amount.millis() + unit - 1) / unit).to_string()
        }
        Some(amount) => {
            let divisor = field.divisor.filter(|one| !one.is_zero());
            let unit = divisor.map_or(1, |one| one.value()).max(1);
            ((amount.value() + unit - 1) / unit).to_string()
        }
    }
}

fn mounts(tabs: &mut Tabs, level: usize, container: &Container) {
    if container.volume_mounts.is_empty() {
        tabs.pair(level, "Mounts", "<none>");
        return;
    }
    tabs.line(level, "Mounts:");
    let mut mounts: Vec<_> = container.volume_mounts.iter().collect();
    mounts.sort_by(|a, b| a.mount_path.cmp(&b.mount_path));
    for mount in mounts {
        let mut flags = vec![if mount.read_only { "ro" } else { "rw" }.to_string()];
        if !mount.sub_path.is_empty() {
            flags.push(format!("path={:?}", mount.sub_path));
        }
        let flags = flags.join(",");
        tabs.line(level + 1, &format!("{} from {} ({flags})", mount.mount_path, mount.name));
    }
}

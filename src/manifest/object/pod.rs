//! Pods and what they are made of.

use super::meta::{LabelSelector, Labels, LocalReference, ObjectMeta, Opaque};
use super::quantity::{IntOrString, Quantity};
use super::support::api;
use super::time::Time;
use super::volume::{Volume, VolumeMount};
use crate::base::SortedMap;

api! {
    /// A pod.
    Pod {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: PodSpec,
        status: PodStatus,
    }

    /// What a controller makes pods from.
    PodTemplateSpec {
        spec: PodSpec,
        ;
        metadata: ObjectMeta,
    }

    /// `spec` of a pod.
    PodSpec {
        volumes: Vec<Volume>,
        init_containers: Vec<Container>,
        containers: Vec<Container>,
        ephemeral_containers: Option<Opaque>,
        restart_policy: String,
        termination_grace_period_seconds: Option<i64>,
        active_deadline_seconds: Option<i64>,
        dns_policy: String,
        node_selector: Labels,
        service_account_name: String,
        service_account: String,
        automount_service_account_token: Option<bool>,
        node_name: String,
        host_network: bool,
        host_pid = "hostPID": bool,
        host_ipc = "hostIPC": bool,
        share_process_namespace: Option<bool>,
        security_context: Option<Opaque>,
        image_pull_secrets: Vec<LocalReference>,
        hostname: String,
        subdomain: String,
        affinity: Option<Affinity>,
        scheduler_name: String,
        tolerations: Vec<Toleration>,
        host_aliases: Vec<HostAlias>,
        priority_class_name: String,
        priority: Option<i32>,
        dns_config: Option<Opaque>,
        readiness_gates: Vec<ReadinessGate>,
        runtime_class_name: Option<String>,
        enable_service_links: Option<bool>,
        preemption_policy: Option<String>,
        overhead: SortedMap<String, Quantity>,
        topology_spread_constraints: Option<Opaque>,
        set_hostname_as_fqdn = "setHostnameAsFQDN": Option<bool>,
        os: Option<Opaque>,
        host_users: Option<bool>,
        scheduling_gates: Vec<LocalReference>,
        resource_claims: Option<Opaque>,
        resources: Option<ResourceRequirements>,
        hostname_override: Option<String>,
        workload_ref: Option<Opaque>,
    }

    /// A container, an init container, or (with `restartPolicy: Always` among the init containers)
    /// a sidecar.
    Container {
        name: String,
        image: String,
        command: Vec<String>,
        args: Vec<String>,
        working_dir: String,
        ports: Vec<ContainerPort>,
        env_from: Vec<EnvFromSource>,
        env: Vec<EnvVar>,
        resize_policy: Option<Opaque>,
        restart_policy: Option<String>,
        restart_policy_rules: Option<Opaque>,
        volume_mounts: Vec<VolumeMount>,
        volume_devices: Option<Opaque>,
        liveness_probe: Option<Probe>,
        readiness_probe: Option<Probe>,
        startup_probe: Option<Probe>,
        lifecycle: Option<Lifecycle>,
        termination_message_path: String,
        termination_message_policy: String,
        image_pull_policy: String,
        security_context: Option<Opaque>,
        stdin: bool,
        stdin_once: bool,
        tty: bool,
        ;
        resources: ResourceRequirements,
    }

    /// A port a container says it listens on.
    ContainerPort {
        name: String,
        host_port: i32,
        container_port: i32,
        protocol: String,
        host_ip = "hostIP": String,
    }

    /// Variables from all keys of an object.
    EnvFromSource {
        prefix: String,
        config_map_ref: Option<OptionalReference>,
        secret_ref: Option<OptionalReference>,
    }

    /// A name of an object that may be allowed to be missing.
    OptionalReference {
        name: String,
        optional: Option<bool>,
    }

    /// A variable.
    EnvVar {
        name: String,
        value: String,
        value_from: Option<EnvVarSource>,
    }

    /// Where a variable's value comes from.
    EnvVarSource {
        field_ref: Option<FieldReference>,
        resource_field_ref: Option<ResourceFieldReference>,
        config_map_key_ref: Option<KeyReference>,
        secret_key_ref: Option<KeyReference>,
        file_key_ref: Option<Opaque>,
    }

    /// A field of the pod.
    FieldReference {
        api_version: String,
        field_path: String,
    }

    /// A container's request or limit.
    ResourceFieldReference {
        container_name: String,
        resource: String,
        divisor: Option<Quantity>,
    }

    /// A key of a ConfigMap or a Secret.
    KeyReference {
        name: String,
        key: String,
        optional: Option<bool>,
    }

    /// Requests and limits.
    ResourceRequirements {
        limits: SortedMap<String, Quantity>,
        requests: SortedMap<String, Quantity>,
        claims: Option<Opaque>,
    }

    /// A startup, readiness or liveness probe.
    Probe {
        exec: Option<ExecAction>,
        http_get: Option<HttpGetAction>,
        tcp_socket: Option<TcpSocketAction>,
        grpc: Option<GrpcAction>,
        initial_delay_seconds: i32,
        timeout_seconds: i32,
        period_seconds: i32,
        success_threshold: i32,
        failure_threshold: i32,
        termination_grace_period_seconds: Option<i64>,
    }

    /// A command, run without a shell.
    ExecAction {
        command: Vec<String>,
    }

    /// An HTTP GET request.
    HttpGetAction {
        path: String,
        port: IntOrString,
        host: String,
        scheme: String,
        http_headers: Vec<HttpHeader>,
    }

    /// A header of a request.
    HttpHeader {
        name: String,
        value: String,
    }

    /// A TCP connection.
    TcpSocketAction {
        port: IntOrString,
        host: String,
    }

    /// A gRPC health check.
    GrpcAction {
        port: i32,
        service: Option<String>,
    }

    /// What runs after a container's start and before its stop.
    Lifecycle {
        post_start: Option<LifecycleHandler>,
        pre_stop: Option<LifecycleHandler>,
        stop_signal: Option<String>,
    }

    /// What a lifecycle hook does.
    LifecycleHandler {
        exec: Option<ExecAction>,
        http_get: Option<HttpGetAction>,
        tcp_socket: Option<TcpSocketAction>,
        sleep: Option<SleepAction>,
    }

    /// A wait.
    SleepAction {
        seconds: i64,
    }

    /// A taint a pod bears.
    Toleration {
        key: String,
        operator: String,
        value: String,
        effect: String,
        toleration_seconds: Option<i64>,
    }

    /// A line of `/etc/hosts`.
    HostAlias {
        ip: String,
        hostnames: Vec<String>,
    }

    /// A condition that must be True for the pod to be Ready.
    ReadinessGate {
        condition_type: String,
    }

    /// Where a pod likes to be.
    Affinity {
        node_affinity: Option<NodeAffinity>,
        pod_affinity: Option<PodAffinity>,
        pod_anti_affinity: Option<PodAffinity>,
    }

    /// Which nodes.
    NodeAffinity {
        required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
        preferred_during_scheduling_ignored_during_execution: Vec<PreferredNodes>,
    }

    /// Terms of which one must hold.
    NodeSelector {
        node_selector_terms: Vec<NodeSelectorTerm>,
    }

    /// Conditions that must all hold.
    NodeSelectorTerm {
        match_expressions: Vec<super::meta::LabelRequirement>,
        match_fields: Vec<super::meta::LabelRequirement>,
    }

    /// Nodes that are better.
    PreferredNodes {
        weight: i32,
        preference: NodeSelectorTerm,
    }

    /// Near, or away from, which pods.
    PodAffinity {
        required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
        preferred_during_scheduling_ignored_during_execution: Vec<PreferredPods>,
    }

    /// Pods on the same node (or zone).
    PodAffinityTerm {
        label_selector: Option<LabelSelector>,
        namespaces: Vec<String>,
        topology_key: String,
        namespace_selector: Option<LabelSelector>,
        match_label_keys: Vec<String>,
        mismatch_label_keys: Vec<String>,
    }

    /// Pods it is better to be near to, or away from.
    PreferredPods {
        weight: i32,
        pod_affinity_term: PodAffinityTerm,
    }
}

api! {
    /// `status` of a pod.
    PodStatus {
        observed_generation: i64,
        phase: String,
        conditions: Vec<PodCondition>,
        message: String,
        reason: String,
        nominated_node_name: String,
        host_ip = "hostIP": String,
        host_ips = "hostIPs": Vec<IpEntry>,
        pod_ip = "podIP": String,
        pod_ips = "podIPs": Vec<IpEntry>,
        start_time: Option<Time>,
        init_container_statuses: Vec<ContainerStatus>,
        container_statuses: Vec<ContainerStatus>,
        qos_class: String,
        resize: Option<Opaque>,
        ephemeral_container_statuses: Option<Opaque>,
    }

    /// One of a pod's addresses.
    IpEntry {
        ip: String,
    }

    /// A condition: `Ready`, `PodScheduled` …
    PodCondition {
        kind = "type": String,
        observed_generation: i64,
        status: String,
        last_transition_time: Option<Time>,
        reason: String,
        message: String,
        ;
        last_probe_time: Option<Time>,
    }

    /// What the kubelet says of a container.
    ContainerStatus {
        image_id = "imageID": String,
        container_id = "containerID": String,
        started: Option<bool>,
        ;
        ready: bool,
        restart_count: i32,
        name: String,
        state: ContainerState,
        last_state: ContainerState,
        image: String,
    }

    /// Exactly one of three; none means waiting.
    ContainerState {
        waiting: Option<StateWaiting>,
        running: Option<StateRunning>,
        terminated: Option<StateTerminated>,
    }

    /// Not started.
    StateWaiting {
        reason: String,
        message: String,
    }

    /// Runs.
    StateRunning {
        started_at: Option<Time>,
    }

    /// Ended.
    StateTerminated {
        signal: i32,
        reason: String,
        message: String,
        started_at: Option<Time>,
        finished_at: Option<Time>,
        container_id = "containerID": String,
        ;
        exit_code: i32,
    }
}

impl Container {
    /// Whether it is a sidecar, if it stands among the init containers.
    pub fn is_restartable_init(&self) -> bool {
        self.restart_policy.as_deref() == Some("Always")
    }
}

impl PodStatus {
    /// A condition by its type.
    pub fn condition(&self, kind: &str) -> Option<&PodCondition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// Whether a condition is True.
    pub fn is_true(&self, kind: &str) -> bool {
        self.condition(kind).is_some_and(|condition| condition.status == "True")
    }
}

impl PodSpec {
    /// A container or init container by name.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.init_containers.iter().chain(&self.containers).find(|one| one.name == name)
    }

    /// `initContainers[1]` or `containers[0]`: where a container is declared.
    pub fn path_of(&self, name: &str) -> Option<String> {
        let place = |list: &[Container], field: &str| {
            list.iter().position(|one| one.name == name).map(|index| format!("{field}[{index}]"))
        };
        place(&self.init_containers, "initContainers")
            .or_else(|| place(&self.containers, "containers"))
    }
}

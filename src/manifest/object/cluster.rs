//! Services, endpoints, configuration, namespaces, nodes and events.

use super::meta::{Labels, ObjectMeta, ObjectReference, Opaque};
use super::quantity::{IntOrString, Quantity};
use super::support::api;
use super::time::Time;
use crate::base::SortedMap;

api! {
    /// A Service.
    Service {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: ServiceSpec,
        status: Option<Opaque>,
    }

    /// `spec` of a Service.
    ServiceSpec {
        ports: Vec<ServicePort>,
        selector: Labels,
        cluster_ip = "clusterIP": String,
        cluster_ips = "clusterIPs": Vec<String>,
        kind = "type": String,
        external_ips = "externalIPs": Vec<String>,
        session_affinity: String,
        load_balancer_ip = "loadBalancerIP": String,
        load_balancer_source_ranges: Vec<String>,
        external_name: String,
        external_traffic_policy: String,
        health_check_node_port: i32,
        publish_not_ready_addresses: bool,
        session_affinity_config: Option<Opaque>,
        ip_families: Vec<String>,
        ip_family_policy: Option<String>,
        allocate_load_balancer_node_ports: Option<bool>,
        load_balancer_class: Option<String>,
        internal_traffic_policy: Option<String>,
        traffic_distribution: Option<String>,
    }

    /// A port of a Service.
    ServicePort {
        name: String,
        protocol: String,
        app_protocol: Option<String>,
        target_port: Option<IntOrString>,
        node_port: i32,
        ;
        port: i32,
    }

    /// The old list of a Service's addresses.
    Endpoints {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        subsets: Vec<EndpointSubset>,
    }

    /// Addresses that have the same ports.
    EndpointSubset {
        addresses: Vec<EndpointAddress>,
        not_ready_addresses: Vec<EndpointAddress>,
        ports: Vec<EndpointPort>,
    }

    /// An address of a Service.
    EndpointAddress {
        ip: String,
        hostname: String,
        node_name: Option<String>,
        target_ref: Option<ObjectReference>,
    }

    /// A port of a Service's addresses.
    EndpointPort {
        name: String,
        port: i32,
        protocol: String,
        app_protocol: Option<String>,
    }

    /// The new list of a Service's addresses.
    EndpointSlice {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        address_type: String,
        endpoints: Vec<Endpoint>,
        ports: Vec<EndpointPort>,
    }

    /// One pod of a Service.
    Endpoint {
        addresses: Vec<String>,
        hostname: Option<String>,
        target_ref: Option<ObjectReference>,
        deprecated_topology: Labels,
        node_name: Option<String>,
        zone: Option<String>,
        hints: Option<Opaque>,
        ;
        conditions: EndpointConditions,
    }

    /// Whether to send to it.
    EndpointConditions {
        ready: Option<bool>,
        serving: Option<bool>,
        terminating: Option<bool>,
    }

    /// Configuration.
    ConfigMap {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        immutable: Option<bool>,
        data: Labels,
        binary_data: Labels,
    }

    /// Configuration nobody should read over a shoulder; values of `data` are base64.
    Secret {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        immutable: Option<bool>,
        data: Labels,
        string_data: Labels,
        secret_type = "type": String,
    }

    /// A namespace.
    Namespace {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: Option<Opaque>,
        status: NamespaceStatus,
    }

    /// `status` of a namespace.
    NamespaceStatus {
        phase: String,
        conditions: Option<Opaque>,
    }

    /// A node.
    Node {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        spec: NodeSpec,
        status: NodeStatus,
    }

    /// `spec` of a node.
    NodeSpec {
        pod_cidr = "podCIDR": String,
        pod_cidrs = "podCIDRs": Vec<String>,
        provider_id = "providerID": String,
        unschedulable: bool,
        taints: Vec<Taint>,
        config_source: Option<Opaque>,
        external_id = "externalID": String,
    }

    /// What keeps pods away from a node.
    Taint {
        key: String,
        value: String,
        effect: String,
        time_added: Option<Time>,
    }

    /// `status` of a node.
    NodeStatus {
        capacity: SortedMap<String, Quantity>,
        allocatable: SortedMap<String, Quantity>,
        phase: String,
        conditions: Vec<NodeCondition>,
        addresses: Vec<NodeAddress>,
        daemon_endpoints: Option<Opaque>,
        node_info: NodeInfo,
        images: Option<Opaque>,
        volumes_in_use: Vec<String>,
        volumes_attached: Option<Opaque>,
        config: Option<Opaque>,
        runtime_handlers: Option<Opaque>,
        features: Option<Opaque>,
    }

    /// A condition of a node.
    NodeCondition {
        kind = "type": String,
        status: String,
        last_heartbeat_time: Option<Time>,
        last_transition_time: Option<Time>,
        reason: String,
        message: String,
    }

    /// An address of a node.
    NodeAddress {
        kind = "type": String,
        address: String,
    }

    /// What a node runs.
    NodeInfo {
        machine_id = "machineID": String,
        system_uuid = "systemUUID": String,
        boot_id = "bootID": String,
        kernel_version: String,
        os_image: String,
        container_runtime_version: String,
        kubelet_version: String,
        kube_proxy_version: String,
        operating_system: String,
        architecture: String,
        swap: Option<Opaque>,
    }

    /// A Kubernetes Event.
    Event {
        api_version: String,
        kind: String,
        metadata: ObjectMeta,
        reason: String,
        message: String,
        count: i32,
        event_type = "type": String,
        series: Option<Opaque>,
        action: String,
        related: Option<ObjectReference>,
        ;
        involved_object: ObjectReference,
        source: EventSource,
        first_timestamp: Option<Time>,
        last_timestamp: Option<Time>,
        event_time: Option<Time>,
        reporting_component: String,
        reporting_instance: String,
    }

    /// Who tells.
    EventSource {
        component: String,
        host: String,
    }
}

impl Service {
    /// Whether it has no address of its own.
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip == "None"
    }
}

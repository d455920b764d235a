//! What every cluster holds of its own servers: the API server's Service and where it leads, and
//! how the DNS server is set.

use std::sync::Arc;

use serde_json::json;

use super::defaults;
use super::store::{Store, key};
use crate::base::SimTime;
use crate::manifest::object::{
    ConfigMap, EndpointSlice, Endpoints, IntOrString, Object, Service, ServicePort, ServiceSpec,
    Time,
};

/// Where the API server itself answers.
const ADDRESS: &str = "192.168.0.10";

/// kubeadm's. What it knows of the cluster's own names it does not keep.
const COREFILE: &str = "\
.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
";

/// The DNS server's ConfigMap.
fn dns_config() -> ConfigMap {
    let mut metadata = defaults::meta("kube-system", "coredns");
    metadata.creation_timestamp = Some(Time(SimTime::START));
    metadata.uid = "0b6f4f2d-93d1-4d0a-9e57-6a1f27c5d0e8".to_string();
    metadata.resource_version = "1".to_string();
    ConfigMap {
        api_version: "v1".to_string(),
        kind: "ConfigMap".to_string(),
        metadata,
        data: [("Corefile".to_string(), COREFILE.to_string())].into_iter().collect(),
        ..Default::default()
    }
}

/// Puts the Service `kubernetes` and its endpoints into a new store. Models
/// pkg/controlplane/reconcilers.
pub(super) fn register(store: &mut Store) {
    let mut service = kubernetes_service();
    store.stamp_new(&mut service.metadata, SimTime::START);
    store.services.insert(key("default", "kubernetes"), Arc::new(service));
    let mut metadata = defaults::meta("default", "kubernetes");
    metadata.creation_timestamp = Some(Time(SimTime::START));
    metadata.uid = "5c2f0a9e-4d1b-4c61-8f37-0d6a7be41c55".to_string();
    metadata.resource_version = "1".to_string();
    let label = |name: &str, value: &str| (name.to_string(), value.to_string());
    metadata.labels.extend([label("endpointslice.kubernetes.io/skip-mirror", "true")]);
    let read = "the API server's own endpoints are well formed";
    let mut endpoints: Endpoints = serde_json::from_value(json!({
        "apiVersion": "v1", "kind": "Endpoints", "subsets": [{"addresses": [{"ip": ADDRESS}],
        "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}]}],
    }))
    .expect(read);
    endpoints.metadata = metadata.clone();
    store.endpoints.insert(key("default", "kubernetes"), Arc::new(endpoints));
    let mut slice: EndpointSlice = serde_json::from_value(json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "endpoints": [{"addresses": [ADDRESS], "conditions": {"ready": true}}],
        "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
    }))
    .expect(read);
    metadata.labels.clear();
    metadata.labels.extend([label("kubernetes.io/service-name", "kubernetes")]);
    slice.metadata = metadata;
    store.slices.insert(key("default", "kubernetes"), Arc::new(slice));
    store.configs.insert(key("kube-system", "coredns"), Arc::new(dns_config()));
}

fn kubernetes_service() -> Service {
    let mut metadata = defaults::meta("default", "kubernetes");
    metadata.labels.insert("component".to_string(), "apiserver".to_string());
    metadata.labels.insert("provider".to_string(), "kubernetes".to_string());
    let mut object = Object::Service(Box::new(Service {
        api_version: "v1".to_string(),
        kind: "Service".to_string(),
        metadata,
        spec: ServiceSpec {
            cluster_ip: "10.96.0.1".to_string(),
            cluster_ips: vec!["10.96.0.1".to_string()],
            ports: vec![ServicePort {
                name: "https".to_string(),
                port: 443,
                target_port: Some(IntOrString::Int(6443)),
                ..Default::default()
            }],
            ..Default::default()
        },
        ..Default::default()
    }));
    defaults::fill(&mut object, "default");
    let Object::Service(service) = object else { unreachable_service() };
    *service
}

fn unreachable_service() -> ! {
    panic!("filling in a Service's defaults leaves it a Service")
}

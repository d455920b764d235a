//! Which pods a Service reaches. Models pkg/controller/endpointslice and endpoint.

use std::sync::Arc;

use super::cluster::{Cluster, decided, declared, tell};
use super::defaults;
use super::store::key_of;
use super::write::{is_terminal, selects_labels};
use crate::base::{ServiceName, SimTime};
use crate::manifest::object::{
    Endpoint, EndpointAddress, EndpointConditions, EndpointPort, EndpointSlice, EndpointSubset,
    Endpoints, ObjectReference, OwnerReference, Pod, Service,
};
use crate::sim::{ObjectKey, Out};
use crate::trace::fact::KubeFact;
use crate::trace::fact::kube::OutWhy;

impl Cluster {
    /// Brings a Service's slice and Endpoints up to date.
    pub(super) fn reconcile_endpoints(&mut self, key: &ObjectKey, now: SimTime, out: &mut Out) {
        let Some(service) = self.store.services.get(key).cloned() else {
            let store = self.store_mut();
            store.endpoints.remove(key);
            store.slices.retain(|_, slice| !is_slice_of(slice, key));
            return;
        };
        if service.spec.selector.is_empty() {
            return;
        }
        let pods: Vec<Arc<Pod>> = self
            .store
            .pods
            .values()
            .filter(|pod| pod.metadata.namespace == *key.namespace)
            .filter(|pod| selects_labels(&service, &pod.metadata.labels))
            .filter(|pod| !pod.status.pod_ip.is_empty() && !is_terminal(pod))
            .cloned()
            .collect();
        let endpoints: Vec<Endpoint> = pods.iter().map(|pod| endpoint_of(&service, pod)).collect();
        let ports = self.endpoint_ports(&service, pods.first().map(|pod| &**pod));
        self.tell_changes(&service, &pods, &endpoints, out);
        self.write_slice(&service, endpoints.clone(), ports.clone(), now);
        self.write_endpoints(&service, &endpoints, ports, now);
    }

    fn endpoint_ports(&self, service: &Service, pod: Option<&Pod>) -> Vec<EndpointPort> {
        let Some(pod) = pod else { return Vec::new() };
        service
            .spec
            .ports
            .iter()
            .map(|port| EndpointPort {
                name: port.name.clone(),
                port: i32::from(self.target_port(pod, port.target_port.as_ref(), port.port)),
                protocol: port.protocol.clone(),
                app_protocol: port.app_protocol.clone(),
            })
            .filter(|port| port.port != 0)
            .collect()
    }

    fn write_slice(
        &mut self,
        service: &Service,
        endpoints: Vec<Endpoint>,
        ports: Vec<EndpointPort>,
        now: SimTime,
    ) {
        let service_key = key_of(&service.metadata);
        let there =
            self.store.slices.values().find(|slice| is_slice_of(slice, &service_key)).cloned();
        let mut slice = match &there {
            Some(slice) => (**slice).clone(),
            None => self.new_slice(service, now),
        };
        slice.endpoints = endpoints;
        slice.ports = ports;
        if there.as_deref() != Some(&slice) {
            let store = self.store_mut();
            slice.metadata.resource_version = store.next_version();
            store.slices.insert(key_of(&slice.metadata), Arc::new(slice));
        }
    }

    fn new_slice(&mut self, service: &Service, now: SimTime) -> EndpointSlice {
        let name = &service.metadata.name;
        let mut metadata = defaults::meta(&service.metadata.namespace, "");
        metadata.generate_name = format!("{name}-");
        metadata.labels = service.metadata.labels.clone();
        let labels = [
            ("kubernetes.io/service-name", name.as_str()),
            ("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"),
        ];
        for (label, value) in labels {
            metadata.labels.insert(label.to_string(), value.to_string());
        }
        if service.is_headless() {
            metadata.labels.insert("service.kubernetes.io/headless".to_string(), String::new());
        }
        metadata.owner_references = vec![OwnerReference {
            api_version: "v1".to_string(),
            kind: "Service".to_string(),
            name: name.clone(),
            uid: service.metadata.uid.clone(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        }];
        self.store_mut().stamp_new(&mut metadata, now);
        EndpointSlice {
            api_version: "discovery.k8s.io/v1".to_string(),
            kind: "EndpointSlice".to_string(),
            metadata,
            address_type: "IPv4".to_string(),
            ..Default::default()
        }
    }

    fn write_endpoints(
        &mut self,
        service: &Service,
        endpoints: &[Endpoint],
        ports: Vec<EndpointPort>,
        now: SimTime,
    ) {
        let at = key_of(&service.metadata);
        let there = self.store.endpoints.get(&at).cloned();
        let address = |endpoint: &Endpoint| EndpointAddress {
            ip: endpoint.addresses.first().cloned().unwrap_or_default(),
            hostname: endpoint.hostname.clone().unwrap_or_default(),
            node_name: endpoint.node_name.clone(),
            target_ref: endpoint.target_ref.clone(),
        };
        let is_ready = |endpoint: &&Endpoint| endpoint.conditions.ready == Some(true);
        let subset = EndpointSubset {
            addresses: endpoints.iter().filter(is_ready).map(address).collect(),
            not_ready_addresses: endpoints
                .iter()
                .filter(|one| !is_ready(one))
                .map(address)
                .collect(),
            ports,
        };
        let mut object = match &there {
            Some(object) => (**object).clone(),
            None => {
                let mut metadata = defaults::meta(&at.namespace, &at.name);
                metadata.labels = service.metadata.labels.clone();
                self.store_mut().stamp_new(&mut metadata, now);
                Endpoints {
                    api_version: "v1".to_string(),
                    kind: "Endpoints".to_string(),
                    metadata,
                    ..Default::default()
                }
            }
        };
        object.subsets = if endpoints.is_empty() { Vec::new() } else { vec![subset] };
        if there.as_deref() != Some(&object) {
            let store = self.store_mut();
            object.metadata.resource_version = store.next_version();
            store.endpoints.insert(at, Arc::new(object));
        }
    }

    /// Says which pods came in and which went out.
    fn tell_changes(
        &self,
        service: &Service,
        pods: &[Arc<Pod>],
        endpoints: &[Endpoint],
        out: &mut Out,
    ) {
        let name = ServiceName::from(service.metadata.name.as_str());
        let before = self.endpoints_of(&key_of(&service.metadata));
        let was_ready = |ip: &str| {
            before.iter().any(|one| {
                one.conditions.ready == Some(true) && one.addresses.iter().any(|a| a == ip)
            })
        };
        let mut told = false;
        for (pod, endpoint) in pods.iter().zip(endpoints) {
            let ready = endpoint.conditions.ready == Some(true);
            let was = was_ready(&pod.status.pod_ip);
            let (service_name, pod_name) = (name.clone(), pod.metadata.name.as_str().into());
            if ready && !was {
                let headless = service.is_headless();
                let fact = KubeFact::EndpointIn {
                    service: service_name,
                    pod: pod_name,
                    ip: pod.status.pod_ip.clone(),
                    headless,
                };
                tell(out, fact);
                told = true;
            } else if was && !ready {
                let why =
                    if pod.metadata.is_deleting() { OutWhy::Terminating } else { OutWhy::NotReady };
                tell(out, KubeFact::EndpointOut { service: service_name, pod: pod_name, why });
                told = true;
            }
        }
        for gone in before.iter().filter(|one| one.conditions.ready == Some(true)) {
            if endpoints.iter().any(|one| one.addresses == gone.addresses) {
                continue;
            }
            if let Some(target) = &gone.target_ref {
                let pod = target.name.as_str().into();
                let service = name.clone();
                tell(out, KubeFact::EndpointOut { service, pod, why: OutWhy::Gone });
                told = true;
            }
        }
        if told {
            declared(out, "Service", &service.metadata.name, "spec.selector");
            if service.spec.publish_not_ready_addresses {
                decided(out, "Service", &service.metadata.name, "spec.publishNotReadyAddresses");
            }
        }
    }

    /// The endpoints of a Service, all of them, in the order of their pods' names.
    pub fn endpoints_of(&self, service: &ObjectKey) -> &[Endpoint] {
        self.store
            .slices
            .values()
            .find(|slice| is_slice_of(slice, service))
            .map_or(&[], |slice| slice.endpoints.as_slice())
    }
}

fn is_slice_of(slice: &EndpointSlice, service: &ObjectKey) -> bool {
    slice.metadata.namespace == *service.namespace
        && slice.metadata.labels.get("kubernetes.io/service-name") == Some(&service.name)
}

/// Models staging/src/k8s.io/endpointslice/utils.go `podToEndpoint`.
fn endpoint_of(service: &Service, pod: &Pod) -> Endpoint {
    let serving = pod.status.is_true("Ready");
    let terminating = pod.metadata.is_deleting();
    let ready = service.spec.publish_not_ready_addresses || (serving && !terminating);
    let named = !pod.spec.hostname.is_empty() && pod.spec.subdomain == service.metadata.name;
    Endpoint {
        addresses: vec![pod.status.pod_ip.clone()],
        conditions: EndpointConditions {
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
        },
        hostname: named.then(|| pod.spec.hostname.clone()),
        target_ref: Some(ObjectReference {
            kind: "Pod".to_string(),
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            uid: pod.metadata.uid.clone(),
            ..Default::default()
        }),
        node_name: Some(pod.spec.node_name.clone()),
        ..Default::default()
    }
}

//! Where a connection goes. Models pkg/proxy/iptables: uniform among a Service's ready endpoints,
//! or always the same for a client (`sessionAffinity: ClientIP`).

use super::cluster::Cluster;
use super::store::key_of;
use crate::base::ServiceName;
use crate::base::digest::Digest;
use crate::manifest::object::{Endpoint, Service, ServicePort};

/// Where a new connection goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Route {
    /// To this pod.
    Pod {
        /// Its address.
        ip: String,
        /// Its port.
        port: u16,
        /// Through which Service, if it was one's address.
        via: Option<ServiceName>,
    },
    /// The Service has no endpoint for it: the packet is rejected.
    Refused,
    /// Nobody has this address.
    Unreachable,
}

impl Cluster {
    /// Where a connection from one address to another and a port goes; `draw` chooses among several
    /// endpoints.
    pub fn route(&self, from: &str, ip: &str, port: u16, draw: u64) -> Route {
        if let Some(service) =
            self.store.services.values().find(|service| service.spec.cluster_ip == ip)
        {
            let by_port = service.spec.ports.iter().find(|one| one.port == i32::from(port));
            return self.balance(service, by_port, from, draw);
        }
        let nodes = self.store.nodes.values();
        let mut addresses = nodes.flat_map(|node| &node.status.addresses);
        if addresses.any(|one| one.kind == "InternalIP" && one.address == ip) {
            let by_node_port = self.store.services.values().find_map(|service| {
                let mut ports = service.spec.ports.iter();
                ports.find(|one| one.node_port == i32::from(port)).map(|one| (service, one))
            });
            return match by_node_port {
                Some((service, port)) => self.balance(service, Some(port), from, draw),
                None => Route::Refused,
            };
        }
        if self.kubelets.pods.values().any(|run| run.ip() == Some(ip)) {
            return Route::Pod { ip: ip.to_string(), port, via: None };
        }
        Route::Unreachable
    }

    fn balance(
        &self,
        service: &Service,
        port: Option<&ServicePort>,
        from: &str,
        draw: u64,
    ) -> Route {
        // A Service's address answers only on its ports; kube-proxy leaves the others to time out
        // or be refused.
        let Some(port) = port else { return Route::Refused };
        let all = self.endpoints_of(&key_of(&service.metadata));
        let condition = |wanted: fn(&Endpoint) -> bool| -> Vec<&Endpoint> {
            all.iter().filter(|one| wanted(one)).collect()
        };
        let mut choice = condition(|one| one.conditions.ready == Some(true));
        if choice.is_empty() {
            choice = condition(|one| {
                one.conditions.serving == Some(true) && one.conditions.terminating == Some(true)
            });
        }
        if choice.is_empty() {
            return Route::Refused;
        }
        let mut endpoint = choice[(draw % choice.len() as u64) as usize];
        if service.spec.session_affinity == "ClientIP" {
            // A client stays with its endpoint as long as that is there; the three hours after
            // which kube-proxy forgets it are longer than any run.
            let weight = |one: &&&Endpoint| {
                Digest::of(&(self.options.seed, from, &service.metadata.uid, &one.addresses)).0
            };
            endpoint = choice.iter().max_by_key(weight).copied().unwrap_or(endpoint);
        }
        let target = endpoint
            .target_ref
            .as_ref()
            .and_then(|target| self.store.pods.get(&super::key(&target.namespace, &target.name)));
        let (Some(pod), Some(ip)) = (target, endpoint.addresses.first()) else {
            return Route::Refused;
        };
        Route::Pod {
            ip: ip.clone(),
            port: self.target_port(pod, port.target_port.as_ref(), port.port),
            via: Some(ServiceName::from(service.metadata.name.as_str())),
        }
    }
}

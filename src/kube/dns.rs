//! Names. Models CoreDNS's plugin/kubernetes and a pod's resolv.conf.

use super::cluster::Cluster;
use super::store::key;
use crate::base::Namespace;
use crate::manifest::object::Endpoint;
use crate::os::NetError;

/// The cluster's own domain.
const DOMAIN: &str = "cluster.local";

/// Fewer dots than this, and the search domains are tried first. Models pkg/kubelet/network/dns
/// `ndots:5`.
const NDOTS: usize = 5;

impl Cluster {
    /// The addresses of a name, asked for by a pod in `from`.
    ///
    /// # Errors
    /// There is no such name, or it has no address at the moment (the DNS says NXDOMAIN to both).
    pub fn resolve(&self, from: &Namespace, name: &str) -> Result<Vec<String>, NetError> {
        if is_ipv4(name) {
            return Ok(vec![name.to_string()]);
        }
        let absolute = name.strip_suffix('.');
        let name = absolute.unwrap_or(name);
        let searched = [
            format!("{name}.{from}.svc.{DOMAIN}"),
            format!("{name}.svc.{DOMAIN}"),
            format!("{name}.{DOMAIN}"),
        ];
        let mut tried: Vec<&str> = searched.iter().map(String::as_str).collect();
        match absolute {
            Some(_) => tried = vec![name],
            None if name.matches('.').count() < NDOTS => tried.push(name),
            None => tried.insert(0, name),
        }
        tried
            .into_iter()
            .map(|full| self.lookup(full))
            .find(|found| !found.is_empty())
            .ok_or(NetError::NameUnknown)
    }

    /// The A records of a full name.
    fn lookup(&self, full: &str) -> Vec<String> {
        let Some(inner) = full.strip_suffix(DOMAIN).and_then(|rest| rest.strip_suffix(".svc."))
        else {
            return Vec::new();
        };
        let parts: Vec<&str> = inner.split('.').collect();
        match parts[..] {
            [service, namespace] => self.service_addresses(service, namespace),
            [host, service, namespace] => self.host_addresses(host, service, namespace),
            _ => Vec::new(),
        }
    }

    fn service_addresses(&self, service: &str, namespace: &str) -> Vec<String> {
        let at = key(namespace, service);
        let Some(service) = self.store.services.get(&at) else { return Vec::new() };
        if service.is_headless() {
            return self
                .endpoints_of(&at)
                .iter()
                .filter(|one| one.conditions.ready != Some(false))
                .flat_map(|one| one.addresses.clone())
                .collect();
        }
        if service.spec.kind == "ExternalName" || service.spec.cluster_ip.is_empty() {
            return Vec::new();
        }
        vec![service.spec.cluster_ip.clone()]
    }

    /// CoreDNS answers for a host of any Service, headless or not.
    fn host_addresses(&self, host: &str, service: &str, namespace: &str) -> Vec<String> {
        let is_host = |one: &&Endpoint| match &one.hostname {
            Some(name) => name == host,
            None => one.addresses.iter().any(|ip| ip.replace('.', "-") == host),
        };
        self.endpoints_of(&key(namespace, service))
            .iter()
            .filter(|one| one.conditions.ready != Some(false))
            .filter(is_host)
            .flat_map(|one| one.addresses.clone())
            .collect()
    }

    /// The name of an address: a ready endpoint of a headless Service, or a Service's own address.
    ///
    /// # Errors
    /// Nobody has a name for it.
    pub fn resolve_back(&self, ip: &str) -> Result<String, NetError> {
        for (at, service) in &self.store.services {
            if service.spec.cluster_ip == ip {
                return Ok(format!("{}.{}.svc.{DOMAIN}", at.name, at.namespace));
            }
        }
        for (at, service) in &self.store.services {
            if !service.is_headless() {
                continue;
            }
            let endpoint = self
                .endpoints_of(at)
                .iter()
                .filter(|one| one.conditions.ready != Some(false))
                .find(|one| one.addresses.iter().any(|address| address == ip));
            if let Some(endpoint) = endpoint {
                let host = endpoint.hostname.clone().unwrap_or_else(|| ip.replace('.', "-"));
                return Ok(format!("{host}.{}.{}.svc.{DOMAIN}", at.name, at.namespace));
            }
        }
        Err(NetError::NameUnknown)
    }
}

fn is_ipv4(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| part.parse::<u8>().is_ok())
}

//! Names. Models CoreDNS's plugin/kubernetes and a pod's resolv.conf.

use std::sync::Arc;

use super::cluster::Cluster;
use super::store::key;
use super::write::selects_labels;
use crate::base::{Millis, Namespace, PodName, ServiceName, SimTime, is_ipv4};
use crate::manifest::object::Endpoint;
use crate::os::NetError;
use crate::trace::fact::NoName;

/// The cluster's own domain.
const DOMAIN: &str = "cluster.local";

/// Where the DNS server itself is, as kubeadm sets it up: the tenth address of the Services'.
const DNS_ADDRESS: &str = "10.96.0.10";
/// The Service of that address; the model has its name, not the object.
const DNS_SERVICE: &str = "kube-dns.kube-system.svc";

/// Fewer dots than this, and the search domains are tried first. Models pkg/kubelet/network/dns
/// `ndots:5`.
const NDOTS: usize = 5;

/// An answer in the DNS server's cache.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Answer {
    /// Empty: there was no such name.
    addresses: Vec<String>,
    until: SimTime,
}

impl Cluster {
    /// The addresses of a name, asked for by a pod in `from`. An answer in the DNS server's cache
    /// may be out of date.
    ///
    /// # Errors
    /// There is no such name, or it has no address at the moment (the DNS says NXDOMAIN to both).
    pub fn resolve(
        &self,
        from: &Namespace,
        name: &str,
        now: SimTime,
    ) -> Result<Vec<String>, NetError> {
        if is_ipv4(name) {
            return Ok(vec![name.to_string()]);
        }
        tried(from, name)
            .iter()
            .map(|full| self.cached(full, now).unwrap_or_else(|| self.lookup(full)))
            .find(|found| !found.is_empty())
            .ok_or(NetError::NameUnknown)
    }

    /// What is in the cache, and still good.
    fn cached(&self, full: &str, now: SimTime) -> Option<Vec<String>> {
        let answer = self.answers.get(full).filter(|answer| now < answer.until)?;
        Some(answer.addresses.clone())
    }

    /// Whether the DNS server keeps an answer of this lookup that it does not have yet.
    pub fn would_remember(&self, from: &Namespace, name: &str, now: SimTime) -> bool {
        let cache = self.corefile();
        let keeps = cache.success > Millis::ZERO || cache.denial > Millis::ZERO;
        keeps && !is_ipv4(name) && tried(from, name).iter().any(|full| self.is_news(full, now))
    }

    fn is_news(&self, full: &str, now: SimTime) -> bool {
        full.ends_with(DOMAIN) && self.cached(full, now).is_none()
    }

    /// Keeps what was answered to a pod that asked for a name. Models CoreDNS's plugin/cache.
    pub fn remember(&mut self, from: &Namespace, name: &str, now: SimTime) {
        let cache = self.corefile();
        for full in tried(from, name) {
            let known = self.cached(&full, now);
            let addresses = known.clone().unwrap_or_else(|| self.lookup(&full));
            let is_found = !addresses.is_empty();
            let keep = if is_found { cache.success } else { cache.denial };
            if known.is_none() && keep > Millis::ZERO && full.ends_with(DOMAIN) {
                let answer = Answer { addresses, until: now + keep };
                Arc::make_mut(&mut self.answers).insert(full, answer);
            }
            if is_found {
                break;
            }
        }
    }

    /// How long the DNS server's ConfigMap lets it keep what it knows of the cluster's own names.
    fn corefile(&self) -> Cache {
        let config = self.store.configs.get(&key("kube-system", "coredns"));
        let file = config.and_then(|config| config.data.get("Corefile"));
        file.map_or(Cache::default(), |file| Cache::of(file))
    }

    /// The A records of a full name.
    fn lookup(&self, full: &str) -> Vec<String> {
        if full.strip_suffix(DOMAIN).and_then(|rest| rest.strip_suffix('.')) == Some(DNS_SERVICE) {
            return vec![DNS_ADDRESS.to_string()];
        }
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

    /// Why a name that `resolve` did not find has no address: the first name tried that lies in a
    /// Service that exists, else the first that could.
    pub fn why_unknown(&self, from: &Namespace, name: &str, now: SimTime) -> NoName {
        let tried = tried(from, name);
        if tried
            .iter()
            .any(|full| !self.lookup(full).is_empty() && self.cached(full, now).is_some())
        {
            return NoName::Kept;
        }
        let mut whys = tried.iter().filter_map(|full| self.why_empty(full));
        let first = whys.next().unwrap_or(NoName::Outside);
        let is_told = |why: &NoName| !matches!(why, NoName::NoService(_));
        if is_told(&first) { first } else { whys.find(is_told).unwrap_or(first) }
    }

    /// Why `lookup` finds nothing for a full name that could be one of the cluster's.
    fn why_empty(&self, full: &str) -> Option<NoName> {
        let inner = full.strip_suffix(DOMAIN)?.strip_suffix(".svc.")?;
        let parts: Vec<&str> = inner.split('.').collect();
        let (host, service, namespace) = match parts[..] {
            [service, namespace] => (None, service, namespace),
            [host, service, namespace] => (Some(host), service, namespace),
            _ => return None,
        };
        let found = self.store.services.get(&key(namespace, service));
        let service = ServiceName::from(service);
        let Some(found) = found else { return Some(NoName::NoService(service)) };
        let Some(host) = host else { return Some(NoName::NoneReady(service)) };
        let pods = self.store.pods.values().filter(|pod| pod.metadata.namespace == namespace);
        let mut selected = pods.filter(|pod| selects_labels(found, &pod.metadata.labels));
        let pod = selected.find(|pod| {
            pod.spec.hostname == host || pod.spec.hostname.is_empty() && pod.metadata.name == host
        });
        let Some(pod) = pod else {
            return Some(NoName::NoHost { host: host.to_string(), service });
        };
        let pod_name = PodName::from(pod.metadata.name.as_str());
        let subdomain = pod.spec.subdomain.clone();
        if *service != *subdomain {
            return Some(NoName::OtherSubdomain { pod: pod_name, subdomain, service });
        }
        Some(NoName::NotReady(pod_name))
    }

    /// The name of an address: a ready endpoint of a headless Service, or a Service's own address.
    ///
    /// # Errors
    /// Nobody has a name for it.
    pub fn resolve_back(&self, ip: &str) -> Result<String, NetError> {
        if ip == DNS_ADDRESS {
            return Ok(format!("{DNS_SERVICE}.{DOMAIN}"));
        }
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

/// For how long answers are kept; 0: not at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Cache {
    success: Millis,
    denial: Millis,
}

impl Cache {
    /// What a Corefile says: `cache [SECONDS] [ZONE…]`, within which `disable success|denial
    /// [ZONE…]`; never longer than the records' own `ttl`.
    fn of(file: &str) -> Cache {
        let mut cache = Cache::default();
        let mut ttl = Millis::secs(5);
        let ours = |zones: &[&str]| zones.is_empty() || zones.contains(&DOMAIN);
        for line in file.lines() {
            let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "{").collect();
            let secs = words.get(1).and_then(|word| word.parse().ok());
            match words.as_slice() {
                ["ttl", _] => ttl = secs.map_or(ttl, Millis::secs),
                ["cache", zones @ ..] => {
                    let zones = if secs.is_some() { &zones[1..] } else { zones };
                    let longest = Millis::secs(3_600);
                    let keep = secs.map_or(longest, Millis::secs).min(longest);
                    if ours(zones) {
                        cache = Cache { success: keep, denial: keep };
                    }
                }
                ["disable", "success", zones @ ..] if ours(zones) => cache.success = Millis::ZERO,
                ["disable", "denial", zones @ ..] if ours(zones) => cache.denial = Millis::ZERO,
                _ => {}
            }
        }
        Cache { success: cache.success.min(ttl), denial: cache.denial.min(ttl) }
    }
}

/// The names that a pod's resolver tries, in this order.
fn tried(from: &Namespace, name: &str) -> Vec<String> {
    let absolute = name.strip_suffix('.');
    let name = absolute.unwrap_or(name).to_string();
    if absolute.is_some() {
        return vec![name];
    }
    let mut tried = vec![
        format!("{name}.{from}.svc.{DOMAIN}"),
        format!("{name}.svc.{DOMAIN}"),
        format!("{name}.{DOMAIN}"),
    ];
    let at = if name.matches('.').count() < NDOTS { tried.len() } else { 0 };
    tried.insert(at, name);
    tried
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corefile_says_how_long_answers_are_kept() {
        let rows = [
            ("ttl 30\ncache 30", 30, 30),
            ("ttl 30\ncache 30 {\n disable success cluster.local\n}", 0, 30),
            ("ttl 30\ncache 30 {\n disable success cluster.local\n disable denial\n}", 0, 0),
            ("ttl 30\ncache 30 {\n disable denial example.org\n}", 30, 30),
            ("ttl 10\ncache", 10, 10),
            ("cache 30 example.org", 0, 0),
            ("ttl 30", 0, 0),
        ];
        for (file, success, denial) in rows {
            let want = Cache { success: Millis::secs(success), denial: Millis::secs(denial) };
            assert_eq!(Cache::of(file), want, "{file}");
        }
    }
}

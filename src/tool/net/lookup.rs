//! What a resolver asks for a name: `/etc/hosts` first, then the DNS server, domain by domain.
//! Models glibc's nss_files and res_search as `/etc/resolv.conf` sets them up.

use crate::os::Sys;
use crate::tool::say::number;

/// What the resolver is told: where to ask, and what to append.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resolver {
    /// The address of the DNS server.
    pub server: String,
    /// Domains that are appended to a short name, in this order.
    pub search: Vec<String>,
    /// A name with fewer dots is short.
    pub ndots: usize,
}

/// A line of `/etc/hosts`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    /// IPv4 or IPv6.
    pub address: String,
    /// The canonical one first.
    pub names: Vec<String>,
}

impl Resolver {
    /// Reads `/etc/resolv.conf`.
    pub fn read(sys: &dyn Sys) -> Resolver {
        let text = sys.read_file(b"/etc/resolv.conf").map(|blob| blob.text()).unwrap_or_default();
        let mut resolver = Resolver { ndots: 1, ..Resolver::default() };
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") if resolver.server.is_empty() => {
                    resolver.server = words.next().unwrap_or_default().to_string();
                }
                Some("search") => resolver.search = words.map(str::to_string).collect(),
                Some("options") => {
                    let dots = words.find_map(|word| word.strip_prefix("ndots:"));
                    let dots = dots.and_then(|text| number(text.as_bytes()));
                    resolver.ndots = dots.and_then(|n| n.try_into().ok()).unwrap_or(1);
                }
                _ => {}
            }
        }
        resolver
    }

    /// The full names that are asked for, in this order.
    pub fn tried(&self, name: &str) -> Vec<String> {
        if let Some(absolute) = name.strip_suffix('.') {
            return vec![absolute.to_string()];
        }
        let mut tried: Vec<String> =
            self.search.iter().map(|domain| format!("{name}.{domain}")).collect();
        let at = if name.matches('.').count() < self.ndots { tried.len() } else { 0 };
        tried.insert(at, name.to_string());
        tried
    }

    /// The full name that has addresses, and these; `None`: NXDOMAIN.
    pub fn find(&self, sys: &mut dyn Sys, name: &str) -> Option<(String, Vec<String>)> {
        let mut tried = self.tried(name).into_iter();
        tried.find_map(|full| Some((full.clone(), ask(sys, &full)?)))
    }
}

/// The A records of a full name; `None`: NXDOMAIN.
pub fn ask(sys: &mut dyn Sys, full: &str) -> Option<Vec<String>> {
    let absolute = format!("{}.", full.trim_end_matches('.'));
    sys.resolve(absolute.as_bytes()).ok()
}

/// The lines of `/etc/hosts`.
pub fn hosts(sys: &dyn Sys) -> Vec<Host> {
    let text = sys.read_file(b"/etc/hosts").map(|blob| blob.text()).unwrap_or_default();
    let host = |line: &str| {
        let mut words = line.split('#').next()?.split_whitespace().map(str::to_string);
        Some(Host { address: words.next()?, names: words.collect() })
    };
    text.lines().filter_map(host).collect()
}

/// The name under which an address's own name is asked for.
pub fn arpa(address: &str) -> String {
    let parts: Vec<&str> = address.rsplit('.').collect();
    format!("{}.in-addr.arpa", parts.join("."))
}

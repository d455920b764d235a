//! The cluster's DNS and Services, as the machines see them.

use crate::base::{Namespace, SimTime};
use crate::kube::Cluster;
use crate::node::{Names, Route};
use crate::os::NetError;
use crate::trace::fact::NoName;

/// The cluster's answer at a moment.
pub struct ClusterNames<'a>(pub &'a Cluster, pub SimTime);

impl Names for ClusterNames<'_> {
    fn resolve(&self, from: &Namespace, name: &str) -> Result<Vec<String>, NetError> {
        self.0.resolve(from, name, self.1)
    }

    fn why_unknown(&self, from: &Namespace, name: &str) -> NoName {
        self.0.why_unknown(from, name, self.1)
    }

    fn resolve_back(&self, address: &str) -> Option<String> {
        self.0.resolve_back(address).ok()
    }

    fn route(&self, from: &str, address: &str, port: u16, draw: u64) -> Route {
        match self.0.route(from, address, port, draw) {
            crate::kube::Route::Pod { ip, port, .. } => Route::To(ip, port),
            crate::kube::Route::Refused => Route::Refused,
            crate::kube::Route::Unreachable => Route::Lost,
        }
    }
}

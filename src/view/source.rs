//! Who replicates from whom, from where on, and why from there: read off a [`Scene`].

use super::scene::{CopyScene, ReplicaScene, Scene};
use crate::base::PodName;

/// The file of a backup in which a server names its own coordinates.
const OWN_POSITION: &str = "xtrabackup_binlog_info";

/// The file of a replica's backup: how far it had executed its source's binary log.
const SOURCE_POSITION: &str = "xtrabackup_slave_info";

/// Why a clone replicates from its source, and not from another server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WhySource {
    /// The data is the source's own, and so are the coordinates.
    ItsOwnData,
    /// The data is another replica's, which writes no binary log.
    NoBinlog,
    /// The data is another replica's, whose binary log lacks what it replicates
    /// (`log_slave_updates` is OFF).
    NotLogged,
}

impl Scene {
    /// Why a pod replicates from its source; with whose copy its data is. `None`: it is no clone,
    /// or it was told something that does not follow from its data.
    pub fn why_source(&self, pod: &PodName) -> Option<(WhySource, &CopyScene)> {
        let mysql = self.pods.get(pod)?.mysql.as_ref()?;
        let copied = mysql.copied.as_ref()?;
        let is_own = source_pod(mysql.replica.as_ref()?) == copied.from.as_str();
        let why = match (copied.file.as_str(), is_own) {
            (OWN_POSITION, true) => WhySource::ItsOwnData,
            (SOURCE_POSITION, false) => {
                let from = self.pods.get(&copied.from)?.mysql.as_ref()?;
                match (from.binlogs.is_empty(), from.log_slave_updates) {
                    (true, _) => WhySource::NoBinlog,
                    (false, false) => WhySource::NotLogged,
                    (false, true) => return None,
                }
            }
            _ => return None,
        };
        Some((why, copied))
    }

    /// Pods that replicate from this pod, and from which coordinates of its binary log on.
    pub fn replicas_of(&self, pod: &PodName) -> Vec<(PodName, &(String, u64))> {
        let replicas = self.pods.iter().filter_map(|(name, other)| {
            let replica = other.mysql.as_ref()?.replica.as_ref()?;
            (source_pod(replica) == pod.as_str()).then(|| (name.clone(), &replica.began))
        });
        replicas.collect()
    }
}

/// The pod a replica's source is: `mysql-0` of `mysql-0.mysql`.
fn source_pod(replica: &ReplicaScene) -> &str {
    replica.source_host.split('.').next().unwrap_or_default()
}

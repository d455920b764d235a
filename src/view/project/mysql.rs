//! What mysqld is and holds.

use std::sync::Arc;

use crate::base::PodUid;
use crate::manifest::object::Pod;
use crate::view::scene::MysqlScene;
use crate::world::World;

/// What a pod's mysqld is and holds, if one runs.
pub fn mysql(world: &World, pod: &Pod) -> Option<Arc<MysqlScene>> {
    let _ = (world, pod);
    None
}

/// What stands behind the container that runs mysqld: where it writes, or where it reads.
pub fn coordinates(world: &World, pod: &PodUid, container: &str) -> Option<String> {
    let _ = (world, pod, container);
    None
}

/// Bytes a backup of a pod's data has in all.
pub fn backup_bytes(world: &World, pod: &PodUid) -> Option<u64> {
    let _ = (world, pod);
    None
}

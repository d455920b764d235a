//! What a client's update cannot change.

use crate::manifest::object::Object;

/// What only the server writes stays as it is: times, counts, and all of `status`.
pub(super) fn the_servers(object: &mut Object, old: &Object) {
    let (meta, was) = (object.metadata_mut(), old.metadata());
    if meta.uid.is_empty() {
        meta.uid.clone_from(&was.uid);
    }
    meta.creation_timestamp = was.creation_timestamp;
    meta.deletion_timestamp = was.deletion_timestamp;
    meta.deletion_grace_period_seconds = was.deletion_grace_period_seconds;
    meta.generation = was.generation;
    meta.resource_version.clone_from(&was.resource_version);
    match (object, old) {
        (Object::StatefulSet(new), Object::StatefulSet(old)) => new.status = old.status.clone(),
        (Object::Pod(new), Object::Pod(old)) => new.status = old.status.clone(),
        (Object::Node(new), Object::Node(old)) => new.status = old.status.clone(),
        (Object::Namespace(new), Object::Namespace(old)) => new.status = old.status.clone(),
        (Object::PersistentVolume(new), Object::PersistentVolume(old)) => {
            new.status = old.status.clone();
        }
        (Object::PersistentVolumeClaim(new), Object::PersistentVolumeClaim(old)) => {
            new.status = old.status.clone();
        }
        (Object::Service(new), Object::Service(old)) => {
            new.status = old.status.clone();
            // Models patchAllocatedValues: an address given once is kept.
            if new.spec.cluster_ip.is_empty() && new.spec.kind != "ExternalName" {
                new.spec.cluster_ip.clone_from(&old.spec.cluster_ip);
                new.spec.cluster_ips.clone_from(&old.spec.cluster_ips);
            }
        }
        _ => {}
    }
}

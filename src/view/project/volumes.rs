//! Claims, their volumes and files.

use std::sync::Arc;

use crate::base::{ClaimName, SortedMap};
use crate::manifest::object::PersistentVolumeClaim;
use crate::node::{Content, Volume};
use crate::view::scene::{ClaimScene, FileScene};
use crate::world::World;

/// Lists of files that were made before, with the volumes they belong to: most steps change none.
pub type Lists = Vec<(Arc<Volume>, Arc<Vec<FileScene>>)>;

/// Claims of the lesson's namespace, by name.
pub fn claims(world: &World, lists: &mut Lists) -> SortedMap<ClaimName, Arc<ClaimScene>> {
    let namespace = &world.scenario().namespace;
    let claims = world.kube().store().claims.iter();
    claims
        .filter(|(key, _)| key.namespace == *namespace)
        .map(|(key, claim)| (key.name.as_str().into(), Arc::new(claim_scene(world, claim, lists))))
        .collect()
}

fn claim_scene(world: &World, claim: &PersistentVolumeClaim, lists: &mut Lists) -> ClaimScene {
    let name: ClaimName = claim.metadata.name.as_str().into();
    let volume_name = &claim.spec.volume_name;
    let bound = claim.status.phase == "Bound";
    let volume = world.nodes().volume(&volume_name.as_str().into());
    let size = claim.spec.resources.requests.get("storage").map(ToString::to_string);
    ClaimScene {
        bound,
        volume: (!volume_name.is_empty()).then(|| volume_name.clone()),
        size: size.unwrap_or_default(),
        used: volume.map_or(0, |volume| volume.used()),
        clone: super::links::clone_into(world, &name),
        files: volume.map(|volume| list(volume, lists)).unwrap_or_default(),
        name,
    }
}

/// A volume's files: the list made before, if nothing was written since.
fn list(volume: &Arc<Volume>, lists: &mut Lists) -> Arc<Vec<FileScene>> {
    if let Some((_, list)) = lists.iter().find(|(known, _)| Arc::ptr_eq(known, volume)) {
        return list.clone();
    }
    if lists.len() >= LISTS_MAX {
        lists.remove(0);
    }
    let list = Arc::new(files(volume));
    lists.push((volume.clone(), list.clone()));
    list
}

/// Lists kept: enough for nine pods and a few steps back.
const LISTS_MAX: usize = 24;

fn files(volume: &Volume) -> Vec<FileScene> {
    let scene = |(path, inode): (String, &crate::node::Inode)| {
        let content = match &inode.content {
            Content::File(blob) => blob.clone(),
            _ => Default::default(),
        };
        FileScene {
            path,
            is_dir: matches!(inode.content, Content::Directory(_)),
            size: inode.size(),
            content,
            modified: inode.modified,
        }
    };
    volume.walk().into_iter().map(scene).collect()
}

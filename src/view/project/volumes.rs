//! Claims, their volumes and files.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::ClaimName;
use crate::manifest::object::PersistentVolumeClaim;
use crate::node::{Content, Volume};
use crate::view::scene::{ClaimScene, FileScene};
use crate::world::World;

/// Claims of the lesson's namespace, by name.
pub fn claims(world: &World) -> BTreeMap<ClaimName, Arc<ClaimScene>> {
    let namespace = &world.scenario().namespace;
    let claims = world.kube().store().claims.iter();
    claims
        .filter(|(key, _)| key.namespace == *namespace)
        .map(|(key, claim)| (key.name.as_str().into(), Arc::new(claim_scene(world, claim))))
        .collect()
}

fn claim_scene(world: &World, claim: &PersistentVolumeClaim) -> ClaimScene {
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
        files: Arc::new(volume.map(|volume| files(volume)).unwrap_or_default()),
        name,
    }
}

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

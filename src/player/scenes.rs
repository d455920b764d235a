//! The scenes looked at last, so that going back and forth costs nothing.

use std::sync::Arc;

use crate::history::Cursor;
use crate::view::project;
use crate::view::scene::Scene;
use crate::world::World;

/// How many are kept.
const KEPT: usize = 64;

/// The scenes looked at last, newest at the end, and the lists of files they share.
#[derive(Clone, Default)]
pub struct Scenes(Vec<(Cursor, Arc<Scene>)>, project::Lists);

impl Scenes {
    /// A scene that is still kept.
    pub fn get(&self, at: Cursor) -> Option<Arc<Scene>> {
        self.0.iter().rfind(|(cursor, _)| *cursor == at).map(|(_, scene)| scene.clone())
    }

    /// The scene of a place whose world this is.
    pub fn at(&mut self, at: Cursor, world: &World) -> Arc<Scene> {
        if let Some(scene) = self.get(at) {
            return scene;
        }
        let scene = Arc::new(project::scene(world, &mut self.1));
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        self.0.push((at, scene.clone()));
        scene
    }
}

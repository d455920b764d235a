//! The line of objects that have no place of their own: StatefulSets and ConfigMaps.

use ordinal::text::Entity;

use super::Draw;
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, bold_width, fit, group, label, text_width};

impl Draw<'_> {
    pub(super) fn objects(&self) -> Vec<Shape> {
        if self.layout.single {
            return Vec::new();
        }
        let sets = self.scene.sets.iter().map(|set| {
            let state = (self.words.sets_ready)(set.ready, set.replicas);
            ("StatefulSet", set.name.clone(), state)
        });
        let configs = self.scene.configs.iter().map(|config| {
            let kind = if config.secret { "Secret" } else { "ConfigMap" };
            (kind, config.name.clone(), config.keys.join(", "))
        });
        let mut x = self.layout.objects.x;
        let mut shapes = Vec::new();
        for (kind, name, state) in sets.chain(configs) {
            let room = self.layout.objects.right() - x;
            if room < 120 {
                break;
            }
            let (shape, width) = self.object(x, room, kind, &name, &state);
            shapes.push(shape);
            x += width + 12;
        }
        shapes
    }

    fn object(&self, x: i32, room: i32, kind: &str, name: &str, state: &str) -> (Shape, i32) {
        let Area { y, h, .. } = self.layout.objects;
        let head = format!("{kind} {name}");
        let head_w = bold_width(&head, 120) + 10;
        let state = fit(state, (room - head_w - 40).min(230), 110, false);
        let width = head_w + text_width(&state, 110, false) + 30;
        let shape = group("object chip")
            .key(format!("{kind}/{name}"))
            .pick(Pick::Thing(Entity::Object(kind.to_owned(), name.to_owned())), &head)
            .child(Area::new(x, y, width, h).rect(11))
            .child(label(x + 11, y + 15, "t-small strong", &head))
            .child(label(x + width - 11, y + 15, "t-tiny soft end", state));
        (shape, width)
    }
}

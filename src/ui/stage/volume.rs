//! Volumes: under their pod, filled as far as data has arrived.

use ordinal::text::Entity;
use ordinal::text::ui::size;
use ordinal::view::scene::{ClaimScene, SlotScene};

use super::Draw;
use super::layout::{Density, SlotPlace};
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, fit, group, label, path, text_width};
use crate::ui::tint;

impl Draw<'_> {
    pub(super) fn volumes(&self) -> Vec<Shape> {
        let placed = self.slots.iter().zip(&self.layout.slots);
        placed.filter_map(|(slot, place)| self.volume(slot, place)).collect()
    }

    fn volume(&self, slot: &SlotScene, place: &SlotPlace) -> Option<Shape> {
        let name = slot.claim.as_ref()?;
        let area = place.volume;
        let shape = match self.scene.claims.get(name) {
            Some(claim) => self.claim(slot, claim, area),
            None => group("volume ghost").child(area.rect(10)).child(label(
                area.x + 14,
                area.mid_y() + 4,
                "t-small mono faint",
                &**name,
            )),
        };
        let exists =
            self.scene.pods.contains_key(&slot.pod) && self.scene.claims.contains_key(name);
        let stem = exists.then(|| {
            let d = format!("M{} {}V{}", place.pod.mid_x(), place.pod.bottom(), area.y);
            path("stem", d).key("stem")
        });
        Some(shape.key(name).children(stem))
    }

    fn claim(&self, slot: &SlotScene, claim: &ClaimScene, area: Area) -> Shape {
        let hot = if self.hot.claims.contains(&claim.name) { " hot" } else { "" };
        let tint = match claim.clone {
            Some(_) => tint::Tint::Clone,
            None => tint::of_pod(self.scene, &slot.pod),
        };
        let holds = match (claim.bound, claim.clone) {
            (false, _) => self.words.pending_claim.to_owned(),
            (true, Some((part, all))) => (self.words.arrived)(&size(part), &size(all)),
            (true, None) if claim.used == 0 => self.words.empty_volume.to_owned(),
            (true, None) => size(claim.used),
        };
        let filled = match claim.clone {
            Some((part, all)) => {
                i64::try_from(part).unwrap_or(0) * i64::from(area.w)
                    / i64::try_from(all.max(1)).unwrap_or(1)
            }
            None if claim.used > 0 => i64::from(area.w),
            None => 0,
        };
        let filled = i32::try_from(filled).unwrap_or(area.w).clamp(0, area.w);
        let pending = if claim.bound { "" } else { " ghost" };
        let title = format!("{} {}: {holds}", self.words.volume, claim.name);
        let full = self.layout.density == Density::Full;
        let (x, size_w) =
            (area.x + if full { 16 } else { 10 }, text_width(&claim.size, 110, false));
        let room = area.right() - 14 - size_w - 6 - x;
        let name_y = area.y + if full { 19 } else { 15 };
        group(format!("volume {}{hot}{pending}", tint.class()))
            .pick(Pick::Thing(Entity::Claim(claim.name.clone())), &title)
            .tip(title)
            .child(area.rect(10).class("body"))
            .child(path("filled", filled_path(area, filled)))
            .child(area.rect(10).class("rim"))
            .child(label(x, name_y, "t-small mono", fit(&claim.name, room, 120, true)))
            .child(label(x, name_y + 15, "t-tiny soft", fit(&holds, room, 110, false)))
            .child(label(area.right() - 12, area.mid_y() + 4, "t-tiny soft end", &claim.size))
    }
}

/// The part of a volume that holds data: round at the left, round at the right only when full.
fn filled_path(area: Area, filled: i32) -> String {
    let Area { x, y, h, .. } = area;
    if filled < 12 {
        return String::new();
    }
    let end = x + filled;
    let right = if filled >= area.w {
        format!("H{}a10 10 0 0 1 10 10V{}a10 10 0 0 1 -10 10", end - 10, y + h - 10)
    } else {
        format!("H{end}V{}", y + h)
    };
    format!("M{} {y}{right}H{}a10 10 0 0 1 -10 -10V{}a10 10 0 0 1 10 -10z", x + 10, x + 10, y + 10)
}

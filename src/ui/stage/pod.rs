//! Pods: a card with the containers in the order they run; a dashed outline where none is yet.

use ordinal::base::Millis;
use ordinal::text::Entity;
use ordinal::view::scene::{PodScene, SlotScene};

use super::Draw;
use super::layout::Density;
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, bold_width, fit, group, label};
use crate::ui::tint;

impl Draw<'_> {
    pub(super) fn pods(&self) -> Vec<Shape> {
        let placed = self.slots.iter().zip(&self.layout.slots);
        placed
            .map(|(slot, place)| match self.scene.pods.get(&slot.pod) {
                Some(pod) => self.pod(pod, place.pod),
                None => self.ghost(slot, place.pod),
            })
            .collect()
    }

    /// A pod that does not exist yet says what it waits for.
    fn ghost(&self, slot: &SlotScene, area: Area) -> Shape {
        let waits = match &slot.waits_for {
            Some(pod) => (self.words.waits_for)(pod),
            None => self.words.not_created.to_owned(),
        };
        let hot = if self.hot.pods.contains(&slot.pod) { " hot" } else { "" };
        let x = area.x + 18;
        let lines = super::wrap(&waits, if self.layout.density == Density::Full { 34 } else { 22 });
        group(format!("pod ghost{hot}"))
            .key(&slot.pod)
            .child(area.rect(12))
            .child(label(x, area.y + 36, "t-head faint", &*slot.pod))
            .children(lines.into_iter().enumerate().map(|(index, line)| {
                label(x, area.y + 60 + 18 * index as i32, "t-small faint", line)
            }))
    }

    fn pod(&self, pod: &PodScene, area: Area) -> Shape {
        let is_hot = self.hot.pods.contains(&pod.name);
        let tint = self.pod_tint(pod);
        let classes = [
            ("pod card", true),
            (tint, true),
            ("hot", is_hot),
            ("leaving", pod.deleting_since.is_some()),
            ("differs", self.differing.contains(&pod.name)),
            ("broken", !self.pod_faults(&pod.name).is_empty()),
        ];
        let class: Vec<&str> =
            classes.into_iter().filter(|(_, on)| *on).map(|(class, _)| class).collect();
        let rows =
            pod.containers.iter().enumerate().map(|(index, container)| {
                self.container(pod, container, self.layout.row(area, index))
            });
        group(class.join(" "))
            .key(&pod.name)
            .child(area.rect(12))
            .child(self.head(pod, area))
            .children(rows)
            .children(self.difference(pod, area))
    }

    /// Said where a pod is another in the run beside this one.
    fn difference(&self, pod: &PodScene, area: Area) -> Option<Shape> {
        let differs = self.differing.contains(&pod.name);
        differs.then(|| {
            let text = format!("≠ {}", self.words.differs);
            let width = bold_width(&text, 110) + 18;
            let pill = Area::new(area.right() - width - 12, area.y - 10, width, 19);
            group("difference").key("difference").child(pill.rect(9)).child(label(
                pill.mid_x(),
                pill.y + 13,
                "t-tiny strong middle",
                text,
            ))
        })
    }

    /// A pod that clones is violet, and its source too; else the role's colour.
    fn pod_tint(&self, pod: &PodScene) -> &'static str {
        let clones = pod.containers.iter().any(|container| {
            self.hot.containers.contains(&(pod.name.clone(), container.name.clone()))
                && tint::of_container(self.scene, &pod.name, &container.name) == tint::Tint::Clone
        });
        if clones { tint::Tint::Clone.class() } else { tint::of_pod(self.scene, &pod.name).class() }
    }

    fn head(&self, pod: &PodScene, area: Area) -> Shape {
        let full = self.layout.density == Density::Full;
        let role = tint::of_pod(self.scene, &pod.name).class();
        let badge = if full {
            Area::new(area.x + 14, area.y + 14, 28, 28)
        } else {
            Area::new(area.x + 9, area.y + 11, 22, 22)
        };
        let ordinal = pod.ordinal.map(|ordinal| ordinal.to_string()).unwrap_or_default();
        let where_it_is = match &pod.node {
            Some(node) => node.to_string(),
            None => self.words.no_node.to_owned(),
        };
        let status = status_text(pod);
        let class = status_class(pod);
        let shape = group(format!("pod-head {role}"))
            .key("head")
            .pick(Pick::Thing(Entity::Pod(pod.name.clone())), format!("{} {status}", pod.name))
            .tip(format!("{} · {where_it_is} · {}", pod.name, pod.ip.as_deref().unwrap_or("—")))
            .child(
                Area::new(area.x + 2, area.y + 2, area.w - 4, badge.h + 20).rect(10).class("hit"),
            )
            .child(badge.rect(8).class("badge"))
            .child(label(badge.mid_x(), badge.y + badge.h * 7 / 10, "t-badge middle", ordinal));
        let x = badge.right() + if full { 10 } else { 8 };
        if !full {
            let room = area.right() - 8 - x;
            return shape.child(label(x, area.y + 21, "t-name strong", &*pod.name)).child(label(
                x,
                area.y + 36,
                format!("t-tiny {class}"),
                fit(&status, room, 110, false),
            ));
        }
        let (right, now) = (area.right() - 14, self.scene.at);
        let sub = match (pod.deleting_since, pod.is_ready) {
            (Some(since), _) => (self.words.deleting_for)(now.since(since)),
            (None, true) => (self.words.ready_for)(now.since(pod.ready_since)),
            (None, false) => self.age(now.since(pod.created)),
        };
        let left_room = |text: &str, size| right - x - bold_width(text, size) - 8;
        let (status_class, sub_class) = (format!("strong end {class}"), "t-tiny soft end");
        // A long status, such as Init:CrashLoopBackOff, gives way to the name.
        let (name_room, where_room, first, second) =
            if bold_width(&pod.name, 150) <= left_room(&status, 120) {
                let first = label(right, area.y + 28, format!("t-small {status_class}"), &status);
                let second = label(right, area.y + 44, sub_class, &sub);
                (left_room(&status, 120), left_room(&sub, 110), first, second)
            } else {
                let first = label(right, area.y + 28, sub_class, &sub);
                let second = label(right, area.y + 44, format!("t-tiny {status_class}"), &status);
                (left_room(&sub, 110), left_room(&status, 110), first, second)
            };
        let name = fit(&pod.name, name_room, 150, false);
        let place = fit(&where_it_is, where_room, 110, false);
        shape
            .child(label(x, area.y + 28, "t-head", name))
            .child(label(x, area.y + 44, "t-tiny soft", place))
            .child(first)
            .child(second)
    }

    fn age(&self, age: Millis) -> String {
        (self.words.created_ago)(age)
    }
}

fn status_text(pod: &PodScene) -> String {
    let (ready, total) = pod.ready;
    if pod.status == "Running" { format!("Running {ready}/{total}") } else { pod.status.clone() }
}

/// Ready is green, failure red; anything else in the pod's colour. The word says it too.
fn status_class(pod: &PodScene) -> &'static str {
    let failed = ["Error", "BackOff", "ErrImage", "OOM", "Failed", "Evicted"];
    if pod.is_ready {
        "is-ok"
    } else if failed.iter().any(|word| pod.status.contains(word)) {
        "is-bad"
    } else {
        "is-under-way"
    }
}

//! Containers: rows of their pod, init containers above.

use ordinal::text::Entity;
use ordinal::view::scene::{ContainerScene, ContainerState, PodScene};

use super::Draw;
use super::layout::Density;
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, circle, fit, group, label, path, text_width};
use crate::ui::tint;

/// kubectl's reason while earlier init containers still run.
const INITIALIZING: &str = "PodInitializing";

/// kubectl's reason while a container is being made for the first time.
const CREATING: &str = "ContainerCreating";

impl Draw<'_> {
    pub(super) fn container(
        &self,
        pod: &PodScene,
        container: &ContainerScene,
        area: Area,
    ) -> Shape {
        let hot = self.hot.containers.contains(&(pod.name.clone(), container.name.clone()));
        let waits = matches!(container.state, ContainerState::Waiting { .. })
            && container.processes.is_empty();
        let tint = tint::of_container(self.scene, &pod.name, &container.name).class();
        let mut class = format!("container {tint}");
        if hot {
            class.push_str(" hot");
        }
        if waits {
            class.push_str(" waits");
        }
        let (note, is_mono) = self.note(container);
        let kind = if container.init { self.words.init_container } else { self.words.container };
        let name = format!("{kind} {}: {note}", container.name);
        let full = self.layout.density == Density::Full;
        let (left, size) = if full { (28, 125) } else { (22, 115) };
        let baseline = area.mid_y() + 4;
        let room = area.w - left - 10;
        let shape = group(class)
            .key(&container.name)
            .pick(Pick::Thing(Entity::Container(pod.name.clone(), container.name.clone())), &name)
            .tip(format!("{} · {name} · {}", container.name, container.image))
            .child(area.rect(if full { 7 } else { 6 }))
            .child(state_mark(container, area))
            .child(label(
                area.x + left,
                baseline,
                if full { "t-row" } else { "t-small" },
                fit(&container.name, room, size, false),
            ));
        let room = room - text_width(&container.name, size, false) - 8;
        // Half a note says nothing where there is little room.
        let fits = text_width(&note, 110, is_mono) <= room;
        if !fits && (room < 80 || !full) {
            return shape;
        }
        let mono = if is_mono { " mono" } else { "" };
        let bad = if is_failing(container) || container.troubled { " is-bad" } else { "" };
        let note_class = format!("t-tiny note end{mono}{bad}");
        shape.child(label(area.right() - 10, baseline, note_class, fit(&note, room, 110, is_mono)))
    }

    /// What a container is about, and whether a machine said it.
    fn note(&self, container: &ContainerScene) -> (String, bool) {
        let ended_badly =
            matches!(&container.state, ContainerState::Terminated { code, .. } if *code != 0);
        if let Some(note) = container.note.as_ref().filter(|_| !ended_badly) {
            return (note.clone(), true);
        }
        match &container.state {
            ContainerState::Waiting { reason } if reason == INITIALIZING => {
                (self.words.waits_for_init.to_owned(), false)
            }
            ContainerState::Waiting { reason } => (reason.clone(), true),
            ContainerState::Running { since } => {
                ((self.words.running_for)(self.scene.at.since(*since)), false)
            }
            ContainerState::Terminated { code: 0, .. } => (self.words.done.to_owned(), false),
            ContainerState::Terminated { code, .. } => ((self.words.exit_code)(*code), false),
        }
    }
}

/// Whether it has ended badly, or waits for another reason than its turn.
fn is_failing(container: &ContainerScene) -> bool {
    match &container.state {
        ContainerState::Waiting { reason } => {
            reason != INITIALIZING && reason != CREATING && container.processes.is_empty()
        }
        ContainerState::Running { .. } => false,
        ContainerState::Terminated { code, .. } => *code != 0,
    }
}

/// A ring waits, a disc runs, a tick is done or ready, a cross has failed, a stroke is trouble in
/// what runs.
fn state_mark(container: &ContainerScene, area: Area) -> Shape {
    let (x, y) = (area.x + if area.h > 25 { 15 } else { 12 }, area.mid_y());
    let tick = format!("M{} {}l1.8 1.9 3.2-3.7", x - 2, y);
    let cross = format!("M{} {}l4 4m0-4l-4 4", x - 2, y - 2);
    let stroke = format!("M{x} {}v3.6m0 2.2v.2", y - 3);
    let (class, mark) = match &container.state {
        _ if is_failing(container) => ("is-failed", Some(cross)),
        _ if container.troubled => ("is-failed", Some(stroke)),
        // The kubelet may not have told yet of what already runs.
        ContainerState::Waiting { .. } if !container.processes.is_empty() => ("is-running", None),
        ContainerState::Waiting { .. } => ("is-waiting", None),
        ContainerState::Running { .. } if container.ready => ("is-ready", Some(tick)),
        ContainerState::Running { .. } => ("is-running", None),
        ContainerState::Terminated { .. } => ("is-ready", Some(tick)),
    };
    group(format!("mark {class}"))
        .key("mark")
        .child(circle(x, y, "5", "disc"))
        .children(mark.map(|d| path("sign", d)))
}

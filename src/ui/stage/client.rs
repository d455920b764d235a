//! The clients, at the edge.

use ordinal::text::Entity;
use ordinal::view::scene::{ContainerState, PodScene};

use super::Draw;
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, fit, group, label};
use crate::ui::tint;

/// So many clients have room; the newest are shown.
const SHOWN_MAX: usize = 2;

impl Draw<'_> {
    /// Pods that belong to no set, the newest first.
    fn client_pods(&self) -> Vec<&PodScene> {
        let mut pods: Vec<&PodScene> = self
            .scene
            .pods
            .values()
            .map(|pod| &**pod)
            .filter(|pod| pod.ordinal.is_none())
            .collect();
        pods.sort_by_key(|pod| std::cmp::Reverse(pod.created));
        pods.truncate(SHOWN_MAX);
        pods
    }

    /// Where a client stands, if it is shown.
    pub(super) fn client_area(&self, pod: &str) -> Option<Area> {
        let shown = self.client_pods();
        let index = shown.iter().position(|client| client.name.as_str() == pod)?;
        let all = self.layout.client;
        let each = all.h / shown.len() as i32;
        Some(Area::new(all.x, all.y + index as i32 * each, all.w, each))
    }

    pub(super) fn clients(&self) -> Vec<Shape> {
        if self.layout.single {
            return Vec::new();
        }
        let pods = self.client_pods();
        let all = self.layout.client;
        if pods.is_empty() {
            let ghost = group("client ghost")
                .key("none")
                .child(all.rect(12))
                .child(label(all.x + 16, all.y + 25, "t-name faint", self.words.client))
                .child(label(all.x + 16, all.y + 42, "t-tiny faint", self.words.no_client));
            return vec![ghost];
        }
        pods.iter().filter_map(|pod| self.client(pod, pods.len() > 1)).collect()
    }

    fn client(&self, pod: &PodScene, small: bool) -> Option<Shape> {
        let area = self.client_area(&pod.name)?;
        let area = if small { Area { h: area.h - 4, ..area } } else { area };
        let hot = if self.hot.pods.contains(&pod.name) { " hot" } else { "" };
        let tint = tint::of_pod(self.scene, &pod.name).class();
        let (x, room) = (area.x + 16, area.w - 32);
        let shape = group(format!("client card {tint}{hot}"))
            .key(&pod.name)
            .pick(Pick::Thing(Entity::Pod(pod.name.clone())), &pod.name)
            .tip(format!("{} · {}", pod.name, pod.status))
            .child(area.rect(12))
            .child(label(
                x,
                area.y + if small { 16 } else { 25 },
                "t-name strong",
                fit(&pod.name, room, 135, false),
            ))
            .child(label(
                x,
                area.y + if small { 31 } else { 42 },
                "t-tiny soft",
                fit(&pod.status, room, 110, false),
            ));
        if small {
            return Some(shape);
        }
        let doing = pod.containers.iter().find_map(|container| {
            let runs = matches!(container.state, ContainerState::Running { .. });
            let command = container.processes.last().map(|process| process.command.clone());
            container.note.clone().or(command).filter(|_| runs)
        });
        Some(shape.children(
            doing.map(|doing| {
                label(x, area.y + 66, "t-tiny mono note", fit(&doing, room, 110, true))
            }),
        ))
    }
}

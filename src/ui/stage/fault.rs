//! What is broken, marked where it is: a bolt and a word on the thing's upper edge.

use ordinal::base::PodName;
use ordinal::text::Entity;
use ordinal::trace::fact::Fault;
use ordinal::view::scene::PodScene;

use super::Draw;
use crate::ui::pick::{Pick, Victim};
use crate::ui::shape::{Area, Shape, bold_width, fit, group, label, path};

/// How high a mark is.
const MARK_H: i32 = 18;

impl Draw<'_> {
    /// Marks on pods, clients and volumes.
    pub(super) fn faults(&self) -> Vec<Shape> {
        let placed: Vec<_> = self.slots.iter().zip(&self.layout.slots).collect();
        let pods = placed.iter().filter_map(|(slot, place)| self.pod_mark(&slot.pod, place.pod));
        let clients = self.scene.pods.values().filter(|pod| pod.ordinal.is_none());
        let clients = clients
            .filter_map(|pod| self.client_area(&pod.name).map(|area| (pod, area)))
            .filter_map(|(pod, area)| self.pod_mark(&pod.name, area));
        let volumes = placed.iter().filter_map(|(slot, place)| {
            let claim = slot.claim.as_ref()?;
            let own = |fault: &&Fault| matches!(fault, Fault::DiskFull(it) if it == claim);
            let fault = self.scene.faults.iter().find(own)?;
            let text = (self.words.fault_title)(fault.kind());
            let victim = Victim::Thing(Entity::Claim(claim.clone()));
            Some(mark(place.volume, text, victim, text).key(claim))
        });
        pods.chain(clients).chain(volumes).collect()
    }

    fn pod_mark(&self, name: &PodName, area: Area) -> Option<Shape> {
        let own = self.pod_faults(name);
        let first = own.first()?;
        let words: Vec<String> = own.iter().map(|fault| self.fault_words(fault, name)).collect();
        let rest = if own.len() > 1 { format!(" +{}", own.len() - 1) } else { String::new() };
        let text = format!("{}{rest}", self.fault_words(first, name));
        let victim = Victim::Thing(Entity::Pod(name.clone()));
        Some(mark(area, &text, victim, &words.join(" · ")).key(name))
    }

    /// The faults in force that a pod suffers from.
    pub(super) fn pod_faults(&self, name: &PodName) -> Vec<&Fault> {
        let node =
            self.scene.pods.get(name).and_then(|pod: &std::sync::Arc<PodScene>| pod.node.as_ref());
        let own = |fault: &&Fault| {
            fault.pods().contains(&name)
                || matches!(fault, Fault::NodeLoss(lost) if Some(lost) == node)
        };
        self.scene.faults.iter().filter(own).collect()
    }

    /// A fault's name, and the other end where it is about two pods.
    fn fault_words(&self, fault: &Fault, pod: &PodName) -> String {
        let title = (self.words.fault_title)(fault.kind());
        let other = match fault {
            Fault::Reset(_, b) if b != pod => Some(format!("→ {b}")),
            Fault::Reset(a, _) => Some(format!("← {a}")),
            Fault::Partition(a, b) | Fault::Slow(a, b, _) => {
                Some(format!("↔ {}", if a == pod { b } else { a }))
            }
            Fault::ProbeFails(_, container, _) => Some(container.to_string()),
            _ => None,
        };
        match other {
            Some(other) => format!("{title} {other}"),
            None => title.to_owned(),
        }
    }
}

/// A pill with a bolt on an area's upper edge.
fn mark(area: Area, text: &str, victim: Victim, tip: &str) -> Shape {
    let text = fit(text, area.w - 70, 110, false);
    let width = bold_width(&text, 110) + 34;
    let pill = Area::new(area.x + 12, area.y - MARK_H / 2 - 1, width, MARK_H);
    let (x, y) = (pill.x + 9, pill.y + 3);
    group("struck")
        .pick(Pick::Break(victim), tip)
        .tip(tip)
        .child(pill.rect(9))
        .child(path("bolt", format!("M{} {y}l-5.4 6.9h3.2l-.9 5 5.7-7.3h-3.5z", x + 5)))
        .child(label(pill.x + 22, pill.y + 13, "t-tiny strong", text))
}

//! Services: who is reached by name, and who through the address.

use ordinal::base::PodName;
use ordinal::text::Entity;
use ordinal::view::scene::{MemberScene, MemberState, ServiceScene};

use super::Draw;
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, circle, fit, group, label, path, text_width};

/// So many members are listed with their addresses; more become chips.
const LISTED_MAX: usize = 3;

/// How wide the list of names is.
const LIST_W: i32 = 164;

impl Draw<'_> {
    pub(super) fn services(&self) -> Vec<Shape> {
        let placed = self.scene.services.iter().zip(&self.layout.services);
        placed.map(|(service, area)| self.service(service, *area)).collect()
    }

    fn service(&self, service: &ServiceScene, area: Area) -> Shape {
        let hot = if self.hot.services.contains(&service.name) { " hot" } else { "" };
        let headless = service.cluster_ip.is_none();
        let tint = if headless { "t-plain" } else { "t-read" };
        let title = format!("{} {}", self.words.service, service.name);
        let shape = group(format!("service card {tint}{hot}"))
            .key(&service.name)
            .pick(Pick::Thing(Entity::Service(service.name.clone())), &title)
            .child(area.rect(12));
        if self.layout.single {
            return self.small_service(shape, service, area);
        }
        let about = match &service.cluster_ip {
            None => self.words.headless.to_owned(),
            Some(ip) => {
                let port = service.port.map(|port| format!(":{port}")).unwrap_or_default();
                (self.words.one_per_connection)(&format!("{ip}{port}"))
            }
        };
        let lists = headless && service.members.len() <= LISTED_MAX;
        let list_w = if lists { LIST_W + 8 } else { 0 };
        let room = area.w - 32 - list_w;
        let (x, y) = (area.x + 16, area.y);
        let shape = shape
            .child(label(x, y + 25, "t-name strong", fit(&title, room * 10 / 11, 135, false)))
            .child(label(x, y + 42, "t-tiny soft", fit(&about, room, 110, false)));
        if lists {
            let rows = service.members.iter().enumerate();
            shape.children(rows.map(|(index, member)| {
                self.listed(service, member, area, y + 26 + 20 * index as i32)
            }))
        } else {
            shape.children(self.chips(service, area))
        }
    }

    /// One line of a headless Service: the name, and what it leads to.
    fn listed(&self, service: &ServiceScene, member: &MemberScene, area: Area, y: i32) -> Shape {
        let (state, class) = self.state_of(member);
        let name = format!("{}.{}", member.pod, service.name);
        let right = area.right() - 16;
        let room = LIST_W - text_width(&state, 110, false) - 6;
        group(format!("member {class}"))
            .key(&member.pod)
            .child(label(right - LIST_W, y, "t-tiny mono", fit(&name, room, 110, true)))
            .child(label(right, y, "t-tiny end", state))
    }

    fn state_of(&self, member: &MemberScene) -> (String, &'static str) {
        match member.state {
            MemberState::Ready => (member.ip.clone().unwrap_or_default(), "is-in"),
            MemberState::NotReady => (self.words.not_ready.to_owned(), "is-out"),
            MemberState::Terminating => (self.words.terminating.to_owned(), "is-out"),
            MemberState::NoSuchPod => (self.words.no_such_pod.to_owned(), "is-none"),
        }
    }

    /// Members as chips in one row, filled where the Service counts them in; by ordinal alone
    /// where their names have no room. What has no room even so, the count says.
    fn chips(&self, service: &ServiceScene, area: Area) -> Vec<Shape> {
        let room = area.w - 32;
        let named: i32 = service.members.iter().map(|m| chip_width(&m.pod, false) + 6).sum();
        let small = service.members.len() > LISTED_MAX || named - 6 > room;
        let counted = (self.words.endpoints)(count(service), service.members.len() as u32);
        let counted_w = text_width(&counted, 110, false) + 8;
        let texts = service.members.iter().map(|member| match small {
            true => short(&member.pod),
            false => member.pod.to_string(),
        });
        let texts: Vec<String> = texts.collect();
        let all: i32 = texts.iter().map(|text| chip_width(text, small) + 6).sum();
        let last = if all - 6 > room { room - counted_w } else { room };
        let (left, y) = (area.x + 16, area.y + 54);
        let mut x = left;
        let mut shapes = Vec::new();
        for (member, text) in service.members.iter().zip(&texts) {
            let width = chip_width(text, small);
            if x + width > left + last {
                break;
            }
            shapes.push(self.chip(member, Area::new(x, y, width, 20), text, small));
            x += width + 6;
        }
        if x + counted_w < left + room {
            shapes.push(label(x + 4, y + 14, "t-tiny soft", counted).key("count"));
        }
        shapes
    }

    fn chip(&self, member: &MemberScene, area: Area, text: &str, small: bool) -> Shape {
        let (state, class) = self.state_of(member);
        let shape = group(format!("chip member {class}"))
            .key(&member.pod)
            .tip(format!("{}: {state}", member.pod))
            .child(area.rect(6));
        if small {
            return shape.child(label(area.mid_x(), area.y + 14, "t-tiny mono middle", text));
        }
        shape.child(circle(area.x + 10, area.mid_y(), "3", "dot")).child(label(
            area.x + 18,
            area.y + 14,
            "t-tiny mono",
            text,
        ))
    }

    fn small_service(&self, shape: Shape, service: &ServiceScene, area: Area) -> Shape {
        let words = (self.words.endpoints)(count(service), service.members.len() as u32);
        let room = area.w - 16;
        shape
            .child(label(
                area.x + 8,
                area.y + 20,
                "t-small strong",
                fit(&service.name, room, 120, false),
            ))
            .child(label(area.x + 8, area.y + 38, "t-tiny soft", fit(&words, room, 110, false)))
    }

    /// Thin lines from each Service to the pods it counts in.
    pub(super) fn routes(&self) -> Vec<Shape> {
        // More pods than that, and the lines say less than the chips do.
        if self.layout.single || self.slots.len() > LISTED_MAX {
            return Vec::new();
        }
        let mut shapes = Vec::new();
        for (service, from) in self.scene.services.iter().zip(&self.layout.services) {
            let headless = service.cluster_ip.is_none();
            for member in service.members.iter().filter(|m| m.state == MemberState::Ready) {
                let Some(index) = self.slots.iter().position(|slot| slot.pod == member.pod) else {
                    continue;
                };
                let Some(place) = self.layout.slots.get(index).filter(|place| place.row == 0)
                else {
                    continue;
                };
                let class = if headless { "route is-name" } else { "route is-read" };
                let d = route(*from, place.pod, headless);
                shapes.push(path(class, d).key(format!("{}/{}", service.name, member.pod)));
            }
        }
        shapes
    }
}

/// From a Service's lower edge to a pod's upper edge.
fn route(from: Area, pod: Area, headless: bool) -> String {
    let end = pod.x + pod.w * if headless { 42 } else { 58 } / 100;
    let (top, bottom) = (from.bottom(), pod.y);
    if end > from.x + 16 && end < from.right() - 16 {
        return format!("M{end} {top}V{bottom}");
    }
    let start = end.clamp(from.x + 24, from.right() - 24);
    let middle = (top + bottom) / 2;
    format!("M{start} {top}C{start} {middle} {end} {middle} {end} {bottom}")
}

/// How wide a chip is; one that is not small has a dot before its text.
fn chip_width(text: &str, small: bool) -> i32 {
    text_width(text, 110, true) + if small { 14 } else { 26 }
}

fn count(service: &ServiceScene) -> u32 {
    let ready = service.members.iter().filter(|member| member.state == MemberState::Ready);
    ready.count() as u32
}

/// `mysql-4` as `4`, where there is no room for more.
fn short(pod: &PodName) -> String {
    pod.rsplit_once('-').map_or_else(|| pod.to_string(), |(_, ordinal)| ordinal.to_owned())
}

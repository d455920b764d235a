//! Links: what flows between containers, along lines with rounded corners.

use ordinal::view::scene::{Direction, LinkEnd, LinkKind, LinkScene};

use super::Draw;
use super::layout::SlotPlace;
use crate::ui::pick::{Pick, Victim};
use crate::ui::shape::{Area, Shape, fit, group, label, path, rounded, text_width};
use crate::ui::tint;

/// One end of a link on the drawing.
#[derive(Clone, Copy)]
enum End {
    /// A container's row in the pod at this place.
    Row(SlotPlace, Area),
    /// A client's card.
    Client(Area),
}

/// A line to draw: its data, and where its label goes.
struct Line {
    d: String,
    label_at: (i32, i32),
    /// The direction the line arrives in at its end: -1, 0 or 1 across, and down.
    arrives: (i32, i32),
    end: (i32, i32),
}

impl Draw<'_> {
    pub(super) fn links(&self) -> Vec<Shape> {
        // What moves lies over what stands still.
        let mut links: Vec<_> = self.scene.links.iter().enumerate().collect();
        links.sort_by_key(|(_, link)| (link.moving.is_some(), self.hot.links.contains(&link.id)));
        let drawn = links.into_iter().filter_map(|(index, link)| self.link(link, index as i32));
        let (lines, pills): (Vec<Shape>, Vec<Option<Shape>>) = drawn.unzip();
        let pills = group("pills").key("pills").children(pills.into_iter().flatten());
        lines.into_iter().chain([pills]).collect()
    }

    /// A link's line, and what it carries.
    fn link(&self, link: &LinkScene, index: i32) -> Option<(Shape, Option<Shape>)> {
        let (asking, asked) = (self.end(&link.from), self.end(&link.to));
        // Data flows to the one who connected, except where a client writes.
        let up = match link.moving {
            Some(direction) => direction == Direction::Up,
            None => matches!(link.kind, LinkKind::Write | LinkKind::Control),
        };
        let (start, end) = if up { (asking, asked) } else { (asked, asking) };
        let line = match (start, end) {
            (Some(start), Some(end)) => self.between(start, end, link, index)?,
            (Some(end), None) => self.stub(end, &link.to, false)?,
            (None, Some(end)) => self.stub(end, &link.to, true)?,
            (None, None) => return None,
        };
        let mut class = format!("link {}", tint::of_link(link.kind).class());
        let hot = self.hot.links.contains(&link.id);
        for (name, on) in
            [("is-open", link.open), ("is-moving", link.moving.is_some()), ("hot", hot)]
        {
            if on {
                class.push(' ');
                class.push_str(name);
            }
        }
        let lively = hot || link.moving.is_some();
        let mut shape = group(class).key(link.id);
        if link.from.pod != link.to.pod {
            let victim = Victim::Link(link.from.pod.clone(), link.to.pod.clone());
            let name = victim.label();
            shape = shape.pick(Pick::Break(victim), &name).tip(name);
            shape = shape.child(path("grip", &line.d).key("grip"));
        }
        if lively {
            shape = shape.child(path("halo", &line.d).key("halo"));
        }
        shape = shape.child(path("wire", &line.d).key("wire"));
        if lively {
            shape = shape.child(path("arrow", arrow(&line)).key("arrow"));
        }
        let words = link.label.as_ref().filter(|_| lively);
        let class = tint::of_link(link.kind).class();
        Some((shape, words.map(|words| self.pill(&line, words, class).key(link.id))))
    }

    fn pill(&self, line: &Line, words: &str, tint: &str) -> Shape {
        let words = fit(words, 190, 110, true);
        let width = text_width(&words, 110, true) + 16;
        let (x, y) = line.label_at;
        let left = (x - width / 2).clamp(4, (self.layout.width - width - 4).max(4));
        group(format!("pill {tint}"))
            .child(Area::new(left, y - 10, width, 20).rect(10))
            .child(label(left + width / 2, y + 4, "t-tiny mono middle", words))
    }

    fn end(&self, end: &LinkEnd) -> Option<End> {
        if let Some(area) = self.client_area(&end.pod).filter(|_| !self.layout.single) {
            return Some(End::Client(area));
        }
        let index = self.slots.iter().position(|slot| slot.pod == end.pod)?;
        let place = *self.layout.slots.get(index)?;
        let pod = self.scene.pods.get(&end.pod)?;
        let row = pod.containers.iter().position(|container| container.name == end.container)?;
        Some(End::Row(place, self.layout.row(place.pod, row)))
    }

    fn between(&self, start: End, end: End, link: &LinkScene, index: i32) -> Option<Line> {
        match (start, end) {
            (End::Row(a, from), End::Row(b, to)) if a == b => Some(within(a.pod, from, to)),
            (End::Row(a, from), End::Row(b, to)) => {
                let near = a.row == b.row && (a.column - b.column).abs() == 1;
                Some(if near {
                    across(a.pod, from, to)
                } else {
                    self.below((a, from), (b, to), index)
                })
            }
            (End::Client(card), End::Row(place, _)) => {
                Some(self.client_line(card, place, link, false))
            }
            (End::Row(place, _), End::Client(card)) => {
                Some(self.client_line(card, place, link, true))
            }
            (End::Client(_), End::Client(_)) => None,
        }
    }

    /// Between pods that are not neighbours: under the pods.
    fn below(&self, from: (SlotPlace, Area), to: (SlotPlace, Area), index: i32) -> Line {
        let gutter = self.layout.gutter();
        let ((a, row_a), (b, row_b)) = (from, to);
        let right = (b.column, b.row) > (a.column, a.row);
        let lane = 9 + index % 4 * 6;
        let side = |place: SlotPlace, to_right: bool| {
            if to_right { place.pod.right() + gutter } else { place.pod.x - gutter }
        };
        let edge = |row: Area, to_right: bool| if to_right { row.right() } else { row.x };
        let (out_x, in_x) = (side(a, right), side(b, !right));
        let (out_y, in_y) = (a.pod.bottom() + lane, b.pod.bottom() + lane);
        let mut points = vec![(edge(row_a, right), row_a.mid_y()), (out_x, row_a.mid_y())];
        points.push((out_x, out_y));
        if in_y != out_y {
            points.push((in_x, out_y));
        }
        points.extend([(in_x, in_y), (in_x, row_b.mid_y()), (edge(row_b, !right), row_b.mid_y())]);
        points.dedup();
        Line {
            d: rounded(&points, 10),
            label_at: ((out_x + in_x) / 2, out_y),
            arrives: (if right { 1 } else { -1 }, 0),
            end: (edge(row_b, !right), row_b.mid_y()),
        }
    }

    /// Between a client and a pod: through the Service if there is one, else straight.
    fn client_line(&self, card: Area, place: SlotPlace, link: &LinkScene, back: bool) -> Line {
        let services = self.scene.services.iter().zip(&self.layout.services);
        let via = link.via.as_ref().and_then(|name| {
            services.into_iter().find(|(service, _)| service.name == *name).map(|(_, area)| *area)
        });
        let lane = if link.kind == LinkKind::Write { 10 } else { 20 };
        let channel = self.layout.client.bottom() + lane;
        let x = place.pod.x + place.pod.w * 72 / 100;
        let pod_top = place.pod.y;
        // Through a Service: up to its edge, and on from below it.
        let entry = via.map(|service| {
            let (near, far) = (card.x, service.right());
            let (from, to) = if back { (far, near) } else { (near, far) };
            format!("M{from} {0}H{to}", card.mid_y())
        });
        let mut points = match via {
            Some(service) => {
                let down = x.clamp(service.x + 30, service.right() - 30);
                vec![(down, service.bottom()), (down, channel)]
            }
            None => vec![(card.mid_x(), card.bottom()), (card.mid_x(), channel)],
        };
        if place.row == 0 {
            points.push((x, channel));
        } else {
            let gutter = place.pod.right() + self.layout.gutter();
            let above = pod_top - 12;
            points.extend([(gutter, channel), (gutter, above), (x, above)]);
        }
        points.push((x, pod_top));
        points.dedup();
        let label_at = ((points[0].0 + x) / 2, channel);
        if back {
            points.reverse();
        }
        let end = points[points.len() - 1];
        let before = points[points.len() - 2];
        let route = rounded(&points, 8);
        Line {
            d: entry.map_or(route.clone(), |entry| entry + &route),
            label_at,
            arrives: ((end.0 - before.0).signum(), (end.1 - before.1).signum()),
            end,
        }
    }

    /// A link whose other end is not shown: a short line to the edge.
    fn stub(&self, end: End, other: &LinkEnd, arrives: bool) -> Option<Line> {
        let End::Row(place, row) = end else { return None };
        let ordinal = |name: &str| name.rsplit_once('-').and_then(|(_, n)| n.parse::<u32>().ok());
        let shown = self.slots.first().and_then(|slot| ordinal(&slot.pod));
        let to_right = ordinal(&other.pod) > shown;
        let edge = if to_right { self.layout.width } else { 0 };
        let from = if to_right { row.right() } else { row.x };
        let (start, end) = if arrives { (edge, from) } else { (from, edge) };
        let y = row.mid_y();
        Some(Line {
            d: format!("M{start} {y}H{end}"),
            label_at: (place.pod.mid_x(), place.pod.bottom() + 12),
            arrives: ((end - start).signum(), 0),
            end: (end, y),
        })
    }
}

/// Within one pod: a bracket at its right.
fn within(pod: Area, from: Area, to: Area) -> Line {
    let (x, a, b) = (from.right(), from.mid_y(), to.mid_y());
    Line {
        d: format!("M{x} {a}C{0} {a} {0} {b} {x} {b}", x + 14),
        label_at: (pod.mid_x(), pod.bottom() + 16),
        arrives: (-1, 0),
        end: (x, b),
    }
}

/// Between neighbours: an S through the gap.
fn across(pod: Area, from: Area, to: Area) -> Line {
    let right = to.x > from.x;
    let (x1, x2) = if right { (from.right(), to.x) } else { (from.x, to.right()) };
    let (y1, y2) = (from.mid_y(), to.mid_y());
    let bend = (x2 - x1) * 3 / 5;
    Line {
        d: format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2 - bend),
        label_at: ((x1 + x2) / 2, pod.bottom() + 14),
        arrives: (if right { 1 } else { -1 }, 0),
        end: (x2, y2),
    }
}

/// The head of an arrow, drawn open.
fn arrow(line: &Line) -> String {
    let ((x, y), (across, down)) = (line.end, line.arrives);
    let (back_x, back_y) = (x - across * 7, y - down * 7);
    let (off_x, off_y) = (down * 5, across * 5);
    format!("M{} {}L{x} {y}L{} {}", back_x - off_x, back_y - off_y, back_x + off_x, back_y + off_y)
}

//! The timeline's drawing.

use ordinal::base::{Millis, PodName, SimTime};
use ordinal::player::{Lane, LaneName, Segment, SegmentKind};
use ordinal::text::ui::{Words, duration};

use super::axis::Axis;
use crate::ui::page::{Moment, Run};
use crate::ui::pick::Pick;
use crate::ui::shape::{Area, Shape, circle, fit, group, label, path, text_width};
use crate::ui::tint;

const CHAPTER_Y: i32 = 8;
const CHAPTER_H: i32 = 22;
const RULER_H: i32 = 16;

/// Where lanes begin: after their names, which a narrow window leaves out.
pub fn left(width: i32) -> i32 {
    if width < 640 { 12 } else { 96 }
}

/// Where there is less room than this, one lane has to do.
const LANES_H_MIN: i32 = 100;

/// What shows only the part of the run between the timeline's edges.
pub const CLIP: &str = "url(#shown)";

/// What of a moment the timeline shows besides the cursor. Most steps leave it as it is, and with
/// it the whole drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// The pod the step is about.
    subject: Option<PodName>,
    /// Each lane's class for its colour.
    tints: Vec<&'static str>,
    /// The chapter the step belongs to.
    chapter: Option<usize>,
}

impl Look {
    /// What a moment of a run looks like.
    pub fn of(run: &Run, moment: &Moment) -> Look {
        let tint = |lane: &Lane| match &lane.name {
            LaneName::Pod(pod) => tint::of_pod(&moment.scene, pod).class(),
            _ => "t-plain",
        };
        let here = moment.cursor.index.max(1);
        Look {
            subject: moment.subject.pod.clone(),
            tints: run.lanes.iter().map(tint).collect(),
            chapter: run.chapters.iter().position(|it| (it.first..=it.last).contains(&here)),
        }
    }

    fn is_about(&self, lane: &Lane) -> bool {
        matches!(&lane.name, LaneName::Pod(pod) if Some(pod) == self.subject.as_ref())
    }
}

/// Chapters, lanes and ruler.
pub fn timeline(
    words: &'static Words,
    run: &Run,
    axis: &Axis,
    look: &Look,
    room: Area,
) -> Vec<Shape> {
    let narrow = room.w < 640 || room.h < LANES_H_MIN;
    let lanes = if narrow { Vec::new() } else { lanes(words, run, axis, look, room) };
    let clip = Area::new(axis.left() - 5, 0, axis.right() - axis.left() + 14, room.h);
    let defs = Shape::new("clipPath").attr("id", "shown").key("clip").child(clip.rect(0));
    let shown = group("shown").key("shown").attr("clip-path", CLIP);
    let strip = if narrow { overview(words, run, axis, look) } else { Vec::new() };
    vec![
        defs,
        group("hit").key("hit").child(room.rect(0).class("hit")),
        group("lane-names").key("names").children(lanes.iter().map(|lane| lane.name.clone())),
        shown
            .children(lanes.into_iter().map(|lane| lane.content))
            .children(strip)
            .child(group("ruler").key("ruler").children(ruler(axis, run, room)))
            .child(group("chapters").key("chapters").children(chapters(words, run, axis, look))),
    ]
}

struct DrawnLane {
    name: Shape,
    content: Shape,
}

fn lanes(words: &'static Words, run: &Run, axis: &Axis, look: &Look, room: Area) -> Vec<DrawnLane> {
    let top = CHAPTER_Y + CHAPTER_H + 12;
    let count = run.lanes.len().max(1) as i32;
    let each = ((room.h - top - RULER_H) / count).clamp(8, 32);
    let bar = (each * 5 / 8).clamp(5, 16);
    let mut drawn = Vec::new();
    for (index, (lane, tint)) in run.lanes.iter().zip(&look.tints).enumerate() {
        let area = Area::new(axis.left(), top + index as i32 * each, axis.right(), each);
        let class = if look.is_about(lane) { "t-lane end strong" } else { "t-lane end" };
        let name = fit(&(words.lane)(&lane.name), axis.left() - 16, 115, false);
        let size = if each < 14 { " tight" } else { "" };
        let key = format!("{:?}", lane.name);
        let name = label(axis.left() - 12, area.mid_y() + 4, format!("{class}{size}"), name);
        let line =
            path("lane-line", format!("M{} {}H{}", axis.left(), area.bottom(), axis.right()));
        let segments = lane.segments.iter().filter_map(|segment| {
            let bar = Area::new(0, area.mid_y() - bar / 2, 0, bar);
            draw_segment(words, axis, segment, bar)
        });
        let content = group(format!("lane {tint}")).key(key).child(line).children(segments);
        drawn.push(DrawnLane { name, content });
    }
    drawn
}

fn draw_segment(words: &'static Words, axis: &Axis, segment: &Segment, bar: Area) -> Option<Shape> {
    let (first, last) = segment.steps;
    let x = axis.x(first);
    let end = axis.x(last.max(first));
    let is_moment =
        matches!(segment.kind, SegmentKind::Reconcile | SegmentKind::Write | SegmentKind::Read);
    let width = if is_moment { (end - x).max(4) } else { (end - x - 1).max(2) };
    if x + width < axis.left() || x > axis.right() {
        return None;
    }
    let name = (words.segment)(segment.kind);
    let class = match segment.kind {
        SegmentKind::Reconcile => "reconcile",
        SegmentKind::Waiting => "waiting",
        SegmentKind::Init => "init",
        SegmentKind::Clone => "clone",
        SegmentKind::Prepare => "prepare",
        SegmentKind::Starting => "starting",
        SegmentKind::Ready => "ready",
        SegmentKind::Trouble => "trouble",
        SegmentKind::Write => "write",
        SegmentKind::Read => "read",
    };
    let area = Area { x, w: width, ..bar };
    let radius = if is_moment { 2 } else { 4 };
    let shown = area.x.max(axis.left());
    let fits = text_width(name, 105, false) + 12 < area.right().min(axis.right()) - shown;
    let word = (bar.h >= 14 && fits && !is_moment)
        .then(|| label(shown + 6, bar.mid_y() + 4, "t-segment", name));
    let took = duration(segment.end.since(segment.start));
    Some(
        group(format!("segment is-{class}"))
            .tip(format!("{name} · {took}"))
            .child(area.rect(radius))
            .children(word),
    )
}

fn chapters(words: &'static Words, run: &Run, axis: &Axis, look: &Look) -> Vec<Shape> {
    let drawn = run.chapters.iter().enumerate().filter_map(|(index, chapter)| {
        let x = axis.x(chapter.first.saturating_sub(1));
        let end = axis.x(chapter.last);
        let area = Area::new(x, CHAPTER_Y, (end - x - 3).max(3), CHAPTER_H);
        if area.right() < axis.left() || area.x > axis.right() {
            return None;
        }
        let is_here = look.chapter == Some(index);
        let name = (words.chapter)(&chapter.kind);
        let from = area.x.max(axis.left()) + 9;
        let room = area.right().min(axis.right()) - from - 6;
        let class = if is_here { "t-chapter strong" } else { "t-chapter" };
        let text = fit(&name, room, 112, false);
        let word = (room > 26).then(|| label(from, CHAPTER_Y + 15, class, text));
        let class = if is_here { "chapter here" } else { "chapter" };
        let shape = group(class)
            .key(index)
            .pick(Pick::Step(chapter.first), &name)
            .attr("data-testid", "chapter")
            .tip(name)
            .child(area.rect(5))
            .children(word);
        Some(shape)
    });
    drawn.collect()
}

/// Where there is little room, one strip in place of the lanes: the subject's own lane.
fn overview(words: &'static Words, run: &Run, axis: &Axis, look: &Look) -> Vec<Shape> {
    let mut lanes = run.lanes.iter().zip(&look.tints);
    let of_subject = lanes.clone().find(|(lane, _)| look.is_about(lane));
    let lane = of_subject.or_else(|| lanes.find(|(lane, _)| matches!(lane.name, LaneName::Pod(_))));
    let Some((lane, tint)) = lane else { return Vec::new() };
    let bar = Area::new(0, CHAPTER_Y + CHAPTER_H + 12, 0, 14);
    let segments =
        lane.segments.iter().filter_map(|segment| draw_segment(words, axis, segment, bar));
    vec![group(format!("lane {tint}")).key("one").children(segments)]
}

/// Moments of time under the lanes, as many as have room.
fn ruler(axis: &Axis, run: &Run, room: Area) -> Vec<Shape> {
    let end = run.time(run.len).0;
    let steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000];
    let gap = steps.into_iter().find(|gap| end / gap <= 40).unwrap_or(600_000);
    let mut shapes = Vec::new();
    let mut free_from = axis.left() + 20;
    let mut at = gap;
    while at <= end {
        let x = axis.x_at(SimTime(at));
        if x >= free_from && x < axis.right() - 16 {
            let text = duration(Millis(at)).replace(".0 s", " s").replace(" 0 s", "");
            let width = text_width(&text, 105, false);
            shapes.push(path("tick", format!("M{x} {}v4", room.h - RULER_H + 1)).key(at));
            shapes.push(label(x, room.h - 2, "t-ruler middle", text).key(format!("{at}t")));
            free_from = x + width + 26;
        }
        at += gap;
    }
    shapes
}

/// The line that says where the run stands.
pub fn cursor(x: i32, height: i32) -> Shape {
    let top = CHAPTER_Y + CHAPTER_H;
    group("cursor")
        .key("cursor")
        .attr("transform", format!("translate({x} 0)"))
        .child(path("cursor-line", format!("M0 {}V{}", top + 2, height - RULER_H + 2)))
        .child(circle(0, top + 6, "5", "cursor-knob"))
}

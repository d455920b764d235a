//! Where a step stands on the timeline. Half of the way is time, half is steps: waiting still looks
//! long, and
//! a burst of steps within a millisecond can still be entered one by one.

use std::sync::Arc;

use ordinal::base::SimTime;

use crate::ui::page::Run;

/// Which part of the run is shown: from and to, as parts of the whole.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Zoom {
    from: f64,
    to: f64,
}

impl Default for Zoom {
    fn default() -> Zoom {
        Zoom { from: 0.0, to: 1.0 }
    }
}

/// The smallest part of the run that may fill the width.
const NARROWEST: f64 = 0.01;

/// The axis of one drawing.
pub struct Axis {
    run: Arc<Run>,
    /// When the longest of all runs ends, in milliseconds: all stand on the same axis.
    last: u64,
    zoom: Zoom,
    left: i32,
    right: i32,
}

impl Axis {
    /// The axis of a run between two edges, where another one ends at `last`.
    pub fn new(run: Arc<Run>, last: SimTime, zoom: Zoom, left: i32, right: i32) -> Axis {
        let last = last.0.max(run.time(run.len).0).max(1);
        Axis { run, last, zoom, left, right: right.max(left + 1) }
    }

    /// The left edge.
    pub fn left(&self) -> i32 {
        self.left
    }

    /// The right edge.
    pub fn right(&self) -> i32 {
        self.right
    }

    /// Where step `number` stands.
    pub fn x(&self, number: u32) -> i32 {
        self.place(self.part(number))
    }

    /// Where a moment stands: at the first step that is not before it.
    pub fn x_at(&self, at: SimTime) -> i32 {
        self.x(self.first_at(at))
    }

    /// Where a moment of another run stands: between the steps of this one that are around it, or
    /// after its end.
    pub fn x_of(&self, at: SimTime) -> i32 {
        let end = self.run.time(self.run.len).0;
        if at.0 >= end {
            let rest = (at.0 - end) as f64 / (self.last - end).max(1) as f64;
            let part = self.part(self.run.len);
            return self.place(part + rest * (1.0 - part));
        }
        let next = self.first_at(at);
        let (from, to) = (self.run.time(next.saturating_sub(1)).0, self.run.time(next).0);
        let share = at.0.saturating_sub(from) as f64 / (to - from).max(1) as f64;
        let before = self.part(next.saturating_sub(1));
        self.place(before + share * (self.part(next) - before))
    }

    /// The number of the first step that is not before a moment.
    pub fn first_at(&self, at: SimTime) -> u32 {
        let number = self.run.times.partition_point(|time| *time < at.0);
        (number as u32).min(self.run.len)
    }

    /// The step nearest to a place.
    pub fn step_at(&self, x: i32) -> u32 {
        let Zoom { from, to } = self.zoom;
        let width = f64::from(self.right - self.left);
        let wanted = from + f64::from(x - self.left) / width * (to - from);
        let (mut low, mut high) = (0, self.run.len);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.part(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        let nearer = low > 0 && wanted - self.part(low - 1) < self.part(low) - wanted;
        if nearer { low - 1 } else { low }
    }

    /// Zoomed by a turn of the wheel, the point under the pointer staying where it is.
    pub fn zoomed(&self, x: i32, turn: f64) -> Zoom {
        let Zoom { from, to } = self.zoom;
        let share = f64::from(x - self.left) / f64::from(self.right - self.left);
        let fixed = from + share.clamp(0.0, 1.0) * (to - from);
        let factor = if turn > 0.0 { 1.25 } else { 0.8 };
        let width = ((to - from) * factor).clamp(NARROWEST, 1.0);
        let start = (fixed - share.clamp(0.0, 1.0) * width).clamp(0.0, 1.0 - width);
        Zoom { from: start, to: start + width }
    }

    /// Moved sideways by so many pixels.
    pub fn moved(&self, by: f64) -> Zoom {
        let Zoom { from, to } = self.zoom;
        let width = to - from;
        let by = by / f64::from(self.right - self.left) * width;
        let start = (from + by).clamp(0.0, 1.0 - width);
        Zoom { from: start, to: start + width }
    }

    /// Moved so that a step is in sight; none where it is already.
    pub fn showing(&self, number: u32) -> Option<Zoom> {
        let Zoom { from, to } = self.zoom;
        let (part, width) = (self.part(number), to - from);
        if (from..=to).contains(&part) || width >= 1.0 {
            return None;
        }
        let start = (part - width / 2.0).clamp(0.0, 1.0 - width);
        Some(Zoom { from: start, to: start + width })
    }

    /// How far step `number` is into the run, 0 to 1.
    fn part(&self, number: u32) -> f64 {
        let len = f64::from(self.run.len.max(1));
        let end = self.run.times.last().copied().unwrap_or(0).max(1) as f64;
        let time = self.run.time(number).0 as f64;
        (f64::from(number) / len * 0.5 + time / end * 0.5) * (end / self.last as f64).min(1.0)
    }

    fn place(&self, part: f64) -> i32 {
        let Zoom { from, to } = self.zoom;
        let width = f64::from(self.right - self.left);
        let x = f64::from(self.left) + (part - from) / (to - from) * width;
        x.clamp(f64::from(self.left) - 4_000.0, f64::from(self.right) + 4_000.0) as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(zoom: Zoom) -> Axis {
        let times: Vec<u64> = vec![0, 0, 0, 10, 20_000, 20_000, 20_001];
        let run = Run { len: 6, times: Arc::new(times), ..Run::default() };
        Axis::new(Arc::new(run), SimTime::START, zoom, 100, 1_100)
    }

    #[test]
    fn a_longer_run_beside_it_takes_its_share_of_the_axis() {
        let run = axis(Zoom::default()).run;
        let axis = Axis::new(run, SimTime(40_002), Zoom::default(), 100, 1_100);
        assert_eq!((axis.x(0), axis.x(6)), (100, 600));
        for number in 0..=6 {
            assert_eq!(axis.step_at(axis.x(number)), number);
        }
        assert_eq!(axis.x_of(SimTime(0)), axis.x(0));
        assert_eq!(axis.x_of(SimTime(20_001)), axis.x(6));
        assert_eq!(axis.x_of(SimTime(40_002)), 1_100);
        assert!((axis.x(3)..axis.x(4)).contains(&axis.x_of(SimTime(10_000))));
    }

    #[test]
    fn every_step_has_its_own_place_and_is_found_there() {
        let axis = axis(Zoom::default());
        assert_eq!((axis.x(0), axis.x(6)), (100, 1_100));
        for number in 0..=6 {
            assert_eq!(axis.step_at(axis.x(number)), number);
            assert!(number == 0 || axis.x(number) > axis.x(number - 1));
        }
        assert_eq!((axis.step_at(-500), axis.step_at(9_000)), (0, 6));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let near = axis(Zoom::default()).zoomed(600, -1.0);
        let step = axis(Zoom::default()).step_at(600);
        assert_eq!(axis(near).step_at(600), step);
        let mut zoom = near;
        for _ in 0..100 {
            zoom = axis(zoom).zoomed(600, 1.0);
        }
        assert_eq!(zoom, Zoom::default());
    }
}

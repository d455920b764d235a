//! Where everything stands on the stage. A map: places depend on how many pods are wanted and on
//! the room there is, never on what happens.

use crate::ui::shape::Area;

/// How much a pod shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Density {
    /// Everything.
    Full,
    /// Names without notes: more than a few pods.
    Compact,
}

/// What a pod of some density measures, in units of the drawing.
struct Measure {
    pod_w: i32,
    head_h: i32,
    row_h: i32,
    row_gap: i32,
    gap_x: i32,
    volume_h: i32,
    volume_gap: i32,
}

impl Density {
    fn measure(self) -> Measure {
        match self {
            Density::Full => Measure {
                pod_w: 262,
                head_h: 60,
                row_h: 30,
                row_gap: 6,
                gap_x: 25,
                volume_h: 44,
                volume_gap: 40,
            },
            Density::Compact => Measure {
                pod_w: 158,
                head_h: 48,
                row_h: 22,
                row_gap: 4,
                gap_x: 20,
                volume_h: 36,
                volume_gap: 32,
            },
        }
    }
}

/// Between init containers and containers.
const INIT_GAP: i32 = 8;
const MARGIN: i32 = 20;
const OBJECTS_H: i32 = 22;
const SERVICE_H: i32 = 84;
/// Between services and pods: lines run there.
const CHANNEL_H: i32 = 32;
const CLIENT_W: i32 = 168;
/// The first Service's share of the width beyond the others', in units: it lists names.
const FIRST_WIDER: i32 = 36;
/// A drawing is not blown up beyond this, in hundredths.
const SCALE_MAX: i32 = 118;

/// How many containers a pod has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rows {
    /// Init containers.
    pub init: usize,
    /// Containers.
    pub main: usize,
}

impl Rows {
    fn count(self) -> i32 {
        (self.init + self.main) as i32
    }
}

/// One pod's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotPlace {
    /// The pod.
    pub pod: Area,
    /// Its volume.
    pub volume: Area,
    /// In which row of pods, from 0.
    pub row: i32,
    /// In which column.
    pub column: i32,
}

/// Everything's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// The drawing's width.
    pub width: i32,
    /// The drawing's height.
    pub height: i32,
    /// How much pods show.
    pub density: Density,
    /// Whether only one pod is shown, large.
    pub single: bool,
    /// The line of objects at the top.
    pub objects: Area,
    /// Services, left to right.
    pub services: Vec<Area>,
    /// The clients.
    pub client: Area,
    /// Pods, by place in their set.
    pub slots: Vec<SlotPlace>,
    rows: Rows,
}

impl Layout {
    /// The layout that shows everything largest in `room` pixels.
    pub fn best(room: (i32, i32), slots: usize, services: usize, rows: Rows) -> Layout {
        let slots = slots.max(1);
        let mut best: Option<(i32, Layout)> = None;
        for density in [Density::Full, Density::Compact] {
            for columns in 1..=slots {
                let layout = Layout::with(density, columns, slots, services, rows);
                let scale = layout.scale(room).min(SCALE_MAX);
                let worth = if density == Density::Full { scale } else { scale * 82 / 100 };
                // Pods in the order in which they start read best in one row.
                let worth = if columns < slots { worth * 88 / 100 } else { worth };
                if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                    best = Some((worth, layout));
                }
            }
        }
        let (_, layout) = best.expect("one column is always tried");
        layout.widened(room)
    }

    /// One pod, large: for narrow windows.
    pub fn single(room: (i32, i32), services: usize, rows: Rows) -> Layout {
        let measure = Density::Full.measure();
        let width = measure.pod_w + 2 * 10;
        let each = (width - 20 - 8 * (services.max(1) as i32 - 1)) / services.max(1) as i32;
        let top = 60;
        let pod = Area::new(10, top + CHANNEL_H, measure.pod_w, pod_height(&measure, rows));
        let volume = Area::new(24, pod.bottom() + 24, measure.pod_w - 28, measure.volume_h);
        let layout = Layout {
            width,
            height: volume.bottom() + 6,
            density: Density::Full,
            single: true,
            objects: Area::default(),
            services: (0..services as i32)
                .map(|index| Area::new(10 + index * (each + 8), 4, each, top - 4))
                .collect(),
            client: Area::default(),
            slots: vec![SlotPlace { pod, volume, row: 0, column: 0 }],
            rows,
        };
        layout.widened(room)
    }

    fn with(density: Density, columns: usize, slots: usize, services: usize, rows: Rows) -> Layout {
        let measure = density.measure();
        let columns = columns as i32;
        let pods_w = columns * measure.pod_w + (columns - 1) * measure.gap_x;
        let services_n = services.max(1) as i32;
        let least = services_n * 290 + services_n * 24 + CLIENT_W;
        let inner = pods_w.max(least);
        let width = inner + 2 * MARGIN;
        let top = 8 + OBJECTS_H + 10;
        let each = (inner - CLIENT_W - services_n * 24) / services_n;
        let pods_top = top + SERVICE_H + CHANNEL_H;
        let pod_h = pod_height(&measure, rows);
        let row_h = pod_h + measure.volume_gap + measure.volume_h + 26;
        let left = MARGIN + (inner - pods_w) / 2;
        let place = |index: i32| {
            let (row, column) = (index / columns, index % columns);
            let x = left + column * (measure.pod_w + measure.gap_x);
            let pod = Area::new(x, pods_top + row * row_h, measure.pod_w, pod_h);
            let inset = if density == Density::Full { 20 } else { 8 };
            let volume = Area::new(
                x + inset,
                pod.bottom() + measure.volume_gap,
                measure.pod_w - 2 * inset,
                measure.volume_h,
            );
            SlotPlace { pod, volume, row, column }
        };
        let slots: Vec<SlotPlace> = (0..slots as i32).map(place).collect();
        let bottom = slots.last().map_or(pods_top, |slot| slot.volume.bottom());
        Layout {
            width,
            height: bottom + 10,
            density,
            single: false,
            objects: Area::new(MARGIN, 8, inner, OBJECTS_H),
            services: (0..services_n)
                .take(services)
                .map(|index| {
                    let wider = if services_n > 1 { FIRST_WIDER } else { 0 };
                    let (x, w) = match index {
                        0 => (0, each + wider),
                        _ => (index * (each + 24) + wider, each - wider / (services_n - 1)),
                    };
                    let before = (index - 1).max(0) * (wider / (services_n - 1).max(1));
                    Area::new(MARGIN + x - before, top, w, SERVICE_H)
                })
                .collect(),
            client: Area::new(MARGIN + inner - CLIENT_W, top, CLIENT_W, SERVICE_H),
            slots,
            rows,
        }
    }

    /// How large one unit would be, in hundredths of a pixel.
    fn scale(&self, room: (i32, i32)) -> i32 {
        (room.0 * 100 / self.width.max(1)).min(room.1 * 100 / self.height.max(1))
    }

    /// The same with a margin, so that it is not blown up too far.
    fn widened(mut self, room: (i32, i32)) -> Layout {
        let most = if self.single { 150 } else { SCALE_MAX };
        if self.scale(room) > most {
            let (width, height) = (room.0 * 100 / most, room.1 * 100 / most);
            let by = ((width - self.width) / 2).max(0);
            let down = ((height - self.height) / 2).clamp(0, 40);
            self.shift(by, down);
            self.width = self.width.max(width);
            self.height = self.height.max(height);
        }
        self
    }

    fn shift(&mut self, x: i32, y: i32) {
        let areas = [&mut self.objects, &mut self.client].into_iter();
        let slots = self.slots.iter_mut().flat_map(|slot| [&mut slot.pod, &mut slot.volume]);
        for area in areas.chain(&mut self.services).chain(slots) {
            area.x += x;
            area.y += y;
        }
    }

    /// The row of a pod's container, init containers first.
    pub fn row(&self, pod: Area, index: usize) -> Area {
        let measure = self.density.measure();
        let inset = if self.density == Density::Full { 14 } else { 9 };
        let gap = if index >= self.rows.init && self.rows.init > 0 { INIT_GAP } else { 0 };
        let y = pod.y + measure.head_h + index as i32 * (measure.row_h + measure.row_gap) + gap;
        Area::new(pod.x + inset, y, pod.w - 2 * inset, measure.row_h)
    }

    /// Half the gap between two pods.
    pub fn gutter(&self) -> i32 {
        self.density.measure().gap_x / 2
    }
}

fn pod_height(measure: &Measure, rows: Rows) -> i32 {
    let gap = if rows.init > 0 { INIT_GAP } else { 0 };
    measure.head_h + rows.count() * (measure.row_h + measure.row_gap) + gap + 4
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: Rows = Rows { init: 2, main: 2 };

    #[test]
    fn three_pods_stand_side_by_side_in_full() {
        let layout = Layout::best((936, 520), 3, 2, ROWS);
        assert_eq!(layout.density, Density::Full);
        assert!(layout.slots.iter().all(|slot| slot.row == 0));
        assert!(layout.width * 100 / 936 < 110, "{layout:?}");
        let tall = Layout::best((936, 900), 3, 2, ROWS);
        assert!(tall.slots.iter().all(|slot| slot.row == 0));
    }

    #[test]
    fn nothing_leaves_the_drawing_and_nothing_overlaps() {
        for slots in 1..=9 {
            for room in [(936, 520), (1020, 430), (660, 400), (1900, 900)] {
                let layout = Layout::best(room, slots, 2, ROWS);
                let mut areas: Vec<Area> =
                    layout.slots.iter().flat_map(|slot| [slot.pod, slot.volume]).collect();
                areas.extend(&layout.services);
                areas.push(layout.client);
                for (index, a) in areas.iter().enumerate() {
                    assert!(a.x >= 0 && a.y >= 0, "{slots} {room:?} {a:?}");
                    assert!(a.right() <= layout.width && a.bottom() <= layout.height);
                    for b in &areas[index + 1..] {
                        let apart = a.right() <= b.x
                            || b.right() <= a.x
                            || a.bottom() <= b.y
                            || b.bottom() <= a.y;
                        assert!(apart, "{slots} {room:?}: {a:?} over {b:?}");
                    }
                }
            }
        }
    }
}

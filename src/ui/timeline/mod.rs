//! The timeline: chapters, one lane per actor, the cursor; and the buttons that move it.

mod axis;
mod draw;
mod runs;
mod transport;

use leptos::ev::{PointerEvent, WheelEvent};
use leptos::prelude::*;
use ordinal::player::{Cursor, Player, PlayerCommand, RunLine};

use self::axis::{Axis, Zoom};
use self::draw::Look;
use super::browser;
use super::canvas;
use super::page::Page;
use super::shape::Area;

pub use runs::name_of;
pub use transport::transport;

/// The room right of the lanes.
const RIGHT: i32 = 16;

/// What the timeline holds besides the page.
#[derive(Clone, Copy)]
struct Timeline {
    page: Page,
    host: NodeRef<leptos::svg::Svg>,
    /// What only changes with the run, and the cursor over it.
    drawing: NodeRef<leptos::svg::G>,
    cursor: NodeRef<leptos::svg::G>,
    /// Its size in CSS pixels.
    size: RwSignal<Option<(i32, i32)>>,
    look: Memo<Look>,
    zoom: RwSignal<Zoom>,
    /// All runs, each under the one it left.
    lines: Memo<Vec<RunLine>>,
    /// Whether a pointer drags the cursor.
    drags: StoredValue<bool>,
}

/// The timeline as part of the page.
pub fn timeline() -> AnyView {
    let page = Page::here();
    let host = NodeRef::new();
    let line = Timeline {
        page,
        host,
        drawing: NodeRef::new(),
        cursor: NodeRef::new(),
        size: canvas::size_of(host),
        look: Memo::new(move |_| Look::of(&page.run.get(), &page.moment.get())),
        zoom: RwSignal::new(Zoom::default()),
        lines: Memo::new(move |_| {
            page.acts.track();
            page.run.track();
            page.player.with_value(Player::runs)
        }),
        drags: StoredValue::new(false),
    };
    let index = move || page.moment.with(|moment| moment.cursor.index);
    Effect::new(move || line.draw());
    Effect::new(move || line.draw_cursor());
    Effect::new(move || line.follow());
    view! {
        <div class="timeline">
            <svg
                node_ref=host
                role="group"
                data-testid="scrubber"
                viewBox=move || canvas::view_box(line.room().unwrap_or_default())
                aria-label=move || page.words().timeline
                on:wheel=move |event| line.wheel(&event)
                on:pointerdown=move |event| line.press(&event)
                on:pointermove=move |event| line.drag(&event)
                on:pointerup=move |_| line.drags.set_value(false)
                on:pointercancel=move |_| line.drags.set_value(false)
            >
                <g node_ref=line.drawing></g>
                <g
                    node_ref=line.cursor
                    clip-path=draw::CLIP
                    role="slider"
                    tabindex="0"
                    data-testid="cursor"
                    aria-label=move || page.words().scrubber
                    aria-valuemin="0"
                    aria-valuemax=move || page.run.get().len.to_string()
                    aria-valuenow=move || index().to_string()
                    aria-valuetext=move || (page.words().step_number)(index())
                ></g>
            </svg>
        </div>
        {runs::runs(line)}
    }
    .into_any()
}

impl Timeline {
    fn axis(self, width: i32) -> Axis {
        let (run, zoom) = (self.page.run.get_untracked(), self.zoom.get_untracked());
        let last = self.lines.with_untracked(|lines| lines.iter().map(|line| line.end).max());
        Axis::new(run, last.unwrap_or_default(), zoom, draw::left(width), width - RIGHT)
    }

    /// Width and height to draw in, once known.
    fn room(self) -> Option<(i32, i32)> {
        let room = self.size.get()?;
        Some(if room.0 < 40 { (1180, 212) } else { room })
    }

    fn draw(self) {
        let (Some(host), Some((width, height))) = (self.drawing.get(), self.room()) else {
            return;
        };
        self.zoom.track();
        self.lines.track();
        let (run, look) = (self.page.run.get(), self.look.get());
        let room = Area::new(0, 0, width, height);
        let axis = self.axis(width);
        browser::paint(&host, draw::timeline(self.page.words(), &run, &axis, &look, room));
    }

    fn draw_cursor(self) {
        let (Some(host), Some((width, height))) = (self.cursor.get(), self.room()) else {
            return;
        };
        self.zoom.track();
        self.lines.track();
        self.page.run.track();
        let index = self.page.moment.with(|moment| moment.cursor.index);
        let x = self.axis(width).x(index);
        browser::paint(&host, vec![draw::cursor(x, height)]);
    }

    /// Keeps the cursor in sight where only a part of the run is shown.
    fn follow(self) {
        let index = self.page.moment.with(|moment| moment.cursor.index);
        let Some((width, _)) = untrack(|| self.room()) else { return };
        if let Some(zoom) = self.axis(width).showing(index) {
            self.zoom.set(zoom);
        }
    }

    fn seek(self, event: &PointerEvent) {
        let Some(host) = self.host.get_untracked() else { return };
        let Some((width, _)) = untrack(|| self.room()) else { return };
        let index = self.axis(width).step_at(browser::pointer_x(&host, event));
        let cursor = self.page.moment.with_untracked(|moment| moment.cursor);
        if cursor.index != index {
            self.page.dispatch(PlayerCommand::Seek(Cursor { branch: cursor.branch, index }));
        }
    }

    fn press(self, event: &PointerEvent) {
        if event.button() != 0 || browser::picked(event).is_some() {
            return;
        }
        self.drags.set_value(true);
        if let Some(host) = self.host.get_untracked() {
            browser::capture(&host, event);
        }
        self.seek(event);
    }

    fn drag(self, event: &PointerEvent) {
        if self.drags.get_value() {
            self.seek(event);
        }
    }

    fn wheel(self, event: &WheelEvent) {
        let Some(host) = self.host.get_untracked() else { return };
        let Some((width, _)) = untrack(|| self.room()) else { return };
        event.prevent_default();
        let axis = self.axis(width);
        let sideways = event.delta_x().abs() > event.delta_y().abs();
        self.zoom.set(if sideways {
            axis.moved(event.delta_x())
        } else {
            axis.zoomed(browser::pointer_x(&host, event), event.delta_y())
        });
    }
}

//! The timeline: chapters, one lane per actor, the cursor; and the buttons that move it.

mod axis;
mod draw;
mod transport;

use leptos::prelude::*;
use ordinal::player::{Cursor, PlayerCommand};

use self::axis::{Axis, Zoom};
use super::browser;
use super::page::Page;
use super::shape::Area;

pub use transport::transport;

/// The timeline as part of the page.
pub fn timeline() -> AnyView {
    let page = Page::here();
    let host = NodeRef::<leptos::svg::Svg>::new();
    let zoom = RwSignal::new(Zoom::default());
    let drags = StoredValue::new(false);
    let axis = move |width: i32| {
        let left = draw::left(width);
        Axis::new(page.run.get_untracked(), zoom.get_untracked(), left, width - 16)
    };
    Effect::new(move || {
        let Some(host) = host.get() else { return };
        let (_, _) = page.viewport.get();
        let (run, zoom, moment, words) =
            (page.run.get(), zoom.get(), page.moment.get(), page.words());
        let area = browser::area(&host);
        let room = if area.w < 40 { (1180, 212) } else { (area.w, area.h) };
        let axis = Axis::new(run.clone(), zoom, draw::left(room.0), room.0 - 16);
        let _ = host.set_attribute("viewBox", &format!("0 0 {} {}", room.0, room.1));
        let shapes = draw::timeline(words, &run, &axis, &moment, Area::new(0, 0, room.0, room.1));
        browser::paint(&host, shapes);
    });
    let seek = move |event: &leptos::ev::PointerEvent| {
        let Some(host) = host.get_untracked() else { return };
        let axis = axis(browser::area(&host).w);
        let index = axis.step_at(browser::pointer_x(&host, event));
        let cursor = page.moment.with_untracked(|moment| moment.cursor);
        if cursor.index != index {
            page.dispatch(PlayerCommand::Seek(Cursor { branch: cursor.branch, index }));
        }
    };
    let wheel = move |event: leptos::ev::WheelEvent| {
        let Some(host) = host.get_untracked() else { return };
        event.prevent_default();
        let axis = axis(browser::area(&host).w);
        let x = browser::pointer_x(&host, &event);
        let sideways = event.delta_x().abs() > event.delta_y().abs();
        zoom.update(|zoom| {
            *zoom = if sideways {
                axis.moved(event.delta_x())
            } else {
                axis.zoomed(x, event.delta_y())
            };
        });
    };
    view! {
        <div class="timeline" role="group" aria-label=move || page.words().timeline>
            <svg
                node_ref=host
                role="slider"
                tabindex="0"
                data-testid="scrubber"
                aria-label=move || page.words().scrubber
                aria-valuemin="0"
                aria-valuemax=move || page.run.get().len.to_string()
                aria-valuenow=move || page.moment.get().cursor.index.to_string()
                aria-valuetext=move || (page.words().step_number)(page.moment.get().cursor.index)
                on:wheel=wheel
                on:pointerdown=move |event| {
                    if event.button() == 0 && browser::picked(&event).is_none() {
                        drags.set_value(true);
                        if let Some(host) = host.get_untracked() {
                            browser::capture(&host, &event);
                        }
                        seek(&event);
                    }
                }
                on:pointermove=move |event| {
                    if drags.get_value() {
                        seek(&event);
                    }
                }
                on:pointerup=move |_| drags.set_value(false)
                on:pointercancel=move |_| drags.set_value(false)
            ></svg>
        </div>
    }
    .into_any()
}

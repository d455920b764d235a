//! The size of an SVG element that drawings are painted into.

use leptos::prelude::*;

use super::browser::SizeWatch;

/// An SVG element's size in CSS pixels; `None` until it is laid out.
pub fn size_of(host: NodeRef<leptos::svg::Svg>) -> RwSignal<Option<(i32, i32)>> {
    let size = RwSignal::new(None);
    let watch = StoredValue::new_local(None);
    Effect::new(move || {
        let Some(host) = host.get() else { return };
        watch.set_value(SizeWatch::new(&host, move |now| {
            if size.try_get_untracked().flatten() != Some(now) {
                size.try_set(Some(now));
            }
        }));
    });
    size
}

/// A drawing's size as the attribute `viewBox`.
pub fn view_box((width, height): (i32, i32)) -> String {
    format!("0 0 {width} {height}")
}

//! Elements of the page: where they stand, what is typed into them, what they hold.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};

use super::unscaled;
use crate::ui::shape::Area;

/// Where an element stands in the window, in CSS pixels.
pub fn area(element: &Element) -> Area {
    let rect = element.get_bounding_client_rect();
    let [x, y, w, h] = [rect.x(), rect.y(), rect.width(), rect.height()].map(unscaled);
    Area::new(x, y, w, h)
}

/// Watches an element's size, in CSS pixels, for as long as it is kept.
pub struct SizeWatch {
    observer: web_sys::ResizeObserver,
    /// What the observer calls.
    _seen: Closure<dyn FnMut(js_sys::Array)>,
}

impl SizeWatch {
    /// Tells the size once the element is laid out, and again whenever it changes: never by
    /// asking the browser to lay out what is still being changed.
    pub fn new(element: &Element, seen: impl Fn((i32, i32)) + 'static) -> Option<SizeWatch> {
        let told = Closure::new(move |entries: js_sys::Array| {
            let last = entries.pop().dyn_into::<web_sys::ResizeObserverEntry>();
            if let Ok(rect) = last.map(|entry| entry.content_rect()) {
                seen((rect.width() as i32, rect.height() as i32));
            }
        });
        let observer = web_sys::ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(SizeWatch { observer, _seen: told })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Where in an element a pointer is, across.
pub fn pointer_x(element: &Element, event: &MouseEvent) -> i32 {
    unscaled(f64::from(event.client_x())) - area(element).x
}

/// The value of `data-pick` at or around what an event hit.
pub fn picked(event: &Event) -> Option<String> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest("[data-pick]").ok()??.get_attribute("data-pick")
}

/// Whether the person is typing into a field, so that keys belong to it.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

/// Whether the key belongs to the control that has the focus: Enter and space press buttons.
pub fn is_on_control(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| {
        let tag = element.tag_name();
        tag == "BUTTON" || tag == "A" || element.has_attribute("data-pick")
    })
}

/// Sets an attribute of an element's child, or takes it away.
pub fn set_child(parent: &Element, index: u32, name: &str, value: Option<&str>) {
    let Some(child) = parent.children().item(index) else { return };
    let _ = match value {
        Some(value) => child.set_attribute(name, value),
        None => child.remove_attribute(name),
    };
}

/// Gives an element's child a last child of this tag with some text, or takes that away.
pub fn set_tail(parent: &Element, index: u32, tag: &str, text: Option<&str>) {
    let Some(child) = parent.children().item(index) else { return };
    let had = child.last_element_child().filter(|last| last.tag_name().eq_ignore_ascii_case(tag));
    match (had, text) {
        (Some(had), Some(text)) => had.set_text_content(Some(text)),
        (Some(had), None) => had.remove(),
        (None, Some(text)) => {
            if let Ok(made) = document().create_element(tag) {
                made.set_text_content(Some(text));
                let _ = child.append_child(&made);
            }
        }
        (None, None) => {}
    }
}

/// Scrolls a box so that its child with this selector stands in the middle, if it is out of sight.
/// A child wider than the box is not scrolled sideways.
pub fn reveal(container: &Element, selector: &str) {
    let Ok(Some(child)) = container.query_selector(selector) else { return };
    let (outer, inner) = (area(container), area(&child));
    let margin = (outer.h / 6).min(60);
    if inner.y < outer.y + margin || inner.bottom() > outer.bottom() - margin {
        let by = inner.mid_y() - outer.mid_y();
        container.set_scroll_top(container.scroll_top() + by);
    }
    if inner.w < outer.w && (inner.x < outer.x || inner.right() > outer.right()) {
        let by = inner.mid_x() - outer.mid_x();
        container.set_scroll_left(container.scroll_left() + by);
    }
}

/// Scrolls a box to its end.
pub fn scroll_to_end(container: &Element) {
    container.set_scroll_top(container.scroll_height());
}

/// Gives the keyboard to the first element that matches.
pub fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // What slides in would otherwise be scrolled into sight, and the page with it.
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// Takes the keyboard away from the first element that matches.
pub fn blur(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.blur();
    }
}

/// Puts the caret into a text field, before the character at this offset (in UTF-16 units).
pub fn place_caret(selector: &str, at: u32) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(area) = found.and_then(|it| it.dyn_into::<web_sys::HtmlTextAreaElement>().ok()) {
        let _ = area.focus();
        let _ = area.set_selection_range(at, at);
    }
}

/// Whether any text is selected, in the page or in the field that has the focus.
pub fn has_selection() -> bool {
    let in_page = window().get_selection().ok().flatten();
    let active = document().active_element();
    let field = active.and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
    let range = field.and_then(|field| {
        let start = field.selection_start().ok().flatten()?;
        Some((start, field.selection_end().ok().flatten()?))
    });
    in_page.is_some_and(|selection| !selection.is_collapsed())
        || range.is_some_and(|(start, end)| start != end)
}

/// Keeps the pointer's events with an element while a button is down.
pub fn capture(element: &Element, event: &web_sys::PointerEvent) {
    let _ = element.set_pointer_capture(event.pointer_id());
}

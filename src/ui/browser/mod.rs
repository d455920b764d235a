//! The browser: the only folder that names `web_sys`. Here the window: the program's halves,
//! storage, the address, media, the clock.

mod crash;
mod element;
mod file;
mod paint;

use std::sync::atomic::{AtomicI32, Ordering};

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

pub use crash::{Crash, show_crash};
pub use element::{
    SizeWatch, area, blur, capture, focus, has_selection, is_on_control, is_typing, picked,
    place_caret, pointer_x, reveal, scroll_to_end, set_child, set_tail,
};
pub use file::{File, chosen, copy, download, dropped, pasted, read_file};
pub use paint::paint;

/// Hands the page's script what the program's first half exports, before anything else.
pub fn first_half() {
    tell_script("first", &wasm_bindgen::exports());
}

/// Lets the page's script fetch the program's second half, and calls back when it is there.
/// Whatever needs it earlier waits for it.
pub fn second_half(then: impl FnOnce() + 'static) {
    let here = tell_script("rest", &JsValue::NULL);
    let Some(here) = here.and_then(|it| it.dyn_into::<js_sys::Promise>().ok()) else {
        return then();
    };
    let then = Closure::once(move |_: JsValue| then());
    let _ = here.then(&then);
    then.forget();
}

/// Calls a function of `public/loading.js`. If that is not there, the program is whole.
fn tell_script(name: &str, argument: &JsValue) -> Option<JsValue> {
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let script = get(&js_sys::global(), "ordinal")?;
    let function: js_sys::Function = get(&script, name)?.dyn_into().ok()?;
    function.call1(&script, argument).ok()
}

/// What was stored under a name on this device.
pub fn stored(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Stores text under a name; a browser that refuses forgets, and nothing else happens.
pub fn store(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, value);
    }
}

/// What follows `#` in the address.
pub fn hash() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// Puts text behind `#` in the address without a new entry in the history.
pub fn set_hash(text: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{text}")));
    }
}

/// The whole address.
pub fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// Whether a media query holds.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// The language the browser asks for, as BCP 47.
pub fn language() -> String {
    window().navigator().language().unwrap_or_default()
}

/// Sets an attribute of the document's root.
pub fn set_root(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute(name, value);
    }
}

/// Sets the document's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Takes an element away.
pub fn remove(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.remove();
    }
}

/// Real time since the page was opened, in milliseconds.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// How much larger than its CSS pixels everything is drawn, in percent.
static SCALE: AtomicI32 = AtomicI32::new(100);

/// Draws everything larger, by percent of its CSS pixels.
pub fn set_scale(percent: i32) {
    SCALE.store(percent, Ordering::Relaxed);
    set_root("style", &format!("--scale: {}", f64::from(percent) / 100.0));
}

/// What the browser measures, in CSS pixels of the page.
fn unscaled(length: f64) -> i32 {
    (length * 100.0 / f64::from(SCALE.load(Ordering::Relaxed))) as i32
}

/// The window's inner width and height in CSS pixels.
pub fn viewport() -> (i32, i32) {
    let number = |value: Result<JsValue, JsValue>| {
        value.ok().and_then(|value| value.as_f64()).map_or(0, unscaled)
    };
    (number(window().inner_width()), number(window().inner_height()))
}

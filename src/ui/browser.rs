//! The browser: the only file that names `web_sys`. Storage, clipboard, downloads, the address,
//! sizes,
//! media, and painting [`Shape`]s.

use std::cell::RefCell;
use std::sync::atomic::{AtomicI32, Ordering};

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};

use super::shape::{Area, Shape};

const SVG: &str = "http://www.w3.org/2000/svg";

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
pub fn reveal(container: &Element, selector: &str) {
    let Ok(Some(child)) = container.query_selector(selector) else { return };
    let (outer, inner) = (area(container), area(&child));
    let margin = (outer.h / 6).min(60);
    if inner.y < outer.y + margin || inner.bottom() > outer.bottom() - margin {
        let by = inner.mid_y() - outer.mid_y();
        container.set_scroll_top(container.scroll_top() + by);
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

/// The text that is being pasted.
pub fn pasted(event: &web_sys::ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text").ok()
}

/// A file of the learner's.
pub type File = web_sys::File;

/// The file that was dropped.
pub fn dropped(event: &web_sys::DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.item(0)
}

/// The file that was chosen in a field.
pub fn chosen(event: &Event) -> Option<File> {
    let field = event.target()?.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    field.files()?.item(0)
}

/// Reads a file; answers its name and its bytes through `done`. A file that cannot be read is
/// passed over: the browser says so itself.
pub fn read_file(file: &File, done: impl Fn(String, Vec<u8>) + 'static) {
    let name = file.name();
    let read = Closure::once_into_js(move |buffer: JsValue| {
        done(name, js_sys::Uint8Array::new(&buffer).to_vec());
    });
    let promise: JsValue = file.array_buffer().into();
    if let Ok(then) = js_sys::Reflect::get(&promise, &"then".into())
        && let Ok(then) = then.dyn_into::<js_sys::Function>()
    {
        let _ = then.call1(&promise, &read);
    }
}

/// Keeps the pointer's events with an element while a button is down.
pub fn capture(element: &Element, event: &web_sys::PointerEvent) {
    let _ = element.set_pointer_capture(event.pointer_id());
}

/// Copies text; answers through `done` whether the browser let us.
pub fn copy(text: &str, done: impl Fn(bool) + Clone + 'static) {
    let navigator = window().navigator();
    let offered = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if !offered.is_ok_and(|clipboard| clipboard.is_object()) {
        return done(false);
    }
    let failed = done.clone();
    let copied = Closure::once_into_js(move |_: JsValue| done(true));
    let refused = Closure::once_into_js(move |_: JsValue| failed(false));
    let promise: JsValue = navigator.clipboard().write_text(text).into();
    if let Ok(then) = js_sys::Reflect::get(&promise, &"then".into())
        && let Ok(then) = then.dyn_into::<js_sys::Function>()
    {
        let _ = then.call2(&promise, &copied, &refused);
    }
}

/// Offers bytes as a file.
pub fn download(name: &str, mime: &str, bytes: &[u8]) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(mime);
    let made = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options);
    let Ok(url) = made.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob)) else {
        return;
    };
    if let Ok(link) = document().create_element("a")
        && let Ok(link) = link.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = link.set_attribute("href", &url);
        let _ = link.set_attribute("download", name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

/// What the crash screen says and offers: words, and where they lead.
pub struct Crash<'a> {
    /// Its title.
    pub title: &'a str,
    /// What has happened.
    pub text: &'a str,
    /// Back to where the person was.
    pub back: (&'a str, &'a str),
    /// From the beginning.
    pub start: (&'a str, &'a str),
    /// What was done, to be saved as a session file.
    pub save: Option<(&'a str, &'a str)>,
    /// For whoever repairs it.
    pub report: &'a str,
}

/// Shows, in place of the page, what can be read and clicked without the program.
pub fn show_crash(crash: &Crash) {
    let document = document();
    let Some(body) = document.body() else { return };
    let add = |parent: &Element, tag: &str, text: &str| {
        let made = document.create_element(tag).ok()?;
        made.set_text_content(Some(text));
        parent.append_child(&made).ok()?;
        Some(made)
    };
    let link = |parent: &Element, (text, to): (&str, &str), class: &str| {
        let made = add(parent, "a", text)?;
        made.set_class_name(class);
        made.set_attribute("href", to).ok()?;
        Some(made)
    };
    let Some(screen) = add(&body, "section", "") else { return };
    screen.set_class_name("crash");
    let _ = screen.set_attribute("role", "alert");
    let _ = screen.set_attribute("data-testid", "crash");
    add(&screen, "h1", crash.title);
    add(&screen, "p", crash.text);
    link(&screen, crash.back, "");
    if let Some(ways) = add(&screen, "nav", "") {
        link(&ways, crash.start, "second");
        if let Some((text, session)) = crash.save {
            let data = String::from(js_sys::encode_uri_component(session));
            let to = format!("data:text/plain;charset=utf-8,{data}");
            if let Some(save) = link(&ways, (text, &to), "second") {
                let _ = save.set_attribute("download", "ordinal.session");
            }
        }
    }
    add(&screen, "pre", crash.report);
    let _ = body.set_attribute("data-crashed", "");
}

/// What stands in an element of the page, as painted last.
pub struct Painted {
    shape: Shape,
    element: Element,
    children: Vec<Painted>,
}

thread_local! {
    /// What was painted into which host. The browser has one thread.
    static HOSTS: RefCell<Vec<(Element, Vec<Painted>)>> = const { RefCell::new(Vec::new()) };
}

/// Makes a host's content what the shapes say, keeping every element that is still in the drawing.
pub fn paint(host: &Element, shapes: Vec<Shape>) {
    HOSTS.with_borrow_mut(|hosts| {
        hosts.retain(|(known, _)| known.is_connected() || known == host);
        let at = hosts.iter().position(|(known, _)| known == host).unwrap_or_else(|| {
            hosts.push((host.clone(), Vec::new()));
            hosts.len() - 1
        });
        let (_, painted) = &mut hosts[at];
        paint_children(host, painted, shapes);
    });
}

fn paint_children(parent: &Element, painted: &mut Vec<Painted>, shapes: Vec<Shape>) {
    let mut last = std::mem::take(painted);
    // While everything comes in the order of last time, every element is where it belongs.
    let mut in_order = true;
    for shape in shapes {
        let known =
            last.iter().position(|old| old.shape.tag == shape.tag && old.shape.key == shape.key);
        in_order &= known == Some(0);
        let now = match known {
            Some(at) => repaint(last.remove(at), shape),
            None => build(shape),
        };
        let Some(now) = now else { continue };
        if !in_order {
            let here = parent.children().item(painted.len() as u32);
            if here.as_ref() != Some(&now.element) {
                let _ = parent.insert_before(&now.element, here.as_deref());
            }
        }
        painted.push(now);
    }
    for gone in last {
        gone.element.remove();
    }
}

fn build(mut shape: Shape) -> Option<Painted> {
    let element = document().create_element_ns(Some(SVG), shape.tag).ok()?;
    for (name, value) in &shape.attrs {
        let _ = element.set_attribute(name, value);
    }
    let mut children = Vec::new();
    let inner = std::mem::take(&mut shape.children);
    if inner.is_empty() {
        if !shape.text.is_empty() {
            element.set_text_content(Some(&shape.text));
        }
    } else {
        paint_children(&element, &mut children, inner);
    }
    Some(Painted { shape, element, children })
}

fn repaint(mut old: Painted, mut shape: Shape) -> Option<Painted> {
    for (name, value) in &shape.attrs {
        if !old.shape.attrs.iter().any(|had| had.0 == *name && had.1 == *value) {
            let _ = old.element.set_attribute(name, value);
        }
    }
    for (name, _) in &old.shape.attrs {
        if !shape.attrs.iter().any(|(has, _)| has == name) {
            let _ = old.element.remove_attribute(name);
        }
    }
    let inner = std::mem::take(&mut shape.children);
    if inner.is_empty() && old.children.is_empty() {
        if old.shape.text != shape.text {
            old.element.set_text_content(Some(&shape.text));
        }
    } else {
        if old.children.is_empty() {
            old.element.set_text_content(None);
        }
        paint_children(&old.element, &mut old.children, inner);
        if old.children.is_empty() && !shape.text.is_empty() {
            old.element.set_text_content(Some(&shape.text));
        }
    }
    old.shape = shape;
    Some(old)
}

//! What comes in and goes out: the clipboard, files, downloads.

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Event;

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

/// Reads a file; answers its name and its bytes through `done`, or no bytes where the browser
/// cannot read it, such as a folder.
pub fn read_file(file: &File, done: impl Fn(String, Option<Vec<u8>>) + Clone + 'static) {
    let name = file.name();
    let (failed, folder) = (done.clone(), name.clone());
    let read = Closure::once_into_js(move |buffer: JsValue| {
        done(name, Some(js_sys::Uint8Array::new(&buffer).to_vec()));
    });
    let broken = Closure::once_into_js(move |_: JsValue| failed(folder, None));
    settle(file.array_buffer().into(), &read, &broken);
}

/// Hands a promise its two handlers, which `Promise::then2` would take only as closures that
/// somebody keeps.
fn settle(promise: JsValue, kept: &JsValue, broken: &JsValue) {
    if let Ok(then) = js_sys::Reflect::get(&promise, &"then".into())
        && let Ok(then) = then.dyn_into::<js_sys::Function>()
    {
        let _ = then.call2(&promise, kept, broken);
    }
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
    settle(navigator.clipboard().write_text(text).into(), &copied, &refused);
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

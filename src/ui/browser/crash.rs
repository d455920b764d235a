//! The crash screen, in place of the page.

use leptos::prelude::document;
use web_sys::Element;

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

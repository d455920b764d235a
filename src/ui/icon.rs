//! Small pictures on buttons, 16 by 16, in the text's colour.

use leptos::prelude::*;

/// To the start.
pub const TO_START: &str = "M3 3h1.6v10H3zM13 3v10L5.6 8z";
/// One step back.
pub const BACK: &str = "M11.5 3v10L4 8z";
/// Play.
pub const PLAY: &str = "M4.5 2.8v10.4L13 8z";
/// Pause.
pub const PAUSE: &str = "M4 3h3v10H4zM9 3h3v10H9z";
/// One step on.
pub const FORWARD: &str = "M4.5 3v10L12 8z";
/// To the end.
pub const TO_END: &str = "M11.4 3H13v10h-1.6zM3 3l7.4 5L3 13z";
/// The theme: a disc half dark.
pub const THEME: &str =
    "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zm0 1.4v9.6a4.8 4.8 0 0 1 0-9.6z";
/// A link.
pub const SHARE: &str = "M6.6 9.4a.7.7 0 0 1 0-1l2.8-2.8a.7.7 0 1 1 1 1L7.6 9.4a.7.7 0 0 1-1 0z\
    M5.2 7.2 3.9 8.5a2.5 2.5 0 0 0 3.6 3.6l1.3-1.3 1 1-1.3 1.3a3.9 3.9 0 0 1-5.6-5.6l1.3-1.3z\
    M7.2 5.2l1.3-1.3a2.5 2.5 0 0 1 3.6 3.6l-1.3 1.3 1 1 1.3-1.3a3.9 3.9 0 0 0-5.6-5.6L6.2 4.2z";
/// A cross.
pub const CLOSE: &str = "M4 3l4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z";
/// Down, onto something.
pub const DOWNLOAD: &str = "M7.3 2h1.4v6.3l2.2-2.2 1 1L8 11 4.1 7.1l1-1 2.2 2.2zM3 12.6h10V14H3z";
/// Two sheets.
pub const COPY: &str = "M5.5 2H14v8.5h-2.5V14H3V5.5h2.5zm1.3 1.3v2.2h4.7v3.7h1.2V3.3z\
    M4.3 6.8v5.9h5.9V6.8z";
/// A prompt.
pub const TERMINAL: &str = "M2 3h12v10H2zm1.3 1.3v7.4h9.4V4.3z\
    M4.6 5.9l.9-.8L8.2 7.7 5.5 10.3l-.9-.8 1.8-1.8zM8.4 9.3h3v1.2h-3z";
/// A list that is kept.
pub const SESSION: &str = "M3.2 2h7.3L13 4.6V14H3.2zm1.3 1.3v9.4h7.2V5.2L9.9 3.3z\
    M5.8 6.4h4.6v1.2H5.8zM5.8 9h4.6v1.2H5.8z";
/// A screen on a wall, with a larger picture in it.
pub const PROJECTOR: &str = "M1.8 2.2h12.4v1.4h-.8v6.6h.8v1.4H8.7v1l2.2 1.4-.7 1.1L8 13.7l-2.2 1.4\
    -.7-1.1 2.2-1.4v-1H1.8v-1.4h.8V3.6h-.8zM4 3.6v6.6h8V3.6z";
/// A panel at the right.
pub const PANEL: &str = "M2 3h12v10H2zm1.4 1.4v7.2h5.2V4.4z";

/// A bolt: something breaks.
pub const BOLT: &str = "M9.4 1.5 3.2 9.2h3.6L6 14.5l6.6-8.2H8.7z";
/// Back, bent.
pub const UNDO: &str = "M6.2 2.6 2.4 6.4l3.8 3.8 1-1-2.1-2.1h4.1a2.6 2.6 0 0 1 0 5.2H6v1.4h3.2\
    a4 4 0 0 0 0-8H5.1l2.1-2.1z";
/// Two halves.
pub const COMPARE: &str = "M2.5 3h4.8v10H2.5zm1.3 1.3v7.4H6V4.3zM8.7 3h4.8v10H8.7zm1.3 1.3v7.4h2.2\
    V4.3z";
/// A pencil.
pub const PENCIL: &str = "M11.2 2.2 13.8 4.8 5.4 13.2 2.2 13.8 2.8 10.6zM11.2 4 4 11.2l-.2 1 1-.2\
    L12 4.8z";
/// A bin.
pub const BIN: &str = "M6.2 2h3.6v1.2H13v1.4H3V3.2h3.2zM4 5.8h8l-.6 8.2H4.6zm1.5 1.3.4 5.6h4.2\
    l.4-5.6z";

/// One of them.
pub fn icon(d: &'static str) -> AnyView {
    view! {
        <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" fill-rule="evenodd"
            aria-hidden="true">
            <path d=d></path>
        </svg>
    }
    .into_any()
}

/// A button: its name for tests and for those who listen, its class, its content, its command.
pub fn button(
    test: &'static str,
    class: &'static str,
    name: impl Fn() -> &'static str + Send + Sync + Copy + 'static,
    content: AnyView,
    press: impl Fn() + 'static,
) -> AnyView {
    let press: Box<dyn Fn()> = Box::new(press);
    let name = Signal::derive(name);
    view! {
        <button type="button" class=class data-testid=test title=name
            on:click=move |_| press()>
            {content}
        </button>
    }
    .into_any()
}

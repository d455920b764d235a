//! The page. Commands go in through [`dispatch`], signals come out of [`page`]; everything that can
//! be
//! derived is derived. What is drawn (stage, timeline) is first a tree of plain [`shape`]s, then
//! painted.
//!
//! Invariant: only `browser` names `web_sys`. Invariant: no sentence stands here; words are in
//! `text::ui`.

mod acts;
mod app;
mod browser;
mod canvas;
mod code;
mod command;
mod compare;
mod console;
mod crash;
mod dispatch;
mod explain;
mod export;
mod growth;
mod header;
mod help;
mod icon;
mod keys;
mod page;
mod panel;
mod pick;
mod place;
mod saving;
mod session;
mod shape;
mod stage;
mod timeline;
mod tint;

/// Starts the page: from here on the browser calls us.
pub fn start() {
    browser::first_half();
    crash::install();
    leptos::mount::mount_to_body(app::app);
    browser::remove("waiting");
}

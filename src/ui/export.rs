//! The download: options, a preview, the files.

use leptos::prelude::*;

use super::help::dialog;
use super::page::Page;

/// The dialog.
pub fn export() -> AnyView {
    let page = Page::here();
    let words = page.words();
    dialog("export", words.download_title, "dialog", ().into_any())
}

//! The list of keys.

use leptos::prelude::*;

use super::command::UiCommand;
use super::icon::{self, button, icon};
use super::page::Page;

/// The list of keys, over the page.
pub fn help() -> AnyView {
    let page = Page::here();
    let words = page.words();
    let rows: [(&[&str], &str); 17] = [
        (&["←", "→"], words.key_step),
        (&["⇧ ←", "⇧ →"], words.key_chapter),
        (&["Home", "End"], words.key_ends),
        (&["Space"], words.key_play),
        (&["o"], words.key_over),
        (&["u"], words.key_out),
        (&["w"], words.key_why),
        (&["c"], words.key_terminal),
        (&["↑", "↓", "Tab", "⌃ C"], words.key_typing),
        (&["s"], words.key_session),
        (&["d"], words.key_download),
        (&["f"], words.key_faults),
        (&["Ctrl Z"], words.key_undo),
        (&["t"], words.key_theme),
        (&["p"], words.key_projector),
        (&["l"], words.key_language),
        (&["?"], words.key_help),
    ];
    let rows: Vec<AnyView> = rows
        .into_iter()
        .chain([(&["Esc"] as &[&str], words.key_close)])
        .map(|(keys, meaning)| {
            let keys: Vec<_> = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect();
            view! { <dt>{keys}</dt><dd>{meaning}</dd> }.into_any()
        })
        .collect();
    let content = view! { <dl class="keys-list">{rows}</dl> }.into_any();
    dialog("keys-help", words.keys_title, "dialog narrow", content)
}

/// A box over the page: its name for tests, its title, its content. Escape and a click beside it
/// close it.
pub fn dialog(
    test: &'static str,
    title: &'static str,
    class: &'static str,
    content: AnyView,
) -> AnyView {
    let page = Page::here();
    let close = move || page.dispatch(UiCommand::Show(None));
    Effect::new(|| super::browser::focus(".dialog"));
    view! {
        <div class="veil" on:click=move |_| close()></div>
        <div class=class role="dialog" aria-modal="true" aria-label=title data-testid=test
            tabindex="-1">
            <div class="dialog-head">
                <h2>{title}</h2>
                {button(
                    "dialog-close",
                    "button quiet",
                    move || page.words().close,
                    icon(icon::CLOSE),
                    close,
                )}
            </div>
            {content}
        </div>
    }
    .into_any()
}

//! The page's regions.

use leptos::prelude::*;
use ordinal::text::ui::words;

use super::command::UiCommand;
use super::icon::{self, button};
use super::page::{Dialog, Page};
use super::pick::Pick;
use super::{
    browser, code, compare, explain, export, header, help, keys, panel, saving, stage, timeline,
};

/// The whole page.
pub fn app() -> AnyView {
    let page = Page::open();
    provide_context(page);
    Effect::new(move || {
        let lang = page.lang.get();
        browser::set_root("lang", lang.tag());
        browser::set_title(words(lang).title);
    });
    Effect::new(move || browser::set_root("data-theme", page.theme.get().name()));
    Effect::new(move || {
        browser::set_root("data-projector", if page.projector.get() { "on" } else { "off" });
    });
    keys::listen(page);
    window_event_listener(leptos::ev::pagehide, move |_| page.keep_now());
    // The page itself changes the address without this event: somebody has entered another link.
    window_event_listener(leptos::ev::hashchange, move |_| page.dispatch(UiCommand::FollowLink));
    window_event_listener(leptos::ev::resize, move |_| page.dispatch(UiCommand::Resized));
    let drawer = move || if page.drawer.get() { "open" } else { "closed" };
    view! {
        <div
            class="page"
            data-drawer=drawer
            on:click=move |event| {
                if let Some(pick) = browser::picked(&event).and_then(|text| Pick::parse(&text)) {
                    page.dispatch(UiCommand::Pick(pick));
                }
            }
        >
            {header::header()}
            <main>
                <section class="left">{left(page)}{explain::explain()}</section>
                <aside class="right" aria-label=move || page.words().details>{right(page)}</aside>
            </main>
            <footer class="foot">{timeline::transport()}{timeline::timeline()}</footer>
            {over(page)}
        </div>
    }
    .into_any()
}

/// The stage, or what is wrong with the manifests.
fn left(page: Page) -> AnyView {
    (move || {
        let trouble = page.trouble.get();
        if trouble.is_empty() {
            return stage::stage();
        }
        let words = page.words();
        let lang = page.lang.get() as usize;
        let rows: Vec<AnyView> = trouble
            .iter()
            .map(|trouble| {
                let (at, text) = (trouble.at.clone(), trouble.text[lang].clone());
                view! { <li><code>{at}</code><span>{text}</span></li> }.into_any()
            })
            .collect();
        view! {
            <div class="trouble" role="alert" data-testid="trouble">
                <h2>{(words.trouble_title)(trouble.len())}</h2>
                <p>{words.trouble_text}</p>
                <ul>{rows}</ul>
            </div>
        }
        .into_any()
    })
    .into_any()
}

fn right(page: Page) -> AnyView {
    let close = button(
        "drawer-close",
        "button quiet drawer-close",
        move || page.words().close,
        icon::icon(icon::CLOSE),
        move || page.dispatch(UiCommand::Drawer(false)),
    );
    view! { {panel::tabs(close)}{panel::panel(code::code)} }.into_any()
}

/// What lies over the page.
fn over(page: Page) -> AnyView {
    (move || match page.dialog.get() {
        Some(Dialog::Keys) => help::help(),
        Some(Dialog::Download) => export::export(),
        Some(Dialog::Compare(one, other)) => compare::compare(one, other),
        Some(Dialog::Session) => saving::saving(),
        None => ().into_any(),
    })
    .into_any()
}

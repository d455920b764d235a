//! The bar at the top.

use leptos::prelude::*;
use ordinal::text::Lang;

use super::command::UiCommand;
use super::console::ConsoleCommand;
use super::icon::{self, button, icon};
use super::page::{Dialog, Page};
use super::place::Theme;

/// The bar: name, lesson, language, theme, share, download.
pub fn header() -> AnyView {
    let page = Page::here();
    let lesson = move || (page.words().lesson_name)(page.options.get().replicas);
    let half = move |lang: Lang, name: &'static str| {
        view! { <span class:on=move || page.lang.get() == lang>{name}</span> }.into_any()
    };
    let lang = view! { {half(Lang::En, "EN")}" · "{half(Lang::Zh, "中文")} }.into_any();
    let share_words = move || page.notice.get().unwrap_or(page.words().share);
    view! {
        <header class="bar">
            <a class="skip" href="#stage">{move || page.words().skip_to_stage}</a>
            <h1 class="logo"><i aria-hidden="true">"0"</i>"Ordinal"</h1>
            <p class="lesson">{move || page.words().lesson}" "<b>{lesson}</b></p>
            <span class="spring"></span>
            {button(
                "lang",
                "button quiet lang",
                move || page.words().other_language,
                lang,
                move || page.dispatch(UiCommand::ToggleLang),
            )}
            {button(
                "theme",
                "button quiet",
                move || match page.theme.get() {
                    Theme::Light => page.words().to_dark,
                    Theme::Dark => page.words().to_light,
                },
                icon(icon::THEME),
                move || page.dispatch(UiCommand::ToggleTheme),
            )}
            {button(
                "projector",
                "button quiet wide",
                move || match page.projector.get() {
                    true => page.words().from_projector,
                    false => page.words().to_projector,
                },
                icon(icon::PROJECTOR),
                move || page.dispatch(UiCommand::ToggleProjector),
            )}
            {button(
                "keys",
                "button quiet wide",
                move || page.words().keys,
                view! { <kbd aria-hidden="true">"?"</kbd> }.into_any(),
                move || page.dispatch(UiCommand::Show(Some(Dialog::Keys))),
            )}
            {button(
                "share",
                "button quiet",
                move || page.words().share_tip,
                view! {
                    {icon(icon::SHARE)}<span class="wide" role="status">{share_words}</span>
                }.into_any(),
                move || page.dispatch(UiCommand::Share),
            )}
            {to_keep(page)}
        </header>
    }
    .into_any()
}

/// The session, what is on the right on narrow screens, the download.
fn to_keep(page: Page) -> AnyView {
    let session = move || page.words().session_short;
    let download = view! {
        {icon(icon::DOWNLOAD)}
        <span class="wide">{move || page.words().download}</span>
    };
    view! {
        {button(
            "session",
            "button quiet",
            move || page.words().session_title,
            view! { {icon(icon::SESSION)}<span class="wide">{session}</span> }.into_any(),
            move || page.dispatch(UiCommand::Show(Some(Dialog::Session))),
        )}
        {button(
            "terminal",
            "button drawer-handle",
            move || page.words().tab_terminal,
            icon(icon::TERMINAL),
            move || page.dispatch(ConsoleCommand::Focus),
        )}
        {button(
            "drawer",
            "button drawer-handle",
            move || page.words().details,
            icon(icon::PANEL),
            move || page.dispatch(UiCommand::Drawer(!page.drawer.get_untracked())),
        )}
        {button(
            "download",
            "button main",
            move || page.words().download,
            download.into_any(),
            move || page.dispatch(UiCommand::Show(Some(Dialog::Download))),
        )}
    }
    .into_any()
}

//! Which key asks for what.

use leptos::prelude::*;
use ordinal::player::PlayerCommand;

use super::browser;
use super::dispatch::{Command, UiCommand};
use super::page::{Dialog, Page};
use super::pick::Pick;

/// From now on keys drive the page.
pub fn listen(page: Page) {
    window_event_listener(leptos::ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            return page.dispatch(UiCommand::Escape);
        }
        if browser::is_typing(&event) || page.dialog.get_untracked() == Some(Dialog::Download) {
            return;
        }
        if browser::is_on_control(&event) && (key == "Enter" || key == " ") {
            // Buttons press themselves; drawn things need us.
            if let Some(pick) = browser::picked(&event).and_then(|text| Pick::parse(&text)) {
                event.prevent_default();
                page.dispatch(UiCommand::Pick(pick));
            }
            return;
        }
        if let Some(command) = command(page, &key, event.shift_key()) {
            event.prevent_default();
            page.dispatch(command);
        }
    });
}

fn command(page: Page, key: &str, shift: bool) -> Option<Command> {
    let command = match key {
        "ArrowRight" if shift => PlayerCommand::NextChapter.into(),
        "ArrowLeft" if shift => PlayerCommand::PreviousChapter.into(),
        "ArrowRight" => PlayerCommand::StepForward.into(),
        "ArrowLeft" => PlayerCommand::StepBack.into(),
        "Home" => PlayerCommand::ToStart.into(),
        "End" => PlayerCommand::ToEnd.into(),
        " " => PlayerCommand::TogglePlay.into(),
        "o" => PlayerCommand::StepOver.into(),
        "u" => PlayerCommand::StepOut.into(),
        "w" => UiCommand::Why(!page.why.get_untracked()).into(),
        "d" => UiCommand::Show(Some(Dialog::Download)).into(),
        "t" => UiCommand::ToggleTheme.into(),
        "l" => UiCommand::ToggleLang.into(),
        "?" => {
            let open = page.dialog.get_untracked() == Some(Dialog::Keys);
            UiCommand::Show((!open).then_some(Dialog::Keys)).into()
        }
        _ => return None,
    };
    Some(command)
}

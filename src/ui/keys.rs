//! Which key asks for what.

use leptos::prelude::*;
use ordinal::player::PlayerCommand;

use super::acts::Act;
use super::browser;
use super::command::{Command, UiCommand};
use super::console::ConsoleCommand;
use super::page::{Dialog, Page};
use super::pick::Pick;

/// From now on keys drive the page.
pub fn listen(page: Page) {
    window_event_listener(leptos::ev::keydown, move |event| {
        let key = event.key();
        let dialog = page.dialog.get_untracked();
        let holds_keys =
            matches!(dialog, Some(Dialog::Download | Dialog::Session | Dialog::Compare(..)));
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            let is_undo = key == "z" && !event.alt_key() && !event.shift_key();
            if is_undo && !holds_keys && !browser::is_typing(&event) {
                event.prevent_default();
                page.dispatch(Act::Undo);
            }
            return;
        }
        if key == "Escape" {
            return page.dispatch(UiCommand::Escape);
        }
        if browser::is_typing(&event) || holds_keys {
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
        "p" => UiCommand::ToggleProjector.into(),
        "c" if page.projector.get_untracked() => return None,
        "c" => ConsoleCommand::Focus.into(),
        "s" => UiCommand::Show(Some(Dialog::Session)).into(),
        "d" => UiCommand::Show(Some(Dialog::Download)).into(),
        "f" => UiCommand::Break(None).into(),
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

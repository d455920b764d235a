//! The buttons that move the cursor, and where it stands.

use leptos::prelude::*;
use ordinal::base::{Millis, SimTime};
use ordinal::player::{PlayState, PlayerCommand, Progress, Speed};
use ordinal::text::ui::thousands;

use crate::ui::acts::Act;
use crate::ui::icon::{self, button, icon};
use crate::ui::page::Page;

/// The buttons, the step's number and time, the speed, the run's fingerprint.
pub fn transport() -> AnyView {
    let page = Page::here();
    let plays = Memo::new(move |_| page.moment.get().play_state == PlayState::Playing);
    let play_icon = move || icon(if plays.get() { icon::PAUSE } else { icon::PLAY });
    let press = move |command| move || page.dispatch(command);
    let number = move || thousands(page.moment.get().cursor.index);
    let time = move || {
        let at = page.moment.get().step.as_ref().map_or(SimTime::START, |step| step.at);
        (page.words().after_apply)(Millis(at.0))
    };
    let state = move || {
        let run = page.run.get();
        let words = page.words();
        match run.progress {
            Progress::Growing => (words.computing)(run.len),
            Progress::Bounded | Progress::Repeating | Progress::Settled => {
                format!("{} {}", words.fingerprint, run.fingerprint)
            }
        }
    };
    let grows = move || page.run.get().progress == Progress::Growing;
    view! {
        <div class="transport">
            <div class="moves" role="group">
                {button(
                    "to-start", "move", move || page.words().to_start, icon(icon::TO_START),
                    press(PlayerCommand::ToStart),
                )}
                {button(
                    "step-back", "move", move || page.words().step_back, icon(icon::BACK),
                    press(PlayerCommand::StepBack),
                )}
                {button(
                    "play", "move main",
                    move || if plays.get() { page.words().pause } else { page.words().play },
                    play_icon.into_any(), press(PlayerCommand::TogglePlay),
                )}
                {button(
                    "step-forward", "move", move || page.words().step_forward, icon(icon::FORWARD),
                    press(PlayerCommand::StepForward),
                )}
                {button(
                    "to-end", "move", move || page.words().to_end, icon(icon::TO_END),
                    press(PlayerCommand::ToEnd),
                )}
            </div>
            <p class="where">
                <span><b class="mono" data-testid="step-number">{number}</b>" "
                    {move || (page.words().of_steps)(page.run.get().len)}</span>
                {speed(page)}
            </p>
            <p class="when" data-testid="time">{time}</p>
            <p class="run-state mono" class:grows=grows data-testid="fingerprint"
                title=move || page.words().fingerprint_tip>{state}</p>
            {move || {
                let why = match page.run.get().progress {
                    Progress::Bounded => page.words().bounded,
                    Progress::Repeating => page.words().repeating,
                    Progress::Growing | Progress::Settled => return None,
                };
                Some(view! { <p class="run-state">{why}</p> })
            }}
            {undo(page)}
        </div>
    }
    .into_any()
}

/// Back to before what was done last, where something was.
fn undo(page: Page) -> AnyView {
    let can = Memo::new(move |_| {
        page.acts.track();
        page.moment.track();
        page.player.with_value(|player| player.undone().is_some())
    });
    (move || {
        can.get().then(|| {
            button(
                "undo",
                "button undo",
                move || page.words().undo_tip,
                view! { {icon(icon::UNDO)}{move || page.words().undo} }.into_any(),
                move || page.dispatch(Act::Undo),
            )
        })
    })
    .into_any()
}

fn speed(page: Page) -> AnyView {
    let current = Memo::new(move |_| page.moment.get().speed);
    let options = move || {
        let words = page.words();
        let current = current.get();
        Speed::ALL
            .into_iter()
            .map(|speed| {
                view! {
                    <option value=speed_value(speed) selected=speed == current>
                        {(words.speed_name)(speed)}
                    </option>
                }
                .into_any()
            })
            .collect::<Vec<AnyView>>()
    };
    view! {
        <select class="speed" data-testid="speed" aria-label=move || page.words().speed
            on:change=move |event| {
                let wanted = event_target_value(&event);
                let speed = Speed::ALL.into_iter().find(|speed| speed_value(*speed) == wanted);
                if let Some(speed) = speed {
                    page.dispatch(PlayerCommand::SetSpeed(speed));
                }
            }>
            {options}
        </select>
    }
    .into_any()
}

fn speed_value(speed: Speed) -> &'static str {
    match speed {
        Speed::Read => "read",
        Speed::Walk => "walk",
        Speed::Run => "run",
        Speed::Fly => "fly",
    }
}

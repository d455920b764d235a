//! Parts that several tabs use.

use leptos::prelude::*;
use ordinal::base::PodName;
use ordinal::view::scene::Scene;

use super::faults::victim_of;
use crate::ui::command::UiCommand;
use crate::ui::icon::{self, icon};
use crate::ui::page::{Focus, Page, Tab};
use crate::ui::tint;

/// A row of buttons, one for each pod of the set, then the others; the focus's pod is pressed.
pub fn pods(page: Page, focus: Memo<Focus>) -> AnyView {
    let all = Memo::new(move |_| {
        page.moment.with(|moment| {
            let tinted = |name| (tint::of_pod(&moment.scene, &name).class(), name);
            names(&moment.scene).into_iter().map(tinted).collect::<Vec<_>>()
        })
    });
    let chosen = Memo::new(move |_| focus.get().pod);
    (move || {
        let chosen = chosen.get();
        let buttons: Vec<AnyView> = all
            .get()
            .into_iter()
            .map(|(tint, name)| {
                let is_chosen = chosen.as_ref() == Some(&name);
                let focus = Focus { pod: Some(name.clone()), ..Focus::default() };
                choice(page, name.to_string(), tint, is_chosen, focus)
            })
            .collect();
        view! { <div class="choices">{buttons}{follow(page)}</div> }.into_any()
    })
    .into_any()
}

/// One of several: a button that shows something on the right.
pub fn choice(
    page: Page,
    name: String,
    tint: &'static str,
    is_chosen: bool,
    focus: Focus,
) -> AnyView {
    view! {
        <button type="button" class=format!("choice {tint}") aria-pressed=is_chosen.to_string()
            on:click=move |_| page.dispatch(UiCommand::Focus(focus.clone()))>
            {name}
        </button>
    }
    .into_any()
}

/// Whether the right side follows the step, and the way back to that.
pub fn follow(page: Page) -> AnyView {
    (move || {
        let words = page.words();
        match page.pinned.get() {
            None => view! { <span class="follows">{words.following}</span> }.into_any(),
            Some(focus) => view! {
                {break_it(page, &focus)}
                <button type="button" class="follow" data-testid="follow"
                    on:click=move |_| page.dispatch(UiCommand::Follow)>
                    {words.follow}
                </button>
            }
            .into_any(),
        }
    })
    .into_any()
}

/// The way to the faults that would hit what was picked.
fn break_it(page: Page, focus: &Focus) -> Option<AnyView> {
    if page.tab.get() == Tab::Manifest {
        return None;
    }
    let victim = victim_of(focus)?;
    let words = page.words();
    Some(
        view! {
            <button type="button" class="follow break-it" data-testid="break-it"
                on:click=move |_| page.dispatch(UiCommand::Break(Some(victim.clone())))>
                {icon(icon::BOLT)}{words.break_it}
            </button>
        }
        .into_any(),
    )
}

/// The pods that exist, in the order of their sets, then the others.
pub fn names(scene: &Scene) -> Vec<PodName> {
    let slots = scene.sets.iter().flat_map(|set| &set.slots).map(|slot| slot.pod.clone());
    let mut names: Vec<PodName> = slots.filter(|pod| scene.pods.contains_key(pod)).collect();
    let others = scene.pods.keys().filter(|name| !names.contains(name)).cloned();
    let others: Vec<PodName> = others.collect();
    names.extend(others);
    names
}

/// A hint where there is nothing to show.
pub fn nothing(words: &'static str) -> AnyView {
    view! { <p class="nothing">{words}</p> }.into_any()
}

/// A name and what it is, as a row of a list of terms.
pub fn term(name: &'static str, value: impl Into<String>) -> AnyView {
    let value: String = value.into();
    view! { <div class="term"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

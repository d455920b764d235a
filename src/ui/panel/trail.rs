//! Steps that belong together, as a list of links.

use leptos::prelude::*;
use ordinal::text::ui::thousands;

use crate::ui::explain::{phrase, sentence_of};
use crate::ui::page::Page;
use crate::ui::pick::Pick;

/// The steps of these numbers, each with what it says.
pub fn trail(page: Page, steps: &[u32]) -> AnyView {
    let (lang, here) = (page.lang.get(), page.moment.with(|moment| moment.cursor.index));
    let scene = page.moment.with(|moment| moment.scene.clone());
    let rows: Vec<AnyView> = steps
        .iter()
        .filter_map(|number| {
            Some((*number, page.player.with_value(|player| player.step_at(*number).cloned())?))
        })
        .map(|(number, step)| {
            let pick = Pick::Step(number).to_string();
            let said = sentence_of(lang, &step).into_iter().map(|said| {
                view! { <span>{phrase(&scene, &said)}" "</span> }
            });
            let said: Vec<_> = said.collect();
            view! {
                <li aria-current=(number == here).then_some("step")>
                    <button type="button" class="trail-step mono" data-pick=pick>
                        {thousands(number)}
                    </button>
                    <p>{said}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol class="trail" data-testid="trail">{rows}</ol> }.into_any()
}

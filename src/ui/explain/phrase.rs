//! A sentence as elements: names tinted and clickable, a machine's words in mono.

use leptos::prelude::*;
use ordinal::text::ui::words;
use ordinal::text::{Lang, Part, Phrase, fact};
use ordinal::trace::Step;
use ordinal::view::scene::Scene;

use crate::ui::pick::Pick;
use crate::ui::tint;

/// What a step's facts say; if they say nothing, who acted.
pub fn sentence_of(lang: Lang, step: &Step) -> Vec<Phrase> {
    let said = telling(lang, step);
    if said.is_empty() {
        let words = words(lang);
        return vec![Phrase::new().text((words.no_fact)(&(words.actor)(&step.actor)))];
    }
    said
}

/// What a step's facts say; empty where no fact has anything to say.
pub fn telling(lang: Lang, step: &Step) -> Vec<Phrase> {
    let said = step.facts.iter().map(|said| fact(lang, said));
    said.filter(|phrase| !phrase.0.is_empty()).collect()
}

/// A sentence as elements.
pub fn phrase(scene: &Scene, phrase: &Phrase) -> Vec<AnyView> {
    phrase
        .0
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone().into_any(),
            Part::Code(code) => view! { <code>{code.clone()}</code> }.into_any(),
            Part::Entity(entity) => {
                let class = format!("name {}", tint::of_entity(scene, entity).class());
                let label = entity.label().to_owned();
                let pick = Pick::Thing(entity.clone()).to_string();
                view! { <button type="button" class=class data-pick=pick>{label}</button> }
                    .into_any()
            }
        })
        .collect()
}

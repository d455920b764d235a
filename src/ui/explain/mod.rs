//! Words for the step: its sentence, and the chain of causes.

mod phrase;
mod why;

use leptos::prelude::*;

pub use self::phrase::{phrase, sentence_of};
use super::command::UiCommand;
use super::page::Page;

/// So many facts are said at once; the others on request.
const FACTS_SHOWN: usize = 2;

/// The region under the stage.
pub fn explain() -> AnyView {
    let page = Page::here();
    let all = RwSignal::new(false);
    let sentence = move || {
        let moment = page.moment.get();
        let words = page.words();
        let Some(step) = &moment.step else {
            return view! { <p class="sentence">{words.start_sentence}</p> }.into_any();
        };
        let lang = page.lang.get();
        let facts = sentence_of(lang, step);
        let hidden = facts.len().saturating_sub(FACTS_SHOWN);
        let shown = if all.get() { facts.len() } else { FACTS_SHOWN };
        let said: Vec<AnyView> = facts
            .iter()
            .take(shown)
            .map(|fact| view! { <span>{phrase(&moment.scene, fact)}" "</span> }.into_any())
            .collect();
        let more = (hidden > 0).then(|| {
            let text =
                if all.get() { words.fewer_facts.to_owned() } else { (words.more_facts)(hidden) };
            view! {
                <button type="button" class="more-facts"
                    on:click=move |_| all.update(|all| *all = !*all)>
                    {text}
                </button>
            }
        });
        view! {
            <p class="actor">{(words.actor)(&step.actor)}</p>
            <p class="sentence">{said}{more}</p>
        }
        .into_any()
    };
    let toggle = move |_| page.dispatch(UiCommand::Why(!page.why.get_untracked()));
    view! {
        <section class="explain">
            <div class="said" data-testid="sentence" aria-live="polite"
                aria-atomic="true">{sentence}</div>
            <button type="button" class="button why-button" data-testid="why"
                disabled=move || page.moment.with(|moment| moment.step.is_none())
                aria-expanded=move || page.why.get().to_string() on:click=toggle>
                {move || page.words().why}
            </button>
            {why::line()}
            {why::chain()}
        </section>
    }
    .into_any()
}

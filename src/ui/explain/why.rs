//! Why a step happened: its causes, walked back through the run.

use leptos::prelude::*;
use ordinal::player::Player;
use ordinal::text::ui::thousands;
use ordinal::text::{Lang, Phrase};
use ordinal::trace::{Actor, Step, Via};

use super::phrase::telling;
use crate::ui::command::UiCommand;
use crate::ui::icon::{self, button, icon};
use crate::ui::page::Page;
use crate::ui::pick::Pick;

/// Links of the chain in the line under the sentence.
const LINE_LINKS: usize = 3;

/// Links of the chain when it is opened.
const CHAIN_LINKS: usize = 40;

/// Causes looked at before giving up on finding a telling one.
const LOOKED_AT_MAX: u32 = 5_000;

/// One link: an earlier step, and how it led on.
struct Link {
    number: u32,
    via: Via,
    says: String,
}

/// The telling causes of a step, nearest first. A cause that merely is the same one's previous act,
/// or that says nothing, is passed over: what led there is what matters.
fn causes(player: &Player, lang: Lang, step: &Step, most: usize) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut at = step;
    let mut via: Option<Via> = None;
    for _ in 0..LOOKED_AT_MAX {
        if links.len() >= most {
            break;
        }
        // The strongest reason: what came from elsewhere, before what simply went on; the newest.
        let Some(cause) = at.causes.iter().max_by_key(|cause| (cause.via != Via::Next, cause.step))
        else {
            break;
        };
        let number = cause.step.index;
        let Some(earlier) = player.step_at(number).filter(|earlier| earlier.id.index < at.id.index)
        else {
            break;
        };
        let passed = match via {
            Some(via) if cause.via == Via::Next => via,
            _ => cause.via,
        };
        // A process's previous command is no reason; a controller's previous decision is one.
        let goes_on = cause.via == Via::Next && matches!(earlier.actor, Actor::Process { .. });
        let said = telling(lang, earlier).into_iter().next();
        let repeats = |said: &Phrase| links.last().is_some_and(|link| is_alike(&link.says, said));
        if let Some(said) = said.filter(|said| !goes_on && !repeats(said)) {
            links.push(Link { number, via: passed, says: said.plain() });
            via = None;
        } else {
            via = Some(passed);
        }
        at = earlier;
    }
    links
}

/// Whether two sentences differ only in numbers: the next piece of the same stream.
fn is_alike(a: &str, b: &Phrase) -> bool {
    let shape = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    shape(a) == shape(&b.plain())
}

/// The line under the sentence: because … ‹ … ‹ …
pub fn line() -> AnyView {
    let page = Page::here();
    (move || {
        let moment = page.moment.get();
        let words = page.words();
        let Some(step) = &moment.step else { return ().into_any() };
        let lang = page.lang.get();
        let links = page.player.with_value(|player| causes(player, lang, step, LINE_LINKS));
        if links.is_empty() {
            let text = match step.actor {
                Actor::Learner | Actor::Fault => words.your_doing,
                _ => words.no_cause,
            };
            return view! { <p class="because">{text}</p> }.into_any();
        }
        let links: Vec<AnyView> = links
            .into_iter()
            .enumerate()
            .map(|(index, link)| {
                let pick = Pick::Step(link.number).to_string();
                let says = short(&link.says);
                view! {
                    {(index > 0).then_some(view! { <i aria-hidden="true">"‹"</i> })}
                    <button type="button" class="cause" data-pick=pick title=link.says>{says}
                    </button>
                }
                .into_any()
            })
            .collect();
        view! { <p class="because"><span>{words.because}</span>{links}</p> }.into_any()
    })
    .into_any()
}

/// A sentence without its full stop, cut to a link's length.
fn short(says: &str) -> String {
    let says = says.trim_end_matches(['.', '。']);
    let wide = |c: char| if c as u32 >= 0x1100 { 2 } else { 1 };
    let mut length = 0;
    for (at, c) in says.char_indices() {
        length += wide(c);
        if length > 64 {
            return format!("{}…", says[..at].trim_end());
        }
    }
    says.to_owned()
}

/// The whole chain, over the stage's lower part.
pub fn chain() -> AnyView {
    let page = Page::here();
    (move || {
        if !page.why.get() {
            return ().into_any();
        }
        let moment = page.moment.get();
        let words = page.words();
        let lang = page.lang.get();
        let causes = |step| page.player.with_value(|it| causes(it, lang, step, CHAIN_LINKS));
        let links = moment.step.as_deref().map(causes).unwrap_or_default();
        let nothing = links.is_empty().then(|| view! { <p>{words.no_cause}</p> });
        let rows: Vec<AnyView> = links
            .into_iter()
            .map(|link| {
                let pick = Pick::Step(link.number).to_string();
                view! {
                    <li>
                        <button type="button" data-pick=pick>
                            <span class="number mono">{thousands(link.number)}</span>
                            <span class="says">{link.says}</span>
                            <span class="via">{(words.via)(link.via)}</span>
                        </button>
                    </li>
                }
                .into_any()
            })
            .collect();
        view! {
            <div class="chain" role="region" aria-label=words.why_title data-testid="why-chain">
                <div class="dialog-head">
                    <h2>{words.why_title}</h2>
                    {button(
                        "why-close",
                        "button quiet",
                        move || page.words().close,
                        icon(icon::CLOSE),
                        move || page.dispatch(UiCommand::Why(false)),
                    )}
                </div>
                {nothing}
                <ol>{rows}</ol>
            </div>
        }
        .into_any()
    })
    .into_any()
}

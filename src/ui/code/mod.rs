//! The manifests: highlighted, this step's lines lit, what variables hold behind the line.

pub mod edit;
pub mod highlight;

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use ordinal::text::ui::Words;
use ordinal::trace::SiteRole;

use self::highlight::{Token, highlight};
use super::browser;
use super::command::UiCommand;
use super::page::{Moment, Page};
use super::panel;

/// Which file is open before a step lights one up.
const FIRST_FILE: &str = "statefulset.yaml";

/// The lines a step lights up, by file and line (from 0).
type LitLines = BTreeMap<(u32, u32), SiteRole>;

/// What variables hold, by file and line (from 0).
type Values = BTreeMap<(u32, u32), String>;

/// The Manifest tab: files, lines, and the log that follows.
pub fn code() -> AnyView {
    let page = Page::here();
    let lit = Memo::new(move |_| lit_lines(&page.files.get(), &page.moment.get()));
    let values = Memo::new(move |_| values(page, &page.moment.get()));
    let open = Memo::new(move |last: Option<&u32>| {
        let lit_file = lit.with(|lit| lit.keys().next().map(|(file, _)| *file));
        let chosen = page.file.get().map(|(file, _)| file).or(lit_file).or(last.copied());
        page.files.with(|files| {
            let first = || files.iter().position(|(name, _)| name == FIRST_FILE);
            let chosen = chosen.filter(|file| (*file as usize) < files.len());
            chosen.unwrap_or_else(|| first().unwrap_or_default() as u32)
        })
    });
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        open.track();
        lit.track();
        let Some(host) = host.get() else { return };
        let wanted = match page.file.get() {
            Some((_, Some(line))) => format!(".line:nth-child({})", line + 1),
            _ => ".line[data-role]".to_owned(),
        };
        let wanted = format!(".lines:not([hidden]) > {wanted}");
        request_animation_frame(move || browser::reveal(&host, &wanted));
    });
    let files = move || {
        let files = page.files.get();
        let file = |(file, (_, text)): (u32, &(String, String))| {
            lines(page, text, file, Shown { open, lit, values })
        };
        (0..).zip(files.iter()).map(file).collect::<Vec<AnyView>>()
    };
    view! {
        <div class="code-tab">
            {file_tabs(page, open, lit)}
            {move || match page.edits.get() {
                true => edit::edit(open),
                false => view! {
                    <div class="code" data-testid="code" node_ref=host tabindex="0" role="region"
                        aria-label=move || page.words().tab_manifest>
                        {files}
                    </div>
                    {panel::following_log()}
                }
                .into_any(),
            }}
        </div>
    }
    .into_any()
}

/// What of the files a step shows.
#[derive(Clone, Copy)]
struct Shown {
    open: Memo<u32>,
    lit: Memo<LitLines>,
    values: Memo<Values>,
}

/// What a step adds to a line: its role, in words too, and what variables hold.
#[derive(Clone, PartialEq, Eq, Default)]
struct Mark {
    role: Option<(&'static str, &'static str)>,
    value: Option<String>,
}

/// One file's lines. They stay as they are while steps go by; only marks are put on and taken off.
fn lines(page: Page, text: &str, file: u32, shown: Shown) -> AnyView {
    let Shown { open, lit, values } = shown;
    let list = NodeRef::<leptos::html::Div>::new();
    let marks = Memo::new(move |_| {
        let words = page.words();
        let mut marks = BTreeMap::<u32, Mark>::new();
        lit.with(|lit| {
            for ((_, line), role) in lit.range((file, 0)..(file + 1, 0)) {
                let role = (role_name(*role), role_words(words, *role));
                marks.entry(*line).or_default().role = Some(role);
            }
        });
        values.with(|values| {
            for ((_, line), value) in values.range((file, 0)..(file + 1, 0)) {
                marks.entry(*line).or_default().value = Some(value.clone());
            }
        });
        marks
    });
    Effect::new(move |last: Option<BTreeMap<u32, Mark>>| {
        let Some(list) = list.get() else { return BTreeMap::new() };
        let (last, now) = (last.unwrap_or_default(), marks.get());
        let none = Mark::default();
        for line in last.keys().chain(now.keys().filter(|line| !last.contains_key(line))) {
            let (old, new) = (last.get(line).unwrap_or(&none), now.get(line).unwrap_or(&none));
            if old.role != new.role {
                browser::set_child(&list, *line, "data-role", new.role.map(|role| role.0));
                browser::set_child(&list, *line, "title", new.role.map(|role| role.1));
            }
            if old.value != new.value {
                browser::set_tail(&list, *line, "em", new.value.as_deref());
            }
        }
        now
    });
    let rows: Vec<AnyView> = (1..).zip(highlight(text)).map(|(n, it)| line(n, it, None)).collect();
    view! { <div class="lines" node_ref=list hidden=move || open.get() != file>{rows}</div> }
        .into_any()
}

/// A line of code under its number.
pub fn line(number: usize, tokens: Vec<(Token, String)>, role: Option<&'static str>) -> AnyView {
    let content: Vec<AnyView> = tokens
        .into_iter()
        .map(|(token, text)| match token.class() {
            "" => text.into_any(),
            class => view! { <span class=class>{text}</span> }.into_any(),
        })
        .collect();
    view! { <div class="line" data-role=role><i>{number}</i><span>{content}</span></div> }
        .into_any()
}

fn file_tabs(page: Page, open: Memo<u32>, lit: Memo<LitLines>) -> AnyView {
    let tabs = move || {
        let files = page.files.get();
        let tab = |(index, (name, _)): (usize, &(String, String))| {
            let index = index as u32;
            let is_lit = move || lit.with(|lit| lit.keys().any(|(file, _)| *file == index));
            view! {
                <button type="button" role="tab" class:lit=is_lit data-testid="file-tab"
                    aria-selected=move || (open.get() == index).to_string()
                    on:click=move |_| page.dispatch(UiCommand::File(Some(index)))>
                    {name.clone()}
                </button>
            }
            .into_any()
        };
        files.iter().enumerate().map(tab).collect::<Vec<AnyView>>()
    };
    let follow = move || {
        page.file.get().map(|_| {
            view! {
                <button type="button" class="follow"
                    on:click=move |_| page.dispatch(UiCommand::File(None))>
                    {page.words().follow}
                </button>
            }
        })
    };
    view! {
        <div class="file-row">
            <div class="file-tabs" role="tablist" aria-label=move || page.words().file_tabs>
                {tabs}
            </div>
            {follow}{edit::toggle(page)}
        </div>
    }
    .into_any()
}

fn role_name(role: SiteRole) -> &'static str {
    match role {
        SiteRole::Ran => "ran",
        SiteRole::Decided => "decided",
        SiteRole::Declared => "declared",
    }
}

fn role_words(words: &'static Words, role: SiteRole) -> &'static str {
    match role {
        SiteRole::Ran => words.ran,
        SiteRole::Decided => words.decided,
        SiteRole::Declared => words.declared,
    }
}

fn lit_lines(files: &Arc<Vec<(String, String)>>, moment: &Moment) -> LitLines {
    let mut lines = LitLines::new();
    for lit in &moment.lit {
        let Some((_, text)) = files.get(lit.file as usize) else { continue };
        let first = line_of(text, lit.start);
        // The end is exclusive: a place that ends with its newline does not light the next line.
        let last = line_of(text, lit.end.max(lit.start + 1) - 1);
        for line in first..=last {
            let role = lines.entry((lit.file, line)).or_insert(lit.role);
            *role = (*role).min(lit.role);
        }
    }
    lines
}

/// The line (from 0) that holds a byte.
fn line_of(text: &str, byte: u32) -> u32 {
    let before = text.as_bytes().get(..byte as usize).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() as u32
}

/// What the acting script's variables hold.
fn values(page: Page, moment: &Moment) -> Values {
    let mut values = Values::new();
    let scene = &moment.scene;
    let (Some(pod), Some(container)) = (&moment.subject.pod, &moment.subject.container) else {
        return values;
    };
    let Some(set) = scene.sets.iter().find(|set| set.slots.iter().any(|slot| slot.pod == *pod))
    else {
        return values;
    };
    let pod = scene.pods.get(pod);
    let Some(container) =
        pod.and_then(|pod| pod.containers.iter().find(|one| one.name == *container))
    else {
        return values;
    };
    let files = page.files.get_untracked();
    for shell in container.processes.iter().filter_map(|process| process.shell.as_ref()) {
        let Some(argument) = shell.argument else { continue };
        for variable in &shell.variables {
            // The whole match says nothing that its groups do not.
            let Some(byte) = variable.set_at.filter(|_| variable.name != "BASH_REMATCH[0]") else {
                continue;
            };
            let places = page.player.with_value(|player| {
                let owner = ("StatefulSet", set.name.as_str());
                player.script_lines(owner, &container.name, argument, (byte, byte + 1))
            });
            let Some(place) = places.first() else { continue };
            let Some((_, text)) = files.get(place.file as usize) else { continue };
            let shown = format!("{} = {}", variable.name, variable.value);
            let at = (place.file, line_of(text, place.start));
            let line: &mut String = values.entry(at).or_default();
            if !line.is_empty() {
                line.push_str(", ");
            }
            line.push_str(&shown);
        }
    }
    values
}

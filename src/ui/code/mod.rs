//! The manifests: highlighted, this step's lines lit, what variables hold behind the line.

pub mod highlight;

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use ordinal::text::ui::Words;
use ordinal::trace::SiteRole;

use self::highlight::{Token, highlight};
use super::browser;
use super::dispatch::UiCommand;
use super::page::{Moment, Page};
use super::panel;

/// Which file is open before a step lights one up.
const FIRST_FILE: &str = "statefulset.yaml";

/// The lines a step lights up, by file and line (from 0).
type LitLines = BTreeMap<(u32, u32), SiteRole>;

/// The Manifest tab: files, lines, and the log that follows.
pub fn code() -> AnyView {
    let page = Page::here();
    let lit = Memo::new(move |_| lit_lines(&page.files.get(), &page.moment.get()));
    let open = Memo::new(move |last: Option<&u32>| {
        let lit_file = lit.with(|lit| lit.keys().next().map(|(file, _)| *file));
        let chosen = page.file.get().map(|(file, _)| file).or(lit_file).or(last.copied());
        page.files.with(|files| {
            let first = || files.iter().position(|(name, _)| name == FIRST_FILE);
            let chosen = chosen.filter(|file| (*file as usize) < files.len());
            chosen.unwrap_or_else(|| first().unwrap_or_default() as u32)
        })
    });
    let values = Memo::new(move |_| values(page, &page.moment.get(), open.get()));
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        open.track();
        lit.track();
        let Some(host) = host.get() else { return };
        let wanted = match page.file.get() {
            Some((_, Some(line))) => format!(".line:nth-child({})", line + 1),
            _ => ".line[data-role]".to_owned(),
        };
        request_animation_frame(move || browser::reveal(&host, &wanted));
    });
    let lines = move || {
        let files = page.files.get();
        let file = open.get();
        let Some((_, text)) = files.get(file as usize) else { return Vec::new() };
        let highlighted = highlight(text);
        highlighted
            .into_iter()
            .enumerate()
            .map(|(index, tokens)| line(page, file, index as u32, tokens, lit, values))
            .collect::<Vec<AnyView>>()
    };
    view! {
        <div class="code-tab">
            {file_tabs(page, open, lit)}
            <div class="code" data-testid="code" node_ref=host tabindex="0" role="region"
                aria-label=move || page.words().tab_manifest>
                {lines}
            </div>
            {panel::following_log()}
        </div>
    }
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
        <div class="file-tabs" role="tablist"
            aria-label=move || page.words().file_tabs>{tabs}{follow}</div>
    }
    .into_any()
}

fn line(
    page: Page,
    file: u32,
    index: u32,
    tokens: Vec<(Token, String)>,
    lit: Memo<LitLines>,
    values: Memo<BTreeMap<u32, String>>,
) -> AnyView {
    let role = Memo::new(move |_| lit.with(|lit| lit.get(&(file, index)).copied()));
    let value = Memo::new(move |_| values.with(|values| values.get(&index).cloned()));
    let content: Vec<AnyView> = tokens
        .into_iter()
        .map(|(token, text)| match token.class() {
            "" => text.into_any(),
            class => view! { <span class=class>{text}</span> }.into_any(),
        })
        .collect();
    view! {
        <div class="line" data-role=move || role.get().map(role_name)
            title=move || role.get().map(|role| role_words(page.words(), role))>
            <i>{index + 1}</i>
            <span>{content}</span>
            {move || value.get().map(|value| view! { <em>{value}</em> })}
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

/// What the acting script's variables hold, by line of the open file.
fn values(page: Page, moment: &Moment, file: u32) -> BTreeMap<u32, String> {
    let mut values = BTreeMap::new();
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
    let Some((_, text)) = files.get(file as usize) else { return values };
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
            let Some(place) = places.first().filter(|place| place.file == file) else { continue };
            let shown = format!("{} = {}", variable.name, variable.value);
            let line: &mut String = values.entry(line_of(text, place.start)).or_default();
            if !line.is_empty() {
                line.push_str(", ");
            }
            line.push_str(&shown);
        }
    }
    values
}

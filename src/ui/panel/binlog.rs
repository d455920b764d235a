//! A server's binary log: its files, and the events of one of them, each as wide as it is long. A
//! click on an event follows its transaction.

use std::collections::BTreeMap;

use leptos::prelude::*;
use ordinal::base::PodName;
use ordinal::text::ui::{Words, size};
use ordinal::view::scene::{BinlogEventScene, MysqlScene};

use super::trail::trail;
use crate::ui::page::Page;

/// Events that are shown; the newest.
const EVENTS_SHOWN: usize = 40;

/// The byte whose transaction is followed: pod, file, position.
pub type Chosen = RwSignal<Option<(PodName, String, u64)>>;

/// The file whose events are shown: pod and file; by default the newest.
pub type Opened = RwSignal<Option<(PodName, String)>>;

/// The section of a server's binary log.
pub fn binlog(
    page: Page,
    pod: &PodName,
    mysql: &MysqlScene,
    chosen: Chosen,
    opened: Opened,
) -> AnyView {
    let words = page.words();
    let wanted = opened.get().filter(|(of, _)| of == pod).map(|(_, name)| name);
    let found = mysql.binlogs.iter().find(|(name, _)| Some(name) == wanted.as_ref());
    let Some((file, end)) = found.or(mysql.binlogs.last()) else {
        return view! { <h2>{words.binlog}</h2><p class="nothing">{words.binlog_off}</p> }
            .into_any();
    };
    let files: Vec<AnyView> = mysql
        .binlogs
        .iter()
        .map(|(name, bytes)| {
            let open = (pod.clone(), name.clone());
            view! {
                <li><button type="button" aria-pressed=(name == file).to_string()
                    on:click=move |_| opened.set(Some(open.clone()))>
                    <b>{name.clone()}</b><i>{size(*bytes)}</i>
                </button></li>
            }
            .into_any()
        })
        .collect();
    let older = mysql.older_events.iter().find(|(name, _)| name == file);
    let events = older.map_or(&mysql.events, |(_, events)| events);
    let skipped = events.len().saturating_sub(EVENTS_SHOWN);
    let shown = &events[skipped..];
    let followed = chosen.get().filter(|(of, name, _)| of == pod && name == file);
    let followed = followed.map(|(.., byte)| byte);
    let steps = followed
        .map(|byte| page.player.with_value(|player| player.transaction(pod, file, byte)))
        .filter(|steps| !steps.is_empty());
    let begins = begins(page, pod, file);
    let follows = |event: &BinlogEventScene| {
        let byte = (pod.clone(), file.clone(), event.start);
        move || chosen.set(Some(byte.clone()))
    };
    let cells: Vec<AnyView> = shown
        .iter()
        .map(|event| cell(event, followed, begins.contains_key(&event.start), follows(event)))
        .collect();
    let rows: Vec<AnyView> = shown
        .iter()
        .map(|event| {
            let here = begins.get(&event.start).map(|pods| (words.begin_here)(&pods.join(", ")));
            row(event, here, follows(event))
        })
        .collect();
    let at = format!("{file} : {end}");
    view! {
        <h2>{words.binlog}</h2>
        <ul class="binlogs">{files}</ul>
        <p class="position">{words.position}" "<b class="mono" data-testid="position">{at}</b></p>
        <div class="strip" role="group" aria-label=words.binlog data-testid="strip">{cells}</div>
        {follow(page, words, steps.as_deref(), chosen)}
        <ol class="events" data-testid="binlog">{rows}</ol>
    }
    .into_any()
}

/// The replicas that began at a byte of this file, by that byte.
fn begins(page: Page, pod: &PodName, file: &str) -> BTreeMap<u64, Vec<String>> {
    let mut begins: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let scene = page.moment.with(|moment| moment.scene.clone());
    for (replica, (_, byte)) in scene.replicas_of(pod).iter().filter(|(_, began)| began.0 == file) {
        begins.entry(*byte).or_default().push(replica.to_string());
    }
    begins
}

/// The followed transaction, or how to follow one.
fn follow(page: Page, words: &'static Words, steps: Option<&[u32]>, chosen: Chosen) -> AnyView {
    let Some(steps) = steps else {
        return view! { <p class="nothing">{words.follow_hint}</p> }.into_any();
    };
    view! {
        <div class="followed" data-testid="followed">
            <p><b>{words.followed}</b>
                <button type="button" class="follow" on:click=move |_| chosen.set(None)>
                    {words.close}
                </button></p>
            {trail(page, steps)}
        </div>
    }
    .into_any()
}

/// What an event is for, as a class.
fn class_of(event: &BinlogEventScene) -> &'static str {
    match event.kind.as_str() {
        "Query" | "Xid" | "Write_rows" | "Update_rows" | "Delete_rows" | "Table_map" => "is-write",
        _ => "is-other",
    }
}

/// An event in the strip.
fn cell(
    event: &BinlogEventScene,
    followed: Option<u64>,
    begins: bool,
    follow: impl Fn() + 'static,
) -> AnyView {
    let BinlogEventScene { start, end, kind, info, .. } = event;
    let mut class = format!("cell {}", class_of(event));
    if followed.is_some_and(|byte| (*start..*end).contains(&byte)) {
        class.push_str(" here");
    }
    if begins {
        class.push_str(" begins");
    }
    let style = format!("flex-grow:{}", end - start);
    let title = format!("{start}–{end} · {kind} · {} B {info}", end - start);
    view! {
        <button type="button" class=class style=style title=title.clone() aria-label=title
            on:click=move |_| follow()>
            <i>{*start}</i>
        </button>
    }
    .into_any()
}

/// An event in the list; with who begins there.
fn row(event: &BinlogEventScene, begins: Option<String>, follow: impl Fn() + 'static) -> AnyView {
    let BinlogEventScene { start, end, kind, info, .. } = event;
    view! {
        <li class=format!("event {}", class_of(event))>
            <button type="button" class="mono" data-testid="event" on:click=move |_| follow()>
                {format!("{start}–{end}")}
            </button>
            <b>{kind.clone()}</b>
            <i>{info.clone()}</i>
            {begins.map(|text| view! { <em data-testid="begins">{text}</em> })}
        </li>
    }
    .into_any()
}

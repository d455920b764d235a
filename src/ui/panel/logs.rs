//! Logs: what a container has printed up to this step; the newest lines are marked.

use std::sync::Arc;

use leptos::prelude::*;
use ordinal::base::{ContainerName, PodName};
use ordinal::view::scene::{ContainerScene, LogLine, Scene};

use super::part::{choice, nothing, pods};
use crate::ui::browser;
use crate::ui::page::{Focus, Moment, Page};
use crate::ui::tint;

/// Lines shown; older ones are in the download of a real cluster, not of interest at this step.
const LINES_SHOWN: usize = 400;

/// Lines under the manifest.
const FOLLOWING_SHOWN: usize = 30;

/// What is shown of a log. Equal unless there is something new to draw.
#[derive(Clone, PartialEq, Eq)]
struct Shown {
    pod: PodName,
    container: ContainerName,
    tint: &'static str,
    log: Arc<Vec<LogLine>>,
    /// The first line that this step added.
    fresh_from: usize,
}

/// The Logs tab.
pub fn logs() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let shown = Memo::new(move |_| page.moment.with(|moment| shown(moment, &focus.get())));
    let all = Memo::new(move |_| {
        let pod = shown.with(|shown| shown.as_ref().map(|shown| shown.pod.clone()))?;
        page.moment.with(|moment| {
            let containers = &moment.scene.pods.get(&pod)?.containers;
            let tint = |name| tint::of_container(&moment.scene, &pod, name).class();
            let tinted = containers.iter().map(|it| (it.name.clone(), tint(&it.name)));
            Some((pod.clone(), tinted.collect::<Vec<_>>()))
        })
    });
    let chosen = Memo::new(move |_| shown.with(|it| it.as_ref().map(|it| it.container.clone())));
    let containers = move || {
        let Some((pod, containers)) = all.get() else { return Vec::new() };
        let choose = |(name, tint): (ContainerName, &'static str)| {
            let focus =
                Focus { pod: Some(pod.clone()), container: Some(name.clone()), ..Focus::default() };
            choice(page, name.to_string(), tint, chosen.get().as_ref() == Some(&name), focus)
        };
        containers.into_iter().map(choose).collect::<Vec<AnyView>>()
    };
    view! {
        {pods(page, focus)}
        <div class="choices">{containers}</div>
        {scroller(page, shown, LINES_SHOWN, true)}
    }
    .into_any()
}

/// The log under the manifest: of the container this step is about.
pub fn following_log() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let shown = Memo::new(move |_| {
        let focus = focus.get();
        page.moment.with(|moment| shown(moment, &focus).filter(|_| focus.container.is_some()))
    });
    let title = Memo::new(move |_| {
        shown.with(|it| it.as_ref().map(|it| format!("{} · {}", it.pod, it.container)))
    });
    (move || {
        let Some(title) = title.get() else { return ().into_any() };
        view! {
            <div class="following">
                <h2>{title}</h2>
                {scroller(page, shown, FOLLOWING_SHOWN, false)}
            </div>
        }
        .into_any()
    })
    .into_any()
}

/// A box with a log's newest lines, at most so many, that stays at its end while lines come.
fn scroller(page: Page, shown: Memo<Option<Shown>>, most: usize, timed: bool) -> AnyView {
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        shown.track();
        let Some(host) = host.get() else { return };
        request_animation_frame(move || browser::scroll_to_end(&host));
    });
    let lines = move || shown.with(|shown| lines(page, shown.as_ref(), most, timed));
    view! { <div class="log" node_ref=host data-testid="log" tabindex="0">{lines}</div> }.into_any()
}

/// The pod and container to show: as focused, else the one that runs or ran last.
fn chosen(scene: &Scene, focus: &Focus) -> Option<(PodName, ContainerName)> {
    let pod = focus.pod.clone().filter(|pod| scene.pods.contains_key(pod));
    let pod = pod.or_else(|| super::part::names(scene).into_iter().next())?;
    let containers = &scene.pods.get(&pod)?.containers;
    let wanted = containers.iter().find(|one| Some(&one.name) == focus.container.as_ref());
    let printed = containers.iter().rev().find(|one| !one.log.is_empty());
    let container = wanted.or(printed).or(containers.first())?;
    Some((pod, container.name.clone()))
}

fn shown(moment: &Moment, focus: &Focus) -> Option<Shown> {
    let (pod, container) = chosen(&moment.scene, focus)?;
    let log = find(&moment.scene, &pod, &container)?.log.clone();
    let before = find(&moment.before, &pod, &container).map_or(0, |old| old.log.len());
    let fresh_from = if before <= log.len() { before } else { 0 };
    let tint = tint::of_container(&moment.scene, &pod, &container).class();
    Some(Shown { pod, container, tint, log, fresh_from })
}

fn lines(page: Page, shown: Option<&Shown>, most: usize, timed: bool) -> AnyView {
    let Some(Shown { tint, log, fresh_from, .. }) = shown else {
        return nothing(page.words().no_log);
    };
    if log.is_empty() {
        return nothing(page.words().no_log_lines);
    }
    let skipped = log.len().saturating_sub(most);
    let rows: Vec<AnyView> = (skipped..)
        .zip(&log[skipped..])
        .map(|(number, line)| row(line, number >= *fresh_from, timed))
        .collect();
    view! { <div class=format!("log-lines {tint}")>{rows}</div> }.into_any()
}

fn row(line: &LogLine, fresh: bool, timed: bool) -> AnyView {
    let time = timed.then(|| {
        let (secs, ms) = (line.at.0 / 1_000, line.at.0 % 1_000);
        view! { <i>{format!("{secs}.{ms:03}")}</i> }
    });
    let text = line.text.clone();
    view! {
        <div class="log-line" class:fresh=fresh class:stderr=line.stderr>{time}<span>{text}</span>
        </div>
    }
    .into_any()
}

fn find<'a>(
    scene: &'a Scene,
    pod: &PodName,
    container: &ContainerName,
) -> Option<&'a ContainerScene> {
    let pod = scene.pods.get(pod)?;
    pod.containers.iter().find(|one| one.name == *container).map(|one| &**one)
}

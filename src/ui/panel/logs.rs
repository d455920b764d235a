//! Logs: what a container has printed up to this step; the newest lines are marked.

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
const FOLLOWING_SHOWN: usize = 60;

/// The Logs tab.
pub fn logs() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let containers = move || {
        let moment = page.moment.get();
        let focus = focus.get();
        let Some((pod, chosen)) = chosen(&moment.scene, &focus) else { return Vec::new() };
        let Some(scene) = moment.scene.pods.get(&pod) else { return Vec::new() };
        scene
            .containers
            .iter()
            .map(|container| {
                let tint = tint::of_container(&moment.scene, &pod, &container.name).class();
                let focus = Focus {
                    pod: Some(pod.clone()),
                    container: Some(container.name.clone()),
                    ..Focus::default()
                };
                choice(page, container.name.to_string(), tint, container.name == chosen, focus)
            })
            .collect::<Vec<AnyView>>()
    };
    let lines = move || {
        let moment = page.moment.get();
        match chosen(&moment.scene, &focus.get()) {
            Some((pod, container)) => lines(page, &moment, &pod, &container, LINES_SHOWN, true),
            None => nothing(page.words().no_log),
        }
    };
    view! {
        {pods(page, focus)}
        <div class="choices">{containers}</div>
        {scroller(page, "log", lines.into_any())}
    }
    .into_any()
}

/// The log under the manifest: of the container this step is about.
pub fn following_log() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    (move || {
        let found = page.moment.with(|moment| {
            let focus = focus.get();
            chosen(&moment.scene, &focus).filter(|_| focus.container.is_some())
        });
        let Some((pod, container)) = found else { return ().into_any() };
        let title = format!("{pod} · {container}");
        let lines = move || {
            let moment = page.moment.get();
            lines(page, &moment, &pod, &container, FOLLOWING_SHOWN, false)
        };
        view! {
            <div class="following">
                <h3>{title}</h3>
                {scroller(page, "log", lines.into_any())}
            </div>
        }
        .into_any()
    })
    .into_any()
}

/// A box that stays at its end while lines come.
fn scroller(page: Page, class: &'static str, lines: AnyView) -> AnyView {
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        page.moment.track();
        let Some(host) = host.get() else { return };
        request_animation_frame(move || browser::scroll_to_end(&host));
    });
    view! { <div class=class node_ref=host data-testid="log" tabindex="0">{lines}</div> }.into_any()
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

fn lines(
    page: Page,
    moment: &Moment,
    pod: &PodName,
    container: &ContainerName,
    most: usize,
    timed: bool,
) -> AnyView {
    let Some(now) = find(&moment.scene, pod, container) else {
        return nothing(page.words().no_log);
    };
    let before = find(&moment.before, pod, container).map_or(0, |old| old.log.len());
    let fresh_from = if before <= now.log.len() { before } else { 0 };
    if now.log.is_empty() {
        return nothing(page.words().no_log_lines);
    }
    let tint = tint::of_container(&moment.scene, pod, container).class();
    let skipped = now.log.len().saturating_sub(most);
    let rows: Vec<AnyView> = now.log[skipped..]
        .iter()
        .enumerate()
        .map(|(index, line)| row(line, skipped + index >= fresh_from, timed))
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

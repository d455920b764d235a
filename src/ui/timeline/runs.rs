//! All runs, one under the other on the timeline's axis: each from where it left another to its
//! end. A click goes there, to the same moment.

use leptos::prelude::*;
use ordinal::base::{BranchId, Millis, SimTime};
use ordinal::player::{Fork, RunLine};
use ordinal::text::ui::Words;

use super::axis::Axis;
use super::{Timeline, draw};
use crate::ui::acts::Act;
use crate::ui::browser;
use crate::ui::command::UiCommand;
use crate::ui::icon::{self, icon};
use crate::ui::page::{Dialog, Page};

/// How far apart two rows are; the style sheet's row is as high.
const ROW_H: i32 = 30;

/// What a row is being asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    Name(BranchId),
    Removal(BranchId),
}

/// The rows; nothing while there is one run only.
pub fn runs(line: Timeline) -> AnyView {
    let page = line.page;
    let asking = RwSignal::new(Asking::Nothing);
    let host = NodeRef::<leptos::html::Section>::new();
    let here = Memo::new(move |_| page.moment.with(|moment| moment.cursor.branch));
    let rows = move || {
        let lines = line.lines.get();
        if lines.len() < 2 {
            return ().into_any();
        }
        let asked = asking.get();
        let there = here.get();
        request_animation_frame(move || {
            if let Some(host) = host.get_untracked() {
                browser::reveal(&host, ".run.here");
            }
        });
        let rows: Vec<AnyView> =
            lines.iter().map(|it| row(line, &lines, it, there, asking, asked)).collect();
        view! {
            <section class="runs" data-testid="runs" node_ref=host aria-label=page.words().runs>
                <ul>{rows}{cursor(line)}</ul>
            </section>
        }
        .into_any()
    };
    rows.into_any()
}

/// What a run is called: by the learner, or by what it began with.
pub fn name_of(words: &Words, line: &RunLine) -> String {
    match &line.began {
        _ if !line.name.is_empty() => line.name.clone(),
        Some(act) => (words.did)(act),
        None => words.first_run.to_owned(),
    }
}

fn row(
    line: Timeline,
    lines: &[RunLine],
    run: &RunLine,
    here: BranchId,
    asking: RwSignal<Asking>,
    asked: Asking,
) -> AnyView {
    let page = line.page;
    let id = run.id;
    let words = page.words();
    let name = name_of(words, run);
    let head = match asked {
        Asking::Name(it) if it == id => naming(page, id, &name, asking),
        Asking::Removal(it) if it == id => removal(page, run, asking),
        _ => head(page, run, &name, here, asking),
    };
    let tip = match run.fork {
        Some(Fork { parent, at, .. }) => {
            let parent = lines.iter().find(|it| it.id == parent);
            let parent = parent.map(|it| name_of(words, it)).unwrap_or_default();
            format!("{name} · {}", (words.left_at)(&parent, Millis(at.0)))
        }
        None => name.clone(),
    };
    let rise = run.fork.and_then(|fork| {
        let place = |id| lines.iter().position(|it| it.id == id);
        Some((place(run.id)? - place(fork.parent)?) as i32 * ROW_H)
    });
    let class = if id == here { "run here" } else { "run" };
    let go = (words.go_there)(&name);
    let marks = run.clone();
    view! {
        <li class=class data-testid="run" aria-current=(id == here).then_some("true")>
            {head}
            <div class="run-track">
                {move || track(line, &marks, rise, &go, &tip)}
            </div>
        </li>
    }
    .into_any()
}

/// A run's bar on the axis, its fork, and what was done on it.
fn track(line: Timeline, run: &RunLine, rise: Option<i32>, go: &str, tip: &str) -> AnyView {
    let Some((axis, width)) = axis(line) else { return ().into_any() };
    let seen = |x: i32| x.clamp(draw::left(width), axis.right());
    let start = run.fork.map_or(SimTime::START, |fork| fork.at);
    let (from, to) = (seen(axis.x_of(start)), seen(axis.x_of(run.end)));
    let fork = rise.map(|rise| {
        let style = format!("left:{from}px;height:{rise}px;top:{}px", ROW_H / 2 - rise);
        view! { <i class="run-fork" style=style></i> }
    });
    let marks: Vec<AnyView> = run
        .acts
        .iter()
        .map(|at| {
            let style = format!("left:{}px", seen(axis.x_of(*at)));
            view! { <i class="run-act" style=style></i> }.into_any()
        })
        .collect();
    let (page, id) = (line.page, run.id);
    let style = format!("left:{from}px;width:{}px", (to - from).max(6));
    view! {
        {fork}
        <button type="button" class="run-bar" style=style title=tip.to_owned()
            aria-label=go.to_owned() data-testid="run-bar"
            on:click=move |_| page.dispatch(Act::Switch(id))></button>
        {marks}
    }
    .into_any()
}

/// The axis as it is drawn now, and the drawing's width.
fn axis(line: Timeline) -> Option<(Axis, i32)> {
    let host = line.host.get()?;
    line.page.viewport.track();
    line.page.run.track();
    line.zoom.track();
    let width = browser::area(&host).w;
    Some((line.axis(width), width))
}

/// The moment where the page stands, through all rows.
fn cursor(line: Timeline) -> AnyView {
    let x = move || {
        let index = line.page.moment.with(|moment| moment.cursor.index);
        axis(line).map(|(axis, _)| format!("left:{}px", axis.x(index)))
    };
    view! {
        <li class="run-cursor" aria-hidden="true">
            <div class="run-track"><i style=x></i></div>
        </li>
    }
    .into_any()
}

/// A run's name, and what can be done with it.
fn head(
    page: Page,
    run: &RunLine,
    name: &str,
    here: BranchId,
    asking: RwSignal<Asking>,
) -> AnyView {
    let words = page.words();
    let id = run.id;
    let is_here = id == here;
    let small = |test: &'static str, name: &'static str, d: &'static str, press: Box<dyn Fn()>| {
        view! {
            <button type="button" class="run-tool" data-testid=test title=name aria-label=name
                on:click=move |_| press()>
                {icon(d)}
            </button>
        }
        .into_any()
    };
    let compare = (!is_here).then(|| {
        let press =
            Box::new(move || page.dispatch(UiCommand::Show(Some(Dialog::Compare(here, id)))));
        small("run-compare", words.compare, icon::COMPARE, press)
    });
    let rename = small(
        "run-rename",
        words.rename,
        icon::PENCIL,
        Box::new(move || {
            asking.set(Asking::Name(id));
        }),
    );
    let remove = run.fork.map(|_| {
        let press = Box::new(move || asking.set(Asking::Removal(id)));
        small("run-remove", words.remove, icon::BIN, press)
    });
    view! {
        <div class="run-head">
            <button type="button" class="run-name" data-testid="run-name"
                title=name.to_owned() on:click=move |_| page.dispatch(Act::Switch(id))>
                {name.to_owned()}
            </button>
            {compare}{rename}{remove}
        </div>
    }
    .into_any()
}

/// The name as a field.
fn naming(page: Page, id: BranchId, name: &str, asking: RwSignal<Asking>) -> AnyView {
    Effect::new(|| browser::focus(".run-head input"));
    let name = name.to_owned();
    // Enter takes the field away, and with it the focus: only the first of both counts.
    let done = move |name: Option<String>| {
        if asking.get_untracked() != Asking::Name(id) {
            return;
        }
        asking.set(Asking::Nothing);
        if let Some(name) = name {
            page.dispatch(Act::Rename(id, name));
        }
    };
    view! {
        <div class="run-head">
            <input type="text" value=name maxlength="80" data-testid="run-name-field"
                aria-label=page.words().run_name
                on:keydown=move |event| match event.key().as_str() {
                    "Enter" => done(Some(event_target_value(&event))),
                    "Escape" => {
                        event.stop_propagation();
                        done(None);
                    }
                    _ => {}
                }
                on:blur=move |event| done(Some(event_target_value(&event)))/>
        </div>
    }
    .into_any()
}

/// Whether it is to go, asked in its own place.
fn removal(page: Page, run: &RunLine, asking: RwSignal<Asking>) -> AnyView {
    let words = page.words();
    let id = run.id;
    let remove = move |_| {
        asking.set(Asking::Nothing);
        page.dispatch(Act::Remove(id));
    };
    view! {
        <div class="run-head is-asking" role="alertdialog">
            <span>{(words.remove_question)(run.leavers)}</span>
            <button type="button" class="button" data-testid="run-remove-yes" on:click=remove>
                {words.remove}
            </button>
            <button type="button" class="button" data-testid="run-remove-no"
                on:click=move |_| asking.set(Asking::Nothing)>
                {words.keep}
            </button>
        </div>
    }
    .into_any()
}

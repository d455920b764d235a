//! Two runs beside each other: where they part, and what the cluster is in each at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use ordinal::base::{BranchId, Millis, PodName, SimTime};
use ordinal::player::{Cursor, Player, RunLine};
use ordinal::text::Lang;
use ordinal::text::ui::Words;
use ordinal::trace::Step;
use ordinal::view::scene::{PodScene, Scene};

use super::explain::{phrase, sentence_of};
use super::icon::{self, button, icon};
use super::page::{Dialog, Page};
use super::{browser, help, stage, timeline};
use crate::ui::command::UiCommand;

/// What the two sides show.
#[derive(Clone, Copy)]
struct Compare {
    page: Page,
    pair: (BranchId, BranchId),
    /// The moment of virtual time.
    at: RwSignal<SimTime>,
}

/// One side at one moment.
#[derive(Clone)]
struct Side {
    step: Option<Arc<Step>>,
    scene: Arc<Scene>,
}

/// The two runs, over the page.
pub fn compare(one: BranchId, other: BranchId) -> AnyView {
    let page = Page::here();
    let words = page.words();
    let both = Compare { page, pair: (one, other), at: RwSignal::new(first_at(page, one, other)) };
    let sides = Memo::new_with_compare(
        move |_| {
            let at = both.at.get();
            (both.side(one, at), both.side(other, at))
        },
        |_, _| true,
    );
    let differing =
        Memo::new(move |_| sides.with(|(left, right)| differing(&left.scene, &right.scene)));
    let side = |id: BranchId, is_left: bool| {
        let of = move |(left, right): &(Side, Side)| if is_left { left } else { right }.clone();
        let side = Memo::new_with_compare(move |_| sides.with(of), |_, _| true);
        view! {
            <section class="compare-side">
                {both.choose(id, is_left)}
                {move || says(page, &side.get())}
                {picture(page, side, differing)}
            </section>
        }
        .into_any()
    };
    let content = view! {
        {both.parting()}
        <div class="compare-sides">{side(one, true)}{side(other, false)}</div>
        {move || sides.with(|(left, right)| table(page, &differing.get(), left, right))}
        {both.scrubber()}
    };
    help::dialog("compare", words.compare_title, "dialog compare", content.into_any())
}

/// When the first step happens that only one of both has.
fn first_at(page: Page, one: BranchId, other: BranchId) -> SimTime {
    page.player.with_value(|player| {
        let next = player.history().common(one, other) + 1;
        let steps = [one, other].map(|id| player.history().step(id, next).map(|step| step.at));
        let now = player.world().now();
        steps.into_iter().flatten().max().unwrap_or(now)
    })
}

impl Compare {
    fn with_player<T>(self, read: impl FnOnce(&Player) -> T) -> T {
        self.page.player.with_value(read)
    }

    fn side(self, id: BranchId, at: SimTime) -> Side {
        let shown = self.page.player.try_update_value(|player| {
            let cursor = player.cursor_at(id, at);
            let step = player.history().step(id, cursor.index).cloned().map(Arc::new);
            Side { step, scene: player.scene_of(cursor) }
        });
        shown.unwrap_or(Side { step: None, scene: Arc::default() })
    }

    fn lines(self) -> Vec<RunLine> {
        self.with_player(Player::runs)
    }

    /// Which run a side shows: any of them.
    fn choose(self, id: BranchId, is_left: bool) -> AnyView {
        let words = self.page.words();
        let options: Vec<AnyView> = self
            .lines()
            .iter()
            .map(|line| {
                let name = timeline::name_of(words, line);
                let value = line.id.0.to_string();
                view! { <option value=value selected=line.id == id>{name}</option> }.into_any()
            })
            .collect();
        let (left, right) = self.pair;
        view! {
            <select class="compare-run" aria-label=words.runs on:change=move |event| {
                let Ok(wanted) = event_target_value(&event).parse() else { return };
                let wanted = BranchId(wanted);
                let pair = if is_left { (wanted, right) } else { (left, wanted) };
                self.page.dispatch(UiCommand::Show(Some(Dialog::Compare(pair.0, pair.1))));
            }>
                {options}
            </select>
        }
        .into_any()
    }

    /// How long both are alike, and what each does first that the other does not.
    fn parting(self) -> AnyView {
        let page = self.page;
        let words = page.words();
        let lang = page.lang.get_untracked();
        let (one, other) = self.pair;
        let (common, at, next) = self.with_player(|player| {
            let history = player.history();
            let common = history.common(one, other);
            let at = history.step(one, common).map_or(SimTime::START, |step| step.at);
            let step = |id| history.step(id, common + 1).cloned();
            (common, at, [step(one), step(other)])
        });
        if next.iter().all(Option::is_none) {
            return view! { <p class="parting">{words.wholly_alike}</p> }.into_any();
        }
        let says = next.map(|step| match step {
            Some(step) => first_words(lang, &step),
            None => words.ends_there.to_owned(),
        });
        let [left, right] = says;
        view! {
            <div class="parting" data-testid="parting">
                <p>{(words.alike_until)(common, Millis(at.0))}</p>
                <p class="first">{left}</p>
                <p class="first">{right}</p>
            </div>
        }
        .into_any()
    }

    /// One moment for both.
    fn scrubber(self) -> AnyView {
        let page = self.page;
        let (one, other) = self.pair;
        let end = self
            .lines()
            .iter()
            .filter(|line| line.id == one || line.id == other)
            .map(|line| line.end.0)
            .max()
            .unwrap_or(0);
        let first = move || self.at.set(first_at(page, one, other));
        let said = move || (page.words().here_now)(Millis(self.at.get().0));
        view! {
            <div class="compare-time">
                {button("compare-back", "move", move || page.words().moment_before,
                    icon(icon::BACK), move || self.turn(false))}
                {button("compare-on", "move", move || page.words().moment_after,
                    icon(icon::FORWARD), move || self.turn(true))}
                <input type="range" min="0" max=end.to_string() step="1"
                    data-testid="compare-scrubber" aria-label=move || page.words().scrubber
                    aria-valuetext=said
                    prop:value=move || self.at.get().0.to_string()
                    on:keydown=move |event| {
                        let on = match event.key().as_str() {
                            "ArrowRight" => true,
                            "ArrowLeft" => false,
                            _ => return,
                        };
                        event.prevent_default();
                        self.turn(on);
                    }
                    on:input=move |event| {
                        let at = event_target_value(&event).parse().unwrap_or(0);
                        self.at.set(SimTime(at));
                    }/>
                <span class="compare-at">{said}</span>
                {button("compare-first", "button", move || page.words().first_difference,
                    view! { {move || page.words().first_difference} }.into_any(), first)}
            </div>
        }
        .into_any()
    }

    /// To the nearest moment, later or earlier, at which a step happens in either.
    fn turn(self, on: bool) {
        let at = self.at.get_untracked();
        let (one, other) = self.pair;
        let next = self.with_player(|player| {
            let moments = [one, other].map(|id| {
                let history = player.history();
                if on {
                    let here = player.cursor_at(id, at);
                    return history.step(id, here.index + 1).map(|step| step.at);
                }
                let before = SimTime(at.0.checked_sub(1)?);
                let Cursor { index, .. } = player.cursor_at(id, before);
                Some(history.step(id, index).map_or(SimTime::START, |step| step.at))
            });
            let moments = moments.into_iter().flatten();
            if on { moments.min() } else { moments.max() }
        });
        if let Some(next) = next {
            self.at.set(next);
        }
    }
}

fn first_words(lang: Lang, step: &Step) -> String {
    let said = sentence_of(lang, step);
    said.first().map(|phrase| phrase.plain()).unwrap_or_default()
}

/// What one side's last step says.
fn says(page: Page, side: &Side) -> AnyView {
    let words = page.words();
    let Some(step) = &side.step else {
        return view! { <p class="compare-says">{words.start_sentence}</p> }.into_any();
    };
    let said = sentence_of(page.lang.get(), step);
    let said = said.first().map(|first| phrase(&side.scene, first));
    view! {
        <p class="compare-says">
            <i>{(words.step_number)(step.id.index)}</i>" "{said}
        </p>
    }
    .into_any()
}

/// One side's stage.
fn picture(page: Page, side: Memo<Side>, differing: Memo<BTreeSet<PodName>>) -> AnyView {
    let host = NodeRef::<leptos::svg::Svg>::new();
    Effect::new(move || {
        let Some(host) = host.get() else { return };
        page.viewport.track();
        let room = browser::area(&host);
        let replicas = page.options.with_untracked(|options| options.replicas);
        let (side, differing) = (side.get(), differing.get());
        let room = (room.w, room.h);
        let drawn = stage::still(page.words(), side.scene, room, replicas, differing);
        let _ = host.set_attribute("viewBox", &format!("0 0 {} {}", drawn.0, drawn.1));
        browser::paint(&host, drawn.2);
    });
    view! {
        <div class="stage compare-stage">
            <svg node_ref=host role="img" preserveAspectRatio="xMidYMin meet"
                aria-label=page.words().stage></svg>
        </div>
    }
    .into_any()
}

/// The pods that are not the same in both, and what each is.
fn table(page: Page, differing: &BTreeSet<PodName>, left: &Side, right: &Side) -> AnyView {
    let words = page.words();
    if differing.is_empty() {
        return view! { <p class="compare-same">{words.no_pod_differs}</p> }.into_any();
    }
    let rows: Vec<AnyView> = differing
        .iter()
        .map(|name| {
            let cell = |side: &Side| match side.scene.pods.get(name) {
                Some(pod) => summary(words, pod),
                None => words.no_such_pod_there.to_owned(),
            };
            view! {
                <tr><th scope="row">{name.to_string()}</th><td>{cell(left)}</td>
                    <td>{cell(right)}</td></tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="compare-table" data-testid="differing">
            <caption>{words.differing_pods}</caption>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A pod in a line: its status, and how its mysqld replicates and how much it holds.
fn summary(words: &Words, pod: &PodScene) -> String {
    let (ready, all) = pod.ready;
    let mut parts = vec![format!("{} {ready}/{all}", pod.status)];
    if pod.restarts > 0 {
        parts.push((words.restarts)(pod.restarts));
    }
    if let Some(mysql) = &pod.mysql {
        let rows = mysql.databases.iter().flat_map(|database| &database.tables);
        parts.push((words.rows)(rows.map(|table| table.count).sum()));
        if let Some(replica) = &mysql.replica {
            parts.push(format!("IO {} · SQL {}", replica.io_running, replica.sql_running));
        }
    }
    parts.join(" · ")
}

/// The pods an onlooker would tell apart.
fn differing(left: &Scene, right: &Scene) -> BTreeSet<PodName> {
    let names: BTreeSet<&PodName> = left.pods.keys().chain(right.pods.keys()).collect();
    let apart = |name: &&&PodName| match (left.pods.get(**name), right.pods.get(**name)) {
        (Some(one), Some(other)) => is_apart(one, other),
        _ => true,
    };
    names.iter().filter(apart).map(|name| (*name).clone()).collect()
}

fn is_apart(one: &PodScene, other: &PodScene) -> bool {
    let shown = |pod: &PodScene| {
        let mysql = pod.mysql.as_ref().map(|mysql| {
            let threads = mysql
                .replica
                .as_ref()
                .map(|replica| (replica.io_running.clone(), replica.sql_running.clone()));
            (mysql.databases.clone(), mysql.phase, threads)
        });
        let node = pod.node.clone();
        (pod.status.clone(), pod.ready, pod.restarts, pod.is_ready, node, mysql)
    };
    shown(one) != shown(other)
}

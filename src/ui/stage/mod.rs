//! The stage: the cluster at one step, drawn from the Scene alone. A map, not a diagram: a place
//! never moves.
//!
//! Invariant: nothing here knows the world; what the Scene does not hold is not drawn.

mod client;
mod container;
mod fault;
mod hot;
mod layout;
mod link;
mod object;
mod pod;
mod service;
mod volume;

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use ordinal::base::PodName;
use ordinal::player::PlayState;
use ordinal::text::ui::Words;
use ordinal::view::scene::{Scene, SlotScene};

use self::hot::Hot;
use self::layout::{Layout, Rows};
use super::browser;
use super::canvas;
use super::command::UiCommand;
use super::icon::{self, button, icon};
use super::page::{Focus, Moment, Page};
use super::panel;
use super::shape::{Area, Shape, group, label};
use super::tint;

/// What drawing one step needs.
struct Draw<'a> {
    words: &'static Words,
    scene: &'a Scene,
    hot: Hot,
    layout: &'a Layout,
    /// The slots that are shown, in the order of the layout's places.
    slots: Vec<&'a SlotScene>,
    /// The pods that are another in the run beside this one.
    differing: BTreeSet<PodName>,
}

/// The stage as part of the page.
pub fn stage() -> AnyView {
    let page = Page::here();
    let host = NodeRef::<leptos::svg::Svg>::new();
    let focus = page.focus();
    let plays = Memo::new(move |_| page.moment.get().play_state == PlayState::Playing);
    let room = canvas::size_of(host);
    let size = RwSignal::new((0, 0));
    Effect::new(move || {
        let (Some(host), Some(room)) = (host.get(), room.get()) else { return };
        let moment = page.moment.get();
        let lone = page.is_small().then(|| focus.get().pod);
        let replicas = page.options.with_untracked(|options| options.replicas);
        let drawn = draw(page.words(), &moment, room, lone, replicas, BTreeSet::new());
        // Setting it lays out every word of the drawing anew.
        if size.get_untracked() != (drawn.0, drawn.1) {
            size.set((drawn.0, drawn.1));
        }
        browser::paint(&host, drawn.2);
    });
    view! {
        <div class="stage" id="stage" data-testid="stage"
            data-playing=move || plays.get().to_string()>
            {pod_tabs(page, focus)}
            <div class="drawing">
                <svg node_ref=host role="group" aria-label=move || page.words().stage
                    viewBox=move || canvas::view_box(size.get())
                    preserveAspectRatio="xMidYMid meet"></svg>
            </div>
            {breakage(page)}
        </div>
    }
    .into_any()
}

/// At the stage's foot: what is broken, each with the way to mend it, and the way to break more.
fn breakage(page: Page) -> AnyView {
    let faults = Memo::new(move |_| page.moment.with(|moment| moment.scene.faults.clone()));
    let list = move || {
        let rows: Vec<AnyView> =
            faults.get().iter().map(|fault| panel::broken(page, fault)).collect();
        (!rows.is_empty()).then(|| view! { <ul class="in-force">{rows}</ul> })
    };
    view! {
        <div class="breakage" data-testid="breakage">
            {list}
            {button(
                "break-something",
                "button quiet break-something",
                move || page.words().break_something,
                view! {
                    {icon(icon::BOLT)}<span>{move || page.words().break_something}</span>
                }
                .into_any(),
                move || page.dispatch(UiCommand::Break(None)),
            )}
        </div>
    }
    .into_any()
}

/// On a narrow screen: one tab for each pod.
fn pod_tabs(page: Page, focus: Memo<Focus>) -> AnyView {
    (move || {
        if !page.is_small() {
            return ().into_any();
        }
        let scene = page.moment.get().scene.clone();
        let chosen = shown_pod(&scene, focus.get().pod.as_ref());
        let tabs: Vec<AnyView> = slots_of(&scene)
            .map(|slot| {
                let pod = slot.pod.clone();
                let is_chosen = chosen.as_ref() == Some(&pod);
                let class = format!("pod-tab {}", tint::of_pod(&scene, &pod).class());
                let exists = scene.pods.contains_key(&pod);
                let name = pod.to_string();
                let focus = Focus { pod: Some(pod), ..Focus::default() };
                view! {
                    <button type="button" role="tab" class=class aria-selected=is_chosen.to_string()
                        data-exists=exists.to_string()
                        on:click=move |_| page.dispatch(UiCommand::Focus(focus.clone()))>
                        {name}
                    </button>
                }
                .into_any()
            })
            .collect();
        view! { <div class="pod-tabs" role="tablist" aria-label=page.words().pods>{tabs}</div> }
            .into_any()
    })
    .into_any()
}

fn slots_of(scene: &Scene) -> impl Iterator<Item = &SlotScene> {
    scene.sets.iter().flat_map(|set| &set.slots)
}

fn shown_pod(scene: &Scene, wanted: Option<&PodName>) -> Option<PodName> {
    let found = slots_of(scene).find(|slot| Some(&slot.pod) == wanted);
    found.or_else(|| slots_of(scene).next()).map(|slot| slot.pod.clone())
}

/// Width, height, and what stands there.
type Drawing = (i32, i32, Vec<Shape>);

/// The drawing of a scene by itself, beside another in which some pods differ.
pub fn still(
    words: &'static Words,
    scene: Arc<Scene>,
    room: (i32, i32),
    replicas: u32,
    differing: BTreeSet<PodName>,
) -> Drawing {
    let moment = Moment { before: scene.clone(), scene, ..Moment::default() };
    draw(words, &Arc::new(moment), room, None, replicas, differing)
}

/// The drawing of one step: width, height, and what stands there. `lone`: only this pod is shown.
fn draw(
    words: &'static Words,
    moment: &Arc<Moment>,
    room: (i32, i32),
    lone: Option<Option<PodName>>,
    replicas: u32,
    differing: BTreeSet<PodName>,
) -> Drawing {
    let scene = &*moment.scene;
    let room = if room.0 < 40 || room.1 < 40 { (936, 520) } else { room };
    let rows = rows_of(scene);
    let services = if lone.is_some() { scene.services.len() } else { scene.services.len().max(2) };
    let mut slots: Vec<&SlotScene> = slots_of(scene).collect();
    let layout = match &lone {
        Some(wanted) => {
            let shown = shown_pod(scene, wanted.as_ref());
            slots.retain(|slot| Some(&slot.pod) == shown.as_ref());
            Layout::single(room, services, rows)
        }
        None => Layout::best(room, slots.len().max(replicas as usize), services, rows),
    };
    let draw = Draw { words, scene, hot: Hot::of(moment), layout: &layout, slots, differing };
    let is_empty = draw.slots.is_empty() && scene.services.is_empty() && scene.configs.is_empty();
    let shapes = if is_empty { draw.empty() } else { draw.everything() };
    (layout.width, layout.height, shapes)
}

/// How many containers the pods have: what they show, or four before there is one.
fn rows_of(scene: &Scene) -> Rows {
    let members = scene.pods.values().filter(|pod| pod.ordinal.is_some());
    let counts = members.map(|pod| {
        let init = pod.containers.iter().filter(|container| container.init).count();
        (init, pod.containers.len() - init)
    });
    let (init, main) = counts.fold((0, 0), |most, pod| (most.0.max(pod.0), most.1.max(pod.1)));
    if main == 0 { Rows { init: 2, main: 2 } } else { Rows { init, main } }
}

impl Draw<'_> {
    fn everything(&self) -> Vec<Shape> {
        let layers = [
            group("objects").children(self.objects()),
            group("services").children(self.services()),
            group("routes").children(self.routes()),
            group("volumes").children(self.volumes()),
            group("pods").children(self.pods()),
            group("clients").children(self.clients()),
            group("links").children(self.links()),
            group("faults").children(self.faults()),
        ];
        let named =
            ["objects", "services", "routes", "volumes", "pods", "clients", "links", "faults"];
        layers.into_iter().zip(named).map(|(layer, key)| layer.key(key)).collect()
    }

    /// Before anything is applied: the places, and what to do.
    fn empty(&self) -> Vec<Shape> {
        let areas = self.layout.services.iter().chain([&self.layout.client]);
        let slots = self.layout.slots.iter().flat_map(|slot| [&slot.pod, &slot.volume]);
        let mut shapes: Vec<Shape> =
            areas.chain(slots).map(|area| area.rect(10).class("ghost faint-ghost")).collect();
        let top = self.layout.slots.first().map_or(Area::default(), |slot| slot.pod);
        let (x, y) = (self.layout.width / 2, top.mid_y());
        let lines = if self.layout.single { 28 } else { 80 };
        shapes.push(label(x, y - 8, "t-head middle", self.words.empty_stage));
        for (index, line) in wrap(self.words.empty_stage_hint, lines).into_iter().enumerate() {
            shapes.push(label(x, y + 16 + 18 * index as i32, "t-soft middle", line));
        }
        vec![group("empty").key("empty").children(shapes)]
    }
}

/// Breaks words into lines of about `most` characters.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive([' ', '，', '。']) {
        let length: usize = word.chars().map(|c| if c as u32 >= 0x1100 { 2 } else { 1 }).sum();
        if used > 0 && used + length > most {
            lines.push(String::new());
            used = 0;
        }
        used += length;
        lines.last_mut().expect("there is a first line").push_str(word);
    }
    lines
}

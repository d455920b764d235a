//! Faults: what is broken at this step, and what can be.

use std::collections::BTreeMap;

use leptos::prelude::*;
use ordinal::player::{PlayState, PlayerCommand};
use ordinal::sim::Intervention;
use ordinal::text::Entity;
use ordinal::trace::fact::{Fault, FaultKind};
use ordinal::view::scene::Scene;

use super::part::nothing;
use crate::ui::acts::Act;
use crate::ui::command::UiCommand;
use crate::ui::icon::{self, icon};
use crate::ui::page::{Focus, Page};
use crate::ui::pick::Victim;

/// Which target each kind of fault would hit.
type Chosen = StoredValue<BTreeMap<FaultKind, String>>;

/// The Faults tab.
pub fn faults() -> AnyView {
    let page = Page::here();
    let chosen: Chosen = StoredValue::default();
    let choices = Memo::new(move |_| {
        page.moment.track();
        page.player.with_value(|player| player.world().fault_choices())
    });
    let in_force = Memo::new(move |_| page.moment.with(|moment| moment.scene.faults.clone()));
    let is_past = Memo::new(move |_| page.moment.get().cursor.index < page.run.get().len);
    let past = move || {
        let words = page.words();
        let text = if is_past.get() { words.will_fork } else { words.faults_lead };
        view! { <p class="faults-lead">{text}</p> }
    };
    view! {
        <div class="faults" data-testid="faults">
            {move || now(page, &in_force.get())}
            {past}
            {move || filter(page)}
            {move || {
                let victim = page.victim.get();
                let about = |fault: &Fault| match &victim {
                    Some(victim) => page.moment.with_untracked(|moment| {
                        hits(fault, victim, &moment.scene)
                    }),
                    None => true,
                };
                let shown: Vec<Fault> = choices.get().into_iter().filter(about).collect();
                palette(page, &shown, victim.is_some(), chosen)
            }}
        </div>
    }
    .into_any()
}

/// What is broken now, each with the way to mend it.
fn now(page: Page, faults: &[Fault]) -> AnyView {
    let words = page.words();
    if faults.is_empty() {
        return view! { <p class="all-in-order" data-testid="in-force">{words.all_in_order}</p> }
            .into_any();
    }
    let rows: Vec<AnyView> = faults.iter().map(|fault| broken(page, fault)).collect();
    view! {
        <h2>{words.in_force}</h2>
        <ul class="in-force" data-testid="in-force">{rows}</ul>
    }
    .into_any()
}

/// One fault in force.
pub fn broken(page: Page, fault: &Fault) -> AnyView {
    let words = page.words();
    let mend = Act::Do(Intervention::Mend(fault.clone()));
    view! {
        <li>
            {icon(icon::BOLT)}
            <span><b>{(words.fault_title)(fault.kind())}</b>" "
                <i class="mono">{fault.target()}</i></span>
            <button type="button" class="button" data-testid="mend"
                on:click=move |_| act(page, mend.clone())>
                {words.mend}
            </button>
        </li>
    }
    .into_any()
}

/// What the list is about, and the way to all of it.
fn filter(page: Page) -> Option<AnyView> {
    let victim = page.victim.get()?;
    let words = page.words();
    Some(
        view! {
            <p class="faults-filter">
                <b>{(words.only_about)(&victim.label())}</b>
                <button type="button" class="button" data-testid="all-faults"
                    on:click=move |_| page.dispatch(UiCommand::Break(None))>
                    {words.show_all}
                </button>
            </p>
        }
        .into_any(),
    )
}

fn palette(page: Page, choices: &[Fault], filtered: bool, chosen: Chosen) -> AnyView {
    let words = page.words();
    let mut shown: Vec<AnyView> = Vec::new();
    let mut group = None;
    for kind in FaultKind::ALL {
        let own: Vec<Fault> = choices.iter().filter(|it| it.kind() == kind).cloned().collect();
        if filtered && own.is_empty() {
            continue;
        }
        if group != Some(kind.group()) {
            group = Some(kind.group());
            shown.push(view! { <h2>{(words.fault_group)(kind.group())}</h2> }.into_any());
        }
        shown.push(row(page, kind, own, chosen));
    }
    if shown.is_empty() {
        shown.push(nothing(words.no_target));
    }
    view! { <div class="palette">{shown}</div> }.into_any()
}

/// One kind of fault: its name, what it means, its targets, the button.
fn row(page: Page, kind: FaultKind, own: Vec<Fault>, chosen: Chosen) -> AnyView {
    let words = page.words();
    let name = (words.fault_title)(kind);
    let said = view! {
        <b>{name}</b>
        <span>{(words.fault_meaning)(kind)}</span>
    };
    if own.is_empty() {
        return view! { <div class="fault is-idle">{said}<i>{words.no_target}</i></div> }
            .into_any();
    }
    let last = chosen.with_value(|chosen| chosen.get(&kind).cloned());
    let options: Vec<AnyView> = own
        .iter()
        .map(|fault| {
            let is_last = last.as_deref() == Some(fault.target().as_str());
            view! { <option value=fault.target() selected=is_last>{fault.target()}</option> }
                .into_any()
        })
        .collect();
    let inject = move |_| {
        let wanted = chosen.with_value(|chosen| chosen.get(&kind).cloned());
        let found = own.iter().find(|fault| Some(fault.target()) == wanted).or(own.first());
        if let Some(fault) = found {
            act(page, Act::Do(Intervention::Inject(fault.clone())));
        }
    };
    view! {
        <div class="fault" data-testid=format!("fault-{}", kind.name())>
            {said}
            <p>
                <select aria-label=format!("{name}: {}", words.target)
                    on:change=move |event| {
                        let wanted = event_target_value(&event);
                        chosen.update_value(|chosen| drop(chosen.insert(kind, wanted)));
                    }>
                    {options}
                </select>
                <button type="button" class="button" data-testid="inject"
                    aria-label=format!("{}: {name}", words.inject) on:click=inject>
                    {words.inject}
                </button>
            </p>
        </div>
    }
    .into_any()
}

/// Does it, standing still, and shows what comes of it.
fn act(page: Page, act: Act) {
    if page.moment.with_untracked(|moment| moment.play_state == PlayState::Playing) {
        page.dispatch(PlayerCommand::Pause);
    }
    page.dispatch(act);
    page.dispatch(UiCommand::Drawer(false));
}

/// Whether a fault would hit a thing: itself, or what it stands on.
fn hits(fault: &Fault, victim: &Victim, scene: &Scene) -> bool {
    let of_container = |wanted: &str| match fault {
        Fault::Crash(_, container)
        | Fault::Kill(_, container, _)
        | Fault::ProbeFails(_, container, _) => container.as_str() == wanted,
        _ => false,
    };
    match victim {
        Victim::Link(a, b) => {
            let is_clone = matches!(fault, Fault::CorruptClone(pod) if pod == a || pod == b);
            is_clone || (fault.pods().contains(&a) && fault.pods().contains(&b))
        }
        Victim::Thing(Entity::Container(pod, container)) => {
            fault.pods().contains(&pod) && of_container(container)
        }
        Victim::Thing(Entity::Pod(pod) | Entity::File(pod, _)) => {
            let node = scene.pods.get(pod).and_then(|pod| pod.node.as_ref());
            let slots = scene.sets.iter().flat_map(|set| &set.slots);
            let claim = slots.filter(|slot| slot.pod == *pod).find_map(|slot| slot.claim.as_ref());
            fault.pods().contains(&pod)
                || matches!(fault, Fault::NodeLoss(lost) if Some(lost) == node)
                || matches!(fault, Fault::DiskFull(it) | Fault::VolumeLoss(it) if Some(it) == claim)
        }
        Victim::Thing(Entity::Claim(claim)) => {
            matches!(fault, Fault::DiskFull(it) | Fault::VolumeLoss(it) if it == claim)
        }
        Victim::Thing(Entity::Node(node)) => {
            matches!(fault, Fault::NodeLoss(lost) if lost == node)
        }
        Victim::Thing(Entity::Service(_) | Entity::Object(..)) => false,
    }
}

/// What "break it" means for what is in focus; nothing for what cannot break.
pub fn victim_of(focus: &Focus) -> Option<Victim> {
    let Focus { pod, container, claim, thing, .. } = focus.clone();
    let thing = thing
        .or_else(|| Some(Entity::Container(pod.clone()?, container?)))
        .or_else(|| claim.map(Entity::Claim))
        .or_else(|| pod.map(Entity::Pod))?;
    let breaks = !matches!(thing, Entity::Service(_) | Entity::Object(..));
    breaks.then_some(Victim::Thing(thing))
}

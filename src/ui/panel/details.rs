//! Details: what a thing is at this step, and the Kubernetes Events about it.

use leptos::prelude::*;
use ordinal::base::{ClaimName, NodeName, PodName, ServiceName, SimTime};
use ordinal::text::Entity;
use ordinal::text::ui::{Words, duration, size};
use ordinal::view::scene::{ContainerState, MemberState, PodScene, Scene};

use super::part::{nothing, pods, term};
use crate::ui::command::UiCommand;
use crate::ui::page::{Focus, Page};
use crate::ui::pick::Pick;

/// The Details tab.
pub fn details() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let content = move || {
        let moment = page.moment.get();
        let words = page.words();
        let Focus { thing, pod, .. } = focus.get();
        let Some(thing) = thing.or(pod.map(Entity::Pod)) else {
            return view! {
                {nothing(words.nothing_selected)}
                {events(words, &moment.scene, None)}
            }
            .into_any();
        };
        thing_details(words, &moment.scene, &thing)
    };
    view! { {pods(page, focus)}<div class="details" data-testid="details">{content}</div> }
        .into_any()
}

fn thing_details(words: &'static Words, scene: &Scene, thing: &Entity) -> AnyView {
    let (title, object, body) = match thing {
        Entity::Pod(name) | Entity::Container(name, _) | Entity::File(name, _) => {
            (format!("Pod {name}"), format!("pod/{name}"), pod(words, scene, name))
        }
        Entity::Service(name) => {
            (format!("Service {name}"), format!("service/{name}"), service(words, scene, name))
        }
        Entity::Claim(name) => (
            format!("PersistentVolumeClaim {name}"),
            format!("persistentvolumeclaim/{name}"),
            claim(words, scene, name),
        ),
        Entity::Node(name) => {
            (format!("Node {name}"), format!("node/{name}"), node(words, scene, name))
        }
        Entity::Object(kind, name) => (
            format!("{kind} {name}"),
            format!("{}/{name}", kind.to_lowercase()),
            object(words, scene, kind, name),
        ),
    };
    let declared = match thing {
        Entity::Service(name) => Some(("Service", name.to_string())),
        Entity::Object(kind, name) if kind == "StatefulSet" => Some(("StatefulSet", name.clone())),
        Entity::Object(kind, name) if kind == "ConfigMap" => Some(("ConfigMap", name.clone())),
        _ => None,
    };
    let door = declared.map(|(kind, name)| {
        let page = Page::here();
        let press = move |_| page.dispatch(UiCommand::Declared(kind, name.clone()));
        view! { <button type="button" class="button" on:click=press>{words.in_manifest}</button> }
    });
    view! { <h2>{title}</h2>{body}{door}{events(words, scene, Some(&object))} }.into_any()
}

fn pod(words: &'static Words, scene: &Scene, name: &PodName) -> AnyView {
    let Some(pod) = scene.pods.get(name) else { return nothing(words.no_such_pod) };
    let dash = || "—".to_owned();
    let (ready, total) = pod.ready;
    let containers: Vec<AnyView> = pod
        .containers
        .iter()
        .map(|container| {
            let pick = Pick::Log(name.clone(), container.name.clone()).to_string();
            let kind = if container.init { words.init_container } else { words.container };
            let state = state(words, scene.at, &container.state);
            let processes: Vec<AnyView> = container
                .processes
                .iter()
                .map(|process| {
                    view! {
                        <li><i>{process.shown}</i><code>{process.command.clone()}</code></li>
                    }
                    .into_any()
                })
                .collect();
            view! {
                <li class="about">
                    <button type="button" data-pick=pick><b>{container.name.to_string()}</b>
                    </button>
                    <span>{kind}" · "{state}</span>
                    <span class="mono">{container.image.clone()}</span>
                    <ul class="processes">{processes}</ul>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <dl class="terms">
            {term(words.status, pod.status.clone())}
            {term(words.ready, format!("{ready}/{total}"))}
            {term(words.restart_count, pod.restarts.to_string())}
            {term(words.age, duration(scene.at.since(pod.created)))}
            {node_term(words, pod)}
            {term(words.address, pod.ip.clone().unwrap_or_else(dash))}
        </dl>
        <ul class="abouts">{containers}</ul>
        {mysql_door(name, pod)}
    }
    .into_any()
}

/// The node it runs on, as a way to the node.
fn node_term(words: &'static Words, pod: &PodScene) -> AnyView {
    let Some(node) = &pod.node else { return term(words.node, "—") };
    let pick = Pick::Thing(Entity::Node(node.clone())).to_string();
    view! {
        <div class="term"><dt>{words.node}</dt><dd>
            <button type="button" class="term-door" data-pick=pick>{node.to_string()}</button>
        </dd></div>
    }
    .into_any()
}

fn mysql_door(name: &PodName, pod: &PodScene) -> Option<AnyView> {
    pod.mysql.as_ref()?;
    let pick = Pick::Mysql(name.clone()).to_string();
    Some(
        view! {
            <button type="button" class="button" data-pick=pick>"MySQL →"</button>
        }
        .into_any(),
    )
}

fn state(words: &'static Words, now: SimTime, state: &ContainerState) -> String {
    match state {
        ContainerState::Waiting { reason } => reason.clone(),
        ContainerState::Running { since } => (words.running_for)(now.since(*since)),
        ContainerState::Terminated { code, reason, .. } => {
            format!("{reason} ({})", (words.exit_code)(*code))
        }
    }
}

fn service(words: &'static Words, scene: &Scene, name: &ServiceName) -> AnyView {
    let Some(service) = scene.services.iter().find(|service| service.name == *name) else {
        return ().into_any();
    };
    let members: Vec<AnyView> = service
        .members
        .iter()
        .map(|member| {
            let state = match member.state {
                MemberState::Ready => words.ready,
                MemberState::NotReady => words.not_ready,
                MemberState::Terminating => words.terminating,
                MemberState::NoSuchPod => words.no_such_pod,
            };
            let pick = Pick::Thing(Entity::Pod(member.pod.clone())).to_string();
            let ip = member.ip.clone().unwrap_or_default();
            view! {
                <li class="about">
                    <button type="button" data-pick=pick><b>{member.pod.to_string()}</b></button>
                    <span>{state}</span><span class="mono">{ip}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let ip = service.cluster_ip.clone().unwrap_or_else(|| "None".to_owned());
    let port = service.port.map(|port| term(words.port, port.to_string()));
    view! {
        <dl class="terms">{term(words.cluster_ip, ip)}{port}</dl>
        <h3>{words.members}</h3>
        <ul class="abouts">{members}</ul>
    }
    .into_any()
}

fn claim(words: &'static Words, scene: &Scene, name: &ClaimName) -> AnyView {
    let Some(claim) = scene.claims.get(name) else { return nothing(words.no_claim) };
    let status = if claim.bound { "Bound" } else { "Pending" };
    view! {
        <dl class="terms">
            {term(words.status, status)}
            {term(words.bound_to, claim.volume.clone().unwrap_or_else(|| "—".to_owned()))}
            {term(words.capacity, claim.size.clone())}
            {term(words.used, size(claim.used))}
        </dl>
    }
    .into_any()
}

fn node(words: &'static Words, scene: &Scene, name: &NodeName) -> AnyView {
    let status = scene.nodes.iter().find(|node| node.name == *name);
    let status = status.map(|node| node.status.clone()).unwrap_or_default();
    let pods: Vec<AnyView> = scene
        .pods
        .values()
        .filter(|pod| pod.node.as_ref() == Some(name))
        .map(|pod| {
            let pick = Pick::Thing(Entity::Pod(pod.name.clone())).to_string();
            view! {
                <li class="about">
                    <button type="button" data-pick=pick><b>{pod.name.to_string()}</b></button>
                    <span>{pod.status.clone()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <dl class="terms">{term(words.status, status)}</dl>
        <h3>{words.pods}</h3>
        <ul class="abouts">{pods}</ul>
    }
    .into_any()
}

fn object(words: &'static Words, scene: &Scene, kind: &str, name: &str) -> AnyView {
    if let Some(set) = scene.sets.iter().find(|set| kind == "StatefulSet" && set.name == name) {
        return view! {
            <dl class="terms">
                {term("spec.replicas", set.replicas.to_string())}
                {term("status.readyReplicas", set.ready.to_string())}
            </dl>
        }
        .into_any();
    }
    match scene.configs.iter().find(|config| config.name == name) {
        Some(config) => {
            view! { <dl class="terms">{term(words.keys_of, config.keys.join(", "))}</dl> }
                .into_any()
        }
        None => ().into_any(),
    }
}

/// Events about one object, or all of them, newest first.
fn events(words: &'static Words, scene: &Scene, object: Option<&str>) -> AnyView {
    let about = |name: &str| object.is_none_or(|object| name.eq_ignore_ascii_case(object));
    let rows: Vec<AnyView> = scene
        .events
        .iter()
        .rev()
        .filter(|event| about(&event.object))
        .take(60)
        .map(|event| {
            let ago = duration(scene.at.since(event.at));
            let times = (event.count > 1).then(|| format!(" ×{}", event.count));
            let whose = object.is_none().then(|| format!("{} ", event.object));
            view! {
                <li class="api-event" class:warning=event.warning>
                    <span>{ago}</span><b>{event.reason.clone()}{times}</b>
                    <i>{whose}{event.message.clone()}</i>
                </li>
            }
            .into_any()
        })
        .collect();
    let none = rows.is_empty().then(|| nothing(words.no_events));
    view! { <h3>{words.events}</h3><ul class="api-events">{rows}</ul>{none} }.into_any()
}

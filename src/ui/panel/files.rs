//! Files: what is on a volume at this step, and what is in a file.

use leptos::prelude::*;
use ordinal::base::ClaimName;
use ordinal::text::ui::size;
use ordinal::view::scene::{FileScene, Scene};

use super::part::{choice, follow, nothing};
use crate::ui::dispatch::UiCommand;
use crate::ui::page::{Focus, Moment, Page};
use crate::ui::tint;

/// Bytes of a file that are shown.
const SHOWN_BYTES: u64 = 16 * 1024;

/// The Files tab.
pub fn files() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let choices = move || {
        let scene = page.moment.get().scene.clone();
        let chosen = claim_of(&scene, &focus.get());
        scene
            .claims
            .keys()
            .map(|name| {
                let owner = owner(&scene, name);
                let tint =
                    owner.as_ref().map_or("t-plain", |pod| tint::of_pod(&scene, pod).class());
                let focus = Focus { pod: owner, claim: Some(name.clone()), ..Focus::default() };
                choice(page, name.to_string(), tint, chosen.as_ref() == Some(name), focus)
            })
            .collect::<Vec<AnyView>>()
    };
    let content = move || {
        let moment = page.moment.get();
        let focus = focus.get();
        let words = page.words();
        let Some(claim) = claim_of(&moment.scene, &focus) else { return nothing(words.no_volumes) };
        let files = &moment.scene.claims[&claim].files;
        if files.is_empty() {
            return nothing(words.no_files);
        }
        let chosen = focus.file.as_deref().and_then(|path| found(files, path));
        let tree = tree(page, &moment, &claim, chosen.map(|file| file.path.as_str()));
        let text = match chosen.filter(|file| !file.is_dir) {
            Some(file) => content(page, file),
            None => nothing(words.choose_file),
        };
        view! { <div class="tree" data-testid="files">{tree}</div><div class="file">{text}</div> }
            .into_any()
    };
    view! {
        <div class="choices">{choices}{follow(page)}</div>
        <div class="files">{content}</div>
    }
    .into_any()
}

/// A file by its path on the volume, or by a path in a container that ends so.
fn found<'a>(files: &'a [FileScene], path: &str) -> Option<&'a FileScene> {
    let exact = files.iter().find(|file| file.path == path);
    exact.or_else(|| {
        let name = path.rsplit('/').next()?;
        files.iter().find(|file| file.path.rsplit('/').next() == Some(name))
    })
}

fn claim_of(scene: &Scene, focus: &Focus) -> Option<ClaimName> {
    let named = focus.claim.clone().filter(|claim| scene.claims.contains_key(claim));
    let of_pod = || {
        let slots = scene.sets.iter().flat_map(|set| &set.slots);
        let slot = slots.into_iter().find(|slot| Some(&slot.pod) == focus.pod.as_ref())?;
        slot.claim.clone().filter(|claim| scene.claims.contains_key(claim))
    };
    named.or_else(of_pod).or_else(|| scene.claims.keys().next().cloned())
}

fn owner(scene: &Scene, claim: &ClaimName) -> Option<ordinal::base::PodName> {
    let mut slots = scene.sets.iter().flat_map(|set| &set.slots);
    slots.find(|slot| slot.claim.as_ref() == Some(claim)).map(|slot| slot.pod.clone())
}

fn tree(page: Page, moment: &Moment, claim: &ClaimName, chosen: Option<&str>) -> Vec<AnyView> {
    let files = &moment.scene.claims[claim].files;
    let before = moment.before.claims.get(claim).map(|claim| claim.files.clone());
    let pod = owner(&moment.scene, claim);
    files
        .iter()
        .map(|file| {
            let depth = file.path.trim_matches('/').matches('/').count();
            let name = file.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let name = if file.is_dir { format!("{name}/") } else { name.to_owned() };
            let old =
                before.as_ref().and_then(|files| files.iter().find(|old| old.path == file.path));
            let fresh =
                old.is_none_or(|old| old.size != file.size || old.modified != file.modified);
            let focus = Focus {
                pod: pod.clone(),
                claim: Some(claim.clone()),
                file: Some(file.path.clone()),
                ..Focus::default()
            };
            let size = if file.is_dir { String::new() } else { size(file.size) };
            view! {
                <button type="button" class="tree-row" class:fresh=fresh class:dir=file.is_dir
                    aria-pressed=(chosen == Some(file.path.as_str())).to_string()
                    style=format!("--depth:{depth}")
                    on:click=move |_| page.dispatch(UiCommand::Focus(focus.clone()))>
                    <span>{name}</span><i>{size}</i>
                </button>
            }
            .into_any()
        })
        .collect()
}

fn content(page: Page, file: &FileScene) -> AnyView {
    let words = page.words();
    let shown = file.content.slice(0, SHOWN_BYTES.min(file.content.len()));
    let bytes = shown.to_bytes(SHOWN_BYTES);
    let is_text = std::str::from_utf8(&bytes).is_ok()
        && !bytes.iter().any(|byte| *byte < 9 || (*byte > 13 && *byte < 32));
    if !is_text {
        return view! {
            <h3>{file.path.clone()}</h3><p class="nothing">{(words.binary_file)(&size(file.size))}
            </p>
        }
        .into_any();
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let rest = (file.size > SHOWN_BYTES).then(
        || view! { <p class="nothing">{(words.cut_file)(&size(file.size - SHOWN_BYTES))}</p> },
    );
    view! { <h3>{file.path.clone()}</h3><pre>{text}</pre>{rest} }.into_any()
}

//! Files: what is on a volume at this step, and what is in a file.

use std::sync::Arc;

use leptos::prelude::*;
use ordinal::base::{ClaimName, PodName};
use ordinal::text::ui::size;
use ordinal::view::scene::{FileScene, Scene};

use super::part::{choice, follow, nothing};
use crate::ui::command::UiCommand;
use crate::ui::page::{Focus, Moment, Page};
use crate::ui::tint;

/// Bytes of a file that are shown.
const SHOWN_BYTES: u64 = 16 * 1024;

/// What is shown of a volume. Equal unless there is something new to draw.
#[derive(Clone)]
struct Shown {
    claim: ClaimName,
    owner: Option<PodName>,
    files: Arc<Vec<FileScene>>,
    /// One step before.
    before: Option<Arc<Vec<FileScene>>>,
    /// The file that is open.
    path: Option<String>,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Shown) -> bool {
        // The lists are long, and steps that leave them alone share them.
        let same = |a: &Option<Arc<Vec<FileScene>>>, b: &Option<Arc<Vec<FileScene>>>| {
            a.as_ref().map(Arc::as_ptr) == b.as_ref().map(Arc::as_ptr)
        };
        Arc::ptr_eq(&self.files, &other.files)
            && same(&self.before, &other.before)
            && (&self.claim, &self.owner, &self.path) == (&other.claim, &other.owner, &other.path)
    }
}

/// The Files tab.
pub fn files() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let shown = Memo::new(move |_| page.moment.with(|moment| shown(moment, &focus.get())));
    let claims = Memo::new(move |_| {
        page.moment.with(|moment| {
            let scene = &moment.scene;
            let claim = |name: &ClaimName| {
                let owner = owner(scene, name);
                let tint = owner.as_ref().map_or("t-plain", |pod| tint::of_pod(scene, pod).class());
                (name.clone(), owner, tint)
            };
            scene.claims.keys().map(claim).collect::<Vec<_>>()
        })
    });
    let chosen = Memo::new(move |_| shown.with(|it| it.as_ref().map(|it| it.claim.clone())));
    let choices = move || {
        let choose = |(name, pod, tint): (ClaimName, Option<PodName>, &'static str)| {
            let is_chosen = chosen.get().as_ref() == Some(&name);
            let text = name.to_string();
            choice(
                page,
                text,
                tint,
                is_chosen,
                Focus { pod, claim: Some(name), ..Focus::default() },
            )
        };
        claims.get().into_iter().map(choose).collect::<Vec<AnyView>>()
    };
    let content = move || {
        let words = page.words();
        let Some(shown) = shown.get() else { return nothing(words.no_volumes) };
        if shown.files.is_empty() {
            return nothing(words.no_files);
        }
        let chosen = shown.path.as_deref().and_then(|path| found(&shown.files, path));
        let tree = tree(page, &shown, chosen.map(|file| file.path.as_str()));
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

fn shown(moment: &Moment, focus: &Focus) -> Option<Shown> {
    let claim = claim_of(&moment.scene, focus)?;
    let files_in = |scene: &Scene| scene.claims.get(&claim).map(|claim| claim.files.clone());
    Some(Shown {
        owner: owner(&moment.scene, &claim),
        files: files_in(&moment.scene)?,
        before: files_in(&moment.before),
        path: focus.file.clone(),
        claim,
    })
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

fn owner(scene: &Scene, claim: &ClaimName) -> Option<PodName> {
    let mut slots = scene.sets.iter().flat_map(|set| &set.slots);
    slots.find(|slot| slot.claim.as_ref() == Some(claim)).map(|slot| slot.pod.clone())
}

fn tree(page: Page, shown: &Shown, chosen: Option<&str>) -> Vec<AnyView> {
    let Shown { claim, owner, files, before, .. } = shown;
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
                pod: owner.clone(),
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
            <h2>{file.path.clone()}</h2><p class="nothing">{(words.binary_file)(&size(file.size))}
            </p>
        }
        .into_any();
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let rest = (file.size > SHOWN_BYTES).then(
        || view! { <p class="nothing">{(words.cut_file)(&size(file.size - SHOWN_BYTES))}</p> },
    );
    view! { <h2>{file.path.clone()}</h2><pre>{text}</pre>{rest} }.into_any()
}

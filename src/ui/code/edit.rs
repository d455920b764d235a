//! The manifests, to be edited: a copy beside the terminals that is read as it is typed, and that
//! can be applied.

use std::collections::BTreeMap;

use leptos::prelude::*;
use ordinal::sim::Intervention;

use crate::ui::acts::Act;
use crate::ui::browser;
use crate::ui::command::UiCommand;
use crate::ui::page::{Dialog, Page, Tab};
use crate::ui::session::{Trouble, troubles};

/// Where edits are stored.
const DRAFTS: &str = "ordinal.drafts";

/// The text field, as CSS finds it.
const FIELD: &str = ".draft textarea";

/// The edits stored on this device.
pub fn drafts() -> BTreeMap<String, String> {
    let stored = browser::stored(DRAFTS).unwrap_or_default();
    serde_json::from_str(&stored).unwrap_or_default()
}

impl Page {
    /// What a manifest says beside the terminals at this step.
    fn on_desk(self, file: &str) -> String {
        self.player.with_value(|player| player.world().desk_file(file)).unwrap_or_default()
    }

    pub(in crate::ui) fn draft(self, file: String, text: Option<String>) {
        let is_edit = |text: &String| *text != self.on_desk(&file);
        let text = text.filter(is_edit);
        self.drafts.update(|drafts| {
            match text {
                Some(text) => drafts.insert(file, text),
                None => drafts.remove(&file),
            };
        });
        let stored = self.drafts.with_untracked(serde_json::to_string).unwrap_or_default();
        browser::store(DRAFTS, &stored);
    }

    pub(in crate::ui) fn apply_draft(self, file: &str, text: String) {
        let text = if text.ends_with('\n') { text } else { text + "\n" };
        let here = self.console.terminal.get_untracked();
        let free = |terminal: &u32| !self.is_busy(*terminal).0;
        let terminal = free(&here).then_some(here).or_else(|| (1..=9).find(free)).unwrap_or(here);
        if text != self.on_desk(file) {
            self.dispatch(Act::Do(Intervention::Write { file: file.to_owned(), text }));
        }
        self.draft(file.to_owned(), None);
        self.console.terminal.set(terminal);
        self.tab.set(Tab::Terminal);
        self.dispatch(Act::Enter { terminal, line: format!("kubectl apply -f {file}") });
    }
}

/// The way into editing and back.
pub fn toggle(page: Page) -> AnyView {
    let name = move || if page.edits.get() { page.words().edit_done } else { page.words().edit };
    view! {
        <button type="button" class="follow" data-testid="edit"
            aria-pressed=move || page.edits.get().to_string()
            on:click=move |_| page.dispatch(UiCommand::EditFiles(!page.edits.get_untracked()))>
            {name}
        </button>
    }
    .into_any()
}

/// The open file as a text field, what is wrong with it, and what can be done with it.
pub fn edit(open: Memo<u32>) -> AnyView {
    let page = Page::here();
    let file = Memo::new(move |_| {
        page.files
            .with(|files| files.get(open.get() as usize).map(|(name, _)| name.clone()))
            .unwrap_or_default()
    });
    let text = Memo::new(move |_| {
        page.acts.track();
        page.moment.track();
        let file = file.get();
        page.drafts.with(|drafts| drafts.get(&file).cloned()).unwrap_or_else(|| page.on_desk(&file))
    });
    let is_edited = move || page.drafts.with(|drafts| drafts.contains_key(&file.get()));
    let found = Memo::new(move |_| {
        let (file, text) = (file.get(), text.get());
        let mut files = page.files.with(|files| files.as_ref().clone());
        for (name, old) in &mut files {
            *old = if *name == file { text.clone() } else { page.on_desk(name) };
        }
        let all = troubles(files, |_| true).into_iter();
        all.filter(|one| one.at.starts_with(&format!("{file}:"))).collect::<Vec<Trouble>>()
    });
    let is_wrong = move || found.with(|all| all.iter().any(|one| one.is_error));
    view! {
        <div class="draft" data-testid="draft">
            <p class="draft-lead">
                <span>{move || page.words().edit_lead}</span>
                <button type="button" class="button quiet" data-testid="own-yaml"
                    on:click=move |_| page.dispatch(UiCommand::Show(Some(Dialog::Session)))>
                    {move || page.words().own_yaml}
                </button>
            </p>
            <textarea spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"
                data-testid="draft-text" aria-label=move || file.get()
                aria-invalid=move || is_wrong().to_string()
                prop:value=move || text.get()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    page.dispatch(UiCommand::Draft(file.get_untracked(), Some(text)));
                }>
            </textarea>
            {complaints(page, found, text)}
            <div class="draft-actions">
                <button type="button" class="button main" data-testid="draft-apply"
                    on:click=move |_| {
                        let text = text.get_untracked();
                        page.dispatch(UiCommand::ApplyDraft(file.get_untracked(), text));
                    }>
                    {move || page.words().edit_apply}
                </button>
                <button type="button" class="button" data-testid="draft-discard"
                    disabled=move || !is_edited()
                    on:click=move |_| page.dispatch(UiCommand::Draft(file.get_untracked(), None))>
                    {move || page.words().edit_discard}
                </button>
                <code>{move || format!("kubectl apply -f {}", file.get())}</code>
            </div>
        </div>
    }
    .into_any()
}

/// What is wrong with the text; a click goes there.
fn complaints(page: Page, found: Memo<Vec<Trouble>>, text: Memo<String>) -> AnyView {
    let rows = move || {
        let words = page.words();
        let lang = page.lang.get() as usize;
        let all = found.get();
        if all.is_empty() {
            return view! { <p class="clean">{words.edit_clean}</p> }.into_any();
        }
        let row = |one: Trouble| {
            let at = offset(&text.get_untracked(), &one.at);
            let (class, kind) = match one.is_error {
                true => ("is-error", words.edit_error),
                false => ("", words.edit_warning),
            };
            view! {
                <li class=class>
                    <button type="button" on:click=move |_| browser::place_caret(FIELD, at)>
                        <code>{one.at.clone()}</code><b>{kind}</b><span>{one.text[lang].clone()}
                        </span>
                    </button>
                </li>
            }
            .into_any()
        };
        let rows: Vec<AnyView> = all.into_iter().map(row).collect();
        view! { <ul>{rows}</ul> }.into_any()
    };
    view! { <div class="complaints" role="status" data-testid="complaints">{rows}</div> }.into_any()
}

/// Where `file:line:column` stands in a text, in UTF-16 units from its start.
fn offset(text: &str, at: &str) -> u32 {
    let mut numbers = at.rsplit(':').filter_map(|part| part.parse::<usize>().ok());
    let (column, line) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1));
    let units = |text: &str| text.encode_utf16().count();
    let before: usize = text.split_inclusive('\n').take(line.max(1) - 1).map(units).sum();
    let within = text.lines().nth(line.max(1) - 1).unwrap_or_default();
    let within: String = within.chars().take(column.max(1) - 1).collect();
    (before + units(&within)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_text_is_found() {
        let text = "a: 1\nb: 副本x\nc: 𝛼y\n";
        let rows = [("f.yaml:1:1", 0), ("f.yaml:2:4", 8), ("f.yaml:2:6", 10), ("f.yaml:3:5", 17)];
        for (at, want) in rows {
            assert_eq!(offset(text, at), want, "{at}");
        }
    }
}

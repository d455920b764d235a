//! The session: save it as a file or a link, open another, or manifests of one's own.

use std::sync::Arc;

use leptos::prelude::*;

use super::browser;
use super::command::UiCommand;
use super::help::dialog;
use super::icon::{self, icon};
use super::page::Page;
use super::place;
use super::session::Trouble;

/// The name of a saved session.
const FILE: &str = "ordinal.session";

/// The name of manifests that were pasted.
const PASTED: &str = "manifests.yaml";

/// What the dialog holds while it is open.
#[derive(Clone, Copy)]
struct Draft {
    page: Page,
    /// What is to be opened.
    text: RwSignal<String>,
    /// The name of the file it is from.
    name: RwSignal<String>,
    /// Why it was not opened.
    refused: RwSignal<Arc<Vec<Trouble>>>,
}

/// The dialog.
pub fn saving() -> AnyView {
    let page = Page::here();
    let refused = RwSignal::new(page.refused.get_untracked());
    let draft = Draft { page, text: RwSignal::default(), name: RwSignal::default(), refused };
    page.dispatch(UiCommand::SeenRefusal);
    let content = view! { <div class="saving">{save(page)}{open(draft)}</div> }.into_any();
    dialog("session-dialog", page.words().session_title, "dialog", content)
}

fn save(page: Page) -> AnyView {
    let words = page.words();
    let text = page.session_text();
    let (shown, saved, copied) = (text.clone(), text.clone(), text);
    let link = match browser::hash().contains("session=kept") {
        true => view! { <p class="watched">{words.session_link_long}</p> }.into_any(),
        false => view! {
            <button type="button" class="button" data-testid="session-link"
                on:click=move |_| page.dispatch(UiCommand::Share)>
                {icon(icon::SHARE)}" "{words.session_link}
            </button>
        }
        .into_any(),
    };
    view! {
        <section>
            <h3>{words.session_save}</h3>
            <p class="lead">{words.session_save_lead}</p>
            <pre class="session-text" tabindex="0" data-testid="session-text">{shown}</pre>
            <div class="actions">
                <button type="button" class="button main" data-testid="session-save"
                    on:click=move |_| browser::download(FILE, "text/plain", saved.as_bytes())>
                    {icon(icon::DOWNLOAD)}" "{(words.save)(FILE)}
                </button>
                <button type="button" class="button" data-testid="session-copy"
                    on:click=move |_| page.dispatch(UiCommand::Copy(copied.clone()))>
                    {move || page.notice.get().unwrap_or(words.copy)}
                </button>
                {link}
            </div>
        </section>
    }
    .into_any()
}

impl Draft {
    fn take(self, file: Option<browser::File>) {
        let Some(file) = file else { return };
        browser::read_file(&file, move |name, bytes| {
            let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
                return self.refused.set(Arc::new(vec![Trouble::not_text(&name)]));
            };
            self.name.set(name);
            self.text.set(text);
            self.open();
        });
    }

    /// Opens what stands there: manifests or a session.
    fn open(self) {
        let text = self.text.get_untracked();
        let text =
            if is_yaml(&self.name.get_untracked(), &text) { self.as_session(&text) } else { text };
        match self.page.open_session(&text, None) {
            Ok(()) => self.page.dispatch(UiCommand::Show(None)),
            Err(refused) => self.refused.set(Arc::new(refused)),
        }
    }

    /// Manifests as the session that runs them.
    fn as_session(self, text: &str) -> String {
        let name = self.name.get_untracked();
        // A session file has names without white space.
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        let name = if name.is_empty() { PASTED.to_owned() } else { name };
        let lines: String = text.lines().map(|line| format!("| {line}\n")).collect();
        format!("manifest {name}\n{lines}lesson\n")
    }
}

/// Whether a text is manifests and no session.
fn is_yaml(name: &str, text: &str) -> bool {
    let named = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    named || text.lines().any(|line| line.starts_with("apiVersion:") || line.starts_with("kind:"))
}

fn open(draft: Draft) -> AnyView {
    let page = draft.page;
    let words = page.words();
    let before = browser::stored(place::SCRIPT_BEFORE).filter(|text| !text.is_empty());
    let back = before.map(|text| {
        view! {
            <button type="button" class="button quiet" data-testid="session-before"
                on:click=move |_| {
                    draft.name.set(String::new());
                    draft.text.set(text.clone());
                    draft.open();
                }>
                {words.session_before}
            </button>
        }
    });
    view! {
        <section
            on:dragover=move |event| event.prevent_default()
            on:drop=move |event| {
                event.prevent_default();
                draft.take(browser::dropped(&event));
            }
        >
            <h3>{words.session_open}</h3>
            <p class="lead">{words.session_open_lead}</p>
            <textarea class="session-text" spellcheck="false" autocapitalize="off" wrap="off"
                placeholder=words.session_paste aria-label=words.session_paste
                data-testid="session-paste"
                prop:value=move || draft.text.get()
                on:input=move |event| {
                    draft.name.set(String::new());
                    draft.text.set(event_target_value(&event));
                    draft.refused.set(Arc::default());
                }>
            </textarea>
            {move || refusals(draft)}
            <div class="actions">
                <button type="button" class="button main" data-testid="session-run"
                    disabled=move || draft.text.with(|text| text.trim().is_empty())
                    on:click=move |_| draft.open()>
                    {words.session_run}
                </button>
                <label class="button file-button">
                    {words.session_file}
                    <input type="file" class="hidden-words" data-testid="session-file"
                        accept=".session,.yaml,.yml,.json,.txt,text/plain"
                        on:change=move |event| draft.take(browser::chosen(&event)) />
                </label>
                {back}
            </div>
        </section>
    }
    .into_any()
}

fn refusals(draft: Draft) -> Option<AnyView> {
    let words = draft.page.words();
    let lang = draft.page.lang.get() as usize;
    let refused = draft.refused.get();
    if refused.is_empty() {
        return None;
    }
    let row = |one: &Trouble| {
        let is_line = one.at.parse::<u32>().is_ok();
        let at = if is_line { (words.session_line)(&one.at) } else { one.at.clone() };
        let text = one.text[lang].clone();
        view! { <li><code>{at}</code><span>{text}</span></li> }.into_any()
    };
    let rows: Vec<AnyView> = refused.iter().map(row).collect();
    let view = view! {
        <div class="refused" role="alert" data-testid="refused">
            <h4>{(words.session_refused)(refused.len())}</h4>
            <ul>{rows}</ul>
        </div>
    };
    Some(view.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_and_sessions_are_told_apart() {
        let rows = [
            ("my.yaml", "anything", true),
            ("", "# mine\napiVersion: v1\nkind: Pod\n", true),
            ("x.session", "lesson\n$ kubectl get pods\n", false),
            ("", "manifest my.yaml\n| apiVersion: v1\n| kind: Pod\nlesson\n", false),
        ];
        for (name, text, want) in rows {
            assert_eq!(is_yaml(name, text), want, "{name}: {text}");
        }
    }
}

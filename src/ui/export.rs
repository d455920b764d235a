//! The download: options, a preview with what they change, the files, the commands that go with
//! them.
//! Every option that a manifest can hold runs the model again: what is downloaded is what was
//! watched.

use std::sync::Arc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use ordinal::manifest::export::{
    self, ExportFormat, ExportedFile, OptionName, OptionProblem, commands,
};
use ordinal::player::Progress;
use ordinal::text::export::{password_note, problem, purpose};
use ordinal::text::ui::{Words, thousands};

use super::browser;
use super::code::highlight::highlight;
use super::code::line;
use super::command::UiCommand;
use super::help::dialog;
use super::icon::{self, button, icon};
use super::page::Page;
use super::session::{self, Options};

/// Real time after the last keystroke before the model runs again, in milliseconds.
const SETTLE_MS: u32 = 400;

/// The most pods the dialog offers.
const REPLICAS_MAX: u32 = 9;

/// What the dialog holds while it is open.
#[derive(Clone, Copy)]
struct Draft {
    page: Page,
    options: RwSignal<Options>,
    format: RwSignal<ExportFormat>,
    /// The file that is previewed.
    file: RwSignal<usize>,
    files: Memo<Exported>,
    timer: StoredValue<Option<Timeout>, LocalStorage>,
}

#[derive(Clone, PartialEq)]
struct Exported(Result<Arc<Vec<ExportedFile>>, Vec<OptionProblem>>);

/// The dialog.
pub fn export() -> AnyView {
    let page = Page::here();
    let options = RwSignal::new(page.options.get_untracked());
    let format = RwSignal::new(ExportFormat::Yaml);
    let files = Memo::new(move |_| {
        let made = session::exported(&options.get()).map(|files| match format.get() {
            ExportFormat::Yaml => vec![export::one_yaml(&files)],
            ExportFormat::Zip => files,
            ExportFormat::Kustomize => export::kustomize(&files),
        });
        Exported(made.map(Arc::new))
    });
    let (file, timer) = (RwSignal::new(0), StoredValue::new_local(None));
    let draft = Draft { page, options, format, file, files, timer };
    let words = page.words();
    let content = view! {
        <div class="export">
            <div class="export-options">
                <p class="lead">{words.download_lead}</p>
                {fields(draft)}
                {forms(draft)}
                {actions(draft)}
                <p class="caution">{password_note(page.lang.get_untracked())}</p>
            </div>
            <div class="export-result">{preview(draft)}{command_list(draft)}</div>
        </div>
    };
    dialog("export", words.download_title, "dialog", content.into_any())
}

impl Draft {
    /// Takes a change; the model runs with it once the person pauses.
    fn change(self, edit: impl FnOnce(&mut Options), wait_ms: u32) {
        self.options.update(edit);
        self.timer.set_value(Some(Timeout::new(wait_ms, move || self.run())));
    }

    /// Runs the model with the options as they are now, if a manifest can hold them.
    fn run(self) {
        let options = self.options.get_untracked();
        if self.files.with_untracked(|files| files.0.is_ok()) {
            self.page.dispatch(UiCommand::Run(options));
        }
    }

    fn archive(self) -> Option<(&'static str, &'static str, Vec<u8>)> {
        let files = self.files.get_untracked().0.ok()?;
        Some(match self.format.get_untracked() {
            ExportFormat::Yaml => {
                ("mysql.yaml", "application/yaml", files.first()?.text.clone().into_bytes())
            }
            ExportFormat::Zip | ExportFormat::Kustomize => {
                ("mysql.zip", "application/zip", export::zip(&files))
            }
        })
    }
}

fn fields(draft: Draft) -> AnyView {
    let words = draft.page.words();
    let replicas = move || draft.options.with(|options| options.replicas);
    let set = move |replicas: u32| {
        draft.change(|options| options.replicas = replicas.clamp(1, REPLICAS_MAX), 0);
    };
    let plain = |sign| view! { <span aria-hidden="true">{sign}</span> }.into_any();
    view! {
        <label class="field">
            <span>{words.replicas}</span>
            <span class="stepper">
                {button("fewer", "button", move || words.fewer, plain("−"), move || {
                    set(draft.options.get_untracked().replicas.saturating_sub(1));
                })}
                <input type="number" min="1" max="9" inputmode="numeric" data-testid="replicas"
                    prop:value=move || replicas().to_string()
                    on:input=move |event| {
                        if let Ok(replicas) = event_target_value(&event).parse() {
                            set(replicas);
                        }
                    } />
                {button("more", "button", move || words.more, plain("+"), move || {
                    set(draft.options.get_untracked().replicas + 1);
                })}
            </span>
        </label>
        {text_field(
            draft, "namespace", OptionName::Namespace, words.namespace, words.namespace_hint,
            |options| &mut options.namespace,
        )}
        {text_field(
            draft, "storage", OptionName::Storage, words.storage_size, "2Gi",
            |options| &mut options.storage,
        )}
        {text_field(
            draft, "class", OptionName::StorageClass, words.storage_class, words.class_hint,
            |options| &mut options.class,
        )}
    }
    .into_any()
}

fn text_field(
    draft: Draft,
    test: &'static str,
    name: OptionName,
    label: &'static str,
    hint: &'static str,
    field: fn(&mut Options) -> &mut String,
) -> AnyView {
    let value = move || field(&mut draft.options.get()).clone();
    let wrong = move || {
        let found = draft.files.with(|files| {
            let problems = files.0.as_ref().err()?;
            problems.iter().find(|problem| problem.option == name).cloned()
        });
        found.map(|found| problem(draft.page.lang.get(), &found).plain())
    };
    view! {
        <label class="field">
            <span>{label}</span>
            <input type="text" data-testid=test placeholder=hint spellcheck="false"
                autocapitalize="off" autocomplete="off" prop:value=value
                aria-invalid=move || wrong().is_some().to_string()
                on:input=move |event| {
                    let text = event_target_value(&event).trim().to_owned();
                    draft.change(|options| *field(options) = text, SETTLE_MS);
                } />
            {move || wrong().map(|words| view! { <em class="wrong" role="alert">{words}</em> })}
        </label>
    }
    .into_any()
}

/// One YAML, a zip, a kustomization.
fn forms(draft: Draft) -> AnyView {
    let words = draft.page.words();
    let forms = [
        (ExportFormat::Yaml, words.one_yaml, "format-yaml"),
        (ExportFormat::Zip, words.zip, "format-zip"),
        (ExportFormat::Kustomize, words.kustomize, "format-kustomize"),
    ];
    let buttons: Vec<AnyView> = forms
        .into_iter()
        .map(|(format, name, test)| {
            view! {
                <button type="button" role="radio" data-testid=test
                    aria-checked=move || (draft.format.get() == format).to_string()
                    on:click=move |_| {
                        draft.format.set(format);
                        draft.file.set(0);
                    }>
                    {name}
                </button>
            }
            .into_any()
        })
        .collect();
    view! { <div class="forms" role="radiogroup" aria-label=words.format>{buttons}</div> }
        .into_any()
}

fn actions(draft: Draft) -> AnyView {
    let page = draft.page;
    let words = page.words();
    let name = move || match draft.format.get() {
        ExportFormat::Yaml => (words.save)("mysql.yaml"),
        ExportFormat::Zip | ExportFormat::Kustomize => (words.save)("mysql.zip"),
    };
    let cannot = move || draft.files.with(|files| files.0.is_err());
    let save = move |_| {
        draft.run();
        if let Some((name, mime, bytes)) = draft.archive() {
            browser::download(name, mime, &bytes);
        }
    };
    let copy = move |_| {
        draft.run();
        if let Ok(files) = draft.files.get_untracked().0
            && let Some(file) = files.get(draft.file.get_untracked())
        {
            page.dispatch(UiCommand::Copy(file.text.clone()));
        }
    };
    let run = move || {
        let run = page.run.get();
        match run.progress {
            Progress::Growing => words.running.to_owned(),
            _ => (words.watched)(&thousands(run.len)),
        }
    };
    view! {
        <div class="actions">
            <button type="button" class="button main" data-testid="save" disabled=cannot
                on:click=save>
                {icon(icon::DOWNLOAD)}" "{name}
            </button>
            <button type="button" class="button" data-testid="copy" disabled=cannot on:click=copy>
                {move || page.notice.get().unwrap_or(words.copy)}
            </button>
        </div>
        <p class="watched" role="status">{run}</p>
    }
    .into_any()
}

fn preview(draft: Draft) -> AnyView {
    let words = draft.page.words();
    let content = move || {
        let Ok(files) = draft.files.get().0 else { return ().into_any() };
        let chosen = draft.file.get().min(files.len().saturating_sub(1));
        let tabs: Vec<AnyView> = files
            .iter()
            .enumerate()
            .map(|(index, file)| {
                view! {
                    <button type="button" role="tab" aria-selected=(index == chosen).to_string()
                        class:lit=!file.changed.is_empty()
                        on:click=move |_| draft.file.set(index)>
                        {file.name.clone()}
                    </button>
                }
                .into_any()
            })
            .collect();
        let count: usize = files.iter().map(|file| changed_lines(file).len()).sum();
        let told =
            if count == 0 { words.unchanged.to_owned() } else { (words.changed_lines)(count) };
        view! {
            <div class="preview-head">
                <div class="file-tabs" role="tablist" aria-label=words.preview>{tabs}</div>
                <p data-testid="changed">{told}</p>
            </div>
            {files.get(chosen).map(|file| text(words, file))}
        }
        .into_any()
    };
    view! { <section class="preview" data-testid="preview">{content}</section> }.into_any()
}

fn text(words: &'static Words, file: &ExportedFile) -> AnyView {
    let changed = changed_lines(file);
    let role = |index| changed.contains(&index).then_some("changed");
    let lines: Vec<AnyView> = highlight(&file.text)
        .into_iter()
        .enumerate()
        .map(|(index, tokens)| line(index + 1, tokens, role(index)))
        .collect();
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        let Some(host) = host.get() else { return };
        request_animation_frame(move || browser::reveal(&host, ".line[data-role]"));
    });
    view! {
        <div class="code" node_ref=host tabindex="0" role="region" aria-label=words.preview>
            <div class="lines">{lines}</div>
        </div>
    }
    .into_any()
}

/// The lines (from 0) that options changed.
fn changed_lines(file: &ExportedFile) -> Vec<usize> {
    let line = |at: usize| file.text[..at.min(file.text.len())].matches('\n').count();
    let mut lines = Vec::new();
    for range in &file.changed {
        let inner = &file.text[range.clone()];
        let start = range.start + inner.len() - inner.trim_start_matches('\n').len();
        let end = range.start + inner.trim_end_matches('\n').len();
        lines.extend(line(start)..=line(end.max(start)));
    }
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn command_list(draft: Draft) -> AnyView {
    let page = draft.page;
    let words = page.words();
    let rows = move || {
        let lang = page.lang.get();
        let chosen = draft.options.get();
        let options = chosen.to_export();
        commands(&session::originals(&chosen), &options, draft.format.get())
            .into_iter()
            .map(|command| {
                let text = command.text.clone();
                let copy = button(
                    "copy-command",
                    "button quiet",
                    move || words.copy,
                    icon(icon::COPY),
                    move || page.dispatch(UiCommand::Copy(text.clone())),
                );
                view! {
                    <li><span>{purpose(lang, command.purpose)}</span><pre>{command.text}</pre>{copy}
                    </li>
                }
                .into_any()
            })
            .collect::<Vec<AnyView>>()
    };
    view! { <section class="commands"><h3>{words.commands}</h3><ul>{rows}</ul></section> }
        .into_any()
}

//! A replica: from which byte of whose binary log it replicates, who told it so, and why; its
//! threads, its relay log, its whole status.

use leptos::prelude::*;
use ordinal::base::PodName;
use ordinal::text::ui::size;
use ordinal::view::scene::{MysqlScene, ReplicaScene};

use super::part::term;
use super::trail::trail;
use crate::ui::page::Page;

/// What is folded open. Kept here, because what is folded is drawn anew with every step.
#[derive(Clone, Copy)]
pub struct Folds {
    handover: RwSignal<bool>,
    status: RwSignal<bool>,
}

impl Default for Folds {
    fn default() -> Folds {
        Folds { handover: RwSignal::new(true), status: RwSignal::new(false) }
    }
}

/// The section of a server's replication.
pub fn replication(page: Page, pod: &PodName, mysql: &MysqlScene, folds: Folds) -> AnyView {
    let words = page.words();
    let Some(replica) = &mysql.replica else {
        return view! { <h2>{words.replication}</h2><p class="nothing">{words.no_replication}</p> }
            .into_any();
    };
    let errors = replica.errors.iter().map(|error| {
        let number = format!("{}: {}", error.column, error.errno);
        view! { <p class="mysql-error"><b>{number}</b><code>{error.text.clone()}</code></p> }
    });
    let errors: Vec<_> = errors.collect();
    view! {
        <h2>{words.replication}</h2>
        {answers(page, pod, mysql, replica, folds)}
        <ul class="threads">
            {thread(words.io_thread, &replica.io_running, replica.io_state.clone())}
            {thread(words.sql_thread, &replica.sql_running, replica.sql_state.clone())}
        </ul>
        {errors}
        <dl class="terms">
            {term(words.read_to, place(&replica.read))}
            {term(words.executed_to, place(&replica.executed))}
            {term(words.relay_log, place(&replica.relay))}
            {term(words.relay_files, relay_files(replica))}
            {term(words.lag, (words.lag_secs)(replica.lag_secs))}
        </dl>
        {fold("whole-status", words.whole_status, folds.status, status(page, pod.clone()))}
    }
    .into_any()
}

fn place((file, position): &(String, u64)) -> String {
    format!("{file} : {position}")
}

/// From which byte, who told it so, and why from there.
fn answers(
    page: Page,
    pod: &PodName,
    mysql: &MysqlScene,
    replica: &ReplicaScene,
    folds: Folds,
) -> AnyView {
    let words = page.words();
    let (file, byte) = &replica.began;
    let host = &replica.source_host;
    let steps = page.player.with_value(|player| player.handover(pod));
    // Once it begins elsewhere, it was not the copy that said so.
    let copied = mysql.copied.as_ref();
    let copied = copied.filter(|copied| copied.at == replica.began || steps.is_empty());
    let copied = copied.map(|copied| {
        let text = (words.copied_from)(&copied.from, &copied.file, &place(&copied.at));
        view! { <p data-testid="copied">{text}</p> }
    });
    let handover = (!steps.is_empty())
        .then(|| fold("handover", words.handed_over, folds.handover, trail(page, &steps)));
    let told = (copied.is_some() || handover.is_some()).then(|| {
        view! { <dt>{words.who_said_so}</dt><dd>{copied}{handover}</dd> }
    });
    let scene = page.moment.with(|moment| moment.scene.clone());
    let why = scene.why_source(pod).map(|(why, copied)| {
        let because = (words.why_source)(why, &copied.from, &copied.file);
        view! {
            <dt>{(words.why_from)(host)}</dt>
            <dd data-testid="why-source">{because}</dd>
        }
    });
    view! {
        <dl class="answers">
            <dt>{words.from_which_byte}</dt>
            <dd class="began" data-testid="began">{(words.began_from)(file, *byte, host)}</dd>
            {why}
            {told}
        </dl>
    }
    .into_any()
}

fn thread(name: &'static str, state: &str, more: String) -> AnyView {
    let class = match state {
        "Yes" => "thread is-ok",
        "No" => "thread is-bad",
        _ => "thread",
    };
    view! { <li class=class><b>{name}</b><span>{state.to_owned()}</span><i>{more}</i></li> }
        .into_any()
}

/// The relay log's files and sizes, the one that is written to last.
fn relay_files(replica: &ReplicaScene) -> String {
    let files = replica.relay_files.iter().map(|(name, bytes)| format!("{name} {}", size(*bytes)));
    files.collect::<Vec<String>>().join(" · ")
}

/// What `SHOW SLAVE STATUS\G` prints at the step shown.
fn status(page: Page, pod: PodName) -> AnyView {
    let text = move || {
        page.moment.track();
        page.player.with_value(|player| player.slave_status(&pod)).unwrap_or_default()
    };
    view! { <pre data-testid="slave-status">{text}</pre> }.into_any()
}

/// Something under a line that opens and closes it.
fn fold(
    name: &'static str,
    summary: &'static str,
    open: RwSignal<bool>,
    content: AnyView,
) -> AnyView {
    view! {
        <details class="fold" data-testid=name open=open.get_untracked()>
            <summary on:click=move |_| open.update(|open| *open = !*open)>{summary}</summary>
            {content}
        </details>
    }
    .into_any()
}

//! MySQL: what one server is, its binary log, its replication threads, its rows.

use leptos::prelude::*;
use ordinal::base::PodName;
use ordinal::text::ui::{Words, size};
use ordinal::view::scene::{DatabaseScene, MysqlScene, ReplicaScene, TableScene};

use super::binlog::{self, Chosen, Opened};
use super::part::{nothing, pods, term};
use super::trail::trail;
use crate::ui::browser;
use crate::ui::page::{Focus, Page};

/// The MySQL tab.
pub fn mysql() -> AnyView {
    let page = Page::here();
    let focus = served(page);
    let found = Memo::new(move |_| {
        let pod = focus.get().pod?;
        let mysql = page.moment.with(|moment| moment.scene.pods.get(&pod)?.mysql.clone())?;
        Some((pod, mysql))
    });
    let chosen: Chosen = RwSignal::new(None);
    let opened: Opened = RwSignal::new(None);
    let content = move || {
        let words = page.words();
        let Some((pod, mysql)) = found.get() else { return nothing(words.no_mysql) };
        view! {
            {server(words, &mysql)}
            {replication(page, &pod, &mysql)}
            {binlog::binlog(page, &pod, &mysql, chosen, opened)}
            {databases(words, &mysql.databases)}
        }
        .into_any()
    };
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if chosen.with(Option::is_some) {
            request_animation_frame(move || {
                if let Some(host) = host.get_untracked() {
                    browser::reveal(&host, ".followed");
                }
            });
        }
    });
    view! {
        {pods(page, focus)}
        <div class="mysql" data-testid="mysql" node_ref=host>{content}</div>
    }
    .into_any()
}

/// What the tab is about: what was picked; else the step's pod, or where that runs no mysqld (a
/// client, say) the first pod that does.
fn served(page: Page) -> Memo<Focus> {
    let focus = page.focus();
    Memo::new(move |_| {
        let here = focus.get();
        if page.pinned.with(Option::is_some) {
            return here;
        }
        page.moment.with(|moment| {
            let pods = &moment.scene.pods;
            let serves = |name: &PodName| pods.get(name).is_some_and(|pod| pod.mysql.is_some());
            if here.pod.as_ref().is_some_and(serves) {
                return here;
            }
            let first = pods.keys().find(|name| serves(name)).cloned();
            Focus { pod: first.or(here.pod.clone()), ..here }
        })
    })
}

fn server(words: &'static Words, mysql: &MysqlScene) -> AnyView {
    let mode = if mysql.super_read_only { words.read_only } else { words.writable };
    let replicas = (!mysql.replicas.is_empty()).then(|| {
        let list: Vec<String> =
            mysql.replicas.iter().map(|(id, position)| format!("{id} → {position}")).collect();
        term(words.connected_replicas, list.join(" · "))
    });
    view! {
        <dl class="terms">
            {term("mysqld", mysql.version.clone())}
            {term(words.status, (words.phase)(mysql.phase))}
            {term(words.server_id, mysql.server_id.to_string())}
            {term("mode", mode)}
            {replicas}
        </dl>
    }
    .into_any()
}

fn replication(page: Page, pod: &PodName, mysql: &MysqlScene) -> AnyView {
    let words = page.words();
    let Some(replica) = &mysql.replica else {
        return view! { <h3>{words.replication}</h3><p class="nothing">{words.no_replication}</p> }
            .into_any();
    };
    let place = |(file, position): &(String, u64)| format!("{file} : {position}");
    let thread = |name: &'static str, state: &str, more: String| {
        let class = match state {
            "Yes" => "thread is-ok",
            "No" => "thread is-bad",
            _ => "thread",
        };
        view! { <li class=class><b>{name}</b><span>{state.to_owned()}</span><i>{more}</i></li> }
            .into_any()
    };
    let error = replica.error.clone().map(|error| {
        view! { <p class="mysql-error"><b>{words.last_error}</b><code>{error}</code></p> }
    });
    let copied = mysql.copied.as_ref().map(|copied| {
        let text = (words.copied_from)(&copied.from, &copied.file, &place(&copied.at));
        view! { <p class="copied" data-testid="copied">{text}</p> }
    });
    let (began, host) = (replica.began.clone(), replica.source_host.clone());
    let handover = page.player.with_value(|player| player.handover(pod));
    view! {
        <h3>{words.replication}</h3>
        <p class="began" data-testid="began">{(words.began_from)(&began.0, began.1, &host)}</p>
        {copied}
        {(!handover.is_empty()).then(|| view! {
            <details class="handover" data-testid="handover" open>
                <summary>{words.who_said_so}</summary>
                {trail(page, &handover)}
            </details>
        })}
        <ul class="threads">
            {thread(words.io_thread, &replica.io_running, replica.io_state.clone())}
            {thread(words.sql_thread, &replica.sql_running, replica.sql_state.clone())}
        </ul>
        {error}
        <dl class="terms">
            {term(words.read_to, place(&replica.read))}
            {term(words.executed_to, place(&replica.executed))}
            {term(words.relay_log, place(&replica.relay))}
            {term(words.relay_files, relay_files(replica))}
            {term(words.lag, (words.lag_secs)(replica.lag_secs))}
        </dl>
    }
    .into_any()
}

/// The relay log's files and sizes, the one that is written to last.
fn relay_files(replica: &ReplicaScene) -> String {
    let files = replica.relay_files.iter().map(|(name, bytes)| format!("{name} {}", size(*bytes)));
    files.collect::<Vec<String>>().join(" · ")
}

fn databases(words: &'static Words, databases: &[DatabaseScene]) -> AnyView {
    let (own, system): (Vec<_>, Vec<_>) = databases.iter().partition(|database| {
        !["mysql", "sys", "information_schema", "performance_schema"]
            .contains(&database.name.as_str())
    });
    let own: Vec<AnyView> = own
        .into_iter()
        .map(|database| {
            let tables: Vec<AnyView> =
                database.tables.iter().map(|found| table(words, &database.name, found)).collect();
            let name =
                tables.is_empty().then(|| view! { <p class="mono">{database.name.clone()}</p> });
            view! { {name}{tables} }.into_any()
        })
        .collect();
    let system: Vec<&str> = system.iter().map(|database| database.name.as_str()).collect();
    view! {
        <h3>{words.databases}</h3>
        {own}
        <p class="system">{words.system_databases}": "<span class="mono">{system.join(", ")}</span>
        </p>
    }
    .into_any()
}

fn table(words: &'static Words, database: &str, table: &TableScene) -> AnyView {
    let heads: Vec<_> = table
        .columns
        .iter()
        .map(|column| view! { <th scope="col">{column.clone()}</th> })
        .collect();
    let rows: Vec<_> = table
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<_> = row.iter().map(|cell| view! { <td>{cell.clone()}</td> }).collect();
            view! { <tr>{cells}</tr> }
        })
        .collect();
    view! {
        <table>
            <caption>
                <b class="mono">{format!("{database}.{}", table.name)}
                </b>" "{(words.rows)(table.count)}
            </caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

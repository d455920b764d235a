//! MySQL: what one server is, its binary log, its replication threads, its rows.

use leptos::prelude::*;
use ordinal::text::ui::{Words, size};
use ordinal::view::scene::{BinlogEventScene, DatabaseScene, MysqlScene, ReplicaScene, TableScene};

use super::part::{nothing, pods, term};
use crate::ui::page::Page;

/// Events of the strip that are shown; the newest.
const EVENTS_SHOWN: usize = 40;

/// The MySQL tab.
pub fn mysql() -> AnyView {
    let page = Page::here();
    let focus = page.focus();
    let mysql = Memo::new(move |_| {
        let pod = focus.get().pod?;
        page.moment.with(|moment| moment.scene.pods.get(&pod)?.mysql.clone())
    });
    let content = move || {
        let words = page.words();
        let Some(mysql) = mysql.get() else { return nothing(words.no_mysql) };
        view! {
            {server(words, &mysql)}
            {binlog(words, &mysql)}
            {replication(words, mysql.replica.as_ref())}
            {databases(words, &mysql.databases)}
        }
        .into_any()
    };
    view! { {pods(page, focus)}<div class="mysql" data-testid="mysql">{content}</div> }.into_any()
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

fn binlog(words: &'static Words, mysql: &MysqlScene) -> AnyView {
    let files: Vec<AnyView> = mysql
        .binlogs
        .iter()
        .map(|(name, bytes)| {
            view! { <li><b>{name.clone()}</b><i>{size(*bytes)}</i></li> }.into_any()
        })
        .collect();
    if files.is_empty() {
        return view! { <h3>{words.binlog}</h3><p class="nothing">{words.binlog_off}</p> }
            .into_any();
    }
    let skipped = mysql.events.len().saturating_sub(EVENTS_SHOWN);
    let events: Vec<AnyView> = mysql.events[skipped..].iter().map(event).collect();
    let at = mysql.binlogs.last().map(|(name, position)| format!("{name} : {position}"));
    view! {
        <h3>{words.binlog}</h3>
        <ul class="binlogs">{files}</ul>
        <p class="position">{words.position}" "<b class="mono" data-testid="position">{at}</b></p>
        <ol class="events" data-testid="binlog">{events}</ol>
    }
    .into_any()
}

fn event(event: &BinlogEventScene) -> AnyView {
    let BinlogEventScene { start, end, kind, info, .. } = event;
    let class = match kind.as_str() {
        "Query" | "Xid" | "Write_rows" | "Update_rows" | "Delete_rows" | "Table_map" => {
            "event is-write"
        }
        _ => "event",
    };
    view! {
        <li class=class>
            <span class="mono">{format!("{start}–{end}")}</span><b>{kind.clone()}</b>
            <i>{info.clone()}</i>
        </li>
    }
    .into_any()
}

fn replication(words: &'static Words, replica: Option<&ReplicaScene>) -> AnyView {
    let Some(replica) = replica else {
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
    let error = replica.error.clone().map(|error| term(words.last_error, error));
    view! {
        <h3>{words.replication}</h3>
        <ul class="threads">
            {thread(words.io_thread, &replica.io_running, replica.io_state.clone())}
            {thread(words.sql_thread, &replica.sql_running, String::new())}
        </ul>
        <dl class="terms">
            {term("Master_Host", replica.source_host.clone())}
            {term(words.began_at, place(&replica.began))}
            {term(words.read_to, place(&replica.read))}
            {term(words.executed_to, place(&replica.executed))}
            {term(words.relay_log, place(&replica.relay))}
            {term(words.lag, (words.lag_secs)(replica.lag_secs))}
            {error}
        </dl>
    }
    .into_any()
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

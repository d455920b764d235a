//! MySQL: what one server is, its binary log, its replication threads, its rows.

use leptos::prelude::*;
use ordinal::base::PodName;
use ordinal::text::ui::Words;
use ordinal::view::scene::{DatabaseScene, MysqlScene, Scene, TableScene};

use super::binlog::{self, Chosen, Opened};
use super::part::{nothing, pods, term};
use super::replica::{Folds, replication};
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
    let folds = Folds::default();
    let content = move || {
        let words = page.words();
        let Some((pod, mysql)) = found.get() else { return nothing(words.no_mysql) };
        view! {
            {server(page, &mysql)}
            {replication(page, &pod, &mysql, folds)}
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

fn server(page: Page, mysql: &MysqlScene) -> AnyView {
    let words = page.words();
    let mode = if mysql.super_read_only { words.read_only } else { words.writable };
    let replicas = (!mysql.replicas.is_empty()).then(|| {
        let scene = page.moment.with(|moment| moment.scene.clone());
        let sent = |(id, position): &(u32, u64)| format!("{} : {position}", named(&scene, *id));
        let list: Vec<String> = mysql.replicas.iter().map(sent).collect();
        term(words.connected_replicas, list.join(" · "))
    });
    view! {
        <dl class="terms">
            {term("mysqld", mysql.version.clone())}
            {term(words.status, (words.phase)(mysql.phase))}
            {term(words.server_id, mysql.server_id.to_string())}
            {term(words.mode, mode)}
            {replicas}
        </dl>
    }
    .into_any()
}

/// The pod whose server has this id; the id itself where there is none.
fn named(scene: &Scene, id: u32) -> String {
    let mut pods = scene.pods.values();
    let found = pods.find(|pod| pod.mysql.as_ref().is_some_and(|mysql| mysql.server_id == id));
    found.map_or(id.to_string(), |pod| pod.name.to_string())
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
        <h2>{words.databases}</h2>
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

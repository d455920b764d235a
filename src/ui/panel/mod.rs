//! The right side: manifests, logs, files, MySQL, details. It follows the step until something is
//! picked.

mod binlog;
mod details;
mod faults;
mod files;
mod logs;
mod mysql;
mod part;
mod replica;
mod trail;

use leptos::html;
use leptos::prelude::*;

use super::browser;
use super::command::UiCommand;
use super::console::ConsoleCommand;
use super::page::{Page, Tab};

pub use faults::broken;
pub use logs::following_log;

/// The row of tabs; `close` stands at its end.
pub fn tabs(close: AnyView) -> AnyView {
    let page = Page::here();
    let tab = |tab: Tab| {
        let name = move || {
            let words = page.words();
            match tab {
                Tab::Manifest => words.tab_manifest,
                Tab::Logs => words.tab_logs,
                Tab::Files => words.tab_files,
                Tab::Mysql => words.tab_mysql,
                Tab::Details => words.tab_details,
                Tab::Faults => words.tab_faults,
                Tab::Terminal => words.tab_terminal,
            }
        };
        view! {
            <button type="button" role="tab" data-testid=format!("tab-{}", tab.name())
                aria-selected=move || (page.tab.get() == tab).to_string()
                on:click=move |_| match tab {
                    // Whoever opens it means to type.
                    Tab::Terminal => page.dispatch(ConsoleCommand::Focus),
                    _ => page.dispatch(UiCommand::Open(tab)),
                }>
                {name}
            </button>
        }
        .into_any()
    };
    let tabs: Vec<AnyView> = Tab::ALL.into_iter().map(tab).collect();
    let row = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        page.tab.track();
        page.drawer.track();
        let Some(row) = row.get() else { return };
        request_animation_frame(move || browser::reveal(&row, "[aria-selected=true]"));
    });
    view! {
        <div class="tab-row">
            <div class="tabs" role="tablist" node_ref=row>{tabs}</div>
            {close}
        </div>
    }
    .into_any()
}

/// What the chosen tab shows. `code` draws the Manifest tab.
pub fn panel(code: fn() -> AnyView) -> AnyView {
    let page = Page::here();
    (move || {
        let tab = page.tab.get();
        let content = match tab {
            Tab::Manifest => code(),
            Tab::Logs => logs::logs(),
            Tab::Files => files::files(),
            Tab::Mysql => mysql::mysql(),
            Tab::Details => details::details(),
            Tab::Faults => faults::faults(),
            Tab::Terminal => super::console::console(),
        };
        view! {
            <div class="panel" role="tabpanel" data-testid=format!("panel-{}", tab.name())>{content}
            </div>
        }
        .into_any()
    })
    .into_any()
}

//! The terminals: what was typed and printed up to the step shown, and the line being typed.

mod complete;
mod drive;
mod paper;
mod recall;
mod state;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use ordinal::world::terminal::{Chunk, ChunkKind};

pub use state::{Console, ConsoleCommand, Forked};

use self::drive::INPUT;
use self::paper::{Paper, Run, paper};
use self::state::TERMINALS_MAX;
use super::acts::Act;
use super::browser;
use super::icon::button;
use super::page::Page;

/// Commands of the tutorial's page; the words for each stand in the same order.
const EXAMPLES: [&str; 7] = [
    "kubectl get pods -l app=mysql",
    "kubectl get pods -l app=mysql --watch",
    "kubectl exec -it mysql-0 -c mysql -- mysql",
    "kubectl run mysql-client --image=mysql:5.7 -i -t --rm --restart=Never -- \
     mysql -h mysql-read -e \"SELECT @@server_id, NOW()\"",
    "kubectl scale statefulset mysql --replicas=5",
    "kubectl delete pod mysql-2",
    "kubectl describe pod mysql-1",
];

/// What a terminal is at the step shown.
#[derive(Clone, PartialEq)]
struct Shown {
    paper: Paper,
    is_busy: bool,
    asks: bool,
    is_empty: bool,
}

/// The Terminal tab.
pub fn console() -> AnyView {
    let page = Page::here();
    let shown = Memo::new(move |_| shown(page));
    let host = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        shown.track();
        page.console.earlier.track();
        page.console.offers.track();
        let Some(host) = host.get() else { return };
        // The examples are read from their beginning.
        if !shown.with(|shown| shown.is_empty) {
            request_animation_frame(move || browser::scroll_to_end(&host));
        }
    });
    view! {
        <div class="console" data-testid="console">
            {bar(page, shown)}
            <div class="paper" node_ref=host
                on:click=move |_| {
                    if !browser::has_selection() {
                        browser::focus(INPUT);
                    }
                }>
                <pre role="log" aria-live="polite" data-testid="screen">
                    {move || shown.with(|shown| runs(&shown.paper.runs))}
                    {move || earlier(&page.console.earlier.get())}
                </pre>
                {line(page, shown)}
                {move || offers(&page.console.offers.get())}
                {move || shown.with(|shown| shown.is_empty).then(|| examples(page))}
            </div>
            {notes(page)}
        </div>
    }
    .into_any()
}

fn shown(page: Page) -> Shown {
    page.acts.track();
    page.moment.track();
    let terminal = page.console.terminal.get();
    let chunks: Vec<Chunk> = page.player.with_value(|player| player.screen(terminal));
    let cleared = page.console.cleared.with(|cleared| cleared.get(&terminal).copied());
    let from = cleared.filter(|from| *from <= chunks.len()).unwrap_or(0);
    let (is_busy, asks) = page.is_busy(terminal);
    Shown { paper: paper(&chunks[from..]), is_busy, asks, is_empty: chunks.is_empty() }
}

fn runs(runs: &[Run]) -> Vec<AnyView> {
    let run = |run: &Run| {
        let class = match run.kind {
            ChunkKind::Command => "typed",
            ChunkKind::Input => "given",
            ChunkKind::Output => "",
            ChunkKind::Errors => "wrong",
        };
        view! { <span class=class>{run.text.clone()}</span> }.into_any()
    };
    runs.iter().map(run).collect()
}

/// The lines before the one being typed, of a command that is not complete.
fn earlier(text: &str) -> Option<AnyView> {
    if text.is_empty() {
        return None;
    }
    let shown = format!("$ {}\n", text.trim_end_matches('\n').replace('\n', "\n> "));
    Some(view! { <span class="typed">{shown}</span> }.into_any())
}

/// Which terminal, and the keys that a telephone does not have.
fn bar(page: Page, shown: Memo<Shown>) -> AnyView {
    let console = page.console;
    let tab = move |terminal: u32| {
        let is_busy = move || {
            page.moment.track();
            page.acts.track();
            page.is_busy(terminal).0
        };
        let name = move || {
            let words = page.words();
            let busy = if is_busy() { words.terminal_busy } else { "" };
            format!("{} {busy}", (words.terminal_name)(terminal)).trim_end().to_owned()
        };
        view! {
            <button type="button" role="tab" class="choice" class:busy=is_busy title=name
                aria-label=name data-testid=format!("terminal-{terminal}")
                aria-selected=move || (console.terminal.get() == terminal).to_string()
                on:click=move |_| page.dispatch(ConsoleCommand::Show(terminal))>
                {terminal}
            </button>
        }
        .into_any()
    };
    let numbers = Memo::new(move |_| {
        page.acts.track();
        page.moment.track();
        console.opened.track();
        page.terminals()
    });
    let more = move || {
        (numbers.with(Vec::len) < TERMINALS_MAX as usize).then(|| {
            button(
                "terminal-new",
                "choice",
                move || page.words().new_terminal,
                "+".into_any(),
                move || page.dispatch(ConsoleCommand::Open),
            )
        })
    };
    let keys = move || {
        let (is_busy, asks) = shown.with(|shown| (shown.is_busy, shown.asks));
        let key = |test, name: fn(Page) -> &'static str, text: &'static str, command| {
            let press = move || page.dispatch(Clone::clone(&command));
            button(test, "choice", move || name(page), text.into_any(), press)
        };
        let interrupt = is_busy.then(|| {
            key("interrupt", |page| page.words().interrupt, "^C", ConsoleCommand::Interrupt)
        });
        let end = asks.then(|| {
            key("end-input", |page| page.words().end_input, "^D", ConsoleCommand::EndInput)
        });
        view! { {end}{interrupt} }
    };
    view! {
        <div class="choices">
            <span class="terminals" role="tablist" aria-label=move || page.words().tab_terminal>
                {move || numbers.get().into_iter().map(tab).collect::<Vec<AnyView>>()}
            </span>
            {more}
            <span class="spring"></span>
            {keys}
        </div>
    }
    .into_any()
}

/// The line being typed, behind the prompt or what a command asks.
fn line(page: Page, shown: Memo<Shown>) -> AnyView {
    let console = page.console;
    let prompt = move || {
        shown.with(|shown| match (shown.is_busy, console.earlier.with(String::is_empty)) {
            (true, _) => shown.paper.open.clone(),
            (false, true) => shown.paper.open.clone() + "$ ",
            (false, false) => "> ".to_owned(),
        })
    };
    view! {
        <label class="console-line" class:busy=move || shown.with(|shown| shown.is_busy)>
            <span data-testid="prompt">{prompt}</span>
            <input type="text" data-testid="command-line" spellcheck="false" autocapitalize="off"
                autocomplete="off" enterkeyhint="send"
                aria-label=move || page.words().terminal_input
                prop:value=move || console.line.get()
                on:input=move |event| {
                    page.dispatch(ConsoleCommand::Line(event_target_value(&event)));
                }
                on:keydown=move |event| pressed(page, &event)
                on:paste=move |event| {
                    if let Some(text) = browser::pasted(&event).filter(|it| it.contains('\n')) {
                        event.prevent_default();
                        page.dispatch(ConsoleCommand::Paste(text));
                    }
                } />
        </label>
    }
    .into_any()
}

fn pressed(page: Page, event: &KeyboardEvent) {
    // Keys of an input method choose characters.
    if event.is_composing() || event.alt_key() || event.meta_key() {
        return;
    }
    let key = event.key();
    let command = match (key.as_str(), event.ctrl_key()) {
        ("Enter", false) => ConsoleCommand::Enter,
        ("ArrowUp", false) => ConsoleCommand::Up,
        ("ArrowDown", false) => ConsoleCommand::Down,
        // On an empty line, Tab goes on to the next control.
        ("Tab", false)
            if !event.shift_key() && !page.console.line.with_untracked(String::is_empty) =>
        {
            ConsoleCommand::Complete
        }
        ("c", true) if !browser::has_selection() => ConsoleCommand::Interrupt,
        ("d", true) => ConsoleCommand::EndInput,
        ("l", true) => ConsoleCommand::Clear,
        ("u", true) => ConsoleCommand::Line(String::new()),
        ("Escape", false) => {
            event.stop_propagation();
            return browser::blur(INPUT);
        }
        _ => return,
    };
    event.prevent_default();
    page.dispatch(command);
}

fn offers(offers: &[String]) -> Option<AnyView> {
    if offers.is_empty() {
        return None;
    }
    let text = offers.join("  ");
    Some(view! { <p class="offers" role="status" data-testid="offers">{text}</p> }.into_any())
}

/// What one could type, where nothing was typed yet.
fn examples(page: Page) -> AnyView {
    let words = page.words();
    let rows: Vec<AnyView> = EXAMPLES
        .into_iter()
        .zip(words.examples)
        .map(|(command, purpose)| {
            view! {
                <li>
                    <button type="button" data-testid="example"
                        on:click=move |_| {
                            page.dispatch(ConsoleCommand::Insert(command.to_owned()));
                        }>
                        <span>{purpose}</span>
                        <code>{command}</code>
                    </button>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="examples">
            <p>{words.terminal_lead}</p>
            <ul>{rows}</ul>
        </div>
    }
    .into_any()
}

/// One quiet line: where what is typed will happen, or which run it has begun.
fn notes(page: Page) -> AnyView {
    let content = move || {
        let words = page.words();
        page.acts.track();
        let (branch, step) = page.moment.with(|moment| (moment.cursor.branch, moment.cursor.index));
        if page.rehearses() {
            return view! { <span>{words.replaying}</span> }.into_any();
        }
        if let Some(forked) = page.console.forked.get().filter(|forked| forked.branch == branch) {
            return view! {
                <span data-testid="forked">{(words.terminal_forked)(forked.step)}</span>
                <button type="button" data-testid="undo" on:click=move |_| page.dispatch(Act::Undo)>
                    {words.undo}
                </button>
            }
            .into_any();
        }
        if step < page.run.with(|run| run.len) {
            return view! { <span data-testid="past">{(words.terminal_past)(step)}</span> }
                .into_any();
        }
        view! { <span>{words.terminal_keys}</span> }.into_any()
    };
    view! { <p class="console-note" role="status">{content}</p> }.into_any()
}

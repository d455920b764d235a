//! If the model ever panics: say so, and offer the last good place. Afterwards nothing of the
//! program runs, so the screen is made of plain links.

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use ordinal::player::{ScriptEntry, parse, written};
use ordinal::text::ui::words;

use super::browser;
use super::place::{self, Place, Script};

/// Whether the run grows: what was done last may be what it does not survive.
static GROWS: AtomicBool = AtomicBool::new(false);

/// The run grows from now on, or does not any more.
pub fn note_growth(grows: bool) {
    GROWS.store(grows, Ordering::Relaxed);
}

/// From now on a panic shows the crash screen.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let report = info.to_string();
        console_error_panic_hook::hook(info);
        let words = words(place::lang());
        let mut last = Place::parse(&browser::stored(place::SESSION).unwrap_or_default());
        let script = browser::stored(place::SCRIPT).filter(|text| !text.is_empty());
        let good = match &script {
            Some(script) if GROWS.load(Ordering::Relaxed) => without_last(script),
            _ => script.clone(),
        };
        let good = good.filter(|text| place::does_anything(text));
        browser::store(place::SCRIPT, good.as_deref().unwrap_or_default());
        last.script = good.map(Script::Text);
        // Another query makes the browser load the page anew; the hash alone would not.
        let once = browser::now_ms() as u64;
        browser::show_crash(&browser::Crash {
            title: words.crash_title,
            text: words.crash_text,
            back: (words.crash_back, &format!("?again={once}#{}", last.text())),
            start: (words.crash_start, &format!("?again={once}#step=0")),
            save: script.as_deref().map(|script| (words.crash_save, script)),
            report: &report,
        });
    }));
}

/// A session without the last thing that was done on the run it ends with. `None`: what is left
/// would be no session.
fn without_last(script: &str) -> Option<String> {
    let mut lines = parse(script).ok()?;
    let mut run = 0;
    let runs: Vec<u32> = lines
        .iter()
        .map(|line| {
            if let ScriptEntry::Run(place) = &line.entry {
                run = place.run;
            }
            run
        })
        .collect();
    let is_act = |entry: &ScriptEntry| {
        matches!(entry, ScriptEntry::Do(_) | ScriptEntry::Input(..) | ScriptEntry::Apply(_))
    };
    let is_last = |at: &usize| runs[*at] == run && is_act(&lines[*at].entry);
    if let Some(mut at) = (0..lines.len()).rev().find(is_last) {
        lines.remove(at);
        while at > 0 && matches!(lines[at - 1].entry, ScriptEntry::Wait(_)) {
            at -= 1;
            lines.remove(at);
        }
    }
    let left: String = lines.iter().map(|line| written(&line.entry)).collect();
    parse(&left).is_ok().then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thing_done_is_left_out_and_the_rest_is_as_it_was() {
        let kept = "set replicas 2\nlesson\nwait step 9\n$ kubectl get pods\n";
        let text =
            format!("{kept}wait step 12\n$ kubectl exec -it mysql-0 -- mysql\nwait step 40\n");
        let typed = format!("{text}> SELECT 1;\n");
        assert_eq!(without_last(&typed), Some(text.replace("wait step 40\n", "")));
        assert_eq!(without_last(&text.replace("wait step 40\n", "")).as_deref(), Some(kept));
        assert_eq!(without_last("lesson\n").as_deref(), Some("lesson\n"));
        let runs = "lesson\nrun 1 from 0 step 9\n$ true > a\nwait step 20\n$ true > b\n\
                    run 2 from 1 step 15\n$ true > c\n";
        let ends = format!("{runs}run 1 step 40\n");
        let want = ends.replace("wait step 20\n$ true > b\n", "");
        assert_eq!(without_last(&ends), Some(want));
        assert_eq!(without_last(runs), Some(runs.replace("$ true > c\n", "")));
    }
}

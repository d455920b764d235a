//! If the model ever panics: say so, and offer the last good place. Afterwards nothing of the
//! program runs,
//! so the screen is made of plain links.

use std::panic;

use ordinal::text::ui::words;

use super::{browser, place};

/// From now on a panic shows the crash screen.
pub fn install() {
    panic::set_hook(Box::new(|info| {
        let report = info.to_string();
        console_error_panic_hook::hook(info);
        let words = words(place::lang());
        let last = browser::stored(place::SESSION).unwrap_or_default();
        // Another query makes the browser load the page anew; the hash alone would not.
        let once = browser::now_ms() as u64;
        browser::show_crash(
            &[
                ("h1", words.crash_title),
                ("p", words.crash_text),
                ("a", words.crash_back),
                ("nav", words.crash_start),
            ],
            &format!("?again={once}#{last}"),
            &format!("?again={once}#step=0"),
            &report,
        );
    }));
}

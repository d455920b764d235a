//! Text → script → run, in both dialects: no panic, no hang, bounded output.
//!
//! `cargo +nightly fuzz run shell -- -timeout=10 -rss_limit_mb=1024`. The first byte says whether
//! the rest is read by bash or by dash, and whether as a file, as `-c`'s argument or as standard
//! input.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ordinal::base::Blob;
use ordinal::node::Standalone;
use ordinal::sh::{Dialect, Script};

/// Turns a run gets; one that wants more is stopped, which is no fault.
const TURNS_MAX: u64 = 20_000;

/// Bytes a run may print in so many turns: a turn prints no more than a word holds.
const OUTPUT_BYTES_MAX: usize = 64 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, text)) = bytes.split_first() else { return };
    let (dialect, shell) = match how % 2 {
        0 => (Dialect::Bash, "bash"),
        _ => (Dialect::Sh, "sh"),
    };
    let (script, problems) = Script::parse(text, dialect);
    assert_eq!(script.text(), text, "the script keeps its text");
    for problem in problems {
        assert!(problem.start <= problem.end, "a problem has a place");
        assert!(problem.end as usize <= text.len(), "its place lies in the text");
    }
    let files = [
        ("script.sh".to_string(), Blob::from(text.to_vec()), 0o644),
        ("f1".to_string(), Blob::from("one 1\ntwo 2\n"), 0o644),
        ("d1/g".to_string(), Blob::from("g"), 0o644),
    ];
    let mut host = Standalone::new("debian", "host", &files);
    let command = String::from_utf8_lossy(text).replace('\0', "");
    let (argv, input): (Vec<&str>, &[u8]) = match how / 2 % 3 {
        0 => (vec![shell, "script.sh", "one", "two words"], b"first\nsecond\n"),
        1 => (vec![shell, "-c", &command, "name", "arg"], b""),
        _ => (vec![shell], text),
    };
    let env = [("PATH", "/usr/bin:/bin"), ("HOME", "/root")];
    if host.start(&argv, &env, Some(input)).is_ok() {
        let end = host.run(TURNS_MAX);
        let printed = end.stdout.len() + end.stderr.len();
        assert!(printed <= OUTPUT_BYTES_MAX, "{printed} bytes were printed");
    }
});

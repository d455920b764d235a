//! What the shell does not run is refused before anything runs: by name, at its place, in both
//! languages; and where it is met on a run all the same (`eval`), it says so.

use ordinal::manifest::Problem;
use ordinal::sh::{Dialect, Script};
use ordinal::span::{Files, Span};
use ordinal::text::{Lang, diagnostic};

use super::case::Case;
use super::run_in_model;

/// A script, where in it the refused thing begins (line, column), and what it is called.
const REFUSED: &[(&str, (u32, u32), &str)] = &[
    ("echo a\ncoproc cat\n", (2, 1), "coproc"),
    ("echo a\nshopt -s nullglob extdebug\n", (2, 19), "extdebug"),
    ("x=$(history)\n", (1, 5), "history"),
    ("enable -n echo\n", (1, 1), "enable"),
    ("help\n", (1, 1), "help"),
    ("true; set -er\n", (1, 11), "-er"),
    ("jobs -lx echo\n", (1, 6), "-lx"),
    ("printf -v x '100%% %s %5.2a' 1\n", (1, 13), "%a"),
    ("exec 3<f; bash -c -r 'cd /'\n", (1, 19), "-r"),
    ("bash --norc --restricted x\n", (1, 13), "--restricted"),
];

fn case(script: &str) -> Case {
    Case { script: script.to_string(), ..Case::default() }
}

#[test]
fn what_is_not_honoured_is_refused_at_its_place_by_name() {
    for (text, (line, column), name) in REFUSED {
        let (_, problems) = Script::parse(text.as_bytes(), Dialect::Bash);
        assert_eq!(problems.len(), 1, "{text}: {problems:?}");
        let mut files = Files::default();
        let file = files.add("script.sh".into(), text.to_string());
        let span = Span { file, start: problems[0].start, end: problems[0].end };
        let told = Problem::Script(problems[0].kind.clone()).at(span);
        for (lang, word) in [(Lang::En, "error"), (Lang::Zh, "错误")] {
            let said = diagnostic::line(lang, &files, &told);
            let place = format!("script.sh:{line}:{column}: {word}: ");
            assert!(said.starts_with(&place), "{text}: {said}");
            assert!(said.contains(name), "{text}: {said}");
        }
    }
}

#[test]
fn what_is_honoured_is_not_refused() {
    for text in [
        "trap 'echo DEBUG' EXIT",
        "echo select time coproc",
        "declare -a list; local x; readonly -f f",
        "echo '<(a)' \"<(b)\" \\<\\(c",
        "x=select; case time in coproc) ;; esac",
        "history_of() { :; }; history_of",
        "set -em; fg; bg; %1; printf '%s %%a' a; bash x -r; bash --norc",
    ] {
        let (_, problems) = Script::parse(text.as_bytes(), Dialect::Bash);
        assert!(problems.is_empty(), "{text}: {problems:?}");
    }
    let (_, problems) = Script::parse(b"time ls; select x; declare -A m", Dialect::Sh);
    assert!(problems.is_empty(), "dash knows none of these words: {problems:?}");
}

#[test]
fn met_on_a_run_it_says_that_it_is_not_modelled() {
    for (text, name) in [
        ("eval 'coproc cat'", "coproc"),
        ("eval 'enable -n echo'", "enable"),
        ("eval 'shopt -s extdebug'", "shopt -s extdebug"),
        ("set -${x-r}; (exit 2)", "set -r"),
        ("jobs ${x--n}; (exit 2)", "jobs -n"),
        ("set -${x-k}; (exit 2)", "set -k"),
        ("set -o keyword; (exit 2)", "set -o keyword"),
        ("printf '%a' 1", "printf %a"),
        ("declare -n a=b b=a", "name references that lead back to themselves"),
    ] {
        let (stdout, stderr, status) = run_in_model(&case(text), 30_000);
        let wanted = format!("script.sh: line 1: {name}: not modelled\n");
        assert_eq!((stdout.as_str(), stderr.as_str()), ("", wanted.as_str()), "{text}");
        assert_ne!(status, 0, "{text}");
    }
}

//! Text nobody would write: no script, pattern or program may end in a panic, hang, or grow without
//! bound. Scripts of the cases and made-up ones, garbled; bytes of no sense; nesting of any depth.
//!
//! `FUZZ_SEED` and `FUZZ_RUNS` choose others than the fixed ones.

use std::collections::BTreeMap;

use ordinal::base::Blob;
use ordinal::base::seed::Seed;
use ordinal::node::Standalone;
use ordinal::sh::{Dialect, Script};

use super::case::{Case, Cases};
use super::generate::{self, garble};
use super::{case_files, run_in_model};

/// Turns one text may take; whoever still runs is stopped, as the page's bounds stop it.
const TURNS_MAX: u64 = 400;

/// What one process may write within these turns: a word's bound for each.
const OUTPUT_BYTES_MAX: usize = 64 * 1024 * 1024;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A case that holds a text.
fn holding(script: String, sh: bool, command: bool) -> Case {
    Case {
        script,
        command,
        sh,
        args: vec!["one".into(), "*".into()],
        files: BTreeMap::from([("f1".into(), "one 1\ntwo 2\n".into())]),
        stdin: "line\n".into(),
        ..Case::default()
    }
}

/// Runs it; a panic names the text.
fn survives(case: &Case) {
    let run = std::panic::catch_unwind(|| run_in_model(case, TURNS_MAX));
    let (stdout, stderr, _) = run.unwrap_or_else(|_| panic!("it panicked on\n{}", case.script));
    let size = stdout.len() + stderr.len();
    assert!(size <= OUTPUT_BYTES_MAX, "{size} bytes came of\n{}", case.script);
}

fn scripts_of_cases() -> Vec<(String, bool)> {
    let mut all = Vec::new();
    for file in case_files() {
        let text = std::fs::read_to_string(&file).expect("a file of cases");
        let cases: Cases = serde_yaml::from_str(&text).expect("cases as case.rs says");
        all.extend(cases.cases.into_iter().map(|case| (case.script, case.sh)));
    }
    all
}

#[test]
fn garbled_scripts_are_survived() {
    let (seed, runs) = (number("FUZZ_SEED", 7), number("FUZZ_RUNS", 2_000));
    let scripts = scripts_of_cases();
    let mut chance = Seed(seed);
    for run in 0..runs {
        let (script, sh) = match chance.below(3) {
            0 => {
                let made = generate::case(seed, run);
                (made.script, made.sh)
            }
            _ => scripts[chance.below(scripts.len() as u64) as usize].clone(),
        };
        let text = match chance.below(20) {
            0 => (0..chance.below(200)).map(|_| chance.draw() as u8).collect(),
            _ => garble(&mut chance, script.as_bytes()),
        };
        let text = String::from_utf8_lossy(&text).replace('\0', " ");
        survives(&holding(text, sh, chance.below(2) == 0));
    }
}

/// What a text may nest or go on with for ever.
const PIECES: &[&str] = &[
    "(",
    "{ ",
    "$(",
    "$((",
    "((",
    "[[ ! ",
    "[[ ( ",
    "${a:-",
    "\"${a:-",
    "`",
    "`\\`",
    "! ",
    "if ",
    "while ",
    "for i in a; do ",
    "case a in a) ",
    "f() { ",
    "a=(",
    "${a[",
    "$(( a ? ",
    "\"$(",
    "<<E $(",
    "echo {a,",
    "{a,{b,",
    "eval ",
    "$((a[",
    "$((-",
    "$((!",
    "$((1+",
    "$((a=",
    "$((1,",
    "&& ",
    "| ",
    "a | ",
    "a && ",
    "a;",
    "[ ! ",
    "[ ( ",
    "\\\n",
    "<<E\n",
    ">a ",
    "${!a",
    "${#a",
    "${a/",
    "${a:(",
    "~",
    "*",
    "[[ a =~ ((",
    "[[ a == @(",
    "?(",
    "trap '",
    "x=$x$x;",
];

#[test]
fn deep_nesting_meets_a_bound() {
    for piece in PIECES {
        for dialect in [Dialect::Bash, Dialect::Sh] {
            let whole = piece.repeat(64 * 1024 / piece.len());
            let _ = Script::parse(whole.as_bytes(), dialect);
        }
        for count in [30, 200] {
            for tail in ["", ")", "echo"] {
                survives(&holding(format!("{}{tail}\n", piece.repeat(count)), false, false));
            }
            survives(&holding(format!("{}\n", piece.repeat(count)), true, false));
        }
    }
    let nested = [("(", "echo a", ")"), ("{ ", "echo a", "; }"), ("$(", "echo a", ")")];
    let words = [("${a:-", "b", "}"), ("$((", "1", "))"), ("\"${a:-", "b", "}\""), ("(", "1", ")")];
    for depth in [10, 59, 61, 1_000] {
        for (open, middle, close) in nested {
            let script = format!("{}{middle}{}\n", open.repeat(depth), close.repeat(depth));
            survives(&holding(script, false, false));
        }
        for (open, middle, close) in words {
            let inside = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
            survives(&holding(format!("echo {inside}; echo $(({inside}))\n"), false, false));
        }
    }
}

#[test]
fn texts_that_grow_meet_a_bound() {
    let scripts = [
        "a=a; while :; do a=$a$a; done",
        ". /dev/zero",
        "f() { echo $(f); }; f",
        "shopt -s extglob; x=$(printf '%99999s'); echo ${x%%*( )b} ${x// /bb}",
        "f() { f; }; f",
        "f() { f | f; }; f",
        "f() { f & f & }; f",
        "while :; do echo a; done",
        "while :; do :& done",
        "eval 'eval \"$0\"'; x='eval \"$x\"'; eval \"$x\"",
        "a='$(eval \"echo $a\")'; eval echo \"$a\"",
        "trap 'false' ERR; trap 'kill -USR1 $$' USR1; kill -USR1 $$; false",
        "a=a[a]; echo $((a))",
        "a=b b=a; echo $((a)) ${!a}",
        "echo {1..999999999} {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
        "printf '%999999999d' 1; printf '%.999999999f' 1; printf '%*d' 999999999 1",
        "a[999999999999]=1; echo ${#a[@]} ${a[-1]}; echo ${a[@]:0:1}",
        "a=$(yes | head -c 9999999); echo ${#a}; echo ${a//y/yyyy} | wc -c",
        "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab == *a*a*a*a*a*a*a*a*a*a*a*a*c ]]",
        "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab == +(+(+(a))) ]]",
        "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab =~ ^(((a*)*)*)*$ ]]; [[ a =~ (a{1,255}){1,255} ]]",
        "cat <<< \"$(printf '%0100000d' 1)\" | while read -n 1 x; do :; done",
        "source script.sh",
        "exec bash script.sh",
        "bash script.sh; bash script.sh",
        "PS4='$(echo $PS4)'; set -x; :",
        "PROMPT_COMMAND=x; x=(1 2); x=(\"${x[@]}\" \"${x[@]}\" \"${x[@]}\"); for i in {1..40}; do \
         x=(\"${x[@]}\" \"${x[@]}\"); done",
    ];
    for script in scripts {
        survives(&holding(format!("{script}\n"), false, false));
        survives(&holding(format!("{script}\n"), true, false));
    }
}

/// A program's own language, garbled.
fn program_survives(argv: &[&str]) {
    let run = std::panic::catch_unwind(|| {
        let files = [("f1".to_string(), Blob::from("one 1\ntwo 2\n\nfour\n"), 0o644)];
        let mut machine = Standalone::new("debian", "host", &files);
        if machine.start(argv, &[], Some(b"in 1\nput 2\n")).is_ok() {
            let done = machine.run(300);
            assert!(done.stdout.len() + done.stderr.len() <= OUTPUT_BYTES_MAX, "{argv:?} grew");
        }
    });
    assert!(run.is_ok(), "it panicked on {argv:?}");
}

#[test]
fn garbled_programs_are_survived() {
    let (seed, runs) = (number("FUZZ_SEED", 11), number("FUZZ_RUNS", 1_500));
    let awk = [
        "{ print $1, NF; x[$1] += length($2) } END { for (k in x) print k, x[k] }",
        "BEGIN { while (i++ < 9) printf \"%d %s\\n\", i, substr(\"abc\", i) }",
        "/o+(n|e)$/ { gsub(/[a-m]/, \"&&\"); sub(\"x\", \"y\") } $2 ~ /[0-9]+/ { next } 1",
        "function f(a, b) { return a ? f(a - 1, b $0) : b } { print f(3, \"x\") }",
    ];
    let sed = [
        "s/\\(o\\)\\(n*\\)/\\2\\1&/g;p",
        "/one/,/two/{=;d};$!N;P;D",
        "1!G;h;$!d",
        ":a;s/^.\\{1,9\\}$/ &/;ta",
    ];
    let ere =
        ["^(a|b)*c+?[[:alpha:]]{2,3}$", "((o?n)e)\\1|[^]a-z]", "(x*)*(y|z){0,2}.", "^$|\\.\\*"];
    let mut chance = Seed(seed);
    for _ in 0..runs {
        let (program, texts): (&[&str], &[&str]) = match chance.below(5) {
            0 => (&["awk"], &awk),
            1 => (&["sed", "-E"], &sed),
            2 => (&["sed", "-n"], &sed),
            3 => (&["grep", "-E"], &ere),
            _ => (&["expr", "one"], &ere),
        };
        let text = texts[chance.below(texts.len() as u64) as usize];
        let garbled = garble(&mut chance, text.as_bytes());
        let garbled = String::from_utf8_lossy(&garbled).replace('\0', "0");
        let rest = if program[0] == "expr" { vec![":", &garbled] } else { vec![&garbled, "f1"] };
        program_survives(&[program, &rest].concat());
    }
}

#[test]
fn deep_programs_meet_a_bound() {
    for count in [100, 3_000] {
        for piece in [
            "(",
            "a*",
            "(a|",
            "[[:alpha:]]",
            "a{2}",
            "(a*)*",
            "((",
            "\\(",
            "^",
            "a|",
            "[",
            "(a{9}){9}",
        ] {
            let text = piece.repeat(count);
            let closed = format!("{text}{}", ")".repeat(if piece == "(" { count } else { 0 }));
            program_survives(&["grep", "-E", &text, "f1"]);
            program_survives(&["grep", &closed, "f1"]);
            program_survives(&["grep", "-E", &closed, "f1"]);
            program_survives(&["sed", &format!("s/{text}/x/"), "f1"]);
        }
        for piece in [
            "(", "-", "!", "{", "if(1)", "a[", "f(", "1+", "a=", "$", "1?", "{{", "while(1)", "1 ",
            "!-",
        ] {
            program_survives(&["awk", &format!("BEGIN {{ print {} }}", piece.repeat(count))]);
            program_survives(&["awk", &piece.repeat(count)]);
        }
        for piece in ["{", "1,", "s/a/b/;", "y/a/b/;", ":a;ba;", "1!", "{p;", "$!{"] {
            program_survives(&["sed", &piece.repeat(count), "f1"]);
        }
        for piece in ["(", "!", "-n", "1 +", "-not", "( -name"] {
            let words: Vec<&str> = piece.split(' ').cycle().take(count).collect();
            for program in ["test", "expr", "find", "["] {
                program_survives(&[&[program], words.as_slice()].concat());
            }
        }
    }
}

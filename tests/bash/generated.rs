//! Generated scripts, in the model and in the machine's own shells.
//!
//! `BASH_SEED`, `BASH_FROM` and `BASH_RUNS` choose others than the fixed ones; `BASH_KEEP=N` shows
//! the first N differences, shortened; `BASH_LIST=1` shows the first line that differs of each;
//! `BASH_SPOIL=1` adds scripts with syntax errors, `BASH_MORE=1` gives all scripts
//! the rarer means of bash, not every fourth alone.
//! `BASH_SCRIPTS=FILE` compares those of a file instead: `---` lines between them, `#c` before one
//! for `-c`, `#d` before one for dash.

use super::case::Case;
use super::real::{Outcome, run_all};
use super::{generate, machine_has_bash_5_2, run_in_model, scratch, show};

/// How many cases one driver gets.
const BATCH: u64 = 250;

/// Scripts of a thousand that may differ. Whoever mends some puts the lower number here; it never
/// goes up.
const KNOWN_PER_MILLE: u64 = 2;

/// How many shorter scripts are tried for one that differs.
const SHRINKS: u32 = 150;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Turns a generated script may take: none takes a tenth.
const TURNS_MAX: u64 = 30_000;

fn model(case: &Case) -> Outcome {
    run_in_model(case, TURNS_MAX)
}

/// Whether every counter that a loop tests is still counted.
fn ends(script: &str) -> bool {
    (1..40).all(|number| {
        let tests = [format!("$k{number} "), format!("k{number} < ")];
        let counts = script.contains(&format!("k{number}=$((k{number}+1))"));
        counts || !tests.iter().any(|test| script.contains(test))
    })
}

/// Processes of a pipeline write when they like: with one, only the lines count, in any order.
fn settled(case: &Case, (stdout, stderr, status): &Outcome) -> Outcome {
    if !case.script.contains(['|', '&']) && !case.script.contains("<(") {
        return (stdout.clone(), stderr.clone(), *status);
    }
    let mut lines: Vec<&str> = stderr.lines().collect();
    lines.sort_unstable();
    (stdout.clone(), lines.join("\n"), *status)
}

fn agree(case: &Case, real: &Outcome, model: &Outcome) -> bool {
    settled(case, real) == settled(case, model)
}

/// How often a real shell runs a script that differs: what runs side by side in it may go either
/// way, on a busy machine the rarer one.
const REPEATS: usize = 12;

/// Whether the real shell always does this, and the model something else.
fn differs(case: &Case, place: &str) -> Option<(Outcome, Outcome)> {
    let mine = model(case);
    let cases = vec![case.clone(); REPEATS];
    let mut first: Option<Outcome> = None;
    for real in run_all(&cases, &scratch(place)) {
        let real = real?;
        if agree(case, &real, &mine) {
            return None;
        }
        if first.as_ref().is_some_and(|first| settled(case, first) != settled(case, &real)) {
            return None;
        }
        first = Some(real);
    }
    Some((first?, mine))
}

/// A shorter script that still differs: without some of its lines, then without some words.
fn shrink(case: &Case, place: &str) -> Case {
    let mut best = case.clone();
    let mut tries = SHRINKS;
    for separator in ['\n', ' '] {
        let mut size = best.script.split(separator).count().div_ceil(2);
        while size > 0 && tries > 0 {
            let mut at = 0;
            loop {
                let pieces: Vec<&str> = best.script.split(separator).collect();
                if at >= pieces.len() || tries == 0 {
                    break;
                }
                let end = (at + size).min(pieces.len());
                let kept = [&pieces[..at], &pieces[end..]].concat().join(&separator.to_string());
                let shorter = Case { script: kept, ..best.clone() };
                tries -= 1;
                if ends(&shorter.script) && still_differs(case, &shorter, place) {
                    best = shorter;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }
    best
}

/// A script that became unreadable is no shorter form of one that was not.
fn still_differs(case: &Case, shorter: &Case, place: &str) -> bool {
    let Some(Some(real)) = run_all(std::slice::from_ref(shorter), &scratch(place)).pop() else {
        return false;
    };
    if shorter.command && shorter.script.starts_with(['-', '+']) {
        return false;
    }
    let unreadable = |text: &str| text.contains("yntax error") || text.contains("unexpected EOF");
    if unreadable(&real.1) && !unreadable(&case.stderr) {
        return false;
    }
    !agree(shorter, &real, &model(shorter))
}

/// Those of `count` cases from `from` on that differ, each with what the real shell said.
fn judge(seed: u64, from: u64, count: u64) -> Vec<Case> {
    let mut different = Vec::new();
    let place = format!("generated-{seed}-{from}");
    for start in (from..from + count).step_by(BATCH as usize) {
        let end = (start + BATCH).min(from + count);
        let cases: Vec<Case> = (start..end).map(|number| generate::case(seed, number)).collect();
        for (case, real) in cases.iter().zip(run_all(&cases, &scratch(&place))) {
            let Some(real) = real else { continue };
            if !agree(case, &real, &model(case)) && differs(case, &place).is_some() {
                different.push(Case { stderr: real.1, ..case.clone() });
            }
        }
    }
    different
}

/// A difference, shortened as far as that goes.
fn tell(case: &Case) -> String {
    let shorter = shrink(case, "shrink");
    let (shorter, (real, model)) = match differs(&shorter, "shrink") {
        Some(outcomes) => (shorter, outcomes),
        None => match differs(case, "shrink") {
            Some(outcomes) => (case.clone(), outcomes),
            None => return case.name.clone(),
        },
    };
    let how = format!("{} {:?}", shorter.shell(), shorter.arguments());
    let (real, model) = (show("real", &real), show("model", &model));
    format!("=== {} {how}\n{}\n{real}{model}", case.name, shorter.script)
}

/// The first line that differs, of the output or of the complaints.
fn first_difference(case: &Case) -> String {
    let real = run_all(std::slice::from_ref(case), &scratch("list")).pop().flatten();
    let (Some(real), mine) = (real, model(case)) else { return case.name.clone() };
    let line = |real: &str, mine: &str| {
        let count = real.lines().count().max(mine.lines().count());
        (0..count).find_map(|at| {
            let (one, other) = (real.lines().nth(at), mine.lines().nth(at));
            (one != other).then(|| format!("\n  {}: {one:?}\n  model {other:?}", case.shell()))
        })
    };
    let complaint = line(&real.1, &mine.1).unwrap_or_default();
    let output = line(&real.0, &mine.0).unwrap_or_default();
    format!("{} ({} {}){complaint}{output}", case.name, real.2, mine.2)
}

/// The scripts of a file somebody wrote.
fn written(path: &std::ffi::OsStr) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("BASH_SCRIPTS names a file");
    let case = |(number, text): (usize, &str)| {
        let (how, script) = match text.split_once('\n') {
            Some((how @ ("#c" | "#d"), rest)) => (how, rest),
            _ => ("", text),
        };
        Case {
            name: format!("script {number}"),
            script: format!("{script}\n"),
            command: how == "#c",
            sh: how == "#d",
            args: vec![String::new(), "one".into(), "two words".into()],
            ..generate::case(1, 0)
        }
    };
    text.trim_end().split("\n---\n").enumerate().map(case).collect()
}

#[test]
fn generated_scripts_run_as_real_bash_runs_them() {
    let (seed, from) = (number("BASH_SEED", 1), number("BASH_FROM", 0));
    let (runs, keep) = (number("BASH_RUNS", 2_000), number("BASH_KEEP", 0) as usize);
    if !machine_has_bash_5_2() || !std::path::Path::new("/usr/bin/dash").exists() {
        println!("no bash 5.2 and dash here: the scripts run in the model alone");
        for number in from..from + runs {
            assert!(model(&generate::case(seed, number)).2 >= 0, "number {number} ends");
        }
        return;
    }
    if let Some(path) = std::env::var_os("BASH_SCRIPTS") {
        let different =
            written(&path).into_iter().filter(|case| differs(case, "written").is_some());
        different.for_each(|case| {
            let (real, model) = differs(&case, "written").unwrap_or_default();
            println!(
                "=== {}\n{}{}{}",
                case.name,
                case.script,
                show("real", &real),
                show("model", &model)
            );
        });
        return;
    }
    let half = runs.div_ceil(2);
    let different: Vec<Case> = std::thread::scope(|scope| {
        let other = scope.spawn(|| judge(seed, from + half, runs - half));
        let mut different = judge(seed, from, half);
        different.extend(other.join().expect("the other half is judged"));
        different
    });
    let names: Vec<&str> = different.iter().map(|case| case.name.as_str()).collect();
    println!("{} of {runs} differ: {}", different.len(), names.join("; "));
    if std::env::var_os("BASH_LIST").is_some() {
        different.iter().for_each(|case| println!("{}", first_difference(case)));
    }
    for case in different.iter().take(keep) {
        eprintln!("{}", tell(case));
    }
    let allowed = runs * KNOWN_PER_MILLE / 1_000;
    let told = || different.iter().take(3).map(tell).collect::<Vec<_>>().join("\n");
    assert!(different.len() as u64 <= allowed, "{} differ\n{}", different.len(), told());
}

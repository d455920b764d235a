//! Generated statements, in the model and in a real MySQL 5.6.24.
//!
//! `tests/mysql/generated.txt` has what the real server said to the fixed ones; with it at hand
//! (see `server`) they are asked anew, and `RECORD_MYSQL=1` writes them down. `SQL_SEED`,
//! `SQL_FROM` and `SQL_RUNS` choose others; `SQL_LIST=1` shows the differences.

use super::generate::{self, TABLES};
use super::judge::{Answers, Model, Real};
use super::server::Server;

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mysql/generated.txt");

/// Where its real server may listen.
const PORTS: [u16; 2] = [24_090, 24_091];

/// How many fixed cases there are.
const CASES: u64 = 400;

/// How many of the fixed ones are known to differ. Whoever mends some puts the lower number here;
/// it never goes up.
const KNOWN: usize = 24;

/// Cases one connection answers, on tables made anew.
const BATCH: usize = 50;

/// Statements, each with its answer.
type Case = Vec<(String, String)>;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What the client would print, without what follows from the rest: the rules of its tables.
fn compact(answer: &str) -> String {
    let lines = answer.lines().filter(|line| !line.starts_with("+-"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn ask(cases: &[Vec<String>], answers: &mut dyn Answers) -> Vec<Case> {
    let mut out = Vec::new();
    for batch in cases.chunks(BATCH) {
        let mut statements: Vec<String> = TABLES.iter().map(|s| (*s).to_string()).collect();
        statements.extend(batch.iter().flatten().cloned());
        let mut said = answers.session("mysql-0", &statements).into_iter().skip(TABLES.len());
        for case in batch {
            let one = |s: &String| (s.clone(), compact(&said.next().expect("an answer each")));
            out.push(without_old_warnings(case.iter().map(one).collect()));
        }
    }
    out
}

/// Without SHOW WARNINGS after what warned of nothing: where a query names no table, 5.6 would show
/// what an earlier one warned of.
fn without_old_warnings(mut case: Case) -> Case {
    let mut quiet = false;
    case.retain(|(statement, said)| {
        let keep = !(quiet && statement == "SHOW WARNINGS");
        quiet = !said.contains(" warning") && !said.starts_with("ERROR");
        keep
    });
    case
}

fn recorded() -> Vec<Case> {
    let text = std::fs::read_to_string(RECORDED).expect("the recording");
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if line.is_empty() {
            cases.push(Case::new());
        } else if let Some(statement) = line.strip_prefix("> ") {
            cases.last_mut().expect("a case").push((statement.into(), String::new()));
        } else {
            let (_, said) = cases.last_mut().and_then(|c| c.last_mut()).expect("a statement");
            *said += &format!("{line}\n");
        }
    }
    cases
}

fn write(cases: &[Case]) {
    let mut text = String::new();
    for case in cases {
        text.push('\n');
        case.iter().for_each(|(statement, said)| text += &format!("> {statement}\n{said}"));
    }
    std::fs::write(RECORDED, text).expect("the recording can be written");
}

/// Where 5.7 is known to say something else, as what 5.6 and 5.7 say begins or has in it.
const NEWER: [(&str, &str, &str); 3] = [
    // Strict mode holds for the whole of a DELETE and an UPDATE.
    ("Query OK, ", "ERROR 1292 (22007): Truncated incorrect ", "warning"),
    ("Query OK, ", "ERROR 1365 (22012): Division by 0", "warning"),
    // NULLs are looked for when all values are there.
    ("", "", "cannot be null"),
];

fn is_newer(real: &str, model: &str) -> bool {
    let fits = |(old, new, part): &(&str, &str, &str)| {
        real.starts_with(old) && model.starts_with(new) && real.contains(part)
    };
    NEWER.iter().any(fits)
}

/// Whether an IGNORE says in its warnings, as it does since 5.7 (WL#6614), which rows were in the
/// way of others, and nothing else.
fn is_ignored(statement: &str, real: &str, said: &str) -> bool {
    let number = |text: &str, name: &str| -> Option<u64> {
        let (_, rest) = text.split_once(&format!("{name}: "))?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let skipped = |text: &str| {
        let matched = number(text, "Rows matched").zip(number(text, "Changed"));
        number(text, "Duplicates").or(matched.map(|(matched, changed)| matched - changed))
    };
    // `Query OK, 2 rows affected`.
    let first = |text: &str| -> Vec<String> {
        let line = text.lines().next().unwrap_or_default();
        line.split(',').take(2).map(String::from).collect()
    };
    if statement.starts_with("INSERT IGNORE ") && real == "Query OK, 0 rows affected\n" {
        return said == "Query OK, 0 rows affected, 1 warning\n";
    }
    statement.contains(" IGNORE ")
        && first(real) == first(said)
        && skipped(real) == skipped(said)
        && match (number(real, "Warnings"), number(said, "Warnings"), skipped(real)) {
            (Some(old), Some(new), Some(skipped)) => old < new && new - old <= skipped,
            _ => false,
        }
}

/// What the model says that the real server does not; `None` where they agree, or the model says
/// that it does not do this.
fn difference(real: &Case, model: &Case) -> Option<String> {
    let pairs = || real.iter().zip(model);
    if pairs().any(|(_, (_, said))| said.contains("[Ordinal]")) {
        return None;
    }
    let mut all = String::new();
    for ((statement, real), (_, said)) in pairs() {
        all += &format!("> {statement}\n");
        if statement.starts_with("SET ") {
            continue;
        }
        if real != said && (is_newer(real, said) || is_ignored(statement, real, said)) {
            return None;
        }
        if real != said {
            return Some(format!("{all}5.6:\n{real}model:\n{said}"));
        }
    }
    None
}

#[test]
fn generated_statements_are_answered_as_a_real_server_answers_them() {
    let chosen = ["SQL_SEED", "SQL_FROM", "SQL_RUNS"].iter().any(|n| std::env::var_os(n).is_some());
    let from = number("SQL_FROM", 0);
    let numbers = from..from + number("SQL_RUNS", CASES);
    let made = || -> Vec<Vec<String>> {
        numbers.clone().map(|n| generate::case(number("SQL_SEED", 1), n)).collect()
    };
    let real = if Server::is_installed() {
        let real = ask(&made(), &mut Real::start(PORTS, false, &[]));
        if std::env::var_os("RECORD_MYSQL").is_some() && !chosen {
            write(&real);
        }
        real
    } else {
        println!("no real server in target/mysql-5.6: what it said is read");
        recorded()
    };
    if !chosen {
        for (real, recorded) in real.iter().zip(recorded()) {
            assert_eq!(*real, recorded, "the real server says what is recorded");
        }
    }
    let statements: Vec<Vec<String>> =
        real.iter().map(|case| case.iter().map(|(s, _)| s.clone()).collect()).collect();
    let model = ask(&statements, &mut Model::start(false, &[]));
    let refused = model.iter().filter(|c| c.iter().any(|(_, s)| s.contains("[Ordinal]"))).count();
    let different: Vec<String> =
        real.iter().zip(&model).filter_map(|(real, model)| difference(real, model)).collect();
    println!("of {} differ {}, {refused} are not modelled", real.len(), different.len());
    if std::env::var_os("SQL_LIST").is_some() {
        different.iter().for_each(|text| println!("{text}"));
    }
    let told = different.iter().take(3).cloned().collect::<Vec<_>>().join("\n");
    assert!(chosen || different.len() <= KNOWN, "{} differ\n{told}", different.len());
}

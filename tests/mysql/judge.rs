//! The model against recordings of a real MySQL 5.6.24 (`tests/mysql/real/*.txt`): rows, widths,
//! errors, warnings, binlog events and their sizes, the state of replication.
//!
//! A recording is a session: `mysql-0> statement`, then what the client printed. Where 5.7 is known
//! to say something else, `5.7: why` follows with what it says; that is what the model must say.
//! After `not modelled` it must say so, in its own name.
//! With the real server at hand (see `server`), the recordings are checked against it; with
//! `RECORD_MYSQL=1` they are written anew.

use super::lab::Lab;
use super::server::{Server, pause};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mysql/real");

/// The sql_mode a 5.7 starts with.
const SQL_MODE: &str = "--sql-mode=ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,\
                        NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,\
                        NO_ENGINE_SUBSTITUTION";

/// Options of mysql-1 in some sessions.
const OPTIONS: [(&str, &[&str]); 2] = [
    (
        "filtered",
        &[
            "replicate-ignore-db=hidden",
            "replicate-ignore-table=t.secret",
            "replicate-wild-ignore-table=t.tmp%",
        ],
    ),
    ("relayed", &["log-bin", "log-slave-updates", "binlog-format=ROW"]),
];

fn options(name: &str) -> &'static [&'static str] {
    OPTIONS.iter().find(|(known, _)| *known == name).map_or(&[], |(_, options)| *options)
}

/// Options of the real mysql-0 in some: which plan is taken would depend on when a thread looks at
/// the tables.
fn own_options(name: &str) -> &'static [&'static str] {
    if ["joins", "plans", "semijoins", "ties", "classroom"].contains(&name) {
        &["--innodb-stats-auto-recalc=OFF"]
    } else {
        &[]
    }
}

/// One line typed, and what came of it.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// Comment lines before it.
    notes: Vec<String>,
    /// `mysql-0`, or `~` for what only this judge knows.
    who: String,
    /// What was typed.
    text: String,
    /// What 5.6 printed.
    said: String,
    /// Why 5.7 prints something else, and what.
    newer: Option<(String, String)>,
    /// The model says that it does not do this.
    is_ours: bool,
}

impl Entry {
    fn wanted(&self) -> &str {
        self.newer.as_ref().map_or(&self.said, |(_, text)| text)
    }
}

fn read(name: &str) -> Vec<Entry> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.txt")).expect("the recording");
    let mut entries: Vec<Entry> = Vec::new();
    let mut notes = Vec::new();
    for line in text.lines() {
        let typed = ["mysql-0> ", "mysql-1> ", "~ "].iter().find(|p| line.starts_with(**p));
        if let Some(prompt) = typed {
            entries.push(Entry {
                notes: std::mem::take(&mut notes),
                who: prompt.trim_end_matches(['>', ' ']).into(),
                text: line[prompt.len()..].into(),
                ..Entry::default()
            });
        } else if line.starts_with('#') {
            notes.push(line.to_string());
        } else if let Some(entry) = entries.last_mut() {
            if line == "not modelled" {
                entry.is_ours = true;
            } else if let Some(why) = line.strip_prefix("5.7: ") {
                entry.newer = Some((why.into(), String::new()));
            } else {
                let text = entry.newer.as_mut().map_or(&mut entry.said, |(_, text)| text);
                *text += &format!("{line}\n");
            }
        }
    }
    entries
}

fn write(name: &str, entries: &[Entry]) {
    let mut text = String::new();
    for entry in entries {
        entry.notes.iter().for_each(|note| text += &format!("{note}\n"));
        let end = if entry.who == "~" { "" } else { ">" };
        text += &format!("{}{end} {}\n{}", entry.who, entry.text, entry.said);
        if let Some((why, said)) = &entry.newer {
            text += &format!("5.7: {why}\n{said}");
        }
        if entry.is_ours {
            text += "not modelled\n";
        }
    }
    std::fs::write(format!("{FOLDER}/{name}.txt"), text).expect("the recording can be written");
}

/// Hides what differs from run to run: xids, table ids (numbered as they come), UUIDs, moments.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_string();
        for mark in ["xid=", "table_id: "] {
            if let Some(at) = line.find(mark) {
                let start = at + mark.len();
                let end = line[start..].find(|c: char| !c.is_ascii_digit());
                line.replace_range(start..end.map_or(line.len(), |e| start + e), "N");
            }
        }
        out += &format!("{line}\n");
    }
    out
}

/// Events of a listing: kind, bytes, Info. Events that 5.6 does not write are left out.
fn listed(listing: Vec<(u64, String, u64, String)>) -> String {
    let skipped = ["Format_desc", "Previous_gtids", "Anonymous_Gtid"];
    let kept = listing.into_iter().filter(|(_, kind, _, _)| !skipped.contains(&kind.as_str()));
    kept.map(|(start, kind, end, info)| format!("{kind} {} {info}\n", end - start)).collect()
}

/// What answers a session.
pub trait Answers {
    /// Answers statements of one connection, one after the other.
    fn session(&mut self, who: &str, statements: &[String]) -> Vec<String>;
    /// Waits until mysql-1 has what mysql-0 has.
    fn wait(&mut self);
}

pub struct Real {
    servers: Vec<(&'static str, u16, Server)>,
}

impl Real {
    pub fn start(ports: [u16; 2], both: bool, more: &[&str]) -> Real {
        Real::start_with(ports, both, more, &[])
    }

    fn start_with(ports: [u16; 2], both: bool, more: &[&str], first: &[&str]) -> Real {
        let mut own = vec!["--log-bin", "--binlog-format=ROW", "--server-id=100", SQL_MODE];
        own.extend(first);
        let mut servers = vec![("mysql-0", ports[0], Server::start("mysql-0", ports[0], &own))];
        if both {
            let more: Vec<String> = more.iter().map(|option| format!("--{option}")).collect();
            let mut own = vec!["--server-id=101", "--relay-log=mysql-1-relay-bin", SQL_MODE];
            own.extend(more.iter().map(String::as_str));
            servers.push(("mysql-1", ports[1], Server::start("mysql-1", ports[1], &own)));
        }
        Real { servers }
    }

    fn server(&self, who: &str) -> &Server {
        &self.servers.iter().find(|(name, _, _)| *name == who).expect("a server of this name").2
    }
}

impl Answers for Real {
    fn session(&mut self, who: &str, statements: &[String]) -> Vec<String> {
        let port = self.servers[0].1.to_string();
        let mut connection = self.server(who).connect();
        let known = |s: &String| s.replace("$HOST", "127.0.0.1").replace("$PORT", &port);
        // A state's words that 5.7 has changed (facts of both, sql/rpl_slave.cc).
        let newer = ("waiting for the slave I/O thread to update it", "waiting for more updates");
        let hidden = |s: String| {
            let s = s.replace("127.0.0.1", "$HOST").replace(&port, "$PORT");
            s.replace(newer.0, newer.1)
        };
        statements.iter().map(|s| hidden(connection.ask(&known(s)))).collect()
    }

    fn wait(&mut self) {
        let (mut last, mut same) = (String::new(), 0);
        for _ in 0..100 {
            pause();
            let now = self.session("mysql-1", &["SHOW SLAVE STATUS".into()]).concat();
            same = if now == last && !now.contains("Connecting") { same + 1 } else { 0 };
            // On a busy machine one look may come before anything has begun.
            if same >= 4 {
                return;
            }
            last = now;
        }
    }
}

pub struct Model {
    lab: Lab,
}

impl Model {
    pub fn start(both: bool, more: &[&str]) -> Model {
        let mut lab = Lab::new();
        // What 5.6 does not have, and a 5.7 can do without.
        let older = "optimizer_switch=condition_fanout_filter=off";
        lab.pod("mysql-0", &format!("log-bin\nserver-id=100\n{older}"));
        if both {
            lab.pod("mysql-1", &format!("server-id=101\n{}", more.join("\n")));
        }
        lab.run_for(30_000);
        Model { lab }
    }
}

impl Answers for Model {
    fn session(&mut self, who: &str, statements: &[String]) -> Vec<String> {
        let known = |s: &String| s.replace("$HOST", "mysql-0.mysql").replace("$PORT", "3306");
        let script: String = statements.iter().map(|s| known(s) + ";\n").collect();
        let argv = ["mysql", "-h", "127.0.0.1", "-t", "-n", "-vv", "-e", &script, "-f"];
        let (_, output) = self.lab.exec(who, &argv);
        let output = output.strip_suffix("Bye\n").expect("a client this talkative says so");
        let parts: Vec<&str> = output.split("--------------\n").collect();
        // The client does not print USE, nor what comes of it.
        let is_use = |s: &&String| s.to_ascii_uppercase().starts_with("USE ");
        let printed = statements.iter().filter(|s| !is_use(s)).count();
        assert_eq!(parts.len(), 2 * printed + 1, "one answer a statement:\n{output}");
        let mut answers = parts.iter().skip(2).step_by(2);
        let quiet = "Query OK, 0 rows affected\n";
        statements
            .iter()
            .map(|s| if is_use(&s) { quiet } else { answers.next().expect("as many as counted") })
            .map(|text| {
                let text = error_without_line(text.trim());
                text.replace("mysql-0.mysql", "$HOST").replace("3306", "$PORT") + "\n"
            })
            .collect()
    }

    fn wait(&mut self) {
        self.lab.run_for(3_000);
    }
}

/// An error without the line of the batch it is in.
pub fn error_without_line(text: &str) -> String {
    match text.split_once(" at line ") {
        Some((front, back)) if front.starts_with("ERROR ") => {
            format!("{front}{}", back.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        _ => text.to_string(),
    }
}

/// The cells of a table the client drew, by heading.
fn cells(table: &str) -> Vec<Vec<String>> {
    let rows = table.lines().filter(|line| line.starts_with('|'));
    rows.map(|row| {
        let inner = &row[1..row.len() - 1];
        inner.split(" | ").map(|cell| cell.trim().to_string()).collect()
    })
    .collect()
}

/// What only this judge knows: `wait`; `events`, of mysql-0 or the one named; `slave FIELD …`.
fn directive(text: &str, answers: &mut dyn Answers) -> String {
    let mut words = text.split(' ');
    match words.next() {
        Some("wait") => {
            answers.wait();
            String::new()
        }
        Some("events") => {
            let who = words.next().unwrap_or("mysql-0");
            let logs = answers.session(who, &["SHOW MASTER STATUS".into()]).concat();
            let file = cells(&logs)[1][0].clone();
            let sql = format!("SHOW BINLOG EVENTS IN '{file}'");
            let number = |text: &str| text.parse().expect("a position");
            let listing = cells(&answers.session(who, &[sql]).concat());
            let event = |row: &Vec<String>| {
                (number(&row[1]), row[2].clone(), number(&row[4]), row[5..].join(" | "))
            };
            masked(&listed(listing[1..].iter().map(event).collect()))
        }
        Some("slave") => {
            let listing =
                cells(&answers.session("mysql-1", &["SHOW SLAVE STATUS".into()]).concat());
            let value = |name: &str| {
                let at = listing[0].iter().position(|head| head == name).expect("a field");
                format!("{name}={}\n", listing[1][at])
            };
            words.map(value).collect()
        }
        _ => panic!("no such directive: {text}"),
    }
}

/// Lines that only one of two texts has.
fn differing(want: &str, said: &str) -> String {
    let only = |mark: char, a: &str, b: &str| -> String {
        let lines = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        lines.map(|line| format!("  {mark} {line}\n")).collect()
    };
    let text = only('-', want, said) + &only('+', said, want);
    if !text.is_empty() {
        return text;
    }
    let pairs = want.lines().zip(said.lines()).enumerate();
    let first =
        pairs.filter(|(_, (a, b))| a != b).map(|(at, (a, b))| format!("  {at}: {a}\n   not {b}\n"));
    first.take(3).collect()
}

fn answers_to(entries: &[Entry], answers: &mut dyn Answers) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = entries.get(at) {
        if first.who == "~" {
            out.push(directive(&first.text, answers));
            at += 1;
            continue;
        }
        let run = entries[at..].iter().take_while(|e| e.who == first.who && e.notes.is_empty());
        let count = run.count().max(1);
        let statements: Vec<String> =
            entries[at..at + count].iter().map(|e| e.text.clone()).collect();
        out.extend(answers.session(&first.who, &statements).iter().map(|text| masked(text)));
        at += count;
    }
    out
}

/// Judges one recording; `ports`: where its real servers may listen.
fn judge(name: &str, ports: [u16; 2]) {
    let mut entries = read(name);
    let both = entries.iter().any(|entry| entry.who == "mysql-1");
    let recording = std::env::var_os("RECORD_MYSQL").is_some();
    if Server::is_installed() {
        let real = answers_to(
            &entries,
            &mut Real::start_with(ports, both, options(name), own_options(name)),
        );
        for (entry, said) in entries.iter_mut().zip(real) {
            if recording {
                entry.said = said;
            } else {
                assert_eq!(entry.said, said, "{name}: the real server answers {}", entry.text);
            }
        }
        if recording {
            write(name, &entries);
        }
    } else {
        assert!(!recording, "there is no real server in target/mysql-5.6");
        println!("skipped: {name} is not asked of a real server (none in target/mysql-5.6)");
    }
    let model = answers_to(&entries, &mut Model::start(both, options(name)));
    let mut wrong = String::new();
    for (entry, said) in entries.iter().zip(model) {
        if entry.wanted() != said && !(entry.is_ours && said.contains("[Ordinal]")) {
            wrong +=
                &format!("{}> {}\n{}", entry.who, entry.text, differing(entry.wanted(), &said));
        }
        if let Some((why, newer)) = &entry.newer {
            assert_ne!(entry.said, *newer, "{name}: {} no longer differs ({why})", entry.text);
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{wrong}");
}

macro_rules! judged {
    ($($name:ident $port:literal)*) => {
        $(#[test] fn $name() { judge(stringify!($name), [$port, $port + 1]); })*
    };
}

judged! {
    errors 23_500
    types 23_510
    queries 23_520
    definitions 23_530
    events 23_540
    replication 23_550
    shows 23_560
    functions 23_570
    columns 23_580
    writes 23_590
    calls 23_600
    reads 23_610
    logged 23_620
    follower 23_630
    filtered 23_640
    relayed 23_650
    classes 23_900
    lessons 23_910
    idioms 23_920
    texts 23_930
    statements 23_940
    zones 24_300
    forced 24_310
    fractions 23_960
    temporary 23_970
    covering 23_980
    unsigned 23_990
    bounds 24_000
    asked 24_010
    mended 24_020
    settings 24_480
    computed 24_030
    moments 24_040
    views 24_050
    numbers 24_060
    blog 24_070
    edges 24_080
    joins 24_100
    plans 24_110
    counters 24_490
    ordered 24_500
    cut 24_510
    ties 24_520
    exact 24_530
    own 24_540
    semijoins 24_550
    classroom 24_560
}

//! Two or three sessions at once, in the model and in a real MySQL 5.6.24: who waits for whom, who
//! sees what, who is the victim of a deadlock.
//!
//! `tests/mysql/sessions/*.txt` are recordings. A scene begins with `#`. `a> statement` is what
//! session `a` asks and what it is told, or `…` while it waits; `a:` what it is told later, because
//! of what the session above did. As in `judge`, they are checked against the real server where it
//! is at hand, and `RECORD_MYSQL=1` writes them anew.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::judge::error_without_line;
use super::lab::Lab;
use super::server::Server;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mysql/sessions");

/// One statement, and what came of it.
struct Step {
    who: char,
    text: String,
    said: String,
}

/// A title, and what happens.
type Scene = (String, Vec<Step>);

fn read(name: &str) -> Vec<Scene> {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.txt")).expect("the recording");
    let mut scenes: Vec<Scene> = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') {
            scenes.push((line.into(), Vec::new()));
            continue;
        }
        let steps = &mut scenes.last_mut().expect("a scene").1;
        match (line.chars().next(), line.get(1..3)) {
            (Some(who), Some("> ")) => {
                steps.push(Step { who, text: line[3..].into(), said: String::new() });
            }
            _ => steps.last_mut().expect("a step").said += &format!("{line}\n"),
        }
    }
    scenes
}

fn write(name: &str, scenes: &[Scene], answers: &[Vec<String>]) {
    let mut text = String::new();
    for ((title, steps), answers) in scenes.iter().zip(answers) {
        text += &format!("{title}\n");
        let pairs = steps.iter().zip(answers);
        pairs.for_each(|(s, said)| text += &format!("{}> {}\n{said}", s.who, s.text));
    }
    std::fs::write(format!("{FOLDER}/{name}.txt"), text).expect("the recording can be written");
}

/// What each step shows, from what each session had been told after each step.
fn shown(steps: &[Step], told: &[BTreeMap<char, Vec<String>>]) -> Vec<String> {
    let mut known: BTreeMap<char, usize> = BTreeMap::new();
    let mut shown = Vec::new();
    for (step, told) in steps.iter().zip(told) {
        let (mut own, mut later) = (String::from("…\n"), String::new());
        for (who, answers) in told {
            let known = known.entry(*who).or_default();
            for answer in &answers[*known..] {
                match *who == step.who {
                    true => own.clone_from(answer),
                    false => later += &format!("{who}:\n{answer}"),
                }
            }
            *known = answers.len();
        }
        shown.push(own + &later);
    }
    shown
}

/// A session of the real server, which asks and listens by itself.
#[allow(clippy::disallowed_methods, reason = "a real server is waited for in real time")]
fn real_session(server: &Server) -> (Sender<String>, Receiver<String>) {
    let mut connection = server.connect();
    let (ask, asked) = channel::<String>();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        while let Ok(sql) = asked.recv() {
            let _ = tell.send(connection.ask(&sql));
        }
    });
    (ask, told)
}

fn really(server: &Server, steps: &[Step]) -> Vec<String> {
    let mut first = server.connect();
    first.ask("DROP DATABASE IF EXISTS s");
    first.ask("CREATE DATABASE s");
    let mut sessions = BTreeMap::new();
    for step in steps {
        sessions.entry(step.who).or_insert_with(|| {
            let session = real_session(server);
            session.0.send("USE s".into()).expect("it listens");
            session.1.recv().expect("it answers");
            session
        });
    }
    let mut told: BTreeMap<char, Vec<String>> = BTreeMap::new();
    // Those not answered yet, and how long they may take.
    let mut waiting: BTreeMap<char, Duration> = BTreeMap::new();
    let mut all = Vec::new();
    for step in steps {
        sessions[&step.who].0.send(step.text.clone()).expect("it listens");
        waiting.insert(step.who, Duration::from_millis(2_500));
        for who in [&step.who].into_iter().chain(sessions.keys()) {
            let Some(most) = waiting.get(who) else { continue };
            if let Ok(answer) = sessions[who].1.recv_timeout(*most) {
                told.entry(*who).or_default().push(answer);
                waiting.remove(who);
            } else {
                waiting.insert(*who, Duration::from_millis(200));
            }
        }
        all.push(told.clone());
    }
    shown(steps, &all)
}

/// What one client has printed so far, statement by statement.
fn printed(output: &str) -> Vec<String> {
    let parts = output.split("--------------\n").skip(2).step_by(2);
    let told = parts.map(|text| error_without_line(text.trim().trim_end_matches("\nBye")) + "\n");
    told.filter(|text| text != "\n").collect()
}

fn modelled(lab: &mut Lab, steps: &[Step]) -> Vec<String> {
    const BEAT: usize = 3;
    let (mut script, mut names) =
        (String::from("mkdir -p /tmp/s; cd /tmp/s; rm -f *;"), Vec::new());
    script += "mysql -h 127.0.0.1 -e 'DROP DATABASE IF EXISTS s; CREATE DATABASE s'\n";
    for step in steps {
        if names.contains(&step.who) {
            continue;
        }
        names.push(step.who);
        let mut last = 0;
        script += "{ ";
        for (at, step) in steps.iter().enumerate().filter(|(_, s)| s.who == step.who) {
            let text = step.text.replace('\'', "'\\''");
            script += &format!("sleep {}; echo '{text};'; ", BEAT * (at + 1) - last);
            last = BEAT * (at + 1);
        }
        script += &format!(
            "sleep {}; }} | mysql -h 127.0.0.1 -n -t -vv -f s >{who}.out 2>&1 &\n",
            BEAT * (steps.len() + 2) - last,
            who = step.who
        );
    }
    let list: String = names.iter().map(|who| format!("{who} ")).collect();
    script += &format!(
        "sleep 2; for i in {}; do sleep {BEAT}; for w in {list}; do echo \"== $w\"; cat $w.out; \
         done; echo =====; done; wait",
        "x ".repeat(steps.len())
    );
    let (_, output) = lab.bash("mysql-0", &script);
    let told = output.split("=====\n").take(steps.len()).map(|part| {
        let of = |text: &str| (text.chars().next().expect("a name"), printed(&text[2..]));
        part.split("== ").skip(1).map(of).collect()
    });
    shown(steps, &told.collect::<Vec<_>>())
}

fn judge(name: &str, port: u16) {
    let scenes = read(name);
    if Server::is_installed() {
        let own = ["--server-id=100", "--log-bin", "--binlog-format=ROW"];
        let server = Server::start("mysql-0", port, &own);
        let real: Vec<Vec<String>> =
            scenes.iter().map(|(_, steps)| really(&server, steps)).collect();
        if std::env::var_os("RECORD_MYSQL").is_some() {
            return write(name, &scenes, &real);
        }
        for ((title, steps), real) in scenes.iter().zip(&real) {
            for (step, said) in steps.iter().zip(real) {
                assert_eq!(step.said, *said, "{title}: the real server answers {}", step.text);
            }
        }
    }
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(30_000);
    let mut wrong = String::new();
    for (title, steps) in &scenes {
        for (step, said) in steps.iter().zip(modelled(&mut lab, steps)) {
            if step.said != said {
                let Step { who, text, said: wanted } = step;
                wrong += &format!("{title}\n{who}> {text}\n{wanted}not\n{said}\n");
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{wrong}");
}

#[test]
fn sessions_see_and_wait_for_each_other_as_in_a_real_server() {
    judge("isolation", 24_200);
    judge("locks", 24_200);
}

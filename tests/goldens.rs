//! The whole default run as a text a person can read, and what it must agree with.
//!
//! `UPDATE=1 cargo test goldens` writes the text anew; read the diff.

use std::fs;
use std::path::Path;

use ordinal::player::{Player, PlayerCommand, Progress, Session};
use ordinal::text::{Lang, line};
use ordinal::trace::Fact;
use ordinal::trace::fact::{Applied, MysqlFact};

/// The default manifests, in the order in which `kubectl apply -f manifests/` takes them.
pub fn default_files() -> Vec<(String, String)> {
    ["configmap.yaml", "services.yaml", "statefulset.yaml"]
        .into_iter()
        .map(|name| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests").join(name);
            (name.to_string(), fs::read_to_string(path).expect("the manifests are in the tree"))
        })
        .collect()
}

fn settled(files: Vec<(String, String)>) -> Player {
    let mut player = Player::new(Session { files, seed: 1, lesson: true });
    while player.extend(1_000) == Progress::Growing {}
    assert_eq!(player.extend(1), Progress::Settled, "the default run comes to rest");
    player
}

fn trace() -> String {
    let mut player = Player::new(Session { files: default_files(), seed: 1, lesson: true });
    let mut text = String::new();
    loop {
        let before = player.len();
        let progress = player.extend(1);
        if player.len() > before {
            let step = player.step_at(player.len()).expect("it was just computed");
            text += &(line::columns(Lang::En, step, &player.newest_place()) + "\n");
        }
        if progress != Progress::Growing {
            break;
        }
    }
    player.command(PlayerCommand::ToEnd);
    let scene = player.scene();
    text.push_str(&line::summary(Lang::En, &scene, player.len(), player.fingerprint()));
    text + "\n"
}

fn agrees_with_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text).expect("the golden can be written");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let differs = golden.lines().zip(text.lines()).position(|(old, new)| old != new);
    let line = differs.unwrap_or(golden.lines().count().min(text.lines().count()));
    assert!(
        golden == text,
        "{name} differs from line {} on:\n  golden: {:?}\n  now:    {:?}\n(UPDATE=1 writes anew)",
        line + 1,
        golden.lines().nth(line),
        text.lines().nth(line)
    );
}

#[test]
fn the_default_run_is_the_golden_one() {
    agrees_with_golden("default.trace", &trace());
}

/// Facts, section 0: the numbers real clusters print.
#[test]
fn the_default_run_ends_with_the_numbers_of_real_clusters() {
    let mut player = settled(default_files());
    player.command(PlayerCommand::ToEnd);
    let scene = player.scene();
    let mysql = |pod: &str| scene.pods[pod].mysql.clone().expect("mysqld runs in every pod");
    let source = mysql("mysql-0");
    assert_eq!(source.server_id, 100);
    assert!(source.version.ends_with("-log") && !source.super_read_only);
    let sizes: Vec<(&str, u64)> = source.binlogs.iter().map(|(n, s)| (n.as_str(), *s)).collect();
    assert_eq!(sizes[0], ("mysql-0-bin.000001", 177));
    assert_eq!(sizes[1].0, "mysql-0-bin.000002");
    assert!((2_900_000..3_200_000).contains(&sizes[1].1), "time zone tables: {}", sizes[1].1);
    assert_eq!(sizes[2..], [("mysql-0-bin.000003", 756)]);
    for (pod, server_id) in [("mysql-1", 101), ("mysql-2", 102)] {
        let mysql = mysql(pod);
        assert_eq!(mysql.server_id, server_id);
        assert!(mysql.super_read_only && !mysql.version.ends_with("-log"));
        let replica = mysql.replica.clone().expect("it replicates");
        assert_eq!((&*replica.io_running, &*replica.sql_running), ("Yes", "Yes"));
        assert_eq!(replica.source_host, "mysql-0.mysql");
        assert_eq!(replica.began, ("mysql-0-bin.000003".into(), 154));
        assert_eq!(replica.executed, ("mysql-0-bin.000003".into(), 756));
        // Who told it where to begin, and in which file of the backup.
        let copied = mysql.copied.clone().expect("it is a clone");
        let told = if server_id == 101 {
            ("mysql-0", "xtrabackup_binlog_info")
        } else {
            ("mysql-1", "xtrabackup_slave_info")
        };
        assert_eq!((&*copied.from, &*copied.file), told);
        assert_eq!(copied.at, replica.began);
        assert_eq!(replica.relay, (format!("{pod}-relay-bin.000002"), 924));
        let test = mysql.databases.iter().find(|database| database.name == "test");
        assert_eq!(test.expect("it arrived").tables[0].rows, [["hello"]]);
    }
}

#[test]
fn mysql_2_clones_from_mysql_1() {
    let player = settled(default_files());
    let chapters = player.chapters();
    let kinds: Vec<_> = chapters.iter().map(|chapter| format!("{:?}", chapter.kind)).collect();
    assert_eq!(
        kinds,
        [
            "Configuration",
            "Starts(\"mysql-0\")",
            "Clones { pod: \"mysql-1\", from: \"mysql-0\" }",
            "Clones { pod: \"mysql-2\", from: \"mysql-1\" }",
            "Traffic",
        ]
    );
}

#[test]
fn a_transaction_can_be_followed_to_every_replica() {
    let player = settled(default_files());
    let facts = (1..=player.len())
        .flat_map(|number| player.step_at(number).expect("it was computed").facts.clone());
    let facts: Vec<MysqlFact> = facts
        .filter_map(|fact| match fact {
            Fact::Mysql(fact) => Some(fact),
            _ => None,
        })
        .collect();
    let insert = facts.iter().find(|fact| matches!(fact, MysqlFact::Logged { end: 756, .. }));
    let insert = insert.expect("the INSERT is logged up to 756");
    let mut seen: Vec<String> = facts
        .iter()
        .filter(|fact| insert.is_followed_by(fact))
        .map(|fact| match fact {
            MysqlFact::Logged { pod, .. } => format!("{pod} logged"),
            MysqlFact::Sent { server_id, .. } => format!("sent to {server_id}"),
            MysqlFact::Received { pod, .. } => format!("{pod} received"),
            MysqlFact::Applied { pod, what: Applied::Commit { rows }, .. } => {
                format!("{pod} committed {rows}")
            }
            _ => String::new(),
        })
        .filter(|line| !line.is_empty())
        .collect();
    seen.sort();
    seen.dedup();
    assert_eq!(
        seen,
        [
            "mysql-0 logged",
            "mysql-1 committed 1",
            "mysql-1 received",
            "mysql-2 committed 1",
            "mysql-2 received",
            "sent to 101",
            "sent to 102",
        ]
    );
}

#[test]
fn the_same_session_gives_the_same_run() {
    let (one, two) = (settled(default_files()), settled(default_files()));
    assert_eq!(one.fingerprint(), two.fingerprint());
    for number in 1..=one.len() {
        assert_eq!(one.step_at(number), two.step_at(number));
    }
}

#[test]
fn several_pods_answer_the_readers() {
    let mut player = settled(default_files());
    player.command(PlayerCommand::ToEnd);
    let mut seen = std::collections::BTreeSet::new();
    for number in 1..=player.len() {
        player.command(PlayerCommand::Seek(ordinal::player::Cursor {
            index: number,
            ..player.cursor()
        }));
        let scene = player.scene();
        let Some(client) = scene.pods.get("mysql-client-loop") else { continue };
        for line in client.containers[0].log.iter() {
            seen.extend(line.text.split_whitespace().next().and_then(|id| id.parse::<u32>().ok()));
        }
    }
    assert!(seen.len() >= 2, "only these servers answered: {seen:?}");
    assert!(seen.iter().all(|id| [100, 101, 102].contains(id)));
}

/// What `mkfs.ext4` leaves on an empty file system.
#[test]
fn every_volume_has_the_directory_that_ext4_begins_with() {
    let mut player = settled(default_files());
    player.command(PlayerCommand::ToEnd);
    let scene = player.scene();
    assert_eq!(scene.claims.len(), 3);
    for claim in scene.claims.values() {
        let found = claim.files.iter().find(|file| file.path == "lost+found");
        assert!(found.is_some_and(|file| file.is_dir), "{}: {:?}", claim.name, claim.files);
    }
}

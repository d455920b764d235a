//! Following a transaction, and the coordinates of a clone, through the first run.

use ordinal::player::{Player, PlayerCommand, Progress, Session};
use ordinal::text::{Lang, fact};
use ordinal::trace::Step;
use ordinal::view::WhySource;

use crate::goldens::default_files;

/// A run, at its end.
fn ended(files: Vec<(String, String)>) -> Player {
    let mut player = Player::new(Session { files, seed: 1, lesson: true });
    while player.extend(100) == Progress::Growing {}
    player.command(PlayerCommand::ToEnd);
    player
}

fn said(player: &Player, steps: &[u32]) -> Vec<String> {
    let says = |number: &u32| {
        let step = player.step_at(*number).expect("it was found");
        let said = step.facts.iter().map(|it| fact(Lang::En, it).plain());
        said.collect::<Vec<_>>().join(" ")
    };
    steps.iter().map(says).collect()
}

/// Each wanted word stands in the step of its place.
fn follows(said: &[String], wanted: &[&str]) {
    let mut rest = said.iter();
    for words in wanted {
        assert!(rest.any(|it| it.contains(words)), "no {words:?} in its place: {said:#?}");
    }
}

#[test]
fn the_first_run_can_be_followed() {
    let player = ended(default_files());
    let insert = player.transaction(&"mysql-0".into(), "mysql-0-bin.000003", 700);
    let insert = said(&player, &insert);
    for replica in ["mysql-1", "mysql-2"] {
        let ends = [format!("The I/O thread of {replica}"), format!("{replica} commits 1 row")];
        follows(&insert, &["asks INSERT INTO", "mysql-0 writes", "sends Xid", &ends[0], &ends[1]]);
    }
    assert!(!insert.iter().any(|it| it.contains("CREATE TABLE")), "{insert:#?}");
    assert!(player.transaction(&"mysql-0".into(), "mysql-0-bin.000003", 9_000).is_empty());

    let handover = said(&player, &player.handover(&"mysql-2".into()));
    follows(
        &handover,
        &[
            "xtrabackup writes xtrabackup_slave_info: this copy of mysql-1 stands",
            "xtrabackup_slave_info",
            "creates change_master_to.sql.in",
            "MASTER_HOST='mysql-0.mysql'",
            "mysql-0",
        ],
    );
    assert!(player.handover(&"mysql-0".into()).is_empty());
}

/// Why each pod replicates from where it does, and with whose data.
fn why(player: &mut Player) -> Vec<Option<(WhySource, String)>> {
    let scene = player.scene();
    let of = |pod: &str| {
        scene.why_source(&pod.into()).map(|(why, copied)| (why, copied.from.to_string()))
    };
    ["mysql-0", "mysql-1", "mysql-2"].map(of).to_vec()
}

#[test]
fn a_replica_says_where_it_began_and_why_there() {
    let mut player = ended(default_files());
    let first = (WhySource::ItsOwnData, "mysql-0".to_string());
    let second = (WhySource::NoBinlog, "mysql-1".to_string());
    assert_eq!(why(&mut player), [None, Some(first.clone()), Some(second)]);

    let scene = player.scene();
    let began = ("mysql-0-bin.000003".to_string(), 154);
    let replicas = [("mysql-1".into(), &began), ("mysql-2".into(), &began)];
    assert_eq!(scene.replicas_of(&"mysql-0".into()), replicas);
    assert_eq!(scene.replicas_of(&"mysql-1".into()), []);

    let status = player.slave_status(&"mysql-2".into()).expect("it replicates");
    assert!(status.contains("\n          Exec_Master_Log_Pos: 756\n"), "{status}");
    assert_eq!(player.slave_status(&"mysql-0".into()), None);
}

#[test]
fn a_replica_with_a_binary_log_still_lacks_what_it_replicates() {
    let mut files = default_files();
    let with_log = files[0].1.replace("super-read-only", "super-read-only\n    log-bin");
    assert_ne!(files[0].1, with_log);
    files[0].1 = with_log;
    let third = why(&mut ended(files)).pop().flatten();
    assert_eq!(third, Some((WhySource::NotLogged, "mysql-1".to_string())));
}

#[test]
fn a_crash_loop_leads_back_to_what_the_script_did() {
    let mut files = default_files();
    // An image without the program that the script calls.
    files[2].1 = files[2].1.replace("mysql:5.7-debian", "mysql:5.7");
    let player = ended(files);
    let steps = (1..).map_while(|number| player.step_at(number));
    let says = |step: &Step| said(&player, &[step.id.index]).concat();
    let waits = steps.filter(|step| says(step).contains("The kubelet waits before it starts"));
    let mut at = waits.last().expect("it crashes again and again");
    for wanted in
        ["ended with exit code 1", "The script is over", "runs exit 1", "is false", "no hostname"]
    {
        let cause = at.causes.iter().map(|cause| cause.step.index).max().expect("it has a cause");
        at = player.step_at(cause).expect("it happened");
        assert!(says(at).contains(wanted), "{wanted:?}: {}", says(at));
    }
}

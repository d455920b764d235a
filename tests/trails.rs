//! Following a transaction, and the coordinates of a clone, through the first run.

use ordinal::player::{Player, PlayerCommand, Progress, Session};
use ordinal::text::{Lang, fact};

use crate::goldens::default_files;

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
    let session = Session { files: default_files(), seed: 1, lesson: true };
    let mut player = Player::new(session);
    while player.extend(100) == Progress::Growing {}
    player.command(PlayerCommand::ToEnd);

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

//! The tutorial's manifests with other images: where such a run ends, and what the learner reads of
//! it in `kubectl logs`.

use ordinal::player::{Entered, Player, PlayerCommand, Progress, Session};
use ordinal::text::{Lang, line};
use ordinal::world::terminal::ChunkKind;

use crate::goldens::default_files;

fn with_images(server: &str, backup: &str) -> Player {
    let mut files = default_files();
    let set = files.iter_mut().find(|(name, _)| name == "statefulset.yaml").expect("it is there");
    set.1 = set.1.replace("mysql:5.7-debian", server).replace("ist0ne/xtrabackup:1.0", backup);
    // Images of Oracle Linux have no `hostname`, Percona's has socat in the place of ncat.
    set.1 = set.1.replace("`hostname`", "$HOSTNAME");
    if backup.starts_with("percona/") {
        let send = "ncat --listen --keep-open --send-only --max-conns=1 3307 -c \\\n            \"";
        let receive = "ncat --recv-only mysql-$(($ordinal-1)).mysql 3307";
        assert!(set.1.contains(send) && set.1.contains(receive));
        let to = "socat TCP-LISTEN:3307,reuseaddr,fork \"SYSTEM:";
        let from = "socat -u TCP:mysql-$(($ordinal-1)).mysql:3307 STDOUT";
        set.1 = set.1.replace(send, to).replace(receive, from);
        // It would run as 1001, whose the volume is not.
        let root = "      securityContext: {runAsUser: 0}\n      initContainers:\n";
        set.1 = set.1.replace("      initContainers:\n", root);
    }
    let mut player = Player::new(Session { files, seed: 1, lesson: true });
    while player.extend(1_000) == Progress::Growing {}
    player.command(PlayerCommand::ToEnd);
    player
}

/// What a command prints that only looks.
fn looked(player: &mut Player, command: &str) -> String {
    let entered = player.enter(1, command);
    assert!(matches!(entered, Entered::Looked(_)), "{entered:?}");
    let said = player.screen(1).into_iter();
    said.filter(|chunk| chunk.kind == ChunkKind::Output).map(|chunk| chunk.text).collect()
}

#[test]
fn each_pair_of_images_ends_as_a_real_cluster_does() {
    let unsupported = "This version of Percona XtraBackup can only perform backups and restores \
                       against MySQL 8.0 and Percona Server 8.0\n";
    let rows = [
        (
            "mysql:8.0.28",
            "percona/percona-xtrabackup:8.0",
            "3/3 pods ready, 2/2",
            "completed OK!\n",
        ),
        (
            "mysql:8.0.28",
            "ist0ne/xtrabackup:1.0",
            "1/3 pods ready, 0/2",
            "Failed to connect to MySQL server: Authentication plugin 'caching_sha2_password' \
             cannot be loaded: /usr/lib/mysql/plugin/caching_sha2_password.so: cannot open shared \
             object file: No such file or directory.\n",
        ),
        ("mysql:8.4", "percona/percona-xtrabackup:8.0", "1/3 pods ready, 0/2", unsupported),
        ("mysql:latest", "percona/percona-xtrabackup:8.0", "1/3 pods ready, 0/2", unsupported),
        (
            "mariadb:10.6.12",
            "ist0ne/xtrabackup:1.0",
            "1/3 pods ready, 0/2",
            "InnoDB: Unsupported redo log format. The redo log was created with MariaDB 10.6.12. \
             Please follow the instructions at \
             http://dev.mysql.com/doc/refman/5.7/en/upgrading-downgrading.html\n",
        ),
    ];
    for (server, backup, end, said) in rows {
        let mut player = with_images(server, backup);
        let scene = player.scene();
        let summary = line::summary(Lang::En, &scene, player.len(), player.fingerprint());
        assert!(summary.contains(end), "{server} {backup}: {summary}");
        let log = looked(&mut player, "kubectl logs mysql-0 -c xtrabackup");
        assert!(log.contains(said), "{server} {backup}: {log}");
        if !end.starts_with("3/3") {
            let log = looked(&mut player, "kubectl logs mysql-1 -c clone-mysql");
            let failed = "xtrabackup: Error: cannot open ./xtrabackup_checkpoints\n";
            assert!(log.contains(failed), "{server} {backup}: {log}");
        }
    }
}

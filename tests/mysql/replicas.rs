//! Replicas that replicate further, that are not let in, that leave out or throw away; logs that
//! are purged. Texts of rpl_slave.cc, rpl_master.cc, binlog.cc and errmsg-utf8.txt of 5.7.

use super::lab::Lab;
use super::{POSITIONS, TUTORIAL};
use ordinal::os::Signal;

const FOLLOW: &str = "CHANGE MASTER TO MASTER_LOG_FILE='BINLOG', MASTER_LOG_POS=154, \
                      MASTER_HOST='SOURCE.mysql', MASTER_USER='root', MASTER_CONNECT_RETRY=10; \
                      START SLAVE";

fn follow(lab: &mut Lab, replica: &str, host: &str, file: &str) {
    let sql = FOLLOW.replace("SOURCE", host).replace("BINLOG", file);
    assert_eq!(lab.sql(replica, &sql), "");
}

/// mysql-0 with a binary log, and mysql-1 with these options, which has begun to follow it.
fn follower(options: &str) -> Lab {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", options);
    lab.run_for(30_000);
    follow(&mut lab, "mysql-1", "mysql-0", "mysql-0-bin.000003");
    lab
}

#[test]
fn a_replica_with_log_slave_updates_has_a_replica_of_its_own() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", "log-bin\nserver-id=101\nlog-slave-updates");
    lab.pod("mysql-2", "server-id=102");
    lab.run_for(40_000);
    follow(&mut lab, "mysql-1", "mysql-0", "mysql-0-bin.000003");
    follow(&mut lab, "mysql-2", "mysql-1", "mysql-1-bin.000003");
    lab.sql("mysql-0", TUTORIAL);
    lab.run_for(2_000);
    // 65+94, 65+119 and 65+63+53+42+31: the BEGIN of an SQL thread is 5 bytes shorter.
    let status = lab.sql("mysql-1", "SHOW MASTER STATUS");
    assert!(status.contains("mysql-1-bin.000003\t751\t"), "{status}");
    assert_eq!(lab.sql("mysql-2", "SELECT * FROM test.messages"), "message\nhello\n");
    assert_eq!(
        lab.slave("mysql-2", &["Master_Server_Id", "Exec_Master_Log_Pos", "Seconds_Behind_Master"]),
        "Master_Server_Id=101 Exec_Master_Log_Pos=751 Seconds_Behind_Master=0"
    );
    // Who made an event stays with it.
    let events = lab.sql("mysql-1", "SHOW BINLOG EVENTS IN 'mysql-1-bin.000003' FROM 154 LIMIT 2");
    let ids: Vec<&str> = events.lines().skip(1).filter_map(|row| row.split('\t').nth(3)).collect();
    assert_eq!(ids, ["100", "100"]);
    // In a ring, what comes round is left out.
    follow(&mut lab, "mysql-0", "mysql-1", "mysql-1-bin.000003");
    lab.sql("mysql-1", "INSERT INTO test.messages VALUES ('from 1')");
    lab.sql("mysql-0", "INSERT INTO test.messages VALUES ('from 0')");
    lab.run_for(3_000);
    for pod in ["mysql-0", "mysql-1"] {
        let rows = lab.sql(pod, "SELECT * FROM test.messages ORDER BY 1");
        assert_eq!(rows, "message\nfrom 0\nfrom 1\nhello\n", "{pod}");
    }
    let end = lab.sql("mysql-1", "SHOW MASTER STATUS");
    let end = end.split('\t').nth(5).expect("a position").to_string();
    let seen = lab.slave("mysql-0", &["Read_Master_Log_Pos", "Exec_Master_Log_Pos"]);
    assert_eq!(seen, format!("Read_Master_Log_Pos={end} Exec_Master_Log_Pos={end}"));
}

#[test]
fn without_log_slave_updates_a_replica_logs_only_its_own() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", "log-bin\nserver-id=101");
    lab.run_for(40_000);
    follow(&mut lab, "mysql-1", "mysql-0", "mysql-0-bin.000003");
    lab.sql("mysql-0", TUTORIAL);
    lab.run_for(2_000);
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM test.messages"), "message\nhello\n");
    let status = lab.sql("mysql-1", "SHOW MASTER STATUS");
    assert!(status.contains("mysql-1-bin.000003\t154\t"), "{status}");
}

#[test]
fn a_source_that_does_not_let_in_is_asked_again_and_again() {
    const FIELDS: [&str; 3] = ["Slave_IO_Running", "Last_IO_Errno", "Last_IO_Error"];
    let rows = [
        (
            "MASTER_USER='nobody'",
            "Slave_IO_Running=Connecting Last_IO_Errno=1045 Last_IO_Error=error connecting to \
             master 'nobody@mysql-0.mysql:3306' - retry-time: 10  retries: 3",
            "[ERROR] Slave I/O for channel '': error connecting to master \
             'nobody@mysql-0.mysql:3306' - retry-time: 10  retries: 3, Error_code: 1045\n",
        ),
        (
            "MASTER_HOST='mysql-9.mysql'",
            "Slave_IO_Running=Connecting Last_IO_Errno=2005 Last_IO_Error=error connecting to \
             master 'root@mysql-9.mysql:3306' - retry-time: 10  retries: 3",
            "retries: 3, Error_code: 2005\n",
        ),
        (
            "MASTER_PORT=3399",
            "Slave_IO_Running=Connecting Last_IO_Errno=2003 Last_IO_Error=error connecting to \
             master 'root@mysql-0.mysql:3399' - retry-time: 10  retries: 3",
            "retries: 3, Error_code: 2003\n",
        ),
        (
            "MASTER_USER='plain'",
            "Slave_IO_Running=Connecting Last_IO_Errno=1597 Last_IO_Error=Master command \
             COM_REGISTER_SLAVE failed: Access denied for user 'plain'@'10.244.0.3' (using \
             password: NO) (Errno: 1045)",
            "(Errno: 1045), Error_code: 1597\n",
        ),
        (
            "MASTER_USER=''",
            "Slave_IO_Running=No Last_IO_Errno=1593 Last_IO_Error=Fatal error: Invalid (empty) \
             username when attempting to connect to the master server. Connection attempt \
             terminated.",
            "Connection attempt terminated., Error_code: 1593\n",
        ),
        (
            "MASTER_HOST='mysql-9.mysql', MASTER_RETRY_COUNT=2",
            "Slave_IO_Running=No Last_IO_Errno=2005 Last_IO_Error=error connecting to master \
             'root@mysql-9.mysql:3306' - retry-time: 10  retries: 2",
            "[Note] Slave I/O thread for channel '' killed while connecting to master\n",
        ),
        (
            "MASTER_HOST='mysql-9.mysql', MASTER_RETRY_COUNT=0",
            "Slave_IO_Running=Connecting Last_IO_Errno=2005 Last_IO_Error=error connecting to \
             master 'root@mysql-9.mysql:3306' - retry-time: 10  retries: 3",
            "retries: 3, Error_code: 2005\n",
        ),
    ];
    for (settings, status, line) in rows {
        let mut lab = Lab::new();
        lab.pod("mysql-0", "log-bin\nserver-id=100");
        lab.pod("mysql-1", "server-id=101");
        lab.run_for(30_000);
        lab.sql("mysql-0", "CREATE USER 'plain'@'%' IDENTIFIED BY ''");
        let all = "MASTER_HOST='mysql-0.mysql', MASTER_USER='root', MASTER_CONNECT_RETRY=10";
        lab.sql("mysql-1", &format!("CHANGE MASTER TO {all}"));
        lab.sql("mysql-1", &format!("CHANGE MASTER TO {settings}; START SLAVE"));
        lab.run_for(24_000);
        assert_eq!(lab.slave("mysql-1", &FIELDS), status, "{settings}");
        assert!(lab.log("mysql-1").contains(line), "{line}\n{}", lab.log("mysql-1"));
    }
}

#[test]
fn two_replicas_with_one_uuid_turn_each_other_out() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", "server-id=101");
    lab.pod("mysql-2", "server-id=102");
    lab.run_for(30_000);
    let (_, uuid) = lab.bash("mysql-1", "cat /var/lib/mysql/auto.cnf");
    lab.stop("mysql-2", Signal::Term);
    lab.start("mysql-2");
    lab.run_for(1);
    lab.bash("mysql-2", &format!("echo '{}' >/var/lib/mysql/auto.cnf", uuid.trim()));
    lab.run_for(20_000);
    let same = lab.sql("mysql-2", "SELECT @@server_uuid");
    assert_eq!(same, lab.sql("mysql-1", "SELECT @@server_uuid"));
    for replica in ["mysql-1", "mysql-2"] {
        follow(&mut lab, replica, "mysql-0", "mysql-0-bin.000003");
        lab.run_for(2_000);
    }
    assert_eq!(
        lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Errno", "Last_IO_Error"]),
        "Slave_IO_Running=No Last_IO_Errno=1236 Last_IO_Error=Got fatal error 1236 from master \
         when reading data from binary log: 'A slave with the same server_uuid/server_id as this \
         slave has connected to the master; the first event 'mysql-0-bin.000003' at 154, the last \
         event read from './mysql-0-bin.000003' at 123, the last byte read from \
         './mysql-0-bin.000003' at 154.'"
    );
    assert_eq!(lab.slave("mysql-2", &["Slave_IO_Running"]), "Slave_IO_Running=Yes");
    // A server that follows itself, or one with its own number.
    let rows =
        [("server-id=100", "server ids; these ids"), ("server-id=101", "server UUIDs; these")];
    for (option, words) in rows {
        let mut lab = Lab::new();
        lab.pod("mysql-0", "log-bin\nserver-id=100");
        lab.pod("mysql-1", option);
        lab.run_for(30_000);
        if option == "server-id=101" {
            let (_, uuid) = lab.bash("mysql-0", "cat /var/lib/mysql/auto.cnf");
            lab.stop("mysql-1", Signal::Term);
            lab.start("mysql-1");
            lab.run_for(1);
            lab.bash("mysql-1", &format!("echo '{}' >/var/lib/mysql/auto.cnf", uuid.trim()));
            lab.run_for(20_000);
        }
        follow(&mut lab, "mysql-1", "mysql-0", "mysql-0-bin.000003");
        lab.run_for(2_000);
        let said = lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Errno", "Last_IO_Error"]);
        let begin = "Slave_IO_Running=No Last_IO_Errno=1593 Last_IO_Error=Fatal error: The slave \
                     I/O thread stops because master and slave have equal MySQL ";
        assert!(said.starts_with(&format!("{begin}{words}")), "{said}");
    }
}

/// The texts of `sql/rpl_binlog_sender.cc`. "could not find next log" is the one that people meet,
/// for instance `'could not find next log; the first event 'mysql-bin.000003' at 2614, the last
/// event read from '/home/mysql/3306/logs/mysql-bin.000003' at 123, the last byte read from … at
/// 2614.'` of a published SHOW SLAVE STATUS.
#[test]
fn reset_master_under_a_replica_ends_its_reading() {
    const FIELDS: [&str; 3] = ["Slave_IO_Running", "Last_IO_Errno", "Last_IO_Error"];
    let mut lab = follower("server-id=101");
    lab.run_for(2_000);
    lab.sql("mysql-0", "RESET MASTER");
    lab.run_for(2_000);
    assert_eq!(
        lab.slave("mysql-1", &FIELDS),
        "Slave_IO_Running=No Last_IO_Errno=1236 Last_IO_Error=Got fatal error 1236 from master \
         when reading data from binary log: 'could not find next log; the first event \
         'mysql-0-bin.000003' at 154, the last event read from './mysql-0-bin.000003' at 123, the \
         last byte read from './mysql-0-bin.000003' at 154.'"
    );
    // A new file of the same name is taken for the old one, until there is more in it.
    lab.sql("mysql-1", "STOP SLAVE");
    follow(&mut lab, "mysql-1", "mysql-0", "mysql-0-bin.000001");
    lab.run_for(2_000);
    lab.sql("mysql-0", "CREATE DATABASE a; RESET MASTER");
    lab.run_for(2_000);
    let fine = "Slave_IO_Running=Yes Last_IO_Errno=0 Last_IO_Error=";
    assert_eq!(lab.slave("mysql-1", &FIELDS), fine);
    lab.sql("mysql-0", "CREATE DATABASE bb");
    lab.run_for(2_000);
    assert_eq!(
        lab.slave("mysql-1", &FIELDS),
        "Slave_IO_Running=No Last_IO_Errno=1236 Last_IO_Error=Got fatal error 1236 from master \
         when reading data from binary log: 'I/O error reading log event; the first event \
         'mysql-0-bin.000001' at 154, the last event read from './mysql-0-bin.000001' at 304, the \
         last byte read from './mysql-0-bin.000001' at 304.'"
    );
}

/// As a published 5.7 log shows it: `./mysql-1-relay-bin.000002`, 322, and where the primary was.
#[test]
fn relay_log_info_is_written_as_soon_as_the_first_rotation_is_read() {
    let mut lab = follower("server-id=101");
    lab.run_for(2_000);
    let (_, info) = lab.bash("mysql-1", "cat /var/lib/mysql/relay-log.info");
    let lines = "7\n./mysql-1-relay-bin.000002\n322\nmysql-0-bin.000003\n154\n0\n0\n1\n\n";
    assert_eq!(info, lines);
}

#[test]
fn errors_that_are_to_be_skipped_leave_out_what_failed() {
    let mut lab = follower("server-id=101\nslave-skip-errors=1062,1032");
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.k (id INT PRIMARY KEY, v INT)");
    lab.run_for(1_000);
    lab.sql("mysql-1", "INSERT INTO t.k VALUES (2, 0)");
    lab.sql(
        "mysql-0",
        "INSERT INTO t.k VALUES (1, 1), (2, 2), (3, 3); UPDATE t.k SET v=9 WHERE id=3; INSERT INTO \
         t.k VALUES (4, 4)",
    );
    lab.run_for(2_000);
    // As the real one: the rows of the event behind the one that failed are gone too.
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM t.k"), "id\tv\n1\t1\n2\t0\n4\t4\n");
    let said = lab.slave("mysql-1", &["Slave_SQL_Running", "Last_SQL_Errno"]);
    assert_eq!(said, "Slave_SQL_Running=Yes Last_SQL_Errno=0");
    let log = lab.log("mysql-1");
    for line in [
        "Duplicate entry '2' for key 'PRIMARY', Error_code: 1062; handler error \
                  HA_ERR_FOUND_DUPP_KEY;",
        "Can't find record in 'k', Error_code: 1032; handler error \
                  HA_ERR_KEY_NOT_FOUND;",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
}

#[test]
fn relay_log_recovery_throws_away_what_was_not_applied() {
    let mut lab = follower("server-id=101\nrelay-log-recovery=1");
    lab.run_for(1_000);
    lab.sql("mysql-1", "STOP SLAVE SQL_THREAD");
    lab.sql("mysql-0", TUTORIAL);
    lab.run_for(1_000);
    lab.bash("mysql-1", "rm /var/lib/mysql/*relay-bin.0*");
    lab.stop("mysql-1", Signal::Kill);
    lab.start("mysql-1");
    lab.run_for(20_000);
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM test.messages"), "message\nhello\n");
    assert_eq!(
        lab.slave("mysql-1", &POSITIONS),
        "Master_Log_File=mysql-0-bin.000003 Read_Master_Log_Pos=756 \
         Relay_Log_File=mysql-1-relay-bin.000002 Relay_Log_Pos=924 Relay_Log_Space=1133 \
         Exec_Master_Log_Pos=756"
    );
    let line = "[Warning] Recovery from master pos 154 and file mysql-0-bin.000003 for channel ''. \
                Previous relay log pos and relay log file had been set to 322, \
                ./mysql-1-relay-bin.000002 respectively.\n";
    assert!(lab.log("mysql-1").contains(line), "{}", lab.log("mysql-1"));
}

#[test]
fn old_logs_go_when_a_new_one_is_opened() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100\nexpire_logs_days=2");
    lab.run_for(30_000);
    lab.run_for(86_400_000);
    lab.sql("mysql-0", "FLUSH LOGS");
    let list = "SHOW BINARY LOGS";
    assert_eq!(lab.sql("mysql-0", list).lines().count(), 5);
    lab.run_for(86_400_000 + 3_600_000);
    lab.sql("mysql-0", "FLUSH LOGS");
    let left = lab.sql("mysql-0", list);
    let names: Vec<&str> = left.lines().skip(1).filter_map(|row| row.split('\t').next()).collect();
    assert_eq!(names, ["mysql-0-bin.000003", "mysql-0-bin.000004", "mysql-0-bin.000005"]);
}

#[test]
fn the_log_tells_what_the_statement_itself_failed_with() {
    // As a published log of 5.7.22 has it, for a duplicate column.
    let mut lab = follower("server-id=101");
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.k (id INT PRIMARY KEY)");
    lab.run_for(1_000);
    lab.sql("mysql-1", "INSERT INTO t.k VALUES (1); ALTER TABLE t.k ADD COLUMN b INT");
    lab.sql("mysql-0", "ALTER TABLE t.k ADD COLUMN b INT");
    lab.run_for(2_000);
    let at = lab.slave("mysql-1", &["Exec_Master_Log_Pos"]);
    let at = at.trim_start_matches("Exec_Master_Log_Pos=");
    let log = lab.log("mysql-1");
    let lines: Vec<&str> = log.lines().rev().take(3).map(|line| &line[28..]).collect();
    let thread = lines[0].split(' ').next().expect("a thread's number");
    assert_eq!(
        lines.into_iter().rev().collect::<Vec<_>>(),
        [
            format!(
                "{thread} [ERROR] Slave SQL for channel '': Error 'Duplicate column name 'b'' on \
                 query. Default database: ''. Query: 'ALTER TABLE t.k ADD COLUMN b INT', \
                 Error_code: 1060"
            ),
            format!("{thread} [Warning] Slave: Duplicate column name 'b' Error_code: 1060"),
            format!(
                "{thread} [ERROR] Error running query, slave SQL thread aborted. Fix the problem, \
                 and restart the slave SQL thread with \"SLAVE START\". We stopped at log \
                 'mysql-0-bin.000003' position {at}"
            ),
        ]
    );
}

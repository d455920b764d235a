//! Transactions with numbers of their own: `gtid_mode=ON`. Positions, sets and texts are those of a
//! published StatefulSet of MySQL 5.7.31 with xtrabackup and MASTER_AUTO_POSITION, and of a
//! published pair of `mysql:5.7` containers; sizes are of facts B1.

use super::lab::Lab;
use ordinal::os::Signal;

const GTIDS: &str = "gtid_mode=ON\nenforce_gtid_consistency=ON";

/// mysql-0 with these options more, and its UUID.
fn source(options: &str) -> (Lab, String) {
    let mut lab = Lab::new();
    lab.pod("mysql-0", &format!("log-bin=mysql-bin\nserver-id=100\n{GTIDS}\n{options}"));
    lab.run_for(30_000);
    let uuid = lab.sql("mysql-0", "SELECT @@server_uuid").replace("@@server_uuid\n", "");
    (lab, uuid.trim().to_string())
}

/// mysql-1, as it follows mysql-0 from behind what a fresh server has.
fn pair(options: &str) -> (Lab, String) {
    let (mut lab, uuid) = source("");
    lab.pod("mysql-1", &format!("relay-log=relay\nserver-id=101\n{GTIDS}\n{options}"));
    lab.run_for(30_000);
    let follow = format!(
        "RESET MASTER; SET GLOBAL gtid_purged='{uuid}:1-5'; CHANGE MASTER TO \
         MASTER_HOST='mysql-0.mysql', MASTER_USER='root', MASTER_CONNECT_RETRY=10, \
         MASTER_AUTO_POSITION=1; START SLAVE"
    );
    assert_eq!(lab.sql("mysql-1", &follow), "");
    lab.run_for(1_000);
    (lab, uuid)
}

const PLACES: [&str; 9] = [
    "Master_Log_File",
    "Read_Master_Log_Pos",
    "Relay_Log_File",
    "Relay_Log_Pos",
    "Exec_Master_Log_Pos",
    "Relay_Log_Space",
    "Retrieved_Gtid_Set",
    "Executed_Gtid_Set",
    "Auto_Position",
];

fn places(lab: &mut Lab, uuid: &str) -> String {
    lab.slave("mysql-1", &PLACES).replace(uuid, "U")
}

#[test]
fn a_fresh_server_has_made_five_transactions_and_numbers_the_next() {
    let (mut lab, uuid) = source("");
    lab.sql("mysql-0", "create database test_demo");
    let shown = lab.sql("mysql-0", "SHOW MASTER STATUS; SHOW BINLOG EVENTS IN 'mysql-bin.000003'");
    assert_eq!(
        shown.replace(&uuid, "U"),
        "File\tPosition\tBinlog_Do_DB\tBinlog_Ignore_DB\tExecuted_Gtid_Set\n\
         mysql-bin.000003\t368\t\t\tU:1-6\n\
         Log_name\tPos\tEvent_type\tServer_id\tEnd_log_pos\tInfo\n\
         mysql-bin.000003\t4\tFormat_desc\t100\t123\tServer ver: 5.7.42-log, Binlog ver: 4\n\
         mysql-bin.000003\t123\tPrevious_gtids\t100\t194\tU:1-5\n\
         mysql-bin.000003\t194\tGtid\t100\t259\tSET @@SESSION.GTID_NEXT= 'U:6'\n\
         mysql-bin.000003\t259\tQuery\t100\t368\tcreate database test_demo\n"
    );
}

#[test]
fn a_replica_asks_for_what_it_has_not() {
    let (mut lab, uuid) = pair("");
    lab.sql("mysql-0", "create database test_demo");
    lab.run_for(1_000);
    assert_eq!(
        places(&mut lab, &uuid),
        "Master_Log_File=mysql-bin.000003 Read_Master_Log_Pos=368 Relay_Log_File=relay.000002 \
         Relay_Log_Pos=541 Exec_Master_Log_Pos=368 Relay_Log_Space=738 Retrieved_Gtid_Set=U:6 \
         Executed_Gtid_Set=U:1-6 Auto_Position=1"
    );
    // The source begins a new file: it says itself what is in those before it.
    lab.stop("mysql-0", Signal::Term);
    lab.run_for(5_000);
    lab.start("mysql-0");
    lab.run_for(30_000);
    assert_eq!(
        places(&mut lab, &uuid),
        "Master_Log_File=mysql-bin.000004 Read_Master_Log_Pos=194 Relay_Log_File=relay.000003 \
         Relay_Log_Pos=407 Exec_Master_Log_Pos=194 Relay_Log_Space=991 Retrieved_Gtid_Set=U:6 \
         Executed_Gtid_Set=U:1-6 Auto_Position=1"
    );
    assert!(lab.log("mysql-0").contains("slave_server(101), pos(, 4)\n"), "{}", lab.log("mysql-0"));
}

#[test]
fn what_it_has_is_left_out_in_the_middle_of_a_file() {
    let (mut lab, uuid) = pair("");
    lab.sql("mysql-0", "create database test_demo");
    lab.run_for(1_000);
    lab.sql("mysql-1", "STOP SLAVE");
    lab.sql("mysql-0", "CREATE TABLE test_demo.a (i INT); INSERT INTO test_demo.a VALUES (1)");
    lab.sql("mysql-1", "START SLAVE");
    lab.run_for(1_000);
    // A Rotate event of 47 bytes stands for the Previous_gtids, another for what was left out.
    assert_eq!(
        places(&mut lab, &uuid),
        "Master_Log_File=mysql-bin.000003 Read_Master_Log_Pos=793 Relay_Log_File=relay.000003 \
         Relay_Log_Pos=879 Exec_Master_Log_Pos=793 Relay_Log_Space=1463 \
         Retrieved_Gtid_Set=U:6-8 Executed_Gtid_Set=U:1-8 Auto_Position=1"
    );
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM test_demo.a"), "i\n1\n");
}

#[test]
fn numbers_survive_what_a_server_survives() {
    for (signal, options) in [(Signal::Term, ""), (Signal::Kill, ""), (Signal::Kill, "log-bin")] {
        let (mut lab, uuid) = pair(options);
        lab.sql("mysql-0", "CREATE DATABASE t; FLUSH LOGS; CREATE TABLE t.a (i INT)");
        lab.run_for(1_000);
        for pod in ["mysql-1", "mysql-0"] {
            lab.stop(pod, signal);
            lab.run_for(5_000);
            lab.start(pod);
            lab.run_for(30_000);
        }
        lab.sql("mysql-0", "INSERT INTO t.a VALUES (1)");
        lab.run_for(12_000);
        for pod in ["mysql-0", "mysql-1"] {
            let set = lab.sql(pod, "SELECT @@gtid_executed g").replace(&uuid, "U");
            assert_eq!(set, "g\nU:1-8\n", "{pod} {options}");
            assert_eq!(lab.sql(pod, "SELECT * FROM t.a"), "i\n1\n", "{pod} {options}");
        }
    }
}

#[test]
fn what_is_purged_cannot_be_asked_for() {
    let (mut lab, uuid) = source("");
    lab.sql("mysql-0", "CREATE DATABASE t; FLUSH LOGS; PURGE BINARY LOGS TO 'mysql-bin.000004'");
    let purged = lab.sql("mysql-0", "SELECT @@gtid_purged p").replace(&uuid, "U");
    assert_eq!(purged, "p\nU:1-6\n");
    lab.pod("mysql-1", &format!("server-id=101\n{GTIDS}"));
    lab.run_for(30_000);
    let follow = "CHANGE MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_USER='root', \
                  MASTER_AUTO_POSITION=1; START SLAVE";
    lab.sql("mysql-1", follow);
    lab.run_for(1_000);
    let said = lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Error"]).replace(&uuid, "U");
    assert_eq!(
        said,
        "Slave_IO_Running=No Last_IO_Error=Got fatal error 1236 from master when reading data from \
         binary log: 'The slave is connecting using CHANGE MASTER TO MASTER_AUTO_POSITION = 1, but \
         the master has purged binary logs containing GTIDs that the slave requires. Replicate the \
         missing transactions from elsewhere, or provision a new slave from backup. Consider \
         increasing the master's binary log expiration period. The GTID set sent by the slave is \
         '', and the missing transactions are 'U:1-6'.'"
    );
}

#[test]
fn an_empty_transaction_leaves_out_another_servers() {
    let (mut lab, uuid) = pair("");
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.k (i INT PRIMARY KEY)");
    lab.run_for(1_000);
    lab.sql("mysql-1", "INSERT INTO t.k VALUES (1)");
    lab.sql("mysql-0", "INSERT INTO t.k VALUES (1); INSERT INTO t.k VALUES (2)");
    lab.run_for(1_000);
    let state = ["Slave_SQL_Running", "Last_SQL_Errno", "Executed_Gtid_Set"];
    let said = |lab: &mut Lab| lab.slave("mysql-1", &state).replace(&uuid, "U");
    assert_eq!(said(&mut lab), "Slave_SQL_Running=No Last_SQL_Errno=1062 Executed_Gtid_Set=U:1-7");
    let skip = "SET GLOBAL sql_slave_skip_counter=1";
    assert!(lab.sql("mysql-1", skip).starts_with("ERROR 1858 (HY000)"));
    let empty = format!("SET GTID_NEXT='{uuid}:8'; BEGIN; COMMIT; INSERT INTO t.k VALUES (9)");
    let error = lab.sql("mysql-1", &empty);
    assert!(error.starts_with("ERROR 1837 (HY000) at line 1: When @@SESSION.GTID_NEXT"), "{error}");
    lab.sql("mysql-1", "START SLAVE");
    lab.run_for(1_000);
    assert_eq!(said(&mut lab), "Slave_SQL_Running=Yes Last_SQL_Errno=0 Executed_Gtid_Set=U:1-9");
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM t.k"), "i\n1\n2\n");
}

#[test]
fn a_replica_that_logs_keeps_the_numbers() {
    let (mut lab, uuid) = pair("log-bin\nlog_slave_updates");
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.k (i INT PRIMARY KEY)");
    lab.sql("mysql-0", "INSERT INTO t.k VALUES (1)");
    lab.run_for(1_000);
    let status = lab.sql("mysql-1", "SHOW MASTER STATUS").replace(&uuid, "U");
    assert!(status.contains("\tU:1-8\n"), "{status}");
    let own = "SET sql_log_bin=0; INSERT INTO t.k VALUES (2); SET sql_log_bin=1; INSERT INTO t.k \
               VALUES (3)";
    lab.sql("mysql-1", own);
    let uuid_1 = lab.sql("mysql-1", "SELECT @@server_uuid").replace("@@server_uuid\n", "");
    let set = lab.sql("mysql-1", "SELECT @@gtid_executed").replace(&uuid, "U");
    let set = set.replace(uuid_1.trim(), "V");
    assert!(set.contains("U:1-8") && set.contains("V:1") && !set.contains("V:1-"), "{set}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let (mut lab, uuid) = pair("");
    let modes = "SELECT @@gtid_mode, @@enforce_gtid_consistency";
    assert!(lab.sql("mysql-1", modes).ends_with("\nON\tON\n"));
    let long = "CHANGE MASTER TO MASTER_LOG_FILE='x', MASTER_LOG_POS=4";
    let rows = [
        ("STOP SLAVE", ""),
        (
            long,
            "1776 (HY000) at line 1: Parameters MASTER_LOG_FILE, MASTER_LOG_POS, RELAY_LOG_FILE \
             and RELAY_LOG_POS cannot be set when MASTER_AUTO_POSITION is active.",
        ),
        (
            "SET GLOBAL gtid_purged='U:1-7'",
            "1840 (HY000) at line 1: @@GLOBAL.GTID_PURGED can only be set when \
             @@GLOBAL.GTID_EXECUTED is empty.",
        ),
        (
            "CREATE TABLE test.b SELECT 1",
            "1786 (HY000) at line 1: Statement violates GTID consistency: CREATE TABLE ... SELECT.",
        ),
        (
            "SET GTID_NEXT='ANONYMOUS'",
            "1782 (HY000) at line 1: @@SESSION.GTID_NEXT cannot be set to ANONYMOUS when \
             @@GLOBAL.GTID_MODE = ON.",
        ),
    ];
    for (sql, error) in rows {
        let said = lab.sql("mysql-1", &sql.replace("U:", &format!("{uuid}:")));
        let expected = if error.is_empty() { String::new() } else { format!("ERROR {error}\n") };
        assert_eq!(said, expected, "{sql}");
    }
    // A server without numbers and one with them do not go together.
    lab.pod("mysql-2", "server-id=102");
    lab.run_for(30_000);
    let said = lab.sql("mysql-2", "CHANGE MASTER TO MASTER_AUTO_POSITION=1");
    assert!(said.starts_with("ERROR 1777 (HY000)"), "{said}");
    lab.sql("mysql-2", "CHANGE MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_USER='root'");
    lab.sql("mysql-2", "START SLAVE");
    lab.run_for(1_000);
    let said = lab.sql("mysql-2", "SHOW SLAVE STATUS\\G");
    let text = "The replication receiver thread cannot start because the master has GTID_MODE = ON \
                and this server has GTID_MODE = OFF.";
    assert!(said.contains(text) && said.contains("Last_IO_Errno: 1593"), "{said}");
}

/// The manual's steps, "Enabling GTID Transactions Online". Nobody stops to write.
#[test]
fn a_running_pair_goes_over_to_numbers_step_by_step() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", "server-id=101\nlog-bin\nlog-slave-updates");
    lab.run_for(30_000);
    let follow = "CHANGE MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_USER='root', \
                  MASTER_LOG_FILE='mysql-0-bin.000003', MASTER_LOG_POS=154; START SLAVE";
    lab.sql("mysql-1", follow);
    lab.sql("mysql-0", "CREATE DATABASE d; CREATE TABLE d.t (i INT)");
    let step = |lab: &mut Lab, number: u32, set: &str| {
        for pod in ["mysql-1", "mysql-0"] {
            assert_eq!(lab.sql(pod, &format!("SET GLOBAL {set}")), "", "{pod} {set}");
            lab.sql("mysql-0", &format!("INSERT INTO d.t VALUES ({number})"));
            lab.run_for(1_000);
        }
    };
    let refused = |lab: &mut Lab, set: &str, error: &str| {
        let said = lab.sql("mysql-0", &format!("SET GLOBAL {set}"));
        assert!(said.starts_with(&format!("ERROR {error}")), "{set}: {said}");
    };
    refused(&mut lab, "gtid_mode=ON", "1788 (HY000)");
    step(&mut lab, 1, "enforce_gtid_consistency=WARN");
    let violates = "CREATE TABLE d.s SELECT 1; SHOW WARNINGS";
    assert_eq!(
        lab.sql("mysql-0", violates),
        "Level\tCode\tMessage\nWarning\t1786\tStatement violates GTID consistency: CREATE TABLE \
         ... SELECT.\n"
    );
    step(&mut lab, 2, "gtid_mode=OFF_PERMISSIVE");
    step(&mut lab, 3, "gtid_mode=ON_PERMISSIVE");
    refused(
        &mut lab,
        "gtid_mode=ON",
        "3111 (HY000) at line 1: SET @@GLOBAL.GTID_MODE = ON is not allowed because \
         ENFORCE_GTID_CONSISTENCY is not ON.\n",
    );
    step(&mut lab, 4, "enforce_gtid_consistency=ON");
    let count = lab.sql("mysql-0", "SHOW STATUS LIKE 'ONGOING_ANONYMOUS_TRANSACTION_COUNT'");
    assert_eq!(count, "Variable_name\tValue\nOngoing_anonymous_transaction_count\t0\n");
    step(&mut lab, 5, "gtid_mode=ON");
    refused(&mut lab, "enforce_gtid_consistency=WARN", "1779 (HY000)");
    lab.sql("mysql-1", "STOP SLAVE; CHANGE MASTER TO MASTER_AUTO_POSITION=1; START SLAVE");
    lab.sql("mysql-0", "INSERT INTO d.t VALUES (6)");
    lab.run_for(1_000);
    see_numbers(&mut lab);
    begin_anew(&mut lab);
}

/// What the logs of both hold then.
fn see_numbers(lab: &mut Lab) {
    // Each change of the mode begins a file; from ON_PERMISSIVE on there are numbers.
    let uuid = lab.sql("mysql-0", "SELECT @@server_uuid").replace("@@server_uuid\n", "");
    let uuid = uuid.trim();
    let mut kinds = Vec::new();
    for number in 4..=6 {
        let events = format!("SHOW BINLOG EVENTS IN 'mysql-0-bin.{number:06}'");
        let events = lab.sql("mysql-0", &events);
        let of = |kind: &str| events.lines().filter(|row| row.contains(kind)).count();
        kinds.push((of("\tAnonymous_Gtid\t"), of("\tGtid\t"), of("\tRotate\t")));
    }
    assert_eq!(kinds, [(2, 0, 1), (0, 4, 1), (0, 2, 0)]);
    let log = unstamped_notes(&lab.log("mysql-0"));
    assert_eq!(
        log,
        "Changed ENFORCE_GTID_CONSISTENCY from OFF to WARN.\n\
         Changed GTID_MODE from OFF to OFF_PERMISSIVE.\n\
         Changed GTID_MODE from OFF_PERMISSIVE to ON_PERMISSIVE.\n\
         Changed ENFORCE_GTID_CONSISTENCY from WARN to ON.\n\
         Changed GTID_MODE from ON_PERMISSIVE to ON.\n"
    );
    let wanted = ["Slave_IO_Running", "Slave_SQL_Running", "Executed_Gtid_Set", "Auto_Position"];
    let status = lab.slave("mysql-1", &wanted).replace(uuid, "U");
    assert_eq!(
        status,
        "Slave_IO_Running=Yes Slave_SQL_Running=Yes Executed_Gtid_Set=U:1-6 Auto_Position=1"
    );
    let rows = "SELECT COUNT(*) FROM d.t; SELECT * FROM d.s";
    assert_eq!(lab.sql("mysql-0", rows), lab.sql("mysql-1", rows));
    // What the replica logs in turn has the source's numbers, or none.
    let own = lab.sql("mysql-1", "SHOW BINLOG EVENTS IN 'mysql-1-bin.000003'");
    assert!(own.contains("\tAnonymous_Gtid\t") && !own.contains("\tGtid\t"), "{own}");
}

/// A third server comes to them then.
fn begin_anew(lab: &mut Lab) {
    // Who begins anew gets nothing without a number: by a place it is refused, by numbers left out.
    lab.pod("mysql-2", &format!("server-id=102\n{GTIDS}"));
    lab.run_for(30_000);
    let place = "RESET MASTER; CHANGE MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_USER='root', \
                 MASTER_LOG_FILE='mysql-0-bin.000003', MASTER_LOG_POS=154; START SLAVE";
    lab.sql("mysql-2", place);
    lab.run_for(2_000);
    assert_eq!(
        lab.slave("mysql-2", &["Last_IO_Error"]),
        "Last_IO_Error=Got fatal error 1236 from master when reading data from binary log: \
         'Cannot replicate anonymous transaction when @@GLOBAL.GTID_MODE = ON, at file \
         ./mysql-0-bin.000003, position 154.; the first event 'mysql-0-bin.000003' at 154, the \
         last event read from './mysql-0-bin.000003' at 154, the last byte read from \
         './mysql-0-bin.000003' at 219.'"
    );
    let numbers = "STOP SLAVE; CHANGE MASTER TO MASTER_AUTO_POSITION=1; START SLAVE";
    lab.sql("mysql-2", numbers);
    lab.run_for(2_000);
    let said = lab.slave("mysql-2", &["Master_Log_File", "Last_IO_Errno", "Last_SQL_Errno"]);
    assert_eq!(said, "Master_Log_File=mysql-0-bin.000006 Last_IO_Errno=0 Last_SQL_Errno=1146");
}

/// What a log says of changes.
fn unstamped_notes(log: &str) -> String {
    let notes = log.lines().filter_map(|line| line.split_once("[Note] Changed "));
    notes.map(|(_, text)| format!("Changed {text}\n")).collect()
}

#[test]
fn a_sql_thread_stops_before_a_set_or_after_it() {
    let (mut lab, uuid) = pair("");
    let until = |lab: &mut Lab, how: &str| {
        lab.sql("mysql-1", &format!("START SLAVE UNTIL {how}"));
        lab.run_for(1_000);
        let names =
            ["Slave_IO_Running", "Slave_SQL_Running", "Until_Condition", "Executed_Gtid_Set"];
        lab.slave("mysql-1", &names).replace(&uuid, "U")
    };
    lab.sql("mysql-1", "STOP SLAVE");
    lab.sql("mysql-0", "create database a; create database b; create database c");
    assert_eq!(
        until(&mut lab, &format!("SQL_BEFORE_GTIDS='{uuid}:7'")),
        "Slave_IO_Running=Yes Slave_SQL_Running=No Until_Condition=SQL_BEFORE_GTIDS \
         Executed_Gtid_Set=U:1-6"
    );
    assert_eq!(
        until(&mut lab, &format!("SQL_AFTER_GTIDS='{uuid}:6-7'")),
        "Slave_IO_Running=Yes Slave_SQL_Running=No Until_Condition=SQL_AFTER_GTIDS \
         Executed_Gtid_Set=U:1-7"
    );
    assert_eq!(
        until(&mut lab, &format!("SQL_BEFORE_GTIDS='{uuid}:7'")),
        "Slave_IO_Running=Yes Slave_SQL_Running=No Until_Condition=SQL_BEFORE_GTIDS \
         Executed_Gtid_Set=U:1-7"
    );
    let log = lab.log("mysql-1").replace(&uuid, "U");
    for line in [
        "Slave SQL thread stopped because it reached UNTIL SQL_BEFORE_GTIDS U:7\n",
        "Slave SQL thread stopped because it reached UNTIL SQL_AFTER_GTIDS U:6-7\n",
        "Slave SQL thread stopped because UNTIL SQL_BEFORE_GTIDS U:7 is already applied\n",
    ] {
        assert!(log.contains(line), "{line}{log}");
    }
    assert_eq!(
        lab.sql("mysql-1", "START SLAVE UNTIL SQL_AFTER_GTIDS='nothing'"),
        "ERROR 1277 (HY000) at line 1: Incorrect parameter or combination of parameters for START \
         SLAVE UNTIL\n"
    );
}

#[test]
fn a_session_waits_for_transactions() {
    let (mut lab, uuid) = pair("");
    let waited = |lab: &mut Lab, before: &str, set: &str, seconds: &str| {
        let call = format!("WAIT_FOR_EXECUTED_GTID_SET('{uuid}:{set}', {seconds})");
        lab.sql("mysql-1", &format!("{before}; SELECT {call}, NOW() - @@timestamp IS NULL"))
    };
    assert!(waited(&mut lab, "DO 0", "6", "1").ends_with("\n1\t0\n"));
    lab.sql("mysql-1", "STOP SLAVE");
    lab.sql("mysql-0", "create database a; create database b; create database c");
    assert!(waited(&mut lab, "DO 0", "1-5", "1").ends_with("\n0\t0\n"));
    assert!(waited(&mut lab, "DO 0", "6", "0.5").ends_with("\n1\t0\n"));
    assert!(waited(&mut lab, "START SLAVE", "6-8", "10").ends_with("\n0\t0\n"));
}

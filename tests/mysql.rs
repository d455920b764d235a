//! MySQL against `facts/mysql.md`: real logs, listings and status output of the same commands.

mod backup;
mod convergence;
mod following;
mod generate;
mod generated;
mod gtids;
mod guests;
mod images;
mod judge;
mod lab;
mod life;
mod plugins;
mod positions;
mod replicas;
mod server;
mod sessions;
mod sizes;
mod upgrades;
mod variables;
mod zones;

use lab::Lab;
use ordinal::os::Signal;

const POSITIONS: [&str; 6] = [
    "Master_Log_File",
    "Read_Master_Log_Pos",
    "Relay_Log_File",
    "Relay_Log_Pos",
    "Relay_Log_Space",
    "Exec_Master_Log_Pos",
];

const THREADS: [&str; 4] =
    ["Slave_IO_Running", "Slave_SQL_Running", "Last_IO_Errno", "Seconds_Behind_Master"];

const TUTORIAL: &str = "CREATE DATABASE test; CREATE TABLE test.messages (message VARCHAR(250)); \
                        INSERT INTO test.messages VALUES ('hello');";

/// mysql-0 with a binary log, mysql-1 replicating from its first byte on.
fn pair() -> Lab {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", "server-id=101");
    lab.run_for(30_000);
    let made = lab.sql(
        "mysql-1",
        "CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000003',        MASTER_LOG_POS=154, \
         MASTER_HOST='mysql-0.mysql', MASTER_USER='root', MASTER_PASSWORD='', \
         MASTER_CONNECT_RETRY=10; START SLAVE; SET GLOBAL super_read_only=ON",
    );
    assert_eq!(made, "");
    lab.run_for(1_000);
    lab
}

#[test]
fn a_first_start_leaves_three_binlogs_and_position_154() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    assert_eq!(
        lab.exec("mysql-0", &["mysql", "-h", "127.0.0.1", "-e", "SELECT 1"]),
        (1, "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1' (111)\n".into())
    );
    lab.run_for(30_000);
    assert_eq!(
        lab.sql("mysql-0", "SHOW BINARY LOGS; SHOW MASTER STATUS"),
        "Log_name\tFile_size\nmysql-0-bin.000001\t177\nmysql-0-bin.000002\t2940738\n\
         mysql-0-bin.000003\t154\nFile\tPosition\tBinlog_Do_DB\tBinlog_Ignore_DB\t\
         Executed_Gtid_Set\nmysql-0-bin.000003\t154\t\t\t\n"
    );
    assert_eq!(lab.exec("mysql-0", &["mysqladmin", "ping"]), (0, "mysqld is alive\n".into()));
    let log = lab.log("mysql-0");
    for line in [
        "[Note] [Entrypoint]: Entrypoint script for MySQL Server 5.7.42-1debian10 started.",
        "[Note] [Entrypoint]: Switching to dedicated user 'mysql'",
        "[Note] [Entrypoint]: MySQL init process done. Ready for start up.",
        "0 [Note] mysqld (mysqld 5.7.42-log) starting as process 1 ...",
        "0 [Note] Failed to start slave threads for channel ''",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
}

#[test]
fn the_tutorials_statements_move_both_sides_as_facts_say() {
    let mut lab = pair();
    assert_eq!(
        lab.slave("mysql-1", &POSITIONS),
        "Master_Log_File=mysql-0-bin.000003 Read_Master_Log_Pos=154 \
         Relay_Log_File=mysql-1-relay-bin.000002 Relay_Log_Pos=322 Relay_Log_Space=531 \
         Exec_Master_Log_Pos=154"
    );
    let running = "Slave_IO_Running=Yes Slave_SQL_Running=Yes Last_IO_Errno=0 \
                   Seconds_Behind_Master=0";
    assert_eq!(lab.slave("mysql-1", &THREADS), running);
    assert_eq!(lab.sql("mysql-0", TUTORIAL), "");
    lab.run_for(1_000);
    assert!(lab.sql("mysql-0", "SHOW MASTER STATUS").contains("mysql-0-bin.000003\t756\t"));
    assert_eq!(
        lab.slave("mysql-1", &POSITIONS),
        "Master_Log_File=mysql-0-bin.000003 Read_Master_Log_Pos=756 \
         Relay_Log_File=mysql-1-relay-bin.000002 Relay_Log_Pos=924 Relay_Log_Space=1133 \
         Exec_Master_Log_Pos=756"
    );
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM test.messages"), "message\nhello\n");
    assert_eq!(
        lab.sql("mysql-1", "INSERT INTO test.messages VALUES ('no')"),
        "ERROR 1290 (HY000) at line 1: The MySQL server is running with the --super-read-only \
         option so it cannot execute this statement\n"
    );
    let log = lab.log("mysql-0");
    assert!(log.contains("slave_server(101), pos(mysql-0-bin.000003, 154)"), "{log}");
}

#[test]
fn a_clean_restart_of_the_primary_moves_the_replica_to_the_next_file() {
    let mut lab = pair();
    lab.sql("mysql-0", TUTORIAL);
    lab.run_for(1_000);
    lab.named("mysql-0", None);
    lab.stop("mysql-0", Signal::Term);
    assert_eq!(
        lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Errno", "Last_IO_Error"]),
        "Slave_IO_Running=Connecting Last_IO_Errno=2005 Last_IO_Error=error reconnecting to \
         master 'root@mysql-0.mysql:3306' - retry-time: 10  retries: 1"
    );
    lab.start("mysql-0");
    lab.named("mysql-0", Some("10.244.0.2"));
    lab.run_for(30_000);
    assert_eq!(
        lab.slave("mysql-1", &POSITIONS),
        "Master_Log_File=mysql-0-bin.000004 Read_Master_Log_Pos=154 \
         Relay_Log_File=mysql-1-relay-bin.000004 Relay_Log_Pos=371 Relay_Log_Space=748 \
         Exec_Master_Log_Pos=154"
    );
    assert_eq!(lab.sql("mysql-0", "SELECT * FROM test.messages"), "message\nhello\n");
}

#[test]
fn a_restarted_replica_goes_on_where_it_was() {
    let mut lab = pair();
    lab.sql("mysql-0", TUTORIAL);
    lab.run_for(1_000);
    lab.stop("mysql-1", Signal::Kill);
    lab.sql("mysql-0", "INSERT INTO test.messages VALUES ('again')");
    lab.start("mysql-1");
    lab.run_for(30_000);
    assert_eq!(
        lab.slave("mysql-1", &["Relay_Log_File", "Exec_Master_Log_Pos", "Slave_SQL_Running"]),
        "Relay_Log_File=mysql-1-relay-bin.000004 Exec_Master_Log_Pos=1015 Slave_SQL_Running=Yes"
    );
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM test.messages"), "message\nhello\nagain\n");
    assert!(lab.log("mysql-1").contains("InnoDB: Database was not shutdown normally!"));
}

#[test]
fn what_a_replica_cannot_get_or_apply_stops_its_thread_with_mysqls_words() {
    let mut lab = pair();
    lab.sql("mysql-0", "CREATE DATABASE test; CREATE TABLE test.k (id INT PRIMARY KEY)");
    lab.run_for(1_000);
    lab.sql("mysql-1", "SET GLOBAL read_only=OFF; INSERT INTO test.k VALUES (1)");
    lab.sql("mysql-0", "INSERT INTO test.k VALUES (1)");
    lab.run_for(1_000);
    let end = lab.sql("mysql-0", "SHOW MASTER STATUS");
    let end: u64 = end.split('\t').nth(5).and_then(|p| p.parse().ok()).expect("a position");
    assert_eq!(
        lab.slave("mysql-1", &["Slave_IO_Running", "Slave_SQL_Running", "Last_SQL_Error"]),
        format!(
            "Slave_IO_Running=Yes Slave_SQL_Running=No Last_SQL_Error=Could not execute \
             Write_rows event on table test.k; Duplicate entry '1' for key 'PRIMARY', Error_code: \
             1062; handler error HA_ERR_FOUND_DUPP_KEY; the event's master log \
             mysql-0-bin.000003, end_log_pos {}",
            end - 31
        )
    );
    lab.sql("mysql-0", "FLUSH LOGS");
    lab.run_for(1_000);
    lab.sql("mysql-0", "PURGE BINARY LOGS TO 'mysql-0-bin.000004'");
    lab.sql(
        "mysql-1",
        "STOP SLAVE; CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000003', \
                        MASTER_LOG_POS=154; START SLAVE",
    );
    lab.run_for(1_000);
    assert_eq!(
        lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Error"]),
        "Slave_IO_Running=No Last_IO_Error=Got fatal error 1236 from master when reading data from \
         binary log: 'Could not find first log file name in binary log index file'"
    );
}

#[test]
fn connections_fail_with_the_clients_words() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(30_000);
    let rows = [
        (
            &["mysql", "-h", "nowhere"][..],
            1,
            "ERROR 2005 (HY000): Unknown MySQL server host 'nowhere' (0)\n",
        ),
        (
            &["mysql", "-h", "127.0.0.1", "-P", "3999"],
            1,
            "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1' (111)\n",
        ),
        (
            &["mysql", "-S", "/none.sock"],
            1,
            "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/none.sock' \
                 (2)\n",
        ),
        (
            &["mysql", "-h", "127.0.0.1", "-u", "eve", "-e", "SELECT 1"],
            1,
            "ERROR 1045 (28000): Access denied for user 'eve'@'localhost' (using password: NO)\n",
        ),
        (
            &["mysql", "-h", "127.0.0.1", "nodb", "-e", "SELECT 1"],
            1,
            "ERROR 1049 (42000): Unknown database 'nodb'\n",
        ),
        (&["mysqladmin", "-h", "127.0.0.1", "ping"], 0, "mysqld is alive\n"),
        (&["mysql", "-N", "-e", "SELECT 1, 'a'"], 0, "1\ta\n"),
    ];
    for (argv, code, text) in rows {
        assert_eq!(lab.exec("mysql-0", argv), (code, text.to_string()), "{argv:?}");
    }
}

#[test]
fn an_option_nobody_knows_stops_the_entrypoint() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "server-id=100\nno-such-thing=1");
    lab.run_for(5_000);
    let log = lab.log("mysql-0");
    assert!(
        log.contains("[ERROR] [Entrypoint]: mysqld failed while attempting to check config"),
        "{log}"
    );
    assert!(log.contains("[ERROR] unknown variable 'no-such-thing=1'"), "{log}");
}

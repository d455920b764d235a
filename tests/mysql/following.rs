//! What CHANGE MASTER TO, START SLAVE UNTIL, RESET SLAVE and the size of the relay log do to every
//! field that shows it. From `change_master`, `reset_slave`, `show_slave_status_send_data`,
//! `wait_for_relay_log_space` of rpl_slave.cc and `is_until_satisfied` of rpl_rli.cc, 5.7.

use super::TUTORIAL;
use super::lab::Lab;

const FOLLOW: &str = "CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000003', MASTER_LOG_POS=154, \
                      MASTER_HOST='mysql-0.mysql', MASTER_USER='root', MASTER_CONNECT_RETRY=10; \
                      START SLAVE";

const PLACES: [&str; 9] = [
    "Master_Log_File",
    "Read_Master_Log_Pos",
    "Relay_Log_File",
    "Relay_Log_Pos",
    "Relay_Master_Log_File",
    "Exec_Master_Log_Pos",
    "Relay_Log_Space",
    "Until_Condition",
    "Seconds_Behind_Master",
];

/// mysql-0 with a binary log, and mysql-1 with these options more, which follows it.
fn follower(options: &str) -> Lab {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.pod("mysql-1", &format!("server-id=101\n{options}"));
    lab.run_for(30_000);
    lab.sql("mysql-1", FOLLOW);
    lab.run_for(1_000);
    lab
}

/// The values alone, without the common beginnings of the files' names.
fn places(lab: &mut Lab) -> String {
    let said = lab.slave("mysql-1", &PLACES);
    let values = said.split(' ').filter_map(|field| field.split_once('=')).map(|(_, value)| value);
    let values: Vec<&str> = values.collect();
    values.join(" ").replace("mysql-0-bin.", "b").replace("mysql-1-relay-bin.", "r")
}

#[test]
fn change_master_moves_what_it_names_and_purges_what_was_not_applied() {
    // Behind the statement: what is read, and applied; all that was only read is asked for again.
    let rows = [
        ("MASTER_CONNECT_RETRY=5", "b000003 313 r000001 4 b000003 313 154 None NULL"),
        ("MASTER_DELAY=3", "b000003 313 r000001 4 b000003 313 154 None NULL"),
        ("MASTER_LOG_POS=497", "b000003 497 r000001 4 b000003 497 154 None NULL"),
        ("MASTER_LOG_FILE='mysql-0-bin.000002'", "b000002 756 r000001 4 b000002 756 154 None NULL"),
        ("MASTER_HOST='mysql-0.mysql'", " 4 r000001 4  0 154 None NULL"),
        ("MASTER_PORT=3307", " 4 r000001 4  0 154 None NULL"),
        (
            "RELAY_LOG_FILE='mysql-1-relay-bin.000002', RELAY_LOG_POS=481",
            "b000003 756 r000002 481 b000003 313 1133 None NULL",
        ),
    ];
    let until = "STOP SLAVE SQL_THREAD; START SLAVE UNTIL MASTER_LOG_FILE='mysql-0-bin.000003', \
                 MASTER_LOG_POS=313";
    for (settings, want) in rows {
        let mut lab = follower("");
        lab.sql("mysql-1", until);
        lab.sql("mysql-0", TUTORIAL);
        lab.run_for(1_000);
        let reached = "b000003 756 r000002 481 b000003 313 1133 Master NULL";
        assert_eq!(places(&mut lab), reached);
        lab.sql("mysql-1", &format!("STOP SLAVE; CHANGE MASTER TO {settings}"));
        assert_eq!(places(&mut lab), want, "{settings}");
    }
}

#[test]
fn change_master_waits_for_the_thread_that_it_is_about() {
    let io = "ERROR 3021 (HY000) at line 1: This operation cannot be performed with a running \
              slave io thread; run STOP SLAVE IO_THREAD FOR CHANNEL '' first.\n";
    let sql = "ERROR 3085 (HY000) at line 1: This operation cannot be performed with a running \
               slave sql thread; run STOP SLAVE SQL_THREAD FOR CHANNEL '' first.\n";
    let both = "ERROR 3081 (HY000) at line 1: This operation cannot be performed with running \
                replication threads; run STOP SLAVE FOR CHANNEL '' first\n";
    let rows = [
        ("", "MASTER_LOG_POS=4", io),
        ("SQL_THREAD", "MASTER_USER='x'", io),
        ("IO_THREAD", "MASTER_LOG_POS=4", ""),
        ("", "MASTER_DELAY=1", sql),
        ("SQL_THREAD", "MASTER_DELAY=1", ""),
        ("IO_THREAD", "RELAY_LOG_POS=4", sql),
        ("IO_THREAD", "MASTER_AUTO_POSITION=0", both),
    ];
    for (stopped, settings, want) in rows {
        let mut lab = follower("");
        if !stopped.is_empty() {
            lab.sql("mysql-1", &format!("STOP SLAVE {stopped}"));
        }
        let said = lab.sql("mysql-1", &format!("CHANGE MASTER TO {settings}"));
        assert_eq!(said, want, "{stopped} {settings}");
    }
    let mut lab = follower("");
    lab.sql("mysql-1", "STOP SLAVE");
    let rows = [
        ("CHANGE MASTER TO MASTER_HOST=''", "1210 (HY000)", "arguments to MASTER_HOST"),
        ("CHANGE MASTER TO MASTER_AUTO_POSITION=1", "1777 (HY000)", "GTID_MODE = OFF"),
        ("CHANGE MASTER TO RELAY_LOG_FILE='x.000009'", "1380 (HY000)", "Could not find target log"),
        ("START SLAVE UNTIL MASTER_LOG_FILE='b', MASTER_LOG_POS=4", "1277 (HY000)", "UNTIL"),
    ];
    for (sql, code, words) in rows {
        let said = lab.sql("mysql-1", sql);
        assert!(said.contains(code) && said.contains(words), "{sql}: {said}");
    }
}

/// An UNTIL in the middle: nothing of a transaction that begins behind it is applied, one that
/// begins before it is applied to its end.
#[test]
fn until_stops_between_transactions() {
    let rows = [
        (154, 154),
        (155, 154),
        (219, 154),
        (220, 313),
        (313, 313),
        (378, 313),
        (379, 497),
        (562, 497),
        (563, 756),
        (756, 756),
    ];
    for (until, want) in rows {
        let mut lab = follower("");
        lab.sql("mysql-1", "STOP SLAVE SQL_THREAD");
        lab.sql("mysql-0", TUTORIAL);
        let start = format!(
            "START SLAVE UNTIL MASTER_LOG_FILE='mysql-0-bin.000003', MASTER_LOG_POS={until}"
        );
        lab.sql("mysql-1", &start);
        lab.run_for(1_000);
        let said =
            lab.slave("mysql-1", &["Slave_SQL_Running", "Exec_Master_Log_Pos", "Until_Log_Pos"]);
        let want_said =
            format!("Slave_SQL_Running=No Exec_Master_Log_Pos={want} Until_Log_Pos={until}");
        assert_eq!(said, want_said);
        let log = lab.log("mysql-1");
        let lines = format!(
            "[Note] Slave SQL thread stopped because it reached its UNTIL position {want}\n"
        );
        let exits = format!(
            "[Note] Slave SQL thread for channel '' exiting, replication stopped in log \
             'mysql-0-bin.000003' at position {want}\n"
        );
        assert!(log.contains(&lines) && log.contains(&exits), "{until}: {log}");
    }
}

#[test]
fn reset_slave_forgets_the_place_but_not_the_source() {
    let mut lab = follower("");
    lab.sql("mysql-0", TUTORIAL);
    lab.run_for(1_000);
    lab.sql("mysql-1", "STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=3; RESET SLAVE");
    assert_eq!(places(&mut lab), " 4 r000001 4  0 154 None NULL");
    let fields = ["Master_Host", "Connect_Retry", "SQL_Delay", "Master_Server_Id", "Master_UUID"];
    let want = "Master_Host=mysql-0.mysql Connect_Retry=10 SQL_Delay=0 Master_Server_Id=100 \
                Master_UUID=";
    assert_eq!(lab.slave("mysql-1", &fields), want);
    assert_eq!(lab.sql("mysql-1", "RESET SLAVE ALL; SHOW SLAVE STATUS"), "");
    let (_, files) = lab.bash("mysql-1", "cd /var/lib/mysql; ls *.info *relay*");
    assert!(files.ends_with("mysql-1-relay-bin.000001\nmysql-1-relay-bin.index\n"), "{files}");
    let said = lab.sql("mysql-1", "CHANGE MASTER TO MASTER_USER='root'; SHOW SLAVE STATUS");
    assert_eq!(said, "", "no row without a host");
}

#[test]
fn the_lag_counts_what_waits_and_what_nobody_reads_on() {
    let mut lab = follower("");
    lab.sql("mysql-1", "STOP SLAVE SQL_THREAD; CHANGE MASTER TO MASTER_DELAY=20; START SLAVE");
    lab.sql("mysql-0", "CREATE DATABASE a");
    lab.run_for(9_000);
    let fields = ["Seconds_Behind_Master", "SQL_Delay", "SQL_Remaining_Delay"];
    let want = "Seconds_Behind_Master=9 SQL_Delay=20 SQL_Remaining_Delay=11";
    assert_eq!(lab.slave("mysql-1", &fields), want);
    // Without the I/O thread: as long as something is left to apply.
    lab.sql("mysql-1", "STOP SLAVE IO_THREAD");
    assert_eq!(lab.slave("mysql-1", &fields[..1]), "Seconds_Behind_Master=9");
    lab.run_for(15_000);
    assert_eq!(lab.slave("mysql-1", &fields[..1]), "Seconds_Behind_Master=NULL");
}

#[test]
fn start_slave_may_log_in_as_somebody_else_until_it_stops() {
    let mut lab = follower("");
    lab.sql("mysql-0", "CREATE USER r IDENTIFIED BY 'x'; GRANT REPLICATION SLAVE ON *.* TO r");
    lab.run_for(1_000);
    lab.sql("mysql-1", "STOP SLAVE; START SLAVE USER='r' PASSWORD='x'");
    lab.run_for(1_000);
    let fields = ["Master_User", "Slave_IO_Running"];
    assert_eq!(lab.slave("mysql-1", &fields), "Master_User=r Slave_IO_Running=Yes");
    lab.sql("mysql-1", "STOP SLAVE");
    assert_eq!(lab.slave("mysql-1", &fields), "Master_User=root Slave_IO_Running=No");
}

/// A new file begins with this server's description (119) and Previous_gtids (31), and with the
/// source's description again: 273.
#[test]
fn a_relay_log_that_is_too_large_goes_on_in_the_next_file() {
    let mut lab = follower("max_relay_log_size=4096");
    let insert = "INSERT INTO test.messages VALUES (REPEAT('x', 250));";
    lab.sql("mysql-0", &format!("{TUTORIAL}; {}", insert.repeat(10)));
    lab.run_for(2_000);
    // 322 + 602 + 7 * (254 + 250) = 4452, and a Rotate (31 + 24); then 3 * 504 more.
    let said = places(&mut lab);
    assert_eq!(said, "b000003 5796 r000003 1785 b000003 5796 6292 None 0");
    let (_, sizes) = lab.bash("mysql-1", "cd /var/lib/mysql; wc -c <mysql-1-relay-bin.000002");
    assert_eq!(sizes.trim(), "4507");
    lab.sql("mysql-1", "FLUSH LOGS");
    lab.run_for(1_000);
    assert_eq!(places(&mut lab), "b000003 5796 r000004 273 b000003 5796 2113 None 0");
}

#[test]
fn a_relay_log_that_is_full_is_read_into_event_by_event() {
    let mut lab = follower("relay_log_space_limit=4096");
    lab.sql("mysql-1", "STOP SLAVE SQL_THREAD");
    let insert = "INSERT INTO test.messages VALUES (REPEAT('x', 250));";
    lab.sql("mysql-0", &format!("{TUTORIAL}; {}", insert.repeat(10)));
    lab.run_for(2_000);
    let state = lab.slave("mysql-1", &["Slave_IO_State"]);
    let full = "Slave_IO_State=Waiting for the slave SQL thread to free enough relay log space";
    assert_eq!(state, full);
    assert_eq!(lab.slave("mysql-1", &["Exec_Master_Log_Pos"]), "Exec_Master_Log_Pos=154");
    lab.sql("mysql-1", "START SLAVE SQL_THREAD");
    lab.run_for(2_000);
    assert_eq!(lab.sql("mysql-1", "SELECT COUNT(*) FROM test.messages"), "COUNT(*)\n11\n");
    let waits = lab.slave("mysql-1", &["Slave_IO_State", "Exec_Master_Log_Pos"]);
    assert_eq!(waits, "Slave_IO_State=Waiting for master to send event Exec_Master_Log_Pos=5796");
}

#[test]
fn an_idempotent_replica_gets_over_rows_that_do_not_fit() {
    let mut lab = follower("slave_exec_mode=IDEMPOTENT");
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.k (id INT PRIMARY KEY, v INT)");
    lab.run_for(1_000);
    lab.sql("mysql-1", "INSERT INTO t.k VALUES (2, 0)");
    lab.sql("mysql-0", "INSERT INTO t.k VALUES (1, 1), (2, 2), (3, 3)");
    lab.run_for(1_000);
    lab.sql("mysql-1", "DELETE FROM t.k WHERE id=3");
    lab.sql("mysql-0", "DELETE FROM t.k WHERE id=3; INSERT INTO t.k VALUES (4, 4)");
    lab.run_for(1_000);
    assert_eq!(lab.sql("mysql-1", "SELECT * FROM t.k"), "id\tv\n1\t1\n2\t2\n4\t4\n");
    let set = "SET GLOBAL slave_parallel_type='LOGICAL_CLOCK'";
    assert_eq!(
        lab.sql("mysql-1", set),
        "ERROR 3017 (HY000) at line 1: This operation cannot be performed with a running slave \
         sql thread; run STOP SLAVE SQL_THREAD first\n"
    );
    assert_eq!(lab.sql("mysql-1", &format!("STOP SLAVE SQL_THREAD; {set}")), "");
    // What is not done is not taken either.
    let rows = ["slave_parallel_workers=4", "binlog_row_image=MINIMAL", "init_slave='x'"];
    for set in rows {
        let said = lab.sql("mysql-1", &format!("SET GLOBAL {set}"));
        assert!(said.contains("1235") && said.contains("[Ordinal]"), "{set}: {said}");
    }
}

/// The texts and the two last numbers of published errors; which of them it is, the bytes there
/// decide.
#[test]
fn a_position_that_is_no_events_is_refused_by_the_source() {
    let text = "Got fatal error 1236 from master when reading data from binary log: ";
    let torn = "'binlog truncated in the middle of event; consider out of disk space on master; ";
    let bogus = "'bogus data in log event; ";
    let rows = [(151, torn, 154), (130, torn, 149), (134, bogus, 153)];
    for (at, what, last) in rows {
        let mut lab = follower("");
        lab.sql("mysql-1", &format!("STOP SLAVE; CHANGE MASTER TO MASTER_LOG_POS={at}"));
        lab.sql("mysql-1", "START SLAVE");
        lab.run_for(1_000);
        let want = format!(
            "Slave_IO_Running=No Last_IO_Error={text}{what}the first event 'mysql-0-bin.000003' at \
             {at}, the last event read from './mysql-0-bin.000003' at 123, the last byte read from \
             './mysql-0-bin.000003' at {last}.'"
        );
        assert_eq!(lab.slave("mysql-1", &["Slave_IO_Running", "Last_IO_Error"]), want);
    }
}

#[test]
fn a_log_that_is_read_is_not_purged() {
    let mut lab = follower("");
    let purge = "FLUSH LOGS; PURGE BINARY LOGS TO 'mysql-0-bin.000004'; SHOW WARNINGS";
    let said = lab.sql("mysql-0", purge);
    let read = "file ./mysql-0-bin.000003 was not purged because it was being read by 1 thread(s), \
                purged only 2 out of 3 files.";
    assert!(said.contains(read), "{said}");
    lab.run_for(1_000);
    assert_eq!(lab.sql("mysql-0", "PURGE BINARY LOGS TO 'mysql-0-bin.000004'; SHOW WARNINGS"), "");
    let log = lab.log("mysql-0");
    let line = "file ./mysql-0-bin.000003 was not purged because it was being readby thread number";
    assert!(log.contains(line), "{log}");
    lab.sql("mysql-0", "CREATE DATABASE a");
    lab.run_for(1_000);
    let read = lab.slave("mysql-1", &["Master_Log_File", "Exec_Master_Log_Pos"]);
    assert_eq!(read, "Master_Log_File=mysql-0-bin.000004 Exec_Master_Log_Pos=304");
}

#[test]
fn a_session_waits_for_a_position() {
    let mut lab = super::pair();
    lab.sql("mysql-1", "STOP SLAVE");
    lab.sql("mysql-0", "CREATE DATABASE a; CREATE DATABASE b; CREATE DATABASE c");
    let end = lab.sql("mysql-0", "SHOW MASTER STATUS");
    let end = end.split('\t').nth(5).expect("a position").to_string();
    let wait = |at: &str| format!("SELECT MASTER_POS_WAIT('mysql-0-bin.000003', {at}, 2)");
    // Nobody would get it there.
    assert!(lab.sql("mysql-1", &wait(&end)).ends_with("\nNULL\n"));
    let said = lab.sql("mysql-1", &format!("START SLAVE; {}", wait(&end)));
    assert!(said.ends_with("\n3\n"), "three statements were waited for: {said}");
    assert!(lab.sql("mysql-1", &wait(&end)).ends_with("\n0\n"));
    assert!(lab.sql("mysql-1", &wait("99999")).ends_with("\n-1\n"));
    // Who waits is seen, and can be stopped.
    lab.exec(
        "mysql-1",
        &[
            "bash",
            "-c",
            &format!("mysql -e \"{}\" > /tmp/out 2>&1 &", wait("99999").replace(", 2)", ")")),
        ],
    );
    lab.run_for(500);
    let list = lab.sql("mysql-1", "SHOW PROCESSLIST");
    let row = list.lines().find(|row| row.contains("SELECT MASTER_POS_WAIT")).expect(&list);
    assert!(
        row.contains("\tQuery\t0\tWaiting for the slave SQL thread to advance position\t"),
        "{row}"
    );
    let id = row.split('\t').next().expect("an id").to_string();
    lab.sql("mysql-1", &format!("KILL QUERY {id}"));
    assert_eq!(
        lab.exec("mysql-1", &["cat", "/tmp/out"]).1,
        "ERROR 1317 (70100) at line 1: Query execution was interrupted\n"
    );
}

#[test]
fn a_replica_is_listed_by_what_it_says_of_itself() {
    let mut lab = follower("report-host=one.mysql\nreport-port=3307");
    let list = lab.sql("mysql-0", "SHOW SLAVE HOSTS");
    assert!(list.contains("\n101\tone.mysql\t3307\t100\t"), "{list}");
}

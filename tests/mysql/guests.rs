//! Clients that are not let in or do not say goodbye, and what the error log says of them: as a
//! real 5.6.24 does it, with 5.7's level (Note).

use super::lab::Lab;
use super::{TUTORIAL, pair};

fn dumps(lab: &mut Lab) -> usize {
    lab.sql("mysql-0", "SHOW PROCESSLIST").matches("Binlog Dump").count()
}

#[test]
fn a_dump_thread_outlives_its_replica_until_it_sends() {
    let mut lab = pair();
    lab.sql("mysql-1", "STOP SLAVE");
    lab.run_for(1_000);
    assert_eq!(dumps(&mut lab), 1);
    lab.sql("mysql-1", "START SLAVE");
    lab.run_for(1_000);
    assert_eq!(dumps(&mut lab), 1);
    let uuid = lab.sql("mysql-1", "SELECT @@server_uuid").replace("@@server_uuid\n", "");
    let line = format!(
        "[Note] While initializing dump thread for slave with UUID <{}>, found a zombie dump \
         thread with the same UUID. Master is killing the zombie dump thread(",
        uuid.trim()
    );
    assert!(lab.log("mysql-0").contains(&line), "{line}\n{}", lab.log("mysql-0"));
    lab.sql("mysql-1", "STOP SLAVE");
    lab.sql("mysql-0", TUTORIAL);
    let line = "to db: 'unconnected' user: 'root' host: '10.244.0.3' (failed on flush_net())\n";
    assert!(lab.log("mysql-0").contains(line), "{}", lab.log("mysql-0"));
    assert_eq!(dumps(&mut lab), 0);
}

#[test]
fn a_dump_thread_without_events_finds_out_by_its_heartbeats() {
    let mut lab = pair();
    lab.sql("mysql-1", "STOP SLAVE");
    lab.run_for(50_000);
    assert_eq!(dumps(&mut lab), 1);
    lab.run_for(10_000);
    lab.sql("mysql-0", "SELECT 1");
    assert_eq!(dumps(&mut lab), 0);
}

#[test]
fn the_log_tells_of_those_who_fail_as_far_as_it_is_to() {
    const DENIED: &str = "[Note] Access denied for user 'root'@'localhost' (using password: YES)\n";
    const ABORTED: &str = "[Note] Aborted connection 3 to db: 'mysql' user: 'root' host: \
                           'localhost' (Got an error reading communication packets)\n";
    let rows = [
        ("", true, true),
        ("log_error_verbosity=2", false, true),
        ("log_warnings=1", false, true),
        ("log-error-verbosity=1", false, false),
        ("log_warnings=0", false, false),
    ];
    for (options, notes, warnings) in rows {
        let mut lab = Lab::new();
        lab.pod("mysql-0", options);
        lab.run_for(30_000);
        assert_eq!(lab.exec("mysql-0", &["mysql", "-h127.0.0.1", "-px", "-e", "DO 1"]).0, 1);
        lab.bash("mysql-0", "mysql mysql -e 'SELECT SLEEP(5)' & sleep 1; kill -9 $!");
        // A server does not look at its client before it has an answer.
        lab.run_for(6_000);
        let log = lab.log("mysql-0");
        for line in [DENIED, ABORTED, "[Note] mysqld: ready for connections.\n"] {
            assert_eq!(log.contains(line), notes, "{options}: {line}{log}");
        }
        assert_eq!(log.contains("[Warning] CA certificate"), warnings, "{options}: {log}");
        let counts = lab.sql("mysql-0", "SHOW STATUS LIKE 'Aborted%'");
        assert_eq!(counts, "Variable_name\tValue\nAborted_clients\t1\nAborted_connects\t1\n");
    }
}

#[test]
fn the_buffer_pool_is_made_of_whole_chunks() {
    let rows = [
        ("", "total size = 128M, instances = 1, chunk size = 128M"),
        ("innodb_buffer_pool_size=64M", "total size = 64M, instances = 1, chunk size = 64M"),
        ("innodb_buffer_pool_size=200M", "total size = 256M, instances = 1, chunk size = 128M"),
        ("innodb_buffer_pool_size=1200M", "total size = 2G, instances = 8, chunk size = 128M"),
    ];
    for (options, want) in rows {
        let mut lab = Lab::new();
        lab.pod("mysql-0", options);
        lab.run_for(30_000);
        let line = format!("[Note] InnoDB: Initializing buffer pool, {want}\n");
        assert!(lab.log("mysql-0").contains(&line), "{line}\n{}", lab.log("mysql-0"));
    }
}

#[test]
fn who_says_goodbye_leaves_no_line() {
    // `mysql_close` sends COM_QUIT, whatever the program fails with; a dump thread that refuses
    // ends by itself; xtrabackup closes its connection when it is done.
    let mut lab = pair();
    lab.exec("mysql-0", &["mysql", "-h127.0.0.1", "-e", "SELECT x; SELECT 2"]);
    lab.exec("mysql-0", &["mysqldump", "-h127.0.0.1", "nothing"]);
    lab.sql("mysql-0", "FLUSH LOGS; PURGE BINARY LOGS TO 'mysql-0-bin.000004'");
    lab.sql("mysql-1", "STOP SLAVE; CHANGE MASTER TO MASTER_LOG_FILE='none.1', MASTER_LOG_POS=4");
    lab.sql("mysql-1", "START SLAVE");
    lab.run_for(1_000);
    assert_eq!(lab.slave("mysql-1", &["Last_IO_Errno"]), "Last_IO_Errno=1236");
    lab.run_for(60_000);
    lab.sql("mysql-0", "SELECT 1");
    // Only the dump thread that was left while it had nothing to send.
    let log = lab.log("mysql-0");
    let aborted: Vec<&str> = log.lines().filter(|line| line.contains("Aborted")).collect();
    assert_eq!(aborted.len(), 1, "{aborted:?}");
    assert!(aborted[0].ends_with("(failed on flush_net())"), "{aborted:?}");
}

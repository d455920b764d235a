//! What a server makes of a data directory that another release made. The lines of published logs:
//! `mysql:8.0` and `mysql:8.4` on an older volume, 5.7 and 8.0 on a newer one, docker-library/mysql
//! issue 1029.

use super::lab::Lab;
use ordinal::os::Signal;

/// A server of one image, stopped so, whose volume a server of the next image finds: its log.
fn after(images: &[&'static str], signal: Signal) -> (Lab, String) {
    let mut lab = Lab::new();
    let mut images = images.iter();
    lab.image = images.next().expect("one image at least");
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(30_000);
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.a (i INT); INSERT INTO t.a VALUES (7)");
    for image in images {
        lab.stop("mysql-0", signal);
        lab.run_for(5_000);
        lab.image = image;
        lab.start("mysql-0");
        lab.run_for(30_000);
    }
    let log = lab.log("mysql-0");
    let plain = |line: &str| match line.split_once("Z ") {
        Some((_, rest)) => rest.to_string(),
        None => line.to_string(),
    };
    let lines: Vec<String> = log.lines().map(plain).collect();
    (lab, lines.join("\n") + "\n")
}

#[test]
fn a_later_line_takes_a_data_directory_over_once() {
    let (mut lab, log) = after(&["mysql:5.7.42", "mysql:8.0.28"], Signal::Term);
    let lines = "0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.0.28) starting as \
                 process 1\n\
                 1 [System] [MY-011012] [Server] Starting upgrade of data directory.\n\
                 0 [System] [MY-013576] [InnoDB] InnoDB initialization has started.\n\
                 0 [System] [MY-013577] [InnoDB] InnoDB initialization has ended.\n\
                 2 [System] [MY-011003] [Server] Finished populating Data Dictionary tables with \
                 data.\n\
                 5 [System] [MY-013381] [Server] Server upgrade from '50700' to '80028' started.\n\
                 5 [System] [MY-013381] [Server] Server upgrade from '50700' to '80028' \
                 completed.\n\
                 0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.\n\
                 0 [System] [MY-013602] [Server] Channel mysql_main configured to support TLS. \
                 Encrypted connections are now supported for this channel.\n\
                 0 [Warning] [MY-011810] [Server] Insecure configuration for --pid-file: Location \
                 '/var/run/mysqld' in the path is accessible to all OS users. Consider choosing a \
                 different directory.\n\
                 0 [System] [MY-011323] [Server] X Plugin ready for connections. Bind-address: \
                 '::' port: 33060, socket: /var/run/mysqld/mysqlx.sock\n\
                 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: \
                 '8.0.28'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community \
                 Server - GPL.\n";
    assert!(log.contains(lines), "{log}");
    assert_eq!(lab.sql("mysql-0", "SELECT * FROM t.a"), "i\n7\n");
    let (_, log) = after(&["mysql:5.7.42", "mysql:8.0.28", "mysql:8.0.28"], Signal::Term);
    assert!(!log.contains("pgrade") && log.contains("ready for connections"), "{log}");
}

#[test]
fn each_release_says_what_it_makes_of_the_volume_of_another() {
    const DICTIONARY: &str = "1 [System] [MY-011090] [Server] Data dictionary upgrading from \
                              version '80023' to '80300'.\n\
                              1 [System] [MY-013413] [Server] Data dictionary upgrade from version \
                              '80023' to '80300' completed.\n\
                              4 [System] [MY-013381] [Server] Server upgrade from '80043' to \
                              '80406' started.\n\
                              4 [System] [MY-013381] [Server] Server upgrade from '80043' to \
                              '80406' completed.\n";
    const FLAGS: &str = "0 [ERROR] [FATAL] InnoDB: Table flags are 0 in the data dictionary but \
                         the flags in file ./ibdata1 are 0x4800!\n";
    const LATER: &str = "1 [ERROR] [MY-014061] [InnoDB] Invalid MySQL server downgrade: Cannot \
                         downgrade from 80406 to 80043. Downgrade is only permitted between patch \
                         releases.\n";
    const OLDER: &str = "1 [ERROR] [MY-013171] [InnoDB] Cannot boot server version 80028 on data \
                         directory built by version 80043. Downgrade is not supported\n\
                         mysqld: Can't open file: 'mysql.ibd' (errno: 0 - )\n\
                         1 [ERROR] [MY-010334] [Server] Failed to initialize DD Storage Engine\n\
                         0 [ERROR] [MY-010020] [Server] Data Dictionary initialization failed.\n\
                         0 [ERROR] [MY-010119] [Server] Aborting\n";
    const PATCH: &str = "4 [System] [MY-014064] [Server] Server downgrade from '80043' to '80036' \
                         started.\n4 [System] [MY-014064] [Server] Server downgrade from '80043' \
                         to '80036' completed.\n";
    const LEAP: &str = "1 [ERROR] [MY-014060] [Server] Invalid MySQL server upgrade: Cannot \
                        upgrade from 80043 to 90400. Upgrade to next major version is only allowed \
                        from the last LTS release, which version 80043 is not.\n\
                        0 [ERROR] [MY-010020] [Server] Data Dictionary initialization failed.\n";
    const UNKNOWN: &str = "[Ordinal] this model does not know what 8.4.6 says of a data directory \
                           of 5.7.42\n";
    let rows = [
        ("mysql:8.0", "mysql:8.4", DICTIONARY, true),
        ("mysql:8.0", "mysql:5.7-debian", FLAGS, false),
        ("mysql:8.4", "mysql:8.0", LATER, false),
        ("mysql:8.0", "mysql:8.0.28", OLDER, false),
        ("mysql:8.0", "mysql:8.0.36", PATCH, true),
        ("mysql:8.0", "mysql:latest", LEAP, false),
        ("mysql:5.7-debian", "mysql:8.4", UNKNOWN, false),
    ];
    for (first, then, lines, runs) in rows {
        let (lab, log) = after(&[first, then], Signal::Term);
        assert!(log.contains(lines), "{first} {then}: {log}");
        assert_eq!(lab.runs("mysql-0"), runs, "{first} {then}: {log}");
    }
}

#[test]
fn after_a_crash_the_line_that_crashed_must_recover() {
    let (lab, log) = after(&["mysql:5.7.44", "mysql:8.0.28"], Signal::Kill);
    let lines = "1 [ERROR] [MY-012526] [InnoDB] Upgrade is not supported after a crash or shutdown \
                 with innodb_fast_shutdown = 2. This redo log was created with MySQL 5.7.44, and \
                 it appears logically non empty. Please follow the instructions at \
                 http://dev.mysql.com/doc/refman/8.0/en/upgrading.html\n\
                 1 [ERROR] [MY-012930] [InnoDB] Plugin initialization aborted with error Generic \
                 error.\n\
                 1 [ERROR] [MY-010334] [Server] Failed to initialize DD Storage Engine\n\
                 0 [ERROR] [MY-010020] [Server] Data Dictionary initialization failed.\n\
                 0 [ERROR] [MY-010119] [Server] Aborting\n\
                 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld \
                 8.0.28)  MySQL Community Server - GPL.\n";
    assert!(log.contains(lines) && !lab.runs("mysql-0"), "{log}");
}

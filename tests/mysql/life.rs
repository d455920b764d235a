//! A server's life: what the environment, the volume and the image make of it.

use ordinal::os::Signal;

use super::lab::Lab;

/// Asks as root with this password, `-p` and all.
fn as_user(lab: &mut Lab, user: &str, password: &str, sql: &str) -> (u8, String) {
    let (user, password) = (format!("-u{user}"), format!("-p{password}"));
    lab.exec("mysql-0", &["mysql", "-h", "127.0.0.1", &user, &password, "-nN", "-e", sql])
}

const INSECURE: &str =
    "mysql: [Warning] Using a password on the command line interface can be insecure.\n";

#[test]
fn the_environment_says_which_accounts_there_are() {
    let mut lab = Lab::new();
    lab.env = vec![
        ("MYSQL_ROOT_PASSWORD", "s3cret"),
        ("MYSQL_DATABASE", "shop"),
        ("MYSQL_USER", "clerk"),
        ("MYSQL_PASSWORD", "till"),
    ];
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(40_000);
    assert_eq!(
        as_user(&mut lab, "root", "s3cret", "SHOW DATABASES LIKE 'shop'"),
        (0, format!("{INSECURE}shop\n"))
    );
    let denied = "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: ";
    assert_eq!(as_user(&mut lab, "root", "wrong", "x"), (1, format!("{INSECURE}{denied}YES)\n")));
    assert_eq!(lab.sql("mysql-0", "SELECT 1"), format!("{denied}NO)\n"));
    // Being refused is a sign of life.
    assert_eq!(lab.exec("mysql-0", &["mysqladmin", "ping"]).0, 0);
    assert_eq!(
        as_user(&mut lab, "clerk", "till", "SELECT CURRENT_USER(); USE mysql"),
        (
            1,
            format!(
                "{INSECURE}clerk@%\nERROR 1044 (42000) at line 1: Access denied for user \
                 'clerk'@'%' to database 'mysql'\n"
            )
        )
    );
    let log = lab.log("mysql-0");
    for line in
        ["Creating database shop", "Creating user clerk", "Giving user clerk access to schema shop"]
    {
        assert!(log.contains(&format!("[Note] [Entrypoint]: {line}\n")), "{line}\n{log}");
    }
}

#[test]
fn without_a_word_about_the_password_nothing_starts() {
    let rows: [(&[(&str, &str)], &str); 3] = [
        (
            &[],
            "[ERROR] [Entrypoint]: Database is uninitialized and password option is not \
             specified\n    You need to specify one of the following as an environment variable:\n\
             \u{20}   - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - \
             MYSQL_RANDOM_ROOT_PASSWORD\n",
        ),
        (
            &[("MYSQL_ROOT_PASSWORD", "a"), ("MYSQL_ROOT_PASSWORD_FILE", "/b")],
            "[ERROR] [Entrypoint]: Both MYSQL_ROOT_PASSWORD and MYSQL_ROOT_PASSWORD_FILE are set \
             (but are exclusive)\n",
        ),
        (
            &[("MYSQL_ROOT_PASSWORD", "a"), ("MYSQL_USER", "root"), ("MYSQL_PASSWORD", "b")],
            "[ERROR] [Entrypoint]: MYSQL_USER=\"root\", MYSQL_USER and MYSQL_PASSWORD are for \
             configuring a regular user and cannot be used for the root user\n",
        ),
    ];
    for (env, want) in rows {
        let mut lab = Lab::new();
        lab.env = env.to_vec();
        lab.pod("mysql-0", "server-id=100");
        lab.run_for(40_000);
        let log = lab.log("mysql-0");
        assert!(log.contains(want) && !lab.runs("mysql-0"), "{want}\n{log}");
    }
}

#[test]
fn a_volume_that_is_not_empty_is_no_data_directory() {
    let mut lab = Lab::new();
    lab.found = vec![("lost+found/x", "")];
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(40_000);
    let log = lab.log("mysql-0");
    let want = "[ERROR] --initialize specified but the data directory has files in it. Aborting.\n";
    assert!(log.contains(want), "{log}");
    assert!(log.contains("[ERROR] Aborting\n") && !lab.runs("mysql-0"), "{log}");
}

#[test]
fn two_servers_do_not_share_a_data_directory() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(40_000);
    lab.shared = Some("mysql-0");
    lab.pod("mysql-1", "server-id=101");
    lab.run_for(10_000);
    let log = lab.log("mysql-1");
    for line in [
        "[ERROR] InnoDB: Unable to lock ./ibdata1 error: 11",
        "[Note] InnoDB: Check that you do not already have another mysqld process using the same \
         InnoDB data or log files.",
    ] {
        assert!(log.contains(line), "{line}\n{log}");
    }
    lab.run_for(120_000);
    assert!(!lab.runs("mysql-1") && lab.runs("mysql-0"), "{}", lab.log("mysql-1"));
}

#[test]
fn a_signal_to_end_waits_until_the_server_is_ready() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "server-id=100\ngtid-mode=ON\nenforce-gtid-consistency=ON");
    lab.run_for(40_000);
    let given = "11111111-1111-1111-1111-111111111111:1-3";
    let make = format!("RESET MASTER; SET GLOBAL gtid_purged='{given}'; CREATE DATABASE kept");
    lab.sql("mysql-0", &make);
    // Wherever in its start the signal finds it.
    for millis in (0..3_000).step_by(300) {
        lab.stop("mysql-0", Signal::Term);
        lab.start("mysql-0");
        lab.run_for(1_000 + millis);
        lab.signal("mysql-0", Signal::Term);
        let log = lab.log("mysql-0");
        let (ready, ends) = (log.find("ready for connections."), log.find("Giving 0 client"));
        assert!(ready.is_some() && ready < ends && !lab.runs("mysql-0"), "{millis}\n{log}");
        lab.start("mysql-0");
        lab.run_for(10_000);
        let kept = lab.sql("mysql-0", "SHOW DATABASES LIKE 'kept'; SELECT @@gtid_executed");
        let want = format!("Database (kept)\nkept\n@@gtid_executed\n{given}\n");
        assert_eq!(kept, want, "{millis}");
    }
}

#[test]
fn each_line_of_mysql_has_its_words_and_its_log() {
    const CHANGE: &str = "CHANGE MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_LOG_POS=4";
    let rows: [(&str, &str, &str, &[&str]); 3] = [
        (
            "mysql:5.7.36",
            "5.7.36-log",
            "",
            &["[Note] mysqld (mysqld 5.7.36-log) starting as process 1 ...\n"],
        ),
        (
            "mysql:8.0.28",
            "8.0.28",
            "Warning\t1287\t'CHANGE MASTER' is deprecated and will be removed in a future release. \
             Please use CHANGE REPLICATION SOURCE instead\n",
            &[
                "0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.0.28) starting as \
                 process 1\n",
                "0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: \
                 '8.0.28'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community \
                 Server - GPL.\n",
            ],
        ),
        (
            "mysql:latest",
            "9.4.0",
            "ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; check the manual \
             that corresponds to your MySQL server version for the right syntax to use near \
             'MASTER TO MASTER_HOST='mysql-0.mysql', MASTER_LOG_POS=4' at line 1\n",
            &[],
        ),
    ];
    for (image, version, said, lines) in rows {
        let mut lab = Lab::new();
        lab.image = image;
        lab.pod("mysql-0", "log-bin\nserver-id=100");
        lab.run_for(40_000);
        assert!(lab.runs("mysql-0"), "{}", lab.log("mysql-0"));
        assert_eq!(lab.sql("mysql-0", "SELECT VERSION() v"), format!("v\n{version}\n"), "{image}");
        let script = format!("{CHANGE}; SHOW WARNINGS");
        let argv = ["mysql", "-h", "127.0.0.1", "-nN", "-e", &script];
        assert!(lab.exec("mysql-0", &argv).1.contains(said), "{image}");
        let log = lab.log("mysql-0");
        for line in lines {
            assert!(log.contains(line), "{line}\n{log}");
        }
    }
}

/// What a log says, without the moments.
fn unstamped(log: &str) -> String {
    let bare = |line: &str| {
        let stamp = line.len() > 26 && line.as_bytes()[4] == b'-' && line.as_bytes()[7] == b'-';
        let end = line.find(" 0 [").or(line.find(" [")).filter(|_| stamp);
        end.map_or(format!("{line}\n"), |end| format!("T{}\n", &line[end..]))
    };
    log.lines().map(bare).collect()
}

#[test]
fn scripts_beside_the_image_are_run_once_in_order() {
    let mut lab = Lab::new();
    lab.env.extend([("MYSQL_DATABASE", "shop_1"), ("MYSQL_PASSWORD", "x")]);
    lab.scripts = vec![
        ("1.sql", "CREATE TABLE goods (id INT);\nINSERT INTO goods VALUES (7);\n"),
        (
            "2.sh",
            "echo \"for $MYSQL_DATABASE\"; mysql=no; echo 'SELECT * FROM goods' | \
                  docker_process_sql -N\n",
        ),
        ("3.sql.gz", ""),
        ("README", ""),
    ];
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(40_000);
    let log = unstamped(&lab.log("mysql-0"));
    let begin = log.find("T [Note] [Entrypoint]: Creating database").expect("it is made");
    let end = log[begin..].find("T 0 [Note] Giving").expect("it stops again");
    let script = "/usr/local/bin/docker-entrypoint.sh";
    let dir = "/docker-entrypoint-initdb.d";
    assert_eq!(
        log[begin..begin + end],
        format!(
            "T [Note] [Entrypoint]: Creating database shop_1\n\nT [Note] [Entrypoint]: {script}: \
             running {dir}/1.sql\n\n\nT [Note] [Entrypoint]: {script}: sourcing {dir}/2.sh\nfor \
             shop_1\n7\n\nT [Note] [Entrypoint]: {script}: running {dir}/3.sql.gz\n{script}: \
             [Ordinal] this model does not unpack {dir}/3.sql.gz\n\n\nT [Warn] [Entrypoint]: \
             {script}: ignoring {dir}/README\n\nT [Note] [Entrypoint]: Stopping temporary server\n"
        )
    );
    let warn = "T [Warn] [Entrypoint]: MYSQL_PASSWORD specified, but missing MYSQL_USER; \
                MYSQL_PASSWORD will be ignored\n";
    assert!(log.contains(warn), "{log}");
    assert_eq!(lab.sql("mysql-0", "SELECT * FROM shop_1.goods"), "id\n7\n");
}

#[test]
fn a_script_that_fails_ends_the_entrypoint_and_the_next_start_goes_on_without_it() {
    let rows = [
        ("1.sql", "CREATE DATABASE d;\nCREATE TABEL d.t (i INT);\n", 1),
        ("1.sh", "echo before; exit 5; echo after\n", 5),
        ("1.sh", "false; echo after\n", 1),
    ];
    for (name, text, code) in rows {
        let mut lab = Lab::new();
        lab.scripts = vec![(name, text)];
        lab.pod("mysql-0", "log-bin\nserver-id=100");
        lab.run_for(40_000);
        let log = lab.log("mysql-0");
        assert_eq!(lab.exit_code("mysql-0"), Some(code), "{log}");
        let said = "ERROR 1064 (42000) at line 2: You have an error in your SQL syntax; check the \
                    manual that corresponds to your MySQL server version for the right syntax to \
                    use near 'TABEL d.t (i INT)' at line 1\n";
        assert!(log.ends_with(said) || name == "1.sh" && !log.contains("after"), "{log}");
        lab.start("mysql-0");
        lab.run_for(20_000);
        assert!(lab.runs("mysql-0"), "{}", lab.log("mysql-0"));
        // root@'%' was made before the scripts; what they should have made is not there.
        assert_eq!(lab.sql("mysql-0", "SELECT 1"), "1\n1\n");
    }
}

#[test]
fn a_password_from_a_file_outlives_the_change_of_users() {
    let mut lab = Lab::new();
    lab.env = vec![("MYSQL_ROOT_PASSWORD_FILE", "/etc/hostname")];
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(40_000);
    assert!(lab.runs("mysql-0"), "{}", lab.log("mysql-0"));
    let refused = lab.sql("mysql-0", "SELECT 1");
    assert!(refused.starts_with("ERROR 1045 (28000): Access denied for user 'root'"), "{refused}");
}

#[test]
fn what_the_entrypoint_cannot_do_it_says_as_bash_does() {
    let mut lab = Lab::new();
    lab.env = vec![("MYSQL_ROOT_PASSWORD_FILE", "/run/secrets/none")];
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(10_000);
    let said = "/usr/local/bin/docker-entrypoint.sh: line 39: /run/secrets/none: No such file or \
                directory\n";
    assert!(lab.log("mysql-0").ends_with(said), "{}", lab.log("mysql-0"));
    assert_eq!(lab.exit_code("mysql-0"), Some(1));
    // `command: ["mysqld"]` goes past the entrypoint, and mysqld does not run as root.
    let mut lab = Lab::new();
    lab.command = &["mysqld"];
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(10_000);
    assert_eq!(
        unstamped(&lab.log("mysql-0")),
        "T 0 [Warning] TIMESTAMP with implicit DEFAULT value is deprecated. Please use \
         --explicit_defaults_for_timestamp server option (see documentation for more details).\n\
         T 0 [Note] mysqld (mysqld 5.7.42) starting as process 1 ...\nT 0 [ERROR] Fatal error: \
         Please read \"Security\" section of the manual to find out how to run mysqld as root!\n\
         T 0 [ERROR] Aborting\n\nT 0 [Note] Binlog end\nT 0 [Note] mysqld: Shutdown complete\n\n"
    );
    let mut lab = Lab::new();
    lab.args = &["--server-id=5", "--skip-networking"];
    lab.pod("mysql-0", "server-id=100\nlog-bin");
    lab.run_for(40_000);
    let said = lab.exec("mysql-0", &["mysql", "-N", "-e", "SELECT @@server_id"]);
    assert_eq!(said, (0, "5\n".into()), "{}", lab.log("mysql-0"));
    assert!(lab.sql("mysql-0", "SELECT 1").starts_with("ERROR 2003 (HY000)"));
}

#[test]
fn an_option_of_another_release_stops_the_entrypoint_in_that_releases_words() {
    let rows = [
        (
            "mysql:5.7.36",
            "binlog_expire_logs_seconds=60",
            "\tT 0 [ERROR] unknown variable 'binlog_expire_logs_seconds=60'\nT 0 [ERROR] \
             Aborting\n",
        ),
        (
            "mysql:8.0.28",
            "query_cache_size=0",
            "\tT 0 [ERROR] [MY-000067] [Server] unknown variable 'query_cache_size=0'.\nT 0 \
             [ERROR] [MY-010119] [Server] Aborting\n",
        ),
    ];
    for (image, option, said) in rows {
        let mut lab = Lab::new();
        lab.image = image;
        lab.pod("mysql-0", option);
        lab.run_for(10_000);
        let log = lab.log("mysql-0");
        let bare = |line: &str| match line.strip_prefix('\t') {
            Some(rest) => format!("\t{}", unstamped(rest)),
            None => unstamped(line),
        };
        let log: String = log.lines().map(bare).collect();
        let head = "T [ERROR] [Entrypoint]: mysqld failed while attempting to check config\n\t\
                    command was: mysqld --verbose --help --log-bin-index=/tmp/tmp.";
        assert!(log.contains(head) && log.ends_with(said), "{log}");
    }
}

#[test]
fn what_an_option_asks_for_and_is_not_done_is_said() {
    let mut lab = Lab::new();
    lab.pod(
        "mysql-0",
        "log-bin\nserver-id=100\nbinlog_row_image=minimal\nslave_parallel_workers=4",
    );
    lab.run_for(40_000);
    let log = unstamped(&lab.log("mysql-0"));
    for option in ["binlog-row-image=MINIMAL", "slave-parallel-workers=4"] {
        let line =
            format!("T 0 [Warning] [Ordinal] this model does not do what {option} asks for\n");
        assert!(log.contains(&line), "{line}{log}");
    }
    let said = lab.sql("mysql-0", "SELECT @@binlog_row_image");
    assert_eq!(said, "@@binlog_row_image\nFULL\n");
}

#[test]
fn mariadb_has_its_own_names_for_the_same_variables() {
    let mut lab = Lab::new();
    lab.image = "mariadb:10.6.12";
    lab.env = vec![("MARIADB_ROOT_PASSWORD", "m"), ("MARIADB_DATABASE", "shop")];
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(40_000);
    let shown = as_user(&mut lab, "root", "m", "SHOW DATABASES LIKE 'shop'");
    assert_eq!(shown, (0, format!("{INSECURE}shop\n")));
    let begin = "T [Note] [Entrypoint]: Entrypoint script for MariaDB Server 1:10.6.12+maria~";
    assert!(unstamped(&lab.log("mysql-0")).starts_with(begin), "{}", lab.log("mysql-0"));
    let mut lab = Lab::new();
    (lab.image, lab.env) = ("mariadb:10.6.12", vec![("MARIADB_ROOT_PASSWORD_HASH", "*A")]);
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(10_000);
    let log = lab.log("mysql-0");
    let end = "[ERROR] [Entrypoint]: Database is uninitialized and password option is not \
               specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, \
               MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and \
               MARIADB_RANDOM_ROOT_PASSWORD\n";
    let ours = "[Ordinal] this model does not heed MARIADB_ROOT_PASSWORD_HASH\n";
    assert!(log.ends_with(end) && log.contains(ours), "{log}");
}

#[test]
fn a_server_of_8_logs_without_being_asked_to() {
    let mut lab = Lab::new();
    lab.image = "mysql:8.0.28";
    lab.pod("mysql-0", "");
    lab.run_for(40_000);
    // Initialising is not logged: the temporary server's file is the first.
    let names = lab.sql("mysql-0", "SHOW BINARY LOGS");
    let names: Vec<&str> = names.lines().filter_map(|row| row.split('\t').next()).collect();
    assert_eq!(names, ["Log_name", "binlog.000001", "binlog.000002"]);
    let said = lab.sql("mysql-0", "SELECT @@server_id, @@log_slave_updates");
    assert_eq!(said, "@@server_id\t@@log_slave_updates\n1\t1\n");
    // It goes to the background, and nobody waits for it.
    assert!(!lab.log("mysql-0").contains("Waiting for server startup"));
}

#[test]
fn a_statement_waits_for_a_lock_as_long_as_its_session_says() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "");
    lab.run_for(30_000);
    lab.sql("mysql-0", "CREATE DATABASE d; CREATE TABLE d.t (a INT PRIMARY KEY)");
    lab.sql("mysql-0", "INSERT INTO d.t VALUES (1)");
    let gave_up = "ERROR 1205 (HY000) at line 1: Lock wait timeout exceeded; try restarting \
                   transaction\n";
    // What holds the lock for 70 s, what the other does, the seconds it takes, what it says.
    // Each variable is of its own kind of lock (refman 5.7, innodb_lock_wait_timeout).
    let row = "BEGIN; UPDATE d.t SET a = 3; SELECT SLEEP(70); ROLLBACK";
    let table = "LOCK TABLES d.t WRITE; SELECT SLEEP(70)";
    let global = "FLUSH TABLES WITH READ LOCK; SELECT SLEEP(70)";
    let update = "UPDATE d.t SET a = 2";
    let both = format!("SET innodb_lock_wait_timeout = 2, lock_wait_timeout = 5; {update}");
    for (holder, asked, seconds, said) in [
        (row, update, 50, gave_up),
        (row, both.as_str(), 2, gave_up),
        (table, both.as_str(), 5, gave_up),
        (global, both.as_str(), 5, gave_up),
        (table, update, 69, ""),
        (global, update, 69, ""),
    ] {
        let script = format!(
            "mysql -h 127.0.0.1 -e '{holder}' >/dev/null & sleep 1; SECONDS=0
             mysql -h 127.0.0.1 -e '{asked}'; echo $SECONDS; wait"
        );
        let (_, output) = lab.bash("mysql-0", &script);
        assert_eq!(output, format!("{said}{seconds}\n"), "{asked} beside {holder}");
    }
}

#[test]
fn half_a_clone_is_no_data_directory() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "server-id=100");
    lab.run_for(40_000);
    // What comes last in a backup: the definitions, then the redo log.
    lab.bash("mysql-0", "cd /var/lib/mysql; rm */*.frm */*.MY? ib_logfile*");
    lab.stop("mysql-0", Signal::Kill);
    lab.start("mysql-0");
    lab.run_for(10_000);
    let log = lab.log("mysql-0");
    assert!(!lab.runs("mysql-0") && lab.exit_code("mysql-0") == Some(1), "{log}");
    // The last four as in a real log of 5.7.23 (ZoneMinder/zmdockerfiles#16).
    let mut at = 0;
    for line in [
        "[Warning] InnoDB: New log files created, LSN=",
        "mysqld: Table 'mysql.plugin' doesn't exist\n",
        "[ERROR] Can't open the mysql.plugin table. Please run mysql_upgrade to create it.\n",
        "[Warning] Gtid table is not ready to be used. Table 'mysql.gtid_executed' cannot be \
         opened.\n",
        "[Note] Server socket created on IP: '::'.\n",
        "[Warning] Failed to open optimizer cost constant tables\n\n",
        "[ERROR] Fatal error: Can't open and lock privilege tables: Table 'mysql.user' doesn't \
         exist\n",
        "[ERROR] Fatal error: Failed to initialize ACL/grant/time zones structures or failed to \
         remove temporary table files.\n",
        "[ERROR] Aborting\n",
    ] {
        let found = log[at..].find(line);
        assert!(found.is_some(), "{line}\n{log}");
        at += found.unwrap_or(0);
    }
    assert!(!log.contains("Starting crash recovery"), "{log}");
}

#[test]
fn a_server_may_log_into_a_file_of_its_own() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-error=mysqld\nlog-bin\nserver-id=100");
    lab.pod("mysql-1", "log-error=/nosuch/mysqld.log\nserver-id=101\nreport-host=one");
    lab.run_for(30_000);
    let said = lab.log("mysql-0");
    assert!(said.contains("[Entrypoint]: MySQL init process done. Ready for start up."), "{said}");
    assert!(!said.contains("mysqld: ready for connections."), "{said}");
    assert_eq!(lab.sql("mysql-0", "SELECT @@log_error"), "@@log_error\n./mysqld.err\n");
    let file = lab.exec("mysql-0", &["cat", "/var/lib/mysql/mysqld.err"]).1;
    assert_eq!(file.matches("mysqld: ready for connections.").count(), 2, "{file}");
    let said = lab.log("mysql-1");
    assert!(
        said.contains(
            "[ERROR] Could not open file '/nosuch/mysqld.log' for error logging: No such"
        ),
        "{said}"
    );
}

//! A server's life: what the environment, the volume and the image make of it.

use super::lab::Lab;

/// Asks as root with this password, `-p` and all.
fn as_user(lab: &mut Lab, user: &str, password: &str, sql: &str) -> (u8, String) {
    let (user, password) = (format!("-u{user}"), format!("-p{password}"));
    lab.exec("mysql-0", &["mysql", "-h", "127.0.0.1", &user, &password, "-N", "-e", sql])
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
        assert_eq!(lab.sql("mysql-0", "SELECT VERSION() v"), format!("v\n{version}\n"), "{image}");
        let script = format!("{CHANGE}; SHOW WARNINGS");
        let argv = ["mysql", "-h", "127.0.0.1", "-N", "-e", &script];
        assert!(lab.exec("mysql-0", &argv).1.contains(said), "{image}");
        let log = lab.log("mysql-0");
        for line in lines {
            assert!(log.contains(line), "{line}\n{log}");
        }
    }
}

//! xtrabackup 2.4 and xbstream where they fail: lines of xtrabackup.cc, backup_mysql.cc,
//! xbstream.c, xbstream_read.c, ds_local.c of 2.4, and of real logs.

use super::lab::Lab;

const VERSION: &str = "xtrabackup version 2.4.4 based on MySQL server 5.7.13 Linux (x86_64) \
                       (revision id: df58cf2)\n";

/// mysql-0 with a server; side-0 has its data and xtrabackup, but not its network.
fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(30_000);
    lab.shared = Some("mysql-0");
    side(&mut lab, "side-0", "ist0ne/xtrabackup:1.0");
    lab
}

/// A pod with xtrabackup, and as much else as the lab says.
fn side(lab: &mut Lab, name: &str, image: &'static str) {
    (lab.image, lab.command) = (image, &["sleep", "infinity"]);
    lab.pod(name, "");
    lab.run_for(1_000);
}

/// Without the time at each line's beginning.
fn unstamped(text: &str) -> String {
    let bare = |line: &str| {
        let digits = line.len() > 16 && line.as_bytes()[..6].iter().all(u8::is_ascii_digit);
        if digits { format!("T{}\n", &line[16..]) } else { format!("{line}\n") }
    };
    text.lines().map(bare).collect()
}

#[test]
fn xbstream_says_of_a_stream_what_the_real_one_says() {
    let mut lab = lab();
    let backup = "xtrabackup --backup --stream=xbstream --host=mysql-0.mysql --user=root";
    lab.bash("side-0", &format!("{backup} >/tmp/whole 2>/dev/null; mkdir /tmp/d"));
    let rows = [
        ("cat /dev/null", 0, ""),
        (
            "head -c 9 /tmp/whole",
            1,
            "xb_stream_read_chunk(): unexpected end of stream at offset 0x0.\n",
        ),
        ("head -c 30 /tmp/whole", 1, "xb_stream_read_chunk(): my_read() failed.\n"),
        (
            "echo Ncat: Connection refused.",
            1,
            "xb_stream_read_chunk(): wrong chunk magic at offset 0x0.\n",
        ),
        ("echo short", 1, "xb_stream_read_chunk(): unexpected end of stream at offset 0x0.\n"),
        ("cat /tmp/whole", 0, ""),
        (
            "cat /tmp/whole",
            1,
            "xbstream: Can't create/write to file './ibdata1' (Errcode: 17 - File exists)\n\
             xbstream: failed to create file.\n",
        ),
        (
            "cd /tmp/d; rm -rf *; touch mysql; cat /tmp/whole",
            1,
            "xbstream: Can't create/write to file './mysql/engine_cost.ibd' (Errcode: 20 - Not a \
             directory)\nxbstream: failed to create file.\n",
        ),
    ];
    for (input, code, text) in rows {
        let said = lab.bash("side-0", &format!("({input}) | xbstream -x -C /tmp/d"));
        assert_eq!(said, (code, text.to_string()), "{input}");
    }
    let rows = [
        ("xbstream", "xbstream: either -c or -x must be specified.\n"),
        ("xbstream -x --nope", "xbstream: unknown option '--nope'\n"),
        (
            "xbstream -x -C /nope",
            "xbstream: Can't change dir to '/nope/' (Errcode: 2 - No such file \
            or directory)\n",
        ),
    ];
    for (command, text) in rows {
        assert_eq!(lab.bash("side-0", command), (1, text.to_string()), "{command}");
    }
}

#[test]
fn a_backup_without_a_server_or_without_a_right_says_which() {
    let mut lab = lab();
    let dsn = ";mysql_read_default_group=xtrabackup;host=HOST;port=3306;mysql_socket=\
               /var/run/mysqld/mysqld.sock";
    let failed = |host: &str, using: &str, why: &str| {
        let (dsn, set) = (dsn.replace("HOST", host), if using == "NO" { "not set" } else { "set" });
        format!(
            "T version_check Connecting to MySQL server with DSN 'dbi:mysql:{dsn}' as 'root'  \
             (using password: {using}).\nFailed to connect to MySQL server: DBI \
             connect('{dsn}','root',...) failed: {why} at - line 1314.\nTConnecting to MySQL \
             server host: {host}, user: root, password: {set}, port: 3306, socket: \
             /var/run/mysqld/mysqld.sock\nFailed to connect to MySQL server: {why}.\n"
        )
    };
    let rows = [
        ("nowhere", "", "NO", "Unknown MySQL server host 'nowhere' (0)"),
        ("127.0.0.1", "", "NO", "Can't connect to MySQL server on '127.0.0.1' (111)"),
        (
            "localhost",
            "",
            "NO",
            "Can't connect to local MySQL server through socket \
            '/var/run/mysqld/mysqld.sock' (2)",
        ),
        (
            "mysql-0.mysql",
            "--password=x",
            "YES",
            "Access denied for user 'root'@'10.244.0.3' (using \
            password: YES)",
        ),
    ];
    for (host, more, using, why) in rows {
        let command =
            format!("xtrabackup --backup --stream=xbstream --host={host} --user=root {more}");
        let (code, said) = lab.bash("side-0", &command);
        assert_eq!((code, unstamped(&said)), (1, failed(host, using, why)), "{command}");
    }
    lab.sql("mysql-0", "CREATE USER 'bk'@'%' IDENTIFIED BY ''");
    let rows = [
        (
            "PROCESS",
            "Error: failed to execute query SHOW ENGINE INNODB STATUS: Access denied; you \
            need (at least one of) the PROCESS privilege(s) for this operation\n",
        ),
        (
            "RELOAD",
            "Error: failed to execute query FLUSH NO_WRITE_TO_BINLOG TABLES: Access denied; \
            you need (at least one of) the RELOAD privilege(s) for this operation\n",
        ),
        (
            "REPLICATION CLIENT",
            "Error: failed to execute query SHOW SLAVE STATUS: Access denied; \
            you need (at least one of) the SUPER, REPLICATION CLIENT privilege(s) for this \
            operation\n",
        ),
    ];
    let command = "xtrabackup --backup --stream=xbstream --host=mysql-0.mysql --user=bk >/dev/null";
    for (missing, text) in rows {
        let (code, said) = lab.bash("side-0", command);
        assert!(code == 1 && said.ends_with(text), "{missing}: {said}");
        lab.sql("mysql-0", &format!("GRANT {missing} ON *.* TO 'bk'@'%'"));
    }
    assert_eq!(lab.bash("side-0", command).0, 0);
}

#[test]
fn a_backup_into_a_directory_wants_it_empty() {
    let mut lab = lab();
    let backup = "xtrabackup --backup --slave-info --host=mysql-0.mysql --user=root";
    let (code, said) = lab.bash("side-0", &format!("{backup} --target-dir=/tmp/b"));
    let said = unstamped(&said);
    for line in [
        "T[01] Copying ./ibdata1 to /tmp/b/ibdata1\n",
        "T[01] Copying ./mysql/db.opt to /tmp/b/mysql/db.opt\n",
        "Failed to get master binlog coordinates from SHOW SLAVE STATUS\nThis means that the \
         server is not a replication slave. Ignoring the --slave-info option\n",
        "T[00] Writing /tmp/b/xtrabackup_binlog_info\n",
        "TBackup created in directory '/tmp/b'\n",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(code == 0 && said.ends_with("Tcompleted OK!\n"), "{said}");
    assert_eq!(
        lab.bash("side-0", "cat /tmp/b/xtrabackup_binlog_info"),
        (0, "mysql-0-bin.000003\t154\n".into())
    );
    let (code, said) = lab.bash("side-0", &format!("{backup} --target-dir=/tmp/b"));
    let end = "xtrabackup: Can't create/write to file '/tmp/b/xtrabackup_logfile' (Errcode: 17 - \
               File exists)\nxtrabackup: error: failed to open the target stream for \
               'xtrabackup_logfile'.\n";
    assert!(code == 1 && said.ends_with(end), "{said}");
    let (code, said) = lab.bash("side-0", &format!("{backup} --target-dir=/nope/b"));
    let end = "xtrabackup: Error: cannot mkdir 2: /nope/b\n";
    assert!(code == 1 && said.ends_with(end), "{said}");
    // Long options that nobody knows pass; words do not.
    let odd = lab.bash("side-0", &format!("{backup} --target-dir=/tmp/c --slave-inof"));
    assert_eq!(odd.0, 0, "{}", odd.1);
    let odd = lab.bash("side-0", "xtrabackup --backup stream=xbstream");
    assert_eq!(odd, (1, "xtrabackup: Error: unknown argument: 'stream=xbstream'\n".into()));
}

#[test]
fn prepare_says_what_state_a_copy_is_in() {
    let mut lab = lab();
    let backup = "xtrabackup --backup --host=mysql-0.mysql --user=root --target-dir=/tmp/b";
    lab.bash("side-0", &format!("{backup}; cp -r /tmp/b /tmp/cut; rm /tmp/cut/ibdata1"));
    let prepare = "xtrabackup --prepare --target-dir=";
    let (code, said) = lab.bash("side-0", &format!("{prepare}/tmp/b"));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("xtrabackup: This target seems to be not prepared yet.\n"), "{said}");
    let (code, said) = lab.bash("side-0", &format!("{prepare}/tmp/b"));
    let begin = format!(
        "{VERSION}xtrabackup: cd to /tmp/b\nxtrabackup: This target seems to be already \
         prepared.\nInnoDB: Number of pools: 1\nxtrabackup: notice: xtrabackup_logfile was already \
         used to '--prepare'.\nxtrabackup: using the following InnoDB configuration for \
         recovery:\nxtrabackup:   innodb_data_home_dir = .\nxtrabackup:   innodb_data_file_path = \
         ibdata1:12M:autoextend\nxtrabackup:   innodb_log_group_home_dir = .\nxtrabackup:   \
         innodb_log_files_in_group = 2\nxtrabackup:   innodb_log_file_size = 50331648\n"
    );
    assert!(code == 0 && said.starts_with(&begin), "{said}");
    assert!(!said.contains("New log files created"), "{said}");
    let (code, said) = lab.bash("side-0", &format!("{prepare}/tmp/cut"));
    assert!(code == 1 && said.ends_with("xtrabackup: innodb_init(): Error occured.\n"), "{said}");
    let (code, said) = lab.bash("side-0", &format!("{prepare}/nope"));
    let end = format!(
        "{VERSION}xtrabackup: Can't change dir to '/nope/' (Errcode: 2 - No such file or \
         directory)\nxtrabackup: cannot my_setwd /nope/\n"
    );
    assert_eq!((code, said), (1, end));
}

#[test]
fn each_line_of_xtrabackup_refuses_the_servers_of_others() {
    let backup = "xtrabackup --backup --stream=xbstream --host=mysql-0.mysql --user=root";
    let rows = [
        (
            "mysql:8.0.28",
            "",
            "ist0ne/xtrabackup:1.0",
            "Failed to connect to MySQL server: Authentication plugin 'caching_sha2_password' \
             cannot be loaded: /usr/lib/mysql/plugin/caching_sha2_password.so: cannot open shared \
             object file: No such file or directory.\n",
        ),
        (
            "mysql:8.0.28",
            "default_authentication_plugin=mysql_native_password",
            "ist0ne/xtrabackup:1.0",
            "Error: Unsupported server version: '8.0.28'. Please report a bug at \
             https://bugs.launchpad.net/percona-xtrabackup\n",
        ),
        (
            "mysql:5.7-debian",
            "",
            "percona/percona-xtrabackup:8.0",
            "Error: Unsupported server version: '5.7.42-log'.\nThis version of Percona XtraBackup \
             can only perform backups and restores against MySQL 8.0 and Percona Server 8.0\n\
             Please use Percona XtraBackup 2.4 for this database.\n",
        ),
        (
            "mariadb:10.5.16",
            "",
            "ist0ne/xtrabackup:1.0",
            "InnoDB: Number of pools: 1\nInnoDB: Unsupported redo log format. The redo log was \
             created with MariaDB 10.5.16. Please follow the instructions at \
             http://dev.mysql.com/doc/refman/5.7/en/upgrading-downgrading.html\n",
        ),
    ];
    for (server, options, image, text) in rows {
        let mut lab = Lab::new();
        lab.image = server;
        lab.pod("mysql-0", &format!("log-bin\nserver-id=100\n{options}"));
        lab.run_for(40_000);
        lab.shared = Some("mysql-0");
        side(&mut lab, "side-0", image);
        let (code, said) = lab.bash("side-0", backup);
        assert!(code == 1 && said.ends_with(text), "{server}: {said}");
    }
}

#[test]
fn a_backup_waits_for_the_lock_as_it_is_told() {
    let mut lab = lab();
    let backup = "xtrabackup --backup --stream=xbstream --host=mysql-0.mysql --user=root";
    let (_, said) = lab.bash("side-0", &format!("{backup} --ftwrl-wait-timeout=20 >/dev/null"));
    let said = unstamped(&said);
    let wait = "TWaiting 20 seconds for queries running longer than 60 seconds to finish\n\
                TExecuting FLUSH TABLES WITH READ LOCK...\n";
    assert!(said.contains(wait) && !said.contains("NO_WRITE_TO_BINLOG TABLES"), "{said}");
    let said = lab.bash("side-0", &format!("{backup} --kill-long-queries-timeout=5")).1;
    assert_eq!(said, "xtrabackup: [Ordinal] this model does not run --kill-long-queries-timeout\n");
}

#[test]
fn a_backup_into_a_directory_says_so_and_no_more_than_it_is_asked() {
    let mut lab = super::pair();
    lab.shared = Some("mysql-1");
    side(&mut lab, "side-1", "ist0ne/xtrabackup:1.0");
    for (options, lines) in [("", 0), ("--slave-info", 1)] {
        let script = format!(
            "rm -rf /tmp/b; xtrabackup --backup {options} --target-dir=/tmp/b --user=root \
             --host=mysql-1.mysql 2>/tmp/said; grep -c 'MySQL slave binlog position' /tmp/said; \
             ls /tmp/b | grep -c slave_info; grep format /tmp/b/xtrabackup_info"
        );
        let said = lab.bash("side-1", &script).1;
        assert_eq!(said, format!("{lines}\n{lines}\nformat = file\n"), "{options}");
    }
}

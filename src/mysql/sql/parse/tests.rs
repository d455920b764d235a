//! What is understood, and where a mistake is found.

use super::*;
use crate::mysql::sql::ast::{MasterValue, Statement};

fn near(text: &str) -> String {
    let error = parse(text).expect_err("a mistake");
    assert_eq!(error.code, 1064, "{error:?}");
    let (_, rest) = error.message.split_once("near '").expect("the form of 1064");
    rest.to_string()
}

#[test]
fn the_rest_of_the_statement_is_named_from_the_token_that_does_not_fit() {
    let rows = [
        ("SELEC 1", "SELEC 1' at line 1"),
        ("SELECT * FORM t", "FORM t' at line 1"),
        ("SELECT 1 FROM", "' at line 1"),
        ("CREATE TABLE t (a INTT)", "INTT)' at line 1"),
        ("CREATE TABLE t (a INT", "' at line 1"),
        ("INSERT INTO t VALUES (1,)", ")' at line 1"),
        ("SELECT\n*\nFROM order", "order' at line 3"),
        ("SELECT 'open", "'open' at line 1"),
        ("CHANGE MASTER TO MASTER_LOG_FILE=x", "x' at line 1"),
        ("CHANGE MASTER TO MASTER_HOST='a' MASTER_USER='b'", "MASTER_USER='b'' at line 1"),
        ("START SLAVE now", "now' at line 1"),
        ("SHOW SLAVE", "' at line 1"),
        ("SHOW REPLICA STATUS", "REPLICA STATUS' at line 1"),
        ("DROP TABLE", "' at line 1"),
    ];
    for (text, want) in rows {
        assert_eq!(near(text), want, "{text}");
    }
}

#[test]
fn the_sidecars_change_master_with_its_odd_spacing() {
    let text = "CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000003',        \
                MASTER_LOG_POS=154,                 MASTER_HOST='mysql-0.mysql',                 \
                MASTER_USER='root',                 MASTER_PASSWORD='',                 \
                MASTER_CONNECT_RETRY=10";
    let Ok(Some(Statement::ChangeMaster(settings))) = parse(text) else { panic!("{text}") };
    let text = |t: &str| MasterValue::Text(t.into());
    assert_eq!(
        settings,
        vec![
            ("MASTER_LOG_FILE".into(), text("mysql-0-bin.000003")),
            ("MASTER_LOG_POS".into(), MasterValue::Number(154)),
            ("MASTER_HOST".into(), text("mysql-0.mysql")),
            ("MASTER_USER".into(), text("root")),
            ("MASTER_PASSWORD".into(), text("")),
            ("MASTER_CONNECT_RETRY".into(), MasterValue::Number(10)),
        ]
    );
}

#[test]
fn what_a_class_types_is_understood() {
    for text in [
        "SELECT @@server_id,NOW()",
        "SELECT @@global.read_only, COUNT(*) AS n FROM test.messages m WHERE m.id IN (1,2) OR a \
             LIKE 'x%'",
        "SELECT a.x, b.y FROM a LEFT JOIN b ON a.id=b.id GROUP BY a.x HAVING COUNT(*)>1 ORDER BY 1 \
             DESC LIMIT 2,3",
        "INSERT INTO t (a,b) VALUES (1,'x'),(DEFAULT,NULL) ON DUPLICATE KEY UPDATE a=a+1",
        "INSERT t SET a=1, b=2",
        "INSERT INTO t SELECT * FROM u WHERE a > 3",
        "UPDATE t SET a=a+1 WHERE b BETWEEN 1 AND 2 ORDER BY a LIMIT 1",
        "CREATE TABLE IF NOT EXISTS t (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, d \
             DECIMAL(10,2) DEFAULT '0.00', ts TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE \
             CURRENT_TIMESTAMP, UNIQUE KEY u (d), KEY (ts)) ENGINE=InnoDB DEFAULT \
             CHARSET=utf8mb4",
        "ALTER TABLE t ADD COLUMN x INT AFTER d, DROP KEY u",
        "SET GLOBAL super_read_only=ON, @@session.sql_log_bin=0, @x := 3",
        "SHOW BINLOG EVENTS IN 'mysql-0-bin.000003' FROM 154 LIMIT 3",
        "SHOW VARIABLES LIKE 'server%'",
        "GRANT REPLICATION SLAVE, SELECT ON *.* TO 'repl'@'%' IDENTIFIED BY 'x' WITH GRANT OPTION",
        "START SLAVE UNTIL MASTER_LOG_FILE='f', MASTER_LOG_POS=4",
        "FLUSH NO_WRITE_TO_BINLOG TABLES",
        "PURGE BINARY LOGS TO 'mysql-0-bin.000003'",
        "SELECT CASE WHEN a=1 THEN 'x' ELSE 'y' END, IF(a,1,2), NOW() - INTERVAL 1 DAY FROM t",
        "(SELECT 1) ",
        "SELECT 1 UNION ALL SELECT 2",
    ] {
        if let Err(error) = parse(text) {
            panic!("{text}: {}", error.line());
        }
    }
}

#[test]
fn deep_nesting_meets_a_bound_and_not_the_stack() {
    let deep = format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(parse(&deep).expect_err("too deep").code, 1235);
    let long = format!("SELECT 1{}", "+1".repeat(5_000));
    assert_eq!(parse(&long).expect_err("too long").code, 1235);
    let not = format!("SELECT {}1", "NOT ".repeat(5_000));
    assert_eq!(parse(&not).expect_err("too deep").code, 1235);
}

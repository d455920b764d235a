//! Statements, results and errors as MySQL 5.7 gives them.

use super::*;
use crate::mysql::data::Plugin;
use crate::mysql::sql::ast::Statement;
use crate::mysql::sql::parse;
use std::sync::Arc;

/// A catalog, a session, and SQL to both.
struct Bench {
    catalog: Arc<Catalog>,
    session: Session,
    globals: Variables,
}

impl Bench {
    fn new() -> Bench {
        let globals = [("server_id", "100"), ("hostname", "mysql-0"), ("log_bin", "ON")];
        Bench {
            catalog: Arc::new(Catalog::initial("5.7.42", Plugin::Native, 0)),
            session: Session::new(1, "root", "localhost"),
            globals: globals.map(|(a, b)| (a.to_string(), b.to_string())).into(),
        }
    }

    fn run(&mut self, text: &str) -> Result<Answer, SqlError> {
        let statement = parse(text)?.expect("a statement");
        let catalog = self.catalog.clone();
        let mut draw = || 7;
        self.session.warnings.clear();
        let now = 1_767_600_000_000_000;
        let (globals, seen) = (&self.globals, (&*catalog, &*catalog));
        let mut env = Env::new(seen, &mut self.session, globals, now, &mut draw);
        env.writes = true;
        let (answer, changes) = match &statement {
            Statement::Select(query) => return select(query, &mut env),
            Statement::Show(show) => {
                return Ok(Answer::Rows(schema(show, &mut env)?.expect("a schema's")));
            }
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => {
                change(&statement, &mut env)?
            }
            ddl => {
                let done = run_ddl(ddl, &mut env)?;
                self.catalog = Arc::new(done.catalog);
                return Ok(done.answer);
            }
        };
        let counted = env.counted.take();
        let catalog = Arc::make_mut(&mut self.catalog);
        if let Some(counted) = counted {
            counted.keep(catalog.table_mut(&counted.db, &counted.name).expect("its table"));
        }
        for change in &changes {
            assert!(change.replay(catalog), "{change:?}");
        }
        Ok(answer)
    }

    fn ok(&mut self, text: &str) -> Answer {
        self.run(text).unwrap_or_else(|error| panic!("{text}: {}", error.line()))
    }

    /// Rows as `a,b|c,d`.
    fn rows(&mut self, text: &str) -> String {
        let Answer::Rows(rows) = self.ok(text) else { panic!("{text} has no rows") };
        let line = |row: &Vec<Option<String>>| {
            let cells: Vec<String> =
                row.iter().map(|c| c.clone().unwrap_or("NULL".into())).collect();
            cells.join(",")
        };
        rows.rows.iter().map(line).collect::<Vec<_>>().join("|")
    }

    fn error(&mut self, text: &str) -> String {
        self.run(text).expect_err(text).line()
    }
}

#[test]
fn the_tutorials_statements() {
    let mut b = Bench::new();
    assert_eq!(b.ok("CREATE DATABASE test"), Answer::affected(1));
    assert_eq!(b.ok("CREATE TABLE test.messages (message VARCHAR(250))"), Answer::affected(0));
    assert_eq!(b.ok("INSERT INTO test.messages VALUES ('hello')"), Answer::affected(1));
    assert_eq!(b.rows("SELECT * FROM test.messages"), "hello");
    assert_eq!(b.rows("SELECT @@server_id,NOW()"), "100,2026-01-05 08:00:00");
    assert_eq!(
        b.rows("SHOW CREATE TABLE test.messages"),
        "messages,CREATE TABLE `messages` (\n  `message` varchar(250) DEFAULT NULL\n) \
         ENGINE=InnoDB DEFAULT CHARSET=latin1"
    );
    assert_eq!(b.rows("SHOW DATABASES"), "information_schema|mysql|performance_schema|sys|test");
}

#[test]
fn a_class_plays() {
    let mut b = Bench::new();
    b.session.db = Some("t".into());
    b.ok("CREATE DATABASE t");
    b.ok("CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, \
          age INT DEFAULT 18, paid DECIMAL(8,2))");
    b.ok("INSERT INTO p (name, paid) VALUES ('Ann', 1.5), ('Bob', 2.25), ('Cid', NULL)");
    b.ok("CREATE TABLE q (pid INT, item CHAR(10))");
    b.ok("INSERT INTO q VALUES (1,'pen'),(1,'ink'),(2,'pad'),(9,'cap')");
    let rows = [
        ("SELECT * FROM p", "1,Ann,18,1.50|2,Bob,18,2.25|3,Cid,18,NULL"),
        (
            "SELECT COUNT(*), COUNT(paid), SUM(paid), AVG(paid), MAX(name) FROM p",
            "3,2,3.75,1.875000,Cid",
        ),
        (
            "SELECT name, COUNT(*) n FROM p JOIN q ON p.id=q.pid GROUP BY name ORDER BY n DESC, \
                 name",
            "Ann,2|Bob,1",
        ),
        ("SELECT p.name, q.item FROM p LEFT JOIN q ON p.id=q.pid WHERE q.item IS NULL", "Cid,NULL"),
        ("SELECT item FROM q WHERE pid IN (SELECT id FROM p) ORDER BY item LIMIT 2", "ink|pad"),
        (
            "SELECT name FROM p WHERE EXISTS (SELECT 1 FROM q WHERE q.pid=p.id) ORDER BY 1",
            "Ann|Bob",
        ),
        ("SELECT DISTINCT age FROM p", "18"),
        ("SELECT CONCAT(name,'-',id) FROM p WHERE name LIKE 'a%'", "Ann-1"),
        ("SELECT 1/3, 7 DIV 2, 7 % 2, '3'+4, NULL=NULL, NULL<=>NULL", "0.3333,3,1,7,NULL,1"),
        (
            "SELECT NOW() - INTERVAL 1 DAY, DATE_FORMAT(NOW(),'%Y/%m')",
            "2026-01-04 08:00:00,2026/01",
        ),
        ("SELECT age, COUNT(*) FROM p GROUP BY age HAVING COUNT(*) > 2", "18,3"),
        ("SELECT 1 UNION SELECT 1 UNION ALL SELECT 2", "1|2"),
    ];
    for (text, want) in rows {
        assert_eq!(b.rows(text), want, "{text}");
    }
    let answer = b.ok("UPDATE p SET age=age+1 WHERE id<3");
    let Answer::Done { affected: 2, info, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(info, "Rows matched: 2  Changed: 2  Warnings: 0");
    assert_eq!(b.ok("DELETE FROM q WHERE pid=9"), Answer::affected(1));
    b.ok("REPLACE INTO p (id,name) VALUES (1,'Ann')");
    b.ok("INSERT INTO p (name) VALUES ('Bob') ON DUPLICATE KEY UPDATE age=age+10");
    assert_eq!(b.rows("SELECT id,age FROM p"), "1,18|2,29|3,18");
    b.ok("ALTER TABLE p ADD COLUMN note TEXT, DROP COLUMN paid");
    assert_eq!(b.rows("SELECT * FROM p WHERE id=3"), "3,Cid,18,NULL");
    b.ok("INSERT INTO p (name) VALUES ('Dot')");
    assert_eq!(b.rows("SELECT LAST_INSERT_ID()"), "5");
}

#[test]
fn errors_are_mysqls() {
    let mut b = Bench::new();
    b.ok("CREATE DATABASE t");
    b.ok("CREATE TABLE t.k (id INT PRIMARY KEY, v VARCHAR(3) NOT NULL, d DATETIME)");
    b.ok("INSERT INTO t.k VALUES (1,'a',NULL)");
    let rows = [
        ("SELECT * FROM k", "ERROR 1046 (3D000): No database selected"),
        ("SELECT * FROM t.x", "ERROR 1146 (42S02): Table 't.x' doesn't exist"),
        ("SELECT x FROM t.k", "ERROR 1054 (42S22): Unknown column 'x' in 'field list'"),
        ("SELECT 1 FROM t.k WHERE y=1", "ERROR 1054 (42S22): Unknown column 'y' in 'where clause'"),
        (
            "INSERT INTO t.k VALUES (1,'b',NULL)",
            "ERROR 1062 (23000): Duplicate entry '1' for key 'PRIMARY'",
        ),
        (
            "INSERT INTO t.k VALUES (2,'long',NULL)",
            "ERROR 1406 (22001): Data too long for column 'v' at row 1",
        ),
        (
            "INSERT INTO t.k VALUES ('x','b',NULL)",
            "ERROR 1366 (HY000): Incorrect integer value: 'x' for column 'id' at row 1",
        ),
        ("INSERT INTO t.k VALUES (2,NULL,NULL)", "ERROR 1048 (23000): Column 'v' cannot be null"),
        (
            "INSERT INTO t.k (id) VALUES (2)",
            "ERROR 1364 (HY000): Field 'v' doesn't have a default value",
        ),
        (
            "INSERT INTO t.k VALUES (2)",
            "ERROR 1136 (21S01): Column count doesn't match value count at row 1",
        ),
        (
            "INSERT INTO t.k VALUES (99999999999,'b',NULL)",
            "ERROR 1264 (22003): Out of range value for column 'id' at row 1",
        ),
        (
            "INSERT INTO t.k VALUES (2,'b','tomorrow')",
            "ERROR 1292 (22007): Incorrect datetime value: 'tomorrow' for column 'd' at row 1",
        ),
        ("CREATE DATABASE t", "ERROR 1007 (HY000): Can't create database 't'; database exists"),
        ("CREATE TABLE t.k (a INT)", "ERROR 1050 (42S01): Table 'k' already exists"),
        ("DROP TABLE t.z", "ERROR 1051 (42S02): Unknown table 't.z'"),
        ("DROP DATABASE z", "ERROR 1008 (HY000): Can't drop database 'z'; database doesn't exist"),
        ("SELECT @@nope", "ERROR 1193 (HY000): Unknown system variable 'nope'"),
        ("SELECT foo(1)", "ERROR 1305 (42000): FUNCTION foo does not exist"),
        ("SELECT *", "ERROR 1096 (HY000): No tables used"),
        (
            "SELECT id FROM t.k WHERE COUNT(*)=1",
            "ERROR 1111 (HY000): Invalid use of group function",
        ),
    ];
    for (text, want) in rows {
        assert_eq!(b.error(text), want, "{text}");
    }
}

//! Random statements: after each one the binlog stands where the formulas say.

use super::lab::Lab;
use super::sizes::{self, Kind};
use ordinal::base::seed::Seed;

/// A table of ours: its columns, and the rows as it should hold them.
#[derive(Clone)]
struct Table {
    name: String,
    columns: Vec<Kind>,
    rows: Vec<Vec<Option<String>>>,
}

/// What the test knows of the server.
struct Book {
    chance: Seed,
    db: String,
    tables: Vec<Table>,
    /// The tables as they were when the open transaction began.
    before: Option<Vec<Table>>,
    /// Bytes the open transaction will log.
    cache: u64,
    logs: bool,
    file: u64,
    position: u64,
    /// Files that are closed, and their sizes.
    closed: Vec<(u64, u64)>,
}

fn sql_type(kind: Kind) -> String {
    match kind {
        Kind::Int(bytes) => ["", "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "", "", "", "BIGINT"]
            [bytes as usize]
            .into(),
        Kind::Decimal(precision, scale) => format!("DECIMAL({precision},{scale})"),
        Kind::Char(n) => format!("CHAR({n})"),
        Kind::VarChar(n) => format!("VARCHAR({n})"),
        Kind::Text(length) => {
            ["", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT"][length as usize].into()
        }
        Kind::DateTime => "DATETIME".into(),
        Kind::Timestamp => "TIMESTAMP NULL".into(),
        Kind::Date => "DATE".into(),
    }
}

impl Book {
    fn below(&mut self, count: u64) -> u64 {
        self.chance.below(count)
    }

    fn kind(&mut self) -> Kind {
        match self.below(14) {
            0..3 => Kind::Int([1, 2, 3, 4, 8][self.below(5) as usize]),
            3 => Kind::Decimal(5, 2),
            4 => Kind::Decimal(20, 10),
            5 => Kind::Decimal(9, 0),
            6 => Kind::Char(1 + self.below(20)),
            7 | 8 => Kind::VarChar(100 + 50 * self.below(8)),
            9 | 10 => Kind::Text(1 + self.below(4)),
            11 => Kind::DateTime,
            12 => Kind::Timestamp,
            _ => Kind::Date,
        }
    }

    fn value(&mut self, kind: Kind) -> Option<String> {
        if self.below(5) == 0 {
            return None;
        }
        Some(match kind {
            Kind::Int(_) => (self.below(200) as i64 - 100).to_string(),
            Kind::Decimal(..) => format!("{}", self.below(999)),
            Kind::Char(n) => "c".repeat(self.below(n + 1) as usize),
            Kind::VarChar(_) | Kind::Text(_) => "v".repeat(self.below(90) as usize),
            Kind::DateTime | Kind::Timestamp => format!("2024-02-29 10:11:{:02}", self.below(60)),
            Kind::Date => format!("2024-02-{:02}", 1 + self.below(28)),
        })
    }

    fn row(&mut self, table: &Table) -> Vec<Option<String>> {
        let mut row: Vec<_> = table.columns.iter().map(|kind| self.value(*kind)).collect();
        // The first column says which row it is.
        row[0] = Some(self.below(6).to_string());
        row
    }

    /// DDL stands alone.
    fn ddl(&mut self, sql: &str, names: bool) {
        if self.logs {
            let (db, named) = (self.db.clone(), [self.db.as_str()]);
            let named: &[&str] = if names { &named } else { &[] };
            self.position += sizes::ANONYMOUS_GTID + sizes::query(&db, sql, named, false);
        }
    }

    /// Rows of one statement, as they were and as they are.
    fn changed(&mut self, table: &Table, images: u64, rows: &[u64], time_zone: bool) {
        if rows.is_empty() {
            return;
        }
        let own = sizes::table_map(&self.db, &table.name, &table.columns)
            + sizes::rows_events(&table.columns, images, rows);
        let begin = sizes::ANONYMOUS_GTID + sizes::query(&self.db, "BEGIN", &[], time_zone);
        if self.before.is_some() {
            self.cache += if self.cache == 0 { begin + own } else { own };
        } else if self.logs {
            self.position += begin + own + sizes::XID;
        }
    }

    fn sized(table: &Table, row: &[Option<String>]) -> u64 {
        let lengths: Vec<_> = row.iter().map(|v| v.as_ref().map(|v| v.len() as u64)).collect();
        sizes::row(&table.columns, &lengths)
    }

    fn end_transaction(&mut self, keep: bool) {
        let cache = std::mem::take(&mut self.cache);
        match self.before.take() {
            Some(before) if !keep => self.tables = before,
            _ if self.logs && cache > 0 => self.position += cache + sizes::XID,
            _ => {}
        }
    }

    fn create(&mut self) -> String {
        self.end_transaction(true);
        let name = format!("t{}", self.tables.len());
        let mut columns = vec![Kind::Int(4)];
        columns.extend((0..self.below(10)).map(|_| self.kind()).collect::<Vec<_>>());
        let list: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(index, kind)| format!("c{index} {}", sql_type(*kind)))
            .collect();
        let sql = format!("CREATE TABLE {name} ({})", list.join(", "));
        self.ddl(&sql, true);
        self.tables.push(Table { name, columns, rows: Vec::new() });
        sql
    }

    fn insert(&mut self, at: usize) -> String {
        let table = self.tables[at].clone();
        let count = if self.below(12) == 0 { 150 } else { 1 + self.below(4) };
        let rows: Vec<_> = (0..count).map(|_| self.row(&table)).collect();
        let shown = |value: &Option<String>| match value {
            Some(value) => format!("'{value}'"),
            None => "NULL".into(),
        };
        let values: Vec<String> = rows
            .iter()
            .map(|row| format!("({})", row.iter().map(shown).collect::<Vec<_>>().join(",")))
            .collect();
        let bytes: Vec<u64> = rows.iter().map(|row| Book::sized(&table, row)).collect();
        let stamped = rows.iter().any(|row| {
            table.columns.iter().zip(row).any(|(k, v)| *k == Kind::Timestamp && v.is_some())
        });
        self.changed(&table, 1, &bytes, stamped);
        self.tables[at].rows.extend(rows);
        format!("INSERT INTO {} VALUES {}", table.name, values.join(","))
    }

    fn update(&mut self, at: usize) -> String {
        let table = self.tables[at].clone();
        let column = self.below(table.columns.len() as u64) as usize;
        let value = self.value(table.columns[column]);
        let which = self.below(6).to_string();
        let mut bytes = Vec::new();
        for row in &mut self.tables[at].rows {
            if row[0].as_ref() == Some(&which) && row[column] != value {
                let before = Book::sized(&table, row);
                row[column] = value.clone();
                bytes.push(before + Book::sized(&table, row));
            }
        }
        let stamped = table.columns[column] == Kind::Timestamp && value.is_some();
        self.changed(&table, 2, &bytes, stamped);
        let shown = value.map_or("NULL".into(), |value| format!("'{value}'"));
        format!("UPDATE {} SET c{column}={shown} WHERE c0={which}", table.name)
    }

    fn delete(&mut self, at: usize) -> String {
        let table = self.tables[at].clone();
        let which = self.below(6).to_string();
        let gone = |row: &Vec<Option<String>>| row[0].as_ref() == Some(&which);
        let bytes: Vec<u64> =
            table.rows.iter().filter(|r| gone(r)).map(|r| Book::sized(&table, r)).collect();
        self.changed(&table, 1, &bytes, false);
        self.tables[at].rows.retain(|row| !gone(row));
        format!("DELETE FROM {} WHERE c0={which}", table.name)
    }

    fn step(&mut self) -> String {
        if self.tables.is_empty() {
            return self.create();
        }
        let at = self.below(self.tables.len() as u64) as usize;
        match self.below(22) {
            0 => self.create(),
            1 => {
                self.end_transaction(true);
                let sql = format!("TRUNCATE TABLE {}", self.tables[at].name);
                self.ddl(&sql, false);
                self.tables[at].rows.clear();
                sql
            }
            2..5 => {
                self.end_transaction(true);
                self.before = Some(self.tables.clone());
                "BEGIN".into()
            }
            5 | 6 => {
                self.end_transaction(true);
                "COMMIT".into()
            }
            7 => {
                self.end_transaction(false);
                "ROLLBACK".into()
            }
            8 if self.before.is_none() => {
                self.logs = !self.logs;
                format!("SET SQL_LOG_BIN={}", u8::from(self.logs))
            }
            9 if self.before.is_none() => {
                let next = format!("mysql-0-bin.{:06}", self.file + 1);
                self.closed.push((self.file, self.position + sizes::rotate(&next)));
                self.file += 1;
                self.position = sizes::FILE_START;
                "FLUSH LOGS".into()
            }
            8..12 => self.update(at),
            12..15 => self.delete(at),
            _ => self.insert(at),
        }
    }
}

#[test]
fn after_any_statement_the_binlog_stands_where_the_formulas_say() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "log-bin\nserver-id=100");
    lab.run_for(30_000);
    let (mut file, mut position) = (3, 154);
    for seed in 0..24_u64 {
        let db = "d".repeat(1 + seed as usize % 12);
        let mut book = Book {
            chance: Seed(seed),
            db: db.clone(),
            tables: Vec::new(),
            before: None,
            cache: 0,
            logs: true,
            file,
            position,
            closed: Vec::new(),
        };
        let create = format!("CREATE DATABASE {db}");
        book.position += sizes::ANONYMOUS_GTID + sizes::query(&db, &create, &[&db], false);
        let mut script = format!("{create}; USE {db};\n");
        let mut wanted = Vec::new();
        let mut statements = Vec::new();
        for _ in 0..40 {
            let sql = book.step();
            script += &format!("{sql};\nSHOW MASTER STATUS;\n");
            wanted.push((book.file, book.position));
            statements.push(sql);
        }
        script += &format!("COMMIT; SET SQL_LOG_BIN=1; DROP DATABASE {db};\n");
        book.end_transaction(true);
        let drop = format!("DROP DATABASE {db}");
        // It has tables, so it is named.
        book.position += sizes::ANONYMOUS_GTID + sizes::query(&db, &drop, &[&db], false);
        (file, position) = (book.file, book.position);
        let argv = ["mysql", "-h", "127.0.0.1", "-nN", "-e", &script];
        let (code, output) = lab.exec("mysql-0", &argv);
        assert_eq!(code, 0, "{output}");
        let seen = output.lines().map(|line| {
            let mut cells = line.split('\t');
            let file = cells.next().and_then(|name| name.rsplit('.').next()?.parse().ok());
            (file.expect("a file"), cells.next().and_then(|p| p.parse().ok()).expect("a position"))
        });
        let seen: Vec<(u64, u64)> = seen.collect();
        for (index, (seen, want)) in seen.iter().zip(&wanted).enumerate() {
            let tried = statements[..=index].join(";\n");
            assert_eq!(seen, want, "seed {seed}, after the last of:\n{tried}");
        }
        assert_eq!(seen.len(), wanted.len());
        let files = lab.sql("mysql-0", "SHOW BINARY LOGS");
        for (file, size) in book.closed.into_iter().chain([(file, position)]) {
            let line = format!("mysql-0-bin.{file:06}\t{size}\n");
            assert!(files.contains(&line), "seed {seed}: {line} is not in\n{files}");
        }
    }
    (3..=file).for_each(|number| is_whole(&mut lab, number));
}

/// mysqlbinlog reads a file from end to end: its events follow one another, their checksums hold,
/// and their rows are made of values.
fn is_whole(lab: &mut Lab, number: u64) {
    let path = format!("/var/lib/mysql/mysql-0-bin.{number:06}");
    let (code, text) = lab.exec("mysql-0", &["mysqlbinlog", "-c", "-v", &path]);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("ERROR") && !text.contains("WARNING"), "{path}: {text}");
    assert!(!text.contains("***Corrupted"), "{path}");
    let number_after = |line: &str, mark: &str| -> Option<u64> {
        let rest = &line[line.find(mark)? + mark.len()..];
        rest.split(' ').next()?.parse().ok()
    };
    let starts: Vec<u64> =
        text.lines().filter_map(|l| l.strip_prefix("# at ")?.parse().ok()).collect();
    let ends: Vec<u64> = text.lines().filter_map(|l| number_after(l, " end_log_pos ")).collect();
    assert!(starts.len() > 2, "{path}");
    assert_eq!(starts[1..], ends[..ends.len() - 1], "{path}");
    let (_, size) = lab.exec("mysql-0", &["stat", "-c", "%s", &path]);
    assert_eq!(ends.last().map(u64::to_string).as_deref(), Some(size.trim()), "{path}");
}

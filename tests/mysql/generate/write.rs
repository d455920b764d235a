//! Statements that write.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// Some writes and what they leave, within a transaction that is undone.
    pub(super) fn writes(&mut self) -> Vec<String> {
        let mut out = vec!["BEGIN".to_string()];
        let lenient = self.once_in(4);
        if lenient {
            out.push("SET sql_mode=''".into());
        }
        self.depth = 1;
        for _ in 0..self.range(1, 2) {
            let statement = match self.below(10) {
                0..=4 => self.insert(),
                5 | 6 => self.update(),
                7 => self.delete(),
                8 => self.insert_o(),
                _ => self.insert_select(),
            };
            out.push(statement);
            out.push("SHOW WARNINGS".into());
        }
        let touches_o = out.iter().any(|s| s.contains("INTO o") || s.contains("UPDATE o"));
        let columns = "ti, su, de, fl, vc, ch, da, dt, tm, en";
        out.push(format!("SELECT {columns} FROM w ORDER BY id"));
        if touches_o || out.iter().any(|s| s.contains("FROM o")) {
            out.push("SELECT n_id, q, l FROM o ORDER BY id".into());
        }
        if lenient {
            out.push("SET sql_mode=@@global.sql_mode".into());
        }
        out.push("ROLLBACK".into());
        out
    }

    /// What a column of `w` may be given.
    fn given(&mut self, column: &str) -> String {
        if self.once_in(8) {
            return self.any();
        }
        match column {
            "ti" => self.pick(&[
                "1", "127", "128", "-129", "'12'", "'x'", "'1x'", "1.5", "NULL", "1e3", "''",
                "2.5", "'7 '", "TRUE", "-1",
            ]),
            "su" => self.pick(&["0", "65535", "65536", "-1", "'5'", "'5.5'", "'-3'", "0.4"]),
            "de" => self.pick(&[
                "1.23", "999.99", "1000", "-1.005", "1.999", "'2.5'", "'abc'", "'1.2.3'", "1e2",
                "NULL", "0", "-0.001",
            ]),
            "fl" => self.pick(&["1.1", "0", "1e10", "-3.25", "'2.5'", "'z'", "NULL", "123456789"]),
            "vc" => self.pick(&[
                "'a'", "'A '", "'abcde'", "'abcdef'", "'abcde '", "12345", "123456", "1.50",
                "NULL", "''", "'b'",
            ]),
            "ch" => self.pick(&["'x'", "'abcd'", "'ab '", "1", "DEFAULT", "'x  '", "'abc   '"]),
            "da" => self.pick(&[
                "'2024-02-29'",
                "'2024-02-30'",
                "20240229",
                "'2024-02-29 10:00:00'",
                "'x'",
                "NULL",
                "'0000-00-00'",
                "'24-2-9'",
                "0",
                "'2024-13-01'",
            ]),
            "dt" => self.pick(&[
                "'2024-02-29 10:11:12'",
                "'2024-02-29'",
                "20240229101112",
                "'2024-02-29 25:00:00'",
                "'abc'",
                "NULL",
                "'2024-02-29 10:11:12.7'",
                "'2024-02-29T10:11'",
            ]),
            "tm" => self.pick(&[
                "'10:11:12'",
                "101112",
                "'900:00:00'",
                "'1:2'",
                "'x'",
                "NULL",
                "'-5:00:00'",
                "'12'",
                "'1 02:03:04'",
                "70",
            ]),
            _ => self.pick(&["'x'", "'Y'", "1", "3", "'z'", "''", "NULL", "'2'", "0"]),
        }
    }

    fn columns(&mut self) -> Vec<&'static str> {
        let mut columns = vec!["ti", "su", "de", "fl", "vc", "ch", "da", "dt", "tm", "en"];
        columns.retain(|column| *column == "su" && self.below(8) > 0 || self.once_in(3));
        if columns.is_empty() { vec!["su"] } else { columns }
    }

    fn row(&mut self, columns: &[&str]) -> String {
        let row: Vec<String> = columns.iter().map(|column| self.given(column)).collect();
        format!("({})", row.join(","))
    }

    fn insert(&mut self) -> String {
        self.tables.clear();
        let columns = self.columns();
        let rows = self.list(1, 3, |m| m.row(&columns));
        let verb = self.pick(&[
            "INSERT INTO",
            "INSERT INTO",
            "INSERT INTO",
            "INSERT IGNORE INTO",
            "REPLACE INTO",
        ]);
        let mut text = format!("{verb} w ({}) VALUES {rows}", columns.join(","));
        if verb == "INSERT INTO" && self.once_in(4) {
            let column = columns[self.below(columns.len() as u64) as usize];
            let value = match self.below(3) {
                0 => format!("VALUES({column})"),
                1 => self.given(column),
                _ => format!("{column}+1"),
            };
            text += &format!(" ON DUPLICATE KEY UPDATE {column}={value}");
        }
        text
    }

    fn insert_o(&mut self) -> String {
        self.tables.clear();
        let row = |m: &mut Self| {
            let label = m.pick(&["'red'", "'blue'", "'new'", "DEFAULT", "'much too long'"]);
            format!("({},{},{label})", m.number(), m.pick(&["10", "20", "5", "'1'", "NULL", "7"]))
        };
        let rows = self.list(1, 2, row);
        let verb = self.pick(&["INSERT INTO", "INSERT IGNORE INTO", "REPLACE INTO"]);
        let end = match verb.as_str() {
            "INSERT INTO" if self.once_in(2) => self.pick(&[
                " ON DUPLICATE KEY UPDATE q=q+100",
                " ON DUPLICATE KEY UPDATE q=VALUES(q)",
                " ON DUPLICATE KEY UPDATE n_id=VALUES(n_id)+1, l='dup'",
                " ON DUPLICATE KEY UPDATE id=id",
            ]),
            _ => String::new(),
        };
        format!("{verb} o (n_id,q,l) VALUES {rows}{end}")
    }

    fn insert_select(&mut self) -> String {
        self.tables = vec!["n"];
        let columns = self.columns();
        let items = self.list(columns.len() as u64, columns.len() as u64, Self::any);
        let filter = self.pick(&["", " WHERE id < 3", " WHERE i IS NOT NULL"]);
        let verb = self.pick(&["INSERT INTO", "INSERT IGNORE INTO"]);
        format!("{verb} w ({}) SELECT {items} FROM n{filter} ORDER BY id", columns.join(","))
    }

    fn update(&mut self) -> String {
        self.tables = vec!["o"];
        let ignore = self.pick(&["", "", "IGNORE "]);
        let set = match self.below(5) {
            0 => format!("n_id = {}", self.number()),
            1 => format!("q = {}", self.number()),
            2 => format!("l = {}", self.text()),
            3 => format!("q = q + {}, l = CONCAT(l, q)", self.range(1, 3)),
            _ => "q = 10".into(),
        };
        let limit = self.pick(&["", "", " ORDER BY id LIMIT 2", " ORDER BY id DESC LIMIT 1"]);
        format!("UPDATE {ignore}o SET {set}{}{limit}", self.where_of_o())
    }

    fn where_of_o(&mut self) -> String {
        match self.below(5) {
            0 => String::new(),
            1 => format!(" WHERE id = {}", self.range(1, 7)),
            2 => " WHERE l = 'red'".into(),
            3 => " WHERE n_id IN (SELECT id FROM n WHERE i = 5)".into(),
            _ => format!(" WHERE {}", self.truth()),
        }
    }

    fn delete(&mut self) -> String {
        self.tables = vec!["o"];
        let limit = self.pick(&["", "", " ORDER BY id LIMIT 2", " ORDER BY q DESC, id LIMIT 1"]);
        format!("DELETE FROM o{}{limit}", self.where_of_o())
    }
}

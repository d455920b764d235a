//! Queries.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// A query, and SHOW WARNINGS.
    pub(super) fn reads(&mut self) -> Vec<String> {
        let query = match self.below(20) {
            0..=6 => self.plain(),
            7..=10 => self.of_one(),
            11 | 12 => self.joined(),
            13..=16 => self.grouped(),
            17 | 18 => self.union(),
            _ => self.nested(),
        };
        vec![query, "SHOW WARNINGS".into()]
    }

    fn item(&mut self, at: usize) -> String {
        let expr = self.any();
        if self.once_in(5) { expr } else { format!("{expr} AS {}", ["a", "b", "v", "z"][at]) }
    }

    fn items(&mut self, most: u64) -> String {
        let items: Vec<String> =
            (0..self.range(1, most)).map(|at| self.item(at as usize)).collect();
        items.join(", ")
    }

    /// Without tables.
    fn plain(&mut self) -> String {
        self.tables.clear();
        format!("SELECT {}", self.items(4))
    }

    fn filter(&mut self) -> String {
        if self.once_in(2) { String::new() } else { format!(" WHERE {}", self.truth()) }
    }

    /// A whole order, so that a limit takes the same rows everywhere.
    fn order(&mut self, keys: &[&str]) -> String {
        let way = self.pick(&["", " DESC"]);
        let first = if self.once_in(2) { format!("{}, ", self.any()) } else { String::new() };
        let keys: Vec<String> = keys.iter().map(|key| format!("{key}{way}")).collect();
        let limit = match self.below(4) {
            0 => format!(" LIMIT {}", self.below(4)),
            1 => format!(" LIMIT {},{}", self.below(3), self.below(4)),
            _ => String::new(),
        };
        format!(" ORDER BY {first}{}{limit}", keys.join(", "))
    }

    fn of_one(&mut self) -> String {
        let table = if self.once_in(4) { "o" } else { "n" };
        self.tables = vec![table];
        self.depth = 2;
        let what = match self.below(6) {
            0 => "*".into(),
            1 => format!("{table}.*, {}", self.item(0)),
            _ => self.items(3),
        };
        format!("SELECT {what} FROM {table}{}{}", self.filter(), self.order(&["id"]))
    }

    fn joined(&mut self) -> String {
        self.tables = vec!["n", "o"];
        self.depth = 2;
        let join = self.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "INNER JOIN", "LEFT JOIN"]);
        let on = match self.below(3) {
            0 => format!("n.id = o.n_id AND {}", self.truth()),
            1 => "n.id = o.n_id".into(),
            _ => "n.s = o.l OR n.id = o.id".into(),
        };
        let what = if self.once_in(8) { "o.*, n.s".into() } else { self.items(3) };
        let order = self.order(&["n.id", "o.id"]);
        format!("SELECT {what} FROM n {join} o ON {on}{}{order}", self.filter())
    }

    fn aggregate(&mut self) -> String {
        let distinct = self.pick(&["", "", "DISTINCT "]);
        match self.below(10) {
            0 => "COUNT(*)".into(),
            1 => format!("COUNT({distinct}{})", self.any()),
            2 | 3 => format!("SUM({distinct}{})", self.number()),
            4 | 5 => format!("AVG({distinct}{})", self.number()),
            6 => format!("MIN({})", self.any()),
            7 => format!("MAX({})", self.any()),
            8 => {
                let key = self.pick(&["id", "id DESC"]);
                let table = self.tables[0];
                let key = if self.tables.len() > 1 { format!("{table}.{key}") } else { key };
                match distinct.is_empty() {
                    true => format!("GROUP_CONCAT({} ORDER BY {key})", self.any()),
                    false => {
                        let what = self.text();
                        format!("GROUP_CONCAT(DISTINCT {what} ORDER BY {what} SEPARATOR '|')")
                    }
                }
            }
            _ => {
                let name = self.pick(&["BIT_OR", "BIT_AND", "STDDEV", "VARIANCE", "BIT_XOR"]);
                format!("{name}({})", self.number())
            }
        }
    }

    fn grouped(&mut self) -> String {
        let table = if self.once_in(3) { "o" } else { "n" };
        self.tables = vec![table];
        self.depth = 1;
        let items: Vec<String> = (0..self.range(1, 3))
            .map(|at| match self.below(4) {
                0 => {
                    let name = ["a", "b", "v"][at as usize];
                    let aggregate = self.aggregate();
                    let tables = std::mem::take(&mut self.tables);
                    let (sign, number) = (self.pick(&["+", "*", "/", "-"]), self.number());
                    self.tables = tables;
                    format!("{aggregate}{sign}{number} AS {name}")
                }
                1 => self.aggregate(),
                _ => format!("{} AS {}", self.aggregate(), ["a", "b", "v"][at as usize]),
            })
            .collect();
        let items = items.join(", ");
        let filter = self.filter();
        if self.once_in(3) {
            return format!("SELECT {items} FROM {table}{filter}");
        }
        let key = self.column(&["i", "s", "y", "e", "c", "t"], &["n_id", "l", "q"]);
        let key = key.expect("there is a table");
        let having = match self.below(3) {
            0 => format!(" HAVING {} > {}", self.aggregate(), self.below(3)),
            1 => format!(" HAVING {key} IS NOT NULL"),
            _ => String::new(),
        };
        let rollup = self.pick(&["", "", "", " WITH ROLLUP"]);
        let order = if rollup.is_empty() { " ORDER BY g" } else { "" };
        format!(
            "SELECT {key} AS g, {items} FROM {table}{filter} GROUP BY {key}{rollup}{having}{order}"
        )
    }

    fn union(&mut self) -> String {
        self.depth = 2;
        let width = self.range(1, 2);
        let parts: Vec<String> = (0..self.range(2, 3))
            .map(|_| {
                self.tables = if self.once_in(2) { vec!["n"] } else { vec![] };
                let items = self.list(width, width, Self::any);
                let from = self.tables.first().map_or("", |_| " FROM n WHERE id IN (1,2,3)");
                format!("SELECT {items}{from}")
            })
            .collect();
        let order = if width == 1 { " ORDER BY 1" } else { " ORDER BY 1,2" };
        let all = self.pick(&[" UNION ", " UNION ALL "]);
        format!("{}{}", parts.join(&all), self.pick(&["", order, " LIMIT 3"]))
    }

    fn nested(&mut self) -> String {
        self.tables = vec!["n"];
        self.depth = 1;
        let not = self.pick(&["", "NOT "]);
        match self.below(6) {
            0 => format!(
                "SELECT id, (SELECT {} FROM o WHERE o.n_id = n.id) AS a FROM n ORDER BY id",
                self.pick(&["COUNT(*)", "SUM(q)", "MAX(l)", "AVG(q)", "MIN(q)+1"])
            ),
            1 => format!(
                "SELECT id, {} AS a FROM n WHERE id {not}IN (SELECT n_id FROM o) ORDER BY id",
                self.any()
            ),
            2 => format!(
                "SELECT id FROM n WHERE {not}EXISTS (SELECT 1 FROM o WHERE n_id = n.id AND q > {}) \
                 ORDER BY id",
                self.range(1, 20)
            ),
            3 => format!(
                "SELECT id, u {} {} (SELECT q FROM o) AS a FROM n ORDER BY id",
                self.sign_of_order(),
                self.pick(&["ANY", "ALL"])
            ),
            4 => format!(
                "SELECT x.* FROM (SELECT id, {} AS a, {} AS b FROM n) x ORDER BY id",
                self.any(),
                self.any()
            ),
            _ => format!(
                "SELECT a, COUNT(*) AS c FROM (SELECT {} AS a FROM n) x GROUP BY a ORDER BY a",
                self.any()
            ),
        }
    }

    fn sign_of_order(&mut self) -> String {
        self.pick(&["=", "<", "<=", ">", ">=", "<>"])
    }
}

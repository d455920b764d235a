//! Which databases and tables are logged and replicated. Models `sql/rpl_filter.cc`.

use crate::mysql::run::like;

/// What the options say, in order: name with underscores, value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Filters(pub Vec<(String, String)>);

/// Names of filters.
pub const FILTERS: [&str; 8] = [
    "binlog_do_db",
    "binlog_ignore_db",
    "replicate_do_db",
    "replicate_do_table",
    "replicate_ignore_db",
    "replicate_ignore_table",
    "replicate_wild_do_table",
    "replicate_wild_ignore_table",
];

impl Filters {
    /// Values of one kind, as the SHOWs print them.
    pub fn list(&self, name: &str) -> String {
        self.of(name).collect::<Vec<_>>().join(",")
    }

    fn of<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A database against its two lists: a list of those wanted goes before one of those unwanted.
    fn db(&self, side: &str, db: &str) -> bool {
        let (wanted, unwanted) = (format!("{side}_do_db"), format!("{side}_ignore_db"));
        if self.of(&wanted).next().is_some() {
            return self.of(&wanted).any(|name| name == db);
        }
        !self.of(&unwanted).any(|name| name == db)
    }

    /// Whether what is done in this default database (or to this one's rows) is logged.
    pub fn logs(&self, db: &str) -> bool {
        // Without a default database only a list of wanted ones stands against it.
        self.db("binlog", db)
    }

    /// Whether a statement made in this default database is applied.
    pub fn applies_db(&self, db: &str) -> bool {
        db.is_empty() && self.of("replicate_do_db").next().is_none() || self.db("replicate", db)
    }

    /// Whether a statement on these tables (database and name) is applied: the first table that any
    /// list names decides, by exact names before patterns (`Rpl_filter::tables_ok`).
    pub fn applies_tables(&self, tables: &[(String, String)]) -> bool {
        let decided = tables.iter().find_map(|(db, table)| {
            let full = format!("{db}.{table}");
            let lists = ["replicate_do_table", "replicate_ignore_table"];
            let exact = lists.iter().find(|name| self.of(name).any(|known| known == full));
            let wild = ["replicate_wild_do_table", "replicate_wild_ignore_table"];
            let fits = |name: &&&str| self.of(name).any(|pattern| like(&full, pattern));
            Some(exact.or(wild.iter().find(fits))?.contains("_do_"))
        });
        let mut wanted = self.of("replicate_do_table").chain(self.of("replicate_wild_do_table"));
        decided.unwrap_or_else(|| wanted.next().is_none())
    }
}

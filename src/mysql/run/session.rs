//! What a connection carries from statement to statement.

use super::{Change, Locked, RowChange, RowLock, Variables};
use crate::base::SortedMap;
use crate::mysql::data::{Catalog, Table, Value, Zone};
use std::sync::Arc;

/// A note, warning or error of the last statement.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Warning {
    /// `Note`, `Warning` or `Error`.
    pub level: &'static str,
    /// MySQL's number.
    pub code: u16,
    /// The text.
    pub message: String,
}

/// An open transaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Transaction {
    /// READ ONLY.
    pub read_only: bool,
    /// Its isolation level, as `tx_isolation` names it.
    pub isolation: String,
    /// What its reads see of others, since the first of them.
    pub snapshot: Option<Arc<Catalog>>,
    /// Rows and gaps it has locked, beside those it has changed.
    pub locks: Vec<RowLock>,
    /// The tables it has used: database and name.
    pub tables: Vec<(String, String)>,
    /// Its own changes.
    pub changes: Vec<Change>,
    /// What it did, statement by statement.
    pub parts: Vec<Part>,
    /// Its savepoints.
    pub savepoints: Vec<Savepoint>,
    /// What its BEGIN says.
    pub began: Began,
    /// The session's temporary tables when it began.
    pub temporaries: Vec<Temporary>,
    /// It made a temporary table.
    pub made_temporary: bool,
    /// It dropped a temporary table.
    pub dropped_temporary: bool,
}

/// A temporary table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Temporary {
    /// Its database.
    pub db: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub table: Arc<Table>,
}

impl Transaction {
    /// A catalog with what it changed.
    pub fn over(&self, catalog: &Arc<Catalog>) -> Arc<Catalog> {
        let mut seen = catalog.clone();
        for change in &self.changes {
            let own = Arc::make_mut(&mut seen);
            // A row that others deleted meanwhile may have left its place to one of its own.
            if let (RowChange::Insert(row) | RowChange::Update(_, row), Some(table)) =
                (&change.what, own.table_mut(&change.db, &change.table))
                && let Some(old) = table.in_place_of(row)
            {
                table.remove(old);
            }
            let _ = change.replay(own);
        }
        seen
    }

    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.parts.iter().any(|part| matches!(part, Part::Said(..)))
    }
}

/// What the statement was like that made a transaction's first change: its BEGIN says so.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Began {
    /// The default database.
    pub db: String,
    /// It used the time zone.
    pub time_zone: bool,
    /// The microseconds of its second, if it used them.
    pub micros: Option<u32>,
    /// It was an UPDATE of several tables.
    pub several: bool,
    /// It changed a table that foreign keys refer to.
    pub parent: bool,
    /// The databases it changed, if it is logged as text.
    pub databases: Vec<String>,
    /// It is a transaction of its own.
    pub alone: bool,
}

/// What a statement of a transaction adds to its events.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// So many changes, with rows events of their own.
    Changes(u32),
    /// SAVEPOINT, as text.
    Savepoint(String),
    /// So many changes, logged as the statement that made them.
    Said(Box<Said>, u32),
}

/// A statement that is logged as text.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Said {
    /// Its text.
    pub sql: String,
    /// The default database.
    pub db: String,
    /// The databases it changes.
    pub databases: Vec<String>,
    /// It used the time zone.
    pub time_zone: bool,
    /// The microseconds of its second, if it used them.
    pub micros: Option<u32>,
    /// It is an UPDATE of several tables.
    pub several: bool,
    /// LAST_INSERT_ID(), if it asks for it.
    pub last_insert_id: Option<u64>,
    /// The first AUTO_INCREMENT value it made.
    pub insert_id: Option<u64>,
    /// The user variables it reads.
    pub vars: Vec<(String, Value)>,
    /// It has written to its table, even if no row is left of that (INSERT).
    pub tries: bool,
    /// It writes a row that it finds, even if that has the new values already.
    pub blind: bool,
    /// It names the databases of its tables itself.
    pub no_use: bool,
}

/// What a statement that waits for the SQL thread knows of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Awaits {
    /// For how long it waits at most, milliseconds.
    pub at_most_ms: u64,
    /// Its State in SHOW PROCESSLIST.
    pub state: &'static str,
    /// Where the SQL thread was when it last looked.
    pub seen: Option<(String, u64)>,
    /// How often that has changed.
    pub steps: u64,
    /// The time is over.
    pub is_over: bool,
}

/// A savepoint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Savepoint {
    /// Its name.
    pub name: String,
    /// The session's temporary tables then.
    pub temporaries: Vec<Temporary>,
    /// How many changes and parts it had.
    pub at: (u32, u32),
}

/// Counters of SHOW STATUS that begin with `Com_`; one that is not there is 0.
pub type Commands = SortedMap<&'static str, u64>;

/// What a connection carries from statement to statement.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    /// The connection's number.
    pub id: u64,
    /// Who logged in.
    pub user: String,
    /// From where: `localhost`, a name or an address.
    pub host: String,
    /// The client's port, unless it came by the Unix socket.
    pub port: Option<u16>,
    /// The account it was taken for: `root@%`.
    pub account: String,
    /// Whether the account has SUPER.
    pub is_super: bool,
    /// The default database.
    pub db: Option<String>,
    /// What it asked for, as SHOW STATUS counts it.
    pub commands: Commands,
    /// How often it asked.
    pub questions: u64,
    /// LAST_INSERT_ID().
    pub insert_id: u64,
    /// ROW_COUNT().
    pub row_count: i64,
    /// FOUND_ROWS().
    pub found_rows: u64,
    /// SHOW WARNINGS.
    pub warnings: Vec<Warning>,
    /// `@name`.
    pub user_vars: SortedMap<String, Value>,
    /// Session variables that differ from the global ones.
    pub vars: Variables,
    /// The open transaction.
    pub transaction: Option<Transaction>,
    /// LOCK TABLES: database, table, the name it goes by, and whether to write.
    pub locks: Vec<(String, String, String, bool)>,
    /// Its temporary tables, in the order in which they were made.
    pub temporaries: Vec<Temporary>,
    /// PREPARE: name and text.
    pub prepared: SortedMap<String, String>,
    /// Whether it holds FLUSH TABLES WITH READ LOCK.
    pub read_lock: bool,
    /// The isolation level of the next transaction only.
    pub next_isolation: Option<String>,
    /// While its statement waits for rows: the connections that have locked them.
    pub waits: Vec<u64>,
    /// While its statement waits to change the definitions of these tables.
    pub awaited: Vec<(String, String)>,
    /// Whether a BINLOG statement has said of which version its events are.
    pub described: bool,
    /// The transaction that GTID_NEXT names is over: it must be set anew.
    pub gtid_spent: bool,
    /// The zone in which the server's own clock goes.
    pub home: Zone,
    /// While its statement waits for the SQL thread.
    pub awaits: Option<Awaits>,
}

impl Session {
    /// A fresh one.
    pub fn new(id: u64, user: &str, host: &str) -> Session {
        Session {
            id,
            user: user.into(),
            host: host.into(),
            port: None,
            account: format!("{user}@{host}"),
            is_super: true,
            db: None,
            commands: Commands::new(),
            questions: 0,
            insert_id: 0,
            row_count: 0,
            found_rows: 0,
            warnings: Vec::new(),
            user_vars: SortedMap::new(),
            vars: Variables::new(),
            transaction: None,
            locks: Vec::new(),
            temporaries: Vec::new(),
            prepared: SortedMap::new(),
            read_lock: false,
            next_isolation: None,
            waits: Vec::new(),
            awaited: Vec::new(),
            described: false,
            gtid_spent: false,
            home: Zone::System,
            awaits: None,
        }
    }

    /// A temporary table.
    pub fn temporary(&self, db: &str, name: &str) -> Option<&Temporary> {
        self.temporaries.iter().find(|own| own.db == db && own.name == name)
    }

    /// A temporary table, to be changed.
    pub fn temporary_mut(&mut self, db: &str, name: &str) -> Option<&mut Table> {
        let own = self.temporaries.iter_mut().find(|own| own.db == db && own.name == name)?;
        Some(Arc::make_mut(&mut own.table))
    }

    /// Keeps others from changing a row until the transaction ends, if there is one.
    pub fn lock_row(&mut self, db: &str, table: &str, id: u64) {
        if let Some(own) = &mut self.transaction {
            let (db, table, what) = (db.into(), table.into(), Locked::Row(id));
            own.locks.push(RowLock { db, table, what, exclusive: false });
        }
    }

    /// The rows that temporary tables had before go back into those there are still.
    pub fn restore_temporaries(&mut self, before: &[Temporary]) {
        for own in &mut self.temporaries {
            let was = before.iter().find(|was| (&was.db, &was.name) == (&own.db, &own.name));
            let rows = was.map_or_else(Vec::new, |was| was.table.rows.clone());
            if own.table.rows != rows {
                Arc::make_mut(&mut own.table).rows = rows;
            }
        }
    }

    /// Whether a variable that is ON by default is ON.
    pub fn is_on(&self, name: &str) -> bool {
        self.vars.get(name).is_none_or(|value| value == "ON" || value == "1")
    }

    /// When its statement runs, where that is `now` by the clock: SET TIMESTAMP says otherwise.
    /// Microseconds since 1970.
    pub fn moment(&self, now: i64) -> i64 {
        self.vars.get("timestamp").and_then(|micros| micros.parse().ok()).unwrap_or(now)
    }

    /// The zone in which it reads and shows TIMESTAMPs, and in which NOW() is.
    pub fn zone(&self, globals: &Variables) -> Zone {
        let text = self.vars.get("time_zone").or_else(|| globals.get("time_zone"));
        match text.and_then(|text| Zone::parse(text)) {
            None | Some(Zone::System) => self.home,
            Some(zone) => zone,
        }
    }

    /// The connection's number as its events name it: SET pseudo_thread_id says otherwise.
    pub fn thread(&self) -> u32 {
        let said = self.vars.get("pseudo_thread_id").and_then(|id| id.parse().ok());
        said.unwrap_or(self.id as u32)
    }

    /// Notes something for SHOW WARNINGS; at most 64 (`max_error_count`).
    pub fn warn(&mut self, level: &'static str, code: u16, message: impl Into<String>) {
        if level == "Note" && !self.is_on("sql_notes") {
            return;
        }
        if self.warnings.len() < 64 {
            self.warnings.push(Warning { level, code, message: message.into() });
        }
    }
}

//! What a statement can look at.

use std::cell::Cell;

use super::{Rows, Session, Variables};
use crate::base::SortedMap;
use crate::mysql::data::{Catalog, Table, Type, Value, Zone, cut_off};
use crate::mysql::sql::SqlError;

/// A row that is read and written at once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sent {
    /// The number it goes by in warnings, from 1.
    pub number: usize,
    /// Of each of its values, or of all at once: the warnings there were once it was computed, and
    /// what strict mode made of one of them.
    pub parts: Vec<(usize, Option<SqlError>)>,
}

impl Sent {
    /// Whether it cannot be written.
    pub fn has_failed(&self) -> bool {
        self.parts.iter().any(|(_, failed)| failed.is_some())
    }
}

/// How a statement moved a table's AUTO_INCREMENT counter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counted {
    /// The database.
    pub db: String,
    /// The table.
    pub name: String,
    /// Whether SET INSERT_ID said where to begin.
    pub is_forced: bool,
    /// The increment and the offset it was counted by.
    pub steps: (u64, u64),
    /// Where it stood once so many rows had changed, in order.
    pub moves: Vec<(usize, u64)>,
}

impl Counted {
    /// Takes back what was counted for rows that were refused later: the first of `changes` is
    /// not there, nor are those after it.
    pub fn undo_from(&mut self, change: usize) {
        let kept = self.moves.partition_point(|(changes, _)| *changes <= change);
        self.moves.truncate(kept.max(1));
    }

    /// Leaves a table's counter where the statement has left it.
    pub fn keep(&self, table: &mut Table) {
        let Some((_, next)) = self.moves.last() else { return };
        let before = table.auto_increment;
        table.auto_increment = if self.is_forced { before.max(*next) } else { *next };
        table.auto_steps = self.steps;
    }
}

/// What a statement can look at besides its rows.
pub struct Env<'e> {
    /// What it reads: with the session's temporary tables.
    pub catalog: &'e Catalog,
    /// What SHOW TABLES and its like show: without them.
    pub shown: &'e Catalog,
    /// Databases that the account may not see.
    pub hidden: Vec<String>,
    /// Where the SQL thread is in its source's binlog; `None`: it does not run.
    pub applied: Option<(String, u64)>,
    /// Whose it is.
    pub session: &'e mut Session,
    /// Global variables.
    pub globals: &'e Variables,
    /// Microseconds since 1970 by the clock of the session's zone, the same for the whole
    /// statement.
    pub now: i64,
    /// What SYSDATE() shows, which SET TIMESTAMP does not change.
    pub clock: i64,
    /// The session's zone.
    pub zone: Zone,
    /// Whether a moment was converted whose distance from UTC was another than the zone's now.
    pub old_zone: bool,
    /// Whether CONVERT_TZ() was asked for a zone that is not modelled.
    pub other_zone: bool,
    /// 64 bits of chance.
    pub random: &'e mut dyn FnMut() -> u64,
    /// What SLEEP() asked for so far, milliseconds.
    pub sleep_ms: u64,
    /// The AUTO_INCREMENT counter a statement moved. It stays moved if the statement fails.
    pub counted: Option<Counted>,
    /// User variables as they were before it: what kinds of values they have to it.
    pub vars: SortedMap<String, Value>,
    /// Which part of the statement is computed, for error 1054.
    pub clause: &'static str,
    /// The heading of the result that is computed, where it is a CAST and nothing else.
    pub heading: Option<String>,
    /// The row that is computed, from 0, which RAND() with a seed goes by.
    pub row: u64,
    /// Whether what is computed will be written, so that strict mode holds.
    pub writes: bool,
    /// The first of the values that do not fit what is written.
    pub failed: Option<SqlError>,
    /// How deep in views it is.
    pub views: u8,
    /// What is computed once: where in the statement, and what it came to.
    pub once: Vec<(String, Value)>,
    /// The number of the next of them.
    pub once_next: Cell<usize>,
    /// Whether the rows of the next query are written one by one, as they are read.
    pub written: bool,
    /// Whether columns are read only to see if they are NULL (`THD::no_errors`).
    pub is_hushed: bool,
    /// Whether the groups of the query that is answered wait in a temporary table.
    pub in_table: bool,
    /// Of a query whose rows are written one by one: each row's number, how many warnings there
    /// were after it, and why it cannot be written. Empty: they are read first.
    pub sent: Vec<Sent>,
    /// IGNORE: what would be an error is a warning.
    pub ignore: bool,
    /// Whether it is an UPDATE of several tables.
    pub several: bool,
    /// Whether text beyond ASCII was read that its column keeps in UTF-8: how long it is there, and
    /// how it is sorted, is not modelled.
    pub wide: bool,
    /// Whether something was converted by the session's time zone, which its binlog event then
    /// names.
    pub time_zone: bool,
    /// Whether the fraction of the statement's second was used, which its event then names.
    pub micros: bool,
    /// The tables it has read: the name each goes by, its database, its own name.
    pub tables: Vec<(String, String, String)>,
    /// The rows of information_schema.processlist.
    pub processlist: Rows,
    /// Temporary tables it reads: the name of each, the one it goes by, and where in the statement.
    pub opened: Vec<((String, String), String, usize)>,
}

impl<'e> Env<'e> {
    /// At the beginning of a statement that reads: `now` is by UTC, TIMESTAMPs in the catalogs are
    /// as the session's zone shows them ([`super::in_zone`]).
    pub fn new(
        (catalog, shown): (&'e Catalog, &'e Catalog),
        session: &'e mut Session,
        globals: &'e Variables,
        now: i64,
        random: &'e mut dyn FnMut() -> u64,
    ) -> Env<'e> {
        let zone = session.zone(globals);
        Env {
            catalog,
            shown,
            hidden: Vec::new(),
            applied: None,
            vars: session.user_vars.clone(),
            session,
            globals,
            now: now + zone.ahead(),
            clock: now + zone.ahead(),
            zone,
            old_zone: false,
            other_zone: false,
            random,
            sleep_ms: 0,
            counted: None,
            clause: "field list",
            heading: None,
            wide: false,
            row: 0,
            time_zone: false,
            micros: false,
            writes: false,
            failed: None,
            views: 0,
            once: Vec::new(),
            once_next: Cell::new(0),
            written: false,
            is_hushed: false,
            in_table: false,
            sent: Vec::new(),
            ignore: false,
            several: false,
            tables: Vec::new(),
            opened: Vec::new(),
            processlist: Rows::default(),
        }
    }

    /// Notes what a table's name means from here on.
    pub(super) fn note_table(&mut self, alias: &str, db: &str, table: &str) {
        let known = (alias.into(), db.into(), table.into());
        if self.tables.last() != Some(&known) {
            self.tables.push(known);
        }
    }

    /// Error 1137 if a temporary table is read in two places of a statement.
    pub(super) fn open(
        &mut self,
        db: &str,
        table: &str,
        alias: &str,
        place: usize,
    ) -> Result<(), SqlError> {
        if self.session.temporary(db, table).is_none() {
            return Ok(());
        }
        let same = |((d, t), ..): &&((String, String), String, usize)| d == db && t == table;
        match self.opened.iter().find(same) {
            Some((_, alias, other)) if *other != place => {
                Err(SqlError::new(1137, format!("Can't reopen table: '{alias}'")))
            }
            Some(_) => Ok(()),
            None => {
                self.opened.push(((db.into(), table.into()), alias.into(), place));
                Ok(())
            }
        }
    }

    /// At the end of a statement: error 1235 if it was about zones that are not modelled.
    pub fn check_zones(&self) -> Result<(), SqlError> {
        match (self.old_zone, self.other_zone) {
            (true, _) => Err(SqlError::not_modelled("the summers of 1986 to 1991 in China")),
            (_, true) => Err(SqlError::not_modelled("this time zone in CONVERT_TZ()")),
            _ => Ok(()),
        }
    }

    /// A moment of UTC as the session's zone shows it.
    pub(super) fn local(&mut self, moment: i64) -> i64 {
        self.old_zone |= self.zone.was_other(moment);
        moment.saturating_add(self.zone.ahead())
    }

    /// The moment of UTC that the session's zone shows so.
    pub(super) fn utc(&mut self, shown: i64) -> i64 {
        let moment = shown.saturating_sub(self.zone.ahead());
        self.old_zone |= self.zone.was_other(moment);
        moment
    }

    /// NOW(), with so many digits after the point; the others are cut off.
    pub(super) fn now_with(&mut self, digits: u8) -> Value {
        self.micros |= digits > 0;
        Value::Moment(cut_off(self.now, digits), digits)
    }

    /// NOW() as a column of this type keeps it.
    pub(super) fn now_for(&mut self, kind: &Type) -> Value {
        // A TIMESTAMP is kept as it is; a DATETIME is what the clock on the wall shows.
        self.time_zone |= matches!(kind, Type::DateTime(_));
        self.now_with(kind.second_digits().unwrap_or(0))
    }

    /// A value is not what it should be: a warning, or the statement's error ([`Env::check`]) where
    /// it is written in strict mode. Models `Strict_error_handler` of sql/error_handler.cc.
    pub(super) fn complain(&mut self, code: u16, message: impl Into<String>) {
        let message = message.into();
        if !self.writes || self.is_lenient() {
            return self.session.warn("Warning", code, message);
        }
        self.session.warn("Error", code, message.clone());
        self.failed.get_or_insert(SqlError::new(code, message));
    }

    /// Once a row is complete: the first error that strict mode made of a value, if any.
    pub(super) fn check(&mut self) -> Result<(), SqlError> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Whether sql_mode has this in it.
    pub(super) fn has_mode(&self, name: &str) -> bool {
        let mode = self.session.vars.get("sql_mode").or_else(|| self.globals.get("sql_mode"));
        mode.is_none_or(|mode| mode.split(',').any(|one| one == name))
    }

    /// Whether values that do not fit are made to fit, with a warning.
    pub(super) fn is_lenient(&self) -> bool {
        let mode = self.session.vars.get("sql_mode").or_else(|| self.globals.get("sql_mode"));
        self.ignore || mode.is_some_and(|mode| !mode.contains("STRICT_"))
    }
}

//! Which numbers AUTO_INCREMENT gives, and where that leaves a table's counter: the handler asks
//! for as many as it expects to need (`handler::update_auto_increment`), and InnoDB counts on
//! (`ha_innobase::get_auto_increment`, `write_row`, `update_row`; `innodb_autoinc_lock_mode` is 1).

use super::Env;
use super::dml::Work;
use super::env::Counted;
use super::store::store;
use super::variable::variable_text;
use crate::mysql::data::{Table, Type, Value};
use crate::mysql::sql::SqlError;

/// `auto_increment_increment` and `auto_increment_offset`.
struct Steps {
    /// From one number to the next; at least 1.
    by: u64,
    /// As it is set.
    from: u64,
}

/// Those of the session that runs.
fn steps(env: &Env) -> Steps {
    let of = |name: &str| variable_text(false, name, env).and_then(|text| text.parse().ok());
    let by = of("auto_increment_increment").unwrap_or(1).max(1);
    Steps { by, from: of("auto_increment_offset").unwrap_or(1) }
}

impl Steps {
    /// The first one that is not below `least`. An offset beyond the increment is not ignored, for
    /// all the manual says. Models `compute_next_insert_id` (sql/handler.cc).
    fn first_from(&self, least: u64) -> u64 {
        if self.by == 1 {
            return least.max(1);
        }
        let extents = least.max(1).wrapping_add(self.by - 1).wrapping_sub(self.from) / self.by;
        extents.wrapping_mul(self.by).wrapping_add(self.from)
    }
}

/// Where `count` numbers after `used` end. Models `innobase_next_autoinc`.
fn counted_on(used: u64, count: u64, (by, from): (u64, u64), max: u64) -> u64 {
    let from = if from > by { 0 } else { from };
    let next = (used.abs_diff(from) / by + count).saturating_mul(by).saturating_add(from);
    next.min(max)
}

/// The numbers of one INSERT or REPLACE.
pub(super) struct Numbering {
    steps: Steps,
    /// The next one to give, and where those that are reserved end; 0: none yet.
    next: u64,
    until: u64,
    /// How often some were reserved.
    times: u32,
    /// How many rows the statement names; 0: it reads them.
    wanted: u64,
    /// Rows still to be written of those InnoDB was told of (`trx->n_autoinc_rows`).
    rows: u64,
    /// What InnoDB has counted up to for this statement (`autoinc_last_value`).
    last: u64,
    /// The greatest number the column holds.
    max: u64,
    /// Whether SET INSERT_ID says where to begin.
    is_forced: bool,
    is_innodb: bool,
    /// `next` before the row that is written now, and the number made for it.
    before: (u64, u64),
}

impl Numbering {
    /// `wanted`: how many rows are named; 0 where they are read.
    pub fn new(table: &Table, wanted: u64, env: &Env) -> Numbering {
        Numbering {
            steps: steps(env),
            next: 0,
            until: 0,
            times: 0,
            wanted,
            rows: 0,
            last: 0,
            max: table.auto_column().map_or(0, |at| greatest(&table.columns[at].kind)),
            is_forced: env.session.vars.contains_key("insert_id"),
            is_innodb: table.engine == "InnoDB",
            before: (0, 0),
        }
    }

    /// The number of a row that names none. Error 1467: there is none left.
    pub fn give(&mut self, table: &mut Table) -> Result<u64, SqlError> {
        let mut number = self.next;
        if number >= self.until {
            let first = self.reserve(table);
            if first > self.max {
                let text = "Failed to read auto-increment value from storage engine";
                return Err(SqlError::new(1467, text));
            }
            number = self.steps.first_from(first);
            let room = self.steps.by.saturating_mul(self.rows);
            let is_open = self.is_forced || !self.is_innodb;
            self.until = if is_open { u64::MAX } else { number.saturating_add(room) };
            self.times += 1;
        }
        self.before = (self.next, number);
        self.next = self.steps.first_from(number.saturating_add(1));
        Ok(number)
    }

    /// Has the engine count on; the first of the numbers that are now this statement's.
    fn reserve(&mut self, table: &mut Table) -> u64 {
        let counter = table.auto_increment;
        if self.is_forced || !self.is_innodb {
            return counter.max(self.next);
        }
        // Once the first guess is used up, or without one: 1, 2, 4 … more.
        let guessed = self.times == 0 && self.wanted > 0;
        let count = if guessed { self.wanted } else { 1 << self.times.min(16) };
        let mut first = if self.last == 0 { self.next.max(counter) } else { self.next };
        if self.rows == 0 {
            (self.rows, first) = (count, first.max(counter));
        }
        let Steps { by, from } = self.steps;
        // A smaller increment holds from the number before on.
        if table.auto_steps.0 > by {
            let used = counter.saturating_sub(table.auto_steps.0);
            first = counted_on(used, 1, (by, 1), self.max);
            table.auto_increment = first;
        }
        self.last = counted_on(first, self.rows, (by, from), self.max);
        table.auto_increment = table.auto_increment.max(self.last);
        table.auto_steps = (by, from);
        first
    }

    /// A row names its number.
    pub fn named(&mut self, number: u64) {
        self.before = (self.next, 0);
        self.passed(number);
    }

    fn passed(&mut self, number: u64) {
        if self.next > 0 && number >= self.next {
            self.next = self.steps.first_from(number.saturating_add(1));
        }
    }

    /// The row is written.
    pub fn wrote(&mut self, number: u64, table: &mut Table) {
        self.rows = self.rows.saturating_sub(1);
        if number >= self.last {
            self.count(number, table);
        }
    }

    /// Another row is in its way. `counts`: the statement is one whose refused rows count too.
    pub fn refused(&mut self, number: u64, counts: bool, table: &mut Table) {
        self.rows = self.rows.saturating_sub(1);
        if counts && self.is_innodb {
            self.count(number, table);
        }
    }

    /// The row is not there after all: the next one takes its number.
    pub fn take_back(&mut self) {
        let (before, made) = self.before;
        self.next = if before > 0 { before } else { made };
    }

    /// ON DUPLICATE KEY UPDATE has left this number in the row that was there.
    pub fn updated(&mut self, number: u64, table: &mut Table) {
        self.count(number, table);
        self.passed(number);
    }

    fn count(&self, number: u64, table: &mut Table) {
        if number > self.max {
            return;
        }
        let steps = if self.is_innodb { table.auto_steps } else { (1, 0) };
        let next = counted_on(number, 1, steps, self.max);
        table.auto_increment = table.auto_increment.max(next);
    }

    /// Notes where the counter is once so many rows have changed.
    pub fn note(&self, (db, name): (&str, &str), table: &Table, changes: usize, env: &mut Env) {
        let counted = env.counted.get_or_insert_with(|| Counted {
            db: db.into(),
            name: name.into(),
            is_forced: self.is_forced,
            steps: table.auto_steps,
            moves: Vec::new(),
        });
        counted.steps = table.auto_steps;
        counted.moves.push((changes, table.auto_increment));
    }
}

impl Work {
    /// A row with the AUTO_INCREMENT value it is given (0: none). That comes last: a value that
    /// does not fit leaves the counter alone.
    pub fn numbered(
        &mut self,
        mut row: Vec<Value>,
        number: usize,
        numbering: &mut Numbering,
        env: &mut Env,
    ) -> Result<(Vec<Value>, u64), SqlError> {
        let Some(at) = self.table.auto_column() else { return Ok((row, 0)) };
        let is_zero = !row[at].is_null() && row[at].number().round() == 0;
        if row[at].number().round() != 0 || is_zero && env.has_mode("NO_AUTO_VALUE_ON_ZERO") {
            numbering.named(self.number(&row));
            self.note_counter(numbering, env);
            return Ok((row, 0));
        }
        let made = numbering.give(&mut self.table)?;
        self.note_counter(numbering, env);
        row[at] = store(&self.table.columns[at], Value::Int(made.into()), number, env)?;
        env.check()?;
        Ok((row, made))
    }

    /// A row's AUTO_INCREMENT value; 0: none, or one below 0.
    pub fn number(&self, row: &[Value]) -> u64 {
        let at = self.table.auto_column();
        at.map_or(0, |at| u64::try_from(row[at].number().round()).unwrap_or(0))
    }

    /// Another row is in its way, and it does not come in. `is_read`: the rows come from a SELECT.
    pub fn left_out(
        &mut self,
        row: &[Value],
        is_read: bool,
        numbering: &mut Numbering,
        env: &mut Env,
    ) {
        numbering.refused(self.number(row), is_read, &mut self.table);
        self.note_counter(numbering, env);
        numbering.take_back();
    }

    /// ON DUPLICATE KEY UPDATE has looked at a row.
    pub fn updated(&mut self, id: u64, has_changed: bool, numbering: &mut Numbering) {
        let number = self.table.row(id).map(|row| self.number(&row.values));
        if let Some(number) = number.filter(|_| has_changed) {
            numbering.updated(number, &mut self.table);
        }
    }

    pub fn note_counter(&self, numbering: &Numbering, env: &mut Env) {
        if self.table.auto_column().is_some() {
            let name = (self.db.as_str(), self.name.as_str());
            numbering.note(name, &self.table, self.changes.len(), env);
        }
    }
}

/// The greatest number of a column (`innobase_get_int_col_max_value`).
pub(super) fn greatest(kind: &Type) -> u64 {
    match kind {
        Type::Int { bytes, unsigned, .. } => {
            u64::MAX >> (64 - 8 * u32::from(*bytes) + u32::from(!unsigned))
        }
        Type::Real { single: true, .. } => 1 << 24,
        _ => 1 << 53,
    }
}

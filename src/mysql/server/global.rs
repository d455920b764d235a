//! SET.

use super::charset::set_names;
use super::claims::refuses;
use super::gtids::{GtidMode, is_warn};
use super::options::{switch, verbosity};
use super::releases::{former_name, is_gone, is_new};
use super::replica::sql_thread_runs;
use super::setting::mode_names;
use super::statement::{Done, Outcome};
use super::variables::{CHOICES, DEFAULTS, GLOBAL_ONLY, READ_ONLY, is_switch};
use super::{Mysqld, pod};
use crate::mysql::binlog::Gtid;
use crate::mysql::data::{Charset, Value};
use crate::mysql::run::{Scope, Session, collation_of, evaluate, unused_variable};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Assignment, Expr};
use crate::os::Sys;
use crate::trace::fact::{MysqlFact, StatementClass};

impl Mysqld {
    pub(super) fn set(
        &mut self,
        assignments: &[Assignment],
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Outcome {
        // All values are computed before any is set (`set_var_user::check`).
        let mut own = Vec::new();
        for assignment in assignments {
            let Assignment::User(name, expr) = assignment else { continue };
            let (value, _) =
                self.reading(session, sys, |env| evaluate(expr, &Scope::EMPTY, env))?;
            own.push((name.to_ascii_lowercase(), value.kept()));
        }
        // All are checked before any is set: of those that can be undone, none stays.
        let before = (self.globals.clone(), session.vars.clone(), session.next_isolation.clone());
        for assignment in assignments {
            if let Err(error) = self.assign(assignment, session, sys) {
                (self.globals, session.vars, session.next_isolation) = before;
                return Err(error);
            }
        }
        session.user_vars.extend(own);
        self.tell_of_globals(assignments, sys);
        Ok(Done::affected(0, StatementClass::Admin))
    }

    /// Once all are set: those the page shows.
    fn tell_of_globals(&self, assignments: &[Assignment], sys: &mut dyn Sys) {
        for assignment in assignments {
            let Assignment::System { global: true, name, .. } = assignment else { continue };
            if matches!(name.as_str(), "read_only" | "super_read_only" | "server_id") {
                let value = self.global(name).to_string();
                tell!(sys, MysqlFact::GlobalSet { pod: pod(sys), name: name.clone(), value });
            }
        }
    }

    fn assign(
        &mut self,
        assignment: &Assignment,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        match assignment {
            Assignment::User(..) => Ok(()),
            Assignment::Names(name) => {
                if Charset::parse(name).is_none() && name != "binary" {
                    return Err(SqlError::new(1115, format!("Unknown character set: '{name}'")));
                }
                set_names(name, session);
                Ok(())
            }
            Assignment::Isolation { global: false, session: false, level } => {
                if session.transaction.is_some() {
                    let text = "Transaction characteristics can't be changed while a transaction \
                                is in progress";
                    return Err(SqlError::new(1568, text));
                }
                session.next_isolation = Some(level.clone());
                Ok(())
            }
            Assignment::Isolation { global, level, .. } => {
                if *global {
                    LEVEL_NAMES.iter().for_each(|name| self.keep_own(name, session));
                }
                self.set_level(*global, level, session);
                Ok(())
            }
            Assignment::System { global: false, name, value }
                if REPLAYED.contains(&name.as_str()) =>
            {
                self.assign_replayed(name, value.as_ref(), session, sys)
            }
            Assignment::System { global, name, value } => {
                self.assign_system(*global, name, value.as_ref(), session, sys)
            }
        }
    }

    fn assign_system(
        &mut self,
        global: bool,
        name: &str,
        value: Option<&Expr>,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if COUNTERS.contains(&name) && !global {
            return self.assign_counter(name, value, session, sys);
        }
        if is_gone(name, &self.release) {
            return Err(SqlError::new(1193, format!("Unknown system variable '{name}'")));
        }
        let default = DEFAULTS.iter().find(|(known, _)| *known == name);
        if let (None, Some(former)) = (default, former_name(name, &self.release)) {
            return self.assign_system(global, &former, value, session, sys);
        }
        let (_, default) = default.ok_or_else(|| unknown(name, &self.release))?;
        check_scope(name, global)?;
        if global || matches!(name, "sql_log_bin" | "binlog_format") {
            self.need_super(session)?;
        }
        let text = match value {
            // A session's default is what is set for all.
            None if !global => self.global(name).to_string(),
            None => (*default).to_string(),
            Some(expr) => {
                let (value, _) = match bare_word(expr) {
                    Some(word) => (Value::Text(word), 0),
                    None => self.reading(session, sys, |env| evaluate(expr, &Scope::EMPTY, env))?,
                };
                checked(name, &value, default)?
            }
        };
        let text = if name == "time_zone" { self.zone_of(&text, sys)?.text() } else { text };
        self.check_replication(name, &text, global, session)?;
        if refuses(name, &text) {
            return Err(SqlError::not_modelled(format!("SET {name} = {text}")));
        }
        if name.starts_with("profiling") {
            let text = format!("'@@{name}' is deprecated and will be removed in a future release.");
            session.warn("Warning", 1287, text);
        }
        if name == "sql_mode" {
            let own = session.vars.get(name).filter(|_| !global);
            let before = own.map_or_else(|| self.global(name).to_string(), String::clone);
            deprecated_modes(&before, &text, session);
        }
        let text = bounded(name, text, session);
        if global {
            let names = if LEVEL_NAMES.contains(&name) { &LEVEL_NAMES[..] } else { &[name] };
            names.iter().for_each(|name| self.keep_own(name, session));
        }
        if LEVEL_NAMES.contains(&name) {
            self.set_level(global, &level(name, &text)?, session);
            return Ok(());
        }
        if let Some(set) = self.set_gtid_global(name, &text, session.id, sys) {
            return set;
        }
        if global {
            self.set_global_checked(name, text);
            return Ok(());
        }
        self.set_own(name, text, session, sys)
    }

    /// What a session counts.
    fn assign_counter(
        &mut self,
        name: &str,
        value: Option<&Expr>,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let Some(expr) = value else { return Ok(()) };
        let (value, _) = self.reading(session, sys, |env| evaluate(expr, &Scope::EMPTY, env))?;
        let id = u64::try_from(value.number().round()).unwrap_or(0);
        match name {
            "last_insert_id" | "identity" => session.insert_id = id,
            // The next row is numbered so.
            "insert_id" if id > 0 => drop(session.vars.insert(name.into(), id.to_string())),
            _ => return Err(SqlError::not_modelled(format!("SET {name}"))),
        }
        Ok(())
    }

    /// A session's own value.
    fn set_own(
        &mut self,
        name: &str,
        text: String,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        session.vars.insert(name.to_string(), text);
        session.gtid_spent &= name != "gtid_next";
        follow_collation(name, session);
        // Switching it on commits what is open.
        if name == "autocommit" && session.is_on("autocommit") {
            self.commit_statement(session.id, session, sys)?;
        }
        Ok(())
    }

    /// The isolation level, under both its names.
    fn set_level(&mut self, global: bool, level: &str, session: &mut Session) {
        for name in LEVEL_NAMES {
            if global {
                self.set_global(name, level);
            } else {
                session.vars.insert(name.into(), level.into());
            }
        }
    }

    /// What `mysqlbinlog` says of the session that it replays.
    fn assign_replayed(
        &mut self,
        name: &str,
        value: Option<&Expr>,
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let value = value
            .map(|expr| self.reading(session, sys, |env| evaluate(expr, &Scope::EMPTY, env)))
            .transpose()?
            .map(|(value, _)| value.number());
        if name != "timestamp" {
            self.need_super(session)?;
        }
        let text = match (name, value) {
            ("timestamp", Some(seconds)) if seconds.round() > 0 => {
                seconds.rescale(6).map_or(0, |micros| micros.unscaled).to_string()
            }
            ("pseudo_thread_id", Some(id)) => id.round().to_string(),
            _ => {
                session.vars.remove(name);
                return Ok(());
            }
        };
        session.vars.insert(name.into(), text);
        Ok(())
    }

    /// Settings that replication stands against, or that are not modelled.
    fn check_replication(
        &self,
        name: &str,
        text: &str,
        global: bool,
        session: &Session,
    ) -> Result<(), SqlError> {
        let upper = text.to_ascii_uppercase();
        match name {
            "binlog_format" if !global && session.transaction.is_some() => {
                let text = "Cannot modify @@session.binlog_format inside a transaction";
                Err(SqlError::new(1679, text))
            }
            "binlog_format"
                if !global && upper == "STATEMENT" && !session.temporaries.is_empty() =>
            {
                let text = "Cannot switch out of the row-based binary log format when the session \
                            has open temporary tables";
                Err(SqlError::new(1559, text))
            }
            "sql_slave_skip_counter" if global && self.replica.applier.running => {
                Err(sql_thread_runs())
            }
            "slave_parallel_type" if self.replica.applier.running => Err(SqlError::new(
                3017,
                "This operation cannot be performed with a running slave sql thread; run STOP \
                 SLAVE SQL_THREAD first",
            )),
            "gtid_mode" => self.check_gtid_mode(GtidMode::named(text)),
            "enforce_gtid_consistency" if upper != "ON" && self.gtid_mode() == GtidMode::On => {
                let text = "GTID_MODE = ON requires ENFORCE_GTID_CONSISTENCY = ON.";
                Err(SqlError::new(1779, text))
            }
            "gtid_next" if session.transaction.is_some() => Err(SqlError::new(
                1768,
                "The system variable gtid_next cannot be set when there is an ongoing \
                 transaction.",
            )),
            "gtid_next" if upper == "AUTOMATIC" => Ok(()),
            "gtid_next" if upper == "ANONYMOUS" && self.gtid_mode() == GtidMode::On => {
                Err(SqlError::new(
                    1782,
                    "@@SESSION.GTID_NEXT cannot be set to ANONYMOUS when @@GLOBAL.GTID_MODE = ON.",
                ))
            }
            "gtid_next" if upper == "ANONYMOUS" => Ok(()),
            "gtid_next" if Gtid::parse(text).is_some() && self.gtid_mode() > GtidMode::Off => {
                Ok(())
            }
            "gtid_next" if Gtid::parse(text).is_some() => Err(SqlError::new(
                1781,
                "@@SESSION.GTID_NEXT cannot be set to UUID:NUMBER when @@GLOBAL.GTID_MODE = OFF.",
            )),
            "sql_slave_skip_counter" if self.gtid_mode() == GtidMode::On => Err(SqlError::new(
                1858,
                "sql_slave_skip_counter can not be set when the server is running with \
                 @@GLOBAL.GTID_MODE = ON. Instead, for each transaction that you want to skip, \
                 generate an empty transaction with the same GTID as the transaction",
            )),
            "gtid_next" => {
                Err(SqlError::new(1774, format!("Malformed GTID specification '{text}'.")))
            }
            _ => Ok(()),
        }
    }

    fn set_global_checked(&mut self, name: &str, text: String) {
        match (name, text.as_str()) {
            ("super_read_only", "ON") => self.set_global("read_only", "ON"),
            ("read_only", "OFF") => self.set_global("super_read_only", "OFF"),
            _ => {}
        }
        if let Some((other, value)) = verbosity(name, &text) {
            self.set_global(other, value);
        }
        self.set_global(name, text);
    }
}

/// Counters that a session may set.
const COUNTERS: [&str; 5] = ["insert_id", "last_insert_id", "identity", "rand_seed1", "rand_seed2"];

/// The two names of one variable.
const LEVEL_NAMES: [&str; 2] = ["transaction_isolation", "tx_isolation"];

/// An isolation level, by its name or its number.
fn level(name: &str, text: &str) -> Result<String, SqlError> {
    const LEVELS: [&str; 4] =
        ["READ-UNCOMMITTED", "READ-COMMITTED", "REPEATABLE-READ", "SERIALIZABLE"];
    let upper = text.to_ascii_uppercase();
    let by_number = || LEVELS.get(text.parse::<usize>().ok()?).copied();
    let known = LEVELS.iter().find(|level| **level == upper).copied().or_else(by_number);
    let text = format!("Variable '{name}' can't be set to the value of '{text}'");
    known.map(String::from).ok_or_else(|| SqlError::new(1231, text))
}

/// Variables of a session that a binlog is replayed in. The first one changes nothing here.
const REPLAYED: [&str; 3] = ["pseudo_slave_mode", "pseudo_thread_id", "timestamp"];

/// What has no value of the kind that is to be set.
fn check_scope(name: &str, global: bool) -> Result<(), SqlError> {
    if READ_ONLY.contains(&name) {
        let text = format!("Variable '{name}' is a read only variable");
        return Err(SqlError::new(1238, text));
    }
    if GLOBAL_ONLY.contains(&name) && !global {
        if name == "max_allowed_packet" {
            let text = "SESSION variable 'max_allowed_packet' is read-only. Use SET GLOBAL to \
                        assign the value";
            return Err(SqlError::new(1621, text));
        }
        let text =
            format!("Variable '{name}' is a GLOBAL variable and should be set with SET GLOBAL");
        return Err(SqlError::new(1229, text));
    }
    if name == "sql_log_bin" && global {
        let text = "Variable 'sql_log_bin' is a SESSION variable and can't be used with SET GLOBAL";
        return Err(SqlError::new(1228, text));
    }
    Ok(())
}

fn unknown(name: &str, release: &str) -> SqlError {
    match unused_variable(name).is_some() || is_new(name, release) {
        true => SqlError::not_modelled(format!("SET {name}")),
        false => SqlError::new(1193, format!("Unknown system variable '{name}'")),
    }
}

/// What 5.7 says of modes that 8.0 no longer has, or has made part of the strict one
/// (`check_sql_mode` of sys_vars.cc).
fn deprecated_modes(before: &str, after: &str, session: &mut Session) {
    let has = |modes: &str, mode: &str| modes.split(',').any(|one| one == mode);
    let three = ["NO_ZERO_DATE", "NO_ZERO_IN_DATE", "ERROR_FOR_DIVISION_BY_ZERO"];
    let strict = has(after, "STRICT_TRANS_TABLES") || has(after, "STRICT_ALL_TABLES");
    let count = three.iter().filter(|mode| has(after, mode)).count();
    if (strict, count) != (false, 0) && (strict, count) != (true, 3) {
        let text = "'NO_ZERO_DATE', 'NO_ZERO_IN_DATE' and 'ERROR_FOR_DIVISION_BY_ZERO' sql modes \
                    should be used with strict mode. They will be merged with strict mode in a \
                    future release.";
        session.warn("Warning", 3135, text);
    }
    if has(before, "NO_AUTO_CREATE_USER") != has(after, "NO_AUTO_CREATE_USER") {
        let text = "Changing sql mode 'NO_AUTO_CREATE_USER' is deprecated. It will be removed in a \
                    future release.";
        session.warn("Warning", 3090, text);
    }
}

/// A character set follows its collation, and the other way round.
fn follow_collation(name: &str, session: &mut Session) {
    let Some(value) = session.vars.get(name).cloned() else { return };
    let other = match name.split_once('_') {
        Some(("collation", what)) if what != "database" => {
            Charset::of_collation(&value).map(|set| (format!("character_set_{what}"), set.name()))
        }
        Some(("character", "set_connection" | "set_server")) => Charset::parse(&value)
            .map(|set| (name.replace("character_set", "collation"), set.collation())),
        _ => None,
    };
    if let Some((other, value)) = other {
        session.vars.insert(other, value.into());
    }
}

/// Bounds of numbers (sql/sys_vars.cc).
pub(super) const BOUNDS: [(&str, u64, u64); 18] = [
    ("auto_increment_increment", 1, 65_535),
    ("auto_increment_offset", 1, 65_535),
    ("connect_timeout", 2, 31_536_000),
    ("expire_logs_days", 0, 99),
    ("group_concat_max_len", 4, u64::MAX),
    ("innodb_lock_wait_timeout", 1, 1_073_741_824),
    ("interactive_timeout", 1, 31_536_000),
    ("log_error_verbosity", 1, 3),
    ("log_warnings", 0, u64::MAX),
    ("lock_wait_timeout", 1, 31_536_000),
    ("max_allowed_packet", 1_024, 1_073_741_824),
    ("max_binlog_size", 4_096, 1_073_741_824),
    ("max_connect_errors", 1, u64::MAX),
    ("max_connections", 1, 100_000),
    ("max_relay_log_size", 0, 1_073_741_824),
    ("server_id", 0, 4_294_967_295),
    ("slave_net_timeout", 1, 31_536_000),
    ("wait_timeout", 1, 31_536_000),
];

/// `net_buffer_length`, which nobody changes here.
const NET_BUFFER_LENGTH: u64 = 16_384;

/// Numbers that are kept as multiples of this (BLOCK_SIZE in sql/sys_vars.cc).
const BLOCKS: [(&str, u64); 3] =
    [("max_allowed_packet", 1_024), ("max_binlog_size", 4_096), ("max_relay_log_size", 4_096)];

/// A number rounded down to its variable's block, then within its bounds
/// (`getopt_ull_limit_value`).
pub(super) fn fitted(name: &str, number: u64, low: u64, high: u64) -> u64 {
    let block = BLOCKS.iter().find(|(known, _)| *known == name).map_or(1, |(_, block)| *block);
    let number = number.min(high);
    (number - number % block).max(low)
}

/// A number within its variable's bounds; a warning if it was not.
fn bounded(name: &str, text: String, session: &mut Session) -> String {
    let Ok(number) = text.parse::<i128>() else { return text };
    let known = BOUNDS.iter().find(|(known, ..)| *known == name);
    let (low, high) = known.map_or((0, u64::MAX), |(_, low, high)| (*low, *high));
    let kept = fitted(name, u64::try_from(number.max(0)).unwrap_or(u64::MAX), low, high);
    if i128::from(kept) != number {
        let text = format!("Truncated incorrect {name} value: '{number}'");
        session.warn("Warning", 1292, text);
    }
    if name == "max_allowed_packet" && kept < NET_BUFFER_LENGTH {
        let text = "The value of 'max_allowed_packet' should be no less than the value of \
                    'net_buffer_length'";
        session.warn("Warning", 1708, text);
    }
    kept.to_string()
}

/// What sql_mode may be made of.
pub(super) const SQL_MODES: [&str; 22] = [
    "ALLOW_INVALID_DATES",
    "ANSI",
    "ANSI_QUOTES",
    "ERROR_FOR_DIVISION_BY_ZERO",
    "HIGH_NOT_PRECEDENCE",
    "IGNORE_SPACE",
    "NO_AUTO_CREATE_USER",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_BACKSLASH_ESCAPES",
    "NO_DIR_IN_CREATE",
    "NO_ENGINE_SUBSTITUTION",
    "NO_UNSIGNED_SUBTRACTION",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "ONLY_FULL_GROUP_BY",
    "PAD_CHAR_TO_FULL_LENGTH",
    "PIPES_AS_CONCAT",
    "REAL_AS_FLOAT",
    "STRICT_ALL_TABLES",
    "STRICT_TRANS_TABLES",
    "TRADITIONAL",
    "NO_KEY_OPTIONS",
];

/// `ON`, `OFF`, `ROW` … without quotes.
fn bare_word(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Column { table: None, name } => Some(name.clone()),
        _ => None,
    }
}

fn checked(name: &str, value: &Value, default: &str) -> Result<String, SqlError> {
    if is_warn(name, &value.text()) {
        return Ok("WARN".into());
    }
    let text = value.text();
    let wrong = || {
        let shown = value.shown().unwrap_or_else(|| "NULL".into());
        SqlError::new(1231, format!("Variable '{name}' can't be set to the value of '{shown}'"))
    };
    if is_switch(name) {
        return switch(&text).map(String::from).ok_or_else(wrong);
    }
    if let Some((_, choices)) = CHOICES.iter().find(|(known, _)| *known == name) {
        let number = usize::try_from(value.number().round()).ok().filter(|_| value.is_number());
        let choice = match number {
            Some(at) => choices.get(at),
            None => choices.iter().find(|choice| choice.eq_ignore_ascii_case(&text)),
        };
        return choice.map(|choice| (*choice).to_string()).ok_or_else(wrong);
    }
    if let (true, Some((what @ ("character" | "collation"), _))) =
        (value.is_number(), name.split_once('_'))
    {
        let known = u16::try_from(value.number().round()).ok().and_then(collation_of);
        return match (what, known) {
            ("character", Some((set, _))) => Ok(set.into()),
            ("character", None) => {
                Err(SqlError::new(1115, format!("Unknown character set: '{text}'")))
            }
            (_, Some((_, collation))) => Ok(collation.into()),
            (_, None) => Err(SqlError::new(1273, format!("Unknown collation: '{text}'"))),
        };
    }
    if name == "lc_time_names" && value.is_number() {
        let is_first = value.number().round() == 0;
        return is_first.then(|| default.to_string()).ok_or_else(wrong);
    }
    if name == "time_zone" && value.is_null() {
        return Err(wrong());
    }
    if name == "time_zone" && value.is_number() {
        return Err(SqlError::new(1232, format!("Incorrect argument type to variable '{name}'")));
    }
    if name == "sql_mode" && value.is_number() {
        let number = u64::try_from(value.number().round()).ok();
        return number.and_then(mode_names).ok_or_else(wrong);
    }
    if name == "sql_mode" {
        let unknown = |mode: &&str| {
            !mode.is_empty() && !SQL_MODES.contains(&mode.to_ascii_uppercase().as_str())
        };
        if let Some(mode) = text.split(',').map(str::trim).find(unknown) {
            let text = format!("Variable 'sql_mode' can't be set to the value of '{mode}'");
            return Err(SqlError::new(1231, text));
        }
        return Ok(text.to_ascii_uppercase());
    }
    if default.parse::<u64>().is_ok() {
        if !matches!(value, Value::Int(_) | Value::Padded(..)) {
            return Err(SqlError::new(
                1232,
                format!("Incorrect argument type to variable '{name}'"),
            ));
        }
        return Ok(value.number().round().to_string());
    }
    Ok(text)
}

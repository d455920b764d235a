//! Changes that are logged as the statement that made them (binlog_format STATEMENT and MIXED):
//! what is logged in front of it, and which statements are unsafe. Models
//! `THD::decide_logging_format` and `MYSQL_BIN_LOG::write_event` of 5.7.

use super::Mysqld;
use crate::mysql::binlog::{Event, QueryEvent};
use crate::mysql::data::Value;
use crate::mysql::run::{Answer, Began, Part, Said, Session};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{InsertSource, Source, Statement, TableName};
use crate::mysql::sql::lex::{Kind, Token, tokens};

const LIMIT: &str = "The statement is unsafe because it uses a LIMIT clause. This is unsafe \
                     because the set of rows included cannot be predicted.";
const FUNCTION: &str = "Statement is unsafe because it uses a system function that may return a \
                        different value on the slave.";
const VARIABLE: &str = "Statement is unsafe because it uses a system variable that may have a \
                        different value on the slave.";
const COUNTER: &str = "Statements writing to a table with an auto-increment column after selecting \
                       from another table are unsafe because the order in which rows are retrieved \
                       determines what (if any) rows will be written. This order cannot be \
                       predicted and may differ on master and the slave.";
const TWO_KEYS: &str = "INSERT... ON DUPLICATE KEY UPDATE  on a table with more than one UNIQUE \
                        KEY is unsafe";

const UPDATE_IGNORE: &str = "UPDATE IGNORE is unsafe because the order in which rows are updated \
                             determines which (if any) rows are ignored. This order cannot be \
                             predicted and may differ on master and the slave.";
const IGNORE_SELECT: &str = "INSERT IGNORE... SELECT is unsafe because the order in which rows are \
                             retrieved by the SELECT determines which (if any) rows are ignored. \
                             This order cannot be predicted and may differ on master and the \
                             slave.";
const REPLACE_SELECT: &str = "REPLACE... SELECT is unsafe because the order in which rows are \
                              retrieved by the SELECT determines which (if any) rows are \
                              replaced. This order cannot be predicted and may differ on master \
                              and the slave.";

/// Functions whose value a replica would not find again.
const FUNCTIONS: &str = " CURRENT_USER FOUND_ROWS LOAD_FILE MASTER_POS_WAIT ROW_COUNT SESSION_USER \
    SLEEP SYSDATE SYSTEM_USER USER UUID UUID_SHORT VERSION ";

/// Variables that an event brings along, or that replicas share.
const VARIABLES: &str = " auto_increment_increment auto_increment_offset character_set_client \
    character_set_connection character_set_database character_set_server collation_connection \
    collation_database collation_server foreign_key_checks identity last_insert_id lc_time_names \
    pseudo_thread_id sql_auto_is_null time_zone timestamp unique_checks ";

impl Mysqld {
    /// What is logged of a statement that changes rows; `None`: the rows.
    pub(super) fn said(
        &self,
        statement: &Statement,
        sql: &str,
        session: &mut Session,
    ) -> Result<Option<Said>, SqlError> {
        let logs = self.logs(session);
        let format = self.set_to("binlog_format", session).to_ascii_uppercase();
        let isolation = self.set_to("transaction_isolation", session);
        if !logs || self.logs_rows(session) {
            return Ok(None);
        }
        // A session with temporary tables goes on logging rows (see `create_temporary`).
        if !session.temporaries.is_empty() && format == "MIXED" {
            return Ok(None);
        }
        let rows_only = matches!(isolation.as_str(), "READ-COMMITTED" | "READ-UNCOMMITTED");
        let words = tokens(sql);
        let unsafe_for = self.unsafe_for(statement, &words, session);
        if format == "MIXED" && (rows_only || !unsafe_for.is_empty()) {
            return Ok(None);
        }
        if rows_only {
            return Err(SqlError::new(1665, ROWS_ONLY));
        }
        if !self.options.filters.0.is_empty() {
            return Err(SqlError::not_modelled("filters with statements in the binlog"));
        }
        for reason in unsafe_for {
            let text = format!(
                "Unsafe statement written to the binary log using statement format since \
                 BINLOG_FORMAT = STATEMENT. {reason}"
            );
            session.warn("Note", 1592, text);
        }
        if calls(&words, "RAND") || words.iter().any(|token| token.kind == Kind::Op(":=")) {
            return Err(SqlError::not_modelled("RAND() and := in a statement that is logged"));
        }
        let db = session.db.clone().unwrap_or_default();
        let target = target(statement);
        let own = target.and_then(|name| name.db.clone()).unwrap_or_else(|| db.clone());
        Ok(Some(Said {
            databases: vec![own],
            sql: sql.trim().to_string(),
            last_insert_id: calls(&words, "LAST_INSERT_ID").then_some(session.insert_id),
            vars: used(statement, &words, session)?,
            blind: self.is_blind(statement, &words, session),
            tries: matches!(statement, Statement::Insert(_)),
            db,
            ..Said::default()
        }))
    }

    /// Whether an UPDATE cannot see that a row has the new values already: it reads none of what it
    /// writes (`records_are_comparable` of sql_update.cc).
    fn is_blind(&self, statement: &Statement, words: &[Token], session: &Session) -> bool {
        let Statement::Update(update) = statement else { return false };
        let Some(db) = update.table.db.as_ref().or(session.db.as_ref()) else { return false };
        let Some(table) = self.catalog.table(db, &update.table.table) else { return false };
        let keyed = |name: &String| {
            let at = table.column(name).map(|at| at as u32);
            table.keys.iter().any(|key| key.columns.iter().any(|c| Some(*c) == at))
        };
        let once = |name: &String| words.iter().filter(|token| is_word(token, name)).count() == 1;
        let mut names = update.set.iter().map(|(name, _)| name);
        !names.clone().any(keyed) && names.any(once)
    }

    pub(super) fn set_to(&self, name: &str, session: &Session) -> String {
        session.vars.get(name).cloned().unwrap_or_else(|| self.global(name).to_string())
    }

    /// Whether binlog_format is ROW.
    pub(super) fn logs_rows(&self, session: &Session) -> bool {
        let format = self.set_to("binlog_format", session);
        format == "2" || format.eq_ignore_ascii_case("ROW")
    }

    /// Why a statement may do something else on a replica.
    fn unsafe_for(
        &self,
        statement: &Statement,
        words: &[Token],
        session: &Session,
    ) -> Vec<&'static str> {
        let mut reasons = Vec::new();
        let word = |word: &str| words.iter().any(|token| is_word(token, word));
        if word("LIMIT") {
            reasons.push(LIMIT);
        }
        let table = target(statement).and_then(|name| {
            let db = name.db.as_ref().or(session.db.as_ref())?;
            self.catalog.table(db, &name.table)
        });
        let (counts, ignores) = match statement {
            Statement::Insert(one) => (matches!(one.source, InsertSource::Select(_)), false),
            Statement::MultiUpdate(one) => (one.from.len() > 1, one.ignore),
            Statement::MultiDelete(one) => (one.from.len() > 1, false),
            Statement::Update(one) => (false, one.ignore),
            _ => (false, false),
        };
        if ignores {
            reasons.push(UPDATE_IGNORE);
        }
        if let Statement::Insert(insert) = statement {
            let selects = matches!(insert.source, InsertSource::Select(_));
            if selects && insert.ignore {
                reasons.push(IGNORE_SELECT);
            }
            if selects && insert.replace {
                reasons.push(REPLACE_SELECT);
            }
            let keys = table.map_or(0, |t| t.keys.iter().filter(|key| key.unique).count());
            if !insert.on_duplicate.is_empty() && keys > 1 {
                reasons.push(TWO_KEYS);
            }
        }
        if counts && table.is_some_and(|table| table.auto_column().is_some()) {
            reasons.push(COUNTER);
        }
        let listed = FUNCTIONS.split_ascii_whitespace();
        if listed.into_iter().any(|name| calls(words, name)) || word("CURRENT_USER") {
            reasons.push(FUNCTION);
        }
        let unknown = |pair: &[Token]| {
            pair[0].kind == Kind::At2
                && !matches!(&pair[1].kind, Kind::Word(name)
                    if VARIABLES.contains(&format!(" {} ", name.to_ascii_lowercase())))
        };
        if words.windows(2).any(unknown) {
            reasons.push(VARIABLE);
        }
        reasons
    }
}

const ROWS_ONLY: &str = "Cannot execute statement: impossible to write to binary log since \
                         BINLOG_FORMAT = STATEMENT and at least one table uses a storage engine \
                         limited to row-based logging. InnoDB is limited to row-logging when \
                         transaction isolation level is READ COMMITTED or READ UNCOMMITTED.";

fn is_word(token: &Token, word: &str) -> bool {
    matches!(&token.kind, Kind::Word(w) if w.eq_ignore_ascii_case(word))
}

/// Whether a function is called.
fn calls(words: &[Token], name: &str) -> bool {
    words.windows(2).any(|pair| is_word(&pair[0], name) && pair[1].kind == Kind::Op("("))
}

/// The user variables a statement reads, in the order in which it names them; an UPDATE looks at
/// its WHERE first.
fn used(
    statement: &Statement,
    words: &[Token],
    session: &Session,
) -> Result<Vec<(String, Value)>, SqlError> {
    let mut vars: Vec<(String, Value)> = Vec::new();
    let filter = match statement {
        Statement::Update(_) => words.iter().position(|token| is_word(token, "WHERE")),
        _ => None,
    };
    let (before, after) = words.split_at(filter.unwrap_or(0));
    for token in after.iter().chain(before) {
        let Kind::UserVar(name) = &token.kind else { continue };
        if vars.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            continue;
        }
        let value = session.user_vars.get(&name.to_ascii_lowercase()).cloned();
        let value = value.unwrap_or(Value::Null);
        if !matches!(value, Value::Null | Value::Int(_) | Value::Text(_)) {
            return Err(SqlError::not_modelled(format!("@{name} in a statement that is logged")));
        }
        vars.push((name.clone(), value));
    }
    Ok(vars)
}

/// The table a statement changes.
pub(super) fn target(statement: &Statement) -> Option<&TableName> {
    match statement {
        Statement::Insert(one) => Some(&one.table),
        Statement::Update(one) => Some(&one.table),
        Statement::Delete(one) => Some(&one.table),
        Statement::MultiDelete(one) => one.targets.first(),
        Statement::MultiUpdate(one) => match &one.from.first()?.source {
            Source::Table(name) => Some(name),
            Source::Derived(_) => None,
        },
        _ => None,
    }
}

/// The events of a statement: what it cannot say itself, and its text.
/// `begin` is like the transaction's BEGIN.
pub(super) fn events_of(said: &Said, begin: &QueryEvent) -> Vec<Event> {
    let mut events = Vec::new();
    for (last, value) in [(true, said.last_insert_id), (false, said.insert_id)] {
        events.extend(value.map(|value| Event::Intvar { last, value }));
    }
    let var = |(name, value): &(String, Value)| Event::UserVar {
        name: name.clone(),
        value: value.clone(),
    };
    events.extend(said.vars.iter().map(var));
    events.push(Event::Query(QueryEvent {
        thread: begin.thread,
        setting: begin.setting,
        db: said.db.clone(),
        sql: said.sql.clone(),
        databases: said.databases.clone(),
        several: said.several,
        no_use: said.no_use,
        time_zone: said.time_zone,
        micros: said.micros,
        ..QueryEvent::default()
    }));
    events
}

/// What a statement adds to its transaction's events.
pub(super) fn part_of(
    said: Option<Said>,
    answer: &Answer,
    counts: bool,
    changes: u32,
    began: &mut Began,
) -> Part {
    let Some(mut said) = said else { return Part::Changes(changes) };
    if let Answer::Done { insert_id, .. } = answer
        && counts
        && *insert_id > 0
    {
        said.insert_id = Some(*insert_id);
    }
    if let Answer::Done { info, .. } = answer {
        let found = info.starts_with("Rows matched: ") && !info.starts_with("Rows matched: 0");
        said.tries = !info.starts_with("Records: 0 ") && said.tries || said.blind && found;
    }
    (said.time_zone, said.several) = (began.time_zone, began.several);
    said.micros = began.micros;
    began.databases.clone_from(&said.databases);
    Part::Said(Box::new(said), changes)
}

//! System variables in expressions.

use super::{Env, others};
use crate::mysql::data::{Decimal, Value};
use crate::mysql::server::{former_name, is_gone, is_new};
use crate::mysql::sql::SqlError;

/// Variables that a session counts, and that no SHOW lists.
pub(super) const COUNTERS: [&str; 9] = [
    "warning_count",
    "error_count",
    "identity",
    "last_insert_id",
    "pseudo_thread_id",
    "insert_id",
    "rand_seed1",
    "rand_seed2",
    "timestamp",
];

/// What they are at.
fn session_counter(name: &str, env: &Env) -> Option<Value> {
    let session = &env.session;
    if name == "timestamp" {
        return Some(Value::Decimal(Decimal::new((env.now - env.zone.ahead()).into(), 6)));
    }
    Some(Value::Int(match name {
        "warning_count" => session.warnings.len() as i128,
        "error_count" => session.warnings.iter().filter(|w| w.level == "Error").count() as i128,
        "identity" | "last_insert_id" => session.insert_id.into(),
        "pseudo_thread_id" => session.thread().into(),
        "insert_id" => session.vars.get(name).and_then(|id| id.parse().ok()).unwrap_or(0),
        "rand_seed1" | "rand_seed2" => 0,
        _ => return None,
    }))
}

/// Enumerations with ON or OFF among their words: these are texts.
const WORDS: [&str; 5] = [
    "enforce_gtid_consistency",
    "event_scheduler",
    "gtid_mode",
    "session_track_gtids",
    "slave_skip_errors",
];

/// Whether a variable's text stands for a number.
pub(super) fn is_number(name: &str, text: &str) -> bool {
    !WORDS.contains(&name) && (matches!(text, "ON" | "OFF") || text.parse::<i128>().is_ok())
}

/// A variable's text as a value: digits are a number, ON and OFF are 1 and 0.
pub(super) fn system_variable(global: bool, name: &str, env: &Env) -> Result<Value, SqlError> {
    if let Some(value) = session_counter(name, env) {
        return Ok(value);
    }
    let Some(text) = variable_text(global, name, env) else {
        let release = release(env);
        if let Some(former) = former_name(name, release) {
            return system_variable(global, &former, env);
        }
        if is_new(name, release) {
            return Err(SqlError::not_modelled(format!("the variable {name}")));
        }
        if others::unused_variable(name).is_some() && !is_gone(name, release) {
            return Err(SqlError::not_modelled(format!("the variable {name}")));
        }
        return Err(SqlError::new(1193, format!("Unknown system variable '{name}'")));
    };
    Ok(match text.as_str() {
        _ if WORDS.contains(&name) => Value::Text(text),
        "ON" => Value::Int(1),
        "OFF" => Value::Int(0),
        "NULL" => Value::Null,
        digits => digits.parse::<i128>().map_or_else(|_| Value::Text(text.clone()), Value::Int),
    })
}

/// `8.0.36` of a server's version.
pub(super) fn release<'e>(env: &'e Env) -> &'e str {
    let version = env.globals.get("version").map_or("", String::as_str);
    version.split('-').next().unwrap_or_default()
}

/// A variable as SHOW VARIABLES prints it.
pub(super) fn variable_text(global: bool, name: &str, env: &Env) -> Option<String> {
    if is_gone(name, release(env)) {
        return None;
    }
    let session = if global { None } else { env.session.vars.get(name) };
    session.or_else(|| env.globals.get(name)).cloned().or_else(|| unused(name, env))
}

/// All variables with their values, in the order of their names.
pub(super) fn variables(global: bool, env: &Env) -> Vec<(String, String)> {
    let unused = others::unused_variables().map(|(name, _)| name);
    let mut names: Vec<&str> = env.globals.keys().map(String::as_str).chain(unused).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !is_gone(name, release(env)));
    let shown = |name: &str| variable_text(global, name, env);
    let unknown = || others::NOT_MODELLED.to_string();
    names.iter().map(|name| (name.to_string(), shown(name).unwrap_or_else(unknown))).collect()
}

/// A variable that nothing here counts on. Of other releases than 5.7 its default is not known.
fn unused(name: &str, env: &Env) -> Option<String> {
    let of = |name: &str| env.globals.get(name).map_or("", String::as_str);
    let default = others::unused_variable(name).filter(|_| of("version").starts_with("5.7."));
    default.map(|text| text.replace('$', of("hostname")))
}

//! Functions about how far a replica is, and about sets of transactions. Models
//! `Relay_log_info::wait_for_pos` of sql/rpl_rli.cc and sql/item_func.cc.

use super::Computed;
use crate::mysql::binlog::GtidSet;
use crate::mysql::data::Value;
use crate::mysql::run::Env;
use crate::mysql::sql::SqlError;

/// Calls it, if it is one of them.
pub(super) fn replication(name: &str, values: &[Value], env: &Env) -> Option<Computed> {
    let counts = match name {
        "GTID_SUBSET" | "GTID_SUBTRACT" => 2..=2,
        "MASTER_POS_WAIT" => 2..=4,
        "WAIT_FOR_EXECUTED_GTID_SET" => 1..=2,
        _ => return None,
    };
    if !counts.contains(&values.len()) {
        let text = format!("Incorrect parameter count in the call to native function '{name}'");
        return Some(Err(SqlError::new(1582, text)));
    }
    if values.iter().any(Value::is_null) {
        return Some(Ok(Value::Null));
    }
    Some(match name {
        "MASTER_POS_WAIT" => reached(&values[0].text(), &values[1], env),
        "WAIT_FOR_EXECUTED_GTID_SET" => executed(&values[0].text(), env),
        _ => of_two_sets(name, &values[0].text(), &values[1].text()),
    })
}

fn set(text: &str) -> Result<GtidSet, SqlError> {
    let text_of = || format!("Malformed GTID set specification '{text}'.");
    GtidSet::parse(text).ok_or_else(|| SqlError::new(1772, text_of()))
}

fn of_two_sets(name: &str, one: &str, other: &str) -> Computed {
    let (one, other) = (set(one)?, set(other)?);
    Ok(match name {
        "GTID_SUBSET" => Value::from_bool(one.is_within(&other)),
        _ => Value::Text(one.without(&other).to_string()),
    })
}

fn executed(text: &str, env: &Env) -> Computed {
    let executed = env.globals.get("gtid_executed").cloned().unwrap_or_default();
    let is_on = env.globals.get("gtid_mode").is_some_and(|mode| mode != "OFF");
    if is_on && set(text)?.is_within(&set(&executed)?) {
        return Ok(Value::Int(0));
    }
    Err(SqlError::not_modelled("WAIT_FOR_EXECUTED_GTID_SET() that has to wait"))
}

/// How many events were waited for: none, if the SQL thread is there already. NULL: it does not
/// run, or does not read such files.
fn reached(file: &str, position: &Value, env: &Env) -> Computed {
    let Some((at_file, at)) = &env.applied else { return Ok(Value::Null) };
    let number = |name: &str| {
        let (base, number) = name.rsplit_once('.')?;
        Some((base.to_string(), number.parse::<u64>().ok()?))
    };
    let (Some((base, wanted)), Some((own, here))) = (number(file), number(at_file)) else {
        return Ok(Value::Null);
    };
    if base != own {
        return Ok(Value::Null);
    }
    let position = u64::try_from(position.number().round()).unwrap_or(0).max(4);
    if (here, *at) >= (wanted, position) {
        return Ok(Value::Int(0));
    }
    Err(SqlError::not_modelled("MASTER_POS_WAIT() that has to wait"))
}

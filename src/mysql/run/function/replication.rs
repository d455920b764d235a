//! Functions about how far a replica is, and about sets of transactions. Models
//! `Relay_log_info::wait_for_pos` of sql/rpl_rli.cc and sql/item_func.cc.

use super::Computed;
use crate::mysql::binlog::GtidSet;
use crate::mysql::data::Value;
use crate::mysql::run::{Awaits, Env};
use crate::mysql::sql::SqlError;

/// Calls it, if it is one of them.
pub(super) fn replication(name: &str, values: &[Value], env: &mut Env) -> Option<Computed> {
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
        "MASTER_POS_WAIT" => reached(&values[0].text(), &values[1], values.get(2), env),
        "WAIT_FOR_EXECUTED_GTID_SET" => executed(&values[0].text(), values.get(1), env),
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

/// Code of what is no error: the statement waits, and is then run anew.
pub const AWAITS: u16 = u16::MAX - 1;

/// A year, which is for ever.
const FOR_EVER_MS: u64 = 31_536_000_000;

/// Waits, if there is time left: `timeout` says for how many seconds, 0 for ever. `over`: what it
/// comes to once there is none.
fn wait(state: &'static str, timeout: Option<&Value>, over: i128, env: &mut Env) -> Computed {
    let seconds = timeout.map(|seconds| seconds.number().rescale(3).map_or(0, |ms| ms.unscaled));
    let at_most_ms = match seconds {
        None | Some(0) => FOR_EVER_MS,
        Some(ms) => match u64::try_from(ms) {
            Ok(ms) => ms.min(FOR_EVER_MS),
            Err(_) => return Err(SqlError::not_modelled("waiting for less than no time")),
        },
    };
    let awaits = env.session.awaits.get_or_insert(Awaits {
        at_most_ms,
        state,
        seen: env.applied.clone(),
        steps: 0,
        is_over: false,
    });
    if awaits.is_over {
        return Ok(Value::Int(over));
    }
    awaits.steps += u64::from(awaits.seen != env.applied);
    awaits.seen.clone_from(&env.applied);
    Err(SqlError::new(AWAITS, state))
}

fn executed(text: &str, timeout: Option<&Value>, env: &mut Env) -> Computed {
    let executed = env.globals.get("gtid_executed").cloned().unwrap_or_default();
    if env.globals.get("gtid_mode").is_none_or(|mode| mode == "OFF") {
        return Err(SqlError::not_modelled("WAIT_FOR_EXECUTED_GTID_SET() with GTID_MODE OFF"));
    }
    if set(text)?.is_within(&set(&executed)?) {
        return Ok(Value::Int(0));
    }
    wait("Waiting for GTID to be committed", timeout, 1, env)
}

/// How many events were waited for: none, if the SQL thread is there already. NULL: it does not
/// run, or does not read such files. -1: it did not get there in time.
fn reached(file: &str, position: &Value, timeout: Option<&Value>, env: &mut Env) -> Computed {
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
        let steps = env.session.awaits.as_ref().map_or(0, |awaits| awaits.steps + 1);
        return Ok(Value::Int(steps.into()));
    }
    wait("Waiting for the slave SQL thread to advance position", timeout, -1, env)
}

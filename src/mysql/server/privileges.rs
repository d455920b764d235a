//! GRANT and REVOKE.

use super::accounts::{create, find, hash_of, quoted};
use crate::mysql::data::{self, Privileges};
use crate::mysql::run::Session;
use crate::mysql::sql::ast::{Account, Grant, Revoke};
use crate::mysql::sql::{PRIVILEGES, SqlError};

/// The number of a privilege, by which SHOW GRANTS sorts them.
fn number(name: &str) -> usize {
    PRIVILEGES.iter().position(|(known, _)| *known == name).unwrap_or(PRIVILEGES.len())
}

/// Error 1221 for what one may do on the server, and not in a database (`mysql_grant`).
fn check_level(db: Option<&String>, names: &[String]) -> Result<(), SqlError> {
    let global = |name: &String| PRIVILEGES.iter().any(|(known, db)| known == name && !db);
    if db.is_some() && names.iter().any(global) {
        let text = "Incorrect usage of DB GRANT and GLOBAL PRIVILEGES";
        return Err(SqlError::new(1221, text));
    }
    Ok(())
}

pub(super) fn grant(accounts: &mut Vec<data::Account>, grant: &Grant) -> Result<(), SqlError> {
    check_level(grant.db.as_ref(), &grant.privileges)?;
    for spec in &grant.to {
        if find(accounts, &spec.account).is_none() {
            if hash_of(spec).is_none() {
                return Err(SqlError::new(1133, "Can't find any matching row in the user table"));
            }
            create(accounts, std::slice::from_ref(spec), true, &mut Session::new(0, "", ""))?;
        }
        let account = find(accounts, &spec.account).expect("it is there or was just made");
        let privileges = match &grant.db {
            None => &mut account.global,
            Some(db) => account.on.entry(db.clone()).or_default(),
        };
        privileges.grant_option |= grant.grant_option;
        for name in &grant.privileges {
            match name.as_str() {
                "ALL PRIVILEGES" => privileges.names = vec![name.clone()],
                "GRANT OPTION" => privileges.grant_option = true,
                _ if privileges.names.iter().any(|n| n == name || n == "ALL PRIVILEGES") => {}
                _ => privileges.names.push(name.clone()),
            }
        }
        tidy(privileges);
    }
    Ok(())
}

/// USAGE stands where there is no other.
fn tidy(privileges: &mut Privileges) {
    privileges.names.retain(|name| name != "USAGE");
    privileges.names.sort_by_key(|name| number(name));
    if privileges.names.is_empty() {
        privileges.names.push("USAGE".into());
    }
}

pub(super) fn granted_text(grant: &Grant) -> String {
    let level = grant.db.as_ref().map_or("*.*".to_string(), |db| format!("`{db}`.*"));
    let to: Vec<String> = grant.to.iter().map(|spec| quoted(&spec.account)).collect();
    let option = if grant.grant_option { " WITH GRANT OPTION" } else { "" };
    format!("GRANT {} ON {level} TO {}{option}", grant.privileges.join(", "), to.join(","))
}

pub(super) fn revoke(accounts: &mut [data::Account], revoke: &Revoke) -> Result<(), SqlError> {
    let Some((names, db)) = &revoke.what else { return revoke_all(accounts, &revoke.from) };
    check_level(db.as_ref(), names)?;
    for account in &revoke.from {
        let known = find(accounts, account).ok_or_else(|| no_such_grant(account))?;
        let Some(db) = db else {
            take(&mut known.global, names, false);
            continue;
        };
        let privileges = known.on.get_mut(db).ok_or_else(|| no_such_grant(account))?;
        take(privileges, names, true);
        if privileges.names == ["USAGE"] && !privileges.grant_option {
            known.on.remove(db);
        }
    }
    Ok(())
}

/// Takes these away; `in_db`: of what one may do in a database.
fn take(privileges: &mut Privileges, names: &[String], in_db: bool) {
    let all = |names: &[String]| names.iter().any(|name| name == "ALL PRIVILEGES");
    if all(names) {
        privileges.names.clear();
    } else if all(&privileges.names) && names.iter().any(|name| number(name) < PRIVILEGES.len()) {
        let each = PRIVILEGES.iter().filter(|(_, db)| *db || !in_db);
        privileges.names = each.map(|(name, _)| (*name).to_string()).collect();
    }
    privileges.names.retain(|name| !names.contains(name));
    privileges.grant_option &= !names.iter().any(|name| name == "GRANT OPTION");
    tidy(privileges);
}

/// REVOKE ALL PRIVILEGES, GRANT OPTION.
fn revoke_all(accounts: &mut [data::Account], from: &[Account]) -> Result<(), SqlError> {
    for account in from {
        let known = find(accounts, account).ok_or_else(|| {
            let text = "Can't revoke all privileges for one or more of the requested users";
            SqlError::new(1269, text)
        })?;
        known.global = Privileges { names: vec!["USAGE".into()], grant_option: false };
        known.on.clear();
    }
    Ok(())
}

pub(super) fn no_such_grant(account: &Account) -> SqlError {
    let (user, host) = (&account.user, &account.host);
    SqlError::new(
        1141,
        format!("There is no such grant defined for user '{user}' on host '{host}'"),
    )
}

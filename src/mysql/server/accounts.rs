//! Accounts: who may log in, and what they may do.

use std::sync::Arc;

use super::Mysqld;
use super::files::password_hash;
use super::options::switch;
use super::privileges::{grant, granted_text, no_such_grant, revoke};
use crate::mysql::data::{self, Plugin, Privileges};
use crate::mysql::run::{Rows, Session, is_system_database, like, unknown_database};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::{Account, Statement, UserSpec};
use crate::mysql::wire::Client;

impl Mysqld {
    /// The account a login is taken for, and whether it has SUPER.
    pub(super) fn authenticate(
        &self,
        user: &str,
        host: &str,
        address: &str,
        password: &str,
        client: Client,
    ) -> Result<(String, bool), SqlError> {
        let from_here = |account: &&data::Account| {
            account.host == host
                || account.host == address
                || like(host, &account.host)
                || like(address, &account.host)
        };
        let mut known: Vec<&data::Account> =
            self.catalog.accounts.iter().filter(from_here).collect();
        if known.is_empty() {
            let text = format!("Host '{host}' is not allowed to connect to this MySQL server");
            return Err(SqlError::new(1130, text));
        }
        // The most exact host wins, then a named user over the anonymous one.
        known.sort_by_key(|a| (a.host.contains('%'), a.user.is_empty()));
        let account = known.iter().find(|a| a.user == user || a.user.is_empty());
        if let Some(account) = account {
            self.check_plugin(account, client)?;
        }
        let fits = account.filter(|a| a.password == password_hash(password) && !a.locked);
        let Some(account) = fits else {
            return Err(denied(user, host, !password.is_empty()));
        };
        Ok((format!("{}@{}", account.user, account.host), has_super(&account.global)))
    }

    /// Whether server and client can speak of an account's password at all. What its own library
    /// says to a client is said by the server here: 2059 and 2061.
    fn check_plugin(&self, account: &data::Account, client: Client) -> Result<(), SqlError> {
        let name = account.plugin.name();
        let is_open = account.password.is_empty() || self.sha2_known.contains(&full_name(account));
        match (account.plugin, client) {
            (Plugin::Native, _) if !self.has_native() => Err(not_loaded(name)),
            (Plugin::Sha2, Client::Old) => {
                let text = format!(
                    "Authentication plugin '{name}' cannot be loaded: /usr/lib/mysql/plugin/\
                     {name}.so: cannot open shared object file: No such file or directory"
                );
                Err(SqlError::new(2059, text))
            }
            (Plugin::Sha2, Client::Plain) if !is_open => {
                let text = format!(
                    "Authentication plugin '{name}' reported error: Authentication requires secure \
                     connection."
                );
                Err(SqlError::new(2061, text))
            }
            _ => Ok(()),
        }
    }

    /// Who has logged in with a password is let in by its hash from now on, until FLUSH
    /// PRIVILEGES.
    pub(super) fn remember_login(&mut self, account: &str) {
        let same = |known: &&data::Account| full_name(known) == account;
        let is_sha2 = |known: &data::Account| known.plugin == Plugin::Sha2;
        if self.catalog.accounts.iter().find(same).is_some_and(is_sha2)
            && !self.sha2_known.iter().any(|known| known == account)
        {
            self.sha2_known.push(account.into());
        }
    }

    /// What new accounts get.
    pub(super) fn default_plugin(&self) -> Plugin {
        let native = self.global("default_authentication_plugin") == Plugin::Native.name();
        if native { Plugin::Native } else { Plugin::Sha2 }
    }

    /// 8.4 has `mysql_native_password` only if it is asked for, 9.0 no more.
    fn has_native(&self) -> bool {
        let asked = self.options.others.get("mysql_native_password").map(String::as_str);
        match self.release.split_once('.') {
            Some(("8", minor)) if minor.starts_with("4.") => {
                asked.is_some_and(|value| value.is_empty() || switch(value) == Some("ON"))
            }
            Some(("9", _)) => false,
            _ => true,
        }
    }

    /// Accounts as they are written to the binlog: each with its plugin.
    fn with_plugins(&self, users: &[UserSpec]) -> Result<Vec<UserSpec>, SqlError> {
        let plugin = |spec: &UserSpec| match spec.plugin.as_deref() {
            None => {
                let mut known = self.catalog.accounts.iter();
                let known =
                    known.find(|a| a.user == spec.account.user && a.host == spec.account.host);
                Ok(known.map_or(self.default_plugin(), |account| account.plugin))
            }
            Some("mysql_native_password") if self.has_native() => Ok(Plugin::Native),
            Some("caching_sha2_password") if self.is_8() => Ok(Plugin::Sha2),
            Some("sha256_password") => Err(SqlError::not_modelled("sha256_password")),
            Some(name) => Err(not_loaded(name)),
        };
        let resolved = |spec: &UserSpec| {
            Ok(UserSpec { plugin: Some(plugin(spec)?.name().into()), ..spec.clone() })
        };
        users.iter().map(resolved).collect()
    }

    pub(super) fn account_of(&self, session: &Session) -> Option<&data::Account> {
        self.catalog.accounts.iter().find(|a| format!("{}@{}", a.user, a.host) == session.account)
    }

    /// Whether a database is there and open to a session.
    pub(super) fn check_database(&self, db: &str, session: &Session) -> Result<(), SqlError> {
        self.check_access(db, session)?;
        if self.catalog.databases.contains_key(db) || is_system_database(db) {
            return Ok(());
        }
        Err(unknown_database(db))
    }

    /// The databases of which the account may see nothing.
    pub(super) fn hidden_databases(&self, session: &Session) -> Vec<String> {
        const SYSTEM: [&str; 3] = ["mysql", "performance_schema", "sys"];
        let own = self.catalog.databases.keys().map(String::as_str);
        let names = own.chain(SYSTEM).filter(|db| self.check_access(db, session).is_err());
        names.map(String::from).collect()
    }

    /// Error 1044 for a database of which the account may see nothing.
    pub(super) fn check_access(&self, db: &str, session: &Session) -> Result<(), SqlError> {
        let Some(account) = self.account_of(session) else { return Ok(()) };
        let open = db.eq_ignore_ascii_case("information_schema")
            || account
                .global
                .names
                .iter()
                .any(|name| name != "USAGE" && !name.starts_with("REPLICATION"))
            || account.on.keys().any(|pattern| pattern == db || like(db, pattern));
        if open {
            return Ok(());
        }
        let (user, host) = (&account.user, &account.host);
        let text = format!("Access denied for user '{user}'@'{host}' to database '{db}'");
        Err(SqlError::new(1044, text))
    }

    /// Error 1227 for a statement that needs SUPER.
    pub(super) fn need_super(&self, session: &Session) -> Result<(), SqlError> {
        self.need(session, &["SUPER"])
    }

    /// Error 1227 without one of these privileges, which it names.
    pub(super) fn need(&self, session: &Session, privileges: &[&str]) -> Result<(), SqlError> {
        let has = |account: &data::Account| {
            let names = &account.global.names;
            names.iter().any(|name| name == "ALL PRIVILEGES" || privileges.contains(&name.as_str()))
        };
        if self.account_of(session).is_none_or(has) {
            return Ok(());
        }
        let text = format!(
            "Access denied; you need (at least one of) the {} privilege(s) for this operation",
            privileges.join(", ")
        );
        Err(SqlError::new(1227, text))
    }

    /// CREATE, ALTER, DROP USER, SET PASSWORD, GRANT, REVOKE: what the binlog keeps of the
    /// statement.
    pub(super) fn change_accounts(
        &mut self,
        statement: &Statement,
        session: &mut Session,
    ) -> Result<String, SqlError> {
        self.need(session, &["CREATE USER"])?;
        let mut accounts = self.catalog.accounts.clone();
        let logged = match statement {
            Statement::CreateUser { users, if_not_exists } => {
                let users = &self.with_plugins(users)?;
                create(&mut accounts, users, *if_not_exists, session)?;
                format!("CREATE USER {}", specs(users))
            }
            Statement::AlterUser { users, if_exists } => {
                let users = &self.with_plugins(users)?;
                alter(&mut accounts, users, *if_exists, session)?;
                format!("ALTER USER {}", specs(users))
            }
            Statement::DropUser { users, if_exists } => {
                drop_users(&mut accounts, users, *if_exists, session)?;
                let names: Vec<String> = users.iter().map(quoted).collect();
                format!("DROP USER {}", names.join(","))
            }
            Statement::SetPassword { account, password } => {
                let own = session.account.split_once('@');
                let (user, host) = own.unwrap_or(("", ""));
                let own = Account { user: user.into(), host: host.into() };
                let account = account.clone().unwrap_or(own);
                let known = find(&mut accounts, &account).ok_or_else(|| {
                    SqlError::new(1133, "Can't find any matching row in the user table")
                })?;
                known.password = password_hash(password);
                let plugin = Some(known.plugin.name().into());
                let password = Some(password.clone());
                let spec = UserSpec { account, password, hash: None, plugin };
                format!("ALTER USER {}", specs(&[spec]))
            }
            Statement::Grant(given) => {
                grant(&mut accounts, given).map_err(|error| match error.code {
                    1133 if self.is_8() => {
                        SqlError::new(1410, "You are not allowed to create a user with GRANT")
                    }
                    _ => error,
                })?;
                granted_text(given)
            }
            Statement::Revoke(taken) => {
                revoke(&mut accounts, taken)?;
                taken.text.clone()
            }
            other => return Err(SqlError::not_modelled(format!("{other:?}"))),
        };
        Arc::make_mut(&mut self.catalog).accounts = accounts;
        Ok(logged)
    }

    /// SHOW GRANTS.
    pub(super) fn show_grants(
        &self,
        account: Option<&Account>,
        session: &Session,
    ) -> Result<Rows, SqlError> {
        let name =
            account.map_or_else(|| session.account.clone(), |a| format!("{}@{}", a.user, a.host));
        let found = self.catalog.accounts.iter().find(|a| format!("{}@{}", a.user, a.host) == name);
        let Some(found) = found else {
            let (user, host) = name.split_once('@').unwrap_or((&name, "%"));
            return Err(no_such_grant(&Account { user: user.into(), host: host.into() }));
        };
        let mut rows = Rows::with_heads(&[&format!("Grants for {name}")]);
        let to = format!("'{}'@'{}'", found.user, found.host);
        let line = |privileges: &Privileges, level: &str| {
            let names = if privileges.names.is_empty() {
                "USAGE".to_string()
            } else {
                privileges.names.join(", ")
            };
            let option = if privileges.grant_option { " WITH GRANT OPTION" } else { "" };
            format!("GRANT {names} ON {level} TO {to}{option}")
        };
        rows.push(&[&line(&found.global, "*.*")]);
        for (db, privileges) in &found.on {
            rows.push(&[&line(privileges, &format!("`{db}`.*"))]);
        }
        if found.user == "root" && found.host == "localhost" {
            rows.push(&[&format!("GRANT PROXY ON ''@'' TO {to} WITH GRANT OPTION")]);
        }
        Ok(rows)
    }
}

/// Error 1045.
pub(super) fn denied(user: &str, host: &str, with_password: bool) -> SqlError {
    let using = if with_password { "YES" } else { "NO" };
    let text = format!("Access denied for user '{user}'@'{host}' (using password: {using})");
    SqlError::new(1045, text)
}

fn full_name(account: &data::Account) -> String {
    format!("{}@{}", account.user, account.host)
}

/// Error 1524.
fn not_loaded(plugin: &str) -> SqlError {
    SqlError::new(1524, format!("Plugin '{plugin}' is not loaded"))
}

fn plugin_of(spec: &UserSpec) -> Plugin {
    match spec.plugin.as_deref() {
        Some("caching_sha2_password") => Plugin::Sha2,
        _ => Plugin::Native,
    }
}

fn has_super(privileges: &Privileges) -> bool {
    privileges.names.iter().any(|name| name == "ALL PRIVILEGES" || name == "SUPER")
}

pub(super) fn quoted(account: &Account) -> String {
    format!("'{}'@'{}'", account.user, account.host)
}

/// The hash of a password, as this model keeps it for both plugins: it stands at the end of what
/// `caching_sha2_password` shows.
pub(super) fn hash_of(spec: &UserSpec) -> Option<String> {
    let kept = |hash: &String| {
        let start = hash.len().saturating_sub(HASH_BYTES);
        hash.get(start..).unwrap_or(hash).to_string()
    };
    spec.hash.as_ref().map(kept).or_else(|| spec.password.as_deref().map(password_hash))
}

/// Bytes of a hash of `mysql_native_password`.
const HASH_BYTES: usize = 41;

fn specs(users: &[UserSpec]) -> String {
    let one = |spec: &UserSpec| {
        let (name, plugin) = (quoted(&spec.account), plugin_of(spec));
        let shown = |hash: String| match plugin {
            Plugin::Native => hash,
            // `$A$005$`, 20 bytes of salt and 43 of hash. Sample bytes.
            Plugin::Sha2 => format!("$A$005${}{hash}", hash.get(1..23).unwrap_or("")),
        };
        let plugin = plugin.name();
        match hash_of(spec) {
            Some(hash) if !hash.is_empty() => {
                format!("{name} IDENTIFIED WITH '{plugin}' AS '{}'", shown(hash))
            }
            _ => format!("{name} IDENTIFIED WITH '{plugin}'"),
        }
    };
    users.iter().map(one).collect::<Vec<_>>().join(",")
}

pub(super) fn find<'a>(
    accounts: &'a mut [data::Account],
    account: &Account,
) -> Option<&'a mut data::Account> {
    accounts.iter_mut().find(|a| a.user == account.user && a.host == account.host)
}

fn failed(verb: &str, users: Vec<String>) -> SqlError {
    SqlError::new(1396, format!("Operation {verb} USER failed for {}", users.join(",")))
}

pub(super) fn create(
    accounts: &mut Vec<data::Account>,
    users: &[UserSpec],
    if_not_exists: bool,
    session: &mut Session,
) -> Result<(), SqlError> {
    let mut taken = Vec::new();
    for spec in users {
        if find(accounts, &spec.account).is_some() {
            taken.push(quoted(&spec.account));
            continue;
        }
        accounts.push(data::Account {
            user: spec.account.user.clone(),
            host: spec.account.host.clone(),
            password: hash_of(spec).unwrap_or_default(),
            plugin: plugin_of(spec),
            locked: false,
            global: Privileges::default(),
            on: Default::default(),
        });
    }
    if taken.is_empty() {
        return Ok(());
    }
    if !if_not_exists {
        return Err(failed("CREATE", taken));
    }
    for name in taken {
        session.warn("Note", 3163, format!("Authorization ID {name} already exists."));
    }
    Ok(())
}

fn alter(
    accounts: &mut [data::Account],
    users: &[UserSpec],
    if_exists: bool,
    session: &mut Session,
) -> Result<(), SqlError> {
    let mut missing = Vec::new();
    for spec in users {
        match find(accounts, &spec.account) {
            Some(account) => {
                if let Some(hash) = hash_of(spec) {
                    account.password = hash;
                }
                account.plugin = plugin_of(spec);
            }
            None => missing.push(quoted(&spec.account)),
        }
    }
    if missing.is_empty() || if_exists {
        for name in missing {
            session.warn("Note", 3162, format!("Authorization ID {name} does not exist."));
        }
        return Ok(());
    }
    Err(failed("ALTER", missing))
}

fn drop_users(
    accounts: &mut Vec<data::Account>,
    users: &[Account],
    if_exists: bool,
    session: &mut Session,
) -> Result<(), SqlError> {
    let mut missing = Vec::new();
    for account in users {
        let before = accounts.len();
        accounts.retain(|a| a.user != account.user || a.host != account.host);
        if accounts.len() == before {
            missing.push(quoted(account));
        }
    }
    if missing.is_empty() || if_exists {
        for name in missing {
            session.warn("Note", 3162, format!("Authorization ID {name} does not exist."));
        }
        return Ok(());
    }
    Err(failed("DROP", missing))
}

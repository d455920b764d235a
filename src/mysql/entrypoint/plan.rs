//! What the temporary server is told: time zones, accounts, and what the environment asks for.

use super::Entrypoint;
use crate::mysql::server::pod;
use crate::mysql::wire::Message;
use crate::os::Sys;
use crate::trace::fact::MysqlFact;

/// One thing the temporary server is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    pub message: Message,
    /// A line the entrypoint prints before.
    pub note: Option<String>,
    /// Whether root already has its password.
    pub with_password: bool,
    pub fact: Option<MysqlFact>,
}

impl Entrypoint {
    /// What the temporary server is told, in the script's order.
    pub(super) fn plan(&mut self, sys: &mut dyn Sys) {
        let pod = pod(sys);
        let mut plan = Vec::new();
        if self.env("MYSQL_INITDB_SKIP_TZINFO").is_empty() {
            plan.push(Request {
                message: Message::TimeZones,
                note: None,
                with_password: false,
                fact: None,
            });
        }
        if !self.env("MYSQL_RANDOM_ROOT_PASSWORD").is_empty() {
            self.root_password = random_password(sys);
            let text = format!("GENERATED ROOT PASSWORD: {}", self.root_password);
            self.note(&text, sys);
        }
        let root = quoted(&self.root_password);
        let host = self.env("MYSQL_ROOT_HOST");
        let host = if host.is_empty() { "%".to_string() } else { host };
        let mut accounts = vec![
            "SET @@SESSION.SQL_LOG_BIN=0".to_string(),
            format!("ALTER USER 'root'@'localhost' IDENTIFIED BY {root}"),
            "GRANT ALL ON *.* TO 'root'@'localhost' WITH GRANT OPTION".to_string(),
            "FLUSH PRIVILEGES".to_string(),
        ];
        if host != "localhost" {
            let account = format!("'root'@{}", quoted(&host));
            accounts.push(format!("CREATE USER {account} IDENTIFIED BY {root}"));
            accounts.push(format!("GRANT ALL ON *.* TO {account} WITH GRANT OPTION"));
        }
        accounts.push("DROP DATABASE IF EXISTS test".to_string());
        let password = !self.root_password.is_empty();
        let fact = Some(MysqlFact::AccountsMade { pod: pod.clone(), password });
        plan.push(Request {
            message: Message::Script(accounts),
            note: None,
            with_password: false,
            fact,
        });
        let request = |sql: String, note: String, what: &str| Request {
            message: Message::Query(sql),
            note: Some(note),
            with_password: true,
            fact: Some(MysqlFact::EnvironmentMade { pod: pod.clone(), what: what.into() }),
        };
        let (db, user) = (self.env("MYSQL_DATABASE"), self.env("MYSQL_USER"));
        if !db.is_empty() {
            let sql = format!("CREATE DATABASE IF NOT EXISTS `{db}`");
            plan.push(request(sql, format!("Creating database {db}"), &db));
        }
        let password = self.env("MYSQL_PASSWORD");
        if !user.is_empty() && !password.is_empty() {
            let account = format!("{}@'%'", quoted(&user));
            let sql = format!("CREATE USER {account} IDENTIFIED BY {}", quoted(&password));
            plan.push(request(sql, format!("Creating user {user}"), &user));
            if !db.is_empty() {
                let sql = format!("GRANT ALL ON `{}`.* TO {account}", db.replace('_', "\\_"));
                let note = format!("Giving user {user} access to schema {db}");
                plan.push(request(sql, note, &user));
            }
        }
        self.statements = plan;
    }
}

/// `openssl rand -base64 24`.
fn random_password(sys: &mut dyn Sys) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (0..32).map(|_| char::from(DIGITS[(sys.random() >> 58) as usize])).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

//! What the lines of MySQL call a replica: SLAVE up to 8.0.22, both words after, and from 8.4 on
//! only the new ones.

/// Which words a server understands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Dialect {
    /// CHANGE MASTER TO, START SLAVE, SHOW SLAVE STATUS, SHOW MASTER STATUS.
    pub old: bool,
    /// CHANGE REPLICATION SOURCE TO, START REPLICA, SHOW REPLICA STATUS.
    pub new: bool,
    /// `50742` for 5.7.42.
    pub version: u32,
}

impl Dialect {
    /// 5.7's.
    pub const V57: Dialect = Dialect { old: true, new: false, version: 50_742 };

    /// SHOW BINARY LOG STATUS, RESET BINARY LOGS AND GTIDS: from 8.2 on.
    pub fn binary_log_status(self) -> bool {
        self.version >= 80_200
    }

    /// Whether it is 8.0 or later: it has SET PERSIST, roles and window functions, and no query
    /// cache, no PASSWORD() and no passwords in GRANT.
    pub fn is_8(self) -> bool {
        self.version >= 80_000
    }

    /// Of a release such as `8.0.28`.
    pub fn of(release: &str) -> Dialect {
        let mut parts = release.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        let release = (next(), next(), next());
        // MariaDB numbers from 10 on, and keeps the old words.
        let ours = release.0 < 10;
        let version = if ours { release.0 * 10_000 + release.1 * 100 + release.2 } else { 50_742 };
        let (old, new) = (release < (8, 4, 0), release >= (8, 0, 23));
        Dialect { old: !ours || old, new: ours && new, version }
    }
}

/// Whether a release says source and replica in its logs and states: from 8.0.26 on.
fn has_new_words(release: &str) -> bool {
    let mut parts = release.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let release = (next(), next(), next());
    release.0 < 10 && release >= (8, 0, 26)
}

/// What 5.7 says of replication, in a release's own words. What is quoted is the learner's.
pub fn reworded(text: &str, release: &str) -> String {
    if !has_new_words(release) {
        return text.to_string();
    }
    const WORDS: [(&str, &str); 4] =
        [("master", "source"), ("Master", "Source"), ("slave", "replica"), ("Slave", "Replica")];
    let own = |(number, part): (usize, &str)| match number % 2 {
        0 => WORDS.iter().fold(part.to_string(), |text, (old, new)| text.replace(old, new)),
        _ => part.replace("CHANGE MASTER TO", "CHANGE REPLICATION SOURCE TO"),
    };
    text.split('\'').enumerate().map(own).collect::<Vec<_>>().join("'")
}

/// The 1287 that 8.0 gives to old words: what is deprecated, and what to write instead.
pub fn deprecation(sql: &str) -> Option<String> {
    const PAIRS: [(&str, &str); 6] = [
        ("CHANGE MASTER", "CHANGE REPLICATION SOURCE"),
        ("START SLAVE", "START REPLICA"),
        ("STOP SLAVE", "STOP REPLICA"),
        ("RESET SLAVE", "RESET REPLICA"),
        ("SHOW SLAVE STATUS", "SHOW REPLICA STATUS"),
        ("SHOW SLAVE HOSTS", "SHOW REPLICAS"),
    ];
    let words: Vec<String> = sql.split_whitespace().take(3).map(str::to_uppercase).collect();
    let begin = words.join(" ");
    let (old, new) = PAIRS.into_iter().find(|(old, _)| begin.starts_with(old))?;
    Some(format!(
        "'{old}' is deprecated and will be removed in a future release. Please use {new} instead"
    ))
}

/// Privileges, as SHOW GRANTS sorts them, and whether they can be given in one database
/// (`command_array` and `DB_ACLS` of 5.7's sql/auth/auth_acls.h).
pub const PRIVILEGES: [(&str, bool); 28] = [
    ("SELECT", true),
    ("INSERT", true),
    ("UPDATE", true),
    ("DELETE", true),
    ("CREATE", true),
    ("DROP", true),
    ("RELOAD", false),
    ("SHUTDOWN", false),
    ("PROCESS", false),
    ("FILE", false),
    ("REFERENCES", true),
    ("INDEX", true),
    ("ALTER", true),
    ("SHOW DATABASES", false),
    ("SUPER", false),
    ("CREATE TEMPORARY TABLES", true),
    ("LOCK TABLES", true),
    ("EXECUTE", true),
    ("REPLICATION SLAVE", false),
    ("REPLICATION CLIENT", false),
    ("CREATE VIEW", true),
    ("SHOW VIEW", true),
    ("CREATE ROUTINE", true),
    ("ALTER ROUTINE", true),
    ("CREATE USER", false),
    ("EVENT", true),
    ("TRIGGER", true),
    ("CREATE TABLESPACE", false),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mysql::sql::{Context, parse_for};

    #[test]
    fn each_line_of_mysql_has_its_words() {
        let rows = [
            ("5.7.42", "CHANGE MASTER TO MASTER_HOST='a'", true),
            ("5.7.42", "CHANGE REPLICATION SOURCE TO SOURCE_HOST='a'", false),
            ("5.7.42", "SHOW REPLICA STATUS", false),
            ("8.0.18", "START SLAVE", true),
            ("8.0.18", "START REPLICA", false),
            ("8.0.28", "CHANGE MASTER TO MASTER_HOST='a'", true),
            ("8.0.28", "CHANGE REPLICATION SOURCE TO SOURCE_HOST='a', SOURCE_LOG_POS=4", true),
            ("8.0.28", "SHOW REPLICA STATUS", true),
            ("8.0.36", "SHOW BINARY LOG STATUS", false),
            ("8.0.36", "RESET BINARY LOGS AND GTIDS", false),
            ("8.0.36", "SHOW MASTER LOGS", true),
            ("8.0.36", "PURGE MASTER LOGS TO 'a.000002'", true),
            ("8.4.6", "SHOW MASTER LOGS", false),
            ("8.4.6", "PURGE MASTER LOGS TO 'a.000002'", false),
            ("8.4.6", "PURGE BINARY LOGS TO 'a.000002'", true),
            ("8.4.6", "CHANGE MASTER TO MASTER_HOST='a'", false),
            ("8.4.6", "START SLAVE", false),
            ("8.4.6", "SHOW MASTER STATUS", false),
            ("8.4.6", "SHOW BINARY LOG STATUS", true),
            ("8.4.6", "RESET BINARY LOGS AND GTIDS", true),
            ("10.6.12", "START SLAVE", true),
        ];
        for (release, sql, known) in rows {
            let context = Context { has_db: true, dialect: Dialect::of(release) };
            assert_eq!(parse_for(sql, context).is_ok(), known, "{release}: {sql}");
        }
    }

    #[test]
    fn what_8_0_brought_and_took_away_is_told_apart_from_mistakes() {
        let near = |rest: &str| format!("near '{rest}' at line 1");
        let rows = [
            ("GRANT SELECT ON *.* TO a IDENTIFIED BY 'x'", near("IDENTIFIED BY 'x'")),
            ("SET PASSWORD = PASSWORD('x')", near("PASSWORD('x')")),
            ("SELECT PASSWORD('x')", near("('x')")),
            ("RESET QUERY CACHE", near("QUERY CACHE")),
            ("FLUSH QUERY CACHE", near("QUERY CACHE")),
            ("SELECT a FROM t GROUP BY a DESC", near("DESC")),
            ("WITH c AS (SELECT 1) SELECT * FROM c", "what 8.0 brought with WITH".into()),
            ("SELECT RANK() OVER (ORDER BY a) FROM t", "what 8.0 brought with OVER".into()),
            ("TABLE t", "what 8.0 brought with TABLE".into()),
            ("CREATE ROLE r", "what 8.0 brought with ROLE".into()),
            ("SELECT a FROM t FOR UPDATE SKIP LOCKED", "what 8.0 brought with SKIP".into()),
            ("SELCT 1", near("SELCT 1")),
            ("CREATE TABLE t (rank INT)", near("rank INT)")),
        ];
        for (sql, want) in rows {
            let error = |release| {
                let context = Context { has_db: true, dialect: Dialect::of(release) };
                parse_for(sql, context).err()
            };
            let said = error("8.0.36").map_or(String::new(), |error| error.message);
            assert!(said.ends_with(&want), "{sql}: {said}");
            let of_old = error("5.7.42").map_or(0, |error| error.code);
            assert!([0, 1064].contains(&of_old), "{sql}: {of_old}");
        }
    }

    #[test]
    fn what_8_0_would_keep_over_a_restart_is_refused_by_name() {
        for sql in [
            "SET PERSIST super_read_only = ON",
            "SET sql_log_bin = 0, @@PERSIST_ONLY.max_connections = 5",
            "SET PERSIST_ONLY max_connections = 5",
            "RESET PERSIST IF EXISTS max_connections",
        ] {
            let code = |release| {
                let context = Context { has_db: true, dialect: Dialect::of(release) };
                parse_for(sql, context).expect_err(sql).code
            };
            assert_eq!((code("5.7.42"), code("8.0.36")), (1064, 1235), "{sql}");
        }
    }
}

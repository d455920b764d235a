//! Where clients come from, and what is made of those that hang up. Models `sql/hostname.cc`, and
//! `check_connection` and `end_connection` of `sql/sql_connect.cc`; judged by a real 5.6.24 and by
//! logs of 5.7 (sclorg/mysql-container#274, oracle/mysql-operator#66).

use super::Mysqld;
use super::conn::{Conn, Work};
use super::log::Level;
use crate::mysql::sql::SqlError;
use crate::mysql::timing;
use crate::os::Sys;

impl Mysqld {
    /// The client's host as accounts know it: its name, if it has one.
    pub(super) fn client_host(&mut self, conn: &Conn, sys: &mut dyn Sys) -> String {
        if conn.local {
            return "localhost".into();
        }
        if !self.resolves_names() {
            return conn.address.clone();
        }
        if conn.address.starts_with("127.") {
            return "localhost".into();
        }
        let name = sys.resolve_back(&conn.address);
        if !self.known_hosts.contains_key(&conn.address) {
            if name.is_none() {
                let text = format!(
                    "IP address '{}' could not be resolved: Name or service not known",
                    conn.address
                );
                self.log(sys, conn.id, Level::Warning, &text);
            }
            if self.caches_hosts() {
                self.known_hosts.insert(conn.address.clone(), 0);
            }
        }
        name.unwrap_or_else(|| conn.address.clone())
    }

    fn resolves_names(&self) -> bool {
        !self.options.others.contains_key("skip_name_resolve") && !self.is_on("skip_name_resolve")
    }

    fn caches_hosts(&self) -> bool {
        let others = &self.options.others;
        !others.contains_key("skip_host_cache")
            && others.get("host_cache_size").is_none_or(|size| size != "0")
    }

    /// Error 1129, before anything is asked of the client.
    pub(super) fn check_blocked(&self, conn: &Conn, host: &str) -> Result<(), SqlError> {
        let limit = self.global("max_connect_errors").parse().unwrap_or(100);
        if self.known_hosts.get(&conn.address).is_none_or(|errors| *errors < limit) {
            return Ok(());
        }
        let text = format!(
            "Host '{host}' is blocked because of many connection errors; unblock with 'mysqladmin \
             flush-hosts'"
        );
        Err(SqlError::new(1129, text))
    }

    /// A client is gone that did not say goodbye.
    pub(super) fn hung_up(&mut self, conn: &Conn, sys: &mut dyn Sys) {
        let Some(session) = &conn.session else {
            // As a TCP probe does. Only errors of the handshake are counted against a host.
            self.handshake_failed(conn, "Got an error reading communication packets", sys);
            return;
        };
        let reason = match conn.is_dump() {
            true => "failed on flush_net()",
            false => "Got an error reading communication packets",
        };
        let db = session.db.as_deref().unwrap_or("unconnected");
        let text = format!(
            "Aborted connection {} to db: '{db}' user: '{}' host: '{}' ({reason})",
            conn.id, session.user, session.host
        );
        self.counters.aborted_clients += 1;
        self.log(sys, conn.id, Level::Note, &text);
    }

    /// A connection came to nothing before anybody was logged in.
    pub(super) fn handshake_failed(&mut self, conn: &Conn, why: &str, sys: &mut dyn Sys) {
        self.counters.aborted_connects += 1;
        let host = self.client_host(conn, sys);
        if self.check_blocked(conn, &host).is_err() {
            return;
        }
        if let Some(errors) = self.known_hosts.get_mut(&conn.address) {
            *errors += 1;
        }
        self.log(sys, conn.id, Level::Note, why);
    }

    /// Whether a dump thread does not know yet that its replica has gone: it only ever sends.
    pub(super) fn is_zombie(conn: &mut Conn, sys: &dyn Sys) -> bool {
        let gone = conn.channel.ended;
        let Work::Dump(dump) = &mut conn.work else { return false };
        if !gone || conn.channel.broken.is_some() {
            return false;
        }
        let left = *dump.left.get_or_insert(sys.now());
        sys.now().since(left) < timing::REPLICA_MISSED
    }
}

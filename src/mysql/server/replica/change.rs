//! CHANGE MASTER TO and RESET SLAVE. Models `change_master` and `reset_slave` of
//! `sql/rpl_slave.cc`.

use super::{Replica, Source, sql_thread_runs};
use crate::mysql::run::Session;
use crate::mysql::server::gtids::GtidMode;
use crate::mysql::server::log::Level;
use crate::mysql::server::{Mysqld, pod};
use crate::mysql::sql::SqlError;
use crate::mysql::sql::ast::MasterValue;
use crate::os::Sys;
use crate::trace::fact::MysqlFact;

/// What stands in master.info as text, by its place there: `ssl_ca` … `ssl_key`, then `ssl_crl`,
/// `ssl_crlpath` and `tls_version`.
pub(super) const TEXTS: [&str; 8] = [
    "MASTER_SSL_CA",
    "MASTER_SSL_CAPATH",
    "MASTER_SSL_CERT",
    "MASTER_SSL_CIPHER",
    "MASTER_SSL_KEY",
    "MASTER_SSL_CRL",
    "MASTER_SSL_CRLPATH",
    "MASTER_TLS_VERSION",
];

/// 8.0: the password may travel under the source's own key, without TLS.
pub(in crate::mysql::server) const PUBLIC_KEY: &str = "GET_MASTER_PUBLIC_KEY";

pub(super) const PLAIN_TEXT: (u16, &str) =
    (1759, "Sending passwords in plain text without SSL/TLS is extremely insecure.");

pub(super) const STORED: (u16, &str) = (
    1760,
    "Storing MySQL user name or password information in the master info repository is not secure \
     and is therefore not recommended. Please consider using the USER and PASSWORD connection \
     options for START SLAVE; see the 'START SLAVE Syntax' in the MySQL Manual for more \
     information.",
);

const OLD_POSITION: &str = "CHANGE MASTER TO with a MASTER_LOG_FILE clause but no MASTER_LOG_POS \
                            clause may not be safe. The old position value may not be valid for \
                            the new binary log file.";

/// The settings of one CHANGE MASTER TO.
struct Asked<'a>(&'a [(String, MasterValue)]);

impl Asked<'_> {
    /// The last one counts.
    fn get(&self, name: &str) -> Option<&MasterValue> {
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn has(&self, names: &[&str]) -> bool {
        self.0.iter().any(|(known, _)| names.contains(&known.as_str()))
    }

    fn text(&self, name: &str) -> Option<&String> {
        match self.get(name) {
            Some(MasterValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        match self.get(name) {
            Some(MasterValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn of_relay(&self) -> bool {
        self.has(&["RELAY_LOG_FILE", "RELAY_LOG_POS"])
    }

    /// What the SQL thread must stand still for.
    fn executes(&self) -> bool {
        self.of_relay() || self.has(&["MASTER_DELAY"])
    }

    /// What the I/O thread must stand still for.
    fn receives(&self) -> bool {
        let others = ["RELAY_LOG_FILE", "RELAY_LOG_POS", "MASTER_DELAY", "MASTER_AUTO_POSITION"];
        self.0.iter().any(|(name, _)| !others.contains(&name.as_str()))
    }
}

impl Mysqld {
    pub(in crate::mysql::server) fn change_master(
        &mut self,
        settings: &[(String, MasterValue)],
        session: &mut Session,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        let asked = Asked(settings);
        let (io, sql) = (self.replica.io.is_running(), self.replica.applier.running);
        self.may_change(&asked, session)?;
        let fresh = self.replica.source.is_none();
        let old = self.replica.source.clone().unwrap_or_default();
        if fresh {
            self.warn_of_relay_name(session.id, sys);
            self.fresh_relay(sys);
        }
        let mut source = old.clone();
        let was = (self.replica.io.file.clone(), self.replica.io.position.max(4));
        let mut at = was.clone();
        let purges = !io && !sql && !asked.of_relay();
        let names_place =
            asked.has(&["MASTER_HOST", "MASTER_PORT", "MASTER_LOG_FILE", "MASTER_LOG_POS"]);
        if asked.receives() {
            self.receive_options(&asked, &mut source, &mut at, session)?;
        }
        if purges && !names_place {
            // On from where the SQL thread is, for what it has not applied is about to go.
            let applier = &self.replica.applier;
            at = (applier.exec_file.clone(), applier.exec_position.max(4));
        }
        (self.replica.io.file, self.replica.io.position) = at.clone();
        if asked.receives() {
            self.change_master_line(&old, &was, &source, session.id, sys);
        }
        source.delay = asked.number("MASTER_DELAY").unwrap_or(source.delay);
        let auto = asked.number("MASTER_AUTO_POSITION").map(|auto| auto != 0);
        source.auto_position = auto.unwrap_or(source.auto_position);
        if purges || names_place {
            source.began = at;
        }
        let host = source.host.clone();
        self.replica.source = Some(source);
        if !io {
            self.save_source(sys);
        }
        if !sql {
            self.change_applier(&asked, purges, sys)?;
        }
        let (file, position) = (self.replica.io.file.clone(), self.replica.io.position);
        tell!(sys, MysqlFact::SourceSet { pod: pod(sys), host, file, position });
        Ok(())
    }

    fn may_change(&self, asked: &Asked, session: &mut Session) -> Result<(), SqlError> {
        let (io, sql) = (self.replica.io.is_running(), self.replica.applier.running);
        if self.server_id() == 0 {
            return Err(SqlError::new(
                1794,
                "Slave is not configured or failed to initialize properly. You must at least set \
                 --server-id to enable either a master or a slave. Additional error messages can \
                 be found in the MySQL error log.",
            ));
        }
        if let Some(MasterValue::Thousandths(period)) = asked.get("MASTER_HEARTBEAT_PERIOD")
            && *period > 1_000 * self.net_timeout()
        {
            let text = "The requested value for the heartbeat period exceeds the value of \
                        `slave_net_timeout' seconds. A sensible value for the period should be \
                        less than the timeout.";
            session.warn("Warning", 1704, text);
        }
        if let Some(position) = asked.number("MASTER_AUTO_POSITION") {
            if io || sql {
                return Err(threads_run());
            }
            if position != 0 && self.gtid_mode() == GtidMode::Off {
                let text = "CHANGE MASTER TO MASTER_AUTO_POSITION = 1 cannot be executed because \
                            @@GLOBAL.GTID_MODE = OFF.";
                return Err(SqlError::new(1777, text));
            }
        }
        // Until it is switched off, the source's word counts.
        let is_auto = self.replica.source.as_ref().is_some_and(|source| source.auto_position);
        let will = asked.number("MASTER_AUTO_POSITION").map_or(is_auto, |auto| auto != 0);
        let names =
            asked.has(&["MASTER_LOG_FILE", "MASTER_LOG_POS", "RELAY_LOG_FILE", "RELAY_LOG_POS"]);
        if will && names {
            let text = "Parameters MASTER_LOG_FILE, MASTER_LOG_POS, RELAY_LOG_FILE and \
                        RELAY_LOG_POS cannot be set when MASTER_AUTO_POSITION is active.";
            return Err(SqlError::new(1776, text));
        }
        if asked.receives() && io {
            let text = "This operation cannot be performed with a running slave io thread; run \
                        STOP SLAVE IO_THREAD FOR CHANNEL '' first.";
            return Err(SqlError::new(3021, text));
        }
        if asked.executes() && sql {
            return Err(sql_thread_runs());
        }
        if asked.text("MASTER_HOST").is_some_and(String::is_empty) {
            return Err(SqlError::new(1210, "Incorrect arguments to MASTER_HOST"));
        }
        Ok(())
    }

    /// Seconds.
    pub(super) fn net_timeout(&self) -> u64 {
        self.global("slave_net_timeout").parse().unwrap_or(60)
    }

    fn receive_options(
        &mut self,
        asked: &Asked,
        source: &mut Source,
        at: &mut (String, u64),
        session: &mut Session,
    ) -> Result<(), SqlError> {
        let (file, position) = (asked.text("MASTER_LOG_FILE"), asked.number("MASTER_LOG_POS"));
        let place = asked.has(&["MASTER_HOST", "MASTER_PORT"]);
        let text = |name: &str, old: &str| asked.text(name).map_or(old, String::as_str).to_string();
        let number = |name: &str, old: u64| asked.number(name).unwrap_or(old);
        let (host, port) = (source.host.clone(), source.port);
        source.host = text("MASTER_HOST", &source.host);
        let port_asked = number("MASTER_PORT", source.port.into());
        source.port = u16::try_from(port_asked).unwrap_or(u16::MAX);
        if (&host, port) != (&source.host, source.port) {
            (self.replica.io.source_id, self.replica.io.source_uuid) = (0, String::new());
        }
        if place && file.is_none() && position.is_none() {
            *at = (String::new(), 4);
        }
        at.0 = file.unwrap_or(&at.0).clone();
        at.1 = position.map_or(at.1, |position| position.max(4));
        if file.is_some() && position.is_none() {
            session.warn("Warning", 3023, OLD_POSITION);
        }
        if asked.has(&["MASTER_USER", "MASTER_PASSWORD"]) {
            for (code, text) in [PLAIN_TEXT, STORED] {
                session.warn("Note", code, text);
            }
        }
        source.user = text("MASTER_USER", &source.user);
        source.password = text("MASTER_PASSWORD", &source.password);
        source.bind = text("MASTER_BIND", &source.bind);
        // 0 leaves it as it is.
        let retry = asked.number("MASTER_CONNECT_RETRY").filter(|retry| *retry > 0);
        source.connect_retry = retry.unwrap_or(source.connect_retry);
        source.retry_count = number("MASTER_RETRY_COUNT", source.retry_count);
        source.ssl = number("MASTER_SSL", source.ssl.into()) != 0;
        source.verify = number("MASTER_SSL_VERIFY_SERVER_CERT", source.verify.into()) != 0;
        match asked.number(PUBLIC_KEY) {
            Some(0) => drop(source.texts.remove(PUBLIC_KEY)),
            Some(_) => drop(source.texts.insert(PUBLIC_KEY.into(), "1".into())),
            None => {}
        }
        for name in TEXTS {
            if let Some(text) = asked.text(name) {
                source.texts.insert(name.into(), text.clone());
            }
        }
        source.heartbeat = match asked.get("MASTER_HEARTBEAT_PERIOD") {
            Some(MasterValue::Thousandths(period)) => *period,
            _ if place => 500 * self.net_timeout(),
            _ => source.heartbeat,
        };
        if let Some(MasterValue::Numbers(ids)) = asked.get("IGNORE_SERVER_IDS") {
            source.ignored = ids.clone();
            source.ignored.sort_unstable();
            source.ignored.dedup();
        }
        Ok(())
    }

    fn change_applier(
        &mut self,
        asked: &Asked,
        purges: bool,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if purges {
            self.replica.io.retrieved = Default::default();
            self.fresh_relay(sys);
            let (file, position) = (self.replica.io.file.clone(), self.replica.io.position);
            let applier = &mut self.replica.applier;
            (applier.exec_file, applier.exec_position) = (file, position);
        }
        if asked.of_relay() {
            let (name, at) = self.replica.applier.group.clone();
            let name = asked.text("RELAY_LOG_FILE").cloned().unwrap_or(name);
            let at = asked.number("RELAY_LOG_POS").map_or(at, |position| position.max(4));
            if !self.replica.relay.files.iter().any(|(known, _)| *known == name) {
                let text = "Failed initializing relay log position: Could not find target log \
                            during relay log initialization";
                return Err(SqlError::new(1380, text));
            }
            self.replica.applier.group = (name, at);
        }
        let applier = &mut self.replica.applier;
        applier.event = applier.group.clone();
        if applier.exec_file.is_empty() {
            applier.exec_position = 0;
        }
        applier.clear_error();
        applier.until = None;
        self.save_applier(sys);
        Ok(())
    }

    /// Once in a server's life (`name_warning_sent` of rpl_rli.cc).
    pub(super) fn warn_of_relay_name(&mut self, thread: u64, sys: &mut dyn Sys) {
        if !self.global("relay_log").is_empty() || self.replica.named {
            return;
        }
        self.replica.named = true;
        let base = self.relay_base();
        let text = format!(
            "Neither --relay-log nor --relay-log-index were used; so replication may break when \
             this MySQL server acts as a slave and has his hostname changed!! Please use \
             '--relay-log={base}' to avoid this problem."
        );
        self.log(sys, thread, Level::Warning, &text);
    }

    fn change_master_line(
        &mut self,
        old: &Source,
        was: &(String, u64),
        new: &Source,
        thread: u64,
        sys: &mut dyn Sys,
    ) {
        let text = format!(
            "'CHANGE MASTER TO FOR CHANNEL '' executed'. Previous state master_host='{}', \
             master_port= {}, master_log_file='{}', master_log_pos= {}, master_bind='{}'. New \
             state master_host='{}', master_port= {}, master_log_file='{}', master_log_pos= {}, \
             master_bind='{}'.",
            old.host,
            old.port,
            was.0,
            was.1,
            old.bind,
            new.host,
            new.port,
            self.replica.io.file,
            self.replica.io.position,
            new.bind
        );
        self.log(sys, thread, Level::Note, &text);
    }

    /// Where the source is, and who to be there, is kept in memory; ALL forgets that too. A
    /// server that was no replica has nothing to reset.
    pub(in crate::mysql::server) fn reset_slave(
        &mut self,
        all: bool,
        sys: &mut dyn Sys,
    ) -> Result<(), SqlError> {
        if self.replica.io.is_running() || self.replica.applier.running {
            return Err(threads_run());
        }
        let Some(source) = self.replica.source.take() else { return Ok(()) };
        let source_id = self.replica.io.source_id;
        for name in ["master.info", "relay-log.info"] {
            let _ = sys.unlink(&self.path(name));
        }
        self.replica.io.retrieved = Default::default();
        self.fresh_relay(sys);
        let relay = std::mem::take(&mut self.replica.relay);
        let group = (relay.files.last().cloned().unwrap_or_default().0, 4);
        let named = self.replica.named;
        self.replica = Replica { relay, named, ..Replica::default() };
        if all {
            return Ok(());
        }
        let heartbeat = 500 * self.net_timeout();
        let began = (String::new(), 4);
        let auto_position = false;
        let kept = Source { began, delay: 0, verify: false, heartbeat, auto_position, ..source };
        self.replica.source = Some(kept);
        (self.replica.io.position, self.replica.io.source_id) = (4, source_id);
        let applier = &mut self.replica.applier;
        (applier.event, applier.group) = (group.clone(), group);
        Ok(())
    }
}

/// Error 3081.
fn threads_run() -> SqlError {
    let text = "This operation cannot be performed with running replication threads; run STOP \
                SLAVE FOR CHANNEL '' first";
    SqlError::new(3081, text)
}

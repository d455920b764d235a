//! The SQL thread: reads the relay log, and applies what it finds. Models `sql/rpl_slave.cc` and
//! `log_event.cc`.

use crate::base::{Millis, SimTime};
use crate::mysql::binlog::{Event, Gtid, GtidSet, Header, MAGIC, RELAY, TableMap, decode, header};
use crate::mysql::data::Value;
use crate::mysql::run::Change;
use crate::mysql::server::log::{Level, short};
use crate::mysql::server::{Mysqld, pod};
use crate::mysql::sql::ast::Until;
use crate::os::{Sys, TimerId};
use crate::trace::fact::MysqlFact;

pub(in crate::mysql::server) const CAUGHT_UP: &str =
    "Slave has read all relay log; waiting for more updates";

/// A relay log file that is gone (the real server would read on in its open descriptor, up to the
/// next restart).
const RELAY_UNREADABLE: &str = "Relay log read failure: Could not parse relay log event \
     entry. The possible reasons are: the master's binary log is corrupted (you can check \
     this by running 'mysqlbinlog' on the binary log), the slave's relay log is corrupted \
     (you can check this by running 'mysqlbinlog' on the relay log), a network problem, or a \
     bug in the master's or slave's MySQL code. If you want to check the master's binary log \
     or slave's relay log, you will be able to know their names by issuing 'SHOW SLAVE \
     STATUS' on this slave.";

/// The SQL thread.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Applier {
    pub running: bool,
    /// `Slave_SQL_Running_State`.
    pub state: &'static str,
    pub thread: u64,
    pub since: SimTime,
    /// `Relay_Log_File` and `Relay_Log_Pos`: the end of the last whole transaction.
    pub group: (String, u64),
    /// Where the next event begins.
    pub event: (String, u64),
    /// `Relay_Master_Log_File` and `Exec_Master_Log_Pos`.
    pub exec_file: String,
    pub exec_position: u64,
    /// `Last_SQL_Errno`, `Last_SQL_Error` and its timestamp.
    pub errno: u16,
    pub error: String,
    pub error_at: String,
    /// When the source made the event that is applied: seconds since 1970.
    pub stamp: u64,
    /// START SLAVE UNTIL.
    pub until: Option<Until>,
    /// `Skip_Counter`: how many events are still to be left out.
    pub skip: u64,
    /// Whether a transaction is open, and what it has changed.
    pub in_group: bool,
    /// A group is being left out (`sql_slave_skip_counter`), and has not come to its end.
    pub skipping: bool,
    pub changes: Vec<Change>,
    pub maps: Vec<TableMap>,
    /// Who made the event that is applied, and what of its transaction is logged here in turn.
    pub origin: u32,
    pub logged: Vec<Event>,
    /// Up to where the source has events that this server made itself, and that are left out.
    pub passed: Option<(String, u64)>,
    /// What the next statement is told.
    pub told: Told,
    /// The number of the transaction that is applied.
    pub gtid: Option<Gtid>,
    /// Set while it has to wait.
    pub timer: Option<TimerId>,
    /// What MASTER_DELAY still asks for.
    pub delayed_until: Option<u64>,
}

impl Applier {
    pub fn stop(&mut self, sys: &mut dyn Sys) {
        if let Some(timer) = self.timer.take() {
            sys.disarm(timer);
        }
        self.running = false;
        self.state = "";
        self.in_group = false;
        self.skipping = false;
        self.changes.clear();
        self.maps.clear();
        self.logged.clear();
        self.gtid = None;
        self.event = self.group.clone();
    }

    pub fn clear_error(&mut self) {
        self.errno = 0;
        self.error.clear();
        self.error_at.clear();
    }

    /// `Relay_Master_Log_File` as the log prints it.
    fn shown_file(&self) -> &str {
        if self.exec_file.is_empty() { "FIRST" } else { &self.exec_file }
    }
}

/// What events in front of a statement say of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Told {
    /// LAST_INSERT_ID (true) and INSERT_ID.
    pub numbers: Vec<(bool, u64)>,
    /// User variables.
    pub vars: Vec<(String, Value)>,
}

/// An event of the relay log and where it ends there.
pub(super) struct Found {
    pub header: Header,
    pub event: Event,
    pub end: u64,
}

impl Mysqld {
    pub(super) fn start_applier(&mut self, thread: u64, sys: &mut dyn Sys) {
        let applier = &mut self.replica.applier;
        applier.running = true;
        applier.thread = thread;
        applier.since = sys.now();
        applier.state = CAUGHT_UP;
        applier.clear_error();
        applier.event = applier.group.clone();
        let (file, at) = (applier.shown_file().to_string(), applier.exec_position);
        let (relay, relay_at) = applier.group.clone();
        let warning = "Slave SQL for channel '': If a crash happens this configuration does not \
                       guarantee that the relay log info will be consistent, Error_code: 0";
        self.log(sys, thread, Level::Warning, warning);
        let line = format!(
            "Slave SQL thread for channel '' initialized, starting replication in log '{file}' at \
             position {at}, relay log './{relay}' position: {relay_at}"
        );
        self.log(sys, thread, Level::Note, &line);
        self.sql_settle(sys);
    }

    /// One act of the SQL thread. True if it made one.
    pub(in crate::mysql::server) fn sql_turn(&mut self, sys: &mut dyn Sys) -> bool {
        if !self.replica.applier.running {
            return false;
        }
        if let Some(timer) = self.replica.applier.timer {
            if !sys.has_fired(timer) {
                return false;
            }
            self.replica.applier.timer = None;
        }
        self.sql_settle(sys);
        if self.reached_until(None, sys) {
            return true;
        }
        let Some(found) = self.next_relay_event(sys) else {
            if self.asks_for_more() {
                return true;
            }
            let applier = &mut self.replica.applier;
            applier.state = CAUGHT_UP;
            if let Some(at) = applier.passed.take().filter(|_| !applier.in_group) {
                (applier.exec_file, applier.exec_position) = at;
            }
            return false;
        };
        self.replica.applier.stamp = found.header.timestamp.into();
        if self.reached_until_with(&found, sys) {
            return true;
        }
        if self.must_wait(&found, sys) {
            return false;
        }
        self.replica.applier.since = sys.now();
        self.replica.applier.state = "Reading event from the relay log";
        let applier = &self.replica.applier;
        let is_known = matches!(&found.event, Event::Gtid { gtid, .. }
            if self.gtids.executed.contains(gtid));
        if applier.skipping || is_known || (applier.skip > 0 && !applier.in_group) {
            self.skip_group(found, sys);
        } else {
            self.apply_group(found, sys);
        }
        self.sql_settle(sys);
        if self.replica.applier.running && self.next_relay_event(sys).is_none() {
            self.replica.applier.state = CAUGHT_UP;
        }
        true
    }

    /// It has read all there is, and the I/O thread waits for room: it is asked for one event
    /// more, and in the next file, if this one could then be deleted.
    fn asks_for_more(&mut self) -> bool {
        if !self.relay_is_full() || self.replica.relay.allows_one || !self.replica.io.full {
            return false;
        }
        self.replica.relay.wants_next = !self.replica.applier.in_group;
        self.replica.relay.allows_one = true;
        true
    }

    /// Reads on to the end of a group without applying it; each of its events counts, but the
    /// counter ends only where a group does.
    fn skip_group(&mut self, first: Found, sys: &mut dyn Sys) {
        let mut found = first;
        self.replica.applier.skipping = true;
        loop {
            let end = (found.end, u64::from(found.header.end));
            let over = match &found.event {
                Event::Xid(_) => true,
                Event::Query(query) if query.sql == "BEGIN" => {
                    self.replica.applier.in_group = true;
                    false
                }
                Event::Query(query) => query.sql == "COMMIT" || !self.replica.applier.in_group,
                _ => false,
            };
            let left = self.replica.applier.skip.saturating_sub(1);
            self.replica.applier.skip = if over { left } else { left.max(1) };
            if over {
                self.replica.applier.skipping = false;
                self.group_done(end.0, end.1, sys);
                return;
            }
            self.replica.applier.event.1 = end.0;
            match self.next_relay_event(sys) {
                Some(next) => found = next,
                None => return,
            }
        }
    }

    /// MASTER_DELAY, and a global read lock.
    fn must_wait(&mut self, found: &Found, sys: &mut dyn Sys) -> bool {
        let delay = self.replica.source.as_ref().map_or(0, |source| source.delay);
        let applier = &mut self.replica.applier;
        let due = u64::from(found.header.timestamp) + delay;
        let now = sys.now().unix_secs();
        if delay > 0 && !applier.in_group && now < due {
            applier.delayed_until = Some(due);
            applier.state = "Waiting until MASTER_DELAY seconds after master executed event";
            applier.timer = Some(sys.arm(Millis::secs(due - now)));
            return true;
        }
        applier.delayed_until = None;
        let changes =
            found.event.is_number() || matches!(found.event, Event::Xid(_) | Event::Query(_));
        if changes && self.read_lock.is_some() {
            self.replica.applier.state = "Waiting for global read lock";
            return true;
        }
        false
    }

    /// The same before an event, or before the one that belongs to it.
    fn reached_until_with(&mut self, found: &Found, sys: &mut dyn Sys) -> bool {
        if self.replica.applier.until.is_none() {
            return false;
        }
        if self.reached_until(Some(found), sys) {
            return true;
        }
        if !found.event.is_number() {
            return false;
        }
        let here = self.replica.applier.event.clone();
        self.replica.applier.event.1 = found.end;
        let next = self.next_relay_event(sys);
        self.replica.applier.event = here;
        next.is_some_and(|next| self.reached_until(Some(&next), sys))
    }

    /// Whether it is where START SLAVE UNTIL wants it to stop. Models
    /// `Relay_log_info::is_until_satisfied`.
    fn reached_until(&mut self, found: Option<&Found>, sys: &mut dyn Sys) -> bool {
        let applier = &self.replica.applier;
        let Some(until) = applier.until.clone() else { return false };
        if let Some((before, set)) = &until.gtids {
            return self.reached_gtids(*before, set, found, sys);
        }
        let (name, at) = match found {
            _ if until.relay => applier.group.clone(),
            Some(found) if found.header.server_id == self.server_id() => return false,
            Some(found) if !applier.in_group && found.header.end > 0 => {
                let begins = u64::from(found.header.end - found.header.size);
                (applier.exec_file.clone(), begins)
            }
            _ => (applier.exec_file.clone(), applier.exec_position),
        };
        let shown = if until.relay { applier.group.1 } else { applier.exec_position };
        let thread = applier.thread;
        let numbered = |name: &str| {
            let (base, number) = name.rsplit_once('.').unwrap_or((name, ""));
            (base.to_string(), number.parse::<u64>().unwrap_or(0))
        };
        let ((base, number), (wanted, until_number)) = (numbered(&name), numbered(&until.file));
        if !name.is_empty() && base != wanted {
            let text = "Slave SQL thread is stopped because UNTIL condition is bad.";
            self.log(sys, thread, Level::Error, text);
        } else {
            let is_there = (number, at) >= (until_number, until.position);
            if !is_there || name.is_empty() && until.position != 0 {
                return false;
            }
            let line =
                format!("Slave SQL thread stopped because it reached its UNTIL position {shown}");
            self.log(sys, thread, Level::Note, &line);
        }
        tell!(sys, MysqlFact::ThreadsStopped { pod: pod(sys), io: false, sql: true });
        self.replica.applier.stop(sys);
        self.sql_exits(sys);
        true
    }

    /// The same of a set of transactions.
    fn reached_gtids(
        &mut self,
        before: bool,
        text: &str,
        found: Option<&Found>,
        sys: &mut dyn Sys,
    ) -> bool {
        let set = GtidSet::parse(text).unwrap_or_default();
        let executed = &self.gtids.executed;
        let why = match found.map(|found| &found.event) {
            _ if !before && set.is_within(executed) => "it reached UNTIL SQL_AFTER_GTIDS",
            _ if before && set.without(executed) != set => "UNTIL SQL_BEFORE_GTIDS",
            Some(Event::Gtid { gtid, .. }) if before && set.contains(gtid) => {
                "it reached UNTIL SQL_BEFORE_GTIDS"
            }
            _ => return false,
        };
        let applied = if why.starts_with("it") { "" } else { " is already applied" };
        let line = format!("Slave SQL thread stopped because {why} {set}{applied}");
        let thread = self.replica.applier.thread;
        self.log(sys, thread, Level::Note, &line);
        tell!(sys, MysqlFact::ThreadsStopped { pod: pod(sys), io: false, sql: true });
        self.replica.applier.stop(sys);
        self.sql_exits(sys);
        true
    }

    pub(super) fn sql_exits(&mut self, sys: &mut dyn Sys) {
        let applier = &self.replica.applier;
        let line = format!(
            "Slave SQL thread for channel '' exiting, replication stopped in log '{}' at position \
             {}",
            applier.shown_file(),
            applier.exec_position
        );
        let thread = applier.thread;
        self.log(sys, thread, Level::Note, &line);
    }

    /// The next event, if the I/O thread has written it. Goes on to the next file at the end of
    /// one.
    pub(super) fn next_relay_event(&mut self, sys: &mut dyn Sys) -> Option<Found> {
        loop {
            let (name, at) = self.replica.applier.event.clone();
            let Ok(file) = sys.read_file(&self.path(&name)) else {
                self.sql_fatal(1594, RELAY_UNREADABLE.into(), None, sys);
                return None;
            };
            let at = at.max(MAGIC.len() as u64);
            if let Some(head) = header(&file, at) {
                let end = at + u64::from(head.size);
                let (header, event) = decode(&file.slice(at, end))?;
                return Some(Found { header, event, end });
            }
            let next = self.replica.relay.after(&name)?;
            self.leave_relay_file(next, sys);
        }
    }

    /// On to the next relay log file; older ones are deleted. Models
    /// `MYSQL_BIN_LOG::purge_first_log`.
    fn leave_relay_file(&mut self, next: String, sys: &mut dyn Sys) {
        let applier = &mut self.replica.applier;
        let included = applier.group == applier.event;
        applier.event = (next.clone(), 4);
        let keep = if included {
            applier.group = (next.clone(), 4);
            next
        } else {
            applier.group.0.clone()
        };
        self.purge_relay(&keep, sys);
        self.save_applier(sys);
    }

    /// Reads on over events that change no data: descriptions and rotations.
    pub(super) fn sql_settle(&mut self, sys: &mut dyn Sys) {
        let before = self.replica.applier.group.clone();
        self.pass_rotations(sys);
        if self.replica.applier.group != before {
            self.save_applier(sys);
        }
    }

    fn pass_rotations(&mut self, sys: &mut dyn Sys) {
        while self.replica.applier.running {
            let Some(found) = self.next_relay_event(sys) else { return };
            let own = found.header.server_id == self.server_id();
            let applier = &mut self.replica.applier;
            match found.event {
                Event::Rotate { position, name } if found.header.flags & RELAY == 0 => {
                    applier.event.1 = found.end;
                    if !applier.in_group {
                        applier.exec_file = name;
                        applier.exec_position = position;
                        applier.group = applier.event.clone();
                    }
                }
                Event::Rotate { .. } | Event::PreviousGtids(_) | Event::Other(_) | Event::Stop => {
                    applier.event.1 = found.end;
                }
                Event::FormatDescription { .. } => {
                    applier.event.1 = found.end;
                    if !own && !applier.in_group {
                        applier.group = applier.event.clone();
                    }
                    if !own && found.header.end > 0 {
                        applier.exec_position = found.header.end.into();
                    }
                }
                _ => return,
            }
        }
    }

    /// Whether `slave_skip_errors` names an error. Such a one is only a warning, and what failed is
    /// left out.
    pub(super) fn skips_error(&mut self, errno: u16, text: &str, sys: &mut dyn Sys) -> bool {
        const DDL_EXIST: [u16; 8] = [1007, 1008, 1050, 1051, 1054, 1060, 1061, 1146];
        let list = self.global("slave_skip_errors").to_ascii_lowercase();
        let is_named = list.split(',').map(str::trim).any(|name| match name {
            "all" => true,
            "ddl_exist_errors" => DDL_EXIST.contains(&errno),
            number => number.parse() == Ok(errno),
        });
        if is_named {
            let thread = self.replica.applier.thread;
            let line = format!("Slave SQL for channel '': {text}, Error_code: {errno}");
            self.log(sys, thread, Level::Warning, &line);
        }
        is_named
    }

    /// An error it cannot get over: it stops. `condition` is what the statement itself failed with,
    /// if one did. Lines of a published log of 5.7.22 ("Duplicate column name 'b' Error_code:
    /// 1060", "We stopped at log 'mysql-bin.000011' position 194").
    pub(super) fn sql_fatal(
        &mut self,
        errno: u16,
        text: String,
        condition: Option<&str>,
        sys: &mut dyn Sys,
    ) {
        let thread = self.replica.applier.thread;
        let line = format!("Slave SQL for channel '': {text}, Error_code: {errno}");
        self.log(sys, thread, Level::Error, &line);
        if let Some(condition) = condition {
            let line = format!("Slave: {condition} Error_code: {errno}");
            self.log(sys, thread, Level::Warning, &line);
        }
        let home = self.home();
        let applier = &mut self.replica.applier;
        let at = (applier.shown_file().to_string(), applier.exec_position);
        applier.stop(sys);
        applier.errno = errno;
        applier.error = text.clone();
        applier.error_at = short(sys.now(), home);
        let line = format!(
            "Error running query, slave SQL thread aborted. Fix the problem, and restart the slave \
             SQL thread with \"SLAVE START\". We stopped at log '{}' position {}",
            at.0, at.1
        );
        self.log(sys, thread, Level::Error, &line);
        let fact = MysqlFact::ThreadFailed { pod: pod(sys), io: false, errno, message: text };
        tell!(sys, fact);
    }
}

//! SHOW SLAVE STATUS, SHOW STATUS, `mysqladmin status`.

use super::Mysqld;
use super::replica::{CAUGHT_UP, PUBLIC_KEY, Source};
use crate::mysql::data::moment_text;
use crate::mysql::run::{Head, NOT_MODELLED, Rows, STATUS, Session};
use crate::mysql::sql::ast::Until;
use crate::mysql::sql::dialect::reworded;
use crate::os::Sys;

impl Mysqld {
    /// `Seconds_Behind_Master` at a moment (seconds since 1970); `None`: NULL.
    pub(super) fn lag(&self, now: u64) -> Option<u64> {
        self.lag_stamp().map(|stamp| now.saturating_sub(stamp))
    }

    /// When the source made what is applied, `u64::MAX` if nothing is behind; `None`: nobody can
    /// tell. Models `show_slave_status_send_data`.
    pub(super) fn lag_stamp(&self) -> Option<u64> {
        let (io, applier) = (&self.replica.io, &self.replica.applier);
        if !applier.running {
            return None;
        }
        if io.file == applier.exec_file && io.position == applier.exec_position {
            return (io.running() == "Yes").then_some(u64::MAX);
        }
        let waits = applier.state == CAUGHT_UP || applier.stamp == 0;
        Some(if waits { u64::MAX } else { applier.stamp })
    }

    /// SHOW SLAVE STATUS at a moment (seconds since 1970): one row with the 57 fields of 5.7 and
    /// three more of 8.0, or none.
    pub(in crate::mysql) fn slave_status(&self, now: u64) -> Rows {
        let mut fields: Vec<(&str, Option<String>)> = Vec::new();
        let named = |source: &Source| !source.host.is_empty();
        if let Some(source) = self.replica.source.clone().filter(named) {
            let (io, applier, relay) =
                (&self.replica.io, &self.replica.applier, &self.replica.relay);
            let mut add = |name: &'static str, value: String| fields.push((name, Some(value)));
            add("Slave_IO_State", reworded(io.state, &self.release));
            add("Master_Host", source.host.clone());
            add("Master_User", self.login().0);
            add("Master_Port", source.port.to_string());
            add("Connect_Retry", source.connect_retry.to_string());
            add("Master_Log_File", io.file.clone());
            add("Read_Master_Log_Pos", io.position.to_string());
            add("Relay_Log_File", applier.group.0.clone());
            add("Relay_Log_Pos", applier.group.1.to_string());
            add("Relay_Master_Log_File", applier.exec_file.clone());
            add("Slave_IO_Running", io.running().into());
            add("Slave_SQL_Running", if applier.running { "Yes" } else { "No" }.into());
            for name in FILTERS {
                add(name, self.options.filters.list(&name.to_ascii_lowercase()));
            }
            add("Last_Errno", applier.errno.to_string());
            add("Last_Error", applier.error.clone());
            add("Skip_Counter", applier.skip.to_string());
            add("Exec_Master_Log_Pos", applier.exec_position.to_string());
            add("Relay_Log_Space", relay.space().to_string());
            let (condition, file, at) = until_fields(applier.until.clone());
            add("Until_Condition", condition.into());
            add("Until_Log_File", file);
            add("Until_Log_Pos", at.to_string());
            add("Master_SSL_Allowed", if source.ssl { "Yes" } else { "No" }.into());
            let text = |name: &str| source.texts.get(name).cloned().unwrap_or_default();
            for (name, setting) in SSL {
                add(name, text(setting));
            }
            let lag = self.lag(now).map(|seconds| seconds.to_string());
            fields.push(("Seconds_Behind_Master", lag));
            let mut add = |name: &'static str, value: String| fields.push((name, Some(value)));
            let verify = if source.verify { "Yes" } else { "No" };
            add("Master_SSL_Verify_Server_Cert", verify.into());
            add("Last_IO_Errno", io.errno.to_string());
            add("Last_IO_Error", io.error.clone());
            add("Last_SQL_Errno", applier.errno.to_string());
            add("Last_SQL_Error", applier.error.clone());
            add("Replicate_Ignore_Server_Ids", source.ignored_text());
            add("Master_Server_Id", io.source_id.to_string());
            add("Master_UUID", io.source_uuid.clone());
            add(
                "Master_Info_File",
                match self.is_8() {
                    true => "mysql.slave_master_info".into(),
                    false => format!("{}/master.info", self.datadir),
                },
            );
            self.later_fields(&source, now, &mut fields);
        }
        one_row(fields)
    }

    /// What came to SHOW SLAVE STATUS from 5.6 on.
    fn later_fields(&self, source: &Source, now: u64, fields: &mut Vec<(&str, Option<String>)>) {
        let (io, applier) = (&self.replica.io, &self.replica.applier);
        let text = |name: &str| source.texts.get(name).cloned().unwrap_or_default();
        fields.push(("SQL_Delay", Some(source.delay.to_string())));
        let remaining = applier.delayed_until.map(|due| due.saturating_sub(now).to_string());
        fields.push(("SQL_Remaining_Delay", remaining));
        let mut add = |name: &'static str, value: String| fields.push((name, Some(value)));
        add("Slave_SQL_Running_State", reworded(applier.state, &self.release));
        add("Master_Retry_Count", source.retry_count.to_string());
        add("Master_Bind", source.bind.clone());
        add("Last_IO_Error_Timestamp", io.error_at.clone());
        add("Last_SQL_Error_Timestamp", applier.error_at.clone());
        add("Master_SSL_Crl", text("MASTER_SSL_CRL"));
        add("Master_SSL_Crlpath", text("MASTER_SSL_CRLPATH"));
        add("Retrieved_Gtid_Set", io.retrieved.to_string());
        add("Executed_Gtid_Set", self.gtids.executed.to_string());
        add("Auto_Position", u8::from(source.auto_position).to_string());
        for name in ["Replicate_Rewrite_DB", "Channel_Name"] {
            add(name, String::new());
        }
        add("Master_TLS_Version", text("MASTER_TLS_VERSION"));
        if self.is_8() {
            let asks = source.texts.contains_key(PUBLIC_KEY);
            add("Master_public_key_path", text("MASTER_PUBLIC_KEY_PATH"));
            add("Get_master_public_key", u8::from(asks).to_string());
            add("Network_Namespace", String::new());
        }
    }

    /// SHOW STATUS, as far as it is counted: of one session, or of all.
    pub(super) fn status_rows(&self, of: Option<&Session>, sys: &dyn Sys) -> Rows {
        let mut rows = Rows::with_heads(&["Variable_name", "Value"]);
        let uptime = sys.now().since(self.started).0 / 1_000;
        let clients = self.conns.len() + 1;
        let counters = &self.counters;
        let values = [
            ("Aborted_clients", counters.aborted_clients),
            ("Aborted_connects", counters.aborted_connects),
            ("Connections", self.last_conn),
            ("Max_used_connections", counters.most.0),
            ("Ongoing_anonymous_transaction_count", self.anonymous_transactions() as u64),
            ("Queries", self.questions),
            ("Questions", of.map_or(self.questions, |session| session.questions)),
            // Temporary tables are not replicated to a server of this model.
            ("Slave_open_temp_tables", 0),
            ("Threads_cached", self.cached_threads(clients as u64)),
            ("Threads_connected", clients as u64),
            ("Threads_created", counters.threads_created),
            ("Threads_running", 1 + self.running_threads()),
            ("Uptime", uptime),
            ("Uptime_since_flush_status", uptime),
        ];
        for (name, value) in values {
            rows.push(&[name, &value.to_string()]);
        }
        self.compatible_rows(&mut rows);
        let most_at = moment_text(counters.most.1.unix_micros(), 0);
        rows.push(&["Max_used_connections_time", &most_at]);
        let commands = of.map_or(&counters.commands, |session| &session.commands);
        for name in STATUS.split(' ') {
            // Other Com_ counters are of statements that are not modelled: there was none.
            let count = commands.get(name).map(u64::to_string);
            let none = name.starts_with("Com_").then(|| "0".to_string());
            rows.push(&[name, &count.or(none).unwrap_or(NOT_MODELLED.into())]);
        }
        rows.rows.sort();
        rows
    }

    /// What 5.7.6 and later show of a replica only with `show_compatibility_56=ON`.
    fn compatible_rows(&self, rows: &mut Rows) {
        if !self.is_on("show_compatibility_56") {
            return;
        }
        let replica = &self.replica;
        let runs = replica.io.running() == "Yes" && replica.applier.running;
        let period = replica.source.as_ref().map_or(0, |source| source.heartbeat);
        let period = format!("{}.{:03}", period / 1_000, period % 1_000);
        for (name, value) in [
            ("Slave_heartbeat_period", period.as_str()),
            ("Slave_last_heartbeat", NOT_MODELLED),
            ("Slave_received_heartbeats", NOT_MODELLED),
            ("Slave_retried_transactions", NOT_MODELLED),
            ("Slave_running", if runs { "ON" } else { "OFF" }),
        ] {
            rows.push(&[name, value]);
        }
    }

    /// The line of `mysqladmin status`.
    pub(super) fn statistics(&self, sys: &dyn Sys) -> String {
        let uptime = sys.now().since(self.started).0 / 1_000;
        let average = (self.questions * 1_000).checked_div(uptime).unwrap_or(0);
        // `get_thd_count`: replication's and the event scheduler too.
        let threads =
            self.conns.len() + 1 + self.replica.threads().len() + usize::from(self.is_8());
        format!(
            "Uptime: {uptime}  Threads: {}  Questions: {}  Slow queries: 0  Opens: {}  Flush \
             tables: 1  Open tables: {}  Queries per second avg: {}.{:03}",
            threads,
            self.questions,
            105 + self.table_ids.len(),
            98 + self.table_ids.len(),
            average / 1_000,
            average % 1_000
        )
    }
}

/// `Until_Condition`, `Until_Log_File` and `Until_Log_Pos`.
fn until_fields(until: Option<Until>) -> (&'static str, String, u64) {
    match until {
        None => ("None", String::new(), 0),
        Some(Until { gtids: Some((before, _)), .. }) => {
            (if before { "SQL_BEFORE_GTIDS" } else { "SQL_AFTER_GTIDS" }, String::new(), 0)
        }
        Some(until) if until.relay => ("Relay", until.file, until.position),
        Some(until) => ("Master", until.file, until.position),
    }
}

/// One row with these fields, or none.
fn one_row(fields: Vec<(&str, Option<String>)>) -> Rows {
    let heads = fields
        .iter()
        .map(|(name, value)| Head {
            name: (*name).to_string(),
            number: value.as_ref().is_some_and(|v| v.parse::<u64>().is_ok()),
            nullable: false,
        })
        .collect();
    let row: Vec<Option<String>> = fields.into_iter().map(|(_, value)| value).collect();
    Rows { heads, rows: if row.is_empty() { Vec::new() } else { vec![row] } }
}

const FILTERS: [&str; 6] = [
    "Replicate_Do_DB",
    "Replicate_Ignore_DB",
    "Replicate_Do_Table",
    "Replicate_Ignore_Table",
    "Replicate_Wild_Do_Table",
    "Replicate_Wild_Ignore_Table",
];

const SSL: [(&str, &str); 5] = [
    ("Master_SSL_CA_File", "MASTER_SSL_CA"),
    ("Master_SSL_CA_Path", "MASTER_SSL_CAPATH"),
    ("Master_SSL_Cert", "MASTER_SSL_CERT"),
    ("Master_SSL_Cipher", "MASTER_SSL_CIPHER"),
    ("Master_SSL_Key", "MASTER_SSL_KEY"),
];

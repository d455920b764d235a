//! SHOW SLAVE STATUS, SHOW STATUS, `mysqladmin status`.

use super::Mysqld;
use crate::mysql::data::moment_text;
use crate::mysql::run::{Head, NOT_MODELLED, Rows, STATUS, Session};
use crate::os::Sys;

impl Mysqld {
    /// `Seconds_Behind_Master`; `None`: NULL.
    pub(super) fn lag(&self, sys_now_secs: u64) -> Option<u64> {
        let (io, applier) = (&self.replica.io, &self.replica.applier);
        if !applier.running || io.running() != "Yes" {
            return None;
        }
        let caught_up = io.file == applier.exec_file && io.position == applier.exec_position;
        Some(if caught_up { 0 } else { sys_now_secs.saturating_sub(applier.stamp.max(1)) })
            .map(|lag| if applier.stamp == 0 { 0 } else { lag })
    }

    /// SHOW SLAVE STATUS at a moment (seconds since 1970): one row with the 57 fields of 5.7, or
    /// none.
    pub(in crate::mysql) fn slave_status(&self, now: u64) -> Rows {
        let mut fields: Vec<(&str, Option<String>)> = Vec::new();
        if let Some(source) = self.replica.source.clone() {
            let (io, applier, relay) =
                (&self.replica.io, &self.replica.applier, &self.replica.relay);
            let mut add = |name: &'static str, value: String| fields.push((name, Some(value)));
            add("Slave_IO_State", io.state.into());
            add("Master_Host", source.host);
            add("Master_User", source.user);
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
            let last = if applier.errno > 0 { applier.errno } else { 0 };
            add("Last_Errno", last.to_string());
            add("Last_Error", applier.error.clone());
            add("Skip_Counter", self.global("sql_slave_skip_counter").into());
            add("Exec_Master_Log_Pos", applier.exec_position.to_string());
            add("Relay_Log_Space", relay.space().to_string());
            let until = applier.until.clone();
            add("Until_Condition", if until.is_some() { "Master" } else { "None" }.into());
            let (until_file, until_position) = until.unwrap_or_default();
            add("Until_Log_File", until_file);
            add("Until_Log_Pos", until_position.to_string());
            add("Master_SSL_Allowed", if source.ssl { "Yes" } else { "No" }.into());
            for name in SSL {
                add(name, String::new());
            }
            let lag = self.lag(now).map(|seconds| seconds.to_string());
            fields.push(("Seconds_Behind_Master", lag));
            let mut add = |name: &'static str, value: String| fields.push((name, Some(value)));
            add("Master_SSL_Verify_Server_Cert", "No".into());
            add("Last_IO_Errno", io.errno.to_string());
            add("Last_IO_Error", io.error.clone());
            add("Last_SQL_Errno", applier.errno.to_string());
            add("Last_SQL_Error", applier.error.clone());
            add("Replicate_Ignore_Server_Ids", String::new());
            add("Master_Server_Id", io.source_id.to_string());
            add("Master_UUID", io.source_uuid.clone());
            add("Master_Info_File", format!("{}/master.info", self.datadir));
            add("SQL_Delay", source.delay.to_string());
            let remaining = applier.delayed_until.map(|due| due.saturating_sub(now).to_string());
            fields.push(("SQL_Remaining_Delay", remaining));
            let mut add = |name: &'static str, value: String| fields.push((name, Some(value)));
            add("Slave_SQL_Running_State", applier.state.into());
            add("Master_Retry_Count", source.retry_count.to_string());
            add("Master_Bind", source.bind);
            add("Last_IO_Error_Timestamp", io.error_at.clone());
            add("Last_SQL_Error_Timestamp", applier.error_at.clone());
            for name in ["Master_SSL_Crl", "Master_SSL_Crlpath", "Retrieved_Gtid_Set"] {
                add(name, String::new());
            }
            add("Executed_Gtid_Set", String::new());
            add("Auto_Position", "0".into());
            for name in ["Replicate_Rewrite_DB", "Channel_Name", "Master_TLS_Version"] {
                add(name, String::new());
            }
        }
        one_row(fields)
    }

    /// SHOW STATUS, as far as it is counted: of one session, or of all.
    pub(super) fn status_rows(&self, of: Option<&Session>, sys: &dyn Sys) -> Rows {
        let mut rows = Rows::with_heads(&["Variable_name", "Value"]);
        let uptime = sys.now().since(self.started).0 / 1_000;
        let clients = self.conns.len() + 1;
        let replicas = self.conns.iter().filter(|conn| conn.is_dump()).count();
        let replica_runs = self.replica.io.is_running() && self.replica.applier.running;
        let counters = &self.counters;
        let values = [
            ("Aborted_clients", counters.aborted_clients),
            ("Aborted_connects", counters.aborted_connects),
            ("Connections", self.last_conn + 1),
            ("Max_used_connections", counters.most.0),
            ("Queries", self.questions),
            ("Questions", of.map_or(self.questions, |session| session.questions)),
            ("Slaves_connected", replicas as u64),
            ("Threads_cached", self.cached_threads(clients as u64)),
            ("Threads_connected", clients as u64),
            ("Threads_created", counters.threads_created),
            ("Threads_running", 1),
            ("Uptime", uptime),
            ("Uptime_since_flush_status", uptime),
        ];
        for (name, value) in values {
            rows.push(&[name, &value.to_string()]);
        }
        rows.push(&["Slave_running", if replica_runs { "ON" } else { "OFF" }]);
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

    /// The line of `mysqladmin status`.
    pub(super) fn statistics(&self, sys: &dyn Sys) -> String {
        let uptime = sys.now().since(self.started).0 / 1_000;
        let average = (self.questions * 1_000).checked_div(uptime).unwrap_or(0);
        format!(
            "Uptime: {uptime}  Threads: {}  Questions: {}  Slow queries: 0  Opens: {}  Flush \
             tables: 1  Open tables: {}  Queries per second avg: {}.{:03}",
            self.conns.len() + 1,
            self.questions,
            105 + self.table_ids.len(),
            98 + self.table_ids.len(),
            average / 1_000,
            average % 1_000
        )
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

const SSL: [&str; 5] = [
    "Master_SSL_CA_File",
    "Master_SSL_CA_Path",
    "Master_SSL_Cert",
    "Master_SSL_Cipher",
    "Master_SSL_Key",
];

//! What options ask for that this model does not do: said when a server starts, never passed over.

use super::options::Options;

/// Options with the values that change nothing here (none listed: any value does).
const CLAIMS: &[(&str, &[&str])] = &[
    ("binlog_checksum", &["CRC32"]),
    ("binlog_format", &["ROW", "STATEMENT", "MIXED", "2"]),
    ("binlog_row_image", &["FULL", "2"]),
    ("binlog_rows_query_log_events", &["OFF"]),
    ("completion_type", &["NO_CHAIN", "0"]),
    ("default_storage_engine", &["InnoDB"]),
    ("default_tmp_storage_engine", &["InnoDB"]),
    ("event_scheduler", &["OFF", "0", "DISABLED"]),
    ("general_log", &["OFF", "0"]),
    ("init_connect", &[""]),
    ("init_file", &[""]),
    ("init_slave", &[""]),
    ("innodb_file_per_table", &["ON", "1"]),
    ("innodb_flush_log_at_trx_commit", &["1"]),
    ("lc_time_names", &["en_US"]),
    ("lower_case_table_names", &["0"]),
    ("master_info_repository", &["FILE"]),
    ("max_error_count", &["64"]),
    ("max_user_connections", &["0"]),
    ("old_passwords", &["0"]),
    ("relay_log_info_repository", &["FILE"]),
    ("replicate_rewrite_db", &[]),
    ("replicate_same_server_id", &["OFF", "0"]),
    ("require_secure_transport", &["OFF", "0"]),
    ("rpl_semi_sync_master_enabled", &["OFF", "0"]),
    ("rpl_semi_sync_slave_enabled", &["OFF", "0"]),
    ("slave_compressed_protocol", &["OFF"]),
    ("slave_parallel_workers", &["0"]),
    ("slow_query_log", &["OFF", "0"]),
    ("sql_auto_is_null", &["OFF", "0"]),
    ("sql_quote_show_create", &["ON", "1"]),
    ("sql_safe_updates", &["OFF", "0"]),
    ("sql_select_limit", &["18446744073709551615"]),
    ("sync_binlog", &["1"]),
    ("tls_version", &["TLSv1,TLSv1.1,TLSv1.2"]),
];

/// The options that ask for what is not done here, as they would stand in a file.
pub fn not_done(options: &Options) -> Vec<String> {
    let asked = CLAIMS.iter().filter_map(|(name, harmless)| {
        let value = options.variables.get(*name).or_else(|| options.others.get(*name))?;
        let is_harmless = harmless.iter().any(|text| text.eq_ignore_ascii_case(value));
        (!is_harmless).then(|| format!("{}={value}", name.replace('_', "-")))
    });
    asked.collect()
}

/// What SET asks for and is not done here.
pub fn refuses(name: &str, value: &str) -> bool {
    let claim = CLAIMS.iter().find(|(known, _)| *known == name);
    claim.is_some_and(|(_, harmless)| !harmless.iter().any(|text| text.eq_ignore_ascii_case(value)))
}

/// Those whose variable shows what the server does, and not what it was asked for.
pub const SHOWN_AS_DONE: [(&str, &str); 2] =
    [("binlog_checksum", "CRC32"), ("binlog_row_image", "FULL")];

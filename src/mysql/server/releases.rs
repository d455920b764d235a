//! Options that came with 8.0 or went after 5.7. Models the chapters "What is new" and "removed" of
//! the manuals of 8.0 and 8.4.

/// When 5.7's options went: the first release without them.
const GONE: &[(&str, &[&str])] = &[
    (
        "8.0",
        &[
            "date_format",
            "datetime_format",
            "ignore_builtin_innodb",
            "ignore_db_dir",
            "ignore_db_dirs",
            "innodb_checksums",
            "innodb_file_format",
            "innodb_file_format_check",
            "innodb_file_format_max",
            "innodb_large_prefix",
            "innodb_locks_unsafe_for_binlog",
            "innodb_support_xa",
            "innodb_undo_logs",
            "log_builtin_as_identified_by_password",
            "log_syslog",
            "log_warnings",
            "max_tmp_tables",
            "metadata_locks_cache_size",
            "multi_range_count",
            "old_passwords",
            "partition",
            "query_cache_limit",
            "query_cache_min_res_unit",
            "query_cache_size",
            "query_cache_type",
            "query_cache_wlock_invalidate",
            "secure_auth",
            "show_compatibility_56",
            "sync_frm",
            "thread_concurrency",
            "time_format",
            "tx_isolation",
            "tx_read_only",
        ],
    ),
    (
        "8.4",
        &[
            "avoid_temporal_upgrade",
            "binlog_transaction_dependency_tracking",
            "character_set_client_handshake",
            "default_authentication_plugin",
            "expire_logs_days",
            "innodb_api_enable_binlog",
            "language",
            "log_bin_use_v1_row_events",
            "master_info_file",
            "master_info_repository",
            "old_style_user_limits",
            "relay_log_info_file",
            "relay_log_info_repository",
            "show_old_temporals",
            "skip_character_set_client_handshake",
            "skip_host_cache",
            "skip_ssl",
            "slave_rows_search_algorithms",
            "ssl",
            "transaction_write_set_extraction",
        ],
    ),
];

/// Names that 8.0 knows and 5.7 does not, and how some begin.
const NEW: &[&str] = &[
    "admin_address",
    "admin_port",
    "authentication_policy",
    "binlog_expire_logs_auto_purge",
    "binlog_expire_logs_seconds",
    "binlog_row_metadata",
    "binlog_row_value_options",
    "binlog_transaction_compression",
    "cte_max_recursion_depth",
    "default_collation_for_utf8mb4",
    "default_table_encryption",
    "group_replication_consistency",
    "information_schema_stats_expiry",
    "innodb_dedicated_server",
    "innodb_log_writer_threads",
    "innodb_redo_log_capacity",
    "internal_tmp_mem_storage_engine",
    "log_error_services",
    "log_error_suppression_list",
    "log_slow_extra",
    "log_slow_replica_statements",
    "mandatory_roles",
    "mysql_native_password",
    "partial_revokes",
    "regexp_stack_limit",
    "regexp_time_limit",
    "restrict_fk_on_non_standard_key",
    "rpl_stop_replica_timeout",
    "sync_source_info",
    "temptable_max_mmap",
    "temptable_max_ram",
    "windowing_use_high_precision",
];

const NEW_BEGIN: [&str; 2] = ["caching_sha2_password_", "mysqlx"];

/// Names from 8.0.26 on of options that 5.7 has, beside those that begin with `replica_`.
const RENAMED: [(&str, &str); 4] = [
    ("init_replica", "init_slave"),
    ("log_replica_updates", "log_slave_updates"),
    ("skip_replica_start", "skip_slave_start"),
    ("source_verify_checksum", "master_verify_checksum"),
];

/// Options of MySQL that MariaDB never had.
const NOT_IN_MARIADB: [&str; 7] = [
    "default_authentication_plugin",
    "enforce_gtid_consistency",
    "gtid_mode",
    "master_info_repository",
    "relay_log_info_repository",
    "super_read_only",
    "transaction_write_set_extraction",
];

fn numbers(release: &str) -> (u32, u32, u32) {
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

/// `8.0` of `8.0.43`, as a number; MariaDB's own numbers come to nothing.
fn line_of(release: &str) -> (u32, u32) {
    let (major, minor, _) = numbers(release);
    if major >= 10 { (5, 7) } else { (major, minor) }
}

/// The name that 5.7 has for an option, where a release has another one for it.
pub fn former_name(name: &str, release: &str) -> Option<String> {
    let (major, ..) = numbers(release);
    if major >= 10 || numbers(release) < (8, 0, 26) {
        return None;
    }
    let known = RENAMED.iter().find(|(new, _)| *new == name).map(|(_, old)| (*old).to_string());
    known.or_else(|| name.strip_prefix("replica_").map(|rest| format!("slave_{rest}")))
}

/// Whether a release does not know an option of 5.7, or not any more.
pub fn is_gone(name: &str, release: &str) -> bool {
    if numbers(release).0 >= 10 && NOT_IN_MARIADB.contains(&name) {
        return true;
    }
    let gone = |(first, names): &(&str, &[&str])| {
        line_of(release) >= line_of(first) && names.contains(&name)
    };
    GONE.iter().any(gone)
}

/// Whether a release knows an option that 5.7 did not.
pub fn is_new(name: &str, release: &str) -> bool {
    if RENAMED.iter().any(|(new, _)| *new == name) || name.starts_with("replica_") {
        return line_of(release) >= (8, 0) && numbers(release) >= (8, 0, 26);
    }
    let known = NEW.contains(&name) || NEW_BEGIN.iter().any(|begin| name.starts_with(begin));
    known && line_of(release) >= (8, 0)
}

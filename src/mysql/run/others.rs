//! Names of variables that 5.7 has and nothing here counts on: SHOW lists them, and says so. From
//! SHOW GLOBAL VARIABLES and SHOW GLOBAL STATUS of 5.6.24, and what the 5.7 manual adds.

/// What SHOW prints as their value.
pub const NOT_MODELLED: &str = "[Ordinal] not modelled";

/// System variables.
pub const VARIABLES: &str = "\
    avoid_temporal_upgrade binlog_direct_non_transactional_updates \
    binlog_group_commit_sync_delay binlog_group_commit_sync_no_delay_count \
    binlog_max_flush_queue_time binlog_order_commits binlog_transaction_dependency_history_size \
    binlog_transaction_dependency_tracking block_encryption_mode character_sets_dir \
    check_proxy_users core_file date_format datetime_format default_week_format delay_key_write \
    delayed_insert_limit delayed_insert_timeout delayed_queue_size disabled_storage_engines \
    disconnect_on_expired_password div_precision_increment end_markers_in_json \
    eq_range_index_dive_limit executed_gtids_compression_period flush flush_time \
    ft_boolean_syntax ft_max_word_len ft_min_word_len ft_query_expansion_limit ft_stopword_file \
    general_log_file have_compress have_crypt have_dynamic_loading have_geometry have_profiling \
    have_query_cache have_rtree_keys have_statement_timeout have_symlink host_cache_size \
    ignore_builtin_innodb ignore_db_dirs innodb_adaptive_flushing innodb_adaptive_flushing_lwm \
    innodb_adaptive_hash_index innodb_adaptive_hash_index_parts innodb_adaptive_max_sleep_delay \
    innodb_api_bk_commit_interval innodb_api_disable_rowlock innodb_api_enable_binlog \
    innodb_api_enable_mdl innodb_api_trx_level innodb_autoextend_increment \
    innodb_buffer_pool_dump_at_shutdown innodb_buffer_pool_dump_now innodb_buffer_pool_dump_pct \
    innodb_buffer_pool_filename innodb_buffer_pool_load_abort innodb_buffer_pool_load_at_startup \
    innodb_buffer_pool_load_now innodb_change_buffer_max_size innodb_change_buffering \
    innodb_checksum_algorithm innodb_checksums innodb_cmp_per_index_enabled \
    innodb_commit_concurrency innodb_compression_failure_threshold_pct innodb_compression_level \
    innodb_compression_pad_pct_max innodb_concurrency_tickets innodb_data_home_dir \
    innodb_deadlock_detect innodb_default_row_format innodb_disable_sort_file_cache \
    innodb_file_format_check innodb_file_format_max innodb_fill_factor \
    innodb_flush_log_at_timeout innodb_flush_neighbors innodb_flush_sync \
    innodb_flushing_avg_loops innodb_force_load_corrupted innodb_force_recovery \
    innodb_ft_aux_table innodb_ft_cache_size innodb_ft_enable_diag_print \
    innodb_ft_enable_stopword innodb_ft_max_token_size innodb_ft_min_token_size \
    innodb_ft_num_word_optimize innodb_ft_result_cache_limit innodb_ft_server_stopword_table \
    innodb_ft_sort_pll_degree innodb_ft_total_cache_size innodb_ft_user_stopword_table \
    innodb_io_capacity_max innodb_locks_unsafe_for_binlog innodb_log_checksums \
    innodb_log_compressed_pages innodb_log_group_home_dir innodb_log_write_ahead_size \
    innodb_lru_scan_depth innodb_max_dirty_pages_pct innodb_max_dirty_pages_pct_lwm \
    innodb_max_purge_lag innodb_max_purge_lag_delay innodb_max_undo_log_size \
    innodb_monitor_disable innodb_monitor_enable innodb_monitor_reset innodb_monitor_reset_all \
    innodb_old_blocks_pct innodb_old_blocks_time innodb_online_alter_log_max_size \
    innodb_open_files innodb_optimize_fulltext_only innodb_page_cleaners innodb_page_size \
    innodb_print_all_deadlocks innodb_purge_batch_size innodb_purge_rseg_truncate_frequency \
    innodb_purge_threads innodb_random_read_ahead innodb_read_ahead_threshold \
    innodb_read_io_threads innodb_read_only innodb_replication_delay innodb_rollback_on_timeout \
    innodb_rollback_segments innodb_sort_buffer_size innodb_spin_wait_delay \
    innodb_stats_auto_recalc innodb_stats_method innodb_stats_on_metadata \
    innodb_stats_persistent innodb_stats_persistent_sample_pages innodb_stats_sample_pages \
    innodb_stats_transient_sample_pages innodb_status_output innodb_status_output_locks \
    innodb_support_xa innodb_sync_array_size innodb_sync_spin_loops innodb_table_locks \
    innodb_temp_data_file_path innodb_thread_sleep_delay innodb_tmpdir innodb_undo_directory \
    innodb_undo_log_truncate innodb_undo_logs innodb_undo_tablespaces innodb_write_io_threads \
    internal_tmp_disk_storage_engine keep_files_on_create key_cache_age_threshold \
    key_cache_block_size key_cache_division_limit keyring_operations large_files_support \
    large_page_size large_pages lc_messages lc_messages_dir locked_in_memory \
    log_bin_use_v1_row_events log_builtin_as_identified_by_password log_slow_admin_statements \
    log_slow_slave_statements log_syslog log_syslog_facility log_syslog_include_pid \
    log_syslog_tag log_throttle_queries_not_using_indexes low_priority_updates \
    master_verify_checksum max_delayed_threads max_digest_length max_execution_time \
    max_insert_delayed_threads max_join_size max_length_for_sort_data max_points_in_geometry \
    max_prepared_stmt_count max_seeks_for_key max_sort_length max_sp_recursion_depth \
    max_tmp_tables max_write_lock_count metadata_locks_cache_size metadata_locks_hash_instances \
    min_examined_row_limit multi_range_count myisam_data_pointer_size myisam_max_sort_file_size \
    myisam_mmap_size myisam_recover_options myisam_repair_threads myisam_sort_buffer_size \
    myisam_stats_method myisam_use_mmap mysql_native_password_proxy_users net_buffer_length \
    net_retry_count new ngram_token_size offline_mode old old_alter_table optimizer_prune_level \
    optimizer_search_depth optimizer_switch optimizer_trace optimizer_trace_features \
    optimizer_trace_limit optimizer_trace_max_mem_size optimizer_trace_offset \
    parser_max_mem_size performance_schema_accounts_size performance_schema_digests_size \
    performance_schema_events_stages_history_long_size \
    performance_schema_events_stages_history_size \
    performance_schema_events_statements_history_long_size \
    performance_schema_events_statements_history_size \
    performance_schema_events_transactions_history_long_size \
    performance_schema_events_transactions_history_size \
    performance_schema_events_waits_history_long_size \
    performance_schema_events_waits_history_size performance_schema_hosts_size \
    performance_schema_max_cond_classes performance_schema_max_cond_instances \
    performance_schema_max_digest_length performance_schema_max_file_classes \
    performance_schema_max_file_handles performance_schema_max_file_instances \
    performance_schema_max_index_stat performance_schema_max_memory_classes \
    performance_schema_max_metadata_locks performance_schema_max_mutex_classes \
    performance_schema_max_mutex_instances performance_schema_max_prepared_statements_instances \
    performance_schema_max_program_instances performance_schema_max_rwlock_classes \
    performance_schema_max_rwlock_instances performance_schema_max_socket_classes \
    performance_schema_max_socket_instances performance_schema_max_sql_text_length \
    performance_schema_max_stage_classes performance_schema_max_statement_classes \
    performance_schema_max_statement_stack performance_schema_max_table_handles \
    performance_schema_max_table_instances performance_schema_max_table_lock_stat \
    performance_schema_max_thread_classes performance_schema_max_thread_instances \
    performance_schema_session_connect_attrs_size performance_schema_setup_actors_size \
    performance_schema_setup_objects_size performance_schema_users_size plugin_dir \
    preload_buffer_size query_alloc_block_size query_cache_limit query_cache_min_res_unit \
    query_cache_wlock_invalidate query_prealloc_size range_alloc_block_size \
    range_optimizer_max_mem_size read_rnd_buffer_size relay_log_space_limit report_password \
    report_user secure_auth session_track_gtids session_track_schema session_track_state_change \
    session_track_system_variables session_track_transaction_info \
    sha256_password_auto_generate_rsa_keys sha256_password_private_key_path \
    sha256_password_proxy_users sha256_password_public_key_path show_compatibility_56 \
    show_create_table_verbosity show_old_temporals slave_allow_batching slave_checkpoint_group \
    slave_checkpoint_period slave_load_tmpdir slave_max_allowed_packet \
    slave_pending_jobs_size_max slave_preserve_commit_order slave_rows_search_algorithms \
    slave_sql_verify_checksum slave_transaction_retries slave_type_conversions slow_launch_time \
    slow_query_log_file ssl_ca ssl_capath ssl_cert ssl_cipher ssl_crl ssl_crlpath ssl_key \
    stored_program_cache sync_frm table_open_cache_instances thread_handling time_format \
    transaction_alloc_block_size transaction_prealloc_size transaction_write_set_extraction \
    updatable_views_with_limit";

/// Status variables.
pub const STATUS: &str = "\
    Binlog_cache_disk_use Binlog_cache_use \
    Binlog_stmt_cache_disk_use Binlog_stmt_cache_use Bytes_received Bytes_sent \
    Com_admin_commands Com_alter_db Com_alter_db_upgrade Com_alter_event Com_alter_function \
    Com_alter_instance Com_alter_procedure Com_alter_server Com_alter_table Com_alter_tablespace \
    Com_alter_user Com_analyze Com_assign_to_keycache Com_begin Com_binlog Com_call_procedure \
    Com_change_db Com_change_master Com_change_repl_filter Com_check Com_checksum Com_commit \
    Com_create_db Com_create_event Com_create_function Com_create_index Com_create_procedure \
    Com_create_server Com_create_table Com_create_trigger Com_create_udf Com_create_user \
    Com_create_view Com_dealloc_sql Com_delete Com_delete_multi Com_do Com_drop_db \
    Com_drop_event Com_drop_function Com_drop_index Com_drop_procedure Com_drop_server \
    Com_drop_table Com_drop_trigger Com_drop_user Com_drop_view Com_empty_query Com_execute_sql \
    Com_explain_other Com_flush Com_get_diagnostics Com_grant Com_group_replication_start \
    Com_group_replication_stop Com_ha_close Com_ha_open Com_ha_read Com_help Com_insert \
    Com_insert_select Com_install_plugin Com_kill Com_load Com_lock_tables Com_optimize \
    Com_preload_keys Com_prepare_sql Com_purge Com_purge_before_date Com_release_savepoint \
    Com_rename_table Com_rename_user Com_repair Com_replace Com_replace_select Com_reset \
    Com_resignal Com_revoke Com_revoke_all Com_rollback Com_rollback_to_savepoint Com_savepoint \
    Com_select Com_set_option Com_show_binlog_events Com_show_binlogs Com_show_charsets \
    Com_show_collations Com_show_create_db Com_show_create_event Com_show_create_func \
    Com_show_create_proc Com_show_create_table Com_show_create_trigger Com_show_create_user \
    Com_show_databases Com_show_engine_logs Com_show_engine_mutex Com_show_engine_status \
    Com_show_errors Com_show_events Com_show_fields Com_show_function_code \
    Com_show_function_status Com_show_grants Com_show_keys Com_show_master_status \
    Com_show_open_tables Com_show_plugins Com_show_privileges Com_show_procedure_code \
    Com_show_procedure_status Com_show_processlist Com_show_profile Com_show_profiles \
    Com_show_relaylog_events Com_show_slave_hosts Com_show_slave_status Com_show_status \
    Com_show_storage_engines Com_show_table_status Com_show_tables Com_show_triggers \
    Com_show_variables Com_show_warnings Com_shutdown Com_signal Com_slave_start Com_slave_stop \
    Com_stmt_close Com_stmt_execute Com_stmt_fetch Com_stmt_prepare Com_stmt_reprepare \
    Com_stmt_reset Com_stmt_send_long_data Com_truncate Com_uninstall_plugin Com_unlock_tables \
    Com_update Com_update_multi Com_xa_commit Com_xa_end Com_xa_prepare Com_xa_recover \
    Com_xa_rollback Com_xa_start Compression Connection_errors_accept Connection_errors_internal \
    Connection_errors_max_connections Connection_errors_peer_address Connection_errors_select \
    Connection_errors_tcpwrap Created_tmp_disk_tables Created_tmp_files Created_tmp_tables \
    Delayed_errors Delayed_insert_threads Delayed_writes Flush_commands Handler_commit \
    Handler_delete Handler_discover Handler_external_lock Handler_mrr_init Handler_prepare \
    Handler_read_first Handler_read_key Handler_read_last Handler_read_next Handler_read_prev \
    Handler_read_rnd Handler_read_rnd_next Handler_rollback Handler_savepoint \
    Handler_savepoint_rollback Handler_update Handler_write Innodb_available_undo_logs \
    Innodb_buffer_pool_bytes_data Innodb_buffer_pool_bytes_dirty Innodb_buffer_pool_dump_status \
    Innodb_buffer_pool_load_status Innodb_buffer_pool_pages_data Innodb_buffer_pool_pages_dirty \
    Innodb_buffer_pool_pages_flushed Innodb_buffer_pool_pages_free Innodb_buffer_pool_pages_misc \
    Innodb_buffer_pool_pages_total Innodb_buffer_pool_read_ahead \
    Innodb_buffer_pool_read_ahead_evicted Innodb_buffer_pool_read_ahead_rnd \
    Innodb_buffer_pool_read_requests Innodb_buffer_pool_reads Innodb_buffer_pool_resize_status \
    Innodb_buffer_pool_wait_free Innodb_buffer_pool_write_requests Innodb_data_fsyncs \
    Innodb_data_pending_fsyncs Innodb_data_pending_reads Innodb_data_pending_writes \
    Innodb_data_read Innodb_data_reads Innodb_data_writes Innodb_data_written \
    Innodb_dblwr_pages_written Innodb_dblwr_writes Innodb_log_waits Innodb_log_write_requests \
    Innodb_log_writes Innodb_num_open_files Innodb_os_log_fsyncs Innodb_os_log_pending_fsyncs \
    Innodb_os_log_pending_writes Innodb_os_log_written Innodb_page_size Innodb_pages_created \
    Innodb_pages_read Innodb_pages_written Innodb_row_lock_current_waits Innodb_row_lock_time \
    Innodb_row_lock_time_avg Innodb_row_lock_time_max Innodb_row_lock_waits Innodb_rows_deleted \
    Innodb_rows_inserted Innodb_rows_read Innodb_rows_updated Innodb_truncated_status_writes \
    Key_blocks_not_flushed Key_blocks_unused Key_blocks_used Key_read_requests Key_reads \
    Key_write_requests Key_writes Last_query_cost Last_query_partial_plans Locked_connects \
    Max_execution_time_exceeded Max_execution_time_set Max_execution_time_set_failed \
    Max_used_connections_time Ongoing_anonymous_transaction_count Open_files Open_streams \
    Open_table_definitions Open_tables Opened_files Opened_table_definitions Opened_tables \
    Performance_schema_accounts_lost Performance_schema_cond_classes_lost \
    Performance_schema_cond_instances_lost Performance_schema_digest_lost \
    Performance_schema_file_classes_lost Performance_schema_file_handles_lost \
    Performance_schema_file_instances_lost Performance_schema_hosts_lost \
    Performance_schema_index_stat_lost Performance_schema_locker_lost \
    Performance_schema_memory_classes_lost Performance_schema_metadata_lock_lost \
    Performance_schema_mutex_classes_lost Performance_schema_mutex_instances_lost \
    Performance_schema_nested_statement_lost Performance_schema_prepared_statements_lost \
    Performance_schema_program_lost Performance_schema_rwlock_classes_lost \
    Performance_schema_rwlock_instances_lost Performance_schema_session_connect_attrs_lost \
    Performance_schema_socket_classes_lost Performance_schema_socket_instances_lost \
    Performance_schema_stage_classes_lost Performance_schema_statement_classes_lost \
    Performance_schema_table_handles_lost Performance_schema_table_instances_lost \
    Performance_schema_table_lock_stat_lost Performance_schema_thread_classes_lost \
    Performance_schema_thread_instances_lost Performance_schema_users_lost Prepared_stmt_count \
    Qcache_free_blocks Qcache_free_memory Qcache_hits Qcache_inserts Qcache_lowmem_prunes \
    Qcache_not_cached Qcache_queries_in_cache Qcache_total_blocks Rsa_public_key \
    Select_full_join Select_full_range_join Select_range Select_range_check Select_scan \
    Slave_heartbeat_period Slave_last_heartbeat Slave_open_temp_tables Slave_received_heartbeats \
    Slave_retried_transactions Slow_launch_threads Slow_queries Sort_merge_passes Sort_range \
    Sort_rows Sort_scan Ssl_accept_renegotiates Ssl_accepts Ssl_callback_cache_hits Ssl_cipher \
    Ssl_cipher_list Ssl_client_connects Ssl_connect_renegotiates Ssl_ctx_verify_depth \
    Ssl_ctx_verify_mode Ssl_default_timeout Ssl_finished_accepts Ssl_finished_connects \
    Ssl_server_not_after Ssl_server_not_before Ssl_session_cache_hits Ssl_session_cache_misses \
    Ssl_session_cache_mode Ssl_session_cache_overflows Ssl_session_cache_size \
    Ssl_session_cache_timeouts Ssl_sessions_reused Ssl_used_session_cache_entries \
    Ssl_verify_depth Ssl_verify_mode Ssl_version Table_locks_immediate Table_locks_waited \
    Table_open_cache_hits Table_open_cache_misses Table_open_cache_overflows \
    Tc_log_max_pages_used Tc_log_page_size Tc_log_page_waits Threads_cached Threads_created \
    Uptime_since_flush_status";

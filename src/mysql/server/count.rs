//! What SHOW STATUS counts: statements by their kind, and connections. Models `com_status_vars` of
//! `sql/mysqld.cc` and `sql/conn_handler/`.

use super::Mysqld;
use super::conn::Conn;
use crate::base::SimTime;
use crate::mysql::run::{Commands, Session};
use crate::mysql::sql::ast::{InsertSource, Show, Statement};

/// A server's counters.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Counters {
    /// Commands of all connections.
    pub commands: Commands,
    /// Clients that left without a word.
    pub aborted_clients: u64,
    /// Clients that were not let in.
    pub aborted_connects: u64,
    /// Most connections at a time, and since when.
    pub most: (u64, SimTime),
    /// Threads there are, those that wait for a connection among them.
    threads: u64,
    /// Threads that were made.
    pub threads_created: u64,
}

impl Default for Counters {
    fn default() -> Counters {
        Counters {
            commands: Commands::new(),
            aborted_clients: 0,
            aborted_connects: 0,
            most: (0, SimTime::START),
            threads: 0,
            threads_created: 0,
        }
    }
}

impl Mysqld {
    /// A client asks for something.
    pub(super) fn count_request(&mut self, conn: &mut Conn) {
        self.questions += 1;
        if let Some(session) = &mut conn.session {
            session.questions += 1;
        }
    }

    /// A statement is about to be executed.
    pub(super) fn count(&mut self, statement: &Statement, sql: &str, session: &mut Session) {
        let name = name(statement, sql);
        *self.counters.commands.entry(name).or_default() += 1;
        *session.commands.entry(name).or_default() += 1;
    }

    /// There is one connection more.
    pub(super) fn count_connection(&mut self, now: SimTime) {
        let live = self.conns.len() as u64;
        let counters = &mut self.counters;
        if live > counters.most.0 {
            counters.most = (live, now);
        }
        if live > counters.threads {
            counters.threads = live;
            counters.threads_created += 1;
        }
    }

    /// Threads that wait for a connection, beside so many that serve one.
    pub(super) fn cached_threads(&self, serving: u64) -> u64 {
        self.counters.threads.saturating_sub(serving)
    }

    /// A connection is gone, and so many are left: its thread is kept, if there is room.
    pub(super) fn forget_thread(&mut self, left: u64) {
        let room = self.global("thread_cache_size").parse().unwrap_or(0_u64);
        self.counters.threads = self.counters.threads.min(left.saturating_add(room));
    }
}

/// The counter of a statement. What the grammar reads in one way and MySQL in two is told by its
/// first words.
fn name(statement: &Statement, sql: &str) -> &'static str {
    let mut words = sql.split_whitespace().map(str::to_ascii_uppercase);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match statement {
        Statement::Binlog(_) => "Com_binlog",
        Statement::Select(_) => "Com_select",
        Statement::Insert(insert) => {
            match (insert.replace, matches!(insert.source, InsertSource::Select(_))) {
                (false, false) => "Com_insert",
                (false, true) => "Com_insert_select",
                (true, false) => "Com_replace",
                (true, true) => "Com_replace_select",
            }
        }
        Statement::Update(_) => "Com_update",
        Statement::Delete(_) => "Com_delete",
        Statement::MultiUpdate(_) => "Com_update_multi",
        Statement::MultiDelete(_) => "Com_delete_multi",
        Statement::Truncate(_) => "Com_truncate",
        Statement::CreateDatabase { .. } => "Com_create_db",
        Statement::DropDatabase { .. } => "Com_drop_db",
        Statement::CreateTable(_) => "Com_create_table",
        Statement::CreateView(_) => "Com_create_view",
        Statement::DropView { .. } => "Com_drop_view",
        Statement::DropTable { .. } => "Com_drop_table",
        Statement::AlterTable { .. } if first == "CREATE" => "Com_create_index",
        Statement::AlterTable { .. } if first == "DROP" => "Com_drop_index",
        Statement::AlterTable { .. } => "Com_alter_table",
        Statement::RenameTable(_) => "Com_rename_table",
        Statement::Use(_) => "Com_change_db",
        Statement::Load(..) => "Com_load",
        Statement::Begin { .. } => "Com_begin",
        Statement::Commit(_) => "Com_commit",
        Statement::Rollback(_) => "Com_rollback",
        Statement::Savepoint(_) => "Com_savepoint",
        Statement::RollbackTo(_) => "Com_rollback_to_savepoint",
        Statement::Release(_) => "Com_release_savepoint",
        Statement::Prepare { .. } => "Com_prepare_sql",
        Statement::Execute { .. } => "Com_execute_sql",
        Statement::Deallocate(_) => "Com_dealloc_sql",
        Statement::Maintain { verb, .. } => match verb.to_ascii_uppercase().as_str() {
            "ANALYZE" => "Com_analyze",
            "CHECK" => "Com_check",
            "OPTIMIZE" => "Com_optimize",
            _ => "Com_repair",
        },
        // SET PASSWORD is one of SET's assignments.
        Statement::Set(_) | Statement::SetPassword { .. } => "Com_set_option",
        Statement::Show(show) => show_name(show, &second),
        Statement::Describe(..) => "Com_show_fields",
        Statement::Flush { .. } => "Com_flush",
        Statement::LockTables(_) => "Com_lock_tables",
        Statement::UnlockTables => "Com_unlock_tables",
        Statement::ResetMaster | Statement::ResetSlave { .. } => "Com_reset",
        Statement::PurgeTo(_) => "Com_purge",
        Statement::PurgeBefore(_) => "Com_purge_before_date",
        Statement::ChangeMaster(_) => "Com_change_master",
        Statement::StartSlave { .. } => "Com_slave_start",
        Statement::StopSlave { .. } => "Com_slave_stop",
        Statement::CreateUser { .. } => "Com_create_user",
        Statement::AlterUser { .. } => "Com_alter_user",
        Statement::DropUser { .. } => "Com_drop_user",
        Statement::Grant(_) => "Com_grant",
        Statement::Revoke(revoke) if revoke.what.is_none() => "Com_revoke_all",
        Statement::Revoke(_) => "Com_revoke",
        Statement::Kill { .. } => "Com_kill",
        Statement::Do(_) => "Com_do",
        Statement::Shutdown => "Com_shutdown",
    }
}

fn show_name(show: &Show, second: &str) -> &'static str {
    match show {
        Show::Databases(_) => "Com_show_databases",
        Show::Tables { .. } => "Com_show_tables",
        Show::TableStatus { .. } => "Com_show_table_status",
        Show::Columns { .. } => "Com_show_fields",
        Show::Index(..) => "Com_show_keys",
        Show::CreateTable(_) | Show::CreateView(_) => "Com_show_create_table",
        Show::CreateDatabase(_) => "Com_show_create_db",
        Show::Variables { .. } => "Com_show_variables",
        Show::Status { .. } => "Com_show_status",
        Show::Processlist { .. } => "Com_show_processlist",
        Show::MasterStatus => "Com_show_master_status",
        Show::BinaryLogs => "Com_show_binlogs",
        Show::BinlogEvents { relay: false, .. } => "Com_show_binlog_events",
        Show::BinlogEvents { relay: true, .. } => "Com_show_relaylog_events",
        Show::SlaveStatus => "Com_show_slave_status",
        Show::SlaveHosts => "Com_show_slave_hosts",
        Show::Warnings => "Com_show_warnings",
        Show::Errors => "Com_show_errors",
        // The grammar makes SELECT @@warning_count of it.
        Show::CountWarnings | Show::CountErrors => "Com_select",
        Show::Grants(_) => "Com_show_grants",
        Show::Engines => "Com_show_storage_engines",
        Show::EngineInnodbStatus => "Com_show_engine_status",
        Show::Plugins => "Com_show_plugins",
        Show::Privileges => "Com_show_privileges",
        Show::Triggers => "Com_show_triggers",
        Show::Events => "Com_show_events",
        Show::Routines if second == "FUNCTION" => "Com_show_function_status",
        Show::Routines => "Com_show_procedure_status",
        Show::CharacterSet(_) => "Com_show_charsets",
        Show::Collation(_) => "Com_show_collations",
    }
}

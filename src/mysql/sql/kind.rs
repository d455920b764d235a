//! What kind of statement one is.

use super::ast::Statement;

impl Statement {
    /// Whether it writes rows, or makes, alters or drops tables and databases.
    pub fn changes_tables(&self) -> bool {
        matches!(
            self,
            Statement::Insert(_)
                | Statement::Update(_)
                | Statement::Delete(_)
                | Statement::MultiUpdate(_)
                | Statement::MultiDelete(_)
                | Statement::Truncate(_)
                | Statement::CreateDatabase { .. }
                | Statement::DropDatabase { .. }
                | Statement::CreateTable(_)
                | Statement::CreateView(_)
                | Statement::DropView { .. }
                | Statement::DropTable { .. }
                | Statement::AlterTable { .. }
                | Statement::RenameTable(_)
        )
    }

    /// Whether what is open is committed before it, as before DDL, which sees to that itself
    /// (`CF_AUTO_COMMIT_TRANS` of sql/sql_parse.cc).
    pub fn commits_first(&self) -> bool {
        self.changes_accounts()
            || matches!(
                self,
                Statement::Maintain { .. }
                    | Statement::Flush { .. }
                    | Statement::ResetMaster
                    | Statement::ResetSlave { .. }
                    | Statement::ChangeMaster(_)
                    | Statement::StartSlave { .. }
                    | Statement::StopSlave { .. }
            )
    }

    /// Whether it makes, alters or drops accounts, or gives them rights.
    pub fn changes_accounts(&self) -> bool {
        matches!(
            self,
            Statement::CreateUser { .. }
                | Statement::AlterUser { .. }
                | Statement::DropUser { .. }
                | Statement::SetPassword { .. }
                | Statement::Grant(_)
                | Statement::Revoke(_)
        )
    }
}

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
}

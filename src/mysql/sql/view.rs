//! CREATE VIEW as it was written.

use super::ast::{Account, Select, TableName};

/// CREATE VIEW.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateView {
    /// CREATE, CREATE OR REPLACE or ALTER.
    pub verb: String,
    /// Its name.
    pub name: TableName,
    /// The names of its columns, if they are given.
    pub columns: Vec<String>,
    /// Its query.
    pub select: Box<Select>,
    /// The query's text.
    pub text: String,
    /// DEFINER.
    pub definer: Option<Account>,
    /// ALGORITHM: UNDEFINED, MERGE or TEMPTABLE.
    pub algorithm: Option<&'static str>,
    /// SQL SECURITY: DEFINER or INVOKER.
    pub security: Option<&'static str>,
    /// WITH CHECK OPTION: CASCADED, LOCAL, or nothing.
    pub check: &'static str,
}

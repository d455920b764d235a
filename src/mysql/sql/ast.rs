//! Statements as they were written.

pub use super::expression::{Expr, Op};
pub use super::source::{MasterValue, Until};
pub use super::view::CreateView;

/// `db.table` or `table`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableName {
    /// The database, if it is named.
    pub db: Option<String>,
    /// The table.
    pub table: String,
}

/// A statement.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Statement {
    /// Events in base64.
    Binlog(String),
    Select(Box<Select>),
    Insert(Insert),
    Update(Update),
    Delete(Delete),
    Truncate(TableName),
    CreateDatabase {
        name: String,
        if_not_exists: bool,
        charset: Option<String>,
    },
    DropDatabase {
        name: String,
        if_exists: bool,
    },
    CreateTable(CreateTable),
    DropTable {
        names: Vec<TableName>,
        if_exists: bool,
        temporary: bool,
    },
    CreateView(CreateView),
    DropView {
        names: Vec<TableName>,
        if_exists: bool,
    },
    AlterTable {
        name: TableName,
        changes: Vec<Alter>,
    },
    RenameTable(Vec<(TableName, TableName)>),
    Use(String),
    /// START TRANSACTION.
    Begin {
        /// WITH CONSISTENT SNAPSHOT.
        snapshot: bool,
        /// READ ONLY.
        read_only: bool,
    },
    /// LOAD DATA INFILE: the file, and the table.
    Load(String, TableName),
    /// Whether the next transaction begins at once (AND CHAIN).
    Commit(bool),
    Rollback(bool),
    Savepoint(String),
    RollbackTo(String),
    Release(String),
    MultiUpdate(MultiUpdate),
    MultiDelete(MultiDelete),
    Prepare {
        name: String,
        from: Expr,
    },
    Execute {
        name: String,
        using: Vec<String>,
    },
    Deallocate(String),
    /// ANALYZE, CHECK, OPTIMIZE, REPAIR TABLE.
    Maintain {
        verb: &'static str,
        names: Vec<TableName>,
        no_binlog: bool,
    },
    Set(Vec<Assignment>),
    Show(Show),
    /// A table, and the columns wanted, as LIKE names them.
    Describe(TableName, Pick),
    Flush {
        what: Flush,
        no_binlog: bool,
    },
    /// Tables, the names they go by, and whether to WRITE.
    LockTables(Vec<(TableName, String, bool)>),
    UnlockTables,
    ResetMaster,
    ResetSlave {
        all: bool,
    },
    PurgeTo(String),
    PurgeBefore(Expr),
    ChangeMaster(Vec<(String, MasterValue)>),
    StartSlave {
        io: bool,
        sql: bool,
        until: Option<Until>,
        /// User and password for this start only.
        login: (Option<String>, Option<String>),
    },
    StopSlave {
        io: bool,
        sql: bool,
    },
    CreateUser {
        users: Vec<UserSpec>,
        if_not_exists: bool,
    },
    AlterUser {
        users: Vec<UserSpec>,
        if_exists: bool,
    },
    DropUser {
        users: Vec<Account>,
        if_exists: bool,
    },
    SetPassword {
        account: Option<Account>,
        password: String,
    },
    Grant(Grant),
    Revoke(Revoke),
    Kill {
        connection: bool,
        id: Expr,
    },
    Do(Vec<Expr>),
    Shutdown,
}

/// `user@host`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The user.
    pub user: String,
    /// The host, `%` if it is not named.
    pub host: String,
}

/// An account with what identifies it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserSpec {
    /// Which.
    pub account: Account,
    /// `IDENTIFIED BY`.
    pub password: Option<String>,
    /// `IDENTIFIED WITH … AS`: the password's hash.
    pub hash: Option<String>,
    /// `IDENTIFIED WITH`: how it is checked.
    pub plugin: Option<String>,
}

impl UserSpec {
    /// An account, and nothing of how it is identified.
    pub fn of(account: Account) -> UserSpec {
        UserSpec { account, password: None, hash: None, plugin: None }
    }
}

/// GRANT.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// Privileges in upper case; `ALL PRIVILEGES` for ALL.
    pub privileges: Vec<String>,
    /// The database, `None` for `*.*`.
    pub db: Option<String>,
    /// To whom.
    pub to: Vec<UserSpec>,
    /// `WITH GRANT OPTION`.
    pub grant_option: bool,
}

/// REVOKE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revoke {
    /// Privileges as in a GRANT, and of which database; `None`: all there are.
    pub what: Option<(Vec<String>, Option<String>)>,
    /// From whom.
    pub from: Vec<Account>,
    /// The statement, as it is logged.
    pub text: String,
}

/// What FLUSH flushes.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Flush {
    Logs,
    BinaryLogs,
    EngineLogs,
    RelayLogs,
    Tables,
    TablesWithReadLock,
    Privileges,
    Hosts,
    Status,
    Other(String),
}

/// INSERT and REPLACE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Insert {
    /// REPLACE.
    pub replace: bool,
    /// IGNORE.
    pub ignore: bool,
    /// DELAYED.
    pub delayed: bool,
    /// Where to.
    pub table: TableName,
    /// The columns named; empty: all.
    pub columns: Vec<String>,
    /// What.
    pub source: InsertSource,
    /// ON DUPLICATE KEY UPDATE.
    pub on_duplicate: Vec<(String, Expr)>,
    /// What the view that it goes through demands of the rows, and that view's name.
    pub check: Option<Box<(Expr, String)>>,
}

/// Where inserted rows come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InsertSource {
    /// VALUES; `None` is DEFAULT.
    Values(Vec<Vec<Option<Expr>>>),
    /// SELECT.
    Select(Box<Select>),
}

/// UPDATE of several tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MultiUpdate {
    /// IGNORE.
    pub ignore: bool,
    /// Which tables, and how they are joined.
    pub from: Vec<From>,
    /// Table (if named), column and value.
    pub set: Vec<(Option<String>, String, Expr)>,
    /// Which rows.
    pub filter: Option<Expr>,
}

/// DELETE from several tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MultiDelete {
    /// IGNORE.
    pub ignore: bool,
    /// From which tables.
    pub targets: Vec<TableName>,
    /// Which tables are read, and how they are joined.
    pub from: Vec<From>,
    /// Which rows.
    pub filter: Option<Expr>,
}

/// UPDATE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Update {
    /// IGNORE.
    pub ignore: bool,
    /// Which table.
    pub table: TableName,
    /// What is set.
    pub set: Vec<(String, Expr)>,
    /// Which rows.
    pub filter: Option<Expr>,
    /// In which order.
    pub order: Vec<(Expr, bool)>,
    /// How many at most.
    pub limit: Option<u64>,
    /// What the view that it goes through demands of the rows, and that view's name.
    pub check: Option<Box<(Expr, String)>>,
}

/// DELETE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delete {
    /// IGNORE.
    pub ignore: bool,
    /// From which table.
    pub table: TableName,
    /// Which rows.
    pub filter: Option<Expr>,
    /// In which order.
    pub order: Vec<(Expr, bool)>,
    /// How many at most.
    pub limit: Option<u64>,
}

/// CREATE TABLE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: TableName,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// TEMPORARY.
    pub temporary: bool,
    /// Columns.
    pub columns: Vec<ColumnSpec>,
    /// Keys written on their own.
    pub keys: Vec<KeySpec>,
    /// Foreign keys.
    pub foreign: Vec<ForeignSpec>,
    /// `LIKE` another table.
    pub like: Option<TableName>,
    /// `AS SELECT`.
    pub select: Option<Box<Select>>,
    /// `ENGINE`, `CHARSET`, `AUTO_INCREMENT` …, names in upper case.
    pub options: Vec<(String, String)>,
}

/// A column as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: crate::mysql::data::Type,
    /// NOT NULL.
    pub not_null: bool,
    /// NULL, written out.
    pub null: bool,
    /// CHARACTER SET, or COLLATE.
    pub charset: Option<String>,
    /// BINARY: the character set's `_bin` collation.
    pub binary: bool,
    /// DEFAULT.
    pub default: Option<Expr>,
    /// ON UPDATE CURRENT_TIMESTAMP, and with how many digits after the point.
    pub on_update_now: Option<u8>,
    /// AUTO_INCREMENT.
    pub auto_increment: bool,
    /// PRIMARY KEY at the column.
    pub primary: bool,
    /// UNIQUE at the column.
    pub unique: bool,
    /// COMMENT.
    pub comment: String,
}

/// A key as written.
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct KeySpec {
    /// Its name, if given; `PRIMARY` for the primary key.
    pub name: Option<String>,
    /// PRIMARY KEY.
    pub primary: bool,
    /// UNIQUE or PRIMARY.
    pub unique: bool,
    /// Its columns, and how much of each counts (0: all of it).
    pub columns: Vec<(String, u32)>,
    /// `BTREE` or `HASH`, if USING says so.
    pub using: String,
    /// COMMENT.
    pub comment: String,
}

/// A foreign key as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignSpec {
    /// Its name, if given.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table it refers to.
    pub table: TableName,
    /// That table's columns.
    pub to: Vec<String>,
    /// What a DELETE there does here.
    pub on_delete: crate::mysql::data::Referential,
    /// What an UPDATE there does here.
    pub on_update: crate::mysql::data::Referential,
}

/// One change of ALTER TABLE.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Alter {
    Add(ColumnSpec, Position),
    Drop(String),
    Modify(String, ColumnSpec, Position),
    AddKey(KeySpec),
    DropKey(String),
    RenameKey(String, String),
    AddForeign(ForeignSpec),
    DropForeign(String),
    /// ALTER COLUMN … SET DEFAULT, DROP DEFAULT.
    Default(String, Option<Expr>),
    Rename(TableName),
    Option(String, String),
    Convert(String),
    /// DISABLE KEYS, ENABLE KEYS.
    SwitchKeys,
    /// FORCE, CHECK and the like.
    Nothing,
}

/// Where ALTER TABLE puts a column.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Position {
    Last,
    First,
    After(String),
}

/// One assignment of SET.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Assignment {
    User(String, Expr),
    System {
        global: bool,
        name: String,
        value: Option<Expr>,
    },
    Names(String),
    /// SET TRANSACTION ISOLATION LEVEL; neither global nor for the session: of the next one.
    Isolation {
        global: bool,
        session: bool,
        level: String,
    },
}

/// SHOW.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Show {
    Databases(Pick),
    Tables {
        db: Option<String>,
        full: bool,
        pick: Pick,
    },
    TableStatus {
        db: Option<String>,
        pick: Pick,
    },
    Columns {
        table: TableName,
        full: bool,
        pick: Pick,
    },
    Index(TableName, Pick),
    CreateTable(TableName),
    CreateView(TableName),
    CreateDatabase(String),
    Variables {
        global: bool,
        pick: Pick,
    },
    Status {
        global: bool,
        pick: Pick,
    },
    Processlist {
        full: bool,
    },
    MasterStatus,
    BinaryLogs,
    BinlogEvents {
        relay: bool,
        log: Option<String>,
        from: Option<u64>,
        limit: Option<(u64, u64)>,
    },
    SlaveStatus,
    SlaveHosts,
    Warnings,
    Errors,
    CountWarnings,
    CountErrors,
    Grants(Option<Account>),
    Engines,
    EngineInnodbStatus,
    Plugins,
    Privileges,
    Triggers,
    Events,
    /// PROCEDURE STATUS, FUNCTION STATUS.
    Routines,
    CharacterSet(Pick),
    Collation(Pick),
}

/// LIKE or WHERE of a SHOW.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Pick {
    All,
    Like(String),
    Where(Expr),
}

/// What to order by; true: descending.
pub type OrderBy = Vec<(Expr, bool)>;

/// Offset and count of LIMIT.
pub type Limit = Option<(u64, u64)>;

/// SELECT.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Select {
    /// DISTINCT.
    pub distinct: bool,
    /// What.
    pub items: Vec<Item>,
    /// From where.
    pub from: Vec<From>,
    /// Which rows.
    pub filter: Option<Expr>,
    /// GROUP BY.
    pub group: Vec<Expr>,
    /// Whether the groups' ORDER is descending, one for each.
    pub group_descending: Vec<bool>,
    /// WITH ROLLUP.
    pub rollup: bool,
    /// INTO: user variables.
    pub into: Vec<String>,
    /// SQL_CALC_FOUND_ROWS.
    pub calc: bool,
    /// HAVING.
    pub having: Option<Expr>,
    /// ORDER BY; true: descending.
    pub order: OrderBy,
    /// LIMIT: offset, count.
    pub limit: Limit,
    /// UNION: the next SELECT, and whether ALL.
    pub union: Option<(bool, Box<Select>)>,
    /// ORDER BY and LIMIT of the whole UNION.
    pub whole: (OrderBy, Limit),
    /// INTO OUTFILE, DUMPFILE: the file.
    pub outfile: Option<String>,
    /// LOCK IN SHARE MODE; true: FOR UPDATE.
    pub lock: Option<bool>,
}

/// One item of a SELECT list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What; `None`: `*`, with the table's name for `t.*`.
    pub what: Result<Expr, Option<String>>,
    /// Its heading: the alias, or the text as written.
    pub name: String,
}

/// One table of a FROM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct From {
    /// Which.
    pub source: Source,
    /// What columns call it.
    pub alias: String,
    /// Keys that USE, FORCE and IGNORE INDEX name.
    pub hints: Vec<String>,
    /// How it is joined to what stands before.
    pub join: Join,
    /// ON.
    pub on: Option<Expr>,
    /// USING.
    pub using: Vec<String>,
    /// NATURAL.
    pub natural: bool,
    /// STRAIGHT_JOIN: it is read after what stands before.
    pub straight: bool,
}

/// What a FROM reads.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Source {
    Table(TableName),
    Derived(Box<Select>),
}

/// How tables are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Join {
    Inner,
    Left,
    Right,
}

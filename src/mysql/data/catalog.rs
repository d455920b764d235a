//! All a server stores, and how it lies in ibdata1.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Charset, Table};
use crate::base::{Blob, SortedMap};
use crate::mysql::binlog::GtidSet;

/// What the head of an ibdata1 of ours begins with.
const MAGIC: &[u8] = b"ordinal-innodb-1\n";

/// A database.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Database {
    /// Its tables.
    pub tables: SortedMap<String, Arc<Table>>,
    /// Its default character set.
    pub charset: Charset,
    /// Its views.
    pub views: SortedMap<String, View>,
}

/// A view. Its queries have the names of databases between marks.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct View {
    /// Its query as MySQL writes it anew.
    pub written: String,
    /// The same, without brackets around joins: as it is read.
    pub read: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Who made it, as it is written: the user and the host in their quotes.
    pub definer: String,
    /// Its query as it was given.
    pub source: String,
    /// ALGORITHM: UNDEFINED, MERGE or TEMPTABLE.
    pub algorithm: String,
    /// SQL SECURITY: DEFINER or INVOKER.
    pub security: String,
    /// WITH CHECK OPTION: CASCADED, LOCAL, or nothing.
    pub check: String,
}

/// What an account may do.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Privileges {
    /// Names in upper case; `ALL PRIVILEGES` for all.
    pub names: Vec<String>,
    /// WITH GRANT OPTION.
    pub grant_option: bool,
}

/// How the server checks who an account is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Plugin {
    /// `mysql_native_password`.
    #[default]
    Native,
    /// `caching_sha2_password`, which 8.0 brought.
    Sha2,
}

impl Plugin {
    /// As `mysql.user` names it.
    pub fn name(self) -> &'static str {
        match self {
            Plugin::Native => "mysql_native_password",
            Plugin::Sha2 => "caching_sha2_password",
        }
    }
}

/// An account.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Its user.
    pub user: String,
    /// From where: `%`, `localhost`, an address, a pattern.
    pub host: String,
    /// Its password's hash, empty for none.
    pub password: String,
    /// How it is checked.
    pub plugin: Plugin,
    /// Whether it may log in.
    pub locked: bool,
    /// On `*.*`.
    pub global: Privileges,
    /// On one database each.
    pub on: SortedMap<String, Privileges>,
}

/// All a server stores.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Catalog {
    /// Databases that clients made. The system's own are known by their directories.
    pub databases: SortedMap<String, Database>,
    /// Accounts, in the order they were made.
    pub accounts: Vec<Account>,
    /// InnoDB's log sequence number.
    pub lsn: u64,
    /// Whether the last server shut down in order.
    pub clean: bool,
    /// The binlog coordinates of the last commit, as InnoDB's header keeps them.
    pub binlog: Option<(String, u64)>,
    /// `mysql.gtid_executed`: what is executed, but for a binlog's open file.
    pub gtids: GtidSet,
    /// Which server wrote it.
    pub version: String,
    /// Of a clone: whose copy it is. No real file says so; the page does.
    pub copied: Option<Copied>,
}

/// Where a clone comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Copied {
    /// The pod whose backup it is.
    pub from: String,
    /// The file of the backup that names the coordinates.
    pub file: String,
    /// The coordinates: binlog file and position.
    pub at: (String, u64),
}

impl Catalog {
    /// What `mysqld --initialize-insecure` makes: `root@localhost` without a password, and two
    /// locked accounts.
    pub fn initial(version: &str, plugin: Plugin, lsn: u64) -> Catalog {
        let account = |user: &str, locked: bool| Account {
            user: user.into(),
            host: "localhost".into(),
            password: String::new(),
            plugin,
            locked,
            global: Privileges::default(),
            on: SortedMap::new(),
        };
        let mut root = account("root", false);
        root.global = Privileges { names: vec!["ALL PRIVILEGES".into()], grant_option: true };
        Catalog {
            databases: SortedMap::new(),
            accounts: vec![root, account("mysql.session", true), account("mysql.sys", true)],
            lsn,
            clean: true,
            binlog: None,
            gtids: GtidSet::default(),
            version: version.into(),
            copied: None,
        }
    }

    /// The table, if both exist.
    pub fn table(&self, db: &str, table: &str) -> Option<&Table> {
        self.databases.get(db)?.tables.get(table).map(Arc::as_ref)
    }

    /// The view, if there is one.
    pub fn view(&self, db: &str, name: &str) -> Option<&View> {
        self.databases.get(db)?.views.get(name)
    }

    /// The table, to be changed.
    pub fn table_mut(&mut self, db: &str, table: &str) -> Option<&mut Table> {
        self.databases.get_mut(db)?.tables.get_mut(table).map(Arc::make_mut)
    }

    /// The AUTO_INCREMENT counters of a server that starts: 5.7 does not keep them on disk, InnoDB
    /// goes on from the rows that are there.
    pub fn count_anew(&mut self) {
        for database in self.databases.values_mut() {
            for table in database.tables.values_mut() {
                let next = if table.engine == "InnoDB" {
                    table.after_rows()
                } else {
                    table.auto_increment
                };
                if (table.auto_increment, table.auto_steps) != (next, (1, 0)) {
                    let table = Arc::make_mut(table);
                    (table.auto_increment, table.auto_steps) = (next, (1, 0));
                }
            }
        }
    }

    /// As the head of an ibdata1 of `size` bytes.
    pub fn to_blob(&self, size: u64) -> Blob {
        let mut bytes = MAGIC.to_vec();
        let data = postcard::to_allocvec(self).expect("plain data always serialises");
        bytes.extend_from_slice(&(data.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&data);
        let mut blob = Blob::from(bytes);
        blob.push_hole(size.saturating_sub(blob.len()));
        blob
    }

    /// From an ibdata1 (or a redo log) of ours.
    pub fn from_blob(blob: &Blob) -> Option<Catalog> {
        let head = blob.slice(0, MAGIC.len() as u64 + 4).bytes();
        let length = head.strip_prefix(MAGIC)?;
        let length = u32::from_le_bytes(length.try_into().ok()?);
        let start = MAGIC.len() as u64 + 4;
        let data = blob.slice(start, start + u64::from(length)).bytes();
        postcard::from_bytes(&data).ok()
    }
}

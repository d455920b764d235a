//! The files of a data directory: which there are, and how large.

use crate::base::Blob;
use crate::base::checksum::{Algorithm, Checksum};
use crate::mysql::data::{Catalog, Charset};
use crate::mysql::run::{FileChange, MYSQL_TABLES};
use crate::mysql::timing::{
    IBD_BYTES, IBDATA_BYTES, IBDATA_BYTES_FRESH, IBTMP_BYTES, REDO_BYTES, TIME_ZONE_IBD_BYTES,
};
use crate::os::{Errno, Sys};

use super::Mysqld;

/// Where the images keep the data.
pub const DATADIR: &str = "/var/lib/mysql";

/// `~my_umask & 0666`: others may do nothing with what it makes, and its group not write it.
pub(in crate::mysql) const UMASK: u32 = 0o026;

/// Keys and certificates mysqld makes for itself, with their usual sizes.
const PEM_FILES: [(&str, u64, &str); 8] = [
    ("ca-key.pem", 1_676, "RSA PRIVATE KEY"),
    ("ca.pem", 1_112, "CERTIFICATE"),
    ("client-cert.pem", 1_112, "CERTIFICATE"),
    ("client-key.pem", 1_676, "RSA PRIVATE KEY"),
    ("private_key.pem", 1_676, "RSA PRIVATE KEY"),
    ("public_key.pem", 452, "PUBLIC KEY"),
    ("server-cert.pem", 1_112, "CERTIFICATE"),
    ("server-key.pem", 1_676, "RSA PRIVATE KEY"),
];

/// Some of performance_schema's 87 tables.
const PERFORMANCE_SCHEMA: [&str; 8] = [
    "accounts",
    "events_statements_current",
    "global_status",
    "global_variables",
    "hosts",
    "replication_applier_status",
    "replication_connection_status",
    "threads",
];

/// Some of sys's views.
const SYS_VIEWS: [&str; 4] = ["host_summary", "metrics", "processlist", "version"];

/// Bytes of a table's definition (`.frm`): 8 KiB and a little for each column. Plausible.
const FRM_BYTES: u64 = 8_586;

/// A password as `mysql.user` and the binlog show it: PASSWORD() of 4.1 and later.
pub fn password_hash(password: &str) -> String {
    if password.is_empty() {
        return String::new();
    }
    let once = Checksum::of(Algorithm::Sha1, password.as_bytes());
    let byte = |at: usize| u8::from_str_radix(&once[at..at + 2], 16).unwrap_or(0);
    let bytes: Vec<u8> = (0..once.len()).step_by(2).map(byte).collect();
    format!("*{}", Checksum::of(Algorithm::Sha1, &bytes).to_uppercase())
}

impl Mysqld {
    /// All files `--initialize-insecure` makes.
    pub(super) fn make_system_files(&self, sys: &mut dyn Sys) -> Result<(), Errno> {
        self.make_redo_files(sys)?;
        for db in ["mysql", "performance_schema", "sys"] {
            make_dir(sys, &self.path(db))?;
        }
        let opt = "default-character-set=latin1\ndefault-collation=latin1_swedish_ci\n";
        let utf8 = "default-character-set=utf8\ndefault-collation=utf8_general_ci\n";
        sys.write_file(&self.path("mysql/db.opt"), &opt.into())?;
        sys.write_file(&self.path("performance_schema/db.opt"), &utf8.into())?;
        sys.write_file(&self.path("sys/db.opt"), &utf8.into())?;
        for (table, innodb) in MYSQL_TABLES {
            self.make_table_files(
                &format!("mysql/{table}"),
                if innodb { "InnoDB" } else { "MyISAM" },
                sys,
            )?;
        }
        sys.write_file(&self.path("mysql/help_topic.ibd"), &Blob::hole(9_437_184))?;
        for table in PERFORMANCE_SCHEMA {
            let path = self.path(&format!("performance_schema/{table}.frm"));
            sys.write_file(&path, &Blob::hole(FRM_BYTES))?;
        }
        self.make_table_files("sys/sys_config", "InnoDB", sys)?;
        for view in SYS_VIEWS {
            sys.write_file(&self.path(&format!("sys/{view}.frm")), &"TYPE=VIEW\n".into())?;
        }
        Ok(())
    }

    /// An empty redo log.
    pub(super) fn make_redo_files(&self, sys: &mut dyn Sys) -> Result<(), Errno> {
        for name in ["ib_logfile0", "ib_logfile1"] {
            sys.write_file(&self.path(name), &Blob::hole(REDO_BYTES))?;
        }
        Ok(())
    }

    /// Keys and certificates, if they are not there. True if they were made.
    pub(super) fn make_certificates(&self, sys: &mut dyn Sys) -> Result<bool, Errno> {
        if sys.stat(&self.path("ca.pem"), true).is_ok() {
            return Ok(false);
        }
        for (name, size, kind) in PEM_FILES {
            let mut content = Blob::from(format!("-----BEGIN {kind}-----\n"));
            let foot = format!("-----END {kind}-----\n");
            content.push_hole(size.saturating_sub(content.len() + foot.len() as u64));
            content.append(&Blob::from(foot));
            sys.write_file(&self.path(name), &content)?;
            // Keys are for nobody else; what is public is for everybody.
            let mode = if kind.contains("PRIVATE") { 0o600 } else { 0o644 };
            sys.set_mode(&self.path(name), mode)?;
        }
        Ok(true)
    }

    fn make_table_files(&self, stem: &str, engine: &str, sys: &mut dyn Sys) -> Result<(), Errno> {
        let file = |end: &str| self.path(&format!("{stem}.{end}"));
        sys.write_file(&file("frm"), &Blob::hole(FRM_BYTES))?;
        match engine {
            "InnoDB" => sys.write_file(&file("ibd"), &Blob::hole(IBD_BYTES)),
            "MyISAM" => {
                sys.write_file(&file("MYD"), &Blob::new())?;
                sys.write_file(&file("MYI"), &Blob::hole(1_024))
            }
            _ => Ok(()),
        }
    }

    /// ibdata1 as it must be for a catalog.
    pub(super) fn write_catalog(&self, catalog: &Catalog, sys: &mut dyn Sys) -> Result<(), Errno> {
        let path = self.path("ibdata1");
        let size = sys.stat(&path, true).map_or(IBDATA_BYTES_FRESH, |stat| stat.size);
        sys.write_file(&path, &catalog.to_blob(size))
    }

    /// The time zone tables are filled: the system tablespace has grown.
    pub(super) fn grow_for_time_zones(&self, sys: &mut dyn Sys) -> Result<(), Errno> {
        let path = self.path("mysql/time_zone_transition.ibd");
        sys.write_file(&path, &Blob::hole(TIME_ZONE_IBD_BYTES))?;
        sys.write_file(&self.path("ibdata1"), &self.catalog.to_blob(IBDATA_BYTES))
    }

    pub(super) fn make_temporary_space(&self, sys: &mut dyn Sys) -> Result<(), Errno> {
        sys.write_file(&self.path("ibtmp1"), &Blob::hole(IBTMP_BYTES))
    }

    /// What a DDL statement does to the data directory.
    pub(super) fn change_file(&self, change: &FileChange, sys: &mut dyn Sys) -> Result<(), Errno> {
        match change {
            FileChange::MakeDatabase(db, charset) => {
                let (dir, opt) = (self.path(db), self.path(&format!("{db}/db.opt")));
                make_dir(sys, &dir)?;
                sys.write_file(&opt, &db_opt(*charset).into()).inspect_err(|_| {
                    let _ = sys.unlink(&opt);
                    let _ = sys.remove_dir(&dir);
                })
            }
            FileChange::RemoveDatabase(db) => {
                for name in sys.read_dir(&self.path(db)).unwrap_or_default() {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    let ours = ["frm", "ibd", "MYD", "MYI", "opt", "TRG", "TRN"];
                    if ours.iter().any(|end| name.ends_with(&format!(".{end}"))) {
                        sys.unlink(&self.path(&format!("{db}/{name}")))?;
                    }
                }
                sys.remove_dir(&self.path(db))
            }
            FileChange::MakeTable { db, table, engine } => {
                self.make_table_files(&format!("{db}/{table}"), engine, sys).inspect_err(|_| {
                    let (db, table) = (db.clone(), table.clone());
                    let _ = self.change_file(&FileChange::RemoveTable { db, table }, sys);
                })
            }
            FileChange::MakeView { db, view, text } => {
                sys.write_file(&self.path(&format!("{db}/{view}.frm")), &text.as_str().into())
            }
            FileChange::RemoveTable { db, table } => {
                for end in ["frm", "ibd", "MYD", "MYI"] {
                    let _ = sys.unlink(&self.path(&format!("{db}/{table}.{end}")));
                }
                Ok(())
            }
            FileChange::RenameTable { from, to } => {
                for end in ["frm", "ibd", "MYD", "MYI"] {
                    let old = self.path(&format!("{}/{}.{end}", from.0, from.1));
                    if sys.stat(&old, false).is_ok() {
                        sys.rename(&old, &self.path(&format!("{}/{}.{end}", to.0, to.1)))?;
                    }
                }
                Ok(())
            }
        }
    }
}

fn db_opt(charset: Charset) -> String {
    format!("default-character-set={}\ndefault-collation={}\n", charset.name(), charset.collation())
}

fn make_dir(sys: &mut dyn Sys, path: &[u8]) -> Result<(), Errno> {
    match sys.make_dir(path, 0o750) {
        Ok(()) | Err(Errno::Exist) => Ok(()),
        Err(errno) => Err(errno),
    }
}

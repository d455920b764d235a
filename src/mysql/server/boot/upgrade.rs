//! A data directory that a server of another release line made: taken over, or refused. Lines of
//! published logs: 5.7 to 8.0.28 (a pod of a chart that changes its image), 8.0 to 8.4.2, 5.7.x and
//! 8.3.0 on what they cannot read (docker-library/mysql#1029, zenn articles), 8.0 on 8.4's.

use super::super::log::{Level, stamp};
use super::super::{Mysqld, Phase};
use crate::base::Millis;
use crate::mysql::data::Catalog;
use crate::mysql::timing::{UPGRADE, UPGRADE_DICTIONARY};
use crate::os::{Sys, Turn};

/// Boot's stages for it: 2 follows them.
pub(super) const STAGES: [u32; 3] = [10, 11, 12];

/// What a server makes of a data directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fit {
    Same,
    /// It is brought to this release.
    Upgrade,
    /// A later patch release of the same line made it.
    Downgrade,
    /// 5.7 finds a system tablespace of 8.
    Flags,
    /// 5.7 finds MariaDB's redo log.
    Redo,
    /// 8 finds a redo log of 5.7 that is to be recovered from.
    Crashed,
    /// The line between was left out.
    Leap,
    /// A later line made it.
    Later,
    /// The model does not know what is said.
    Unknown,
}

/// `(8, 0, 43)`; MariaDB numbers from 10 on.
fn parts(release: &str) -> (u32, u32, u32) {
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

fn number((major, minor, patch): (u32, u32, u32)) -> u32 {
    match major {
        5 => 50_700,
        _ => 10_000 * major + 100 * minor + patch,
    }
}

fn fit(data: (u32, u32, u32), own: (u32, u32, u32), clean: bool) -> Fit {
    let line = |(major, minor, _): (u32, u32, u32)| (major, minor);
    let is_maria = |release: (u32, u32, u32)| release.0 >= 10;
    match (data, own) {
        _ if is_maria(data) && is_maria(own) => Fit::Same,
        _ if is_maria(own) && data.0 == 5 => Fit::Same,
        _ if is_maria(own) => Fit::Unknown,
        (_, (5, ..)) if is_maria(data) => Fit::Redo,
        _ if is_maria(data) => Fit::Unknown,
        ((5, ..), (5, ..)) => Fit::Same,
        (_, (5, ..)) => Fit::Flags,
        ((5, ..), (8, 0, _)) if !clean => Fit::Crashed,
        ((5, ..), (8, 0, _)) => Fit::Upgrade,
        ((5, ..), _) => Fit::Unknown,
        _ if data == own => Fit::Same,
        _ if line(data) == line(own) && data < own => Fit::Upgrade,
        _ if line(data) == line(own) => Fit::Downgrade,
        _ if data > own => Fit::Later,
        ((8, 0, _), (9.., ..)) => Fit::Leap,
        _ => Fit::Upgrade,
    }
}

impl Mysqld {
    /// A line that only 8 has.
    fn say_8(&mut self, thread: u64, level: &str, code: (u32, &str), text: &str, sys: &dyn Sys) {
        let (number, part) = code;
        let stamp = stamp(self.clock(sys));
        self.err.print(&format!("{stamp} {thread} [{level}] [MY-{number:06}] [{part}] {text}\n"));
    }

    /// Before InnoDB begins: 8 looks whether there is a data dictionary.
    pub(super) fn look_at_age(&mut self, sys: &mut dyn Sys) {
        let system = sys.read_file(&self.path("ibdata1")).ok();
        let Some(catalog) = system.and_then(|blob| Catalog::from_blob(&blob)) else { return };
        if self.is_8() && parts(&catalog.version).0 == 5 {
            let text = "Starting upgrade of data directory.";
            self.say_8(1, "System", (11_012, "Server"), text, sys);
        }
    }

    /// Whether it can serve from this data directory; else how it ends.
    pub(super) fn check_age(&mut self, catalog: &Catalog, sys: &mut dyn Sys) -> Option<Turn> {
        let (data, own) = (parts(&catalog.version), parts(&self.release));
        let fit = fit(data, own, catalog.clean);
        let (data, own) = (number(data), number(own));
        let (version, release) = (catalog.version.clone(), self.release.clone());
        match fit {
            Fit::Same | Fit::Upgrade => None,
            Fit::Downgrade if own >= 80_035 => None,
            Fit::Flags => Some(self.assertion_fails(
                "[FATAL] InnoDB: Table flags are 0 in the data dictionary but the flags in file \
                 ./ibdata1 are 0x4800!",
                sys,
            )),
            Fit::Redo => {
                let text = format!(
                    "InnoDB: Unsupported redo log format. The redo log was created with MariaDB \
                     {version}. Please follow the instructions at \
                     http://dev.mysql.com/doc/refman/5.7/en/upgrading-downgrading.html"
                );
                self.log(sys, 0, Level::Error, &text);
                Some(self.abort_plugins(sys))
            }
            Fit::Crashed => Some(self.must_recover_first(&version, sys)),
            Fit::Leap => {
                let text = format!(
                    "Invalid MySQL server upgrade: Cannot upgrade from {data} to {own}. Upgrade to \
                     next major version is only allowed from the last LTS release, which version \
                     {data} is not."
                );
                self.say_8(1, "ERROR", (14_060, "Server"), &text, sys);
                Some(self.no_dictionary(false, sys))
            }
            Fit::Later | Fit::Downgrade => Some(self.is_too_old(data, own, sys)),
            Fit::Unknown => Some(self.abort(
                sys,
                &format!(
                    "[Ordinal] this model does not know what {release} says of a data directory of \
                     {version}"
                ),
            )),
        }
    }

    fn must_recover_first(&mut self, version: &str, sys: &mut dyn Sys) -> Turn {
        let text = format!(
            "Upgrade is not supported after a crash or shutdown with innodb_fast_shutdown = 2. \
             This redo log was created with MySQL {version}, and it appears logically non empty. \
             Please follow the instructions at \
             http://dev.mysql.com/doc/refman/8.0/en/upgrading.html"
        );
        self.say_8(1, "ERROR", (12_526, "InnoDB"), &text, sys);
        let text = "Plugin initialization aborted with error Generic error.";
        self.say_8(1, "ERROR", (12_930, "InnoDB"), text, sys);
        self.no_dictionary(true, sys)
    }

    fn is_too_old(&mut self, data: u32, own: u32, sys: &mut dyn Sys) -> Turn {
        let (number, text) = match own {
            ..80_035 => (
                13_171,
                format!(
                    "Cannot boot server version {own} on data directory built by version {data}. \
                     Downgrade is not supported"
                ),
            ),
            _ => (
                14_061,
                format!(
                    "Invalid MySQL server downgrade: Cannot downgrade from {data} to {own}. \
                     Downgrade is only permitted between patch releases."
                ),
            ),
        };
        self.say_8(1, "ERROR", (number, "InnoDB"), &text, sys);
        self.err.print("mysqld: Can't open file: 'mysql.ibd' (errno: 0 - )\n");
        self.no_dictionary(true, sys)
    }

    fn no_dictionary(&mut self, engine: bool, sys: &mut dyn Sys) -> Turn {
        if engine {
            let text = "Failed to initialize DD Storage Engine";
            self.say_8(1, "ERROR", (10_334, "Server"), text, sys);
        }
        let text = "Data Dictionary initialization failed.";
        self.say_8(0, "ERROR", (10_020, "Server"), text, sys);
        self.abort(sys, "")
    }

    /// After InnoDB has begun: what is to be done to a data directory of another release.
    pub(super) fn begin_upgrade(&mut self, sys: &mut dyn Sys) -> Option<(Millis, u32)> {
        let old = parts(&self.catalog.version);
        match fit(old, parts(&self.release), true) {
            Fit::Upgrade if old.0 == 5 => Some((UPGRADE_DICTIONARY, STAGES[0])),
            // The dictionary of all 8.0 from 8.0.23 on, and that of 8.4.
            Fit::Upgrade if old.1 == 0 && self.release.starts_with("8.4") => {
                for (number, end) in [(11_090, "."), (13_413, " completed.")] {
                    let what = if end == "." { "upgrading" } else { "upgrade" };
                    let text =
                        format!("Data dictionary {what} from version '80023' to '80300'{end}");
                    self.say_8(1, "System", (number, "Server"), &text, sys);
                }
                Some((Millis(400), STAGES[1]))
            }
            Fit::Upgrade | Fit::Downgrade => Some((Millis::ZERO, STAGES[1])),
            _ => None,
        }
    }

    pub(super) fn upgrade(&mut self, stage: u32, sys: &mut dyn Sys) -> Turn {
        let old = parts(&self.catalog.version);
        if stage == STAGES[0] {
            let text = "Finished populating Data Dictionary tables with data.";
            self.say_8(2, "System", (11_003, "Server"), text, sys);
            return self.after(Millis::ZERO, Phase::Boot(STAGES[1]), sys);
        }
        let own = parts(&self.release);
        let (number_of, way) = if old > own { (14_064, "downgrade") } else { (13_381, "upgrade") };
        let end = if stage == STAGES[1] { "started" } else { "completed" };
        let text = format!("Server {way} from '{}' to '{}' {end}.", number(old), number(own));
        let thread = if old.0 == 5 { 5 } else { 4 };
        self.say_8(thread, "System", (number_of, "Server"), &text, sys);
        if stage == STAGES[1] {
            return self.after(UPGRADE, Phase::Boot(STAGES[2]), sys);
        }
        let mut catalog = (*self.catalog).clone();
        catalog.version = self.release.clone();
        let written = self.write_catalog(&catalog, sys);
        self.catalog = std::sync::Arc::new(catalog);
        if let Err(errno) = written {
            return self.failed_write(errno, sys);
        }
        self.after(Millis::ZERO, Phase::Boot(2), sys)
    }
}

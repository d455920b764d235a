//! `mysqldump`. Models `client/mysqldump.c` of 5.7, as far as tables go; the system databases it
//! does not write out.

mod options;
mod text;

use super::args::Settings;
use super::link::{Link, LinkStep};
use super::{disposition, ended, stuck, told};
use crate::base::time::calendar;
use crate::mysql::arguments_of;
use crate::mysql::run::{Answer, Rows};
use crate::mysql::server::{is_8, release};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Message, Printer};
use crate::os::{Disposition, Fd, Open, Signal, Sys, Turn};
use options::{LONGS, NOT_MODELLED, SHORTS};
use text::{PARTIAL, TAIL, UNLOCKED, escaped};

/// What the next answer is to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Ask {
    /// A statement whose answer does not matter.
    Quiet(String),
    Databases,
    MasterStatus,
    /// `gtid_mode`, for `--set-gtid-purged`.
    GtidMode,
    GtidExecuted,
    /// A database begins: it is selected.
    Begin(String),
    CreateDatabase(String),
    Tables(String),
    CreateTable(String),
    Columns(String),
    /// A table's rows; which columns are numbers.
    Rows(String, Vec<String>, Vec<bool>),
}

/// The program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mysqldump {
    arguments: Vec<String>,
    settings: Settings,
    release: String,
    /// The session that plays the dump has logging switched off.
    unlogged: bool,
    link: Option<Link>,
    greeted: bool,
    /// What is still to be asked, the next first.
    plan: Vec<Ask>,
    asked: Option<Ask>,
    ending: Option<u8>,
    out: Printer,
    err: Printer,
}

impl Mysqldump {
    /// About to start.
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Mysqldump {
        let version = env.iter().find(|(name, _)| name == b"MYSQL_VERSION");
        let version = version.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
        Mysqldump {
            release: release(&version.unwrap_or_default()),
            unlogged: false,
            arguments: arguments_of(argv),
            settings: Settings::of_environment("mysqldump", env),
            link: None,
            greeted: false,
            plan: Vec::new(),
            asked: None,
            ending: None,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        disposition(signal)
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(turn) = stuck([&mut self.err, &mut self.out], sys) {
            return turn;
        }
        let turn = match (&self.ending, &self.link) {
            (Some(_), _) => Turn::Ran,
            (None, None) => self.begin(sys),
            (None, Some(_)) => self.listen(sys),
        };
        ended(turn, self.ending, [&mut self.err, &mut self.out], &mut self.link, sys)
    }

    fn end(&mut self, code: u8) -> Turn {
        self.ending = Some(code);
        Turn::Ran
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        let options = (&SHORTS[..], &LONGS[..]);
        match told(&self.settings, "mysqldump", &self.arguments, options, &mut self.err, sys) {
            Ok(settings) => self.settings = settings,
            Err(code) => return self.end(code),
        }
        if let Some(turn) = self.said_at_once(sys) {
            return turn;
        }
        let purged = self.gtid_purged();
        if !matches!(purged.as_str(), "OFF" | "AUTO" | "ON") {
            let given = self.settings.value("set-gtid-purged").unwrap_or_default();
            self.err.print(&format!(
                "Unknown option to set-gtid-purged: {given}\nAlternatives are: \
                 'OFF','AUTO','ON'\n"
            ));
            return self.end(1);
        }
        let s = &self.settings;
        if !s.has("all-databases") && s.words.is_empty() {
            self.out.print(
                "Usage: mysqldump [OPTIONS] database [tables]\nOR     mysqldump [OPTIONS] \
                 --databases [OPTIONS] DB1 [DB2 DB3...]\nOR     mysqldump [OPTIONS] \
                 --all-databases [OPTIONS]\nFor more options, use mysqldump --help\n",
            );
            return self.end(1);
        }
        let login = Message::login(&s.user, &s.password, None);
        match Link::open(&self.settings, vec![login], sys) {
            Ok(link) => {
                self.link = Some(link);
                Turn::Ran
            }
            Err(error) => self.fail(&error, "when trying to connect"),
        }
    }

    /// What needs no server, and what is not modelled; and where all goes.
    fn said_at_once(&mut self, sys: &mut dyn Sys) -> Option<Turn> {
        if self.settings.has("version") {
            let release = &self.release;
            self.out.print(&match is_8(release) {
                true => format!(
                    "mysqldump  Ver {release} for Linux on x86_64 (MySQL Community Server - GPL)\n"
                ),
                false => format!("mysqldump  Ver 10.13 Distrib {release}, for Linux (x86_64)\n"),
            });
            return Some(self.end(0));
        }
        if let Some(option) = NOT_MODELLED.iter().find(|name| self.settings.has(name)) {
            self.err.print(&format!("mysqldump: [Ordinal] --{option} is not modelled\n"));
            return Some(self.end(1));
        }
        if self.settings.own.iter().any(|(name, table)| {
            name == "ignore-table" && !table.as_ref().is_some_and(|table| table.contains('.'))
        }) {
            self.err.print("Illegal use of option --ignore-table=<database>.<table>\n");
            return Some(self.end(1));
        }
        let file = self.settings.value("result-file")?.to_string();
        match sys.open(file.as_bytes(), Open::WRITE) {
            Ok(fd) => self.out = Printer::new(fd),
            Err(errno) => {
                self.err.print(&format!(
                    "mysqldump: Can't create/write to file '{file}' (Errcode: {} - {})\n",
                    errno.number(),
                    errno.text()
                ));
                return Some(self.end(1));
            }
        }
        None
    }

    fn fail(&mut self, error: &SqlError, when: &str) -> Turn {
        let text = format!("mysqldump: Got error: {}: {} {when}\n", error.code, error.message);
        self.err.print(&text);
        self.end(2)
    }

    fn listen(&mut self, sys: &mut dyn Sys) -> Turn {
        loop {
            let Some(link) = &mut self.link else { return self.end(2) };
            let said = match link.step(sys) {
                LinkStep::Wait(waits) => return Turn::Blocked(waits),
                LinkStep::Failed(error) if !self.greeted => {
                    return self.fail(&error, "when trying to connect");
                }
                LinkStep::Failed(error) => return self.refused(&error),
                LinkStep::Said(said) => said,
            };
            match said {
                Message::Welcome { version, .. } => {
                    self.greeted = true;
                    self.head(&version);
                    self.first_plan();
                }
                Message::Error(error) if !self.greeted => {
                    return self.fail(&error, "when trying to connect");
                }
                Message::Error(error) => return self.refused(&error),
                Message::Answer { answer: Answer::Rows(rows), .. } => self.heard(&rows),
                _ => self.heard(&Rows::default()),
            }
            if self.ending.is_some() {
                return Turn::Ran;
            }
            self.asked = (!self.plan.is_empty()).then(|| self.plan.remove(0));
            let Some(ask) = &self.asked else {
                self.tail(sys);
                return self.end(0);
            };
            let sql = self.query(ask);
            if let Some(link) = &mut self.link {
                link.say(&Message::Query(sql), sys);
            }
        }
    }

    fn refused(&mut self, error: &SqlError) -> Turn {
        match self.asked.clone() {
            Some(Ask::Begin(_)) => self.fail(error, "when selecting the database"),
            Some(ask) => {
                let text = format!(
                    "mysqldump: Couldn't execute '{}': {} ({})\n",
                    self.query(&ask),
                    error.message,
                    error.code
                );
                self.err.print(&text);
                self.end(2)
            }
            None => self.end(2),
        }
    }

    /// Off by `--skip-NAME` or `--NAME=0`; on, if it is on by default.
    fn is_on(&self, name: &str) -> bool {
        let skipped = self.settings.has(&format!("skip-{name}"))
            || (self.settings.has("compact") && name != "extended-insert" && name != "quick");
        !skipped && self.settings.value(name) != Some("0")
    }

    fn head(&mut self, version: &str) {
        let host = self.settings.host.clone().unwrap_or_else(|| "localhost".into());
        let single = !self.settings.has("all-databases") && !self.settings.has("databases");
        let db = if single { self.settings.words.first().cloned() } else { None };
        if self.is_on("comments") {
            self.out.print(&format!(
                "-- MySQL dump 10.13  Distrib {}, for Linux (x86_64)\n--\n-- Host: {host}    \
                 Database: {}\n-- ------------------------------------------------------\n-- \
                 Server version\t{version}\n\n",
                self.release,
                db.unwrap_or_default()
            ));
        }
        if !self.settings.has("compact") {
            self.out.print(&text::head(&self.release));
        }
    }

    fn first_plan(&mut self) {
        let s = &self.settings;
        let words = s.words.clone();
        let mut plan = Vec::new();
        let quiet = |sql: &str| Ask::Quiet(sql.into());
        let master = s.has("master-data");
        if master || s.has("lock-all-tables") {
            plan.extend([
                quiet("FLUSH /*!40101 LOCAL */ TABLES"),
                quiet("FLUSH TABLES WITH READ LOCK"),
            ]);
        }
        if s.has("flush-logs") {
            plan.push(quiet("FLUSH /*!40101 LOCAL */ LOGS"));
        }
        if s.has("single-transaction") {
            plan.push(quiet("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
            plan.push(quiet("START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */"));
        }
        if self.gtid_purged() != "OFF" {
            plan.push(Ask::GtidMode);
        }
        if master {
            plan.push(Ask::MasterStatus);
        }
        if master && s.has("single-transaction") {
            plan.push(quiet("UNLOCK TABLES"));
        }
        if s.has("all-databases") {
            plan.push(Ask::Databases);
        } else if s.has("databases") {
            plan.extend(words.into_iter().map(Ask::Begin));
        } else {
            plan.push(Ask::Begin(words[0].clone()));
        }
        self.plan = plan;
    }

    /// What has been asked is answered.
    fn heard(&mut self, rows: &Rows) {
        let first = |row: &Vec<Option<String>>| row.first().cloned().flatten().unwrap_or_default();
        let cell = |at: usize| {
            rows.rows.first().and_then(|row| row.get(at).cloned().flatten()).unwrap_or_default()
        };
        match self.asked.take() {
            Some(Ask::Databases) => {
                const SYSTEM: [&str; 3] = ["information_schema", "performance_schema", "sys"];
                let names = rows.rows.iter().map(first);
                let own = names.filter(|name| !SYSTEM.contains(&name.as_str()));
                let (system, own): (Vec<String>, Vec<String>) =
                    own.partition(|name| name == "mysql");
                if !system.is_empty() {
                    self.err.print(WITHOUT_MYSQL);
                }
                self.plan.extend(own.into_iter().map(Ask::Begin));
            }
            Some(Ask::MasterStatus) => self.master(&cell(0), &cell(1), rows.rows.is_empty()),
            Some(Ask::GtidMode) => self.gtid_mode(&cell(1)),
            Some(Ask::GtidExecuted) => self.set_purged(&cell(0)),
            Some(Ask::Begin(db)) => {
                let several = self.settings.has("all-databases") || self.settings.has("databases");
                let mut next = Vec::new();
                if several {
                    next.push(Ask::CreateDatabase(db.clone()));
                }
                next.push(Ask::Tables(db));
                self.plan.splice(0..0, next);
            }
            Some(Ask::CreateDatabase(db)) => self.create_database(&db, &cell(1)),
            Some(Ask::Tables(db)) => self.tables(&db, rows.rows.iter().map(first)),
            Some(Ask::CreateTable(name)) if is_view(rows) => self.err.print(&left_out(&name)),
            Some(Ask::CreateTable(name)) => {
                if !self.settings.has("no-create-info") {
                    self.structure(&name, &cell(1));
                }
                if !self.settings.has("no-data") {
                    self.plan.insert(0, Ask::Columns(name));
                }
            }
            Some(Ask::Columns(name)) => {
                let columns = rows.rows.iter().map(first).collect();
                let number = |row: &Vec<Option<String>>| {
                    let kind = row.get(1).cloned().flatten().unwrap_or_default();
                    const KINDS: [&str; 5] = ["int", "decimal", "float", "double", "year"];
                    KINDS.iter().any(|word| kind.split('(').next().unwrap_or("").ends_with(word))
                };
                let numbers = rows.rows.iter().map(number).collect();
                self.plan.insert(0, Ask::Rows(name, columns, numbers));
            }
            Some(Ask::Rows(name, columns, numbers)) => {
                self.data(&name, &columns, &numbers, rows);
            }
            Some(Ask::Quiet(_)) | None => {}
        }
    }

    fn query(&self, ask: &Ask) -> String {
        match ask {
            Ask::Quiet(sql) => sql.clone(),
            Ask::Databases => "SHOW DATABASES".into(),
            Ask::MasterStatus => "SHOW MASTER STATUS".into(),
            Ask::GtidMode => "SHOW VARIABLES LIKE 'gtid\\_mode'".into(),
            Ask::GtidExecuted => "SELECT @@GLOBAL.GTID_EXECUTED".into(),
            Ask::Begin(db) => format!("USE `{db}`"),
            Ask::CreateDatabase(db) => format!("SHOW CREATE DATABASE `{db}`"),
            Ask::Tables(_) => "SHOW TABLES".into(),
            Ask::CreateTable(name) => format!("show create table `{name}`"),
            Ask::Columns(name) => format!("SHOW FIELDS FROM `{name}`"),
            Ask::Rows(name, ..) => {
                let only = self.settings.value("where").map(|only| format!(" WHERE {only}"));
                let only = only.unwrap_or_default();
                format!("SELECT /*!40001 SQL_NO_CACHE */ * FROM `{name}`{only}")
            }
        }
    }

    /// A database's tables: those that are wanted come next.
    fn tables(&mut self, db: &str, all: impl Iterator<Item = String>) {
        let ignored = |table: &String| {
            let name = Some(format!("{db}.{table}"));
            self.settings.own.contains(&("ignore-table".into(), name))
        };
        let known: Vec<String> = all.filter(|table| !ignored(table)).collect();
        let several = self.settings.has("all-databases") || self.settings.has("databases");
        let wanted = if several { &[] } else { &self.settings.words[1..] };
        if let Some(missing) = wanted.iter().find(|name| !known.contains(name)) {
            self.err.print(&format!("mysqldump: Couldn't find table: \"{missing}\"\n"));
            self.ending = Some(6);
            return;
        }
        let tables = if wanted.is_empty() { known } else { wanted.to_vec() };
        let next = tables.into_iter().map(Ask::CreateTable);
        self.plan.splice(0..0, next);
    }

    fn comment(&mut self, text: &str) {
        if self.is_on("comments") {
            self.out.print(&format!("\n--\n-- {text}\n--\n\n"));
        }
    }

    fn master(&mut self, file: &str, position: &str, no_binlog: bool) {
        if no_binlog {
            self.err.print("mysqldump: Error: Binlogging on server not active\n");
            self.ending = Some(2);
            return;
        }
        self.comment("Position to start replication or point-in-time recovery from");
        let mark = if self.settings.value("master-data") == Some("2") { "-- " } else { "" };
        self.out.print(&format!(
            "{mark}CHANGE MASTER TO MASTER_LOG_FILE='{file}', MASTER_LOG_POS={position};\n"
        ));
    }

    /// `--set-gtid-purged`.
    fn gtid_purged(&self) -> String {
        self.settings.value("set-gtid-purged").unwrap_or("AUTO").to_ascii_uppercase()
    }

    /// Models `process_set_gtid_purged`.
    fn gtid_mode(&mut self, mode: &str) {
        if matches!(mode, "" | "OFF") {
            if self.gtid_purged() == "ON" {
                // It goes to the end, and forgets that there was an error.
                self.err.print("Error: Server has GTIDs disabled.\n");
                self.plan.clear();
            }
            return;
        }
        let has = |name: &str| self.settings.has(name);
        let complete = has("all-databases") && has("routines") && has("events");
        if !complete || !self.is_on("triggers") {
            self.err.print(PARTIAL);
        }
        const AT_ONE_MOMENT: [&str; 3] = ["single-transaction", "lock-all-tables", "master-data"];
        if is_8(&self.release) && !AT_ONE_MOMENT.iter().any(|name| self.settings.has(name)) {
            self.err.print(UNLOCKED);
        }
        self.unlogged = true;
        self.out.print(
            "SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;\nSET @@SESSION.SQL_LOG_BIN= \
             0;\n",
        );
        self.plan.insert(0, Ask::GtidExecuted);
    }

    /// Models `add_set_gtid_purged`.
    fn set_purged(&mut self, executed: &str) {
        self.comment("GTID state at the beginning of the backup ");
        let added = if is_8(&self.release) { "/*!80000 '+'*/ " } else { "" };
        self.out.print(&format!("SET @@GLOBAL.GTID_PURGED={added}'{executed}';\n"));
    }

    fn create_database(&mut self, db: &str, sql: &str) {
        self.comment(&format!("Current Database: `{db}`"));
        if self.settings.has("add-drop-database") {
            self.out.print(&format!("/*!40000 DROP DATABASE IF EXISTS `{db}`*/;\n\n"));
        }
        if !self.settings.has("no-create-db") {
            let sql =
                sql.replacen("CREATE DATABASE", "CREATE DATABASE /*!32312 IF NOT EXISTS*/", 1);
            self.out.print(&format!("{sql};\n\n"));
        }
        self.out.print(&format!("USE `{db}`;\n"));
    }

    fn structure(&mut self, name: &str, sql: &str) {
        self.comment(&format!("Table structure for table `{name}`"));
        if self.is_on("add-drop-table") {
            self.out.print(&format!("DROP TABLE IF EXISTS `{name}`;\n"));
        }
        self.out.print(&format!(
            "{}{sql};\n/*!40101 SET character_set_client = @saved_cs_client */;\n",
            text::table_head(&self.release)
        ));
    }

    fn data(&mut self, name: &str, columns: &[String], numbers: &[bool], rows: &Rows) {
        if self.is_on("comments") {
            self.out.print(&format!("\n--\n-- Dumping data for table `{name}`\n--\n"));
            if let Some(where_) = self.settings.value("where") {
                self.out.print(&format!("-- WHERE:  {where_}\n"));
            }
        }
        if !self.settings.has("compact") {
            self.out.print("\n");
        }
        let (locks, keys) = (self.is_on("add-locks"), self.is_on("disable-keys"));
        if locks {
            self.out.print(&format!("LOCK TABLES `{name}` WRITE;\n"));
        }
        if keys {
            self.out.print(&format!("/*!40000 ALTER TABLE `{name}` DISABLE KEYS */;\n"));
        }
        let list = match self.settings.has("complete-insert") {
            true => {
                let quoted: Vec<String> = columns.iter().map(|c| format!("`{c}`")).collect();
                format!(" ({})", quoted.join(", "))
            }
            false => String::new(),
        };
        let shown = |row: &Vec<Option<String>>| {
            let cells = row.iter().zip(numbers).map(|(cell, number)| match cell {
                None => "NULL".to_string(),
                Some(text) if *number => text.clone(),
                Some(text) => format!("'{}'", escaped(text)),
            });
            format!("({})", cells.collect::<Vec<_>>().join(","))
        };
        let all: Vec<String> = rows.rows.iter().map(shown).collect();
        let chunk = if self.is_on("extended-insert") { all.len().max(1) } else { 1 };
        for rows in all.chunks(chunk) {
            self.out.print(&format!("INSERT INTO `{name}`{list} VALUES {};\n", rows.join(",")));
        }
        if keys {
            self.out.print(&format!("/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;\n"));
        }
        if locks {
            self.out.print("UNLOCK TABLES;\n");
        }
    }

    fn tail(&mut self, sys: &dyn Sys) {
        if self.unlogged {
            self.out.print("SET @@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;\n");
        }
        if !self.settings.has("compact") {
            self.out.print(TAIL);
        }
        if self.is_on("comments") {
            let c = calendar(self.settings.zone.local(sys.now().unix_secs() as i64));
            self.out.print(&match self.is_on("dump-date") {
                true => format!(
                    "-- Dump completed on {:04}-{:02}-{:02} {:2}:{:02}:{:02}\n",
                    c.year, c.month, c.day, c.hour, c.minute, c.second
                ),
                false => "-- Dump completed\n".to_string(),
            });
        }
    }
}

/// What it says of the database it does not print.
const WITHOUT_MYSQL: &str = "mysqldump: [Ordinal] this model leaves out the database mysql\n";

fn is_view(rows: &Rows) -> bool {
    rows.heads.first().is_some_and(|head| head.name == "View")
}

fn left_out(view: &str) -> String {
    format!("mysqldump: [Ordinal] this model leaves out the view {view}\n")
}

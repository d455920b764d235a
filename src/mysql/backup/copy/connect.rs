//! How a backup gets to its server, and asks it.

use super::{Backup, Stage};
use crate::mysql::backup::Line;
use crate::mysql::backup::options::{has, settings, value, with_files};
use crate::mysql::backup::sink::Sink;
use crate::mysql::client::{Link, LinkStep};
use crate::mysql::run::{Answer, Rows};
use crate::mysql::server::{pod, tell};
use crate::mysql::wire::Message;
use crate::os::{Sys, Turn};
use crate::trace::fact::MysqlFact;

impl Backup {
    /// `Connecting to MySQL server host: …`, as the program itself connects.
    pub(super) fn connecting(&mut self, sys: &dyn Sys) {
        let unset = "not set";
        let text = format!(
            "Connecting to MySQL server host: {}, user: {}, password: {}, port: 3306, socket: {}",
            value(&self.given, "host").unwrap_or("localhost"),
            value(&self.given, "user").unwrap_or(unset),
            if settings(&self.given).password.is_empty() { unset } else { "set" },
            settings(&self.given).socket
        );
        let text = text.replace("3306", &settings(&self.given).port.to_string());
        self.stamped(&text, sys);
    }

    /// What the version check's script asks Perl's DBI for, after the driver's name. Port and
    /// socket are those of the image's my.cnf.
    fn dsn(&self) -> String {
        let settings = settings(&self.given);
        let host = settings.host.map_or_else(String::new, |host| format!(";host={host}"));
        format!(
            ";mysql_read_default_group=xtrabackup{host};port={};mysql_socket={}",
            settings.port, settings.socket
        )
    }

    pub(super) fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        self.began = sys.now();
        match with_files(&self.given, sys) {
            Ok(given) => self.given = given,
            Err(text) => {
                self.err.print(&format!("xtrabackup: [ERROR] {text}\n"));
                return self.fail(&text, sys);
            }
        }
        let dir = value(&self.given, "target-dir").unwrap_or("./xtrabackup_backupfiles");
        let dir = dir.trim_end_matches('/');
        let dir = match dir.strip_prefix("./") {
            Some(below) => format!("{}/{below}", String::from_utf8_lossy(&sys.current_dir())),
            None if dir.starts_with('/') => dir.to_string(),
            None => format!("{}/{dir}", String::from_utf8_lossy(&sys.current_dir())),
        };
        self.target = dir.clone();
        self.sink = if has(&self.given, "stream") { Sink::Stream } else { Sink::Dir(dir) };
        let mut settings = settings(&self.given);
        settings.knows_sha2 = matches!(self.line, Line::Of80);
        if !has(&self.given, "user") {
            settings.user = settings.own_name(sys);
        }
        let (user, password) = (settings.user.clone(), settings.password.clone());
        if let Line::Of80 = self.line {
            self.err.print(self.line.version());
            self.err.print(self.line.mark());
        }
        let using = if password.is_empty() { "NO" } else { "YES" };
        let whom = value(&self.given, "user").map_or_else(String::new, |u| format!(" as '{u}' "));
        let text = format!(
            " version_check Connecting to MySQL server with DSN 'dbi:mysql:{}'{whom} (using \
             password: {using}).",
            self.dsn()
        );
        self.stamped(&text, sys);
        tell!(sys, MysqlFact::BackupBegan { pod: pod(sys) });
        let login = Message::login(&user, &password, None);
        match Link::open(&settings, vec![login], sys) {
            Ok(link) => {
                self.link = Some(link);
                self.stage = Stage::Connect;
                Turn::Ran
            }
            Err(error) => self.no_connection(&error.message, sys),
        }
    }

    /// Neither the version check's script nor the program itself gets in.
    fn no_connection(&mut self, message: &str, sys: &mut dyn Sys) -> Turn {
        let user = value(&self.given, "user").unwrap_or("").to_string();
        let text = format!(
            "Failed to connect to MySQL server: DBI connect('{}','{user}',...) failed: {message} \
             at - line 1314.\n",
            self.dsn()
        );
        self.err.print(&text);
        self.connecting(sys);
        self.err.print(&format!("Failed to connect to MySQL server: {message}.\n"));
        self.fail(message, sys)
    }

    pub(super) fn connected(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return Turn::Ran };
        match link.step(sys) {
            LinkStep::Wait(waits) => Turn::Blocked(waits),
            LinkStep::Failed(error) | LinkStep::Said(Message::Error(error)) => {
                self.no_connection(&error.message, sys)
            }
            LinkStep::Said(Message::Welcome { version, .. }) => self.greeted(version, sys),
            LinkStep::Said(_) => Turn::Ran,
        }
    }

    pub(super) fn say(&mut self, sql: &str, sys: &mut dyn Sys) {
        self.asked.push_back(sql.into());
        if let Some(link) = &mut self.link {
            link.say(&Message::Query(sql.into()), sys);
        }
    }

    fn greeted(&mut self, version: String, sys: &mut dyn Sys) -> Turn {
        for text in [
            " version_check Connected to MySQL server",
            " version_check Executing a version check against the server...",
            " version_check Done.",
        ] {
            self.stamped(text, sys);
        }
        self.connecting(sys);
        if let Some(text) = self.line.refusal(&version) {
            self.err.print(&text);
            return self.fail("unsupported server version", sys);
        }
        self.err.print(&format!("Using server version {version}\n"));
        self.version = version;
        self.say("SHOW ENGINE INNODB STATUS", sys);
        self.stage = Stage::Ask;
        Turn::Ran
    }

    /// The next answer, once it is there.
    pub(super) fn rows(&mut self, sys: &mut dyn Sys) -> Result<Rows, Turn> {
        let Some(link) = &mut self.link else { return Err(Turn::Ran) };
        let answer = match link.step(sys) {
            LinkStep::Wait(waits) => return Err(Turn::Blocked(waits)),
            LinkStep::Said(Message::Answer { answer: Answer::Rows(rows), .. }) => Ok(rows),
            LinkStep::Said(Message::Answer { .. }) => Ok(Rows::default()),
            LinkStep::Said(Message::Error(error)) | LinkStep::Failed(error) => Err(error),
            LinkStep::Said(_) => return Err(Turn::Ran),
        };
        let sql = self.asked.pop_front().unwrap_or_default();
        answer.map_err(|error| {
            let why = &error.message;
            self.err.print(&format!("Error: failed to execute query {sql}: {why}\n"));
            self.fail(why, sys)
        })
    }
}

//! `mysqladmin`. Models `client/mysqladmin.cc` of 5.7.

use super::args::{Long, Settings, Short};
use super::link::{Link, LinkStep};
use super::print::{Look, result_text};
use super::{stuck, told};
use crate::base::Millis;
use crate::mysql::server::{pod, tell};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Message, Printer};
use crate::os::{Disposition, Fd, Signal, Sys, Turn, WaitStatus};
use crate::trace::fact::MysqlFact;

const SHORTS: [Short; 6] = [
    ('s', "silent", false),
    ('f', "force", false),
    ('v', "verbose", false),
    ('i', "sleep", true),
    ('w', "wait", false),
    ('V', "version", false),
];

const LONGS: [Long; 8] = [
    ("silent", false),
    ("force", false),
    ("verbose", false),
    ("sleep", true),
    ("wait", false),
    ("version", false),
    ("count", true),
    ("shutdown-timeout", true),
];

/// What it is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Begin,
    Greeting,
    Answer,
    Ending(u8),
}

/// The program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mysqladmin {
    arguments: Vec<String>,
    settings: Settings,
    stage: Stage,
    link: Option<Link>,
    out: Printer,
    err: Printer,
}

impl Mysqladmin {
    /// About to start.
    pub fn start(argv: &[Vec<u8>]) -> Mysqladmin {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        Mysqladmin {
            arguments: argv.iter().skip(1).map(text).collect(),
            settings: Settings::default(),
            stage: Stage::Begin,
            link: None,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        if signal == Signal::Pipe { Disposition::Ignored } else { Disposition::Default }
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(turn) = stuck([&mut self.err, &mut self.out], sys) {
            return turn;
        }
        let turn = match self.stage {
            Stage::Begin => self.begin(sys),
            Stage::Greeting | Stage::Answer => self.listen(sys),
            Stage::Ending(_) => Turn::Ran,
        };
        let flushed = self.err.flush(sys) & self.out.flush(sys);
        match self.stage {
            Stage::Ending(code) if flushed => {
                if let Some(link) = &mut self.link {
                    link.close(sys);
                }
                Turn::Exited(WaitStatus::Code(code))
            }
            _ => turn,
        }
    }

    fn end(&mut self, code: u8) -> Turn {
        self.stage = Stage::Ending(code);
        Turn::Ran
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        let options = (&SHORTS[..], &LONGS[..]);
        match told("mysqladmin", &self.arguments, options, &mut self.err, sys) {
            Ok(settings) => self.settings = settings,
            Err(code) => return self.end(code),
        }
        let Some(command) = self.settings.words.first().cloned() else {
            self.out.print("mysqladmin  Ver 8.42 Distrib 5.7.42, for Linux on x86_64\n");
            return self.end(1);
        };
        let Some(message) = message(&command, self.settings.words.get(1)) else {
            self.err.print(&format!("mysqladmin: Unknown command: '{command}'\n"));
            return self.end(1);
        };
        let (user, password) = (self.settings.user.clone(), self.settings.password.clone());
        let login = Message::Login { user, password, db: None };
        match Link::open(&self.settings, vec![login, message, Message::Quit], sys) {
            Ok(link) => {
                self.link = Some(link);
                self.stage = Stage::Greeting;
                Turn::Ran
            }
            Err(error) => self.failed(&error, sys),
        }
    }

    /// It could not log in. `ping` counts a refusal by the server as a sign of life.
    fn failed(&mut self, error: &SqlError, sys: &mut dyn Sys) -> Turn {
        let host = self.settings.host.clone().unwrap_or_else(|| "localhost".into());
        let mut text = format!(
            "mysqladmin: connect to server at '{host}' failed\nerror: '{}'\n",
            error.message
        );
        let port = self.settings.port;
        match error.code {
            2002 => text.push_str(&format!(
                "Check that mysqld is running and that the socket: '{}' exists!\n",
                self.settings.socket
            )),
            2003 | 2005 => text.push_str(&format!(
                "Check that mysqld is running on {host} and that the port is {port}.\nYou can \
                 check this by doing 'telnet {host} {port}'\n"
            )),
            _ => {}
        }
        let line = error.line();
        tell!(sys, MysqlFact::ClientFailed { pod: pod(sys), line });
        let silent = self.settings.has("silent") && error.code >= 2000;
        if !silent {
            // mysqladmin prints a bell in front when it is not silent.
            self.err.print(&text);
        }
        let only_ping = self.settings.words.iter().all(|word| word == "ping");
        let code = u8::from(error.code >= 2000 || !only_ping);
        self.end(code)
    }

    fn listen(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        let said = match link.step(sys) {
            LinkStep::Wait(waits) => return Turn::Blocked(waits),
            LinkStep::Failed(error) => return self.failed(&error, sys),
            LinkStep::Said(said) => said,
        };
        match (self.stage.clone(), said) {
            (Stage::Greeting, Message::Welcome { .. }) => {
                self.stage = Stage::Answer;
                self.listen(sys)
            }
            (Stage::Greeting, Message::Error(error)) => self.failed(&error, sys),
            (_, Message::Error(error)) => {
                let verb = self.settings.words.first().cloned().unwrap_or_default();
                let text = format!("mysqladmin: {verb} failed; error: '{}'\n", error.message);
                self.err.print(&text);
                self.end(1)
            }
            (_, Message::Text(text)) => {
                let command = self.settings.words.first().cloned().unwrap_or_default();
                if command == "ping" {
                    self.out.print("mysqld is alive\n");
                } else if !text.is_empty() {
                    self.out.print(&format!("{text}\n"));
                }
                tell!(sys, MysqlFact::ClientAnswered { pod: pod(sys), rows: None });
                self.end(0)
            }
            (_, Message::Answer { answer, warnings, .. }) => {
                let look = Look { table: true, ..Look::default() };
                let text = result_text(&answer, warnings, Millis::ZERO, look);
                match self.settings.words.first().map(String::as_str) {
                    Some("start-slave") => self.out.print("Slave started\n"),
                    Some("stop-slave") => self.out.print("Slave stopped\n"),
                    _ => self.out.print(&text),
                }
                self.end(0)
            }
            _ => self.end(1),
        }
    }
}

/// What a command says to the server.
fn message(command: &str, argument: Option<&String>) -> Option<Message> {
    let query = |sql: &str| Some(Message::Query(sql.into()));
    let name = argument.cloned().unwrap_or_default();
    match command {
        "ping" => Some(Message::Ping),
        "status" => Some(Message::Statistics),
        "shutdown" => Some(Message::Shutdown),
        "processlist" => query("SHOW PROCESSLIST"),
        "variables" => query("SHOW GLOBAL VARIABLES"),
        "extended-status" => query("SHOW GLOBAL STATUS"),
        "flush-logs" => query("FLUSH LOGS"),
        "flush-hosts" => query("FLUSH HOSTS"),
        "flush-tables" => query("FLUSH TABLES"),
        "flush-status" => query("FLUSH STATUS"),
        "flush-privileges" | "reload" => query("FLUSH PRIVILEGES"),
        "refresh" => query("FLUSH LOGS"),
        "start-slave" => query("START SLAVE"),
        "stop-slave" => query("STOP SLAVE"),
        "create" => Some(Message::Query(format!("CREATE DATABASE `{name}`"))),
        "drop" => Some(Message::Query(format!("DROP DATABASE `{name}`"))),
        "kill" => Some(Message::Query(format!("KILL {name}"))),
        _ => None,
    }
}

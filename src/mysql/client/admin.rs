//! `mysqladmin`. Models `client/mysqladmin.cc` of 5.7.

use super::args::{Long, Settings, Short};
use super::link::{Link, LinkStep};
use super::shell::{COPYRIGHT, uptime_text};
use super::{disposition, ended, stuck, told};
use crate::base::Millis;
use crate::mysql::arguments_of;
use crate::mysql::run::{Answer, Rows};
use crate::mysql::server::{pod, tell};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Message, Printer};
use crate::os::{Disposition, Fd, Poll, Signal, Sys, TimerId, Turn, Wait};
use crate::trace::fact::MysqlFact;

const SHORTS: [Short; 9] = [
    ('s', "silent", false),
    ('f', "force", false),
    ('v', "verbose", false),
    ('i', "sleep", true),
    ('c', "count", true),
    ('w', "wait", false),
    ('V', "version", false),
    ('r', "relative", false),
    ('E', "vertical", false),
];

const LONGS: [Long; 10] = [
    ("silent", false),
    ("force", false),
    ("verbose", false),
    ("sleep", true),
    ("wait", false),
    ("version", false),
    ("count", true),
    ("shutdown-timeout", true),
    ("relative", false),
    ("vertical", false),
];

/// Options of the real program that would change what is printed.
const NOT_MODELLED: [&str; 2] = ["relative", "vertical"];

/// What it may be told to do; any beginning will do that fits one of them only.
const COMMANDS: [&str; 22] = [
    "create",
    "debug",
    "drop",
    "extended-status",
    "flush-hosts",
    "flush-logs",
    "flush-privileges",
    "flush-status",
    "flush-tables",
    "flush-threads",
    "kill",
    "password",
    "ping",
    "processlist",
    "refresh",
    "reload",
    "shutdown",
    "start-slave",
    "status",
    "stop-slave",
    "variables",
    "version",
];

/// What it is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Begin,
    Greeting,
    /// A command waits for its answer.
    Answer(Ask),
    /// DROP waits for a yes.
    Confirm(Ask),
    /// Until it connects again (`-w`), or asks again (`-i`).
    Waiting {
        timer: TimerId,
        connects: bool,
    },
    Ending(u8),
}

/// A command with what it is about: a database, a connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Ask {
    command: &'static str,
    about: String,
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
    version: String,
    /// What is to be asked still, the next one last.
    asks: Vec<Ask>,
    /// How often it has connected, or asked everything.
    rounds: u64,
    /// A command has failed.
    failed: bool,
}

impl Mysqladmin {
    /// About to start.
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Mysqladmin {
        Mysqladmin {
            arguments: arguments_of(argv),
            settings: Settings::of_environment("mysqladmin", env),
            stage: Stage::Begin,
            link: None,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            version: String::new(),
            asks: Vec::new(),
            rounds: 0,
            failed: false,
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
        let turn = match self.stage.clone() {
            Stage::Begin => self.begin(sys),
            Stage::Greeting | Stage::Answer(_) => self.listen(sys),
            Stage::Confirm(ask) => self.confirm(ask, sys),
            Stage::Waiting { timer, .. } if !sys.has_fired(timer) => {
                Turn::Blocked(vec![Wait::Timer(timer)])
            }
            Stage::Waiting { connects: true, .. } => self.connect(sys),
            Stage::Waiting { connects: false, .. } => {
                self.plan();
                self.ask_next(sys)
            }
            Stage::Ending(_) => Turn::Ran,
        };
        let code = match self.stage {
            Stage::Ending(code) => Some(code),
            _ => None,
        };
        ended(turn, code, [&mut self.err, &mut self.out], &mut self.link, sys)
    }

    fn end(&mut self, code: u8) -> Turn {
        self.stage = Stage::Ending(code);
        Turn::Ran
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        let options = (&SHORTS[..], &LONGS[..]);
        match told(&self.settings, "mysqladmin", &self.arguments, options, &mut self.err, sys) {
            Ok(settings) => self.settings = settings,
            Err(code) => return self.end(code),
        }
        if self.settings.has("version") {
            self.out.print(VERSION);
            return self.end(0);
        }
        if self.settings.words.is_empty() {
            self.out.print(&format!("{VERSION}[Ordinal] the rest of its help is not modelled\n"));
            return self.end(1);
        }
        if let Some(option) = NOT_MODELLED.iter().find(|name| self.settings.has(name)) {
            self.err.print(&format!("mysqladmin: [Ordinal] --{option} is not modelled\n"));
            return self.end(1);
        }
        self.plan();
        self.connect(sys)
    }

    /// What there is to ask, from its words.
    fn plan(&mut self) {
        self.asks.clear();
        let mut words = self.settings.words.iter();
        while let Some(word) = words.next() {
            let lower = word.to_ascii_lowercase();
            let fits = |name: &&&str| name.starts_with(&lower);
            let mut fitting = COMMANDS.iter().filter(fits);
            let exact = COMMANDS.iter().find(|name| **name == lower);
            let command = match (exact, fitting.next(), fitting.next()) {
                (Some(name), ..) | (None, Some(name), None) => *name,
                _ => "",
            };
            let about = match command {
                "" => word.clone(),
                "create" | "drop" | "kill" | "password" => {
                    words.next().cloned().unwrap_or_default()
                }
                _ => String::new(),
            };
            if command == "kill" {
                let ids = about.split(',').map(|id| id.trim().parse::<u64>().unwrap_or(0));
                self.asks.extend(ids.map(|id| Ask { command, about: id.to_string() }));
            } else {
                self.asks.push(Ask { command, about });
            }
        }
        self.asks.reverse();
    }

    /// Logs in; a single question goes along.
    fn connect(&mut self, sys: &mut dyn Sys) -> Turn {
        let (user, password) = (self.settings.user.clone(), self.settings.password.clone());
        let mut messages = vec![Message::login(&user, &password, None)];
        if let [ask] = self.asks.as_slice()
            && let Some(message) = self.message(ask)
            && !self.asks_back(ask)
        {
            messages.push(message);
            if !self.settings.has("sleep") {
                messages.push(Message::Quit);
            }
        }
        match Link::open(&self.settings, messages, sys) {
            Ok(link) => {
                self.link = Some(link);
                self.stage = Stage::Greeting;
                Turn::Ran
            }
            Err(error) => self.unconnected(&error, sys),
        }
    }

    /// Whether somebody has to say yes first.
    fn asks_back(&self, ask: &Ask) -> bool {
        ask.command == "drop" && !self.settings.has("force")
    }

    /// It could not log in. `ping` counts a refusal by the server as a sign of life.
    fn unconnected(&mut self, error: &SqlError, sys: &mut dyn Sys) -> Turn {
        let waits = match self.settings.value("wait") {
            Some(count) => count.parse().unwrap_or(1).max(1),
            None if self.settings.has("wait") => u64::MAX,
            None => 0,
        };
        let silent = self.settings.has("silent");
        if self.rounds < waits && matches!(error.code, 2002 | 2003) {
            let text = if self.rounds == 0 { "Waiting for MySQL server to answer" } else { "." };
            if !silent {
                self.err.print(text);
            }
            self.rounds += 1;
            self.stage = Stage::Waiting { timer: sys.arm(Millis::secs(5)), connects: true };
            return Turn::Ran;
        }
        let line = error.line();
        tell!(sys, MysqlFact::ClientFailed { pod: pod(sys), line });
        if self.rounds < waits {
            self.err.print(&format!("Got error: {}\n", error.message));
        } else if !silent {
            let text = self.diagnosis(error);
            self.err.print(&text);
        }
        let only_ping = self.asks.iter().all(|ask| ask.command == "ping");
        let code = u8::from(error.code >= 2000 || !only_ping);
        self.end(code)
    }

    /// Why there is no connection. The real one rings the terminal's bell as well.
    fn diagnosis(&self, error: &SqlError) -> String {
        let host = self.settings.host.clone().unwrap_or_else(|| "localhost".into());
        let port = self.settings.port;
        let hint = match error.code {
            2002 => format!(
                "Check that mysqld is running and that the socket: '{}' exists!\n",
                self.settings.socket
            ),
            2003 | 2005 => format!(
                "Check that mysqld is running on {host} and that the port is {port}.\nYou can \
                 check this by doing 'telnet {host} {port}'\n"
            ),
            _ => String::new(),
        };
        let message = &error.message;
        format!("mysqladmin: connect to server at '{host}' failed\nerror: '{message}'\n{hint}")
    }

    fn listen(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        let said = match link.step(sys) {
            LinkStep::Wait(waits) => return Turn::Blocked(waits),
            LinkStep::Failed(error) => return self.unconnected(&error, sys),
            LinkStep::Said(said) => said,
        };
        match (self.stage.clone(), said) {
            (Stage::Greeting, Message::Welcome { version, .. }) => {
                self.version = version;
                match self.asks.as_slice() {
                    [ask] if self.message(ask).is_some() && !self.asks_back(ask) => {
                        self.stage = Stage::Answer(ask.clone());
                        self.asks.clear();
                        self.listen(sys)
                    }
                    _ => self.ask_next(sys),
                }
            }
            (Stage::Greeting, Message::Error(error)) => self.unconnected(&error, sys),
            (Stage::Answer(ask), Message::Error(error)) => self.refused(&ask, &error, sys),
            (Stage::Answer(ask), said) => self.answered(&ask, said, sys),
            _ => self.end(1),
        }
    }

    /// Asks what is next, or says goodbye.
    fn ask_next(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(ask) = self.asks.pop() else { return self.all_asked(sys) };
        if ask.about.is_empty() && matches!(ask.command, "create" | "drop") {
            let text = format!("mysqladmin: Too few arguments to {}\n", ask.command);
            self.err.print(&text);
            return self.end(1);
        }
        let Some(message) = self.message(&ask) else {
            self.err.print(&match ask.command {
                "" => format!("mysqladmin: Unknown command: '{}'\n", ask.about),
                command => format!("mysqladmin: [Ordinal] {command} is not modelled\n"),
            });
            return self.end(1);
        };
        if self.asks_back(&ask) {
            self.out.print(&format!(
                "Dropping the database is potentially a very bad thing to do.\nAny data stored in \
                 the database will be destroyed.\n\nDo you really want to drop the '{}' database \
                 [y/N] ",
                ask.about
            ));
            self.stage = Stage::Confirm(ask);
            return Turn::Ran;
        }
        self.say(ask, &message, sys)
    }

    fn say(&mut self, ask: Ask, message: &Message, sys: &mut dyn Sys) -> Turn {
        if let Some(link) = &mut self.link {
            link.say(message, sys);
        }
        self.stage = Stage::Answer(ask);
        Turn::Ran
    }

    fn confirm(&mut self, ask: Ask, sys: &mut dyn Sys) -> Turn {
        let answer = match sys.read(Fd::STDIN, 64) {
            Ok(Poll::Wait) => return Turn::Blocked(vec![Wait::Readable(Fd::STDIN)]),
            Ok(Poll::Ready(data)) => data.text(),
            Err(_) => String::new(),
        };
        match self.message(&ask) {
            Some(message) if answer.starts_with(['y', 'Y']) => self.say(ask, &message, sys),
            _ => {
                self.out.print("\nOK, aborting database drop!\n");
                self.end(1)
            }
        }
    }

    /// All commands are done: again after a while (`-i`), or not.
    fn all_asked(&mut self, sys: &mut dyn Sys) -> Turn {
        self.rounds += 1;
        let number = |name| self.settings.value(name).and_then(|text| text.parse::<u64>().ok());
        let count = number("count").unwrap_or(u64::MAX);
        match number("sleep") {
            Some(seconds) if seconds > 0 && self.rounds < count && !self.failed => {
                let timer = sys.arm(Millis::secs(seconds));
                self.stage = Stage::Waiting { timer, connects: false };
                Turn::Ran
            }
            _ => {
                if let Some(link) = &mut self.link {
                    link.say(&Message::Quit, sys);
                }
                self.end(u8::from(self.failed))
            }
        }
    }

    fn refused(&mut self, ask: &Ask, error: &SqlError, sys: &mut dyn Sys) -> Turn {
        let (why, about) = (&error.message, &ask.about);
        let text = match ask.command {
            "create" => format!("CREATE DATABASE failed; error: '{why}'"),
            "drop" => format!("DROP DATABASE {about} failed;\nerror: '{why}'"),
            "kill" => format!("kill failed on {about}; error: '{why}'"),
            "password" => format!("unable to change password; error: '{why}'"),
            "processlist" => format!("process list failed; error: '{why}'"),
            "variables" | "extended-status" => {
                let what = if ask.command == "variables" { "variables" } else { "status" };
                format!("unable to show {what}; error: '{why}'")
            }
            "start-slave" => format!("Error starting slave: {why}"),
            "stop-slave" => format!("Error stopping slave: {why}"),
            "shutdown" => format!("shutdown failed; error: '{why}'"),
            "reload" | "flush-privileges" => format!("reload failed; error: '{why}'"),
            _ => format!("refresh failed; error: '{why}'"),
        };
        self.err.print(&format!("mysqladmin: {text}\n"));
        self.failed = true;
        // Of several connections to be killed, the others come next.
        if ask.command == "kill" && self.asks.last().is_some_and(|next| next.command == "kill") {
            return self.ask_next(sys);
        }
        self.end(1)
    }

    fn answered(&mut self, ask: &Ask, said: Message, sys: &mut dyn Sys) -> Turn {
        tell!(sys, MysqlFact::ClientAnswered { pod: pod(sys), rows: None });
        match (ask.command, said) {
            ("ping", _) if self.settings.count("silent") > 1 => {}
            ("ping", _) => self.out.print("mysqld is alive\n"),
            ("start-slave", _) => self.out.print("Slave started\n"),
            ("stop-slave", _) => self.out.print("Slave stopped\n"),
            ("drop", _) => self.out.print(&format!("Database \"{}\" dropped\n", ask.about)),
            ("version", Message::Text(text)) => {
                let text = self.version_text(&text);
                self.out.print(&text);
            }
            (_, Message::Text(text)) if !text.is_empty() => self.out.print(&format!("{text}\n")),
            (_, Message::Answer { answer: Answer::Rows(rows), .. }) => {
                self.out.print(&framed(&rows));
            }
            _ => {}
        }
        if self.failed { self.end(1) } else { self.ask_next(sys) }
    }

    fn version_text(&self, counted: &str) -> String {
        let (uptime, rest) = counted.split_once("  ").unwrap_or((counted, ""));
        let seconds = uptime.trim_start_matches("Uptime: ").trim().parse().unwrap_or(0);
        let tcp = self.settings.host.as_ref().filter(|host| *host != "localhost");
        let place = match tcp {
            Some(host) => {
                format!("{host} via TCP/IP\nTCP port\t\t{}", self.settings.port)
            }
            None => {
                format!("Localhost via UNIX socket\nUNIX socket\t\t{}", self.settings.socket)
            }
        };
        format!(
            "{VERSION}{COPYRIGHT}Server version\t\t{}\nProtocol version\t10\n\
             Connection\t\t{place}\nUptime:\t\t\t{}\n\n{rest}\n",
            self.version,
            uptime_text(seconds)
        )
    }

    /// What a command says to the server; `None`: there is no such command here.
    fn message(&self, ask: &Ask) -> Option<Message> {
        let query = |sql: &str| Some(Message::Query(sql.into()));
        let about = &ask.about;
        match ask.command {
            "ping" | "flush-threads" => Some(Message::Ping),
            "status" | "version" => Some(Message::Statistics),
            "shutdown" => Some(Message::Shutdown),
            "processlist" if self.settings.has("verbose") => query("show full processlist"),
            "processlist" => query("show processlist"),
            "variables" => query("show GLOBAL variables"),
            "extended-status" => query("show GLOBAL status"),
            "flush-logs" | "refresh" => query("FLUSH LOGS"),
            "flush-hosts" => query("flush hosts"),
            "flush-tables" => query("flush tables"),
            "flush-status" => query("flush status"),
            "flush-privileges" | "reload" => query("flush privileges"),
            "start-slave" => query("START SLAVE"),
            "stop-slave" => query("STOP SLAVE"),
            "create" => query(&format!("create database `{about}`")),
            "drop" => query(&format!("drop database `{about}`")),
            "kill" => query(&format!("KILL {about}")),
            _ => None,
        }
    }
}

/// A table as this program draws it: all to the left, NULL as nothing (`print_header`,
/// `print_row`).
fn framed(rows: &Rows) -> String {
    let cell = |value: &Option<String>| value.clone().unwrap_or_default();
    let widths = rows.heads.iter().enumerate().map(|(at, head)| {
        let cells = rows.rows.iter().map(|row| cell(&row[at]).len());
        cells.max().unwrap_or(0).max(head.name.len())
    });
    let widths: Vec<usize> = widths.collect();
    let line = |cells: Vec<String>| -> String {
        let cells = cells.iter().zip(&widths);
        let pad = |text: &str, width: usize| " ".repeat(width - text.len());
        let cells = cells.map(|(text, width)| format!(" {text}{} |", pad(text, *width)));
        format!("|{}\n", cells.collect::<String>())
    };
    let rule: String = widths.iter().map(|width| "-".repeat(width + 2) + "+").collect();
    let rule = format!("+{rule}\n");
    let heads = line(rows.heads.iter().map(|head| head.name.clone()).collect());
    let body: String = rows.rows.iter().map(|row| line(row.iter().map(cell).collect())).collect();
    format!("{rule}{heads}{rule}{body}{rule}")
}

const VERSION: &str = "mysqladmin  Ver 8.42 Distrib 5.7.42, for Linux on x86_64\n";

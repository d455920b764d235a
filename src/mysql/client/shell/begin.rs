//! From the command line to a server that listens.

use super::options::{LONGS, NOT_MODELLED, SHORTS};
use super::{Mysql, Stage};
use crate::mysql::client::link::{Link, LinkStep};
use crate::mysql::client::print::{Look, Markup, error_line};
use crate::mysql::client::split::Piece;
use crate::mysql::client::told;
use crate::mysql::data::Charset;
use crate::mysql::server::{pod, tell};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::Message;
use crate::os::{Fd, Sys, Turn, Wait};
use crate::trace::fact::MysqlFact;

/// Where the client looks for character sets.
const CHARSETS: &str = "/usr/share/mysql/charsets/";

/// What the library says of a character set that nobody knows.
pub(super) fn unknown_charset(name: &str) -> String {
    format!(
        "mysql: Character set '{name}' is not a compiled character set and is not specified in the \
         '{CHARSETS}Index.xml' file\n"
    )
}

impl Mysql {
    pub(super) fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        let options = (&SHORTS[..], &LONGS[..]);
        match told(&self.settings, "mysql", &self.arguments, options, &mut self.err, sys) {
            Ok(settings) => self.settings = settings,
            Err(code) => return self.end(code),
        }
        let s = &self.settings;
        let refused = NOT_MODELLED.iter().find(|name| s.has(name));
        // Its frames would be as wide as the columns' types.
        let framed = s.has("table") || s.count("verbose") > 2 || sys.is_tty(Fd::STDOUT);
        let refused = refused.or((s.has("quick") && framed).then_some(&"quick"));
        if let Some(option) = refused {
            self.err.print(&format!("mysql: [Ordinal] --{option} is not modelled\n"));
            return self.end(1);
        }
        if self.settings.words.len() > 1 {
            self.err
                .print("mysql: [Ordinal] more than one database: the real one prints its usage\n");
            return self.end(1);
        }
        if let Some(name) = &self.settings.charset
            && name != "auto"
            && Charset::parse(name).is_none()
        {
            let text = format!(
                "{}ERROR 2019 (HY000): Can't initialize character set {name} (path: {CHARSETS})\n",
                unknown_charset(name)
            );
            self.err.print(&text);
            return self.end(1);
        }
        if self.settings.has("version") {
            self.show(
                "mysql  Ver 14.14 Distrib 5.7.42, for Linux (x86_64) using  EditLine wrapper\n",
            );
            return self.end(0);
        }
        self.dress(sys);
        if self.settings.ask_password {
            self.err.print("Enter password: ");
            self.stage = Stage::Password;
            return Turn::Ran;
        }
        self.connect(sys)
    }

    /// How it will look, from options and from whether somebody sits there.
    fn dress(&mut self, sys: &dyn Sys) {
        let s = &self.settings;
        let tty = sys.is_tty(Fd::STDIN) && sys.is_tty(Fd::STDOUT);
        let executed = |(name, _): &(String, Option<String>)| name == "execute";
        let first = s.own.iter().position(executed);
        // Several -e are one text.
        let texts = s.own.iter().filter(|one| executed(one));
        let texts: Vec<&str> = texts.map(|(_, text)| text.as_deref().unwrap_or("")).collect();
        let execute = first.map(|_| texts.join(" "));
        self.batch = !tty || execute.is_some() || s.has("batch");
        let silent = s.count("silent") + usize::from(!tty);
        let silent = if s.has("batch") { silent.max(1) } else { silent };
        self.silent = silent > 0;
        self.verbose = s.count("verbose") as u32;
        // The first -e takes back a -f in front of it (`get_one_option`).
        self.force = s.own[first.unwrap_or(0)..].iter().any(|(name, _)| name == "force");
        self.show_warnings = s.has("show-warnings");
        self.out.by_blocks = !sys.is_tty(Fd::STDOUT) && !s.has("unbuffered");
        self.prompt = s.value("prompt").map(String::from);
        self.input.commands_anywhere = s.has("named-commands");
        if let Some(word) = s.value("delimiter") {
            self.input.set_delimiter(word);
        }
        self.look = Look {
            table: s.has("table") || (silent == 0) || self.verbose > 2,
            vertical: s.has("vertical"),
            no_heads: s.is_off("column-names"),
            quiet: silent > 1,
            raw: s.has("raw"),
            chatty: if self.batch { self.verbose > 1 } else { silent == 0 },
            times: self.verbose > 2 || silent == 0,
            quick: s.has("quick"),
            markup: match (s.has("html"), s.has("xml")) {
                (true, _) => Some(Markup::Html),
                (false, true) => Some(Markup::Xml),
                (false, false) => None,
            },
        };
        self.db = s.value("database").map(String::from).or_else(|| s.words.first().cloned());
        if let Some(text) = execute {
            self.input.push(&text);
            self.input.push("\n");
            self.ended = true;
        }
    }

    pub(super) fn read_password(&mut self, sys: &mut dyn Sys) -> Turn {
        if !self.fill(sys) && !self.ended {
            return Turn::Blocked(vec![Wait::Readable(Fd::STDIN)]);
        }
        let end = self.typed.iter().position(|byte| *byte == b'\n').unwrap_or(self.typed.len());
        let line: Vec<u8> = self.typed.drain(..end).collect();
        if !self.typed.is_empty() {
            self.typed.remove(0);
        }
        self.settings.password = String::from_utf8_lossy(&line).into_owned();
        self.err.print("\n");
        self.connect(sys)
    }

    /// Connects; what `-e` asks first goes along with the login.
    fn connect(&mut self, sys: &mut dyn Sys) -> Turn {
        let (user, password) = (self.settings.user.clone(), self.settings.password.clone());
        let mut messages = vec![Message::login(&user, &password, self.db.clone())];
        let mut ahead = self.input.clone();
        if self.ended
            && !self.settings.has("init-command")
            && let Some(piece @ Piece::Statement { .. }) = ahead.next(true)
        {
            self.input = ahead;
            if let Piece::Statement { text, .. } = &piece {
                messages.push(Message::Query(text.clone()));
            }
            self.first = Some(piece);
            if self.input.is_done() && !self.show_warnings {
                messages.push(Message::Quit);
            }
        }
        let host = self.settings.host.clone().unwrap_or_else(|| "localhost".into());
        let sql = messages.iter().find_map(|message| match message {
            Message::Query(sql) => Some(sql.clone()),
            _ => None,
        });
        tell!(sys, MysqlFact::ClientBegan { pod: pod(sys), host, sql });
        match Link::open(&self.settings, messages, sys) {
            Ok(link) => {
                self.link = Some(link);
                self.stage = Stage::Connecting;
                Turn::Ran
            }
            Err(error) => self.fail(&error, sys),
        }
    }

    /// It could not connect.
    fn fail(&mut self, error: &SqlError, sys: &mut dyn Sys) -> Turn {
        let line = error_line(error, "");
        tell!(sys, MysqlFact::ClientFailed { pod: pod(sys), line: line.trim_end().into() });
        self.err.print(&line);
        self.end(1)
    }

    pub(super) fn greet(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        match link.step(sys) {
            LinkStep::Wait(waits) => Turn::Blocked(waits),
            LinkStep::Failed(error) if error.code == 2013 => {
                let text = "Lost connection to MySQL server at 'reading initial communication \
                            packet', system error: 0";
                self.fail(&SqlError::new(2013, text), sys)
            }
            LinkStep::Failed(error) => self.fail(&error, sys),
            LinkStep::Said(Message::Error(error)) => self.fail(&error, sys),
            LinkStep::Said(Message::Welcome { id, version, account, .. }) => {
                (self.connection, self.version, self.account) = (id, version, account);
                self.initialize(false, sys)
            }
            LinkStep::Said(_) => self.fail(&SqlError::new(2027, "Malformed packet"), sys),
        }
    }

    /// `--init-command` goes before anything else that is asked on a connection.
    pub(super) fn initialize(&mut self, anew: bool, sys: &mut dyn Sys) -> Turn {
        let (Some(sql), Some(link)) = (self.settings.value("init-command"), &mut self.link) else {
            return self.ready(anew, sys);
        };
        link.say(&Message::Query(sql.to_string()), sys);
        self.stage = Stage::Initializing { anew };
        Turn::Ran
    }

    pub(super) fn initialized(&mut self, anew: bool, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        match link.step(sys) {
            LinkStep::Wait(waits) => Turn::Blocked(waits),
            LinkStep::Said(Message::Answer { more: true, .. }) => Turn::Ran,
            LinkStep::Said(Message::Error(error)) | LinkStep::Failed(error) => {
                self.fail(&error, sys)
            }
            LinkStep::Said(_) => self.ready(anew, sys),
        }
    }

    /// Connected: for the first time, or anew.
    fn ready(&mut self, anew: bool, sys: &mut dyn Sys) -> Turn {
        if anew {
            return self.has_reconnected(sys);
        }
        if !self.batch && !self.silent {
            self.banner();
        }
        match self.first.take() {
            Some(piece) => {
                self.asked(piece, sys);
                self.act(sys)
            }
            None => {
                self.stage = Stage::Reading;
                self.read_on(sys)
            }
        }
    }
}

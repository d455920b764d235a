//! The `mysql` client as a program. Models `client/mysql.cc` of 5.7.

mod commands;
mod options;
mod terminal;

use super::args::Settings;
use super::link::{Link, LinkStep};
use super::print::{Look, Markup, error_line, result_text};
use super::split::{Piece, Splitter};
use super::{disposition, ended, stuck, told};
use crate::base::SimTime;
use crate::mysql::arguments_of;
use crate::mysql::data::Charset;
use crate::mysql::run::Answer;
use crate::mysql::server::{pod, shown, tell};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Message, Printer};
use crate::os::{Disposition, Fd, Poll, Signal, Sys, Turn, Wait};
use crate::trace::fact::MysqlFact;
use options::{LONGS, NOT_MODELLED, SHORTS};
use terminal::HELP;
pub(super) use terminal::{COPYRIGHT, uptime_text};

/// What the client is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Begin,
    /// A password is to be typed.
    Password,
    /// The server has not greeted yet.
    Connecting,
    /// A statement is under way.
    Asking {
        sql: String,
        vertical: bool,
        line: u64,
        since: SimTime,
        db: Option<String>,
    },
    /// SHOW WARNINGS, which the client asks by itself.
    Warnings,
    /// It connects anew.
    Reconnecting,
    /// `status` waits for what the server says of itself.
    Status,
    /// The server forgets what the session was like.
    Resetting,
    /// USE has worked; the tables are read for completing names.
    Tables,
    /// It reads on.
    Reading,
    /// It prints its last words, then it ends so.
    Ending(u8),
}

/// The client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mysql {
    arguments: Vec<String>,
    settings: Settings,
    stage: Stage,
    link: Option<Link>,
    out: Printer,
    err: Printer,
    input: Splitter,
    typed: Vec<u8>,
    ended: bool,
    look: Look,
    /// No prompt, no greeting; ends at the first error.
    batch: bool,
    force: bool,
    verbose: u32,
    db: Option<String>,
    connection: u64,
    version: String,
    /// USER(), as the server told it.
    account: String,
    /// What `status` has heard so far: the character sets.
    heard: Vec<String>,
    prompted: bool,
    /// The statement that went with the login.
    first: Option<Piece>,
    /// Ctrl-C was typed.
    interrupted: bool,
    /// A second connection that ends the statement of the first.
    killer: Option<Link>,
    /// The connection is lost; the next statement makes another.
    lost: bool,
    /// What is asked once it is connected anew.
    again: Option<Piece>,
    /// Shows warnings after each statement.
    show_warnings: bool,
    /// `prompt`.
    prompt: Option<String>,
}

impl Mysql {
    /// A client about to start.
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Mysql {
        Mysql {
            arguments: arguments_of(argv),
            settings: Settings::of_environment("mysql", env),
            stage: Stage::Begin,
            link: None,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            input: Splitter::default(),
            typed: Vec::new(),
            ended: false,
            look: Look::default(),
            batch: false,
            force: false,
            verbose: 0,
            db: None,
            connection: 0,
            version: String::new(),
            account: String::new(),
            heard: Vec::new(),
            prompted: false,
            first: None,
            interrupted: false,
            killer: None,
            lost: false,
            again: None,
            show_warnings: false,
            prompt: None,
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        match signal {
            Signal::Int if !self.batch => {
                self.interrupted = true;
                Disposition::Handled
            }
            other => disposition(other),
        }
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(turn) = stuck([&mut self.out, &mut self.err], sys) {
            return turn;
        }
        let turn = self.act(sys);
        let code = match self.stage {
            Stage::Ending(code) => Some(code),
            _ => None,
        };
        ended(turn, code, [&mut self.out, &mut self.err], &mut self.link, sys)
    }

    fn act(&mut self, sys: &mut dyn Sys) -> Turn {
        match self.stage.clone() {
            Stage::Begin => self.begin(sys),
            Stage::Password => self.read_password(sys),
            Stage::Connecting => self.greet(sys),
            Stage::Asking { .. } => self.answer(sys),
            Stage::Warnings => self.warned(sys),
            Stage::Reconnecting => self.reconnected(sys),
            Stage::Status => self.status(sys),
            Stage::Resetting => self.has_reset(sys),
            Stage::Tables => self.tables(sys),
            Stage::Reading => self.read_on(sys),
            Stage::Ending(_) => Turn::Ran,
        }
    }

    fn end(&mut self, code: u8) -> Turn {
        self.stage = Stage::Ending(code);
        Turn::Ran
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        let options = (&SHORTS[..], &LONGS[..]);
        match told(&self.settings, "mysql", &self.arguments, options, &mut self.err, sys) {
            Ok(settings) => self.settings = settings,
            Err(code) => return self.end(code),
        }
        let refused = NOT_MODELLED.iter().find(|name| self.settings.has(name));
        let charset = self.settings.charset.as_deref().unwrap_or("latin1");
        let refused = match refused {
            None if !["latin1", "auto"].contains(&charset) => Some(&"default-character-set"),
            refused => refused,
        };
        if let Some(option) = refused {
            self.err.print(&format!("mysql: [Ordinal] --{option} is not modelled\n"));
            return self.end(1);
        }
        if self.settings.has("version") {
            self.out.print(
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
        self.verbose = s.count("verbose") as u32;
        // The first -e takes back a -f in front of it (`get_one_option`).
        self.force = s.own[first.unwrap_or(0)..].iter().any(|(name, _)| name == "force");
        self.show_warnings = s.has("show-warnings");
        self.prompt = s.value("prompt").map(String::from);
        self.look = Look {
            table: s.has("table") || (silent == 0) || self.verbose > 2,
            vertical: s.has("vertical"),
            no_heads: s.has("skip-column-names"),
            quiet: silent > 1,
            raw: s.has("raw"),
            chatty: if self.batch { self.verbose > 1 } else { silent == 0 },
            times: self.verbose > 2 || silent == 0,
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

    fn read_password(&mut self, sys: &mut dyn Sys) -> Turn {
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
        let line = error_line(error, None);
        tell!(sys, MysqlFact::ClientFailed { pod: pod(sys), line: line.trim_end().into() });
        self.err.print(&line);
        self.end(1)
    }

    fn greet(&mut self, sys: &mut dyn Sys) -> Turn {
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
                if !self.batch {
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
            LinkStep::Said(_) => self.fail(&SqlError::new(2027, "Malformed packet"), sys),
        }
    }

    fn asked(&mut self, piece: Piece, sys: &dyn Sys) {
        let Piece::Statement { text, vertical, line } = piece else { return };
        let words: Vec<&str> = text.split_whitespace().collect();
        let use_db = match words.as_slice() {
            [word, db] if word.eq_ignore_ascii_case("use") => {
                Some(db.trim_matches('`').trim_end_matches(';').to_string())
            }
            _ => None,
        };
        if self.verbose > 0 && use_db.is_none() {
            self.out.print(&format!("--------------\n{text}\n--------------\n\n"));
        }
        self.stage = Stage::Asking { sql: text, vertical, line, since: sys.now(), db: use_db };
    }

    fn answer(&mut self, sys: &mut dyn Sys) -> Turn {
        let Stage::Asking { sql, vertical, line, since, db: use_db } = self.stage.clone() else {
            return Turn::Ran;
        };
        let more = self.interrupt(sys);
        let Some(link) = &mut self.link else { return self.end(1) };
        match link.step(sys) {
            LinkStep::Wait(mut waits) => {
                waits.extend(more);
                return Turn::Blocked(waits);
            }
            LinkStep::Said(Message::Answer { answer, warnings, db, more }) => {
                let time = sys.now().since(since);
                let look = Look { vertical: self.look.vertical || vertical, ..self.look };
                let rows = match &answer {
                    Answer::Rows(rows) => Some(rows.rows.len() as u64),
                    Answer::Done { .. } => None,
                };
                if use_db.is_some() && !self.batch {
                    return self.changed(db, sys);
                }
                if use_db.is_none() {
                    self.out.print(&result_text(&answer, &sql, warnings, time, look));
                }
                self.db = db;
                tell!(sys, MysqlFact::ClientAnswered { pod: pod(sys), rows });
                if more {
                    return Turn::Ran;
                }
                if self.show_warnings && warnings > 0 {
                    return self.ask_warnings(sys);
                }
            }
            LinkStep::Said(Message::Error(error)) => {
                if let Some(turn) = self.refused(&error, line, sys) {
                    return turn;
                }
            }
            LinkStep::Failed(error) => {
                self.lost = true;
                if let Some(turn) = self.refused(&error, line, sys) {
                    return turn;
                }
                if self.batch {
                    return self.give_up();
                }
            }
            LinkStep::Said(_) => {}
        }
        self.stage = Stage::Reading;
        self.read_on(sys)
    }

    /// The line an error names: a script's, unless told not to.
    fn numbered(&self, line: u64) -> Option<u64> {
        (self.batch && !self.settings.has("skip-line-numbers")).then_some(line)
    }

    /// To standard error, after all that was printed before.
    fn complain(&mut self, text: &str, sys: &mut dyn Sys) {
        self.out.flush(sys);
        self.err.print(text);
        self.err.flush(sys);
    }

    /// A statement was refused. Some: the client ends.
    fn refused(&mut self, error: &SqlError, line: u64, sys: &mut dyn Sys) -> Option<Turn> {
        let text = error_line(error, self.numbered(line));
        tell!(sys, MysqlFact::ClientFailed { pod: pod(sys), line: text.trim_end().into() });
        self.complain(&text, sys);
        (self.batch && !self.force).then(|| self.give_up())
    }

    /// A script ends at a mistake.
    fn give_up(&mut self) -> Turn {
        self.bye();
        self.end(1)
    }

    /// Its last word, to somebody at a terminal, or to whom it tells everything.
    fn bye(&mut self) {
        if if self.batch { self.verbose > 1 } else { self.look.chatty } {
            self.out.print("Bye\n");
        }
    }

    /// Reads what was typed. True if something came.
    fn fill(&mut self, sys: &mut dyn Sys) -> bool {
        if self.ended {
            return false;
        }
        match sys.read(Fd::STDIN, 64 * 1024) {
            Ok(Poll::Wait) => false,
            Ok(Poll::Ready(data)) if data.is_empty() => {
                self.ended = true;
                false
            }
            Ok(Poll::Ready(data)) => {
                self.typed.extend(data.to_bytes(64 * 1024));
                true
            }
            Err(_) => {
                self.ended = true;
                false
            }
        }
    }

    /// The next statement, from what is there.
    fn read_on(&mut self, sys: &mut dyn Sys) -> Turn {
        if std::mem::take(&mut self.interrupted) {
            self.input.forget();
            self.typed.clear();
            self.prompted = false;
        }
        loop {
            if let Some(piece) = self.input.next(self.ended && self.typed.is_empty()) {
                match self.take(piece, sys) {
                    Some(turn) => return turn,
                    None => continue,
                }
            }
            if let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.typed.drain(..=end).collect();
                self.prompted = false;
                self.input.push(&String::from_utf8_lossy(&line));
                continue;
            }
            if self.ended {
                if !self.typed.is_empty() {
                    let rest = std::mem::take(&mut self.typed);
                    self.input.push(&String::from_utf8_lossy(&rest));
                    continue;
                }
                return self.leave(sys);
            }
            if !self.batch && !self.prompted {
                self.prompted = true;
                let prompt = self.prompt_text();
                self.out.print(&prompt);
            }
            if !self.fill(sys) && !self.ended {
                return Turn::Blocked(vec![Wait::Readable(Fd::STDIN)]);
            }
        }
    }

    fn leave(&mut self, sys: &mut dyn Sys) -> Turn {
        self.bye();
        if let Some(link) = &mut self.link {
            link.say(&Message::Quit, sys);
        }
        self.end(0)
    }

    fn take(&mut self, piece: Piece, sys: &mut dyn Sys) -> Option<Turn> {
        match &piece {
            Piece::Statement { .. } if self.lost => Some(self.reconnect(Some(piece), sys)),
            Piece::Statement { text, .. } => {
                let link = self.link.as_mut()?;
                link.say(&Message::Query(text.clone()), sys);
                tell!(sys, MysqlFact::ClientAsked { pod: pod(sys), sql: shown(text) });
                self.asked(piece, sys);
                Some(Turn::Ran)
            }
            Piece::Quit => Some(self.leave(sys)),
            Piece::Nothing => {
                if !self.batch {
                    self.out.print("ERROR: \nNo query specified\n\n");
                }
                None
            }
            Piece::Help(topic) if topic.is_empty() => {
                self.out.print(HELP);
                None
            }
            Piece::Status => Some(self.ask_status(sys)),
            Piece::Reset => {
                self.link.as_mut()?.say(&Message::Reset, sys);
                self.stage = Stage::Resetting;
                Some(Turn::Ran)
            }
            Piece::Charset(name) if Charset::parse(name).is_some() => {
                self.link.as_mut()?.say(&Message::Query(format!("SET NAMES {name}")), sys);
                self.inform("Charset changed");
                self.stage = Stage::Resetting;
                Some(Turn::Ran)
            }
            Piece::Charset(_) => {
                self.inform("Charset is not found");
                None
            }
            other => self.own_command(other, sys),
        }
    }
}

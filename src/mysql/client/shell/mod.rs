//! The `mysql` client as a program. Models `client/mysql.cc` of 5.7.

mod begin;
mod children;
mod commands;
mod options;
mod terminal;

use super::args::Settings;
use super::link::{Link, LinkStep};
use super::print::{Look, error_line, result_parts};
use super::split::{Piece, Splitter};
use super::{disposition, ended, stuck};
use crate::base::SimTime;
use crate::mysql::arguments_of;
use crate::mysql::data::Charset;
use crate::mysql::run::Answer;
use crate::mysql::server::{pod, shown, tell};
use crate::mysql::sql::SqlError;
use crate::mysql::wire::{Message, Printer};
use crate::os::{Disposition, Fd, Poll, Signal, Sys, Turn, Wait};
use crate::trace::fact::MysqlFact;
use begin::unknown_charset;
use children::{Child, Copy, Pager};
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
    /// `--init-command` is under way, on the first connection or on one made anew.
    Initializing {
        anew: bool,
    },
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
    /// Nor could another one be made.
    unconnected: bool,
    /// `-s`: somebody at a terminal is told only what was asked for.
    silent: bool,
    /// What is asked once it is connected anew.
    again: Option<Piece>,
    /// Shows warnings after each statement.
    show_warnings: bool,
    /// `prompt`.
    prompt: Option<String>,
    env: Vec<(Vec<u8>, Vec<u8>)>,
    /// What runs for it, while it waits.
    child: Option<Child>,
    /// `tee`: the file that takes all that is shown.
    copy: Option<Copy>,
    pager: Pager,
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
            unconnected: false,
            silent: false,
            again: None,
            show_warnings: false,
            prompt: None,
            env: env.to_vec(),
            child: None,
            copy: None,
            pager: Pager::default(),
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
        let turn = self.wait_child(sys).unwrap_or_else(|| self.act(sys));
        if let Some(copy) = &mut self.copy {
            copy.file.flush(sys);
        }
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
            Stage::Initializing { anew } => self.initialized(anew, sys),
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
        self.out.by_blocks = false;
        self.stage = Stage::Ending(code);
        Turn::Ran
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
            self.show(&format!("--------------\n{text}\n--------------\n\n"));
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
                    let (rows, said) = result_parts(&answer, &sql, warnings, time, look);
                    self.page(rows, said, sys);
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
        // A pager shows its rows first.
        if self.child.is_some() { Turn::Ran } else { self.read_on(sys) }
    }

    /// The place an error names: a script's, unless told not to.
    fn place(&self, line: u64) -> String {
        if !self.batch || self.settings.is_off("line-numbers") {
            return String::new();
        }
        let file = self.input.file();
        let file = file.map_or(String::new(), |name| format!(" in file: '{name}'"));
        format!(" at line {line}{file}")
    }

    /// To standard output, and to the file of `tee`.
    fn show(&mut self, text: &str) {
        self.out.print(text);
        if let Some(copy) = &mut self.copy {
            copy.file.print(text);
        }
    }

    /// To standard error, after all that was printed before.
    fn complain(&mut self, text: &str, sys: &mut dyn Sys) {
        self.out.flush(sys);
        self.err.print(text);
        self.err.flush(sys);
    }

    /// A statement was refused. Some: the client ends.
    fn refused(&mut self, error: &SqlError, line: u64, sys: &mut dyn Sys) -> Option<Turn> {
        let text = error_line(error, &self.place(line));
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
            self.show("Bye\n");
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
                let line = String::from_utf8_lossy(&line).into_owned();
                if let Some(copy) = &mut self.copy {
                    copy.file.print(&line);
                }
                self.input.push(&line);
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
                self.show(&prompt);
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
            // In a file that `source` names it ends that file.
            Piece::Quit if self.input.leave_file() => None,
            Piece::Quit => Some(self.leave(sys)),
            Piece::Nothing => {
                if !self.batch {
                    self.show("ERROR: \nNo query specified\n\n");
                }
                None
            }
            Piece::Help(topic) if topic.is_empty() => {
                self.show(HELP);
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
            Piece::Charset(name) => {
                self.err.print(&unknown_charset(name));
                self.inform("Charset is not found");
                None
            }
            other => self.own_command(other, sys),
        }
    }
}

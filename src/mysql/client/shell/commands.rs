//! The client's own commands, Ctrl-C, and a connection that is lost.

use super::{Mysql, Stage};
use crate::mysql::client::link::{Link, LinkStep};
use crate::mysql::client::print::error_line;
use crate::mysql::client::split::Piece;
use crate::mysql::run::Answer;
use crate::mysql::sql::SqlError;
use crate::mysql::wire::Message;
use crate::os::{Errno, Sys, Turn, Wait};

impl Mysql {
    /// A command that asks the server nothing. Some: something else goes on.
    pub(super) fn own_command(&mut self, piece: &Piece, sys: &mut dyn Sys) -> Option<Turn> {
        match piece {
            Piece::Print(text) => {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                let line = "--------------\n";
                self.show(&format!("{line}{text}{end}{line}\n"));
            }
            Piece::Prompt(text) => {
                self.prompt = (!text.is_empty()).then(|| text.clone());
                self.show(&match text.as_str() {
                    "" => "Returning to default PROMPT of mysql> \n".to_string(),
                    text => format!("PROMPT set to '{text}'\n"),
                });
            }
            Piece::System(command) => return self.run_shell(command, sys),
            Piece::Tee(file) => self.tee(file.as_deref(), sys),
            Piece::Pager(program) => self.set_pager(program.as_deref()),
            Piece::Warnings(on) => {
                self.show_warnings = *on;
                let word = if *on { "enabled" } else { "disabled" };
                self.inform(&format!("Show warnings {word}."));
            }
            Piece::Source(file) => match sys.read_file(file.as_bytes()) {
                Ok(text) if self.input.insert(file, &text.text()) => {}
                found => {
                    let number = found.err().unwrap_or(Errno::Mfile).number();
                    let text = format!("Failed to open file '{file}', error: {number}");
                    return self.own_error(&text, sys);
                }
            },
            Piece::Connect(words) => {
                if let Some(db) = words.first() {
                    self.db = Some(db.clone());
                }
                if let Some(host) = words.get(1) {
                    self.settings.host = Some(host.clone());
                }
                return Some(self.reconnect(None, sys));
            }
            Piece::Help(topic) => {
                let text = format!("[Ordinal] this model's server has no help on: {topic}");
                return self.own_error(&text, sys);
            }
            Piece::Failed(text) => return self.own_error(text, sys),
            Piece::NotModelled(what) => {
                let text = format!("[Ordinal] this model's client does not know: {what}");
                return self.own_error(&text, sys);
            }
            _ => {}
        }
        None
    }

    /// Something for somebody at a terminal.
    pub(super) fn inform(&mut self, text: &str) {
        if !self.batch && !self.silent {
            self.show(&format!("{text}\n"));
        }
    }

    /// A mistake in a command of the client's own: a script ends with it.
    pub(super) fn own_error(&mut self, text: &str, sys: &mut dyn Sys) -> Option<Turn> {
        if self.batch {
            let at = self.place(self.input.line());
            self.complain(&format!("ERROR{at}: {text}\n"), sys);
            return (!self.force).then(|| self.give_up());
        }
        self.show(&format!("ERROR: \n{text}\n"));
        None
    }

    /// `mysql> `, or what `prompt` made of it.
    pub(super) fn prompt_text(&self) -> String {
        let (usual, Some(own)) = (self.input.prompt(), &self.prompt) else {
            return self.input.prompt().to_string();
        };
        if usual != "mysql> " {
            return usual.to_string();
        }
        let host = self.settings.host.as_deref().unwrap_or("localhost");
        let mut text = String::new();
        let mut chars = own.chars();
        while let Some(next) = chars.next() {
            if next != '\\' {
                text.push(next);
                continue;
            }
            let Some(letter) = chars.next() else { break };
            let db = self.db.as_deref().unwrap_or("(none)");
            text.push_str(&match letter {
                'd' => db.to_string(),
                'h' => host.to_string(),
                'p' if host == "localhost" => "mysqld.sock".into(),
                'p' => self.settings.port.to_string(),
                'u' => self.account.split('@').next().unwrap_or("").to_string(),
                'U' => self.account.clone(),
                'v' => self.version.clone(),
                'C' => self.connection.to_string(),
                'l' => self.input.delimiter().to_string(),
                '_' | ' ' => " ".into(),
                'n' => "\n".into(),
                't' => "\t".into(),
                'S' => ";".into(),
                '\\' | '\'' | '"' => letter.to_string(),
                'c' | 'R' | 'r' | 'm' | 's' | 'y' | 'Y' | 'D' | 'w' | 'P' | 'o' | 'O' => {
                    format!("[Ordinal: no \\{letter}]")
                }
                // Of what it does not know, the client keeps the letter and all that follows.
                other => format!("{other}{}", chars.as_str()),
            });
        }
        text
    }

    /// The session is as it was after the login.
    pub(super) fn has_reset(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        if let LinkStep::Wait(waits) = link.step(sys) {
            return Turn::Blocked(waits);
        }
        self.stage = Stage::Reading;
        self.read_on(sys)
    }

    /// Ctrl-C while a statement runs: another connection ends it. What to wait for.
    pub(super) fn interrupt(&mut self, sys: &mut dyn Sys) -> Vec<Wait> {
        if std::mem::take(&mut self.interrupted) && self.killer.is_none() {
            let (user, password) = (self.settings.user.clone(), self.settings.password.clone());
            let query = format!("KILL QUERY {}", self.connection);
            let messages =
                vec![Message::login(&user, &password, None), Message::Query(query), Message::Quit];
            self.killer = Link::open(&self.settings, messages, sys).ok();
            self.show(match self.killer {
                Some(_) => "^C -- query aborted\n",
                None => "^C -- cannot connect to server to kill query; giving up\n",
            });
        }
        loop {
            let Some(killer) = &mut self.killer else { return Vec::new() };
            match killer.step(sys) {
                LinkStep::Wait(waits) => return waits,
                LinkStep::Said(Message::Welcome { .. }) => {}
                LinkStep::Said(_) | LinkStep::Failed(_) => {
                    killer.close(sys);
                    self.killer = None;
                }
            }
        }
    }

    pub(super) fn ask_warnings(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(link) = &mut self.link {
            link.say(&Message::Query("SHOW WARNINGS".into()), sys);
        }
        self.stage = Stage::Warnings;
        Turn::Ran
    }

    /// The warnings have come.
    pub(super) fn warned(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        match link.step(sys) {
            LinkStep::Wait(waits) => return Turn::Blocked(waits),
            LinkStep::Said(Message::Answer { answer: Answer::Rows(rows), .. }) => {
                for row in &rows.rows {
                    let cell = |at: usize| row.get(at).cloned().flatten().unwrap_or_default();
                    let line = format!("{} (Code {}): {}\n", cell(0), cell(1), cell(2));
                    self.show(&line);
                }
            }
            _ => {}
        }
        self.stage = Stage::Reading;
        self.read_on(sys)
    }

    /// The connection is gone: another one, and then the statement again.
    pub(super) fn reconnect(&mut self, piece: Option<Piece>, sys: &mut dyn Sys) -> Turn {
        if self.lost && !self.unconnected {
            let gone = SqlError::new(2006, "MySQL server has gone away");
            self.complain(&error_line(&gone, ""), sys);
        }
        if self.lost {
            self.inform("No connection. Trying to reconnect...");
        }
        if let Some(link) = &mut self.link {
            link.close(sys);
        }
        let (user, password) = (self.settings.user.clone(), self.settings.password.clone());
        let login = Message::login(&user, &password, self.db.clone());
        self.again = piece;
        self.stage = Stage::Reconnecting;
        match Link::open(&self.settings, vec![login], sys) {
            Ok(link) => {
                self.link = Some(link);
                Turn::Ran
            }
            Err(error) => self.no_connection(&error, sys),
        }
    }

    fn no_connection(&mut self, error: &SqlError, sys: &mut dyn Sys) -> Turn {
        (self.lost, self.unconnected) = (true, true);
        self.again = None;
        self.complain(&error_line(error, ""), sys);
        self.show("ERROR: \nCan't connect to the server\n\n");
        self.stage = Stage::Reading;
        self.read_on(sys)
    }

    pub(super) fn reconnected(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        match link.step(sys) {
            LinkStep::Wait(waits) => return Turn::Blocked(waits),
            LinkStep::Said(Message::Welcome { id, version, account, .. }) => {
                (self.connection, self.version, self.account) = (id, version, account);
            }
            LinkStep::Said(Message::Error(error)) | LinkStep::Failed(error) => {
                return self.no_connection(&error, sys);
            }
            LinkStep::Said(_) => return Turn::Ran,
        }
        self.initialize(true, sys)
    }

    pub(super) fn has_reconnected(&mut self, sys: &mut dyn Sys) -> Turn {
        (self.lost, self.unconnected) = (false, false);
        let db = self.db.clone().unwrap_or_else(|| "*** NONE ***".into());
        let text = format!("Connection id:    {}\nCurrent database: {db}\n\n", self.connection);
        if !self.batch && !self.silent {
            self.show(&text);
        }
        self.stage = Stage::Reading;
        match self.again.take() {
            Some(piece) => self.take(piece, sys).unwrap_or(Turn::Ran),
            None => self.read_on(sys),
        }
    }
}

//! The temporary server: started, asked, told, stopped.

use super::{Ask, Entrypoint, SCRIPT, Stage};
use crate::base::limit;
use crate::mysql::client::{Link, LinkStep, Settings};
use crate::mysql::server::{pod, release, tell};
use crate::mysql::timing::ENTRYPOINT_POLL;
use crate::mysql::wire::Message;
use crate::os::{Poll, Sys, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

impl Entrypoint {
    pub(super) fn start_temporary(&mut self, sys: &mut dyn Sys) -> Turn {
        self.note("Starting temporary server", sys);
        let socket = format!("--socket={}", self.socket);
        let more = ["--skip-networking", "--default-time-zone=SYSTEM", &socket];
        match self.spawn(&more, sys) {
            Ok(server) => {
                self.server = Some(server);
                // From 8.0 on it is a daemon, which is ready when it has gone to the background.
                if release(&self.env("MYSQL_VERSION")).starts_with("5.") {
                    self.note("Waiting for server startup", sys);
                }
                tell!(sys, MysqlFact::TemporaryStarted { pod: pod(sys) });
                self.stage = Stage::Poll(0);
                Turn::Ran
            }
            Err(turn) => turn,
        }
    }

    fn settings(&self) -> Settings {
        Settings { socket: self.socket.clone(), knows_sha2: true, ..Settings::default() }
    }

    pub(super) fn poll(&mut self, count: u32, sys: &mut dyn Sys) -> Turn {
        if count >= limit::ENTRYPOINT_POLLS_MAX {
            return self.fail("Unable to start server.", sys);
        }
        let ended = self.server.map(|server| sys.wait(server));
        if !matches!(ended, Some(Ok(Poll::Wait))) {
            return self.fail("Unable to start server.", sys);
        }
        let login = Message::login("root", "", None);
        let ask = vec![login, Message::Query("SELECT 1".into()), Message::Quit];
        match Link::open(&self.settings(), ask, sys) {
            Ok(link) => {
                self.stage = Stage::Asking(Box::new(link), Ask::Ping(count));
                self.act(sys)
            }
            Err(_) => {
                tell!(sys, MysqlFact::TemporaryAsked { pod: pod(sys), answers: false });
                self.after(ENTRYPOINT_POLL, Stage::Poll(count + 1), sys)
            }
        }
    }

    pub(super) fn ask(&mut self, mut link: Link, ask: Ask, sys: &mut dyn Sys) -> Turn {
        match link.step(sys) {
            LinkStep::Wait(waits) => {
                self.stage = Stage::Asking(Box::new(link), ask);
                Turn::Blocked(waits)
            }
            LinkStep::Said(Message::Welcome { .. }) => {
                self.stage = Stage::Asking(Box::new(link), ask);
                self.act(sys)
            }
            LinkStep::Said(Message::Error(error)) | LinkStep::Failed(error) => {
                link.close(sys);
                match ask {
                    Ask::Ping(count) => self.after(ENTRYPOINT_POLL, Stage::Poll(count + 1), sys),
                    Ask::Shutdown => {
                        self.stage = Stage::Stopping;
                        Turn::Ran
                    }
                    Ask::Statement(_) => {
                        self.err.print(&format!(
                            "{} at line 1: {}\n",
                            short_error(&error),
                            error.message
                        ));
                        self.stage = Stage::Ending(1);
                        Turn::Ran
                    }
                }
            }
            LinkStep::Said(_) => {
                link.close(sys);
                self.answered(ask, sys)
            }
        }
    }

    fn answered(&mut self, ask: Ask, sys: &mut dyn Sys) -> Turn {
        match ask {
            Ask::Ping(_) => {
                self.note("Temporary server started.", sys);
                self.socket_fix(sys);
                tell!(sys, MysqlFact::TemporaryAsked { pod: pod(sys), answers: true });
                self.plan(sys);
                self.next_statement(0, sys)
            }
            Ask::Statement(index) => {
                if self.statements[index as usize].message == Message::TimeZones {
                    self.skipped_lists();
                }
                if let Some(fact) = self.statements[index as usize].fact.clone() {
                    tell!(sys, fact);
                }
                self.next_statement(index + 1, sys)
            }
            Ask::Shutdown => {
                self.stage = Stage::Stopping;
                Turn::Ran
            }
        }
    }

    fn next_statement(&mut self, index: u32, sys: &mut dyn Sys) -> Turn {
        let Some(request) = self.statements.get(index as usize).cloned() else {
            self.out.print("\n");
            return self.next_file(0, sys);
        };
        if let Some(note) = &request.note {
            self.note(note, sys);
        }
        self.send(request.message, request.with_password, Ask::Statement(index), sys)
    }

    /// What `mysql_tzinfo_to_sql` says of the files that Debian's and Oracle Linux' packages of
    /// tzdata have beside the zones.
    fn skipped_lists(&mut self) {
        let lists: &[&str] = match self.env("MYSQL_VERSION").contains(".el") {
            true => &["leapseconds", "tzdata.zi"],
            false => &["leap-seconds.list"],
        };
        for file in ["iso3166.tab"].iter().chain(lists).chain(&["zone.tab", "zone1970.tab"]) {
            let path = format!("/usr/share/zoneinfo/{file}");
            self.err
                .print(&format!("Warning: Unable to load '{path}' as time zone. Skipping it.\n"));
        }
    }

    /// All files of /docker-entrypoint-initdb.d are done.
    pub(super) fn files_done(&mut self, sys: &mut dyn Sys) -> Turn {
        if !self.env("MYSQL_ONETIME_PASSWORD").is_empty() {
            let text = format!("{SCRIPT}: [Ordinal] this model lets no password expire\n");
            self.err.print(&text);
        }
        self.note("Stopping temporary server", sys);
        self.send(Message::Shutdown, true, Ask::Shutdown, sys)
    }

    fn send(&mut self, message: Message, with_password: bool, ask: Ask, sys: &mut dyn Sys) -> Turn {
        let password = if with_password { self.root_password.clone() } else { String::new() };
        let login = Message::login("root", &password, None);
        match Link::open(&self.settings(), vec![login, message, Message::Quit], sys) {
            Ok(link) => {
                self.stage = Stage::Asking(Box::new(link), ask);
                self.act(sys)
            }
            Err(error) => {
                self.err.print(&format!("{}\n", error.line()));
                self.stage = Stage::Ending(1);
                Turn::Ran
            }
        }
    }

    pub(super) fn stopping(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(server) = self.server else { return self.exec(sys) };
        match sys.wait(server) {
            Ok(Poll::Wait) => return Turn::Blocked(vec![Wait::Child(server)]),
            Ok(Poll::Ready(WaitStatus::Code(0))) => {}
            _ => return self.fail("Unable to shut down server.", sys),
        }
        self.note("Temporary server stopped", sys);
        self.out.print("\n");
        self.note("MySQL init process done. Ready for start up.", sys);
        self.out.print("\n");
        tell!(sys, MysqlFact::TemporaryStopped { pod: pod(sys) });
        self.stage = Stage::Exec;
        Turn::Ran
    }
}

fn short_error(error: &crate::mysql::sql::SqlError) -> String {
    format!("ERROR {} ({})", error.code, error.state)
}

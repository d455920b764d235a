//! What the `mysql` client says to somebody at a terminal: its greeting, `status`, what USE brings
//! along, its help.

use super::{Mysql, Stage};
use crate::mysql::client::link::LinkStep;
use crate::mysql::run::Answer;
use crate::mysql::server::{pod, tell};
use crate::mysql::wire::Message;
use crate::os::{Sys, Turn};
use crate::trace::fact::MysqlFact;

impl Mysql {
    pub(super) fn banner(&mut self) {
        let text = format!(
            "Welcome to the MySQL monitor.  Commands end with ; or \\g.\n\
             Your MySQL connection id is {}\n\
             Server version: {} MySQL Community Server (GPL)\n\n{COPYRIGHT}\
             Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n",
            self.connection, self.version
        );
        self.show(&text);
    }

    /// USE has worked: the client reads which tables there are, unless told not to.
    pub(super) fn changed(&mut self, db: Option<String>, sys: &mut dyn Sys) -> Turn {
        self.db = db;
        tell!(sys, MysqlFact::ClientAnswered { pod: pod(sys), rows: None });
        let own = &self.settings.own;
        let rehash = !own.iter().any(|(name, _)| name.ends_with("auto-rehash"));
        if let (true, Some(link)) = (rehash, &mut self.link) {
            link.say(&Message::Query("SHOW TABLES".into()), sys);
            self.stage = Stage::Tables;
            return Turn::Ran;
        }
        self.inform("Database changed");
        self.stage = Stage::Reading;
        self.read_on(sys)
    }

    pub(super) fn tables(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        match link.step(sys) {
            LinkStep::Wait(waits) => return Turn::Blocked(waits),
            LinkStep::Said(Message::Answer { answer: Answer::Rows(rows), .. })
                if !rows.rows.is_empty() && !self.silent =>
            {
                self.show(
                    "Reading table information for completion of table and column names\nYou can \
                     turn off this feature to get a quicker startup with -A\n\n",
                );
            }
            _ => {}
        }
        self.inform("Database changed");
        self.stage = Stage::Reading;
        self.read_on(sys)
    }

    /// `status`: the server is asked for its character sets and its statistics.
    pub(super) fn ask_status(&mut self, sys: &mut dyn Sys) -> Turn {
        let sql = "select @@character_set_client, @@character_set_connection, \
                   @@character_set_server, @@character_set_database limit 1";
        if let Some(link) = &mut self.link {
            link.say(&Message::Query(sql.into()), sys);
            link.say(&Message::Statistics, sys);
        }
        self.heard.clear();
        self.stage = Stage::Status;
        Turn::Ran
    }

    /// `status`, once the server has answered.
    pub(super) fn status(&mut self, sys: &mut dyn Sys) -> Turn {
        let Some(link) = &mut self.link else { return self.end(1) };
        let counted = loop {
            match link.step(sys) {
                LinkStep::Wait(waits) => return Turn::Blocked(waits),
                LinkStep::Said(Message::Answer { answer: Answer::Rows(rows), .. }) => {
                    self.heard = rows.rows.concat().into_iter().flatten().collect();
                }
                LinkStep::Said(Message::Text(text)) => break text,
                _ => break String::new(),
            }
        };
        let (db, settings) = (self.db.clone().unwrap_or_default(), &self.settings);
        let host = settings.host.clone().filter(|host| host != "localhost");
        // Over the network client and server agree on TLS, if the server has a certificate, as
        // the image's has.
        let (connection, place, cipher) = match &host {
            Some(host) => (
                format!("{host} via TCP/IP"),
                format!("TCP port:\t\t{}", settings.port),
                "Cipher in use is ECDHE-RSA-AES128-GCM-SHA256",
            ),
            None => (
                "Localhost via UNIX socket".into(),
                format!("UNIX socket:\t\t{}", settings.socket),
                "Not in use",
            ),
        };
        let words: Vec<&str> = counted.split("  ").collect();
        let uptime = words.first().and_then(|w| w.strip_prefix("Uptime: ")).unwrap_or("0");
        let seconds: u64 = uptime.trim().parse().unwrap_or(0);
        let rest = words.get(1..).unwrap_or_default().join("  ");
        let charset = |at: usize| self.heard.get(at).map_or("", String::as_str);
        let text = format!(
            "--------------\nmysql  Ver 14.14 Distrib 5.7.42, for Linux (x86_64) using  EditLine \
             wrapper\n\nConnection id:\t\t{}\nCurrent database:\t{db}\nCurrent user:\t\t{}\n\
             SSL:\t\t\t{cipher}\nCurrent pager:\t\tstdout\nUsing outfile:\t\t''\nUsing \
             delimiter:\t{}\nServer version:\t\t{} MySQL Community Server (GPL)\nProtocol \
             version:\t10\nConnection:\t\t{connection}\nServer characterset:\t{}\nDb     \
             characterset:\t{}\nClient characterset:\t{}\nConn.  characterset:\t{}\n\
             {place}\nUptime:\t\t\t{}\n\n{rest}\n--------------\n\n",
            self.connection,
            self.account,
            self.input.delimiter(),
            self.version,
            charset(2),
            charset(3),
            charset(0),
            charset(1),
            uptime_text(seconds)
        );
        self.show(&text);
        self.stage = Stage::Reading;
        self.read_on(sys)
    }
}

/// `1 hour 5 min 3 sec` (`nice_time` of client/mysql.cc).
pub(in crate::mysql::client) fn uptime_text(seconds: u64) -> String {
    let mut text = String::new();
    let mut rest = seconds;
    for (unit, one, many) in [(86_400, "day", "days"), (3_600, "hour", "hours")] {
        if seconds >= unit {
            let count = rest / unit;
            text += &format!("{count} {} ", if count == 1 { one } else { many });
            rest %= unit;
        }
    }
    if seconds >= 60 {
        text += &format!("{} min ", rest / 60);
    }
    text + &format!("{} sec", rest % 60)
}

/// Whose programs they are, with a blank line after it.
pub(in crate::mysql::client) const COPYRIGHT: &str = "\
Copyright (c) 2000, 2023, Oracle and/or its affiliates.

Oracle is a registered trademark of Oracle Corporation and/or its
affiliates. Other names may be trademarks of their respective
owners.

";

pub(super) const HELP: &str = "
For information about MySQL products and services, visit:
   http://www.mysql.com/
For developer information, including the MySQL Reference Manual, visit:
   http://dev.mysql.com/
To buy MySQL Enterprise support, training, or other products, visit:
   https://shop.mysql.com/

List of all MySQL commands:
Note that all text commands must be first on line and end with ';'
?         (\\?) Synonym for `help'.
clear     (\\c) Clear the current input statement.
connect   (\\r) Reconnect to the server. Optional arguments are db and host.
delimiter (\\d) Set statement delimiter.
edit      (\\e) Edit command with $EDITOR.
ego       (\\G) Send command to mysql server, display result vertically.
exit      (\\q) Exit mysql. Same as quit.
go        (\\g) Send command to mysql server.
help      (\\h) Display this help.
nopager   (\\n) Disable pager, print to stdout.
notee     (\\t) Don't write into outfile.
pager     (\\P) Set PAGER [to_pager]. Print the query results via PAGER.
print     (\\p) Print current command.
prompt    (\\R) Change your mysql prompt.
quit      (\\q) Quit mysql.
rehash    (\\#) Rebuild completion hash.
source    (\\.) Execute an SQL script file. Takes a file name as an argument.
status    (\\s) Get status information from the server.
system    (\\!) Execute a system shell command.
tee       (\\T) Set outfile [to_outfile]. Append everything into given outfile.
use       (\\u) Use another database. Takes database name as argument.
charset   (\\C) Switch to another charset. Might be needed for processing binlog with \
multi-byte charsets.
warnings  (\\W) Show warnings after every statement.
nowarning (\\w) Don't show warnings after every statement.
resetconnection(\\x) Clean session context.

For server side help, type 'help contents'

";

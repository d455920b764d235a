//! The image's `docker-entrypoint.sh`, as a program of its own. Models docker-library/mysql
//! `5.7/docker-entrypoint.sh`.

mod mariadb;
mod owner;
mod plan;
mod scripts;
mod temporary;

use crate::base::{Millis, Pid};
use crate::mysql::client::Link;
use crate::mysql::data::Zone;
use crate::mysql::server::log::{error_line, rfc3339};
use crate::mysql::server::options::Options;
use crate::mysql::server::{given_options, pod, release, tell};
use crate::mysql::timing::CONFIG_CHECK;
use crate::mysql::wire::Printer;
use crate::os::{
    Disposition, Errno, Fd, FileKind, Poll, Signal, Sys, TimerId, Turn, Wait, WaitStatus,
};
use crate::trace::fact::MysqlFact;

use owner::{give_away, make_dirs};
use plan::Request;

/// The script's own path, `$0`.
const SCRIPT: &str = "/usr/local/bin/docker-entrypoint.sh";

/// User and group `mysql` of Debian's image.
pub const MYSQL_UID: u32 = 999;

/// Directories programs are searched in.
const PATH: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// What it is at.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Begin,
    /// The configuration is checked; then on, as root or as mysql.
    Checked,
    /// As root: give the directory away.
    Chown,
    /// As mysql: is there data?
    Look,
    /// The initialising server runs.
    Initializing(Pid),
    /// The temporary server is to be started.
    StartTemporary,
    /// It is asked whether it answers.
    Poll(u32),
    /// This request is under way on a connection to it.
    Asking(Box<Link>, Ask),
    /// This file of /docker-entrypoint-initdb.d is next.
    Files(u32),
    /// This child works on it.
    InFile(Pid, u32),
    /// It was told to stop.
    Stopping,
    /// Becomes the command.
    Exec,
    /// Prints its last words, then ends so.
    Ending(u8),
}

/// What is asked of the temporary server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Ask {
    /// `SELECT 1`, the n-th time.
    Ping(u32),
    /// This statement of the list.
    Statement(u32),
    Shutdown,
}

/// The entrypoint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entrypoint {
    argv: Vec<Vec<u8>>,
    env: Vec<(Vec<u8>, Vec<u8>)>,
    stage: Stage,
    out: Printer,
    err: Printer,
    timer: Option<TimerId>,
    server: Option<Pid>,
    datadir: String,
    socket: String,
    root_password: String,
    statements: Vec<Request>,
    as_mysql: bool,
}

impl Entrypoint {
    /// About to start.
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Entrypoint {
        let mut argv: Vec<Vec<u8>> = argv.iter().skip(1).cloned().collect();
        if argv.first().is_some_and(|first| first.starts_with(b"-")) {
            argv.insert(0, b"mysqld".to_vec());
        }
        Entrypoint {
            argv,
            env: env.to_vec(),
            stage: Stage::Begin,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
            timer: None,
            server: None,
            datadir: "/var/lib/mysql".into(),
            socket: "/var/run/mysqld/mysqld.sock".into(),
            root_password: String::new(),
            statements: Vec::new(),
            as_mysql: false,
        }
    }

    /// A signal arrives: bash passes SIGTERM to nobody, and as PID 1 ignores it.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        if signal == Signal::Pipe { Disposition::Ignored } else { Disposition::Default }
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        for printer in [&mut self.err, &mut self.out] {
            if !printer.flush(sys) {
                return Turn::Blocked(vec![printer.wait()]);
            }
        }
        if let Some(timer) = self.timer {
            if !sys.has_fired(timer) {
                return Turn::Blocked(vec![Wait::Timer(timer)]);
            }
            self.timer = None;
        }
        let turn = self.act(sys);
        let flushed = self.out.flush(sys) & self.err.flush(sys);
        match self.stage {
            Stage::Ending(code) if flushed => Turn::Exited(WaitStatus::Code(code)),
            _ => turn,
        }
    }

    fn act(&mut self, sys: &mut dyn Sys) -> Turn {
        match self.stage.clone() {
            Stage::Begin => self.begin(sys),
            Stage::Checked => self.checked(sys),
            Stage::Chown => self.chown(sys),
            Stage::Look => self.look(sys),
            Stage::Initializing(server) => self.initialized(server, sys),
            Stage::StartTemporary => self.start_temporary(sys),
            Stage::Poll(count) => self.poll(count, sys),
            Stage::Asking(link, ask) => self.ask(*link, ask, sys),
            Stage::Files(index) => self.next_file(index, sys),
            Stage::InFile(child, index) => self.in_file(child, index, sys),
            Stage::Stopping => self.stopping(sys),
            Stage::Exec => self.exec(sys),
            Stage::Ending(_) => Turn::Ran,
        }
    }

    fn env(&self, name: &str) -> String {
        let found = self.env.iter().rfind(|(known, _)| known == name.as_bytes());
        found.map_or_else(String::new, |(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    fn say(&mut self, kind: &str, text: &str, sys: &dyn Sys) {
        let zone = Zone::of_tz(&self.env("TZ")).unwrap_or_default();
        let line = format!("{} [{kind}] [Entrypoint]: {text}\n", rfc3339(sys.now(), zone));
        if kind == "Note" {
            self.out.print(&line);
        } else {
            self.err.print(&line);
        }
    }

    fn note(&mut self, text: &str, sys: &dyn Sys) {
        self.say("Note", text, sys);
    }

    fn fail(&mut self, text: &str, sys: &mut dyn Sys) -> Turn {
        self.say("ERROR", text, sys);
        let message = text.lines().next().unwrap_or("").to_string();
        tell!(sys, MysqlFact::EntrypointRefused { pod: pod(sys), message });
        self.stage = Stage::Ending(1);
        Turn::Ran
    }

    /// The packages of Oracle Linux have their socket elsewhere by default; a link leads from
    /// there.
    fn socket_fix(&mut self, sys: &mut dyn Sys) {
        let packaged = "/var/lib/mysql/mysql.sock";
        if !self.env("MYSQL_VERSION").contains(".el") || self.socket == packaged {
            return;
        }
        let _ = sys.unlink(packaged.as_bytes());
        match sys.symlink(self.socket.as_bytes(), packaged.as_bytes()) {
            Ok(()) => self.out.print(&format!("'{packaged}' -> '{}'\n", self.socket)),
            Err(errno) => {
                let why = errno.text();
                let text = format!("ln: failed to create symbolic link '{packaged}': {why}\n");
                self.err.print(&text);
            }
        }
    }

    fn after(&mut self, time: Millis, stage: Stage, sys: &mut dyn Sys) -> Turn {
        self.stage = stage;
        let timer = sys.arm(time);
        self.timer = Some(timer);
        Turn::Blocked(vec![Wait::Timer(timer)])
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        let wants_help = self.argv.iter().any(|a| {
            matches!(a.as_slice(), b"-?" | b"--help" | b"--print-defaults" | b"-V" | b"--version")
        });
        if self.argv.first().map(Vec::as_slice) != Some(b"mysqld") || wants_help {
            return self.exec(sys);
        }
        let text = self.first_words();
        self.note(&text, sys);
        tell!(sys, MysqlFact::EntrypointBegan { pod: pod(sys), again: self.as_mysql });
        self.after(CONFIG_CHECK, Stage::Checked, sys)
    }

    /// `MYSQL_ROOT_PASSWORD_FILE` and the like.
    fn read_file_variables(&mut self, sys: &mut dyn Sys) -> Result<(), Turn> {
        for name in [
            "MYSQL_ROOT_HOST",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
        ] {
            let file = self.env(&format!("{name}_FILE"));
            if file.is_empty() {
                continue;
            }
            if !self.env(name).is_empty() {
                let text = format!("Both {name} and {name}_FILE are set (but are exclusive)");
                return Err(self.fail(&text, sys));
            }
            let content = match sys.read_file(file.as_bytes()) {
                Ok(content) => content,
                Err(errno) => {
                    // `val="$(< "${!fileVar}")"`, under `set -e`.
                    let text = format!("{SCRIPT}: line 39: {file}: {}\n", errno.text());
                    self.err.print(&text);
                    tell!(sys, MysqlFact::EntrypointRefused { pod: pod(sys), message: text });
                    self.stage = Stage::Ending(1);
                    return Err(Turn::Ran);
                }
            };
            let value = content.text().trim_end_matches('\n').to_string();
            self.env.push((name.as_bytes().to_vec(), value.into_bytes()));
            // The script runs once more, as mysql: `unset "$fileVar"`.
            self.env.retain(|(known, _)| known != format!("{name}_FILE").as_bytes());
        }
        Ok(())
    }

    /// `mysqld --verbose --help` says whether the options are good, and where the data is.
    fn checked(&mut self, sys: &mut dyn Sys) -> Turn {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let arguments: Vec<String> = self.argv.iter().skip(1).map(text).collect();
        let release = release(&self.env("MYSQL_VERSION"));
        let options = given_options(&arguments, sys).and_then(|given| {
            Options::take(&given, &release).map_err(|text| {
                let lines = [text.as_str(), "Aborting"];
                let lines = lines.map(|text| error_line((sys.now(), None), text, &release));
                lines.concat().trim_end().to_string()
            })
        });
        let options = match options {
            Ok(options) => options,
            Err(errors) => {
                let command: Vec<String> = self.argv.iter().map(text).collect();
                let text = format!(
                    "mysqld failed while attempting to check config\n\tcommand was: {} --verbose \
                     --help --log-bin-index=/tmp/tmp.{:010x}\n\t{errors}",
                    command.join(" "),
                    sys.random() >> 24
                );
                return self.fail(&text, sys);
            }
        };
        if let Some(datadir) = options.variables.get("datadir") {
            self.datadir = datadir.trim_end_matches('/').to_string();
        }
        if let Some(socket) = options.variables.get("socket") {
            self.socket = socket.clone();
        }
        if let Err(turn) = self.read_file_variables(sys) {
            return turn;
        }
        self.take_mariadb_names();
        for dir in [self.datadir.clone(), "/var/run/mysqld".to_string()] {
            if let Err((dir, errno)) = make_dirs(&dir, sys) {
                let why = errno.text();
                self.err.print(&format!("mkdir: cannot create directory '{dir}': {why}\n"));
                self.stage = Stage::Ending(1);
                return Turn::Ran;
            }
        }
        self.stage = if sys.uid() == 0 { Stage::Chown } else { Stage::Look };
        self.act(sys)
    }

    /// `find "$DATADIR" \! -user mysql -exec chown --no-dereference mysql '{}' +`, then once more
    /// as mysql.
    fn chown(&mut self, sys: &mut dyn Sys) -> Turn {
        let mut files = 0;
        for dir in [self.datadir.clone(), "/var/run/mysqld".to_string()] {
            match give_away(&dir, sys) {
                Ok(count) => files += count,
                Err((path, errno)) => {
                    let text = format!("chown: changing ownership of '{path}': {}\n", errno.text());
                    self.err.print(&text);
                    self.stage = Stage::Ending(1);
                    return Turn::Ran;
                }
            }
        }
        self.note("Switching to dedicated user 'mysql'", sys);
        if sys.set_uid(MYSQL_UID, MYSQL_UID).is_err() {
            self.err.print("error: failed switching to \"mysql\": operation not permitted\n");
            self.stage = Stage::Ending(1);
            return Turn::Ran;
        }
        tell!(sys, MysqlFact::OwnerSet { pod: pod(sys), files });
        self.as_mysql = true;
        self.stage = Stage::Begin;
        Turn::Ran
    }

    fn look(&mut self, sys: &mut dyn Sys) -> Turn {
        let there = sys
            .stat(format!("{}/mysql", self.datadir).as_bytes(), true)
            .is_ok_and(|stat| stat.kind == FileKind::Directory);
        if there {
            tell!(sys, MysqlFact::DataFound { pod: pod(sys) });
            self.socket_fix(sys);
            self.stage = Stage::Exec;
            return Turn::Ran;
        }
        let empty_allowed = self.env("MYSQL_ALLOW_EMPTY_PASSWORD");
        let random = self.env("MYSQL_RANDOM_ROOT_PASSWORD");
        self.root_password = self.env("MYSQL_ROOT_PASSWORD");
        if self.root_password.is_empty() && empty_allowed.is_empty() && random.is_empty() {
            if self.is_mariadb() {
                return self.mariadb_unspecified(sys);
            }
            return self.fail(
                "Database is uninitialized and password option is not specified\n    You need to \
                 specify one of the following as an environment variable:\n    - \
                 MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - \
                 MYSQL_RANDOM_ROOT_PASSWORD",
                sys,
            );
        }
        let (user, password) = (self.env("MYSQL_USER"), self.env("MYSQL_PASSWORD"));
        if user == "root" && !self.is_mariadb() {
            return self.fail(
                "MYSQL_USER=\"root\", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular \
                 user and cannot be used for the root user\n    Remove MYSQL_USER=\"root\" and use \
                 one of the following to control the root user password:\n    - \
                 MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - \
                 MYSQL_RANDOM_ROOT_PASSWORD",
                sys,
            );
        }
        if self.is_mariadb() {
            // It says nothing of one without the other.
        } else if !user.is_empty() && password.is_empty() {
            let text = "MYSQL_USER specified, but missing MYSQL_PASSWORD; MYSQL_USER will not be \
                        created";
            self.say("Warn", text, sys);
        } else if user.is_empty() && !password.is_empty() {
            let text = "MYSQL_PASSWORD specified, but missing MYSQL_USER; MYSQL_PASSWORD will be \
                        ignored";
            self.say("Warn", text, sys);
        }
        self.note("Initializing database files", sys);
        tell!(sys, MysqlFact::DataMissing { pod: pod(sys) });
        self.spawn(&["--initialize-insecure", "--default-time-zone=SYSTEM"], sys).map_or_else(
            |turn| turn,
            |server| {
                self.stage = Stage::Initializing(server);
                Turn::Ran
            },
        )
    }

    /// Starts mysqld as a child, with the container's own options and these.
    fn spawn(&mut self, more: &[&str], sys: &mut dyn Sys) -> Result<Pid, Turn> {
        let mut argv = self.argv.clone();
        argv.extend(more.iter().map(|a| a.as_bytes().to_vec()));
        let path = find_program("mysqld", sys);
        let stdio = [Fd::STDIN, Fd::STDOUT, Fd::STDERR];
        sys.spawn(path.as_bytes(), &argv, &self.env, stdio).map_err(|errno| {
            self.err.print(&format!("docker-entrypoint.sh: mysqld: {}\n", errno.text()));
            self.stage = Stage::Ending(127);
            Turn::Ran
        })
    }

    fn initialized(&mut self, server: Pid, sys: &mut dyn Sys) -> Turn {
        match sys.wait(server) {
            Ok(Poll::Wait) => Turn::Blocked(vec![Wait::Child(server)]),
            Ok(Poll::Ready(WaitStatus::Code(0))) => {
                self.note("Database files initialized", sys);
                self.stage = Stage::StartTemporary;
                self.act(sys)
            }
            Ok(Poll::Ready(status)) => {
                self.stage = Stage::Ending(status.code());
                Turn::Ran
            }
            Err(_) => {
                self.stage = Stage::Ending(1);
                Turn::Ran
            }
        }
    }

    /// `exec "$@"`.
    fn exec(&mut self, sys: &mut dyn Sys) -> Turn {
        self.out.flush(sys);
        let name = self.argv.first().cloned().unwrap_or_default();
        let name = String::from_utf8_lossy(&name).into_owned();
        let path = find_program(&name, sys);
        match sys.exec(path.as_bytes(), &self.argv, &self.env) {
            Ok(()) => {
                tell!(sys, MysqlFact::EntrypointDone { pod: pod(sys) });
                Turn::Replaced
            }
            Err(errno) => {
                let code = if errno == Errno::Noent { 127 } else { 126 };
                let why = if errno == Errno::Noent { "not found" } else { errno.text() };
                let text = format!("{SCRIPT}: line 420: exec: {name}: {why}\n");
                self.err.print(&text);
                self.stage = Stage::Ending(code);
                Turn::Ran
            }
        }
    }
}

/// A program's path, or its bare name if it is nowhere.
pub(in crate::mysql) fn find_program(name: &str, sys: &dyn Sys) -> String {
    if name.contains('/') {
        return name.to_string();
    }
    PATH.iter()
        .map(|dir| format!("{dir}/{name}"))
        .find(|path| sys.stat(path.as_bytes(), true).is_ok())
        .unwrap_or_else(|| format!("/usr/bin/{name}"))
}

//! What lies in /docker-entrypoint-initdb.d. Models `docker_process_init_files`.

use super::{Entrypoint, SCRIPT, Stage, find_program};
use crate::base::{Blob, Pid};
use crate::mysql::server::{pod, tell};
use crate::os::{Fd, Open, Poll, Sys, Turn, Wait, WaitStatus};
use crate::trace::fact::MysqlFact;

/// Where they lie.
const DIR: &str = "/docker-entrypoint-initdb.d";

/// What stands for `<( _mysql_passfile )`: the client's options with root's password.
const PASSFILE: &str = "/tmp/.mysql-passfile";

/// How a script that was read to its end leaves bash. Any other way is the entrypoint's own end,
/// for it reads the script into itself (`. "$f"`).
const READ_ON: u8 = 213;

/// What a script finds of the entrypoint's own functions.
const PRELUDE: &str = "set -eo pipefail; shopt -s nullglob; docker_process_sql() { if [ \"$1\" = \
                       --dont-use-mysql-root-password ]; then shift; fi; mysql \
                       --defaults-extra-file=/tmp/.mysql-passfile --protocol=socket -uroot \
                       -hlocalhost --socket=\"$SOCKET\" \
                       ${MYSQL_DATABASE:+--database=\"$MYSQL_DATABASE\"} \"$@\"; }; \
                       mysql=( docker_process_sql ); . \"$0\"; exit 213";

impl Entrypoint {
    /// The names there, as `*` finds them.
    pub(super) fn init_files(&self, sys: &dyn Sys) -> Vec<String> {
        let names = sys.read_dir(DIR.as_bytes()).unwrap_or_default();
        let names = names.iter().map(|name| String::from_utf8_lossy(name).into_owned());
        names.filter(|name| !name.starts_with('.')).map(|name| format!("{DIR}/{name}")).collect()
    }

    /// The next file, or what comes after the last.
    pub(super) fn next_file(&mut self, index: u32, sys: &mut dyn Sys) -> Turn {
        let Some(file) = self.init_files(sys).get(index as usize).cloned() else {
            let _ = sys.unlink(PASSFILE.as_bytes());
            return self.files_done(sys);
        };
        if index == 0 && !self.root_password.is_empty() {
            let text = format!("[client]\npassword=\"{}\"\n", self.root_password);
            let _ = sys.write_file(PASSFILE.as_bytes(), &Blob::from(text));
            let _ = sys.set_mode(PASSFILE.as_bytes(), 0o600);
        } else if index == 0 {
            let _ = sys.write_file(PASSFILE.as_bytes(), &Blob::new());
        }
        let fact = MysqlFact::EnvironmentMade { pod: pod(sys), what: file.clone() };
        let started = if file.ends_with(".sh") {
            let runs = sys.access(file.as_bytes(), 1).is_ok();
            let verb = if runs { "running" } else { "sourcing" };
            self.note(&format!("{SCRIPT}: {verb} {file}"), sys);
            tell!(sys, fact);
            self.start_script(&file, runs, sys)
        } else if file.ends_with(".sql") {
            self.note(&format!("{SCRIPT}: running {file}"), sys);
            tell!(sys, fact);
            self.start_client(&file, sys)
        } else if [".sql.gz", ".sql.bz2", ".sql.xz", ".sql.zst"].iter().any(|e| file.ends_with(e)) {
            self.note(&format!("{SCRIPT}: running {file}"), sys);
            let text = format!("{SCRIPT}: [Ordinal] this model does not unpack {file}\n");
            self.out.flush(sys);
            self.err.print(&text);
            self.err.flush(sys);
            self.out.print("\n");
            Ok(None)
        } else {
            self.out.flush(sys);
            self.say("Warn", &format!("{SCRIPT}: ignoring {file}"), sys);
            self.err.flush(sys);
            Ok(None)
        };
        match started {
            Ok(None) => {
                self.out.print("\n");
                self.stage = Stage::Files(index + 1);
                Turn::Ran
            }
            Ok(Some(child)) => {
                self.stage = Stage::InFile(child, index);
                Turn::Ran
            }
            Err(turn) => turn,
        }
    }

    /// A program that runs by itself, or a script that is read into the entrypoint.
    fn start_script(
        &mut self,
        file: &str,
        runs: bool,
        sys: &mut dyn Sys,
    ) -> Result<Option<Pid>, Turn> {
        let words: &[&str] = if runs { &[file] } else { &["bash", "-c", PRELUDE, file] };
        self.begin_child(words, Fd::STDIN, sys)
    }

    /// `docker_process_sql < "$f"`.
    fn start_client(&mut self, file: &str, sys: &mut dyn Sys) -> Result<Option<Pid>, Turn> {
        let Ok(input) = sys.open(file.as_bytes(), Open::READ) else {
            let text = format!("{SCRIPT}: line 75: {file}: Permission denied\n");
            self.err.print(&text);
            self.stage = Stage::Ending(1);
            return Err(Turn::Ran);
        };
        let passfile = format!("--defaults-extra-file={PASSFILE}");
        let socket = format!("--socket={}", self.socket);
        let db = format!("--database={}", self.env("MYSQL_DATABASE"));
        let mut words =
            vec!["mysql", &passfile, "--protocol=socket", "-uroot", "-hlocalhost", &socket];
        if db != "--database=" {
            words.push(&db);
        }
        let started = self.begin_child(&words, input, sys);
        let _ = sys.close(input);
        started
    }

    fn begin_child(
        &mut self,
        words: &[&str],
        input: Fd,
        sys: &mut dyn Sys,
    ) -> Result<Option<Pid>, Turn> {
        let argv: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        let mut env = self.env.clone();
        env.push((b"SOCKET".to_vec(), self.socket.clone().into_bytes()));
        let password = self.root_password.clone().into_bytes();
        env.push((b"MYSQL_ROOT_PASSWORD".to_vec(), password));
        self.out.flush(sys);
        let path = find_program(words[0], sys);
        let started = sys.spawn(path.as_bytes(), &argv, &env, [input, Fd::STDOUT, Fd::STDERR]);
        started.map(Some).map_err(|errno| {
            self.err.print(&format!("{SCRIPT}: line 71: {}: {}\n", words[0], errno.text()));
            self.stage = Stage::Ending(126);
            Turn::Ran
        })
    }

    /// Waits for what a file started. `set -e`: its failure is the entrypoint's.
    pub(super) fn in_file(&mut self, child: Pid, index: u32, sys: &mut dyn Sys) -> Turn {
        let code = match sys.wait(child) {
            Ok(Poll::Wait) => return Turn::Blocked(vec![Wait::Child(child)]),
            Ok(Poll::Ready(status)) => status.code(),
            Err(_) => 1,
        };
        let file = self.init_files(sys).get(index as usize).cloned().unwrap_or_default();
        let is_read = file.ends_with(".sh") && sys.access(file.as_bytes(), 1).is_err();
        if code != if is_read { READ_ON } else { 0 } {
            self.stage = Stage::Ending(code);
            let message = format!("{file}: {}", WaitStatus::Code(code).code());
            tell!(sys, MysqlFact::EntrypointRefused { pod: pod(sys), message });
            return Turn::Ran;
        }
        self.out.print(if file.ends_with(".sql") { "\n\n" } else { "\n" });
        self.stage = Stage::Files(index + 1);
        Turn::Ran
    }
}

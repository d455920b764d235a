//! English: facts of `mysql`.

use crate::base::PodName;
use crate::text::Phrase;
use crate::text::size::bytes;
use crate::trace::fact::{Applied, MysqlArea, MysqlFact, StatementClass};

/// The words for a fact.
pub fn phrase(fact: &MysqlFact) -> Phrase {
    let words = match fact.area() {
        MysqlArea::Entrypoint => entrypoint(fact),
        MysqlArea::Life => life(fact),
        MysqlArea::Clients => clients(fact),
        MysqlArea::Replication => replication(fact),
        MysqlArea::Backup => backup(fact),
    };
    words.expect("every fact of an area has words")
}

fn say(pod: &PodName, template: &str, codes: &[&str]) -> Option<Phrase> {
    Some(Phrase::filled(template, pod, codes))
}

/// `Query`, `Table_map and Write_rows`.
fn list(events: &[String]) -> String {
    match events {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn entrypoint(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::EntrypointBegan { pod, again: false } => say(
            pod,
            "The image's entrypoint begins in {pod} as root and has mysqld check its \
                 configuration.",
            &[],
        ),
        MysqlFact::EntrypointBegan { pod, again: true } => {
            say(pod, "The entrypoint of {pod} begins again, now as user {0}.", &["mysql"])
        }
        MysqlFact::OwnerSet { pod, files } => {
            let what = match files {
                1 => "1 directory or file".to_string(),
                _ => format!("{files} files and directories"),
            };
            let verb = if *files == 1 { "belongs" } else { "belong" };
            let text = "{0} of {pod} now {1} to user {2}; the entrypoint goes on as that user.";
            say(pod, text, &[&what, verb, "mysql"])
        }
        MysqlFact::DataFound { pod } => say(
            pod,
            "{0} is there: {pod} has its data already, so the entrypoint skips all first-start \
                 work.",
            &["/var/lib/mysql/mysql"],
        ),
        MysqlFact::DataMissing { pod } => say(
            pod,
            "The data directory of {pod} is empty: this is a first start. A mysqld is started just \
                 to fill it.",
            &[],
        ),
        MysqlFact::EntrypointRefused { pod, message } => {
            say(pod, "The entrypoint of {pod} refuses to go on: {0}", &[message])
        }
        MysqlFact::TemporaryStarted { pod } => say(
            pod,
            "The entrypoint of {pod} starts a temporary server that only its own socket can reach, \
                 to set up accounts.",
            &[],
        ),
        MysqlFact::TemporaryAsked { pod, answers: false } => say(
            pod,
            "The temporary server of {pod} does not answer yet; the entrypoint asks again in a \
                 second.",
            &[],
        ),
        MysqlFact::TemporaryAsked { pod, answers: true } => say(
            pod,
            "The temporary server of {pod} answers {0}: the set-up can begin.",
            &["SELECT 1"],
        ),
        MysqlFact::AccountsMade { pod, password: false } => say(
            pod,
            "On {pod}, {0} and {1} exist now, both without a password. {2} kept this out of the \
                 binlog.",
            &["root@localhost", "root@%", "SQL_LOG_BIN=0"],
        ),
        MysqlFact::AccountsMade { pod, password: true } => say(
            pod,
            "On {pod}, {0} and {1} exist now, with the password from the environment. {2} kept \
                 this out of the binlog.",
            &["root@localhost", "root@%", "SQL_LOG_BIN=0"],
        ),
        MysqlFact::EnvironmentMade { pod, what } => {
            say(pod, "The environment of {pod} asked for {0}; it is made now.", &[what])
        }
        MysqlFact::TemporaryStopped { pod } => {
            say(pod, "The temporary server of {pod} is gone; the first-start work is done.", &[])
        }
        MysqlFact::EntrypointDone { pod } => say(
            pod,
            "The entrypoint of {pod} replaces itself with the server: from now on this process is \
                 {0}.",
            &["mysqld"],
        ),
        _ => None,
    }
}

fn life(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::Initializing { pod } => say(
            pod,
            "{0} begins to make a data directory in {pod}.",
            &["mysqld --initialize-insecure"],
        ),
        MysqlFact::Initialized { pod, binlog: None } => say(
            pod,
            "The data directory of {pod} is made: system tables, certificates, and {0} without a \
                 password.",
            &["root@localhost"],
        ),
        MysqlFact::Initialized { pod, binlog: Some((file, position)) } => {
            let position = position.to_string();
            say(
                pod,
                "The data directory of {pod} is made. This run opened {0} and closed it at byte \
                     {1}: nothing but its own frame is in it.",
                &[file, &position],
            )
        }
        MysqlFact::StandsIn { pod, release } => say(
            pod,
            "The image of {pod} holds release {0}. This model runs it as it runs 5.7, but for the \
             words it understands and its main log lines; binlog positions are 5.7's.",
            &[release],
        ),
        MysqlFact::OptionLeftOut { pod, option } => say(
            pod,
            "{pod} is told {0}. This model does not do that: the server runs as if it had not \
             been told.",
            &[option],
        ),
        MysqlFact::Starting { pod, server_id, log_bin, super_read_only } => {
            let id = server_id.to_string();
            match (log_bin, super_read_only) {
                (true, _) => say(
                    pod,
                    "mysqld starts in {pod} with {0} and writes a binary log ({1}), as the mounted \
                         {2} say.",
                    &[&format!("server-id={id}"), "log-bin", "conf.d/*.cnf"],
                ),
                (false, true) => say(
                    pod,
                    "mysqld starts in {pod} with {0} and {1}: a replica, no client may write to \
                         it.",
                    &[&format!("server-id={id}"), "super-read-only"],
                ),
                (false, false) => say(
                    pod,
                    "mysqld starts in {pod} with {0}, without a binary log.",
                    &[&format!("server-id={id}")],
                ),
            }
        }
        MysqlFact::Aborted { pod, message } => {
            say(pod, "mysqld in {pod} refuses to start: {0}", &[message])
        }
        MysqlFact::DiskFull { pod, file } => say(
            pod,
            "No space left on the disk of {pod} to write {0}: the statement waits, and is tried \
                 again each minute.",
            &[file],
        ),
        MysqlFact::Crashed { pod, file } => say(
            pod,
            "mysqld in {pod} cannot write {0}, which is gone with its disk: InnoDB gives up, and \
                 the server crashes.",
            &[file],
        ),
        MysqlFact::DataLocked { pod } => say(
            pod,
            "Another mysqld holds the lock on {0}: {pod} shares its data directory with somebody \
                 and waits.",
            &["ibdata1"],
        ),
        MysqlFact::Recovered { pod } => say(
            pod,
            "The data of {pod} was not closed in order (a crash, or a copy of a running server): \
                 InnoDB recovers it.",
            &[],
        ),
        MysqlFact::BinlogOpened { pod, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "{pod} opens binary log {0}; its first event will stand at byte {1}.",
                &[file, &position],
            )
        }
        MysqlFact::Purged { pod, last } => say(
            pod,
            "{pod} deletes its binary logs up to {0}: a replica that still needs one of them gets \
                 error 1236.",
            &[last],
        ),
        MysqlFact::Ready { pod, port: 0, version } => say(
            pod,
            "mysqld {0} in {pod} is ready, but only on its socket: nobody outside can connect.",
            &[version],
        ),
        MysqlFact::Ready { pod, port, version } => {
            let port = port.to_string();
            say(pod, "mysqld {0} in {pod} is ready for connections on port {1}.", &[version, &port])
        }
        MysqlFact::ShuttingDown { pod } => say(
            pod,
            "mysqld in {pod} was asked to stop: it disconnects its clients and shuts down.",
            &[],
        ),
        MysqlFact::Stopped { pod } => say(pod, "mysqld in {pod} has stopped in order.", &[]),
        MysqlFact::GlobalSet { pod, name, value } => {
            say(pod, "On {pod}, {0} is {1} from now on, until it restarts.", &[name, value])
        }
        MysqlFact::TimeZonesLoaded { pod, binlog: Some((file, position)) } => {
            let position = bytes(*position);
            say(
                pod,
                "The time zone tables of {pod} are loaded, through the binary log: {0} has {1} \
                     now.",
                &[file, &position],
            )
        }
        MysqlFact::TimeZonesLoaded { pod, binlog: None } => {
            say(pod, "The time zone tables of {pod} are loaded.", &[])
        }
        _ => None,
    }
}

fn clients(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::ClientBegan { pod, host, sql: Some(sql) } => {
            say(pod, "The client in {pod} connects to {0} and asks {1}.", &[host, sql])
        }
        MysqlFact::ClientBegan { pod, host, sql: None } => {
            say(pod, "The client in {pod} connects to {0}.", &[host])
        }
        MysqlFact::ClientAsked { pod, sql } => say(pod, "The client in {pod} asks {0}.", &[sql]),
        MysqlFact::ClientAnswered { pod, rows: None } => {
            say(pod, "The client in {pod} hears that it is done.", &[])
        }
        MysqlFact::ClientAnswered { pod, rows: Some(rows) } => {
            let rows = plural(*rows, "row");
            say(pod, "The client in {pod} prints {0}.", &[&rows])
        }
        MysqlFact::ClientFailed { pod, line } => {
            say(pod, "The client in {pod} prints {0}.", &[line])
        }
        MysqlFact::Connected { pod, user, from } => {
            say(pod, "{pod} accepts a connection from {0} as {1}.", &[from, user])
        }
        MysqlFact::LoginRefused { pod, user, from, code } => {
            let code = code.to_string();
            say(pod, "{pod} refuses {0} from {1}: error {2}.", &[user, from, &code])
        }
        MysqlFact::Executed { pod, sql, class, rows, .. } => match class {
            StatementClass::Read => {
                let rows = plural(*rows, "row");
                say(pod, "{pod} runs {0}: {1}.", &[sql, &rows])
            }
            StatementClass::Write => {
                let rows = plural(*rows, "row");
                say(pod, "{pod} runs {0}: {1} affected.", &[sql, &rows])
            }
            StatementClass::Admin => say(pod, "{pod} runs {0}.", &[sql]),
        },
        MysqlFact::Refused { pod, sql, error, .. } => {
            say(pod, "{pod} refuses {0}: {1}", &[sql, error])
        }
        MysqlFact::Logged { pod, file, start, end, events } => {
            let (start, end) = (start.to_string(), end.to_string());
            let events = list(events);
            say(
                pod,
                "{pod} writes {0} to {1}, bytes {2} to {3}: this is what replicas will read.",
                &[&events, file, &start, &end],
            )
        }
        MysqlFact::ReadLocked { pod } => say(
            pod,
            "On {pod} all tables are locked for writing: for a moment nothing can change.",
            &[],
        ),
        MysqlFact::Unlocked { pod } => say(pod, "The tables of {pod} are unlocked again.", &[]),
        _ => None,
    }
}

fn replication(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::SourceSet { pod, host, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "{pod} is told its source: {0}, from {1} at byte {2}. All before that came with \
                     the clone.",
                &[host, file, &position],
            )
        }
        MysqlFact::ThreadsStarted { pod, host, io: true, sql: true } => say(
            pod,
            "Replication starts on {pod}: an I/O thread to fetch events from {0}, a SQL thread to \
                 apply them.",
            &[host],
        ),
        MysqlFact::ThreadsStarted { pod, host, io: true, sql: false } => {
            say(pod, "The I/O thread of {pod} starts; it will fetch events from {0}.", &[host])
        }
        MysqlFact::ThreadsStarted { pod, .. } => {
            say(pod, "The SQL thread of {pod} starts; it will apply what the relay log holds.", &[])
        }
        MysqlFact::ThreadsStopped { pod, io, sql } => {
            let which = match (io, sql) {
                (true, true) => "Both replication threads of {pod} stop.",
                (true, false) => "The I/O thread of {pod} stops.",
                _ => "The SQL thread of {pod} stops.",
            };
            say(pod, which, &[])
        }
        MysqlFact::SourceConnected { pod, host, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "The I/O thread of {pod} is connected to {0} and asks for events from {1}, byte \
                     {2}.",
                &[host, file, &position],
            )
        }
        MysqlFact::SourceUnreachable { pod, host, errno, retry, retries } => {
            let (errno, seconds) = (errno.to_string(), (retry.0 / 1_000).to_string());
            let retries = retries.to_string();
            say(
                pod,
                "The I/O thread of {pod} cannot reach {0} (error {1}, attempt {2}); it tries again \
                     in {3} s.",
                &[host, &errno, &retries, &seconds],
            )
        }
        MysqlFact::SourceLost { pod, host } => say(
            pod,
            "The I/O thread of {pod} has lost its connection to {0} and tries at once to get it \
                 back.",
            &[host],
        ),
        MysqlFact::ThreadFailed { pod, io, errno, message } => {
            let errno = errno.to_string();
            let which = if *io {
                "The I/O thread of {pod} gives up, error {0}: {1}"
            } else {
                "The SQL thread of {pod} gives up, error {0}: {1}"
            };
            say(pod, which, &[&errno, message])
        }
        MysqlFact::DumpStarted { pod, server_id, file, position } => {
            let (id, position) = (server_id.to_string(), position.to_string());
            say(
                pod,
                "{pod} serves replica {0} from now on: it will send {1} from byte {2}.",
                &[&id, file, &position],
            )
        }
        MysqlFact::Sent { pod, server_id, file, start, end, events } => {
            let (id, start, end) = (server_id.to_string(), start.to_string(), end.to_string());
            let events = list(events);
            say(
                pod,
                "{pod} sends {0} ({1}, bytes {2} to {3}) to replica {4}.",
                &[&events, file, &start, &end, &id],
            )
        }
        MysqlFact::Received { pod, file, end, events, relay } => {
            let (end, events) = (end.to_string(), list(events));
            say(
                pod,
                "The I/O thread of {pod} receives {0} and writes it to {1}: it has read {2} up to \
                     byte {3}.",
                &[&events, relay, file, &end],
            )
        }
        MysqlFact::Applied { pod, what, file, end } => {
            let at = format!("{file}:{end}");
            match what {
                Applied::Begin => say(pod, "The SQL thread of {pod} begins a transaction.", &[]),
                Applied::Statement(sql) => {
                    say(pod, "The SQL thread of {pod} runs {0}: {pod} is now at {1}.", &[sql, &at])
                }
                Applied::Rows { kind, table, rows, first } => {
                    let (rows, first) = (plural(*rows, "row"), first.join(", "));
                    say(
                        pod,
                        "The SQL thread of {pod} applies {0} to {1}: {2} ({3}), not yet committed.",
                        &[kind, table, &rows, &first],
                    )
                }
                Applied::Commit { rows } => {
                    let rows = plural(*rows, "row");
                    say(
                        pod,
                        "The SQL thread of {pod} commits {0}: {pod} is now at {1}.",
                        &[&rows, &at],
                    )
                }
            }
        }
        _ => None,
    }
}

fn backup(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::BackupBegan { pod } => say(
            pod,
            "xtrabackup connects to the mysqld next to it in {pod}, to copy its data while it \
                 runs.",
            &[],
        ),
        MysqlFact::BackupFailed { pod, message } => {
            say(pod, "The backup of {pod} fails: {0}", &[message])
        }
        MysqlFact::BackupCopied { pod, path, bytes: part, done, total } => {
            let (part, done, total) = (bytes(*part), bytes(*done), bytes(*total));
            say(
                pod,
                "xtrabackup copies {0} from {pod}, up to {1}: {2} of {3} so far.",
                &[&part, path, &done, &total],
            )
        }
        MysqlFact::BackupLocked { pod } => say(
            pod,
            "xtrabackup holds the read lock on {pod}: what it copies now and the position it notes \
                 belong together.",
            &[],
        ),
        MysqlFact::BackupPosition { pod, name, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "xtrabackup writes {0}: this copy of {pod} stands at {1}, byte {2}. From there the \
                     clone will replicate.",
                &[name, file, &position],
            )
        }
        MysqlFact::BackupUnlocked { pod } => {
            say(pod, "xtrabackup has released the lock: {pod} takes writes again.", &[])
        }
        MysqlFact::BackupDone { pod, bytes: total } => {
            let total = bytes(*total);
            say(pod, "The backup of {pod} is complete: {0} were streamed.", &[&total])
        }
        MysqlFact::Unpacked { pod, files, bytes: total } => {
            let (total, more) = (bytes(*total), plural(files.len() as u64, "more file"));
            match files.last() {
                Some(last) => say(
                    pod,
                    "xbstream in {pod} has {0}, the last one {1}; {2} in all.",
                    &[&more, last, &total],
                ),
                None => say(pod, "xbstream in {pod} writes on; {0} in all.", &[&total]),
            }
        }
        MysqlFact::UnpackDone { pod, files: 0, .. } => say(
            pod,
            "The stream ends in {pod} without a single byte. xbstream finds nothing wrong with \
                 that.",
            &[],
        ),
        MysqlFact::UnpackDone { pod, files, bytes: total } => {
            let (files, total) = (files.to_string(), bytes(*total));
            say(
                pod,
                "The stream has ended: xbstream has unpacked {0} files, {1}, into {pod}.",
                &[&files, &total],
            )
        }
        MysqlFact::UnpackFailed { pod, message } => {
            say(pod, "xbstream in {pod} fails: {0}", &[message])
        }
        MysqlFact::PrepareBegan { pod } => say(
            pod,
            "xtrabackup begins to prepare the copy in {pod}: it will apply what was written while \
                 the copy was made.",
            &[],
        ),
        MysqlFact::PrepareDone { pod, lsn } => {
            let lsn = lsn.to_string();
            say(
                pod,
                "The copy in {pod} is consistent now (log sequence number {0}): a mysqld can start \
                     on it.",
                &[&lsn],
            )
        }
        MysqlFact::PrepareFailed { pod, message } => {
            say(pod, "There is no backup to prepare in {pod}: {0}", &[message])
        }
        _ => None,
    }
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

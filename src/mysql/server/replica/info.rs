//! master.info and relay-log.info: what a replica remembers over a restart. Models `sql/rpl_mi.cc`
//! and `rpl_rli.cc`.

use super::change::{PUBLIC_KEY, TEXTS};
use super::{Io, Source};
use crate::base::SortedMap;
use crate::mysql::binlog::events_of;
use crate::mysql::server::Mysqld;
use crate::mysql::server::journal::gtids_of;
use crate::os::Sys;

impl Mysqld {
    /// Writes both files.
    pub(in crate::mysql::server) fn save_replica(&self, sys: &mut dyn Sys) {
        self.save_source(sys);
        self.save_applier(sys);
    }

    /// Writes master.info: where the I/O thread reads from, and how far it has got.
    pub(super) fn save_source(&self, sys: &mut dyn Sys) {
        let Some(source) = &self.replica.source else { return };
        let io = &self.replica.io;
        let text = |name: &str| source.texts.get(name).cloned().unwrap_or_default();
        let mut lines = vec![
            "25".to_string(),
            io.file.clone(),
            io.position.to_string(),
            source.host.clone(),
            source.user.clone(),
            source.password.clone(),
            source.port.to_string(),
            source.connect_retry.to_string(),
            u8::from(source.ssl).to_string(),
        ];
        lines.extend(TEXTS[..5].iter().map(|name| text(name)));
        let ignored: String = source.ignored.iter().map(|id| format!(" {id}")).collect();
        lines.extend([
            u8::from(source.verify).to_string(),
            format!("{}.{:03}", source.heartbeat / 1_000, source.heartbeat % 1_000),
            source.bind.clone(),
            format!("{}{ignored}", source.ignored.len()),
            io.source_uuid.clone(),
            source.retry_count.to_string(),
            text(TEXTS[5]),
            text(TEXTS[6]),
            u8::from(source.auto_position).to_string(),
            String::new(),
            text(TEXTS[7]),
        ]);
        if source.texts.contains_key(PUBLIC_KEY) {
            // The path of the key, and whether to ask for it.
            lines[0] = "27".into();
            lines.extend([String::new(), "1".into()]);
        }
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let _ = sys.write_file(&self.path("master.info"), &text.into());
    }

    /// Writes relay-log.info: how far the SQL thread has got. `flush_info` of `rpl_rli.cc` does so
    /// whenever a group's position moves; `sync_relay_log_info` only counts the fsyncs.
    pub(super) fn save_applier(&self, sys: &mut dyn Sys) {
        let Some(source) = &self.replica.source else { return };
        let applier = &self.replica.applier;
        let lines = [
            "7".to_string(),
            format!("./{}", applier.group.0),
            applier.group.1.to_string(),
            applier.exec_file.clone(),
            applier.exec_position.to_string(),
            source.delay.to_string(),
            "0".into(),
            "1".into(),
            String::new(),
        ];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let _ = sys.write_file(&self.path("relay-log.info"), &text.into());
    }

    /// Reads both files. False if this server is no replica.
    pub(super) fn load_replica(&mut self, sys: &dyn Sys) -> bool {
        let read = |name: &str| {
            let text = sys.read_file(&self.path(name)).ok()?.text();
            Some(text.lines().map(String::from).collect::<Vec<_>>())
        };
        let (Some(master), Some(relay)) = (read("master.info"), read("relay-log.info")) else {
            return false;
        };
        let line = |lines: &[String], index: usize| lines.get(index).cloned().unwrap_or_default();
        let number = |lines: &[String], index: usize| line(lines, index).parse().unwrap_or(0);
        let host = line(&master, 3);
        if host.is_empty() {
            return false;
        }
        let position: u64 = number(&master, 2);
        let source = Source {
            host,
            user: line(&master, 4),
            password: line(&master, 5),
            port: line(&master, 6).parse().unwrap_or(3306),
            connect_retry: number(&master, 7),
            retry_count: number(&master, 19),
            bind: line(&master, 16),
            ssl: line(&master, 8) == "1",
            verify: line(&master, 14) == "1",
            texts: texts(&master),
            heartbeat: line(&master, 15).replace('.', "").parse().unwrap_or(30_000),
            ignored: numbers(&line(&master, 17)),
            delay: number(&relay, 5),
            auto_position: line(&master, 22) == "1",
            began: (line(&relay, 3), number(&relay, 4)),
        };
        let files = self.find_relay(sys);
        let newest = files.last().and_then(|(name, _)| sys.read_file(&self.path(name)).ok());
        self.replica.source = Some(source);
        self.replica.io = Io {
            file: line(&master, 1),
            position: position.max(4),
            source_uuid: line(&master, 18),
            retrieved: newest.map(|file| gtids_of(&events_of(&file))).unwrap_or_default(),
            ..Io::default()
        };
        let applier = &mut self.replica.applier;
        applier.group = (line(&relay, 1).trim_start_matches("./").into(), number(&relay, 2));
        applier.event = applier.group.clone();
        applier.exec_file = line(&relay, 3);
        applier.exec_position = number(&relay, 4);
        let last = files.last().and_then(|(name, _)| name.rsplit('.').next()?.parse().ok());
        self.replica.relay.last = last.unwrap_or(0);
        self.replica.relay.files = files;
        true
    }

    fn find_relay(&self, sys: &dyn Sys) -> Vec<(String, u64)> {
        let path = self.path(&format!("{}.index", self.relay_base()));
        let index = sys.read_file(&path).map(|blob| blob.text()).unwrap_or_default();
        index
            .lines()
            .filter_map(|line| {
                let name = line.trim_start_matches("./");
                sys.stat(&self.path(name), true).ok().map(|stat| (name.to_string(), stat.size))
            })
            .collect()
    }
}

/// The texts of master.info: five behind `ssl`, three at the end.
fn texts(lines: &[String]) -> SortedMap<String, String> {
    let places = (9..14).chain([20, 21, 24]);
    let of = |(name, at): (&str, usize)| Some((name.to_string(), lines.get(at)?.clone()));
    let key = (lines.get(26).map(String::as_str) == Some("1")).then_some((PUBLIC_KEY, 26));
    let places = TEXTS.iter().copied().zip(places).chain(key);
    places.filter_map(of).filter(|(_, text)| !text.is_empty()).collect()
}

/// `2 101 102`: how many, and which.
fn numbers(line: &str) -> Vec<u64> {
    line.split(' ').skip(1).filter_map(|id| id.parse().ok()).collect()
}

//! Options: from the files under /etc and from the command line. Models `my_load_defaults` and
//! `handle_options` of 5.7.

use super::filters::{FILTERS, Filters};
use super::global::{BOUNDS, SQL_MODES, fitted};
use super::gtids::is_warn;
use super::is_8;
use super::releases::{former_name, is_gone, is_new};
use super::variables::{CHOICES, OPTIONS, default, is_switch};
use crate::base::{SortedMap, limit};
use crate::mysql::run::Variables;
use crate::os::{FileKind, Sys};

/// Option files a program reads, in this order.
const FILES: [&str; 2] = ["/etc/my.cnf", "/etc/mysql/my.cnf"];

/// Options of one program: name (underscores) and value, in order.
pub type Given = Vec<(String, Option<String>)>;

/// What the option files say for these groups. `Err`: MySQL's own message, and the program ends.
pub fn from_files(sys: &dyn Sys, groups: &[&str], first: Option<&str>) -> Result<Given, String> {
    let mut given = Given::new();
    let home = [sys_home()];
    let files = FILES.iter().copied().chain(home);
    if let Some(only) = first {
        if sys.read_file(only.as_bytes()).is_err() {
            return Err(format!("Could not open required defaults file: {only}"));
        }
        read(sys, only, groups, 0, &mut given)?;
        return Ok(given);
    }
    for file in files {
        read(sys, file, groups, 0, &mut given)?;
    }
    Ok(given)
}

/// Where a user's own options lie.
fn sys_home() -> &'static str {
    "/root/.my.cnf"
}

/// What one file says for these groups (`--defaults-extra-file`).
pub fn from_file(sys: &dyn Sys, path: &str, groups: &[&str]) -> Result<Given, String> {
    let mut given = Given::new();
    read(sys, path, groups, 0, &mut given)?;
    Ok(given)
}

fn read(
    sys: &dyn Sys,
    path: &str,
    groups: &[&str],
    depth: u32,
    given: &mut Given,
) -> Result<(), String> {
    let Ok(stat) = sys.stat(path.as_bytes(), true) else { return Ok(()) };
    if stat.kind != FileKind::File {
        return Ok(());
    }
    if stat.mode & 0o002 != 0 {
        // World-writable: "Warning: World-writable config file '…' is ignored".
        return Ok(());
    }
    let Ok(content) = sys.read_file(path.as_bytes()) else { return Ok(()) };
    let mut in_group = false;
    let mut any_group = false;
    for (index, line) in content.text().lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with(';') {
            continue;
        }
        if let Some(directive) = line.strip_prefix('!') {
            include(sys, directive, groups, depth, given)?;
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some((group, _)) = rest.split_once(']') else {
                return Err(format!(
                    "error: Wrong group definition in config file: {path} at line {}\n\
                     Fatal error in defaults handling. Program aborted",
                    index + 1
                ));
            };
            any_group = true;
            in_group = groups.contains(&group.trim());
            continue;
        }
        if !any_group {
            return Err(format!(
                "error: Found option without preceding group in config file: {path} at line: {}\n\
                 Fatal error in defaults handling. Program aborted",
                index + 1
            ));
        }
        if in_group {
            given.push(split(line));
        }
    }
    Ok(())
}

fn include(
    sys: &dyn Sys,
    directive: &str,
    groups: &[&str],
    depth: u32,
    given: &mut Given,
) -> Result<(), String> {
    if depth >= limit::OPTION_FILE_DEPTH_MAX {
        return Ok(());
    }
    if let Some(dir) = directive.strip_prefix("includedir") {
        let dir = dir.trim().trim_end_matches('/');
        for name in sys.read_dir(dir.as_bytes()).unwrap_or_default() {
            let name = String::from_utf8_lossy(&name).into_owned();
            if name.ends_with(".cnf") {
                read(sys, &format!("{dir}/{name}"), groups, depth + 1, given)?;
            }
        }
    } else if let Some(file) = directive.strip_prefix("include") {
        read(sys, file.trim(), groups, depth + 1, given)?;
    }
    Ok(())
}

/// `name = value`, with quotes and trailing comments taken off.
fn split(line: &str) -> (String, Option<String>) {
    let (name, value) = match line.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (line.split('#').next().unwrap_or("").trim(), None),
    };
    let value = value.map(|value| {
        for quote in ['"', '\''] {
            if let Some(inner) = value.strip_prefix(quote)
                && let Some(end) = inner.find(quote)
            {
                return inner[..end].to_string();
            }
        }
        value.split(" #").next().unwrap_or("").trim().to_string()
    });
    (name.to_string(), value)
}

/// The options of a command line; words that are no options are left out.
pub fn from_arguments(arguments: &[String]) -> Given {
    arguments.iter().filter_map(|a| a.strip_prefix("--")).map(split).collect()
}

/// A server's options.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Options {
    /// Variables as given.
    pub variables: Variables,
    /// Options that are no variables.
    pub others: SortedMap<String, String>,
    /// `log-bin` was given: its value, empty for none.
    pub log_bin: Option<String>,
    /// Which databases and tables are logged and replicated.
    pub filters: Filters,
    /// What is said of values that were changed.
    pub warnings: Vec<String>,
    /// What is said of the first one that is not known: once all plugins are there, for it may be
    /// one of theirs.
    pub unknown: Option<String>,
}

impl Options {
    /// Takes options in order. `Err`: the text after `[ERROR]`, of one line or several.
    pub fn take(given: &Given, release: &str) -> Result<Options, String> {
        let options = Options::take_known(given, release)?;
        options.unknown.clone().map_or(Ok(options), Err)
    }

    /// The same, but unknown ones may be there.
    pub fn take_known(given: &Given, release: &str) -> Result<Options, String> {
        let mut options = Options::default();
        if is_8(release) {
            // Every server logs, what it replicates too, and has a number.
            options.log_bin = Some("binlog".into());
            options.variables.insert("log_slave_updates".into(), "ON".into());
            options.variables.insert("server_id".into(), "1".into());
        }
        // What a plugin brings is known only if it is loaded, wherever that stands.
        let loads = |(name, value): &(String, Option<String>)| {
            let is_semisync = value.as_ref().is_some_and(|value| value.contains("semisync"));
            is_semisync && name.replace('-', "_").starts_with("plugin_load")
        };
        let has_semisync = given.iter().any(loads);
        for (written, value) in given {
            match options.take_one(written, value.as_deref(), release, has_semisync) {
                Err(text) if text == unknown(written, value.as_deref()) => {
                    options.unknown.get_or_insert(text);
                }
                taken => taken?,
            }
        }
        if options.variables.get("gtid_mode").is_some_and(|mode| mode.eq_ignore_ascii_case("ON"))
            && options.variables.get("enforce_gtid_consistency").is_none_or(|mode| mode != "ON")
        {
            return Err("GTID_MODE = ON requires ENFORCE_GTID_CONSISTENCY = ON.".into());
        }
        Ok(options)
    }

    fn take_one(
        &mut self,
        written: &str,
        value: Option<&str>,
        release: &str,
        has_semisync: bool,
    ) -> Result<(), String> {
        let name = written.replace('-', "_").to_ascii_lowercase();
        if let Some(loose) = name.strip_prefix("loose_") {
            let loose = loose.to_string();
            return self.take_one(&loose, value, release, has_semisync).or(Ok(()));
        }
        let of_57 = |name: &String| default(name).is_some() || OPTIONS.contains(&name.as_str());
        let name = former_name(&name, release).filter(of_57).unwrap_or(name);
        let is_unknown =
            is_gone(&name, release) || name.starts_with("rpl_semi_sync") && !has_semisync;
        if !is_unknown && is_new(&name, release) {
            self.others.insert(name, value.unwrap_or("").to_string());
            return Ok(());
        }
        if is_unknown {
            return Err(unknown(written, value));
        }
        if FILTERS.contains(&name.as_str()) {
            let value = value.unwrap_or("").to_string();
            self.filters.0.push((name, value));
            return Ok(());
        }
        if name == "log_bin" {
            self.log_bin = Some(value.unwrap_or("").to_string());
            return Ok(());
        }
        if matches!(name.as_str(), "skip_log_bin" | "disable_log_bin") {
            self.log_bin = None;
            return Ok(());
        }
        if matches!(name.as_str(), "defaults_file" | "defaults_extra_file" | "no_defaults") {
            return Ok(());
        }
        let known = |name: &str| default(name).is_some();
        if known(&name) {
            let value = match value {
                Some(value) if is_warn(&name, value) => "WARN".into(),
                Some(value) if is_switch(&name) => self.take_switch(&name, value).to_string(),
                Some(value) => value.to_string(),
                None if is_switch(&name) => "ON".into(),
                None => return Err(format!("mysqld: option '--{written}' requires an argument")),
            };
            return self.set(name, value);
        }
        for (prefix, value) in [("skip_", "OFF"), ("disable_", "OFF"), ("enable_", "ON")] {
            if let Some(rest) = name.strip_prefix(prefix)
                && known(rest)
            {
                return self.set(rest.to_string(), value.to_string());
            }
        }
        if OPTIONS.contains(&name.as_str()) || name.starts_with("performance_schema_") {
            self.others.insert(name, value.unwrap_or("").to_string());
            return Ok(());
        }
        Err(unknown(written, value))
    }

    /// ON or OFF; of anything else OFF is made.
    fn take_switch(&mut self, name: &str, value: &str) -> &'static str {
        switch(value).unwrap_or_else(|| {
            let text =
                format!("option '{name}': boolean value '{value}' wasn't recognized. Set to OFF.");
            self.warnings.push(text);
            "OFF"
        })
    }

    /// A number within its option's bounds.
    fn bounded(&mut self, name: &str, number: u64) -> u64 {
        let Some((_, low, high)) = BOUNDS.iter().find(|(known, ..)| *known == name) else {
            return number;
        };
        let kept = fitted(name, number, *low, *high);
        if !(*low..=*high).contains(&number) {
            let text = format!("option '{name}': unsigned value {number} adjusted to {kept}");
            self.warnings.push(text);
        }
        kept
    }

    fn set(&mut self, name: String, value: String) -> Result<(), String> {
        let default = default(&name).unwrap_or_default();
        let numeric = default.parse::<u64>().is_ok();
        let wrong = || format!("mysqld: Error while setting value '{value}' to '{name}'");
        let number = with_suffix(&value);
        if numeric && number.is_none() {
            let end = value.trim_start_matches(|c: char| c.is_ascii_digit());
            let suffix = end.chars().next().unwrap_or(' ');
            return Err(format!(
                "Unknown suffix '{suffix}' used for variable '{name}' (value '{value}')\n{}",
                wrong()
            ));
        }
        let chosen = CHOICES.iter().find(|(known, _)| *known == name).map(|(_, choices)| *choices);
        let is_choice = |choices: &[&str]| {
            value.parse::<usize>().is_ok_and(|at| at < choices.len())
                || choices.iter().any(|choice| choice.eq_ignore_ascii_case(&value))
        };
        let is_mode = |mode: &str| {
            mode.is_empty() || SQL_MODES.contains(&mode.trim().to_ascii_uppercase().as_str())
        };
        if chosen.is_some_and(|choices| !is_choice(choices))
            || name == "sql_mode" && !value.split(',').all(is_mode)
        {
            return Err(wrong());
        }
        let value = match (number, chosen) {
            (Some(number), _) if numeric => self.bounded(&name, number).to_string(),
            (Some(at), Some(choices)) => choices[at as usize].to_string(),
            (None, Some(_)) => value.to_ascii_uppercase(),
            _ => value,
        };
        if name == "super_read_only" && value == "ON" {
            self.variables.insert("read_only".into(), "ON".into());
        }
        if let Some((other, value)) = verbosity(&name, &value) {
            self.variables.insert(other.into(), value);
        }
        self.variables.insert(name, value);
        Ok(())
    }
}

/// `log_warnings` and `log_error_verbosity` say the same (`fix_log_warnings` of sys_vars.cc).
pub(super) fn verbosity(name: &str, value: &str) -> Option<(&'static str, String)> {
    let number: u64 = value.parse().ok()?;
    match name {
        "log_warnings" => Some(("log_error_verbosity", (number + 1).min(3).to_string())),
        "log_error_verbosity" => Some(("log_warnings", number.saturating_sub(1).to_string())),
        _ => None,
    }
}

fn unknown(written: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("unknown variable '{written}={value}'"),
        None => format!("unknown option '--{written}'"),
    }
}

/// `ON`, `1`, `TRUE`, … as SHOW VARIABLES prints it.
pub fn switch(value: &str) -> Option<&'static str> {
    match value.to_ascii_uppercase().as_str() {
        "1" | "ON" | "TRUE" | "YES" => Some("ON"),
        "0" | "OFF" | "FALSE" | "NO" => Some("OFF"),
        _ => None,
    }
}

/// `16M` and the like.
fn with_suffix(value: &str) -> Option<u64> {
    let (digits, factor) = match value.bytes().last() {
        Some(b'k' | b'K') => (&value[..value.len() - 1], 1 << 10),
        Some(b'm' | b'M') => (&value[..value.len() - 1], 1 << 20),
        Some(b'g' | b'G') => (&value[..value.len() - 1], 1 << 30),
        _ => (value, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(text: &[&str]) -> Result<Options, String> {
        let given = text.iter().map(|line| split(line)).collect::<Given>();
        Options::take(&given, "5.7.42")
    }

    #[test]
    fn options_as_the_tutorials_files_write_them() {
        let options = take(&["log-bin", "server-id=100"]).expect("good options");
        assert_eq!(options.log_bin.as_deref(), Some(""));
        assert_eq!(options.variables["server_id"], "100");
        let options = take(&["super-read-only", "max_allowed_packet = 16M"]).expect("good options");
        assert_eq!(options.variables["super_read_only"], "ON");
        assert_eq!(options.variables["read_only"], "ON");
        assert_eq!(options.variables["max_allowed_packet"], "16777216");
    }

    #[test]
    fn what_no_release_or_no_option_takes_is_named() {
        let rows: [(&[&str], &str, Result<(), &str>); 14] = [
            (&["query_cache_size=0"], "5.7.42", Ok(())),
            (&["query_cache_size=0"], "8.0.28", Err("unknown variable 'query_cache_size=0'")),
            (&["expire-logs-days=7"], "8.0.28", Ok(())),
            (&["expire-logs-days=7"], "8.4.6", Err("unknown variable 'expire-logs-days=7'")),
            (
                &["binlog_expire_logs_seconds=60"],
                "5.7.42",
                Err("unknown variable 'binlog_expire_logs_seconds=60'"),
            ),
            (&["binlog_expire_logs_seconds=60"], "8.0.28", Ok(())),
            (
                &["rpl_semi_sync_master_enabled=1"],
                "5.7.42",
                Err("unknown variable 'rpl_semi_sync_master_enabled=1'"),
            ),
            (
                &["rpl_semi_sync_master_enabled=1", "plugin-load=rpl_semi=semisync_master.so"],
                "5.7.42",
                Ok(()),
            ),
            (
                &["max_connections=10x"],
                "5.7.42",
                Err("Unknown suffix 'x' used for variable 'max_connections' (value \
                     '10x')\nmysqld: Error while setting value '10x' to 'max_connections'"),
            ),
            (
                &["binlog_format=ROWS"],
                "5.7.42",
                Err("mysqld: Error while setting value 'ROWS' to 'binlog_format'"),
            ),
            (
                &["sql_mode=NO_SUCH"],
                "5.7.42",
                Err("mysqld: Error while setting value 'NO_SUCH' to 'sql_mode'"),
            ),
            (&["super-read-only"], "10.9", Err("unknown option '--super-read-only'")),
            (&["log-replica-updates"], "8.0.18", Err("unknown option '--log-replica-updates'")),
            (
                &["gtid_mode=ON"],
                "5.7.42",
                Err("GTID_MODE = ON requires ENFORCE_GTID_CONSISTENCY = ON."),
            ),
        ];
        for (lines, release, want) in rows {
            let given = lines.iter().map(|line| split(line)).collect::<Given>();
            let taken = Options::take(&given, release).map(|_| ());
            assert_eq!(taken, want.map_err(String::from), "{lines:?} {release}");
        }
        let given = vec![split("replica-net-timeout=7"), split("log-replica-updates")];
        let options = Options::take(&given, "8.4.6").expect("8.0.26 has these names");
        assert_eq!(options.variables["slave_net_timeout"], "7");
        assert_eq!(options.variables["log_slave_updates"], "ON");
        let options = take(&["max_binlog_size=10", "log_slave_updates=maybe"]).expect("good");
        assert_eq!(options.variables["max_binlog_size"], "4096");
        assert_eq!(
            options.warnings,
            [
                "option 'max_binlog_size': unsigned value 10 adjusted to 4096",
                "option 'log_slave_updates': boolean value 'maybe' wasn't recognized. Set to OFF.",
            ]
        );
    }

    #[test]
    fn unknown_options_are_named() {
        assert_eq!(take(&["foo=bar"]), Err("unknown variable 'foo=bar'".into()));
        assert_eq!(take(&["foo-bar"]), Err("unknown option '--foo-bar'".into()));
        assert!(take(&["loose-foo=1"]).is_ok());
    }
}

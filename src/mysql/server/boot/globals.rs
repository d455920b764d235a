//! A server's variables as it starts.

use crate::base::date::zone_of;
use crate::mysql::run::Variables;
use crate::mysql::server::is_8;
use crate::mysql::server::options::Options;
use crate::mysql::server::variables::DEFAULTS;
use crate::os::Sys;

/// All variables: defaults, what follows from the machine, options.
pub(super) fn globals(
    options: &Options,
    release: &str,
    zone: Option<&str>,
    sys: &dyn Sys,
) -> Variables {
    let mut globals: Variables =
        DEFAULTS.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let mut set = |name: &str, value: String| {
        globals.insert(name.to_string(), value);
    };
    set("hostname", sys.hostname());
    if let Some((_, name, _)) = zone.and_then(zone_of) {
        set("system_time_zone", name);
    }
    set("innodb_version", release.into());
    let logs = options.log_bin.is_some();
    set("log_bin", if logs { "ON" } else { "OFF" }.into());
    // From 8.0 on the version says nothing of the log.
    let suffix = if logs && release.starts_with("5.") { "-log" } else { "" };
    set("version", format!("{release}{suffix}"));
    if is_8(release) {
        set("log_error_verbosity", "2".into());
        let modes = DEFAULTS.iter().find(|(name, _)| *name == "sql_mode").map_or("", |row| row.1);
        set("sql_mode", modes.replace("NO_AUTO_CREATE_USER,", ""));
        set("default_authentication_plugin", "caching_sha2_password".into());
    }
    globals.extend(options.variables.clone());
    let relay = globals.get("relay_log").filter(|name| !name.is_empty()).cloned();
    let datadir = globals.get("datadir").map_or("", |path| path.trim_end_matches('/')).to_string();
    let base = relay.unwrap_or_else(|| format!("{}-relay-bin", sys.hostname()));
    let stem = if base.starts_with('/') { base } else { format!("{datadir}/{base}") };
    globals.insert("datadir".into(), format!("{datadir}/"));
    globals.insert("relay_log_index".into(), format!("{stem}.index"));
    globals.insert("relay_log_basename".into(), stem);
    globals
}

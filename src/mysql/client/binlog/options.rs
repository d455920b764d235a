//! Options of `mysqlbinlog`. Models `my_long_options` and `args_post_process` of
//! client/mysqlbinlog.cc.

use crate::mysql::client::Settings;
use crate::mysql::client::args::{Long, Short};
use crate::mysql::data::{Zone, parse_moment};

pub(super) const SHORTS: [Short; 17] = [
    ('?', "help", false),
    ('c', "verify-binlog-checksum", false),
    ('d', "database", true),
    ('D', "disable-log-bin", false),
    ('f', "force-read", false),
    ('F', "force-if-open", false),
    ('H', "hexdump", false),
    ('i', "idempotent", false),
    ('j', "start-position", true),
    ('l', "local-load", true),
    ('o', "offset", true),
    ('r', "result-file", true),
    ('R', "read-from-remote-server", false),
    ('s', "short-form", false),
    ('t', "to-last-log", false),
    ('v', "verbose", false),
    ('V', "version", false),
];

pub(super) const LONGS: [Long; 33] = [
    ("help", false),
    ("version", false),
    ("base64-output", true),
    ("character-sets-dir", true),
    ("connection-server-id", true),
    ("database", true),
    ("disable-log-bin", false),
    ("exclude-gtids", true),
    ("force-if-open", false),
    ("force-read", false),
    ("hexdump", false),
    ("idempotent", false),
    ("include-gtids", true),
    ("local-load", true),
    ("offset", true),
    ("raw", false),
    ("read-from-remote-master", true),
    ("read-from-remote-server", false),
    ("result-file", true),
    ("rewrite-db", true),
    ("server-id", true),
    ("set-charset", true),
    ("short-form", false),
    ("skip-gtids", false),
    ("start-datetime", true),
    ("start-position", true),
    ("stop-datetime", true),
    ("stop-never", false),
    ("stop-never-slave-server-id", true),
    ("stop-position", true),
    ("to-last-log", false),
    ("verbose", false),
    ("verify-binlog-checksum", false),
];

/// Those that this model leaves out.
const LEFT_OUT: [&str; 10] = [
    "exclude-gtids",
    "force-read",
    "help",
    "include-gtids",
    "raw",
    "read-from-remote-master",
    "read-from-remote-server",
    "rewrite-db",
    "stop-never",
    "stop-never-slave-server-id",
];

/// How rows are shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Base64 {
    Never,
    #[default]
    Auto,
    DecodeRows,
}

/// What it was told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Options {
    pub base64: Base64,
    /// How often `-v`; never with `-s`.
    pub verbose: u32,
    pub short: bool,
    pub hexdump: bool,
    pub skip_gtids: bool,
    pub database: Option<String>,
    /// 0: any.
    pub server_id: u32,
    /// Events still to be passed over.
    pub offset: u64,
    /// Seconds since 1970.
    pub start: i64,
    pub stop: Option<i64>,
    pub start_position: u64,
    pub stop_position: u64,
    pub verify: bool,
    pub force_if_open: bool,
    pub disable_log_bin: bool,
    pub idempotent: bool,
    pub set_charset: Option<String>,
    pub result_file: Option<String>,
    /// Whose clocks its moments are of.
    pub zone: Zone,
}

impl Options {
    /// `Err`: what it prints, and its exit code.
    pub fn of(settings: &Settings) -> Result<Options, (String, u8)> {
        if let Some(charset) = &settings.charset {
            let text = format!("unknown variable 'default-character-set={charset}'");
            return Err((format!("mysqlbinlog: [ERROR] {text}\n"), 7));
        }
        if let Some(name) = LEFT_OUT.into_iter().find(|name| settings.has(name)) {
            return Err((format!("mysqlbinlog: [Ordinal] --{name} is not modelled\n"), 1));
        }
        let text = |name: &str| settings.value(name).map(String::from);
        let short = is_on(settings, "short-form");
        Ok(Options {
            base64: settings.value("base64-output").map_or(Ok(Base64::Auto), base64)?,
            verbose: if short { 0 } else { settings.count("verbose") as u32 },
            short,
            hexdump: is_on(settings, "hexdump"),
            skip_gtids: is_on(settings, "skip-gtids"),
            database: text("database"),
            server_id: number(settings, "server-id", 0, 0)?.min(u32::MAX.into()) as u32,
            offset: number(settings, "offset", 0, 0)?,
            start: moment(settings, "start-datetime")?.unwrap_or(0),
            stop: moment(settings, "stop-datetime")?,
            start_position: number(settings, "start-position", 4, 4)?.min(u32::MAX.into()),
            stop_position: number(settings, "stop-position", 4, u64::MAX)?,
            verify: is_on(settings, "verify-binlog-checksum"),
            force_if_open: !settings.has("skip-force-if-open")
                && settings.value("force-if-open").is_none_or(is_true),
            disable_log_bin: is_on(settings, "disable-log-bin"),
            idempotent: is_on(settings, "idempotent"),
            set_charset: text("set-charset"),
            result_file: text("result-file"),
            zone: settings.zone,
        })
    }
}

fn is_true(text: &str) -> bool {
    !["0", "off", "false"].contains(&text.to_ascii_lowercase().as_str())
}

fn is_on(settings: &Settings, name: &str) -> bool {
    settings.has(name) && settings.value(name).is_none_or(is_true)
}

/// Models `find_type_or_exit`.
fn base64(name: &str) -> Result<Base64, (String, u8)> {
    const MODES: [(&str, Base64); 4] = [
        ("NEVER", Base64::Never),
        ("AUTO", Base64::Auto),
        ("UNSPEC", Base64::Auto),
        ("DECODE-ROWS", Base64::DecodeRows),
    ];
    let upper = name.to_ascii_uppercase();
    let known = MODES.into_iter().find(|(mode, _)| !upper.is_empty() && mode.starts_with(&upper));
    known.map(|(_, mode)| mode).ok_or_else(|| {
        let what = match name {
            "" => "No option given to base64-output".to_string(),
            _ => format!("Unknown option to base64-output: {name}"),
        };
        let names = "'NEVER','AUTO','UNSPEC','DECODE-ROWS'";
        (format!("{what}\nAlternatives are: {names}\n"), 1)
    })
}

/// A number, with K, M or G behind it or without.
fn number(settings: &Settings, name: &str, low: u64, default: u64) -> Result<u64, (String, u8)> {
    let Some(text) = settings.value(name) else { return Ok(default) };
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[end..].to_ascii_uppercase().as_str() {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        rest => {
            let suffix = rest.chars().next().unwrap_or(' ');
            let shown = text[end..].chars().next().unwrap_or(suffix);
            return Err((
                format!(
                    "mysqlbinlog: [ERROR] Unknown suffix '{shown}' used for variable '{name}' \
                     (value '{text}')\nmysqlbinlog: [ERROR] mysqlbinlog: Error while setting \
                     value '{text}' to '{name}'\n"
                ),
                9,
            ));
        }
    };
    Ok(text[..end].parse::<u64>().unwrap_or(u64::MAX).saturating_mul(unit).max(low))
}

/// A date with a time of day, as seconds since 1970.
fn moment(settings: &Settings, name: &str) -> Result<Option<i64>, (String, u8)> {
    let Some(text) = settings.value(name) else { return Ok(None) };
    let has_clock = text.contains(':') || matches!(text.len(), 12 | 14);
    let Some((micros, _)) = parse_moment(text).filter(|_| has_clock) else {
        return Err((format!("ERROR: Incorrect date and time argument: {text}\n"), 1));
    };
    Ok(Some(micros.div_euclid(1_000_000) - settings.zone.local(0)))
}

//! xtrabackup's options: command line and option files. Models `handle_options` of xtrabackup.cc,
//! which lets long options it does not know pass without a word (`my_getopt_skip_unknown`).

use crate::mysql::client::Settings;
use crate::mysql::server::options::{Given, from_file, from_files};
use crate::os::Sys;

/// Long options whose value may stand in the next word.
const WITH_VALUE: [&str; 12] = [
    "host",
    "user",
    "port",
    "socket",
    "target-dir",
    "datadir",
    "stream",
    "parallel",
    "use-memory",
    "compress-threads",
    "throttle",
    "ftwrl-wait-timeout",
];

/// Short options with a value, and what they are called in full.
const SHORT: [(char, &str); 6] = [
    ('u', "user"),
    ('H', "host"),
    ('P', "port"),
    ('S', "socket"),
    ('h', "datadir"),
    ('t', "tables"),
];

/// What a command line says, in order. `Err`: a word that is no option.
pub fn parse(arguments: &[String]) -> Result<Given, String> {
    let mut given = Given::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if let Some(long) = argument.strip_prefix("--") {
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let name = name.replace('_', "-");
            let apart = value.is_none() && WITH_VALUE.contains(&name.as_str());
            given.push((name, if apart { rest.next().cloned() } else { value }));
            continue;
        }
        let letter = argument.strip_prefix('-').and_then(|short| short.chars().next());
        let known = SHORT.iter().find(|(short, _)| letter == Some(*short));
        match (letter, known) {
            (_, Some((_, name))) if argument.len() > 2 => {
                given.push(((*name).into(), Some(argument[2..].into())));
            }
            (_, Some((_, name))) => given.push(((*name).into(), rest.next().cloned())),
            (Some('p'), None) => {
                let value = argument[2..].to_string();
                given.push(("password".into(), Some(value)));
            }
            (Some('v'), None) => given.push(("version".into(), None)),
            (Some(_), None) if argument.len() == 2 => {}
            _ => return Err(argument.clone()),
        }
    }
    Ok(given)
}

/// What its groups of the option files say, then the command line. `Err`: MySQL's own message.
pub fn with_files(given: &Given, sys: &dyn Sys) -> Result<Given, String> {
    const GROUPS: [&str; 2] = ["xtrabackup", "client"];
    let first = given.first().map(|(name, value)| (name.as_str(), value.as_deref()));
    let mut all = match first {
        Some(("no-defaults", _)) => Given::new(),
        Some(("defaults-file", Some(file))) => from_files(sys, &GROUPS, Some(file))?,
        Some(("defaults-extra-file", Some(file))) => {
            let mut all = from_files(sys, &GROUPS, None)?;
            if sys.read_file(file.as_bytes()).is_err() {
                return Err(format!("Could not open required defaults file: {file}"));
            }
            all.extend(from_file(sys, file, &GROUPS)?);
            all
        }
        _ => from_files(sys, &GROUPS, None)?,
    };
    all.iter_mut().for_each(|(name, _)| *name = name.replace('_', "-"));
    all.extend(given.iter().cloned());
    Ok(all)
}

/// The value an option has in the end.
pub fn value<'g>(given: &'g Given, name: &str) -> Option<&'g str> {
    given.iter().rev().find(|(known, _)| known == name).and_then(|(_, value)| value.as_deref())
}

/// Whether an option was given.
pub fn has(given: &Given, name: &str) -> bool {
    given.iter().any(|(known, _)| known == name)
}

/// Where the server is, and as whom to log in.
pub fn settings(given: &Given) -> Settings {
    let host = value(given, "host").map(String::from);
    let mut settings = Settings { host, ..Settings::default() };
    let take = |name: &str, into: &mut String| {
        if let Some(text) = value(given, name) {
            *into = text.into();
        }
    };
    take("user", &mut settings.user);
    take("password", &mut settings.password);
    take("socket", &mut settings.socket);
    if let Some(port) = value(given, "port").and_then(|port| port.parse().ok()) {
        settings.port = port;
    }
    settings
}

//! Options of the client programs: command line and option files.

use crate::mysql::data::Zone;
use crate::mysql::server::options::{Given, from_file, from_files};
use crate::os::Sys;

/// Where a server is, and as whom to log in.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Settings {
    /// `None`: the local server, over its socket.
    pub host: Option<String>,
    /// TCP port.
    pub port: u16,
    /// Unix socket.
    pub socket: String,
    /// User.
    pub user: String,
    /// What the environment calls the user who has no name.
    pub login: Vec<(Vec<u8>, String)>,
    /// Password.
    pub password: String,
    /// `-p` without a password: it would be asked for.
    pub ask_password: bool,
    /// `--protocol=tcp`.
    pub tcp: bool,
    /// `--default-character-set`.
    pub charset: Option<String>,
    /// Whether it has `caching_sha2_password`: the library came with it in 5.7.23.
    pub knows_sha2: bool,
    /// `--ssl-mode=DISABLED`.
    pub no_tls: bool,
    /// `--get-server-public-key`.
    pub asks_key: bool,
    /// The zone in which its clock goes.
    pub zone: Zone,
    /// Seconds, if given.
    pub connect_timeout: Option<u64>,
    /// Options that are the program's own, names without dashes.
    pub own: Vec<(String, Option<String>)>,
    /// Words that are no options.
    pub words: Vec<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            host: None,
            port: 3306,
            socket: "/var/run/mysqld/mysqld.sock".into(),
            user: "root".into(),
            login: Vec::new(),
            password: String::new(),
            ask_password: false,
            tcp: false,
            charset: None,
            knows_sha2: false,
            zone: Zone::System,
            no_tls: false,
            asks_key: false,
            connect_timeout: None,
            own: Vec::new(),
            words: Vec::new(),
        }
    }
}

/// A user's name in /etc/passwd.
fn user_name(uid: u32, sys: &dyn Sys) -> Option<String> {
    let passwd = sys.read_file(b"/etc/passwd").ok()?.text();
    let uid = uid.to_string();
    let row = passwd.lines().find(|line| line.split(':').nth(2) == Some(&uid))?;
    row.split(':').next().map(String::from)
}

/// Whether the clients of a release have `caching_sha2_password`.
pub fn has_sha2(release: &str) -> bool {
    let mut parts = release.split(['.', '-']).map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= (5, 7, 23)
}

/// A short option: its letter, its long name, and whether it takes a value.
pub type Short = (char, &'static str, bool);

/// A long option of a program: its name, and whether it takes a value.
pub type Long = (&'static str, bool);

impl Settings {
    /// What an environment says (`MYSQL_PWD`, …); option files and command lines go before it.
    /// Models libmysql's `mysql_real_connect` and client/mysql.cc, which alone asks for a host.
    pub fn of_environment(program: &str, env: &[(Vec<u8>, Vec<u8>)]) -> Settings {
        let mut settings = Settings { zone: Zone::of_env(env), ..Settings::default() };
        for (name, value) in env {
            let value = String::from_utf8_lossy(value).into_owned();
            match name.as_slice() {
                b"MYSQL_PWD" => settings.password = value,
                b"MYSQL_HOST" if program == "mysql" && !value.is_empty() => {
                    settings.host = Some(value);
                }
                b"MYSQL_TCP_PORT" => settings.port = value.parse().unwrap_or(settings.port),
                b"MYSQL_UNIX_PORT" => settings.socket = value,
                b"USER" | b"LOGNAME" | b"LOGIN" => settings.login.push((name.clone(), value)),
                // The images say which release their programs are of.
                b"MYSQL_VERSION" => settings.knows_sha2 = has_sha2(&value),
                b"XTRABACKUP_VERSION" => settings.knows_sha2 = value.starts_with("8."),
                _ => {}
            }
        }
        settings
    }

    /// Who somebody is who does not say: `read_user_name` of sql-common/client.c.
    pub fn own_name(&self, sys: &dyn Sys) -> String {
        if sys.uid() == 0 {
            return "root".into();
        }
        if let Some(name) = user_name(sys.uid(), sys) {
            return name;
        }
        let named = ["USER", "LOGNAME", "LOGIN"].iter().find_map(|wanted| {
            self.login.iter().rfind(|(name, _)| name == wanted.as_bytes()).map(|(_, user)| user)
        });
        named.map_or_else(|| "UNKNOWN_USER".into(), String::clone)
    }

    /// From the environment, option files and a command line. `Err`: what the program prints before
    /// it ends with exit code `.1`.
    pub fn read(
        mut settings: Settings,
        program: &str,
        arguments: &[String],
        shorts: &[Short],
        longs: &[Long],
        groups: &[&str],
        sys: &dyn Sys,
    ) -> Result<Settings, (String, u8)> {
        settings.user = settings.own_name(sys);
        let file_error = |text: String| (format!("{program}: [ERROR] {text}\n"), 1);
        let mut given: Given = Vec::new();
        let mut rest: &[String] = arguments;
        let defaults = rest.first().and_then(|first| first.strip_prefix("--defaults-file="));
        if let Some(file) = defaults {
            given = from_files(sys, groups, Some(file)).map_err(file_error)?;
            rest = &rest[1..];
        } else if rest.first().is_some_and(|first| first == "--no-defaults") {
            rest = &rest[1..];
        } else {
            given.extend(from_files(sys, groups, None).map_err(file_error)?);
            let extra = rest.first().and_then(|a| a.strip_prefix("--defaults-extra-file="));
            if let Some(file) = extra {
                if sys.read_file(file.as_bytes()).is_err() {
                    let text = format!("Could not open required defaults file: {file}");
                    return Err(file_error(text));
                }
                given.extend(from_file(sys, file, groups).map_err(file_error)?);
                rest = &rest[1..];
            }
        }
        for (name, value) in given {
            let known = settings.take_long(&name, value.clone(), longs);
            if !known {
                let shown = match value {
                    Some(value) => format!("unknown variable '{name}={value}'"),
                    None => format!("unknown option '--{name}'"),
                };
                return Err((format!("{program}: [ERROR] {shown}\n"), 7));
            }
        }
        settings.take_arguments(program, rest, shorts, longs)?;
        Ok(settings)
    }

    fn take_arguments(
        &mut self,
        program: &str,
        arguments: &[String],
        shorts: &[Short],
        longs: &[Long],
    ) -> Result<(), (String, u8)> {
        let mut at = 0;
        let mut only_words = false;
        while let Some(argument) = arguments.get(at) {
            at += 1;
            if only_words || !argument.starts_with('-') || argument == "-" {
                self.words.push(argument.clone());
                continue;
            }
            if argument == "--" {
                only_words = true;
                continue;
            }
            if let Some(long) = argument.strip_prefix("--") {
                let (name, mut value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_string())),
                    None => (long, None),
                };
                let name = name.replace('_', "-");
                if value.is_none() && needs_value(&name, longs) {
                    let Some(next) = arguments.get(at) else {
                        return Err(lacks_argument(program, &format!("--{name}")));
                    };
                    value = Some(next.clone());
                    at += 1;
                }
                check_number(program, &name, value.as_deref())?;
                if !self.take_long(&name, value.clone(), longs) {
                    // The real one takes what only one option begins with.
                    if !name.is_empty() && longs.iter().any(|(known, _)| known.starts_with(&name)) {
                        let text = format!("{program}: [Ordinal] --{name} is not modelled\n");
                        return Err((text, 1));
                    }
                    let text = match value {
                        Some(value) if long.contains('=') => {
                            format!("{program}: [ERROR] unknown variable '{name}={value}'\n")
                        }
                        _ => format!("{program}: [ERROR] unknown option '--{name}'\n"),
                    };
                    return Err((text, if long.contains('=') { 7 } else { 2 }));
                }
                continue;
            }
            at += self.take_shorts(program, argument, arguments.get(at), shorts, longs)?;
        }
        Ok(())
    }

    /// `-uroot`, `-u root`, `-Ns`; how many further arguments were used.
    fn take_shorts(
        &mut self,
        program: &str,
        argument: &str,
        next: Option<&String>,
        shorts: &[Short],
        longs: &[Long],
    ) -> Result<usize, (String, u8)> {
        const COMMON: [Short; 5] = [
            ('h', "host", true),
            ('P', "port", true),
            ('u', "user", true),
            ('S', "socket", true),
            ('p', "password", false),
        ];
        for (offset, letter) in argument[1..].char_indices() {
            let rest = &argument[1 + offset + letter.len_utf8()..];
            let Some((_, name, valued)) =
                COMMON.iter().chain(shorts).find(|(known, _, _)| *known == letter)
            else {
                return Err((format!("{program}: [ERROR] unknown option '-{letter}'\n"), 2));
            };
            if letter == 'p' {
                if rest.is_empty() {
                    self.ask_password = true;
                } else {
                    self.password = rest.to_string();
                }
                return Ok(0);
            }
            if !valued {
                self.take_long(name, None, longs);
                continue;
            }
            let value = if rest.is_empty() { next.map(String::as_str) } else { Some(rest) };
            check_number(program, name, value)?;
            if !rest.is_empty() {
                self.take_long(name, Some(rest.to_string()), longs);
                return Ok(0);
            }
            let Some(next) = next else {
                return Err(lacks_argument(program, &format!("-{letter}")));
            };
            self.take_long(name, Some(next.clone()), longs);
            return Ok(1);
        }
        Ok(0)
    }

    fn take_long(&mut self, name: &str, value: Option<String>, longs: &[Long]) -> bool {
        let name = name.replace('_', "-");
        let text = value.clone().unwrap_or_default();
        match name.as_str() {
            "host" => self.host = Some(text).filter(|host| !host.is_empty()),
            "port" => self.port = text.parse().unwrap_or(3306),
            "user" => self.user = text,
            "socket" => self.socket = text,
            "password" => match value {
                Some(password) => self.password = password,
                None => self.ask_password = true,
            },
            "protocol" => self.tcp = text.eq_ignore_ascii_case("tcp"),
            "connect-timeout" => self.connect_timeout = text.parse().ok(),
            "default-character-set" => self.charset = Some(text),
            // The password travels under the server's own key.
            "get-server-public-key" => self.asks_key = true,
            "ssl-mode" => self.no_tls = text.eq_ignore_ascii_case("disabled"),
            "skip-ssl" => self.no_tls = true,
            "ssl"
            | "no-defaults"
            | "compress"
            | "default-auth"
            | "enable-cleartext-plugin"
            | "max-allowed-packet"
            | "no-auto-rehash"
            | "no-beep"
            | "ssl-ca" => {}
            _ => {
                let bare = turned_off(&name).unwrap_or(&name);
                if !longs.iter().any(|(known, _)| *known == name || *known == bare) {
                    return false;
                }
                self.own.push((name, value));
            }
        }
        true
    }

    /// Whether an own option was given.
    pub fn has(&self, name: &str) -> bool {
        self.own.iter().any(|(known, _)| known == name)
    }

    /// Whether a switch that is on by itself was turned off: `--skip-column-names`,
    /// `--column-names=0`, `--disable-column-names`; the last one counts.
    pub fn is_off(&self, name: &str) -> bool {
        let last = self.own.iter().rev().find_map(|(known, value)| match turned_off(known) {
            Some(bare) => (bare == name).then_some(true),
            None => (known == name).then(|| value.as_deref() == Some("0")),
        });
        last.unwrap_or(false)
    }

    /// How often.
    pub fn count(&self, name: &str) -> usize {
        self.own.iter().filter(|(known, _)| known == name).count()
    }

    /// The last value of an own option.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.own.iter().rfind(|(known, _)| known == name).and_then(|(_, value)| value.as_deref())
    }
}

/// The switch that `skip-…` or `disable-…` turns off.
fn turned_off(name: &str) -> Option<&str> {
    name.strip_prefix("skip-").or_else(|| name.strip_prefix("disable-"))
}

/// An option stands last that wants a value (`my_getopt.c`; the code is EXIT_ARGUMENT_REQUIRED).
fn lacks_argument(program: &str, option: &str) -> (String, u8) {
    (format!("{program}: [ERROR] {program}: option '{option}' requires an argument\n"), 5)
}

/// What is no number where one is wanted (EXIT_UNKNOWN_SUFFIX).
fn check_number(program: &str, name: &str, value: Option<&str>) -> Result<(), (String, u8)> {
    let Some(value) = value.filter(|_| name == "port") else { return Ok(()) };
    let digits =
        value.strip_prefix('-').unwrap_or(value).trim_start_matches(|c: char| c.is_ascii_digit());
    let Some(suffix) = digits.chars().next().filter(|c| !"kKmMgG".contains(*c)) else {
        return Ok(());
    };
    let text = format!(
        "{program}: [ERROR] Unknown suffix '{suffix}' used for variable '{name}' (value \
         '{value}')\n{program}: [ERROR] {program}: Error while setting value '{value}' to \
         '{name}'\n"
    );
    Err((text, 9))
}

fn needs_value(name: &str, longs: &[Long]) -> bool {
    const COMMON: [&str; 8] = [
        "host",
        "port",
        "user",
        "socket",
        "protocol",
        "connect-timeout",
        "default-character-set",
        "max-allowed-packet",
    ];
    COMMON.contains(&name) || longs.iter().any(|(known, valued)| *known == name && *valued)
}

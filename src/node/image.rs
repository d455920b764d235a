//! What images contain, as far as the lessons and the manifests people apply need it.

use super::os_release::os_release;
use crate::mysql;
use crate::os::Credentials;
use crate::sim::RunAs;
use crate::tool::{self, others};

/// An image's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Programs in `/usr/bin` (`/bin` leads there); in brackets, which of several of that name.
    pub programs: Vec<&'static str>,
    /// Symbolic links: path, where it leads.
    pub links: Vec<(&'static str, &'static str)>,
    /// Variables.
    pub env: Vec<(&'static str, String)>,
    /// ENTRYPOINT.
    pub entrypoint: Vec<String>,
    /// CMD.
    pub command: Vec<String>,
    /// Text files: path, content.
    pub files: Vec<(&'static str, &'static str)>,
    /// USER.
    pub user: u32,
}

impl Image {
    /// A user's group and home directory, as the image's /etc/passwd has them.
    fn account(&self, uid: u32) -> Option<(u32, &str)> {
        let (_, passwd) = self.files.iter().find(|(path, _)| *path == "/etc/passwd")?;
        let mut rows = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let row = rows.find(|row| row.get(2).is_some_and(|id| *id == uid.to_string()))?;
        Some((row.get(3)?.parse().ok()?, row.get(5)?))
    }

    /// Whose rights a container's processes have. Without a group of its own a user that the image
    /// does not know is in root's (containerd, oci.WithUserID).
    pub(super) fn credentials(&self, run_as: &RunAs) -> Credentials {
        let uid = run_as.user.unwrap_or(self.user);
        let known = self.account(uid).map(|(gid, _)| gid);
        Credentials::new(uid, run_as.group.or(known).unwrap_or(0), &run_as.groups)
    }

    /// HOME, where nothing else is said.
    pub(super) fn home_of(&self, uid: u32) -> String {
        self.account(uid).map_or("/", |(_, home)| home).to_string()
    }
}

/// Which family an image belongs to, by its name: the model has one image for each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Debian-based mysql: `mysql:5.7-debian`, and patch tags up to 5.7.38 / 8.0.29.
    MysqlDebian,
    /// Oracle-Linux-based mysql: no `hostname`, `ps`, `tar`, `which` (facts, section A1:
    /// docker-library/mysql 9ed73fd, 2022-06-13).
    MysqlOracle,
    /// xtrabackup images with ncat, on Debian.
    Xtrabackup,
    /// Percona's own xtrabackup image, on Red Hat's minimal one: no `ncat`, no `hostname`; `socat`
    /// and the client of 8.0; its user is 1001 (percona-docker,
    /// percona-xtrabackup-8.0/Dockerfile).
    Percona,
    /// Where the learner's terminals are: a shell, the small programs, kubectl.
    Workstation,
    /// busybox and alpine: `sh` and the small programs.
    Busybox,
    /// debian, ubuntu … : a shell and the small programs.
    Plain,
}

/// The image of this name. Every name has one: which images exist is the registry's business.
pub fn image(name: &str) -> Image {
    let family = family(name);
    let mysqlish = mysql::names();
    let mut programs: Vec<&'static str> = shells(family).to_vec();
    programs.extend(tool::NAMES.iter().copied().filter(|tool| has_tool(family, tool)));
    programs.extend(nslookup(name, family));
    match family {
        Family::MysqlOracle | Family::Percona => {
            let other = |tool: &&str| !matches!(*tool, "diff3" | "perl" | "sdiff");
            programs.extend(others::COMMON.iter().copied().filter(other));
            programs.extend(others::ORACLE);
        }
        Family::Busybox => {
            let own = |tool: &&str| !tool::busybox_lacks(tool);
            programs.extend(others::COMMON.iter().chain(tool::BUSYBOX_OTHERS).copied().filter(own));
        }
        _ => programs.extend(others::COMMON.iter().chain(others::DEBIAN)),
    }
    match family {
        Family::MysqlDebian | Family::MysqlOracle => {
            // MariaDB's has each program by its own name, too.
            let has_other = |of: &str| of.starts_with("mariadb") && !name.contains("mariadb");
            programs.extend(mysqlish.filter(|of| !of.starts_with('x') && !has_other(of)));
        }
        Family::Xtrabackup => {
            let client = |name: &&str| {
                name.starts_with('x') || matches!(*name, "mysql" | "mysqladmin" | "mysqldump")
            };
            programs.extend(mysqlish.filter(client));
        }
        Family::Percona => {
            let is_old = name.contains(":2.4");
            let client =
                |name: &&str| !is_old && matches!(*name, "mysql" | "mysqladmin" | "mysqldump");
            programs.extend(mysqlish.filter(|name| name.starts_with('x') || client(name)));
            if is_old {
                programs.retain(|name| *name != "socat");
            }
        }
        Family::Workstation => programs.push("kubectl"),
        Family::Busybox | Family::Plain => {}
    }
    let is_mysql = matches!(family, Family::MysqlDebian | Family::MysqlOracle);
    let version = mysql_version(name, family);
    Image {
        programs,
        links: links(family),
        env: if is_mysql {
            vec![("GOSU_VERSION", "1.16".into()), ("MYSQL_VERSION", version.clone())]
        } else if family == Family::Percona && !name.contains(":2.4") {
            // What makes its xtrabackup one of 8.0.
            vec![("XTRABACKUP_VERSION", "8.0.35-30.1".into())]
        } else {
            Vec::new()
        },
        entrypoint: if is_mysql { vec!["docker-entrypoint.sh".into()] } else { Vec::new() },
        command: vec![
            match family {
                Family::MysqlDebian | Family::MysqlOracle => "mysqld",
                Family::Percona => "xtrabackup",
                Family::Busybox => "sh",
                Family::Xtrabackup | Family::Workstation | Family::Plain => "bash",
            }
            .into(),
        ],
        files: files(family, &version),
        user: if family == Family::Percona { PERCONA_UID } else { 0 },
    }
}

/// The nslookup of an image: busybox's, which was written anew in 1.29, or that of BIND's tools in
/// images made for looking into networks.
fn nslookup(name: &str, family: Family) -> Option<&'static str> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let (repository, tag) = last.split_once(':').unwrap_or((last, "latest"));
    let minor = tag.strip_prefix("1.").map(|rest| rest.split(['.', '-']).next().unwrap_or(rest));
    let is_old = minor.and_then(|text| text.parse::<u32>().ok()).is_some_and(|minor| minor < 29);
    match family {
        Family::Busybox if repository == "busybox" && is_old => Some("nslookup (small)"),
        Family::Busybox => Some("nslookup"),
        _ if repository.contains("dnsutils") || repository.contains("netshoot") => {
            Some("nslookup (bind)")
        }
        _ => None,
    }
}

/// Red Hat's `sh` is bash under another name; Debian's is dash, busybox's is ash.
fn shells(family: Family) -> &'static [&'static str] {
    match family {
        Family::MysqlOracle | Family::Percona => &["bash"],
        Family::Busybox => &["sh (ash)", "ash"],
        _ => &["bash", "sh"],
    }
}

fn links(family: Family) -> Vec<(&'static str, &'static str)> {
    let mut links = vec![("bin", "usr/bin")];
    if matches!(family, Family::MysqlOracle | Family::Percona) {
        links.push(("usr/bin/sh", "bash"));
    }
    if family == Family::Xtrabackup {
        // Debian's alternative of that name, where only ncat is installed.
        links.push(("usr/bin/nc", "ncat"));
    }
    if matches!(family, Family::MysqlDebian | Family::MysqlOracle) {
        // docker-library/mysql, Dockerfile: "backwards compat".
        links.push(("entrypoint.sh", "usr/bin/docker-entrypoint.sh"));
    }
    links
}

fn family(name: &str) -> Family {
    let last = name.rsplit('/').next().unwrap_or(name);
    let (repository, tag) = last.split_once(':').unwrap_or((last, "latest"));
    if name == super::workstation::IMAGE {
        return Family::Workstation;
    }
    if repository.contains("xtrabackup") {
        let own = repository == "percona-xtrabackup";
        return if own { Family::Percona } else { Family::Xtrabackup };
    }
    if matches!(repository, "busybox" | "alpine") {
        return Family::Busybox;
    }
    if !repository.contains("mysql")
        && !repository.contains("mariadb")
        && !repository.contains("percona")
    {
        return Family::Plain;
    }
    let patch = |prefix: &str| tag.strip_prefix(prefix).and_then(|rest| rest.parse::<u32>().ok());
    let is_old = patch("5.7.").is_some_and(|patch| patch <= 38)
        || patch("8.0.").is_some_and(|patch| patch <= 29)
        || tag.starts_with("5.6");
    let on_debian = ["debian", "buster", "bullseye", "bookworm"];
    if on_debian.iter().any(|system| tag.contains(system))
        || is_old
        || repository.contains("mariadb")
    {
        Family::MysqlDebian
    } else {
        Family::MysqlOracle
    }
}

/// Moving tags of `mysql` and the release behind each, as Docker Hub had them when its line ended
/// or (for lines that go on) in 2025: tag, version with its package's ending.
const MOVING_TAGS: [(&str, &str); 12] = [
    ("5.6", "5.6.51-1debian9"),
    ("5.7-debian", "5.7.42-1debian10"),
    ("5.7", "5.7.44-1.el7"),
    ("5", "5.7.44-1.el7"),
    ("8.0-debian", "8.0.36-1debian12"),
    ("8.0", "8.0.43-1.el9"),
    ("8.4", "8.4.6-1.el9"),
    ("8", "8.4.6-1.el9"),
    ("lts", "8.4.6-1.el9"),
    ("9", "9.4.0-1.el9"),
    ("innovation", "9.4.0-1.el9"),
    ("latest", "9.4.0-1.el9"),
];

/// MariaDB's `latest`.
const MARIADB_LATEST: &str = "11.8.3";

/// The server version behind an image's tag.
fn mysql_version(name: &str, family: Family) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    let (repository, tag) = last.split_once(':').unwrap_or((last, "latest"));
    let number: String = tag.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    if repository.contains("mariadb") {
        return if number.is_empty() { MARIADB_LATEST.into() } else { number };
    }
    if let Some((_, version)) = MOVING_TAGS.iter().find(|(known, _)| *known == tag) {
        return (*version).to_string();
    }
    let exact = number.split('.').count() == 3;
    match MOVING_TAGS.iter().find(|(known, _)| *known == number) {
        _ if exact && family == Family::MysqlDebian => format!("{number}-1debian10"),
        _ if exact => format!("{number}-1.el{}", if number.starts_with("5.") { 7 } else { 8 }),
        Some((_, version)) => (*version).to_string(),
        None => "9.4.0-1.el9".into(),
    }
}

fn has_tool(family: Family, tool: &str) -> bool {
    match tool {
        tool if family == Family::Busybox && tool::busybox_lacks(tool) => false,
        "socat" => matches!(family, Family::Xtrabackup | Family::Percona),
        "ncat" => family == Family::Xtrabackup,
        "busybox" | "nc" => family == Family::Busybox,
        "watch" => matches!(family, Family::Busybox | Family::Plain | Family::Workstation),
        // Oracle's slim images have of util-linux only its libraries.
        "flock" | "getopt" => !matches!(family, Family::MysqlOracle | Family::Percona),
        // Debian's ncurses-bin is there in every image of it.
        "clear" => !matches!(family, Family::MysqlOracle | Family::Percona),
        "hostname" => !matches!(family, Family::MysqlOracle | Family::Percona),
        // kubernetes/kubernetes 58512 and oracle/mysql-operator 233; docker-library/mysql 901.
        "ps" | "tar" | "which" => family != Family::MysqlOracle,
        "mawk" => !matches!(family, Family::MysqlOracle | Family::Percona),
        tool if tool.starts_with("nslookup") => false,
        _ => true,
    }
}

macro_rules! my_cnf {
    ($host_cache:literal) => {
        concat!(
            "[mysqld]\n",
            $host_cache,
            "\nskip-name-resolve\ndatadir=/var/lib/mysql\n\
             socket=/var/run/mysqld/mysqld.sock\nsecure-file-priv=/var/lib/mysql-files\n\
             user=mysql\n\npid-file=/var/run/mysqld/mysqld.pid\n[client]\n\
             socket=/var/run/mysqld/mysqld.sock\n\n!includedir /etc/mysql/conf.d/\n"
        )
    };
}
const MY_CNF: &str = my_cnf!("skip-host-cache");
const MY_CNF_84: &str = my_cnf!("host-cache-size=0");

/// Percona's images' user.
const PERCONA_UID: u32 = 1_001;

/// /etc/passwd and /etc/group. That the old xtrabackup image knows no `mysql` is taken from its
/// package, which makes no user.
fn accounts(family: Family) -> [(&'static str, &'static str); 2] {
    // Of the system's own users those of both ends.
    macro_rules! both {
        ($passwd:literal, $group:literal) => {
            [
                (
                    "/etc/passwd",
                    concat!(
                        "root:x:0:0:root:/root:/bin/bash\n",
                        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
                        $passwd
                    ),
                ),
                ("/etc/group", concat!("root:x:0:\nnogroup:x:65534:\n", $group)),
            ]
        };
    }
    match family {
        Family::MysqlDebian => both!("mysql:x:999:999::/home/mysql:/bin/sh\n", "mysql:x:999:\n"),
        Family::MysqlOracle => {
            both!("mysql:x:999:999::/var/lib/mysql:/bin/bash\n", "mysql:x:999:\n")
        }
        Family::Percona => both!(
            "mysql:x:1001:1001:Default Application User:/home/mysql:/sbin/nologin\n",
            "mysql:x:1001:\n"
        ),
        _ => both!("", ""),
    }
}

fn files(family: Family, version: &str) -> Vec<(&'static str, &'static str)> {
    let mut files = accounts(family).to_vec();
    let is_mysql = matches!(family, Family::MysqlDebian | Family::MysqlOracle);
    // MariaDB's are built on another system.
    if is_mysql && version.contains('-') || family == Family::Plain {
        files.push(("/etc/os-release", os_release(if is_mysql { version } else { "" })));
    }
    if !is_mysql {
        return files;
    }
    if family == Family::MysqlOracle {
        // docker-library/mysql, Dockerfile.oracle: what Debian has in docker.cnf stands here, where
        // no volume over conf.d hides it.
        // From 8.3 on there is no skip-host-cache.
        let is_newer = ["8.4.", "9."].iter().any(|line| version.starts_with(line));
        files.push(("/etc/my.cnf", if is_newer { MY_CNF_84 } else { MY_CNF }));
        return files;
    }
    // Facts, section A1. A volume mounted over /etc/mysql/conf.d hides docker.cnf.
    files.push(("/etc/mysql/conf.d/docker.cnf", "[mysqld]\nskip-host-cache\nskip-name-resolve\n"));
    files.push((
        "/etc/mysql/mysql.conf.d/mysqld.cnf",
        "[mysqld]\npid-file\t= /var/run/mysqld/mysqld.pid\n\
         socket\t\t= /var/run/mysqld/mysqld.sock\n\
         datadir\t\t= /var/lib/mysql\nsymbolic-links=0\n",
    ));
    files.push((
        "/etc/mysql/my.cnf",
        "!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mysql.conf.d/\n",
    ));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_lead_to_their_image() {
        // Tag, version, whether `hostname` is there (facts, section A1).
        let rows = [
            ("mysql:5.7", "5.7.44-1.el7", false),
            ("mysql:5.7-debian", "5.7.42-1debian10", true),
            ("mysql:5.7.35", "5.7.35-1debian10", true),
            ("mysql:5.7.36", "5.7.36-1debian10", true),
            ("docker.io/library/mysql:5.7.44", "5.7.44-1.el7", false),
            ("mysql:8", "8.4.6-1.el9", false),
            ("mysql:8.0", "8.0.43-1.el9", false),
            ("mysql:8.0.18", "8.0.18-1debian10", true),
            ("mysql:8.0.26", "8.0.26-1debian10", true),
            ("mysql:8.0.28", "8.0.28-1debian10", true),
            ("mysql:8.0.36", "8.0.36-1.el8", false),
            ("mysql", "9.4.0-1.el9", false),
            ("mysql:latest", "9.4.0-1.el9", false),
            ("mariadb:10.6.12", "10.6.12", true),
        ];
        for (name, version, hostname) in rows {
            let image = image(name);
            let known = image.env.iter().find(|(key, _)| *key == "MYSQL_VERSION");
            assert_eq!(known.map(|(_, value)| value.as_str()), Some(version), "{name}");
            assert_eq!(image.programs.contains(&"hostname"), hostname, "{name}");
        }
    }

    #[test]
    fn images_lack_what_theirs_lack() {
        // Image, program, whether it is there (percona-docker's Dockerfiles; busybox has no bash).
        let rows = [
            ("mariadb:10.6", "mariadb", true),
            ("mariadb:10.6", "mysql", true),
            ("mysql:5.7-debian", "mariadb", false),
            ("percona/percona-xtrabackup:8.0", "socat", true),
            ("percona/percona-xtrabackup:8.0", "mysql", true),
            ("percona/percona-xtrabackup:8.0", "ncat", false),
            ("percona/percona-xtrabackup:8.0", "hostname", false),
            ("percona/percona-xtrabackup:2.4", "xtrabackup", true),
            ("percona/percona-xtrabackup:2.4", "mysql", false),
            ("percona/percona-xtrabackup:2.4", "socat", false),
            ("gcr.io/google-samples/xtrabackup:1.0", "ncat", true),
            ("gcr.io/google-samples/xtrabackup:1.0", "hostname", true),
            ("busybox:1.36", "bash", false),
            ("busybox:1.36", "nc", true),
            ("debian", "bash", true),
            ("mysql:5.7", "which", false),
            ("mysql:5.7", "tar", false),
            ("mysql:5.7-debian", "tar", true),
            ("mysql:8.0", "gzip", true),
            ("mysql:8.0", "mawk", false),
        ];
        for (name, program, there) in rows {
            assert_eq!(image(name).programs.contains(&program), there, "{name}: {program}");
        }
    }
}

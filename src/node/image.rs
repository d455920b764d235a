//! What images contain, as far as the lessons and the manifests people apply need it.

use crate::mysql;
use crate::tool;

/// An image's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Programs in `/usr/bin` (`/bin` leads there).
    pub programs: Vec<&'static str>,
    /// Variables.
    pub env: Vec<(&'static str, String)>,
    /// ENTRYPOINT.
    pub entrypoint: Vec<String>,
    /// CMD.
    pub command: Vec<String>,
    /// Text files: path, content.
    pub files: Vec<(&'static str, &'static str)>,
}

/// Which family an image belongs to, by its name: the model has one image for each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Debian-based mysql: `mysql:5.7-debian`, and patch tags up to 5.7.38 / 8.0.29.
    MysqlDebian,
    /// Oracle-Linux-based mysql: no `hostname`, no `ps` (facts, section A1: docker-library/mysql
    /// 9ed73fd, 2022-06-13).
    MysqlOracle,
    /// xtrabackup images with ncat.
    Xtrabackup,
    /// Where the learner's terminals are: a shell, the small programs, kubectl.
    Workstation,
    /// busybox, alpine, debian, ubuntu … : a shell and the small programs.
    Plain,
}

/// The image of this name. Every name has one: which images exist is the registry's business.
pub fn image(name: &str) -> Image {
    let family = family(name);
    let mysqlish = mysql::NAMES.iter().copied();
    let mut programs: Vec<&'static str> = vec!["bash", "sh"];
    programs.extend(tool::NAMES.iter().copied().filter(|tool| has_tool(family, tool)));
    match family {
        Family::MysqlDebian | Family::MysqlOracle => {
            programs.extend(mysqlish.filter(|name| !name.starts_with('x')));
        }
        Family::Xtrabackup => {
            let client = |name: &&str| {
                name.starts_with('x') || matches!(*name, "mysql" | "mysqladmin" | "mysqldump")
            };
            programs.extend(mysqlish.filter(client));
        }
        Family::Workstation => programs.push("kubectl"),
        Family::Plain => {}
    }
    let is_mysql = matches!(family, Family::MysqlDebian | Family::MysqlOracle);
    let version = mysql_version(name);
    Image {
        programs,
        env: if is_mysql {
            vec![("GOSU_VERSION", "1.16".into()), ("MYSQL_VERSION", version)]
        } else {
            Vec::new()
        },
        entrypoint: if is_mysql { vec!["docker-entrypoint.sh".into()] } else { Vec::new() },
        command: vec![if is_mysql { "mysqld".into() } else { "bash".into() }],
        files: files(family),
    }
}

fn family(name: &str) -> Family {
    let last = name.rsplit('/').next().unwrap_or(name);
    let (repository, tag) = last.split_once(':').unwrap_or((last, "latest"));
    if name == super::workstation::IMAGE {
        return Family::Workstation;
    }
    if repository.contains("xtrabackup") {
        return Family::Xtrabackup;
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
    if tag.contains("debian") || is_old || repository.contains("mariadb") {
        Family::MysqlDebian
    } else {
        Family::MysqlOracle
    }
}

/// The server version behind a tag: the newest of its line (facts, section A1).
fn mysql_version(name: &str) -> String {
    let tag =
        name.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |t| t.1);
    let number: String = tag.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    match number.as_str() {
        "5.7" if tag.contains("debian") => "5.7.42-1debian10".into(),
        "5.7" | "5" => "5.7.44-1.el7".into(),
        "5.6" => "5.6.51-1debian9".into(),
        "8" | "8.0" => "8.0.43-1.el9".into(),
        "" | "8.4" | "9" => "8.4.6-1.el9".into(),
        exact => exact.into(),
    }
}

fn has_tool(family: Family, tool: &str) -> bool {
    match tool {
        "ncat" | "nc" | "socat" => family == Family::Xtrabackup,
        "hostname" | "ps" => family != Family::MysqlOracle,
        "nslookup" => family == Family::Plain,
        _ => true,
    }
}

fn files(family: Family) -> Vec<(&'static str, &'static str)> {
    let common = vec![
        ("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nmysql:x:999:999::/home/mysql:/bin/sh\n"),
        ("/etc/group", "root:x:0:\nmysql:x:999:\n"),
    ];
    if !matches!(family, Family::MysqlDebian | Family::MysqlOracle) {
        return common;
    }
    // Facts, section A1. A volume mounted over /etc/mysql/conf.d hides docker.cnf.
    let mut files = common;
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

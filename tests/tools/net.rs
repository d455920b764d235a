//! ncat, busybox's nc, socat and bash's /dev/tcp against the real ones: scripts of both ends,
//! recorded.
//!
//! `RECORD=1 cargo test net_programs` runs the real programs, each script in a network namespace
//! of its own (so as root), and writes the table anew. Numbers that are the machine's own are
//! masked: process ids, ephemeral ports, the time of day and how long something took.

use std::path::Path;
use std::process::Command;

use ordinal::node::Standalone;

/// The image whose programs a table's name stands for.
const TABLES: [(&str, &str); 4] = [
    ("devtcp.txt", "gcr.io/google-samples/xtrabackup:1.0"),
    ("ncat.txt", "gcr.io/google-samples/xtrabackup:1.0"),
    ("netcat.txt", "busybox:1.36"),
    ("socat.txt", "gcr.io/google-samples/xtrabackup:1.0"),
];

struct Script {
    text: String,
    said: String,
}

fn read(table: &str) -> (String, Vec<Script>) {
    let (head, rest) = table.split_once("\n=== ").unwrap_or((table, ""));
    let scripts = rest.split("\n=== ").filter(|part| !part.is_empty()).map(|part| {
        let (text, said) = part.split_once("\n---\n").unwrap_or((part, ""));
        Script { text: text.trim_end().to_string(), said: said.trim_end().to_string() }
    });
    (head.trim_end().to_string(), scripts.collect())
}

fn write(head: &str, scripts: &[Script]) -> String {
    let script = |it: &Script| format!("\n=== {}\n---\n{}\n", it.text, it.said);
    format!("{head}\n{}", scripts.iter().map(script).collect::<String>())
}

/// Its first line names it; everything goes to one stream, as a terminal shows it.
fn body(script: &Script) -> String {
    format!("exec 2>&1\n# {}\n", script.text)
}

/// Without what is the machine's own.
fn mask(text: &str) -> String {
    let masked = |line: &str| {
        let mut line = line.to_string();
        let numbers = [
            (" socat[", "]"),
            (": child ", " exited"),
            ("received in ", " seconds"),
            (", 0x", ","),
            ("127.0.0.1:", ""),
            ("127.0.0.1]:", ")"),
        ];
        for (before, after) in numbers {
            mask_number(&mut line, before, after);
        }
        if line.starts_with("BusyBox v") {
            line = "BusyBox".into();
        }
        if let Some(at) = line.find(" socat[") {
            line.replace_range(..at, "TIME");
        }
        line
    };
    text.trim_end().lines().map(masked).collect::<Vec<_>>().join("\n")
}

/// Replaces the number between two texts; a port only if it is ephemeral.
fn mask_number(line: &mut String, before: &str, after: &str) {
    let mut from = 0;
    while let Some(found) = line[from..].find(before) {
        let start = from + found + before.len();
        let is_number = |c: char| match after {
            " seconds" => c.is_ascii_digit() || c == '.',
            "," => c.is_ascii_hexdigit(),
            _ => c.is_ascii_digit(),
        };
        let length = line[start..].chars().take_while(|c| is_number(*c)).count();
        let is_port = after.is_empty();
        let keep = length == 0
            || !line[start + length..].starts_with(after)
            || (is_port && line[start..start + length].parse::<u32>().is_ok_and(|n| n < 32_768));
        if !keep {
            line.replace_range(start..start + length, "N");
        }
        from = start;
    }
}

fn real(script: &Script, shell: &str) -> String {
    let dir = std::env::temp_dir().join(format!("ordinal-net-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory is made");
    let inner = format!("ip link set lo up; {}", body(script));
    let output = Command::new("unshare")
        .args(["-n", "timeout", "30", shell, "-c", &inner])
        .current_dir(&dir)
        .env_clear()
        .env("PATH", std::env::var("RECORD_PATH").unwrap_or("/usr/bin:/bin:/usr/sbin".into()))
        .stdin(std::process::Stdio::null())
        .output()
        .expect("unshare is there");
    let _ = std::fs::remove_dir_all(&dir);
    mask(&String::from_utf8_lossy(&output.stdout))
}

fn model(script: &Script, image: &str, shell: &str) -> String {
    let mut machine = Standalone::new(image, "mysql-1", &[]);
    machine.start(&[shell, "-c", &body(script)], &[], Some(b"")).expect("a shell is there");
    mask(&String::from_utf8_lossy(&machine.run(2_000_000).stdout))
}

#[test]
fn net_programs_do_as_the_real_ones_did() {
    let mut wrong = Vec::new();
    for (name, image) in TABLES {
        let shell = if name == "netcat.txt" { "sh" } else { "bash" };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools").join(name);
        let text = std::fs::read_to_string(&path).expect("the table is there");
        let (head, scripts) = read(&text);
        assert!(scripts.len() > 9, "{name} holds cases");
        if std::env::var_os("RECORD").is_some() {
            let record = |it: &Script| Script { text: it.text.clone(), said: real(it, shell) };
            let recorded: Vec<Script> = scripts.iter().map(record).collect();
            std::fs::write(&path, write(&head, &recorded)).expect("the table is written");
            continue;
        }
        for script in scripts {
            let have = model(&script, image, shell);
            if have != script.said {
                let said = &script.said;
                wrong.push(format!("=== {}\n--- real\n{said}\n--- model\n{have}", script.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{} scripts differ:\n{}", wrong.len(), wrong.join("\n\n"));
}

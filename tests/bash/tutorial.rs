//! The tutorial's three scripts, as `manifests/statefulset.yaml` has them, in the model and in the
//! machine's bash, for ordinals 0, 1 and 2: the `set -x` trace, the output, the exit code, the
//! files.
//!
//! Both run the same text in a directory of their own. One thing is changed in it beforehand: the
//! mounts' paths are made relative to that directory ([`relative`]), so that nothing of the machine
//! is touched. The commands that need a cluster are scripts on PATH ([`STAND_INS`]).

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use ordinal::base::Blob;
use ordinal::manifest::Manifests;
use ordinal::node::Standalone;

use super::{machine_has_bash_5_2, scratch};

/// Commands that a pod's image has and the machine may lack, or that would take time.
const STAND_INS: &[(&str, &str)] = &[
    ("ncat", "echo \"ncat $*\""),
    ("xbstream", "echo \"xbstream $*\"; cat"),
    ("xtrabackup", "echo \"xtrabackup $*\""),
    // Refuses the first connection, as a mysqld that is not ready yet.
    (
        "mysql",
        "if [ -e asked ]; then echo \"mysql $*\"; else : >asked; echo refused >&2; exit 1; fi",
    ),
    ("sleep", ":"),
];

/// How often the real shell may try to write a pipeline's traces in the model's order: its two
/// processes write when they like.
const TRIES: u32 = 40;

/// A path and what it holds.
type File = (&'static str, &'static str);

type Files = BTreeMap<String, String>;

#[derive(PartialEq, Debug)]
struct Outcome {
    stdout: String,
    stderr: String,
    code: i32,
    files: Files,
}

/// A container's script, with its mounts below the current directory.
fn script(container: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifests/statefulset.yaml");
    let yaml = std::fs::read_to_string(path).expect("the StatefulSet is there");
    let (manifests, _) = Manifests::read(vec![("statefulset.yaml".to_string(), yaml)]);
    let found = manifests.scripts().into_iter().find(|script| script.container == container);
    relative(&found.expect("the container has a script").text)
}

/// `/mnt/…` and `/var/lib/mysql` without their first slash.
fn relative(text: &str) -> String {
    text.replace("/mnt/", "mnt/").replace("/var/lib/mysql", "var/lib/mysql")
}

fn all_files(hostname: &str, extra: &[(&str, &str)]) -> Files {
    let program = |body: &str| format!("#!/bin/sh\n{body}\n");
    let mut files: Files =
        STAND_INS.iter().map(|(name, body)| (format!("bin/{name}"), program(body))).collect();
    files.insert("bin/hostname".into(), program(&format!("echo {hostname}")));
    files.insert("mnt/config-map/primary.cnf".into(), "[mysqld]\nlog-bin\n".into());
    files.insert("mnt/config-map/replica.cnf".into(), "[mysqld]\nsuper-read-only\n".into());
    files.insert("mnt/conf.d/.keep".into(), String::new());
    files.insert("var/lib/mysql/.keep".into(), String::new());
    files.extend(extra.iter().map(|(path, text)| (path.to_string(), text.to_string())));
    files
}

fn mode(path: &str) -> u32 {
    if path.starts_with("bin/") { 0o755 } else { 0o644 }
}

fn model(text: &str, files: &Files) -> Outcome {
    let laid: Vec<(String, Blob, u32)> = files
        .iter()
        .map(|(path, content)| (path.clone(), Blob::from(content.as_str()), mode(path)))
        .collect();
    let mut machine = Standalone::new("debian:12", "host", &laid);
    let env = [("PATH", "/work/bin:/usr/bin:/bin")];
    machine.start(&["bash", "-c", text], &env, Some(b"")).expect("bash is there");
    let done = machine.run(100_000);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let left = machine.files().into_iter().map(|(path, (content, _))| {
        (path.trim_start_matches('/').to_string(), text(content.to_bytes(65_536)))
    });
    Outcome {
        files: left.collect(),
        stdout: text(done.stdout),
        stderr: text(done.stderr),
        code: done.status.map_or(-1, |status| i32::from(status.code())),
    }
}

fn walk(root: &Path, dir: &Path, found: &mut Files) {
    for entry in std::fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("it lies below").display().to_string();
            found.insert(name, std::fs::read_to_string(&path).expect("text"));
        }
    }
}

fn real(text: &str, files: &Files, dir: &Path) -> Outcome {
    let _ = std::fs::remove_dir_all(dir);
    for (path, content) in files {
        let place = dir.join(path);
        std::fs::create_dir_all(place.parent().expect("it lies in the root")).expect("made");
        std::fs::write(&place, content).expect("written");
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(mode(path))).expect("set");
    }
    let output = Command::new("/bin/bash")
        .args(["-c", text, "bash"])
        .current_dir(dir)
        .env_clear()
        .env("PATH", format!("{}/bin:/usr/bin:/bin", dir.display()))
        .stdin(std::process::Stdio::null())
        .output()
        .expect("bash can be run");
    let mut left = Files::new();
    walk(dir, dir, &mut left);
    let _ = std::fs::remove_dir_all(dir);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Outcome {
        files: left,
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        code: output.status.code().unwrap_or(-1),
    }
}

#[test]
fn the_tutorials_scripts_trace_as_in_real_bash() {
    if !machine_has_bash_5_2() {
        println!("skipped: this machine has no bash 5.2 to compare with");
        return;
    }
    let binlog = ("var/lib/mysql/xtrabackup_binlog_info", "mysql-0-bin.000003\t154\n");
    let replica = (
        "var/lib/mysql/xtrabackup_slave_info",
        "CHANGE MASTER TO MASTER_LOG_FILE='mysql-0-bin.000003', MASTER_LOG_POS=481;\n",
    );
    let empty = ("var/lib/mysql/xtrabackup_slave_info", "");
    let data = ("var/lib/mysql/mysql/user.frm", "");
    let known = ("var/lib/mysql/change_master_to.sql.in", "CHANGE MASTER TO MASTER_LOG_POS=4");
    let tables: [(&str, Vec<Vec<File>>); 3] = [
        ("init-mysql", vec![vec![]]),
        ("clone-mysql", vec![vec![], vec![data]]),
        (
            "xtrabackup",
            vec![vec![], vec![binlog], vec![replica, binlog], vec![empty, binlog], vec![known]],
        ),
    ];
    for (container, rows) in tables {
        let text = script(container);
        for hostname in ["mysql-0", "mysql-1", "mysql-2", "mysql"] {
            for extra in &rows {
                let files = all_files(hostname, extra);
                let mine = model(&text, &files);
                let dir = scratch(&format!("tutorial-{container}-{hostname}"));
                let mut theirs = real(&text, &files, &dir);
                for _ in 1..TRIES {
                    if theirs == mine {
                        break;
                    }
                    theirs = real(&text, &files, &dir);
                }
                assert_eq!(mine, theirs, "{container} on {hostname} with {extra:?}: ours, bash's");
                assert!(mine.stderr.contains("\n+ "), "a trace was compared:\n{}", mine.stderr);
            }
        }
    }
}

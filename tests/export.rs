//! What is exported, against the files on disk and the scripts of a real cluster.

use std::path::Path;
use std::process::Command;

use ordinal::manifest::Manifests;
use ordinal::manifest::export::{self, ExportOptions};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn defaults_are_the_files_in_manifests() {
    let (manifests, _) = Manifests::read(export::default_files());
    let files = export::export(&manifests, &ExportOptions::default()).expect("good options");
    assert_eq!(files.len(), 3);
    for file in files {
        let path = repository().join("manifests").join(&file.name);
        let on_disk = std::fs::read_to_string(&path).expect("it is in the repository");
        assert_eq!(file.text, on_disk, "{}", file.name);
    }
}

/// The commands that `kubectl describe` shows of a real pod, comments and blank ends left out.
#[test]
fn the_scripts_are_the_tutorials() {
    let path = repository().join("tests/oracle/kubectl-output.txt");
    let printed = std::fs::read_to_string(path).expect("it is in the repository");
    let (manifests, _) = Manifests::read(export::default_files());
    let scripts = manifests.scripts();
    let names: Vec<&str> = scripts.iter().map(|script| script.container.as_str()).collect();
    assert_eq!(names, ["init-mysql", "clone-mysql", "xtrabackup"]);
    for script in scripts {
        let after = printed.split(&format!("  {}:\n", script.container)).nth(1).expect("described");
        let command =
            after.split("    Command:\n      bash\n      -c\n").nth(1).expect("a command");
        let command = command.split("    State:").next().expect("then comes the state");
        let real: Vec<&str> = command.lines().map(|line| line.get(6..).unwrap_or("")).collect();
        let ours: Vec<&str> = script.text.lines().collect();
        assert_eq!(code(&ours), code(&real), "{}", script.container);
    }
}

fn code(lines: &[&str]) -> Vec<String> {
    let kept = lines.iter().filter(|line| !line.trim_start().starts_with('#'));
    let mut lines: Vec<String> = kept.map(|line| line.trim_end().to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Every script, line by line, lies in the file where it says it does.
#[test]
fn every_line_of_a_script_is_found_in_its_file() {
    for crlf in [false, true] {
        let mut files = export::default_files();
        if crlf {
            files.iter_mut().for_each(|(_, text)| *text = text.replace('\n', "\r\n"));
        }
        let (manifests, diagnostics) = Manifests::read(files);
        assert_eq!(diagnostics, [], "crlf {crlf}");
        for script in manifests.scripts() {
            let mut start = 0;
            for line in script.text.split_inclusive('\n') {
                let body = line.trim_end_matches('\n');
                let end = start + body.len() as u32;
                let (kind, object) = (script.kind.as_str(), script.object.as_str());
                let (container, argument) = (script.container.as_str(), script.argument);
                let spans = manifests.locate_script(kind, object, container, argument, start, end);
                if !body.is_empty() {
                    let shown: Vec<&str> =
                        spans.iter().map(|span| manifests.files().text(*span)).collect();
                    assert_eq!(shown, [body], "crlf {crlf}");
                }
                start += line.len() as u32;
            }
        }
    }
}

fn run(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ordinal"))
        .args(args)
        .current_dir(repository())
        .output()
        .expect("the runner is built with the tests");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("it ends by itself"), text(output.stdout), text(output.stderr))
}

#[test]
fn the_runner_exports_and_checks() {
    let (code, yaml, _) = run(&["export", "--replicas", "5", "--lang", "en"]);
    assert_eq!(code, 0);
    assert!(yaml.contains("\n  replicas: 5\n") && !yaml.contains('副'));
    let (code, _, said) = run(&["export", "--namespace", "My_NS"]);
    assert_eq!(code, 1);
    assert!(said.starts_with("ordinal export: --namespace cannot be \"My_NS\": "), "{said}");
    let (code, said, _) = run(&["check", "manifests/services.yaml"]);
    assert_eq!(code, 0);
    assert_eq!(
        said,
        "manifests/services.yaml:3:1: Service/mysql would be created\n\
         \x20 manifests/services.yaml:4:7: warning: There is no StatefulSet among these objects, \
         so no MySQL will start. Add one to see a cluster grow.\n\
         manifests/services.yaml:20:1: Service/mysql-read would be created\n"
    );
    let (code, _, said) = run(&["check", "no-such-file.yaml"]);
    assert_eq!(code, 1);
    assert!(said.starts_with("ordinal check: no-such-file.yaml: "), "{said}");
}

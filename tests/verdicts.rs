//! The API server's verdicts, row by row: `VERB object change => OK` or the exact text of the
//! refusal.
//!
//! The rows stand in `tests/oracle/apply-verdicts.txt`, or in the folder that `ORDINAL_ORACLE`
//! names. A row says its change in a few words; `change` turns them into changes of the default
//! manifests. Where words leave several readings (duplicate a container's name: in the second
//! container, or in a third?), any of them may meet the row.

mod change;

use std::path::PathBuf;

use serde_json::{Value, json};

use ordinal::manifest::{Manifests, decode, validate};

/// One row.
struct Row {
    line: usize,
    update: bool,
    kind: &'static str,
    change: String,
    want: String,
}

/// Rows that the oracle does not show, in its form. They were not printed by the real server: they
/// follow from its source.
#[test]
fn the_api_server_would_say_so_of_more_changes() {
    let rows: Vec<Row> = parse(include_str!("verdicts/expected.txt"));
    judge("verdicts, expected", &rows);
}

#[test]
fn the_api_server_would_say_the_same() {
    judge("verdicts", &rows());
}

fn judge(title: &str, rows: &[Row]) {
    let mut held = 0;
    let mut wrong = Vec::new();
    for row in rows {
        let said = verdicts(row);
        if said.contains(&row.want) {
            held += 1;
        } else {
            let said = match said.as_slice() {
                [] => "nothing: no word of the row is understood".to_owned(),
                said => said.join("\n      or: "),
            };
            wrong.push(format!(
                "{}: {}\n    want: {}\n    said: {said}",
                row.line, row.change, row.want
            ));
        }
    }
    println!("{title} {held} of {}", rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rows() -> Vec<Row> {
    let folder = std::env::var_os("ORDINAL_ORACLE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/oracle"),
        PathBuf::from,
    );
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the oracle's folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.to_string_lossy().contains("verdicts"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("an oracle file is text");
    files.iter().flat_map(|path| parse(&read(path))).collect()
}

fn parse(text: &str) -> Vec<Row> {
    text.lines().enumerate().filter_map(|(index, line)| row(index + 1, line)).collect()
}

fn row(line: usize, text: &str) -> Option<Row> {
    let (case, want) = text.split_once(" => ")?;
    let mut words = case.splitn(3, ' ');
    let (verb, object, change) = (words.next()?, words.next()?, words.next().unwrap_or(""));
    let kind = match object {
        "sts" | "statefulset" | "StatefulSet" => "StatefulSet",
        "svc" | "service" | "Service" => "Service",
        "cm" | "configmap" | "ConfigMap" => "ConfigMap",
        "pvc" | "persistentvolumeclaim" | "PersistentVolumeClaim" => "PersistentVolumeClaim",
        "secret" | "Secret" => "Secret",
        "ns" | "namespace" | "Namespace" => "Namespace",
        "pod" | "po" | "Pod" => "Pod",
        "pv" | "persistentvolume" | "PersistentVolume" => "PersistentVolume",
        "sc" | "storageclass" | "StorageClass" => "StorageClass",
        "node" | "no" | "Node" => "Node",
        other => panic!("line {line}: no object is called {other}"),
    };
    let (change, want) = (change.to_owned(), want.trim().to_owned());
    Some(Row { line, update: verb == "UPDATE", kind, change, want })
}

/// What the server says of each reading of the row's change.
fn verdicts(row: &Row) -> Vec<String> {
    let base = base(row.kind);
    let mut readings = change::readings(&row.change, row.kind, &base);
    readings.extend(change::shown::readings(&row.want, &base));
    let mut said: Vec<String> = readings.iter().map(|new| verdict(row, new, &base)).collect();
    if row.update {
        let pairs = change::transitions(&row.change, row.kind, &base);
        said.extend(pairs.iter().map(|(old, new)| verdict(row, new, old)));
    }
    said.dedup();
    said
}

fn verdict(row: &Row, new: &Value, base: &Value) -> String {
    let decoded = decode::decode(row.kind, new);
    let version = new["apiVersion"].as_str().unwrap_or_default();
    if let Some(refusal) = decoded.refusal(row.kind, version) {
        return refusal;
    }
    let errors = if row.update { validate::update(new, base) } else { validate::create(new) };
    if errors.is_empty() { "OK".to_owned() } else { validate::status_message(new, &errors) }
}

/// The object that rows change: from the default manifests, or as the cluster makes it from them.
fn base(kind: &str) -> Value {
    let set = from_manifests("StatefulSet");
    match kind {
        "PersistentVolumeClaim" => {
            let mut claim = set["spec"]["volumeClaimTemplates"][0].clone();
            claim["apiVersion"] = "v1".into();
            claim["kind"] = kind.into();
            claim["metadata"] = json!({"name": "data-mysql-0", "namespace": "default"});
            claim["spec"]["volumeName"] = "pvc-1".into();
            claim["spec"]["storageClassName"] = "standard".into();
            claim["spec"]["volumeMode"] = "Filesystem".into();
            claim["status"] = json!({"phase": "Bound", "capacity": {"storage": "2Gi"}});
            claim
        }
        "Pod" => {
            let mut pod = set["spec"]["template"].clone();
            pod["apiVersion"] = "v1".into();
            pod["kind"] = kind.into();
            pod["metadata"]["name"] = "mysql-0".into();
            let claim =
                json!({"name": "data", "persistentVolumeClaim": {"claimName": "data-mysql-0"}});
            pod["spec"]["volumes"].as_array_mut().expect("a list").insert(0, claim);
            pod
        }
        "Secret" => json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "mysql"},
            "type": "Opaque", "data": {"password": "cGFzcw=="}}),
        "Namespace" => json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "mysql"}}),
        "Node" => json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "node-1"}}),
        "StorageClass" => json!({"apiVersion": "storage.k8s.io/v1", "kind": kind,
            "metadata": {"name": "standard"}, "provisioner": "rancher.io/local-path",
            "reclaimPolicy": "Delete", "volumeBindingMode": "WaitForFirstConsumer"}),
        "PersistentVolume" => {
            json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "pv-1"},
            "spec": {"capacity": {"storage": "2Gi"}, "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/data"}, "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": "standard"}})
        }
        kind => from_manifests(kind),
    }
}

fn from_manifests(kind: &str) -> Value {
    let files = [
        ("configmap.yaml", include_str!("../manifests/configmap.yaml")),
        ("services.yaml", include_str!("../manifests/services.yaml")),
        ("statefulset.yaml", include_str!("../manifests/statefulset.yaml")),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
    let (manifests, diagnostics) = Manifests::read(files);
    assert_eq!(diagnostics, [], "the default manifests are good");
    manifests.find(kind, "mysql").expect("the default manifests hold it").value.clone()
}

//! Exports are read back and compared with what was asked for.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::manifest::Problem;

fn defaults() -> Manifests {
    let (manifests, diagnostics) = Manifests::read(default_files());
    assert_eq!(diagnostics, []);
    manifests
}

fn back(files: &[ExportedFile]) -> Manifests {
    let files = files.iter().map(|file| (file.name.clone(), file.text.clone())).collect();
    let (manifests, mut diagnostics) = Manifests::read(files);
    diagnostics.retain(|one| !the_clusters(&one.problem));
    assert_eq!(diagnostics, []);
    manifests
}

/// What the learner's own cluster has, and no file needs to.
fn the_clusters(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::MissingNamespace(_) | Problem::MissingObject { kind: "StorageClass", .. }
    )
}

#[test]
fn defaults_come_out_byte_for_byte() {
    for namespace in [None, Some("default".to_owned()), Some(String::new())] {
        let options = ExportOptions { namespace, replicas: Some(3), ..Default::default() };
        let files = export(&defaults(), &options).expect("the options are good");
        let shown: Vec<(&str, &str)> =
            files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
        assert_eq!(shown, DEFAULT_FILES);
        assert!(files.iter().all(|file| file.changed.is_empty()));
    }
}

#[test]
fn one_file_holds_all_objects_in_order() {
    let options = ExportOptions { namespace: Some("db".into()), ..Default::default() };
    let files = export(&defaults(), &options).expect("the options are good");
    let whole = one_yaml(&files);
    let kinds: Vec<String> = back(std::slice::from_ref(&whole))
        .loaded()
        .iter()
        .map(|one| format!("{} {}", one.kind(), one.value["metadata"]["namespace"]))
        .collect();
    assert_eq!(
        kinds,
        [
            "Namespace null",
            "ConfigMap \"db\"",
            "Service \"db\"",
            "Service \"db\"",
            "StatefulSet \"db\""
        ]
    );
    for range in &whole.changed[1..] {
        assert_eq!(&whole.text[range.clone()], "namespace: db");
    }
}

#[test]
fn wrong_options_are_named() {
    let wrong = ExportOptions {
        replicas: Some(0),
        namespace: Some("My_NS".into()),
        storage: Some("0Gi".into()),
        storage_class: Some("a b".into()),
        mysql_image: Some("mysql: 5.7".into()),
        xtrabackup_image: Some(String::new()),
        lang: None,
    };
    let problems = export(&defaults(), &wrong).expect_err("every option is wrong");
    let flags: Vec<&str> = problems.iter().map(|problem| problem.option.flag()).collect();
    assert_eq!(
        flags,
        ["replicas", "namespace", "storage", "storage-class", "mysql-image", "xtrabackup-image"]
    );
}

#[test]
fn comments_of_one_language_are_left() {
    let count = |files: &[ExportedFile], chinese: bool| {
        let lines = files.iter().flat_map(|file| file.text.lines());
        lines
            .filter(|line| line.trim_start().starts_with('#'))
            .filter(|line| line.chars().any(|c| c > '\u{2e80}') == chinese)
            .count()
    };
    let with = |lang| {
        let options = ExportOptions { lang, ..Default::default() };
        export(&defaults(), &options).expect("the options are good")
    };
    let (both, en, zh) = (with(None), with(Some(CommentLang::En)), with(Some(CommentLang::Zh)));
    assert_eq!((count(&en, false), count(&en, true)), (count(&both, false), 0));
    assert_eq!((count(&zh, false), count(&zh, true)), (0, count(&both, true)));
    let scripts = |files: &[ExportedFile]| -> Vec<String> {
        let code = |text: &str| {
            let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
            lines.collect::<Vec<&str>>().join("\n")
        };
        back(files).scripts().iter().map(|script| code(&script.text)).collect()
    };
    assert_eq!(scripts(&en), scripts(&both));
    assert_eq!(scripts(&zh), scripts(&both));
}

#[test]
fn archives_of_equal_files_are_equal_and_can_be_read() {
    let files = kustomize(&export(&defaults(), &ExportOptions::default()).expect("good"));
    let bytes = zip(&files);
    assert_eq!(bytes, zip(&files));
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    assert_eq!(archive.len(), 4);
    for (index, file) in files.iter().enumerate() {
        let entry = archive.by_index(index).expect("it has so many");
        assert_eq!(entry.name(), file.name);
        let text = std::io::read_to_string(entry).expect("it holds text");
        assert_eq!(text, file.text);
    }
}

#[test]
fn commands_name_what_the_manifests_name() {
    let options = ExportOptions { namespace: Some("db".into()), ..Default::default() };
    let all = commands(&defaults(), &options, ExportFormat::Kustomize);
    let texts: Vec<&str> = all.iter().map(|command| command.text.as_str()).collect();
    assert_eq!(texts[0], "kubectl apply -k mysql/");
    assert_eq!(texts[1], "kubectl get pods -n db -l app=mysql --watch");
    assert!(texts[2].contains("-- mysql -h mysql-0.mysql -e"));
    assert!(texts[3].contains("-- mysql -h mysql-read -e"));
    assert_eq!(texts[4], "kubectl scale statefulset mysql -n db --replicas=5");
    assert_eq!(texts[5], "kubectl delete namespace db");
}

#[test]
fn a_namespace_that_yaml_takes_for_something_else_is_quoted() {
    for name in ["on", "y", "no", "true", "null", "1e3", "7"] {
        let options = ExportOptions { namespace: Some(name.into()), ..Default::default() };
        let read = back(&export(&defaults(), &options).expect("good options"));
        assert!(read.find("Namespace", name).is_some(), "{name}");
    }
}

/// A value of a field, read back.
fn at<'a>(manifests: &'a Manifests, path: &str) -> &'a Value {
    let set = manifests.find("StatefulSet", "mysql").expect("it is there");
    let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
    set.value.pointer(&pointer).unwrap_or(&Value::Null)
}

/// Every comment line of a text, in order.
fn comment_lines(files: &[ExportedFile]) -> Vec<String> {
    let lines = files.iter().flat_map(|file| file.text.lines());
    lines.map(|l| l.trim().to_owned()).filter(|line| line.starts_with('#')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_options_are_read_back_and_comments_stay(
        replicas in prop::option::of(1_u32..10),
        namespace in prop::option::of("[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?"),
        storage in prop::option::of("[1-9][0-9]{0,2}(Mi|Gi|Ti|G|M)"),
        class in prop::option::of("[a-z0-9]{1,8}(-[a-z0-9]{1,4})?"),
        mysql in prop::option::of("(reg[.]io/)?mysql:[0-9.]{1,5}[0-9]"),
        backup in prop::option::of("(reg[.]io/a/)?xtrabackup:[0-9]{1,2}"),
        crlf in any::<bool>(),
    ) {
        let mut sources = default_files();
        if crlf {
            for (_, text) in &mut sources {
                *text = text.replace('\n', "\r\n");
            }
        }
        let (manifests, _) = Manifests::read(sources);
        let before = export(&manifests, &ExportOptions::default()).expect("good options");
        let options = ExportOptions {
            replicas,
            namespace: namespace.clone(),
            storage: storage.clone(),
            storage_class: class.clone(),
            mysql_image: mysql.clone(),
            xtrabackup_image: backup.clone(),
            lang: None,
        };
        let files = export(&manifests, &options).expect("good options");
        prop_assert_eq!(comment_lines(&files), comment_lines(&before));
        let read = back(&files);
        let template = "spec.template.spec";
        let claim = "spec.volumeClaimTemplates[0].spec";
        let text = |value: Option<String>, default: &str| {
            Value::from(value.unwrap_or_else(|| default.to_owned()))
        };
        let mysql = text(mysql, "mysql:5.7-debian");
        let backup = text(backup, "ist0ne/xtrabackup:1.0");
        prop_assert_eq!(at(&read, "spec.replicas"), &Value::from(replicas.unwrap_or(3)));
        prop_assert_eq!(at(&read, &format!("{template}.initContainers[0].image")), &mysql);
        prop_assert_eq!(at(&read, &format!("{template}.initContainers[1].image")), &backup);
        prop_assert_eq!(at(&read, &format!("{template}.containers[0].image")), &mysql);
        prop_assert_eq!(at(&read, &format!("{template}.containers[1].image")), &backup);
        prop_assert_eq!(
            at(&read, &format!("{claim}.resources.requests.storage")), &text(storage, "2Gi")
        );
        prop_assert_eq!(
            at(&read, &format!("{claim}.storageClassName")),
            &class.map_or(Value::Null, Value::from)
        );
        prop_assert_eq!(
            at(&read, "metadata.namespace"),
            &namespace.filter(|name| name != "default").map_or(Value::Null, Value::from)
        );
        for file in &files {
            for range in &file.changed {
                prop_assert!(file.text.get(range.clone()).is_some());
            }
        }
    }
}

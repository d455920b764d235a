//! What people paste, and what is said of it.

use proptest::prelude::*;

use super::edit::NewValue;
use super::export::{ExportOptions, default_files, export};
use super::{Manifests, Problem, Severity};

/// Each diagnostic as `line:column severity: what`.
fn said(text: &str) -> Vec<String> {
    let (manifests, diagnostics) = Manifests::read(vec![("a.yaml".into(), text.into())]);
    let file = manifests.files().iter().next().expect("one file").1;
    diagnostics
        .iter()
        .map(|one| {
            let what = match &one.problem {
                Problem::Syntax(_) => "syntax".to_owned(),
                Problem::NoMatch { kind, api_version, served_as, .. } => {
                    format!("{kind} {api_version} {served_as:?}")
                }
                Problem::Mistyped { path, .. } => format!("mistyped {path}"),
                Problem::UnknownField { path, near, .. } => format!("unknown {path} {near:?}"),
                Problem::Refused { path, detail, .. } => format!("{path}: {detail}"),
                Problem::MissingObject { kind, name } => format!("missing {kind} {name}"),
                Problem::FieldNotModelled(path) => format!("ignored {path}"),
                other => format!("{other:?}"),
            };
            let severity = match one.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            format!("{} {severity}: {what}", file.line_column(one.span.start))
        })
        .collect()
}

/// The default StatefulSet with a piece of text in the place of another.
fn set(from: &str, to: &str) -> String {
    let text = default_files()[2].1.clone();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn what_people_paste_is_answered_at_its_place() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n";
    let rows: [(String, &[&str]); 12] = [
        (
            set("apps/v1", "apps/v1beta1"),
            &["3:13 error: StatefulSet apps/v1beta1 Some(\"apps/v1\")"],
        ),
        (set("replicas: 3", "replicas: three"), &["13:13 error: mistyped spec.replicas"]),
        (
            set("  replicas: 3", "  replica: 3"),
            &["13:3 error: unknown spec.replica Some(\"replicas\")"],
        ),
        (
            set("replicas: 3", "replicas: -1"),
            &["13:13 error: spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
        ),
        (
            set("replicas: 3", "replicas: 2000"),
            &["13:13 error: TooManyReplicas { replicas: 2000, replicas_max: 1000 }"],
        ),
        (set("  replicas: 3", "\treplicas: 3"), &["13:1 error: Tab { continues: true }"]),
        (
            format!("{service}  type: NodePort\n  ports:\n  - port: 1\n    nodePort: 3306\n"),
            &["8:15 error: spec.ports[0].nodePort: Invalid value: 3306: provided port is not in \
               the valid range. The range of valid ports is 30000-32767"],
        ),
        ("kind: Service\nmetadata: {name: a}\n".into(), &["1:1 error: NotSet([\"apiVersion\"])"]),
        ("a: [1\nb: 2\n".into(), &["2:2 error: syntax"]),
        ("# nothing\n---\n".into(), &["1:1 error: NoObjects"]),
        ("- a\n- b\n".into(), &["1:1 error: NotAnObject"]),
        (
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n".into(),
            &["2:7 warning: NoStatefulSet", "2:7 note: KindNotModelled(\"ServiceAccount\")"],
        ),
    ];
    for (text, want) in rows {
        assert_eq!(said(&text), want);
        let crlf = said(&text.replace('\n', "\r\n"));
        assert_eq!(crlf.len(), want.len(), "with CRLF: {crlf:?}");
    }
}

#[test]
fn names_of_objects_that_are_not_there_are_pointed_at() {
    assert_eq!(
        said(&default_files()[2].1),
        ["12:16 warning: missing Service mysql", "180:17 warning: missing ConfigMap mysql"]
    );
}

#[test]
fn what_stands_in_another_namespace_is_not_found() {
    let files = default_files();
    let (config, service) = (&files[0].1, &files[1].1);
    let in_prod = |text: &str| {
        text.replace(
            "metadata:\n  name: mysql\n",
            "metadata:\n  \
        namespace: prod\n  name: mysql\n",
        )
    };
    let set = in_prod(&set("  accessModes", "  storageClassName: fast\n      accessModes"));
    let made = "apiVersion: v1\nkind: Namespace\nmetadata: {name: prod}\n";
    let class = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\n\
                 provisioner: a.b/c\n";
    let volume = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec:\n  \
                  storageClassName: fast\n  capacity: {storage: 2Gi}\n  accessModes: \
                  [ReadWriteOnce]\n  hostPath: {path: /v}\n";
    let rows: [(&[&str], &[&str]); 4] = [
        (&[made, class, config, service, &set], &["Service mysql", "ConfigMap mysql"]),
        (&[made, volume, &in_prod(config), &in_prod(service), &set], &[]),
        (&[made, &in_prod(config), &in_prod(service), &set], &["StorageClass fast"]),
        (
            &[class, &in_prod(config), &in_prod(service), made, &set],
            &["namespace prod", "namespace prod"],
        ),
    ];
    for (documents, want) in rows {
        let text = documents.join("---\n");
        let (_, diagnostics) = Manifests::read(vec![("a.yaml".into(), text.clone())]);
        let missing: Vec<String> = diagnostics
            .iter()
            .filter(|one| one.severity == Severity::Warning)
            .map(|one| match &one.problem {
                Problem::MissingObject { kind, name } => format!("{kind} {name}"),
                Problem::MissingNamespace(name) => format!("namespace {name}"),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(missing, want, "{text}");
    }
}

#[test]
fn a_mount_without_a_volume_is_refused_at_the_mount() {
    let text =
        set("- name: conf\n          mountPath: /mnt", "- name: con\n          mountPath: /mnt");
    let line = text.lines().position(|line| line.trim() == "- name: con").expect("it is there") + 1;
    let want = format!(
        "{line}:17 error: spec.template.spec.initContainers[0].volumeMounts[0].name: Not found: \
         \"con\""
    );
    assert_eq!(said(&text), [want]);
}

#[test]
fn bash_that_is_not_honoured_is_located_in_its_line() {
    let text = set("ordinal=${BASH_REMATCH[1]}\n", "coproc cat # 主库\n");
    let line = text.lines().position(|line| line.contains("coproc")).expect("it is there") + 1;
    let want = format!("{line}:11 error: Script(Syntax(\"coproc\"))");
    assert!(said(&text).contains(&want), "{:?}", said(&text));
}

#[test]
fn fields_without_effect_are_listed() {
    let text = set("      volumes:\n", "      securityContext: {sysctls: []}\n      volumes:\n");
    let said = said(&text);
    let note = said.iter().find(|one| one.contains("note")).expect("one is listed");
    assert!(
        note.ends_with(":25 note: ignored spec.template.spec.securityContext.sysctls"),
        "{note}"
    );
}

#[test]
fn kubectls_own_words_go_with_its_refusals() {
    let text = set("apps/v1", "apps/v1beta1");
    let (_, diagnostics) = Manifests::read(vec![("sts.yaml".into(), text)]);
    assert_eq!(
        diagnostics[0].problem.kubectl("sts.yaml", 3).as_deref(),
        Some(
            "error: resource mapping not found for name: \"mysql\" namespace: \"\" from \
             \"sts.yaml\": no matches for kind \"StatefulSet\" in version \"apps/v1beta1\"\n\
             ensure CRDs are installed first"
        )
    );
}

#[test]
fn a_list_is_taken_apart_and_bounds_hold() {
    let one = "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n";
    let list = format!("apiVersion: v1\nkind: List\nitems:\n{}", one.repeat(2));
    let (manifests, diagnostics) = Manifests::read(vec![("l.yaml".into(), list)]);
    assert_eq!(manifests.loaded().len(), 2);
    let again = |one: &&super::Diagnostic| matches!(one.problem, Problem::DuplicateObject { .. });
    assert_eq!(diagnostics.iter().filter(again).count(), 1);

    let many: String = (0..70)
        .map(|n| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{n}}}\n---\n"))
        .collect();
    let (manifests, diagnostics) = Manifests::read(vec![("m.yaml".into(), many)]);
    assert_eq!(manifests.loaded().len(), 64);
    assert!(diagnostics.iter().any(|one| matches!(one.problem, Problem::TooManyObjects { .. })));

    let (_, diagnostics) = Manifests::read(vec![("big.yaml".into(), "#".repeat(1024 * 1024 + 1))]);
    assert!(matches!(diagnostics[0].problem, Problem::FilesTooLarge { .. }));
}

#[test]
fn fields_are_located_by_the_names_the_model_uses() {
    let (manifests, _) = Manifests::read(default_files());
    let text = |path: &str| {
        let span = manifests.locate("StatefulSet", "mysql", path).expect(path);
        manifests.files().text(span)
    };
    assert_eq!(text("spec.replicas"), "replicas: 3");
    assert_eq!(text("spec.template.spec.containers[0].image"), "image: mysql:5.7-debian");
    assert_eq!(text("spec.podManagementPolicy"), "spec");
    assert!(text("").starts_with("apiVersion: apps/v1") && text("").ends_with("storage: 2Gi"));
    assert!(text("spec.template.spec.containers[1].command[2]").contains("ncat --listen"));
    assert_eq!(manifests.locate("StatefulSet", "other", "spec"), None);
    let data = manifests.locate("ConfigMap", "mysql", "data[primary.cnf]").expect("it is there");
    assert!(manifests.files().text(data).ends_with("log-bin"));
}

#[test]
fn one_field_is_edited_and_all_else_stays() {
    let (manifests, _) = Manifests::read(default_files());
    let value = NewValue::typed("mysql:5.7.44");
    let path = "spec.template.spec.containers[0].image";
    let files = manifests.edited("StatefulSet", "mysql", path, &value).expect("it is there");
    let mut want = default_files();
    let at = want[2].1.rfind("mysql:5.7-debian").expect("it is there");
    want[2].1.replace_range(at..at + "mysql:5.7-debian".len(), "mysql:5.7.44");
    assert_eq!(files, want);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// A file cut and patched at random: it is read, judged and exported without a panic.
    #[test]
    fn any_text_is_judged_without_a_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40), 1..4),
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "", "\t", "- ", ": ", "{", "]", "|", "\"", "\n", "  ", "null", "-1", "*a", "&a ",
                "[]", "~", "主", "\r\n", "---\n", "1e99", "kind: List\n", "spec:\n",
            ]),
            4,
        ),
        which in 0_usize..3,
    ) {
        let mut files = default_files();
        for ((at, length), piece) in cuts.iter().zip(&pieces) {
            let mut characters: Vec<char> = files[which].1.chars().collect();
            let start = at.index(characters.len());
            let end = (start + length).min(characters.len());
            characters.splice(start..end, piece.chars());
            files[which].1 = characters.into_iter().collect();
        }
        let (manifests, diagnostics) = Manifests::read(files);
        for one in &diagnostics {
            let file = manifests.files().get(one.span.file);
            prop_assert!(file.text().get(one.span.range()).is_some());
        }
        let options = ExportOptions {
            replicas: Some(5),
            namespace: Some("db".into()),
            storage: Some("3Gi".into()),
            storage_class: Some("fast".into()),
            ..Default::default()
        };
        export(&manifests, &options).expect("the options are good");
    }
}

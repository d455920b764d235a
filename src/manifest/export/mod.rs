//! Manifests with a few options changed, ready to be kept and applied.
//!
//! Options are text edits at their place, so that comments stay and defaults give every file byte
//! for byte.

mod archive;
mod comments;
mod options;
mod plan;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use archive::zip;
pub use comments::CommentLang;
pub use options::{ExportOptions, OptionName, OptionProblem};
pub use plan::{Command, Purpose, commands};

use super::edit::{NewValue, TextEdit, apply, scalar, set};
use super::read::{Loaded, Manifests};
use crate::span::FileId;
use crate::span::yaml::Path;

/// The manifests the app teaches, in the order in which kubectl takes a folder's files.
pub const DEFAULT_FILES: [(&str, &str); 3] = [
    ("configmap.yaml", include_str!("../../../manifests/configmap.yaml")),
    ("services.yaml", include_str!("../../../manifests/services.yaml")),
    ("statefulset.yaml", include_str!("../../../manifests/statefulset.yaml")),
];

/// In which form manifests are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ExportFormat {
    /// All objects in one file.
    #[default]
    Yaml,
    /// An archive of the files.
    Zip,
    /// The files and a `kustomization.yaml`.
    Kustomize,
}

/// One file as exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportedFile {
    /// Its name, without folders.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Which bytes of the text differ from what it was made from.
    pub changed: Vec<Range<usize>>,
}

/// The default manifests, as files to read.
pub fn default_files() -> Vec<(String, String)> {
    DEFAULT_FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// The files of `manifests` with the options changed. Options that ask for what is written already
/// change nothing.
///
/// # Errors
/// What is wrong with the options.
pub fn export(
    manifests: &Manifests,
    options: &ExportOptions,
) -> Result<Vec<ExportedFile>, Vec<OptionProblem>> {
    let problems = options.problems();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut edits = field_edits(manifests, options);
    for (id, file) in manifests.files().iter() {
        if let Some(lang) = options.lang {
            edits.extend(comments::without_others(id, file.text(), lang));
        }
    }
    let mut files = Vec::new();
    if let Some(namespace) = options.new_namespace() {
        let there = manifests.find("Namespace", namespace).is_some();
        files.extend((!there).then(|| namespace_file(namespace)));
    }
    for (id, file) in manifests.files().iter() {
        let own: Vec<TextEdit> =
            edits.iter().filter(|edit| edit.span.file == id).cloned().collect();
        let (text, changed) = apply(file.text(), &own);
        files.push(ExportedFile { name: file_name(file.name(), id), text, changed });
    }
    Ok(files)
}

/// The last part of a path; a made-up name for what came in without one.
fn file_name(name: &str, id: FileId) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    if last.ends_with(".yaml") || last.ends_with(".yml") {
        return last.to_owned();
    }
    format!("manifest-{}.yaml", id.0 + 1)
}

/// kubectl takes a folder's files in the order of their names, and the namespace must come first.
fn namespace_file(namespace: &str) -> ExportedFile {
    let name = scalar(namespace);
    let text = format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {name}\n");
    let changed = std::iter::once(0..text.len()).collect();
    ExportedFile { name: "00-namespace.yaml".to_owned(), text, changed }
}

/// All objects in one text, one document each. With one file, that file as it is.
pub fn one_yaml(files: &[ExportedFile]) -> ExportedFile {
    let mut whole =
        ExportedFile { name: "mysql.yaml".into(), text: String::new(), changed: Vec::new() };
    for file in files {
        if !whole.text.is_empty() {
            if !whole.text.ends_with('\n') {
                whole.text.push('\n');
            }
            whole.text.push_str("---\n");
        }
        let start = whole.text.len();
        let body = file.text.strip_prefix("---\n").filter(|_| start > 0).unwrap_or(&file.text);
        let cut = file.text.len() - body.len();
        whole.text.push_str(body);
        let moved = file.changed.iter().filter(|range| range.start >= cut);
        whole.changed.extend(moved.map(|r| r.start - cut + start..r.end - cut + start));
    }
    whole
}

/// The files with a `kustomization.yaml` that lists them.
pub fn kustomize(files: &[ExportedFile]) -> Vec<ExportedFile> {
    let mut text = String::from(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n",
    );
    for file in files {
        text.push_str(&format!("- {}\n", file.name));
    }
    let mut all = files.to_vec();
    all.push(ExportedFile { name: "kustomization.yaml".into(), text, changed: Vec::new() });
    all
}

fn field_edits(manifests: &Manifests, options: &ExportOptions) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    for loaded in manifests.loaded() {
        let mut change = Change { manifests, loaded, edits: &mut edits };
        if let Some(namespace) = options.new_namespace() {
            change.namespace(namespace);
        }
        if loaded.kind() == "StatefulSet" {
            change.set(options, loaded);
        }
    }
    edits
}

/// The edits of one object.
struct Change<'a> {
    manifests: &'a Manifests,
    loaded: &'a Loaded,
    edits: &'a mut Vec<TextEdit>,
}

impl Change<'_> {
    fn namespace(&mut self, namespace: &str) {
        if self.loaded.namespaced() {
            self.field("metadata.namespace", NewValue::Text(namespace.to_owned()), Some("name"));
        }
    }

    fn set(&mut self, options: &ExportOptions, loaded: &Loaded) {
        if let Some(replicas) = options.replicas {
            let after = Some("serviceName");
            self.field("spec.replicas", NewValue::Number(i64::from(replicas)), after);
        }
        let spec = &loaded.value["spec"];
        let claims = spec["volumeClaimTemplates"].as_array().map_or(0, Vec::len);
        for index in 0..claims {
            let at = format!("spec.volumeClaimTemplates[{index}].spec");
            if let Some(storage) = &options.storage {
                let path = format!("{at}.resources.requests.storage");
                self.field(&path, NewValue::Text(storage.clone()), None);
            }
            if let Some(class) = &options.storage_class {
                let path = format!("{at}.storageClassName");
                self.field(&path, NewValue::Text(class.clone()), Some("accessModes"));
            }
        }
        for list in ["initContainers", "containers"] {
            let containers = spec["template"]["spec"][list].as_array();
            for (index, one) in containers.into_iter().flatten().enumerate() {
                let image = one["image"].as_str().unwrap_or_default();
                let wanted = match ImageRole::of(image) {
                    Some(ImageRole::Mysql) => &options.mysql_image,
                    Some(ImageRole::Xtrabackup) => &options.xtrabackup_image,
                    None => &None,
                };
                if let Some(wanted) = wanted {
                    let path = format!("spec.template.spec.{list}[{index}].image");
                    self.field(&path, NewValue::Text(wanted.clone()), None);
                }
            }
        }
    }

    /// Edits a field, unless it says that already. One that cannot be edited in place stays.
    fn field(&mut self, path: &str, value: NewValue, after: Option<&str>) {
        let path = Path::parse(path);
        let wanted = match &value {
            NewValue::Number(number) => serde_json::Value::from(*number),
            NewValue::Text(text) => serde_json::Value::from(text.as_str()),
        };
        let root = &self.loaded.root;
        if root.find(&path).is_some_and(|found| found.node.to_json() == wanted) {
            return;
        }
        let source = self.manifests.files().get(root.span.file).text();
        self.edits.extend(set(root, source, &path, &value, after).ok());
    }
}

/// What an image is for, told by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ImageRole {
    Mysql,
    Xtrabackup,
}

impl ImageRole {
    fn of(image: &str) -> Option<ImageRole> {
        let last = image.rsplit('/').next().unwrap_or(image);
        let name = last.split([':', '@']).next().unwrap_or(last);
        if name.contains("backup") {
            return Some(ImageRole::Xtrabackup);
        }
        let server = ["mysql", "mariadb", "percona"].iter().any(|one| name.contains(one));
        server.then_some(ImageRole::Mysql)
    }
}

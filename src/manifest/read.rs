//! Files → objects and what is to be said about them.

use serde_json::Value;

use super::decode::decode;
use super::diagnostic::{Diagnostic, Problem};
use super::modelled::without_effect;
use super::object::{KINDS, Object};
use super::reference::{FIRST_NAMESPACES, Reference, STANDARD_CLASS, references};
use super::schema::{Served, served, serving};
use super::script::{ScriptRef, scripts_of};
use super::validate;
use crate::base::limit::{MANIFEST_BYTES_MAX, OBJECTS_MAX, REPLICAS_MAX, SCRIPT_BYTES_MAX};
use crate::span::yaml::{self, Node, Path, TextMap, TroubleKind};
use crate::span::{FileId, Files, Span};

/// A set of files and the objects in them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Manifests {
    files: Files,
    loaded: Vec<Loaded>,
}

/// One object and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loaded {
    /// Its tree, with places.
    pub root: Node,
    /// Its tree, as kubectl would send it.
    pub value: Value,
    /// The object; none if the API server would refuse it.
    pub object: Option<Object>,
}

impl Loaded {
    /// `kind`.
    pub fn kind(&self) -> &str {
        self.value["kind"].as_str().unwrap_or_default()
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.value["metadata"]["name"].as_str().unwrap_or_default()
    }

    /// Whether objects of its kind stand in a namespace, as far as the model knows the kind.
    pub fn namespaced(&self) -> bool {
        KINDS.iter().all(|info| info.kind != self.kind() || info.namespaced)
    }

    fn is(&self, kind: &str, name: &str) -> bool {
        self.kind() == kind && self.name() == name
    }

    /// Its namespace; where none is written, the one `kubectl apply` takes by itself.
    pub fn namespace(&self) -> &str {
        self.value["metadata"]["namespace"].as_str().unwrap_or("default")
    }

    /// The place to point at for a field, or for what is nearest to one that is not there.
    fn point(&self, path: &str) -> Span {
        self.root.nearest(&Path::parse(path)).point()
    }
}

impl Manifests {
    /// Reads files. Objects are given even where others are wrong; `Diagnostic`s are in the order
    /// of their places.
    pub fn read(files: Vec<(String, String)>) -> (Manifests, Vec<Diagnostic>) {
        let mut reader = Reader::default();
        reader.take(files);
        let Reader { mut manifests, mut diagnostics } = reader;
        manifests.loaded.truncate(OBJECTS_MAX);
        diagnostics.extend(super::bash::problems(&manifests));
        diagnostics.sort();
        diagnostics.dedup();
        (manifests, diagnostics)
    }

    /// The files, as given.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Everything that is an object, refused ones too, in the order written.
    pub fn loaded(&self) -> &[Loaded] {
        &self.loaded
    }

    /// The objects the API server takes, in the order written.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.loaded.iter().filter_map(|one| one.object.as_ref())
    }

    /// One object, by kind and name.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Loaded> {
        self.loaded.iter().find(|one| one.is(kind, name))
    }

    /// Where a field stands, its key and its value together; with an empty path, the whole object.
    /// Where the field itself is not written (its default counts), the key of what would hold it.
    pub fn locate(&self, kind: &str, object: &str, path: &str) -> Option<Span> {
        let loaded = self.find(kind, object)?;
        let path = Path::parse(path);
        let found = loaded.root.nearest(&path);
        match path.0.len() - found.depth {
            0 => Some(found.span()),
            1 if found.depth > 0 => Some(found.point()),
            _ => None,
        }
    }

    /// Every command of a container, a probe or a hook that is a shell script.
    pub fn scripts(&self) -> Vec<ScriptRef> {
        self.loaded.iter().flat_map(|one| scripts_of(&one.value)).collect()
    }

    /// The places of bytes `start..end` of a container's script, one span for each line. `argument`
    /// counts through the container's `command` and then its `args`.
    pub fn locate_script(
        &self,
        kind: &str,
        object: &str,
        container: &str,
        argument: u32,
        start: u32,
        end: u32,
    ) -> Vec<Span> {
        let map = self.script_map(kind, object, container, argument);
        map.map_or(Vec::new(), |map| map.spans(start, end))
    }

    /// From a script's bytes to its file's.
    pub fn script_map(
        &self,
        kind: &str,
        object: &str,
        container: &str,
        argument: u32,
    ) -> Option<TextMap> {
        let loaded = self.find(kind, object)?;
        let node = argument_node(&loaded.root, container, argument)?;
        TextMap::of(node, self.files.get(node.span.file).text())
    }
}

/// The node of one argument of a container's `command` and `args`.
fn argument_node<'a>(root: &'a Node, container: &str, argument: u32) -> Option<&'a Node> {
    let spec = root.get("spec")?;
    let pod = spec.get("template").map_or(Some(spec), |template| template.get("spec"))?;
    let containers = ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| pod.get(list).map_or(&[][..], Node::items));
    let one = containers
        .into_iter()
        .find(|one| one.get("name").and_then(Node::text) == Some(container))?;
    let list = |key| one.get(key).map_or(&[][..], Node::items);
    list("command").iter().chain(list("args")).nth(argument as usize)
}

#[derive(Default)]
struct Reader {
    manifests: Manifests,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn take(&mut self, files: Vec<(String, String)>) {
        let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
        for (name, text) in files {
            let file = self.manifests.files.add(name, text);
            if bytes <= MANIFEST_BYTES_MAX {
                self.file(file);
            }
        }
        let nowhere = Span::default();
        if bytes > MANIFEST_BYTES_MAX {
            let (bytes, bytes_max) = (bytes as u64, MANIFEST_BYTES_MAX as u64);
            self.say(Problem::FilesTooLarge { bytes, bytes_max }.at(nowhere));
        } else if self.manifests.loaded.is_empty() && self.diagnostics.is_empty() {
            if !self.manifests.files.is_empty() {
                self.say(Problem::NoObjects.at(nowhere));
            }
        } else if self.diagnostics.iter().all(|d| d.severity != super::Severity::Error) {
            self.references();
        }
        if let Some(extra) = self.manifests.loaded.get(OBJECTS_MAX) {
            let objects_max = OBJECTS_MAX as u32;
            let span = extra.point("kind");
            self.say(Problem::TooManyObjects { objects_max }.at(span));
        }
    }

    fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn file(&mut self, file: FileId) {
        let stream = yaml::read(file, self.manifests.files.get(file).text());
        for trouble in stream.troubles {
            let problem = match trouble.kind {
                TroubleKind::Syntax(said) => Problem::Syntax(said),
                TroubleKind::Tab { continues } => Problem::Tab { continues },
                TroubleKind::DuplicateKey(key) => Problem::DuplicateKey(key),
                TroubleKind::TooLarge => Problem::TooManyNodes,
            };
            self.say(problem.at(trouble.span));
        }
        for document in stream.documents {
            self.document(document.root);
        }
    }

    fn document(&mut self, root: Node) {
        if root.is_null() {
            return;
        }
        // `kubectl apply` takes the items of a List one by one.
        if root.get("kind").and_then(Node::text) == Some("List") {
            for item in root.get("items").map_or(&[][..], Node::items) {
                self.object(item.clone());
            }
            return;
        }
        self.object(root);
    }

    fn object(&mut self, root: Node) {
        let value = root.to_json();
        if !value.is_object() {
            return self.say(Problem::NotAnObject.at(root.span));
        }
        let said = self.diagnostics.len();
        let mut loaded = Loaded { root, value, object: None };
        self.check(&loaded);
        let refused = self.diagnostics[said..].iter().any(|d| d.severity == super::Severity::Error);
        if !refused {
            loaded.object = Object::from_value(&loaded.value).ok();
        }
        let (kind, name) = (loaded.kind().to_owned(), loaded.name().to_owned());
        let mut same = self.manifests.loaded.iter().filter(|one| one.is(&kind, &name));
        if !name.is_empty() && same.any(|one| one.namespace() == loaded.namespace()) {
            let span = loaded.point("metadata.name");
            self.say(Problem::DuplicateObject { kind, name }.at(span));
        }
        self.manifests.loaded.push(loaded);
    }

    fn check(&mut self, loaded: &Loaded) {
        let text = |field: &str| loaded.value[field].as_str().unwrap_or_default().to_owned();
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        let missing: Vec<&'static str> = [("apiVersion", &api_version), ("kind", &kind)]
            .into_iter()
            .filter(|(_, value)| value.is_empty())
            .map(|(field, _)| field)
            .collect();
        if !missing.is_empty() {
            let start = Span { end: loaded.root.span.start, ..loaded.root.span };
            return self.say(Problem::NotSet(missing).at(start));
        }
        match served(&api_version, &kind) {
            Served::Modelled => self.modelled(loaded, &kind, &api_version),
            Served::Accepted => {
                self.say(Problem::KindNotModelled(kind).at(loaded.point("kind")));
            }
            Served::Unknown => {
                let meta = |field: &str| {
                    loaded.value["metadata"][field].as_str().unwrap_or_default().to_owned()
                };
                let served_as = serving(&kind);
                let (name, namespace) = (meta("name"), meta("namespace"));
                let problem = Problem::NoMatch { kind, api_version, served_as, name, namespace };
                self.say(problem.at(loaded.point("apiVersion")));
            }
        }
    }

    fn modelled(&mut self, loaded: &Loaded, kind: &str, api_version: &str) {
        let Some(info) = KINDS.iter().find(|one| one.kind == kind) else { return };
        let decoded = decode(info.kind, &loaded.value);
        let refusal = decoded.refusal(kind, api_version);
        if let (Some(mistyped), Some(said)) = (&decoded.mistyped, &refusal) {
            let problem = Problem::Mistyped { path: mistyped.path.clone(), said: said.clone() };
            return self.say(problem.at(loaded.point(&mistyped.path)));
        }
        for unknown in &decoded.unknown {
            let problem = Problem::UnknownField {
                path: unknown.path.clone(),
                near: unknown.near,
                said: refusal.clone().unwrap_or_default(),
            };
            let found = loaded.root.nearest(&Path::parse(&unknown.path));
            let span = found.entry.map_or(found.node.span, |entry| entry.key.span);
            self.say(problem.at(span));
        }
        if decoded.unknown.is_empty() {
            self.verdict(loaded);
            self.bounds(loaded);
        }
        for path in without_effect(info.kind, &loaded.value) {
            let found = loaded.root.nearest(&Path::parse(&path));
            let span = found.entry.map_or(found.node.span, |entry| entry.key.span);
            self.say(Problem::FieldNotModelled(path).at(span));
        }
    }

    fn verdict(&mut self, loaded: &Loaded) {
        let errors = validate::create(&loaded.value);
        let said = validate::kubectl_message(loaded.kind(), loaded.name(), &errors);
        for error in &errors {
            let problem = Problem::Refused {
                path: error.path.clone(),
                detail: error.detail(),
                said: said.clone(),
            };
            self.say(problem.at(loaded.point(error.place())));
        }
    }

    fn bounds(&mut self, loaded: &Loaded) {
        let replicas = loaded.value["spec"]["replicas"].as_i64().unwrap_or(0);
        if replicas > i64::from(REPLICAS_MAX) {
            let problem = Problem::TooManyReplicas { replicas, replicas_max: REPLICAS_MAX };
            self.say(problem.at(loaded.point("spec.replicas")));
        }
        for script in scripts_of(&loaded.value) {
            if script.text.len() > SCRIPT_BYTES_MAX {
                let (bytes, bytes_max) = (script.text.len() as u64, SCRIPT_BYTES_MAX as u64);
                let whole = loaded.point(&script.path);
                let first = Span { end: whole.start, ..whole };
                self.say(Problem::ScriptTooLarge { bytes, bytes_max }.at(first));
            }
        }
    }

    /// What the objects name and the files do not hold.
    fn references(&mut self) {
        let Some(first) = self.manifests.loaded.first() else { return };
        if self.manifests.loaded.iter().all(|one| one.kind() != "StatefulSet") {
            let kind = first.point("kind");
            self.say(Problem::NoStatefulSet.at(kind));
        }
        let loaded = &self.manifests.loaded;
        let mut missing = missing_namespaces(loaded);
        for one in loaded {
            for Reference { kind, name, path } in references(&one.value) {
                if !held(loaded, one.namespace(), kind, &name) {
                    missing.push(Problem::MissingObject { kind, name }.at(one.point(&path)));
                }
            }
        }
        self.diagnostics.append(&mut missing);
    }
}

/// Whether an object in `namespace` finds what it names: a cluster would wait for it.
fn held(loaded: &[Loaded], namespace: &str, kind: &str, name: &str) -> bool {
    if kind != "StorageClass" {
        return loaded.iter().any(|one| one.is(kind, name) && one.namespace() == namespace);
    }
    // Volumes made by hand are bound by the class's name; nobody looks for the class itself.
    let by_hand = |one: &Loaded| {
        one.kind() == "PersistentVolume" && one.value["spec"]["storageClassName"] == name
    };
    name == STANDARD_CLASS || loaded.iter().any(|one| one.is(kind, name) || by_hand(one))
}

/// The objects whose namespace nobody has made by the time they are applied.
fn missing_namespaces(loaded: &[Loaded]) -> Vec<Diagnostic> {
    let mut known: Vec<&str> = FIRST_NAMESPACES.to_vec();
    let mut missing = Vec::new();
    for one in loaded {
        if one.kind() == "Namespace" {
            known.push(one.name());
        } else if one.namespaced() && !known.contains(&one.namespace()) {
            let name = one.namespace().to_owned();
            missing.push(Problem::MissingNamespace(name).at(one.point("metadata.namespace")));
        }
    }
    missing
}

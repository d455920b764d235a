//! From options to what the player runs.

use ordinal::manifest::export::{self, ExportOptions, ExportedFile, OptionProblem};
use ordinal::manifest::{Diagnostic, Manifests, Severity};
use ordinal::player::Session;
use ordinal::span::Files;
use ordinal::text::{Lang, diagnostic};

/// What a person may choose about a run. What is chosen here is what runs and what is downloaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Pods, 1 to 9.
    pub replicas: u32,
    /// Empty: the current one.
    pub namespace: String,
    /// Each pod's claim.
    pub storage: String,
    /// Empty: the cluster's default.
    pub class: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            replicas: 3,
            namespace: String::new(),
            storage: "2Gi".to_owned(),
            class: String::new(),
        }
    }
}

/// Something wrong in the manifests, for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// `statefulset.yaml:12:5`.
    pub at: String,
    /// What is wrong, in English and 简体中文.
    pub text: [String; 2],
}

/// The run's chance, the same for everybody.
const SEED: u64 = 1;

impl Options {
    /// As entries of a session file; what is as by default is left out.
    pub fn as_script(&self) -> Vec<(String, String)> {
        let default = Options::default();
        let all = [
            ("replicas", self.replicas.to_string(), default.replicas.to_string()),
            ("namespace", self.namespace.clone(), default.namespace),
            ("storage", self.storage.clone(), default.storage),
            ("storage-class", self.class.clone(), default.class),
        ];
        let changed = all.into_iter().filter(|(_, value, usual)| value != usual);
        changed.map(|(name, value, _)| (name.to_owned(), value)).collect()
    }

    /// Takes an option of a session file.
    pub fn set(&mut self, name: &str, value: &str) {
        match name {
            "replicas" => self.replicas = value.parse().unwrap_or(self.replicas).clamp(1, 9),
            "namespace" => self.namespace = value.to_owned(),
            "storage" => self.storage = value.to_owned(),
            "storage-class" => self.class = value.to_owned(),
            // The page's run has the same chance for everybody.
            _ => {}
        }
    }

    /// As the manifests' owner has them.
    pub fn to_export(&self) -> ExportOptions {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        ExportOptions {
            replicas: Some(self.replicas),
            namespace: some(&self.namespace),
            storage: Some(self.storage.clone()),
            storage_class: some(&self.class),
            ..ExportOptions::default()
        }
    }
}

/// The manifests as written.
pub fn originals() -> Manifests {
    Manifests::read(export::default_files()).0
}

/// The manifests with these options, or what is wrong with the options.
pub fn exported(options: &Options) -> Result<Vec<ExportedFile>, Vec<OptionProblem>> {
    export::export(&originals(), &options.to_export())
}

/// What the player is to run for these options, and what is wrong with it. Options that no manifest
/// could hold count as not said.
pub fn session(options: &Options) -> (Session, Vec<Trouble>) {
    let files = match exported(options) {
        Ok(files) => files.into_iter().map(|file| (file.name, file.text)).collect(),
        Err(_) => export::default_files(),
    };
    let (manifests, diagnostics) = Manifests::read(files.clone());
    let trouble = diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .map(|one| trouble(manifests.files(), one))
        .collect();
    (Session { files, seed: SEED, lesson: true }, trouble)
}

fn trouble(files: &Files, one: &Diagnostic) -> Trouble {
    let text = [Lang::En, Lang::Zh].map(|lang| diagnostic::diagnostic(lang, one).plain());
    Trouble { at: files.show(one.span), text }
}

/// Where an object is declared: the file's index and the line (from 0).
pub fn declared(files: &[(String, String)], kind: &str, name: &str) -> Option<(u32, u32)> {
    let (manifests, _) = Manifests::read(files.to_vec());
    let span = manifests.locate(kind, name, "kind")?;
    let line = manifests.files().get(span.file).line_of(span.start);
    Some((span.file.0, line - 1))
}

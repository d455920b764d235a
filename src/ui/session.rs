//! From options to what the player runs.

use ordinal::manifest::export::{self, ExportOptions, ExportedFile, OptionProblem};
use ordinal::manifest::{Diagnostic, Manifests, Severity};
use ordinal::player::{ScriptEntry, ScriptProblem, Session};
use ordinal::span::Files;
use ordinal::text::ui::words;
use ordinal::text::{Lang, diagnostic, script};

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
    /// Everything that is chance.
    pub seed: u64,
    /// The files that run in place of the tutorial's; empty: none do.
    pub own: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            replicas: 3,
            namespace: String::new(),
            storage: "2Gi".to_owned(),
            class: String::new(),
            seed: 1,
            own: Vec::new(),
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
    /// Whether it keeps anything from running.
    pub is_error: bool,
}

impl Trouble {
    /// A line of a session file that cannot be read.
    pub fn in_session(problem: &ScriptProblem) -> Trouble {
        let text = [Lang::En, Lang::Zh].map(|lang| script::problem(lang, problem));
        // The line's number stands before the words.
        let at = problem.line.to_string();
        let words = text.map(|text| text[at.len()..].trim_start_matches([':', ' ']).to_owned());
        Trouble { at, text: words, is_error: true }
    }

    /// A file that holds no text.
    pub fn not_text(name: &str) -> Trouble {
        let text = [Lang::En, Lang::Zh].map(|lang| words(lang).not_text.to_owned());
        Trouble { at: name.to_owned(), text, is_error: true }
    }

    /// A link whose session is on another device.
    pub fn link_too_long() -> Trouble {
        let text = [Lang::En, Lang::Zh].map(|lang| words(lang).session_elsewhere.to_owned());
        Trouble { at: String::new(), text, is_error: true }
    }
}

impl Options {
    /// As entries of a session file; what is as by default is left out.
    pub fn as_script(&self) -> Vec<ScriptEntry> {
        let default = Options::default();
        let all = [
            ("replicas", self.replicas.to_string(), default.replicas.to_string()),
            ("namespace", self.namespace.clone(), default.namespace),
            ("storage", self.storage.clone(), default.storage),
            ("storage-class", self.class.clone(), default.class),
            ("seed", self.seed.to_string(), default.seed.to_string()),
        ];
        let changed = all.into_iter().filter(|(_, value, usual)| value != usual);
        let sets = changed.map(|(name, value, _)| ScriptEntry::Set(name.to_owned(), value));
        let own = self.own.iter().cloned();
        sets.chain(own.map(|(file, text)| ScriptEntry::Manifest(file, text))).collect()
    }

    /// Takes an option of a session file.
    pub fn set(&mut self, name: &str, value: &str) {
        match name {
            "replicas" => self.replicas = value.parse().unwrap_or(self.replicas).clamp(1, 9),
            "namespace" => self.namespace = value.to_owned(),
            "storage" => self.storage = value.to_owned(),
            "storage-class" => self.class = value.to_owned(),
            "seed" => self.seed = value.parse().unwrap_or(self.seed),
            _ => {}
        }
    }

    /// As the manifests' owner has them.
    pub fn to_export(&self) -> ExportOptions {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        // What the learner's own files say stands where nothing else was chosen.
        let usual = Options::default();
        let is_own = !self.own.is_empty();
        ExportOptions {
            replicas: Some(self.replicas).filter(|it| !is_own || *it != usual.replicas),
            namespace: some(&self.namespace),
            storage: Some(self.storage.clone()).filter(|it| !is_own || *it != usual.storage),
            storage_class: some(&self.class),
            ..ExportOptions::default()
        }
    }
}

/// The manifests as written.
pub fn originals(options: &Options) -> Manifests {
    Manifests::read(base(options)).0
}

fn base(options: &Options) -> Vec<(String, String)> {
    if options.own.is_empty() { export::default_files() } else { options.own.clone() }
}

/// The manifests with these options, or what is wrong with the options.
pub fn exported(options: &Options) -> Result<Vec<ExportedFile>, Vec<OptionProblem>> {
    export::export(&originals(options), &options.to_export())
}

/// What the player is to run for these options, and what is wrong with it. Options that no manifest
/// could hold count as not said.
pub fn session(options: &Options) -> (Session, Vec<Trouble>) {
    let files = match exported(options) {
        Ok(files) => files.into_iter().map(|file| (file.name, file.text)).collect(),
        Err(_) => base(options),
    };
    let trouble = troubles(files.clone(), |one| one == Severity::Error);
    (Session { files, seed: options.seed, lesson: true }, trouble)
}

/// What is wrong with these files, and of this severity.
pub fn troubles(files: Vec<(String, String)>, of: fn(Severity) -> bool) -> Vec<Trouble> {
    let (manifests, diagnostics) = Manifests::read(files);
    let wanted = diagnostics.iter().filter(|one| of(one.severity));
    wanted.map(|one| trouble(manifests.files(), one)).collect()
}

fn trouble(files: &Files, one: &Diagnostic) -> Trouble {
    let text = [Lang::En, Lang::Zh].map(|lang| diagnostic::diagnostic(lang, one).plain());
    let is_error = one.severity == Severity::Error;
    Trouble { at: files.show(one.span), text, is_error }
}

/// Where an object is declared: the file's index and the line (from 0).
pub fn declared(files: &[(String, String)], kind: &str, name: &str) -> Option<(u32, u32)> {
    let (manifests, _) = Manifests::read(files.to_vec());
    let span = manifests.locate(kind, name, "kind")?;
    let line = manifests.files().get(span.file).line_of(span.start);
    Some((span.file.0, line - 1))
}

//! Something wrong in the learner's text, as data. `text::diagnostic` puts it into words.

use crate::sh::ProblemKind;
use crate::span::Span;

/// One thing to say about a place in the learner's files.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub problem: Problem,
}

/// How bad something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A cluster would refuse it, or the model cannot run it. Nothing runs.
    Error,
    /// A cluster would take it, and it would not do what its author wants.
    Warning,
    /// The model takes it and does not act upon it.
    Note,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Problem {
    /// It is not YAML. In the parser's words.
    Syntax(String),
    /// A tab where only spaces may indent.
    Tab {
        /// Whether the line before ends with a value, which this line would go on with.
        continues: bool,
    },
    /// This key stood in this mapping before; the later one counts.
    DuplicateKey(String),
    /// Nested too deeply, or too many nodes.
    TooManyNodes,
    /// More bytes than the bound.
    FilesTooLarge {
        /// How many there are.
        bytes: u64,
        /// How many we take.
        bytes_max: u64,
    },
    /// More objects than the bound.
    TooManyObjects {
        /// How many we take.
        objects_max: u32,
    },
    /// A script of more bytes than the bound.
    ScriptTooLarge {
        /// How many it has.
        bytes: u64,
        /// How many we take.
        bytes_max: u64,
    },
    /// Something in a script that the model does not run.
    Script(ProblemKind),
    /// More replicas than the bound.
    TooManyReplicas {
        /// How many are asked for.
        replicas: i64,
        /// How many we run.
        replicas_max: u32,
    },
    /// No object in any of the files.
    NoObjects,
    /// A document that is not a mapping.
    NotAnObject,
    /// `apiVersion` or `kind` is missing.
    NotSet(Vec<&'static str>),
    /// The API server has no such kind.
    NoMatch {
        /// `kind`.
        kind: String,
        /// `apiVersion`.
        api_version: String,
        /// The version that serves this kind, if there is one.
        served_as: Option<&'static str>,
        /// The object's name.
        name: String,
        /// The object's namespace, or nothing.
        namespace: String,
    },
    /// A field of the wrong type.
    Mistyped {
        /// Its path.
        path: String,
        /// All the API server says.
        said: String,
    },
    /// A field the API does not know.
    UnknownField {
        /// Its path.
        path: String,
        /// The field that was meant, perhaps.
        near: Option<&'static str>,
        /// All the API server says, of all such fields of the object.
        said: String,
    },
    /// The API server refuses the value.
    Refused {
        /// The field's path, as the server gives it.
        path: String,
        /// What the server says of this field, after its path.
        detail: String,
        /// All the API server says.
        said: String,
    },
    /// The same object stands here twice.
    DuplicateObject {
        /// `kind`.
        kind: String,
        /// `metadata.name`.
        name: String,
    },
    /// There is no StatefulSet to run.
    NoStatefulSet,
    /// It names an object that is in none of the files, not in its own namespace.
    MissingObject {
        /// The kind it names.
        kind: &'static str,
        /// The name it names.
        name: String,
    },
    /// Nobody has made its namespace by the time it is applied.
    MissingNamespace(String),
    /// The model does nothing with objects of this kind.
    KindNotModelled(String),
    /// The model does nothing with this field.
    FieldNotModelled(String),
}

impl Problem {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Problem::DuplicateKey(_)
            | Problem::DuplicateObject { .. }
            | Problem::NoStatefulSet
            | Problem::MissingObject { .. }
            | Problem::MissingNamespace(_) => Severity::Warning,
            Problem::KindNotModelled(_) | Problem::FieldNotModelled(_) => Severity::Note,
            _ => Severity::Error,
        }
    }

    /// Whether any cluster would refuse it, and not only the model, or this one as it stands.
    pub fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Problem::Script(_)
                | Problem::ScriptTooLarge { .. }
                | Problem::TooManyReplicas { .. }
                | Problem::TooManyObjects { .. }
                | Problem::FilesTooLarge { .. }
                | Problem::TooManyNodes
        ) && self.severity() == Severity::Error
    }

    /// At a place.
    pub fn at(self, span: Span) -> Diagnostic {
        Diagnostic { span, severity: self.severity(), problem: self }
    }

    /// What kubectl prints, where it is kubectl or the API server that refuses. `file` and `line`
    /// are the place's. Models cmd/util/helpers.go and cli-runtime's resource/visitor.go.
    pub fn kubectl(&self, file: &str, line: u32) -> Option<String> {
        Some(match self {
            Problem::Tab { continues } => {
                let said = match continues {
                    true => "found a tab character that violates indentation",
                    false => "found character that cannot start any token",
                };
                format!(
                    "error: error parsing {file}: error converting YAML to JSON: yaml: line \
                     {line}: \
                     {said}"
                )
            }
            Problem::NotSet(fields) => {
                let said: Vec<String> = fields.iter().map(|f| format!("{f} not set")).collect();
                let said =
                    if said.len() > 1 { format!("[{}]", said.join(", ")) } else { said.concat() };
                format!(
                    "error: error validating \"{file}\": error validating data: {said}; if you \
                     choose \
                     to ignore these errors, turn validation off with --validate=false"
                )
            }
            Problem::NoMatch { kind, api_version, name, namespace, .. } => format!(
                "error: resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" \
                 from \"{file}\": no matches for kind \"{kind}\" in version \"{api_version}\"\n\
                 ensure CRDs are installed first"
            ),
            Problem::Mistyped { said, .. } | Problem::UnknownField { said, .. } => {
                format!("Error from server (BadRequest): error when creating \"{file}\": {said}")
            }
            Problem::Refused { said, .. } => said.clone(),
            _ => return None,
        })
    }
}

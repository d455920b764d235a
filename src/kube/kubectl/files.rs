//! `-f`: files of manifests, and what kubectl says of those it cannot read.

use serde::Deserialize as _;
use serde_json::Value;

use super::yaml::trouble;
use super::{Desk, Failure, Kubectl};
use crate::manifest::object::Object;
use crate::manifest::{Manifests, Problem};

/// What to do about fields that nobody knows. Models `--validate`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Refused,
    Warned,
    Dropped,
}

impl Kubectl {
    fn unknown_fields(&self) -> Result<Unknown, Failure> {
        match self.args.value("validate").unwrap_or("strict") {
            "strict" | "true" => Ok(Unknown::Refused),
            "warn" => Ok(Unknown::Warned),
            "ignore" | "false" => Ok(Unknown::Dropped),
            other => Err(Failure::new(format!(
                "error: invalid - validate option {other:?}; must be one of: strict (or true), \
                 warn, ignore (or false)"
            ))),
        }
    }

    /// The objects of `-f`, and what kubectl says of those that are none.
    pub(super) fn files(&self, desk: &dyn Desk) -> Result<(Vec<Object>, Vec<String>), Failure> {
        let unknown = self.unknown_fields()?;
        let names = self.args.flags.get("filename").cloned().unwrap_or_default();
        let (mut objects, mut said) = (Vec::new(), Vec::new());
        for name in names.iter().flat_map(|names| names.split(',')) {
            let text = desk.file(name).ok_or_else(|| no_file(name))?;
            let shown = if name == "-" { "STDIN" } else { name };
            let (found, complaints) = read(shown, text, unknown);
            objects.extend(found);
            for text in complaints {
                if !said.contains(&text) {
                    said.push(text);
                }
            }
        }
        Ok((objects, said))
    }
}

fn no_file(name: &str) -> Failure {
    let host = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://"));
    Failure::new(match host.map(|rest| rest.split('/').next().unwrap_or(rest)) {
        // There is no way out of the model's network.
        Some(host) => format!("error: Get {name:?}: dial tcp: lookup {host}: no such host"),
        None => format!("error: the path {name:?} does not exist"),
    })
}

fn read(shown: &str, text: String, unknown: Unknown) -> (Vec<Object>, Vec<String>) {
    let (manifests, diagnostics) = Manifests::read(vec![(shown.to_string(), text.clone())]);
    let files = manifests.files();
    let mut said = Vec::new();
    let refusals: Vec<_> = diagnostics.iter().filter(|one| one.problem.is_refusal()).collect();
    let is_unknown = |problem: &Problem| matches!(problem, Problem::UnknownField { .. });
    if unknown != Unknown::Refused
        && !refusals.is_empty()
        && refusals.iter().all(|one| is_unknown(&one.problem))
    {
        for one in refusals.iter().filter(|_| unknown == Unknown::Warned) {
            if let Problem::UnknownField { path, .. } = &one.problem {
                said.push(format!("Warning: unknown field {path:?}"));
            }
        }
        let values = documents(&text).filter_map(Result::ok);
        return (values.filter_map(|value| Object::from_value(&value).ok()).collect(), said);
    }
    for one in refusals {
        let line = files.get(one.span.file).line_of(one.span.start);
        said.extend(match &one.problem {
            Problem::Syntax(_) => documents(&text).find_map(Result::err).map(|error| {
                let why = trouble(&error);
                format!("error: error parsing {shown}: error converting YAML to JSON: {why}")
            }),
            problem => problem.kubectl(shown, line),
        });
    }
    (manifests.objects().cloned().collect(), said)
}

/// The documents of a text as trees; each is read by itself, and counts its own lines.
fn documents(text: &str) -> impl Iterator<Item = Result<Value, serde_yaml::Error>> {
    text.split("\n---").map(|document| {
        Value::deserialize(serde_yaml::Deserializer::from_str(document.trim_start_matches("---")))
    })
}

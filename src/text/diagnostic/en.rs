//! English: what is wrong with the learner's files.

use crate::manifest::{Problem, ScriptProblem};
use crate::text::Phrase;

/// The words for a problem.
pub fn phrase(problem: &Problem) -> Phrase {
    let p = Phrase::new();
    match problem {
        Problem::Syntax(said) => p
            .text("This is not YAML that can be read (")
            .code(said.clone())
            .text("). Check the indentation, quotes and brackets here and on the line above."),
        Problem::Tab { .. } => {
            p.text("A tab indents this line; YAML allows only spaces. Replace the tab with spaces.")
        }
        Problem::DuplicateKey(key) => p
            .text("The key ")
            .code(key.clone())
            .text(" stands in this block before; only the last one counts. Remove one of them."),
        Problem::TooManyNodes => p.text(
            "The file nests too deeply or holds too many values to be read. Make it smaller, or \
             use fewer aliases.",
        ),
        Problem::FilesTooLarge { bytes, bytes_max } => p.text(format!(
            "The files hold {bytes} bytes; at most {bytes_max} are read. Leave out what the \
             cluster \
             does not need.",
        )),
        Problem::TooManyObjects { objects_max } => p.text(format!(
            "There are more than {objects_max} objects; this is the first beyond. Leave some out."
        )),
        Problem::ScriptTooLarge { bytes, bytes_max } => p.text(format!(
            "This script holds {bytes} bytes; at most {bytes_max} are run. Shorten it.",
        )),
        Problem::Script(kind) => script(p, kind),
        Problem::TooManyReplicas { replicas, replicas_max } => p.text(format!(
            "{replicas} replicas are more than the model runs. Ask for at most {replicas_max}.",
        )),
        Problem::NoObjects => {
            p.text("There is no Kubernetes object here. Write at least one, or load the example.")
        }
        Problem::NotAnObject => p
            .text("This document is not an object: it should be a block of keys such as ")
            .code("kind:")
            .text(" and ")
            .code("metadata:")
            .text("."),
        Problem::NotSet(fields) => {
            let p = listed(p.text("This object lacks "), fields, " and ");
            p.text(". Say what it is, for instance ")
                .code("apiVersion: apps/v1")
                .text(" and ")
                .code("kind: StatefulSet")
                .text(".")
        }
        Problem::NoMatch { kind, api_version, served_as, .. } => {
            let p = p
                .text("The API server knows no ")
                .code(kind.clone())
                .text(" in ")
                .code(api_version.clone())
                .text(". ");
            match served_as {
                Some(version) => {
                    p.text("It serves this kind as ").code(*version).text(": write that.")
                }
                None => p.text("Check the spelling of both."),
            }
        }
        Problem::Mistyped { path, said } => p
            .text("The field ")
            .code(path.clone())
            .text(" has a value of the wrong type. The API server says: ")
            .code(said.clone())
            .text(". Give it a value of the type named there."),
        Problem::UnknownField { path, near, .. } => {
            let p = p.text("The API does not know the field ").code(path.clone()).text(". ");
            let p = match near {
                Some(near) => p.text("Did you mean ").code(*near).text("? "),
                None => p,
            };
            p.text("Correct its name, or remove it.")
        }
        Problem::Refused { path, detail, .. } => p
            .text("The API server refuses this: ")
            .code(format!("{path}: {detail}"))
            .text(". Change the value so that the rule holds."),
        Problem::DuplicateObject { kind, name } => p
            .text(format!("The {kind} "))
            .code(name.clone())
            .text(" stands here for the second time and would overwrite the first. Remove one."),
        Problem::NoStatefulSet => p.text(
            "There is no StatefulSet among these objects, so no MySQL will start. Add one to see a \
             cluster grow.",
        ),
        Problem::MissingObject { kind, name } => {
            let place = if *kind == "StorageClass" { "" } else { " in the same namespace" };
            p.text(format!("This names the {kind} ")).code(name.clone()).text(format!(
                ", which is in none of the files{place}. A cluster would wait for it. Add it, or \
                 correct the name."
            ))
        }
        Problem::MissingNamespace(name) => {
            p.text("There is no namespace ").code(name.clone()).text(
                " when this object is applied, and the API server refuses it. Put the namespace \
                 before it, or leave the field out.",
            )
        }
        Problem::KindNotModelled(kind) => p
            .text("A cluster takes this ")
            .code(kind.clone())
            .text("; the model lists it and does nothing with it."),
        Problem::FieldNotModelled(path) => p
            .text("A cluster acts upon ")
            .code(path.clone())
            .text("; the model takes it and does not."),
    }
}

fn script(p: Phrase, kind: &ScriptProblem) -> Phrase {
    match kind {
        ScriptProblem::Syntax(name) => p
            .text("The model's shell does not run ")
            .code(*name)
            .text(", although bash would. Write this step another way."),
        ScriptProblem::Builtin(name) => p
            .text("The model's shell does not have the builtin ")
            .code(name.clone())
            .text(". Write this step another way."),
        ScriptProblem::Option { builtin, option } => p
            .text("The model's ")
            .code(builtin.clone())
            .text(" does not have the option ")
            .code(option.clone())
            .text(". Write this step another way."),
        ScriptProblem::TooDeep(depth_max) => p.text(format!(
            "Commands are nested more than {depth_max} deep here. Take this script apart."
        )),
        ScriptProblem::TooLong(bytes_max) => {
            p.text(format!("This script is longer than {bytes_max} bytes. Shorten it."))
        }
    }
}

fn listed(mut p: Phrase, names: &[&'static str], and: &str) -> Phrase {
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            p = p.text(and);
        }
        p = p.code(*name);
    }
    p
}

//! `explain`, for the kinds and fields of the API; the descriptions are our own. Models the layout
//! of kubectl/pkg/explain/v2.

use super::select::kind_of;
use super::{Answer, DONE, Desk, Failure, Kubectl};
use crate::manifest::schema::{Field, Schema, Type};

/// `Struct | text` and `Struct.field | text`; `*` stands for any struct.
const TEXTS: &str = include_str!("explain/texts.txt");

/// Fields the API server insists on. Models the `required` lists of its OpenAPI.
const REQUIRED: [(&str, &str); 13] = [
    ("StatefulSetSpec", "selector template"),
    ("PodSpec", "containers"),
    ("Container", "name"),
    ("ContainerPort", "containerPort"),
    ("EnvVar", "name"),
    ("Volume", "name"),
    ("VolumeMount", "mountPath name"),
    ("ServicePort", "port"),
    ("LabelSelectorRequirement", "key operator"),
    ("StorageClass", "provisioner"),
    ("HTTPGetAction", "port"),
    ("TCPSocketAction", "port"),
    ("Taint", "effect key"),
];

fn text_of(name: &str, field: &str) -> Option<&'static str> {
    let find = |wanted: &str| {
        TEXTS.lines().filter_map(|line| line.split_once(" | ")).find(|(of, _)| *of == wanted)
    };
    let found = if field.is_empty() {
        find(name)
    } else {
        find(&format!("{name}.{field}")).or_else(|| find(&format!("*.{field}")))
    };
    found.map(|(_, text)| text)
}

fn is_required(name: &str, field: &str) -> bool {
    let found = REQUIRED.iter().find(|(of, _)| *of == name);
    found.is_some_and(|(_, fields)| fields.split(' ').any(|one| one == field))
}

/// A type as OpenAPI names it.
fn shown(of: &Type) -> String {
    match of {
        Type::Text(_) | Type::Bytes => "string".to_string(),
        Type::Bool => "boolean".to_string(),
        Type::Int(_) => "integer".to_string(),
        Type::Float => "number".to_string(),
        Type::Quantity => "Quantity".to_string(),
        Type::IntOrString => "IntOrString".to_string(),
        Type::Time => "Time".to_string(),
        Type::Any => "Object".to_string(),
        Type::List(item) => format!("[]{}", shown(item)),
        Type::Map(item) => format!("map[string]{}", shown(item)),
        Type::Struct(name) => name.strip_prefix("Discovery").unwrap_or(name).to_string(),
    }
}

/// The struct within a type.
fn inner(of: &Type) -> Option<&'static str> {
    match of {
        Type::Struct(name) => Some(name),
        Type::List(item) | Type::Map(item) => inner(item),
        _ => None,
    }
}

impl Kubectl {
    pub(super) fn explain(&self, desk: &mut dyn Desk) -> Answer {
        let Some(path) = self.args.names.first() else {
            return Err(Failure::new(
                "error: You must specify the type of resource to explain. Use \"kubectl \
                 api-resources\" for a complete list of supported resources.",
            ));
        };
        let mut parts = path.trim_end_matches('.').split('.');
        let word = parts.next().unwrap_or_default();
        let Some(kind) = kind_of(word) else {
            return Err(Failure::new(format!(
                "error: the server doesn't have a resource type {word:?}"
            )));
        };
        let mut here: Option<&'static str> = Some(kind.kind);
        let mut found: Option<(&'static str, &'static Field)> = None;
        for part in parts {
            let field = here.and_then(|of| Some((of, Schema::get().field(of, part)?)));
            let Some((of, field)) = field else {
                return Err(Failure::new(format!("error: field {part:?} does not exist")));
            };
            found = Some((of, field));
            here = inner(&field.of);
        }
        let mut text = String::new();
        let (group, version) = kind.api_version.split_once('/').unwrap_or(("", kind.api_version));
        if !group.is_empty() {
            text.push_str(&format!("GROUP:      {group}\n"));
        }
        text.push_str(&format!("KIND:       {}\nVERSION:    {version}\n\n", kind.kind));
        let mut description = here.and_then(|of| text_of(of, ""));
        if let Some((of, field)) = found {
            let required = if is_required(of, field.name) { " -required-" } else { "" };
            text.push_str(&format!("FIELD: {} <{}>{required}\n\n", field.name, shown(&field.of)));
            description = text_of(of, field.name).or(description);
        }
        if here.is_none() {
            text.push('\n');
        }
        text.push_str("DESCRIPTION:\n");
        text.push_str(&wrapped(description.unwrap_or("<empty>"), 4));
        text.push_str("    \n");
        if let Some(of) = here {
            text.push_str("FIELDS:\n");
            fields(of, 1, self.args.has("recursive-fields"), &mut Vec::new(), &mut text);
        }
        text.push('\n');
        desk.out(&text);
        DONE
    }
}

/// Each field of a struct; only names and types where everything below is wanted too.
fn fields(
    of: &'static str,
    level: usize,
    deep: bool,
    above: &mut Vec<&'static str>,
    text: &mut String,
) {
    for field in Schema::get().fields(of).unwrap_or_default() {
        let required = if is_required(of, field.name) { " -required-" } else { "" };
        let indent = "  ".repeat(level);
        text.push_str(&format!("{indent}{}\t<{}>{required}\n", field.name, shown(&field.of)));
        if !deep {
            let words = text_of(of, field.name).unwrap_or("<no description available>");
            text.push_str(&wrapped(words, 4));
            text.push('\n');
        } else if let Some(name) = inner(&field.of).filter(|name| !above.contains(name)) {
            above.push(name);
            fields(name, level + 1, deep, above, text);
            above.pop();
        }
    }
}

/// Lines of at most 80 letters, indented.
fn wrapped(words: &str, indent: usize) -> String {
    let mut text = String::new();
    let mut line = " ".repeat(indent);
    for word in words.split(' ') {
        if line.len() > indent && line.len() + word.len() + 1 > 80 {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(indent);
        }
        line.push_str(word);
        line.push(' ');
    }
    text.push_str(line.trim_end());
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_of_things_that_exist() {
        for line in TEXTS.lines() {
            let (of, words) = line.split_once(" | ").expect("a name and a text");
            let (name, field) = of.split_once('.').unwrap_or((of, ""));
            let known = match (name, field) {
                ("*", _) => true,
                (name, "") => Schema::get().fields(name).is_some(),
                (name, field) => Schema::get().field(name, field).is_some(),
            };
            assert!(known && !words.is_empty(), "{of}");
        }
        for (name, fields) in REQUIRED {
            for field in fields.split(' ') {
                assert!(Schema::get().field(name, field).is_some(), "{name}.{field}");
            }
        }
    }
}

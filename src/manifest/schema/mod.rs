//! What the API server knows: kinds, their fields and the Go types its decoder names.

use std::sync::OnceLock;

use super::object::KINDS;
use crate::base::SortedMap;

/// The type of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// Text; the name of its Go type, `string` or one of its own such as `v1.Protocol`.
    Text(&'static str),
    /// `bool`.
    Bool,
    /// A whole number of so many bits.
    Int(u32),
    /// A number.
    Float,
    /// Base64.
    Bytes,
    /// `resource.Quantity`.
    Quantity,
    /// `intstr.IntOrString`.
    IntOrString,
    /// RFC 3339.
    Time,
    /// Anything.
    Any,
    /// A list.
    List(Box<Type>),
    /// Texts to something.
    Map(Box<Type>),
    /// A struct, by its name in the table.
    Struct(&'static str),
}

/// A field of a struct.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its type.
    pub of: Type,
}

/// The table of structs.
pub struct Schema {
    structs: SortedMap<&'static str, Vec<Field>>,
}

const FIELDS: &str = include_str!("fields.txt");
const SERVED: &str = include_str!("kinds.txt");

impl Schema {
    /// The table; read once.
    pub fn get() -> &'static Schema {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(Schema::read)
    }

    fn read() -> Schema {
        let mut structs: SortedMap<&'static str, Vec<Field>> = SortedMap::new();
        let mut name = "";
        for line in FIELDS.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(' ') {
                let fields = structs.entry(name).or_default();
                fields.extend(line.split_whitespace().filter_map(field));
            } else {
                name = line.trim();
                structs.insert(name, Vec::new());
            }
        }
        Schema { structs }
    }

    /// The fields of a struct, sorted by name; none if there is no such struct.
    pub fn fields(&self, name: &str) -> Option<&[Field]> {
        self.structs.get(name).map(Vec::as_slice)
    }

    /// One field of a struct.
    pub fn field(&self, of: &str, name: &str) -> Option<&Field> {
        self.fields(of)?.iter().find(|field| field.name == name)
    }
}

fn field(text: &'static str) -> Option<Field> {
    let (name, of) = text.split_once('=')?;
    Some(Field { name, of: type_of(of) })
}

fn type_of(text: &'static str) -> Type {
    if let Some(item) = text.strip_prefix("[]") {
        return Type::List(Box::new(type_of(item)));
    }
    if let Some(item) = text.strip_prefix("{}") {
        return Type::Map(Box::new(type_of(item)));
    }
    if let Some(name) = text.strip_suffix('!') {
        return Type::Text(name);
    }
    match text {
        "string" => Type::Text("string"),
        "bool" => Type::Bool,
        "int32" => Type::Int(32),
        "int64" => Type::Int(64),
        "float64" => Type::Float,
        "bytes" => Type::Bytes,
        "quantity" => Type::Quantity,
        "intorstring" => Type::IntOrString,
        "time" => Type::Time,
        "any" => Type::Any,
        name => Type::Struct(name),
    }
}

impl Type {
    /// The name of its Go type, as the decoder's errors give it.
    pub fn go_name(&self) -> String {
        match self {
            Type::Text("string") => "string".to_owned(),
            Type::Text(name) => format!("v1.{name}"),
            Type::Bool => "bool".to_owned(),
            Type::Int(bits) => format!("int{bits}"),
            Type::Float => "float64".to_owned(),
            Type::Bytes => "[]uint8".to_owned(),
            Type::Quantity => "resource.Quantity".to_owned(),
            Type::IntOrString => "intstr.IntOrString".to_owned(),
            Type::Time => "v1.Time".to_owned(),
            Type::Any => "interface {}".to_owned(),
            Type::List(item) => format!("[]{}", item.go_name()),
            Type::Map(item) if **item == Type::Quantity => "v1.ResourceList".to_owned(),
            Type::Map(item) => format!("map[string]{}", item.go_name()),
            Type::Struct(name) => {
                format!("v1.{}", name.strip_prefix("Discovery").unwrap_or(name))
            }
        }
    }
}

/// How the API server takes a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Served {
    /// The model honours it.
    Modelled,
    /// The API server serves it, the model accepts it and does nothing with it.
    Accepted,
    /// `no matches for kind "…" in version "…"`.
    Unknown,
}

/// How the API server takes `kind` of `api_version`.
pub fn served(api_version: &str, kind: &str) -> Served {
    if KINDS.iter().any(|one| one.api_version == api_version && one.kind == kind) {
        return Served::Modelled;
    }
    let serves = |line: &str| {
        line.split_once(": ").is_some_and(|(version, kinds)| {
            version == api_version && kinds.split_whitespace().any(|one| one == kind)
        })
    };
    if SERVED.lines().any(serves) { Served::Accepted } else { Served::Unknown }
}

/// The version that serves a kind; its newest, where there are several.
pub fn serving(kind: &str) -> Option<&'static str> {
    let modelled = KINDS.iter().find(|one| one.kind == kind).map(|one| one.api_version);
    let all = || accepted().filter(|(_, one)| *one == kind).map(|(version, _)| version);
    modelled.or_else(|| all().last())
}

/// `apiVersion` and `kind` of all that the API server serves and the model does nothing with.
pub fn accepted() -> impl Iterator<Item = (&'static str, &'static str)> {
    SERVED
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(version, kinds)| kinds.split_whitespace().map(move |kind| (version, kind)))
        .filter(|(_, kind)| KINDS.iter().all(|one| one.kind != *kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_named_in_the_table_stands_in_it() {
        fn inner(of: &Type) -> &Type {
            match of {
                Type::List(item) | Type::Map(item) => inner(item),
                other => other,
            }
        }
        let schema = Schema::get();
        for (name, fields) in &schema.structs {
            for field in fields {
                if let Type::Struct(of) = inner(&field.of) {
                    assert!(schema.fields(of).is_some(), "{name}.{}: {of}", field.name);
                }
            }
        }
        for info in KINDS {
            assert!(schema.fields(info.kind).is_some(), "{}", info.kind);
        }
    }

    #[test]
    fn kinds_are_told_apart() {
        let rows = [
            ("apps/v1", "StatefulSet", Served::Modelled),
            ("apps/v1", "Deployment", Served::Accepted),
            ("v1", "ServiceAccount", Served::Accepted),
            ("apps/v1beta1", "StatefulSet", Served::Unknown),
            ("v1", "StatefulSet", Served::Unknown),
        ];
        for (version, kind, want) in rows {
            assert_eq!(served(version, kind), want, "{version} {kind}");
        }
    }

    #[test]
    fn what_has_moved_is_found() {
        let rows = [
            ("StatefulSet", Some("apps/v1")),
            ("Deployment", Some("apps/v1")),
            ("Ingress", Some("networking.k8s.io/v1")),
            ("HorizontalPodAutoscaler", Some("autoscaling/v2")),
            ("PodSecurityPolicy", None),
        ];
        for (kind, want) in rows {
            assert_eq!(serving(kind), want, "{kind}");
        }
    }
}

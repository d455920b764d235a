//! How the API's structs are written here: every field may be absent or null, and is left out where
//! it says nothing.
//!
//! Reading and writing is one piece of code for all structs; a struct only says which fields it
//! has. (A derived decoder for each would be the largest part of the page.)

use std::fmt;

use crate::base::SortedMap;
use serde::de::Unexpected;
use serde_json::{Map, Value};

/// A field, or a whole object, whose value has the wrong type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong(pub(super) String);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a value is, and what should have been there.
pub(super) fn wrong(value: &Value, expected: &str) -> Wrong {
    let found = match value {
        Value::Null => Unexpected::Other("null"),
        Value::Bool(it) => Unexpected::Bool(*it),
        Value::Number(it) => match (it.as_i64(), it.as_u64()) {
            (Some(it), _) => Unexpected::Signed(it),
            (None, Some(it)) => Unexpected::Unsigned(it),
            (None, None) => Unexpected::Float(it.as_f64().unwrap_or_default()),
        },
        Value::String(it) => Unexpected::Str(it),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    };
    let fits = matches!((value, expected), (Value::Number(_), "i32" | "i64"));
    let what = if fits && !matches!(found, Unexpected::Float(_)) { "value" } else { "type" };
    Wrong(format!("invalid {what}: {found}, expected {expected}"))
}

/// Something that is read from a tree and written into one.
pub trait Field {
    /// Takes over what a tree says.
    ///
    /// # Errors
    /// The first value of the wrong type.
    fn read(&mut self, value: &Value) -> Result<(), Wrong>;

    /// As a tree.
    fn write(&self) -> Value;

    /// Whether it is its type's default (`omitempty`).
    fn says_nothing(&self) -> bool;
}

/// A struct of the API.
pub trait Struct {
    /// Its own name, and its fields in the order of their numbers.
    fn fields(&self) -> (&'static str, &'static [FieldName]);
    /// A field by its number.
    fn field(&self, number: usize) -> &dyn Field;
    /// A field by its number, to be changed.
    fn field_mut(&mut self, number: usize) -> &mut dyn Field;
}

/// How a field is called.
pub struct FieldName {
    /// Our name, in snake case.
    pub ours: &'static str,
    /// The API's, where it is not ours in camel case.
    pub theirs: Option<&'static str>,
    /// Whether it is written even where it says nothing.
    pub kept: bool,
}

impl FieldName {
    fn api(&self) -> String {
        if let Some(name) = self.theirs {
            return name.to_owned();
        }
        let mut upper = false;
        let mut name = String::with_capacity(self.ours.len());
        for letter in self.ours.chars() {
            if letter != '_' {
                name.push(if upper { letter.to_ascii_uppercase() } else { letter });
            }
            upper = letter == '_';
        }
        name
    }
}

/// Reads a struct; what the tree does not name stays as it is.
pub fn read_struct(into: &mut dyn Struct, value: &Value) -> Result<(), Wrong> {
    let (name, fields) = into.fields();
    let Value::Object(map) = value else {
        return Err(wrong(value, &format!("struct {name}")));
    };
    for (number, field) in fields.iter().enumerate() {
        // `null` counts as absent, as it does for the API server.
        if let Some(value) = map.get(&field.api()).filter(|value| !value.is_null()) {
            into.field_mut(number).read(value)?;
        }
    }
    Ok(())
}

/// Writes a struct.
pub fn write_struct(from: &dyn Struct) -> Value {
    let mut map = Map::new();
    for (number, name) in from.fields().1.iter().enumerate() {
        let field = from.field(number);
        if name.kept || !field.says_nothing() {
            map.insert(name.api(), field.write());
        }
    }
    Value::Object(map)
}

/// Whether no field of a struct says anything.
pub fn is_empty_struct(of: &dyn Struct) -> bool {
    (0..of.fields().1.len()).all(|number| of.field(number).says_nothing())
}

impl Field for String {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        *self = value.as_str().ok_or_else(|| wrong(value, "a string"))?.to_owned();
        Ok(())
    }
    fn write(&self) -> Value {
        Value::String(self.clone())
    }
    fn says_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl Field for bool {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        *self = value.as_bool().ok_or_else(|| wrong(value, "a boolean"))?;
        Ok(())
    }
    fn write(&self) -> Value {
        Value::Bool(*self)
    }
    fn says_nothing(&self) -> bool {
        !self
    }
}

impl Field for i64 {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        *self = value.as_i64().ok_or_else(|| wrong(value, "i64"))?;
        Ok(())
    }
    fn write(&self) -> Value {
        Value::from(*self)
    }
    fn says_nothing(&self) -> bool {
        *self == 0
    }
}

impl Field for i32 {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        let number = value.as_i64().and_then(|it| i32::try_from(it).ok());
        *self = number.ok_or_else(|| wrong(value, "i32"))?;
        Ok(())
    }
    fn write(&self) -> Value {
        Value::from(*self)
    }
    fn says_nothing(&self) -> bool {
        *self == 0
    }
}

impl Field for Value {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        *self = value.clone();
        Ok(())
    }
    fn write(&self) -> Value {
        self.clone()
    }
    fn says_nothing(&self) -> bool {
        self.is_null()
    }
}

impl<T: Field + Default> Field for Option<T> {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        self.insert(T::default()).read(value)
    }
    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::write)
    }
    fn says_nothing(&self) -> bool {
        self.is_none()
    }
}

impl<T: Field + Default> Field for Vec<T> {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        let Value::Array(items) = value else { return Err(wrong(value, "a sequence")) };
        self.clear();
        for item in items {
            self.push(T::default());
            self.last_mut().expect("one was pushed just now").read(item)?;
        }
        Ok(())
    }
    fn write(&self) -> Value {
        Value::Array(self.iter().map(T::write).collect())
    }
    fn says_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Field + Default> Field for SortedMap<String, T> {
    fn read(&mut self, value: &Value) -> Result<(), Wrong> {
        let Value::Object(map) = value else { return Err(wrong(value, "a map")) };
        self.clear();
        for (key, value) in map {
            self.entry(key.clone()).or_default().read(value)?;
        }
        Ok(())
    }
    fn write(&self) -> Value {
        let entries = self.iter().map(|(key, value)| (key.clone(), value.write()));
        Value::Object(entries.collect())
    }
    fn says_nothing(&self) -> bool {
        self.is_empty()
    }
}

/// Lets serde read and write something of the API, by way of a tree.
macro_rules! by_tree {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::manifest::object::support::Field::write(self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let tree = serde_json::Value::deserialize(deserializer)?;
                let mut value = Self::default();
                $crate::manifest::object::support::Field::read(&mut value, &tree)
                    .map_err(serde::de::Error::custom)?;
                Ok(value)
            }
        }
    };
}
pub(super) use by_tree;

/// Declares structs of the API. Field names are the API's own in snake case; they are written in
/// camel case, or as the text behind `=` says. What stands after `;` is written even where it says
/// nothing (no `omitempty` in the API's own structs).
macro_rules! api {
    ($($(#[$meta:meta])* $name:ident {
        $($field:ident $(= $theirs:literal)?: $type:ty),* $(,)?
        $(; $($kept:ident: $kept_type:ty),* $(,)?)?
    })*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
        #[allow(missing_docs)] // The fields are the API's own; `kubectl explain` documents them.
        pub struct $name {
            $(pub $field: $type,)*
            $($(pub $kept: $kept_type,)*)?
        }

        $crate::manifest::object::support::api_struct! {
            $name;
            $([$field, $crate::manifest::object::support::theirs!($($theirs)?), false])*
            $($([$kept, None, true])*)?
        }
    )*};
}
pub(super) use api;

macro_rules! theirs {
    () => {
        None
    };
    ($name:literal) => {
        Some($name)
    };
}
pub(super) use theirs;

macro_rules! api_struct {
    ($name:ident; $([$field:ident, $theirs:expr, $kept:literal])*) => {
        impl $crate::manifest::object::support::Struct for $name {
            fn fields(&self)
            -> (&'static str, &'static [$crate::manifest::object::support::FieldName]) {
                (stringify!($name), &[$($crate::manifest::object::support::FieldName {
                    ours: stringify!($field),
                    theirs: $theirs,
                    kept: $kept,
                }),*])
            }
            fn field(&self, number: usize) -> &dyn $crate::manifest::object::support::Field {
                #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
                enum Number { $($field),* }
                $(if number == Number::$field as usize {
                    return &self.$field;
                })*
                unreachable!()
            }
            fn field_mut(
                &mut self,
                number: usize,
            ) -> &mut dyn $crate::manifest::object::support::Field {
                #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
                enum Number { $($field),* }
                $(if number == Number::$field as usize {
                    return &mut self.$field;
                })*
                unreachable!()
            }
        }

        impl $crate::manifest::object::support::Field for $name {
            fn read(
                &mut self,
                value: &serde_json::Value,
            ) -> Result<(), $crate::manifest::object::support::Wrong> {
                $crate::manifest::object::support::read_struct(self, value)
            }
            fn write(&self) -> serde_json::Value {
                $crate::manifest::object::support::write_struct(self)
            }
            fn says_nothing(&self) -> bool {
                $crate::manifest::object::support::is_empty_struct(self)
            }
        }

        $crate::manifest::object::support::by_tree!($name);
    };
}
pub(super) use api_struct;

//! A field's error as apimachinery's `field.Error` formats it.

use std::fmt;

use serde_json::Value;

/// One thing the server refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldError {
    /// The field's path, as the server gives it.
    pub path: String,
    /// The same in the object as written, where the server's path means something else.
    pub place: Option<String>,
    /// Which kind of error.
    pub kind: ErrorKind,
    /// The value, as the server prints it; nothing where it prints none.
    pub value: String,
    /// The rest.
    pub text: String,
}

/// The kinds of errors; each has its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // The variants are the server's own.
pub enum ErrorKind {
    Required,
    Invalid,
    NotSupported,
    NotFound,
    Duplicate,
    Forbidden,
    TooLong,
    TooMany,
}

impl ErrorKind {
    /// As the server prints it.
    fn words(self) -> &'static str {
        match self {
            ErrorKind::Required => "Required value",
            ErrorKind::Invalid => "Invalid value",
            ErrorKind::NotSupported => "Unsupported value",
            ErrorKind::NotFound => "Not found",
            ErrorKind::Duplicate => "Duplicate value",
            ErrorKind::Forbidden => "Forbidden",
            ErrorKind::TooLong => "Too long",
            ErrorKind::TooMany => "Too many",
        }
    }

    /// The `reason` of a cause in the server's answer.
    pub fn reason(self) -> &'static str {
        match self {
            ErrorKind::Required => "FieldValueRequired",
            ErrorKind::Invalid => "FieldValueInvalid",
            ErrorKind::NotSupported => "FieldValueNotSupported",
            ErrorKind::NotFound => "FieldValueNotFound",
            ErrorKind::Duplicate => "FieldValueDuplicate",
            ErrorKind::Forbidden => "FieldValueForbidden",
            ErrorKind::TooLong => "FieldValueTooLong",
            ErrorKind::TooMany => "FieldValueTooMany",
        }
    }
}

impl FieldError {
    /// All after the path.
    pub fn detail(&self) -> String {
        let mut detail = self.kind.words().to_owned();
        for part in [&self.value, &self.text] {
            if !part.is_empty() {
                detail.push_str(": ");
                detail.push_str(part);
            }
        }
        detail
    }

    /// Where in the object as written.
    pub fn place(&self) -> &str {
        self.place.as_deref().unwrap_or(&self.path)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.detail())
    }
}

/// A path under construction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct At(String);

impl At {
    /// A path of one name.
    pub fn new(name: &str) -> At {
        At(name.to_owned())
    }

    /// `path.name`.
    pub fn child(&self, name: &str) -> At {
        At(format!("{}.{name}", self.0))
    }

    /// `path[index]`.
    pub fn index(&self, index: usize) -> At {
        At(format!("{}[{index}]", self.0))
    }

    /// `path[key]`.
    pub fn key(&self, key: &str) -> At {
        At(format!("{}[{key}]", self.0))
    }
}

/// Errors in the order they were found.
#[derive(Default)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    /// All of them.
    pub fn done(self) -> Vec<FieldError> {
        self.0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes over another list.
    pub fn append(&mut self, other: Errors) {
        self.0.extend(other.0);
    }

    /// Changes each error found from the `first` on.
    pub fn each_from(&mut self, first: usize, mut change: impl FnMut(&mut FieldError)) {
        self.0[first..].iter_mut().for_each(&mut change);
    }

    fn add(&mut self, at: &At, kind: ErrorKind, value: String, text: &str) {
        let text = text.to_owned();
        self.0.push(FieldError { path: at.0.clone(), place: None, kind, value, text });
    }

    /// `Required value`, with a reason or without.
    pub fn required(&mut self, at: &At, text: &str) {
        self.add(at, ErrorKind::Required, String::new(), text);
    }

    /// `Invalid value: …: …`. Texts are quoted, all else is JSON.
    pub fn invalid(&mut self, at: &At, value: impl Into<Value>, text: &str) {
        self.add(at, ErrorKind::Invalid, show(&value.into()), text);
    }

    /// `Invalid value: …: …` of a value already in the server's print.
    pub fn invalid_shown(&mut self, at: &At, value: String, text: &str) {
        self.add(at, ErrorKind::Invalid, value, text);
    }

    /// `Invalid value: …`, once for each message.
    pub fn invalid_each(&mut self, at: &At, value: &str, messages: Vec<String>) {
        for message in messages {
            self.invalid(at, value, &message);
        }
    }

    /// `Unsupported value: …: supported values: …`.
    pub fn not_supported(&mut self, at: &At, value: &str, supported: &[&str]) {
        self.not_supported_shown(at, quote(value), supported);
    }

    /// The same of a value already in the server's print.
    pub fn not_supported_shown(&mut self, at: &At, value: String, supported: &[&str]) {
        let list: Vec<String> = supported.iter().map(|one| quote(one)).collect();
        let text = format!("supported values: {}", list.join(", "));
        self.add(at, ErrorKind::NotSupported, value, &text);
    }

    /// `Not found: …`.
    pub fn not_found(&mut self, at: &At, value: &str) {
        self.add(at, ErrorKind::NotFound, quote(value), "");
    }

    /// `Duplicate value: …`.
    pub fn duplicate(&mut self, at: &At, value: impl Into<Value>) {
        self.add(at, ErrorKind::Duplicate, show(&value.into()), "");
    }

    /// `Duplicate value: …` of a value already in the server's print.
    pub fn duplicate_shown(&mut self, at: &At, value: String) {
        self.add(at, ErrorKind::Duplicate, value, "");
    }

    /// `Forbidden: …`.
    pub fn forbidden(&mut self, at: &At, text: &str) {
        self.add(at, ErrorKind::Forbidden, String::new(), text);
    }

    /// `Too long: may not be more than N bytes`.
    pub fn too_long(&mut self, at: &At, bytes_max: usize) {
        let text = format!("may not be more than {bytes_max} bytes");
        self.add(at, ErrorKind::TooLong, String::new(), &text);
    }

    /// `Invalid value: -1: must be greater than or equal to 0`, if it is not.
    pub fn not_negative(&mut self, at: &At, value: i64) {
        if value < 0 {
            self.invalid(at, value, "must be greater than or equal to 0");
        }
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        other => other.to_string(),
    }
}

/// Go's `%q`, for the characters that stand in manifests.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                quoted.push_str(&format!("\\x{:02x}", c as u32));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

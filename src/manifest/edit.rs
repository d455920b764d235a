//! Changes of fields as edits of text: comments and layout survive.

use super::read::Manifests;
use crate::span::Span;
use crate::span::yaml::{Entry, Node, Path, Scalar, Segment, Style, Value};

/// A piece of text in the place of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextEdit {
    /// What goes; empty: nothing, the text is put in here.
    pub span: Span,
    /// What comes.
    pub text: String,
}

/// A new value of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NewValue {
    /// A whole number.
    Number(i64),
    /// A text; quoted where YAML would take it for something else.
    Text(String),
}

/// Why a field cannot be edited in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CannotEdit {
    /// A list or a mapping stands there, or would have to.
    NotOneValue,
    /// It stands there through an alias; an edit would change other places, too.
    Shared,
    /// The path leads to nothing that could be put in or taken out.
    NotThere,
}

/// Sets a field of one document. A field that is not there yet is put in after the entry named
/// `after`, if there is one, or else at the end of its block.
///
/// # Errors
/// Where the field cannot be edited in place.
pub fn set(
    root: &Node,
    source: &str,
    path: &Path,
    value: &NewValue,
    after: Option<&str>,
) -> Result<TextEdit, CannotEdit> {
    let found = root.nearest(path);
    if shared(root, path) {
        return Err(CannotEdit::Shared);
    }
    if found.depth == path.0.len() {
        return replace(found.entry, found.node, source, value);
    }
    let keys = path.0[found.depth..].iter().map(|segment| match segment {
        Segment::Key(key) => Ok(key.as_str()),
        Segment::Index(_) => Err(CannotEdit::NotThere),
    });
    insert(found.node, source, &keys.collect::<Result<Vec<&str>, CannotEdit>>()?, value, after)
}

/// Takes a field out of its mapping, with its whole lines where it has lines of its own.
///
/// # Errors
/// Where there is no such field, or it cannot be taken out in place.
pub fn remove(root: &Node, source: &str, path: &Path) -> Result<TextEdit, CannotEdit> {
    if shared(root, path) {
        return Err(CannotEdit::Shared);
    }
    let (Some((_, parents)), Some(found)) = (path.0.split_last(), root.find(path)) else {
        return Err(CannotEdit::NotThere);
    };
    let parent = root.nearest(&Path(parents.to_vec())).node;
    let entry = found.entry.ok_or(CannotEdit::NotOneValue)?;
    let entries = parent.entries();
    let at = entries.iter().position(|one| std::ptr::eq(one, entry));
    let next = at.and_then(|at| entries.get(at + 1));
    let span = entry.span();
    let line_start = source[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let alone = source[line_start..span.start as usize].trim().is_empty();
    if is_flow(parent, source) || (!alone && next.is_some()) {
        // `{a: 1, b: 2}`, or the first entry after a dash: the next one takes its place.
        let before = at.and_then(|at| at.checked_sub(1)).map(|before| entries[before].span().end);
        let (start, end) = match (next, before) {
            (Some(next), _) => (span.start, next.span().start),
            (None, Some(before)) => (before, span.end),
            (None, None) => (span.start, span.end),
        };
        return Ok(TextEdit { span: Span { start, end, ..span }, text: String::new() });
    }
    if entries.len() == 1 {
        return Err(CannotEdit::NotOneValue);
    }
    let line_end = end_of_line(source, span.end as usize);
    let end = (line_end + 1).min(source.len());
    Ok(TextEdit { span: Span::new(span.file, line_start, end), text: String::new() })
}

/// Whether the path leads through an alias.
fn shared(root: &Node, path: &Path) -> bool {
    (0..=path.0.len()).any(|depth| root.nearest(&Path(path.0[..depth].to_vec())).node.aliased)
}

fn replace(
    entry: Option<&Entry>,
    node: &Node,
    source: &str,
    value: &NewValue,
) -> Result<TextEdit, CannotEdit> {
    let Value::Scalar(scalar) = &node.value else { return Err(CannotEdit::NotOneValue) };
    if matches!(scalar.style, Style::Literal | Style::Folded) {
        return Err(CannotEdit::NotOneValue);
    }
    if !node.span.is_empty() {
        return Ok(TextEdit { span: node.span, text: written(value, scalar.style) });
    }
    // `key:` with nothing after it: the value goes after the colon.
    let entry = entry.ok_or(CannotEdit::NotThere)?;
    let key_end = entry.key.span.end as usize;
    let colon = source[key_end..].find(':').ok_or(CannotEdit::NotThere)? + key_end + 1;
    let text = format!(" {}", written(value, Style::Plain));
    Ok(TextEdit { span: Span::new(node.span.file, colon, colon), text })
}

fn insert(
    parent: &Node,
    source: &str,
    keys: &[&str],
    value: &NewValue,
    after: Option<&str>,
) -> Result<TextEdit, CannotEdit> {
    let Value::Map(entries) = &parent.value else { return Err(CannotEdit::NotOneValue) };
    let Some(last) = entries.last() else { return Err(CannotEdit::NotOneValue) };
    let before = after.and_then(|name| parent.entry(name)).unwrap_or(last);
    let file = parent.span.file;
    if is_flow(parent, source) {
        let end = before.span().end as usize;
        let mut text = written(value, Style::Plain);
        for key in keys.iter().rev() {
            text = format!("{key}: {text}");
            if *key != keys[0] {
                text = format!("{{{text}}}");
            }
        }
        return Ok(TextEdit { span: Span::new(file, end, end), text: format!(", {text}") });
    }
    let indent = column_of(source, entries[0].key.span.start as usize);
    let newline = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = String::new();
    for (depth, key) in keys.iter().enumerate() {
        text.push_str(newline);
        text.push_str(&" ".repeat(indent + 2 * depth));
        text.push_str(&format!("{key}:"));
    }
    text.push(' ');
    text.push_str(&written(value, Style::Plain));
    let end = end_of_line(source, before.span().end as usize);
    Ok(TextEdit { span: Span::new(file, end, end), text })
}

/// Whether a mapping is written in braces.
fn is_flow(node: &Node, source: &str) -> bool {
    source[node.span.range()].starts_with('{')
}

/// Where the line that holds a byte ends, before its line break.
fn end_of_line(source: &str, at: usize) -> usize {
    let end = source[at..].find('\n').map_or(source.len(), |newline| at + newline);
    at.max(source[..end].trim_end_matches('\r').len())
}

/// How many characters stand before a byte on its line.
fn column_of(source: &str, at: usize) -> usize {
    let start = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    source[start..at].chars().count()
}

/// A value as YAML, in the style of the one it replaces where that can hold it.
fn written(value: &NewValue, style: Style) -> String {
    let text = match value {
        NewValue::Number(number) => return number.to_string(),
        NewValue::Text(text) => text,
    };
    let printable = !text.chars().any(char::is_control);
    match style {
        Style::SingleQuoted if printable => format!("'{}'", text.replace('\'', "''")),
        Style::DoubleQuoted => quoted(text),
        _ if is_plain(text) => text.clone(),
        _ => quoted(text),
    }
}

/// A text as a scalar, in quotes where YAML would take it for something else (`on`, `y`, `1e3`).
pub fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether a text may stand without quotes and is read back as that text.
fn is_plain(text: &str) -> bool {
    let safe = |c: char| c.is_alphanumeric() || "-_./:@+%".contains(c);
    let as_text = Scalar { text: text.to_owned(), style: Style::Plain, tag: None };
    text.starts_with(char::is_alphanumeric)
        && text.chars().all(safe)
        && !text.ends_with(':')
        && as_text.to_json() == serde_json::Value::String(text.to_owned())
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

impl NewValue {
    /// What someone typed: a whole number if it reads as one, or else a text.
    pub fn typed(text: &str) -> NewValue {
        text.parse().map_or_else(|_| NewValue::Text(text.to_owned()), NewValue::Number)
    }
}

impl Manifests {
    /// The files with one field of one object set, as `edit statefulset/mysql spec.replicas 5`
    /// asks for.
    ///
    /// # Errors
    /// Where there is no such object, or the field cannot be edited in place.
    pub fn edited(
        &self,
        kind: &str,
        object: &str,
        path: &str,
        value: &NewValue,
    ) -> Result<Vec<(String, String)>, CannotEdit> {
        let loaded = self.find(kind, object).ok_or(CannotEdit::NotThere)?;
        let source = self.files().get(loaded.root.span.file).text();
        let edit = set(&loaded.root, source, &Path::parse(path), value, None)?;
        let files = self.files().iter().map(|(id, file)| {
            let own =
                (id == edit.span.file).then(|| apply(file.text(), std::slice::from_ref(&edit)).0);
            (file.name().to_owned(), own.unwrap_or_else(|| file.text().to_owned()))
        });
        Ok(files.collect())
    }
}

/// Carries out edits of one text. Gives the new text and where in it each edit's text stands, in
/// the order of their places.
///
/// Edits must not overlap; of two that do, the later is left out.
pub fn apply(source: &str, edits: &[TextEdit]) -> (String, Vec<std::ops::Range<usize>>) {
    let mut order: Vec<&TextEdit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut text = String::with_capacity(source.len() + 64);
    let mut changed = Vec::new();
    let mut at = 0;
    for edit in order {
        let range = edit.span.range();
        if range.start < at {
            continue;
        }
        text.push_str(&source[at..range.start]);
        let start = text.len();
        text.push_str(&edit.text);
        if !edit.text.is_empty() {
            let lead = edit.text.len() - edit.text.trim_start().len();
            changed.push(start + lead..text.len());
        }
        at = range.end;
    }
    text.push_str(&source[at..]);
    (text, changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;
    use crate::span::yaml::read;

    fn edited(text: &str, path: &str, value: Option<NewValue>, after: Option<&str>) -> String {
        let root = read(FileId(0), text).documents[0].root.clone();
        let path = Path::parse(path);
        let edit = match &value {
            Some(value) => set(&root, text, &path, value, after),
            None => remove(&root, text, &path),
        };
        apply(text, &[edit.expect("it can be edited")]).0
    }

    fn word(text: &str) -> Option<NewValue> {
        Some(NewValue::Text(text.into()))
    }

    #[test]
    fn fields_are_set_where_they_stand() {
        let text = "a: 1 # one\nb: 'x'\nc: {d: \"e\", f: g}\nh:\ni: 2\n";
        let rows = [
            ("a", Some(NewValue::Number(5)), "a: 5 # one"),
            ("b", word("it's"), "b: 'it''s'"),
            ("c.d", word("new"), "c: {d: \"new\", f: g}"),
            ("c.k", word("v"), "c: {d: \"e\", f: g, k: v}"),
            ("h", word("y"), "h: \"y\"\n"),
            ("i", word("2Gi"), "i: 2Gi"),
            ("i", word("3"), "i: \"3\""),
            ("j.k", Some(NewValue::Number(1)), "i: 2\nj:\n  k: 1\n"),
        ];
        for (path, value, want) in rows {
            let new = edited(text, path, value, None);
            assert!(new.contains(want), "{path}: {new}");
        }
    }

    #[test]
    fn new_fields_take_the_indentation_of_their_block() {
        let text = "m:\r\n    name: a # its name\r\n    labels:\r\n      x: y\r\n---\r\nz: 1\r\n";
        assert_eq!(
            edited(text, "m.namespace", word("db"), Some("name")),
            text.replace("its name\r\n", "its name\r\n    namespace: db\r\n")
        );
        let list = "l:\n- a: 1\n  b: 2\n";
        assert_eq!(edited(list, "l[0].c", word("x"), Some("a")), "l:\n- a: 1\n  c: x\n  b: 2\n");
    }

    #[test]
    fn fields_are_taken_out_with_their_lines() {
        let text = "a: 1 # one\nb:\n- c: 1\n  d: 2\n- {e: 1, f: 2}\ng: 3";
        assert_eq!(edited(text, "a", None, None), &text[11..]);
        assert_eq!(edited(text, "b[0].c", None, None), text.replace("c: 1\n  d", "d"));
        assert_eq!(edited(text, "b[0].d", None, None), text.replace("  d: 2\n", ""));
        assert_eq!(edited(text, "b[1].e", None, None), text.replace("e: 1, ", ""));
        assert_eq!(edited(text, "b[1].f", None, None), text.replace(", f: 2", ""));
        assert_eq!(edited(text, "g", None, None), text.replace("g: 3", ""));
    }

    #[test]
    fn what_stands_there_through_an_alias_is_left_alone() {
        let text = "a: &x {k: 1}\nb: *x\n";
        let root = read(FileId(0), text).documents[0].root.clone();
        let value = NewValue::Number(2);
        let path = Path::parse("b.k");
        assert_eq!(set(&root, text, &path, &value, None), Err(CannotEdit::Shared));
    }
}

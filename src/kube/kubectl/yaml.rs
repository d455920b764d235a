//! A tree as YAML, as kubectl writes it. Models sigs.k8s.io/yaml, that is yaml/v2's encode.go,
//! resolve.go and emitterc.go: keys in natural order, texts plain where they stay texts, `|` for
//! several lines, folded beyond 80 columns.

mod resolve;

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value;

use resolve::is_something_else;

/// The column after which a text is folded at its next space.
const WIDTH: usize = 80;

/// A tree as a document.
pub(super) fn document(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(&mut text, value, 0),
        Value::Array(items) if !items.is_empty() => sequence(&mut text, items, 0),
        other => scalar(&mut text, other, 0),
    }
    text
}

/// What yaml/v2 says of a text it cannot read: the problem, and a line that it counts in its own
/// way. Models `parser.fail`.
pub(super) fn trouble(error: &serde_yaml::Error) -> String {
    let said = error.to_string();
    let (problem, context) = match said.split_once(", while ") {
        Some((problem, context)) => (problem, context),
        None => (said.as_str(), ""),
    };
    let place = |text: &str| -> Option<(String, u64)> {
        let (words, place) = text.rsplit_once(" at line ")?;
        Some((words.to_string(), place.split(' ').next()?.parse().ok()?))
    };
    let (words, at) = place(problem).unwrap_or((problem.to_string(), 1));
    // A scanner counts from 1, a parser from 0; where something began goes first.
    let counts_from_one = context.is_empty() || context.starts_with("scanning");
    let off = if counts_from_one { 0 } else { 1 };
    let began = place(context).map(|(_, line)| line);
    // The first line has no number.
    let line = began.into_iter().chain([at]).find(|line| *line > 1).map_or(0, |line| line - off);
    if line == 0 { format!("yaml: {words}") } else { format!("yaml: line {line}: {words}") }
}

/// A mapping's entries; the first begins where the text ends.
fn mapping(text: &mut String, value: &Value, indent: usize) {
    let map = value.as_object().expect("only mappings come here");
    let mut entries: Vec<(&String, &Value)> = map.iter().collect();
    entries.sort_by(|(a, _), (b, _)| natural(a, b));
    for (index, (key, value)) in entries.into_iter().enumerate() {
        if index > 0 {
            text.push_str(&" ".repeat(indent));
        }
        string(text, key, 0, true);
        text.push(':');
        match value {
            Value::Object(map) if !map.is_empty() => {
                text.push('\n');
                text.push_str(&" ".repeat(indent + 2));
                mapping(text, value, indent + 2);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                text.push_str(&" ".repeat(indent));
                sequence(text, items, indent);
            }
            other => {
                text.push(' ');
                scalar(text, other, indent + 2);
            }
        }
    }
}

/// A sequence's items; the first begins where the text ends.
fn sequence(text: &mut String, items: &[Value], indent: usize) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(&" ".repeat(indent));
        }
        text.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => mapping(text, item, indent + 2),
            Value::Array(items) if !items.is_empty() => sequence(text, items, indent + 2),
            other => scalar(text, other, indent + 2),
        }
    }
}

/// A leaf and the end of its line; `indent` is where further lines begin.
fn scalar(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::String(it) if it.contains('\n') && Shape::of(it).block => {
            literal(text, it, indent);
            return;
        }
        Value::String(it) => string(text, it, indent, false),
        Value::Object(_) => text.push_str("{}"),
        Value::Array(_) => text.push_str("[]"),
        other => text.push_str(&other.to_string()),
    }
    text.push('\n');
}

fn string(text: &mut String, it: &str, indent: usize, is_key: bool) {
    let shape = Shape::of(it);
    let mut out = Folding { column: column(text), text, indent, folds: !is_key };
    if it.contains('\n') || is_something_else(it) {
        out.double_quoted(it);
    } else if shape.plain {
        out.plain(it);
    } else if shape.single {
        out.single_quoted(it);
    } else {
        out.double_quoted(it);
    }
}

fn column(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or_default().chars().count()
}

fn literal(text: &mut String, it: &str, indent: usize) {
    text.push('|');
    if it.starts_with([' ', '\n']) {
        text.push('2');
    }
    match it.strip_suffix('\n') {
        None => text.push('-'),
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => text.push('+'),
        Some(_) => {}
    }
    text.push('\n');
    for line in it.strip_suffix('\n').unwrap_or(it).split('\n') {
        if !line.is_empty() {
            text.push_str(&" ".repeat(indent));
            text.push_str(line);
        }
        text.push('\n');
    }
}

/// In which styles a text may be written. Models `yaml_emitter_analyze_scalar`.
struct Shape {
    plain: bool,
    single: bool,
    block: bool,
}

impl Shape {
    fn of(it: &str) -> Shape {
        let letters: Vec<char> = it.chars().collect();
        let blank = |at: usize| letters.get(at).is_none_or(|one| " \t\n\r".contains(*one));
        let mut indicators = it.starts_with("---") || it.starts_with("...");
        for (at, letter) in letters.iter().enumerate() {
            indicators |= match letter {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"'
                | '%' | '@' | '`'
                    if at == 0 =>
                {
                    true
                }
                '?' | '-' if at == 0 => blank(1),
                ':' => blank(at + 1),
                '#' => blank(at - 1),
                _ => false,
            };
        }
        let special = letters.iter().any(|one| *one != '\n' && !is_printable(*one));
        let space_break = it.contains(" \n");
        let edges = it.starts_with([' ', '\n']) || it.ends_with([' ', '\n']);
        let broken = special || space_break;
        Shape {
            plain: !(edges || broken || indicators || it.contains('\n')),
            single: !(broken || it.contains("\n ")),
            block: !(broken || it.ends_with(' ')),
        }
    }
}

fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && letter != '\u{feff}'
        || letter > '\u{ffff}'
}

/// Writes a text and folds it.
struct Folding<'a> {
    text: &'a mut String,
    column: usize,
    indent: usize,
    folds: bool,
}

impl Folding<'_> {
    fn put(&mut self, letter: char) {
        self.text.push(letter);
        self.column += 1;
    }

    fn fold(&mut self) {
        self.text.push('\n');
        self.text.push_str(&" ".repeat(self.indent));
        self.column = self.indent;
    }

    /// Whether a line may end instead of this space: not beside another one.
    fn ends_here(&self, before: Option<char>, after: Option<&char>) -> bool {
        self.folds && self.column > WIDTH && before != Some(' ') && after != Some(&' ')
    }

    fn plain(&mut self, it: &str) {
        self.folded(it, |out, letter, _| out.put(letter));
    }

    fn single_quoted(&mut self, it: &str) {
        self.put('\'');
        self.folded(it, |out, letter, _| {
            if letter == '\'' {
                out.put('\'');
            }
            out.put(letter);
        });
        self.put('\'');
    }

    fn double_quoted(&mut self, it: &str) {
        self.put('"');
        let mut before = None;
        let mut rest = it.chars().peekable();
        while let Some(letter) = rest.next() {
            let inside = before.is_some() && rest.peek().is_some();
            if letter == ' ' && inside && self.folds && self.column > WIDTH && before != Some(' ') {
                self.fold();
                if rest.peek() == Some(&' ') {
                    self.put('\\');
                }
            } else {
                self.escaped(letter);
            }
            before = Some(letter);
        }
        self.put('"');
    }

    fn folded(&mut self, it: &str, put: fn(&mut Self, char, &mut Peekable<Chars<'_>>)) {
        let mut before = None;
        let mut rest = it.chars().peekable();
        while let Some(letter) = rest.next() {
            let inside = before.is_some() && rest.peek().is_some();
            if letter == ' ' && inside && self.ends_here(before, rest.peek()) {
                self.fold();
            } else {
                put(self, letter, &mut rest);
            }
            before = Some(letter);
        }
    }

    fn escaped(&mut self, letter: char) {
        let short = match letter {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' | '\\' => letter,
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ if is_printable(letter) => return self.put(letter),
            _ => {
                let number = u32::from(letter);
                let code = match number {
                    0..=0xff => format!("\\x{number:02X}"),
                    0x100..=0xffff => format!("\\u{number:04X}"),
                    _ => format!("\\U{number:08X}"),
                };
                return code.chars().for_each(|one| self.put(one));
            }
        };
        self.put('\\');
        self.put(short);
    }
}

/// Keys as people sort them: numbers by their value, letters after all else. Models `keyList`.
fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(one, other)| one != other) else {
        return a.len().cmp(&b.len());
    };
    match (a[at].is_alphabetic(), b[at].is_alphabetic()) {
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (true, true) => return a[at].cmp(&b[at]),
        (false, false) => {}
    }
    let number = |text: &[char]| -> (u64, usize) {
        let digits: String = text[at..].iter().take_while(|one| one.is_ascii_digit()).collect();
        (digits.parse().unwrap_or(0), digits.len())
    };
    number(&a).cmp(&number(&b)).then(a[at].cmp(&b[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_that_would_be_read_as_something_else_are_quoted() {
        let rows = [
            ("True", "\"True\""),
            ("0", "\"0\""),
            ("2026-01-05T08:00:00Z", "\"2026-01-05T08:00:00Z\""),
            ("5.7", "\"5.7\""),
            ("5.7.44", "5.7.44"),
            ("10.244.1.2", "10.244.1.2"),
            ("500m", "500m"),
            ("10:30", "\"10:30\""),
            ("", "\"\""),
            ("a: b", "'a: b'"),
            ("[mysqld]", "'[mysqld]'"),
            ("it's #1", "'it''s #1'"),
            ("-c", "-c"),
            ("- c", "'- c'"),
            ("a\tb", "\"a\\tb\""),
            ("trailing ", "'trailing '"),
            ("mysql:5.7", "mysql:5.7"),
        ];
        for (text, want) in rows {
            assert_eq!(document(&json!({"a": text})), format!("a: {want}\n"));
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_as_the_library_says_it() {
        let rows = [
            ("a:\n  b: 1\n c: 2\n", "yaml: line 2: did not find expected key"),
            ("{\"a\":", "yaml: line 1: did not find expected node content"),
            ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
            ("x: 1\na: b: c\n", "yaml: line 2: mapping values are not allowed in this context"),
            ("a: 'b\n", "yaml: line 2: found unexpected end of stream"),
        ];
        for (text, want) in rows {
            let error = serde_yaml::from_str::<Value>(text).expect_err("it cannot be read");
            assert_eq!(trouble(&error), want, "{error}");
        }
    }

    #[test]
    fn blocks_and_folds_are_those_of_the_library() {
        let value = json!({"b": ["x\ny\n", "x \ny\n", "no end\nhere"], "message": "0/4 nodes are \
            available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod \
            didn't tolerate."});
        let want = "b:\n- |\n  x\n  y\n- \"x \\ny\\n\"\n- |-\n  no end\n  here\nmessage: '0/4 \
            nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master:\n  }, that \
            the pod didn''t tolerate.'\n";
        assert_eq!(document(&value), want);
        let keys = json!({"node10": 1, "node2": {}, "on": [], "a.b/c": null});
        assert_eq!(document(&keys), "a.b/c: null\nnode2: {}\nnode10: 1\n\"on\": []\n");
    }
}

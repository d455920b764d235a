//! `-o jsonpath=…`: fields, `[*]`, `[0]`, `[0:2]`, `['a.b']`, `..`, `[?(@.a=="b")]`,
//! `{range}` … `{end}`, texts. Models client-go/util/jsonpath.

use serde_json::Value;

/// A piece of a template.
enum Piece {
    Text(String),
    Path(String),
    Range(String),
    End,
}

/// Fills a template in.
pub(super) fn render(template: &str, value: &Value) -> Result<String, String> {
    let pieces = pieces(template)?;
    let mut text = String::new();
    // Open ranges: where their body begins, what is left to go through, and the current item.
    let mut ranges: Vec<(usize, Vec<Value>, Value)> = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let current = ranges.last().map_or(value, |(_, _, item)| item).clone();
        match &pieces[at] {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Path(path) => {
                let found: Vec<String> = find(path, &current).iter().map(plain).collect();
                text.push_str(&found.join(" "));
            }
            Piece::Range(path) => {
                let mut items = find(path, &current);
                items.reverse();
                match items.pop() {
                    Some(first) => ranges.push((at, items, first)),
                    None => at = end_of(&pieces, at),
                }
            }
            Piece::End => {
                if let Some((begin, mut items, _)) = ranges.pop()
                    && let Some(next) = items.pop()
                {
                    ranges.push((begin, items, next));
                    at = begin;
                }
            }
        }
        at += 1;
    }
    Ok(text)
}

fn end_of(pieces: &[Piece], range: usize) -> usize {
    let mut depth = 0;
    for (at, piece) in pieces.iter().enumerate().skip(range) {
        match piece {
            Piece::Range(_) => depth += 1,
            Piece::End => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    pieces.len()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn pieces(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_string()));
        }
        let Some((inner, tail)) = closed(after) else {
            return Err(format!("error: error parsing jsonpath {template}, unclosed action"));
        };
        let inner = inner.trim();
        pieces.push(if inner == "end" {
            Piece::End
        } else if let Some(path) = inner.strip_prefix("range ") {
            Piece::Range(path.trim().to_string())
        } else if let Some(quoted) = inner.strip_prefix(['"', '\'']) {
            let text = quoted.trim_end_matches(['"', '\'']);
            Piece::Text(text.replace("\\n", "\n").replace("\\t", "\t"))
        } else {
            Piece::Path(inner.to_string())
        });
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_string()));
    }
    Ok(pieces)
}

/// What stands before the `}` that closes an action, quoted ones left out of account.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '}') => return Some((&text[..at], &text[at + 1..])),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

/// Everything a path leads to.
pub(super) fn find(path: &str, value: &Value) -> Vec<Value> {
    let mut found = vec![value.clone()];
    for step in steps(path) {
        found = found.iter().flat_map(|one| follow(one, &step)).collect();
    }
    found
}

/// A step of a path.
enum Step {
    Field(String),
    All,
    Below,
    Index(i64),
    Slice(Option<i64>, Option<i64>),
    Filter(String),
}

fn steps(path: &str) -> Vec<Step> {
    let path = path.trim_start_matches(['$', '@']);
    let mut steps = Vec::new();
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '.' if letters.peek() == Some(&'.') => {
                letters.next();
                steps.push(Step::Below);
            }
            '.' => {}
            '[' => {
                let mut depth = 1;
                let inner: String = letters
                    .by_ref()
                    .take_while(|one| {
                        depth += i32::from(*one == '[') - i32::from(*one == ']');
                        depth > 0
                    })
                    .collect();
                steps.push(bracketed(&inner));
            }
            first => {
                let mut name = String::new();
                let mut next = Some(first);
                while let Some(letter) = next {
                    // A dot of a key is written `\.`.
                    name.push(if letter == '\\' { letters.next().unwrap_or('\\') } else { letter });
                    next = letters.next_if(|one| !matches!(one, '.' | '['));
                }
                steps.push(if name == "*" { Step::All } else { Step::Field(name) });
            }
        }
    }
    steps
}

fn bracketed(inner: &str) -> Step {
    if let Some(filter) = inner.strip_prefix("?(").and_then(|rest| rest.strip_suffix(')')) {
        return Step::Filter(filter.to_string());
    }
    let plain = inner.trim_matches(['\'', '"']);
    if plain == "*" {
        return Step::All;
    }
    if plain != inner {
        return Step::Field(plain.to_string());
    }
    if let Some((from, to)) = inner.split_once(':') {
        return Step::Slice(from.parse().ok(), to.parse().ok());
    }
    match inner.parse() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Field(inner.to_string()),
    }
}

fn follow(value: &Value, step: &Step) -> Vec<Value> {
    match (step, value) {
        (Step::Field(name), Value::Object(map)) => map.get(name).cloned().into_iter().collect(),
        (Step::All, Value::Array(items)) => items.clone(),
        (Step::All, Value::Object(map)) => map.values().cloned().collect(),
        (Step::Index(index), Value::Array(items)) => {
            items.get(place(*index, items.len())).cloned().into_iter().collect()
        }
        (Step::Slice(from, to), Value::Array(items)) => {
            let from = place(from.unwrap_or(0), items.len()).min(items.len());
            let to = to.map_or(items.len(), |to| place(to, items.len())).min(items.len());
            items.get(from..to).unwrap_or_default().to_vec()
        }
        (Step::Filter(filter), Value::Array(items)) => {
            items.iter().filter(|item| holds(filter, item)).cloned().collect()
        }
        (Step::Below, value) => below(value),
        _ => Vec::new(),
    }
}

/// An index that may count from the end.
fn place(index: i64, length: usize) -> usize {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    usize::try_from(if index < 0 { length + index } else { index }).unwrap_or(usize::MAX)
}

/// The value and everything in it. Depth is bounded by the decoder.
fn below(value: &Value) -> Vec<Value> {
    let mut all = vec![value.clone()];
    match value {
        Value::Array(items) => all.extend(items.iter().flat_map(below)),
        Value::Object(map) => all.extend(map.values().flat_map(below)),
        _ => {}
    }
    all
}

/// `@.a=="b"`, `@.n>1`, `@.a`.
fn holds(filter: &str, item: &Value) -> bool {
    for operator in ["==", "!=", "<=", ">=", "<", ">"] {
        let Some((left, right)) = filter.split_once(operator) else { continue };
        let (left, right) = (operand(left, item), operand(right, item));
        let (Some(left), Some(right)) = (left, right) else { return false };
        let order = match (&left, &right) {
            (Value::Number(a), Value::Number(b)) => a.as_i64().cmp(&b.as_i64()),
            (a, b) => plain(a).cmp(&plain(b)),
        };
        return match operator {
            "==" => order.is_eq(),
            "!=" => order.is_ne(),
            "<=" => order.is_le(),
            ">=" => order.is_ge(),
            "<" => order.is_lt(),
            _ => order.is_gt(),
        };
    }
    operand(filter, item).is_some()
}

fn operand(text: &str, item: &Value) -> Option<Value> {
    let text = text.trim();
    if text.starts_with('@') {
        return find(text, item).into_iter().next();
    }
    match text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        Some(inner) => Some(inner.into()),
        None => serde_json::from_str(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn templates_are_filled_in() {
        let pods = json!({"items": [
            {"metadata": {"name": "a", "labels": {"x.io/y": "1"}}, "n": [1, 2]},
            {"metadata": {"name": "b", "labels": {"x.io/y": "2"}}, "n": [3]},
        ]});
        let rows = [
            ("{.items[*].metadata.name}", "a b"),
            ("{.items[0].metadata.name}", "a"),
            ("{.items[-1].metadata.name}", "b"),
            ("{.items[0].metadata.labels.x\\.io/y}", "1"),
            ("{range .items[*]}{.metadata.name}{\"\\n\"}{end}", "a\nb\n"),
            ("{range .items[*]}{range .n[*]}{@},{end};{end}", "1,2,;3,;"),
            ("{.nothing}", ""),
            ("{.items[?(@.metadata.name==\"b\")].n}", "[3]"),
            ("{.items[?(@.metadata.name!='b')].metadata.name}", "a"),
            ("{.items[*].n[?(@>1)]}", "2 3"),
            ("{.items[0].n[0:1]}", "1"),
            ("{.items[0].n[-1:]}", "2"),
            ("{..name}", "a b"),
            ("{.items[0].metadata.labels['x.io/y']}", "1"),
        ];
        for (template, want) in rows {
            assert_eq!(render(template, &pods).as_deref(), Ok(want), "{template}");
        }
        assert!(render("{.items", &pods).is_err());
    }
}

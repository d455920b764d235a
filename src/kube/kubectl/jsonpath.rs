//! `-o jsonpath=…`, as far as people use it: fields, `[*]`, `[0]`, `['a.b']`, `..`-free paths,
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
        let Some((inner, tail)) = after.split_once('}') else {
            return Err("error: error parsing jsonpath: unclosed action".to_string());
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
    Index(i64),
}

fn steps(path: &str) -> Vec<Step> {
    let path = path.trim_start_matches(['$', '@']);
    let mut steps = Vec::new();
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '.' => {}
            '[' => {
                let inner: String = letters.by_ref().take_while(|one| *one != ']').collect();
                steps.push(match inner.trim_matches(['\'', '"']) {
                    "*" => Step::All,
                    text => match text.parse() {
                        Ok(index) => Step::Index(index),
                        Err(_) => Step::Field(text.to_string()),
                    },
                });
            }
            first => {
                let mut name = String::from(first);
                while let Some(next) = letters.peek() {
                    if matches!(next, '.' | '[') {
                        break;
                    }
                    let next = letters.next().expect("it was just looked at");
                    // A dot of a key is written `\.`.
                    name.push(if next == '\\' { letters.next().unwrap_or('\\') } else { next });
                }
                steps.push(if name == "*" { Step::All } else { Step::Field(name) });
            }
        }
    }
    steps
}

fn follow(value: &Value, step: &Step) -> Vec<Value> {
    match (step, value) {
        (Step::Field(name), Value::Object(map)) => map.get(name).cloned().into_iter().collect(),
        (Step::All, Value::Array(items)) => items.clone(),
        (Step::All, Value::Object(map)) => map.values().cloned().collect(),
        (Step::Index(index), Value::Array(items)) => {
            let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
            let at = if *index < 0 { length + index } else { *index };
            usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().into_iter().collect()
        }
        _ => Vec::new(),
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
        ];
        for (template, want) in rows {
            assert_eq!(render(template, &pods).as_deref(), Ok(want), "{template}");
        }
        assert!(render("{.items", &pods).is_err());
    }
}

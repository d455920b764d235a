//! The tree against texts people write.

use super::*;
use crate::span::FileId;
use serde_json::json;

fn tree(text: &str) -> Node {
    let stream = read(FileId(0), text);
    assert_eq!(stream.troubles, [], "{text}");
    stream.documents.into_iter().next().expect("one document").root
}

fn at<'t>(text: &'t str, node: &Node) -> &'t str {
    &text[node.span.range()]
}

#[test]
fn every_node_knows_its_bytes() {
    let text = "# 注释\nspec:\n  名: '主''库'\n  list:\n  - a: 1\n    b: [x, \"y\"]\n  - {c: d}\n  \
     empty:\nend: 1\n";
    let root = tree(text);
    let find = |path: &str| root.find(&Path::parse(path)).expect(path).node;
    assert_eq!(at(text, find("spec.名")), "'主''库'");
    assert_eq!(at(text, find("spec.list[0].b")), "[x, \"y\"]");
    assert_eq!(at(text, find("spec.list[0].b[1]")), "\"y\"");
    assert_eq!(at(text, find("spec.list[0]")), "a: 1\n    b: [x, \"y\"]");
    assert_eq!(at(text, find("spec.list[1]")), "{c: d}");
    assert_eq!(at(text, find("end")), "1");
    assert!(find("spec.empty").is_null());
    assert_eq!(
        root.to_json(),
        json!({"spec": {"名": "主'库", "list": [{"a": 1, "b": ["x", "y"]}, {"c": "d"}],
            "empty": null}, "end": 1})
    );
}

#[test]
fn a_script_maps_back_to_its_lines() {
    for crlf in [false, true] {
        let mut text = String::from(
            "command:\n- bash\n- |\n\n  set -ex\n  # 注释\n\n    echo \"a\\\n      b\"\n  \
             done\n\nnext: 1\n",
        );
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let root = tree(&text);
        let node = root.find(&Path::parse("command[1]")).expect("the script").node;
        let script = node.text().expect("a scalar");
        assert_eq!(script, "\nset -ex\n# 注释\n\n  echo \"a\\\n    b\"\ndone\n", "crlf {crlf}");
        let map = TextMap::of(node, &text).expect("a scalar");
        for word in ["set -ex", "注释", "echo", "b\"", "done"] {
            let start = script.find(word).expect(word) as u32;
            let spans = map.spans(start, start + word.len() as u32);
            let shown: Vec<&str> = spans.iter().map(|span| &text[span.range()]).collect();
            assert_eq!(shown, [word], "crlf {crlf}");
            assert_eq!(map.to_text(spans[0].start), Some(start));
        }
        let from = script.find("echo").expect("echo") as u32;
        let both = map.spans(from, script.find("\ndone").expect("done") as u32);
        let shown: Vec<&str> = both.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(shown, ["echo \"a\\", "    b\""]);
        assert!(text[node.span.range()].trim_end().ends_with("done"));
    }
}

#[test]
fn quoted_and_folded_texts_map_back_word_by_word() {
    let text = "a: \"tab\\t and \\\"quote\\\" \\u4e3b end\"\nb: 'it''s one'\nc: >\n  folded \
     words\n  go on\n\n  last\nd: plain\n  goes on\n";
    let root = tree(text);
    for (key, words) in [
        ("a", vec!["and", "quote", "end"]),
        ("b", vec!["it", "s one"]),
        ("c", vec!["folded words", "go on", "last"]),
        ("d", vec!["plain", "goes on"]),
    ] {
        let node = root.get(key).expect(key);
        let value = node.text().expect("a scalar");
        let map = TextMap::of(node, text).expect("a scalar");
        for word in words {
            let start = value.find(word).expect(word) as u32;
            let spans = map.spans(start, start + word.len() as u32);
            assert_eq!(&text[spans[0].range()], word, "{key} in {value:?}");
        }
    }
}

#[test]
fn troubles_are_located() {
    let rows = [
        ("a: 1\nb:\n\tc: 2\n", TroubleKind::Tab { continues: false }, 8),
        ("a: 1\nb: 2\na: 3\n", TroubleKind::DuplicateKey("a".into()), 10),
    ];
    for (text, kind, start) in rows {
        let stream = read(FileId(0), text);
        assert_eq!(stream.troubles.len(), 1, "{text}");
        assert_eq!(stream.troubles[0].kind, kind);
        assert_eq!(stream.troubles[0].span.start, start);
    }
    let broken = read(FileId(0), "a: b\n c: d\n e: [1, 2\nf: g\n");
    assert!(matches!(broken.troubles[0].kind, TroubleKind::Syntax(_)));
    let deep = "[".repeat(200);
    assert!(!read(FileId(0), &deep).troubles.is_empty());
}

#[test]
fn aliases_stand_where_they_are_used_and_stay_bounded() {
    let text = "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n  k: 3\n";
    let root = tree(text);
    assert_eq!(root.to_json(), json!({"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 3, "l": 2}}));
    assert_eq!(at(text, root.get("b").expect("b")), "*x");
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs += &format!("a{level}: &a{level} [{inner}]\n");
    }
    assert_eq!(read(FileId(0), &laughs).troubles[0].kind, TroubleKind::TooLarge);
}

#[test]
fn documents_are_told_apart() {
    let stream = read(FileId(0), "---\na: 1\n---\n# nothing\n---\nb: 2\n...\n");
    let shown: Vec<String> =
        stream.documents.iter().map(|document| document.root.to_json().to_string()).collect();
    assert_eq!(shown, ["{\"a\":1}", "null", "{\"b\":2}"]);
}

#[test]
fn any_text_is_read_without_a_panic() {
    use proptest::prelude::*;
    let pieces = prop::collection::vec(
        prop::sample::select(vec![
            "a", ": ", "- ", "\n", "  ", "\t", "|", ">", "\"", "'", "[", "]", "{", "}", "&x ",
            "*x", "#", "主", "\r\n", "---\n", "!!str ", "\\", "%", "?", ",", "0", "<<: ",
            "\u{feff}",
        ]),
        0..40,
    );
    proptest!(ProptestConfig::with_cases(3_000), |(parts in pieces)| {
        let text: String = parts.concat();
        for document in read(FileId(0), &text).documents {
            document.root.to_json();
            check(&document.root, &text);
        }
    });
}

/// Every span can be cut out of the text, and every map answers.
fn check(node: &Node, text: &str) {
    assert!(text.get(node.span.range()).is_some());
    if let Some(map) = TextMap::of(node, text) {
        let length = node.text().map_or(0, str::len) as u32;
        for at in 0..=length {
            for span in map.spans(at, at + 1) {
                assert!(span.end as usize <= text.len());
            }
        }
    }
    node.items().iter().for_each(|item| check(item, text));
    for entry in node.entries() {
        check(&entry.key, text);
        check(&entry.value, text);
    }
}

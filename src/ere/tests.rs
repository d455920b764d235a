//! Regular expressions against what the real bash answers.

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

/// A pattern, a text, the groups.
type Row = (&'static str, &'static str, Result<Option<&'static [&'static str]>, ()>);

/// What bash 5.2's `[[ text =~ pattern ]]` puts into BASH_REMATCH, unset groups as empty; `None`:
/// status 1; an error: status 2.
const BASH: &[Row] = &[
    ("(a|ab)(c|bcd)(d*)", "abcd", Ok(Some(&["abcd", "a", "bcd", ""]))),
    ("(a*)*", "b", Ok(Some(&["", ""]))),
    ("(a*)*", "aa", Ok(Some(&["aa", "aa"]))),
    ("(a*)+", "aa", Ok(Some(&["aa", "aa"]))),
    ("((a)|b)*", "ab", Ok(Some(&["ab", "b", "a"]))),
    ("(a*)(ab)*(b*)", "abb", Ok(Some(&["abb", "a", "", "bb"]))),
    ("(.?){0,2}x", "abx", Ok(Some(&["abx", "b"]))),
    ("((a*)|b)*", "aab", Ok(Some(&["aab", "b", "aa"]))),
    ("(^|b)*a", "ba", Ok(Some(&["ba", "b"]))),
    ("a**", "aa", Ok(Some(&["aa"]))),
    ("^*", "a", Err(())),
    ("*a", "*a", Err(())),
    ("(*a)", "*a", Err(())),
    ("a|*b", "b", Err(())),
    ("()", "x", Ok(Some(&["", ""]))),
    ("a||b", "x", Ok(Some(&[""]))),
    ("a{,2}", "aaa", Ok(Some(&["aa"]))),
    ("a{1", "a{1", Err(())),
    ("{1}", "{1}", Err(())),
    ("a{2,1}", "x", Err(())),
    ("a{32768}", "a", Err(())),
    ("(a", "a", Err(())),
    ("a)", "a)", Ok(Some(&["a)"]))),
    ("[a", "a", Err(())),
    ("[[:foo:]]", "a", Err(())),
    ("[z-a]", "a", Err(())),
    ("a\\", "a", Err(())),
    ("(a)\\1", "aa", Ok(Some(&["aa", "a"]))),
    ("(a)\\2", "aa", Err(())),
    ("\\bfoo\\b", "a foo b", Ok(Some(&["foo"]))),
    ("\\w+", "  ab_1 ", Ok(Some(&["ab_1"]))),
    ("[[.a.]]", "a", Ok(Some(&["a"]))),
    ("[[.foo.]]", "a", Err(())),
    ("[]a]+", "]a", Ok(Some(&["]a"]))),
    ("[a-]+", "a-", Ok(Some(&["a-"]))),
    ("[a-c-e]", "a", Err(())),
    ("[--/]", ".", Ok(Some(&["."]))),
    ("(x){0}", "x", Ok(Some(&["", ""]))),
    ("(a{0,1}){2}", "a", Ok(Some(&["a", ""]))),
    ("(a*){2,3}", "aa", Ok(Some(&["aa", "aa"]))),
    ("(a|ab|c|bcd)+(d*)", "abcd", Ok(Some(&["abcd", "bcd", ""]))),
    ("$a", "a", Ok(None)),
    ("a^b", "a^b", Ok(None)),
    ("a{}", "a{}", Err(())),
    ("a{x", "a{x", Err(())),
    ("(a|())*", "ab", Ok(Some(&["a", "a", ""]))),
    ("(()|a)+", "aab", Ok(Some(&["aa", "a", ""]))),
    ("(a|){3}", "aa", Ok(Some(&["aa", ""]))),
    ("-([0-9]+)$", "mysql-12", Ok(Some(&["-12", "12"]))),
    (
        "^(.*?)[[:space:]]+(.*?)$",
        "mysql-0-bin.000003\t154\tabc",
        Ok(Some(&["mysql-0-bin.000003\t154\tabc", "mysql-0-bin.000003\t154", "abc"])),
    ),
    ("^(.*?)-([0-9]+)$", "my-sql-3", Ok(Some(&["my-sql-3", "my-sql", "3"]))),
];

fn ours(pattern: &str, text: &str) -> Result<Option<Vec<String>>, ()> {
    let regex = Regex::new(pattern.as_bytes(), Flags::EXTENDED).map_err(|_| ())?;
    let groups = regex.search(text.as_bytes(), 0, false).map_err(|_| ())?;
    Ok(groups.map(|groups| {
        let text =
            |group: Option<(usize, usize)>| group.map_or("", |(start, end)| &text[start..end]);
        groups.into_iter().map(|group| text(group).to_string()).collect()
    }))
}

#[test]
fn matches_and_groups_are_bashs() {
    for (pattern, text, want) in BASH {
        let want = want.map(|groups| groups.map(|g| g.iter().map(|s| s.to_string()).collect()));
        assert_eq!(ours(pattern, text), want, "[[ {text} =~ {pattern} ]]");
    }
}

#[test]
fn basic_expressions_follow_gnu_tools() {
    let sed = Flags { dialect: Dialect::Sed, ..Flags::default() };
    let grep = Flags { dialect: Dialect::Grep, ..Flags::default() };
    type Row = (&'static str, Flags, Result<Option<(usize, usize)>, &'static str>);
    let rows: &[Row] = &[
        ("a\\{1", sed, Err("Unmatched \\{")),
        ("\\(a", sed, Err("Unmatched ( or \\(")),
        ("a\\)", sed, Err("Unmatched ) or \\)")),
        ("a\\{2,1\\}", sed, Err("Invalid content of \\{\\}")),
        ("a\\{x\\}", sed, Err("Invalid content of \\{\\}")),
        ("a\\{32768\\}", sed, Err("Regular expression too big")),
        ("\\(a\\)\\2", sed, Err("Invalid back reference")),
        ("a**", sed, Err("Invalid preceding regular expression")),
        ("a**", grep, Ok(Some((0, 0)))),
        ("*a", sed, Ok(Some((0, 2)))),
        ("\\(*a\\)", sed, Ok(Some((0, 2)))),
        ("^*a", sed, Ok(Some((0, 2)))),
        ("a\\|b", sed, Ok(Some((1, 2)))),
        ("\\+a", sed, Ok(None)),
        ("a^b", sed, Ok(Some((1, 4)))),
        ("\\(a\\)\\1", sed, Ok(Some((4, 6)))),
        ("b$", sed, Ok(Some((6, 7)))),
        ("[[:foo:]]", sed, Err("Invalid character class name")),
    ];
    for (pattern, flags, want) in rows {
        let have = Regex::new(pattern.as_bytes(), *flags)
            .map(|regex| regex.find(b"*a^baab", 0, false).map(|groups| groups[0].expect("whole")));
        assert_eq!(have.map_err(Error::text), *want, "{pattern}");
    }
}

#[test]
fn utf8_characters_are_one_only_where_the_locale_says_so() {
    let text = "中a".as_bytes();
    for (utf8, want) in [(false, 1), (true, 3)] {
        for pattern in ["^.", "^[^x]", "^[中-龥]"] {
            let flags = Flags { utf8, ..Flags::EXTENDED };
            let Ok(regex) = Regex::new(pattern.as_bytes(), flags) else { continue };
            let groups = regex.find(text, 0, false).expect("it matches");
            assert_eq!(groups[0], Some((0, want)), "{pattern} with utf8 {utf8}");
        }
    }
}

#[test]
fn hostile_patterns_end() {
    let long = "a".repeat(5_000);
    let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
    let stacked = format!("a{}", "?+".repeat(10_000));
    let rows = [
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+$",
        "((a*)*)*b",
        "(.*)(.*)(.*)(.*)x",
        "(a{1,255}){1,255}",
        "((a{1,99}){1,99}){1,99}",
        "(a*)\\1\\1b",
        "((a|b)*)*\\2x",
        &deep,
        &stacked,
    ];
    for pattern in rows {
        if let Ok(regex) = Regex::new(pattern.as_bytes(), Flags::EXTENDED) {
            let _ = regex.search(long.as_bytes(), 0, false);
        }
    }
}

fn pattern() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        8 => prop_oneof![Just("a"), Just("b"), Just("c")].prop_map(String::from),
        2 => Just(".".to_string()),
        1 => prop_oneof![
            Just("[ab]"), Just("[^a]"), Just("^"), Just("$"), Just("\\b"), Just("()"), Just("\\w"),
            Just("[[:alpha:]]"), Just("\\<"), Just("\\B")
        ].prop_map(String::from),
    ];
    atom.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|p| format!("({})", p.join("|"))),
            2 => (inner, prop_oneof![
                Just("*"), Just("+"), Just("?"), Just("{2}"), Just("{0,2}"), Just("{1,2}"),
                Just("*?"), Just("{2,}")
            ]).prop_map(|(inner, op)| format!("({inner}){op}")),
        ]
    })
}

/// Runs all cases in one bash; `None` where there is no bash.
fn bash(cases: &[(String, String)]) -> Option<Vec<String>> {
    const SCRIPT: &str = r#"while IFS= read -r p && IFS= read -r t; do
        [[ $t =~ $p ]]; s=$?
        printf '%s' "$s"; [ $s = 0 ] && printf '|%s' "${BASH_REMATCH[@]}"; printf '\n'
    done < "$0""#;
    let path = std::env::temp_dir().join(format!("ordinal-ere-{}", std::process::id()));
    let lines: Vec<String> = cases.iter().map(|(p, t)| format!("{p}\n{t}\n")).collect();
    std::fs::write(&path, lines.concat()).ok()?;
    let output = Command::new("bash").args(["-c", SCRIPT]).arg(&path).env("LC_ALL", "C").output();
    let _ = std::fs::remove_file(&path);
    Some(String::from_utf8(output.ok()?.stdout).ok()?.lines().map(String::from).collect())
}

#[test]
fn any_pattern_matches_as_in_bash() {
    let mut runner = TestRunner::deterministic();
    let strategy = (pattern(), "[abc]{0,6}");
    let cases = (0..1_500).map(|_| strategy.new_tree(&mut runner).expect("a case").current());
    // glibc forgets the condition when it copies `\\b` for an interval; we do not.
    let cases: Vec<(String, String)> =
        cases.filter(|(pattern, _)| !(pattern.contains('\\') && pattern.contains('{'))).collect();
    let Some(answers) = bash(&cases) else { return };
    assert_eq!(answers.len(), cases.len());
    let mut wrong = Vec::new();
    for ((pattern, text), want) in cases.iter().zip(answers) {
        let have = match ours(pattern, text) {
            Ok(Some(groups)) => format!("0|{}", groups.join("|")),
            Ok(None) => "1".to_string(),
            Err(()) => "2".to_string(),
        };
        if have != want {
            wrong.push(format!("[[ {text} =~ {pattern} ]]: bash {want}, ours {have}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

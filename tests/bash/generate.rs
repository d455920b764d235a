//! Scripts made up from the grammar, for comparison with the machine's bash. They touch nothing
//! outside their directory, and every loop in them ends: `z` only ever grows.

use proptest::prelude::*;

/// A script. Those with `set -x` have no pipelines: their processes write to one trace, in any order.
pub fn script() -> impl Strategy<Value = String> {
    prop_oneof![lines(true), lines(false).prop_map(|text| format!("set -x\n{text}"))]
}

fn lines(pipes: bool) -> impl Strategy<Value = String> {
    let head = prop_oneof![
        4 => Just(""),
        1 => Just("set -e\n"),
        1 => Just("set -u\n"),
        1 => Just("set -o pipefail\n"),
        1 => Just("trap 'echo bye $?' EXIT\n"),
        1 => Just("IFS=:\n"),
        1 => Just("set -f\n"),
    ];
    let setup = "a=1 b='x y' c= d=a:b:c e=-3\nset -- p 'q r' s\nl=(u 'v w' z)\n";
    (head, prop::collection::vec(command(pipes), 1..7))
        .prop_map(move |(head, lines)| format!("{setup}{head}{}\n", lines.join("\n")))
}

fn pick(words: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(words).prop_map(str::to_string).boxed()
}

fn name() -> BoxedStrategy<String> {
    pick(&["a", "b", "c", "d", "e", "n", "u"])
}

/// A pattern for `#`, `%`, `/`, `case` and `==`.
fn pattern() -> BoxedStrategy<String> {
    pick(&["*", "?", "a*", "*b", "[a-c]", "[!a]*", "x y", "'*'", "\"$b\"", "$c", "*:*", ":", "b"])
}

/// An arithmetic expression.
fn expression() -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        pick(&["0", "1", "2", "7", "10", "a", "e", "n", "u", "$a", "0x1f", "010", "${#b}", "l"]),
        pick(&["n++", "++n", "n--", "n=3", "n+=2", "n*=n"]),
    ];
    leaf.boxed()
        .prop_recursive(3, 12, 3, |inner| {
            let sign = pick(&[
                "+", "-", "*", "/", "%", "<", ">", "<=", "==", "!=", "&&", "||", "&", "|", "^",
                "<<", ">>", ",",
            ]);
            prop_oneof![
                4 => (inner.clone(), sign, inner.clone()).prop_map(|(l, s, r)| format!("{l} {s} {r}")),
                1 => (inner.clone(), inner.clone(), inner.clone())
                    .prop_map(|(t, y, n)| format!("{t} ? {y} : {n}")),
                1 => inner.clone().prop_map(|x| format!("({x})")),
                1 => inner.clone().prop_map(|x| format!("!{x}")),
                1 => inner.prop_map(|x| format!("- {x}")),
            ]
        })
        .boxed()
}

/// `$…` in one of its forms.
fn parameter(word: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let operator = pick(&["-", ":-", "+", ":+", "=", ":="]);
    let cut = pick(&["#", "##", "%", "%%"]);
    let swap = pick(&["/", "//", "/#", "/%"]);
    let other = pick(&[
        "$1",
        "$#",
        "$?",
        "${3}",
        "${9-none}",
        "${#b}",
        "${#}",
        "${#l[@]}",
        "${l[1]}",
        "${l[-1]}",
        "${l[@]}",
        "${!l[@]}",
        "$@",
        "$*",
        "${@:2}",
        "${l[@]:1:1}",
        "${!n-}",
        "${b@Q}",
        "$LINENO",
    ]);
    prop_oneof![
        3 => name().prop_map(|n| format!("${n}")),
        1 => name().prop_map(|n| format!("${{{n}}}")),
        2 => (name(), operator, word).prop_map(|(n, o, w)| format!("${{{n}{o}{w}}}")),
        2 => (name(), cut, pattern()).prop_map(|(n, o, p)| format!("${{{n}{o}{p}}}")),
        1 => (name(), swap, pattern(), pick(&["", "-", "Z&", "\"q\""]))
            .prop_map(|(n, o, p, w)| format!("${{{n}{o}{p}/{w}}}")),
        1 => (name(), pick(&["0", "1", " -1", "2"]), pick(&["", ":1", ":0", ":2"]))
            .prop_map(|(n, f, t)| format!("${{{n}:{f}{t}}}")),
        1 => (name(), pick(&["^", "^^", ",", ",,"])).prop_map(|(n, o)| format!("${{{n}{o}}}")),
        2 => other,
    ]
    .boxed()
}

/// A word of a command.
fn word() -> BoxedStrategy<String> {
    let plain = pick(&[
        "a", "x", "foo", "1", "-n1", "'s q'", "\"\"", "''", "\\$", "a\\ b", "$'t\\tn'", "{a,b}",
        "x{1..3}", "*", "f*", "[", "]", "=", "~x", "a=b", "!", "é",
    ]);
    plain
        .prop_recursive(2, 8, 2, |inner| {
            let parts = parameter(inner.clone());
            prop_oneof![
                2 => inner.clone(),
                3 => parts.clone(),
                3 => parts.clone().prop_map(|p| format!("\"{p}\"")),
                1 => (parts.clone(), inner.clone()).prop_map(|(p, w)| format!("{p}{w}")),
                1 => (parts.clone(), parts).prop_map(|(p, q)| format!("\"<{p} {q}>\"")),
                1 => expression().prop_map(|x| format!("$(({x}))")),
                1 => inner.clone().prop_map(|w| format!("$(echo {w})")),
                1 => inner.prop_map(|w| format!("\"$(echo {w}; echo e)\"")),
            ]
        })
        .boxed()
}

fn words() -> BoxedStrategy<String> {
    prop::collection::vec(word(), 0..4).prop_map(|words| words.join(" ")).boxed()
}

/// A command that only has a status.
fn test() -> BoxedStrategy<String> {
    prop_oneof![
        2 => pick(&["true", "false", "(exit 3)", ":", "! true"]),
        2 => (word(), pick(&["==", "!=", "="]), pattern())
            .prop_map(|(l, o, r)| format!("[[ {l} {o} {r} ]]")),
        1 => (word(), pick(&["^x", "(.)(.*)", "[a-z]+$", "\"$b\"", "y|x", "^$", "-([0-9])"]))
            .prop_map(|(l, r)| format!("[[ {l} =~ {r} ]]")),
        1 => (pick(&["-z", "-n", "-f", "-d", "-e"]), word())
            .prop_map(|(o, w)| format!("[[ {o} {w} ]]")),
        1 => (expression(), pick(&["-eq", "-lt", "-ge"]))
            .prop_map(|(x, o)| format!("[[ $(({x})) {o} 1 ]]")),
        2 => (parameter(Just("w".to_string()).boxed()), pick(&["=", "!=", "-eq"]), word())
            .prop_map(|(l, o, r)| format!("[ \"{l}\" {o} {r} ]")),
        1 => words().prop_map(|w| format!("[ {w} ]")),
        1 => expression().prop_map(|x| format!("(({x}))")),
    ]
    .boxed()
}

/// A simple command.
fn simple() -> BoxedStrategy<String> {
    prop_oneof![
        4 => words().prop_map(|w| format!("echo {w}")),
        2 => words().prop_map(|w| format!("printf '[%s]' {w}; echo")),
        2 => (name(), word()).prop_map(|(n, w)| format!("{n}={w}")),
        1 => (name(), word()).prop_map(|(n, w)| format!("{n}+={w}")),
        1 => words().prop_map(|w| format!("l=({w})")),
        1 => (pick(&["0", "1", "5", "a", "-1"]), word()).prop_map(|(i, w)| format!("l[{i}]={w}")),
        1 => words().prop_map(|w| format!("set -- {w}")),
        1 => words().prop_map(|w| format!("fun {w}")),
        1 => word().prop_map(|w| format!("eval \"echo {}\"", w.replace('"', "\\\""))),
        1 => (name(), word()).prop_map(|(n, w)| format!("read {n} u <<< {w}; echo \"${n}|$u\"")),
        1 => name().prop_map(|n| format!("unset {n}")),
        1 => expression().prop_map(|x| format!("let '{x}'")),
        1 => pick(&["shift", "local v=1", "return 3", "break", "continue", "nosuch", "cat nofile",
            "echo ${PIPESTATUS[@]}", "declare -i n=2+1", "export a", "exit 4", "trap - EXIT",
            "echo \"${BASH_REMATCH[@]}\"", "echo $-", "cd /nosuch", "type nosuch", "wait"]),
        2 => test(),
    ]
    .boxed()
}

/// Where a command's output goes.
fn redirection() -> BoxedStrategy<String> {
    pick(&["> f1", ">> f1", "> f1 2>&1", "2>/dev/null", "< f1", "> /dev/null", "> no/f", "<<< hi"])
}

/// Any command.
fn command(pipes: bool) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        6 => simple(),
        1 => (simple(), redirection()).prop_map(|(s, r)| format!("{{ {s}; }} {r}")),
        1 => Just("cat f1 2>/dev/null".to_string()),
    ];
    leaf.boxed()
        .prop_recursive(3, 24, 4, move |inner| {
            let some = prop::collection::vec(inner.clone(), 1..3).prop_map(|all| all.join("; "));
            let some = some.boxed();
            let pipe = if pipes {
                (inner.clone(), pick(&["cat", "tr a b", "{ read x; echo \"<$x\"; }"]))
                    .prop_map(|(l, r)| format!("{{ {l}; }} | {r}"))
                    .boxed()
            } else {
                inner.clone()
            };
            prop_oneof![
                3 => inner.clone(),
                1 => (test(), inner.clone()).prop_map(|(t, c)| format!("{t} && {c}")),
                1 => (test(), inner.clone()).prop_map(|(t, c)| format!("{t} || {c}")),
                1 => inner.clone().prop_map(|c| format!("! {{ {c}; }}")),
                2 => (test(), some.clone(), some.clone())
                    .prop_map(|(t, y, n)| format!("if {t}; then {y}; else {n}; fi")),
                1 => (words(), some.clone())
                    .prop_map(|(w, c)| format!("for i in {w}; do echo $i; {c}; done")),
                1 => some.clone().prop_map(|c| format!("for ((k=0; k<2 && z++<20; k++)); do {c}; done")),
                1 => some.clone().prop_map(|c| format!("while ((z++ < 9)); do {c}; done")),
                1 => (word(), pattern(), some.clone())
                    .prop_map(|(w, p, c)| format!("case {w} in {p}) {c} ;; *) echo other ;; esac")),
                1 => some.clone().prop_map(|c| format!("({c})")),
                1 => (some.clone(), redirection()).prop_map(|(c, r)| format!("{{ {c}; }} {r}")),
                1 => (some.clone(), words())
                    .prop_map(|(c, w)| function(&c, &w)),
                1 => (name(), some.clone())
                    .prop_map(|(n, c)| format!("{n}=$({c}); echo \"$? ${n}\"")),
                1 => (word(), word())
                    .prop_map(|(v, w)| format!("cat <<E\n{v} $a \"$b\"\n{w}\nE")),
                2 => pipe,
            ]
        })
        .boxed()
}

/// A function and its call. It never calls itself.
fn function(body: &str, words: &str) -> String {
    format!("fun() {{ local a=$1; {}; }}; fun {words}", body.replace("fun", "echo"))
}

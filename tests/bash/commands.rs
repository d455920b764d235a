//! Made-up command lines of the small programs, in the model and in the machine's coreutils, grep,
//! sed and mawk.
//!
//! `COMMAND_SEED` and `COMMAND_RUNS` choose others than the fixed ones; `COMMAND_KEEP=N` shows the
//! first N differences. Left out is what a file system or a clock decides: the order of names in a
//! directory, sizes of directories, dates.

use ordinal::base::seed::Seed;

use super::case::Case;
use super::command_words::*;
use super::real::{Outcome, run_all};
use super::{machine_has_bash_5_2, run_in_model, scratch, show};

/// Of a thousand command lines, those that are known to differ. Whoever mends some puts the lower
/// number here; it never goes up.
const KNOWN_PER_MILLE: u64 = 1;

/// How many cases one driver gets.
const BATCH: usize = 250;

/// Turns a command line may take.
const TURNS_MAX: u64 = 30_000;

const FILES: &[(&str, &str)] = &[
    ("a", "alpha\nbeta\ngamma\n"),
    ("b", "beta\ndelta\n"),
    ("nonl", "one\ntwo"),
    ("nums", "10\n9\n2\n1.5\n-3\n10\n"),
    ("csv", "x,1,foo\ny,2,bar\nz,3,baz\n"),
    ("words", "the quick  brown fox\n\njumps over\nthe lazy dog\n\n\nend\n"),
    ("conf", "[mysqld]\nserver-id=100\n# comment\nlog-bin=mysql-bin\n\nuser = root\n"),
    ("binlog", "mysql-0-bin.000003\t154\n"),
    ("tabs", "a\tb\tc\n1\t2\t3\n"),
    ("empty", ""),
    ("d/x", "x\n"),
    ("d/sub/y", "y\nbeta\n"),
];

const NAMES: &[&str] = &[
    "a", "b", "nonl", "nums", "csv", "words", "conf", "binlog", "empty", "d", "d/x", "nosuch", "-",
    "a b", "nums csv", "d/sub/y",
];

const PATTERNS: &[&str] = &[
    "beta",
    "a",
    "^b",
    "a$",
    ".",
    "[0-9]",
    "a*",
    "\\.",
    "^$",
    "al.*a",
    "[[:space:]]",
    "x\\{1\\}",
    "b\\|g",
    "\\(a\\).*\\1",
    "[^a-z]",
    "server-id",
    "=",
    "the",
    "^\\[",
    "o",
];

const EXTENDED: &[&str] = &[
    "a|b",
    "(a|e)+",
    "[0-9]+",
    "^.{3}$",
    "x?",
    "(al|be)",
    "^(the|end)",
    "[a-z]+,",
    "-?[0-9]+$",
    "a{1,2}",
];

struct Maker {
    chance: Seed,
}

/// A template of a command line, and the words for each of its places.
struct Shape {
    template: &'static str,
    words: Vec<Vec<&'static str>>,
}

impl Shape {
    fn weight(&self) -> usize {
        let choices: usize = self.words.iter().map(Vec::len).product();
        (1 + choices.isqrt()).min(60)
    }
}

/// The shapes of `tests/tools/shapes.txt`.
fn shapes() -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    for line in include_str!("../tools/shapes.txt").lines() {
        if let Some(template) = line.strip_prefix("= ") {
            shapes.push(Shape { template, words: Vec::new() });
        } else if let Some(words) = line.strip_prefix("- ") {
            let shape = shapes.last_mut().expect("words follow their template");
            shape.words.push(words.split('¦').map(str::trim).collect());
        }
    }
    shapes
}

impl Maker {
    fn below(&mut self, bound: usize) -> usize {
        self.chance.below(bound as u64) as usize
    }

    fn pick(&mut self, items: &[&'static str]) -> &'static str {
        items[self.below(items.len())]
    }

    /// Some of the options, in any order.
    fn options(&mut self, items: &[&'static str]) -> String {
        let count = self.below(3);
        (0..count).map(|_| format!("{} ", self.pick(items))).collect()
    }

    fn names(&mut self) -> &'static str {
        self.pick(NAMES)
    }

    fn grep(&mut self) -> String {
        let (kind, pattern) = match self.below(3) {
            0 => ("-E", self.pick(EXTENDED)),
            1 => ("-F", self.pick(PATTERNS)),
            _ => ("", self.pick(PATTERNS)),
        };
        format!("grep {kind} {}'{pattern}' {}", self.options(GREP_OPTIONS), self.names())
    }

    fn sed(&mut self) -> String {
        let mut script = Vec::new();
        for _ in 0..1 + self.below(3) {
            script.push(format!("{}{}", self.pick(SED_ADDRESSES), self.pick(SED_COMMANDS)));
        }
        let quiet = self.pick(&["", "-n ", "-E ", "-s ", "-z ", "-ns ", "-u ", "-l 9 "]);
        format!("sed {quiet}-e '{}' {}", script.join("' -e '"), self.names())
    }

    fn awk(&mut self) -> String {
        let separator = self.pick(&[
            "",
            "",
            "-F, ",
            "-F= ",
            "-F'[,=]' ",
            "-v OFS=: ",
            "-F'\\t' ",
            "-F'[ ]' ",
            "-F: ",
            "-v x=10 ",
        ]);
        let (pattern, action) = (self.pick(AWK_PATTERNS), self.pick(AWK_ACTIONS));
        format!("awk {separator}'{pattern}{action}' {}", self.names())
    }

    fn sort(&mut self) -> String {
        let options = &[
            "-n",
            "-r",
            "-u",
            "-k2",
            "-t,",
            "-k1,1",
            "-b",
            "-f",
            "-k2n",
            "-s",
            "-c",
            "-h",
            "-V",
            "-k3r",
            "-k1,1n",
            "-k1.2,1.3",
            "-t,",
            "-k3,3",
            "-g",
            "-M",
            "-d",
            "-i",
            "-k2,2r",
            "-k1,1b",
            "-t=",
            "-z",
            "-C",
            "-m",
            "-k2.2n",
            "-fu",
            "-nr",
            "-o out",
        ];
        let options = self.options(options);
        format!("sort {options}{}", self.names())
    }

    fn filter(&mut self) -> String {
        match self.below(11) {
            0 => self.grep(),
            1 => self.sed(),
            2 => self.awk(),
            3 => {
                let options = self.options(&["-n", "-b", "-s", "-A", "-E", "-T", "-v", "-e", "-u"]);
                format!("cat {options}{}", self.names())
            }
            4 => {
                let counts = &["-n 2", "-n -1", "-n 1", "-c 5", "-c -3", "-2", "-n 0", "-q", "-v"];
                let counts = self.options(counts);
                format!("head {counts}{}", self.names())
            }
            5 => {
                let counts = &["-n 2", "-n +2", "-n 1", "-c 5", "-c +3", "-2", "+2", "-q", "-v"];
                let counts = self.options(counts);
                format!("tail {counts}{}", self.names())
            }
            6 => self.sort(),
            7 => {
                let options = self.options(&[
                    "-c", "-d", "-u", "-i", "-f1", "-s1", "-w2", "-D", "-z", "-cd", "--group",
                    "-cu", "-w 3",
                ]);
                format!("sort {} | uniq {options}", self.names())
            }
            8 => {
                let list = self.pick(CUT_LISTS);
                let options = self.options(&["-d,", "-d=", "-d' '", "-s", "--complement"]);
                format!("cut {options}{list} {}", self.names())
            }
            9 => {
                let options = self.options(&["-l", "-w", "-c", "-m", "-L"]);
                format!("wc {options}{}", self.names())
            }
            _ => {
                let sets = self.pick(TR_SETS);
                format!("tr {sets} < {}", self.pick(&["a", "words", "nums", "csv"]))
            }
        }
    }

    fn other(&mut self) -> String {
        let one = self.names();
        match self.below(5) {
            0 => format!(
                "seq {}",
                self.pick(&[
                    "5",
                    "2 4",
                    "1 2 7",
                    "5 -2 1",
                    "-s, 3",
                    "-w 8 11",
                    "0 .5 2",
                    "a",
                    "3 1",
                    "1 0 2",
                    "-f %02g 3"
                ])
            ),
            1 => format!(
                "basename {}",
                self.pick(&[
                    "/a/b.c",
                    "/a/b.c .c",
                    "a/",
                    "/",
                    "-s .c a.c",
                    "-a a/b c/d",
                    "''",
                    "a b c",
                    "//x//"
                ])
            ),
            2 => format!(
                "dirname {}",
                self.pick(&["/a/b", "a", "/", "a/", "a/b c/d", "''", "//a", "a//b"])
            ),
            3 => format!(
                "ls {}{one}",
                self.options(&["-1", "-a", "-d", "-F", "-r", "-p", "-A", "-R", "-m", "-x", "-S"])
            ),
            _ => format!(
                "date -u -d '{}' '+{}'",
                self.pick(&[
                    "@0",
                    "2020-02-03 04:05:06",
                    "2021-12-31",
                    "nosuch",
                    "2020-01-01 +1 day",
                    "@86400"
                ]),
                self.pick(&[
                    "%F %T",
                    "%Y-%m-%d",
                    "%s",
                    "%a %b %e",
                    "%j %U %V %u",
                    "%I:%M %p",
                    "%D %R",
                    "%y%m%d"
                ])
            ),
        }
    }

    /// A command that changes files, and what is there then.
    fn change(&mut self) -> String {
        let (one, two) = (self.names(), self.names());
        match self.below(9) {
            0 => format!(
                "cp {}{one} {two}; ls -R; cat {two} 2>&1",
                self.options(&["-r", "-f", "-n", "-T"])
            ),
            1 => format!("mv {}{one} {two}; ls -R", self.options(&["-f", "-n", "-v", "-T"])),
            2 => format!("rm {}{one}; ls -R", self.options(&["-r", "-f", "-d"])),
            3 => format!(
                "mkdir {}{}; ls -R",
                self.options(&["-p", "-v"]),
                self.pick(&["n", "n/m", "d", "a", "a/b", "d/n", "n m"])
            ),
            4 => format!(
                "rmdir {}{}; ls -R",
                self.options(&["-p", "-v"]),
                self.pick(&["d", "d/sub", "a", "nosuch"])
            ),
            5 => format!(
                "ln {}{one} {two}; ls -R; cat {two} 2>&1",
                self.options(&["-s", "-f", "-n", "-v"])
            ),
            6 => format!(
                "chmod {} {one}; ls -ld {one} | cut -c1-10",
                self.pick(&[
                    "600",
                    "u+x",
                    "go-r",
                    "a=rw",
                    "+x",
                    "-w",
                    "755",
                    "u=rwx,go=",
                    "999",
                    "x",
                    "g=u",
                    "1777"
                ])
            ),
            7 => format!("touch {}{one}; ls", self.options(&["-c", "-a", "-m"])),
            _ => format!(
                "echo in | tee {}{}; cat out 2>&1",
                self.options(&["-a"]),
                self.pick(&["out", "out a", "d", "nosuch/x"])
            ),
        }
    }

    /// One of the whole lines of `tests/tools/lines.txt`.
    fn whole(&mut self) -> &'static str {
        let lines: Vec<&str> = include_str!("../tools/lines.txt").lines().collect();
        lines[self.below(lines.len())]
    }

    /// One of the shapes, the more often the more it has to choose from.
    fn shaped(&mut self, shapes: &[Shape]) -> String {
        let all: usize = shapes.iter().map(Shape::weight).sum();
        let mut left = self.below(all);
        let shape = shapes.iter().find(|shape| {
            let found = left < shape.weight();
            left = left.saturating_sub(shape.weight());
            found
        });
        let shape = shape.expect("the weights' sum is the bound");
        let mut parts = shape.template.split("{}");
        let mut line = parts.next().unwrap_or_default().to_string();
        for (words, part) in shape.words.iter().zip(parts) {
            line += words[self.below(words.len())];
            line += part;
        }
        line
    }

    fn line(&mut self, shapes: &[Shape]) -> String {
        match self.below(16) {
            14.. => self.whole().to_string(),
            10.. => self.shaped(shapes),
            0..=5 => self.filter(),
            6 => format!("{} | {}", self.filter(), self.filter().replace(" - ", " ")),
            7 => self.other(),
            _ => self.change(),
        }
    }
}

fn case(seed: u64, number: u64, shapes: &[Shape]) -> Case {
    let mut maker = Maker { chance: Seed(seed.wrapping_mul(7_919).wrapping_add(number)) };
    let line = maker.line(shapes);
    Case {
        name: format!("seed {seed}, number {number}"),
        script: format!("{line}; echo \"= $?\"\n"),
        files: FILES.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect(),
        stdin: "in put\nbeta 7\n".into(),
        ..Case::default()
    }
}

/// What a pipeline's programs complain of stands in any order.
fn settled((stdout, stderr, status): &Outcome) -> (String, Vec<String>, i32) {
    let mut lines: Vec<String> = stderr.lines().map(str::to_string).collect();
    lines.sort_unstable();
    (stdout.clone(), lines, *status)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn generated_command_lines_do_as_the_real_programs_do() {
    let (seed, runs) = (number("COMMAND_SEED", 1), number("COMMAND_RUNS", 1_000));
    let shapes = shapes();
    let cases: Vec<Case> = (0..runs).map(|number| case(seed, number, &shapes)).collect();
    if !machine_has_bash_5_2() || !machine_is_debian_12() {
        println!("other programs are here than those that are modelled: no comparison");
        for case in &cases {
            assert!(run_in_model(case, TURNS_MAX).2 >= 0, "{} ends", case.name);
        }
        return;
    }
    let mut different = Vec::new();
    for batch in cases.chunks(BATCH) {
        for (case, real) in batch.iter().zip(run_all(batch, &scratch("commands"))) {
            let Some(real) = real else { continue };
            let model = run_in_model(case, TURNS_MAX);
            if settled(&real) != settled(&model) {
                let (real, model) = (show("real", &real), show("model", &model));
                different.push(format!("=== {}\n{}{real}{model}", case.name, case.script));
            }
        }
    }
    println!("{} of {runs} command lines differ", different.len());
    let keep = number("COMMAND_KEEP", 0) as usize;
    different.iter().take(keep).for_each(|one| eprintln!("{one}"));
    let allowed = runs * KNOWN_PER_MILLE / 1_000;
    let told = different.iter().take(3).cloned().collect::<Vec<_>>().join("\n");
    assert!(different.len() as u64 <= allowed, "{} differ\n{told}", different.len());
}

/// The model follows coreutils 9.1, sed 4.9, grep 3.8 and mawk 1.3.4 20200120, as Debian 12 has
/// them.
fn machine_is_debian_12() -> bool {
    let says = |program: &str, args: &[&str], wanted: &str| {
        let output = std::process::Command::new(program).args(args).output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(wanted))
    };
    says("ls", &["--version"], "coreutils) 9.1")
        && says("sed", &["--version"], "4.9")
        && says("grep", &["--version"], "3.8")
        && says("awk", &["-W", "version"], "1.3.4 20200120")
}

//! Builtins and small programs with arguments, right and wrong.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// A builtin or a program.
    pub(super) fn builtin(&mut self) -> String {
        match self.below(16) {
            0 => self.printf(),
            1 => self.read(),
            2 => self.set(),
            3 => self.variables(),
            4 => self.directories(),
            5 => self.lookup(),
            6 => self.flow(),
            7 => self.files(),
            8 if !self.posix => self.bash_only(),
            9 => format!(
                "eval {}",
                self.pick(&[
                    "'echo $a'",
                    "\"echo $b\"",
                    "echo '$c' x",
                    "'x=1;'",
                    "'('",
                    "'echo $?'",
                    "'case $? in 0) echo z;; *) echo $?;; esac'",
                    "",
                    "'# x'",
                ])
            ),
            10 => format!(
                "echo {} {}",
                self.pick(&["-n", "-e", "-E", "-ne", "--", "-", "-x"]),
                self.words()
            ),
            11 => format!("f=$({}) || echo failed", self.inline()),
            12 => self.pick(&[
                "missing_command a",
                "./d1",
                "./f1",
                "/nonexistent/x",
                "command echo hi",
                "d1/g",
            ]),
            13 => self.getopts(),
            _ => format!("printf '[%s]' {}", self.words()),
        }
    }

    fn printf(&mut self) -> String {
        let format = self.pick(&[
            "%d\\n",
            "%5d|",
            "%-5s|",
            "%05d ",
            "%x %o\\n",
            "%c%c\\n",
            "%s",
            "%%\\n",
            "%b\\n",
            "%q ",
            "%.2s|",
            "%*d|",
            "%i,%u\\n",
            "%+d % d\\n",
            "%#x\\n",
            "%s\\t%s\\n",
            "\\x41\\n",
            "%z\\n",
            "%",
            "a\\c",
            "%5.1f|",
            "%e\\n",
            "%X\\n",
            "%.3d\\n",
            "%-*s|",
            "\\101\\0\\n",
        ]);
        let words = if self.once_in(2) {
            self.pick(&[
                "5",
                "-3 7",
                "abc",
                "0x1F 010",
                "\"'a\" '\"b'",
                "3x",
                "''",
                "9223372036854775808",
                "1.5 2",
            ])
        } else {
            self.words()
        };
        format!("printf '{format}' {words}")
    }

    fn read(&mut self) -> String {
        let options = self.pick(&["", "-r", "-r", ""]);
        let names = self.pick(&["x", "x v", "x v u", "", "a", "1x"]);
        let names = if names.is_empty() && self.posix { "x".into() } else { names };
        if self.posix {
            return format!("read {options} {names} <f1; echo \"$x|$v\"");
        }
        let more = self.pick(&[
            "", "", "-a arr", "-d ' '", "-n 3", "-N 4", "-d ''", "-u 0", "-t 0", "-s", "-k",
        ]);
        let from = self.pick(&["<f1", "<<<\"$b\"", "<<<'a:b c\\ d'", "", "<<<''", "</dev/null"]);
        let ifs = self.pick(&["", "", "IFS= ", "IFS=: ", "IFS=' :' "]);
        format!("{ifs}read {options} {more} {names} {from}; echo \"$?|$x|$v|$REPLY\"")
    }

    fn set(&mut self) -> String {
        if self.once_in(8) {
            return self.pick(&[
                "set -q",
                "set -o nope",
                "set +o nope",
                "set -u",
                "set +e",
                "set +x",
            ]);
        }
        match self.below(5) {
            0 => format!("set -- {}", self.words()),
            1 => self.pick(&["shift", "shift 2", "shift 9", "shift x", "shift 0"]),
            2 => self.pick(&[
                "set -x", "set +x", "set -e", "set +e", "set -f", "set +f", "set -u", "set +u",
            ]),
            3 => format!("set {}", self.words()),
            _ => self.pick(&["echo \"$#:$*\"", "echo \"$@\"", "echo $-"]),
        }
    }

    fn variables(&mut self) -> String {
        let name = self.name();
        match self.below(8) {
            0 => format!("unset {name}"),
            1 => format!("export {name}={}", self.word()),
            2 => format!("export {name}"),
            3 if self.once_in(4) => format!("readonly {name}={}", self.word()),
            4 if !self.posix => {
                let options =
                    self.pick(&["-i", "-a", "-r", "-x", "-p", "-u", "-l", "-ix", "-g", ""]);
                let target = if options.contains('r') { "ro".to_string() } else { name };
                format!("declare {options} {target}={}; declare -p {target}", self.word())
            }
            5 if !self.posix => format!("declare -p {name}"),
            6 => {
                self.pick(&["unset 1x", "export 1x=2", "unset -f f0", "unset nosuch", "unset -v a"])
            }
            _ => format!("{name}={}; echo \"${name}\"", self.word()),
        }
    }

    fn directories(&mut self) -> String {
        if self.posix || self.once_in(2) {
            return self.pick(&[
                "cd d1 && echo ${PWD##*/} && cd ..",
                "cd missing",
                "cd f1",
                "cd d1; cd - >/dev/null",
                "(cd d1; echo *)",
                "cd -- d1 && ls && cd ..",
                "cd ''",
            ]);
        }
        self.pick(&[
            "pushd d1 >/dev/null; popd >/dev/null",
            "popd",
            "pushd missing",
            "pushd",
            "cd a b",
            "cd -z",
            "dirs -q",
        ])
    }

    fn lookup(&mut self) -> String {
        if self.posix {
            return self.pick(&[
                "command -v echo",
                "command -v nosuch",
                "type cd",
                "command -v if",
            ]);
        }
        self.pick(&[
            "type echo",
            "type -t if f0 nosuch cat",
            "type nosuch",
            "command -v f0 echo",
            "type f0",
            "command -V nosuch",
            "type -p cat",
            "type -a true",
            "hash -r",
            "builtin nosuch",
            "command",
        ])
    }

    fn flow(&mut self) -> String {
        if self.once_in(6) {
            return self.pick(&["exit 7", "exit", "return 2", "exit x", "exit 300"]);
        }
        self.pick(&[
            "break",
            "continue",
            "(exit 9)",
            "wait",
            "true &\nwait $!",
            "(exit 4) & wait $!",
            "kill -l TERM",
            "kill -l NOPE",
            "trap",
            "sleep 0",
            "false & wait",
            "kill -0 $$",
            "(kill -TERM $BASHPID); echo $?",
            "wait 99999",
        ])
    }

    fn files(&mut self) -> String {
        self.pick(&[
            "cat f1",
            "cat missing",
            "ls",
            "touch f4 && ls",
            "mkdir d2",
            "mkdir d1",
            "rm -f f2",
            "rm missing",
            "cp f1 f5",
            "mv f5 f6",
            "grep one f1",
            "grep -c . f1",
            "wc -l <f1",
            "sort -r f1",
            "head -n 1 f1",
            "tail -n 1 f1",
            "cut -d' ' -f2 f1",
            "sed 's/o/0/g' f1",
            "seq 3",
            "basename d1/g .x",
            "dirname d1/g",
            "test -d d1",
            "cat <f1 -",
            "grep -q zzz f1",
            "tr -d o <f1",
            "awk '{print $2}' f1",
            "cat d1",
            "grep",
            "cut",
            "head -n x f1",
            "rmdir d1",
        ])
    }

    fn bash_only(&mut self) -> String {
        match self.below(8) {
            0 => format!("let 'i={}'", self.arith().replace('\'', "")),
            1 => self.pick(&[
                "mapfile -t arr <f1; echo \"${#arr[@]}\"",
                "readarray arr <f1; declare -p arr",
            ]),
            2 => self.pick(&[
                "shopt -s nullglob",
                "shopt -u extglob",
                "shopt -q nope",
                "shopt nullglob",
            ]),
            3 => self.pick(&["local q=1", "caller", "times >/dev/null", "umask", "umask 022"]),
            4 => format!("printf -v x '%s-' {}; echo \"$x\"", self.words()),
            5 => self.pick(&[
                "unset 'arr[1]'",
                "unset arr",
                "declare -a",
                "echo ${arr[@]@A}",
                "echo ${#arr[@]}",
            ]),
            6 => format!("source ./s.sh {}", self.words()),
            _ => format!("echo 'echo \"in $1\"; return 3' >s.sh; . ./s.sh {}", self.word()),
        }
    }

    fn getopts(&mut self) -> String {
        let spec = self.pick(&["ab:", ":ab:", "xy"]);
        let words = self.pick(&["-a -b v r", "-b", "-z", "-ab", "-- -a", "", "-a-"]);
        let counter = format!("k{}", self.fresh());
        format!(
            "OPTIND=1 {counter}=0; while getopts {spec} o {words}; do \
             echo \"$o,$OPTARG,$OPTIND\"; \
             {counter}=$(({counter}+1)); [ ${counter} -gt 9 ] && break; done"
        )
    }

    /// `test` or `[`.
    pub(super) fn test(&mut self) -> String {
        let text = match self.below(8) {
            0 => format!("-n {}", self.word()),
            1 => format!("-z {}", self.word()),
            2 => {
                let op = self.pick(&["=", "!=", "-eq", "-lt", "-ge", "="]);
                format!("{} {op} {}", self.word(), self.word())
            }
            3 => format!("{} f1", self.pick(&["-f", "-e", "-d", "-s", "-r", "-x", "-L"])),
            4 => format!("! -f {}", self.word()),
            5 => self.pick(&[
                "1 -lt 2 -a 3 -gt 2",
                "-n a -o b",
                "( a = a )",
                "",
                "x y",
                "a = ",
                "1 -eq x",
            ]),
            6 if !self.posix => format!("\"$a\" == {}", self.word()),
            _ => format!("\"$n\" {} 3", self.pick(&["-eq", "-ne", "-gt", "-le"])),
        };
        if text.contains(" ( ") || text.starts_with('(') {
            return format!("[ {} ]", text.replace('(', "\\(").replace(')', "\\)"));
        }
        if self.once_in(3) { format!("test {text}") } else { format!("[ {text} ]") }
    }

    /// What stands in `[[ … ]]`.
    pub(super) fn condition(&mut self) -> String {
        let text = match self.below(8) {
            0 => format!("-n {}", self.word()),
            1 => format!("-z ${}", self.name()),
            2 | 3 => {
                let op = self.pick(&["==", "!=", "="]);
                format!("{} {op} {}", self.word(), self.pattern().replace(' ', "\\ "))
            }
            4 => {
                let regex = self.pick(&[
                    "^f",
                    "o+$",
                    "(.)(.*)",
                    "^(.*?)[[:space:]]",
                    "-([0-9]+)$",
                    "[a-f]+",
                    "$a",
                    "\"$a\"",
                    "x|y",
                    "^$",
                    "\\.",
                    "(a|b)(c)?",
                    "[",
                    "a{2}",
                    "[[:digit:]]+",
                    "'a.b'",
                ]);
                format!("{} =~ {regex} && -n ${{BASH_REMATCH[0]}}", self.word())
            }
            5 => format!(
                "{} {} {}",
                self.arith_word(),
                self.pick(&["-eq", "-lt", "-ge"]),
                self.arith_word()
            ),
            6 => format!("{} {} {}", self.word(), self.pick(&["<", ">"]), self.word()),
            _ => format!("{} f1", self.pick(&["-f", "-e", "-d", "-s", "-v", "!  -f"])),
        };
        match self.below(6) {
            0 => format!("! {text}"),
            1 if self.depth > 0 => {
                self.depth -= 1;
                let op = self.pick(&["&&", "||"]);
                let whole = format!("{text} {op} ( {} )", self.condition());
                self.depth += 1;
                whole
            }
            _ => text,
        }
    }

    fn arith_word(&mut self) -> String {
        self.pick(&["1", "n", "$n", "2+1", "$u", "a", "1x", "\"$c\""])
    }
}

//! Commands: simple and compound ones, pipelines, redirections.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// A statement on lines of its own.
    pub(super) fn statement(&mut self) -> String {
        if self.depth == 0 || self.once_in(3) {
            return self.line();
        }
        self.depth -= 1;
        let text = match self.below(18) {
            0 | 1 => self.if_clause(),
            2 => self.while_loop(),
            3 | 4 => self.for_loop(),
            5 => self.case_clause(),
            6 => format!("{{\n{}\n}}{}", self.body(), self.redirect()),
            7 => format!("(\n{}\n){}", self.body(), self.redirect()),
            8 | 9 => self.function(),
            10 => self.here_document(),
            11 => self.pipeline(),
            12 => self.trap(),
            13..=16 => self.wide(),
            _ => self.line(),
        };
        self.depth += 1;
        text
    }

    /// Statements, a line each.
    fn body(&mut self) -> String {
        let statements: Vec<String> = (0..self.range(1, 3)).map(|_| self.statement()).collect();
        statements.join("\n")
    }

    /// A list on one line.
    pub(super) fn line(&mut self) -> String {
        match self.below(10) {
            0 => format!("{} && {}", self.inline(), self.inline()),
            1 => format!("{} || {}", self.inline(), self.inline()),
            2 => format!("! {}", self.inline()),
            3 => format!("{}; {}", self.inline(), self.inline()),
            4 => format!("{{ {}; }} || {}", self.inline(), self.inline()),
            5 => format!("{}{}", self.inline(), self.redirect()),
            _ => self.inline(),
        }
    }

    /// A command without newlines.
    pub(super) fn inline(&mut self) -> String {
        match self.below(16) {
            0..=3 => format!("printf '<%s>' {}; echo", self.words()),
            4 => format!("echo {}", self.words()),
            5 => self.assignment(),
            6 => format!("({})", self.simple()),
            7 if self.callable > 0 => {
                format!("f{} {}", self.below(u64::from(self.callable)), self.words())
            }
            8 if !self.posix => format!("[[ {} ]]", self.condition()),
            9 if !self.posix => format!("(({}))", self.arith()),
            10 => self.test(),
            11 => self.pick(&["true", "false", ":", "echo $?", "(exit 3)"]),
            _ => self.simple(),
        }
    }

    fn simple(&mut self) -> String {
        if self.once_in(8) {
            return format!("{}={} {}", self.name(), self.word(), self.builtin());
        }
        self.builtin()
    }

    fn assignment(&mut self) -> String {
        let name = self.name();
        if self.posix || !self.once_in(3) {
            return format!("{name}={}", self.word());
        }
        match self.below(5) {
            0 => format!("arr=({})", self.words()),
            1 => format!("arr+=({})", self.words()),
            2 => format!("arr[{}]={}", self.pick(&["0", "n", "5", "-1", "1+1"]), self.word()),
            3 => format!("{name}+={}", self.word()),
            _ => format!("arr=([2]={} {})", self.word(), self.word()),
        }
    }

    /// A redirection with a space before it, or nothing.
    pub(super) fn redirect(&mut self) -> String {
        let common = [
            "",
            "",
            "",
            " >f2",
            " >>f2",
            " 2>&1",
            " 2>/dev/null",
            " >/dev/null",
            " <f1",
            " >d1",
            " <missing",
            " >nodir/f",
            " 3>&1 >&3",
            " 1>&2",
            " >&2 2>/dev/null",
            " >f2 2>&1",
            " <>f2",
            " >|f2",
            " 2>&- ",
            " <&-",
            " 0<f1",
            " >&9",
            " 4<f1 <&4",
        ];
        if self.posix || !self.once_in(4) {
            return self.pick(&common);
        }
        self.pick(&[
            " &>f2",
            " &>>f2",
            " <<<\"$b\"",
            " <<<$b",
            " >&f3",
            " > $b",
            " < \"$u\"",
            " >$u",
        ])
    }

    /// What an `if` or a loop tests.
    fn test_list(&mut self) -> String {
        match self.below(5) {
            0 => format!("! {}", self.inline()),
            1 => format!("{} && {}", self.inline(), self.inline()),
            _ => self.inline(),
        }
    }

    fn if_clause(&mut self) -> String {
        let mut text = format!("if {}; then\n{}\n", self.test_list(), self.body());
        if self.once_in(3) {
            text += &format!("elif {}\nthen\n{}\n", self.test_list(), self.body());
        }
        if self.once_in(2) {
            text += &format!("else\n{}\n", self.body());
        }
        text + "fi" + &self.redirect()
    }

    fn loop_body(&mut self) -> String {
        self.loops += 1;
        let mut text = self.body();
        if self.once_in(3) {
            let leave = self.pick(&["break", "continue", "break 2", "continue 2", "break 9"]);
            text += &format!("\n{} && {leave}", self.inline());
        }
        self.loops -= 1;
        text
    }

    fn while_loop(&mut self) -> String {
        let counter = format!("k{}", self.fresh());
        let word = self.pick(&["while", "until"]);
        let (op, bound) = if word == "while" { ("-lt", 2) } else { ("-ge", 2) };
        let test = match self.below(3) {
            0 if !self.posix && word == "while" => format!("(({counter} < {bound}))"),
            1 => format!("{}; [ ${counter} {op} {bound} ]", self.inline()),
            _ => format!("[ ${counter} {op} {bound} ]"),
        };
        let body = self.loop_body();
        let redirect = self.redirect();
        format!(
            "{counter}=0\n{word} {test}; do\n{counter}=$(({counter}+1))\n{body}\ndone{redirect}"
        )
    }

    fn for_loop(&mut self) -> String {
        let body = self.loop_body();
        let redirect = self.redirect();
        let head = match self.below(5) {
            0 if !self.posix => {
                let step = self.pick(&["j++", "j+=2", "++j"]);
                format!("for ((j=0; j<3; {step}))")
            }
            1 => "for i".to_string(),
            2 => "for v in \"$@\"".to_string(),
            _ => format!("for {} in {}", self.pick(&["i", "v", "x"]), self.words()),
        };
        format!("{head}; do\n{body}\ndone{redirect}")
    }

    fn case_clause(&mut self) -> String {
        let mut text = format!("case {} in\n", self.word());
        for _ in 0..self.range(1, 3) {
            let open = self.pick(&["", "("]);
            let more = if self.once_in(3) { format!(" | {}", self.pattern()) } else { "".into() };
            let end = if self.posix { ";;".into() } else { self.pick(&[";;", ";;", ";&", ";;&"]) };
            let pattern = self.pattern().replace(' ', "\\ ");
            let more =
                if more.is_empty() { more } else { format!("|{}", more[3..].replace(' ', "\\ ")) };
            text += &format!("{open}{pattern}{more}) {} {end}\n", self.line());
        }
        if self.once_in(2) {
            text += &format!("*) {}\n", self.line());
        }
        text + "esac" + &self.redirect()
    }

    /// A definition and a call.
    fn function(&mut self) -> String {
        let (loops, callable) = (self.loops, self.callable);
        (self.loops, self.callable) = (0, self.functions);
        let mut body = self.body();
        if self.once_in(2) {
            let local = self.pick(&["local a=in", "local x", "local b=$1 c", "local u=\"$a\""]);
            body = format!("{local}\n{body}");
        }
        if self.once_in(3) {
            let leave = self.pick(&["return", "return 3", "return $#", "return 300"]);
            body += &format!("\n{} || {leave}\necho after", self.inline());
        }
        (self.loops, self.callable) = (loops, callable);
        let name = format!("f{}", self.functions);
        self.functions += 1;
        self.callable = self.functions;
        let head = if !self.posix && self.once_in(4) { "function " } else { "" };
        let head = format!("{head}{name}()");
        let (open, close) = if self.once_in(5) { ("(", ")") } else { ("{", "}") };
        let redirect = if self.once_in(6) { self.redirect() } else { String::new() };
        let call = format!("{name} {}{}", self.words(), self.redirect());
        let show =
            if !self.posix && self.once_in(4) { format!("\ndeclare -f {name}") } else { "".into() };
        format!("{head} {open}\n{body}\n{close}{redirect}{show}\n{call}")
    }

    fn here_document(&mut self) -> String {
        let tag = format!("E{}", self.fresh());
        let quoted = self.pick(&["", "", "'", "\""]);
        let dash = self.once_in(4);
        let lines: Vec<String> = (0..self.below(4)).map(|_| self.document_line(dash)).collect();
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let reader = self.pick(&[
            "cat",
            "read -r x v",
            "while read x; do echo \"[$x]\"; done",
            "cat - f1",
            "sed s/a/A/",
        ]);
        let (mark, indent) = if dash { ("<<-", "\t") } else { ("<<", "") };
        let rest = self.pick(&["", "", "; echo $x", " | cat", " && echo $?", " >f2"]);
        format!("{reader} {mark}{quoted}{tag}{quoted}{rest}\n{body}{indent}{tag}")
    }

    fn document_line(&mut self, dash: bool) -> String {
        let start = if dash { "\t" } else { "" };
        let text: String = (0..self.range(1, 3))
            .map(|_| match self.below(4) {
                0 => self
                    .pick(&["text", "  two", "\\$a", "\\\\", "\"q\"", "it's", "\\x", "`echo b`"]),
                1 => self.deeper(|m| m.substitution(), |m| m.parameter()),
                2 => self.parameter(),
                _ => self.pick(&["$a", "${b}", "$((n+1))", "$", "a\\\nb", "# no", "*"]),
            })
            .collect();
        format!("{start}{text}")
    }

    /// Each part after the first reads all there is.
    fn pipeline(&mut self) -> String {
        let mut text = match self.below(5) {
            0 => "cat f1".to_string(),
            1 => format!("{{ {}; {}; }}", self.inline(), self.inline()),
            2 if self.callable > 0 => format!("f{} a", self.below(u64::from(self.callable))),
            _ => format!("printf '%s\\n' {}", self.words()),
        };
        for _ in 0..self.range(1, 2) {
            let part = self.pick(&[
                "cat",
                "sort",
                "wc -l",
                "tr a-f A-F",
                "sed -n '$p'",
                "while read -r x; do echo \"<$x>\"; done",
                "{ read x; cat; echo \"$x\"; }",
                "(cat; exit 4)",
                "grep o",
                "cat >f2",
                "sed 's/^/> /'",
                "awk '{print $NF, NR}'",
            ]);
            let bar = if !self.posix && self.once_in(6) { "|&" } else { "|" };
            text += &format!(" {bar} {part}");
        }
        if !self.posix && self.once_in(3) {
            text += "; echo ${PIPESTATUS[@]}";
        }
        text
    }

    fn trap(&mut self) -> String {
        let event = if self.posix {
            self.pick(&["EXIT", "0", "USR1", "TERM"])
        } else {
            self.pick(&["EXIT", "ERR", "USR1", "TERM", "EXIT", "SIGINT"])
        };
        let act = self.pick(&["echo trap $?", "echo bye", "", "echo $a; false", "exit 5", "-"]);
        // Only the script itself has `$$` for its number and its traps.
        let top = self.depth == 3;
        let then = match event.as_str() {
            _ if !top => "",
            "USR1" => "\nkill -USR1 $$; echo sent",
            "TERM" if !act.is_empty() && act != "-" => "\nkill $$; echo sent",
            _ => "",
        };
        if act == "-" && event == "USR1" {
            return "trap - USR1; trap".to_string();
        }
        format!("trap '{act}' {event}{then}")
    }
}

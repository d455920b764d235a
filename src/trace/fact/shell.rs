//! Facts of the shell.

/// What a shell did. Texts are the script's own, or what they expanded to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ShellFact {
    /// It starts a program as a child, and waits for it.
    Started {
        /// The command, expanded.
        words: Vec<String>,
    },
    /// This process becomes a program.
    Executed {
        /// The command, expanded.
        words: Vec<String>,
    },
    /// It ran a command of its own.
    Builtin {
        /// The command, expanded.
        words: Vec<String>,
        /// Its status.
        status: u8,
    },
    /// No such command, or one that may not run.
    NotFound {
        /// Its name.
        command: String,
        /// 127 or 126.
        status: u8,
    },
    /// A variable got a value.
    Assigned {
        /// Its name.
        name: String,
        /// The value.
        value: String,
    },
    /// A test of `[[`.
    Tested {
        /// The test, expanded.
        text: String,
        /// Whether it is true.
        holds: bool,
    },
    /// A regular expression matched.
    Matched {
        /// What was matched.
        value: String,
        /// The expression.
        pattern: String,
        /// What its groups hold.
        groups: Vec<String>,
    },
    /// An arithmetic expression was evaluated.
    Calculated {
        /// The expression.
        text: String,
        /// Its value.
        value: i64,
    },
    /// A round of a `for` loop begins.
    Loop {
        /// Its variable.
        name: String,
        /// The value of this round.
        value: String,
        /// Which round, from 1.
        round: u32,
    },
    /// `case` chose.
    Case {
        /// Its word, expanded.
        value: String,
        /// The pattern that matched, as written; `None`: none did.
        pattern: Option<String>,
    },
    /// A function is known from here on.
    Defined {
        /// Its name.
        name: String,
    },
    /// A function is called.
    Called {
        /// Its name.
        name: String,
    },
    /// The commands of a pipeline start, each in its own process.
    Pipeline {
        /// As written.
        command: String,
        /// How many.
        parts: u32,
    },
    /// `( … )`: a copy of the shell runs these commands.
    Subshell,
    /// A command goes on in the background.
    Background {
        /// As written.
        command: String,
    },
    /// A child runs a command whose output is wanted.
    Substitution {
        /// As written.
        command: String,
    },
    /// A redirection opened a file for writing.
    Redirected {
        /// The file.
        path: String,
        /// Writes go to its end.
        appended: bool,
        /// It was not there before.
        is_new: bool,
    },
    /// `read` took a line.
    LineRead {
        /// The line.
        line: String,
        /// The input ended.
        ended: bool,
    },
    /// `wait` waits for children in the background.
    WaitsForJobs {
        /// How many.
        count: u32,
    },
    /// `set -e` ends the shell.
    LeftByErrexit {
        /// The command that failed, expanded.
        command: String,
        /// Its status.
        status: u8,
    },
    /// A trap's action runs.
    Trapped {
        /// `TERM`, `EXIT` …
        signal: String,
        /// The action.
        action: String,
    },
    /// The rest of the script cannot be read.
    SyntaxError {
        /// The line the shell names.
        line: u32,
    },
    /// The script is over.
    Ended {
        /// The exit status.
        status: u8,
    },
}

//! Session files: what somebody does to a run, one entry a line.
//!
//! ```text
//! apply                       # the manifests; or: apply FILE
//! wait settled                # or: wait 30s, wait until 120s, wait ready mysql-1, wait step 210
//! $ kubectl get pods          # typed into the first terminal; `$2 …` into the second
//! > SELECT 1;                 # more of a command that is not complete, or input for what runs
//! ^C                          # and ^D, in the terminal that was typed into last
//! fault crash mysql-1/mysql   # and: mend partition mysql-0 mysql-1
//! edit statefulset/mysql spec.replicas 5
//! write my.yaml               # followed by lines that begin with `| `
//! set replicas 5              # options of the run: before anything else
//! manifest my.yaml            # in place of the tutorial's, before the rest; then `| ` lines
//! lesson                      # apply the manifests, then clients write and read
//! run 1 from 0 step 210       # what follows begins another run: run 1 leaves run 0, the first
//! name my try                 # what the learner calls this run
//! run 0 step 300              # what follows is done on run 0
//! ```

use std::fmt::Write as _;

use crate::base::limit::SESSION_BYTES_MAX;
use crate::base::{Millis, PodName, SimTime};
use crate::sim::Intervention;
use crate::trace::fact::Fault;

/// One entry of a session file, and its line (from 1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptLine {
    /// The line on which it begins.
    pub number: u32,
    /// What it says.
    pub entry: ScriptEntry,
}

/// What an entry says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScriptEntry {
    /// An option of the run.
    Set(String, String),
    /// A manifest that runs in place of the tutorial's: file name and text.
    Manifest(String, String),
    /// Apply the manifests and let the clients of the lesson write and read.
    Lesson,
    /// `kubectl apply` of the manifests, or of one file.
    Apply(Option<String>),
    /// Let the run go on.
    Wait(Wait),
    /// Go to a run; what follows is done there.
    Run(RunPlace),
    /// What the learner calls the run.
    Name(String),
    /// A line for the command that runs in a terminal.
    Input(u32, String),
    /// Something else the learner does.
    Do(Intervention),
}

/// A place on one of a file's runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunPlace {
    /// Which run, numbered by the file; 0 is the first one.
    pub run: u32,
    /// The run that it leaves here: what follows begins it. `None`: it has begun before.
    pub from: Option<u32>,
    /// After how many steps.
    pub step: u32,
}

/// How far the run is to go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wait {
    /// Until nothing more will change.
    Settled,
    /// So much virtual time from here.
    For(Millis),
    /// Until this moment of virtual time.
    Until(SimTime),
    /// Until this pod is ready.
    Ready(PodName),
    /// Until so many steps have happened.
    Step(u32),
}

/// A line that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptProblem {
    /// Which one, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub kind: ScriptProblemKind,
}

/// What is wrong with a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ScriptProblemKind {
    /// No entry begins like this.
    Unknown(String),
    /// It is not written like this; the argument shows how it is.
    Usage(&'static str),
    /// Not one of the options.
    Option(String),
    /// Options and manifests stand before everything else.
    OptionTooLate,
    /// `>` or `|` with nothing before it that goes on.
    NothingToContinue,
    /// A run that no line before has begun.
    NoSuchRun(u32),
    /// The file is larger than the bound.
    TooLarge,
}

/// The options `set` knows.
pub const OPTIONS: [&str; 5] = ["replicas", "namespace", "storage", "storage-class", "seed"];

/// Reads a session file.
///
/// # Errors
/// Every line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<ScriptLine>, Vec<ScriptProblem>> {
    if text.len() > SESSION_BYTES_MAX {
        return Err(vec![ScriptProblem { line: 1, kind: ScriptProblemKind::TooLarge }]);
    }
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(text.lines()) {
        if let Err(kind) = reader.take(number, line) {
            reader.problems.push(ScriptProblem { line: number, kind });
        }
    }
    if reader.problems.is_empty() { Ok(reader.lines) } else { Err(reader.problems) }
}

#[derive(Default)]
struct Reader {
    lines: Vec<ScriptLine>,
    problems: Vec<ScriptProblem>,
    /// The terminal that was typed into last.
    terminal: u32,
}

impl Reader {
    fn take(&mut self, number: u32, line: &str) -> Result<(), ScriptProblemKind> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(more) = line.strip_prefix('>') {
            return self.more(number, more.strip_prefix(' ').unwrap_or(more));
        }
        if let Some(more) = line.strip_prefix('|') {
            return self.file_line(more.strip_prefix(' ').unwrap_or(more));
        }
        if let Some(rest) = line.strip_prefix('$') {
            return self.typed(number, rest);
        }
        if let Some(name) = line.strip_prefix("name ").map(str::trim).filter(|it| !it.is_empty()) {
            let entry = ScriptEntry::Name(name.to_string());
            self.lines.push(ScriptLine { number, entry });
            return Ok(());
        }
        let bare = match line.find(" #") {
            Some(at) => &line[..at],
            None => line,
        };
        let bare = bare.trim();
        if bare.is_empty() || bare.starts_with('#') {
            return Ok(());
        }
        let entry = self.entry(bare)?;
        self.lines.push(ScriptLine { number, entry });
        Ok(())
    }

    /// `$ kubectl get pods`, `$2 kubectl get pods -w`.
    fn typed(&mut self, number: u32, rest: &str) -> Result<(), ScriptProblemKind> {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        self.terminal = match &rest[..digits] {
            "" => 1,
            text => match text.parse() {
                Ok(terminal @ 1..=9) => terminal,
                _ => return Err(ScriptProblemKind::Usage("$ COMMAND · $2 COMMAND … $9 COMMAND")),
            },
        };
        let line = rest[digits..].trim_start().to_string();
        if !line.is_empty() {
            let act = Intervention::Type { terminal: self.terminal, line };
            self.lines.push(ScriptLine { number, entry: ScriptEntry::Do(act) });
        }
        Ok(())
    }

    /// `> …`: another line of the same command where that is not complete, else input.
    fn more(&mut self, number: u32, text: &str) -> Result<(), ScriptProblemKind> {
        let last = self.lines.last_mut().map(|line| &mut line.entry);
        if let Some(ScriptEntry::Do(Intervention::Type { line, .. })) = last
            && crate::world::terminal::is_incomplete(line)
        {
            line.push('\n');
            line.push_str(text);
            return Ok(());
        }
        if self.terminal == 0 {
            return Err(ScriptProblemKind::NothingToContinue);
        }
        let entry = ScriptEntry::Input(self.terminal, text.to_string());
        self.lines.push(ScriptLine { number, entry });
        Ok(())
    }

    fn file_line(&mut self, more: &str) -> Result<(), ScriptProblemKind> {
        match self.lines.last_mut().map(|line| &mut line.entry) {
            Some(
                ScriptEntry::Do(Intervention::Write { text, .. }) | ScriptEntry::Manifest(_, text),
            ) => {
                text.push_str(more);
                text.push('\n');
                Ok(())
            }
            _ => Err(ScriptProblemKind::NothingToContinue),
        }
    }

    fn entry(&self, line: &str) -> Result<ScriptEntry, ScriptProblemKind> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let words: Vec<&str> = rest.split_whitespace().collect();
        let usage = ScriptProblemKind::Usage;
        match word {
            "set" => self.option(&words),
            "manifest" => self.manifest(&words),
            "lesson" if rest.is_empty() => Ok(ScriptEntry::Lesson),
            "apply" if rest.is_empty() => Ok(ScriptEntry::Apply(None)),
            "apply" => Ok(ScriptEntry::Apply(Some(rest.to_string()))),
            "run" => self.run(&words),
            "name" => Err(usage("name NAME")),
            "wait" => wait(&words).map(ScriptEntry::Wait).ok_or(usage(WAIT)),
            "^C" => Ok(ScriptEntry::Do(Intervention::Interrupt { terminal: self.terminal.max(1) })),
            "^D" => Ok(ScriptEntry::Do(Intervention::EndInput { terminal: self.terminal.max(1) })),
            "fault" => fault(rest).map(|it| ScriptEntry::Do(Intervention::Inject(it))),
            "mend" => fault(rest).map(|it| ScriptEntry::Do(Intervention::Mend(it))),
            "write" => match words.as_slice() {
                [file] => {
                    let (file, text) = ((*file).to_string(), String::new());
                    Ok(ScriptEntry::Do(Intervention::Write { file, text }))
                }
                _ => Err(usage("write FILE, then its lines, each after `| `")),
            },
            "edit" => match rest.splitn(3, char::is_whitespace).collect::<Vec<_>>()[..] {
                [object, path, value] if object.contains('/') => {
                    Ok(ScriptEntry::Do(Intervention::Edit {
                        object: object.to_string(),
                        path: path.to_string(),
                        value: value.trim().to_string(),
                    }))
                }
                _ => Err(usage("edit KIND/NAME FIELD VALUE")),
            },
            _ => Err(ScriptProblemKind::Unknown(word.to_string())),
        }
    }

    /// `run 1 from 0 step 210`, `run 0 step 300`.
    fn run(&self, words: &[&str]) -> Result<ScriptEntry, ScriptProblemKind> {
        let number = |text: &str| text.parse::<u32>().ok();
        let place = match words {
            [run, "step", step] => (number(run), Some(None), number(step)),
            [run, "from", from, "step", step] => {
                (number(run), number(from).map(Some), number(step))
            }
            _ => (None, None, None),
        };
        let (Some(run), Some(from), Some(step)) = place else {
            return Err(ScriptProblemKind::Usage("run 0 step NUMBER · run 1 from 0 step NUMBER"));
        };
        let known = from.unwrap_or(run);
        let begins = |line: &ScriptLine| match &line.entry {
            ScriptEntry::Run(place) => place.run == known,
            _ => false,
        };
        match known == 0 || self.lines.iter().any(begins) {
            true => Ok(ScriptEntry::Run(RunPlace { run, from, step })),
            false => Err(ScriptProblemKind::NoSuchRun(known)),
        }
    }

    fn manifest(&self, words: &[&str]) -> Result<ScriptEntry, ScriptProblemKind> {
        self.is_at_head()?;
        match words {
            [file] => Ok(ScriptEntry::Manifest((*file).to_string(), String::new())),
            _ => Err(ScriptProblemKind::Usage("manifest FILE, then its lines, each after `| `")),
        }
    }

    /// Whether nothing but options and manifests was read.
    fn is_at_head(&self) -> Result<(), ScriptProblemKind> {
        let is_head = |line: &ScriptLine| {
            matches!(line.entry, ScriptEntry::Set(..) | ScriptEntry::Manifest(..))
        };
        match self.lines.iter().all(is_head) {
            true => Ok(()),
            false => Err(ScriptProblemKind::OptionTooLate),
        }
    }

    fn option(&self, words: &[&str]) -> Result<ScriptEntry, ScriptProblemKind> {
        self.is_at_head()?;
        match words {
            [name, value] if OPTIONS.contains(name) => {
                let is_number =
                    !matches!(*name, "replicas" | "seed") || value.parse::<u64>().is_ok();
                match is_number {
                    true => Ok(ScriptEntry::Set((*name).to_string(), (*value).to_string())),
                    false => Err(ScriptProblemKind::Usage("set replicas NUMBER · set seed NUMBER")),
                }
            }
            [name, _] => Err(ScriptProblemKind::Option((*name).to_string())),
            _ => Err(ScriptProblemKind::Usage("set OPTION VALUE")),
        }
    }
}

const WAIT: &str = "wait settled · wait 30s · wait until 120s · wait ready POD · wait step NUMBER";

fn wait(words: &[&str]) -> Option<Wait> {
    match words {
        ["settled"] => Some(Wait::Settled),
        ["ready", pod] => Some(Wait::Ready((*pod).into())),
        ["until", at] => Millis::parse(at).map(|at| Wait::Until(SimTime(at.0))),
        ["step", number] => number.parse().ok().map(Wait::Step),
        [span] => Millis::parse(span).map(Wait::For),
        _ => None,
    }
}

fn fault(text: &str) -> Result<Fault, ScriptProblemKind> {
    Fault::parse(text).map_err(|usage| match usage {
        "" => ScriptProblemKind::Unknown(text.to_string()),
        usage => ScriptProblemKind::Usage(usage),
    })
}

/// The entry as a session file has it, with its line end.
pub fn written(entry: &ScriptEntry) -> String {
    let mut out = String::new();
    match entry {
        ScriptEntry::Set(name, value) => {
            let _ = writeln!(out, "set {name} {value}");
        }
        ScriptEntry::Manifest(file, text) => {
            let _ = writeln!(out, "manifest {file}");
            file_lines(&mut out, text);
        }
        ScriptEntry::Lesson => out.push_str("lesson\n"),
        ScriptEntry::Apply(None) => out.push_str("apply\n"),
        ScriptEntry::Apply(Some(file)) => {
            let _ = writeln!(out, "apply {file}");
        }
        ScriptEntry::Wait(wait) => {
            let _ = match wait {
                Wait::Settled => writeln!(out, "wait settled"),
                Wait::For(span) => writeln!(out, "wait {}ms", span.0),
                Wait::Until(at) => writeln!(out, "wait until {}ms", at.0),
                Wait::Ready(pod) => writeln!(out, "wait ready {pod}"),
                Wait::Step(number) => writeln!(out, "wait step {number}"),
            };
        }
        ScriptEntry::Run(RunPlace { run, from, step }) => {
            let _ = match from {
                Some(from) => writeln!(out, "run {run} from {from} step {step}"),
                None => writeln!(out, "run {run} step {step}"),
            };
        }
        ScriptEntry::Name(name) => {
            let _ = writeln!(out, "name {name}");
        }
        ScriptEntry::Input(_, line) => {
            let _ = writeln!(out, "> {line}");
        }
        ScriptEntry::Do(act) => done(&mut out, act),
    }
    out
}

fn done(out: &mut String, act: &Intervention) {
    let _ = match act {
        Intervention::Type { terminal: 1, line } => {
            writeln!(out, "$ {}", line.replace('\n', "\n> "))
        }
        Intervention::Type { terminal, line } => {
            writeln!(out, "${terminal} {}", line.replace('\n', "\n> "))
        }
        Intervention::Interrupt { .. } => writeln!(out, "^C"),
        Intervention::EndInput { .. } => writeln!(out, "^D"),
        Intervention::Write { file, text } => {
            let _ = writeln!(out, "write {file}");
            file_lines(out, text);
            Ok(())
        }
        Intervention::Edit { object, path, value } => writeln!(out, "edit {object} {path} {value}"),
        Intervention::Inject(fault) => writeln!(out, "fault {fault}"),
        Intervention::Mend(fault) => writeln!(out, "mend {fault}"),
        Intervention::Wait { until } => writeln!(out, "wait until {}ms", until.0),
    };
}

fn file_lines(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, "| {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "\
set replicas 5
set seed 7
manifest other.yaml
| kind: Pod
lesson
apply
apply my.yaml
wait settled
wait 30000ms
wait until 120000ms
wait ready mysql-1
wait step 210
$ kubectl get pods
$2 kubectl get pods -w
^C
$ kubectl run c --image=mysql:5.7 -i --rm -- mysql <<EOF
> SELECT 1;
> EOF
$ kubectl exec -it mysql-0 -- mysql
> SELECT 2;
^D
write my.yaml
| a: 1
| b: # two
fault crash mysql-1/mysql
mend partition mysql-0 mysql-1
edit statefulset/mysql spec.template.spec.containers[0].image mysql:5.7.44
run 1 from 0 step 210
name my # try
run 0 step 300
";

    #[test]
    fn what_is_read_is_written_again() {
        let lines = parse(ALL).expect("every line is well-formed");
        let again: String = lines.iter().map(|it| written(&it.entry)).collect();
        assert_eq!(again, ALL);
        let commented = ALL.replace("\nlesson\n", "\n# a note\n\nlesson   # and why\n");
        assert_eq!(parse(&commented).map(|it| it.len()), Ok(lines.len()));
    }

    #[test]
    fn each_wrong_line_is_named_and_none_is_passed_over() {
        use ScriptProblemKind as Kind;
        let rows = [
            ("wiat settled", Kind::Unknown("wiat".into())),
            ("wait", Kind::Usage(WAIT)),
            ("wait soon", Kind::Usage(WAIT)),
            ("wait step x", Kind::Usage(WAIT)),
            ("fault crash mysql-1", Kind::Usage("crash POD/CONTAINER")),
            ("fault earthquake", Kind::Unknown("earthquake".into())),
            ("edit mysql spec.replicas 5", Kind::Usage("edit KIND/NAME FIELD VALUE")),
            ("edit sts/mysql spec.replicas", Kind::Usage("edit KIND/NAME FIELD VALUE")),
            ("set colour red", Kind::Option("colour".into())),
            ("set replicas many", Kind::Usage("set replicas NUMBER · set seed NUMBER")),
            ("> SELECT 1", Kind::NothingToContinue),
            ("run 1", Kind::Usage("run 0 step NUMBER · run 1 from 0 step NUMBER")),
            ("run 1 step 4", Kind::NoSuchRun(1)),
            ("run 1 from 0 step 4\nrun 2 from 3 step 5", Kind::NoSuchRun(3)),
            ("name", Kind::Usage("name NAME")),
            ("| a: 1", Kind::NothingToContinue),
            ("$0 ls", Kind::Usage("$ COMMAND · $2 COMMAND … $9 COMMAND")),
            ("apply\nset replicas 5", Kind::OptionTooLate),
            ("lesson\nmanifest my.yaml", Kind::OptionTooLate),
        ];
        for (text, kind) in rows {
            let line = text.lines().count() as u32;
            assert_eq!(parse(text), Err(vec![ScriptProblem { line, kind }]), "{text}");
        }
        let two = parse("apply\nnope\nwait\n").expect_err("two lines are wrong");
        assert_eq!(two.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 3]);
    }
}

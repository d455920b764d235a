//! English: facts of `shell`.

use crate::text::Phrase;
use crate::trace::fact::ShellFact;

/// The words for a fact.
pub fn phrase(fact: &ShellFact) -> Phrase {
    let say = Phrase::new();
    match fact {
        ShellFact::Started { words } => say
            .text("The shell starts ")
            .code(words.join(" "))
            .text(" and waits until it has ended."),
        ShellFact::Executed { words } => say
            .text("From now on this process is no shell any more: it runs ")
            .code(words.join(" "))
            .text("."),
        ShellFact::Builtin { words, status: 0 } => {
            say.text("The shell itself runs ").code(words.join(" ")).text(".")
        }
        ShellFact::Builtin { words, status } => say
            .text("The shell itself runs ")
            .code(words.join(" "))
            .text(", which ends with status ")
            .code(status.to_string())
            .text("."),
        ShellFact::NotFound { command, status: 127 } => say
            .text("There is no ")
            .code(command)
            .text(" in this image: the command ends with status ")
            .code("127")
            .text("."),
        ShellFact::NotFound { command, status } => say
            .code(command)
            .text(" is there, but may not be run: status ")
            .code(status.to_string())
            .text("."),
        ShellFact::Assigned { name, value } => {
            say.text("The variable ").code(name).text(" is now ").code(shown(value)).text(".")
        }
        ShellFact::Tested { text, holds } => {
            say.text("The test ").code(text).text(if *holds { " is true." } else { " is false." })
        }
        ShellFact::Matched { value, pattern, groups } => matched(say, value, pattern, groups),
        ShellFact::Calculated { text, value } => {
            say.text("The value of ").code(text).text(" is ").code(value.to_string()).text(".")
        }
        ShellFact::Loop { name, value, round } => say
            .text(format!("Round {round} of the loop: "))
            .code(name)
            .text(" is ")
            .code(shown(value))
            .text("."),
        ShellFact::Case { value, pattern: Some(pattern) } => {
            say.code(shown(value)).text(" matches the pattern ").code(pattern).text(".")
        }
        ShellFact::Case { value, pattern: None } => {
            say.code(shown(value)).text(" matches no pattern.")
        }
        ShellFact::Defined { name } => {
            say.text("The shell now knows the function ").code(name).text(".")
        }
        ShellFact::Called { name } => say.text("The function ").code(name).text(" is called."),
        ShellFact::Pipeline { command, parts } => say
            .text("The pipeline ")
            .code(command)
            .text(format!(" starts {parts} processes, each reading what the one before writes.")),
        ShellFact::Subshell => say.text("A copy of the shell runs the commands in parentheses."),
        ShellFact::Background { command } => {
            say.code(command).text(" goes on in the background; the script does not wait for it.")
        }
        ShellFact::Substitution { command } => {
            say.text("A child runs ").code(command).text("; the shell waits for what it prints.")
        }
        ShellFact::Redirected { path, appended: true, .. } => {
            say.text("Output goes to the end of ").code(path).text(".")
        }
        ShellFact::Redirected { path, is_new: true, .. } => {
            say.text("The redirection creates ").code(path).text(".")
        }
        ShellFact::Redirected { path, .. } => {
            say.text("The redirection empties ").code(path).text(" before anything is written.")
        }
        ShellFact::LineRead { ended: true, .. } => {
            say.text("There is nothing more to read: the status is ").code("1").text(".")
        }
        ShellFact::LineRead { line, .. } => {
            say.text("It reads the line ").code(shown(line)).text(".")
        }
        ShellFact::WaitsForJobs { count: 1 } => {
            say.text("The shell waits for a process in the background.")
        }
        ShellFact::WaitsForJobs { count } => {
            say.text(format!("The shell waits for {count} processes in the background."))
        }
        ShellFact::LeftByErrexit { command, status } => say
            .code(command)
            .text(" ended with status ")
            .code(status.to_string())
            .text(", and nothing tests it: ")
            .code("set -e")
            .text(" ends the script."),
        ShellFact::Trapped { signal, action } => {
            say.text("The trap for ").code(signal).text(" runs ").code(action).text(".")
        }
        ShellFact::SyntaxError { line } => say.text(format!(
            "The shell cannot read line {line}; what stands before it has run, the rest will not."
        )),
        ShellFact::Ended { status } => {
            say.text("The script is over, with exit status ").code(status.to_string()).text(".")
        }
    }
}

fn matched(say: Phrase, value: &str, pattern: &str, groups: &[String]) -> Phrase {
    let said = say.code(shown(value)).text(" matches ").code(pattern);
    let Some((last, before)) = groups.split_last() else { return said.text(".") };
    let mut said =
        said.text(if before.is_empty() { ": the group holds " } else { ": the groups hold " });
    for group in before {
        said = said.code(shown(group)).text(", ");
    }
    said.code(shown(last)).text(".")
}

/// A value that may be empty.
fn shown(value: &str) -> String {
    if value.is_empty() { "''".to_string() } else { value.to_string() }
}

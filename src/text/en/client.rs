//! English: facts of `client`.

use crate::text::Phrase;
use crate::trace::fact::ClientFact;

/// The words for a fact.
pub fn phrase(fact: &ClientFact) -> Phrase {
    let say = Phrase::new();
    match fact {
        ClientFact::Typed { command } => say.text("You type ").code(command).text("."),
        ClientFact::Answered { line } => {
            say.text("You type ").code(line).text(" to what is running.")
        }
        ClientFact::Interrupted => say.text("You press ").code("Ctrl-C").text("."),
        ClientFact::InputEnded => {
            say.text("You press ").code("Ctrl-D").text(": there is no more input.")
        }
        ClientFact::Waits { until } => {
            say.text("You let time pass until ").code(until.to_string()).text(".")
        }
        ClientFact::Done { code: 0 } => say.text("Your command is done."),
        ClientFact::Done { code } => {
            say.text("Your command ends with exit code ").code(code.to_string()).text(".")
        }
        ClientFact::Asks => say.text("Your command waits for your next line."),
        ClientFact::Waited => say.text("That time has passed."),
        ClientFact::Saved { file } => say.text("You save ").code(file).text("."),
        ClientFact::Edited { object, path, value } => say
            .text("You edit ")
            .code(object)
            .text(": ")
            .code(path)
            .text(" becomes ")
            .code(value)
            .text("."),
        ClientFact::Runs { pod, command, reads: false } => say
            .text("A client writes: the pod ")
            .pod(pod)
            .text(" is to run ")
            .code(command)
            .text("."),
        ClientFact::Runs { pod, command, reads: true } => say
            .text("A client reads: the pod ")
            .pod(pod)
            .text(" is to run ")
            .code(command)
            .text("."),
        ClientFact::Removed { pod } => {
            say.text("The client pod ").pod(pod).text(" has done its work and is removed.")
        }
    }
}

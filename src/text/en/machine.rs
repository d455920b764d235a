//! English: facts of `machine`.

use crate::text::Phrase;
use crate::text::size::bytes;
use crate::trace::fact::MachineFact;

/// The words for a fact.
pub fn phrase(fact: &MachineFact) -> Phrase {
    let say = Phrase::new();
    match fact {
        MachineFact::NotModelled { program, what } => say
            .code(program)
            .text(" was given ")
            .code(what)
            .text(", which this model does not have."),
        MachineFact::NameResolved { pod, name, address } => {
            say.code(name).text(" resolves to ").code(address).text(" for ").pod(pod).text(".")
        }
        MachineFact::NameUnknown { pod, name } => say
            .text("The DNS knows no ")
            .code(name)
            .text(": ")
            .pod(pod)
            .text(" gets no address, because a name exists only while its pod is Ready."),
        MachineFact::Connected { from, to, port, through } => {
            let said = say.pod(from).text(" is connected to ").pod(to).text(", port ");
            let said = said.code(port.to_string());
            match through {
                Some(address) => {
                    said.text(": the Service at ").code(address).text(" picked this pod.")
                }
                None => said.text("."),
            }
        }
        MachineFact::Refused { from, address, port } => say
            .pod(from)
            .text(" asked for ")
            .code(format!("{address}:{port}"))
            .text(", but nobody listens there: connection refused."),
        MachineFact::TimedOut { from, address, port } => say
            .pod(from)
            .text(" got no answer from ")
            .code(format!("{address}:{port}"))
            .text(": the connection timed out."),
        MachineFact::HeldBack { from, to } => say
            .text("A packet from ")
            .pod(from)
            .text(" to ")
            .pod(to)
            .text(" is lost. TCP sends it again and again, waiting twice as long each time."),
        MachineFact::ConnectionReset { from, to, port } => say
            .text("The connection from ")
            .pod(from)
            .text(" to ")
            .pod(to)
            .text(", port ")
            .code(port.to_string())
            .text(", is reset: both ends get a RST."),
        MachineFact::Rejected { from, to, port } => say
            .text("The firewall refuses ")
            .pod(from)
            .text(" a connection to ")
            .pod(to)
            .text(", port ")
            .code(port.to_string())
            .text("."),
        MachineFact::Corrupted { from, to, bytes: part } => say
            .text(format!("Of {} from ", bytes(*part)))
            .pod(from)
            .text(" one bit reaches ")
            .pod(to)
            .text(" flipped; TCP's checksum did not notice."),
        MachineFact::Streamed { from, to, bytes: part, total } => say
            .pod(to)
            .text(format!(" receives {} from ", bytes(*part)))
            .pod(from)
            .text(format!("; {} have arrived so far.", bytes(*total))),
        MachineFact::BusyLoop { pod, command } => say
            .code(command)
            .text(" in ")
            .pod(pod)
            .text(" turns in a loop without ever waiting; from here on it runs slowed down."),
    }
}

//! English: facts of `machine`.

use crate::text::size::bytes;
use crate::text::{Entity, Phrase};

use crate::trace::fact::{MachineFact, NoName};

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
        MachineFact::NameUnknown { pod, name, why } => {
            let said = say.text("The DNS knows no ").code(name).text(": ").pod(pod);
            no_name(said.text(" gets no address, because "), why).text(".")
        }
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

/// Why there is no such name.
fn no_name(say: Phrase, why: &NoName) -> Phrase {
    match why {
        NoName::NoService(service) => {
            say.text("there is no Service ").entity(Entity::Service(service.clone()))
        }
        NoName::NotReady(pod) => {
            say.text("a name exists only while its pod is Ready, and ").pod(pod).text(" is not")
        }
        NoName::NoHost { host, service } => say
            .text("Service ")
            .entity(Entity::Service(service.clone()))
            .text(" has no pod ")
            .code(host),
        NoName::OtherSubdomain { pod, subdomain, service } => {
            let said = say.pod(pod).text(" has its name below ");
            let said = match subdomain.as_str() {
                "" => said.text("no Service"),
                other => said.text("Service ").code(other),
            };
            said.text(" (serviceName), not below ").entity(Entity::Service(service.clone()))
        }
        NoName::NoneReady(service) => say
            .text("no pod of Service ")
            .entity(Entity::Service(service.clone()))
            .text(" is Ready"),
        NoName::Kept => say.text("the DNS server still keeps the answer that there was none"),
        NoName::Outside => say.text("it is no name of this cluster, and the model knows no others"),
    }
}

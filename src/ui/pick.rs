//! What a click on the page can mean: every name and number opens its truth.
//! Drawn things carry it as text (`data-pick`), so that one listener serves the whole page.

use std::fmt;

use ordinal::base::{ClaimName, ContainerName, NodeName, PodName, ServiceName};
use ordinal::text::Entity;

/// What was picked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pick {
    /// A thing of the cluster.
    Thing(Entity),
    /// What mysqld of a pod holds.
    Mysql(PodName),
    /// A container's log.
    Log(PodName, ContainerName),
    /// A step, by its number.
    Step(u32),
    /// What can be broken of something.
    Break(Victim),
}

/// What is to be broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Victim {
    /// A thing of the cluster.
    Thing(Entity),
    /// The network between two pods.
    Link(PodName, PodName),
}

impl Victim {
    /// What it is called.
    pub fn label(&self) -> String {
        match self {
            Victim::Thing(Entity::Container(pod, container)) => format!("{pod}/{container}"),
            Victim::Thing(entity) => entity.label().to_owned(),
            Victim::Link(a, b) => format!("{a} ↔ {b}"),
        }
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pick::Thing(Entity::Pod(pod)) => write!(f, "pod {pod}"),
            Pick::Thing(Entity::Container(pod, name)) => write!(f, "container {pod} {name}"),
            Pick::Thing(Entity::Service(name)) => write!(f, "service {name}"),
            Pick::Thing(Entity::Claim(name)) => write!(f, "claim {name}"),
            Pick::Thing(Entity::Node(name)) => write!(f, "node {name}"),
            Pick::Thing(Entity::Object(kind, name)) => write!(f, "object {kind} {name}"),
            Pick::Thing(Entity::File(pod, path)) => write!(f, "file {pod} {path}"),
            Pick::Mysql(pod) => write!(f, "mysql {pod}"),
            Pick::Log(pod, name) => write!(f, "log {pod} {name}"),
            Pick::Step(number) => write!(f, "step {number}"),
            Pick::Break(Victim::Thing(thing)) => write!(f, "break {}", Pick::Thing(thing.clone())),
            Pick::Break(Victim::Link(a, b)) => write!(f, "break-link {a} {b}"),
        }
    }
}

impl Pick {
    /// Reads what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Pick> {
        let (kind, rest) = text.split_once(' ')?;
        let two = || rest.split_once(' ');
        Some(match kind {
            "pod" => Pick::Thing(Entity::Pod(PodName::from(rest))),
            "container" => {
                let (pod, name) = two()?;
                Pick::Thing(Entity::Container(pod.into(), ContainerName::from(name)))
            }
            "service" => Pick::Thing(Entity::Service(ServiceName::from(rest))),
            "claim" => Pick::Thing(Entity::Claim(ClaimName::from(rest))),
            "node" => Pick::Thing(Entity::Node(NodeName::from(rest))),
            "object" => {
                let (kind, name) = two()?;
                Pick::Thing(Entity::Object(kind.to_owned(), name.to_owned()))
            }
            "file" => {
                let (pod, path) = two()?;
                Pick::Thing(Entity::File(pod.into(), path.to_owned()))
            }
            "mysql" => Pick::Mysql(PodName::from(rest)),
            "log" => {
                let (pod, name) = two()?;
                Pick::Log(pod.into(), ContainerName::from(name))
            }
            "step" => Pick::Step(rest.parse().ok()?),
            "break" => match Pick::parse(rest)? {
                Pick::Thing(thing) => Pick::Break(Victim::Thing(thing)),
                _ => return None,
            },
            "break-link" => {
                let (a, b) = two()?;
                Pick::Break(Victim::Link(a.into(), b.into()))
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let picks = [
            Pick::Thing(Entity::Pod("mysql-0".into())),
            Pick::Thing(Entity::Container("mysql-0".into(), "mysql".into())),
            Pick::Thing(Entity::Object("ConfigMap".into(), "mysql".into())),
            Pick::Thing(Entity::File("mysql-1".into(), "a dir/a file".into())),
            Pick::Log("mysql-1".into(), "clone-mysql".into()),
            Pick::Mysql("mysql-2".into()),
            Pick::Step(412),
            Pick::Break(Victim::Thing(Entity::Node("node-1".into()))),
            Pick::Break(Victim::Link("mysql-0".into(), "mysql-1".into())),
        ];
        for pick in picks {
            assert_eq!(Pick::parse(&pick.to_string()), Some(pick));
        }
        assert_eq!(Pick::parse("step later"), None);
    }
}

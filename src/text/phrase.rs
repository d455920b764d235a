//! A sentence as parts, so that every name in it can be tinted and clicked.

use crate::base::{ClaimName, ContainerName, NodeName, PodName, ServiceName};

/// A sentence or two.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Phrase(pub Vec<Part>);

/// A part of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Plain words.
    Text(String),
    /// A name the learner can click.
    Entity(Entity),
    /// What a machine says or is told: command, file, value. Set in mono.
    Code(String),
}

/// What a name in a sentence stands for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Entity {
    /// A pod.
    Pod(PodName),
    /// A container of a pod.
    Container(PodName, ContainerName),
    /// A Service.
    Service(ServiceName),
    /// A claim.
    Claim(ClaimName),
    /// A node.
    Node(NodeName),
    /// A StatefulSet, a ConfigMap …: kind and name.
    Object(String, String),
    /// A file on a pod's volume.
    File(PodName, String),
}

impl Entity {
    /// The name as the sentence shows it.
    pub fn label(&self) -> &str {
        match self {
            Entity::Pod(name) => name,
            Entity::Container(_, name) => name,
            Entity::Service(name) => name,
            Entity::Claim(name) => name,
            Entity::Node(name) => name,
            Entity::Object(_, name) => name,
            Entity::File(_, path) => path,
        }
    }
}

impl Phrase {
    /// An empty one, to be continued.
    pub fn new() -> Phrase {
        Phrase::default()
    }

    /// Continues with plain words.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Phrase {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// Continues with what a machine says.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Phrase {
        self.0.push(Part::Code(code.into()));
        self
    }

    /// Continues with a name.
    #[must_use]
    pub fn entity(mut self, entity: Entity) -> Phrase {
        self.0.push(Part::Entity(entity));
        self
    }

    /// Continues with a pod's name.
    #[must_use]
    pub fn pod(self, name: &PodName) -> Phrase {
        self.entity(Entity::Pod(name.clone()))
    }

    /// Continues with a container's name.
    #[must_use]
    pub fn container(self, pod: &PodName, name: &ContainerName) -> Phrase {
        self.entity(Entity::Container(pod.clone(), name.clone()))
    }

    /// A sentence with places: `{pod}` is the pod's name, `{0}` the first of `codes`, set in mono.
    pub fn filled(template: &str, pod: &PodName, codes: &[&str]) -> Phrase {
        let mut phrase = Phrase::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (place, tail) = after.split_once('}').expect("a place in a template is closed");
            if !before.is_empty() {
                phrase = phrase.text(before);
            }
            phrase = match place {
                "pod" => phrase.pod(pod),
                number => {
                    let index: usize = number.parse().expect("a place is `pod` or a number");
                    phrase.code(codes[index])
                }
            };
            rest = tail;
        }
        if rest.is_empty() { phrase } else { phrase.text(rest) }
    }

    /// The words alone.
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) | Part::Code(text) => text.as_str(),
                Part::Entity(entity) => entity.label(),
            })
            .collect()
    }
}

//! What every object carries, and the selectors that pick objects by it.

use super::support::api;
use super::time::Time;
use crate::base::SortedMap;

/// A text map: labels, annotations, selectors.
pub type Labels = SortedMap<String, String>;

/// A field the model accepts but does not act upon, as it was written.
pub type Opaque = serde_json::Value;

api! {
    /// `metadata`.
    ObjectMeta {
        name: String,
        generate_name: String,
        namespace: String,
        self_link: String,
        uid: String,
        resource_version: String,
        generation: i64,
        creation_timestamp: Option<Time>,
        deletion_timestamp: Option<Time>,
        deletion_grace_period_seconds: Option<i64>,
        labels: Labels,
        annotations: Labels,
        owner_references: Vec<OwnerReference>,
        finalizers: Vec<String>,
        managed_fields: Option<Opaque>,
    }

    /// Who made an object, and takes it along when it goes.
    OwnerReference {
        api_version: String,
        kind: String,
        name: String,
        uid: String,
        controller: Option<bool>,
        block_owner_deletion: Option<bool>,
    }

    /// A selector over labels.
    LabelSelector {
        match_labels: Labels,
        match_expressions: Vec<LabelRequirement>,
    }

    /// One condition of a selector: `In`, `NotIn`, `Exists`, `DoesNotExist` (nodes also `Gt`,
    /// `Lt`).
    LabelRequirement {
        key: String,
        operator: String,
        values: Vec<String>,
    }

    /// A name of an object of a known kind in the same namespace.
    LocalReference {
        name: String,
    }

    /// A reference to any object.
    ObjectReference {
        kind: String,
        namespace: String,
        name: String,
        uid: String,
        api_version: String,
        resource_version: String,
        field_path: String,
    }
}

impl LabelSelector {
    /// Whether it has no condition at all.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Whether these labels meet all its conditions. An empty selector is met by everything.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|one| one.matches(labels))
    }
}

impl LabelRequirement {
    /// Whether these labels meet it. An operator nobody knows is met by nothing.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let number = |text: &String| text.parse::<i64>().ok();
        let compared = |wanted: std::cmp::Ordering| {
            let bound = self.values.first().and_then(number);
            value.and_then(number).zip(bound).is_some_and(|(v, b)| v.cmp(&b) == wanted)
        };
        match self.operator.as_str() {
            "In" => value.is_some_and(|value| self.values.contains(value)),
            "NotIn" => value.is_none_or(|value| !self.values.contains(value)),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => compared(std::cmp::Ordering::Greater),
            "Lt" => compared(std::cmp::Ordering::Less),
            _ => false,
        }
    }
}

impl ObjectMeta {
    /// The owner that controls this object, if any.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.iter().find(|owner| owner.controller == Some(true))
    }

    /// Whether its deletion was asked for.
    pub fn is_deleting(&self) -> bool {
        self.deletion_timestamp.is_some()
    }
}

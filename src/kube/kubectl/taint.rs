//! `taint`. Models kubectl/pkg/cmd/taint.

use super::select::kind_of;
use super::{Answer, DONE, Desk, Failure, Kubectl};
use crate::manifest::object::{Object, Taint};

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// `key=value:Effect`, `key:Effect`, `key:Effect-`, `key-`: the taint, and whether it goes.
fn parsed(word: &str) -> Result<(Taint, bool), Failure> {
    let (text, goes) = match word.strip_suffix('-') {
        Some(text) => (text, true),
        None => (word, false),
    };
    let (name, effect) = text.split_once(':').unwrap_or((text, ""));
    let (key, value) = name.split_once('=').unwrap_or((name, ""));
    let known = EFFECTS.contains(&effect) || (goes && effect.is_empty());
    if key.is_empty() || !known {
        return Err(Failure::new(format!(
            "error: invalid taint effect: {effect}, unsupported taint effect"
        )));
    }
    let taint = Taint {
        key: key.to_string(),
        value: value.to_string(),
        effect: effect.to_string(),
        ..Default::default()
    };
    Ok((taint, goes))
}

impl Kubectl {
    pub(super) fn taint(&mut self, desk: &mut dyn Desk) -> Answer {
        let is_taint =
            |word: &&String| word.contains(':') || word.contains('=') || word.ends_with('-');
        let names = &self.args.names;
        let words: Vec<String> = names.iter().filter(|one| !is_taint(one)).cloned().collect();
        let taints: Vec<String> = names.iter().filter(is_taint).cloned().collect();
        if taints.is_empty() {
            return Err(Failure::new("error: at least one taint update is required"));
        }
        let is_node = words.first().and_then(|word| kind_of(word.split('/').next()?));
        if is_node.is_none_or(|kind| kind.plural != "nodes") {
            let kind = words.first().map_or("", String::as_str);
            return Err(Failure::new(format!(
                "error: invalid resource type {kind}, only node types are supported"
            )));
        }
        let changes: Vec<(Taint, bool)> =
            taints.iter().map(|word| parsed(word)).collect::<Result<_, _>>()?;
        for object in self.every(desk, &words)? {
            let Object::Node(node) = &object else { continue };
            let mut next = node.clone();
            let (mut added, mut gone) = (false, false);
            for (taint, goes) in &changes {
                let same = |one: &Taint| {
                    one.key == taint.key && (taint.effect.is_empty() || one.effect == taint.effect)
                };
                let there = next.spec.taints.iter().any(same);
                if *goes && !there {
                    let shown = format!("{}:{}", taint.key, taint.effect);
                    return Err(Failure::new(format!(
                        "error: taint \"{}\" not found",
                        shown.trim_end_matches(':')
                    )));
                }
                if there && !goes && !self.args.has("overwrite") {
                    return Err(Failure::new(format!(
                        "error: node {} already has {} taint(s) with same effect(s) and \
                         --overwrite is false",
                        node.metadata.name, taint.key
                    )));
                }
                next.spec.taints.retain(|one| !same(one));
                if *goes {
                    gone = true;
                } else {
                    next.spec.taints.push(taint.clone());
                    added = true;
                }
            }
            let word = match (added, gone) {
                (true, true) => "modified",
                (false, true) => "untainted",
                _ => "tainted",
            };
            self.replace_with(desk, &object, Object::Node(next), word, word)?;
        }
        DONE
    }
}

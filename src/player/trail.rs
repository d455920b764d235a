//! Following one thing through the run: a transaction from its client to every replica, and the
//! coordinates a replica began with back to who wrote them down. Found in the steps' facts.

use std::collections::BTreeSet;

use super::Player;
use crate::base::PodName;
use crate::base::limit::CAUSES_MAX;
use crate::trace::fact::{MysqlFact, ShellFact};
use crate::trace::{Actor, Fact, Step};

impl Player {
    /// The steps up to the cursor on the way of what a server wrote to its binlog at a byte: the
    /// client asks, the server writes, its dump threads send, I/O threads write to relay logs, SQL
    /// threads apply. Empty: nothing was written there so far.
    pub fn transaction(&self, source: &PodName, file: &str, byte: u64) -> Vec<u32> {
        let logged = self.so_far().find_map(|(number, step)| {
            facts(step).find_map(|fact| match fact {
                MysqlFact::Logged { pod, file: it, start, end, .. } => {
                    let is_it = pod == source && it == file && (*start..*end).contains(&byte);
                    is_it.then_some((number, *start, *end))
                }
                _ => None,
            })
        });
        let Some((logged, start, end)) = logged else { return Vec::new() };
        let asked = self.step_at(logged).and_then(|step| self.asked_at(step));
        let mut steps: Vec<u32> = asked.into_iter().chain([logged]).collect();
        // Whose I/O and SQL threads have it all.
        let (mut read, mut applied) = (BTreeSet::new(), BTreeSet::new());
        for (number, step) in self.so_far().skip(logged as usize) {
            let belongs = facts(step).any(|fact| {
                let (pod, it, to, done) = match fact {
                    MysqlFact::Sent { pod, file: it, start: from, end: to, .. } => {
                        return pod == source && it == file && *from < end && *to > start;
                    }
                    MysqlFact::Received { pod, file, end, .. } => (pod, file, *end, &mut read),
                    MysqlFact::Applied { pod, file, end, .. } => (pod, file, *end, &mut applied),
                    _ => return false,
                };
                if pod == source || it != file || to <= start || done.contains(pod) {
                    return false;
                }
                if to >= end {
                    done.insert(pod.clone());
                }
                true
            });
            if belongs {
                steps.push(number);
            }
        }
        steps
    }

    /// The steps up to the cursor on the way of the coordinates a replica began with: the backup
    /// that noted them, the file that arrived, what a script made of it, the CHANGE MASTER TO, the
    /// first connection. Empty: it was never told a source.
    pub fn handover(&self, replica: &PodName) -> Vec<u32> {
        let told = self.so_far().filter_map(|(number, step)| {
            facts(step).find_map(|fact| match fact {
                MysqlFact::SourceSet { pod, file, position, .. } if pod == replica => {
                    Some((number, file.clone(), *position))
                }
                _ => None,
            })
        });
        let Some((told, file, position)) = told.last() else { return Vec::new() };
        let before = || self.so_far().take_while(|(number, _)| *number < told);
        let noted = before().filter_map(|(number, step)| {
            facts(step).find_map(|fact| match fact {
                MysqlFact::BackupPosition { pod, name, file: it, position: at } => {
                    let is_it = pod != replica && *it == file && *at == position;
                    is_it.then(|| (number, name.clone()))
                }
                _ => None,
            })
        });
        let mut steps = Vec::new();
        if let Some((noted, name)) = noted.last() {
            steps.push(noted);
            steps.extend(before().filter(|(number, _)| *number > noted).find_map(
                |(number, step)| {
                    let has_it = facts(step).any(|fact| {
                        matches!(fact, MysqlFact::Unpacked { pod, files, .. }
                        if pod == replica && files.contains(&name))
                    });
                    has_it.then_some(number)
                },
            ));
        }
        steps.extend(self.script_before(replica, told));
        steps.push(told);
        let connected = self.so_far().find(|(number, step)| {
            *number > told
                && facts(step).any(
                    |fact| matches!(fact, MysqlFact::SourceConnected { pod, .. } if pod == replica),
                )
        });
        steps.extend(connected.map(|(number, _)| number));
        steps
    }

    /// What the container that said CHANGE MASTER TO wrote to files before, and where it began to
    /// say it.
    fn script_before(&self, replica: &PodName, told: u32) -> Vec<u32> {
        let Some(asked) = self.step_at(told).and_then(|step| self.asked_at(step)) else {
            return Vec::new();
        };
        let container = |step: &Step| match &step.actor {
            Actor::Process { pod, container, .. } if pod == replica => Some(container.clone()),
            _ => None,
        };
        let Some(own) = self.step_at(asked).and_then(container) else { return Vec::new() };
        let writes = |step: &Step| {
            container(step).as_ref() == Some(&own)
                && step
                    .facts
                    .iter()
                    .any(|fact| matches!(fact, Fact::Shell(ShellFact::Redirected { .. })))
        };
        let before = self.so_far().take_while(|(number, _)| *number < asked);
        let mut steps: Vec<u32> =
            before.filter(|(_, step)| writes(step)).map(|(number, _)| number).collect();
        steps.push(asked);
        steps
    }

    /// The step of the client's program that led to what a server did.
    fn asked_at(&self, step: &Step) -> Option<u32> {
        let mut at = step.causes.iter().map(|cause| cause.step.index).max()?;
        for _ in 0..CAUSES_MAX {
            let step = self.step_at(at)?;
            let is_client = facts(step).any(|fact| {
                matches!(
                    fact,
                    MysqlFact::ClientBegan { sql: Some(_), .. } | MysqlFact::ClientAsked { .. }
                )
            });
            if is_client {
                return Some(at);
            }
            at = step.causes.iter().map(|cause| cause.step.index).max()?;
        }
        None
    }

    fn so_far(&self) -> impl Iterator<Item = (u32, &Step)> {
        (1..=self.cursor.index).filter_map(|number| Some((number, self.step_at(number)?)))
    }
}

fn facts(step: &Step) -> impl Iterator<Item = &MysqlFact> {
    step.facts.iter().filter_map(|fact| match fact {
        Fact::Mysql(fact) => Some(fact),
        _ => None,
    })
}

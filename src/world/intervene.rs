//! What the learner does, as a step of its own.

use std::sync::Arc;

use super::apply::Doing;
use super::state::World;
use crate::base::Millis;
use crate::base::digest::Digest;
use crate::sim::{Action, Intervention};
use crate::trace::fact::{ClientFact, FaultChange};
use crate::trace::{Actor, Fact, Step, Via};

impl World {
    /// The learner does something: it is the very next step, at this moment.
    pub fn intervene(&mut self, intervention: Intervention) {
        Arc::make_mut(&mut self.asked).push_back(intervention);
    }

    /// Forgets what the learner has asked for and what has not happened yet: somebody is about to
    /// do something else instead.
    pub fn forget_asked(&mut self) {
        self.asked = Arc::default();
    }

    /// Does what the learner has asked for.
    pub(super) fn intervene_now(&mut self, intervention: &Intervention) -> Step {
        self.ghost.asked_at = self.ghost.now;
        self.ghost.repetition.renew(self.ghost.now, self.ghost.agenda.last_number());
        let mut doing = Doing::new(Vec::new());
        doing.actor = Some(Actor::Learner);
        match intervention {
            Intervention::Inject(fault) => self.strike(fault, FaultChange::Injected, &mut doing),
            Intervention::Mend(fault) => self.strike(fault, FaultChange::Mended, &mut doing),
            Intervention::Type { terminal, line } => self.type_line(*terminal, line, &mut doing),
            Intervention::Interrupt { terminal } => {
                doing.facts.push(Fact::Client(ClientFact::Interrupted));
                self.interrupt(*terminal, &mut doing);
            }
            Intervention::EndInput { terminal } => {
                doing.facts.push(Fact::Client(ClientFact::InputEnded));
                self.end_input(*terminal, &mut doing);
            }
            Intervention::Wait { until } => {
                doing.facts.push(Fact::Client(ClientFact::Waits { until: *until }));
                let after = Millis(until.0.saturating_sub(self.ghost.now.0));
                doing.next.push((after, Action::Waited, Via::Timer, false));
            }
            Intervention::Write { file, text } => {
                doing.facts.push(Fact::Client(ClientFact::Saved { file: file.clone() }));
                self.save(file, text);
            }
            Intervention::Edit { object, path, value } => {
                doing.facts.push(Fact::Client(ClientFact::Edited {
                    object: object.clone(),
                    path: path.clone(),
                    value: value.clone(),
                }));
                self.edit(object, path, value, &mut doing);
            }
        }
        self.relay(&mut doing);
        self.wake_jobs(&mut doing);
        self.look_for_answers(&mut doing);
        let now = self.ghost.now;
        self.ghost.rolling = Digest::of(&(self.ghost.rolling, now, intervention, &doing.facts));
        self.ghost.agenda.note_change();
        self.record(doing)
    }
}

//! Faults reach the world.

use super::apply::Doing;
use super::state::World;
use crate::trace::fact::{Fault, FaultChange, FaultFact};
use crate::trace::{Actor, Fact};

impl World {
    /// Injects or mends a fault.
    pub(super) fn strike(&mut self, fault: &Fault, change: FaultChange, doing: &mut Doing) {
        doing.actor = Some(Actor::Fault);
        doing.facts.push(Fact::Fault(FaultFact { fault: fault.clone(), change }));
    }
}

//! What is to come, by due time: the future event list.

use std::collections::BTreeMap;

use crate::base::SimTime;
use crate::base::limit::STEP_CAUSES_MAX;
use crate::sim::Action;
use crate::trace::Via;

/// Which recorded steps led to something (their indices, counted from 1), and how. In the order in
/// which they did, each once, at most [`STEP_CAUSES_MAX`].
pub type Causes = Vec<(u32, Via)>;

/// An action that is to come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What.
    pub action: Action,
    /// Why.
    pub causes: Causes,
    /// Whether it only repeats what is already known.
    pub idle: bool,
}

/// What is to come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Agenda {
    /// By due time, then by when it was asked for.
    notices: BTreeMap<(SimTime, u64), Notice>,
    /// Where each action stands; an action is never there twice.
    places: BTreeMap<Action, (SimTime, u64)>,
    last: u64,
    /// How many notices are not idle.
    busy: u64,
    /// The last number given before the last change.
    last_change: u64,
}

impl Agenda {
    /// Puts an action on the agenda. If it is there already, the earlier time stays, and it is idle
    /// only if both are. Asked for again, it happens for the later reason too: a look that was due
    /// anyway finds what somebody wanted it to find.
    pub fn add(&mut self, due: SimTime, mut notice: Notice) {
        self.last += 1;
        let mut place = (due, self.last);
        if let Some(there) = self.places.get(&notice.action).copied() {
            let before = self.take(there);
            notice.idle &= before.idle;
            if there < place {
                place = there;
                notice.causes = joined(before.causes, &notice.causes);
            }
        }
        self.busy += u64::from(!notice.idle);
        self.places.insert(notice.action.clone(), place);
        self.notices.insert(place, notice);
    }

    /// Takes an action off again.
    pub fn remove(&mut self, action: &Action) {
        if let Some(place) = self.places.get(action).copied() {
            self.take(place);
        }
    }

    /// The next action and when it is due; ties go to the one asked for first.
    pub fn pop(&mut self) -> Option<(SimTime, Notice)> {
        let place = *self.notices.keys().next()?;
        Some((place.0, self.take(place)))
    }

    /// Takes the first action off that is of this kind and due by then.
    pub fn take_first(&mut self, by: SimTime, is_it: impl Fn(&Action) -> bool) -> Option<Notice> {
        let mut due = self.notices.iter().take_while(|(place, _)| place.0 <= by);
        let place = *due.find(|(_, notice)| is_it(&notice.action))?.0;
        Some(self.take(place))
    }

    /// When the next action is due.
    pub fn next_due(&self) -> Option<SimTime> {
        self.notices.keys().next().map(|(due, _)| *due)
    }

    /// Whether there is nothing ahead but what only repeats what is known, and all of that has been
    /// repeated since [`Agenda::note_change`] was called last: only then is it sure that it will
    /// find nothing new.
    pub fn is_settled(&self) -> bool {
        self.busy == 0 && self.notices.keys().all(|(_, number)| *number > self.last_change)
    }

    /// The last number given.
    pub fn last_number(&self) -> u64 {
        self.last
    }

    /// The number of the oldest notice.
    pub fn oldest_number(&self) -> u64 {
        self.notices.keys().map(|(_, number)| *number).min().unwrap_or(self.last)
    }

    /// Something has changed that what is idle may yet find out.
    pub fn note_change(&mut self) {
        self.last_change = self.last;
    }

    /// All that is to come, by action.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.places.keys()
    }

    fn take(&mut self, place: (SimTime, u64)) -> Notice {
        let notice = self.notices.remove(&place).expect("both tables hold the same notices");
        self.places.remove(&notice.action);
        self.busy -= u64::from(!notice.idle);
        notice
    }
}

/// The first reason stays, and the newest: what came between gives way.
fn joined(mut causes: Causes, more: &Causes) -> Causes {
    for cause in more {
        if causes.iter().any(|(step, _)| *step == cause.0) {
            continue;
        }
        if causes.len() == STEP_CAUSES_MAX {
            causes.remove(1);
        }
        causes.push(*cause);
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(entry: u32, idle: bool) -> Notice {
        Notice { action: Action::Lesson(entry), causes: Vec::new(), idle }
    }

    #[test]
    fn the_earlier_request_for_an_action_wins() {
        let mut agenda = Agenda::default();
        agenda.add(SimTime(30), notice(1, true));
        agenda.add(SimTime(10), notice(1, false));
        agenda.add(SimTime(20), notice(1, true));
        agenda.add(SimTime(10), notice(2, true));
        assert!(!agenda.is_settled());
        assert_eq!(
            agenda.pop().map(|(due, n)| (due, n.action)),
            Some((SimTime(10), Action::Lesson(1)))
        );
        assert_eq!(
            agenda.pop().map(|(due, n)| (due, n.action)),
            Some((SimTime(10), Action::Lesson(2)))
        );
        assert!(agenda.is_settled());
        assert_eq!(agenda.pop(), None);
    }

    #[test]
    fn what_is_asked_for_again_has_both_reasons() {
        let mut agenda = Agenda::default();
        let asked = |step| Notice { causes: vec![(step, Via::Wait)], ..notice(1, false) };
        agenda.add(SimTime(10), asked(1));
        agenda.add(SimTime(20), asked(1));
        for step in 2..9 {
            agenda.add(SimTime(10), asked(step));
        }
        let steps =
            |(_, notice): (_, Notice)| notice.causes.iter().map(|(step, _)| *step).collect();
        assert_eq!(agenda.pop().map(steps), Some(vec![1, 6, 7, 8]));
        agenda.add(SimTime(20), asked(1));
        agenda.add(SimTime(10), asked(2));
        assert_eq!(agenda.pop().map(steps), Some(vec![2]));
    }

    #[test]
    fn what_is_idle_must_be_repeated_after_a_change() {
        let mut agenda = Agenda::default();
        agenda.add(SimTime(10), notice(1, true));
        agenda.note_change();
        assert!(!agenda.is_settled());
        agenda.pop();
        agenda.add(SimTime(20), notice(1, true));
        assert!(agenda.is_settled());
    }
}

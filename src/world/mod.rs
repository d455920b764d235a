//! Everything, as one value; the only module that knows every component.
//!
//! [`World::step`] takes the earliest action off the agenda, lets the component it belongs to act,
//! and carries what that one asks for to the others. Actions that mean nothing to a viewer (a
//! reconcile that finds nothing to do, a shell's plumbing) are done on the way to the next step;
//! what they lead to keeps their cause.

mod agenda;
mod apply;
mod choices;
mod fault;
mod inline;
mod intervene;
pub mod lesson;
mod names;
mod repetition;
mod scenario;
mod sites;
mod state;
pub mod terminal;

pub use scenario::Scenario;
pub use state::{Standing, World};

//! Polices the source: lengths, arrows, what state is made of, and what is written around it.
//!
//! Each finding is one line, `path:line: what to do`. Nothing here is about taste that a person
//! has to argue for twice.

mod arrows;
mod lengths;
mod prose;
mod source;
mod state;

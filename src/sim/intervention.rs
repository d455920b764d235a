//! What the learner does to a running world.

use crate::base::SimTime;
use crate::trace::fact::Fault;

/// One thing the learner does. It always starts or continues a branch, and is a step of its own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Intervention {
    /// A line is typed into a terminal: at its prompt a command line, else input for the command
    /// that runs there.
    Type {
        /// Which terminal.
        terminal: u32,
        /// Without the line end. A here-document's lines are part of its command line.
        line: String,
    },
    /// Ctrl-C in a terminal.
    Interrupt {
        /// Which terminal.
        terminal: u32,
    },
    /// Ctrl-D in a terminal: no more input for the command that runs there.
    EndInput {
        /// Which terminal.
        terminal: u32,
    },
    /// A file beside the terminals is saved by an editor.
    Write {
        /// Its name.
        file: String,
        /// All of it.
        text: String,
    },
    /// One field of an object in the cluster is changed, as `kubectl edit` would.
    Edit {
        /// `statefulset/mysql`.
        object: String,
        /// `spec.template.spec.containers[0].image`.
        path: String,
        /// The new value, as YAML.
        value: String,
    },
    /// The learner lets time pass, even where nothing happens.
    Wait {
        /// Until when; a moment that is over changes nothing.
        until: SimTime,
    },
    /// Something breaks.
    Inject(Fault),
    /// What broke is in order again.
    Mend(Fault),
}

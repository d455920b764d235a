//! The learner's terminals: what is typed, what runs there, what it printed.
//!
//! Each line typed at a prompt is one `bash` on the workstation, a machine outside the cluster,
//! which goes on with the shell that the line before has left: its variables, functions, directory.
//! `kubectl` is a program there whose process waits for the world, which lets it act on the
//! cluster. So pipes, loops, here-documents and files work as in any shell.

mod desk;
mod edit;
mod job;
mod line;
mod observe;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{ContainerId, Pid, SimTime};
use crate::kube::kubectl::Kubectl;
use crate::os::WaitStatus;

pub use crate::node::Left;
pub use line::is_incomplete;
pub use observe::Observed;

/// All terminals.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Terminals {
    screens: BTreeMap<u32, Arc<Screen>>,
    /// Every `kubectl` that runs.
    pub(super) jobs: BTreeMap<Pid, Job>,
    /// What `kubectl exec` has started, by token.
    pub(super) execs: BTreeMap<u32, Started>,
    last_token: u32,
}

/// What a terminal shows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Screen {
    /// What was typed and printed, oldest first.
    pub chunks: Vec<Chunk>,
    /// What the last line that ended has left.
    pub left: Left,
    /// The token of the line that runs.
    line: Option<u32>,
    /// What somebody waits for here.
    answer: Answer,
}

/// Whether a line is done, or asks for more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
enum Answer {
    /// Nobody waits for that.
    #[default]
    Seen,
    /// Not yet.
    Owed,
    /// Since a moment ago, and no step has shown it.
    Given,
}

/// A piece of what a terminal shows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Chunk {
    /// When, in virtual time.
    pub at: SimTime,
    /// The step in which it came, counted from 1; of what only looked: after how many steps.
    pub step: u32,
    /// What it is.
    pub kind: ChunkKind,
    /// The text; of output with its line ends, of what was typed without.
    pub text: String,
}

/// What a piece of a terminal is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ChunkKind {
    /// A line typed at the prompt.
    Command,
    /// A line typed for the command that runs.
    Input,
    /// Standard output.
    Output,
    /// Standard error.
    Errors,
}

/// A `kubectl` that runs.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Job {
    kubectl: Option<Kubectl>,
    /// What `run -i` and `attach` forward: the container, and how much of each stream.
    attached: Option<(ContainerId, [u64; 2])>,
    /// What it forwards its input to.
    forwards: Forward,
    input_closed: bool,
    tty: bool,
    /// What edits for it.
    editor: Option<Editor>,
}

/// An editor that `kubectl edit` has started.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Editor {
    token: u32,
    /// Its words.
    shown: String,
    file: String,
}

/// Where a `kubectl`'s input goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Forward {
    /// Nowhere.
    None,
    /// To what `exec` has started.
    Exec(u32),
    /// To a container's first process.
    Container(ContainerId),
}

/// What `kubectl exec` has started.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Started {
    /// The `kubectl`.
    job: Pid,
    end: Option<Result<WaitStatus, String>>,
}

impl Terminals {
    /// What a terminal shows; `None` if nothing was ever typed there.
    pub fn screen(&self, terminal: u32) -> Option<&Screen> {
        self.screens.get(&terminal).map(Arc::as_ref)
    }

    /// The terminals in which something was typed.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.screens.keys().copied()
    }

    /// Whether a command runs in a terminal.
    pub fn is_busy(&self, terminal: u32) -> bool {
        self.screen(terminal).is_some_and(|screen| screen.line.is_some())
    }

    pub(super) fn next_token(&mut self) -> u32 {
        self.last_token += 1;
        self.last_token
    }

    pub(super) fn screen_mut(&mut self, terminal: u32) -> &mut Screen {
        Arc::make_mut(self.screens.entry(terminal).or_default())
    }

    /// The terminal in which the line with this token runs.
    pub(super) fn terminal_of(&self, token: u32) -> Option<u32> {
        self.screens.iter().find(|(_, it)| it.line == Some(token)).map(|(terminal, _)| *terminal)
    }

    /// Whether nothing was ever typed.
    pub fn are_unused(&self) -> bool {
        self.screens.is_empty()
    }

    /// Lines that run: terminal and token.
    pub(super) fn lines(&self) -> Vec<(u32, u32)> {
        self.screens.iter().filter_map(|(at, screen)| Some((*at, screen.line?))).collect()
    }
}

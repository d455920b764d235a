//! What the console knows, and what it can be asked.

use std::collections::{BTreeMap, VecDeque};

use leptos::prelude::*;

use super::recall::Recall;
use crate::ui::browser;

/// The most terminals that the page opens by itself; a session may have more.
pub const TERMINALS_MAX: u32 = 3;

/// Where lines typed before are stored.
pub const RECALL: &str = "ordinal.recall";

/// What the console can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConsoleCommand {
    /// The input line is now this.
    Line(String),
    /// The input line is entered.
    Enter,
    /// These lines are entered one after the other, each once the one before is done.
    Paste(String),
    /// A command is put into the input line, to be looked at first.
    Insert(String),
    /// ↑.
    Up,
    /// ↓.
    Down,
    /// Tab.
    Complete,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D.
    EndInput,
    /// Ctrl-L.
    Clear,
    /// Show this terminal.
    Show(u32),
    /// One more terminal.
    Open,
    /// Show the terminal, ready to type.
    Focus,
}

/// A run that the learner has begun by doing something in the past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forked {
    /// The branch.
    pub branch: ordinal::base::BranchId,
    /// After how many steps it left the one before.
    pub step: u32,
}

/// The command that the page follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Following {
    /// Where it runs.
    pub terminal: u32,
    /// How often the page has gone on.
    pub ticks: u32,
}

/// What the console knows. Only `dispatch` changes it.
#[derive(Clone, Copy)]
pub struct Console {
    /// The terminal shown, from 1.
    pub terminal: RwSignal<u32>,
    /// How many are open.
    pub opened: RwSignal<u32>,
    /// What stands in the input line.
    pub line: RwSignal<String>,
    /// The lines before it of a command that is not complete, each with its end.
    pub earlier: RwSignal<String>,
    /// What Tab offers.
    pub offers: RwSignal<Vec<String>>,
    /// How many pieces of each screen Ctrl-L has put out of sight.
    pub cleared: RwSignal<BTreeMap<u32, usize>>,
    /// The run begun by the last thing done, if it began one.
    pub forked: RwSignal<Option<Forked>>,
    /// Lines that wait for the command before them: terminal and line.
    pub(super) queue: StoredValue<VecDeque<(u32, String)>>,
    pub(super) recall: StoredValue<Recall>,
    pub(in crate::ui) following: StoredValue<Option<Following>>,
}

impl Console {
    /// One terminal, nothing typed, with the lines stored on this device.
    pub fn new() -> Console {
        let recall = Recall::parse(&browser::stored(RECALL).unwrap_or_default());
        Console {
            terminal: RwSignal::new(1),
            opened: RwSignal::new(1),
            line: RwSignal::default(),
            earlier: RwSignal::default(),
            offers: RwSignal::default(),
            cleared: RwSignal::default(),
            forked: RwSignal::default(),
            queue: StoredValue::default(),
            recall: StoredValue::new(recall),
            following: StoredValue::default(),
        }
    }

    /// Another run stands in place of the one before.
    pub(in crate::ui) fn forget(self) {
        self.earlier.set(String::new());
        self.cleared.set(BTreeMap::new());
        self.forked.set(None);
        self.queue.set_value(VecDeque::new());
        self.following.set_value(None);
    }
}

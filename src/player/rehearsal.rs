//! A session that is being played: entry by entry and step by step, the same in a terminal and on
//! the page.

use std::collections::{BTreeMap, VecDeque};

use super::acts::Entered;
use super::script::{RunPlace, ScriptEntry, ScriptLine, Wait};
use super::{Cursor, Player, PlayerCommand, Progress, ROOT};
use crate::base::limit::COMMAND_MS_MAX;
use crate::base::{BranchId, Millis, PodName, SimTime};
use crate::sim::Intervention;

/// What is still to be done of a session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rehearsal {
    left: VecDeque<ScriptLine>,
    /// What the last entry waits for.
    pending: Option<Pending>,
    /// The number that the file gives the run it is at.
    run: u32,
    /// The runs by the file's numbers.
    runs: BTreeMap<u32, BranchId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pending {
    /// The command in this terminal to end, at most until then.
    Command(u32, SimTime),
    /// A moment of virtual time.
    Moment(SimTime),
}

/// What one turn has brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The run is a step longer, or what was waited for has come.
    WentOn,
    /// This was done.
    Did(ScriptEntry),
    /// The pod waited for on this line does not become ready, and nothing more will change.
    Failed(u32, PodName),
    /// All is done.
    Over,
}

impl Rehearsal {
    /// Nothing of these lines is done yet.
    pub fn new(lines: impl IntoIterator<Item = ScriptLine>) -> Rehearsal {
        Rehearsal { left: lines.into_iter().collect(), ..Rehearsal::default() }
    }

    /// Whether all is done.
    pub fn is_over(&self) -> bool {
        self.left.is_empty() && self.pending.is_none()
    }

    /// Does the next entry, or lets the run go on by a step towards it.
    pub fn turn(&mut self, player: &mut Player) -> Turn {
        let turn = self.go_on(player);
        self.runs.insert(self.run, player.cursor().branch);
        turn
    }

    fn go_on(&mut self, player: &mut Player) -> Turn {
        match self.pending {
            Some(Pending::Command(terminal, until)) => return self.finish(player, terminal, until),
            Some(Pending::Moment(until)) => {
                if player.world().now() >= until || !go_on(player) {
                    self.pending = None;
                }
                return Turn::WentOn;
            }
            None => {}
        }
        let Some(ScriptLine { number, entry }) = self.left.front().cloned() else {
            return Turn::Over;
        };
        if let ScriptEntry::Wait(wait) = &entry {
            return self.wait(player, number, wait);
        }
        if let ScriptEntry::Run(place) = entry {
            return self.go_to(player, place);
        }
        self.left.pop_front();
        if let Some(terminal) = perform(player, &entry) {
            let says_when = self.left.front().is_some_and(|next| says_when(&next.entry));
            let until = player.world().now() + Millis(COMMAND_MS_MAX);
            self.pending = (!says_when).then_some(Pending::Command(terminal, until));
        }
        Turn::Did(entry)
    }

    /// The run goes on until a terminal's command is done, or waits for what comes next.
    fn finish(&mut self, player: &mut Player, terminal: u32, until: SimTime) -> Turn {
        let next = self.left.front().map(|line| &line.entry);
        let world = player.world();
        let is_busy = world.terminals().is_busy(terminal);
        let answers = next.is_some_and(|next| is_for(next, terminal));
        let is_asked = answers && world.waits_for_input(terminal);
        if is_busy && !is_asked && world.now() < until && go_on(player) {
            return Turn::WentOn;
        }
        self.pending = None;
        let goes_on = next.is_some_and(|next| is_command(next, terminal));
        if player.world().terminals().is_busy(terminal) && goes_on {
            player.intervene(Intervention::Interrupt { terminal });
        }
        Turn::WentOn
    }

    fn wait(&mut self, player: &mut Player, number: u32, wait: &Wait) -> Turn {
        let now = player.world().now();
        let goes_on = match wait {
            Wait::Settled => go_on(player),
            Wait::Ready(pod) if player.world().is_ready(pod) => false,
            Wait::Ready(pod) => match go_on(player) {
                true => true,
                false => return Turn::Failed(number, pod.clone()),
            },
            // Whatever is done in the first run's past begins another; what is done later on that
            // one goes on there.
            Wait::Step(step) => {
                let leaves = player.cursor().branch == ROOT;
                reach(player, *step, leaves)
            }
            Wait::For(span) => self.wait_until(player, now + *span),
            Wait::Until(at) => self.wait_until(player, *at),
        };
        if !goes_on {
            self.left.pop_front();
        }
        Turn::WentOn
    }

    /// To a place on another run, or to where it will leave the one that is named.
    fn go_to(&mut self, player: &mut Player, place: RunPlace) -> Turn {
        let known = place.from.unwrap_or(place.run);
        let branch = self.runs.get(&known).copied().unwrap_or(ROOT);
        self.run = place.run;
        if player.cursor().branch != branch {
            player.command(PlayerCommand::Seek(Cursor { branch, index: place.step }));
        }
        if reach(player, place.step, place.from.is_some()) {
            return Turn::WentOn;
        }
        self.left.pop_front();
        Turn::Did(ScriptEntry::Run(place))
    }

    /// The moment itself is waited for once the entry is done with.
    fn wait_until(&mut self, player: &mut Player, until: SimTime) -> bool {
        if until > player.world().now() {
            player.intervene(Intervention::Wait { until });
            self.pending = Some(Pending::Moment(until));
        }
        false
    }
}

/// The player after so many steps of its run; true: the run still has to go on for that. A run
/// that is left here goes one step further, and so stays beside what is begun.
fn reach(player: &mut Player, step: u32, leaves: bool) -> bool {
    let is_short = |len: u32| len < step || leaves && len == step;
    let grows = is_short(player.len()) && player.extend(1) == Progress::Growing;
    let branch = player.cursor().branch;
    player.command(PlayerCommand::Seek(Cursor { branch, index: step }));
    grows && is_short(player.len())
}

/// Does an entry that waits for nothing; answers in which terminal something may run now.
fn perform(player: &mut Player, entry: &ScriptEntry) -> Option<u32> {
    match entry {
        ScriptEntry::Apply(file) => {
            let files: Vec<String> = match file {
                Some(file) => vec![file.rsplit('/').next().unwrap_or(file).to_string()],
                None => player.session().files.iter().map(|(name, _)| name.clone()).collect(),
            };
            let flags: String = files.iter().map(|file| format!(" -f {file}")).collect();
            types(player, 1, &format!("kubectl apply{flags}"))
        }
        ScriptEntry::Do(Intervention::Type { terminal, line }) => types(player, *terminal, line),
        ScriptEntry::Input(terminal, line) => {
            player.intervene(Intervention::Type { terminal: *terminal, line: line.clone() });
            Some(*terminal)
        }
        ScriptEntry::Do(act) => {
            player.intervene(act.clone());
            match act {
                Intervention::Interrupt { terminal } | Intervention::EndInput { terminal } => {
                    Some(*terminal)
                }
                _ => None,
            }
        }
        ScriptEntry::Name(name) => {
            player.rename(player.cursor().branch, name);
            None
        }
        ScriptEntry::Wait(_)
        | ScriptEntry::Run(_)
        | ScriptEntry::Set(..)
        | ScriptEntry::Manifest(..)
        | ScriptEntry::Lesson => None,
    }
}

fn types(player: &mut Player, terminal: u32, line: &str) -> Option<u32> {
    match player.enter(terminal, line) {
        Entered::Looked(_) => return None,
        Entered::Does(_) => {}
        Entered::Incomplete => {
            // As a shell does at the end of its input: it runs what there is.
            player.intervene(Intervention::Type { terminal, line: line.to_string() });
        }
    }
    Some(terminal)
}

/// One more step, and the player there; false: nothing more will change.
fn go_on(player: &mut Player) -> bool {
    let before = player.len();
    let progress = player.extend(1);
    player.command(PlayerCommand::ToEnd);
    progress == Progress::Growing || player.len() > before
}

/// Whether an entry is typed into what runs in a terminal.
fn is_for(entry: &ScriptEntry, terminal: u32) -> bool {
    match entry {
        ScriptEntry::Input(it, _) => *it == terminal,
        ScriptEntry::Do(Intervention::EndInput { terminal: it }) => *it == terminal,
        _ => false,
    }
}

/// Whether an entry itself says how far the run goes on.
fn says_when(entry: &ScriptEntry) -> bool {
    match entry {
        ScriptEntry::Wait(_) | ScriptEntry::Run(_) => true,
        ScriptEntry::Do(act) => matches!(act, Intervention::Interrupt { .. }),
        _ => false,
    }
}

/// Whether an entry needs a terminal's prompt.
fn is_command(entry: &ScriptEntry, terminal: u32) -> bool {
    match entry {
        ScriptEntry::Do(Intervention::Type { terminal: it, .. }) => *it == terminal,
        ScriptEntry::Apply(_) => terminal == 1,
        _ => false,
    }
}

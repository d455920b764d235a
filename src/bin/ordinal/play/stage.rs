//! A run that is being played, and what of its terminals has been printed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ordinal::base::{Millis, PodName, SimTime};
use ordinal::kube::key;
use ordinal::player::{Entered, Player, PlayerCommand, Progress, ScriptEntry, Wait};
use ordinal::sim::Intervention;
use ordinal::text::Lang;
use ordinal::trace::Fact;
use ordinal::world::terminal::{Chunk, ChunkKind};

/// A command gets so much virtual time to end by itself before the next entry.
const COMMAND_MAX: Millis = Millis(600_000);

/// A run that is being played.
pub struct Stage {
    player: Player,
    lang: Lang,
    /// How much of each terminal has been printed: pieces, and bytes of the last one.
    printed: BTreeMap<u32, (usize, usize)>,
    /// Whether what was printed last ends a line.
    is_at_line_start: bool,
}

impl Stage {
    pub fn new(player: Player, lang: Lang) -> Stage {
        Stage { player, lang, printed: BTreeMap::new(), is_at_line_start: true }
    }

    /// `kubectl apply` of the manifests, or of one file.
    pub fn apply(&mut self, file: Option<String>, out: &mut impl Write) -> io::Result<()> {
        let files = match file {
            Some(file) => vec![file],
            None => self.player.session().files.iter().map(|(name, _)| name.clone()).collect(),
        };
        let line = files
            .iter()
            .fold("kubectl apply".to_string(), |line, file| format!("{line} -f {file}"));
        self.types(1, &line, None, out)
    }

    /// Lets the run go on. False: what was waited for did not come.
    pub fn wait(&mut self, wait: &Wait, out: &mut impl Write) -> io::Result<bool> {
        match wait {
            Wait::Settled => while self.go_on(out)? {},
            Wait::For(span) => {
                let now = self.player.world().now();
                self.wait_until(now + *span, out)?;
            }
            Wait::Until(at) => self.wait_until(*at, out)?,
            Wait::Ready(pod) => {
                while !self.is_ready(pod) {
                    if !self.go_on(out)? {
                        return Ok(false);
                    }
                }
            }
            Wait::Step(number) => while self.player.len() < *number && self.go_on(out)? {},
        }
        Ok(true)
    }

    fn wait_until(&mut self, until: SimTime, out: &mut impl Write) -> io::Result<()> {
        if until <= self.player.world().now() {
            return Ok(());
        }
        self.player.intervene(Intervention::Wait { until });
        while self.player.world().next_due().is_some_and(|due| due <= until) && self.go_on(out)? {}
        Ok(())
    }

    fn is_ready(&self, pod: &PodName) -> bool {
        let world = self.player.world();
        let at = key(&world.scenario().namespace, pod);
        let pods = &world.kube().store().pods;
        pods.get(&at).is_some_and(|pod| pod.status.is_true("Ready"))
    }

    /// One more step; false: nothing more will change.
    fn go_on(&mut self, out: &mut impl Write) -> io::Result<bool> {
        let before = self.player.len();
        let progress = self.player.extend(1);
        self.player.command(PlayerCommand::ToEnd);
        self.print(out)?;
        Ok(progress == Progress::Growing || self.player.len() > before)
    }

    /// A line is typed: the run goes on until the command is done, or waits for what comes next.
    pub fn types(
        &mut self,
        terminal: u32,
        line: &str,
        next: Option<&ScriptEntry>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        self.player.command(PlayerCommand::ToEnd);
        match self.player.enter(terminal, line) {
            Entered::Looked(_) => return self.print(out),
            Entered::Does(_) => {}
            Entered::Incomplete => {
                // As a shell does at the end of its input: it runs what there is.
                let act = Intervention::Type { terminal, line: line.to_string() };
                self.player.intervene(act);
            }
        }
        self.print(out)?;
        self.finish(terminal, next, out)
    }

    fn is_busy(&self, terminal: u32) -> bool {
        self.player.world().terminals().is_busy(terminal)
    }

    /// A line for the command that runs in a terminal.
    pub fn answers(
        &mut self,
        terminal: u32,
        line: &str,
        next: Option<&ScriptEntry>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        self.player.command(PlayerCommand::ToEnd);
        self.player.intervene(Intervention::Type { terminal, line: line.to_string() });
        self.print(out)?;
        self.finish(terminal, next, out)
    }

    /// The run goes on until a terminal's command is done, or waits for what comes next.
    fn finish(
        &mut self,
        terminal: u32,
        next: Option<&ScriptEntry>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        if next.is_some_and(says_when) {
            return Ok(());
        }
        let answers = next.is_some_and(|next| is_for(next, terminal));
        let until = self.player.world().now() + COMMAND_MAX;
        while self.is_busy(terminal)
            && self.player.world().now() < until
            && !(answers && self.player.world().waits_for_input(terminal))
        {
            if !self.go_on(out)? {
                break;
            }
        }
        let goes_on = next.is_some_and(|next| is_command(next, terminal));
        if self.is_busy(terminal) && goes_on {
            self.player.intervene(Intervention::Interrupt { terminal });
        }
        self.print(out)
    }

    /// Anything else the learner does.
    pub fn does(&mut self, act: &Intervention, out: &mut impl Write) -> io::Result<()> {
        self.player.command(PlayerCommand::ToEnd);
        self.player.intervene(act.clone());
        if let Some(Fact::Fault(_)) = self.player.step().and_then(|step| step.facts.first()) {
            let words = self
                .player
                .step()
                .map(|step| ordinal::text::fact(self.lang, &step.facts[0]).plain());
            writeln!(out, "# {}", words.unwrap_or_default())?;
        }
        let ends = matches!(act, Intervention::Interrupt { .. } | Intervention::EndInput { .. });
        while ends && (1..=9).any(|terminal| self.is_busy(terminal)) && self.go_on(out)? {}
        self.print(out)
    }

    /// Prints what is new on the terminals.
    fn print(&mut self, out: &mut impl Write) -> io::Result<()> {
        for terminal in 1..=9 {
            let chunks = self.player.screen(terminal);
            let (mut from, mut bytes) = self.printed.get(&terminal).copied().unwrap_or_default();
            while let Some(chunk) = chunks.get(from) {
                let text = self.shown(terminal, chunk);
                let new = text.get(bytes..).unwrap_or_default();
                out.write_all(new.as_bytes())?;
                if let Some(last) = new.bytes().last() {
                    self.is_at_line_start = last == b'\n';
                }
                if from + 1 == chunks.len() {
                    bytes = text.len();
                    break;
                }
                (from, bytes) = (from + 1, 0);
            }
            self.printed.insert(terminal, (from, bytes));
        }
        Ok(())
    }

    fn shown(&self, terminal: u32, chunk: &Chunk) -> String {
        match chunk.kind {
            ChunkKind::Command => {
                let number = if terminal == 1 { String::new() } else { terminal.to_string() };
                let start = if self.is_at_line_start { "" } else { "\n" };
                format!("{start}${number} {}\n", chunk.text.replace('\n', "\n> "))
            }
            ChunkKind::Input => format!("{}\n", chunk.text),
            ChunkKind::Output | ChunkKind::Errors => chunk.text.clone(),
        }
    }
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
    matches!(entry, ScriptEntry::Wait(_) | ScriptEntry::Do(Intervention::Interrupt { .. }))
}

/// Whether an entry needs a terminal's prompt.
fn is_command(entry: &ScriptEntry, terminal: u32) -> bool {
    match entry {
        ScriptEntry::Do(Intervention::Type { terminal: it, .. }) => *it == terminal,
        ScriptEntry::Apply(_) => terminal == 1,
        _ => false,
    }
}

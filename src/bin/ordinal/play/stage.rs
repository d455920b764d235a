//! A run that is being played, and what of its terminals has been printed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ordinal::player::{Player, Progress, Rehearsal, ScriptEntry, Turn, written};
use ordinal::text::Lang;
use ordinal::trace::Fact;
use ordinal::world::terminal::{Chunk, ChunkKind};

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

    /// Whether the run has come to its bound: what is still asked of it does not happen.
    pub fn is_bounded(&mut self) -> bool {
        self.player.extend(0) == Progress::Bounded
    }

    /// One turn of a session, and what it shows.
    pub fn turn(&mut self, rehearsal: &mut Rehearsal, out: &mut impl Write) -> io::Result<Turn> {
        let turn = rehearsal.turn(&mut self.player);
        if let Turn::Did(entry @ ScriptEntry::Run(_)) = &turn {
            write!(out, "# {}", written(entry))?;
            self.pass_over();
        }
        if let Turn::Did(ScriptEntry::Do(_)) = turn
            && let Some(step) = self.player.step()
            && let Some(fact @ Fact::Fault(_)) = step.facts.first()
        {
            writeln!(out, "# {}", ordinal::text::fact(self.lang, fact).plain())?;
        }
        self.print(out)?;
        Ok(turn)
    }

    /// What the terminals show on the run that a session has gone to was there before.
    fn pass_over(&mut self) {
        for terminal in 1..=9 {
            let chunks = self.player.screen(terminal);
            let bytes = chunks.last().map_or(0, |chunk| self.shown(terminal, chunk).len());
            self.printed.insert(terminal, (chunks.len().saturating_sub(1), bytes));
        }
        self.is_at_line_start = true;
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

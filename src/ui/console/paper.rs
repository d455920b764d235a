//! What a terminal shows, as runs of text of one kind, and what its last line waits behind.

use ordinal::world::terminal::{Chunk, ChunkKind};

/// A run of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// What it is.
    pub kind: ChunkKind,
    /// The text.
    pub text: String,
}

/// A terminal's content.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Paper {
    /// All whole lines.
    pub runs: Vec<Run>,
    /// A last line without its end: what a command asks with, such as `mysql> `.
    pub open: String,
}

/// Lays out the pieces of a screen as `ordinal play` prints them.
pub fn paper(chunks: &[Chunk]) -> Paper {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_at_start = true;
    for chunk in chunks {
        let text = match chunk.kind {
            ChunkKind::Command => {
                let start = if is_at_start { "" } else { "\n" };
                format!("{start}$ {}\n", chunk.text.replace('\n', "\n> "))
            }
            ChunkKind::Input => format!("{}\n", chunk.text),
            ChunkKind::Output | ChunkKind::Errors => chunk.text.clone(),
        };
        let text = match after_clearing(&text) {
            Some(rest) => {
                runs.clear();
                is_at_start = true;
                rest.to_owned()
            }
            None => text,
        };
        is_at_start = text.ends_with('\n') || (text.is_empty() && is_at_start);
        match runs.last_mut() {
            Some(last) if last.kind == chunk.kind => last.text.push_str(&text),
            _ => runs.push(Run { kind: chunk.kind, text }),
        }
    }
    let mut open = String::new();
    while let Some(last) = runs.last_mut().filter(|last| !last.text.ends_with('\n')) {
        let cut = last.text.rfind('\n').map_or(0, |at| at + 1);
        open.insert_str(0, &last.text.split_off(cut));
        if !last.text.is_empty() {
            break;
        }
        runs.pop();
    }
    Paper { runs, open }
}

/// What was printed after the screen was cleared, if it was: by ncurses' clear or by busybox's.
fn after_clearing(text: &str) -> Option<&str> {
    let cleared = ["\x1b[H\x1b[2J", "\x1b[H\x1b[J"];
    let ends = cleared.iter().filter_map(|it| text.rfind(it).map(|at| at + it.len()));
    ends.max().map(|end| text[end..].trim_start_matches("\x1b[3J"))
}

#[cfg(test)]
mod tests {
    use ordinal::base::SimTime;

    use super::*;

    fn chunk(kind: ChunkKind, text: &str) -> Chunk {
        Chunk { at: SimTime(0), step: 0, kind, text: text.to_owned() }
    }

    fn flat(paper: &Paper) -> String {
        paper.runs.iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn a_question_stands_before_its_answer() {
        let mut chunks = vec![
            chunk(ChunkKind::Command, "kubectl exec -it mysql-0 -- mysql"),
            chunk(ChunkKind::Errors, "Defaulted container \"mysql\"\n"),
            chunk(ChunkKind::Output, "Server version: 5.7.44\n\nmysql> "),
        ];
        let asks = paper(&chunks);
        assert_eq!(asks.open, "mysql> ");
        assert_eq!(asks.runs.len(), 3);
        assert!(flat(&asks).ends_with("5.7.44\n\n"));

        chunks.push(chunk(ChunkKind::Input, "SELECT 1;"));
        chunks.push(chunk(ChunkKind::Output, "1\n"));
        let answered = paper(&chunks);
        assert_eq!(answered.open, "");
        assert!(flat(&answered).ends_with("mysql> SELECT 1;\n1\n"));
    }

    #[test]
    fn commands_begin_their_own_line() {
        let chunks = [
            chunk(ChunkKind::Command, "printf x"),
            chunk(ChunkKind::Output, "x"),
            chunk(ChunkKind::Command, "cat <<E\na\nE"),
            chunk(ChunkKind::Output, "a\n"),
        ];
        assert_eq!(flat(&paper(&chunks)), "$ printf x\nx\n$ cat <<E\n> a\n> E\na\n");
        assert_eq!(paper(&[]), Paper::default());
    }

    #[test]
    fn a_cleared_screen_keeps_what_comes_after() {
        let chunk = |text: &str| chunk(ChunkKind::Output, text);
        for cleared in ["\x1b[H\x1b[2J\x1b[3J", "\x1b[H\x1b[2J", "\x1b[H\x1b[J"] {
            let chunks =
                [chunk("one\n"), chunk(&format!("two\n{cleared}three\n")), chunk("four\n")];
            assert_eq!(flat(&paper(&chunks)), "three\nfour\n", "{cleared:?}");
            assert_eq!(paper(&[chunk("one"), chunk(cleared)]), Paper::default());
        }
    }

    #[test]
    fn a_question_may_come_in_pieces() {
        let chunks = [
            chunk(ChunkKind::Output, "one\ntwo"),
            chunk(ChunkKind::Errors, "?"),
            chunk(ChunkKind::Output, " "),
        ];
        let paper = paper(&chunks);
        assert_eq!((flat(&paper).as_str(), paper.open.as_str()), ("one\n", "two? "));
    }
}

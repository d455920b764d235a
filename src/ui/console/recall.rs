//! Lines typed before, for ↑ and ↓.

/// Lines kept.
const LINES_MAX: usize = 200;

/// Lines typed before, and which of them stands in the input line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recall {
    lines: Vec<String>,
    /// How far back from the newest, from 1; 0: the line being typed.
    back: usize,
    /// The line that was being typed when ↑ was pressed.
    typed: String,
}

impl Recall {
    /// Reads what [`Recall::text`] wrote.
    pub fn parse(text: &str) -> Recall {
        let lines = text.split('\0').filter(|line| !line.is_empty());
        Recall { lines: lines.map(str::to_owned).collect(), ..Recall::default() }
    }

    /// For the device's storage.
    pub fn text(&self) -> String {
        self.lines.join("\0")
    }

    /// A line was entered; the same one twice in a row is kept once.
    pub fn entered(&mut self, line: &str) {
        (self.back, self.typed) = (0, String::new());
        if self.lines.last().is_some_and(|last| last == line) || line.is_empty() {
            return;
        }
        self.lines.push(line.to_owned());
        let surplus = self.lines.len().saturating_sub(LINES_MAX);
        self.lines.drain(..surplus);
    }

    /// ↑: the line before, if there is one. `now` is what stands there.
    pub fn up(&mut self, now: &str) -> Option<String> {
        if self.back >= self.lines.len() {
            return None;
        }
        if self.back == 0 {
            self.typed = now.to_owned();
        }
        self.back += 1;
        Some(self.lines[self.lines.len() - self.back].clone())
    }

    /// ↓: the line after, at last the one that was being typed.
    pub fn down(&mut self) -> Option<String> {
        self.back = self.back.checked_sub(1)?;
        Some(match self.back {
            0 => std::mem::take(&mut self.typed),
            back => self.lines[self.lines.len() - back].clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_down_go_through_the_lines_and_back_to_what_was_being_typed() {
        let mut recall = Recall::default();
        for line in ["one", "two", "two", "", "three"] {
            recall.entered(line);
        }
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(recall.down(), None);
        assert_eq!(recall.up("half"), some("three"));
        assert_eq!(recall.up("three"), some("two"));
        assert_eq!(recall.up("two"), some("one"));
        assert_eq!(recall.up("one"), None);
        assert_eq!(recall.down(), some("two"));
        assert_eq!(recall.down(), some("three"));
        assert_eq!(recall.down(), some("half"));
        assert_eq!(recall.down(), None);
    }

    #[test]
    fn storage_keeps_lines_and_the_oldest_go_first() {
        let mut recall = Recall::default();
        recall.entered("cat <<EOF\na\nEOF");
        recall.entered("ls");
        assert_eq!(Recall::parse(&recall.text()), recall);
        (0..LINES_MAX).for_each(|number| recall.entered(&number.to_string()));
        assert_eq!(recall.lines.first().map(String::as_str), Some("0"));
        assert_eq!(Recall::parse(""), Recall::default());
    }
}

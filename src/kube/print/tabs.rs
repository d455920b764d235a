//! Columns of text. Models Go's text/tabwriter as kubectl uses it: a cell ends with a tab, and
//! neighbouring lines that have a cell in a column are as wide there as the widest of them.

/// Text with tabs, line by line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tabs {
    text: String,
}

impl Tabs {
    /// Adds a line at a level; each level is two spaces.
    pub fn line(&mut self, level: usize, text: &str) {
        self.text.push_str(&"  ".repeat(level));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Adds a line with a name and a value.
    pub fn pair(&mut self, level: usize, name: &str, value: &str) {
        self.line(level, &format!("{name}:\t{value}"));
    }

    /// The text with its tabs replaced by spaces.
    pub fn aligned(&self) -> String {
        align(&self.text, 0, 2)
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

/// Replaces tabs by spaces; `padding` spaces at least after each cell.
pub fn align(text: &str, min_width: usize, padding: usize) -> String {
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let columns = lines.iter().map(Vec::len).max().unwrap_or(1) - 1;
    let mut widths: Vec<Vec<usize>> = lines.iter().map(|line| vec![0; line.len() - 1]).collect();
    for column in 0..columns {
        let mut at = 0;
        while at < lines.len() {
            let has = |line: &Vec<&str>| line.len() > column + 1;
            let run = lines[at..].iter().take_while(|line| has(line)).count();
            let cells = lines[at..at + run].iter().map(|line| width(line[column]) + padding);
            let wide = cells.max().unwrap_or(0).max(min_width);
            for line in &mut widths[at..at + run] {
                line[column] = wide;
            }
            at += run.max(1);
        }
    }
    let mut result = String::new();
    for (line, widths) in lines.iter().zip(&widths) {
        for (cell, wide) in line.iter().zip(widths) {
            result.push_str(cell);
            result.push_str(&" ".repeat(wide.saturating_sub(width(cell))));
        }
        result.push_str(line.last().expect("a line has a last cell"));
        result.push('\n');
    }
    result
}

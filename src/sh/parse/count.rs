//! Line numbers within `$(…)`: bash prints what it read there and reads it again when it runs it,
//! so that it counts the lines of the printed form. Models print_comsub.

use super::super::script::{Assign, AssignValue, AstId, Kind, Span, Word};
use super::Parser;
use crate::sh::quote;

impl Parser {
    /// Numbers the commands of a substitution that were added from this one on.
    pub(super) fn count_lines_from(&mut self, body: AstId, from: usize) -> u32 {
        let nested: Vec<bool> = self.nodes[from..].iter().map(|node| node.relative).collect();
        let mut line = 0;
        self.count(body, &mut line);
        self.document_newlines(body);
        for (node, nested) in self.nodes[from..].iter_mut().zip(nested) {
            node.relative |= !nested;
        }
        line
    }

    /// Numbers the commands that were added from this one on by the lines of a text that begins on
    /// this line.
    pub(super) fn count_lines_as_read(&mut self, first: u32, from: usize) {
        for node in self.nodes[from..].iter_mut().filter(|node| !node.relative) {
            node.line = node.line.saturating_sub(first);
            node.relative = true;
        }
    }

    /// Newlines of this part of the source as bash prints it: escaped ones are gone, and every
    /// `$(…)` is printed anew; the words of `arrays` come on one line.
    fn newlines_printed(&self, start: u32, end: u32, arrays: &[Span]) -> u32 {
        let (mut at, mut count, mut single, mut double) = (start, 0, false, false);
        while at < end {
            if let Some((to, lines)) = self.printed.get(&at) {
                (at, count) = (*to, count + lines);
                continue;
            }
            let byte = self.script[at as usize];
            if !single && !double && self.script[at as usize..end as usize].starts_with(b"$'") {
                let (length, newlines) = ansi_newlines(&self.script[at as usize..end as usize]);
                (at, count) = (at + length, count + newlines);
                continue;
            }
            at += 1;
            match byte {
                b'\\' if !single => at += 1,
                b'\'' if !double => single = !single,
                b'"' if !single => double = !double,
                b'\n' if single || double => count += 1,
                b'\n' => {
                    let is_between =
                        arrays.iter().any(|array| (array.start..array.end).contains(&(at - 1)));
                    count += u32::from(!is_between);
                }
                _ => {}
            }
        }
        count
    }

    fn newlines_within(&self, start: u32, end: u32) -> u32 {
        let before = |place: u32| self.newlines.partition_point(|newline| *newline < place);
        before(end).saturating_sub(before(start)) as u32
    }

    /// Newlines of the here-documents of a command, which are printed behind it.
    fn document_newlines(&mut self, id: AstId) -> u32 {
        let Span { start, end } = self.nodes[id.0 as usize].span;
        let range = self.document_places.range(start..end);
        let here: Vec<(u32, u32)> = range.map(|(place, number)| (*place, *number)).collect();
        let mut newlines = 0;
        for (place, number) in here {
            self.document_places.remove(&place);
            let lines = &self.documents[number as usize].1;
            newlines += lines.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
        }
        newlines + u32::from(newlines > 0)
    }

    /// Commands with signs between, behind which the here-documents are printed.
    fn count_joined(&mut self, ids: impl IntoIterator<Item = AstId>, line: &mut u32) {
        for id in ids {
            self.count(id, line);
            *line += self.document_newlines(id);
        }
    }

    /// A part that the printer puts on lines of its own.
    fn count_body(&mut self, id: AstId, line: &mut u32) {
        *line += 1;
        self.count(id, line);
        *line += 1;
    }

    fn count_simple(&mut self, id: AstId, assigns: &[Assign], words: &[Word], line: &mut u32) {
        let Span { start, end } = self.nodes[id.0 as usize].span;
        let arguments = words.iter().filter_map(|word| word.assign.as_deref());
        let arrays: Vec<Span> = assigns.iter().chain(arguments).filter_map(array).collect();
        let at = self.numbered_at.get(&id).copied().unwrap_or(start).min(end);
        self.nodes[id.0 as usize].line += self.newlines_printed(start, at, &arrays);
        *line += self.newlines_printed(start, end, &arrays);
    }

    fn count(&mut self, id: AstId, line: &mut u32) {
        let node = &mut self.nodes[id.0 as usize];
        node.line = *line;
        let Span { start, end } = node.span;
        match node.kind.clone() {
            Kind::Simple { assigns, words } => self.count_simple(id, &assigns, &words, line),
            Kind::Arith(_) | Kind::Cond(..) | Kind::Unsupported(_) => {
                *line += self.newlines_printed(start, end, &[]);
            }
            Kind::Pipeline { elements, .. } => self.count_joined(elements, line),
            Kind::AndOr { first, rest } => {
                let rest = rest.into_iter().map(|(_, id)| id);
                self.count_joined(std::iter::once(first).chain(rest), line);
            }
            Kind::List(items) => {
                let mut last = start;
                for (item, _) in items {
                    let from = self.nodes[item.0 as usize].span.start;
                    *line += u32::from(last > start && self.newlines_within(last, from) > 0);
                    self.count(item, line);
                    *line += self.document_newlines(item);
                    last = self.nodes[item.0 as usize].span.end;
                }
            }
            Kind::Group(body) | Kind::Subshell(body) => self.count(body, line),
            Kind::If { clauses, otherwise } => {
                let elifs = clauses.len() as u32 - 1;
                for (number, (condition, body)) in clauses.into_iter().enumerate() {
                    *line += u32::from(number > 0);
                    self.count(condition, line);
                    self.count_body(body, line);
                }
                if let Some(body) = otherwise {
                    self.count_body(body, line);
                }
                *line += elifs;
            }
            Kind::While { condition, body, .. } => {
                self.count(condition, line);
                self.count_body(body, line);
            }
            Kind::For { body, head, .. } => {
                *line += self.newlines_printed(head.start, head.end, &[]) + 1;
                self.count_body(body, line);
            }
            Kind::ArithFor { body, .. } => {
                *line += 1;
                self.count_body(body, line);
            }
            Kind::Case { word, arms } => {
                *line += self.newlines_printed(word.span.start, word.span.end, &[]);
                for arm in arms {
                    *line += 1;
                    match arm.body {
                        Some(body) => self.count_body(body, line),
                        None => *line += 2,
                    }
                }
                *line += 1;
            }
            Kind::Function { body, .. } => {
                *line += 1;
                self.count_body(body, line);
            }
        }
    }
}

/// How long the `$'…'` is that this text begins with, and the newlines it stands for.
fn ansi_newlines(text: &[u8]) -> (u32, u32) {
    let mut length = 2;
    while text.get(length).is_some_and(|byte| *byte != b'\'') {
        length += if text[length] == b'\\' { 2 } else { 1 };
    }
    let length = length.min(text.len());
    let decoded = quote::ansi_decode(&text[2..length]);
    let newlines = decoded.iter().filter(|byte| **byte == b'\n').count();
    (length as u32 + 1, newlines as u32)
}

/// Where an array's words stand.
fn array(assign: &Assign) -> Option<Span> {
    match &assign.value {
        AssignValue::Array(_, span) => Some(*span),
        AssignValue::Scalar(_) => None,
    }
}

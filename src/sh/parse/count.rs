//! Line numbers within `$(…)`: bash prints what it read there and reads it again when it runs it,
//! so that it counts the lines of the printed form. Models print_comsub.

use super::super::script::{AstId, Kind, Span};
use super::Parser;

impl Parser {
    /// Numbers the commands of a substitution that were added from this one on.
    pub(super) fn count_lines_from(&mut self, body: AstId, from: usize) {
        let nested: Vec<bool> = self.nodes[from..].iter().map(|node| node.relative).collect();
        let mut line = 0;
        self.count(body, &mut line);
        for (node, nested) in self.nodes[from..].iter_mut().zip(nested) {
            node.relative |= !nested;
        }
    }

    fn newlines_within(&self, start: u32, end: u32) -> u32 {
        let before = |place: u32| self.newlines.partition_point(|newline| *newline < place);
        before(end).saturating_sub(before(start)) as u32
    }

    fn count_all(&mut self, ids: impl IntoIterator<Item = AstId>, line: &mut u32) {
        for id in ids {
            self.count(id, line);
        }
    }

    /// A part that the printer puts on lines of its own.
    fn count_body(&mut self, id: AstId, line: &mut u32) {
        *line += 1;
        self.count(id, line);
        *line += 1;
    }

    fn count(&mut self, id: AstId, line: &mut u32) {
        let node = &mut self.nodes[id.0 as usize];
        node.line = *line;
        let Span { start, end } = node.span;
        match node.kind.clone() {
            Kind::Simple { .. } | Kind::Arith(_) | Kind::Cond(..) | Kind::Unsupported(_) => {
                *line += self.newlines_within(start, end);
            }
            Kind::Pipeline { elements, .. } => self.count_all(elements, line),
            Kind::AndOr { first, rest } => {
                let rest = rest.into_iter().map(|(_, id)| id);
                self.count_all(std::iter::once(first).chain(rest), line);
            }
            Kind::List(items) => {
                let mut last = start;
                for (item, _) in items {
                    let from = self.nodes[item.0 as usize].span.start;
                    *line += u32::from(last > start && self.newlines_within(last, from) > 0);
                    self.count(item, line);
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
            Kind::For { body, .. } | Kind::ArithFor { body, .. } => {
                *line += 1;
                self.count_body(body, line);
            }
            Kind::Case { arms, .. } => {
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

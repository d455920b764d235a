//! A drawing as plain data: what the stage and the timeline make, and `browser::paint` shows.
//! Painting the next drawing over the last keeps every element whose key and tag stayed, so that
//! focus
//! and motion survive a step.

use super::pick::Pick;

/// One element of a drawing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shape {
    /// SVG's name for it.
    pub tag: &'static str,
    /// What it stands for among its siblings; empty: its place among them.
    pub key: String,
    /// Attributes in order.
    pub attrs: Vec<(&'static str, String)>,
    /// Its text, if it has no children.
    pub text: String,
    /// What is drawn inside it, back to front.
    pub children: Vec<Shape>,
}

impl Shape {
    /// An element without attributes.
    pub fn new(tag: &'static str) -> Shape {
        Shape {
            tag,
            key: String::new(),
            attrs: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        }
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: impl ToString) -> Shape {
        self.attrs.push((name, value.to_string()));
        self
    }

    /// The same with a class.
    #[must_use]
    pub fn class(self, class: impl ToString) -> Shape {
        self.attr("class", class)
    }

    /// The same under a key.
    #[must_use]
    pub fn key(mut self, key: impl ToString) -> Shape {
        self.key = key.to_string();
        self
    }

    /// The same with a child.
    #[must_use]
    pub fn child(mut self, child: Shape) -> Shape {
        self.children.push(child);
        self
    }

    /// The same with children.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Shape>) -> Shape {
        self.children.extend(children);
        self
    }

    /// The same, answering to a click and to Enter, and named for those who listen.
    #[must_use]
    pub fn pick(self, pick: Pick, name: impl ToString) -> Shape {
        self.attr("data-pick", pick)
            .attr("tabindex", 0)
            .attr("role", "button")
            .attr("aria-label", name)
    }

    /// The same with words that appear under a resting pointer.
    #[must_use]
    pub fn tip(self, words: impl ToString) -> Shape {
        let mut title = Shape::new("title");
        title.text = words.to_string();
        self.child(title)
    }
}

/// A rectangle on the drawing, in its own units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

impl Area {
    /// An area from its corner and size.
    pub fn new(x: i32, y: i32, w: i32, h: i32) -> Area {
        Area { x, y, w, h }
    }
    /// Right edge.
    pub fn right(self) -> i32 {
        self.x + self.w
    }
    /// Lower edge.
    pub fn bottom(self) -> i32 {
        self.y + self.h
    }
    /// The middle, across.
    pub fn mid_x(self) -> i32 {
        self.x + self.w / 2
    }
    /// The middle, down.
    pub fn mid_y(self) -> i32 {
        self.y + self.h / 2
    }
    /// As a rounded rectangle.
    pub fn rect(self, radius: i32) -> Shape {
        Shape::new("rect")
            .attr("x", self.x)
            .attr("y", self.y)
            .attr("width", self.w.max(0))
            .attr("height", self.h.max(0))
            .attr("rx", radius)
    }
}

/// A group.
pub fn group(class: impl ToString) -> Shape {
    Shape::new("g").class(class)
}

/// Words whose baseline begins at a point.
pub fn label(x: i32, y: i32, class: impl ToString, text: impl ToString) -> Shape {
    let mut shape = Shape::new("text").attr("x", x).attr("y", y).class(class);
    shape.text = text.to_string();
    shape
}

/// A line along SVG path data.
pub fn path(class: impl ToString, d: impl ToString) -> Shape {
    Shape::new("path").class(class).attr("d", d)
}

/// A disc or ring.
pub fn circle(x: i32, y: i32, r: &'static str, class: impl ToString) -> Shape {
    Shape::new("circle").attr("cx", x).attr("cy", y).attr("r", r).class(class)
}

/// Path data through points, at right angles, with rounded corners.
pub fn rounded(points: &[(i32, i32)], radius: i32) -> String {
    let mut d = String::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        if index == 0 {
            d.push_str(&format!("M{x} {y}"));
            continue;
        }
        let Some(&(next_x, next_y)) = points.get(index + 1) else {
            d.push_str(&format!("L{x} {y}"));
            break;
        };
        let (last_x, last_y) = points[index - 1];
        let (in_x, in_y) = towards((x, y), (last_x, last_y), radius);
        let (out_x, out_y) = towards((x, y), (next_x, next_y), radius);
        d.push_str(&format!("L{in_x} {in_y}Q{x} {y} {out_x} {out_y}"));
    }
    d
}

/// The point `length` from `from` towards `to`, at most half way; both lie on one vertical or
/// horizontal.
fn towards(from: (i32, i32), to: (i32, i32), length: i32) -> (i32, i32) {
    let step = |from: i32, to: i32| {
        let way = to - from;
        from + way.signum() * length.min(way.abs() / 2)
    };
    (step(from.0, to.0), step(from.1, to.1))
}

/// Roughly how wide text is, in units; `size` is the font's, in tenths of a unit.
pub fn text_width(text: &str, size: i32, mono: bool) -> i32 {
    let hundredths: i32 = text
        .chars()
        .map(|c| match c {
            _ if (c as u32) >= 0x1100 => 100,
            _ if mono => 61,
            'i' | 'l' | 'j' | '.' | ',' | ':' | ' ' | 't' | 'f' | 'r' | '-' | '/' => 37,
            'm' | 'w' | 'M' | 'W' => 90,
            'A'..='Z' => 68,
            _ => 62,
        })
        .sum();
    (hundredths * size + 999) / 1000
}

/// The same for bold text.
pub fn bold_width(text: &str, size: i32) -> i32 {
    text_width(text, size, false) * 110 / 100
}

/// The text, or as much of it as fits with an ellipsis.
pub fn fit(text: &str, room: i32, size: i32, mono: bool) -> String {
    if text_width(text, size, mono) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_width(&kept, size, mono) + size / 10 > room {
            kept.pop();
            break;
        }
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_where_it_would_not_fit() {
        assert_eq!(fit("mysql", 100, 120, true), "mysql");
        assert_eq!(fit("xtrabackup --prepare", 60, 110, true), "xtrabac…");
        assert!(text_width("克隆", 120, false) > text_width("cl", 120, false));
    }

    #[test]
    fn corners_are_rounded_at_most_half_way() {
        assert_eq!(rounded(&[(0, 0), (10, 0), (10, 40)], 8), "M0 0L5 0Q10 0 10 8L10 40");
    }
}

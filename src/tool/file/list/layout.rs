//! Several names in a line.

/// `-m`: with commas, as many in a line as fit.
pub fn with_commas(names: &[Vec<u8>], width: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut column = 0;
    for (number, name) in names.iter().enumerate() {
        if number > 0 {
            let fits = column + name.len() + 2 < width;
            text.extend(if fits { b", " } else { b",\n" });
            column = if fits { column + 2 } else { 0 };
        }
        text.extend(name);
        column += name.len();
    }
    if !names.is_empty() {
        text.push(b'\n');
    }
    text
}

/// Columns, as many as fit, filled downwards or (`across`) to the right.
pub fn in_columns(names: &[Vec<u8>], width: usize, tab: usize, across: bool) -> Vec<u8> {
    if width == usize::MAX && !names.is_empty() {
        return [names.join(&b"  "[..]), b"\n".to_vec()].concat();
    }
    let count = names.len();
    let rows_of = |columns: usize| count.div_ceil(columns);
    let column_of = |at: usize, columns: usize| match across {
        true => at % columns,
        false => at / rows_of(columns),
    };
    let widths = |columns: usize| -> Vec<usize> {
        let mut widths = vec![3; columns];
        for (at, name) in names.iter().enumerate() {
            let column = column_of(at, columns);
            let gap = if column + 1 == columns { 0 } else { 2 };
            widths[column] = widths[column].max(name.len() + gap);
        }
        widths
    };
    let most = (width / 3).max(1).min(count);
    let fits = |columns: &usize| widths(*columns).iter().sum::<usize>() < width;
    let columns = (1..=most).rev().find(fits).unwrap_or(1);
    let widths = widths(columns);
    let mut text = Vec::new();
    for row in 0..rows_of(columns) {
        let (mut at, mut column_starts) = (0, 0);
        for (column, width) in widths.iter().enumerate() {
            let index =
                if across { row * columns + column } else { column * rows_of(columns) + row };
            let Some(name) = names.get(index) else { break };
            indent(&mut text, at, column_starts, tab);
            text.extend(name);
            at = column_starts + name.len();
            column_starts += width;
        }
        text.push(b'\n');
    }
    text
}

/// From one column to another, with tabs where they reach further.
fn indent(text: &mut Vec<u8>, mut from: usize, to: usize, tab: usize) {
    while from < to {
        if tab > 0 && to / tab > (from + 1) / tab {
            text.push(b'\t');
            from += tab - from % tab;
        } else {
            text.push(b' ');
            from += 1;
        }
    }
}

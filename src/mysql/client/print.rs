//! How the client prints: tables, `\G`, batch mode, errors, times. Models `client/mysql.cc` of 5.7.

use crate::base::Millis;
use crate::mysql::run::{Answer, Rows};
use crate::mysql::sql::SqlError;

/// How results look.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Look {
    /// Frames around tables (`-t`, or a terminal).
    pub table: bool,
    /// `\G`, `-E`.
    pub vertical: bool,
    /// No headings (`-N`).
    pub no_heads: bool,
    /// No headings where there is no frame either (`-s -s`).
    pub quiet: bool,
    /// No escapes in batch mode (`-r`).
    pub raw: bool,
    /// Row counts (a terminal, or `-v -v`).
    pub chatty: bool,
    /// How long it took (a terminal, or `-v -v -v`).
    pub times: bool,
    /// Rows are shown as they come, so that nobody knows whether there are any (`-q`).
    pub quick: bool,
    /// `-H`, `-X`.
    pub markup: Option<Markup>,
}

/// Output for other programs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Markup {
    Html,
    Xml,
}

/// `ERROR 1064 (42000) at line 1: …`; `at`: ` at line 1`, or nothing.
pub fn error_line(error: &SqlError, at: &str) -> String {
    format!("ERROR {} ({}){at}: {}\n", error.code, error.state, error.message)
}

/// What `\G` prints for rows, without how many there are.
pub fn vertical_text(rows: &Rows) -> String {
    let mut text = String::new();
    vertical(rows, Look::default(), &mut text);
    text
}

/// `0.01 sec`.
pub fn seconds(time: Millis) -> String {
    let hundredths = (time.0 + 5) / 10;
    let (minutes, rest) = (hundredths / 6_000, hundredths % 6_000);
    let sec = format!("{}.{:02} sec", rest / 100, rest % 100);
    if minutes == 0 { sec } else { format!("{minutes} min {sec}") }
}

/// What is printed for an answer; `sql`: the statement, which only XML repeats.
pub fn result_text(answer: &Answer, sql: &str, warnings: u16, time: Millis, look: Look) -> String {
    let (rows, said) = result_parts(answer, sql, warnings, time, look);
    rows + &said
}

/// What is printed for an answer: rows, which a pager may take, and what is said of them.
pub fn result_parts(
    answer: &Answer,
    sql: &str,
    warnings: u16,
    time: Millis,
    look: Look,
) -> (String, String) {
    let (mut text, mut said) = (String::new(), String::new());
    let mut more = "";
    match answer {
        Answer::Done { affected, info, .. } => {
            said = format!("Query OK, {} affected", plural(*affected, "row"));
            more = info;
        }
        Answer::Rows(rows) if rows.rows.is_empty() && !look.quick => {
            if look.markup == Some(Markup::Xml) {
                xml(rows, sql, &mut text);
            }
            said.push_str("Empty set");
        }
        Answer::Rows(rows) => {
            match look.markup {
                Some(Markup::Html) => html(rows, look, &mut text),
                Some(Markup::Xml) => xml(rows, sql, &mut text),
                None if look.vertical => vertical(rows, look, &mut text),
                None if look.table => table(rows, look, &mut text),
                None => batch(rows, look, &mut text),
            }
            said = format!("{} in set", plural(rows.rows.len() as u64, "row"));
        }
    }
    if !look.chatty {
        return (text, String::new());
    }
    push_warnings(&mut said, warnings);
    push_time(&mut said, time, look);
    if !more.is_empty() {
        said.push_str(more);
        said.push('\n');
    }
    said.push('\n');
    (text, said)
}

fn push_warnings(text: &mut String, warnings: u16) {
    if warnings > 0 {
        text.push_str(&format!(", {}", plural(warnings.into(), "warning")));
    }
}

fn push_time(text: &mut String, time: Millis, look: Look) {
    if look.times {
        text.push_str(&format!(" ({})", seconds(time)));
    }
    text.push('\n');
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Columns a text takes, as the client reckons: a container has no LANG, so that the client takes
/// every byte for a character of latin1 (`my_numcells_8bit`).
fn width(text: &str) -> usize {
    text.len()
}

fn cell(value: &Option<String>) -> &str {
    value.as_deref().unwrap_or("NULL")
}

/// Wider columns are no longer padded (`MAX_COLUMN_LENGTH`).
const WIDTH_MAX: usize = 1_024;

/// A text in a column of this width.
fn padded(text: &str, column: usize, right: bool) -> String {
    let pad = " ".repeat(column.min(WIDTH_MAX).saturating_sub(width(text)));
    if right && column <= WIDTH_MAX { format!("| {pad}{text} ") } else { format!("| {text}{pad} ") }
}

fn table(rows: &Rows, look: Look, text: &mut String) {
    let widths: Vec<usize> = rows
        .heads
        .iter()
        .enumerate()
        .map(|(index, head)| {
            let own = if look.no_heads { 0 } else { width(&head.name) };
            // Room for NULL, wherever there may be one.
            let own = if head.nullable { own.max(4) } else { own };
            let cells = rows.rows.iter().map(|row| width(cell(&row[index])));
            cells.max().unwrap_or(0).max(own)
        })
        .collect();
    let mut rule = String::from("+");
    for width in &widths {
        rule.push_str(&"-".repeat(width + 2));
        rule.push('+');
    }
    rule.push('\n');
    text.push_str(&rule);
    if !look.no_heads {
        for (head, column) in rows.heads.iter().zip(&widths) {
            text.push_str(&padded(&head.name, *column, false));
        }
        text.push_str("|\n");
        text.push_str(&rule);
    }
    for row in &rows.rows {
        for ((value, head), column) in row.iter().zip(&rows.heads).zip(&widths) {
            text.push_str(&padded(&cell(value).replace('\0', " "), *column, head.number));
        }
        text.push_str("|\n");
    }
    text.push_str(&rule);
}

fn vertical(rows: &Rows, look: Look, text: &mut String) {
    let column = rows.heads.iter().map(|head| width(&head.name)).max().unwrap_or(0);
    for (index, row) in rows.rows.iter().enumerate() {
        let stars = "*".repeat(27);
        text.push_str(&format!("{stars} {}. row {stars}\n", index + 1));
        for (head, value) in rows.heads.iter().zip(row) {
            if !look.no_heads {
                let pad = " ".repeat(column - width(&head.name));
                text.push_str(&format!("{pad}{}: ", head.name));
            }
            text.push_str(&cell(value).replace('\0', " "));
            text.push('\n');
        }
    }
}

fn html(rows: &Rows, look: Look, text: &mut String) {
    text.push_str("<TABLE BORDER=1><TR>");
    if !look.no_heads {
        for head in &rows.heads {
            let name = if head.name.is_empty() { " &nbsp; ".into() } else { marked(&head.name) };
            text.push_str(&format!("<TH>{name}</TH>"));
        }
        text.push_str("</TR>");
    }
    for row in &rows.rows {
        let cells = row.iter().map(|value| format!("<TD>{}</TD>", marked(cell(value))));
        text.push_str(&format!("<TR>{}</TR>", cells.collect::<String>()));
    }
    text.push_str("</TABLE>");
}

fn xml(rows: &Rows, sql: &str, text: &mut String) {
    text.push_str(&format!(
        "<?xml version=\"1.0\"?>\n\n<resultset statement=\"{}\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
        marked(sql)
    ));
    for row in &rows.rows {
        text.push_str("\n  <row>\n");
        for (head, value) in rows.heads.iter().zip(row) {
            let name = marked(&head.name);
            text.push_str(&match value {
                Some(value) => format!("\t<field name=\"{name}\">{}</field>\n", marked(value)),
                None => format!("\t<field name=\"{name}\" xsi:nil=\"true\" />\n"),
            });
        }
        text.push_str("  </row>\n");
    }
    text.push_str("</resultset>\n");
}

/// Text within HTML or XML (`xmlmeta`).
fn marked(text: &str) -> String {
    let (text, to) = (text.replace('&', "&amp;").replace('<', "&lt;"), "&quot;");
    text.replace('>', "&gt;").replace('"', to).replace('\0', " ")
}

fn batch(rows: &Rows, look: Look, text: &mut String) {
    if !look.no_heads && !look.quiet {
        let heads: Vec<&str> = rows.heads.iter().map(|head| head.name.as_str()).collect();
        text.push_str(&heads.join("\t"));
        text.push('\n');
    }
    for row in &rows.rows {
        let cells: Vec<String> = row
            .iter()
            .map(|value| if look.raw { cell(value).to_string() } else { escaped(cell(value)) })
            .collect();
        text.push_str(&cells.join("\t"));
        text.push('\n');
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            '\\' => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out
}

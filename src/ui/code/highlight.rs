//! YAML and the bash inside it, as tokens. A highlighter, not a parser: what it does not know stays
//! plain.

/// What a piece of a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Token {
    /// Nothing in particular.
    Plain,
    /// A key of a mapping.
    Key,
    /// A quoted string, or a value after a key.
    Value,
    /// A comment.
    Comment,
    /// A word of the shell's grammar, or a command built in.
    Word,
    /// `$ordinal`, `${BASH_REMATCH[1]}`.
    Variable,
}

impl Token {
    /// Its class in the style sheet; empty for none.
    pub fn class(self) -> &'static str {
        match self {
            Token::Plain => "",
            Token::Key => "k",
            Token::Value => "s",
            Token::Comment => "c",
            Token::Word => "w",
            Token::Variable => "v",
        }
    }
}

type Line = Vec<(Token, String)>;

const WORDS: [&str; 19] = [
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "in", "function", "exit", "exec", "cd", "set", "return",
];

/// Every line of a manifest as tokens.
pub fn highlight(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut block: Option<Block> = None;
    // A double quote that is open at a line's end stays open.
    let mut in_quotes = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let blank = line.trim().is_empty();
        if let Some(open) = block {
            if blank || indent > open.indent {
                lines.push(if open.is_script {
                    shell(line, &mut in_quotes)
                } else {
                    vec![(Token::Plain, line.to_owned())]
                });
                continue;
            }
            block = None;
            in_quotes = false;
        }
        let is_block = ["|", "|-", "|+", ">", ">-"]
            .iter()
            .any(|mark| line.trim_end().strip_suffix(mark).is_some_and(|rest| rest.ends_with(' ')));
        if is_block {
            // A block that is an item of a list is an argument: a script. One under a key is a
            // file.
            block = Some(Block { indent, is_script: line.trim_start().starts_with("- |") });
        }
        lines.push(yaml(line));
    }
    lines
}

#[derive(Clone, Copy)]
struct Block {
    indent: usize,
    is_script: bool,
}

fn yaml(line: &str) -> Line {
    let mut out = Line::new();
    let body = line.trim_start();
    push(&mut out, Token::Plain, &line[..line.len() - body.len()]);
    if body.starts_with('#') {
        push(&mut out, Token::Comment, body);
        return out;
    }
    let item = body.trim_start_matches("- ");
    push(&mut out, Token::Plain, &body[..body.len() - item.len()]);
    let (value, key) = match item.find(": ").or(item.strip_suffix(':').map(str::len)) {
        Some(colon) if !item.starts_with(['"', '\'', '[', '{']) => {
            (&item[colon + 1..], Some(&item[..colon]))
        }
        _ => (item, None),
    };
    if let Some(key) = key {
        push(&mut out, Token::Key, key);
        push(&mut out, Token::Plain, ":");
    }
    let (value, comment) = match value.find(" #") {
        Some(at) if !value[..at].contains('"') => value.split_at(at),
        _ => (value, ""),
    };
    let is_value = key.is_some() || value.trim_start().starts_with(['"', '\'', '[']);
    push(&mut out, if is_value { Token::Value } else { Token::Plain }, value);
    push(&mut out, Token::Comment, comment);
    out
}

fn shell(line: &str, in_quotes: &mut bool) -> Line {
    let mut out = Line::new();
    let mut rest = line;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\\' => (if *in_quotes { Token::Value } else { Token::Plain }, 2),
            '"' => {
                *in_quotes = !*in_quotes;
                (Token::Value, 1)
            }
            '$' if !rest.starts_with("$(") => (Token::Variable, variable(rest)),
            _ if *in_quotes => (Token::Value, first.len_utf8()),
            '#' if before.is_whitespace() => (Token::Comment, rest.len()),
            '\'' => (Token::Value, quoted(rest, '\'')),
            _ if first.is_ascii_alphanumeric() || first == '_' => word(rest, before),
            _ => (Token::Plain, first.len_utf8()),
        };
        let mut length = length.clamp(1, rest.len());
        while !rest.is_char_boundary(length) {
            length += 1;
        }
        let (piece, after) = rest.split_at(length);
        push(&mut out, token, piece);
        before = piece.chars().last().unwrap_or(' ');
        rest = after;
    }
    out
}

/// A word and its length; one of the grammar's own only where a command may begin.
fn word(rest: &str, before: char) -> (Token, usize) {
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !"_-./".contains(c))
        .unwrap_or(rest.len());
    let starts = before.is_whitespace() || "`(;|&".contains(before);
    let is_word = starts && WORDS.contains(&&rest[..length]);
    (if is_word { Token::Word } else { Token::Plain }, length)
}

/// The length of a quoted string, its quotes included; to the end if it does not close on this
/// line.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |at| at + 2)
}

fn variable(text: &str) -> usize {
    if text.starts_with("${") {
        return text.find('}').map_or(text.len(), |at| at + 1);
    }
    let name = text[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let length = name.unwrap_or(text.len() - 1);
    if length == 0 { text.len().min(2) } else { length + 1 }
}

fn push(line: &mut Line, token: Token, text: &str) {
    if text.is_empty() {
        return;
    }
    match line.last_mut() {
        Some((last, before)) if *last == token => before.push_str(text),
        _ => line.push((token, text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let line = |line: Line| {
            let pieces = line.into_iter().map(|(token, text)| match token.class() {
                "" => text,
                class => format!("<{class}>{text}</>"),
            });
            pieces.collect::<String>()
        };
        highlight(text).into_iter().map(line).collect()
    }

    #[test]
    fn yaml_and_the_bash_in_it_are_told_apart() {
        let text = "# why\nspec:\n  replicas: 3\n  command:\n  - bash\n  - \"-c\"\n  - |\n    \
                    set -ex\n    \
                    [[ $ordinal -eq 0 ]] && exit 0 # done\n  name: a\n";
        let want = [
            "<c># why</>",
            "<k>spec</>:",
            "  <k>replicas</>:<s> 3</>",
            "  <k>command</>:",
            "  - bash",
            "  - <s>\"-c\"</>",
            "  - |",
            "    <w>set</> -ex",
            "    [[ <v>$ordinal</> -eq 0 ]] && <w>exit</> 0 <c># done</>",
            "  <k>name</>:<s> a</>",
        ];
        assert_eq!(shown(text), want);
    }

    #[test]
    fn nothing_is_lost() {
        for text in [
            include_str!("../../../manifests/statefulset.yaml"),
            include_str!("../../../manifests/configmap.yaml"),
            "- |\n  echo '未完 $x \"${y\n  $\n",
        ] {
            let lines: Vec<String> = highlight(text)
                .into_iter()
                .map(|line| line.into_iter().map(|(_, text)| text).collect())
                .collect();
            assert_eq!(lines, text.lines().collect::<Vec<&str>>());
        }
    }
}

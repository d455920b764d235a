//! What bash keeps of the lines that were typed, and what a `!` makes of them.

/// Words after which bash, making one line of several, needs no `;` (`no_semi_successors`).
const OPENERS: [&[u8]; 7] = [b"do", b"then", b"else", b"if", b"while", b"until", b"in"];

/// Models `history_delimiting_chars`, by the look of a line's end and not by its tokens: a line
/// that ends within quotes, or a here-document, stays apart.
pub(super) fn in_one_line(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    let mut quote = None;
    for line in text.split(|byte| *byte == b'\n') {
        if !out.is_empty() {
            let last = out.rsplit(|byte| b" \t".contains(byte)).find(|word| !word.is_empty());
            let opens = last.is_some_and(|word| {
                OPENERS.contains(&word)
                    || word.ends_with(b"()")
                    || word.last().is_some_and(|byte| b"{(;&|".contains(byte))
            });
            let apart = quote.is_some() || has_document(&out);
            match () {
                () if apart => out.push(b'\n'),
                () if out.ends_with(b"\\") => drop(out.pop()),
                () if opens => out.push(b' '),
                () if line.is_empty() => {}
                () => out.extend_from_slice(b"; "),
            }
        }
        quote = quote_after(line, quote);
        out.extend_from_slice(line);
    }
    out
}

pub(super) fn has_document(text: &[u8]) -> bool {
    text.windows(2).any(|two| two == b"<<")
}

/// The quote that is open after a text.
pub(super) fn quote_after(text: &[u8], mut quote: Option<u8>) -> Option<u8> {
    let mut escaped = false;
    for byte in text {
        match (byte, quote) {
            _ if escaped => escaped = false,
            (b'\\', None | Some(b'"')) => escaped = true,
            (b'\'' | b'"', None) => quote = Some(*byte),
            (byte, Some(open)) if *byte == open => quote = None,
            _ => {}
        }
    }
    quote
}

/// Why a `!` cannot be expanded.
pub(super) enum Refused {
    NotFound(Vec<u8>),
    NotModelled,
}

/// Models `history_expand` for `!!`, `!n`, `!-n`, `!text` and `!?text?`: not within single quotes.
pub(super) fn expand_history(
    line: &[u8],
    quote: Option<u8>,
    history: &[Vec<u8>],
    forgotten: u32,
) -> Result<Vec<u8>, Refused> {
    let mut out = Vec::new();
    let (mut single, mut double, mut at) = (quote == Some(b'\''), quote == Some(b'"'), 0);
    while let Some(byte) = line.get(at).copied() {
        match byte {
            b'\\' if !single => {
                out.push(byte);
                at += 1;
                out.extend(line.get(at));
                at += 1;
                continue;
            }
            b'\'' if !double => single = !single,
            b'"' if !single => double = !double,
            b'#' if !single && !double && begins_word(&line[..at]) => {
                out.extend_from_slice(&line[at..]);
                break;
            }
            b'!' if !single && !is_spared(&line[..at], &line[at + 1..], double) => {
                let (event, len) = event_at(&line[at..]);
                let shown = || Refused::NotFound(line[at..at + len].to_vec());
                let found = event.find(history, forgotten).ok_or_else(shown)?;
                if matches!(line.get(at + len), Some(b':' | b'^' | b'*')) {
                    return Err(Refused::NotModelled);
                }
                out.extend_from_slice(found);
                at += len;
                continue;
            }
            _ => {}
        }
        out.push(byte);
        at += 1;
    }
    Ok(out)
}

/// Whether a comment may begin after this (`HISTORY_WORD_DELIMITERS`).
fn begins_word(before: &[u8]) -> bool {
    before.last().is_none_or(|byte| b" \t\n;&()|<>".contains(byte))
}

/// Whether a `!` between these is no event: before a blank, `=` or `(`, at the end of double
/// quotes, or part of `$!`, `${!…}` or `[!…]` (`bash_history_inhibit_expansion`).
fn is_spared(before: &[u8], after: &[u8], double: bool) -> bool {
    let next = after.first().copied().unwrap_or(b'\n');
    b" \t\n\r=(".contains(&next)
        || double && next == b'"'
        || before.ends_with(b"$") && before.len() > 1
        || before.ends_with(b"${") && after.contains(&b'}')
        || before.ends_with(b"[") && after.contains(&b']')
}

enum Event<'a> {
    /// From the last one back, the last one being 1.
    Back(u64),
    Number(u64),
    Start(&'a [u8]),
    Contains(&'a [u8]),
    Word,
}

/// The event that a text beginning with `!` names, and how many bytes name it.
fn event_at(text: &[u8]) -> (Event<'_>, usize) {
    let rest = &text[1..];
    let digits = |from: &[u8]| from.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = |from: &[u8]| {
        from.iter().fold(0u64, |all, byte| all.saturating_mul(10) + u64::from(byte - b'0'))
    };
    match rest {
        [b'!', ..] => (Event::Back(1), 2),
        [b'-', tail @ ..] if digits(tail) > 0 => {
            let count = digits(tail);
            (Event::Back(number(&tail[..count])), 2 + count)
        }
        [b'0'..=b'9', ..] => {
            let count = digits(rest);
            (Event::Number(number(&rest[..count])), 1 + count)
        }
        [b'?', tail @ ..] => {
            let len = tail.iter().take_while(|byte| !matches!(byte, b'?' | b'\n')).count();
            let closed = usize::from(tail.get(len) == Some(&b'?'));
            (Event::Contains(&tail[..len]), 2 + len + closed)
        }
        [b'$' | b'^' | b'*' | b'#', ..] => (Event::Word, 2),
        _ => {
            let ends = |byte: &u8| b" \t\n\r:;&()|<>\"'`^$*%-".contains(byte);
            let len = rest.iter().take_while(|byte| !ends(byte)).count().max(1);
            (Event::Start(&rest[..len]), 1 + len)
        }
    }
}

impl Event<'_> {
    fn find<'h>(&self, history: &'h [Vec<u8>], forgotten: u32) -> Option<&'h [u8]> {
        let at = |index: Option<u64>| history.get(usize::try_from(index?).ok()?).map(Vec::as_slice);
        let len = history.len() as u64;
        match self {
            Event::Back(count) => at(len.checked_sub(*count)),
            Event::Number(number) => at(number.checked_sub(u64::from(forgotten) + 1)),
            Event::Start(text) => {
                history.iter().rev().find(|line| line.starts_with(text)).map(Vec::as_slice)
            }
            Event::Contains(part) => history
                .iter()
                .rev()
                .find(|line| line.windows(part.len().max(1)).any(|it| it == *part))
                .map(Vec::as_slice),
            Event::Word => None,
        }
    }
}

//! Scripts with something wrong in them.

use ordinal::base::seed::Seed;

/// Signs and words that a script goes wrong by.
const TOKENS: [&str; 30] = [
    "(", ")", "{", "}", ";", ";;", "&&", "||", "|", "&", "<", ">", "<<", "if", "then", "fi", "do",
    "done", "case", "esac", "in", "else", "!", "[[", "]]", "\"", "'", "`", "$(", "${",
];

/// One statement loses a token or gets one too many.
pub fn spoil(chance: &mut Seed, mut statements: Vec<String>) -> Vec<String> {
    let at = chance.below(statements.len() as u64) as usize;
    let mut words: Vec<String> = statements[at].split(' ').map(str::to_string).collect();
    let place = chance.below(words.len() as u64) as usize;
    match chance.below(3) {
        0 if words.len() > 1 => {
            words.remove(place);
        }
        1 => words.push(TOKENS[chance.below(TOKENS.len() as u64) as usize].to_string()),
        _ => words.insert(place, TOKENS[chance.below(TOKENS.len() as u64) as usize].to_string()),
    }
    statements[at] = words.join(" ");
    statements
}

/// Bytes cut out, doubled, swapped or put in anywhere: for texts that are only to be survived.
pub fn garble(chance: &mut Seed, text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=chance.below(6) {
        let at = chance.below(text.len() as u64 + 1) as usize;
        let end = (at + chance.below(12) as usize).min(text.len());
        match chance.below(5) {
            0 => {
                text.drain(at..end);
            }
            1 => {
                let piece = text[at..end].to_vec();
                text.splice(at..at, piece);
            }
            2 => {
                let token = TOKENS[chance.below(TOKENS.len() as u64) as usize];
                text.splice(at..at, token.bytes());
            }
            3 => {
                let token = TOKENS[chance.below(TOKENS.len() as u64) as usize];
                let count = chance.below(40) as usize;
                text.splice(at..at, token.repeat(count).into_bytes());
            }
            _ => text.insert(at, chance.draw() as u8),
        }
    }
    text
}

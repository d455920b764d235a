//! `${v:offset:length}`.

use super::super::script::{Index, Param, Part, Word};
use super::{Expand, Expanded, Stop, Value};

impl Expand<'_> {
    /// `${v:offset:length}`.
    pub(super) fn slice(
        &mut self,
        param: &Param,
        value: Value,
        offset: &Word,
        length: Option<&Word>,
        part: &Part,
    ) -> Expanded<Value> {
        if value == Value::Unset {
            return Ok(value);
        }
        let who = self.who(param);
        let offset = self.arith_word(offset, &who)?;
        if self.machine.bash() && self.is_beyond(param, &value, offset) {
            return Ok(match value {
                Value::Many { star, .. } => Value::Many { items: Vec::new(), star },
                _ => Value::One(Vec::new()),
            });
        }
        let length = match length {
            Some(word) => Some((self.arith_word(word, &who)?, word)),
            None => None,
        };
        let _ = part;
        match value {
            Value::Unset => Ok(Value::Unset),
            Value::One(text) => {
                let count = text.len() as i64;
                let from = if offset < 0 { offset + count } else { offset };
                if from < 0 || from > count {
                    return Ok(Value::One(Vec::new()));
                }
                let to = match length {
                    None => count,
                    Some((n, word)) if n < 0 => {
                        if count + n < from {
                            return Err(self.negative_length(n, word));
                        }
                        count + n
                    }
                    Some((n, _)) => from.saturating_add(n).min(count),
                };
                Ok(Value::One(text[from as usize..to as usize].to_vec()))
            }
            Value::Many { items, star } => {
                let mut numbered: Vec<(i64, Vec<u8>)> = if param.index.is_some() {
                    let list = self.machine.list(&param.name).unwrap_or_default();
                    list.into_iter().map(|(index, item)| (index as i64, item)).collect()
                } else {
                    let all = std::iter::once(self.machine.name.clone()).chain(items);
                    (0i64..).zip(all).collect()
                };
                let top = numbered.last().map_or(0, |(index, _)| index + 1);
                let from = if offset < 0 { offset + top } else { offset };
                if from < 0 {
                    numbered.clear();
                }
                numbered.retain(|(index, _)| *index >= from);
                if let Some((n, word)) = length {
                    if n < 0 && from <= top && from >= 0 && top > 0 {
                        return Err(self.negative_length(n, word));
                    }
                    numbered.truncate(usize::try_from(n).unwrap_or(0));
                }
                let items = numbered.into_iter().map(|(_, item)| item).collect();
                Ok(Value::Many { items, star })
            }
        }
    }

    /// What a message about an offset begins with.
    fn who(&self, param: &Param) -> Vec<u8> {
        match &param.index {
            None => [param.name.as_slice(), b": "].concat(),
            Some(Index::At) => [param.name.as_slice(), b"[@]: "].concat(),
            Some(Index::Star) => [param.name.as_slice(), b"[*]: "].concat(),
            Some(Index::Word(word)) => {
                [param.name.as_slice(), b"[", self.script.slice(word.span), b"]: "].concat()
            }
        }
    }

    /// Whether a slice begins where nothing is: then its length is not looked at
    /// (verify_substring_values).
    fn is_beyond(&self, param: &Param, value: &Value, offset: i64) -> bool {
        let count = match value {
            Value::Unset => return false,
            Value::One(text) => text.len() as i64,
            Value::Many { .. } if param.index.is_some() => {
                let list = self.machine.list(&param.name).unwrap_or_default();
                list.last_key_value().map_or(0, |(last, _)| *last as i64 + 1)
            }
            Value::Many { items, .. } => items.len() as i64 + 1,
        };
        let from = if offset < 0 { offset + count } else { offset };
        from < 0 || from > count
    }

    fn negative_length(&mut self, length: i64, word: &Word) -> Stop {
        let mut shown = self.script.slice(word.span).to_vec();
        if shown.is_empty() {
            shown = length.to_string().into_bytes();
        }
        self.machine.complain_of(&shown, "substring expression < 0");
        Stop::Discard
    }
}

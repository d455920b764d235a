//! `wait`. Models kubectl/pkg/cmd/wait.

use super::select::{full_name, plural_name};
use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State, jsonpath};
use crate::base::Millis;
use crate::manifest::object::Object;

/// Without `--timeout`.
const TIMEOUT: Millis = Millis::secs(30);

/// Longer than any run.
const DURATION_MAX_SECS: u64 = 1_000_000_000;

/// What is waited for.
enum For {
    Delete,
    Create,
    Condition(String, String),
    Path(String, Option<String>),
}

impl For {
    fn parse(text: &str) -> Result<For, Failure> {
        let unknown = || Failure::new(format!("error: unrecognized condition: {text:?}"));
        match text.split_once('=') {
            None if text.eq_ignore_ascii_case("delete") => Ok(For::Delete),
            None if text.eq_ignore_ascii_case("create") => Ok(For::Create),
            Some(("condition", rest)) => {
                let (name, value) = rest.split_once('=').unwrap_or((rest, "true"));
                Ok(For::Condition(name.to_string(), value.to_string()))
            }
            Some(("jsonpath", rest)) => {
                let end = rest.find('}').ok_or_else(unknown)?;
                let path = rest[..end].trim_start_matches(['\'', '"']).trim_start_matches('{');
                let value = rest[end + 1..].trim_start_matches(['\'', '"']).strip_prefix('=');
                Ok(For::Path(path.to_string(), value.map(str::to_string)))
            }
            _ => Err(unknown()),
        }
    }

    fn is_met(&self, object: &Object) -> bool {
        let value = object.to_value();
        match self {
            For::Delete => false,
            For::Create => true,
            For::Condition(name, wanted) => {
                let conditions = value.pointer("/status/conditions").and_then(|one| one.as_array());
                conditions.into_iter().flatten().any(|one| {
                    let text = |field: &str| one.get(field).and_then(|one| one.as_str());
                    text("type").is_some_and(|kind| kind.eq_ignore_ascii_case(name))
                        && text("status").is_some_and(|one| one.eq_ignore_ascii_case(wanted))
                })
            }
            For::Path(path, wanted) => {
                let found = jsonpath::find(path, &value);
                let Some(first) = found.first() else { return false };
                let text = first.as_str().map_or_else(|| first.to_string(), str::to_string);
                wanted.as_ref().is_none_or(|wanted| *wanted == text)
            }
        }
    }
}

impl Kubectl {
    /// Looks whether everything is as it should be.
    pub(super) fn wait_on(&mut self, desk: &mut dyn Desk) -> Answer {
        let Some(condition) = self.args.value("for").map(str::to_string) else {
            return Err(Failure::new("error: --for is required"));
        };
        let condition = For::parse(&condition)?;
        let wanted = self.wanted(desk, "wait")?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for one in &wanted {
            let (objects, failures) = self.objects(desk.cluster().store(), one);
            found.extend(objects.into_iter().map(|object| (one.kind, object)));
            missing.extend(failures);
        }
        let gone = matches!(condition, For::Delete);
        if !gone && let Some(failure) = missing.into_iter().next() {
            return Err(failure);
        }
        if found.is_empty() && !gone {
            return Err(Failure::new("error: no matching resources found"));
        }
        let open: Vec<_> = found.iter().filter(|(_, object)| !condition.is_met(object)).collect();
        let Some((kind, first)) = open.first() else {
            for (_, object) in &found {
                desk.out(&format!("{} condition met\n", full_name(object)));
            }
            for one in wanted.iter().filter(|_| gone) {
                let kind = one.kind.kind.to_lowercase();
                one.names
                    .iter()
                    .for_each(|name| desk.out(&format!("{kind}/{name} condition met\n")));
            }
            return DONE;
        };
        if self.is_late(desk, TIMEOUT)? {
            return Err(Failure::new(format!(
                "error: timed out waiting for the condition on {}/{}",
                plural_name(kind),
                first.metadata().name
            )));
        }
        self.state = State::Wait;
        Ok(Progress::Waiting)
    }
}

/// `90s`, `1m30s`, `2h`: Go's durations, in whole seconds.
pub(super) fn duration(text: &str) -> Option<Millis> {
    let (mut secs, mut number) = (0_u64, String::new());
    for letter in text.chars() {
        match letter {
            '0'..='9' => number.push(letter),
            's' | 'm' | 'h' => {
                let unit = if letter == 's' {
                    1
                } else if letter == 'm' {
                    60
                } else {
                    3_600
                };
                secs = secs.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
                number.clear();
            }
            _ => return None,
        }
    }
    (number.is_empty() || text == "0").then_some(Millis::secs(secs.min(DURATION_MAX_SECS)))
}

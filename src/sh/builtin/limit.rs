//! `ulimit`: kept and told, and handed on to subshells; nothing in the model meets these limits.

use super::super::machine::Machine;

/// A resource: its letter, what bash and dash call it, its unit, and what a container's first
/// process has, soft and hard, in that unit (`None`: no limit). As containerd leaves them.
struct Resource {
    letter: u8,
    name: &'static str,
    unit: &'static str,
    dash: &'static str,
    soft: Option<u64>,
    hard: Option<u64>,
}

const fn resource(
    letter: u8,
    name: &'static str,
    unit: &'static str,
    dash: &'static str,
    soft: Option<u64>,
    hard: Option<u64>,
) -> Resource {
    Resource { letter, name, unit, dash, soft, hard }
}

/// In bash's order. The numbers of signals and processes are the host's; chosen.
const RESOURCES: [Resource; 17] = [
    resource(b'R', "real-time non-blocking time", "microseconds", "", None, None),
    resource(b'c', "core file size", "blocks", "coredump(blocks)", None, None),
    resource(b'd', "data seg size", "kbytes", "data(kbytes)", None, None),
    resource(b'e', "scheduling priority", "", "", Some(0), Some(0)),
    resource(b'f', "file size", "blocks", "file(blocks)", None, None),
    resource(b'i', "pending signals", "", "", Some(63_431), Some(63_431)),
    resource(b'l', "max locked memory", "kbytes", "locked memory(kbytes)", Some(8192), Some(8192)),
    resource(b'm', "max memory size", "kbytes", "memory(kbytes)", None, None),
    resource(b'n', "open files", "", "nofiles", Some(1_048_576), Some(1_048_576)),
    resource(b'p', "pipe size", "512 bytes", "", Some(8), Some(8)),
    resource(b'q', "POSIX message queues", "bytes", "", Some(819_200), Some(819_200)),
    resource(b'r', "real-time priority", "", "rtprio", Some(0), Some(0)),
    resource(b's', "stack size", "kbytes", "stack(kbytes)", Some(8192), None),
    resource(b't', "cpu time", "seconds", "time(seconds)", None, None),
    resource(b'u', "max user processes", "", "process", None, None),
    resource(b'v', "virtual memory", "kbytes", "vmemory(kbytes)", None, None),
    resource(b'x', "file locks", "", "locks", None, None),
];

/// The order in which dash lists them.
const DASH_ORDER: &[u8] = b"tfdscmlunvxr";

fn shown(limit: Option<u64>) -> String {
    limit.map_or("unlimited".to_string(), |limit| limit.to_string())
}

impl Resource {
    /// As bash lists it, without the limit.
    fn head(&self) -> String {
        let letter = char::from(self.letter);
        let inside = match self.unit {
            "" => format!("(-{letter})"),
            unit => format!("({unit}, -{letter})"),
        };
        format!("{:<20}{inside:>20}", self.name)
    }
}

/// The next word, if it is no option.
fn operand<'a>(rest: &mut &'a [Vec<u8>]) -> Option<&'a [u8]> {
    let (first, tail) = rest.split_first()?;
    if first.starts_with(b"-") && first.len() > 1 {
        return None;
    }
    *rest = tail;
    Some(first)
}

impl Machine {
    fn limit(&self, resource: &Resource, hard: bool) -> Option<u64> {
        let set = self.limits.get(&(resource.letter, hard)).copied();
        set.unwrap_or(if hard { resource.hard } else { resource.soft })
    }

    pub(super) fn ulimit(&mut self, args: &[Vec<u8>]) -> u8 {
        let (mut hard, mut soft, mut all) = (false, false, false);
        let mut commands: Vec<(u8, Option<Vec<u8>>)> = Vec::new();
        let mut rest = args;
        while let Some(given) = super::next_letters(&mut rest) {
            for (at, letter) in given.iter().enumerate() {
                match letter {
                    b'H' => hard = true,
                    b'S' => soft = true,
                    b'a' => all = true,
                    _ if self.resource(*letter).is_some() && self.bash() => {
                        let glued = &given[at + 1..];
                        let limit = if glued.is_empty() { operand(&mut rest) } else { Some(glued) };
                        commands.push((*letter, limit.map(<[u8]>::to_vec)));
                        break;
                    }
                    _ if self.resource(*letter).is_some() => commands.push((*letter, None)),
                    _ => {
                        let usage = "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]";
                        return self.usage("ulimit", &[b'-', *letter], usage);
                    }
                }
            }
        }
        if all {
            self.list_limits(hard && !soft);
            return 0;
        }
        if commands.is_empty() {
            commands.push((b'f', None));
        }
        if let (Some((_, limit @ None)), Some(first)) = (commands.last_mut(), rest.first()) {
            *limit = Some(first.clone());
        }
        let heads = commands.len() > 1;
        for (letter, limit) in commands {
            if let Some(limit) = limit {
                match self.set_limit(letter, &limit, hard, soft) {
                    0 => continue,
                    status => return status,
                }
            }
            let Some(resource) = self.resource(letter) else { continue };
            let limit = shown(self.limit(resource, hard && !soft));
            let head = if heads { resource.head() + " " } else { String::new() };
            self.print("ulimit", format!("{head}{limit}\n").into_bytes());
        }
        0
    }

    fn resource(&self, letter: u8) -> Option<&'static Resource> {
        let known = |resource: &&Resource| self.bash() || !resource.dash.is_empty();
        RESOURCES.iter().find(|resource| resource.letter == letter).filter(known)
    }

    fn list_limits(&mut self, hard: bool) {
        let mut text = String::new();
        if self.bash() {
            for resource in &RESOURCES {
                let limit = shown(self.limit(resource, hard));
                text += &format!("{} {limit}\n", resource.head());
            }
        } else {
            for resource in DASH_ORDER.iter().filter_map(|letter| self.resource(*letter)) {
                let limit = shown(self.limit(resource, hard));
                text += &format!("{:<20} {limit}\n", resource.dash);
            }
        }
        self.print("ulimit", text.into_bytes());
    }

    /// Without `-H` and `-S`, both are set. Nobody in a container may raise the hard one.
    fn set_limit(&mut self, letter: u8, limit: &[u8], hard: bool, soft: bool) -> u8 {
        let Some(resource) = self.resource(letter) else { return 1 };
        let text = String::from_utf8_lossy(limit).into_owned();
        let wanted = match text.as_str() {
            "unlimited" => None,
            "hard" if self.bash() => self.limit(resource, true),
            "soft" if self.bash() => self.limit(resource, false),
            digits => match digits.parse() {
                Ok(number) => Some(number),
                Err(_) if self.bash() => {
                    self.argument_error("ulimit", limit, "invalid number");
                    return 1;
                }
                Err(_) => {
                    self.builtin_error("ulimit", "bad number");
                    return 2;
                }
            },
        };
        let most = self.limit(resource, true);
        if most.is_some_and(|most| wanted.is_none_or(|wanted| wanted > most)) {
            if self.bash() {
                let why = "cannot modify limit: Operation not permitted";
                self.argument_error("ulimit", resource.name.as_bytes(), why);
                return 1;
            }
            self.builtin_error("ulimit", "error setting limit (Operation not permitted)");
            return 2;
        }
        for (which, chosen) in [(true, hard || !soft), (false, soft || !hard)] {
            if chosen {
                self.limits.insert((letter, which), wanted);
            }
        }
        0
    }
}

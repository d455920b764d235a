//! Words → verb, names and flags. Models cobra and pflag as kubectl uses them.

use crate::base::SortedMap;

/// The commands that are here: name, what it does, how to write it.
const VERBS: &str = include_str!("args/verbs.txt");
/// The flags that are here.
const FLAGS: &str = include_str!("args/flags.txt");
/// Flags of kubectl's that are not.
const FOREIGN: &str = include_str!("args/foreign.txt");

/// Commands of kubectl's that are not here.
pub(super) const FOREIGN_VERBS: [&str; 12] = [
    "alpha",
    "autoscale",
    "certificate",
    "completion",
    "debug",
    "expose",
    "kuberc",
    "kustomize",
    "options",
    "plugin",
    "port-forward",
    "proxy",
];

/// A command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Verb {
    pub name: &'static str,
    pub text: &'static str,
    pub usage: &'static str,
}

/// All commands, by name.
pub(super) fn verbs() -> impl Iterator<Item = Verb> {
    VERBS.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" | ")?;
        let (text, usage) = rest.split_once(" | ")?;
        Some(Verb { name, text, usage })
    })
}

/// A flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Flag {
    pub name: &'static str,
    pub short: Option<char>,
    takes: &'static str,
    verbs: &'static str,
    pub text: &'static str,
}

impl Flag {
    fn read(line: &'static str) -> Option<Flag> {
        let (head, text) = line.split_once(" | ")?;
        let mut words = head.split(' ');
        let (name, short) = (words.next()?, words.next()?);
        let short = short.chars().next().filter(|letter| *letter != '-');
        Some(Flag { name, short, takes: words.next()?, verbs: words.next()?, text })
    }

    fn is_for(&self, verb: &str) -> bool {
        self.verbs == "*" || self.verbs.split(',').any(|one| one == verb)
    }

    fn is_switch(&self) -> bool {
        self.takes == "flag"
    }

    /// What it means without a value; `None`: it needs one.
    fn alone(&self) -> Option<&'static str> {
        match self.takes {
            "flag" => Some("true"),
            "value" | "many" => None,
            default => Some(default),
        }
    }

    /// What kubectl prints after its name in a help text.
    pub fn example(&self) -> &'static str {
        match self.takes {
            "flag" => "false",
            "value" => "''",
            "many" => "[]",
            default => default,
        }
    }
}

/// The flags a command knows, by name.
pub(super) fn flags_of(verb: &str) -> Vec<Flag> {
    let mut all: Vec<Flag> = FLAGS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(Flag::read)
        .filter(|flag| flag.is_for(verb))
        .collect();
    all.sort_by_key(|flag| flag.name);
    all
}

/// Subcommands that do nothing here.
const FOREIGN_COMMANDS: [(&str, &str); 4] = [
    ("auth", "reconcile"),
    (
        "config",
        "delete-cluster delete-context delete-user rename-context set set-cluster set-context \
         set-credentials unset",
    ),
    ("set", "sa selector serviceaccount subject"),
    (
        "create",
        "clusterrole clusterrolebinding cronjob deploy deployment ingress ing job pdb \
         poddisruptionbudget priorityclass pc quota resourcequota role rolebinding sa \
         serviceaccount token",
    ),
];

fn is_foreign(verb: &str, name: &str) -> bool {
    FOREIGN
        .lines()
        .filter_map(|line| line.split_once(": "))
        .any(|(of, names)| (of == "*" || of == verb) && names.split(' ').any(|one| one == name))
}

/// A command line, taken apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Args {
    /// The first word.
    pub verb: String,
    /// Other words that are no flags.
    pub names: Vec<String>,
    /// What stands after `--`.
    pub rest: Vec<String>,
    /// Flags by long name; one that takes no value has `true`.
    pub flags: SortedMap<String, Vec<String>>,
    /// What is wrong with it, in kubectl's words.
    pub trouble: Option<String>,
}

impl Args {
    /// Takes words apart.
    pub fn parse(words: &[String]) -> Args {
        let mut args = Args { verb: verb_of(words), ..Args::default() };
        let mut verb_seen = false;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                args.rest = words.cloned().collect();
                break;
            }
            let mut next = || words.next().cloned();
            if let Some(long) = word.strip_prefix("--") {
                args.long(long, &mut next);
            } else if word.len() > 1 && word.starts_with('-') {
                args.short(word, &mut next);
            } else if !verb_seen && *word == args.verb {
                verb_seen = true;
            } else {
                args.names.push(word.clone());
            }
            if args.trouble.is_some() {
                break;
            }
        }
        args
    }

    /// A subcommand that kubectl has and that does nothing here, whatever its flags.
    pub fn foreign_command(&self) -> Option<String> {
        let word = self.names.first()?;
        let is_one = FOREIGN_COMMANDS
            .iter()
            .any(|(verb, words)| *verb == self.verb && words.split(' ').any(|one| one == word));
        (is_one && !self.flags.contains_key("filename")).then(|| format!("{} {word}", self.verb))
    }

    fn flag(&self, name: &str) -> Option<Flag> {
        let name =
            if name == "recursive" && self.verb == "explain" { "recursive-fields" } else { name };
        flags_of(&self.verb).into_iter().find(|flag| flag.name == name)
    }

    fn wrong(&mut self, what: &str) {
        let verb = if self.verb.is_empty() { String::new() } else { format!(" {}", self.verb) };
        self.trouble = Some(format!("error: {what}\nSee 'kubectl{verb} --help' for usage."));
    }

    /// Real, but without effect here.
    fn not_modelled(&mut self, flag: &str) {
        self.trouble = Some(format!("error: kubectl's flag {flag} is not modelled here"));
    }

    /// `--name`, `--name=value`, `--name value`.
    fn long(&mut self, word: &str, next: &mut dyn FnMut() -> Option<String>) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_string())),
            None => (word, None),
        };
        match self.flag(name) {
            Some(flag) => self.set(flag, &format!("--{name}"), value, next),
            None if is_foreign(&self.verb, name) => self.not_modelled(&format!("--{name}")),
            None => self.wrong(&format!("unknown flag: --{name}")),
        }
    }

    /// `-it`, `-nfoo`, `-o wide`, `-o=wide`.
    fn short(&mut self, word: &str, next: &mut dyn FnMut() -> Option<String>) {
        let letters = &word[1..];
        for (at, letter) in letters.char_indices() {
            let known = flags_of(&self.verb).into_iter().find(|flag| flag.short == Some(letter));
            let Some(flag) = known else {
                if is_foreign(&self.verb, &letter.to_string()) {
                    return self.not_modelled(&format!("-{letter}"));
                }
                return self.wrong(&format!("unknown shorthand flag: '{letter}' in {word}"));
            };
            let rest = &letters[at + letter.len_utf8()..];
            let assigned = rest.strip_prefix('=').map(str::to_string);
            let name = format!("-{letter}, --{}", flag.name);
            if flag.is_switch() && assigned.is_none() {
                self.set(flag, &name, None, next);
                continue;
            }
            let value = assigned.or_else(|| (!rest.is_empty()).then(|| rest.to_string()));
            return self.set(flag, &name, value, next);
        }
    }

    fn set(
        &mut self,
        flag: Flag,
        shown: &str,
        value: Option<String>,
        next: &mut dyn FnMut() -> Option<String>,
    ) {
        let value = match (value, flag.alone()) {
            (Some(value), _) => value,
            (None, Some(alone)) => alone.to_string(),
            (None, None) => match next() {
                Some(value) => value,
                None => {
                    let short =
                        flag.short.filter(|_| shown.starts_with("-") && shown.contains(','));
                    return match short {
                        Some(letter) => {
                            self.wrong(&format!("flag needs an argument: '{letter}' in -{letter}"));
                        }
                        None => self.wrong(&format!("flag needs an argument: --{}", flag.name)),
                    };
                }
            },
        };
        let truths = ["1", "t", "T", "TRUE", "true", "True"];
        let lies = ["0", "f", "F", "FALSE", "false", "False"];
        if flag.is_switch() && !truths.contains(&value.as_str()) && !lies.contains(&value.as_str())
        {
            return self.wrong(&format!(
                "invalid argument {value:?} for {shown:?} flag: strconv.ParseBool: parsing \
                 {value:?}: invalid syntax"
            ));
        }
        let value = match flag.is_switch() {
            true => truths.contains(&value.as_str()).to_string(),
            false => value,
        };
        self.flags.entry(flag.name.to_string()).or_default().push(value);
    }

    /// Whether a flag is set.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != "false")
    }

    /// A flag's last value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.flags.get(name)?.last().map(String::as_str)
    }

    /// All of a flag's values, those between commas too.
    pub fn values(&self, name: &str) -> Vec<String> {
        let all = self.flags.get(name).map_or(&[][..], Vec::as_slice);
        all.iter().flat_map(|text| text.split(',')).map(str::to_string).collect()
    }

    /// The namespace it is about.
    pub fn namespace(&self) -> &str {
        self.value("namespace").unwrap_or("default")
    }
}

/// The first word that is neither a flag nor the value of one that stands before the verb.
fn verb_of(words: &[String]) -> String {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-n" | "--namespace" => drop(words.next()),
            "--" => break,
            flag if flag.starts_with('-') => {}
            verb => return verb.to_string(),
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Args {
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        Args::parse(&words)
    }

    #[test]
    fn the_tables_are_whole() {
        for line in FLAGS.lines().filter(|line| !line.starts_with('#')) {
            let flag = Flag::read(line).unwrap_or_else(|| panic!("{line} is a flag"));
            for verb in flag.verbs.split(',').filter(|verb| *verb != "*") {
                assert!(verbs().any(|one| one.name == verb), "{}: {verb}", flag.name);
            }
        }
        assert_eq!(verbs().count(), VERBS.lines().count());
    }

    #[test]
    fn flags_take_values_as_pflag_reads_them() {
        let args = parse("get pods -nfoo -o=wide -l app=mysql --watch=false --sort-by .a");
        assert_eq!(args.trouble, None);
        assert_eq!((args.verb.as_str(), args.names.as_slice()), ("get", &["pods".to_string()][..]));
        assert_eq!(args.namespace(), "foo");
        assert_eq!(args.value("output"), Some("wide"));
        assert_eq!(args.value("selector"), Some("app=mysql"));
        assert!(!args.has("watch"));
        let args = parse("exec -it mysql-0 -- ls -l");
        assert!(args.has("stdin") && args.has("tty"));
        assert_eq!(args.rest, ["ls", "-l"]);
        assert_eq!(parse("-n x get po").namespace(), "x");
    }

    #[test]
    fn what_is_wrong_is_said_in_kubectls_words() {
        let rows = [
            ("get pods --foo", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage."),
            (
                "get pods -Z",
                "error: unknown shorthand flag: 'Z' in -Z\nSee 'kubectl get --help' for usage.",
            ),
            (
                "get pods -o",
                "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.",
            ),
            (
                "scale sts x --replicas",
                "error: flag needs an argument: --replicas\nSee 'kubectl scale --help' for usage.",
            ),
            (
                "delete pod x --wait=maybe",
                "error: invalid argument \"maybe\" for \"--wait\" flag: strconv.ParseBool: parsing \
                 \"maybe\": invalid syntax\nSee 'kubectl delete --help' for usage.",
            ),
            ("get pods --context x", "error: kubectl's flag --context is not modelled here"),
            ("get pods --chunk-size=5", "error: kubectl's flag --chunk-size is not modelled here"),
        ];
        for (line, want) in rows {
            assert_eq!(parse(line).trouble.as_deref(), Some(want), "{line}");
        }
    }
}

//! Words → verb, names and flags.
use crate::base::SortedMap;

/// The commands that are here.
pub(super) const VERBS: [(&str, &str); 22] = [
    ("annotate", "Update the annotations on a resource"),
    ("apply", "Apply a configuration to a resource by file name or stdin"),
    ("cordon", "Mark node as unschedulable"),
    ("create", "Create a resource from a file or from stdin"),
    ("delete", "Delete resources by file names, stdin, resources and names"),
    ("describe", "Show details of a specific resource or group of resources"),
    ("drain", "Drain node in preparation for maintenance"),
    ("events", "List events"),
    ("exec", "Execute a command in a container"),
    ("get", "Display one or many resources"),
    ("help", "Help about any command"),
    ("label", "Update the labels on a resource"),
    ("logs", "Print the logs for a container in a pod"),
    ("patch", "Update fields of a resource"),
    ("replace", "Replace a resource by file name or stdin"),
    ("rollout", "Manage the rollout of a resource"),
    ("run", "Run a particular image on the cluster"),
    ("scale", "Set a new size for a stateful set"),
    ("set", "Set specific features on objects"),
    ("top", "Display resource (CPU/memory) usage"),
    ("uncordon", "Mark node as schedulable"),
    ("version", "Print the client and server version information"),
];

/// Flags of all commands: long name, short name, whether it takes a value, and the verbs that
/// know it (empty: all).
const FLAGS: [(&str, &str, bool, &str); 46] = [
    ("namespace", "n", true, ""),
    ("all-namespaces", "A", false, "get events delete"),
    ("output", "o", true, ""),
    ("selector", "l", true, ""),
    ("watch", "w", false, "get rollout"),
    ("watch-only", "", false, "get"),
    ("sort-by", "", true, "get"),
    ("field-selector", "", true, "get"),
    ("show-labels", "", false, "get"),
    ("no-headers", "", false, "get events"),
    ("ignore-not-found", "", false, "get delete"),
    ("filename", "f", true, "apply create replace delete get describe"),
    ("recursive", "R", false, ""),
    ("server-side", "", false, "apply"),
    ("force", "", false, "delete apply drain replace"),
    ("grace-period", "", true, "delete drain"),
    ("now", "", false, "delete"),
    ("cascade", "", true, "delete"),
    ("wait", "", true, "delete"),
    ("timeout", "", true, ""),
    ("all", "", false, "delete label annotate"),
    ("replicas", "", true, "scale"),
    ("current-replicas", "", true, "scale"),
    ("container", "c", true, "logs exec"),
    ("previous", "p", false, "logs"),
    ("follow", "f", false, "logs"),
    ("tail", "", true, "logs"),
    ("all-containers", "", false, "logs"),
    ("timestamps", "", false, "logs"),
    ("prefix", "", false, "logs"),
    ("stdin", "i", false, "exec run"),
    ("tty", "t", false, "exec run"),
    ("image", "", true, "run"),
    ("restart", "", true, "run"),
    ("rm", "", false, "run"),
    ("env", "", true, "run"),
    ("labels", "", true, "run"),
    ("command", "", false, "run"),
    ("quiet", "q", false, ""),
    ("type", "", true, "patch"),
    ("patch", "p", true, "patch"),
    ("overwrite", "", false, "label annotate"),
    ("to-revision", "", true, "rollout"),
    ("ignore-daemonsets", "", false, "drain"),
    ("delete-emptydir-data", "", false, "drain"),
    ("for", "", true, "events"),
];

/// A command line, taken apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Args {
    /// The first word.
    pub verb: String,
    /// Other words that are no flags.
    pub names: Vec<String>,
    /// What stands after `--`.
    pub rest: Vec<String>,
    /// Flags by long name; one that takes no value has an empty one.
    pub flags: SortedMap<String, Vec<String>>,
    /// What is wrong with it, in kubectl's words.
    pub trouble: Option<String>,
}

impl Args {
    /// Takes words apart.
    pub fn parse(words: &[String]) -> Args {
        let mut args = Args::default();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            if word == "--" {
                args.rest = words.cloned().collect();
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value.to_string())),
                    None => (long, None),
                };
                args.flag(word, name, value, &mut || words.next().cloned());
            } else if word.len() > 1 && word.starts_with('-') {
                args.short(word, &mut || words.next().cloned());
            } else if args.verb.is_empty() {
                args.verb.clone_from(word);
            } else {
                args.names.push(word.clone());
            }
            if args.trouble.is_some() {
                break;
            }
        }
        args
    }

    fn knows(&self, verbs: &str) -> bool {
        verbs.is_empty() || verbs.split(' ').any(|verb| verb == self.verb)
    }

    fn flag(
        &mut self,
        word: &str,
        name: &str,
        value: Option<String>,
        next: &mut dyn FnMut() -> Option<String>,
    ) {
        let known = FLAGS.iter().find(|(long, _, _, verbs)| *long == name && self.knows(verbs));
        let Some((long, _, takes, _)) = known else {
            let plain = word.split('=').next().unwrap_or(word);
            self.trouble = Some(format!(
                "error: unknown flag: {plain}\nSee 'kubectl {} --help' for usage.",
                self.verb
            ));
            return;
        };
        // A flag that may stand alone takes a value only after `=`.
        let alone = !takes || (*long == "cascade" && value.is_none());
        let value = match (alone, value) {
            (_, Some(value)) => value,
            (true, None) => "true".to_string(),
            (false, None) => match next() {
                Some(value) => value,
                None => {
                    self.trouble = Some(format!(
                        "error: flag needs an argument: {word}\nSee 'kubectl {} --help' for usage.",
                        self.verb
                    ));
                    return;
                }
            },
        };
        self.flags.entry((*long).to_string()).or_default().push(value);
    }

    /// `-it`, `-nfoo`, `-o wide`.
    fn short(&mut self, word: &str, next: &mut dyn FnMut() -> Option<String>) {
        let letters = &word[1..];
        for (at, letter) in letters.char_indices() {
            let text = letter.to_string();
            let known =
                FLAGS.iter().find(|(_, short, _, verbs)| *short == text && self.knows(verbs));
            let Some((long, _, takes, _)) = known else {
                self.trouble = Some(format!(
                    "error: unknown shorthand flag: '{letter}' in {word}\nSee 'kubectl {} --help' \
                     for usage.",
                    self.verb
                ));
                return;
            };
            if *takes {
                let rest = &letters[at + letter.len_utf8()..];
                let rest = rest.strip_prefix('=').unwrap_or(rest);
                let value = (!rest.is_empty()).then(|| rest.to_string());
                self.flag(word, long, value, next);
                return;
            }
            self.flag(word, long, None, next);
        }
    }

    /// Whether a flag is set.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != "false")
    }

    /// A flag's last value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.flags.get(name)?.last().map(String::as_str)
    }

    /// The namespace it is about.
    pub fn namespace(&self) -> &str {
        self.value("namespace").unwrap_or("default")
    }
}

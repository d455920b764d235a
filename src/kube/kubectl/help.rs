//! `help`, `api-resources`.

use super::args::{flags_of, verbs};
use super::{Answer, DONE, Desk, Failure, Kubectl};
use crate::manifest::object::KINDS;

impl Kubectl {
    pub(super) fn help(&self, desk: &mut dyn Desk) -> Answer {
        let asked = match self.args.verb.as_str() {
            "help" => self.args.names.first().map(String::as_str),
            "" => None,
            verb => Some(verb),
        };
        let Some(verb) = asked else {
            desk.out("kubectl controls the Kubernetes cluster manager.\n\nCommands:\n");
            for verb in verbs() {
                desk.out(&format!("  {:<15} {}\n", verb.name, verb.text));
            }
            desk.out(
                "\nUsage:\n  kubectl [flags] [options]\n\nUse \"kubectl <command> --help\" for \
                 more information about a given command.\n",
            );
            return DONE;
        };
        let Some(verb) = verbs().find(|one| one.name == verb) else {
            return Err(Failure::new(super::unknown_command(verb)));
        };
        let mut text = format!("{}.\n\n", verb.text);
        match verb.name {
            "rollout" => {
                text.push_str("Available Commands:\n");
                for (name, what) in [
                    ("history", "View rollout history"),
                    ("restart", "Restart a resource"),
                    ("status", "Show the status of the rollout"),
                    ("undo", "Undo a previous rollout"),
                ] {
                    text.push_str(&format!("  {name:<13} {what}\n"));
                }
                text.push('\n');
            }
            "set" => text.push_str(
                "Available Commands:\n  image            Update the image of a pod template\n\n",
            ),
            _ => {}
        }
        text.push_str("Options:\n");
        for flag in flags_of(verb.name).iter().filter(|flag| flag.name != "recursive-fields") {
            let short = flag.short.map_or("    ".to_string(), |letter| format!("-{letter}, "));
            text.push_str(&format!(
                "    {short}--{}={}:\n        {}\n\n",
                flag.name,
                flag.example(),
                flag.text
            ));
        }
        text.push_str(&format!("Usage:\n  kubectl {}\n", verb.usage));
        desk.out(&text);
        DONE
    }

    /// The kinds that are modelled. Models kubectl/pkg/cmd/apiresources.
    pub(super) fn api_resources(&self, desk: &mut dyn Desk) -> Answer {
        let mut kinds: Vec<_> = KINDS.iter().collect();
        let group = |version: &str| {
            version.split_once('/').map_or(String::new(), |(group, _)| group.to_string())
        };
        kinds.sort_by_key(|kind| (group(kind.api_version), kind.plural));
        if let Some(wanted) = self.args.value("namespaced") {
            kinds.retain(|kind| kind.namespaced == (wanted != "false"));
        }
        if let Some(wanted) = self.args.value("api-group") {
            kinds.retain(|kind| group(kind.api_version) == wanted);
        }
        let mut text = String::new();
        match self.args.value("output").unwrap_or_default() {
            "name" => {
                for kind in kinds {
                    text.push_str(&format!("{}\n", super::select::plural_name(kind)));
                }
                desk.out(&text);
                return DONE;
            }
            "" | "wide" => {}
            other => {
                return Err(Failure::new(format!("error: --output {other} is not available")));
            }
        }
        if !self.args.has("no-headers") {
            text.push_str("NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND\n");
        }
        for kind in kinds {
            text.push_str(&format!(
                "{}\t{}\t{}\t{}\t{}\n",
                kind.plural, kind.short, kind.api_version, kind.namespaced, kind.kind
            ));
        }
        desk.out(&crate::kube::print::align(&text, 6, 3));
        DONE
    }
}

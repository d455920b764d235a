//! The shell scripts inside objects: which argument of which container is one.

use serde_json::Value;

/// A script inside an object.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScriptRef {
    /// The kind of the object it stands in.
    pub kind: String,
    /// The object's name.
    pub object: String,
    /// The container's name.
    pub container: String,
    /// What the container runs it for.
    pub purpose: Purpose,
    /// The shell's name: `bash`, `sh` …
    pub shell: String,
    /// Index into `command` ++ `args`; for a probe or a hook, into its `command`.
    pub argument: u32,
    /// The path of that argument.
    pub path: String,
    /// Its text, as YAML gives it: before the kubelet's own `$(NAME)` expansion.
    pub text: String,
}

/// What a container runs a script for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Purpose {
    /// It is what an init container does.
    Init,
    /// It is what a container does.
    Main,
    /// `livenessProbe`.
    Liveness,
    /// `readinessProbe`.
    Readiness,
    /// `startupProbe`.
    Startup,
    /// `lifecycle.postStart`.
    PostStart,
    /// `lifecycle.preStop`.
    PreStop,
}

/// The shells whose `-c` takes a script.
const SHELLS: [&str; 5] = ["bash", "sh", "dash", "ash", "busybox"];

/// All scripts of an object's pods.
pub fn scripts_of(object: &Value) -> Vec<ScriptRef> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
    let (pod, base) = match object["spec"].get("template") {
        Some(template) => (&template["spec"], "spec.template.spec"),
        None => (&object["spec"], "spec"),
    };
    let mut scripts = Vec::new();
    for (list, purpose) in [("initContainers", Purpose::Init), ("containers", Purpose::Main)] {
        for (index, container) in items(&pod[list]).iter().enumerate() {
            let at = format!("{base}.{list}[{index}]");
            for (purpose, shell, found) in of_container(container, purpose, &at) {
                scripts.push(ScriptRef {
                    kind: kind.clone(),
                    object: name.clone(),
                    container: text(&container["name"]),
                    purpose,
                    shell,
                    argument: found.argument,
                    path: found.path,
                    text: found.text,
                });
            }
        }
    }
    scripts
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// One argument of a command and where it stands.
#[derive(Clone)]
struct Argument {
    argument: u32,
    path: String,
    text: String,
}

fn of_container(container: &Value, purpose: Purpose, at: &str) -> Vec<(Purpose, String, Argument)> {
    let mut command = arguments(&container["command"], &format!("{at}.command"), 0);
    let more = arguments(&container["args"], &format!("{at}.args"), command.len());
    command.extend(more);
    let mut found = Vec::new();
    let mut keep = |purpose, command: &[Argument]| {
        if let Some((shell, script)) = shell_script(command) {
            found.push((purpose, shell, script));
        }
    };
    keep(purpose, &command);
    for (field, purpose) in [
        ("livenessProbe", Purpose::Liveness),
        ("readinessProbe", Purpose::Readiness),
        ("startupProbe", Purpose::Startup),
    ] {
        let path = format!("{at}.{field}.exec.command");
        keep(purpose, &arguments(&container[field]["exec"]["command"], &path, 0));
    }
    for (field, purpose) in [("postStart", Purpose::PostStart), ("preStop", Purpose::PreStop)] {
        let path = format!("{at}.lifecycle.{field}.exec.command");
        keep(purpose, &arguments(&container["lifecycle"][field]["exec"]["command"], &path, 0));
    }
    found
}

fn arguments(list: &Value, path: &str, before: usize) -> Vec<Argument> {
    items(list)
        .iter()
        .enumerate()
        .map(|(index, text)| Argument {
            argument: u32::try_from(before + index).expect("arguments are few"),
            path: format!("{path}[{index}]"),
            text: text.as_str().unwrap_or_default().to_owned(),
        })
        .collect()
}

/// The script that a shell's `-c` takes, if this command is a shell's: options first (`-ec`), then
/// the script.
fn shell_script(command: &[Argument]) -> Option<(String, Argument)> {
    let name = command.first()?.text.rsplit('/').next()?;
    let shell = SHELLS.iter().find(|shell| **shell == name)?;
    let mut rest = command[1..].iter().peekable();
    // `busybox sh -c …`
    if *shell == "busybox" && rest.peek().is_some_and(|next| next.text == "sh") {
        rest.next();
    }
    let mut takes_script = false;
    while let Some(argument) = rest.next() {
        let text = argument.text.as_str();
        if !text.starts_with(['-', '+']) || text.len() < 2 {
            return takes_script.then(|| ((*shell).to_owned(), argument.clone()));
        }
        let short = text.starts_with('-') && !text.starts_with("--");
        takes_script |= short && text.contains('c');
        if short && text.ends_with('o') {
            rest.next(); // The name of the option, as in `-euo pipefail`.
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scripts_are_found_where_a_shell_takes_them() {
        let rows = [
            (json!(["bash", "-c", "a"]), json!([]), Some((2, "command[2]"))),
            (json!(["/bin/sh"]), json!(["-ec", "a"]), Some((2, "args[1]"))),
            (json!(["bash", "-euo", "pipefail", "-c", "a"]), json!([]), Some((4, "command[4]"))),
            (json!(["bash", "-c"]), json!(["a", "b"]), Some((2, "args[0]"))),
            (json!(["bash", "script.sh"]), json!([]), None),
            (json!(["mysqld", "-c", "a"]), json!([]), None),
            (json!([]), json!(["-c", "a"]), None),
        ];
        for (command, args, want) in rows {
            let pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [
                {"name": "c", "command": command, "args": args}]}});
            let found = scripts_of(&pod);
            let shown = found.first().map(|one| (one.argument, one.path.as_str()));
            let want = want.map(|(n, path)| (n, format!("spec.containers[0].{path}")));
            assert_eq!(shown, want.as_ref().map(|(n, path)| (*n, path.as_str())), "{pod}");
        }
    }
}

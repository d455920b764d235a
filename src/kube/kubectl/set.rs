//! `set image`, `set env`, `set resources`. Models pkg/cmd/set.

use serde_json::{Value, json};

use super::edit::decoded;
use super::{Answer, DONE, Desk, Failure, Kubectl};
use crate::kube::apply::resource_of;
use crate::manifest::object::{BAD_QUANTITY, Object, Quantity};

/// Variables that are set, and those that are removed.
type EnvChange = (Vec<(String, String)>, Vec<String>);

impl Kubectl {
    pub(super) fn set(&mut self, desk: &mut dyn Desk) -> Answer {
        match self.args.names.first().map(String::as_str) {
            None => self.help(desk),
            Some("image") => self.set_image(desk),
            Some("env") => self.set_env(desk),
            Some("resources") => self.set_resources(desk),
            Some(other) => Err(Failure::new(format!(
                "error: unknown command {other:?}\nSee 'kubectl set -h' for help and examples"
            ))),
        }
    }

    /// `set image sts/mysql mysql=mysql:5.7.44`.
    fn set_image(&mut self, desk: &mut dyn Desk) -> Answer {
        let names = &self.args.names;
        let is_pair = |word: &&String| word.contains('=');
        let pairs: Vec<String> = names[1..].iter().filter(is_pair).cloned().collect();
        let words: Vec<String> = names[1..].iter().filter(|one| !is_pair(one)).cloned().collect();
        self.check_resources(&words)?;
        if pairs.is_empty() {
            return Err(Failure::new("error: at least one image update is required"));
        }
        for object in self.every(desk, &words)? {
            let next = with_images(&object, &pairs)?;
            if next != object {
                self.replace_with(desk, &object, next, "image updated", "image updated")?;
            }
        }
        DONE
    }

    /// `set env sts/mysql KEY=VALUE OTHER-`.
    fn set_env(&mut self, desk: &mut dyn Desk) -> Answer {
        let args = &self.args.names[1..];
        let is_change = |word: &String| word.contains('=') || word.ends_with('-');
        let count = args.iter().take_while(|word| !is_change(word)).count();
        let (words, changes) = args.split_at(count);
        if !changes.iter().all(is_change) {
            return Err(Failure::new(format!(
                "error: all resources must be specified before environment changes: {}",
                args.join(" ")
            )));
        }
        self.check_resources(words)?;
        let given = self.args.flags.get("env").cloned().unwrap_or_default();
        let change = env_change(given.iter().chain(changes))?;
        let lists = self.args.has("list");
        for object in self.every(desk, words)? {
            let mut value = object.to_value();
            let mut listed = String::new();
            let title = format!("{} {}", object.kind(), object.metadata().name);
            let keeps = self.args.value("overwrite") == Some("false");
            let found = self.each_container(&object, &mut value, &mut |container| {
                let name = container["name"].as_str().unwrap_or_default().to_string();
                update_env(container, &change, keeps)?;
                listed += &format!("# {title}, container {name}\n");
                let all = container["env"].as_array();
                all.into_iter().flatten().for_each(|one| listed += &shown(one));
                Ok(())
            })?;
            if found == 0 {
                let selector = self.args.value("containers").unwrap_or("*");
                let kind = object.kind();
                desk.err(&format!(
                    "warning: {kind}/{} does not have any containers matching {selector:?}\n",
                    object.metadata().name
                ));
            }
            if lists {
                desk.out(&listed);
            } else {
                self.commit(desk, &object, &value, "env updated", "env update to pod template:")?;
            }
        }
        DONE
    }

    /// `set resources sts/mysql -c mysql --requests=cpu=200m --limits=memory=1Gi`.
    fn set_resources(&mut self, desk: &mut dyn Desk) -> Answer {
        let words = self.args.names[1..].to_vec();
        self.check_resources(&words)?;
        let list = |flag: &str| self.args.value(flag).map(resource_list).transpose();
        let asked = [("limits", list("limits")?), ("requests", list("requests")?)];
        if asked.iter().all(|(_, list)| list.is_none()) {
            return Err(Failure::new(
                "error: you must specify an update to requests or limits (in the form of \
                 --requests/--limits)",
            ));
        }
        for object in self.every(desk, &words)? {
            let mut value = object.to_value();
            let found = self.each_container(&object, &mut value, &mut |container| {
                for (what, list) in &asked {
                    for (name, amount) in list.iter().flatten() {
                        container["resources"][*what][name] = amount.as_str().into();
                    }
                }
                Ok(())
            })?;
            if found == 0 {
                let selector = self.args.value("containers").unwrap_or("*");
                let text = format!("error: unable to find container named {selector}");
                return Err(Failure::new(text));
            }
            let (said, failed) =
                ("resource requirements updated", "resources update to pod template");
            self.commit(desk, &object, &value, said, failed)?;
        }
        DONE
    }

    fn check_resources(&self, words: &[String]) -> Result<(), Failure> {
        match words.is_empty() && !self.args.flags.contains_key("filename") {
            true => Err(Failure::new(
                "error: one or more resources must be specified as <resource> <name> or \
                 <resource>/<name>",
            )),
            false => Ok(()),
        }
    }

    /// The containers that `-c` selects, the initial ones last; how many they are.
    fn each_container(
        &self,
        object: &Object,
        value: &mut Value,
        change: &mut dyn FnMut(&mut Value) -> Result<(), Failure>,
    ) -> Result<usize, Failure> {
        let path = match object {
            Object::StatefulSet(_) => "/spec/template/spec",
            Object::Pod(_) => "/spec",
            other => return Err(no_template(other)),
        };
        let selector = self.args.value("containers").unwrap_or("*");
        let mut found = 0;
        for list in ["containers", "initContainers"] {
            let list = value.pointer_mut(&format!("{path}/{list}")).and_then(Value::as_array_mut);
            for container in list.into_iter().flatten() {
                if matches(selector, container["name"].as_str().unwrap_or_default()) {
                    found += 1;
                    change(container)?;
                }
            }
        }
        Ok(found)
    }

    /// Nothing is said of what stays as it is.
    fn commit(
        &self,
        desk: &mut dyn Desk,
        object: &Object,
        value: &Value,
        said: &str,
        failed: &str,
    ) -> Result<(), Failure> {
        let next = decoded(value)?;
        if next == *object {
            return Ok(());
        }
        let done = self.replace_with(desk, object, next, said, said);
        done.map(|_| ()).map_err(|failure| {
            let text = failure.text.strip_prefix("The ").unwrap_or(&failure.text);
            let text = match text.strip_prefix("Error from server (") {
                Some(rest) => rest.split_once("): ").map_or(text, |(_, text)| text),
                None => text,
            };
            Failure::new(format!("error: failed to patch {failed} {text}"))
        })
    }
}

/// Models `updatePodSpecForObject`.
fn no_template(object: &Object) -> Failure {
    let plural = resource_of(object);
    let (plural, kind) = (plural.split('.').next().unwrap_or_default(), object.kind());
    let name = &object.metadata().name;
    Failure::new(format!(
        "error: {plural}/{name} the object is not a pod or does not have a pod template: *v1.{kind}"
    ))
}

/// Models `selectString`: all, one name, or what stars stand for.
fn matches(selector: &str, name: &str) -> bool {
    let Some((begin, rest)) = selector.split_once('*') else { return selector == name };
    let Some(mut left) = name.strip_prefix(begin) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        match left.split_once(part) {
            Some((_, behind)) => left = behind,
            None => return false,
        }
    }
    left.ends_with(end)
}

/// Models `ParseEnv`.
fn env_change<'w>(words: impl Iterator<Item = &'w String>) -> Result<EnvChange, Failure> {
    let (mut sets, mut removes): EnvChange = Default::default();
    for word in words {
        match (word.split_once('='), word.strip_suffix('-')) {
            (Some((name, value)), _) => sets.push((name.to_string(), value.to_string())),
            (None, Some("")) => {
                let text = "error: kubectl's variables from standard input are not modelled here";
                return Err(Failure::new(text));
            }
            (None, Some(name)) => removes.push(name.to_string()),
            _ => {
                let text = format!("error: unknown argument: {word}");
                return Err(Failure::new(text));
            }
        }
    }
    if let Some((name, _)) = sets.iter().find(|(name, _)| removes.contains(name)) {
        return Err(Failure::new(format!(
            "error: can not both update and remove an environment variable in the same command: \
             {name}"
        )));
    }
    Ok((sets, removes))
}

/// Models `updateEnv`: a variable keeps its place, a new one comes last.
fn update_env(container: &mut Value, change: &EnvChange, keeps: bool) -> Result<(), Failure> {
    let (sets, removes) = change;
    let mut env = container["env"].as_array().cloned().unwrap_or_default();
    for (name, value) in sets {
        let known = env.iter_mut().find(|one| one["name"] == name.as_str());
        match known {
            Some(one) if keeps && one["value"] != value.as_str() => {
                let old = one["value"].as_str().unwrap_or_default();
                return Err(Failure::new(format!(
                    "error: '{name}' already has a value ({old}), and --overwrite is false"
                )));
            }
            Some(one) => *one = json!({"name": name, "value": value}),
            None => env.push(json!({"name": name, "value": value})),
        }
    }
    env.retain(|one| !removes.iter().any(|name| one["name"] == name.as_str()));
    if let Some(container) = container.as_object_mut() {
        container.remove("env");
        if !env.is_empty() {
            container.insert("env".into(), env.into());
        }
    }
    Ok(())
}

/// A variable as `--list` prints it.
fn shown(one: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let name = text(&one["name"]);
    let from = &one["valueFrom"];
    let reference = |what: &str, from: &Value| {
        format!("# {name} from {what} {}, key {}\n", text(&from["name"]), text(&from["key"]))
    };
    match from.as_object().and_then(|from| from.iter().next()) {
        None => format!("{name}={}\n", text(&one["value"])),
        Some((kind, from)) if kind == "secretKeyRef" => reference("secret", from),
        Some((kind, from)) if kind == "configMapKeyRef" => reference("configmap", from),
        Some((_, from)) => format!("# {name} from field path {}\n", text(&from["fieldPath"])),
    }
}

/// `cpu=200m,memory=1Gi`. Models `populateResourceListV1`.
fn resource_list(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let one = |pair: &str| {
        let parts: Vec<&str> = pair.split('=').collect();
        let [name, amount] = parts.as_slice() else {
            return Err(Failure::new(format!(
                "error: invalid argument syntax {pair}, expected <resource>=<value>"
            )));
        };
        match Quantity::parse(amount) {
            Some(_) => Ok(((*name).to_string(), (*amount).to_string())),
            None => Err(Failure::new(format!("error: {BAD_QUANTITY}"))),
        }
    };
    text.split(',').map(one).collect()
}

/// The object with other images: `container=image`, `*=image`.
fn with_images(object: &Object, pairs: &[String]) -> Result<Object, Failure> {
    let mut next = object.clone();
    let spec = match &mut next {
        Object::StatefulSet(set) => &mut set.spec.template.spec,
        Object::Pod(pod) => &mut pod.spec,
        other => return Err(no_template(other)),
    };
    for (name, image) in pairs.iter().filter_map(|pair| pair.split_once('=')) {
        let mut found = false;
        for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
            if name == "*" || container.name == name {
                container.image = image.to_string();
                found = true;
            }
        }
        if !found {
            return Err(Failure::new(format!("error: unable to find container named {name:?}")));
        }
    }
    Ok(next)
}

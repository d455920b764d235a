//! The kubectl commands that belong to exported manifests.

use super::{ExportFormat, ExportOptions};
use crate::manifest::read::Manifests;

/// A command to type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// What for; `text::export` says it in words.
    pub purpose: Purpose,
    /// What to type, one line or several.
    pub text: String,
}

/// What a command is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Purpose {
    /// Creates the objects.
    Apply,
    /// Shows the pods as they come up.
    Watch,
    /// Writes through the primary.
    Write,
    /// Reads from any replica.
    Read,
    /// Changes the number of pods.
    Scale,
    /// Takes everything away, data included.
    CleanUp,
}

/// The commands for these manifests, in the order in which they are used.
pub fn commands(
    manifests: &Manifests,
    options: &ExportOptions,
    format: ExportFormat,
) -> Vec<Command> {
    let names = Names::of(manifests);
    let n = options.new_namespace().map_or(String::new(), |name| format!(" -n {name}"));
    let image = options.mysql_image.as_deref().unwrap_or(&names.image);
    let (set, read) = (&names.set, &names.read);
    let host = format!("{set}-0.{}", names.headless);
    let client = format!("kubectl run mysql-client{n} --image={image} -i --rm --restart=Never --");
    let replicas = options.replicas.unwrap_or(names.replicas) + 2;
    let apply = match format {
        ExportFormat::Yaml => "kubectl apply -f mysql.yaml".to_owned(),
        ExportFormat::Zip => "unzip mysql.zip -d mysql\nkubectl apply -f mysql/".to_owned(),
        ExportFormat::Kustomize => "kubectl apply -k mysql/".to_owned(),
    };
    let label = &names.label;
    let clean = match options.new_namespace() {
        Some(namespace) => format!("kubectl delete namespace {namespace}"),
        None => format!(
            "kubectl delete statefulset {set}\nkubectl delete configmap,service,pvc -l {label}"
        ),
    };
    let rows = [
        (Purpose::Apply, apply),
        (Purpose::Watch, format!("kubectl get pods{n} -l {label} --watch")),
        (
            Purpose::Write,
            format!(
                "{client} mysql -h {host} -e \"CREATE DATABASE test; CREATE TABLE test.messages \
                 (message VARCHAR(250)); INSERT INTO test.messages VALUES ('hello');\""
            ),
        ),
        (Purpose::Read, format!("{client} mysql -h {read} -e \"SELECT * FROM test.messages\"")),
        (Purpose::Scale, format!("kubectl scale statefulset {set}{n} --replicas={replicas}")),
        (Purpose::CleanUp, clean),
    ];
    rows.into_iter().map(|(purpose, text)| Command { purpose, text }).collect()
}

/// What the manifests call things.
struct Names {
    set: String,
    headless: String,
    read: String,
    image: String,
    label: String,
    replicas: u32,
}

impl Names {
    fn of(manifests: &Manifests) -> Names {
        let mut names = Names {
            set: "mysql".into(),
            headless: "mysql".into(),
            read: "mysql-read".into(),
            image: "mysql:5.7-debian".into(),
            label: "app=mysql".into(),
            replicas: 1,
        };
        let of_kind =
            |kind: &'static str| manifests.loaded().iter().filter(move |one| one.kind() == kind);
        if let Some(set) = of_kind("StatefulSet").next() {
            let spec = &set.value["spec"];
            names.set = set.name().to_owned();
            names.headless = spec["serviceName"].as_str().unwrap_or("mysql").to_owned();
            names.replicas = spec["replicas"].as_u64().map_or(1, |n| n.min(1_000) as u32);
            let image = spec["template"]["spec"]["containers"][0]["image"].as_str();
            names.image = image.unwrap_or("mysql:5.7-debian").to_owned();
            let labels = spec["selector"]["matchLabels"].as_object();
            let first = labels.into_iter().flatten().next();
            if let Some((key, value)) = first {
                names.label = format!("{key}={}", value.as_str().unwrap_or_default());
            }
            names.read = names.headless.clone();
        }
        let other = of_kind("Service").find(|one| one.value["spec"]["clusterIP"] != "None");
        if let Some(service) = other {
            names.read = service.name().to_owned();
        }
        names
    }
}

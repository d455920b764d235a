//! Which other objects an object names.

use serde_json::Value;

/// The StorageClass that the cluster here has by itself, its default one. Guess: the name is the
/// one kind, minikube and others give theirs.
pub const STANDARD_CLASS: &str = "standard";

/// The namespaces every cluster has. Models pkg/controlplane/controller/systemnamespaces and
/// genericcontrolplane's bootstrap.
pub const FIRST_NAMESPACES: [&str; 4] =
    ["default", "kube-node-lease", "kube-public", "kube-system"];

/// That an object names another.
pub struct Reference {
    /// The other's kind.
    pub kind: &'static str,
    /// The other's name.
    pub name: String,
    /// The path of the field that names it.
    pub path: String,
}

/// The objects that an object cannot do without. Optional ones are left out.
pub fn references(object: &Value) -> Vec<Reference> {
    let mut found = Found::default();
    let spec = &object["spec"];
    if let Some(service) = spec["serviceName"].as_str().filter(|name| !name.is_empty()) {
        found.add("Service", service, "spec.serviceName".to_owned());
    }
    if object["kind"] == "PersistentVolumeClaim" {
        found.class(spec, "spec");
    }
    for (index, template) in items(&spec["volumeClaimTemplates"]) {
        found.class(&template["spec"], &format!("spec.volumeClaimTemplates[{index}].spec"));
    }
    let (pod, base) = match spec.get("template") {
        Some(template) => (&template["spec"], "spec.template.spec"),
        None => (spec, "spec"),
    };
    found.volumes(pod, base);
    for list in ["initContainers", "containers"] {
        for (index, container) in items(&pod[list]) {
            found.container(container, &format!("{base}.{list}[{index}]"));
        }
    }
    found.0
}

fn items(value: &Value) -> impl Iterator<Item = (usize, &Value)> {
    value.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate()
}

#[derive(Default)]
struct Found(Vec<Reference>);

impl Found {
    fn add(&mut self, kind: &'static str, name: &str, path: String) {
        self.0.push(Reference { kind, name: name.to_owned(), path });
    }

    /// A claim's class; an empty name asks for a volume without one.
    fn class(&mut self, claim: &Value, path: &str) {
        if let Some(class) = claim["storageClassName"].as_str().filter(|name| !name.is_empty()) {
            self.add("StorageClass", class, format!("{path}.storageClassName"));
        }
    }

    fn reference(&mut self, kind: &'static str, of: &Value, key: &str, path: &str) {
        let optional = of["optional"].as_bool().unwrap_or(false);
        if let Some(name) = of[key].as_str().filter(|_| !optional) {
            self.add(kind, name, format!("{path}.{key}"));
        }
    }

    fn volumes(&mut self, pod: &Value, base: &str) {
        for (index, volume) in items(&pod["volumes"]) {
            let at = format!("{base}.volumes[{index}]");
            self.reference("ConfigMap", &volume["configMap"], "name", &format!("{at}.configMap"));
            self.reference("Secret", &volume["secret"], "secretName", &format!("{at}.secret"));
            let claim = format!("{at}.persistentVolumeClaim");
            let source = &volume["persistentVolumeClaim"];
            self.reference("PersistentVolumeClaim", source, "claimName", &claim);
            for (n, source) in items(&volume["projected"]["sources"]) {
                let at = format!("{at}.projected.sources[{n}]");
                let config = format!("{at}.configMap");
                self.reference("ConfigMap", &source["configMap"], "name", &config);
                self.reference("Secret", &source["secret"], "name", &format!("{at}.secret"));
            }
        }
    }

    fn container(&mut self, container: &Value, at: &str) {
        for (index, from) in items(&container["envFrom"]) {
            let at = format!("{at}.envFrom[{index}]");
            let config = format!("{at}.configMapRef");
            self.reference("ConfigMap", &from["configMapRef"], "name", &config);
            self.reference("Secret", &from["secretRef"], "name", &format!("{at}.secretRef"));
        }
        for (index, variable) in items(&container["env"]) {
            let at = format!("{at}.env[{index}].valueFrom");
            let from = &variable["valueFrom"];
            let config = format!("{at}.configMapKeyRef");
            self.reference("ConfigMap", &from["configMapKeyRef"], "name", &config);
            self.reference("Secret", &from["secretKeyRef"], "name", &format!("{at}.secretKeyRef"));
        }
    }
}

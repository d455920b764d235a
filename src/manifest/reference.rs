//! Which other objects an object names.

use serde_json::Value;

/// The objects that an object cannot do without: kind, name, and the path that names it. Optional
/// ones are left out.
pub fn references(object: &Value) -> Vec<(&'static str, String, String)> {
    let mut found = Found::default();
    let spec = &object["spec"];
    if let Some(service) = spec["serviceName"].as_str().filter(|name| !name.is_empty()) {
        found.add("Service", service, "spec.serviceName".to_owned());
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
struct Found(Vec<(&'static str, String, String)>);

impl Found {
    fn add(&mut self, kind: &'static str, name: &str, path: String) {
        self.0.push((kind, name.to_owned(), path));
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

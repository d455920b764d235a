//! A container's variables, and `$(NAME)` in its command. Models kubelet_pods.go
//! `makeEnvironmentVariables` and third_party/forked/golang/expansion.

use super::PodRun;
use crate::base::SortedMap;
use crate::base::base64::unbase64;
use crate::kube::cluster::Cluster;
use crate::kube::store::{cluster_key, key};
use crate::manifest::object::{Container, EnvVarSource, Labels, Pod, Quantity, Service};

type Env = Vec<(String, String)>;

impl Cluster {
    /// All variables of a container, in order; later ones win.
    pub(super) fn environment(&self, run: &PodRun, container: &Container) -> Result<Env, String> {
        let pod = &run.pod;
        let mut env = self.service_links(pod);
        for source in &container.env_from {
            let (data, prefix) = match (&source.config_map_ref, &source.secret_ref) {
                (Some(one), _) => (self.config_data(pod, &one.name, one.optional)?, &source.prefix),
                (_, Some(one)) => (self.secret_data(pod, &one.name, one.optional)?, &source.prefix),
                _ => continue,
            };
            for (name, value) in data {
                set(&mut env, format!("{prefix}{name}"), value);
            }
        }
        for variable in &container.env {
            let value = match &variable.value_from {
                Some(source) => match self.env_source(run, container, source)? {
                    Some(value) => value,
                    None => continue,
                },
                None => expand(&variable.value, &env),
            };
            set(&mut env, variable.name.clone(), value);
        }
        Ok(env)
    }

    fn env_source(
        &self,
        run: &PodRun,
        container: &Container,
        source: &EnvVarSource,
    ) -> Result<Option<String>, String> {
        let pod = &run.pod;
        if let Some(field) = &source.field_ref {
            let value = match field.field_path.as_str() {
                "status.podIP" | "status.podIPs" => run.ip().unwrap_or_default().to_string(),
                path => self.pod_field(pod, path).unwrap_or_default(),
            };
            return Ok(Some(value));
        }
        if let Some(field) = &source.resource_field_ref {
            let named = (!field.container_name.is_empty())
                .then(|| pod.spec.container(&field.container_name))
                .flatten();
            let value = self.resource_field(pod, named.unwrap_or(container), &field.resource);
            return Ok(Some(divided(value, field.divisor, &field.resource)));
        }
        let missing = |what: &str, key: &str, name: &str| {
            format!("couldn't find key {key} in {what} {}/{name}", pod.metadata.namespace)
        };
        if let Some(reference) = &source.config_map_key_ref {
            let data = self.config_data(pod, &reference.name, reference.optional)?;
            let value = data.get(&reference.key).cloned();
            if value.is_none() && reference.optional != Some(true) {
                return Err(missing("ConfigMap", &reference.key, &reference.name));
            }
            return Ok(value);
        }
        if let Some(reference) = &source.secret_key_ref {
            let data = self.secret_data(pod, &reference.name, reference.optional)?;
            let value = data.get(&reference.key).cloned();
            if value.is_none() && reference.optional != Some(true) {
                return Err(missing("Secret", &reference.key, &reference.name));
            }
            return Ok(value);
        }
        Ok(Some(String::new()))
    }

    fn config_data(&self, pod: &Pod, name: &str, optional: Option<bool>) -> Result<Labels, String> {
        match self.store.configs.get(&key(&pod.metadata.namespace, name)) {
            Some(config) => Ok(config.data.clone()),
            None if optional == Some(true) => Ok(Labels::new()),
            None => Err(format!("configmap \"{name}\" not found")),
        }
    }

    fn secret_data(&self, pod: &Pod, name: &str, optional: Option<bool>) -> Result<Labels, String> {
        let Some(secret) = self.store.secrets.get(&key(&pod.metadata.namespace, name)) else {
            let error = format!("secret \"{name}\" not found");
            return if optional == Some(true) { Ok(Labels::new()) } else { Err(error) };
        };
        let plain = |text: &String| {
            String::from_utf8_lossy(&unbase64(text).unwrap_or_default()).into_owned()
        };
        Ok(secret.data.iter().map(|(name, text)| (name.clone(), plain(text))).collect())
    }

    /// A field of a pod by the downward API's path.
    pub(super) fn pod_field(&self, pod: &Pod, path: &str) -> Option<String> {
        let meta = &pod.metadata;
        let quoted = |prefix: &str| {
            path.strip_prefix(prefix)?.strip_prefix("['")?.strip_suffix("']").map(str::to_string)
        };
        if let Some(label) = quoted("metadata.labels") {
            return Some(meta.labels.get(&label).cloned().unwrap_or_default());
        }
        if let Some(annotation) = quoted("metadata.annotations") {
            return Some(meta.annotations.get(&annotation).cloned().unwrap_or_default());
        }
        let host_ip = || {
            let node = self.kubelets.nodes.get(pod.spec.node_name.as_str());
            node.map(|node| node.ip.clone()).unwrap_or_default()
        };
        Some(match path {
            "metadata.name" => meta.name.clone(),
            "metadata.namespace" => meta.namespace.clone(),
            "metadata.uid" => meta.uid.clone(),
            "spec.nodeName" => pod.spec.node_name.clone(),
            "spec.serviceAccountName" => pod.spec.service_account_name.clone(),
            "status.hostIP" | "status.hostIPs" => host_ip(),
            "status.podIP" | "status.podIPs" => pod.status.pod_ip.clone(),
            _ => return None,
        })
    }

    /// A request or limit; without a limit the node's own amount counts.
    fn resource_field(&self, pod: &Pod, container: &Container, resource: &str) -> Quantity {
        let (kind, name) = resource.split_once('.').unwrap_or(("", resource));
        let resources = &container.resources;
        let own = if kind == "limits" { &resources.limits } else { &resources.requests };
        if let Some(amount) = own.get(name) {
            return *amount;
        }
        let node = self.store.nodes.get(&cluster_key(&pod.spec.node_name));
        let whole = node.and_then(|node| node.status.allocatable.get(name)).copied();
        if kind == "limits" { whole.unwrap_or_default() } else { Quantity::default() }
    }

    /// `<SERVICE>_SERVICE_HOST` and its likes. Models pkg/kubelet/envvars.
    fn service_links(&self, pod: &Pod) -> Env {
        let mut env = Vec::new();
        let has_address =
            |service: &Service| !service.is_headless() && !service.spec.cluster_ip.is_empty();
        let linked = pod.spec.enable_service_links != Some(false);
        for (at, service) in &self.store.services {
            let master = *at == key("default", "kubernetes");
            let near = at.namespace.as_str() == pod.metadata.namespace;
            if !has_address(service) || !(master || (linked && near)) {
                continue;
            }
            let name = service.metadata.name.to_uppercase().replace('-', "_");
            let ip = &service.spec.cluster_ip;
            let Some(first) = service.spec.ports.first() else { continue };
            set(&mut env, format!("{name}_SERVICE_HOST"), ip.clone());
            set(&mut env, format!("{name}_SERVICE_PORT"), first.port.to_string());
            for port in service.spec.ports.iter().filter(|port| !port.name.is_empty()) {
                let port_name = port.name.to_uppercase().replace('-', "_");
                set(&mut env, format!("{name}_SERVICE_PORT_{port_name}"), port.port.to_string());
            }
            for (index, port) in service.spec.ports.iter().enumerate() {
                let protocol = port.protocol.to_lowercase();
                let url = format!("{protocol}://{ip}:{}", port.port);
                if index == 0 {
                    set(&mut env, format!("{name}_PORT"), url.clone());
                }
                let prefix = format!("{name}_PORT_{}_{}", port.port, port.protocol);
                set(&mut env, prefix.clone(), url);
                set(&mut env, format!("{prefix}_PROTO"), protocol);
                set(&mut env, format!("{prefix}_PORT"), port.port.to_string());
                set(&mut env, format!("{prefix}_ADDR"), ip.clone());
            }
        }
        env
    }
}

/// Later ones win, at the place of the first.
fn set(env: &mut Env, name: String, value: String) {
    match env.iter_mut().find(|(known, _)| *known == name) {
        Some((_, old)) => *old = value,
        None => env.push((name, value)),
    }
}

/// An amount in units of a divisor, rounded up.
fn divided(amount: Quantity, divisor: Option<Quantity>, resource: &str) -> String {
    let unit = divisor.filter(|one| !one.is_zero()).unwrap_or_else(|| Quantity::whole(1));
    if resource.ends_with("cpu") {
        return (amount.millis())
            .div_euclid(unit.millis().max(1))
            .max(i64::from(amount.millis() > 0 && amount.millis() < unit.millis()))
            .to_string();
    }
    let (amount, unit) = (amount.value(), unit.value().max(1));
    (amount / unit + i64::from(amount % unit > 0)).to_string()
}

/// A probe's command, in which `$(NAME)` stands for what `env` itself says: nothing, where the
/// value is elsewhere. Models kubelet/container/helpers.go `ExpandContainerCommandOnlyStatic`.
pub(super) fn expand_probe(command: &[String], run: &PodRun, container: &str) -> Vec<String> {
    let declared = run.pod.spec.container(container);
    let variables = declared.map_or(&[][..], |container| &container.env);
    let env: Env = variables.iter().map(|one| (one.name.clone(), one.value.clone())).collect();
    command.iter().map(|text| expand(text, &env)).collect()
}

/// `$(NAME)` becomes the variable's value, `$$` becomes `$`, an unknown name stays as it is.
pub(super) fn expand(text: &str, env: &[(String, String)]) -> String {
    let known: SortedMap<&str, &str> =
        env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            result.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('(') {
            match after.split_once(')') {
                Some((name, tail)) => {
                    match known.get(name) {
                        Some(value) => result.push_str(value),
                        None => result.push_str(&format!("$({name})")),
                    }
                    rest = tail;
                }
                None => {
                    result.push_str("$(");
                    rest = after;
                }
            }
        } else {
            result.push('$');
        }
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_expanded_as_the_kubelet_does() {
        // The rows are those of third_party/forked/golang/expansion/expand_test.go.
        let env: Env = [("VAR_A", "A"), ("VAR_B", "B"), ("VAR_EMPTY", "")]
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .to_vec();
        let rows = [
            ("$(VAR_A)", "A"),
            ("___$(VAR_B)___", "___B___"),
            ("$$(VAR_B)_$(VAR_A)", "$(VAR_B)_A"),
            ("$$$$(VAR_A)", "$$(VAR_A)"),
            ("$$$(VAR_A)", "$A"),
            ("foo$(VAR_EMPTY)bar", "foobar"),
            ("$(VAR_DNE)", "$(VAR_DNE)"),
            ("$(VAR_A", "$(VAR_A"),
            ("$VAR_A", "$VAR_A"),
            ("$", "$"),
            ("$(", "$("),
            ("echo $((100 + $ordinal))", "echo $((100 + $ordinal))"),
        ];
        for (text, want) in rows {
            assert_eq!(expand(text, &env), want, "{text}");
        }
    }
}

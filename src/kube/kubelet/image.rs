//! Images. Models pkg/kubelet/images/image_manager.go: one pull at a time, back-off per pod and
//! image.

use std::sync::Arc;

use super::{BackOff, go_seconds};
use crate::base::base64::unbase64;
use crate::base::{ContainerName, ImageName, Millis, NodeName, PodUid, SimTime};
use crate::kube::cluster::{Cluster, later, tell};
use crate::kube::event::{normal, warning};
use crate::kube::options::{RegistryAnswer, full_reference, split_image};
use crate::kube::store::key;
use crate::kube::timing;
use crate::sim::{KubeAction, KubeTimer, Out};
use crate::trace::Via;
use crate::trace::fact::KubeFact;

/// A pull that is asked for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pull {
    /// What.
    pub image: ImageName,
    /// For which pod.
    pub pod: PodUid,
    /// For which of its containers.
    pub container: ContainerName,
    /// Since when it waits.
    pub asked: SimTime,
    /// Since when it runs.
    pub started: Option<SimTime>,
}

/// An image that a pod could not get.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Trouble {
    /// The wait before the next attempt.
    pub back_off: BackOff,
    /// The runtime's words.
    pub message: String,
}

/// Whether an image is on the node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is there.
    Here,
    /// It is not; the kubelet has done what can be done about that.
    Missing,
}

impl Cluster {
    /// Sees to it that a container's image is there. Models `EnsureImageExists`.
    pub(super) fn ensure_image(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        now: SimTime,
        out: &mut Out,
    ) -> Presence {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return Presence::Missing };
        let Some(spec) = run.pod.spec.container(name) else { return Presence::Missing };
        let image = spec.image.trim().to_string();
        if !is_reference(&image) {
            let text = format!(
                "Failed to apply default image tag \"{image}\": couldn't parse image name \
                 \"{image}\": invalid reference format"
            );
            self.container_event(uid, name, warning("InspectFailed", text.clone()), now);
            self.image_trouble(uid, name, "InvalidImageName", &text, now, out);
            return Presence::Missing;
        }
        let node = self.kubelets.nodes.get(&run.node);
        let present = node.is_some_and(|node| node.images.contains(&full_reference(&image)));
        let image_name = ImageName::from(image.as_str());
        if present && run.pull_trouble.get(&image_name).is_none_or(|one| one.message.is_empty()) {
            let pulled_now = run.pull_trouble.contains_key(&image_name);
            if spec.image_pull_policy != "Always" || pulled_now {
                if let Some(run) = self.run_mut(uid) {
                    run.pull_trouble.remove(&image_name);
                }
                if !pulled_now {
                    let text = format!(
                        "Container image \"{image}\" already present on machine and can be \
                         accessed by the pod"
                    );
                    self.container_event(uid, name, normal("Pulled", text), now);
                }
                return Presence::Here;
            }
        }
        if spec.image_pull_policy == "Never" {
            let text =
                format!("Container image \"{image}\" is not present with pull policy of Never");
            self.container_event(uid, name, warning("ErrImageNeverPull", text.clone()), now);
            self.image_trouble(uid, name, "ErrImageNeverPull", &text, now, out);
            return Presence::Missing;
        }
        self.pull(uid, name, &image_name, now, out);
        Presence::Missing
    }

    fn image_trouble(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        reason: &str,
        message: &str,
        now: SimTime,
        out: &mut Out,
    ) {
        self.container_event(uid, name, warning("Failed", format!("Error: {reason}")), now);
        let Some(run) = self.run_mut(uid) else { return };
        let pod = run.name();
        if let Some(container) = run.containers.get_mut(name) {
            let news = container.trouble.as_ref().is_none_or(|(was, _)| was != reason);
            container.trouble = Some((reason.to_string(), message.to_string()));
            if news {
                let (reason, message) = (reason.to_string(), message.to_string());
                tell(out, KubeFact::Trouble { pod, container: name.clone(), reason, message });
            }
        }
    }

    fn pull(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        image: &ImageName,
        now: SimTime,
        out: &mut Out,
    ) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        if let Some(trouble) = run.pull_trouble.get(image)
            && now.since(trouble.back_off.updated) < trouble.back_off.wait
        {
            let text = format!("Back-off pulling image \"{image}\"");
            self.container_event(uid, name, normal("BackOff", text.clone()), now);
            let message = format!("{text}: ErrImagePull: {}", trouble.message);
            self.image_trouble(uid, name, "ImagePullBackOff", &message, now, out);
            return;
        }
        self.missing_pull_secrets(uid, now);
        let text = format!("Pulling image \"{image}\"");
        self.container_event(uid, name, normal("Pulling", text), now);
        let kubelets = Arc::make_mut(&mut self.kubelets);
        let Some(node) = kubelets.nodes.get_mut(&run.node).map(Arc::make_mut) else { return };
        let waits = !node.pulls.is_empty();
        node.pulls.push(Pull {
            image: image.clone(),
            pod: uid.clone(),
            container: name.clone(),
            asked: now,
            started: None,
        });
        if let Some(run) = self.run_mut(uid) {
            run.pulling = Some(image.clone());
        }
        tell(
            out,
            KubeFact::PullBegins {
                pod: run.name(),
                node: run.node.clone(),
                image: image.clone(),
                waits,
            },
        );
        if !waits {
            self.begin_pull(&run.node, now, out);
        }
    }

    /// Whether one of the pod's pull secrets is for the image's registry, which then lets it in.
    fn has_pull_secret(&self, uid: &PodUid, image: &str) -> bool {
        let Some(run) = self.kubelets.pods.get(uid) else { return false };
        let full = full_reference(image);
        let host = full.split('/').next().unwrap_or_default();
        let host = if host == "docker.io" { "https://index.docker.io/v1/" } else { host };
        run.pod.spec.image_pull_secrets.iter().any(|one| {
            let secret = self.store.secrets.get(&key(&run.key.namespace, &one.name));
            let data = secret.and_then(|secret| secret.data.get(".dockerconfigjson"));
            let config = data.and_then(|text| unbase64(text));
            let config = config.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            config.is_some_and(|config: serde_json::Value| config["auths"].get(host).is_some())
        })
    }

    /// Models `recordMissingSecrets`: the kubelet warns, and tries all the same.
    fn missing_pull_secrets(&mut self, uid: &PodUid, now: SimTime) {
        let Some(run) = self.kubelets.pods.get(uid) else { return };
        let missing: Vec<&str> = run
            .pod
            .spec
            .image_pull_secrets
            .iter()
            .map(|one| one.name.as_str())
            .filter(|name| !self.store.secrets.contains_key(&key(&run.key.namespace, name)))
            .collect();
        if missing.is_empty() {
            return;
        }
        let text = format!(
            "Unable to retrieve some image pull secrets ({}); attempting to pull the image may not \
             succeed.",
            missing.join(", ")
        );
        self.pod_run_event(uid, warning("FailedToRetrieveImagePullSecret", text), now);
    }

    /// Starts the pull at the head of a node's queue.
    fn begin_pull(&mut self, node: &NodeName, now: SimTime, out: &mut Out) {
        let kubelets = Arc::make_mut(&mut self.kubelets);
        let Some(run) = kubelets.nodes.get_mut(node).map(Arc::make_mut) else { return };
        let present =
            |run: &super::NodeRun, image: &str| run.images.contains(&full_reference(image));
        let Some(image) = run.pulls.first().map(|pull| pull.image.clone()) else { return };
        let here = present(run, &image);
        run.pulls[0].started = Some(now);
        let (answer, option) = self.registry_answer(&image);
        let takes = match answer {
            RegistryAnswer::Found if here => timing::PULL_CHECK,
            RegistryAnswer::Found => option.map_or(timing::PULL_CHECK, |one| one.pull),
            RegistryAnswer::Unreachable => timing::PULL_UNREACHABLE,
            _ => timing::PULL_REFUSED,
        };
        let timer = KubeTimer::Pulled(node.clone(), image);
        later(out, KubeAction::Timer(timer), takes, Via::Timer);
    }

    /// The pull at the head of a node's queue is over.
    pub(in crate::kube) fn image_pulled(
        &mut self,
        node: &NodeName,
        image: &ImageName,
        now: SimTime,
        out: &mut Out,
    ) {
        let first = self.kubelets.nodes.get(node).and_then(|run| run.pulls.first());
        let let_in = first.is_some_and(|pull| self.has_pull_secret(&pull.pod, image));
        let (mut answer, option) = self.registry_answer(image);
        if answer == RegistryAnswer::Denied && let_in {
            answer = RegistryAnswer::Found;
        }
        let size = option.map_or(0, |one| one.size_bytes);
        let kubelets = Arc::make_mut(&mut self.kubelets);
        let Some(run) = kubelets.nodes.get_mut(node).map(Arc::make_mut) else { return };
        if run.lost || run.pulls.first().is_none_or(|pull| pull.image != *image) {
            return;
        }
        let pull = run.pulls.remove(0);
        if answer == RegistryAnswer::Found {
            run.images.insert(full_reference(image));
        }
        match failure_text(answer, image) {
            None => self.pull_succeeded(&pull, size, now, out),
            Some(message) => self.pull_failed(&pull, message, now, out),
        }
        if let Some(run) = self.run_mut(&pull.pod) {
            run.pulling = None;
            let sync = KubeAction::Sync(node.clone(), pull.pod.clone());
            later(out, sync, timing::WATCH, Via::Next);
        }
        self.begin_pull(node, now, out);
    }

    fn pull_succeeded(&mut self, pull: &Pull, size: u64, now: SimTime, out: &mut Out) {
        let took = now.since(pull.started.unwrap_or(now));
        let image = &pull.image;
        let text = format!(
            "Successfully pulled image \"{image}\" in {} ({} including waiting). \
             Image size: {size} bytes.",
            go_seconds(took),
            go_seconds(now.since(pull.asked))
        );
        self.container_event(&pull.pod, &pull.container, normal("Pulled", text), now);
        let Some(run) = self.run_mut(&pull.pod) else { return };
        let pod = run.name();
        // An empty message says: it was pulled just now, no need to ask again.
        let back_off = BackOff { wait: Millis::ZERO, updated: now };
        run.pull_trouble.insert(image.clone(), Trouble { back_off, message: String::new() });
        let (image, container) = (image.clone(), pull.container.clone());
        let known = self.options.copied(&image).map(|one| one.repository.clone());
        tell(out, KubeFact::PullDone { pod, container, image: image.clone(), took, size });
        if let Some(known) = known {
            tell(out, KubeFact::ImageTakenFor { image, known });
        }
    }

    fn pull_failed(&mut self, pull: &Pull, message: String, now: SimTime, out: &mut Out) {
        let image = &pull.image;
        let text = format!("Failed to pull image \"{image}\": {message}");
        self.container_event(&pull.pod, &pull.container, warning("Failed", text), now);
        self.image_trouble(&pull.pod, &pull.container, "ErrImagePull", &message, now, out);
        let is_held = self.options.copied(image).is_some() || self.options.has_repository(image);
        let Some(run) = self.run_mut(&pull.pod) else { return };
        let old = run.pull_trouble.get(image).map(|one| one.back_off);
        if old.is_none() && !is_held {
            tell(out, KubeFact::ImageNotModelled { image: image.clone() });
        }
        let back_off = BackOff::next(old, now, now);
        run.pull_trouble.insert(image.clone(), Trouble { back_off, message });
    }
}

/// What containerd says; `None`: the image is there.
fn failure_text(answer: RegistryAnswer, image: &str) -> Option<String> {
    let full = full_reference(image);
    let (repository, tag) = split_image(&full);
    let (host, path) = repository.split_once('/').unwrap_or((repository, ""));
    let resolve = format!(
        "failed to pull and unpack image \"{full}\": failed to resolve reference \"{full}\""
    );
    match answer {
        RegistryAnswer::Found => None,
        RegistryAnswer::NotFound => {
            Some(format!("rpc error: code = NotFound desc = {resolve}: {full}: not found"))
        }
        RegistryAnswer::Denied => Some(format!(
            "rpc error: code = Unknown desc = {resolve}: pull access denied, \
             repository does not exist or may require authorization: server message: \
             insufficient_scope: authorization failed"
        )),
        RegistryAnswer::Unreachable => {
            let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
            Some(format!(
                "rpc error: code = DeadlineExceeded desc = {resolve}: failed to do request: Head \
                 \"https://{host}/v2/{path}/manifests/{tag}\": dial tcp: i/o timeout"
            ))
        }
        RegistryAnswer::Schema1 => Some(format!(
            "rpc error: code = Unimplemented desc = failed to pull and unpack image \"{full}\": \
             not implemented: media type \
             \"application/vnd.docker.distribution.manifest.v1+prettyjws\" is no longer supported \
             since containerd v2.1, please rebuild the image as \
             \"application/vnd.docker.distribution.manifest.v2+json\" or \
             \"application/vnd.oci.image.manifest.v1+json\""
        )),
    }
}

/// Whether a text can be an image's name. Models distribution/reference, as far as people get it
/// wrong.
fn is_reference(image: &str) -> bool {
    let (repository, _) = split_image(image);
    let path = repository.split_once('/').map_or(repository, |(_, path)| path);
    !image.is_empty()
        && image.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte))
        && !path.bytes().any(|byte| byte.is_ascii_uppercase())
        && !repository.starts_with(['-', '.', '/'])
        && !image.ends_with([':', '/', '@'])
}

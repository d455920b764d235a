//! A pod's volumes on its node. Models pkg/kubelet/volumemanager and the plugins people use.

use crate::base::base64::unbase64;
use crate::base::{Blob, Millis, PodUid, SimTime, SortedMap, VolumeId};
use crate::kube::cluster::{Cluster, tell};
use crate::kube::event::warning;
use crate::kube::store::key;
use crate::kube::timing;
use crate::manifest::object::{KeyToPath, Labels, Pod, ProjectedVolume, Volume};
use crate::sim::{Effect, Out, VolumeShare, VolumeSpec};
use crate::trace::fact::KubeFact;
use crate::trace::{Site, SiteRole};

type Files = Vec<(String, Blob)>;

/// What a volume is on the node.
enum Source {
    /// It has to be made.
    Make(VolumeSpec),
    /// It is a disk that is here.
    Here(VolumeId),
    /// It is a disk that is not here yet.
    Away,
}

impl Cluster {
    pub(super) fn mount_volumes(&mut self, uid: &PodUid, now: SimTime, out: &mut Out) {
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        if run.mount_retry.is_some_and(|(_, retry)| now < retry) {
            return;
        }
        let mut made = Vec::new();
        let mut mounted = SortedMap::new();
        for volume in &run.pod.spec.volumes {
            match self.volume_source(&run.pod, volume) {
                Ok(Source::Away) => return,
                Ok(Source::Here(id)) => drop(mounted.insert(volume.name.clone(), id)),
                Ok(Source::Make(spec)) => {
                    mounted.insert(volume.name.clone(), spec.id.clone());
                    made.push(spec);
                }
                Err(error) => {
                    self.mount_failed(uid, &volume.name, &error, now, out);
                    return;
                }
            }
        }
        made.into_iter().for_each(|spec| out.ask(Effect::CreateVolume(spec)));
        self.share_volumes(&run.pod, &mounted, out);
        let shown: Vec<String> = run
            .pod
            .spec
            .volumes
            .iter()
            .map(|volume| volume.name.clone())
            .filter(|name| !name.starts_with("kube-api-access-"))
            .collect();
        for index in 0..shown.len() {
            let place = self.pod_place(&run.pod, &format!("spec.volumes[{index}]"));
            let own = run.pod.metadata.controller().is_none();
            if own || run.pod.spec.volumes[index].persistent_volume_claim.is_none() {
                out.mark(Site {
                    place: self.volume_place(&run.pod, index).unwrap_or(place),
                    role: SiteRole::Declared,
                });
            }
        }
        tell(out, KubeFact::Mounted { pod: run.name(), volumes: shown });
        self.grow_mounted(&run.pod, out);
        if let Some(run) = self.run_mut(uid) {
            run.volumes = Some(mounted);
            run.mount_retry = None;
            run.busy_until = now + timing::MOUNT;
        }
    }

    /// Where a pod's volume stands in its manifest: the controller put the claims before them.
    fn volume_place(&self, pod: &Pod, index: usize) -> Option<crate::trace::Place> {
        let set = self.set_of(pod)?;
        let claims = set.spec.volume_claim_templates.len();
        let index = index.checked_sub(claims)?;
        Some(self.pod_place(pod, &format!("spec.volumes[{index}]")))
    }

    fn mount_failed(
        &mut self,
        uid: &PodUid,
        volume: &str,
        error: &str,
        now: SimTime,
        out: &mut Out,
    ) {
        let message = format!("MountVolume.SetUp failed for volume \"{volume}\" : {error}");
        self.pod_run_event(uid, warning("FailedMount", message), now);
        let Some(run) = self.run_mut(uid) else { return };
        let count = run.mount_retry.map_or(0, |(count, _)| count);
        let wait = Millis(timing::MOUNT_RETRY.0 << count.min(16)).min(timing::MOUNT_RETRY_MAX);
        run.mount_retry = Some((count + 1, now + wait));
        if count == 0 {
            let pod = run.name();
            let (volume, message) = (volume.to_string(), error.to_string());
            tell(out, KubeFact::MountFailed { pod, volume, message });
        }
    }

    /// `fsGroup` gets the files of the volumes that can have an owner. Models `SetUp` of the
    /// plugins: those of a path of the node's are left alone.
    fn share_volumes(&self, pod: &Pod, mounted: &SortedMap<String, VolumeId>, out: &mut Out) {
        let Some(group) = fs_group(pod) else { return };
        let context = pod.spec.security_context.as_ref();
        let policy = context.and_then(|context| context.get("fsGroupChangePolicy"));
        let lazily = policy.and_then(|policy| policy.as_str()) == Some("OnRootMismatch");
        for volume in &pod.spec.volumes {
            let claim = volume.persistent_volume_claim.as_ref();
            let disk = claim
                .and_then(|claim| self.volume_of(&key(&pod.metadata.namespace, &claim.claim_name)));
            let of_node = disk.is_some_and(|disk| disk.spec.host_path.is_some());
            if volume.host_path.is_some() || of_node {
                continue;
            }
            let Some(id) = mounted.get(&volume.name).cloned() else { continue };
            let written = volume.empty_dir.is_some() || claim.is_some_and(|one| !one.read_only);
            out.ask(Effect::ShareVolume(VolumeShare { id, group, fixed: !written, lazily }));
        }
        tell(out, KubeFact::VolumesShared { pod: pod.metadata.name.as_str().into(), group });
    }

    fn volume_source(&self, pod: &Pod, volume: &Volume) -> Result<Source, String> {
        let namespace = &pod.metadata.namespace;
        if let Some(claim) = &volume.persistent_volume_claim {
            let Some(disk) = self.volume_of(&key(namespace, &claim.claim_name)) else {
                return Ok(Source::Away);
            };
            let node = pod.spec.node_name.as_str().into();
            let id = VolumeId::from(disk.metadata.name.as_str());
            return Ok(if self.is_attached(disk, &node) { Source::Here(id) } else { Source::Away });
        }
        let mut capacity = None;
        let mut id = VolumeId::from(format!("{}/{}", pod.metadata.uid, volume.name));
        let mut files = Vec::new();
        if let Some(config) = &volume.config_map {
            let optional = config.optional == Some(true);
            files = self.config_files(namespace, &config.name, &config.items, optional)?;
        } else if let Some(secret) = &volume.secret {
            let optional = secret.optional == Some(true);
            files = self.secret_files(namespace, &secret.secret_name, &secret.items, optional)?;
        } else if let Some(projected) = &volume.projected {
            files = self.projected_files(pod, projected)?;
        } else if let Some(downward) = &volume.downward_api {
            files = self.downward_files(pod, downward.get("items"));
        } else if let Some(empty) = &volume.empty_dir {
            capacity = empty.size_limit.and_then(|limit| u64::try_from(limit.value()).ok());
        } else if let Some(path) = &volume.host_path {
            id = VolumeId::from(format!("{}:{}", pod.spec.node_name, path.path));
        }
        // Those of the kubelet's own are emptyDirs at first, secrets in memory.
        let mode = match volume {
            _ if volume.host_path.is_some() => 0o755,
            _ if volume.secret.is_some() || volume.projected.is_some() => 0o1777,
            _ => 0o777,
        };
        Ok(Source::Make(VolumeSpec { id, files, capacity, mode }))
    }

    fn config_files(
        &self,
        namespace: &str,
        name: &str,
        items: &[KeyToPath],
        optional: bool,
    ) -> Result<Files, String> {
        let Some(config) = self.store.configs.get(&key(namespace, name)) else {
            let error = format!("configmap \"{name}\" not found");
            return if optional { Ok(Vec::new()) } else { Err(error) };
        };
        let mut all: SortedMap<&String, Blob> =
            config.data.iter().map(|(name, text)| (name, Blob::from(text.as_str()))).collect();
        for (name, text) in &config.binary_data {
            all.insert(name, Blob::from(unbase64(text).unwrap_or_default()));
        }
        pick(all, items, optional)
            .map_err(|key| format!("references non-existent config key: {key}"))
    }

    fn secret_files(
        &self,
        namespace: &str,
        name: &str,
        items: &[KeyToPath],
        optional: bool,
    ) -> Result<Files, String> {
        let Some(secret) = self.store.secrets.get(&key(namespace, name)) else {
            let error = format!("secret \"{name}\" not found");
            return if optional { Ok(Vec::new()) } else { Err(error) };
        };
        let all = secret
            .data
            .iter()
            .map(|(name, text)| (name, Blob::from(unbase64(text).unwrap_or_default())))
            .collect();
        pick(all, items, optional)
            .map_err(|key| format!("references non-existent secret key: {key}"))
    }

    fn projected_files(&self, pod: &Pod, projected: &ProjectedVolume) -> Result<Files, String> {
        let namespace = &pod.metadata.namespace;
        let mut files = Vec::new();
        for source in &projected.sources {
            if let Some(config) = &source.config_map {
                let optional = config.optional == Some(true);
                files.extend(self.config_files(
                    namespace,
                    &config.name,
                    &config.items,
                    optional,
                )?);
            }
            if let Some(secret) = &source.secret {
                let optional = secret.optional == Some(true);
                files.extend(self.secret_files(
                    namespace,
                    &secret.name,
                    &secret.items,
                    optional,
                )?);
            }
            if let Some(downward) = &source.downward_api {
                files.extend(self.downward_files(pod, downward.get("items")));
            }
            if let Some(token) = &source.service_account_token {
                let path = token.get("path").and_then(|path| path.as_str()).unwrap_or("token");
                // A real token is about 1 kB of base64; nobody reads it here.
                files.push((path.to_string(), Blob::hole(1_024)));
            }
        }
        Ok(files)
    }

    fn downward_files(&self, pod: &Pod, items: Option<&serde_json::Value>) -> Files {
        let items = items.and_then(|items| items.as_array()).map_or(&[][..], Vec::as_slice);
        let file = |item: &serde_json::Value| {
            let path = item.get("path")?.as_str()?.to_string();
            let field = item.pointer("/fieldRef/fieldPath")?.as_str()?;
            let text = match field {
                "metadata.labels" => listed(&pod.metadata.labels),
                "metadata.annotations" => listed(&pod.metadata.annotations),
                _ => self.pod_field(pod, field)?,
            };
            Some((path, Blob::from(text)))
        };
        items.iter().filter_map(file).collect()
    }
}

/// `securityContext.fsGroup`.
pub(super) fn fs_group(pod: &Pod) -> Option<u32> {
    let group = pod.spec.security_context.as_ref()?.get("fsGroup")?.as_i64()?;
    u32::try_from(group).ok()
}

/// Labels as the downward API writes them into a file.
fn listed(labels: &Labels) -> String {
    let rows: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    rows.join("\n")
}

/// All keys, or those that are asked for; the error is a key that is not there.
fn pick(
    mut all: SortedMap<&String, Blob>,
    items: &[KeyToPath],
    optional: bool,
) -> Result<Files, String> {
    if items.is_empty() {
        return Ok(all.into_iter().map(|(name, content)| (name.clone(), content)).collect());
    }
    let mut files = Vec::new();
    for item in items {
        match all.remove(&item.key) {
            Some(content) => files.push((item.path.clone(), content)),
            None if optional => {}
            None => return Err(item.key.clone()),
        }
    }
    Ok(files)
}

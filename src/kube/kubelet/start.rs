//! A container is made and started. Models kuberuntime_container.go `startContainer`.

use super::env::expand;
use super::image::Presence;
use super::mount::fs_group;
use super::{BackOff, PodRun, State};
use crate::base::{ContainerId, ContainerName, PodUid, SimTime};
use crate::kube::cluster::{Cluster, tell};
use crate::kube::event::{normal, warning};
use crate::kube::options::Options;
use crate::manifest::object::Container;
use crate::sim::{ContainerSpec, Effect, Mount, Out, RunAs};
use crate::trace::fact::KubeFact;
use crate::trace::{Site, SiteRole};
use serde_json::Value;

/// A field of the container's `securityContext`, or else of the pod's.
fn said<'a>(run: &'a PodRun, container: &'a Container, field: &str) -> Option<&'a Value> {
    let both = [&container.security_context, &run.pod.spec.security_context];
    both.into_iter().flatten().filter_map(|one| one.get(field)).find(|value| !value.is_null())
}

/// Whom a container's processes run as. Models `convertToRuntimeSecurityContext`, and of
/// `GetExtraSupplementalGroupsForPod` what concerns the pod.
fn run_as(run: &PodRun, container: &Container) -> RunAs {
    let number = |value: &Value| value.as_i64().and_then(|id| u32::try_from(id).ok());
    let one = |field: &str| said(run, container, field).and_then(number);
    let pod = run.pod.spec.security_context.as_ref();
    let groups = pod.and_then(|pod| pod.get("supplementalGroups")).and_then(Value::as_array);
    let mut groups: Vec<u32> = groups.into_iter().flatten().filter_map(number).collect();
    groups.extend(fs_group(&run.pod));
    RunAs { user: one("runAsUser"), group: one("runAsGroup"), groups }
}

/// Refuses root where `runAsNonRoot` does: `verifyRunAsNonRoot` of security_context_others.go. What
/// the container says goes before what the pod says.
fn verify_non_root(run: &PodRun, container: &Container) -> Result<(), String> {
    if said(run, container, "runAsNonRoot").and_then(Value::as_bool) != Some(true) {
        return Ok(());
    }
    let why = match said(run, container, "runAsUser").and_then(Value::as_i64) {
        Some(0) => "container's runAsUser breaks non-root policy",
        None if Options::runs_as_root(&container.image) => {
            "container has runAsNonRoot and image will run as root"
        }
        _ => return Ok(()),
    };
    let (meta, name) = (&run.pod.metadata, &container.name);
    let pod = format!("{}_{}({})", meta.name, meta.namespace, meta.uid);
    Err(format!("{why} (pod: {pod:?}, container: {name})"))
}

impl Cluster {
    /// Makes and starts a container, or does what has to be done before.
    pub(super) fn start(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        now: SimTime,
        out: &mut Out,
    ) {
        if self.ensure_image(uid, name, now, out) == Presence::Missing {
            return;
        }
        let Some(run) = self.kubelets.pods.get(uid).cloned() else { return };
        let Some(container) = run.pod.spec.container(name).cloned() else { return };
        let attempt = run.container(name).map_or(0, |one| one.next_attempt);
        let id = ContainerId { pod: uid.clone(), name: name.clone(), attempt };
        let spec = match self.container_spec(&run, &container, id) {
            Ok(spec) => spec,
            Err(error) => {
                self.config_error(uid, name, &error, now, out);
                return;
            }
        };
        if let Some(run) = self.run_mut(uid)
            && let Some(one) = run.containers.get_mut(name)
        {
            if let State::Exited(exit) = std::mem::take(&mut one.state) {
                one.back_off = Some(BackOff::next(one.back_off, exit.at, now));
                one.last = Some(exit);
            }
            one.state = State::Starting;
            one.next_attempt += 1;
            one.trouble = None;
        }
        self.container_event(uid, name, normal("Created", "Container created"), now);
        if let Some(path) = run.pod.spec.path_of(name) {
            let place = self.pod_place(&run.pod, &format!("spec.{path}"));
            out.mark(Site { place, role: SiteRole::Declared });
        }
        out.ask(Effect::RunContainer(Box::new(spec)));
    }

    fn config_error(
        &mut self,
        uid: &PodUid,
        name: &ContainerName,
        error: &str,
        now: SimTime,
        out: &mut Out,
    ) {
        let text = format!("Error: {error}");
        self.container_event(uid, name, warning("Failed", text), now);
        let Some(run) = self.run_mut(uid) else { return };
        let pod = run.name();
        let Some(one) = run.containers.get_mut(name) else { return };
        let reason = "CreateContainerConfigError".to_string();
        let news = one.trouble.is_none();
        one.trouble = Some((reason.clone(), error.to_string()));
        if news {
            let (container, message) = (name.clone(), error.to_string());
            tell(out, KubeFact::Trouble { pod, container, reason, message });
        }
    }

    fn container_spec(
        &self,
        run: &PodRun,
        container: &Container,
        id: ContainerId,
    ) -> Result<ContainerSpec, String> {
        let env = self.environment(run, container)?;
        verify_non_root(run, container)?;
        let expanded = |texts: &[String]| -> Option<Vec<String>> {
            (!texts.is_empty()).then(|| texts.iter().map(|text| expand(text, &env)).collect())
        };
        let volumes = run.volumes.clone().unwrap_or_default();
        let mut mounts = Vec::new();
        for mount in &container.volume_mounts {
            let Some(volume) = volumes.get(&mount.name) else { continue };
            let sub_path = if mount.sub_path_expr.is_empty() {
                mount.sub_path.clone()
            } else {
                expand(&mount.sub_path_expr, &env)
            };
            let source = run.pod.spec.volumes.iter().find(|one| one.name == mount.name);
            let fixed = source.is_some_and(|one| {
                one.config_map.is_some()
                    || one.secret.is_some()
                    || one.projected.is_some()
                    || one.persistent_volume_claim.as_ref().is_some_and(|one| one.read_only)
            });
            mounts.push(Mount {
                path: mount.mount_path.clone(),
                volume: volume.clone(),
                sub_path: (!sub_path.is_empty()).then_some(sub_path),
                read_only: mount.read_only || fixed,
            });
        }
        Ok(ContainerSpec {
            id,
            pod: run.name(),
            image: container.image.trim().into(),
            command: expanded(&container.command),
            args: expanded(&container.args),
            env,
            mounts,
            working_dir: (!container.working_dir.is_empty()).then(|| container.working_dir.clone()),
            stdin: container.stdin,
            tty: container.tty,
            run_as: run_as(run, container),
        })
    }
}

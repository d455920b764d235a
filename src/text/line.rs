//! A step as one line: for the native runner and the goldens.

use serde_json::json;

use super::{Lang, Phrase, fact};
use crate::base::digest::Fingerprint;
use crate::trace::{Actor, Place, Step};
use crate::view::scene::Scene;

/// The columns: number, time, who, which line of which file, what it means.
pub fn columns(lang: Lang, step: &Step, place: &str) -> String {
    let said: Vec<String> = step.facts.iter().map(|one| fact(lang, one).plain()).collect();
    let line = format!(
        "{:>5}  {:>9}  {:<30}  {:<32}  {}",
        step.id.index,
        step.at.to_string(),
        actor(&step.actor),
        place,
        said.join(" ")
    );
    line.trim_end().to_string()
}

/// The same as a JSON object.
pub fn json(lang: Lang, step: &Step, place: &str) -> String {
    let said: Vec<String> = step.facts.iter().map(|one| fact(lang, one).plain()).collect();
    let causes: Vec<_> = step
        .causes
        .iter()
        .map(|cause| json!({ "step": cause.step.index, "via": format!("{:?}", cause.via) }))
        .collect();
    let sites: Vec<_> = step
        .sites
        .iter()
        .map(|site| json!({ "role": site.role.name(), "place": place_name(&site.place) }))
        .collect();
    json!({
        "step": step.id.index,
        "at_ms": step.at.0,
        "actor": actor(&step.actor),
        "causes": causes,
        "sites": sites,
        "place": place,
        "says": said,
        "facts": step.facts.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>(),
        "after": step.after.to_string(),
    })
    .to_string()
}

/// Who acted, as `kind/name`.
pub fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Learner => "learner".into(),
        Actor::ApiServer => "apiserver".into(),
        Actor::StatefulSetController => "statefulset-controller".into(),
        Actor::EndpointsController => "endpointslice-controller".into(),
        Actor::VolumeController => "persistentvolume-controller".into(),
        Actor::Controller(name) => (*name).into(),
        Actor::Scheduler => "scheduler".into(),
        Actor::Kubelet(node) => format!("kubelet/{node}"),
        Actor::Process { pod, container, program, .. } => format!("{pod}/{container}:{program}"),
        Actor::Network => "network".into(),
        Actor::Fault => "fault".into(),
    }
}

fn place_name(place: &Place) -> String {
    match place {
        Place::Field { kind, object, path } if path.is_empty() => format!("{kind}/{object}"),
        Place::Field { path, .. } => path.clone(),
        Place::Script { container, start, end, .. } => format!("{container}[{start}..{end}]"),
    }
}

struct Totals {
    ready: u64,
    pods: u64,
    replicating: u64,
    replicas: u64,
}

fn totals(scene: &Scene) -> Totals {
    let members = || scene.pods.values().filter(|pod| pod.ordinal.is_some());
    let replicas = || members().filter_map(|pod| pod.mysql.as_ref()?.replica.as_ref());
    let runs = |text: &str| text == "Yes";
    Totals {
        ready: members().filter(|pod| pod.is_ready).count() as u64,
        pods: scene.sets.iter().map(|set| u64::from(set.replicas)).sum(),
        replicating: replicas()
            .filter(|replica| runs(&replica.io_running) && runs(&replica.sql_running))
            .count() as u64,
        replicas: scene.sets.iter().map(|set| u64::from(set.replicas.saturating_sub(1))).sum(),
    }
}

/// The last line of a run: steps, virtual time, pods ready, replicas replicating, fingerprint.
pub fn summary(lang: Lang, scene: &Scene, steps: u32, fingerprint: Fingerprint) -> String {
    let Totals { ready, pods, replicating, replicas } = totals(scene);
    let at = scene.at;
    let say = Phrase::new();
    let said = match lang {
        Lang::En => say.text(format!(
            "summary: {steps} steps, {at} virtual time, {ready}/{pods} pods ready, \
             {replicating}/{replicas} replicas replicating, fingerprint {fingerprint}"
        )),
        Lang::Zh => say.text(format!(
            "小结：{steps} 步，虚拟时间 {at}，{ready}/{pods} 个 Pod 就绪，\
             {replicating}/{replicas} 个副本正在复制，指纹 {fingerprint}"
        )),
    };
    said.plain()
}

/// The same as a JSON object.
pub fn summary_json(scene: &Scene, steps: u32, fingerprint: Fingerprint) -> String {
    let Totals { ready, pods, replicating, replicas } = totals(scene);
    json!({
        "steps": steps,
        "virtual_time_ms": scene.at.0,
        "pods_ready": ready,
        "pods": pods,
        "replicas_replicating": replicating,
        "replicas": replicas,
        "fingerprint": fingerprint.to_string(),
    })
    .to_string()
}

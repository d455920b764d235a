//! Nodes. Models `describeNode` and `describeNodeResource`.

use super::labels;
use crate::base::{SimTime, SortedMap};
use crate::kube::print::duration::since;
use crate::kube::print::kinds::or_none;
use crate::kube::print::pod::taint_text;
use crate::kube::print::tabs::Tabs;
use crate::kube::store::Store;
use crate::manifest::object::{Container, Node, Pod, PodSpec, Quantity};

pub(super) fn node(tabs: &mut Tabs, store: &Store, node: &Node, now: SimTime) {
    let meta = &node.metadata;
    let roles: Vec<&str> = meta
        .labels
        .keys()
        .filter_map(|label| label.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    tabs.pair(0, "Name", &meta.name);
    tabs.pair(0, "Roles", &or_none(&roles.join(",")));
    labels(tabs, "Labels", &meta.labels);
    labels(tabs, "Annotations", &meta.annotations);
    let created = meta.creation_timestamp.map(|time| time.rfc1123z()).unwrap_or_default();
    tabs.pair(0, "CreationTimestamp", &created);
    let taints: Vec<String> = node.spec.taints.iter().map(taint_text).collect();
    tabs.pair(0, "Taints", &or_none(&taints.join("\n\t")));
    tabs.pair(0, "Unschedulable", &node.spec.unschedulable.to_string());
    let heard = node.status.conditions.iter().filter_map(|one| one.last_heartbeat_time).max();
    tabs.line(0, "Lease:");
    tabs.pair(1, "HolderIdentity", &meta.name);
    tabs.pair(1, "AcquireTime", "<unset>");
    tabs.pair(1, "RenewTime", &heard.map_or("<unset>".to_string(), |time| time.rfc1123z()));
    tabs.line(0, "Conditions:");
    tabs.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    tabs.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for one in &node.status.conditions {
        let beat = one.last_heartbeat_time.map(|time| time.rfc1123z()).unwrap_or_default();
        let at = one.last_transition_time.map(|time| time.rfc1123z()).unwrap_or_default();
        tabs.line(
            1,
            &format!(
                "{} \t{} \t{beat} \t{at} \t{} \t{}",
                one.kind, one.status, one.reason, one.message
            ),
        );
    }
    tabs.line(0, "Addresses:");
    for address in &node.status.addresses {
        tabs.pair(1, &address.kind, &address.address);
    }
    for (title, amounts) in
        [("Capacity", &node.status.capacity), ("Allocatable", &node.status.allocatable)]
    {
        tabs.line(0, &format!("{title}:"));
        for (name, amount) in amounts {
            tabs.pair(1, name, &amount.to_string());
        }
    }
    system(tabs, node);
    pods(tabs, store, node, now);
}

fn system(tabs: &mut Tabs, node: &Node) {
    let info = &node.status.node_info;
    tabs.line(0, "System Info:");
    let rows = [
        ("Machine ID", &info.machine_id),
        ("System UUID", &info.system_uuid),
        ("Boot ID", &info.boot_id),
        ("Kernel Version", &info.kernel_version),
        ("OS Image", &info.os_image),
        ("Operating System", &info.operating_system),
        ("Architecture", &info.architecture),
        ("Container Runtime Version", &info.container_runtime_version),
        ("Kubelet Version", &info.kubelet_version),
        ("Kube-Proxy Version", &info.kube_proxy_version),
    ];
    rows.iter().for_each(|(name, text)| tabs.pair(1, name, text));
    let spec = &node.spec;
    let rows = [
        ("PodCIDR", spec.pod_cidr.clone()),
        ("PodCIDRs", spec.pod_cidrs.join(",")),
        ("ProviderID", spec.provider_id.clone()),
    ];
    for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
        tabs.pair(0, name, text);
    }
}

/// What a pod may use: all containers together, or its hungriest init container.
fn total(
    spec: &PodSpec,
    of: fn(&Container) -> &SortedMap<String, Quantity>,
    name: &str,
) -> Quantity {
    let get = |one: &Container| of(one).get(name).copied().unwrap_or_default();
    let sidecars = spec.init_containers.iter().filter(|one| one.is_restartable_init());
    let sum = spec
        .containers
        .iter()
        .chain(sidecars)
        .fold(Quantity::default(), |sum, one| sum.plus(get(one)));
    let inits = spec.init_containers.iter().filter(|one| !one.is_restartable_init());
    sum.max(inits.map(get).max().unwrap_or_default())
}

fn requests(one: &Container) -> &SortedMap<String, Quantity> {
    &one.resources.requests
}

fn limits(one: &Container) -> &SortedMap<String, Quantity> {
    &one.resources.limits
}

fn pods(tabs: &mut Tabs, store: &Store, node: &Node, now: SimTime) {
    let pods: Vec<&Pod> = store
        .pods
        .values()
        .map(|pod| &**pod)
        .filter(|pod| pod.spec.node_name == node.metadata.name)
        .filter(|pod| !crate::kube::write::is_terminal(pod))
        .collect();
    let share = |amount: Quantity, name: &str| {
        let all = node.status.allocatable.get(name).map_or(0, |one| one.millis());
        let percent = if all > 0 { i128::from(amount.millis()) * 100 / i128::from(all) } else { 0 };
        format!("{amount} ({percent}%)")
    };
    tabs.line(0, &format!("Non-terminated Pods:\t({} in total)", pods.len()));
    tabs.line(
        1,
        "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge",
    );
    tabs.line(
        1,
        "---------\t----\t\t------------\t----------\t---------------\t-------------\t---",
    );
    for pod in &pods {
        let cells: Vec<String> = ["cpu", "memory"]
            .iter()
            .flat_map(|name| {
                [
                    share(total(&pod.spec, requests, name), name),
                    share(total(&pod.spec, limits, name), name),
                ]
            })
            .collect();
        let (meta, age) = (&pod.metadata, since(pod.metadata.creation_timestamp, now));
        tabs.line(1, &format!("{}\t{}\t\t{}\t{age}", meta.namespace, meta.name, cells.join("\t")));
    }
    tabs.line(0, "Allocated resources:");
    tabs.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)");
    tabs.line(1, "Resource\tRequests\tLimits");
    tabs.line(1, "--------\t--------\t------");
    for name in ["cpu", "memory", "ephemeral-storage"] {
        let sum = |of: fn(&Container) -> &SortedMap<String, Quantity>| {
            pods.iter().fold(Quantity::default(), |sum, pod| sum.plus(total(&pod.spec, of, name)))
        };
        tabs.line(
            1,
            &format!("{name}\t{}\t{}", share(sum(requests), name), share(sum(limits), name)),
        );
    }
}

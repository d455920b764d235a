//! What a kubelet, the scheduler and the network make of pods: states, Events, addresses.

use ordinal::base::{Millis, Namespace, ServiceName};
use ordinal::kube::{ApplyResult, ImageOption, Options, RegistryAnswer, Route, key, pod_columns};
use ordinal::manifest::object::Object;
use ordinal::trace::fact::NoName;
use serde_json::{Value, json};

use super::driver::{Driver, Plan};

/// A cluster with these objects.
fn with(objects: &[Value]) -> Driver {
    with_options(Options::default(), objects)
}

fn with_options(options: Options, objects: &[Value]) -> Driver {
    let mut driver = Driver::with(options);
    for value in objects {
        let object = Object::from_value(value).expect("the object has the right types");
        assert_eq!(driver.apply(&object), ApplyResult::Created, "{value}");
    }
    driver
}

/// A pod of one container `c`; `spec` is merged into it.
fn pod(spec: &Value) -> Value {
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "p", "namespace": "default", "labels": {"app": "p"}},
        "spec": {"containers": [{"name": "c", "image": "mysql:5.7"}]}});
    ordinal::kube::merge_patch(&mut pod["spec"], spec, false);
    pod
}

fn container(more: &Value) -> Value {
    let mut one = json!({"name": "c", "image": "mysql:5.7"});
    ordinal::kube::merge_patch(&mut one, more, false);
    json!({ "containers": [one] })
}

fn status(driver: &Driver) -> String {
    let columns = pod_columns(driver.pod("p").expect("the pod is there"));
    format!("{}/{} {}", columns.ready.0, columns.ready.1, columns.status)
}

/// Runs until the pod's columns are these.
fn reaches(driver: &mut Driver, want: &str) {
    let held = driver
        .run_until(Millis::secs(900), |driver| driver.pod("p").is_some() && status(driver) == want);
    assert!(held, "{want}: {}\n{}", status(driver), driver.events().join("\n"));
}

fn has_event(driver: &Driver, event: &str) {
    let events = driver.events();
    assert!(events.iter().any(|one| one == event), "{event}\n{}", events.join("\n"));
}

#[test]
fn a_sidecar_starts_before_and_ends_after_the_others() {
    let spec = json!({"initContainers": [
        {"name": "side", "image": "mysql:5.7", "restartPolicy": "Always"},
        {"name": "once", "image": "mysql:5.7"}]});
    let mut driver = with(&[pod(&spec)]);
    driver.plans.insert("once".to_string(), Plan::End { after: Millis(500), code: 0 });
    reaches(&mut driver, "1/2 Init:1/2");
    reaches(&mut driver, "2/2 Running");
    driver.crash("p", "side", 1);
    reaches(&mut driver, "1/2 Init:Error");
    reaches(&mut driver, "2/2 Running");
    driver.delete_pod("p");
    assert!(driver.run_until(Millis::secs(60), |driver| driver.pod("p").is_none()));
    let kills: Vec<String> =
        driver.events().into_iter().filter(|event| event.contains("Killing")).collect();
    assert_eq!(
        kills,
        [
            "Normal Killing Pod/p: Stopping container c",
            "Normal Killing Pod/p: Stopping container side"
        ]
    );
}

#[test]
fn hooks_run_and_fail() {
    let hooks = json!({"lifecycle": {"postStart": {"exec": {"command": ["x"]}}}});
    let mut driver = with(&[pod(&container(&hooks))]);
    driver.failing_hooks = true;
    let held = driver.run_until(Millis::secs(60), |driver| {
        driver.events().iter().any(|event| event.contains("FailedPostStartHook"))
    });
    assert!(held, "{}", driver.events().join("\n"));
    has_event(&driver, "Warning FailedPostStartHook Pod/p: PostStartHook failed");
    let hooks = json!({"lifecycle": {"preStop": {"sleep": {"seconds": 7}}}});
    let mut driver = with(&[pod(&container(&hooks))]);
    reaches(&mut driver, "1/1 Running");
    let asked = driver.now;
    driver.delete_pod("p");
    assert!(driver.run_until(Millis::secs(60), |driver| driver.pod("p").is_none()));
    assert!(driver.now.since(asked) >= Millis::secs(7), "the hook comes first");
}

/// A GET is sent; a connection alone is something no kubelet can make.
#[test]
fn hooks_that_ask_over_the_network_run_and_fail() {
    let rows = [
        (json!({"httpGet": {"path": "/up", "port": 80}}), false, None),
        (json!({"httpGet": {"path": "/up", "port": 80}}), true, Some("failed")),
        (json!({"httpGet": {"path": "/up", "port": "nobody"}}), false, Some("failed")),
        (json!({"tcpSocket": {"port": 80}}), false, Some("failed")),
    ];
    for (hook, failing, want) in rows {
        for (when, reason) in
            [("postStart", "FailedPostStartHook"), ("preStop", "FailedPreStopHook")]
        {
            let mut driver = with(&[pod(&container(&json!({"lifecycle": {when: hook}})))]);
            driver.failing_hooks = failing;
            let is_there = |driver: &Driver| driver.events().iter().any(|one| one.contains(reason));
            driver.run_until(Millis::secs(10), is_there);
            if when == "preStop" {
                driver.delete_pod("p");
                assert!(driver.run_until(Millis::secs(60), |driver| driver.pod("p").is_none()));
            }
            assert_eq!(is_there(&driver), want.is_some(), "{when} {hook} {:?}", driver.events());
        }
    }
}

/// Answers are as old as the DNS server's Corefile lets them be, yes and no alike.
#[test]
fn the_dns_server_keeps_answers_as_long_as_its_corefile_says() {
    let from = Namespace::from("default");
    let probe = json!({"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}});
    let mut spec = container(&probe);
    spec["hostname"] = json!("p");
    spec["subdomain"] = json!("s");
    let corefile = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "coredns", "namespace": "kube-system"},
        "data": {"Corefile": ".:53 {\n kubernetes cluster.local {\n ttl 30\n }\n cache 30\n}"}});
    let mut driver = with(&[service(&json!({"clusterIP": "None"})), pod(&spec)]);
    let corefile = Object::from_value(&corefile).expect("it is a ConfigMap");
    assert_eq!(driver.apply(&corefile), ApplyResult::Configured);
    let ask = |driver: &mut Driver| {
        let now = driver.now;
        let found = driver.cluster.resolve(&from, "p.s", now).is_ok();
        driver.does(|cluster, now, _| cluster.remember(&from, "p.s", now));
        found
    };
    reaches(&mut driver, "1/1 Running");
    driver.run_until(Millis::secs(3), |_| false);
    assert!(ask(&mut driver));
    driver.unready = vec!["p".to_string()];
    reaches(&mut driver, "0/1 Running");
    driver.run_until(Millis::secs(3), |_| false);
    assert!(ask(&mut driver), "it is in the cache");
    driver.run_until(Millis::secs(31), |_| false);
    assert!(!ask(&mut driver));
    driver.unready.clear();
    reaches(&mut driver, "1/1 Running");
    driver.run_until(Millis::secs(3), |_| false);
    assert!(!ask(&mut driver), "that there was nobody is in the cache too");
    driver.run_until(Millis::secs(31), |_| false);
    assert!(ask(&mut driver));
}

#[test]
fn a_container_that_needs_too_much_memory_is_killed() {
    let mut driver = with(&[pod(&json!({}))]);
    reaches(&mut driver, "1/1 Running");
    let id = driver.running_of("p", "c").expect("it runs");
    driver.does(|cluster, now, out| cluster.container_out_of_memory(&id, now, out));
    reaches(&mut driver, "0/1 OOMKilled");
    reaches(&mut driver, "1/1 Running");
    let last = &driver.pod("p").expect("it is there").status.container_statuses[0].last_state;
    let end = last.terminated.as_ref().expect("it has ended");
    assert_eq!((end.exit_code, end.reason.as_str()), (137, "OOMKilled"));
}

#[test]
fn missing_configuration_is_named() {
    let env = json!({"env": [{"name": "A", "valueFrom":
        {"configMapKeyRef": {"name": "nosuch", "key": "k"}}}]});
    let mut driver = with(&[pod(&container(&env))]);
    reaches(&mut driver, "0/1 CreateContainerConfigError");
    has_event(&driver, "Warning Failed Pod/p: Error: configmap \"nosuch\" not found");
    let volume = json!({"volumes": [{"name": "v", "secret": {"secretName": "nosuch"}}]});
    let mut driver = with(&[pod(&volume)]);
    reaches(&mut driver, "0/1 ContainerCreating");
    driver.run_until(Millis::secs(20), |_| false);
    has_event(
        &driver,
        "Warning FailedMount Pod/p: MountVolume.SetUp failed for volume \"v\" : secret \"nosuch\" \
         not found",
    );
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "nosuch"}});
    driver.apply(&Object::from_value(&secret).expect("a Secret"));
    reaches(&mut driver, "1/1 Running");
}

#[test]
fn root_is_refused_where_the_manifest_does() {
    let user = |user: i64| json!({"runAsNonRoot": true, "runAsUser": user});
    let non_root = json!({"runAsNonRoot": true});
    let image = Some("container has runAsNonRoot and image will run as root");
    let broken = Some("container's runAsUser breaks non-root policy");
    let percona = "percona/percona-xtrabackup:8.0";
    // Of the pod, of the container, the image, what is said. `verifyRunAsNonRoot` (1.36).
    for (of_pod, of_container, name, want) in [
        (json!({"runAsNonRoot": false}), json!({}), "mysql:5.7", None),
        (non_root.clone(), json!({}), "mysql:5.7", image),
        (json!({}), non_root.clone(), "mysql:5.7", image),
        (non_root.clone(), json!({"runAsNonRoot": false}), "mysql:5.7", None),
        (non_root.clone(), json!({"runAsUser": 999}), "mysql:5.7", None),
        (user(999), json!({"runAsUser": 0}), "mysql:5.7", broken),
        (user(0), json!({}), percona, broken),
        (non_root, json!({}), percona, None),
    ] {
        let mut spec = container(&json!({"image": name, "securityContext": of_container}));
        spec["securityContext"] = of_pod;
        let mut driver = with(&[pod(&spec)]);
        let Some(want) = want else {
            reaches(&mut driver, "1/1 Running");
            continue;
        };
        reaches(&mut driver, "0/1 CreateContainerConfigError");
        let uid = driver.pod("p").expect("it is there").metadata.uid.clone();
        let event = format!(
            "Warning Failed Pod/p: Error: {want} (pod: \"p_default({uid})\", container: c)"
        );
        has_event(&driver, &event);
    }
}

#[test]
fn images_that_cannot_be_pulled_are_tried_later_and_later() {
    let mut driver = with(&[pod(&container(&json!({"image": "mysql:nosuchtag"})))]);
    reaches(&mut driver, "0/1 ErrImagePull");
    reaches(&mut driver, "0/1 ImagePullBackOff");
    for event in [
        "Normal Pulling Pod/p: Pulling image \"mysql:nosuchtag\"",
        "Warning Failed Pod/p: Error: ErrImagePull",
        "Normal BackOff Pod/p: Back-off pulling image \"mysql:nosuchtag\"",
        "Warning Failed Pod/p: Error: ImagePullBackOff",
        "Warning Failed Pod/p: Failed to pull image \"mysql:nosuchtag\": rpc error: code = \
         NotFound desc = failed to pull and unpack image \
         \"docker.io/library/mysql:nosuchtag\": failed to resolve reference \
         \"docker.io/library/mysql:nosuchtag\": docker.io/library/mysql:nosuchtag: not found",
    ] {
        has_event(&driver, event);
    }
    let options = Options { other_images: RegistryAnswer::Unreachable, ..Options::default() };
    let image = json!({"image": "registry.example.com/db:1"});
    let mut driver = with_options(options, &[pod(&container(&image))]);
    reaches(&mut driver, "0/1 ErrImagePull");
    let events = driver.events().join("\n");
    assert!(events.contains("dial tcp: i/o timeout"), "{events}");
}

#[test]
fn a_registry_lets_in_who_has_a_secret_for_it() {
    let private = ImageOption {
        repository: "registry.example.com/db".to_string(),
        tags: Vec::new(),
        size_bytes: 1_000,
        pull: Millis::secs(1),
        answer: RegistryAnswer::Denied,
    };
    let mut options = Options::default();
    options.images.push(private);
    let mut spec = container(&json!({"image": "registry.example.com/db:1"}));
    spec["imagePullSecrets"] = json!([{"name": "key"}]);
    let mut driver = with_options(options, &[pod(&spec)]);
    reaches(&mut driver, "0/1 ErrImagePull");
    has_event(
        &driver,
        "Warning FailedToRetrieveImagePullSecret Pod/p: Unable to retrieve some image pull secrets \
         (key); attempting to pull the image may not succeed.",
    );
    let config = json!({"auths": {"registry.example.com": {"auth": "eDp5"}}}).to_string();
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"},
        "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": config}});
    driver.apply(&Object::from_value(&secret).expect("a Secret"));
    reaches(&mut driver, "1/1 Running");
}

#[test]
fn crashes_wait_twice_as_long_each_time_until_one_has_run_long_enough() {
    let mut driver = with(&[pod(&json!({}))]);
    let wait = |driver: &mut Driver| {
        reaches(driver, "1/1 Running");
        let at = driver.now;
        driver.crash("p", "c", 1);
        driver.run_until(Millis(1_500), |_| false);
        reaches(driver, "1/1 Running");
        driver.now.since(at).0 / 1_000
    };
    let waits: Vec<u64> = (0..4).map(|_| wait(&mut driver)).collect();
    assert!(waits[0] < 5, "the first restart is at once: {waits:?}");
    for (wait, least) in waits[1..].iter().zip([10, 20, 40]) {
        assert!((least..least * 8 / 5 + 3).contains(wait), "{waits:?}");
    }
    driver.run_until(Millis::secs(700), |_| false);
    assert!(wait(&mut driver) < 5, "after ten minutes it counts as new");
}

#[test]
fn probes_ask_by_http_and_tcp() {
    let probe =
        json!({"readinessProbe": {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 1}});
    let mut driver = with(&[pod(&container(&probe))]);
    driver.unready = vec!["p".to_string()];
    reaches(&mut driver, "0/1 Running");
    driver.run_until(Millis::secs(5), |_| false);
    has_event(&driver, "Warning Unhealthy Pod/p: Readiness probe failed: not yet");
    driver.unready.clear();
    reaches(&mut driver, "1/1 Running");
    let probe = json!({"livenessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}});
    let mut driver = with(&[pod(&container(&probe))]);
    reaches(&mut driver, "1/1 Running");
    driver.unready = vec!["p".to_string()];
    driver.run_until(Millis::secs(6), |_| false);
    has_event(
        &driver,
        "Normal Killing Pod/p: Container c failed liveness probe, will be restarted",
    );
}

fn service(spec: &Value) -> Value {
    let mut service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"},
        "spec": {"selector": {"app": "p"}, "ports": [{"port": 80}]}});
    ordinal::kube::merge_patch(&mut service["spec"], spec, false);
    service
}

#[test]
fn names_follow_readiness_unless_they_need_not() {
    let from = Namespace::from("default");
    for (publish, want) in [(false, false), (true, true)] {
        let probe = json!({"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}});
        let mut spec = container(&probe);
        spec["hostname"] = json!("p");
        spec["subdomain"] = json!("s");
        let headless = json!({"clusterIP": "None", "publishNotReadyAddresses": publish});
        let mut driver = with(&[service(&headless), pod(&spec)]);
        driver.unready = vec!["p".to_string()];
        reaches(&mut driver, "0/1 Running");
        driver.run_until(Millis::secs(3), |_| false);
        assert_eq!(driver.cluster.resolve(&from, "p.s", driver.now).is_ok(), want);
        driver.unready.clear();
        reaches(&mut driver, "1/1 Running");
        driver.run_until(Millis::secs(3), |_| false);
        assert!(driver.cluster.resolve(&from, "p.s", driver.now).is_ok());
    }
}

#[test]
fn a_client_may_stay_with_one_pod() {
    for (affinity, many) in [("ClientIP", false), ("None", true)] {
        let mut set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "p"},
            "spec": {"replicas": 3, "podManagementPolicy": "Parallel",
                "selector": {"matchLabels": {"app": "p"}}}});
        set["spec"]["template"] = json!({"metadata": {"labels": {"app": "p"}},
            "spec": container(&json!({}))});
        let service = service(&json!({ "sessionAffinity": affinity }));
        let mut driver = with(&[service, set]);
        assert!(driver.settle());
        let ip = driver.cluster.store().services[&key("default", "s")].spec.cluster_ip.clone();
        let pods: std::collections::BTreeSet<String> = (0..30)
            .filter_map(|draw| match driver.cluster.route("10.244.1.9", &ip, 80, draw) {
                Route::Pod { ip, .. } => Some(ip),
                _ => None,
            })
            .collect();
        assert_eq!(pods.len() > 1, many, "{affinity}: {pods:?}");
        assert_eq!(driver.cluster.route("10.244.1.9", &ip, 81, 0), Route::Refused);
    }
}

fn claim(class: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": class,
            "resources": {"requests": {"storage": "1Gi"}}}})
}

fn with_claim() -> Value {
    pod(&json!({"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]}))
}

#[test]
fn volumes_may_be_made_by_hand() {
    let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": "manual"}, "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer"});
    let volume = |node: &str| {
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"},
            "spec": {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOnce"],
                "storageClassName": "manual", "persistentVolumeReclaimPolicy": "Retain",
                "local": {"path": "/mnt"}, "nodeAffinity": {"required": {"nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In",
                        "values": [node]}]}]}}}})
    };
    let mut driver = with(&[class, claim("manual"), with_claim()]);
    driver.run_until(Millis::secs(10), |_| false);
    has_event(
        &driver,
        "Normal WaitForFirstConsumer PersistentVolumeClaim/data: waiting for first consumer to be \
         created before binding",
    );
    assert_eq!(status(&driver), "0/1 Pending");
    driver.apply(&Object::from_value(&volume("node-2")).expect("a volume"));
    reaches(&mut driver, "1/1 Running");
    assert_eq!(driver.pod("p").expect("it is there").spec.node_name, "node-2");
    driver.delete_pod("p");
    driver.run_until(Millis::secs(60), |driver| driver.pod("p").is_none());
    let at = key("default", "data");
    driver
        .does(|cluster, now, out| {
            cluster.delete("persistentvolumeclaims", &at, Default::default(), now, out)
        })
        .expect("the claim is there");
    driver.run_until(Millis::secs(5), |_| false);
    let disk = &driver.cluster.store().volumes[&ordinal::kube::cluster_key("disk")];
    assert_eq!(disk.status.phase, "Released");
}

#[test]
fn a_claim_without_a_volume_keeps_its_pod_waiting() {
    let mut driver = with(&[claim("nosuch"), with_claim()]);
    driver.run_until(Millis::secs(10), |_| false);
    has_event(
        &driver,
        "Warning ProvisioningFailed PersistentVolumeClaim/data: storageclass.storage.k8s.io \
         \"nosuch\" not found",
    );
    has_event(
        &driver,
        "Warning FailedScheduling Pod/p: 0/3 nodes are available: pod has unbound immediate \
         PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful \
         for scheduling.",
    );
}

#[test]
fn nodes_are_chosen_by_taints_labels_and_neighbours() {
    let text = |driver: &Driver| {
        let pod = driver.pod("p").expect("the pod is there");
        pod.status.condition("PodScheduled").map(|one| one.message.clone()).unwrap_or_default()
    };
    let selector = json!({"nodeSelector": {"disk": "ssd"}});
    let mut driver = with(&[pod(&selector)]);
    driver.run_until(Millis::secs(5), |_| false);
    assert_eq!(
        text(&driver),
        "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: \
         0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    );
    let mut driver = with(&[pod(&container(&json!({"resources": {"requests": {"cpu": "64"}}})))]);
    driver.run_until(Millis::secs(5), |_| false);
    assert_eq!(
        text(&driver),
        "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No \
         preemption victims found for incoming pod."
    );
    let mut driver = with(&[]);
    let tainted = |driver: &mut Driver, node: &str, effect: &str| {
        let at = ordinal::kube::cluster_key(node);
        let mut node = (*driver.cluster.store().nodes[&at]).clone();
        node.spec.taints = serde_json::from_value(json!([{"key": "k", "value": "v",
            "effect": effect}]))
        .expect("a taint");
        let object = Object::Node(Box::new(node));
        driver.does(|cluster, now, out| cluster.update(object, now, out)).expect("a node");
    };
    for node in ["node-1", "node-2"] {
        tainted(&mut driver, node, "NoSchedule");
    }
    driver.apply(&Object::from_value(&pod(&json!({}))).expect("a pod"));
    reaches(&mut driver, "1/1 Running");
    assert_eq!(driver.pod("p").expect("it is there").spec.node_name, "node-3");
    tainted(&mut driver, "node-3", "NoExecute");
    driver.run_until(Millis::secs(60), |driver| driver.pod("p").is_none());
    assert!(driver.pod("p").is_none(), "it does not tolerate the taint");
    has_event(&driver, "Normal TaintManagerEviction Pod/p: Marking for deletion Pod default/p");
}

#[test]
fn a_lost_nodes_pod_stays_until_somebody_is_sure() {
    let mut driver = Driver::new();
    driver.apply_text(&super::driver::tutorial());
    assert!(driver.settle());
    let node = driver.pod("mysql-1").expect("it is there").spec.node_name.clone();
    let lost = node.as_str().into();
    driver.does(|cluster, now, out| cluster.lose_node(&lost, now, out));
    driver.run_until(Millis::secs(120), |_| false);
    has_event(
        &driver,
        &format!("Normal NodeNotReady Node/{node}: Node {node} status is now: NodeNotReady"),
    );
    has_event(&driver, "Warning NodeNotReady Pod/mysql-1: Node is not ready");
    driver.run_until(Millis::secs(600), |_| false);
    let pod = driver.pod("mysql-1").expect("it stays");
    assert_eq!(pod_columns(pod).status, "Terminating");
    let uid = pod.metadata.uid.clone();
    let at = key("default", "mysql-1");
    let force = ordinal::kube::DeleteOptions { grace_secs: Some(0), ..Default::default() };
    driver
        .does(|cluster, now, out| cluster.delete("pods", &at, force, now, out))
        .expect("it is there");
    let again = driver.run_until(Millis::secs(900), |driver| {
        driver.is_ready("mysql-1")
            && driver.pod("mysql-1").is_some_and(|pod| pod.metadata.uid != uid)
    });
    assert!(again, "{}", driver.events().join("\n"));
    let text = "Warning FailedAttachVolume Pod/mysql-1: Multi-Attach error for volume";
    let events = driver.events();
    assert!(events.iter().any(|event| event.starts_with(text)), "{}", events.join("\n"));
    driver.does(|cluster, now, out| cluster.restore_node(&lost, now, out));
    driver.run_until(Millis::secs(60), |_| false);
    has_event(
        &driver,
        &format!("Normal NodeReady Node/{node}: Node {node} status is now: NodeReady"),
    );
}

/// What a name lacks, in the words of what CoreDNS looks at: the Service, the pod's host name and
/// `subdomain`, its readiness.
#[test]
fn a_name_without_an_address_lacks_something() {
    let probe = json!({"readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 1}});
    let mut spec = container(&probe);
    spec["hostname"] = json!("p");
    let service_name = || ServiceName::from("s");
    let no_service = |name: &str| NoName::NoService(name.into());
    let elsewhere = NoName::OtherSubdomain {
        pod: "p".into(),
        subdomain: "other".to_string(),
        service: service_name(),
    };
    let unready = NoName::NotReady("p".into());
    let nobody = NoName::NoHost { host: "q".to_string(), service: service_name() };
    let rows = [
        ("s", "p", no_service("p")),
        ("s", "p.s", unready.clone()),
        ("s", "p.s.default.svc.cluster.local", unready.clone()),
        ("s", "p.s.default", unready),
        ("s", "q.s", nobody),
        ("s", "p.z", no_service("z")),
        ("s", "p.s.elsewhere", no_service("s")),
        ("s", "s", NoName::NoneReady(service_name())),
        ("s", "p.s.", NoName::Outside),
        ("s", "a.b.c.d.e.f.g", NoName::Outside),
        ("other", "p.s", elsewhere),
        ("s", "p.t", NoName::NoHost { host: "p".to_string(), service: "t".into() }),
    ];
    for (subdomain, name, want) in rows {
        spec["subdomain"] = json!(subdomain);
        let headless = json!({"clusterIP": "None"});
        let mut other = service(&json!({"clusterIP": "None", "selector": {"app": "q"}}));
        other["metadata"]["name"] = json!("t");
        let mut driver = with(&[service(&headless), other, pod(&spec)]);
        driver.unready = vec!["p".to_string()];
        reaches(&mut driver, "0/1 Running");
        driver.run_until(Millis::secs(3), |_| false);
        let from = Namespace::from("default");
        assert!(driver.cluster.resolve(&from, name, driver.now).is_err(), "{name}");
        assert_eq!(driver.cluster.why_unknown(&from, name, driver.now), want, "{name}");
    }
}

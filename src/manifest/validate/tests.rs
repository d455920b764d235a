//! Small objects against the server's words.

use serde_json::{Value, json};

use super::{create, kubectl_message, status_message, update};

fn said(object: &Value) -> Vec<String> {
    create(object).iter().map(ToString::to_string).collect()
}

#[test]
fn messages_are_the_servers_and_kubectls() {
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
        "spec": {"replicas": -1, "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "other"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]}}}});
    let errors = create(&set);
    let first = "spec.replicas: Invalid value: -1: must be greater than or equal to 0";
    let second = "spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` \
     does \
        not match template `labels`";
    assert_eq!(
        status_message(&set, &errors),
        format!("StatefulSet.apps \"db\" is invalid: [{first}, {second}]")
    );
    assert_eq!(
        kubectl_message("StatefulSet", "db", &errors),
        format!("The StatefulSet \"db\" is invalid: \n* {first}\n* {second}")
    );
    assert_eq!(
        kubectl_message("StatefulSet", "db", &errors[..1]),
        format!("The StatefulSet \"db\" is invalid: {first}")
    );
}

#[test]
fn volumes_are_located_where_they_were_written() {
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
        "spec": {"selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}, "spec": {
                "containers": [{"name": "c", "image": "i"}],
                "volumes": [{"name": "a", "emptyDir": {}}, {"name": "A", "emptyDir": {}}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "1Gi"}}}}]}});
    let errors = create(&set);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].path, "spec.template.spec.volumes[2].name");
    assert_eq!(errors[0].place(), "spec.template.spec.volumes[1].name");
}

#[test]
fn services_and_pods_are_refused_in_the_servers_words() {
    let service = |spec: Value| {
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"},
            "spec": spec})
    };
    let pod = |one: Value| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
            "spec": {"containers": [one]}})
    };
    let rows = [
        (service(json!({})), "spec.ports: Required value"),
        (
            service(json!({"ports": [{"port": 1}, {"port": 2, "name": "b"}]})),
            "spec.ports[0].name: Required value",
        ),
        (
            service(json!({"ports": [{"port": 1, "name": "a"}, {"port": 1, "name": "b"}]})),
            "spec.ports[1]: Duplicate value: \
             {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\
             \"Port\":1,\"TargetPort\":0,\"NodePort\":0}",
        ),
        (
            service(json!({"type": "NodePort", "ports": [{"port": 1, "nodePort": 3306}]})),
            "spec.ports[0].nodePort: Invalid value: 3306: provided port is not in the valid range. \
             The range of valid ports is 30000-32767",
        ),
        (
            service(json!({"ports": [{"port": 1, "nodePort": 30001}]})),
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        ),
        (
            pod(json!({"name": "c", "image": "i",
                    "volumeMounts": [{"name": "v", "mountPath": "/"}]})),
            "spec.containers[0].volumeMounts[0].name: Not found: \"v\"",
        ),
        (
            pod(json!({"name": "c", "image": "i "})),
            "spec.containers[0].image: Invalid value: \"i \": must not have leading or trailing \
             whitespace",
        ),
        (
            pod(json!({"name": "c", "image": "i", "ports": [{"name": "a-name-too-long-x",
                "containerPort": 1}]})),
            "spec.containers[0].ports[0].name: Invalid value: \"a-name-too-long-x\": must be no \
             more \
             than 15 bytes",
        ),
    ];
    for (object, want) in rows {
        assert_eq!(said(&object), [want], "{object}");
    }
}

#[test]
fn claims_grow_and_do_not_shrink() {
    let claim = |size: &str, mode: &str| {
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"},
            "spec": {"accessModes": [mode], "resources": {"requests": {"storage": size}}},
            "status": {"phase": "Bound", "capacity": {"storage": "2Gi"}}})
    };
    let old = claim("2Gi", "ReadWriteOnce");
    let said =
        |new: Value| update(&new, &old).iter().map(ToString::to_string).collect::<Vec<String>>();
    assert_eq!(said(claim("3Gi", "ReadWriteOnce")), [""; 0]);
    assert_eq!(said(claim("2048Mi", "ReadWriteOnce")), [""; 0]);
    assert_eq!(
        said(claim("1Gi", "ReadWriteOnce")),
        ["spec.resources.requests.storage: Forbidden: field can not be less than status.capacity"]
    );
    assert_eq!(
        said(claim("2Gi", "ReadWriteMany")),
        ["spec: Forbidden: spec is immutable after creation except resources.requests and \
          volumeAttributesClassName for bound claims"]
    );
}

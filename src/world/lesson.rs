//! What people do in a scenario besides applying the manifests: clients that write and read.

use serde_json::json;

use crate::base::{Namespace, PodName};
use crate::manifest::object::Object;

/// One thing somebody does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Entry {
    /// `kubectl apply` of one object of the scenario, by its place in `Scenario::objects`.
    Apply(u32),
    /// `kubectl run` of a client pod.
    Run(Client),
    /// The pod is removed again (`--rm`).
    Remove(PodName),
}

/// A client pod.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    /// Its name.
    pub pod: PodName,
    /// Its image.
    pub image: String,
    /// Its command line.
    pub argv: Vec<String>,
    /// Whether it only reads.
    pub reads: bool,
}

impl Client {
    /// The pod as `kubectl run` makes it.
    pub fn object(&self, namespace: &Namespace) -> Object {
        let value = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": self.pod.as_str(),
                "namespace": namespace.as_str(),
                "labels": { "run": self.pod.as_str() },
            },
            "spec": {
                "containers": [{
                    "name": self.pod.as_str(),
                    "image": self.image,
                    "command": self.argv,
                }],
                "restartPolicy": "Never",
            },
        });
        Object::from_value(&value).expect("a pod of the model's own making is well-formed")
    }

    /// Its command line as somebody would type it.
    pub fn command(&self) -> String {
        let quoted = self.argv.iter().map(|word| match word.contains([' ', '\'', ';', '*']) {
            true => format!("\"{word}\""),
            false => word.clone(),
        });
        quoted.collect::<Vec<_>>().join(" ")
    }
}

/// The tutorial's client traffic: it writes once to the source, reads once through the read
/// Service, then in a loop, so that different pods answer.
pub fn traffic(source: &str, read: &str, image: &str) -> Vec<Entry> {
    let client = |pod: &str, argv: &[&str], reads| Client {
        pod: pod.into(),
        image: image.into(),
        argv: argv.iter().map(|word| word.to_string()).collect(),
        reads,
    };
    let write = "CREATE DATABASE test; CREATE TABLE test.messages (message VARCHAR(250)); \
                 INSERT INTO test.messages VALUES ('hello');";
    let all = "SELECT * FROM test.messages";
    let each = format!(
        "for i in 1 2 3 4 5 6; do mysql -h {read} -e 'SELECT @@server_id, message FROM \
         test.messages'; sleep 1; done"
    );
    vec![
        Entry::Run(client("mysql-client", &["mysql", "-h", source, "-e", write], false)),
        Entry::Remove("mysql-client".into()),
        Entry::Run(client("mysql-client-read", &["mysql", "-h", read, "-e", all], true)),
        Entry::Remove("mysql-client-read".into()),
        Entry::Run(client("mysql-client-loop", &["bash", "-c", &each], true)),
        Entry::Remove("mysql-client-loop".into()),
    ]
}

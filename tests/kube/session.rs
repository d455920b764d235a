//! What a learner types, and what a real cluster prints.

use std::collections::BTreeMap;

use ordinal::base::{ContainerId, Millis, SimTime};
use ordinal::kube::Cluster;
use ordinal::kube::kubectl::{Desk, Kubectl, Progress};
use ordinal::os::WaitStatus;
use ordinal::sim::Out;

use super::driver::{Driver, tutorial};

/// A terminal beside a driver.
struct Terminal {
    driver: Driver,
    files: BTreeMap<String, String>,
    text: String,
}

impl Desk for Terminal {
    fn cluster(&self) -> &Cluster {
        &self.driver.cluster
    }
    fn now(&self) -> SimTime {
        self.driver.now
    }
    fn change(&mut self, change: &mut dyn FnMut(&mut Cluster, SimTime, &mut Out)) {
        self.driver.does(|cluster, now, out| change(cluster, now, out));
    }
    fn file(&self, name: &str) -> Option<String> {
        self.files.get(name).cloned()
    }
    fn log(&self, container: &ContainerId) -> Vec<(SimTime, String)> {
        vec![(SimTime::START, format!("a line of {}", container.name))]
    }
    fn exec(&mut self, _: &ContainerId, _: &[String], _: bool, _: bool) -> u32 {
        7
    }
    fn exec_end(&self, _: u32) -> Option<Result<WaitStatus, String>> {
        Some(Ok(WaitStatus::Code(3)))
    }
    fn out(&mut self, text: &str) {
        self.text.push_str(text);
    }
    fn err(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

impl Terminal {
    fn new() -> Terminal {
        let files = [("all.yaml".to_string(), tutorial())];
        Terminal { driver: Driver::new(), files: files.into(), text: String::new() }
    }

    /// Types a command and waits until it is done, at most so long; what was printed.
    fn types_for(&mut self, line: &str, within: Millis) -> String {
        self.text.clear();
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        let mut kubectl = Kubectl::new(&words);
        let until = self.driver.now + within;
        let mut progress = kubectl.turn(self);
        while progress == Progress::Waiting && self.driver.step(Some(until)) {
            progress = kubectl.turn(self);
        }
        self.text.clone()
    }

    fn types(&mut self, line: &str) -> String {
        self.types_for(line, Millis::secs(600))
    }
}

fn ready() -> Terminal {
    let mut terminal = Terminal::new();
    terminal.types("apply -f all.yaml");
    assert!(terminal.driver.settle());
    terminal
}

#[test]
fn applying_says_what_became_of_each_object() {
    let mut terminal = Terminal::new();
    let created = "configmap/mysql created\nservice/mysql created\nservice/mysql-read created\n\
                   statefulset.apps/mysql created\n";
    assert_eq!(terminal.types("apply -f all.yaml"), created);
    assert_eq!(terminal.types("apply -f all.yaml"), created.replace("created", "unchanged"));
    let more = tutorial().replace("replicas: 3", "replicas: 5");
    terminal.files.insert("all.yaml".to_string(), more);
    let said = terminal.types("apply -f all.yaml");
    assert!(said.ends_with("service/mysql-read unchanged\nstatefulset.apps/mysql configured\n"));
}

#[test]
fn the_tutorials_commands_print_what_a_cluster_prints() {
    let mut terminal = ready();
    let rows = [
        (
            "get pods -l app=mysql",
            "NAME      READY   STATUS    RESTARTS   AGE\n\
             mysql-0   2/2     Running   0          60s\n\
             mysql-1   2/2     Running   0          40s\n\
             mysql-2   2/2     Running   0          20s\n",
        ),
        ("get sts", "NAME    READY   AGE\nmysql   3/3     60s\n"),
        ("get pod x", "Error from server (NotFound): pods \"x\" not found\n"),
        ("get foo", "error: the server doesn't have a resource type \"foo\"\n"),
        ("get pods -n elsewhere", "No resources found in elsewhere namespace.\n"),
        ("scale statefulset mysql --replicas=3", "statefulset.apps/mysql scaled\n"),
        ("get pods -o name", "pod/mysql-0\npod/mysql-1\npod/mysql-2\n"),
        ("get po mysql-1 -o jsonpath={.spec.nodeName}", "node-2"),
        (
            "logs mysql-0",
            "Defaulted container \"mysql\" out of: mysql, xtrabackup, init-mysql (init), \
             clone-mysql (init)\na line of mysql\n",
        ),
        ("logs mysql-0 -c clone-mysql", "a line of clone-mysql\n"),
        (
            "logs mysql-0 -c x",
            "error: container x is not valid for pod mysql-0 out of: mysql, xtrabackup, \
             init-mysql (init), clone-mysql (init)\n",
        ),
        (
            "logs mysql-0 -c mysql -p",
            "Error from server (BadRequest): previous terminated container \"mysql\" in pod \
             \"mysql-0\" not found\n",
        ),
        ("exec mysql-0 -c mysql -- false", "command terminated with exit code 3\n"),
        (
            "rollout status sts/mysql",
            "partitioned roll out complete: 3 new pods have been updated...\n",
        ),
        ("cordon node-1", "node/node-1 cordoned\n"),
        ("cordon node-1", "node/node-1 already cordoned\n"),
        ("uncordon node-1", "node/node-1 uncordoned\n"),
        (
            "drain node-3",
            "node/node-3 cordoned\nerror: unable to drain node \"node-3\" due to error: cannot \
             delete Pods with local storage (use --delete-emptydir-data to override): \
             default/mysql-2, continuing command...\nThere are pending nodes to be drained:\n \
             node-3\ncannot delete Pods with local storage (use --delete-emptydir-data to \
             override): default/mysql-2\n",
        ),
        ("delete pod mysql-1", "pod \"mysql-1\" deleted from default namespace\n"),
        ("top pods", "error: Metrics API not available\n"),
        (
            "gett pods",
            "error: unknown command \"gett\" for \"kubectl\"\n\nDid you mean this?\n\tget\n\tset\n",
        ),
        ("get pods --foo", "error: unknown flag: --foo\nSee 'kubectl get --help' for usage.\n"),
        ("set image sts/mysql mysql=mysql:5.7.44", "statefulset.apps/mysql image updated\n"),
    ];
    for (line, want) in rows {
        assert_eq!(terminal.types(line), want, "{line}");
    }
}

#[test]
fn a_drained_nodes_pod_waits_elsewhere_or_stays_pending() {
    let mut terminal = ready();
    let said = terminal.types("drain node-3 --ignore-daemonsets --delete-emptydir-data --force");
    assert_eq!(
        said,
        "node/node-3 cordoned\nevicting pod default/mysql-2\npod/mysql-2 evicted\n\
         node/node-3 drained\n"
    );
    assert!(terminal.driver.run_until(Millis::secs(120), |driver| driver.is_ready("mysql-2")));
    let node = terminal.types("get pod mysql-2 -o jsonpath={.spec.nodeName}");
    assert_ne!(node, "node-3");
}

#[test]
fn a_rolling_update_is_followed_to_its_end() {
    let mut terminal = ready();
    terminal.types("set image sts/mysql mysql=mysql:5.7.44");
    let said = terminal.types_for("rollout status sts/mysql", Millis::secs(900));
    assert!(said.starts_with("Waiting for statefulset spec update to be observed...\n"), "{said}");
    assert!(said.contains("Waiting for 1 pods to be ready...\n"), "{said}");
    assert!(
        said.ends_with("partitioned roll out complete: 3 new pods have been updated...\n"),
        "{said}"
    );
    assert_eq!(
        terminal.types("rollout history sts/mysql"),
        "statefulset.apps/mysql \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n"
    );
    assert_eq!(terminal.types("rollout undo sts/mysql"), "statefulset.apps/mysql rolled back\n");
}

#[test]
fn a_watch_prints_a_line_for_each_change() {
    let mut terminal = ready();
    terminal.driver.delete_pod("mysql-2");
    let said = terminal.types_for("get pods -w", Millis::secs(40));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "NAME      READY   STATUS        RESTARTS   AGE");
    let seen = |status: &str| lines.iter().any(|line| line.contains(status));
    for status in ["Terminating", "Error", "Pending"] {
        assert!(seen(status), "{status}\n{said}");
    }
}

#[test]
fn a_client_runs_prints_and_is_removed() {
    let mut terminal = Terminal::new();
    let plan = super::driver::Plan::End { after: Millis(500), code: 0 };
    terminal.driver.plans.insert("mysql-client".to_string(), plan);
    let said = terminal.types(
        "run mysql-client --image=mysql:5.7 -i --rm --restart=Never -- mysql -h mysql-0.mysql",
    );
    assert_eq!(
        said,
        "a line of mysql-client\npod \"mysql-client\" deleted from default namespace\n"
    );
    assert_eq!(terminal.types("get pods"), "No resources found in default namespace.\n");
}

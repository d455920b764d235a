//! What a learner types, and what a real cluster prints.

use std::collections::BTreeMap;

use ordinal::base::{ContainerId, Millis, SimTime};
use ordinal::kube::Cluster;
use ordinal::kube::kubectl::{Desk, Kubectl, Progress, complete};
use ordinal::os::WaitStatus;
use ordinal::sim::Out;

use super::driver::{Driver, tutorial};

/// A terminal beside a driver.
struct Terminal {
    driver: Driver,
    files: BTreeMap<String, String>,
    text: String,
    /// What the learner makes of a text in the editor: replaces the first by the second.
    edits: Option<(String, String)>,
    edited: Option<String>,
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
    fn edit(&mut self, text: &str) -> Result<(), String> {
        self.edited = self.edits.as_ref().map(|(from, to)| text.replace(from, to));
        self.edited.as_ref().map(|_| ()).ok_or("vi".to_string())
    }
    fn edited(&mut self) -> Option<Result<String, String>> {
        self.edited.take().map(Ok)
    }
}

impl Terminal {
    fn new() -> Terminal {
        let files = [("all.yaml".to_string(), tutorial())];
        Terminal {
            driver: Driver::new(),
            files: files.into(),
            text: String::new(),
            edits: None,
            edited: None,
        }
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
        "All commands and output from this session will be recorded in container logs, including \
         credentials and sensitive information passed through the command prompt.\n\
         If you don't see a command prompt, try pressing enter.\n\
         a line of mysql-client\npod \"mysql-client\" deleted from default namespace\n"
    );
    assert_eq!(terminal.types("get pods"), "No resources found in default namespace.\n");
}

/// Lines typed into one terminal, one after the other, and what is printed.
fn judge(terminal: &mut Terminal, rows: &[(&str, &str)]) {
    for (line, want) in rows {
        assert_eq!(terminal.types(line), *want, "{line}");
    }
}

#[test]
fn objects_are_named_in_every_way_kubectl_knows() {
    let mut terminal = ready();
    judge(
        &mut terminal,
        &[
            (
                "get pods,sts -o name",
                "pod/mysql-0\npod/mysql-1\npod/mysql-2\nstatefulset.apps/mysql\n",
            ),
            ("get sts/mysql pod/mysql-1 -o name", "statefulset.apps/mysql\npod/mysql-1\n"),
            ("get statefulsets.apps mysql -o name", "statefulset.apps/mysql\n"),
            ("get po -l app=mysql,app!=other -o name", "pod/mysql-0\npod/mysql-1\npod/mysql-2\n"),
            ("get po --field-selector=metadata.name=mysql-1 -o name", "pod/mysql-1\n"),
            (
                "get po -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName,X:.spec.x",
                "NAME      NODE     X\nmysql-0   node-1   <none>\nmysql-1   node-2   <none>\n\
                 mysql-2   node-3   <none>\n",
            ),
            (
                "get pod mysql-0 -o jsonpath={.status.conditions[?(@.type==\"Ready\")].status}",
                "True",
            ),
            (
                "get pods --no-headers -o custom-columns=N:.metadata.name",
                "mysql-0\nmysql-1\nmysql-2\n",
            ),
            (
                "get pods -o go-template={{.}}",
                "error: kubectl's output format go-template is not modelled here\n",
            ),
            ("get pod5", "error: the server doesn't have a resource type \"pod5\"\n"),
            (
                "get pods mysql-0 -A",
                "error: a resource cannot be retrieved by name across all namespaces\n",
            ),
            (
                "get pods mysql-0 -l app=mysql",
                "error: name cannot be provided when a selector is specified\n",
            ),
            ("get pods --context x", "error: kubectl's flag --context is not modelled here\n"),
            ("debug mysql-0", "error: kubectl's command \"debug\" is not modelled here\n"),
        ],
    );
}

#[test]
fn changes_are_made_and_named_as_kubectl_does() {
    let mut terminal = ready();
    judge(
        &mut terminal,
        &[
            ("label pod mysql-0 tier=db", "pod/mysql-0 labeled\n"),
            (
                "label pod mysql-0 tier=web",
                "error: 'tier' already has a value (db), and --overwrite is false\n",
            ),
            ("label pod mysql-0 tier-", "pod/mysql-0 unlabeled\n"),
            ("label pod mysql-0 tier-", "label \"tier\" not found.\npod/mysql-0 not labeled\n"),
            ("annotate sts mysql why=because", "statefulset.apps/mysql annotated\n"),
            (
                "label pod mysql-0 tier=-x",
                "The Pod \"mysql-0\" is invalid: metadata.labels: Invalid value: \"-x\": a valid \
                 label must be an empty string or consist of alphanumeric characters, '-', '_' or \
                 '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or \
                 'my_value',  or '12345', regex used for validation is \
                 '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')\n",
            ),
            (
                "scale sts mysql --replicas=5 --current-replicas=2",
                "error: Expected replicas to be 2, was 3\n",
            ),
            (
                "scale sts mysql --replicas=x",
                "error: invalid argument \"x\" for \"--replicas\" flag: strconv.ParseInt: parsing \
                 \"x\": invalid syntax\nSee 'kubectl scale --help' for usage.\n",
            ),
            (
                "scale sts mysql --replicas=4 --dry-run=client",
                "statefulset.apps/mysql scaled (dry run)\n",
            ),
            ("get sts mysql -o jsonpath={.spec.replicas}", "3"),
            (
                "patch sts mysql -p {\"spec\":{\"minReadySeconds\":5}}",
                "statefulset.apps/mysql patched\n",
            ),
            (
                "patch sts mysql -p {\"spec\":{\"minReadySeconds\":5}}",
                "statefulset.apps/mysql patched (no change)\n",
            ),
            (
                "patch sts mysql --type=json -p \
                 [{\"op\":\"replace\",\"path\":\"/spec/minReadySeconds\",\"value\":0}]",
                "statefulset.apps/mysql patched\n",
            ),
            (
                "patch sts mysql -p {\"spec\":{\"serviceName\":\"other\"}}",
                "The StatefulSet \"mysql\" is invalid: spec: Forbidden: updates to statefulset \
                 spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
                 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                 'minReadySeconds' are forbidden\n",
            ),
            ("set image sts/mysql nosuch=x", "error: unable to find container named \"nosuch\"\n"),
        ],
    );
}

#[test]
fn objects_are_made_tainted_and_waited_for_as_kubectl_does() {
    let mut terminal = ready();
    judge(
        &mut terminal,
        &[
            ("taint nodes node-1 a=b:NoSchedule", "node/node-1 tainted\n"),
            ("taint nodes node-1 a-", "node/node-1 untainted\n"),
            ("create ns other", "namespace/other created\n"),
            (
                "create ns other",
                "Error from server (AlreadyExists): namespaces \"other\" already exists\n",
            ),
            ("create cm c --from-literal=a=1", "configmap/c created\n"),
            ("create secret generic s --from-literal=password=pass", "secret/s created\n"),
            ("get secret s -o jsonpath={.data.password}", "cGFzcw=="),
            ("delete cm c", "configmap \"c\" deleted from default namespace\n"),
            ("wait --for=condition=Ready pod/mysql-0", "pod/mysql-0 condition met\n"),
            (
                "rollout pause sts/mysql",
                "error: statefulsets.apps \"mysql\" pausing is not supported\n",
            ),
        ],
    );
    let yaml = terminal.types("run x --image=mysql:5.7 --dry-run=client -o yaml");
    assert!(yaml.contains("kind: Pod\n") && yaml.contains("image: mysql:5.7\n"), "{yaml}");
    assert_eq!(terminal.types("get pod x"), "Error from server (NotFound): pods \"x\" not found\n");
}

#[test]
fn an_edit_is_what_the_editor_was_left_with() {
    let mut terminal = ready();
    let none = "error: unable to launch the editor \"vi\"\n";
    assert_eq!(terminal.types("edit sts mysql"), none);
    terminal.edits = Some((String::new(), String::new()));
    assert_eq!(terminal.types("edit sts mysql"), "Edit cancelled, no changes made.\n");
    terminal.edits = Some(("  replicas: 3\n  revision".into(), "  replicas: 4\n  revision".into()));
    assert_eq!(terminal.types("edit sts mysql"), "statefulset.apps/mysql edited\n");
    assert_eq!(terminal.types("get sts mysql -o jsonpath={.spec.replicas}"), "4");
    terminal.edits =
        Some(("  replicas: 4\n  revision".into(), "  replicas: -4\n  revision".into()));
    assert_eq!(
        terminal.types("edit sts mysql"),
        "The StatefulSet \"mysql\" is invalid: spec.replicas: Invalid value: -4: must be greater \
         than or equal to 0\n"
    );
    terminal.edits = Some(("  replicas: 4\n  revision".into(), "  replicas: x\n  revision".into()));
    assert_eq!(
        terminal.types("edit sts mysql"),
        "Error from server (BadRequest): StatefulSet in version \"v1\" cannot be handled as a \
         StatefulSet: json: cannot unmarshal string into Go struct field \
         StatefulSetSpec.spec.replicas of type int32\n"
    );
}

#[test]
fn explanations_have_the_real_layout() {
    let mut terminal = Terminal::new();
    let said = terminal.types("explain sts.spec.replicas");
    assert_eq!(
        said,
        "GROUP:      apps\nKIND:       StatefulSet\nVERSION:    v1\n\nFIELD: replicas \
         <integer>\n\n\nDESCRIPTION:\n    How many pods there should be. Defaults to 1.\n    \n\n"
    );
    let said = terminal.types("explain pod.spec.containers");
    assert!(said.contains("FIELD: containers <[]Container> -required-\n"), "{said}");
    assert!(said.contains("  name\t<string> -required-\n"), "{said}");
    assert_eq!(terminal.types("explain sts.spec.foo"), "error: field \"foo\" does not exist\n");
    let said = terminal.types("explain sts --recursive");
    assert!(
        said.contains(
            "
    replicas	<integer>
"
        ),
        "{said}"
    );
    let said = terminal.types("api-resources");
    let row = said.lines().find(|line| line.starts_with("statefulsets")).unwrap_or_default();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(cells, ["statefulsets", "sts", "apps/v1", "true", "StatefulSet"], "{said}");
    for verb in ["get", "delete", "rollout", "drain"] {
        let help = terminal.types(&format!("{verb} --help"));
        assert!(
            help.contains("Usage:\n  kubectl ") && help.contains("-n, --namespace=''"),
            "{help}"
        );
        assert_eq!(terminal.types(&format!("help {verb}")), help);
    }
}

#[test]
fn tab_offers_what_may_come_next() {
    let terminal = ready();
    let rows = [
        ("ge", "get"),
        ("get sts", ""),
        ("get stat", "statefulsets"),
        ("get pod ", "mysql-0 mysql-1 mysql-2"),
        ("get pod/mysql-1", "pod/mysql-1"),
        ("describe no", "nodes"),
        ("drain ", "node-1 node-2 node-3"),
        ("logs mysql-0 -c ", "clone-mysql init-mysql mysql xtrabackup"),
        ("delete sts mysql --casc", "--cascade"),
        ("delete sts mysql --cascade=o", "--cascade=orphan"),
        ("get pods -n kube-s", "kube-system"),
        ("get pods -o y", "yaml"),
        ("rollout st", "status"),
        ("rollout status statefulsets/", "statefulsets/mysql"),
        ("exec mysql-0 -- ", ""),
    ];
    for (line, want) in rows {
        let words: Vec<String> = line.split(' ').map(str::to_string).collect();
        let offers = complete(&words, &terminal.driver.cluster).join(" ");
        assert_eq!(offers, want, "{line}");
    }
}

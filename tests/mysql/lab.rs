//! Pods with mysqld and a wire between them, without Kubernetes: as much of a cluster as
//! replication needs.

use std::collections::{BTreeMap, BTreeSet};

use ordinal::base::{Blob, ContainerId, Millis, MsgId, Namespace, Pid, SimTime};
use ordinal::node::{Asks, Names, Nodes, Route};
use ordinal::os::{NetError, Signal, TimerId, WaitStatus};
use ordinal::sim::{ContainerSpec, ExecSpec, ExecToken, Mount, RunAs, SandboxSpec, VolumeSpec};
use ordinal::trace::fact::NoName;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Run(Pid),
    Fire(Pid, TimerId),
    Deliver(MsgId),
}

/// `mysql-0.mysql` leads to the pod while it is up.
struct Net {
    up: BTreeMap<String, String>,
}

impl Names for Net {
    fn resolve(&self, _: &Namespace, name: &str) -> Result<Vec<String>, NetError> {
        let pod = name.strip_suffix(".mysql").unwrap_or(name);
        self.up.get(pod).map(|ip| vec![ip.clone()]).ok_or(NetError::NameUnknown)
    }
    fn why_unknown(&self, _: &Namespace, _: &str) -> NoName {
        NoName::Outside
    }
    fn resolve_back(&self, _: &str) -> Option<String> {
        None
    }
    fn route(&self, _: &str, address: &str, port: u16, _: u64) -> Route {
        Route::To(address.into(), port)
    }
}

/// The laboratory.
pub struct Lab {
    nodes: Nodes,
    net: Net,
    now: SimTime,
    agenda: BTreeSet<(SimTime, u64, Next)>,
    last: u64,
    tokens: u32,
    done: BTreeMap<u32, (WaitStatus, String)>,
    attempts: BTreeMap<String, u32>,
    /// Milliseconds every message takes longer.
    pub slowness: u64,
    /// What the next containers run.
    pub image: &'static str,
    /// Their command, if not the image's.
    pub command: &'static [&'static str],
    /// Their arguments, if not the image's.
    pub args: &'static [&'static str],
    /// Files of a volume at /docker-entrypoint-initdb.d.
    pub scripts: Vec<(&'static str, &'static str)>,
    /// Their variables.
    pub env: Vec<(&'static str, &'static str)>,
    /// Files their data volumes begin with.
    pub found: Vec<(&'static str, &'static str)>,
    /// Whose data volume they mount, if not their own.
    pub shared: Option<&'static str>,
}

impl Lab {
    pub fn new() -> Lab {
        Lab {
            nodes: Nodes::new(7),
            net: Net { up: BTreeMap::new() },
            now: SimTime::START,
            agenda: BTreeSet::new(),
            last: 0,
            tokens: 0,
            done: BTreeMap::new(),
            attempts: BTreeMap::new(),
            slowness: 0,
            image: "mysql:5.7-debian",
            command: &[],
            args: &[],
            scripts: Vec::new(),
            env: vec![("MYSQL_ALLOW_EMPTY_PASSWORD", "1")],
            found: Vec::new(),
            shared: None,
        }
    }

    fn id(&self, pod: &str) -> ContainerId {
        let attempt = self.attempts.get(pod).copied().unwrap_or(0);
        ContainerId { pod: pod.into(), name: "mysql".into(), attempt }
    }

    /// A pod with a data volume and these options in /etc/mysql/conf.d; its server is started.
    pub fn pod(&mut self, name: &str, options: &str) {
        let ip = format!("10.244.0.{}", self.attempts.len() + 2);
        self.nodes.create_sandbox(SandboxSpec {
            pod: name.into(),
            name: name.into(),
            namespace: "default".into(),
            node: "node".into(),
            ip: ip.clone(),
            hostname: name.into(),
            subdomain: None,
        });
        let conf = vec![("lab.cnf".to_string(), Blob::from(format!("[mysqld]\n{options}\n")))];
        let found = self.found.iter().map(|(name, text)| ((*name).into(), Blob::from(*text)));
        let scripts = self.scripts.iter().map(|(name, text)| ((*name).into(), Blob::from(*text)));
        let scripts = scripts.collect();
        for (volume, files) in [("data", found.collect()), ("conf", conf), ("scripts", scripts)] {
            let id = format!("{name}/{volume}").as_str().into();
            let spec = VolumeSpec { id, files, capacity: None, mode: 0o755 };
            self.nodes.create_volume(&spec, self.now);
        }
        self.net.up.insert(name.into(), ip);
        self.attempts.insert(name.into(), 0);
        self.run_container(name);
    }

    fn run_container(&mut self, pod: &str) {
        let shared = self.shared;
        let mount = |path: &str, volume: &str| Mount {
            path: path.into(),
            volume: match shared {
                Some(owner) if volume == "data" => format!("{owner}/{volume}").as_str().into(),
                _ => format!("{pod}/{volume}").as_str().into(),
            },
            sub_path: None,
            read_only: false,
        };
        let words = |list: &[&str]| {
            (!list.is_empty()).then(|| list.iter().map(|word| (*word).to_string()).collect())
        };
        let mut mounts = vec![mount("/var/lib/mysql", "data"), mount("/etc/mysql/conf.d", "conf")];
        if !self.scripts.is_empty() {
            mounts.push(mount("/docker-entrypoint-initdb.d", "scripts"));
        }
        let spec = ContainerSpec {
            id: self.id(pod),
            pod: pod.into(),
            image: self.image.into(),
            command: words(self.command),
            args: words(self.args),
            env: self.env.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
            mounts,
            working_dir: None,
            stdin: false,
            tty: false,
            run_as: RunAs::default(),
        };
        let mut asks = Asks::default();
        self.nodes.run_container(spec, self.now, &self.net, &mut asks).expect("the image has it");
        self.take(asks);
    }

    /// Sends a signal to a pod's server and waits until it is gone.
    pub fn stop(&mut self, pod: &str, signal: Signal) {
        self.signal(pod, signal);
        assert!(!self.runs(pod), "{pod} has ended");
    }

    /// Sends a signal to a pod's first process and gives it time.
    pub fn signal(&mut self, pod: &str, signal: Signal) {
        let mut asks = Asks::default();
        let id = self.id(pod);
        self.nodes.signal_container(&id, signal, self.now, &mut asks);
        self.take(asks);
        self.run_for(5_000);
    }

    /// Whether a pod's server runs.
    pub fn runs(&self, pod: &str) -> bool {
        self.nodes.container(&self.id(pod)).is_some_and(|c| c.ended.is_none())
    }

    /// How its container ended, if it has.
    pub fn exit_code(&self, pod: &str) -> Option<u8> {
        self.nodes.container(&self.id(pod))?.ended.map(|status| status.code())
    }

    /// Starts it again on the same data.
    pub fn start(&mut self, pod: &str) {
        *self.attempts.get_mut(pod).expect("a pod of the lab") += 1;
        self.run_container(pod);
    }

    /// Takes a pod's name out of the DNS, or puts it back.
    pub fn named(&mut self, pod: &str, ip: Option<&str>) {
        match ip {
            Some(ip) => drop(self.net.up.insert(pod.into(), ip.into())),
            None => drop(self.net.up.remove(pod)),
        }
    }

    /// Lets so many milliseconds pass.
    pub fn run_for(&mut self, millis: u64) {
        let end = self.now + Millis(millis);
        while self.agenda.first().is_some_and(|(due, _, _)| *due <= end) {
            self.step();
        }
        self.now = end;
    }

    fn step(&mut self) {
        let Some((due, _, next)) = self.agenda.pop_first() else { return };
        self.now = self.now.max(due);
        let mut asks = Asks::default();
        match next {
            Next::Run(pid) => self.nodes.run(pid, self.now, &self.net, &mut asks),
            Next::Fire(pid, timer) => self.nodes.fire(pid, timer, &mut asks),
            Next::Deliver(message) => self.nodes.deliver(message, &mut asks),
        }
        self.take(asks);
    }

    fn take(&mut self, asks: Asks) {
        let mut notes: Vec<(Millis, Next)> = Vec::new();
        notes.extend(asks.wake.into_iter().map(|(pid, after)| (after, Next::Run(pid))));
        notes.extend(asks.arm.into_iter().map(|(pid, t, after)| (after, Next::Fire(pid, t))));
        let slow = Millis(self.slowness);
        notes.extend(asks.send.into_iter().map(|(msg, after)| (after + slow, Next::Deliver(msg))));
        for (after, next) in notes {
            self.last += 1;
            self.agenda.insert((self.now + after, self.last, next));
        }
        for (pid, timer) in asks.disarm {
            self.agenda.retain(|(_, _, next)| *next != Next::Fire(pid, timer));
        }
        for done in asks.done {
            if let ExecToken::Terminal(number) = done.token {
                let output = done.output.iter().map(|(_, blob)| blob.text()).collect();
                self.done.insert(number, (done.status, output));
            }
        }
    }

    /// Runs a program in a pod; its exit code and all it printed.
    pub fn exec(&mut self, pod: &str, argv: &[&str]) -> (u8, String) {
        self.tokens += 1;
        let number = self.tokens;
        let spec = ExecSpec {
            token: ExecToken::Terminal(number),
            container: self.id(pod),
            argv: argv.iter().map(|a| (*a).to_string()).collect(),
            timeout: None,
        };
        let mut asks = Asks::default();
        self.nodes.exec(&spec, self.now, &self.net, &mut asks).expect("the image has it");
        self.take(asks);
        for _ in 0..10_000 {
            if let Some((status, output)) = self.done.remove(&number) {
                return (status.code(), output);
            }
            self.step();
        }
        panic!("{argv:?} does not end");
    }

    /// What `mysql -h 127.0.0.1 -e` prints.
    pub fn sql(&mut self, pod: &str, sql: &str) -> String {
        self.exec(pod, &["mysql", "-h", "127.0.0.1", "-n", "-e", sql]).1
    }

    /// Fields of SHOW SLAVE STATUS, as `name=value name=value`.
    pub fn slave(&mut self, pod: &str, names: &[&str]) -> String {
        let output = self.sql(pod, "SHOW SLAVE STATUS\\G");
        let field = |name: &&str| {
            let line =
                output.lines().find(|line| line.trim_start().starts_with(&format!("{name}: ")));
            let value = line.and_then(|line| line.split_once(": ")).map_or("-", |(_, v)| v);
            format!("{name}={value}")
        };
        names.iter().map(field).collect::<Vec<_>>().join(" ")
    }

    /// What a script of bash prints, standard error and all, and its exit code.
    pub fn bash(&mut self, pod: &str, script: &str) -> (u8, String) {
        self.exec(pod, &["bash", "-c", script])
    }

    /// The container's log.
    pub fn log(&self, pod: &str) -> String {
        let container = self.nodes.container(&self.id(pod)).expect("it was started");
        container.log.lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }
}

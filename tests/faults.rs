//! Faults on the real manifests: what is injected, what becomes of it, what mending does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use ordinal::base::SimTime;
use ordinal::manifest::Manifests;
use ordinal::sim::Intervention;
use ordinal::trace::fact::{Fault, FaultChange, MachineFact};
use ordinal::trace::{Fact, Step, Via};
use ordinal::view::project::{self, Lists};
use ordinal::view::scene::{ContainerState, MemberState, Scene};
use ordinal::world::lesson::{Client, Entry};
use ordinal::world::{Scenario, World};

use crate::goldens::default_files;

/// Somebody who writes a row each 10 s and says what time it is.
const WRITER: &str = "write() { mysql -h mysql-0.mysql -e \"$1\"; }; \
     until write 'CREATE DATABASE test; CREATE TABLE test.rows (n INT)'; do sleep 1; done; \
     while true; do write 'INSERT INTO test.rows VALUES (1)'; \
     date '+it is %H o'\\''clock'; sleep 10; done";

/// Seconds a situation may take to come about.
const SITUATION_SECS_MAX: u64 = 600;

fn scenario() -> Scenario {
    let (manifests, problems) = Manifests::read(default_files());
    assert!(problems.is_empty(), "the default manifests are in order");
    let mut scenario = Scenario::new(&manifests, 1);
    scenario.lesson.retain(|entry| matches!(entry, Entry::Apply(_)));
    scenario.lesson.push(Entry::Run(Client {
        pod: "writer".into(),
        image: "mysql:5.7-debian".into(),
        argv: ["bash", "-c", WRITER].iter().map(|word| word.to_string()).collect(),
        reads: false,
    }));
    scenario
}

/// The worlds in which the cases begin, in the order in which one run passes through them.
fn situation(name: &str) -> World {
    static SITUATIONS: OnceLock<BTreeMap<&str, World>> = OnceLock::new();
    let situations = SITUATIONS.get_or_init(|| {
        let mut lab = Lab::new(World::start(Arc::new(scenario())));
        let mut found = BTreeMap::new();
        for (name, see, want) in [
            ("created", "pod mysql-1", "0/2 Pending 0"),
            ("cloning", "clone mysql-1", "under way"),
            ("steady", "count mysql-2", "3"),
        ] {
            lab.within(SITUATION_SECS_MAX, see, want);
            found.insert(name, lab.world.clone());
        }
        found
    });
    situations.get(name).unwrap_or_else(|| panic!("no such situation: {name}")).clone()
}

struct Lab {
    world: World,
    steps: Vec<Step>,
    lists: RefCell<Lists>,
    /// Rows in mysql-0 when the present line of a case began.
    rows: u64,
}

impl Lab {
    fn new(world: World) -> Lab {
        Lab { world, steps: Vec::new(), lists: RefCell::default(), rows: 0 }
    }

    fn at(name: &str) -> Lab {
        Lab::new(situation(name))
    }

    fn scene(&self) -> Scene {
        project::scene(&self.world, &mut self.lists.borrow_mut())
    }

    fn step(&mut self) {
        let step = self.world.step().expect("a probe or the client is always to come");
        self.steps.push(step);
    }

    fn acts(&mut self, intervention: Intervention) -> FaultChange {
        self.world.intervene(intervention);
        self.step();
        let facts = &self.steps.last().expect("it was just made").facts;
        match facts.first() {
            Some(Fact::Fault(fact)) => fact.change,
            other => panic!("a fault says what becomes of it, not {other:?}"),
        }
    }

    fn inject(&mut self, fault: &str) -> FaultChange {
        self.acts(Intervention::Inject(Fault::parse(fault).expect("a fault of the table")))
    }

    fn mend(&mut self, fault: &str) -> FaultChange {
        self.acts(Intervention::Mend(Fault::parse(fault).expect("a fault of the table")))
    }

    fn ends_at(&self, secs: u64) -> SimTime {
        SimTime(self.world.now().0 + secs * 1_000)
    }

    fn within(&mut self, secs: u64, thing: &str, want: &str) {
        let end = self.ends_at(secs);
        self.rows = count(&self.scene(), "mysql-0");
        loop {
            let seen = self.see(thing);
            if fits(&seen, want) {
                return;
            }
            let (now, next) = (self.world.now(), self.world.next_due());
            assert!(
                next.is_some_and(|next| next <= end),
                "within {secs} s (at {now}) `{thing}` is not `{want}` but `{seen}`\n{}",
                self.told()
            );
            self.step();
        }
    }

    fn throughout(&mut self, secs: u64, thing: &str, want: &str) {
        let end = self.ends_at(secs);
        self.rows = count(&self.scene(), "mysql-0");
        while self.world.next_due().is_some_and(|next| next <= end) {
            let seen = self.see(thing);
            let now = self.world.now();
            assert!(
                fits(&seen, want),
                "at {now}, `{thing}` is not `{want}` but `{seen}`\n{}",
                self.told()
            );
            self.step();
        }
    }

    /// The last steps, for a failure's message.
    fn told(&self) -> String {
        use ordinal::text::{Lang, line};
        let last = &self.steps[self.steps.len().saturating_sub(25)..];
        last.iter().map(|step| line::columns(Lang::En, step, "") + "\n").collect()
    }

    fn see(&self, thing: &str) -> String {
        let (what, rest) = thing.split_once(' ').unwrap_or((thing, ""));
        match what {
            "exit" => return self.last_exit(rest),
            "log" => {
                let (container, text) = rest.split_once(' ').expect("log P/C TEXT");
                let found = logs(&self.world, container).iter().any(|line| line.contains(text));
                return if found { "yes" } else { "no" }.to_string();
            }
            _ => {}
        }
        let scene = self.scene();
        let yes = |is: bool| if is { "yes" } else { "no" }.to_string();
        match what {
            "pod" => scene.pods.get(rest).map_or("none".into(), |pod| {
                format!("{}/{} {} {}", pod.ready.0, pod.ready.1, pod.status, pod.restarts)
            }),
            "io" => replica(&scene, rest, |one| one.io_running.clone()),
            "sql" => replica(&scene, rest, |one| one.sql_running.clone()),
            "error" => replica(&scene, rest, |one| {
                one.errors.first().map(|error| error.text.clone()).unwrap_or_default()
            }),
            "count" => count(&scene, rest).to_string(),
            "rows" => {
                let all = count(&scene, rest) == count(&scene, "mysql-0");
                if all { "all" } else { "behind" }.into()
            }
            "writes" => {
                let more = count(&scene, "mysql-0") > self.rows;
                if more { "go on" } else { "stand still" }.into()
            }
            "database" => {
                let mysql = scene.pods.get(rest).and_then(|pod| pod.mysql.clone());
                let there = mysql.is_some_and(|it| it.databases.iter().any(|d| d.name == "test"));
                if there { "there" } else { "gone" }.into()
            }
            "clone" => {
                let claim = scene.claims.get(format!("data-{rest}").as_str());
                let clone = claim.and_then(|claim| claim.clone);
                if clone.is_some_and(|(here, _)| here > 0) { "under way" } else { "none" }.into()
            }
            "event" => yes(scene.events.iter().any(|event| event.message.contains(rest))),
            "read" => {
                let read = scene.services.iter().find(|it| &*it.name == "mysql-read");
                let ready = read.expect("it is of the manifests").members.iter();
                let ready = ready.filter(|member| member.state == MemberState::Ready);
                ready.map(|member| member.pod.to_string()).collect::<Vec<_>>().join(" ")
            }
            "node" => {
                let node = scene.nodes.iter().find(|node| &*node.name == rest);
                node.map_or("none".into(), |node| node.status.clone())
            }
            _ => panic!("nothing is called {what}"),
        }
    }

    /// `137 Error`: how a container's run before the present one ended, or the present one did.
    fn last_exit(&self, path: &str) -> String {
        let (pod, name) = path.split_once('/').expect("POD/CONTAINER");
        let pods = &self.world.kube().store().pods;
        let Some(pod) = pods.values().find(|one| one.metadata.name == pod) else {
            return "none".into();
        };
        let status = &pod.status;
        let mut all = status.init_container_statuses.iter().chain(&status.container_statuses);
        let Some(status) = all.find(|one| one.name == name) else { return "none".into() };
        let now = status.state.terminated.as_ref();
        let ended = now.or(status.last_state.terminated.as_ref());
        ended.map_or("none".into(), |ended| format!("{} {}", ended.exit_code, ended.reason))
    }
}

/// A value that ends in a number or a word fits exactly; a long text by its beginning.
fn fits(seen: &str, want: &str) -> bool {
    seen == want || want.len() > 20 && seen.starts_with(want)
}

fn count(scene: &Scene, pod: &str) -> u64 {
    let mysql = scene.pods.get(pod).and_then(|pod| pod.mysql.clone());
    let database = mysql.and_then(|it| it.databases.iter().find(|d| d.name == "test").cloned());
    database.and_then(|it| it.tables.first().map(|table| table.count)).unwrap_or(0)
}

fn replica(
    scene: &Scene,
    pod: &str,
    what: impl Fn(&ordinal::view::scene::ReplicaScene) -> String,
) -> String {
    let mysql = scene.pods.get(pod).and_then(|pod| pod.mysql.clone());
    mysql.and_then(|it| it.replica.as_ref().map(what)).unwrap_or("none".into())
}

/// What all runs of a container have printed.
fn logs(world: &World, path: &str) -> Vec<String> {
    let (pod, name) = path.split_once('/').expect("POD/CONTAINER");
    let pods = &world.kube().store().pods;
    let Some(pod) = pods.values().find(|one| one.metadata.name == pod) else { return Vec::new() };
    let uid = ordinal::base::PodUid::from(pod.metadata.uid.as_str());
    let runs = (0..20).filter_map(|attempt| {
        let id = ordinal::base::ContainerId { pod: uid.clone(), name: name.into(), attempt };
        world.nodes().container(&id)
    });
    runs.flat_map(|run| run.log.lines.iter().map(|line| line.text.clone())).collect()
}

/// Plays a case of the table.
fn play(case: &str) {
    let table = include_str!("faults/table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let head = |line: &str| line.strip_prefix("case ").map(|rest| rest.to_string());
    let mut lab = None;
    for line in lines {
        if let Some(rest) = head(line) {
            if lab.is_some() {
                break;
            }
            let (name, at) = rest.split_once(" at ").expect("case NAME at SITUATION");
            lab = (name == case).then(|| Lab::at(at));
            continue;
        }
        let Some(lab) = &mut lab else { continue };
        let (verb, rest) = line.split_once(' ').expect("a verb and more");
        match verb {
            "inject" => assert_eq!(lab.inject(rest), FaultChange::Injected, "{line}"),
            "mend" => assert_eq!(lab.mend(rest), FaultChange::Mended, "{line}"),
            "miss" => assert_eq!(lab.inject(rest), FaultChange::Missed, "{line}"),
            _ => {
                let (secs, rest) = rest.split_once(": ").expect("N: THING = VALUE");
                let (thing, want) = rest.rsplit_once(" = ").expect("THING = VALUE");
                let secs = secs.parse().expect("seconds");
                match verb {
                    "within" => lab.within(secs, thing, want),
                    "for" => lab.throughout(secs, thing, want),
                    _ => panic!("no such verb: {line}"),
                }
            }
        }
    }
    assert!(lab.is_some(), "the table has no case {case}");
}

macro_rules! cases {
    ($($name:ident: $($case:literal)+;)+) => {
        /// The cases that a test plays.
        const PLAYED: &[&str] = &[$($($case),+),+];
        $(
            #[test]
            fn $name() {
                $(play($case);)+
            }
        )+
    };
}

cases! {
    crash: "crash" "crash-of-the-source";
    kill: "kill" "kill-during-the-clone";
    probe_fails: "probe-fails" "probe-fails-liveness";
    node_loss: "node-loss" "node-loss-of-the-source";
    partition: "partition" "partition-mended-soon";
    slow: "slow";
    slow_twice: "slow-twice";
    reset: "reset";
    disk_full: "disk-full" "disk-full-on-a-replica";
    volume_loss: "volume-loss" "volume-loss-of-a-replica";
    registry_down: "registry-down";
    corrupt_clone: "corrupt-clone";
    clock_skew: "clock-skew";
}

#[test]
fn every_case_of_the_table_is_played() {
    let table = include_str!("faults/table.txt");
    let cases = table.lines().filter_map(|line| line.strip_prefix("case "));
    let cases: Vec<&str> = cases.filter_map(|rest| rest.split(' ').next()).collect();
    assert_eq!(cases, PLAYED);
}

#[test]
fn what_is_not_there_is_missed_and_changes_nothing() {
    let targets = [
        "crash mysql-9/mysql",
        "crash mysql-1/init-mysql",
        "kill mysql-1/mysql/xbstream",
        "probe-fails mysql-1/mysql startup",
        "probe-fails mysql-1/xtrabackup readiness",
        "node-loss node-9",
        "partition mysql-0 mysql-0",
        "slow mysql-0 nobody 200ms",
        "reset nobody mysql-0",
        "disk-full data-mysql-9",
        "volume-loss data-mysql-9",
        "registry-down nobody/nothing",
        "corrupt-clone mysql-9",
        "clock-skew nobody 1h",
    ];
    let mut lab = Lab::at("steady");
    let (kube, nodes) = (lab.world.kube().clone(), lab.world.nodes().clone());
    for fault in targets {
        assert_eq!(lab.inject(fault), FaultChange::Missed, "{fault}");
    }
    for fault in ["partition mysql-0 mysql-1", "crash mysql-1/mysql", "disk-full data-mysql-0"] {
        assert_eq!(lab.mend(fault), FaultChange::Missed, "{fault} is not in force");
    }
    assert_eq!(lab.world.faults().count(), 0);
    assert!(lab.world.kube() == &kube && lab.world.nodes() == &nodes);
}

#[test]
fn every_choice_hits_and_the_world_goes_on() {
    let choices = situation("steady").fault_choices();
    let mut names: Vec<&str> = choices.iter().map(Fault::name).collect();
    names.dedup();
    let all = ordinal::trace::fact::fault::USAGES.map(|(name, _)| name);
    assert_eq!(names, all, "the palette has all kinds, in the order of their names' list");
    let mut done = BTreeSet::new();
    for fault in choices {
        let mut lab = Lab::at("steady");
        let text = fault.to_string();
        assert_eq!(lab.inject(&text), FaultChange::Injected, "{text}");
        assert_eq!(lab.world.faults().count(), usize::from(fault.lasts()), "{text}");
        let is_first = done.insert(fault.name());
        (0..if is_first { 200 } else { 3 }).map_while(|_| lab.world.step()).for_each(drop);
        if fault.lasts() {
            assert!(!lab.world.fault_choices().contains(&fault), "{text} is in force already");
            assert_eq!(lab.mend(&text), FaultChange::Mended, "{text}");
            (0..3).map_while(|_| lab.world.step()).for_each(drop);
        }
        assert_eq!(lab.world.faults().count(), 0, "{text}");
    }
}

/// The fault's step is the cause of what it brings about.
#[test]
fn a_symptom_leads_back_to_its_fault() {
    let mut lab = Lab::at("steady");
    lab.inject("partition mysql-0 mysql-1");
    let fault = lab.steps.last().expect("it was just made").id;
    lab.within(15, "rows mysql-1", "behind");
    (0..20).for_each(|_| lab.step());
    let held = lab.steps.iter().find(|step| {
        step.facts.iter().any(|fact| matches!(fact, Fact::Machine(MachineFact::HeldBack { .. })))
    });
    let causes = &held.expect("the event for mysql-1 does not arrive").causes;
    assert_eq!(causes.len(), 1);
    assert_eq!((causes[0].step, causes[0].via), (fault, Via::Fault));
}

#[test]
fn an_ended_container_is_no_target() {
    let lab = Lab::at("steady");
    let scene = lab.scene();
    let init = &scene.pods["mysql-1"].containers[0];
    assert!(init.init && !matches!(init.state, ContainerState::Running { .. }));
    let crash = Fault::Crash("mysql-1".into(), init.name.clone());
    assert!(!lab.world.fault_choices().contains(&crash));
}

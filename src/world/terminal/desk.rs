//! What `kubectl` sees of the world, and does to it.

use super::super::apply::Doing;
use super::super::inline::ExecEnd;
use super::super::names::ClusterNames;
use super::super::state::World;
use super::{Editor, Forward, Started};
use crate::base::{Blob, ContainerId, Millis, Pid, SimTime};
use crate::kube::Cluster;
use crate::kube::kubectl::Desk;
use crate::node::{Asks, Attached, Printed, workstation};
use crate::os::WaitStatus;
use crate::sim::{Action, ExecSpec, ExecToken, Out};
use crate::trace::Via;

/// Where the tutorial's page keeps its manifests; the learner's own stand for them, as there is no
/// way out of the model's network.
const TUTORIAL: &str = "https://k8s.io/examples/application/mysql/mysql-";

/// One turn of one `kubectl`.
pub(super) struct At<'a> {
    world: &'a mut World,
    doing: &'a mut Doing,
    pid: Pid,
    printed: Printed,
}

impl<'a> At<'a> {
    pub(super) fn new(world: &'a mut World, pid: Pid, doing: &'a mut Doing) -> At<'a> {
        At { world, doing, pid, printed: Vec::new() }
    }

    /// What it printed: whether to standard error, and what.
    pub(super) fn printed(self) -> Printed {
        self.printed
    }
}

impl At<'_> {
    /// Starts a process in a container; what is typed goes there from now on.
    fn start(
        &mut self,
        container: &ContainerId,
        argv: &[String],
        attached: Attached,
    ) -> (u32, Result<Pid, String>) {
        let token = self.world.terminals_mut().next_token();
        let spec = ExecSpec {
            token: ExecToken::Terminal(token),
            container: container.clone(),
            argv: argv.to_vec(),
            timeout: None,
        };
        let now = self.world.now();
        let mut asks = Asks::default();
        let names = ClusterNames(&self.world.kube, now);
        let Attached { stdin, tty, .. } = attached;
        let started = self.world.nodes.exec_attached(&spec, attached, now, &names, &mut asks);
        if let Some(job) = self.world.terminals_mut().jobs.get_mut(&self.pid) {
            job.tty = tty;
            job.forwards = if stdin { Forward::Exec(token) } else { Forward::None };
        }
        self.world.take_asks(asks, ExecEnd::Normal, self.doing);
        (token, started)
    }
}

impl Desk for At<'_> {
    fn cluster(&self) -> &Cluster {
        self.world.kube()
    }

    fn now(&self) -> SimTime {
        self.world.now()
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut Cluster, SimTime, &mut Out)) {
        let now = self.world.now();
        let mut out = Out::default();
        change(self.world.kube_mut(), now, &mut out);
        self.world.carry_out(out, self.doing);
    }

    fn file(&self, name: &str) -> Option<String> {
        if name == "-" {
            return self.world.nodes.attended(self.pid).map(|it| it.input.text());
        }
        let name = match name.strip_prefix(TUTORIAL) {
            Some(file) => file,
            None => name,
        };
        self.world.nodes.workstation_file(self.pid, name).map(|blob| blob.text())
    }

    fn wake(&mut self, after: Millis) {
        self.doing.next.push((after, Action::Run(self.pid), Via::Timer, false));
    }

    fn log(&self, container: &ContainerId) -> Vec<(SimTime, String)> {
        let container = self.world.nodes.container(container);
        let lines = container.map(|it| it.log.lines.clone()).unwrap_or_default();
        lines.iter().map(|line| (line.at, line.text.clone())).collect()
    }

    fn exec(&mut self, container: &ContainerId, argv: &[String], stdin: bool, tty: bool) -> u32 {
        let attached = Attached { stdin, tty, prompt: None };
        let (token, started) = self.start(container, argv, attached);
        let end = started.err().map(Err);
        let terminals = self.world.terminals_mut();
        terminals.execs.insert(token, Started { job: self.pid, end });
        token
    }

    fn exec_end(&self, token: u32) -> Option<Result<WaitStatus, String>> {
        self.world.terminals.execs.get(&token).and_then(|started| started.end.clone())
    }

    fn differ(&self) -> String {
        let program = self.world.nodes.attended(self.pid);
        program.and_then(|it| it.differ.clone()).unwrap_or_default()
    }

    fn local(&mut self, script: &str, words: &[String]) -> u32 {
        let cwd = self.world.nodes.cwd_of(self.pid);
        let script = format!("cd -- \"$0\" || exit\n{script}");
        let mut argv = ["bash", "-c", &script, &cwd].map(str::to_string).to_vec();
        argv.extend(words.iter().cloned());
        self.exec(&workstation(), &argv, false, false)
    }

    fn edit(&mut self, text: &str) -> Result<(), String> {
        let editor = self.world.nodes.attended(self.pid).and_then(|it| it.editor.clone());
        let Some(editor) = editor else { return Err("vi".to_string()) };
        let number = self.world.terminals.last_token + 1;
        let file = format!("/tmp/kubectl-edit-{number:09}.yaml");
        self.world.nodes.save_file(&file, &Blob::from(text), self.world.now());
        // kubectl leaves quotes to a shell, and splits all else at spaces itself.
        let argv: Vec<String> = if editor.contains(['"', '\'', '\\']) {
            ["bash", "-c", &format!("{editor} {file:?}")].map(str::to_string).to_vec()
        } else {
            editor.split(' ').chain([file.as_str()]).map(str::to_string).collect()
        };
        let attached = Attached { stdin: true, tty: true, prompt: None };
        let (token, started) = self.start(&workstation(), &argv, attached);
        let shown = argv[..argv.len() - 1].join(" ");
        if started.is_err() {
            return Err(shown);
        }
        let terminals = self.world.terminals_mut();
        terminals.execs.insert(token, Started { job: self.pid, end: None });
        if let Some(job) = terminals.jobs.get_mut(&self.pid) {
            job.editor = Some(Editor { token, shown, file });
        }
        Ok(())
    }

    fn edited(&mut self) -> Option<Result<String, String>> {
        let job = self.world.terminals.jobs.get(&self.pid)?;
        let editor = job.editor.clone()?;
        let end = self.exec_end(editor.token)?;
        if end != Ok(WaitStatus::OK) {
            return Some(Err(editor.shown));
        }
        let text = self.world.nodes.workstation_file(self.pid, &editor.file);
        Some(text.map(|blob| blob.text()).ok_or(editor.shown))
    }

    fn attach(&mut self, container: &ContainerId, tty: bool) -> bool {
        if self.world.nodes.container(container).is_none_or(|it| !it.spec.stdin) {
            return false;
        }
        if let Some(job) = self.world.terminals_mut().jobs.get_mut(&self.pid) {
            job.attached = Some((container.clone(), [0, 0]));
            job.forwards = Forward::Container(container.clone());
            job.tty = tty;
        }
        true
    }

    fn out(&mut self, text: &str) {
        self.printed.push((false, text.into()));
    }

    fn err(&mut self, text: &str) {
        self.printed.push((true, text.into()));
    }
}

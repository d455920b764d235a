//! Probes: commands that run to their end within one step.
//!
//! A readiness probe comes every two seconds in every pod. Shown turn by turn, probes would bury
//! the lesson; so the probe's process, and whoever in the pod it wakes, run until it has ended or
//! waits for something that takes time.

use std::collections::VecDeque;

use super::apply::Doing;
use super::names::ClusterNames;
use super::state::World;
use crate::base::limit::PROBE_TURNS_MAX;
use crate::base::{Millis, Pid, PodUid};
use crate::node::{Asks, Program};
use crate::os::WaitStatus;
use crate::sim::{Action, DialSpec, ExecOutcome, ExecSpec, Out};
use crate::trace::Via;

/// Why an exec ends now.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ExecEnd {
    /// By itself.
    Normal,
    /// It took too long.
    TimedOut,
}

impl World {
    /// Runs a probe's command as far as it goes without waiting for time to pass.
    pub(super) fn exec(&mut self, spec: &ExecSpec, doing: &mut Doing) {
        let now = self.ghost.now;
        if let Some(fault) = self.probe_fault(&spec.token) {
            self.blame(&fault, doing);
            let (status, mut out) = (Ok(WaitStatus::Code(1)), Out::default());
            let outcome = ExecOutcome { status, output: Vec::new(), timed_out: false };
            self.kube_mut().exec_done(&spec.token, outcome, now, &mut out);
            self.carry_out(out, doing);
            return;
        }
        let mut asks = Asks::default();
        if let Err(text) = self.nodes.exec(spec, now, &ClusterNames(&self.kube, now), &mut asks) {
            let mut out = Out::default();
            // A command that is not there fails a probe, as the tutorial's page has it (facts,
            // MySQL, section F); 126 is what runc exits with then.
            let (status, output) = match text.starts_with("OCI runtime exec failed") {
                true => (Ok(WaitStatus::Code(126)), text.into_bytes()),
                false => (Err(text), Vec::new()),
            };
            let outcome = ExecOutcome { status, output, timed_out: false };
            self.kube_mut().exec_done(&spec.token, outcome, now, &mut out);
            self.carry_out(out, doing);
            return;
        }
        let is_done = self.run_inline(asks, &spec.container.pod, doing);
        if let (false, Some(timeout)) = (is_done, spec.timeout) {
            let action = Action::ExecOver(spec.token.clone());
            doing.next.push((timeout, action, Via::Timer, false));
        }
    }

    /// Lets a pod's processes go on within this step, as far as no time has to pass. True: an exec
    /// has ended.
    fn run_inline(&mut self, asks: Asks, pod: &PodUid, doing: &mut Doing) -> bool {
        let now = self.ghost.now;
        let mut ready = VecDeque::new();
        let mut is_done = self.keep_inline(asks, pod, &mut ready, doing);
        for _ in 0..PROBE_TURNS_MAX {
            let Some(pid) = ready.pop_front().filter(|_| !is_done) else { break };
            let mut asks = Asks::default();
            self.nodes.run(pid, now, &ClusterNames(&self.kube, now), &mut asks);
            asks.facts.clear();
            is_done = self.keep_inline(asks, pod, &mut ready, doing);
        }
        doing.next.extend(
            ready.into_iter().map(|pid| (Millis::ZERO, Action::Run(pid), Via::Wait, false)),
        );
        is_done
    }

    /// Keeps for this step who of the pod can go on at once; the rest goes its ordinary way. True:
    /// the exec has ended.
    fn keep_inline(
        &mut self,
        mut asks: Asks,
        pod: &PodUid,
        ready: &mut VecDeque<Pid>,
        doing: &mut Doing,
    ) -> bool {
        let nodes = &self.nodes;
        let is_inside = |pid: &Pid| nodes.process(*pid).is_some_and(|p| p.container.pod == *pod);
        let (inside, outside): (Vec<(Pid, Millis)>, Vec<_>) =
            std::mem::take(&mut asks.wake).into_iter().partition(|(pid, _)| is_inside(pid));
        asks.wake = outside;
        for (pid, _) in inside {
            if !ready.contains(&pid) {
                ready.push_back(pid);
            }
        }
        let is_done = !asks.done.is_empty();
        self.take_asks(asks, ExecEnd::Normal, doing);
        is_done
    }

    /// What comes of asking by HTTP: no program of the model speaks it, but a mysqld says something
    /// (net/http of Go quotes the first line).
    fn no_http(&self, spec: &DialSpec) -> String {
        let pod = self.nodes.pod_at(&spec.ip);
        let owner = pod.and_then(|pod| self.nodes.listener_owner(pod, spec.port));
        match owner.and_then(|pid| self.nodes.process(pid)?.program()) {
            Some(Program::Mysql(program)) => match program.first_line() {
                Some(line) => format!(
                    "net/http: HTTP/1.x transport connection broken: malformed HTTP response \
                     \"{}\"",
                    quoted(&line)
                ),
                None => "EOF".into(),
            },
            _ => "EOF".into(),
        }
    }

    /// A probe that only connects, and hangs up. Who listens there sees that.
    pub(super) fn dial(&mut self, spec: &DialSpec, doing: &mut Doing) -> ExecOutcome {
        let address = format!("{}:{}", spec.ip, spec.port);
        let listens = self.nodes.listens(&spec.ip, spec.port);
        let refused = format!("dial tcp {address}: connect: connection refused");
        let fault = self.probe_fault(&spec.token);
        if let Some(fault) = &fault {
            self.blame(fault, doing);
        }
        if let (None, true, Some(pod)) = (&fault, listens, self.nodes.pod_at(&spec.ip).cloned()) {
            let mut asks = Asks::default();
            let request = spec.http_path.as_ref().map(|path| format!("GET {path} HTTP/1.1\r\n"));
            self.nodes.knock(&pod, spec.port, &request.unwrap_or_default(), &mut asks);
            self.run_inline(asks, &pod, doing);
        }
        let (code, output) = match (&spec.http_path, listens) {
            (Some(_), _) if fault.is_some() => {
                (1, "HTTP probe failed with statuscode: 500".to_string())
            }
            (None, _) if fault.is_some() => (1, refused),
            (None, true) => (0, String::new()),
            (None, false) => (1, refused),
            (Some(path), false) => (1, format!("Get \"http://{address}{path}\": {refused}")),
            (Some(path), true) => {
                (1, format!("Get \"http://{address}{path}\": {}", self.no_http(spec)))
            }
        };
        let status = Ok(WaitStatus::Code(code));
        ExecOutcome { status, output: output.into_bytes(), timed_out: false }
    }
}

/// As `%q` of Go's fmt shows bytes, without the quotes; the first of a greeting need no more.
fn quoted(bytes: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b' '..=b'~' => char::from(*byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    bytes.iter().map(one).collect()
}

//! Which lines of the manifests a process's turn ran.

use super::apply::Doing;
use super::state::World;
use crate::base::Pid;
use crate::node::{Process, Program};
use crate::trace::{Actor, Place, Scope, Site, SiteRole};

impl World {
    /// Who is about to act, and within which script.
    pub(super) fn identify(&self, pid: Pid, doing: &mut Doing) {
        let Some(process) = self.nodes.process(pid) else { return };
        let Some(container) = self.nodes.container(&process.container) else { return };
        doing.actor = Some(Actor::Process {
            pod: container.spec.pod.clone(),
            container: container.spec.id.name.clone(),
            pid,
            program: process.name(),
        });
        let line = self.ancestors(pid);
        let script = line.iter().rfind(|pid| is_shell(self.nodes.process(**pid)));
        let inner = match process.program() {
            Some(Program::Shell(machine)) => machine.depth(),
            _ => 0,
        };
        doing.scope = Scope {
            script: script.copied(),
            depth: u32::try_from(line.len()).unwrap_or(u32::MAX).saturating_add(inner),
        };
    }

    /// Lights the command of the script that this process runs, or that has started it.
    pub(super) fn light_script(&self, pid: Pid, doing: &mut Doing) {
        for pid in self.ancestors(pid) {
            let Some(process) = self.nodes.process(pid) else { continue };
            let Some(Program::Shell(machine)) = process.program() else { continue };
            let Some(container) = self.nodes.container(&process.container) else { continue };
            let words = container.spec.command.iter().chain(&container.spec.args).flatten();
            let argument = words.zip(0..).find(|(word, _)| *word == machine.text());
            let (Some((_, argument)), Some((start, end))) = (argument, machine.position()) else {
                continue;
            };
            let place = Place::Script {
                pod: container.spec.id.pod.clone(),
                container: container.spec.id.name.clone(),
                argument,
                start,
                end,
            };
            doing.sites.push(Site { place, role: SiteRole::Ran });
            return;
        }
    }

    /// A process, its parent, and so on.
    fn ancestors(&self, pid: Pid) -> Vec<Pid> {
        let mut line = vec![pid];
        let mut here = pid;
        while let Some(process) = self.nodes.process(here) {
            if process.parent == here || line.contains(&process.parent) {
                break;
            }
            here = process.parent;
            line.push(here);
        }
        line
    }
}

fn is_shell(process: Option<&Process>) -> bool {
    matches!(process.and_then(Process::program), Some(Program::Shell(_)))
}

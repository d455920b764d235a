//! A process's program, and what `/proc` tells of the processes of a container.

use std::sync::Arc;

use super::process::{Process, ProcessState};
use super::program::Program;
use super::sys::SysView;
use crate::base::Pid;
use crate::os::{Errno, Listed};

impl SysView<'_> {
    /// Gives a process its program.
    pub(super) fn begin(
        &mut self,
        pid: Pid,
        name: &Arc<str>,
        argv: &[Vec<u8>],
        env: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<(), Errno> {
        self.nodes.process_mut(pid).argv = argv.to_vec();
        let mut view =
            SysView { nodes: self.nodes, pid, now: self.now, names: self.names, asks: self.asks };
        let program = Program::start(name, argv, env, &mut view).ok_or(Errno::Noexec)?;
        self.nodes.process_mut(pid).program = Some(Box::new(program));
        Ok(())
    }

    /// The processes of this one's container.
    pub(super) fn inside(&self) -> impl Iterator<Item = (Pid, &Process)> {
        let container = &self.me().container;
        let all = self.nodes.processes.iter();
        all.map(|(pid, process)| (*pid, &**process))
            .filter(move |(_, process)| process.container == *container)
    }

    pub(super) fn list_processes(&self) -> Vec<Listed> {
        let listed = self.inside().map(|(pid, process)| {
            let leads = process.parent == pid;
            let parent = self.nodes.process(process.parent).filter(|_| !leads);
            Listed {
                pid,
                shown: process.shown,
                parent: parent.map_or(0, |parent| parent.shown),
                uid: process.who.uid,
                tty: self.has_terminal(pid),
                leads,
                ended: matches!(process.state, ProcessState::Ended(_)),
                stopped: process.stopped,
                began: process.began,
                argv: process.argv.clone(),
            }
        });
        let mut listed: Vec<Listed> = listed.collect();
        listed.sort_by_key(|one| one.shown);
        listed
    }

    /// Whether a process has a terminal: that of the exec or container it comes from.
    fn has_terminal(&self, pid: Pid) -> bool {
        let mut first = pid;
        while let Some(process) = self.nodes.process(first) {
            if process.exec.is_some() {
                return process.tty;
            }
            if process.parent == first {
                break;
            }
            first = process.parent;
        }
        self.container().spec.tty
    }
}

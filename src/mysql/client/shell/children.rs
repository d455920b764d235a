//! What the client runs beside itself (`system`, `pager`), and the file of `tee`.

use super::Mysql;
use crate::base::Pid;
use crate::mysql::wire::Printer;
use crate::os::{Errno, Fd, Open, Poll, Sys, Turn, Wait};

/// A child it waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Child {
    pid: Pid,
    /// What it reads, and the descriptor of that.
    pipe: Option<(Fd, Printer)>,
    /// What is shown once it has ended.
    after: String,
}

/// `tee`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Copy {
    name: String,
    fd: Fd,
    pub(super) file: Printer,
}

/// `pager`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Pager {
    /// What takes the rows; `None`: standard output.
    now: Option<String>,
    /// The last one that was named, and that of `tee`.
    before: Option<String>,
    last_copy: Option<String>,
}

impl Mysql {
    /// `system`: a shell runs it, on the client's own descriptors. Models `com_shell`.
    pub(super) fn run_shell(&mut self, command: &str, sys: &mut dyn Sys) -> Option<Turn> {
        match self.shell(command, Fd::STDIN, sys) {
            Ok(pid) => {
                self.child = Some(Child { pid, pipe: None, after: String::new() });
                Some(Turn::Ran)
            }
            // The C library's `system` has 127 of a shell that is not there; nobody looks.
            Err(_) => None,
        }
    }

    fn shell(&self, command: &str, input: Fd, sys: &mut dyn Sys) -> Result<Pid, Errno> {
        let argv = ["sh", "-c", command].map(|word| word.as_bytes().to_vec());
        sys.spawn(b"/bin/sh", &argv, &self.env, [input, Fd::STDOUT, Fd::STDERR])
    }

    /// Shows rows, through the pager if there is one, and then what is said of them.
    pub(super) fn page(&mut self, rows: String, said: String, sys: &mut dyn Sys) {
        let pager = self.pager.now.clone().filter(|_| !rows.is_empty());
        let Some((program, (read, write))) = pager.and_then(|name| Some((name, sys.pipe().ok()?)))
        else {
            self.show(&rows);
            self.show(&said);
            return;
        };
        let started = self.shell(&program, read, sys);
        let _ = sys.close(read);
        let Ok(pid) = started else {
            let _ = sys.close(write);
            self.show("popen() failed! defaulting PAGER to stdout!\n");
            self.show(&rows);
            self.show(&said);
            return;
        };
        if let Some(copy) = &mut self.copy {
            copy.file.print(&rows);
        }
        let mut pipe = Printer::new(write);
        pipe.print(&rows);
        self.child = Some(Child { pid, pipe: Some((write, pipe)), after: said });
    }

    /// Waits for the child, if there is one.
    pub(super) fn wait_child(&mut self, sys: &mut dyn Sys) -> Option<Turn> {
        let child = self.child.as_mut()?;
        if let Some((fd, pipe)) = &mut child.pipe {
            if !pipe.flush(sys) {
                return Some(Turn::Blocked(vec![pipe.wait()]));
            }
            let _ = sys.close(*fd);
            child.pipe = None;
        }
        if let Ok(Poll::Wait) = sys.wait(child.pid) {
            return Some(Turn::Blocked(vec![Wait::Child(child.pid)]));
        }
        let after = std::mem::take(&mut child.after);
        self.child = None;
        self.show(&after);
        None
    }

    /// `tee` and `notee`. Models `com_tee`, `com_notee`, `init_tee`: a script has no use for it.
    pub(super) fn tee(&mut self, file: Option<&str>, sys: &mut dyn Sys) {
        let Some(file) = file else {
            self.end_copy(sys);
            return self.show("Outfile disabled.\n");
        };
        if self.batch {
            return;
        }
        let name = match (file, &self.copy, &self.pager.last_copy) {
            ("", Some(copy), _) => {
                let text = format!("Currently logging to file '{}'\n", copy.name);
                return self.show(&text);
            }
            ("", None, None) => {
                let text = "No previous outfile available, you must give a filename!\n";
                return self.out.print(text);
            }
            ("", None, Some(last)) => last.clone(),
            (name, ..) => name.to_string(),
        };
        self.end_copy(sys);
        match sys.open(name.as_bytes(), Open::APPEND) {
            Ok(fd) => {
                self.show(&format!("Logging to file '{name}'\n"));
                self.pager.last_copy = Some(name.clone());
                self.copy = Some(Copy { name, fd, file: Printer::new(fd) });
            }
            Err(errno) => {
                let (number, text) = (errno.number(), errno.text());
                let said = format!("mysql: File '{name}' not found (Errcode: {number} - {text})\n");
                self.err.print(&said);
                self.show(&format!("Error logging to file '{name}'\n"));
            }
        }
    }

    fn end_copy(&mut self, sys: &mut dyn Sys) {
        if let Some(mut copy) = self.copy.take() {
            copy.file.flush(sys);
            let _ = sys.close(copy.fd);
        }
    }

    /// `pager` and `nopager`. Models `com_pager` and `com_nopager`.
    pub(super) fn set_pager(&mut self, program: Option<&str>) {
        let Some(program) = program else {
            self.pager.now = None;
            return self.show("PAGER set to stdout\n");
        };
        if self.batch {
            return;
        }
        let named = Some(program).filter(|name| !name.is_empty()).map(String::from);
        match named.or_else(|| self.pager.before.clone()) {
            Some(name) => {
                self.show(&format!("PAGER set to '{name}'\n"));
                (self.pager.now, self.pager.before) = (Some(name.clone()), Some(name));
            }
            None => {
                self.pager.now = None;
                self.show("Default pager wasn't set, using stdout.\n");
            }
        }
    }
}

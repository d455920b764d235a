//! `mysqlbinlog`. Models client/mysqlbinlog.cc of 5.7: what is in the files of a binary log or a
//! relay log, as text that `mysql` can run.

mod options;
mod process;
mod reader;
mod shown;
mod value;

use self::options::{LONGS, Options, SHORTS};
use self::reader::{Flow, Reader};
use super::args::Settings;
use super::{disposition, stuck, told};
use crate::base::Blob;
use crate::mysql::arguments_of;
use crate::mysql::wire::Printer;
use crate::os::{Disposition, Errno, Fd, Poll, Signal, Sys, Turn, Wait, WaitStatus};

/// What it prints for `-V`.
const VERSION: &str = "mysqlbinlog Ver 3.4 for Linux at x86_64\n";

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Starting,
    /// The files still to be read, and what has come so far of the first one (`-` alone comes in
    /// pieces).
    Reading(Box<Reader>, Vec<String>, Blob),
    Ending(u8),
}

/// The program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Mysqlbinlog {
    arguments: Vec<String>,
    settings: Settings,
    /// Its image has another release than 5.7, whose texts these are not.
    is_other: bool,
    stage: Stage,
    out: Printer,
    err: Printer,
}

impl Mysqlbinlog {
    /// About to start.
    pub fn start(argv: &[Vec<u8>], env: &[(Vec<u8>, Vec<u8>)]) -> Mysqlbinlog {
        let is_other = |(name, value): &(Vec<u8>, Vec<u8>)| {
            name == b"MYSQL_VERSION" && !value.starts_with(b"5.7") || name == b"MARIADB_VERSION"
        };
        Mysqlbinlog {
            arguments: arguments_of(argv),
            settings: Settings::of_environment("mysqlbinlog", env),
            is_other: env.iter().any(is_other),
            stage: Stage::Starting,
            out: Printer::new(Fd::STDOUT),
            err: Printer::new(Fd::STDERR),
        }
    }

    /// A signal arrives.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        disposition(signal)
    }

    /// One visible act.
    pub fn turn(&mut self, sys: &mut dyn Sys) -> Turn {
        if let Some(turn) = stuck([&mut self.err, &mut self.out], sys) {
            return turn;
        }
        match std::mem::replace(&mut self.stage, Stage::Ending(1)) {
            Stage::Starting => self.begin(sys),
            Stage::Reading(reader, words, come) => self.read(*reader, words, come, sys),
            Stage::Ending(code) => Turn::Exited(WaitStatus::Code(code)),
        }
    }

    fn end(&mut self, code: u8) -> Turn {
        self.stage = Stage::Ending(code);
        Turn::Ran
    }

    fn begin(&mut self, sys: &mut dyn Sys) -> Turn {
        if self.is_other {
            self.err.print("mysqlbinlog: [Ordinal] this model runs the one of 5.7 only\n");
            return self.end(1);
        }
        let options = (&SHORTS[..], &LONGS[..]);
        match told(&self.settings, "mysqlbinlog", &self.arguments, options, &mut self.err, sys) {
            Ok(settings) => self.settings = settings,
            Err(code) => return self.end(code),
        }
        if self.settings.has("version") {
            self.out.print(VERSION);
            return self.end(0);
        }
        let options = match Options::of(&self.settings) {
            Ok(options) => options,
            Err((text, code)) => {
                self.err.print(&text);
                return self.end(code);
            }
        };
        if self.settings.words.is_empty() {
            self.err.print("mysqlbinlog: [Ordinal] its help is not modelled\n");
            return self.end(1);
        }
        if let Some(file) = &options.result_file
            && let Err(errno) = sys.write_file(file.as_bytes(), &Blob::new())
        {
            let text = file_error("Can't create/write to file", file, errno);
            self.err.print(&format!("{text}ERROR: Could not create log file '{file}'\n"));
            return self.end(1);
        }
        let reader = Reader::new(options);
        self.stage = Stage::Reading(Box::new(reader), self.settings.words.clone(), Blob::new());
        Turn::Ran
    }

    /// Reads what there is of the files.
    fn read(
        &mut self,
        mut reader: Reader,
        mut words: Vec<String>,
        mut come: Blob,
        sys: &mut dyn Sys,
    ) -> Turn {
        let mut flow = Flow::On;
        let first = self.settings.words.len();
        while let (Flow::On, Some(word)) = (flow, words.first().cloned()) {
            if word == "-" {
                match sys.read(Fd::STDIN, u64::MAX) {
                    Ok(Poll::Wait) => {
                        self.stage = Stage::Reading(Box::new(reader), words, come);
                        return Turn::Blocked(vec![Wait::Readable(Fd::STDIN)]);
                    }
                    Ok(Poll::Ready(more)) if !more.is_empty() => {
                        come.append(&more);
                        continue;
                    }
                    _ => {}
                }
            }
            let content = match word.as_str() {
                "-" => Ok(std::mem::take(&mut come)),
                path => sys.read_file(path.as_bytes()),
            };
            let from = if words.len() == first { reader.options.start_position } else { 4 };
            let to = if words.len() == 1 { reader.options.stop_position } else { u64::MAX };
            flow = match content {
                Ok(content) => reader.file(&content, (from, to), &word),
                Err(errno) => {
                    reader.err += &unreadable(&word, errno);
                    Flow::Failed
                }
            };
            words.remove(0);
        }
        self.finish(reader, flow, sys)
    }

    fn finish(&mut self, mut reader: Reader, flow: Flow, sys: &mut dyn Sys) -> Turn {
        reader.finish();
        self.err.print(&reader.err);
        let out = Blob::from(reader.out);
        match &reader.options.result_file {
            Some(file) => {
                if let Err(errno) = sys.write_file(file.as_bytes(), &out) {
                    self.err.print(&file_error("Error writing file", file, errno));
                }
            }
            None => self.out.put(&out),
        }
        self.end(u8::from(flow == Flow::Failed))
    }
}

/// What mysys says of a file.
fn file_error(what: &str, file: &str, errno: Errno) -> String {
    let (number, text) = (errno.number(), errno.text());
    format!("mysqlbinlog: {what} '{file}' (Errcode: {number} - {text})\n")
}

/// Of a file that cannot be read.
fn unreadable(file: &str, errno: Errno) -> String {
    if errno == Errno::Isdir {
        let text = file_error("Error reading file", "UNKNOWN", errno);
        return format!("{text}ERROR: Failed reading header; probably an empty file.\n");
    }
    let (number, text) = (errno.number(), errno.text());
    format!("mysqlbinlog: File '{file}' not found (Errcode: {number} - {text})\n")
}

#[cfg(test)]
mod tests;

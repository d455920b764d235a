//! From a binlog's events to text. Models `process_event`, `check_header` and
//! `dump_local_log_entries` of client/mysqlbinlog.cc.

use std::collections::BTreeSet;

use super::options::{Base64, Options};
use super::shown::{END, Seen, Shown};
use crate::base::Blob;
use crate::base::blob::Run;
use crate::base::checksum::crc32;
use crate::mysql::binlog::{Event, IN_USE, MAGIC, decode_whole};

/// How it goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flow {
    /// With what is next.
    On,
    /// The same, and what is said so far of this event waits.
    Later,
    /// The wanted range is at its end.
    Stop,
    Failed,
}

/// Why there is no event.
enum Bad {
    /// Its bytes are not kept.
    Unknown,
    /// It is none.
    Format,
}

/// Bytes of a header.
const HEADER: u64 = 19;

/// The whole text, as far as it is made.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Reader {
    pub options: Options,
    pub out: Vec<u8>,
    pub err: String,
    pub(super) shown: Shown,
    /// Events seen.
    count: u64,
    /// Nothing is passed over any more.
    started: bool,
    /// The file that is read is in use.
    pub(super) open: bool,
    /// A Format_description of a source has been seen.
    pub(super) described: bool,
    /// Variables that the next statement uses: where, and their events.
    pub(super) waiting: Vec<(u64, Vec<u8>)>,
    /// Tables of other databases.
    pub(super) ignored: BTreeSet<u64>,
    pub(super) in_transaction: bool,
    pub(super) seen_gtid: bool,
    pub(super) skipped: bool,
    pub(super) unflushed: bool,
}

impl Reader {
    /// Says what stands in front of all events.
    pub fn new(options: Options) -> Reader {
        let mut reader = Reader { options, ..Reader::default() };
        reader.say("/*!50530 SET @@SESSION.PSEUDO_SLAVE_MODE=1*/;\n");
        if reader.options.disable_log_bin {
            reader.say("/*!32316 SET @OLD_SQL_LOG_BIN=@@SQL_LOG_BIN, SQL_LOG_BIN=0*/;\n");
        }
        reader.say("/*!50003 SET @OLD_COMPLETION_TYPE=@@COMPLETION_TYPE,COMPLETION_TYPE=0*/;\n");
        if let Some(charset) = reader.options.set_charset.clone() {
            reader.say(&format!(
                "\n/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n\
                 /*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;\n\
                 /*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;\n\
                 /*!40101 SET NAMES {charset} */;\n"
            ));
        }
        if reader.options.idempotent {
            reader.say("/*!50700 SET @@SESSION.RBR_EXEC_MODE=IDEMPOTENT*/;\n\n");
        }
        reader.say("DELIMITER /*!*/;\n");
        reader
    }

    fn say(&mut self, text: &str) {
        self.out.extend(text.as_bytes());
    }

    pub(super) fn warn(&mut self, level: &str, text: &str) {
        self.err += &format!("{level}: {text}\n");
    }

    pub fn fail(&mut self, text: &str) -> Flow {
        self.warn("ERROR", text);
        Flow::Failed
    }

    /// Says what stands behind all events.
    pub fn finish(&mut self) {
        if !self.waiting.is_empty() {
            self.warn(
                "WARNING",
                "The range of printed events ends with an Intvar_event, Rand_event or \
                 User_var_event with no matching Query_log_event. This might be because the last \
                 statement was not fully written to the log, or because you are using a \
                 --stop-position or --stop-datetime that refers to an event in the middle of a \
                 statement. The event(s) from the partial statement have not been written to \
                 output. ",
            );
        } else if self.unflushed {
            self.warn(
                "WARNING",
                "The range of printed events ends with a row event or a table map event that does \
                 not have the STMT_END_F flag set. This might be because the last statement was \
                 not fully written to the log, or because you are using a --stop-position or \
                 --stop-datetime that refers to an event in the middle of a statement. The \
                 event(s) from the partial statement have not been written to output.",
            );
        }
        if self.skipped {
            self.commit();
        }
        self.end_binlog();
        self.say("DELIMITER ;\n# End of log file\n");
        self.say("/*!50003 SET COMPLETION_TYPE=@OLD_COMPLETION_TYPE*/;\n");
        if self.options.disable_log_bin {
            self.say("/*!32316 SET SQL_LOG_BIN=@OLD_SQL_LOG_BIN*/;\n");
        }
        if self.options.set_charset.is_some() {
            self.say(
                "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n\
                 /*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;\n\
                 /*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;\n",
            );
        }
        self.say("/*!50530 SET @@SESSION.PSEUDO_SLAVE_MODE=0*/;\n");
        if self.options.idempotent {
            self.say("/*!50700 SET @@SESSION.RBR_EXEC_MODE=STRICT*/;\n");
        }
    }

    pub(super) fn commit(&mut self) {
        self.say(&format!("COMMIT /* added by mysqlbinlog */{END}\n"));
    }

    /// What the events of one binlog leave open.
    pub(super) fn end_binlog(&mut self) {
        if self.in_transaction {
            self.say(&format!("ROLLBACK /* added by mysqlbinlog */ {END}\n"));
        } else if self.seen_gtid && !self.options.skip_gtids {
            self.say(&format!(
                "BEGIN /*added by mysqlbinlog */ {END}\nROLLBACK /* added by mysqlbinlog */ {END}\n"
            ));
        }
        if !self.options.skip_gtids {
            let text = "SET @@SESSION.GTID_NEXT= 'AUTOMATIC' /* added by mysqlbinlog */";
            self.say(&format!("{text} {END}\n"));
        }
        (self.seen_gtid, self.in_transaction) = (false, false);
    }

    /// All of a file, from one position to another.
    pub fn file(&mut self, file: &Blob, (from, to): (u64, u64), name: &str) -> Flow {
        let magic = file.slice(0, 4).to_bytes(4);
        if magic.len() < MAGIC.len() {
            return self.fail("Failed reading header; probably an empty file.");
        }
        if magic != MAGIC {
            return self.fail("File is not a binary log file.");
        }
        self.open = false;
        match self.descriptions(file, from, to, name) {
            Flow::On => {}
            flow => return flow,
        }
        let mut at = from;
        loop {
            match self.next(file, at) {
                Ok(Some(bytes)) => match self.event(&bytes, at, to, name) {
                    Flow::On => at += bytes.len() as u64,
                    flow => return flow,
                },
                Err(Bad::Unknown) => return Flow::Failed,
                Err(Bad::Format) if !self.open => {
                    return self.fail(&format!(
                        "Could not read entry at offset {at}: Error in log format or read error."
                    ));
                }
                Ok(None) | Err(Bad::Format) => return Flow::On,
            }
        }
    }

    /// The Format_description that a later start passes over.
    fn descriptions(&mut self, file: &Blob, from: u64, to: u64, name: &str) -> Flow {
        let mut at = MAGIC.len() as u64;
        while at < from {
            let head = file.slice(at, at + HEADER).to_bytes(HEADER);
            let kind = head.get(4).copied().filter(|_| head.len() as u64 == HEADER);
            let what = match kind {
                Some(15) => "Format_description_log_event",
                Some(4) => "Rotate_log_event",
                Some(35) => "",
                _ => break,
            };
            let Ok(Some(bytes)) = self.next(file, at) else {
                return self.fail(&format!(
                    "Could not read a {what} event at offset {at}; this could be a log format \
                     error or read error."
                ));
            };
            if kind == Some(15) {
                self.open = bytes[17] & IN_USE as u8 != 0;
                if self.options.base64 == Base64::Auto {
                    match self.event(&bytes, at, to, name) {
                        Flow::On => {}
                        flow => return flow,
                    }
                }
            }
            at += bytes.len() as u64;
        }
        Flow::On
    }

    /// Reads an event's bytes; `None` at the end. Models `Log_event::read_log_event`.
    fn next(&mut self, file: &Blob, at: u64) -> Result<Option<Vec<u8>>, Bad> {
        let head = file.slice(at, at + HEADER).to_bytes(HEADER);
        if (head.len() as u64) < HEADER {
            return Ok(None);
        }
        let size = u32::from_le_bytes([head[9], head[10], head[11], head[12]]);
        let event = file.slice(at, at + u64::from(size));
        let wrong = if u64::from(size) < HEADER {
            "Event too small"
        } else if event.len() < size.into() {
            "read error"
        } else if event.runs().iter().any(|run| matches!(run, Run::Hole(_))) {
            self.err += &format!(
                "mysqlbinlog: [Ordinal] the event at {at} is kept by its size only; what it holds \
                 is not modelled\n"
            );
            return Err(Bad::Unknown);
        } else {
            let bytes = event.bytes();
            let (body, sum) = bytes.split_at(bytes.len() - 4);
            let mut summed = body.to_vec();
            summed[17] &= !(IN_USE as u8);
            if self.options.verify && crc32(&summed).to_le_bytes() != sum {
                "Event crc check failed! Most likely there is event corruption."
            } else if decode_whole(&bytes).is_none() {
                "Found invalid event in binary log"
            } else {
                return Ok(Some(bytes));
            }
        };
        let kind = head[4] as i8;
        self.warn(
            "ERROR",
            &format!(
                "Error in Log_event::read_log_event(): '{wrong}', data_len: {size}, event_type: \
                 {kind}"
            ),
        );
        Err(Bad::Format)
    }

    /// One event that begins at `at`, in the file of that name; `to` is where to stop.
    pub fn event(&mut self, bytes: &[u8], at: u64, to: u64, name: &str) -> Flow {
        let Some((header, event)) = decode_whole(bytes) else {
            return self
                .fail("Could not construct log event object: Found invalid event in binary log");
        };
        let flow = self.process(&Seen { at, bytes, header, event }, to, name);
        self.count += 1;
        flow
    }

    fn process(&mut self, seen: &Seen, to: u64, name: &str) -> Flow {
        let is_description = matches!(seen.event, Event::FormatDescription { .. });
        let when = i64::from(seen.header.timestamp);
        if !is_description {
            let begins = self.count >= self.options.offset && when >= self.options.start;
            if !self.started && !begins {
                return Flow::On;
            }
            self.started = true;
            let wanted = self.options.server_id;
            let other = wanted != 0 && wanted != seen.header.server_id;
            if other && !matches!(seen.event, Event::Rotate { .. }) {
                return Flow::On;
            }
        }
        if self.options.stop.is_some_and(|stop| when >= stop) || seen.at >= to {
            return Flow::Stop;
        }
        if !self.options.short {
            self.shown.head.extend(format!("# at {}\n", seen.at).into_bytes());
        }
        let of_gtids = seen.event.is_number() || matches!(seen.event, Event::PreviousGtids(_));
        if of_gtids && self.options.skip_gtids {
            return Flow::On;
        }
        match self.dispatch(seen, name) {
            Flow::On => {
                self.out.append(&mut self.shown.head);
                Flow::On
            }
            Flow::Later => Flow::On,
            flow => flow,
        }
    }
}

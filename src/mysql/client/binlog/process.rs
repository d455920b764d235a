//! What becomes of one event. Models the switch of `process_event` in client/mysqlbinlog.cc.

use super::options::Base64;
use super::reader::{Flow, Reader};
use super::shown::{END, Seen, is_frame};
use crate::mysql::binlog::{Event, IN_USE, QueryEvent, RELAY, decode_whole};

impl Reader {
    /// `Flow::On`: what is said of it may be shown.
    pub(super) fn dispatch(&mut self, seen: &Seen, name: &str) -> Flow {
        match &seen.event {
            Event::Query(query) => return self.query(query, seen),
            Event::Intvar { .. } | Event::UserVar { .. } => {
                self.waiting.push((seen.at, seen.bytes.to_vec()));
                return Flow::On;
            }
            Event::FormatDescription { .. } => return self.description(seen, name),
            Event::TableMap(map) if self.skips(&map.db) => {
                self.skipped = true;
                self.ignored.insert(map.table_id);
                return Flow::Later;
            }
            Event::TableMap(_) => {
                self.shown.print(seen, &self.options);
                self.unflushed = true;
                return Flow::On;
            }
            Event::Rows(rows) => return self.rows(rows.table_id, rows.last, seen),
            Event::AnonymousGtid { .. } | Event::Gtid { .. } => {
                self.seen_gtid = true;
                if std::mem::take(&mut self.skipped) {
                    self.commit();
                }
            }
            Event::Xid(_) => {
                (self.in_transaction, self.skipped, self.seen_gtid) = (false, false, false);
            }
            Event::PreviousGtids(_) if self.options.database.is_some() => self.warn(
                "WARNING",
                "The option --database has been used. It may filter parts of transactions, but \
                 will include the GTIDs in any case. If you want to exclude or include \
                 transactions, you should use the options --exclude-gtids or --include-gtids, \
                 respectively, instead.",
            ),
            _ => {}
        }
        self.shown.print(seen, &self.options);
        Flow::On
    }

    /// Whether `--database` leaves out what happens there.
    fn skips(&self, db: &str) -> bool {
        self.options.database.as_ref().is_some_and(|wanted| wanted != db)
    }

    fn query(&mut self, query: &QueryEvent, seen: &Seen) -> Flow {
        let skips = !is_frame(&query.sql) && self.skips(&query.db);
        let upper = query.sql.to_ascii_uppercase();
        let ends = query.sql == "COMMIT"
            || upper.starts_with("ROLLBACK") && !upper.starts_with("ROLLBACK TO ");
        let starts = query.sql == "BEGIN";
        for (at, bytes) in std::mem::take(&mut self.waiting) {
            if let Some((header, event)) = decode_whole(&bytes).filter(|_| !skips) {
                self.shown.print(&Seen { at, bytes: &bytes, header, event }, &self.options);
            }
        }
        if skips {
            if self.seen_gtid && !self.in_transaction && !starts && !ends {
                self.commit();
                (self.skipped, self.seen_gtid) = (false, false);
            } else {
                self.skipped = true;
            }
            return Flow::Later;
        }
        if ends {
            (self.in_transaction, self.skipped, self.seen_gtid) = (false, false, false);
        } else if starts {
            self.in_transaction = true;
        } else if !self.in_transaction {
            self.seen_gtid = false;
        }
        self.shown.print(seen, &self.options);
        Flow::On
    }

    fn description(&mut self, seen: &Seen, name: &str) -> Flow {
        let flags = seen.header.flags;
        if flags & RELAY == 0 {
            if seen.header.end > 0 && self.described {
                self.end_binlog();
            }
            self.described = true;
        }
        self.open = flags & IN_USE != 0;
        self.shown.print(seen, &self.options);
        if self.open && !self.options.force_if_open {
            return self.fail(&format!(
                "Attempting to dump binlog '{name}', which was not closed properly. Most \
                 probably, mysqld is still writing it, or it crashed. Rerun with --force-if-open \
                 to ignore this problem."
            ));
        }
        Flow::On
    }

    fn rows(&mut self, table: u64, last: bool, seen: &Seen) -> Flow {
        let ignored = self.ignored.contains(&table);
        if last {
            self.ignored.clear();
            if ignored {
                self.unflushed = false;
                if !self.shown.body.is_empty() {
                    self.shown.body.extend(format!("'{END}\n").into_bytes());
                }
                self.flush();
            }
        }
        if ignored {
            self.skipped = true;
            return Flow::Later;
        }
        let options = &self.options;
        if !self.shown.described && !options.short && options.base64 != Base64::DecodeRows {
            let kind = seen.event.name();
            let text = match options.base64 {
                Base64::Never => format!(
                    "--base64-output=never specified, but binlog contains a {kind} event which \
                     must be printed in base64."
                ),
                _ => format!(
                    "malformed binlog: it does not contain any Format_description_log_event. I \
                     now found a {kind} event, which is not safe to process without a \
                     Format_description_log_event."
                ),
            };
            return self.fail(&text);
        }
        self.shown.print(seen, &self.options);
        self.unflushed = !last;
        if last {
            self.flush();
        }
        Flow::On
    }

    /// All that waits.
    fn flush(&mut self) {
        self.out.append(&mut self.shown.head);
        self.out.append(&mut self.shown.body);
        self.out.append(&mut self.shown.footer);
    }
}

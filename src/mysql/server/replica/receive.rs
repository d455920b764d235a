//! What the I/O thread does with what comes: into the relay log with it. Models `queue_event` of
//! `sql/rpl_slave.cc`.

use super::io::{Held, Stage};
use crate::base::{Blob, Millis};
use crate::mysql::binlog::{ARTIFICIAL, Event, decode};
use crate::mysql::server::dump::misplaced;
use crate::mysql::server::log::Level;
use crate::mysql::server::{Mysqld, pod};
use crate::mysql::wire::{Channel, Frame, Message};
use crate::os::{Errno, Sys};
use crate::trace::fact::MysqlFact;

impl Mysqld {
    pub(super) fn io_read(&mut self, mut channel: Channel, sys: &mut dyn Sys) -> bool {
        channel.fill(sys);
        channel.flush(sys);
        let mut kinds = Vec::new();
        let mut acted = false;
        if self.replica.io.full && !self.leave_full(sys) {
            self.replica.io.stage = Stage::Reading(channel);
            return false;
        }
        if let Some(held) = &self.replica.io.held {
            if !sys.has_fired(held.timer) {
                self.replica.io.stage = Stage::Reading(channel);
                return false;
            }
            acted = true;
            let (event, tries) = (held.event.clone(), held.tries + 1);
            self.replica.io.held = None;
            if self.queue_event(&event, &mut kinds, tries, sys) == Queued::Failed {
                return self.io_cannot_queue(&channel, sys);
            }
        }
        while self.replica.io.held.is_none()
            && !self.replica.io.full
            && let Some(frame) = channel.take()
        {
            acted = true;
            match frame {
                Frame::Event(bytes) => {
                    self.replica.io.unregistered = 0;
                    match self.queue_event(&bytes, &mut kinds, 0, sys) {
                        Queued::WithNext => {}
                        Queued::Alone => break,
                        Queued::Failed => return self.io_cannot_queue(&channel, sys),
                    }
                }
                Frame::Message(Message::Error(error)) if error.code == 1045 => {
                    self.io_not_registered(channel, &error, sys);
                    return true;
                }
                Frame::Message(Message::Error(error)) => {
                    let _ = sys.close(channel.fd);
                    self.io_source_error(error, sys);
                    return true;
                }
                Frame::Message(Message::Heartbeat(position)) => self.skip_to(position, sys),
                Frame::Message(Message::EndOfEvents) => {
                    self.io_dismissed(channel, sys);
                    return true;
                }
                Frame::Message(_) | Frame::Garbage => {}
            }
        }
        if acted {
            self.heard(sys);
            self.received(kinds, sys);
        } else if channel.ended || channel.broken.is_some() || self.io_hears_nothing(&channel, sys)
        {
            let line = "Error reading packet from server for channel '': Lost connection to MySQL \
                        server during query (server_errno=2013)";
            let thread = self.replica.io.thread;
            self.log(sys, thread, Level::Error, line);
            self.io_lost(channel, sys);
            return true;
        }
        self.replica.io.stage = Stage::Reading(channel);
        acted
    }

    /// The source has ended its dump thread.
    fn io_dismissed(&mut self, channel: Channel, sys: &mut dyn Sys) {
        let uuid = self.global("server_uuid").to_string();
        let line = format!(
            "Slave for channel '': received end packet from server due to dump thread being killed \
             on master. Dump threads are killed for example during master shutdown, explicitly by \
             a user, or when the master receives a binlog send request from a duplicate server \
             UUID <{uuid}> : Error "
        );
        let thread = self.replica.io.thread;
        self.log(sys, thread, Level::Note, &line);
        self.io_lost(channel, sys);
    }

    /// Whether it may read on, though the relay log had taken too much room. Models
    /// `wait_for_relay_log_space`.
    fn leave_full(&mut self, sys: &mut dyn Sys) -> bool {
        let allows_one = self.replica.relay.allows_one;
        if self.relay_is_full() && !allows_one {
            return false;
        }
        if allows_one && std::mem::take(&mut self.replica.relay.wants_next) {
            self.flush_relay(sys);
        }
        self.replica.relay.allows_one = false;
        let io = &mut self.replica.io;
        (io.full, io.state) = (false, "Waiting for master to send event");
        true
    }

    fn received(&mut self, kinds: Vec<String>, sys: &mut dyn Sys) {
        self.save_source(sys);
        self.sql_settle(sys);
        if kinds.is_empty() {
            return;
        }
        let io = &self.replica.io;
        let relay = self.replica.relay.files.last().map(|(name, _)| name.clone());
        let fact = MysqlFact::Received {
            pod: pod(sys),
            file: io.file.clone(),
            end: io.position,
            events: kinds,
            relay: relay.unwrap_or_default(),
        };
        tell!(sys, fact);
    }

    /// Something has come.
    fn heard(&mut self, sys: &mut dyn Sys) {
        if let Some(timer) = self.replica.io.silence.take() {
            sys.disarm(timer);
        }
    }

    /// Whether no event and no heartbeat has come for `slave_net_timeout`. The source sends a
    /// heartbeat each so often; the model's does not, and the machine is asked instead.
    fn io_hears_nothing(&mut self, channel: &Channel, sys: &mut dyn Sys) -> bool {
        let timeout = self.net_timeout();
        let heartbeat = self.replica.source.as_ref().map_or(0, |source| source.heartbeat);
        let beats = heartbeat > 0 && heartbeat <= 1_000 * timeout;
        match (beats && sys.hears(channel.fd), self.replica.io.silence) {
            (true, _) => {
                self.heard(sys);
                false
            }
            (false, None) => {
                self.replica.io.silence = Some(sys.arm(Millis::secs(timeout)));
                false
            }
            (false, Some(timer)) => sys.has_fired(timer),
        }
    }

    /// The relay log cannot be written.
    fn io_cannot_queue(&mut self, channel: &Channel, sys: &mut dyn Sys) -> bool {
        let _ = sys.close(channel.fd);
        let text = "Relay log write failure: could not queue event from master";
        self.io_fatal(1595, text.into(), sys);
        true
    }

    /// Writes one event to the relay log, which was in vain `tries` times before.
    fn queue_event(
        &mut self,
        bytes: &Blob,
        kinds: &mut Vec<String>,
        tries: u32,
        sys: &mut dyn Sys,
    ) -> Queued {
        let Some((header, event)) = decode(bytes) else { return Queued::Alone };
        // What this server wrote itself and has come round to it, and what is to be ignored: only
        // its position counts.
        let source = self.replica.source.as_ref();
        let ignored = source.is_some_and(|s| s.ignored.contains(&header.server_id.into()));
        if (ignored || header.server_id == self.server_id()) && !is_frame(&event) {
            self.replica.io.position = header.end.into();
            let at = (self.replica.io.file.clone(), self.replica.io.position);
            self.replica.applier.passed = Some(at);
            return Queued::WithNext;
        }
        let auto = source.is_some_and(|source| source.auto_position);
        let at = (&*self.replica.io.file, self.replica.io.position);
        if let Some(error) = misplaced(&event, self.gtid_mode(), auto, at) {
            let line =
                format!("Slave I/O for channel '': {}, Error_code: {}", error.message, error.code);
            self.log(sys, self.replica.io.thread, Level::Error, &line);
            return Queued::Failed;
        }
        if matches!(event, Event::Rotate { .. }) && tries == 0 {
            self.replica_rotate(sys);
        }
        let written = match &event {
            Event::PreviousGtids(_) => {
                let file = self.replica.io.file.clone();
                let stand_in = self.stand_in(&file, header.end.into());
                self.write_relay(&stand_in, sys)
            }
            _ => self.write_relay(bytes, sys),
        };
        match written {
            Ok(()) => {}
            Err(Errno::Nospc) => {
                let relay = self.replica.relay.files.last().map(|(name, _)| name.clone());
                let file = format!("./{}", relay.unwrap_or_default());
                let timer = self.wait_for_space(&file, tries, self.replica.io.thread, sys);
                self.replica.io.held = Some(Held { event: bytes.clone(), timer, tries });
                return Queued::Alone;
            }
            // The volume is gone: mysqld is on its way out.
            Err(_) if self.is_ending() => return Queued::Alone,
            Err(_) => return Queued::Failed,
        }
        self.follow_group(&event, bytes);
        let queued = self.move_on(&event, header.end, kinds);
        if queued == Queued::Alone && !self.replica.io.inside {
            self.rotate_large_relay(sys);
        }
        if self.relay_is_full() && !self.replica.relay.allows_one {
            let io = &mut self.replica.io;
            io.full = true;
            io.state = "Waiting for the slave SQL thread to free enough relay log space";
        }
        queued
    }

    /// The source has left out what this server has already: the relay log gets a Rotate event that
    /// says how far it is.
    fn skip_to(&mut self, position: u64, sys: &mut dyn Sys) {
        if position <= self.replica.io.position {
            return;
        }
        self.replica.io.position = position;
        let file = self.replica.io.file.clone();
        let stand_in = self.stand_in(&file, position);
        let _ = self.write_relay(&stand_in, sys);
    }

    /// Notes where transactions begin and end, and how the source lays out its events.
    fn follow_group(&mut self, event: &Event, bytes: &Blob) {
        let io = &mut self.replica.io;
        if let Event::Gtid { gtid, .. } = event {
            io.gtid = Some(gtid.clone());
        }
        match event {
            Event::AnonymousGtid { .. } | Event::Gtid { .. } => {
                (io.inside, io.begun) = (true, false);
            }
            Event::Query(query) if query.sql == "BEGIN" => (io.inside, io.begun) = (true, true),
            Event::Query(query) if !io.begun || query.sql == "COMMIT" => io.inside = false,
            Event::Xid(_) => io.inside = false,
            Event::Rotate { .. } => io.description = None,
            Event::FormatDescription { .. } => {
                let mut bytes = bytes.bytes();
                bytes[13..17].copy_from_slice(&[0; 4]);
                bytes[17] |= ARTIFICIAL as u8;
                io.description = Some(Blob::from(bytes));
            }
            _ => {}
        }
        if !io.inside
            && let Some(gtid) = io.gtid.take()
        {
            io.retrieved.add(&gtid);
        }
    }

    /// An event is in the relay log: where the next one begins.
    fn move_on(&mut self, event: &Event, end: u32, kinds: &mut Vec<String>) -> Queued {
        match event {
            Event::Rotate { position, name } => {
                self.replica.io.file = name.clone();
                self.replica.io.position = *position;
                return Queued::WithNext;
            }
            Event::FormatDescription { .. } if end == 0 => return Queued::Alone,
            _ => self.replica.io.position = end.into(),
        }
        match event {
            Event::FormatDescription { .. } | Event::PreviousGtids(_) => Queued::Alone,
            Event::AnonymousGtid { .. } | Event::Gtid { .. } | Event::TableMap(_) => {
                kinds.push(event.name().to_string());
                Queued::WithNext
            }
            _ => {
                kinds.push(event.name().to_string());
                Queued::Alone
            }
        }
    }
}

/// Whether an event belongs to a file, not to what was done.
fn is_frame(event: &Event) -> bool {
    matches!(
        event,
        Event::FormatDescription { .. }
            | Event::Rotate { .. }
            | Event::PreviousGtids(_)
            | Event::Stop
    )
}

/// What became of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Queued {
    /// It is in the relay log, and another belongs to it.
    WithNext,
    /// It is in the relay log.
    Alone,
    /// It could not be written.
    Failed,
}

//! The network calls.

use std::sync::Arc;

use super::process::OpenKind;
use super::socket::{Listener, Message, MessageKind, Sock, SockState};
use super::sys::SysView;
use super::{Nodes, Route};
use crate::base::limit::{PIPE_BYTES_MAX, SOCKET_BYTES_MAX};
use crate::base::{Blob, Millis, MsgId, PodName, PodUid, SockId, is_ipv4};
use crate::os::{Errno, Fd, NetError, Poll, Sys};
use crate::trace::Fact;
use crate::trace::fact::MachineFact;

/// From pod to pod within a cluster. Typical one-way latencies are 0.1 to 0.5 ms; one millisecond
/// is the least the model's clock can show. Chosen.
pub const LATENCY: Millis = Millis(1);

/// How long Linux tries to connect where packets are lost: six retries, 1+2+4+…+64 s (tcp(7),
/// tcp_syn_retries).
const CONNECT_TIMEOUT: Millis = Millis(127_000);

/// How long until "No route to host" for an address nobody answers for: three ARP tries of a second
/// (arp(7)).
const NO_ROUTE_AFTER: Millis = Millis(3_000);

impl SysView<'_> {
    pub(super) fn resolve_name(&mut self, name: &[u8]) -> Result<Vec<String>, NetError> {
        let name = String::from_utf8_lossy(name).into_owned();
        if is_ipv4(&name) {
            return Ok(vec![name]);
        }
        if let Ok(hosts) = self.read_file(b"/etc/hosts") {
            for line in hosts.text().lines() {
                let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
                let address = words.next().unwrap_or_default();
                if !address.contains(':') && words.any(|word| word == name) {
                    return Ok(vec![address.to_string()]);
                }
            }
        }
        let (namespace, pod) = {
            let spec = &self.sandbox().spec;
            (spec.namespace.clone(), spec.name.clone())
        };
        let answer = self.names.resolve(&namespace, &name);
        self.asks.lookups.push((namespace.clone(), name.clone()));
        let fact = match answer.as_ref().map(|addresses| addresses.first().cloned()) {
            Ok(Some(address)) => MachineFact::NameResolved { pod, name, address },
            _ => {
                let why = self.names.why_unknown(&namespace, &name);
                MachineFact::NameUnknown { pod, name, why }
            }
        };
        self.tell(Fact::Machine(fact));
        answer
    }

    pub(super) fn connect_to(&mut self, address: &str, port: u16) -> Result<Fd, NetError> {
        let pod = self.me().container.pod.clone();
        let own = self.sandbox().spec.ip.clone();
        let local_ip = if address.starts_with("127.") { address.to_string() } else { own.clone() };
        let id = SockId(self.nodes.next_id());
        let local = (local_ip, self.nodes.ephemeral_port(&pod));
        let mut sock = Sock::new(&pod, self.pid, local, (address.to_string(), port));
        (sock.active, sock.state, sock.refs) = (true, SockState::Connecting, 1);
        self.nodes.socks.insert(id, Arc::new(sock));
        let fd = self.open_file(OpenKind::Sock(id), 3).map_err(NetError::Os)?;
        if address.starts_with("127.") || address == own {
            let state = match self.nodes.accept_into(&pod, port, id, true) {
                Some(_) => SockState::Open,
                None => SockState::Failed(NetError::Os(Errno::Connrefused)),
            };
            self.nodes.sock_mut(id).state = state;
            self.touch();
            return Ok(fd);
        }
        let own_pod = pod.clone();
        let draw = self.nodes.seed.draw();
        let (to_pod, kind, after) = match self.names.route(&own, address, port, draw) {
            Route::To(ip, port) => match self.nodes.pod_at(&ip).cloned() {
                Some(there) => {
                    self.nodes.sock_mut(id).remote = (ip, port);
                    (there, MessageKind::Connect(port), LATENCY)
                }
                None => {
                    let error = NetError::Os(Errno::Hostunreach);
                    (pod, MessageKind::Fail(id, error), NO_ROUTE_AFTER)
                }
            },
            Route::Refused => {
                (pod, MessageKind::Fail(id, NetError::Os(Errno::Connrefused)), LATENCY)
            }
            Route::Lost => {
                (pod, MessageKind::Fail(id, NetError::Os(Errno::Timedout)), CONNECT_TIMEOUT)
            }
        };
        match kind {
            MessageKind::Connect(_) => self.nodes.send(id, &own_pod, to_pod, kind, self.asks),
            failure => self.nodes.send_after(id, &own_pod, to_pod, failure, after, self.asks),
        }
        Ok(fd)
    }

    pub(super) fn connection_state(&self, fd: Fd) -> Result<Poll<()>, NetError> {
        let Ok(OpenKind::Sock(id)) = self.kind(fd) else {
            return Err(NetError::Os(Errno::Badf));
        };
        match self.nodes.socks.get(id).map(|sock| sock.state) {
            Some(SockState::Connecting) => Ok(Poll::Wait),
            Some(SockState::Open) => Ok(Poll::Ready(())),
            Some(SockState::Failed(error)) => Err(error),
            None => Err(NetError::Os(Errno::Badf)),
        }
    }

    pub(super) fn listen_on(&mut self, port: u16, loopback_only: bool) -> Result<Fd, Errno> {
        let pod = self.me().container.pod.clone();
        if self.nodes.listeners.contains_key(&(pod.clone(), port)) {
            return Err(Errno::Addrinuse);
        }
        let listener = Listener { owner: self.pid, loopback_only, backlog: Vec::new(), refs: 1 };
        self.nodes.listeners.insert((pod, port), listener);
        self.open_file(OpenKind::Listener(port), 3)
    }

    pub(super) fn accept_one(&mut self, fd: Fd) -> Result<Poll<Fd>, Errno> {
        let OpenKind::Listener(port) = *self.kind(fd)? else {
            return Err(Errno::Inval);
        };
        let key = (self.me().container.pod.clone(), port);
        let listener = self.nodes.listeners.get_mut(&key).ok_or(Errno::Badf)?;
        if listener.backlog.is_empty() {
            return Ok(Poll::Wait);
        }
        let id = listener.backlog.remove(0);
        let owner = self.pid;
        let sock = self.nodes.sock_mut(id);
        sock.owner = owner;
        sock.refs += 1;
        self.open_file(OpenKind::Sock(id), 3).map(Poll::Ready)
    }

    pub(super) fn read_sock(&mut self, id: SockId, max: u64) -> Result<Poll<Blob>, Errno> {
        let sock = self.nodes.sock_mut(id);
        if let SockState::Failed(NetError::Os(errno)) = sock.state {
            return Err(errno);
        }
        if sock.inbox.is_empty() {
            return Ok(if sock.ended { Poll::Ready(Blob::new()) } else { Poll::Wait });
        }
        let taken = sock.inbox.take_front(max);
        let peer = sock.peer;
        if let Some(peer) = peer.filter(|peer| self.nodes.socks.contains_key(peer)) {
            let peer_pod = self.nodes.sock(peer).pod.clone();
            let peer = self.nodes.sock_mut(peer);
            peer.in_flight = peer.in_flight.saturating_sub(taken.len());
            self.asks.touched.insert(peer_pod);
        }
        Ok(Poll::Ready(taken))
    }

    pub(super) fn write_sock(&mut self, id: SockId, data: &Blob) -> Result<Poll<u64>, Errno> {
        let sock = self.nodes.sock(id);
        let (pod, state, in_flight) = (sock.pod.clone(), sock.state, sock.in_flight);
        match state {
            SockState::Failed(NetError::Os(errno)) => return Err(errno),
            SockState::Failed(_) => return Err(Errno::Notconn),
            SockState::Connecting => return Ok(Poll::Wait),
            SockState::Open => {}
        }
        let Some(peer) = sock.peer else {
            self.me_mut().pipe_broken = true;
            return Err(Errno::Pipe);
        };
        if in_flight >= SOCKET_BYTES_MAX {
            return Ok(Poll::Wait);
        }
        let sock = self.nodes.sock_mut(id);
        sock.sent += data.len();
        sock.in_flight += data.len();
        let Some(peer_pod) = self.nodes.socks.get(&peer).map(|peer| peer.pod.clone()) else {
            self.nodes.write_to_nobody(id, self.asks);
            return Ok(Poll::Ready(data.len()));
        };
        if peer_pod == pod {
            self.nodes.receive(peer, data);
            self.touch();
        } else {
            let kind = MessageKind::Data(peer, data.clone());
            self.nodes.send(id, &pod, peer_pod, kind, self.asks);
        }
        Ok(Poll::Ready(data.len()))
    }

    /// Half a close: the other end reads an end of file and may go on writing.
    pub(super) fn finish_sock(&mut self, fd: Fd) -> Result<(), Errno> {
        let OpenKind::Sock(id) = *self.kind(fd)? else { return Err(Errno::Inval) };
        let sock = self.nodes.sock(id);
        let pod = sock.pod.clone();
        let peer = sock.peer.filter(|_| sock.state == SockState::Open).ok_or(Errno::Notconn)?;
        let Some(peer_pod) = self.nodes.socks.get(&peer).map(|peer| peer.pod.clone()) else {
            return Ok(());
        };
        if peer_pod == pod {
            self.nodes.sock_mut(peer).ended = true;
            self.touch();
        } else {
            self.nodes.send(id, &pod, peer_pod, MessageKind::Finish(peer), self.asks);
        }
        Ok(())
    }
}

impl Nodes {
    pub(super) fn sock(&self, id: SockId) -> &Sock {
        self.socks.get(&id).expect("a peer or descriptor names a socket that exists")
    }

    pub(super) fn sock_mut(&mut self, id: SockId) -> &mut Sock {
        Arc::make_mut(
            self.socks.get_mut(&id).expect("a peer or descriptor names a socket that exists"),
        )
    }

    /// Puts a message on the link between two pods.
    pub(super) fn send(
        &mut self,
        from: SockId,
        from_pod: &PodUid,
        to_pod: PodUid,
        kind: MessageKind,
        asks: &mut super::Asks,
    ) {
        let after = LATENCY + self.slowness(from_pod, &to_pod);
        self.send_after(from, from_pod, to_pod, kind, after, asks);
    }

    pub(super) fn send_after(
        &mut self,
        from: SockId,
        from_pod: &PodUid,
        to_pod: PodUid,
        kind: MessageKind,
        after: Millis,
        asks: &mut super::Asks,
    ) {
        let id = MsgId(self.next_id());
        let (from_pod, to_pod) = (from_pod.clone(), Some(to_pod));
        let message = Message { from, from_pod, to_pod, kind, tries: 0, waits: false };
        self.wire.insert(id, message);
        asks.send.push((id, after));
    }

    /// Linux's ip_local_port_range begins at 32768.
    fn ephemeral_port(&mut self, pod: &PodUid) -> u16 {
        let sandbox = self.sandboxes.get_mut(pod).expect("a container's pod exists");
        let sandbox = Arc::make_mut(sandbox);
        sandbox.last_port = sandbox.last_port.checked_add(1).unwrap_or(32_768).max(32_768);
        sandbox.last_port
    }

    /// Makes the accepting end of a connection, if somebody listens.
    fn accept_into(
        &mut self,
        pod: &PodUid,
        port: u16,
        from: SockId,
        from_itself: bool,
    ) -> Option<SockId> {
        let key = (pod.clone(), port);
        let listener = self.listeners.get(&key)?;
        if listener.loopback_only && !from_itself {
            return None;
        }
        let active = self.sock(from);
        let mut sock = Sock::new(pod, listener.owner, active.remote.clone(), active.local.clone());
        (sock.asked, sock.peer) = (active.asked.clone(), Some(from));
        let id = self.queue_accepted(sock, port);
        self.sock_mut(from).peer = Some(id);
        Some(id)
    }

    /// Puts the accepting end of a connection where its listener will find it.
    fn queue_accepted(&mut self, sock: Sock, port: u16) -> SockId {
        let id = SockId(self.next_id());
        let listener = self.listeners.get_mut(&(sock.pod.clone(), port));
        listener.expect("somebody listens").backlog.push(id);
        self.socks.insert(id, Arc::new(sock));
        id
    }

    /// The pod's kubelet connects to a port on which somebody listens, says this and hangs up. It
    /// comes from the first address of its node's pods: the bridge's, as flannel and kindnet have
    /// it (others differ).
    pub fn knock(&mut self, pod: &PodUid, port: u16, words: &str, asks: &mut super::Asks) {
        let ip = self.sandboxes.get(pod).map(|sandbox| sandbox.spec.ip.clone()).unwrap_or_default();
        let node = ip.rsplit_once('.').map_or_else(|| ip.clone(), |(net, _)| format!("{net}.1"));
        let Some(listener) = self.listeners.get(&(pod.clone(), port)) else { return };
        let mut sock = Sock::new(pod, listener.owner, (ip, port), (node, 32_768));
        (sock.ended, sock.inbox) = (true, words.into());
        self.queue_accepted(sock, port);
        asks.touched.insert(pod.clone());
        self.settle(asks);
    }

    fn receive(&mut self, to: SockId, data: &Blob) {
        let sock = self.sock_mut(to);
        sock.inbox.append(data);
        sock.received += data.len();
    }

    /// The last descriptor of a socket is closed: the other end learns of it.
    pub(super) fn close_sock(&mut self, id: SockId, asks: &mut super::Asks) {
        let Some(sock) = self.socks.remove(&id) else { return };
        let Some(peer) = sock.peer else { return };
        if !self.socks.contains_key(&peer) {
            return;
        }
        let unread = !sock.inbox.is_empty();
        let peer_pod = self.sock(peer).pod.clone();
        if peer_pod == sock.pod {
            self.end_of(peer, unread);
            asks.touched.insert(peer_pod);
            return;
        }
        self.sock_mut(peer).in_flight = 0;
        let kind = if unread { MessageKind::Reset(peer) } else { MessageKind::End(peer) };
        self.send(id, &sock.pod, peer_pod, kind, asks);
    }

    pub(super) fn end_of(&mut self, id: SockId, reset: bool) {
        let sock = self.sock_mut(id);
        sock.ended = true;
        sock.peer = None;
        if reset {
            sock.state = SockState::Failed(NetError::Os(Errno::Connreset));
        }
    }

    /// A message arrives.
    pub fn deliver(&mut self, id: MsgId, asks: &mut super::Asks) {
        let Some(message) = self.wire.get(&id) else { return };
        if self.wire.range(..id).any(|(_, earlier)| earlier.from == message.from) {
            self.wire.entry(id).and_modify(|message| message.waits = true);
            return;
        }
        let message = self.wire.remove(&id).expect("it was just found");
        let to_pod = message.to_pod.clone().expect("every message names its pod");
        if let Some(fault) = self.partition(&message.from_pod, &to_pod).cloned() {
            self.lose(id, message, fault, asks);
            self.settle(asks);
            return;
        }
        let next = self.wire.range(id..).find(|(_, later)| later.from == message.from);
        if let Some((next, _)) = next.filter(|(_, later)| later.waits) {
            asks.send.push((*next, Millis::ZERO));
        }
        asks.touched.insert(to_pod.clone());
        match message.kind {
            MessageKind::Connect(port) => self.deliver_connect(message.from, &to_pod, port, asks),
            MessageKind::Accept(to) if self.is_connecting(to) => {
                self.sock_mut(to).state = SockState::Open;
            }
            MessageKind::Fail(to, error) if self.socks.contains_key(&to) => {
                self.sock_mut(to).state = SockState::Failed(error);
                asks.facts.push(Fact::Machine(self.failure(to, error)));
            }
            MessageKind::Reject(to) if self.socks.contains_key(&to) => {
                self.reject(to, &message.from_pod, asks);
            }
            MessageKind::Data(to, mut data) if self.socks.contains_key(&to) => {
                self.corrupt(to, &mut data, asks);
                self.receive(to, &data);
                asks.facts.extend(self.streamed(to, &data).map(Fact::Machine));
            }
            MessageKind::End(to) if self.socks.contains_key(&to) => self.end_of(to, false),
            MessageKind::Reset(to) if self.socks.contains_key(&to) => self.end_of(to, true),
            MessageKind::Finish(to) if self.socks.contains_key(&to) => {
                self.sock_mut(to).ended = true;
            }
            _ => {}
        }
        self.settle(asks);
    }

    fn deliver_connect(&mut self, from: SockId, pod: &PodUid, port: u16, asks: &mut super::Asks) {
        if !self.socks.contains_key(&from) {
            return;
        }
        let back = self.sock(from).pod.clone();
        let refusal = self.refusal(&back, pod).is_some();
        let accepted = if refusal { None } else { self.accept_into(pod, port, from, false) };
        let kind = match accepted {
            Some(_) => {
                let active = self.sock(from);
                let through = (active.asked.0 != active.remote.0).then(|| active.asked.0.clone());
                let (from_pod, to) = (self.name_of(&active.pod), self.name_of(pod));
                let fact = MachineFact::Connected { from: from_pod, to, port, through };
                asks.facts.push(Fact::Machine(fact));
                MessageKind::Accept(from)
            }
            None if refusal => MessageKind::Reject(from),
            None => MessageKind::Fail(from, NetError::Os(Errno::Connrefused)),
        };
        let sender = self.sock(from).peer.unwrap_or(from);
        self.send(sender, pod, back, kind, asks);
    }

    fn is_connecting(&self, id: SockId) -> bool {
        self.socks.get(&id).is_some_and(|sock| sock.state == SockState::Connecting)
    }
}

impl Nodes {
    pub(super) fn name_of(&self, pod: &PodUid) -> PodName {
        self.sandboxes.get(pod).map_or_else(|| "".into(), |sandbox| sandbox.spec.name.clone())
    }

    pub(super) fn failure(&self, id: SockId, error: NetError) -> MachineFact {
        let sock = self.sock(id);
        let from = self.name_of(&sock.pod);
        let (address, port) = if sock.active { sock.asked.clone() } else { sock.remote.clone() };
        match error {
            NetError::Os(Errno::Connrefused) => MachineFact::Refused { from, address, port },
            _ => MachineFact::TimedOut { from, address, port },
        }
    }

    /// Worth telling only where the data is more than a message of a few lines.
    fn streamed(&self, to: SockId, data: &Blob) -> Option<MachineFact> {
        let sock = self.sock(to);
        let from = self.sandboxes.values().find(|sandbox| sandbox.spec.ip == sock.remote.0)?;
        (data.len() > PIPE_BYTES_MAX).then(|| MachineFact::Streamed {
            from: from.spec.name.clone(),
            to: self.name_of(&sock.pod),
            bytes: data.len(),
            total: sock.received,
        })
    }
}

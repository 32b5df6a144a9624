//! One worker: a thread with a runtime, listeners, a pool of connections to
//! backends and metrics of its own. Workers share the snapshot and nothing
//! else.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use countersign_core::{ApiId, Clock, Entropy, SignatureKeyId, Timestamp};
use countersign_store::SnapshotReader;
use http::{HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use rustc_hash::FxHashMap;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot, watch},
    time::{Instant, MissedTickBehavior, interval, sleep, timeout, timeout_at},
};

use crate::{
    access_log::LogBuffer,
    client_connection,
    client_state::{ClientState, Phase},
    config::Limits,
    fault::Fault,
    framing::HeadLimits,
    head_copy::HeadCopy,
    header_policy::{self, Owned},
    header_values::HeaderValues,
    id_texts::IdTexts,
    json::Line,
    key_directory::PublicKeyUriPrefix,
    meters::Meters,
    pool::Pool,
    request_id::{RequestId, RequestIds},
    signing::Buffers,
    time_text::TimeText,
};

/// How often a worker looks after what waits.
pub(crate) const TICK: Duration = Duration::from_millis(100);
/// Every so many ticks, connections are looked through.
const SWEEP_TICKS: u64 = 10;
/// How long a closing connection waits for the client's end.
const LINGER_TICKS: u64 = 20;
/// How long the answers to requests that were cut may take to leave.
const CUT_GRACE: Duration = Duration::from_millis(250);
/// How long accepting pauses when the system is out of something.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Buffers larger than this are not kept for the next request.
const SPARE_BYTES_MAX: usize = 16 * 1024;

/// What a worker is made of; made on the starting thread and sent to its own.
pub(crate) struct Parts {
    pub(crate) listeners: Vec<std::net::TcpListener>,
    pub(crate) limits: Limits,
    pub(crate) sign_header: HeaderName,
    pub(crate) public_key_prefix: PublicKeyUriPrefix,
    pub(crate) snapshots: SnapshotReader,
    pub(crate) meters: Meters,
    pub(crate) log: LogBuffer,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    /// Says until when what is in flight may be finished.
    pub(crate) stop: oneshot::Receiver<Duration>,
}

/// What the requests of one worker share.
pub(crate) struct Worker {
    pub(crate) limits: Limits,
    /// The header that carries the signature of Huawei's schemes.
    pub(crate) sign_header: HeaderName,
    pub(crate) public_key_prefix: PublicKeyUriPrefix,
    pub(crate) snapshots: RefCell<SnapshotReader>,
    pub(crate) pool: Pool,
    pub(crate) meters: Meters,
    pub(crate) buffers: RefCell<Buffers>,
    pub(crate) server: http1::Builder,
    values: RefCell<HeaderValues>,
    clock: Clock,
    entropy: Entropy,
    ids: RefCell<RequestIds>,
    time: RefCell<TimeText>,
    log: RefCell<LogBuffer>,
    logs: bool,
    apis: RefCell<IdTexts<ApiId>>,
    keys: RefCell<IdTexts<SignatureKeyId>>,
    doomed: RefCell<Vec<HeaderName>>,
    copies: RefCell<Vec<HeadCopy>>,
    lines: RefCell<Vec<Line>>,
    ticks: Rc<Cell<u64>>,
    clients: RefCell<FxHashMap<u64, Rc<ClientState>>>,
    next_client: Cell<u64>,
    last_client_gone: Notify,
}

// What requests use.
impl Worker {
    pub(crate) fn request_id(&self) -> RequestId {
        self.ids.borrow_mut().next()
    }

    /// Whether there is an access log.
    pub(crate) fn logs(&self) -> bool {
        self.logs
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Bytes of a secure random source.
    pub(crate) fn random(&self) -> [u8; 16] {
        (self.entropy)()
    }

    /// A header's value that is part of a signature.
    pub(crate) fn value(&self, text: &[u8]) -> Result<HeaderValue, Fault> {
        let value = self.values.borrow_mut().value(text);
        value.ok_or(Fault::SignatureText)
    }

    /// A header's value of digits and hyphens.
    pub(crate) fn id_value(&self, text: &[u8]) -> HeaderValue {
        let value = self.values.borrow_mut().value(text);
        value.expect("digits and hyphens are visible ASCII")
    }

    /// The time, for the access log.
    pub(crate) fn time_text(&self) -> [u8; 24] {
        self.time.borrow_mut().of((self.clock)())
    }

    pub(crate) fn api_text(&self, id: ApiId) -> [u8; 32] {
        self.apis.borrow_mut().of(id)
    }

    pub(crate) fn key_text(&self, id: SignatureKeyId) -> [u8; 32] {
        self.keys.borrow_mut().of(id)
    }

    pub(crate) fn log(&self, line: &Line) {
        self.log.borrow_mut().push(line.as_bytes());
    }

    pub(crate) fn clean_request(&self, headers: &mut HeaderMap, owned: Owned<'_>) {
        header_policy::clean_request(headers, owned, &mut self.doomed.borrow_mut());
    }

    pub(crate) fn clean_response(&self, headers: &mut HeaderMap) {
        header_policy::clean_response(headers, &mut self.doomed.borrow_mut());
    }

    pub(crate) fn spare_copy(&self) -> HeadCopy {
        self.copies.borrow_mut().pop().unwrap_or_default()
    }

    pub(crate) fn return_copy(&self, copy: Option<HeadCopy>) {
        if let Some(mut copy) = copy {
            copy.clear();
            self.copies.borrow_mut().push(copy);
        }
    }

    pub(crate) fn spare_line(&self) -> Line {
        self.lines.borrow_mut().pop().unwrap_or_default()
    }

    pub(crate) fn return_line(&self, line: Line) {
        if self.logs && line.capacity() <= SPARE_BYTES_MAX {
            self.lines.borrow_mut().push(line);
        }
    }

    pub(crate) fn head_limits(&self) -> HeadLimits {
        HeadLimits {
            bytes_max: self.limits.head_bytes_max,
            fields_max: self.limits.headers_max,
        }
    }
}

// What connections use.
impl Worker {
    /// Makes a connection known to the sweep. `None` when there are as many as
    /// there may be.
    pub(crate) fn admit(self: &Rc<Self>, address: SocketAddr) -> Option<Admission> {
        let mut clients = self.clients.borrow_mut();
        if clients.len() >= self.limits.connections_max {
            return None;
        }
        let number = self.next_client.get();
        self.next_client.set(number + 1);
        let client = Rc::new(ClientState::new(address, Rc::clone(&self.ticks)));
        clients.insert(number, Rc::clone(&client));
        self.meters.client_connections.increment(1.0);
        Some(Admission {
            worker: Rc::clone(self),
            client,
            number,
        })
    }

    /// The state of a connection that is not counted among those served.
    pub(crate) fn turned_away(&self, address: SocketAddr) -> Rc<ClientState> {
        Rc::new(ClientState::new(address, Rc::clone(&self.ticks)))
    }
}

/// A connection that counts among those served, until this is dropped.
pub(crate) struct Admission {
    pub(crate) worker: Rc<Worker>,
    pub(crate) client: Rc<ClientState>,
    number: u64,
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut clients = self.worker.clients.borrow_mut();
        clients.remove(&self.number);
        self.worker.meters.client_connections.decrement(1.0);
        if clients.is_empty() {
            self.worker.last_client_gone.notify_one();
        }
    }
}

// The worker's own life.
impl Worker {
    fn new(parts: Parts) -> Self {
        let Parts {
            limits,
            sign_header,
            public_key_prefix,
            snapshots,
            meters,
            log,
            clock,
            entropy,
            ..
        } = parts;
        let ticks = Rc::new(Cell::new(0));
        let pool = Pool::new(
            limits.backend_idle_connections_max,
            ticks_in(limits.backend_idle_timeout),
            Rc::clone(&ticks),
            meters.backend_idle_connections.clone(),
        );
        let mut server = http1::Builder::new();
        // The guard refuses what is larger; here is room for all it passes.
        server.max_buf_size(limits.head_bytes_max.max(256 * 1024));
        if limits.headers_max > 100 {
            server.max_headers(limits.headers_max);
        }
        Self {
            logs: log.is_on(),
            sign_header,
            public_key_prefix,
            snapshots: RefCell::new(snapshots),
            pool,
            meters,
            buffers: RefCell::default(),
            server,
            values: RefCell::default(),
            clock,
            ids: RefCell::new(RequestIds::new(entropy())),
            entropy,
            time: RefCell::new(TimeText::new()),
            log: RefCell::new(log),
            apis: RefCell::new(IdTexts::new()),
            keys: RefCell::new(IdTexts::new()),
            doomed: RefCell::default(),
            copies: RefCell::default(),
            lines: RefCell::default(),
            ticks,
            clients: RefCell::default(),
            next_client: Cell::new(0),
            last_client_gone: Notify::new(),
            limits,
        }
    }

    /// Once every tick.
    fn tick(&self) {
        let now = self.ticks.get() + 1;
        self.ticks.set(now);
        self.clients
            .borrow()
            .values()
            .for_each(|client| client.ring_alarm());
        self.log.borrow_mut().hand_over();
        let revision = self.snapshots.borrow_mut().current().revision().number();
        self.meters.snapshot_revision.set(revision as f64);
        if now.is_multiple_of(SWEEP_TICKS) {
            self.sweep();
        }
    }

    fn sweep(&self) {
        for client in self.clients.borrow().values() {
            let ticks_max = match client.phase() {
                Phase::Busy => continue,
                Phase::Idle => ticks_in(self.limits.idle_timeout),
                Phase::Head => ticks_in(self.limits.head_timeout),
                Phase::Closing => LINGER_TICKS,
            };
            if client.ticks_in_phase() > ticks_max {
                client.expire();
            }
        }
        self.pool.sweep();
    }

    /// Finishes what is in flight, until `deadline` at most; says how many
    /// requests were cut.
    async fn drain(&self, deadline: Instant) -> u64 {
        self.clients
            .borrow()
            .values()
            .for_each(|client| client.drain());
        let mut ticks = ticking();
        while !self.clients.borrow().is_empty() && Instant::now() < deadline {
            tokio::select! {
                () = self.last_client_gone.notified() => {}
                _ = ticks.tick() => self.tick(),
                () = tokio::time::sleep_until(deadline) => {}
            }
        }
        let cut = self
            .clients
            .borrow()
            .values()
            .map(|client| client.in_flight())
            .sum();
        self.clients
            .borrow()
            .values()
            .for_each(|client| client.cut());
        self.until_empty(CUT_GRACE).await;
        self.clients
            .borrow()
            .values()
            .for_each(|client| client.expire());
        self.until_empty(CUT_GRACE).await;
        self.pool.clear();
        self.log.borrow_mut().hand_over();
        cut
    }

    async fn until_empty(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        while !self.clients.borrow().is_empty() {
            if timeout_at(deadline, self.last_client_gone.notified())
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

/// Runs a worker until it is told to stop; says how many requests were cut.
pub(crate) async fn run(mut parts: Parts) -> std::io::Result<u64> {
    let listeners = std::mem::take(&mut parts.listeners);
    let (_unused, never) = oneshot::channel();
    let mut stop = std::mem::replace(&mut parts.stop, never);
    let worker = Rc::new(Worker::new(parts));
    let (stop_accepting, _) = watch::channel(());
    let mut accepting = Vec::new();
    for listener in listeners {
        let listener = TcpListener::from_std(listener)?;
        let task = accept(Rc::clone(&worker), listener, stop_accepting.subscribe());
        accepting.push(tokio::task::spawn_local(task));
    }
    worker.tick();
    let mut ticks = ticking();
    let patience = loop {
        tokio::select! {
            _ = ticks.tick() => worker.tick(),
            // Whoever could tell us is gone: stop at once.
            patience = &mut stop => break patience.unwrap_or_default(),
        }
    };
    let deadline = Instant::now() + patience;
    stop_accepting.send_replace(());
    for task in accepting {
        if timeout(CUT_GRACE, task).await.is_err() {
            tracing::error!("a listener did not stop");
        }
    }
    Ok(worker.drain(deadline).await)
}

fn ticking() -> tokio::time::Interval {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

pub(crate) fn ticks_in(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX)
}

/// Accepts until told to stop, and then what already waits.
async fn accept(worker: Rc<Worker>, listener: TcpListener, mut stop: watch::Receiver<()>) {
    loop {
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return,
        };
        match accepted {
            Ok((socket, address)) => welcome(&worker, socket, address),
            Err(error) if is_connections_own(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether the failure is one connection's and not the listener's.
fn is_connections_own(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    )
}

fn welcome(worker: &Rc<Worker>, socket: TcpStream, address: SocketAddr) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended as it began");
        return;
    }
    match worker.admit(address) {
        Some(admission) => {
            tokio::task::spawn_local(client_connection::serve(admission, socket));
        }
        None => client_connection::turn_away(worker, &socket, address),
    }
}

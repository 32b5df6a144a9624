//! The connections of one worker to backends.

use std::{
    cell::{Cell, RefCell},
    io,
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::Duration,
};

use countersign_core::BackendAddress;
use http::HeaderValue;
use hyper_util::rt::TokioIo;
use metrics::Gauge;
use rustc_hash::FxHashMap;
use tokio::net::{TcpStream, lookup_host};

use crate::{
    backend_connection::{BackendConnection, Lease},
    fault::Fault,
};

/// All backends that one worker has called lately.
pub(crate) struct Pool {
    backends: RefCell<FxHashMap<BackendAddress, Rc<Backend>>>,
    settings: Rc<Settings>,
}

struct Settings {
    connections_max: usize,
    idle_ticks_max: u64,
    ticks: Rc<Cell<u64>>,
    idle_gauge: Gauge,
}

/// One backend's server.
pub(crate) struct Backend {
    address: BackendAddress,
    text: String,
    host: HeaderValue,
    /// Its address, if that needs no resolver.
    literal: Option<SocketAddr>,
    /// The longest idle first.
    idle: RefCell<Vec<Idle>>,
    last_used: Cell<u64>,
    settings: Rc<Settings>,
}

struct Idle {
    connection: Box<BackendConnection>,
    since: u64,
}

impl Pool {
    pub(crate) fn new(
        connections_max: usize,
        idle_ticks_max: u64,
        ticks: Rc<Cell<u64>>,
        idle_gauge: Gauge,
    ) -> Self {
        let settings = Settings {
            connections_max,
            idle_ticks_max,
            ticks,
            idle_gauge,
        };
        Self {
            backends: RefCell::default(),
            settings: Rc::new(settings),
        }
    }

    /// The backend at `address`.
    pub(crate) fn backend(&self, address: &BackendAddress) -> Rc<Backend> {
        if let Some(backend) = self.backends.borrow().get(address) {
            backend.last_used.set(self.settings.ticks.get());
            return Rc::clone(backend);
        }
        let backend = Rc::new(Backend::new(address.clone(), Rc::clone(&self.settings)));
        self.backends
            .borrow_mut()
            .insert(address.clone(), Rc::clone(&backend));
        backend
    }

    /// Closes connections that have been idle for too long or were closed by
    /// the backend, and forgets backends that are no longer called.
    pub(crate) fn sweep(&self) {
        let now = self.settings.ticks.get();
        self.backends.borrow_mut().retain(|_, backend| {
            backend.sweep(now);
            let is_recent =
                now.saturating_sub(backend.last_used.get()) <= self.settings.idle_ticks_max;
            is_recent || Rc::strong_count(backend) > 1 || !backend.idle.borrow().is_empty()
        });
    }

    /// Closes all idle connections.
    pub(crate) fn clear(&self) {
        for backend in self.backends.borrow().values() {
            let closed = backend.idle.take().len();
            self.settings.idle_gauge.decrement(closed as f64);
        }
    }
}

impl Backend {
    fn new(address: BackendAddress, settings: Rc<Settings>) -> Self {
        let host = match address.port() {
            80 => address.host().to_owned(),
            port => format!("{}:{port}", address.host()),
        };
        // A parsed address holds letters, digits, '.', '-', '_', ':' and
        // brackets; the fallback is never seen.
        let host = HeaderValue::from_str(&host).unwrap_or(HeaderValue::from_static("invalid"));
        let literal = address
            .bare_host()
            .parse::<IpAddr>()
            .ok()
            .map(|ip| SocketAddr::new(ip, address.port()));
        let last_used = Cell::new(settings.ticks.get());
        Self {
            text: address.to_string(),
            address,
            host,
            literal,
            idle: RefCell::default(),
            last_used,
            settings,
        }
    }

    /// What `Host` says on requests to it.
    pub(crate) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Where it is, as text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A kept connection, the one last used.
    pub(crate) fn kept(self: &Rc<Self>) -> Option<Lease> {
        loop {
            let mut idle = self.idle.borrow_mut().pop()?;
            self.settings.idle_gauge.decrement(1.0);
            if idle.connection.is_fresh() {
                return Some(Lease::new(idle.connection, Rc::clone(self)));
            }
        }
    }

    /// Keeps a connection for later.
    pub(crate) fn keep(&self, connection: Box<BackendConnection>) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() < self.settings.connections_max {
            idle.push(Idle {
                connection,
                since: self.settings.ticks.get(),
            });
            self.settings.idle_gauge.increment(1.0);
        }
    }

    /// A new connection.
    pub(crate) async fn connect(self: &Rc<Self>, timeout: Duration) -> Result<Lease, Fault> {
        let connected = tokio::time::timeout(timeout, self.open()).await;
        connected.map_err(|_| Fault::ConnectTimeout(timeout))?
    }

    async fn open(self: &Rc<Self>) -> Result<Lease, Fault> {
        let socket = match self.literal {
            Some(address) => TcpStream::connect(address).await.map_err(Fault::Connect)?,
            None => self.open_by_name().await?,
        };
        socket.set_nodelay(true).map_err(Fault::Connect)?;
        let handshake = hyper::client::conn::http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(socket));
        let (sender, driver) = handshake.await.map_err(Fault::Exchange)?;
        let connection = Box::new(BackendConnection::new(sender, driver));
        Ok(Lease::new(connection, Rc::clone(self)))
    }

    async fn open_by_name(&self) -> Result<TcpStream, Fault> {
        let name = (self.address.bare_host(), self.address.port());
        let mut failure = Fault::Resolve(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
        for address in lookup_host(name).await.map_err(Fault::Resolve)? {
            match TcpStream::connect(address).await {
                Ok(socket) => return Ok(socket),
                Err(error) => failure = Fault::Connect(error),
            }
        }
        Err(failure)
    }

    fn sweep(&self, now: u64) {
        let mut idle = self.idle.borrow_mut();
        let before = idle.len();
        let idle_ticks_max = self.settings.idle_ticks_max;
        idle.retain_mut(|idle| {
            now.saturating_sub(idle.since) <= idle_ticks_max && idle.connection.is_fresh()
        });
        self.settings
            .idle_gauge
            .decrement((before - idle.len()) as f64);
    }
}

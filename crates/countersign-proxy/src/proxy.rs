//! Starting the data plane and stopping it.

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use countersign_core::{Clock, Entropy};
use countersign_store::SnapshotReader;
use metrics::Recorder;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{
    runtime::{Builder, LocalOptions},
    sync::oneshot,
};

use crate::{
    access_log::AccessLog,
    config::ProxyConfig,
    meters::{self, Meters},
    worker::{self, Parts},
};

/// Connections that may wait to be accepted, for each worker and address.
const BACKLOG: i32 = 1024;

/// The data plane.
#[derive(Debug)]
pub struct Proxy;

/// A data plane at work. Dropping it stops it at once; [`RunningProxy::drain`]
/// lets it finish.
pub struct RunningProxy {
    addresses: Vec<SocketAddr>,
    workers: Vec<WorkerThread>,
    log_writer: Option<JoinHandle<()>>,
}

struct WorkerThread {
    stop: oneshot::Sender<Duration>,
    thread: JoinHandle<io::Result<u64>>,
}

/// How stopping went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// How many requests were cut because they were not finished in time.
    pub requests_cut: u64,
}

/// Why the data plane did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is nothing to listen on.
    #[error("no address to listen on is given")]
    NoAddress,
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A worker has no thread or no runtime.
    #[error("cannot start worker {worker}")]
    Worker {
        /// Which, from 0.
        worker: usize,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl Proxy {
    /// Binds every address, then starts the workers.
    ///
    /// Metrics are registered with `recorder`, for each worker apart.
    /// Histograms are recorded once a request: an exporter that gathers them
    /// has to be read, or kept up, regularly.
    ///
    /// # Errors
    /// See [`StartError`]; then nothing keeps running.
    pub fn start(
        config: ProxyConfig,
        snapshots: SnapshotReader,
        recorder: &dyn Recorder,
        access_log: AccessLog,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<RunningProxy, StartError> {
        let (addresses, listeners) = bind_all(&config)?;
        meters::describe(recorder);
        let mut workers = Vec::with_capacity(config.workers.get());
        for (number, listeners) in listeners.into_iter().enumerate() {
            let meters = Meters::register(recorder, number);
            let log = access_log.buffer(meters.access_log_dropped.clone());
            let (stop, stopped) = oneshot::channel();
            let parts = Parts {
                listeners,
                limits: config.limits.clone(),
                sign_header: config.backend_sign_header.clone().into_name(),
                public_key_prefix: config.public_key_uri_prefix.clone(),
                snapshots: snapshots.clone(),
                meters,
                log,
                clock: Clock::clone(&clock),
                entropy: Entropy::clone(&entropy),
                stop: stopped,
            };
            let thread = start_worker(number, parts).map_err(|source| StartError::Worker {
                worker: number,
                source,
            })?;
            workers.push(WorkerThread { stop, thread });
        }
        Ok(RunningProxy {
            addresses,
            workers,
            log_writer: access_log.into_writer(),
        })
    }
}

impl RunningProxy {
    /// The addresses listened on, in the order of the configuration.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops accepting, closes idle connections, finishes what is in flight
    /// within `deadline`, cuts the rest, and waits for all threads. Blocks.
    pub fn drain(self, deadline: Duration) -> Drained {
        let mut threads = Vec::with_capacity(self.workers.len());
        for WorkerThread { stop, thread } in self.workers {
            // A worker that has ended does not listen any more.
            let _ = stop.send(deadline);
            threads.push(thread);
        }
        let mut requests_cut = 0;
        for thread in threads {
            match thread.join() {
                Ok(Ok(cut)) => requests_cut += cut,
                Ok(Err(error)) => tracing::error!(%error, "a worker failed"),
                Err(_) => tracing::error!("a worker panicked"),
            }
        }
        if let Some(writer) = self.log_writer {
            finish_log(writer);
        }
        Drained { requests_cut }
    }
}

impl fmt::Debug for RunningProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningProxy")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// Waits for the log's last lines, of which there are some megabytes at most,
/// but not for a writer that is stuck: standard output may be a pipe that
/// nobody reads.
fn finish_log(writer: JoinHandle<()>) {
    const PATIENCE: Duration = Duration::from_secs(2);
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        let _ = done.send(writer.join().is_ok());
    });
    if is_done.recv_timeout(PATIENCE) != Ok(true) {
        tracing::error!("the access log was not written to its end");
    }
}

/// Runs a worker on a thread of its own, once its runtime stands.
fn start_worker(number: usize, parts: Parts) -> io::Result<JoinHandle<io::Result<u64>>> {
    let (report, reported) = mpsc::channel();
    let thread = thread::Builder::new()
        .name(format!("proxy-{number}"))
        .spawn(move || {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build_local(LocalOptions::default());
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => {
                    let _ = report.send(Err(io::Error::new(error.kind(), error.to_string())));
                    return Err(error);
                }
            };
            let _ = report.send(Ok(()));
            runtime.block_on(worker::run(parts))
        })?;
    reported
        .recv()
        .unwrap_or_else(|_| Err(io::Error::other("the worker ended at once")))?;
    Ok(thread)
}

type Bound = (Vec<SocketAddr>, Vec<Vec<TcpListener>>);

/// Binds each address once for each worker. The outer list of listeners is by
/// worker.
fn bind_all(config: &ProxyConfig) -> Result<Bound, StartError> {
    if config.listen.is_empty() {
        return Err(StartError::NoAddress);
    }
    let workers = config.workers.get();
    let mut addresses = Vec::with_capacity(config.listen.len());
    let mut listeners: Vec<Vec<TcpListener>> = (0..workers).map(|_| Vec::new()).collect();
    for address in &config.listen {
        let failed = |source| StartError::Bind {
            address: *address,
            source,
        };
        // Sockets that share a port also share it with another process of the
        // same user. One that does not share tells whether the port is free.
        if address.port() != 0 {
            bind(*address, false).map_err(failed)?;
        }
        let mut bound = *address;
        for own in &mut listeners {
            let listener = bind(bound, workers > 1).map_err(failed)?;
            // Where the system chose the port, the others take the same.
            bound = listener.local_addr().map_err(failed)?;
            own.push(listener);
        }
        addresses.push(bound);
    }
    Ok((addresses, listeners))
}

/// A listener on `address`; an IPv6 address takes no IPv4 connections.
fn bind(address: SocketAddr, shares_port: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    if shares_port {
        socket.set_reuse_port(true)?;
    }
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

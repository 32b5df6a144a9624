//! A running verifier: listeners, keys, and the end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use countersign_sign::verifier::{Keys, Verifier};
use http::Request;
use hyper::body::Incoming;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

use crate::{
    Clock,
    access_log::AccessLog,
    config::{Config, KeySource, Mode},
    feed::Feed,
    forward_auth::ForwardAuth,
    front::{self, OnViolation},
    judge::Judge,
    key_file::{KeyFile, KeyFileError},
    meters::Meters,
    record::Records,
    reverse_proxy::{BackendClient, ReverseProxy},
    status::{Source, Status},
};

/// Connections to health and metrics.
const STATUS_CONNECTIONS_MAX: usize = 64;

/// A verifier that serves.
pub struct RunningVerifier {
    address: SocketAddr,
    status_address: SocketAddr,
    verifier: Arc<Verifier>,
    stop: watch::Sender<bool>,
    /// Never used: a listener ends when its sender is gone.
    _status_stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    background: Vec<JoinHandle<()>>,
    drain_timeout: Duration,
}

/// Why a verifier did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port cannot be bound.
    #[error("cannot listen at {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The key file gives no keys.
    #[error("the key file gives no keys")]
    KeyFile(#[source] KeyFileError),
    /// The access log cannot be opened.
    #[error("the access log cannot be opened")]
    AccessLog(#[source] io::Error),
}

/// Starts a verifier in the present runtime. A file of keys is read before anything is
/// served; the feed need not answer yet.
///
/// # Errors
/// [`StartError`]; then nothing is left running.
pub async fn start(config: Config, clock: Clock) -> Result<RunningVerifier, StartError> {
    let (listener, address) = bind(config.listen).await?;
    let (status_listener, status_address) = bind(config.status_listen).await?;
    let recorder = PrometheusBuilder::new().build_recorder();
    let meters = Arc::new(Meters::register(&recorder));
    let log = AccessLog::open(&config.access_log, meters.access_log_dropped.clone());
    let log = Arc::new(log.map_err(StartError::AccessLog)?);
    let observes = config.options.observe;
    let verifier = Arc::new(Verifier::new(Keys::default(), config.options));
    let (source, mut background) = keys(config.keys, &verifier, &clock, &meters)?;
    let judge = Arc::new(Judge {
        verifier: Arc::clone(&verifier),
        feed: match &source {
            Source::Feed(feed) => Some(Arc::clone(feed)),
            Source::File(_) => None,
        },
        clock: Arc::clone(&clock),
        meters: Arc::clone(&meters),
    });
    let records = Records {
        log,
        clock,
        observes,
    };
    let (stop, stopped) = watch::channel(false);
    let status = Arc::new(Status {
        metrics: recorder.handle(),
        meters: Arc::clone(&meters),
        verifier: Arc::clone(&verifier),
        source,
        stop: stopped.clone(),
    });
    let malformed = meters.malformed.clone();
    let on_violation: OnViolation = Arc::new(move |_| malformed.increment(1));
    let connections_max = config.connections_max;
    let serving = match config.mode {
        Mode::ForwardAuth(config) => {
            let server = Arc::new(ForwardAuth {
                config,
                judge,
                records,
            });
            let handle = move |request, peer| Arc::clone(&server).answer(request, peer);
            tokio::spawn(front::serve(
                listener,
                connections_max,
                on_violation,
                stopped,
                handle,
            ))
        }
        Mode::ReverseProxy(config) => {
            let server = Arc::new(ReverseProxy {
                signature_headers: config.signature_headers,
                backend: BackendClient::new(config.backend, config.backend_timeout),
                judge,
                records,
            });
            let handle = move |request, peer| Arc::clone(&server).answer(request, peer);
            tokio::spawn(front::serve(
                listener,
                connections_max,
                on_violation,
                stopped,
                handle,
            ))
        }
    };
    // It answers to the very end, so it is cut rather than stopped.
    let status_stop = watch::Sender::new(false);
    let handle = move |request: Request<Incoming>, _| {
        let answer = status.answer(&request);
        async move { answer }
    };
    let ignore: OnViolation = Arc::new(|_| {});
    background.push(tokio::spawn(front::serve(
        status_listener,
        STATUS_CONNECTIONS_MAX,
        ignore,
        status_stop.subscribe(),
        handle,
    )));
    Ok(RunningVerifier {
        address,
        status_address,
        verifier,
        stop,
        _status_stop: status_stop,
        serving,
        background,
        drain_timeout: config.drain_timeout,
    })
}

fn keys(
    source: KeySource,
    verifier: &Arc<Verifier>,
    clock: &Clock,
    meters: &Arc<Meters>,
) -> Result<(Source, Vec<JoinHandle<()>>), StartError> {
    let (verifier, clock, meters) = (Arc::clone(verifier), Arc::clone(clock), Arc::clone(meters));
    Ok(match source {
        KeySource::File(path) => {
            let file = KeyFile::open(&path, verifier, clock, meters);
            let file = file.map_err(StartError::KeyFile)?;
            let watching = tokio::spawn(Arc::clone(&file).watch());
            (Source::File(file), vec![watching])
        }
        KeySource::Feed { url, token } => {
            let feed = Feed::new(&url, token, verifier, clock, meters);
            let listening = tokio::spawn(Arc::clone(&feed).listen());
            let answering = tokio::spawn(Arc::clone(&feed).answer_demand());
            (Source::Feed(feed), vec![listening, answering])
        }
    })
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

impl RunningVerifier {
    /// Where requests are taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where health and metrics are served.
    pub fn status_address(&self) -> SocketAddr {
        self.status_address
    }

    /// What the keys are, and how the verdicts were.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The line that says the verifier serves, and where.
    pub fn ready_line(&self) -> String {
        format!(
            "ready verify=http://{} status=http://{}",
            self.address, self.status_address
        )
    }

    /// Takes no more requests, finishes those in flight, and ends. Says whether all were
    /// finished in time.
    pub async fn shut_down(self) -> bool {
        self.stop.send_replace(true);
        let abort = self.serving.abort_handle();
        let is_drained = timeout(self.drain_timeout, self.serving).await.is_ok();
        abort.abort();
        for task in self.background {
            task.abort();
        }
        is_drained
    }
}

//! A running gateway: store, management plane and data plane, started in that
//! order and ended in the reverse one.

mod master_key;
mod status;

use std::{
    fs::OpenOptions,
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use countersign_admin::{Admin, AdminConfig, PasswordCosts};
use countersign_core::{
    AccessKey, Clock, Entropy, Revision, Timestamp, command::bootstrap::Bootstrap,
};
use countersign_proxy::{AccessLog, Drained, Limits, Proxy, ProxyConfig, RunningProxy};
use countersign_store::{Backend, Store, embedded::EmbeddedBackend, memory::MemoryBackend};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::{runtime::Runtime, sync::oneshot};

use crate::config::{AccessLogTarget, BootstrapConfig, Config, StoreKind};
use status::Status;

/// Threads of the management plane: enough to answer while one waits.
const MANAGEMENT_THREADS: usize = 2;
/// How far a caller's clock may be off, either way (the vendor's error table).
const CLOCK_WINDOW: Duration = Duration::from_secs(15 * 60);
/// How many nonces of callers are remembered within the clock's window.
const NONCE_CAPACITY: usize = 1_000_000;
/// Groups that one account may have (the vendor's limits page).
const GROUPS_PER_ACCOUNT_MAX: usize = 200;
/// How long management calls in flight may take to finish.
const MANAGEMENT_DRAIN: Duration = Duration::from_secs(5);

/// Where time and randomness come from.
#[derive(Clone)]
pub struct Sources {
    /// Tells the time.
    pub clock: Clock,
    /// Makes ids.
    pub entropy: Entropy,
}

impl Sources {
    /// The machine's clock and its secure random source.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(system_time),
            entropy: Arc::new(system_random),
        }
    }
}

fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since_epoch.as_nanos()).unwrap_or(i64::MAX))
}

fn system_random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .expect("the machine has a secure random source, or no key can be made at all");
    bytes
}

/// A gateway that serves.
pub struct Gateway {
    gateway_addresses: Vec<SocketAddr>,
    management_address: SocketAddr,
    store: Store,
    status: Arc<Status>,
    proxy: RunningProxy,
    management: Management,
    drain_timeout: Duration,
}

struct Management {
    runtime: Runtime,
    stop: oneshot::Sender<()>,
    admin: Admin,
    serving: tokio::task::JoinHandle<io::Result<()>>,
}

impl Gateway {
    /// Opens the store, binds every port, and serves.
    /// The data plane comes last, so that a client is served only when all else
    /// is.
    ///
    /// # Errors
    /// Whatever keeps the gateway from serving; then nothing is left running.
    pub fn start(config: &Config, sources: &Sources) -> Result<Self, StartError> {
        let management_listener = listen(config.management.listen)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(MANAGEMENT_THREADS)
            .thread_name("management")
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let store = runtime.block_on(open_store(config, sources))?;

        let recorder = PrometheusBuilder::new()
            .set_buckets(&LATENCY_BUCKETS_SECONDS)
            .map_err(StartError::Metrics)?
            .build_recorder();
        let status = Arc::new(Status::new(&recorder, store.clone()));
        runtime.spawn(Arc::clone(&status).keep_metrics_small());
        let admin = Admin::new(
            store.clone(),
            admin_config(config),
            sources.clock.clone(),
            sources.entropy.clone(),
            status.clone(),
        );
        let management_address = management_listener
            .local_addr()
            .map_err(StartError::Runtime)?;
        let management = Management::serve(runtime, management_listener, &admin)?;
        let proxy = Proxy::start(
            proxy_config(config),
            store.reader(),
            &recorder,
            access_log(&config.gateway.access_log)?,
            sources.clock.clone(),
            sources.entropy.clone(),
        )
        .map_err(StartError::Proxy)?;
        status.is_serving();
        Ok(Self {
            gateway_addresses: proxy.addresses().to_vec(),
            management_address,
            store,
            status,
            proxy,
            management,
            drain_timeout: config.gateway.drain_timeout,
        })
    }

    /// Where clients are served.
    pub fn gateway_addresses(&self) -> &[SocketAddr] {
        &self.gateway_addresses
    }

    /// Where callers of the management plane are served.
    pub fn management_address(&self) -> SocketAddr {
        self.management_address
    }

    /// The store, for whoever runs in the same process.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where its asynchronous work runs.
    pub fn runtime(&self) -> &Runtime {
        &self.management.runtime
    }

    /// The line that says the gateway is ready, and where.
    pub fn ready_line(&self) -> String {
        let gateways: Vec<String> = self
            .gateway_addresses
            .iter()
            .map(|address| format!("http://{address}"))
            .collect();
        format!(
            "ready gateway={} management=http://{}",
            gateways.join(","),
            self.management_address
        )
    }

    /// Turns `/readyz`, finishes what is in flight, and ends.
    pub fn shut_down(self) -> Drained {
        self.status.is_draining();
        let drained = self.proxy.drain(self.drain_timeout);
        let Management {
            runtime,
            stop,
            admin,
            serving,
        } = self.management;
        admin.stop_waiting();
        // The receiver is gone only when serving has ended by itself.
        let _ = stop.send(());
        runtime.block_on(async {
            if tokio::time::timeout(MANAGEMENT_DRAIN, serving)
                .await
                .is_err()
            {
                tracing::warn!("management calls were cut when the drain time was over");
            }
            self.store.close().await;
        });
        drained
    }
}

impl Management {
    fn serve(runtime: Runtime, listener: TcpListener, admin: &Admin) -> Result<Self, StartError> {
        let _in_runtime = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener).map_err(StartError::Runtime)?;
        let service = admin
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(async move {
            let until_stopped = async { drop(stopped.await) };
            axum::serve(listener, service)
                .with_graceful_shutdown(until_stopped)
                .await
        });
        drop(_in_runtime);
        Ok(Self {
            runtime,
            stop,
            admin: admin.clone(),
            serving,
        })
    }
}

/// From a quarter of a millisecond to a minute: a gateway's own share up to a
/// backend that is timing out.
const LATENCY_BUCKETS_SECONDS: [f64; 14] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0,
];

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(|cause| StartError::Listen { address, cause })
}

fn proxy_config(config: &Config) -> ProxyConfig {
    ProxyConfig {
        listen: config.gateway.listen.clone(),
        workers: config.gateway.workers,
        limits: Limits {
            body_buffer_bytes_max: config.gateway.body_buffer_bytes_max,
            ..Limits::default()
        },
        backend_sign_header: config.gateway.backend_sign_header.clone(),
        public_key_uri_prefix: config.gateway.public_key_uri_prefix.clone(),
    }
}

fn admin_config(config: &Config) -> AdminConfig {
    AdminConfig {
        region: config.management.region.clone(),
        domain_suffix: config.gateway.domain_suffix.to_string(),
        nonce_capacity: NONCE_CAPACITY,
        groups_per_account_max: GROUPS_PER_ACCOUNT_MAX,
        clock_window: CLOCK_WINDOW,
        requests_per_second: config.management.requests_per_second,
        password_costs: PasswordCosts::OWASP,
        huawei: config.management.huawei.clone(),
    }
}

fn access_log(target: &AccessLogTarget) -> Result<AccessLog, StartError> {
    Ok(match target {
        AccessLogTarget::Off => AccessLog::off(),
        AccessLogTarget::StandardOutput => AccessLog::to(Box::new(io::stdout())),
        AccessLogTarget::File(path) => {
            let file = OpenOptions::new().create(true).append(true).open(path);
            AccessLog::to(Box::new(file.map_err(|cause| StartError::AccessLog {
                path: path.clone(),
                cause,
            })?))
        }
    })
}

async fn open_store(config: &Config, sources: &Sources) -> Result<Store, StartError> {
    let backend: Arc<dyn Backend> = match &config.store.kind {
        StoreKind::Memory => Arc::new(MemoryBackend::default()),
        StoreKind::Embedded(path) => {
            Arc::new(EmbeddedBackend::open(path).map_err(StartError::Backend)?)
        }
    };
    let master_key = master_key::load(&config.store.master_key)?;
    let store = Store::open(backend, &master_key)
        .await
        .map_err(StartError::Store)?;
    if store.snapshot().revision() == Revision::ZERO {
        let bootstrap = config.bootstrap.as_ref().ok_or(StartError::NoBootstrap)?;
        let command = Bootstrap {
            access_key: owner_key(bootstrap, sources),
            project: bootstrap.project,
        };
        store
            .execute(command, (sources.clock)())
            .await
            .map_err(StartError::Bootstrap)?;
        tracing::info!(account = %bootstrap.account, access_key = %bootstrap.access_key_id, "the empty store was set up");
    }
    Ok(store)
}

fn owner_key(bootstrap: &BootstrapConfig, sources: &Sources) -> AccessKey {
    AccessKey {
        id: bootstrap.access_key_id.clone(),
        secret: bootstrap.access_key_secret.clone(),
        account: bootstrap.account.clone(),
        created: (sources.clock)(),
    }
}

/// Why a gateway did not start.
#[derive(Debug)]
pub enum StartError {
    /// The management plane's port cannot be bound.
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
    /// The runtime cannot be made.
    Runtime(io::Error),
    /// The access log cannot be opened.
    AccessLog {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The metrics cannot be set up.
    Metrics(metrics_exporter_prometheus::BuildError),
    /// The records cannot be reached.
    Backend(countersign_store::BackendError),
    /// There is no randomness to make a key from.
    Random(countersign_store::RandomError),
    /// The master key cannot be had.
    MasterKey {
        /// Where it was looked for.
        place: String,
        /// What is wrong.
        cause: countersign_store::MasterKeyError,
    },
    /// The store cannot be opened.
    Store(countersign_store::OpenError),
    /// The store is empty and nothing says what to set it up with.
    NoBootstrap,
    /// The empty store cannot be set up.
    Bootstrap(countersign_store::ExecuteError),
    /// The data plane cannot start.
    Proxy(countersign_proxy::StartError),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Listen { address, .. } => write!(f, "management.listen: cannot listen at {address}"),
            Self::Runtime(_) => f.write_str("the management plane cannot start"),
            Self::AccessLog { path, .. } => write!(f, "gateway.access_log: cannot open {}", path.display()),
            Self::Metrics(_) => f.write_str("the metrics cannot be set up"),
            Self::Backend(_) => f.write_str("the store cannot be reached"),
            Self::Random(_) => f.write_str("no master key can be made"),
            Self::MasterKey { place, .. } => write!(f, "the master key cannot be read from {place}"),
            Self::Store(_) => f.write_str("the store cannot be opened"),
            Self::NoBootstrap => f.write_str(
                "the store is empty and [bootstrap] is missing: give account_id, access_key_id and access_key_secret",
            ),
            Self::Bootstrap(_) => f.write_str("the empty store cannot be set up"),
            Self::Proxy(_) => f.write_str("the data plane cannot start"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { cause, .. } | Self::Runtime(cause) | Self::AccessLog { cause, .. } => {
                Some(cause)
            }
            Self::Metrics(cause) => Some(cause),
            Self::Backend(cause) => Some(cause),
            Self::Random(cause) => Some(cause),
            Self::MasterKey { cause, .. } => Some(cause),
            Self::Store(cause) => Some(cause),
            Self::NoBootstrap => None,
            Self::Bootstrap(cause) => Some(cause),
            Self::Proxy(cause) => Some(cause),
        }
    }
}

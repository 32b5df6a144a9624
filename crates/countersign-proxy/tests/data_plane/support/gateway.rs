//! A gateway over a store in memory, with a fixed set of APIs.

use std::{
    io::Write,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use countersign_core::{
    AccessKey, AccessKeyId, AccountId, ApiDefinition, ApiId, ApiName, BackendAddress,
    BackendTarget, Clock, Description, DialectName, Entropy, EnvironmentName, GroupId, GroupName,
    Host, MatchMode, MethodMatch, PathPattern, SignKey, SignSecret, SignatureKeyId,
    SignatureKeyName, Timestamp, Visibility,
    command::{
        Bind, Command, Unbind, api::CreateApi, bootstrap::Bootstrap, group::CreateGroup,
        publication::Publish, signature_key::CreateSignatureKey, signature_key::ModifySignatureKey,
    },
    path::ParameterStyle,
};
use countersign_proxy::{AccessLog, Drained, Limits, Proxy, ProxyConfig, RunningProxy};
use countersign_sign::Secret;
use countersign_store::{MasterKey, Store, memory::MemoryBackend};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{Backend, Client};

pub const SIGN_KEY: &str = "TestKey01";
pub const SECRET: &str = "TestSecret01";
pub const NOW: Timestamp = Timestamp::from_millis(1_767_323_045_006);

pub struct Options {
    pub limits: Limits,
    pub workers: usize,
    pub logs: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            workers: 1,
            logs: false,
        }
    }
}

pub struct Gateway {
    pub proxy: RunningProxy,
    pub store: Store,
    pub runtime: tokio::runtime::Runtime,
    log: Log,
    metrics: PrometheusHandle,
}

/// A log that can be read back.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is left when a gateway has stopped.
pub struct Left {
    pub drained: Drained,
    pub log: Vec<serde_json::Value>,
    pub raw_log: String,
    pub metrics: String,
}

pub fn clock() -> Clock {
    Arc::new(|| NOW)
}

pub fn entropy() -> Entropy {
    let next = AtomicU64::new(1);
    Arc::new(move || {
        u128::from(next.fetch_add(1, Ordering::SeqCst))
            .wrapping_mul(0x0123_4567_89ab_cdef_0011_2233_4455_6677)
            .to_be_bytes()
    })
}

impl Gateway {
    /// With everything by default.
    pub fn start(backend: &Backend) -> Self {
        Self::with(backend.address, Options::default())
    }

    pub fn with(backend: SocketAddr, options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let master_key = MasterKey::random().unwrap();
        let store = runtime
            .block_on(Store::open(Arc::new(MemoryBackend::new()), &master_key))
            .unwrap();
        runtime.block_on(fill(&store, &backend.to_string()));

        let log = Log::default();
        let access_log = if options.logs {
            AccessLog::to(Box::new(log.clone()))
        } else {
            AccessLog::off()
        };
        let recorder = PrometheusBuilder::new().build_recorder();
        let config = ProxyConfig {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            workers: NonZeroUsize::new(options.workers).unwrap(),
            limits: options.limits,
        };
        let proxy = Proxy::start(
            config,
            store.reader(),
            &recorder,
            access_log,
            clock(),
            entropy(),
        )
        .unwrap();
        Self {
            proxy,
            store,
            runtime,
            log,
            metrics: recorder.handle(),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.proxy.addresses()[0]
    }

    pub fn client(&self) -> Client {
        Client::to(self.address())
    }

    pub fn execute<C>(&self, command: C)
    where
        C: Command + Send + 'static,
        C::Outcome: Send + 'static,
    {
        self.runtime.block_on(execute(&self.store, command));
    }

    /// Gives the signature key another sign key and sign secret.
    pub fn change_key(&self, sign_key: &str, secret: &str) {
        self.execute(ModifySignatureKey {
            account: account(),
            id: key_id(),
            name: None,
            description: None,
            sign_key: Some(SignKey::from_stored(sign_key)),
            sign_secret: Some(SignSecret::from_stored(Secret::new(secret.to_owned()))),
        });
    }

    /// Publishes one more API, and binds the signature key to it or not. `number`
    /// tells it from all others; the fixture's are below 100.
    pub fn publish(&self, number: u64, definition: ApiDefinition, is_signed: bool) {
        let published = publish(&self.store, number, definition, is_signed);
        self.runtime.block_on(published);
    }

    /// Takes the signature key off everything.
    pub fn unbind(&self) {
        self.execute(Unbind {
            account: account(),
            signature_key: key_id(),
            group: group_id(),
            apis: None,
            environment: release(),
        });
    }

    /// Stops, and gives what there is to look at.
    pub fn stop(self) -> Left {
        self.stop_within(Duration::from_secs(10))
    }

    pub fn stop_within(self, deadline: Duration) -> Left {
        let drained = self.proxy.drain(deadline);
        let raw_log = String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap();
        let log = raw_log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        Left {
            drained,
            log,
            raw_log,
            metrics: self.metrics.render(),
        }
    }
}

/// An API for every method, at exactly `path` in front of `backend`.
pub fn definition(path: &str, backend: SocketAddr) -> ApiDefinition {
    ApiDefinition {
        method: MethodMatch::Any,
        path: pattern(path),
        match_mode: MatchMode::Exact,
        backend: BackendTarget {
            address: BackendAddress::parse(&format!("http://{backend}")).unwrap(),
            path: None,
            method: None,
            timeout_ms: 15_000,
        },
        mapping: None,
        mock: None,
        document: None,
    }
}

pub fn pattern(text: &str) -> PathPattern {
    PathPattern::parse(text, ParameterStyle::BRACES).unwrap()
}

fn account() -> AccountId {
    AccountId::parse("1000000000000001").unwrap()
}

fn group_id() -> GroupId {
    GroupId::from_random([7; 16])
}

pub fn key_id() -> SignatureKeyId {
    SignatureKeyId::from_random([9; 16])
}

fn release() -> EnvironmentName {
    EnvironmentName::parse("RELEASE").unwrap()
}

async fn execute<C>(store: &Store, command: C)
where
    C: Command + Send + 'static,
    C::Outcome: Send + 'static,
{
    store.execute(command, NOW).await.unwrap();
}

/// One API of the fixture.
struct Spec<'a> {
    path: &'a str,
    mode: MatchMode,
    method: &'a str,
    backend_path: Option<&'a str>,
    backend_method: Option<&'a str>,
    timeout_ms: u32,
    is_signed: bool,
    address: &'a str,
}

async fn fill(store: &Store, backend: &str) {
    let access_key = AccessKey {
        id: AccessKeyId::parse("owner").unwrap(),
        secret: Secret::new("owner-secret".to_owned()),
        account: account(),
        created: NOW,
    };
    let made_by = || DialectName::from_stored("native");
    execute(store, Bootstrap { access_key }).await;
    let group = CreateGroup {
        id: group_id(),
        account: account(),
        name: GroupName::from_stored("group"),
        host: Host::parse("api.test").unwrap(),
        description: Description::from_stored(""),
        made_by: made_by(),
        groups_max: 10,
    };
    execute(store, group).await;
    let key = CreateSignatureKey {
        id: key_id(),
        account: account(),
        name: SignatureKeyName::from_stored("key"),
        description: Description::from_stored(""),
        sign_key: SignKey::from_stored(SIGN_KEY),
        sign_secret: SignSecret::from_stored(Secret::new(SECRET.to_owned())),
        made_by: made_by(),
    };
    execute(store, key).await;

    let address = format!("http://{backend}");
    let prefix = Spec {
        path: "/signed",
        mode: MatchMode::Prefix,
        method: "ANY",
        backend_path: None,
        backend_method: None,
        timeout_ms: 15_000,
        is_signed: true,
        address: &address,
    };
    let specs = [
        Spec {
            path: "/open",
            is_signed: false,
            ..prefix
        },
        Spec {
            path: "/hasty",
            timeout_ms: 100,
            ..prefix
        },
        Spec {
            path: "/dead",
            address: "http://127.0.0.1:1",
            ..prefix
        },
        Spec {
            path: "/named",
            address: "http://localhost:1",
            ..prefix
        },
        Spec {
            path: "/pre/{a}",
            backend_path: Some("/base/{a}/"),
            ..prefix
        },
        Spec {
            path: "/only",
            mode: MatchMode::Exact,
            method: "GET",
            ..prefix
        },
        Spec {
            path: "/mapped/{a}/x/{b}",
            mode: MatchMode::Exact,
            method: "GET",
            backend_path: Some("/to/{b}/{a}"),
            backend_method: Some("POST"),
            ..prefix
        },
        prefix,
    ];
    for (number, spec) in specs.iter().enumerate() {
        put(store, number as u8, spec).await;
    }
}

async fn put(store: &Store, number: u8, spec: &Spec<'_>) {
    let definition = ApiDefinition {
        method: MethodMatch::parse(spec.method).unwrap(),
        path: pattern(spec.path),
        match_mode: spec.mode,
        backend: BackendTarget {
            address: BackendAddress::parse(spec.address).unwrap(),
            path: spec.backend_path.map(pattern),
            method: spec.backend_method.map(Into::into),
            timeout_ms: spec.timeout_ms,
        },
        mapping: None,
        mock: None,
        document: None,
    };
    publish(store, number.into(), definition, spec.is_signed).await;
}

async fn publish(store: &Store, number: u64, definition: ApiDefinition, is_signed: bool) {
    let id = ApiId::from_random((u128::from(number) + 1).to_be_bytes());
    let api = CreateApi {
        id,
        account: account(),
        group: group_id(),
        name: ApiName::from_stored(&format!("api{number}")),
        description: Description::from_stored(""),
        visibility: Visibility::Private,
        definition: Arc::new(definition),
        made_by: DialectName::from_stored("native"),
    };
    execute(store, api).await;
    let description = Description::from_stored("");
    execute(
        store,
        Publish {
            account: account(),
            group: None,
            api: id,
            environment: release(),
            description,
        },
    )
    .await;
    if is_signed {
        let apis = [id].into();
        execute(
            store,
            Bind {
                account: account(),
                signature_key: key_id(),
                group: group_id(),
                apis,
                environment: release(),
            },
        )
        .await;
    }
}

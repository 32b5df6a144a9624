//! A gateway over a store in memory, with a fixed set of APIs.

use std::{
    io::Write,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use countersign_core::{
    AccessKey, AccessKeyId, AccountId, ApiDefinition, ApiId, ApiName, BackendAddress,
    BackendTarget, BindingId, Clock, Description, DialectName, Entropy, EnvironmentName, GroupId,
    GroupName, Host, MatchMode, MethodMatch, PathPattern, PayloadPolicy, ProjectId, PublicationKey,
    Scheme, SignKey, SignSecret, SignatureKeyId, SignatureKeyName, Timestamp, Visibility,
    command::{
        Bind, Command, Unbind,
        api::CreateApi,
        bootstrap::Bootstrap,
        group::CreateGroup,
        publication::Publish,
        signature_key::ModifySignatureKey,
        signature_key::{BesideOthers, CreateSignatureKey},
    },
    path::ParameterStyle,
};
use countersign_proxy::{
    AccessLog, BackendSignHeader, Drained, Limits, Proxy, ProxyConfig, PublicKeyUriPrefix,
    RunningProxy,
};
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
    pub sign_header: &'static str,
    pub public_key_prefix: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            workers: 1,
            logs: false,
            sign_header: "Authorization",
            public_key_prefix: "/apigw/authadv/v2/public-key/",
        }
    }
}

/// A configuration to listen at these addresses.
pub fn config(listen: Vec<SocketAddr>, workers: usize) -> ProxyConfig {
    ProxyConfig {
        listen,
        workers: NonZeroUsize::new(workers).unwrap(),
        limits: Limits::default(),
        backend_sign_header: BackendSignHeader::default(),
        public_key_uri_prefix: PublicKeyUriPrefix::default(),
    }
}

/// Where an API is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At `api.test`, a group that the native API made.
    Native,
    /// At `huawei.test`, a group that Huawei's dialect made.
    Huawei,
}

impl At {
    fn group(self) -> GroupId {
        match self {
            Self::Native => group_id(),
            Self::Huawei => GroupId::from_random([8; 16]),
        }
    }

    fn made_by(self) -> DialectName {
        DialectName::from_stored(match self {
            Self::Native => "native",
            Self::Huawei => "huawei",
        })
    }

    pub fn host(self) -> &'static str {
        match self {
            Self::Native => "api.test",
            Self::Huawei => "huawei.test",
        }
    }
}

pub struct Gateway {
    pub proxy: RunningProxy,
    pub store: Store,
    pub runtime: tokio::runtime::Runtime,
    log: Log,
    metrics: PrometheusHandle,
    now: Arc<AtomicI64>,
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
            limits: options.limits,
            backend_sign_header: BackendSignHeader::parse(options.sign_header).unwrap(),
            public_key_uri_prefix: PublicKeyUriPrefix::parse(options.public_key_prefix).unwrap(),
            ..config(vec!["127.0.0.1:0".parse().unwrap()], options.workers)
        };
        let now = Arc::new(AtomicI64::new(NOW.millis()));
        let moved = Arc::clone(&now);
        let proxy = Proxy::start(
            config,
            store.reader(),
            &recorder,
            access_log,
            Arc::new(move || Timestamp::from_millis(moved.load(Ordering::SeqCst))),
            entropy(),
        )
        .unwrap();
        Self {
            proxy,
            store,
            runtime,
            log,
            metrics: recorder.handle(),
            now,
        }
    }

    /// The time that the gateway is told.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.now
            .fetch_add(time.as_millis() as i64, Ordering::SeqCst);
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
        self.runtime
            .block_on(self.store.execute(command, self.now()))
            .unwrap();
    }

    /// Gives the signature key another sign key and sign secret.
    pub fn change_key(&self, sign_key: &str, secret: &str) {
        self.change(key_id(), None, sign_key, secret);
    }

    /// Gives a signature key another version.
    pub fn change(&self, id: SignatureKeyId, scheme: Option<Scheme>, sign_key: &str, secret: &str) {
        self.execute(ModifySignatureKey {
            account: account(),
            id,
            name: None,
            description: None,
            scheme,
            sign_key: Some(SignKey::from_stored(sign_key)),
            sign_secret: Some(SignSecret::from_stored(Secret::new(secret.to_owned()))),
            unique_name: false,
        });
    }

    /// Makes one more signature key. `number` tells it from all others; the
    /// fixture's is 9.
    pub fn add_key(
        &self,
        number: u8,
        name: &str,
        scheme: Scheme,
        sign_key: &str,
        secret: &str,
    ) -> SignatureKeyId {
        let id = SignatureKeyId::from_random([number; 16]);
        self.execute(create_key(id, name, scheme, sign_key, secret));
        id
    }

    /// Publishes one more API, and binds a signature key to it.
    pub fn put(&self, at: At, number: u64, definition: ApiDefinition, key: Option<SignatureKeyId>) {
        self.put_made_by(at, at.made_by(), number, definition, key);
    }

    /// The same, with a dialect of its own.
    pub fn put_made_by(
        &self,
        at: At,
        made_by: DialectName,
        number: u64,
        definition: ApiDefinition,
        key: Option<SignatureKeyId>,
    ) {
        let api = New {
            at,
            made_by,
            number,
            definition,
            key,
        };
        self.runtime.block_on(publish(&self.store, api));
    }

    /// Publishes one more API, and binds the signature key to it or not. `number`
    /// tells it from all others; the fixture's are below 100.
    pub fn publish(&self, number: u64, definition: ApiDefinition, is_signed: bool) {
        self.put(At::Native, number, definition, is_signed.then(key_id));
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
        payload: PayloadPolicy::default(),
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
    let project = ProjectId::made_from(&account());
    execute(
        store,
        Bootstrap {
            access_key,
            project,
        },
    )
    .await;
    for at in [At::Native, At::Huawei] {
        let group = CreateGroup {
            id: at.group(),
            account: account(),
            name: GroupName::from_stored(at.host()),
            host: Host::parse(at.host()).unwrap(),
            description: Description::from_stored(""),
            made_by: at.made_by(),
            groups_max: 10,
        };
        execute(store, group).await;
    }
    let key = create_key(key_id(), "key", Scheme::Alibaba, SIGN_KEY, SECRET);
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
        payload: PayloadPolicy::default(),
        document: None,
    };
    let at = At::Native;
    let api = New {
        at,
        made_by: at.made_by(),
        number: number.into(),
        definition,
        key: spec.is_signed.then(key_id),
    };
    publish(store, api).await;
}

fn create_key(
    id: SignatureKeyId,
    name: &str,
    scheme: Scheme,
    sign_key: &str,
    secret: &str,
) -> CreateSignatureKey {
    CreateSignatureKey {
        id,
        account: account(),
        name: SignatureKeyName::from_stored(name),
        description: Description::from_stored(""),
        scheme,
        sign_key: SignKey::from_stored(sign_key),
        sign_secret: SignSecret::from_stored(Secret::new(secret.to_owned())),
        made_by: At::Native.made_by(),
        beside: BesideOthers::default(),
    }
}

/// An API to be published.
struct New {
    at: At,
    made_by: DialectName,
    number: u64,
    definition: ApiDefinition,
    key: Option<SignatureKeyId>,
}

async fn publish(store: &Store, new: New) {
    let id = ApiId::from_random((u128::from(new.number) + 1).to_be_bytes());
    let api = CreateApi {
        id,
        account: account(),
        group: new.at.group(),
        name: ApiName::from_stored(&format!("api{}", new.number)),
        description: Description::from_stored(""),
        visibility: Visibility::Private,
        definition: Arc::new(new.definition),
        made_by: new.made_by,
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
    if let Some(signature_key) = new.key {
        let publication = PublicationKey {
            api: id,
            environment: release(),
        };
        execute(
            store,
            Bind {
                account: account(),
                signature_key,
                group: None,
                first_id: BindingId::made_from(&publication),
                publications: vec![publication],
                published_only: true,
            },
        )
        .await;
    }
}

//! A gateway over a store in memory, to be measured: one worker, access log
//! and metrics on.
//!
//! `measure BACKEND APIS LOG [SCHEME]`: APIs at `/bench/orders` and
//! `/bench/{n}`, half of them signed: those of `signed.test` are, those of
//! `open.test` are not. The scheme is one of ours by name, such as
//! `huawei-hmac-sha256`; Alibaba's if none is given.
#![allow(clippy::print_stdout, reason = "it tells its address")]

use std::{error::Error, fs::File, num::NonZeroUsize, sync::Arc, time::Duration, time::SystemTime};

use countersign_core::{
    AccessKey, AccessKeyId, AccountId, ApiDefinition, ApiId, ApiName, BackendAddress,
    BackendTarget, BindingId, Description, DialectName, EnvironmentName, GroupId, GroupName, Host,
    MatchMode, MethodMatch, PathPattern, PayloadPolicy, ProjectId, PublicationKey, Scheme, SignKey,
    SignSecret, SignatureKeyId, SignatureKeyName, Timestamp, Visibility,
    command::{
        Bind,
        api::CreateApi,
        bootstrap::Bootstrap,
        group::CreateGroup,
        publication::Publish,
        signature_key::{BesideOthers, CreateSignatureKey},
    },
    path::ParameterStyle,
};
use countersign_proxy::{
    AccessLog, BackendSignHeader, Limits, Proxy, ProxyConfig, PublicKeyUriPrefix,
};
use countersign_sign::{Secret, rfc9421};
use countersign_store::{MasterKey, Store, memory::MemoryBackend};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let backend = arguments.next().ok_or("which backend?")?;
    let apis: u128 = arguments.next().ok_or("how many APIs?")?.parse()?;
    let log = AccessLog::to(Box::new(File::create(
        arguments.next().ok_or("which log?")?,
    )?));
    let scheme = match arguments.next() {
        Some(name) => Scheme::parse(&name)?,
        None => Scheme::Alibaba,
    };

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let store = runtime.block_on(Store::open(
        Arc::new(MemoryBackend::new()),
        &MasterKey::random()?,
    ))?;
    runtime.block_on(fill(&store, &backend, apis, scheme))?;
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let config = ProxyConfig {
        listen: vec!["127.0.0.1:0".parse()?],
        workers: NonZeroUsize::MIN,
        limits: Limits::default(),
        backend_sign_header: BackendSignHeader::default(),
        public_key_uri_prefix: PublicKeyUriPrefix::default(),
    };
    let clock = Arc::new(now);
    let proxy = Proxy::start(
        config,
        store.reader(),
        &recorder,
        log,
        clock,
        Arc::new(random),
    )?;
    println!("ready {}", proxy.addresses()[0]);
    loop {
        std::thread::sleep(Duration::from_secs(5));
        recorder.handle().run_upkeep();
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(since.as_millis() as i64)
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the machine has a secure random source");
    bytes
}

/// A sign key and a sign secret that this scheme can sign with.
fn pair(scheme: Scheme) -> (String, Secret) {
    match scheme {
        Scheme::Rfc9421KeyPair => rfc9421::generate_ed25519([7; 32]),
        _ => (
            "BenchKey01".to_owned(),
            Secret::new("BenchSecret01".to_owned()),
        ),
    }
}

async fn fill(
    store: &Store,
    backend: &str,
    apis: u128,
    scheme: Scheme,
) -> Result<(), Box<dyn Error>> {
    let account = AccountId::parse("1000000000000001")?;
    let environment = EnvironmentName::parse("RELEASE")?;
    let made_by = DialectName::from_stored("native");
    let empty = Description::from_stored("");
    let access_key = AccessKey {
        id: AccessKeyId::parse("owner")?,
        secret: Secret::new("owner-secret".to_owned()),
        account: account.clone(),
        created: now(),
    };
    let bootstrap = Bootstrap {
        access_key,
        project: ProjectId::made_from(&account),
    };
    store.execute(bootstrap, now()).await?;
    let signature_key = SignatureKeyId::from_random([1; 16]);
    let (sign_key, sign_secret) = pair(scheme);
    let key = CreateSignatureKey {
        id: signature_key,
        account: account.clone(),
        name: SignatureKeyName::from_stored("bench"),
        description: Description::from_stored(""),
        scheme,
        sign_key: SignKey::from_stored(&sign_key),
        sign_secret: SignSecret::from_stored(sign_secret),
        made_by: made_by.clone(),
        beside: BesideOthers::default(),
    };
    store.execute(key, now()).await?;
    let mut number = 0_u128;
    let mut next = || {
        number += 1;
        number.to_be_bytes()
    };
    let hosts = (0..apis.div_ceil(1000)).flat_map(|n| {
        let infix = if n == 0 {
            String::new()
        } else {
            format!("{n}.")
        };
        [
            (format!("signed.{infix}test"), true),
            (format!("open.{infix}test"), false),
        ]
    });
    for (host, is_signed) in hosts {
        let group = GroupId::from_random(next());
        let command = CreateGroup {
            id: group,
            account: account.clone(),
            name: GroupName::from_stored(&host),
            host: Host::parse(&host)?,
            description: empty.clone(),
            made_by: made_by.clone(),
            groups_max: usize::MAX,
        };
        store.execute(command, now()).await?;
        for n in 0..apis.clamp(1, 500) {
            let id = ApiId::from_random(next());
            let path = if n == 0 {
                "/bench/orders".to_owned()
            } else {
                format!("/bench/{n}")
            };
            let definition = ApiDefinition {
                method: MethodMatch::parse("GET")?,
                path: PathPattern::parse(&path, ParameterStyle::BRACES)?,
                match_mode: MatchMode::Exact,
                backend: BackendTarget {
                    address: BackendAddress::parse(backend)?,
                    path: None,
                    method: None,
                    timeout_ms: 15_000,
                },
                mapping: None,
                mock: None,
                payload: PayloadPolicy::default(),
                document: None,
            };
            let command = CreateApi {
                id,
                account: account.clone(),
                group,
                name: ApiName::from_stored(&format!("api{n}")),
                description: empty.clone(),
                visibility: Visibility::Private,
                definition: Arc::new(definition),
                made_by: made_by.clone(),
            };
            store.execute(command, now()).await?;
            let publish = Publish {
                account: account.clone(),
                group: None,
                api: id,
                environment: environment.clone(),
                description: empty.clone(),
            };
            store.execute(publish, now()).await?;
            if is_signed {
                let publication = PublicationKey {
                    api: id,
                    environment: environment.clone(),
                };
                let bind = Bind {
                    account: account.clone(),
                    signature_key,
                    group: Some(group),
                    first_id: BindingId::made_from(&publication),
                    publications: vec![publication],
                    published_only: true,
                };
                store.execute(bind, now()).await?;
            }
        }
    }
    Ok(())
}

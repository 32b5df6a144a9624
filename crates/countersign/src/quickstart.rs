//! `quickstart`: the whole gateway with a sample to try, from nothing.

mod access_key;
mod backend;
mod sample;

use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    num::NonZeroUsize,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use countersign_admin::HuaweiConfig;
use countersign_core::{AccessKeyId, AccountId, Host, ProjectId};
use countersign_proxy::{BackendSignHeader, PublicKeyUriPrefix};

use crate::{
    cli::{Credentials, Failure, run_gateway},
    config::{
        AccessLogTarget, BootstrapConfig, Config, GatewayConfig, ManagementConfig, MasterKeySource,
        StoreConfig, StoreKind,
    },
    gateway::{Gateway, Sources},
    logging,
};
use sample::Sample;

/// The account that owns the sample.
const ACCOUNT: &str = "1000000000000001";

/// Where the sample keeps its data and listens.
#[derive(Args, Debug)]
pub struct Options {
    /// Where the sample keeps its state, between runs too.
    #[arg(long, value_name = "DIR", default_value = "quickstart-data")]
    data: PathBuf,
    /// Where clients are served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000")]
    gateway: SocketAddr,
    /// Where the management plane is served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    management: SocketAddr,
    /// Where the sample backend listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8001")]
    backend: SocketAddr,
    /// Forward to a backend of your own, and start no sample backend.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "backend")]
    forward_to: Option<SocketAddr>,
}

/// Sets the sample up where it is not, and serves until told to end.
///
/// # Errors
/// Whatever keeps it from serving.
pub fn run(options: &Options) -> Result<(), Failure> {
    logging::start_quiet();
    let data = prepare_directory(&options.data).map_err(|error| about(&options.data, &error))?;
    let sources = Sources::system();
    let owner = access_key::load_or_make(&data.join("access-key.toml"), &sources)
        .map_err(|error| about(&data, &error))?;

    let backend = Backend::of(options)?;

    let config = config(options, &data, &owner)?;
    let gateway = Gateway::start(&config, &sources).map_err(|error| Failure::of(&error))?;
    let sample = gateway
        .runtime()
        .block_on(sample::ensure(
            gateway.store(),
            &account()?,
            backend.address,
            &config.gateway.domain_suffix,
            &sources,
        ))
        .map_err(|error| Failure::of(&error))?;
    if let Some(listener) = backend.sample {
        let serving = backend::serve(listener, gateway.store().clone(), account()?);
        gateway.runtime().spawn(serving);
    }

    let credentials = Credentials {
        server: format!("http://{}", gateway.management_address()),
        ..owner
    };
    let credentials_file = data.join("credentials.toml");
    access_key::write_private(&credentials_file, &credentials.to_file_text())
        .map_err(|error| about(&credentials_file, &error))?;
    let account = account()?;
    run_gateway(gateway, |gateway| {
        introduction(
            gateway,
            &account,
            &sample,
            &credentials,
            &credentials_file,
            &backend.description,
        )
    })
}

/// Where the sample API forwards to.
struct Backend {
    address: SocketAddr,
    /// What the sample backend listens at, unless the backend is the user's own.
    sample: Option<TcpListener>,
    description: String,
}

impl Backend {
    fn of(options: &Options) -> Result<Self, Failure> {
        if let Some(address) = options.forward_to {
            return Ok(Self {
                address,
                sample: None,
                description: format!("http://{address}   (your own)"),
            });
        }
        let listener = TcpListener::bind(options.backend)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|error| {
                Failure::Failed(format!(
                    "the sample backend cannot listen at {}: {error}",
                    options.backend
                ))
            })?;
        let address = listener.local_addr().map_err(|error| Failure::of(&error))?;
        Ok(Self {
            address,
            sample: Some(listener),
            description: format!("http://{address}   (the sample: it verifies every signature)"),
        })
    }
}

fn about(path: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}

/// Makes the directory where it is not, for its owner only.
fn prepare_directory(path: &Path) -> io::Result<PathBuf> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)?;
    path.canonicalize()
}

fn account() -> Result<AccountId, Failure> {
    AccountId::parse(ACCOUNT).map_err(|error| Failure::of(&error))
}

fn config(options: &Options, data: &Path, owner: &Credentials) -> Result<Config, Failure> {
    let store = data.join("store");
    Ok(Config {
        gateway: GatewayConfig {
            listen: vec![options.gateway],
            workers: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            domain_suffix: Host::parse("gw.localhost").map_err(|error| Failure::of(&error))?,
            access_log: AccessLogTarget::File(data.join("access.log")),
            body_buffer_bytes_max: 12 * 1024 * 1024,
            drain_timeout: Duration::from_secs(5),
            backend_sign_header: BackendSignHeader::default(),
            public_key_uri_prefix: PublicKeyUriPrefix::default(),
        },
        management: ManagementConfig {
            listen: options.management,
            region: "local".to_owned(),
            requests_per_second: 50,
            huawei: HuaweiConfig::default(),
        },
        store: StoreConfig {
            master_key: MasterKeySource::BesideData(store.join("master.key")),
            kind: StoreKind::Embedded(store),
        },
        bootstrap: Some(BootstrapConfig {
            project: ProjectId::made_from(&account()?),
            account: account()?,
            access_key_id: AccessKeyId::parse(&owner.access_key_id)
                .map_err(|error| Failure::of(&error))?,
            access_key_secret: owner.access_key_secret.clone(),
        }),
    })
}

fn introduction(
    gateway: &Gateway,
    account: &AccountId,
    sample: &Sample,
    credentials: &Credentials,
    file: &Path,
    backend: &str,
) -> String {
    let program = std::env::current_exe().map_or_else(
        |_| "countersign".to_owned(),
        |path| path.display().to_string(),
    );
    let clients = gateway
        .gateway_addresses()
        .iter()
        .map(|address| format!("http://{address}"))
        .collect::<Vec<_>>()
        .join(", ");
    let first = gateway
        .gateway_addresses()
        .first()
        .map_or(String::new(), |address| format!("http://{address}"));
    let project = gateway.store().snapshot().project_of(account);
    let call = format!("curl -s -H 'Host: {}' {first}/hello", sample.host);
    format!(
        "{ready}

  clients      {clients}
  management   {management}   (Alibaba's API at /, native at /api/v1/, metrics at /metrics)
  console      {management}/console/
  backend      {backend}
  access key   {id}
  secret       {secret}
  (both also in {file})
  project id   {project}   (Huawei's API at /v2/, /v1.0/ and /v3/)
  instance id  {instance}

Three commands to try, in another terminal:

  {call}
  {program} key modify {key} --generate --credentials {file}
  {call}

Three lines for Huawei's SDK (pip install huaweicloudsdkapig):

  import huaweicloudsdkcore.auth.credentials as c, huaweicloudsdkapig.v2 as v2
  apig = v2.ApigClient.new_builder().with_credentials(c.BasicCredentials('{id}', '{secret}', '{project}')).with_endpoint('{management}').build()
  print(apig.list_signature_keys_v2(v2.ListSignatureKeysV2Request(instance_id='{instance}')))

Ctrl-C ends it.
",
        ready = gateway.ready_line(),
        management = credentials.server,
        id = credentials.access_key_id,
        secret = credentials.access_key_secret.expose(),
        file = file.display(),
        key = sample::KEY,
        instance = HuaweiConfig::default().instance_id_of(project),
    )
}

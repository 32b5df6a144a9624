//! The file as it is written: every field optional, unknown ones refused.

mod huawei;

use std::{
    fmt,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use countersign_core::{AccessKeyId, AccountId, Host, ProjectId};
use countersign_proxy::{BackendSignHeader, PublicKeyUriPrefix};
use countersign_sign::Secret;
use serde::Deserialize;

use super::{
    ACCESS_KEY_ID_VARIABLE, ACCESS_KEY_SECRET_VARIABLE, AccessLogTarget, BootstrapConfig,
    GatewayConfig, ManagementConfig, MasterKeySource, Problem, StoreConfig, StoreKind, Variables,
};

/// Where a gateway listens unless told: this machine only.
const GATEWAY_LISTEN: &str = "127.0.0.1:8000";
/// Where the management plane listens unless told: this machine only.
const MANAGEMENT_LISTEN: &str = "127.0.0.1:8700";
/// `*.localhost` reaches this machine without any DNS record (RFC 6761, 6.3).
const DOMAIN_SUFFIX: &str = "gw.localhost";
const REGION: &str = "local";
/// The vendors' documented limit for each user.
const REQUESTS_PER_SECOND: u32 = 50;
const STORE_PATH: &str = "./data";
/// The vendor's documented limit for a request's body.
const BODY_BUFFER_BYTES_MAX: usize = 12 * 1024 * 1024;
/// Longer than the longest common backend timeout, shorter than the patience
/// of service managers (systemd waits 90 s).
const DRAIN_TIMEOUT_MS: u64 = 30_000;
const SECRET_CHARACTERS_MIN: usize = 8;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    gateway: Gateway,
    management: Management,
    store: Store,
    bootstrap: Option<Bootstrap>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Gateway {
    listen: Option<Vec<String>>,
    workers: Option<usize>,
    domain_suffix: Option<String>,
    access_log: Option<String>,
    body_buffer_bytes_max: Option<usize>,
    drain_timeout_ms: Option<u64>,
    backend_sign_header: Option<String>,
    public_key_uri_prefix: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Management {
    listen: Option<String>,
    region: Option<String>,
    requests_per_second: Option<u32>,
    huawei: huawei::Huawei,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Store {
    kind: Option<String>,
    path: Option<PathBuf>,
    master_key_file: Option<PathBuf>,
    master_key_env: Option<String>,
    endpoints: Option<Vec<String>>,
    prefix: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Bootstrap {
    account_id: Option<String>,
    access_key_id: Option<String>,
    access_key_secret: Option<String>,
    project_id: Option<String>,
}

impl Config {
    pub(super) fn build(self, variables: Variables<'_>) -> Result<super::Config, Vec<Problem>> {
        let mut problems = Problems(Vec::new());
        let gateway = self.gateway.build(&mut problems);
        let management = self.management.build(&mut problems);
        let store = self.store.build(&mut problems, variables);
        let bootstrap = self
            .bootstrap
            .unwrap_or_default()
            .build(&mut problems, variables);
        match (gateway, management, store, bootstrap) {
            (Some(gateway), Some(management), Some(store), Some(bootstrap))
                if problems.0.is_empty() =>
            {
                Ok(super::Config {
                    gateway,
                    management,
                    store,
                    bootstrap,
                })
            }
            _ => Err(problems.0),
        }
    }
}

impl Gateway {
    fn build(self, problems: &mut Problems) -> Option<GatewayConfig> {
        let texts = self
            .listen
            .unwrap_or_else(|| vec![GATEWAY_LISTEN.to_owned()]);
        if texts.is_empty() {
            problems.add("gateway.listen", "names no address");
        }
        let mut listen = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            listen.push(problems.address(&format!("gateway.listen[{index}]"), text));
        }
        let machine = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let workers = match self.workers {
            None => Some(machine),
            Some(count) => problems.check(
                "gateway.workers",
                NonZeroUsize::new(count).ok_or("must be at least 1"),
            ),
        };
        let suffix = self.domain_suffix.as_deref().unwrap_or(DOMAIN_SUFFIX);
        let domain_suffix = problems.check("gateway.domain_suffix", Host::parse(suffix));
        let drain_timeout =
            Duration::from_millis(self.drain_timeout_ms.unwrap_or(DRAIN_TIMEOUT_MS));
        let backend_sign_header = match &self.backend_sign_header {
            None => Some(BackendSignHeader::default()),
            Some(name) => problems.check(
                "gateway.backend_sign_header",
                BackendSignHeader::parse(name),
            ),
        };
        let public_key_uri_prefix = match &self.public_key_uri_prefix {
            None => Some(PublicKeyUriPrefix::default()),
            Some(prefix) => problems.check(
                "gateway.public_key_uri_prefix",
                PublicKeyUriPrefix::parse(prefix),
            ),
        };
        Some(GatewayConfig {
            backend_sign_header: backend_sign_header?,
            public_key_uri_prefix: public_key_uri_prefix?,
            listen: listen.into_iter().collect::<Option<_>>()?,
            workers: workers?,
            domain_suffix: domain_suffix?,
            access_log: access_log(self.access_log.as_deref()),
            body_buffer_bytes_max: self.body_buffer_bytes_max.unwrap_or(BODY_BUFFER_BYTES_MAX),
            drain_timeout,
        })
    }
}

fn access_log(text: Option<&str>) -> AccessLogTarget {
    match text {
        None | Some("-") => AccessLogTarget::StandardOutput,
        Some("off") => AccessLogTarget::Off,
        Some(path) => AccessLogTarget::File(path.into()),
    }
}

impl Management {
    fn build(self, problems: &mut Problems) -> Option<ManagementConfig> {
        let listen = problems.address(
            "management.listen",
            self.listen.as_deref().unwrap_or(MANAGEMENT_LISTEN),
        );
        let region = self.region.unwrap_or_else(|| REGION.to_owned());
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if region.is_empty() || region.len() > 64 || !region.bytes().all(allowed) {
            problems.add(
                "management.region",
                "must be 1 to 64 lower-case letters, digits or '-'",
            );
        }
        let huawei = self.huawei.build(problems);
        Some(ManagementConfig {
            huawei: huawei?,
            listen: listen?,
            region,
            requests_per_second: self.requests_per_second.unwrap_or(REQUESTS_PER_SECOND),
        })
    }
}

impl Store {
    fn build(self, problems: &mut Problems, variables: Variables<'_>) -> Option<StoreConfig> {
        let path = self.path.unwrap_or_else(|| STORE_PATH.into());
        let kind = match self.kind.as_deref().unwrap_or("embedded") {
            "embedded" => Some(StoreKind::Embedded(path)),
            "memory" => Some(StoreKind::Memory),
            "etcd" => {
                problems.add(
                    "store.kind",
                    "\"etcd\" is not built yet; \"embedded\" and \"memory\" are",
                );
                None
            }
            _ => {
                problems.add("store.kind", "must be \"embedded\" or \"memory\"");
                None
            }
        };
        if kind.is_some() && (self.endpoints.is_some() || self.prefix.is_some()) {
            problems.add("store", "endpoints and prefix belong to kind \"etcd\"");
        }
        let master_key = match (self.master_key_file, self.master_key_env) {
            (Some(_), Some(_)) => {
                problems.add("store", "give master_key_file or master_key_env, not both");
                None
            }
            (Some(file), None) => Some(MasterKeySource::File(file)),
            (None, Some(name)) if variables(&name).is_none() => {
                problems.add("store.master_key_env", "names a variable that is not set");
                None
            }
            (None, Some(name)) => Some(MasterKeySource::Environment(name)),
            (None, None) => kind.as_ref().map(default_master_key),
        };
        Some(StoreConfig {
            kind: kind?,
            master_key: master_key?,
        })
    }
}

fn default_master_key(kind: &StoreKind) -> MasterKeySource {
    match kind {
        StoreKind::Memory => MasterKeySource::Ephemeral,
        StoreKind::Embedded(path) => {
            MasterKeySource::BesideData(Path::new(path).join("master.key"))
        }
    }
}

impl Bootstrap {
    /// `Some(None)` when nothing is given at all: then the store must not be
    /// empty.
    fn build(
        self,
        problems: &mut Problems,
        variables: Variables<'_>,
    ) -> Option<Option<BootstrapConfig>> {
        let id = self
            .access_key_id
            .or_else(|| variables(ACCESS_KEY_ID_VARIABLE));
        let secret = self
            .access_key_secret
            .or_else(|| variables(ACCESS_KEY_SECRET_VARIABLE));
        if self.account_id.is_none()
            && id.is_none()
            && secret.is_none()
            && self.project_id.is_none()
        {
            return Some(None);
        }
        let account = problems.required("bootstrap.account_id", self.account_id, "");
        let account = account
            .and_then(|text| problems.check("bootstrap.account_id", AccountId::parse(&text)));
        let id = problems.required("bootstrap.access_key_id", id, ACCESS_KEY_ID_VARIABLE);
        let id = id
            .and_then(|text| problems.check("bootstrap.access_key_id", AccessKeyId::parse(&text)));
        let secret = problems.required(
            "bootstrap.access_key_secret",
            secret,
            ACCESS_KEY_SECRET_VARIABLE,
        );
        if secret
            .as_ref()
            .is_some_and(|text| text.chars().count() < SECRET_CHARACTERS_MIN)
        {
            problems.add(
                "bootstrap.access_key_secret",
                format_args!("must have at least {SECRET_CHARACTERS_MIN} characters"),
            );
        }
        let project = match (&self.project_id, &account) {
            (Some(text), _) => problems.check("bootstrap.project_id", ProjectId::parse(text)),
            (None, account) => account.as_ref().map(ProjectId::made_from),
        };
        Some(Some(BootstrapConfig {
            project: project?,
            account: account?,
            access_key_id: id?,
            access_key_secret: Secret::new(secret?),
        }))
    }
}

/// Collects every problem instead of stopping at the first.
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, key: &str, message: impl fmt::Display) {
        self.0.push(Problem::new(key, message));
    }

    fn check<T, E: fmt::Display>(&mut self, key: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(key, error)).ok()
    }

    fn address(&mut self, key: &str, text: &str) -> Option<SocketAddr> {
        self.check(
            key,
            text.parse().map_err(
                |_| "must be an address and a port, as in \"127.0.0.1:8000\" or \"[::1]:8000\"",
            ),
        )
    }

    fn required(&mut self, key: &str, value: Option<String>, variable: &str) -> Option<String> {
        if value.is_none() {
            let or = if variable.is_empty() {
                String::new()
            } else {
                format!(", here or as the variable {variable}")
            };
            self.add(key, format_args!("is needed{or}"));
        }
        value
    }
}

//! Configuration: a TOML file, read into raw tables that refuse unknown
//! fields, then built into a checked [`Config`] that reports every problem at
//! once.

mod raw;

use std::{
    fmt, fs,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use countersign_admin::HuaweiConfig;
use countersign_core::{AccessKeyId, AccountId, Host, ProjectId};
use countersign_proxy::{BackendSignHeader, PublicKeyUriPrefix};
use countersign_sign::Secret;

/// What a checked configuration says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data plane.
    pub gateway: GatewayConfig,
    /// The management plane.
    pub management: ManagementConfig,
    /// Where the state is kept.
    pub store: StoreConfig,
    /// What an empty store is set up with.
    pub bootstrap: Option<BootstrapConfig>,
}

/// `[gateway]`.
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// Where plain HTTP is taken.
    pub listen: Vec<SocketAddr>,
    /// Threads of the data plane.
    pub workers: NonZeroUsize,
    /// A new group is called at `<group id>.<suffix>`.
    pub domain_suffix: Host,
    /// Where the access log goes.
    pub access_log: AccessLogTarget,
    /// The largest body that is held to be digested.
    pub body_buffer_bytes_max: usize,
    /// How long requests in flight may take to finish when the gateway ends.
    pub drain_timeout: Duration,
    /// Which header carries the signature of Huawei's schemes.
    pub backend_sign_header: BackendSignHeader,
    /// Where the directory of public keys is, at hosts of no group.
    pub public_key_uri_prefix: PublicKeyUriPrefix,
}

/// Where the access log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessLogTarget {
    /// Nowhere.
    Off,
    /// Standard output.
    StandardOutput,
    /// Appended to a file.
    File(PathBuf),
}

/// `[management]`.
#[derive(Clone, Debug)]
pub struct ManagementConfig {
    /// Where every dialect, metrics and health are served.
    pub listen: SocketAddr,
    /// The one region that this gateway is.
    pub region: String,
    /// Most calls a second of one user to one operation; 0 is no limit.
    pub requests_per_second: u32,
    /// The choices of Huawei's dialect.
    pub huawei: HuaweiConfig,
}

/// `[store]`.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// What keeps the records.
    pub kind: StoreKind,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
}

/// What keeps the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// Gone when the process ends.
    Memory,
    /// One file in this directory.
    Embedded(PathBuf),
}

/// Where the master key comes from, which the data key is wrapped with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterKeySource {
    /// A file that only its owner may read.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// `master.key` beside the data, made at the first start.
    BesideData(PathBuf),
    /// A random one, for a store that ends with the process.
    Ephemeral,
}

/// `[bootstrap]`.
#[derive(Clone, Debug)]
pub struct BootstrapConfig {
    /// The account that owns everything.
    pub account: AccountId,
    /// The public half of its access key.
    pub access_key_id: AccessKeyId,
    /// The secret half of its access key.
    pub access_key_secret: Secret,
    /// What the account is called as a project.
    pub project: ProjectId,
}

/// Where values outside the file come from: the environment, or a test's map.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variable that gives the bootstrap access key's public half.
pub const ACCESS_KEY_ID_VARIABLE: &str = "COUNTERSIGN_BOOTSTRAP_ACCESS_KEY_ID";
/// The variable that gives the bootstrap access key's secret half.
pub const ACCESS_KEY_SECRET_VARIABLE: &str = "COUNTERSIGN_BOOTSTRAP_ACCESS_KEY_SECRET";

impl Config {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// The file cannot be read, is no such TOML, or says something that cannot
    /// be; every problem is listed with its key.
    pub fn load(path: &Path, variables: Variables<'_>) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|cause| ConfigError {
            file: file.clone(),
            problems: vec![Problem::io(&cause)],
        })?;
        Self::parse(&text, variables).map_err(|problems| ConfigError { file, problems })
    }

    /// Checks the text of a file.
    ///
    /// # Errors
    /// Every problem, with its key.
    pub fn parse(text: &str, variables: Variables<'_>) -> Result<Self, Vec<Problem>> {
        let raw: raw::Config =
            toml::from_str(text).map_err(|error| vec![Problem::toml(text, &error)])?;
        raw.build(variables)
    }
}

/// A configuration that cannot be used.
#[derive(Debug)]
pub struct ConfigError {
    file: String,
    problems: Vec<Problem>,
}

impl ConfigError {
    pub(crate) fn of(file: String, problems: Vec<Problem>) -> Self {
        Self { file, problems }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{}: {problem}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// One thing that is wrong, and where. It never repeats a value: that may be a
/// secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, as in `gateway.listen`; empty where the whole file is meant.
    pub key: String,
    /// What is wrong with it.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(key: &str, message: impl fmt::Display) -> Self {
        Self {
            key: key.to_owned(),
            message: message.to_string(),
        }
    }

    pub(crate) fn io(cause: &std::io::Error) -> Self {
        Self::new("", format_args!("cannot be read: {cause}"))
    }

    /// The TOML library's message without its excerpt of the file, and without
    /// the value that it repeats when a type is wrong.
    pub(crate) fn toml(text: &str, error: &toml::de::Error) -> Self {
        let line = error
            .span()
            .map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        let place = line.map_or(String::new(), |line| format!("line {line}: "));
        let message = error.message().replace('\n', " ");
        let message = match (
            message.strip_prefix("invalid "),
            message.rsplit_once(", expected "),
        ) {
            (Some(_), Some((_, expected))) => format!("wrong kind of value, expected {expected}"),
            _ => message,
        };
        Self::new("", format_args!("{place}{message}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.key, self.message)
        }
    }
}

#[cfg(test)]
mod tests;

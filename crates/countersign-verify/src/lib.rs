//! `countersign verify`: stands before backends in any language and lets pass what the
//! gateway has signed.
//!
//! - `forward_auth` answers a proxy's question about a request: nginx `auth_request`,
//!   Traefik ForwardAuth, Envoy `ext_authz` (HTTP), Caddy `forward_auth`. It sees no body
//!   unless the proxy passes it.
//! - `reverse_proxy` stands in front of one backend and verifies bodies too.
//!
//! Both read a connection's bytes strictly (`front`, `countersign-framing`), ask
//! `judge` for the verdict, and take their keys from a file (`key_file`) or from the
//! gateway's key feed (`feed`). `status` serves health and metrics on an address of its
//! own. The rules of verifying are those of `verifiers/README.md`, which
//! `countersign-sign` carries out.
#![warn(missing_docs)]

mod access_log;
mod answer;
mod config;
mod feed;
mod forward_auth;
mod front;
mod judge;
mod key_file;
mod meters;
mod record;
mod reverse_proxy;
mod secret_file;
mod service;
mod status;

pub use access_log::AccessLogTarget;
pub use config::{
    BodySight, Config, ForwardAuth, From, HostFrom, KeySource, Mode, ReverseProxy, SignatureHeaders,
};
pub use feed::{BadFeedUrl, FeedUrl, TokenSource};
pub use key_file::KeyFileError;
pub use secret_file::{SecretFileError, read_secret_file};
pub use service::{RunningVerifier, StartError, start};

/// Tells the time in seconds since 1970.
pub type Clock = std::sync::Arc<dyn Fn() -> i64 + Send + Sync>;

//! What a verifier is told at start.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use countersign_sign::verifier::Options;
use http::uri::Authority;

use crate::{
    access_log::AccessLogTarget,
    feed::{FeedUrl, TokenSource},
};

/// What a verifier is told at start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where requests are taken.
    pub listen: SocketAddr,
    /// Where health and metrics are served.
    pub status_listen: SocketAddr,
    /// Who asks, and what.
    pub mode: Mode,
    /// Where the keys come from.
    pub keys: KeySource,
    /// The verifier's own choices; `observe` lets refused requests pass.
    pub options: Options,
    /// Where the access log goes.
    pub access_log: AccessLogTarget,
    /// Most connections at once.
    pub connections_max: usize,
    /// How long requests in flight may take to finish at the end.
    pub drain_timeout: Duration,
}

/// Who asks, and what.
#[derive(Clone, Debug)]
pub enum Mode {
    /// A proxy asks about a request that it holds.
    ForwardAuth(ForwardAuth),
    /// Requests go through to a backend.
    ReverseProxy(ReverseProxy),
}

/// `mode = "forward-auth"`.
#[derive(Clone, Debug)]
pub struct ForwardAuth {
    /// Which proxy asks, and so which headers describe the request.
    pub from: From,
    /// What is known of bodies.
    pub body: BodySight,
}

/// Which proxy asks. Each describes the original request in its own way; a header that
/// one of them sets could be a client's own with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// `auth_request`: `X-Original-Method`, `X-Original-URI`, and the host.
    Nginx(HostFrom),
    /// ForwardAuth: `X-Forwarded-Method`, `-Proto`, `-Host`, `-Uri`.
    Traefik,
    /// `ext_authz` over HTTP: method, host and path are the request's own, the path
    /// behind `path_prefix`.
    Envoy {
        /// As in `path_prefix` of the filter; may be empty.
        path_prefix: String,
    },
    /// `forward_auth`: `X-Forwarded-Method`, `-Host`, `-Uri`.
    Caddy,
}

/// Which header nginx passes the original host in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostFrom {
    /// `X-Original-Host`.
    OriginalHost,
    /// `Host` itself: `proxy_set_header Host $http_host`.
    Host,
}

/// What a proxy that asks lets see of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodySight {
    /// Nothing, not even whether there is one.
    Unseen,
    /// `X-Original-Content-Length` and `X-Original-Transfer-Encoding` are passed where
    /// the request has those headers: without either there is no body.
    Length,
    /// The question carries the body, whole: `with_request_body` of Envoy, `forwardBody`
    /// of Traefik.
    Forwarded,
}

/// `mode = "reverse-proxy"`.
#[derive(Clone, Debug)]
pub struct ReverseProxy {
    /// Host and port of the backend.
    pub backend: Authority,
    /// Whether the backend sees what the signature was.
    pub signature_headers: SignatureHeaders,
    /// How long the backend may take to the head of its answer.
    pub backend_timeout: Duration,
}

/// What becomes of the signature's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureHeaders {
    /// They are taken off verified requests.
    Remove,
    /// They go on.
    Keep,
}

/// Where the keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file, read again when it changes and on SIGHUP.
    File(PathBuf),
    /// The gateway's key feed.
    Feed {
        /// The management plane's address.
        url: FeedUrl,
        /// The verifier's own token.
        token: TokenSource,
    },
}

//! What a proxy is started with.

use std::{net::SocketAddr, num::NonZeroUsize, time::Duration};

use crate::{key_directory::PublicKeyUriPrefix, sign_header::BackendSignHeader};

/// Where the proxy listens, and how much it takes on.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// The addresses to listen on. With port 0 the system chooses one, the
    /// same for all workers.
    pub listen: Vec<SocketAddr>,
    /// How many worker threads there are.
    pub workers: NonZeroUsize,
    /// What is refused or closed beyond a size, a number or a time.
    pub limits: Limits,
    /// Which header carries the signature of Huawei's schemes.
    pub backend_sign_header: BackendSignHeader,
    /// Where the directory of public keys is, at hosts of no group.
    pub public_key_uri_prefix: PublicKeyUriPrefix,
}

/// Limits of the data plane. Everything that queues, buffers or waits has one.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest body that is buffered to be signed; a longer one is refused.
    /// Bodies that are not signed are streamed, whatever their length.
    pub body_buffer_bytes_max: usize,
    /// Longest head of a request, request line included.
    pub head_bytes_max: usize,
    /// Most header fields of a request.
    pub headers_max: usize,
    /// Longest time from the first byte of a head to its last; for the first
    /// request of a connection, from when the connection was accepted. Also
    /// the longest pause in a body that is waited for to be signed.
    pub head_timeout: Duration,
    /// How long a client's connection may be idle between two requests.
    pub idle_timeout: Duration,
    /// Longest wait for a connection to a backend.
    pub backend_connect_timeout: Duration,
    /// How long a connection to a backend may be idle before it is closed.
    pub backend_idle_timeout: Duration,
    /// Most idle connections kept to one backend by one worker.
    pub backend_idle_connections_max: usize,
    /// Most client connections of one worker; one more is answered with 503.
    pub connections_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_buffer_bytes_max: 12 * 1024 * 1024,
            head_bytes_max: 64 * 1024,
            headers_max: 100,
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            backend_connect_timeout: Duration::from_secs(5),
            backend_idle_timeout: Duration::from_secs(60),
            backend_idle_connections_max: 256,
            connections_max: 16 * 1024,
        }
    }
}

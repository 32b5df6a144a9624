//! What a verifier is told.

/// What a verifier is told besides its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The header that carries the signatures of Huawei's scheme and of HTTP Basic.
    pub header: String,
    /// Whether a body may stay out of a signature: `UNSIGNED-PAYLOAD` of Huawei's
    /// scheme, and RFC 9421 without `content-digest`.
    pub accept_unsigned_payload: bool,
    /// The longest body that is looked at, in bytes.
    pub body_bytes_max: usize,
    /// How far from now a signature may have been made, both ways, in seconds.
    pub window_secs: u64,
    /// The most nonces that are remembered, each for twice the window and with about
    /// 120 bytes of memory. A memory that is full refuses: a backend that takes `r`
    /// requests by RFC 9421 in a second needs `2 * r * window_secs`.
    pub nonces_max: usize,
    /// Whether requests that are refused go to the application all the same. The
    /// verdicts are the same; whoever asks for them acts on it.
    pub observe: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header: crate::huawei::AUTHORIZATION.to_owned(),
            accept_unsigned_payload: true,
            body_bytes_max: 10 * 1024 * 1024,
            window_secs: crate::huawei::date::WINDOW_SECS,
            nonces_max: 1_000_000,
            observe: false,
        }
    }
}

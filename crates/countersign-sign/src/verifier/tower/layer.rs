//! The layer.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tower_layer::Layer;

use super::service::Verify;
use crate::verifier::{Refusal, Verifier};

/// Tells the time in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Is told of every refusal, those of observe mode included.
pub type Log = Arc<dyn Fn(&Refusal, &http::request::Parts) + Send + Sync>;

/// Checks requests before they reach a service.
///
/// - What is verified goes on with [`super::super::Verified`] in its extensions.
/// - What is not is answered with 401 and the refusal's name, in JSON and in
///   [`REFUSAL_HEADER`](crate::verifier::REFUSAL_HEADER).
/// - In observe mode it goes on with that header and `Arc<Refusal>` in its extensions.
///
/// The header is taken off requests that bring it themselves. Bodies are read up to
/// the limit where the scheme covers them, and handed on whole. The target is the one
/// of the request line: path and query are not decoded.
#[derive(Clone)]
pub struct VerifyLayer {
    pub(super) verifier: Arc<Verifier>,
    pub(super) clock: Clock,
    pub(super) log: Option<Log>,
}

impl VerifyLayer {
    /// A layer that checks with `verifier`, which the caller may give new keys at any
    /// time.
    pub fn new(verifier: Arc<Verifier>, clock: Clock) -> Self {
        Self {
            verifier,
            clock,
            log: None,
        }
    }

    /// The same layer, telling `log` of every refusal.
    #[must_use]
    pub fn with_log(self, log: Log) -> Self {
        Self {
            log: Some(log),
            ..self
        }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify::new(inner, self.clone())
    }
}

impl fmt::Debug for VerifyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyLayer")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

/// The clock of the system; 0 before 1970.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        since_1970.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
    })
}

//! Where randomness comes from: the operating system, or a test.

use std::{fmt, sync::Arc};

/// Fills buffers with secure random bytes, for data keys and nonces.
#[derive(Clone)]
pub struct RandomSource(Arc<Fill>);

type Fill = dyn Fn(&mut [u8]) -> Result<(), RandomError> + Send + Sync;

/// The source of randomness failed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomError(#[source] pub getrandom::Error);

impl RandomSource {
    /// The operating system's.
    pub fn system() -> Self {
        Self::from_fn(|buffer| getrandom::fill(buffer).map_err(RandomError))
    }

    /// Whatever `fill` puts there. With bytes that repeat, sealing is not
    /// secure: that is for tests.
    pub fn from_fn(
        fill: impl Fn(&mut [u8]) -> Result<(), RandomError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(fill))
    }

    pub(crate) fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        (self.0)(buffer)
    }
}

impl Default for RandomSource {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for RandomSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RandomSource")
    }
}

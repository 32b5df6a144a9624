//! How many requests were accepted and refused.

use std::sync::atomic::{AtomicU64, Ordering};

use super::refusal::Refusal;

/// Counters by verdict since the verifier was made.
#[derive(Debug, Default)]
pub(super) struct Counters {
    verified: AtomicU64,
    refused: [AtomicU64; Refusal::NAMES.len()],
}

/// What the counters said at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Requests whose signature fits.
    pub verified: u64,
    refused: [u64; Refusal::NAMES.len()],
}

impl Counters {
    pub(super) fn count<T>(&self, verdict: &Result<T, Refusal>) {
        let counter = match verdict {
            Ok(_) => &self.verified,
            Err(refusal) => &self.refused[refusal.index()],
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Counts {
        Counts {
            verified: self.verified.load(Ordering::Relaxed),
            refused: std::array::from_fn(|at| self.refused[at].load(Ordering::Relaxed)),
        }
    }
}

impl Counts {
    /// Every refusal's name with how many requests were refused, or in observe mode
    /// would have been.
    pub fn refused(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Refusal::NAMES.into_iter().zip(self.refused)
    }
}

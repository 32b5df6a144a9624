//! A clock that stands still and an entropy that counts.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use countersign::gateway::Sources;
use countersign_core::Timestamp;

/// Time and ids that a test owns.
#[derive(Clone, Debug)]
pub struct FixedSources {
    millis: Arc<AtomicI64>,
    drawn: Arc<AtomicU64>,
}

impl FixedSources {
    /// The moment that the vendors' vectors were made at: 2026-01-02T03:04:05Z.
    pub const VECTOR_SECONDS: i64 = 1_767_323_045;

    /// A clock that stands at that moment.
    pub fn new() -> Self {
        Self {
            millis: Arc::new(AtomicI64::new(Self::VECTOR_SECONDS * 1000)),
            drawn: Arc::default(),
        }
    }

    /// What the clock shows, in seconds since the epoch.
    pub fn seconds(&self) -> i64 {
        self.millis.load(Ordering::SeqCst).div_euclid(1000)
    }

    /// Sets the clock, in seconds since the epoch.
    pub fn set_seconds(&self, seconds: i64) {
        self.millis.store(seconds * 1000, Ordering::SeqCst);
    }

    /// Sets the clock to so many milliseconds after where it started.
    pub fn set_millis_after_start(&self, millis: i64) {
        self.millis
            .store(Self::VECTOR_SECONDS * 1000 + millis, Ordering::SeqCst);
    }

    /// 16 bytes that were not drawn before, spread as random ones are.
    pub fn draw(&self) -> [u8; 16] {
        let number = u128::from(self.drawn.fetch_add(1, Ordering::SeqCst)) + 1;
        number
            .wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            .to_be_bytes()
    }

    /// As a gateway takes them.
    pub fn sources(&self) -> Sources {
        let (clock, entropy) = (self.clone(), self.clone());
        Sources {
            clock: Arc::new(move || Timestamp::from_millis(clock.millis.load(Ordering::SeqCst))),
            entropy: Arc::new(move || entropy.draw()),
        }
    }
}

impl Default for FixedSources {
    fn default() -> Self {
        Self::new()
    }
}

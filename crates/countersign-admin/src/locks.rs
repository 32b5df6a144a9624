//! After some failures in a row, whoever failed is refused for a while. What
//! is remembered is bounded: a stranger can fill it, and then makes others'
//! failures forgotten, but neither locks them out nor takes more memory.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

use countersign_core::Timestamp;

/// How many failures in a row are let pass (Huawei's documented number).
pub(crate) const FAILURES_MAX: u32 = 5;
/// For how long the next calls are refused.
pub(crate) const LOCKED_SECS: i64 = 5 * 60;
/// How many callers that failed are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// Who failed how often.
pub(crate) struct Locks<K>(Mutex<HashMap<K, Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    in_a_row: u32,
    last: Timestamp,
}

impl Failures {
    /// Failures are forgotten after the time that a lock lasts.
    fn counts_at(&self, now: Timestamp) -> bool {
        now.seconds() - self.last.seconds() < LOCKED_SECS
    }

    fn locks_at(&self, now: Timestamp) -> bool {
        self.in_a_row > FAILURES_MAX && self.counts_at(now)
    }
}

impl<K> Default for Locks<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Locks<K> {
    /// Whether `who` is refused at `now`.
    pub(crate) fn is_locked(&self, who: &K, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(who)
            .is_some_and(|failures| failures.locks_at(now))
    }

    /// Counts a failure. When no more callers can be remembered, those whose
    /// failures no longer count make room, then all.
    pub(crate) fn failed(&self, who: K, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX && !known.contains_key(&who) {
            known.retain(|_, failures| failures.counts_at(now));
            if known.len() >= REMEMBERED_MAX {
                known.clear();
            }
        }
        let none = Failures {
            in_a_row: 0,
            last: now,
        };
        let failures = known.entry(who).or_insert(none);
        if !failures.counts_at(now) {
            *failures = none;
        }
        failures.in_a_row = failures.in_a_row.saturating_add(1);
        failures.last = now;
    }

    /// Forgets the failures of `who`.
    pub(crate) fn succeeded(&self, who: &K) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(who);
    }
}

impl<K> fmt::Debug for Locks<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locks")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn more_than_five_failures_in_a_row_lock_for_five_minutes() {
        let locks = Locks::default();
        for second in 0..5 {
            locks.failed("a", at(second));
            assert!(!locks.is_locked(&"a", at(second)));
        }
        locks.failed("a", at(5));
        assert!(locks.is_locked(&"a", at(5)));
        assert!(!locks.is_locked(&"b", at(5)));
        assert!(locks.is_locked(&"a", at(5 + LOCKED_SECS - 1)));
        assert!(!locks.is_locked(&"a", at(5 + LOCKED_SECS)));
        locks.failed("a", at(5 + LOCKED_SECS));
        assert!(!locks.is_locked(&"a", at(5 + LOCKED_SECS)));
    }

    #[test]
    fn a_success_ends_the_row() {
        let locks = Locks::default();
        for _ in 0..5 {
            locks.failed("a", at(0));
        }
        locks.succeeded(&"a");
        locks.failed("a", at(0));
        assert!(!locks.is_locked(&"a", at(0)));
    }

    #[test]
    fn memory_is_bounded() {
        let locks = Locks::default();
        for who in 0..3 * REMEMBERED_MAX {
            locks.failed(who, at(0));
        }
        assert!(locks.0.lock().unwrap().len() <= REMEMBERED_MAX);
    }
}

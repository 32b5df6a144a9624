//! A bounded memory of nonces already spent.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use sha2::{Digest, Sha256};

/// Remembers which (key id, nonce) pairs were used (spec section 1.7).
///
/// Each pair is kept for the window after the call that recorded it; with a clock
/// tolerance of `t` seconds either way the window has to be `2 t`, for a request
/// may carry a time up to `t` ahead and is acceptable until `t` after that. Pairs
/// are kept as SHA-256 digests, so memory is bounded however long a nonce is.
/// Record a nonce only after the signature matched, or strangers can burn nonces
/// and fill the memory.
pub struct NonceMemory {
    window_secs: u64,
    capacity: usize,
    recorded: BTreeMap<Digest32, i64>,
    oldest_first: VecDeque<(Digest32, i64)>,
}

/// Why a nonce is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NonceRefused {
    /// The key has used this nonce within the window.
    #[error("the nonce was used already")]
    Replayed,
    /// The memory holds as many unexpired nonces as it may. The nonce is not
    /// recorded and the request must be refused: accepting it would allow a replay.
    #[error("the memory of nonces is full")]
    Full,
}

type Digest32 = [u8; 32];

impl NonceMemory {
    /// An empty memory for at most `capacity` pairs, each kept for `window_secs`.
    pub fn new(window_secs: u64, capacity: usize) -> Self {
        Self {
            window_secs,
            capacity,
            recorded: BTreeMap::new(),
            oldest_first: VecDeque::new(),
        }
    }

    /// Records that key `key_id` used `nonce` at `now_unix` (seconds).
    ///
    /// # Errors
    /// [`NonceRefused::Replayed`] when the pair is remembered, else
    /// [`NonceRefused::Full`] when no room is left. Neither changes the memory
    /// of unexpired pairs.
    pub fn check_and_record(
        &mut self,
        key_id: &str,
        nonce: &str,
        now_unix: i64,
    ) -> Result<(), NonceRefused> {
        let pair = digest(key_id, nonce);
        self.forget_expired(now_unix);
        if let Some(&at) = self.recorded.get(&pair)
            && !self.expired(at, now_unix)
        {
            return Err(NonceRefused::Replayed);
        }
        if self.oldest_first.len() >= self.capacity {
            return Err(NonceRefused::Full);
        }
        self.recorded.insert(pair, now_unix);
        self.oldest_first.push_back((pair, now_unix));
        Ok(())
    }

    /// How many pairs are held, expired ones not yet dropped included.
    pub fn len(&self) -> usize {
        self.oldest_first.len()
    }

    /// Whether no pair is held.
    pub fn is_empty(&self) -> bool {
        self.oldest_first.is_empty()
    }

    fn forget_expired(&mut self, now_unix: i64) {
        while let Some(&(pair, at)) = self.oldest_first.front() {
            // Behind a clock that was set back a younger entry may hide an older
            // one; that one is then kept longer, never shorter.
            if !self.expired(at, now_unix) {
                break;
            }
            self.oldest_first.pop_front();
            if self.recorded.get(&pair) == Some(&at) {
                self.recorded.remove(&pair);
            }
        }
    }

    fn expired(&self, at: i64, now_unix: i64) -> bool {
        now_unix > at && now_unix.abs_diff(at) > self.window_secs
    }
}

impl fmt::Debug for NonceMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NonceMemory")
            .field("window_secs", &self.window_secs)
            .field("capacity", &self.capacity)
            .field("len", &self.len())
            .finish()
    }
}

fn digest(key_id: &str, nonce: &str) -> Digest32 {
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    Sha256::new()
        .chain_update(key_id.len().to_be_bytes())
        .chain_update(key_id)
        .chain_update(nonce)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use NonceRefused::{Full, Replayed};

    #[test]
    fn a_nonce_counts_for_its_key_only() {
        let mut memory = NonceMemory::new(10, 10);
        assert_eq!(memory.check_and_record("k", "n", 0), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", 0), Err(Replayed));
        assert_eq!(memory.check_and_record("j", "n", 0), Ok(()));
        assert_eq!(memory.check_and_record("k", "m", 0), Ok(()));
        assert_eq!(memory.check_and_record("kn", "", 0), Ok(()));
        assert_eq!(memory.check_and_record("", "kn", 0), Ok(()));
    }

    #[test]
    fn the_last_second_of_the_window_still_counts() {
        let mut memory = NonceMemory::new(1800, 10);
        assert_eq!(memory.check_and_record("k", "n", 100), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", 1900), Err(Replayed));
        assert_eq!(memory.check_and_record("k", "n", 1901), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", 1902), Err(Replayed));
    }

    #[test]
    fn a_full_memory_refuses_and_forgets_nothing() {
        let mut memory = NonceMemory::new(10, 2);
        assert_eq!(memory.check_and_record("k", "1", 0), Ok(()));
        assert_eq!(memory.check_and_record("k", "2", 5), Ok(()));
        assert_eq!(memory.check_and_record("k", "3", 10), Err(Full));
        assert_eq!(memory.check_and_record("k", "1", 10), Err(Replayed));
        assert_eq!(memory.check_and_record("k", "2", 10), Err(Replayed));
        assert_eq!(memory.check_and_record("k", "3", 11), Ok(()));
        assert_eq!(memory.check_and_record("k", "4", 11), Err(Full));
        assert_eq!(memory.len(), 2);
    }

    #[test]
    fn a_clock_set_back_forgets_nothing() {
        let mut memory = NonceMemory::new(10, 10);
        assert_eq!(memory.check_and_record("k", "late", 100), Ok(()));
        assert_eq!(memory.check_and_record("k", "late", 20), Err(Replayed));
        assert_eq!(memory.check_and_record("k", "early", 20), Ok(()));
        assert_eq!(memory.check_and_record("k", "early", 31), Ok(()));
        assert_eq!(memory.check_and_record("k", "early", 41), Err(Replayed));
        assert_eq!(memory.check_and_record("k", "late", 110), Err(Replayed));
        assert_eq!(memory.check_and_record("k", "late", 111), Ok(()));
        assert_eq!(memory.len(), 1);
    }

    #[test]
    fn an_old_entry_that_expires_late_leaves_the_new_one_of_its_pair() {
        let mut memory = NonceMemory::new(10, 10);
        assert_eq!(memory.check_and_record("k", "late", 100), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", 20), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", 105), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", 111), Err(Replayed));
    }

    #[test]
    fn a_memory_without_room_refuses_all() {
        let mut memory = NonceMemory::new(10, 0);
        assert_eq!(memory.check_and_record("k", "n", 0), Err(Full));
        assert!(memory.is_empty());
    }

    #[test]
    fn extreme_times_do_not_overflow() {
        let mut memory = NonceMemory::new(u64::MAX, 10);
        assert_eq!(memory.check_and_record("k", "n", i64::MIN), Ok(()));
        assert_eq!(memory.check_and_record("k", "n", i64::MAX), Err(Replayed));
    }
}

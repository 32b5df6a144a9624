//! Versions of signature keys that signed until a moment ago.

use std::{fmt, sync::Arc};

use imbl::Vector;

use crate::{id::SignatureKeyId, signature_key::KeyVersion, time::Timestamp};

/// For how long a version that was replaced is remembered with its secret: so
/// that a verifier that hears of a change late, or of several at once, does not
/// refuse what was signed in between.
pub const RECENT_SECS: i64 = 60;

/// How many are remembered at most; the oldest makes room.
const RECENT_MAX: usize = 10_000;

/// A version that signed until a moment ago. It is in memory only: what a store
/// holds of it has no secret.
#[derive(Clone, Debug)]
pub struct RecentVersion {
    /// Which signature key it was of.
    pub signature_key: SignatureKeyId,
    /// The version.
    pub version: Arc<KeyVersion>,
    /// Since when it does not sign.
    pub replaced: Timestamp,
}

/// The versions that signed until a moment ago, the oldest first. Each change
/// of a key forgets those whose time is over.
#[derive(Clone, Default)]
pub(crate) struct Recent(Vector<RecentVersion>);

impl Recent {
    /// Remembers a version that `next` replaces.
    pub(crate) fn remember(
        &mut self,
        signature_key: SignatureKeyId,
        version: &Arc<KeyVersion>,
        next: &KeyVersion,
    ) {
        let replaced = next.created;
        let is_over = |own: &RecentVersion| {
            replaced.seconds().saturating_sub(own.replaced.seconds()) > RECENT_SECS
        };
        while self.0.len() >= RECENT_MAX || self.0.front().is_some_and(is_over) {
            self.0.pop_front();
        }
        self.0.push_back(RecentVersion {
            signature_key,
            version: Arc::clone(version),
            replaced,
        });
    }

    /// Forgets a key's versions.
    pub(crate) fn forget(&mut self, id: SignatureKeyId) {
        if self.0.iter().any(|own| own.signature_key == id) {
            self.0.retain(|own| own.signature_key != id);
        }
    }

    pub(crate) fn of(&self, id: SignatureKeyId) -> impl Iterator<Item = &RecentVersion> {
        self.0.iter().filter(move |own| own.signature_key == id)
    }
}

/// Says nothing: two snapshots of the same records are alike, whatever either
/// happened to see.
impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::VersionNumber,
        scheme::Scheme,
        text::{SignKey, SignSecret},
    };
    use countersign_sign::Secret;

    fn version(number: u64, second: i64) -> Arc<KeyVersion> {
        Arc::new(KeyVersion::new(
            VersionNumber::new(number).unwrap(),
            Scheme::Alibaba,
            SignKey::from_stored("key"),
            SignSecret::from_stored(Secret::new("planted".to_owned())),
            Timestamp::from_millis(second * 1000),
        ))
    }

    fn numbers(recent: &Recent, id: SignatureKeyId) -> Vec<u64> {
        recent
            .of(id)
            .map(|own| own.version.number.number())
            .collect()
    }

    #[test]
    fn a_version_is_remembered_for_its_time() {
        let [one, two] = [1, 2].map(|byte| SignatureKeyId::from_random([byte; 16]));
        let mut recent = Recent::default();
        recent.remember(one, &version(1, 0), &version(2, 10));
        recent.remember(two, &version(7, 0), &version(8, 20));
        recent.remember(one, &version(2, 10), &version(3, 10 + RECENT_SECS));
        assert_eq!(numbers(&recent, one), [1, 2]);
        recent.remember(one, &version(3, 70), &version(4, 11 + RECENT_SECS));
        assert_eq!(numbers(&recent, one), [2, 3]);
        assert_eq!(numbers(&recent, two), [7]);
        recent.forget(one);
        assert_eq!(numbers(&recent, one), [0_u64; 0]);
        assert!(!format!("{recent:?}").contains("planted"));
    }

    #[test]
    fn memory_is_bounded() {
        let id = SignatureKeyId::from_random([1; 16]);
        let (mut recent, own) = (Recent::default(), version(1, 0));
        for _ in 0..RECENT_MAX + 10 {
            recent.remember(id, &own, &own);
        }
        assert_eq!(recent.of(id).count(), RECENT_MAX);
    }
}

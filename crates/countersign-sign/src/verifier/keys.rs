//! The keys of a verifier at one moment.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::key::{Key, KeyState};
use super::refusal::Refusal;
use super::scheme::Scheme;

/// An immutable set of keys. A change makes a new one: see [`Keys::merged`].
#[derive(Clone, Default)]
pub struct Keys {
    by_scheme: [HashMap<Box<str>, Vec<Entry>>; Scheme::ALL.len()],
}

#[derive(Clone)]
struct Entry {
    key: Arc<Key>,
    /// The last second of its time of grace, since 1970.
    until: Option<i64>,
}

impl Keys {
    /// The set of these keys. Several may share a sign key: each is tried.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut set = Self::default();
        for key in keys {
            set.add(Entry {
                key: Arc::new(key),
                until: None,
            });
        }
        set
    }

    /// The set of the keys in `new`, and of those active here that are not in `new` or
    /// are retired there, which are accepted for `grace_secs` more: requests signed
    /// with them may be on the way. A time of grace that runs already is not extended.
    /// `now_unix` is in seconds since 1970.
    #[must_use]
    pub fn merged(
        &self,
        new: impl IntoIterator<Item = Key>,
        grace_secs: u64,
        now_unix: i64,
    ) -> Self {
        let mut set = Self::new(new);
        let deadline = now_unix.saturating_add_unsigned(grace_secs);
        for entry in self.entries() {
            let until = entry.until.unwrap_or(deadline);
            let is_leaving = entry.key.state() == KeyState::Active
                && !set.entries().any(|there| {
                    there.key.state() != KeyState::Retired && there.key.is_same(&entry.key)
                });
            if is_leaving && grace_secs > 0 && now_unix <= until {
                set.add(Entry {
                    key: Arc::clone(&entry.key),
                    until: Some(until),
                });
            }
        }
        set
    }

    /// All keys, those in their time of grace included, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Key>> {
        self.entries().map(|entry| &entry.key)
    }

    /// How many keys there are, retired ones included.
    pub fn len(&self) -> usize {
        self.entries().count()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.by_scheme.iter().all(HashMap::is_empty)
    }

    pub(super) fn has(&self, scheme: Scheme) -> bool {
        !self.by_scheme[place(scheme)].is_empty()
    }

    /// The keys that a request by one of these schemes may be checked with.
    pub(super) fn named<'k>(
        &'k self,
        schemes: &[Scheme],
        key_id: &str,
        now_unix: i64,
    ) -> Candidates<'k> {
        let mut candidates = Candidates {
            usable: Vec::new(),
            is_known: false,
        };
        for &scheme in schemes {
            for entry in self.by_scheme[place(scheme)]
                .get(key_id)
                .into_iter()
                .flatten()
            {
                candidates.is_known = true;
                if entry.is_usable(now_unix) {
                    candidates.usable.push(&entry.key);
                }
            }
        }
        candidates
    }

    fn add(&mut self, entry: Entry) {
        self.by_scheme[place(entry.key.scheme())]
            .entry(entry.key.key_id().into())
            .or_default()
            .push(entry);
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.by_scheme.iter().flat_map(HashMap::values).flatten()
    }
}

impl Entry {
    fn is_usable(&self, now_unix: i64) -> bool {
        self.key.state() != KeyState::Retired && self.until.is_none_or(|until| now_unix <= until)
    }
}

/// The keys of one sign key.
pub(super) struct Candidates<'k> {
    pub(super) usable: Vec<&'k Arc<Key>>,
    is_known: bool,
}

impl Candidates<'_> {
    /// Refuses when there is none to check with; `key_id` is for the log.
    pub(super) fn demand(&self, key_id: &str) -> Result<(), Refusal> {
        match (self.usable.is_empty(), self.is_known) {
            (false, _) => Ok(()),
            (true, true) => Err(Refusal::retired(key_id)),
            (true, false) => Err(Refusal::unknown(key_id)),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn place(scheme: Scheme) -> usize {
    match scheme {
        Scheme::Rfc9421Hmac => 0,
        Scheme::Rfc9421KeyPair => 1,
        Scheme::Alibaba => 2,
        Scheme::Huawei => 3,
        Scheme::Basic => 4,
    }
}

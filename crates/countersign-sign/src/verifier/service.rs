//! The verifier: its keys, its memory and its counters.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::counts::{Counters, Counts};
use super::key::Key;
use super::keys::Keys;
use super::options::Options;
use super::refusal::Refusal;
use super::request::{Body, Request, View};
use super::scheme::Scheme;
use super::verified::Verified;
use super::{alibaba, basic, huawei, rfc9421};
use crate::nonce::{NonceMemory, NonceRefused};
use crate::rfc9421::structured::Member;

/// Checks requests that came through the gateway. Shared by all threads of a backend;
/// the keys can be changed while requests are checked.
///
/// It opens nothing and reads no clock: time is an argument.
pub struct Verifier {
    options: Options,
    keys: RwLock<Arc<Keys>>,
    nonces: Mutex<NonceMemory>,
    counters: Counters,
}

/// What a request says of how it is signed.
enum Told {
    Rfc9421(Result<Member, Refusal>),
    Alibaba,
    Huawei,
    Basic,
}

impl Verifier {
    /// A verifier with these keys.
    pub fn new(keys: Keys, options: Options) -> Self {
        let nonces = NonceMemory::new(options.window_secs.saturating_mul(2), options.nonces_max);
        Self {
            options,
            keys: RwLock::new(Arc::new(keys)),
            nonces: Mutex::new(nonces),
            counters: Counters::default(),
        }
    }

    /// Checks a request at `now_unix`, in seconds since 1970, and counts the verdict. In
    /// observe mode the verdict is the same; the caller lets the request pass.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn verify(&self, request: &Request<'_>, now_unix: i64) -> Result<Verified, Refusal> {
        let verdict = self.check(request, now_unix);
        self.count(&verdict);
        verdict
    }

    /// Like [`Self::verify`] without counting, for callers that may check again with
    /// newer keys ([`Self::may_be_for_old_keys`]). A nonce is spent if all fits.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn check(&self, request: &Request<'_>, now_unix: i64) -> Result<Verified, Refusal> {
        let keys = self.keys();
        let told = self
            .told(request.headers, |scheme| keys.has(scheme))
            .ok_or(Refusal::NoSignature)?;
        let bytes_max = self.options.body_bytes_max;
        match request.body {
            Body::Whole(body) if body.len() > bytes_max => {
                return Err(Refusal::BodyTooLarge { bytes_max });
            }
            Body::TooLarge => return Err(Refusal::BodyTooLarge { bytes_max }),
            Body::Whole(_) | Body::Withheld => {}
        }
        let options = &self.options;
        let view = View::new(request)?;
        match told {
            Told::Rfc9421(member) => {
                let fitting = rfc9421::verify(&view, &member?, &keys, options, now_unix)?;
                self.remember(&fitting.key_id, &fitting.nonce, now_unix)?;
                Ok(fitting.verified)
            }
            Told::Alibaba => alibaba::verify(&view, &keys, now_unix),
            Told::Huawei => huawei::verify(&view, &keys, options, now_unix),
            Told::Basic => basic::verify(&view, &keys, options, now_unix),
        }
    }

    /// Counts the verdict of a [`Self::check`].
    pub fn count<T>(&self, verdict: &Result<T, Refusal>) {
        self.counters.count(verdict);
    }

    /// Whether newer keys could make another verdict on a request with these headers:
    /// whoever has a feed of keys asks it and checks again.
    pub fn may_be_for_old_keys(&self, headers: &[(&str, &[u8])], refusal: &Refusal) -> bool {
        match refusal {
            Refusal::UnknownSignKey(_)
            | Refusal::RetiredSignKey(_)
            | Refusal::SignatureDiffers { .. } => true,
            Refusal::NoSignature => self.told(headers, |_| true).is_some(),
            Refusal::BodyTooLarge { .. }
            | Refusal::Malformed(_)
            | Refusal::SignedHeaderMissing(_)
            | Refusal::Expired(_)
            | Refusal::BodyDigestDiffers(_)
            | Refusal::Replayed(_) => false,
        }
    }

    /// Whether a request with these headers carries a signature that the verifier has
    /// keys for, and if so, whether its body is looked at. What has none is refused as
    /// `no_signature`, whatever its body, so there is no need to read that first.
    pub fn outlook(&self, headers: &[(&str, &[u8])]) -> Outlook {
        let keys = self.keys();
        match self.told(headers, |scheme| keys.has(scheme)) {
            None => Outlook::NoSignature,
            Some(Told::Basic) => Outlook::WithoutBody,
            Some(Told::Rfc9421(_) | Told::Alibaba | Told::Huawei) => Outlook::WithBody,
        }
    }

    /// The keys at this moment.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the keys, without a time of grace.
    pub fn replace_keys(&self, keys: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// Replaces the keys by `new`, with a time of grace for those that go: see
    /// [`Keys::merged`].
    pub fn merge_keys(&self, new: impl IntoIterator<Item = Key>, grace_secs: u64, now_unix: i64) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        *keys = Arc::new(keys.merged(new, grace_secs, now_unix));
    }

    /// How many requests were accepted and refused.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// What the verifier was told.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The first scheme, in the order of [`Scheme::ALL`], that the headers tell and that
    /// is spoken.
    fn told(&self, headers: &[(&str, &[u8])], is_spoken: impl Fn(Scheme) -> bool) -> Option<Told> {
        if rfc9421::SCHEMES.into_iter().any(&is_spoken)
            && let Some(member) = rfc9421::told(headers)
        {
            return Some(Told::Rfc9421(member));
        }
        if is_spoken(Scheme::Alibaba) && alibaba::is_told(headers) {
            Some(Told::Alibaba)
        } else if is_spoken(Scheme::Huawei) && huawei::is_told(headers, &self.options) {
            Some(Told::Huawei)
        } else if is_spoken(Scheme::Basic) && basic::is_told(headers, &self.options) {
            Some(Told::Basic)
        } else {
            None
        }
    }

    /// Remembers that a nonce was used, for verifiers that tell each other of theirs;
    /// [`Self::verify`] does so by itself.
    ///
    /// # Errors
    /// [`Refusal::Replayed`] when it is remembered already, or there is no room.
    pub fn remember(&self, key_id: &str, nonce: &str, now_unix: i64) -> Result<(), Refusal> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces
            .check_and_record(key_id, nonce, now_unix)
            .map_err(|why| {
                Refusal::replayed(match why {
                    NonceRefused::Replayed => "the nonce was used already",
                    NonceRefused::Full => "the memory of nonces is full",
                })
            })
    }
}

/// What the headers of a request tell before its body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// It will be refused as `no_signature`.
    NoSignature,
    /// The scheme does not cover the body: its length is enough.
    WithoutBody,
    /// The body is needed.
    WithBody,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("options", &self.options)
            .field("keys", &self.keys())
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

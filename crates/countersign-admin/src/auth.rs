//! Who is calling: access key, clock, signature, nonce, in this order, the
//! same for every dialect. What a dialect signs and where it puts things is
//! its own; it hands in a function that checks the signature.

use std::{
    fmt,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use countersign_core::{AccessKey, AccessKeyId, AccountId, Snapshot, Timestamp, TokenHash, UserId};
use countersign_sign::{
    Secret,
    alibaba::request_auth::{clock, v1, v3},
    huawei::request_auth as huawei,
    nonce::{NonceMemory, NonceRefused},
};

use crate::locks::Locks;

/// An authenticated caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// What the caller showed.
    pub(crate) identity: Identity,
    /// Whose it is.
    pub(crate) account: AccountId,
}

/// Who a caller is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// Whoever has this access key.
    AccessKey(AccessKeyId),
    /// A user who showed a token.
    User(UserId),
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessKey(id) => write!(f, "access-key:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

/// Why a caller is not authenticated. `Debug` and `Display` say nothing of
/// what the request carried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    #[error("there is no such access key")]
    AccessKeyNotFound,
    #[error(
        "the request's time is {off_secs} seconds off, more than the {window_secs} that are allowed"
    )]
    TimeExpired { off_secs: u64, window_secs: u64 },
    #[error("the signature differs from the one computed here")]
    SignatureV1(v1::Mismatch),
    #[error("the signature is refused")]
    SignatureV3(#[source] v3::Refusal),
    #[error("the nonce was used already")]
    NonceUsed,
    #[error("too many calls within the time that nonces are remembered")]
    NonceMemoryFull,
    #[error("the access key id or its secret is wrong")]
    WrongSecret,
    #[error("the signature is refused")]
    SignatureHuawei(#[source] huawei::Refusal),
    #[error("too many failed calls in a row with this access key from this address")]
    Locked,
    #[error("there is no such token")]
    TokenUnknown,
    #[error("the token has expired")]
    TokenExpired { at: Timestamp },
    #[error("the user's name or password is wrong")]
    WrongPassword,
}

impl AuthError {
    /// Our own word for it, as in `X-Countersign-Error`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::AccessKeyNotFound => "access_key_not_found",
            Self::TimeExpired { .. } => "request_expired",
            Self::SignatureV1(_) => "signature_mismatch",
            Self::SignatureV3(v3::Refusal::SignatureDiffers(_)) => "signature_mismatch",
            Self::SignatureV3(v3::Refusal::BodyDigestDiffers(_)) => "body_digest_mismatch",
            Self::SignatureV3(v3::Refusal::HeaderNotSigned { .. }) => "header_not_signed",
            Self::SignatureV3(v3::Refusal::SignedHeaderMissing { .. }) => "signed_header_missing",
            Self::NonceUsed => "nonce_used",
            Self::NonceMemoryFull => "nonce_memory_full",
            Self::WrongSecret => "wrong_access_key",
            Self::SignatureHuawei(huawei::Refusal::SignatureDiffers { .. }) => "signature_mismatch",
            Self::SignatureHuawei(huawei::Refusal::PayloadHashDiffers) => "body_digest_mismatch",
            Self::SignatureHuawei(_) => "signature_refused",
            Self::Locked => "access_key_locked",
            Self::TokenUnknown => "token_unknown",
            Self::TokenExpired { .. } => "token_expired",
            Self::WrongPassword => "wrong_password",
        }
    }
}

/// What a signed request says of itself.
pub(crate) struct Presented<'a> {
    /// Which access key signed.
    pub(crate) access_key: &'a str,
    /// When, in seconds since the epoch.
    pub(crate) unix: i64,
    /// What makes it one of its kind.
    pub(crate) nonce: &'a str,
}

/// What a signed request of a scheme without nonces says of itself.
pub(crate) struct SignedWithoutNonce<'a> {
    /// Which access key signed.
    pub(crate) access_key: &'a str,
    /// When, in seconds since the epoch.
    pub(crate) unix: i64,
    /// Where it comes from, if that is known.
    pub(crate) peer: Option<IpAddr>,
}

/// Lets callers in. Its memory of nonces is shared by all dialects.
pub(crate) struct Gate {
    window_secs: u64,
    nonces: Mutex<NonceMemory>,
    locks: Locks<(AccessKeyId, Option<IpAddr>)>,
}

impl Gate {
    pub(crate) fn new(clock_window: Duration, nonce_capacity: usize) -> Self {
        let window_secs = clock_window.as_secs();
        // A request dated ahead by the window stays acceptable for twice as long.
        let nonces = NonceMemory::new(window_secs.saturating_mul(2), nonce_capacity);
        Self {
            window_secs,
            nonces: Mutex::new(nonces),
            locks: Locks::default(),
        }
    }

    /// Admits a signed request, or says why not. The nonce is spent last, so
    /// that a stranger can neither burn nonces nor fill their memory.
    pub(crate) fn admit(
        &self,
        snapshot: &Snapshot,
        presented: &Presented<'_>,
        now: Timestamp,
        verify: impl FnOnce(&Secret) -> Result<(), AuthError>,
    ) -> Result<Caller, AuthError> {
        let key = access_key(snapshot, presented.access_key).ok_or(AuthError::AccessKeyNotFound)?;
        self.check_time(presented.unix, now)?;
        verify(&key.secret)?;
        // A panic while the lock was held cannot leave a nonce out that was accepted.
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces
            .check_and_record(key.id.as_str(), presented.nonce, now.seconds())
            .map_err(|refused| match refused {
                NonceRefused::Replayed => AuthError::NonceUsed,
                NonceRefused::Full => AuthError::NonceMemoryFull,
            })?;
        Ok(caller(key))
    }

    /// Admits a request whose scheme has no nonce: within the window the same
    /// request may come again. After some failures in a row from one address,
    /// its calls with that access key are refused for a while.
    pub(crate) fn admit_without_nonce(
        &self,
        snapshot: &Snapshot,
        presented: &SignedWithoutNonce<'_>,
        now: Timestamp,
        verify: impl FnOnce(&Secret) -> Result<(), AuthError>,
    ) -> Result<Caller, AuthError> {
        let key = access_key(snapshot, presented.access_key).ok_or(AuthError::AccessKeyNotFound)?;
        let from = (key.id.clone(), presented.peer);
        if self.locks.is_locked(&from, now) {
            return Err(AuthError::Locked);
        }
        self.check_time(presented.unix, now)?;
        match verify(&key.secret) {
            Ok(()) => self.locks.succeeded(&from),
            Err(error) => {
                self.locks.failed(from, now);
                return Err(error);
            }
        }
        Ok(caller(key))
    }

    fn check_time(&self, unix: i64, now: Timestamp) -> Result<(), AuthError> {
        let window_secs = self.window_secs;
        clock::within_window(now.seconds(), unix, window_secs).map_err(
            |clock::Expired { off_secs }| AuthError::TimeExpired {
                off_secs,
                window_secs,
            },
        )
    }

    /// Admits whoever shows a token that was given to a user.
    pub(crate) fn admit_by_token(
        &self,
        snapshot: &Snapshot,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Caller, AuthError> {
        let token = snapshot.token(token).ok_or(AuthError::TokenUnknown)?;
        if token.expires <= now {
            return Err(AuthError::TokenExpired { at: token.expires });
        }
        let user = snapshot.user(token.user).ok_or(AuthError::TokenUnknown)?;
        Ok(Caller {
            identity: Identity::User(user.id),
            account: user.account.clone(),
        })
    }

    /// Admits whoever shows an access key's secret itself. Whether the
    /// transport allows that is the dialect's to check first.
    pub(crate) fn admit_by_secret(
        &self,
        snapshot: &Snapshot,
        id: &str,
        secret: &Secret,
    ) -> Result<Caller, AuthError> {
        let key = access_key(snapshot, id).filter(|key| key.secret.ct_eq(secret));
        key.map(caller).ok_or(AuthError::WrongSecret)
    }
}

fn access_key<'a>(snapshot: &'a Snapshot, id: &str) -> Option<&'a AccessKey> {
    let id = AccessKeyId::parse(id).ok()?;
    snapshot.access_key(&id).map(|key| &**key)
}

fn caller(key: &AccessKey) -> Caller {
    Caller {
        identity: Identity::AccessKey(key.id.clone()),
        account: key.account.clone(),
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("window_secs", &self.window_secs)
            .finish_non_exhaustive()
    }
}

/// One of each, for the tables that have to know them all.
#[cfg(test)]
pub(crate) fn one_of_each() -> Vec<AuthError> {
    use countersign_sign::SignedText;

    let text = || SignedText::new("…".to_owned());
    let mismatch = || {
        Box::new(v3::Mismatch {
            string_to_sign: text(),
            canonical_request: text(),
        })
    };
    let name = || "x".to_owned();
    vec![
        AuthError::AccessKeyNotFound,
        AuthError::TimeExpired {
            off_secs: 901,
            window_secs: 900,
        },
        AuthError::SignatureV1(v1::Mismatch {
            string_to_sign: text(),
        }),
        AuthError::SignatureV3(v3::Refusal::SignatureDiffers(mismatch())),
        AuthError::SignatureV3(v3::Refusal::BodyDigestDiffers(mismatch())),
        AuthError::SignatureV3(v3::Refusal::HeaderNotSigned { name: name() }),
        AuthError::SignatureV3(v3::Refusal::SignedHeaderMissing { name: name() }),
        AuthError::NonceUsed,
        AuthError::NonceMemoryFull,
        AuthError::WrongSecret,
        AuthError::SignatureHuawei(huawei::Refusal::SignatureDiffers {
            canonical_request: text(),
            string_to_sign: text(),
        }),
        AuthError::SignatureHuawei(huawei::Refusal::PayloadHashDiffers),
        AuthError::SignatureHuawei(huawei::Refusal::UnsignedPayload),
        AuthError::SignatureHuawei(huawei::Refusal::SignedHeaderMissing { name: name() }),
        AuthError::Locked,
        AuthError::TokenUnknown,
        AuthError::TokenExpired {
            at: Timestamp::from_millis(0),
        },
        AuthError::WrongPassword,
    ]
}

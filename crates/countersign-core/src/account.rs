//! Accounts and the access keys of callers of the management plane.

use std::{fmt, sync::Arc};

use countersign_sign::Secret;
use sha2::{Digest, Sha256};

use crate::{id::ProjectId, time::Timestamp};

macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// From its text: 1 to 64 of ASCII letters, digits, `-` and `_`.
            pub fn parse(text: &str) -> Result<Self, MalformedAccountText> {
                let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
                if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
                    return Err(MalformedAccountText);
                }
                Ok(Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque! {
    /// Names one tenant.
    AccountId
}
opaque! {
    /// The public half of an access key.
    AccessKeyId
}

/// An account id or access key id was not 1 to 64 of ASCII letters, digits,
/// `-` and `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be 1 to 64 ASCII letters, digits, '-' or '_'")]
pub struct MalformedAccountText;

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id, and its name.
    pub id: AccountId,
    /// What a dialect that speaks of projects calls it.
    pub project: ProjectId,
    /// When it was made.
    pub created: Timestamp,
}

impl ProjectId {
    /// The project of an account that was given none: the first half of the
    /// account's SHA-256.
    pub fn made_from(account: &AccountId) -> Self {
        let mut half = [0; 16];
        half.copy_from_slice(&Sha256::digest(account.as_str())[..16]);
        Self::from_random(half)
    }
}

/// What a caller signs management requests with.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Its public half.
    pub id: AccessKeyId,
    /// Its secret half: stored recoverable, since checking an HMAC needs it.
    pub secret: Secret,
    /// Whose it is.
    pub account: AccountId,
    /// When it was made.
    pub created: Timestamp,
}

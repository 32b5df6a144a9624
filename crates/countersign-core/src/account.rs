//! Accounts and the access keys of callers of the management plane.

use std::{fmt, sync::Arc};

use countersign_sign::Secret;

use crate::time::Timestamp;

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

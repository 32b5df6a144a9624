//! The schemes of signatures.

use std::fmt;
use std::str::FromStr;

/// How a request is signed. A key is for one scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// RFC 9421 with a shared secret.
    Rfc9421Hmac,
    /// RFC 9421 with a key pair.
    Rfc9421KeyPair,
    /// Alibaba Cloud's backend signature.
    Alibaba,
    /// Huawei Cloud's SDK-HMAC-SHA256.
    Huawei,
    /// HTTP Basic, RFC 7617.
    Basic,
}

/// A text that is the name of no scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no scheme of signatures has this name")]
pub struct UnknownScheme;

impl Scheme {
    /// All of them, in the order in which a request that carries several is read.
    pub const ALL: [Self; 5] = [
        Self::Rfc9421Hmac,
        Self::Rfc9421KeyPair,
        Self::Alibaba,
        Self::Huawei,
        Self::Basic,
    ];

    /// Its name in lists of keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rfc9421Hmac => "rfc9421-hmac-sha256",
            Self::Rfc9421KeyPair => "rfc9421-key-pair",
            Self::Alibaba => "alibaba-hmac-sha256",
            Self::Huawei => "huawei-hmac-sha256",
            Self::Basic => "basic",
        }
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.as_str() == name)
            .ok_or(UnknownScheme)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

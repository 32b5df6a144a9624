//! Schemes: in which form a signature key signs.

use std::fmt;

use countersign_sign::{alibaba, huawei, rfc9421};

use crate::text::{SignKey, SignSecret};

/// In which form, and with which algorithm, a version of a signature key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Alibaba's `X-Ca-Proxy-Signature`, HMAC-SHA256.
    Alibaba,
    /// Huawei's `SDK-HMAC-SHA256`.
    Huawei,
    /// HTTP Basic, RFC 7617: it proves the secret by showing it.
    Basic,
    /// RFC 9421 with the secret, hmac-sha256.
    Rfc9421Hmac,
    /// RFC 9421 with a key pair, whose kind says which algorithm.
    Rfc9421KeyPair,
    /// Kept and shown, never signed with: AES-CFB, 128 bits.
    Aes128Cfb,
    /// Kept and shown, never signed with: AES-CFB, 256 bits.
    Aes256Cfb,
}

/// No scheme has that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a scheme is one of alibaba-hmac-sha256, huawei-hmac-sha256, basic, rfc9421-hmac-sha256, \
     rfc9421-key-pair, aes-128-cfb, aes-256-cfb"
)]
pub struct UnknownScheme;

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Alibaba,
        Self::Huawei,
        Self::Basic,
        Self::Rfc9421Hmac,
        Self::Rfc9421KeyPair,
        Self::Aes128Cfb,
        Self::Aes256Cfb,
    ];

    /// Our name for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alibaba => "alibaba-hmac-sha256",
            Self::Huawei => "huawei-hmac-sha256",
            Self::Basic => "basic",
            Self::Rfc9421Hmac => "rfc9421-hmac-sha256",
            Self::Rfc9421KeyPair => "rfc9421-key-pair",
            Self::Aes128Cfb => "aes-128-cfb",
            Self::Aes256Cfb => "aes-256-cfb",
        }
    }

    /// Reads our name.
    pub fn parse(text: &str) -> Result<Self, UnknownScheme> {
        let named = Self::ALL.into_iter().find(|scheme| scheme.as_str() == text);
        named.ok_or(UnknownScheme)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What signs with one version, made ready once.
#[derive(Clone, Debug)]
pub enum Signing {
    /// Alibaba's scheme.
    Alibaba(alibaba::backend::Signer),
    /// Huawei's scheme.
    Huawei(huawei::backend::Signer),
    /// The header's value.
    Basic(huawei::backend::Basic),
    /// RFC 9421, either kind of key.
    Rfc9421(rfc9421::Signer),
    /// The version cannot sign, and so cannot be bound.
    Unusable(Unusable),
}

/// Why a version cannot sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// AES-CFB hides, it does not authenticate: whoever sees one request can
    /// make another.
    #[error("AES-CFB with a fixed initialisation vector authenticates nothing")]
    Aes,
    /// The texts are no key pair.
    #[error("the sign key and sign secret are no key pair")]
    KeyPair(#[source] rfc9421::BadKeyPair),
    /// HTTP Basic ends the user name at the first colon.
    #[error("a sign key with a colon cannot be shown by HTTP Basic")]
    Colon,
    /// The sign key goes into a header between a `=` and a comma.
    #[error("the scheme takes sign keys of visible ASCII characters without comma or quote")]
    Header,
}

impl Signing {
    pub(crate) fn new(scheme: Scheme, sign_key: &SignKey, sign_secret: &SignSecret) -> Self {
        let (key, secret) = (sign_key.as_str(), sign_secret.secret());
        let plain = key
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b',' && b != b'"');
        match scheme {
            Scheme::Alibaba => Self::Alibaba(alibaba::backend::Signer::new(key, secret)),
            Scheme::Huawei | Scheme::Rfc9421Hmac if !plain => Self::Unusable(Unusable::Header),
            Scheme::Huawei => Self::Huawei(huawei::backend::Signer::new(key, secret)),
            Scheme::Basic if key.contains(':') => Self::Unusable(Unusable::Colon),
            Scheme::Basic => Self::Basic(huawei::backend::Basic::new(key, secret)),
            Scheme::Rfc9421Hmac => Self::Rfc9421(rfc9421::Signer::hmac(key, secret)),
            Scheme::Rfc9421KeyPair => match rfc9421::Signer::from_key_pair(key, secret) {
                Ok(signer) => Self::Rfc9421(signer),
                Err(bad) => Self::Unusable(Unusable::KeyPair(bad)),
            },
            Scheme::Aes128Cfb | Scheme::Aes256Cfb => Self::Unusable(Unusable::Aes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_sign::Secret;

    fn signing(scheme: Scheme, key: &str) -> Signing {
        let secret = SignSecret::from_stored(Secret::new("planted-secret".to_owned()));
        Signing::new(scheme, &SignKey::from_stored(key), &secret)
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::parse(scheme.as_str()), Ok(scheme));
        }
        assert_eq!(Scheme::parse("hmac"), Err(UnknownScheme));
    }

    #[test]
    fn what_cannot_sign_says_why() {
        for (scheme, key, why) in [
            (Scheme::Aes128Cfb, "k", "AES-CFB with a fixed"),
            (Scheme::Basic, "a:b", "colon"),
            (Scheme::Huawei, "a,b", "comma"),
            (Scheme::Rfc9421Hmac, "a\"b", "quote"),
            (Scheme::Rfc9421KeyPair, "abc", "no key pair"),
        ] {
            let signing = signing(scheme, key);
            let Signing::Unusable(unusable) = &signing else {
                panic!("{scheme} signs with {key}");
            };
            assert!(unusable.to_string().contains(why), "{unusable}");
            assert!(!format!("{signing:?}").contains("planted"));
        }
        for scheme in [
            Scheme::Alibaba,
            Scheme::Huawei,
            Scheme::Basic,
            Scheme::Rfc9421Hmac,
        ] {
            let signing = signing(scheme, "key_1");
            assert!(!matches!(signing, Signing::Unusable(_)), "{scheme}");
            assert!(!format!("{signing:?}").contains("planted"));
        }
    }
}

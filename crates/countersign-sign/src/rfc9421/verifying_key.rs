//! The key that a signature is checked with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::algorithm::Algorithm;
use super::public_key::PublicKey;
use crate::secret::Secret;

/// A shared secret or a public key. It is for one algorithm and no other, so a public
/// key can not be passed off as a shared secret.
#[derive(Clone)]
pub struct VerifyingKey(Kind);

#[derive(Clone)]
enum Kind {
    Hmac(Box<Hmac<Sha256>>),
    Public(PublicKey),
}

impl VerifyingKey {
    /// A shared secret, used as its UTF-8 bytes.
    pub fn hmac(secret: &Secret) -> Self {
        Self::hmac_bytes(secret.expose().as_bytes())
    }

    /// A shared secret of any bytes, which the caller wipes.
    pub fn hmac_bytes(secret: &[u8]) -> Self {
        Self::from_mac(Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"))
    }

    pub(super) fn from_mac(mac: Hmac<Sha256>) -> Self {
        Self(Kind::Hmac(Box::new(mac)))
    }

    /// The algorithm that the key decides.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Kind::Hmac(_) => Algorithm::HmacSha256,
            Kind::Public(key) => key.algorithm(),
        }
    }

    /// Whether `signature` is one of `base`. A MAC is compared in constant time.
    pub(crate) fn verifies(&self, base: &str, signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Hmac(mac) => {
                let mut mac = Hmac::clone(mac);
                mac.update(base.as_bytes());
                mac.verify_slice(signature).is_ok()
            }
            Kind::Public(key) => key.verifies(base.as_bytes(), signature),
        }
    }
}

impl From<PublicKey> for VerifyingKey {
    fn from(key: PublicKey) -> Self {
        Self(Kind::Public(key))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifyingKey")
            .field(&self.algorithm())
            .finish()
    }
}

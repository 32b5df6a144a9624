//! Public keys: read, checked, named and used.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Verifier as _;
use rsa::pkcs8::ObjectIdentifier;
use rsa::pkcs8::spki::SubjectPublicKeyInfoRef;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, RsaPublicKey, pss};
use sha2::Sha512;

use super::algorithm::Algorithm;
use super::jwk::{Jwk, decode, encode};

/// The shortest RSA modulus that is accepted, in bits.
pub const RSA_BITS_MIN: usize = 2048;
/// The longest, in bits: a longer one makes a check slow.
pub const RSA_BITS_MAX: usize = 8192;

pub(super) const ED25519_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
pub(super) const EC_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const RSA_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const RSA_PSS_OID: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// A public key that signatures can be checked with. A clone shares the same memory.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

enum Inner {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    Rsa(RsaPublicKey),
}

/// Why a text is no public key that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPublicKey {
    /// No PEM block `PUBLIC KEY`.
    #[error("the public key is not in PEM")]
    NotPem,
    /// Not in the Base64 of RFC 4648 section 4, with padding and without blanks.
    #[error("the public key is not in Base64")]
    NotBase64,
    /// No SubjectPublicKeyInfo (RFC 5280) in DER.
    #[error("the public key is no SubjectPublicKeyInfo")]
    NotSpki,
    /// Members of the JSON Web Key are missing or not in Base64url.
    #[error("the public key is no JSON Web Key")]
    NotJwk,
    /// Of another type than Ed25519, ECDSA on P-256 and RSA.
    #[error("the public key is of a type that is not supported")]
    UnknownType,
    /// The numbers are no key: a point off the curve, an even modulus, a wrong length.
    #[error("the public key is not valid")]
    Invalid,
    /// A point of small order, under which signatures fit many messages.
    #[error("the public key is weak")]
    Weak,
    /// An RSA modulus shorter than [`RSA_BITS_MIN`].
    #[error("the RSA key has {bits} bits, fewer than {RSA_BITS_MIN}")]
    RsaTooShort {
        /// Its length.
        bits: usize,
    },
    /// An RSA modulus longer than [`RSA_BITS_MAX`].
    #[error("the RSA key has {bits} bits, more than {RSA_BITS_MAX}")]
    RsaTooLong {
        /// Its length.
        bits: usize,
    },
}

impl PublicKey {
    /// Reads the Base64 of a SubjectPublicKeyInfo in DER. RSA keys may be of type
    /// `rsaEncryption`, or `id-RSASSA-PSS` without parameters.
    ///
    /// # Errors
    /// [`BadPublicKey`].
    pub fn from_spki(base64: &str) -> Result<Self, BadPublicKey> {
        let der = STANDARD
            .decode(base64)
            .map_err(|_| BadPublicKey::NotBase64)?;
        let spki = SubjectPublicKeyInfoRef::try_from(&*der).map_err(|_| BadPublicKey::NotSpki)?;
        match spki.algorithm.oid {
            ED25519_OID => Self::ed25519(
                ed25519_dalek::VerifyingKey::try_from(spki).map_err(|_| BadPublicKey::Invalid)?,
            ),
            EC_OID => p256::ecdsa::VerifyingKey::try_from(spki)
                .map(Self::p256)
                .map_err(|_| BadPublicKey::Invalid),
            RSA_OID | RSA_PSS_OID => {
                let key = RsaPublicKey::try_from(spki).map_err(|_| BadPublicKey::Invalid)?;
                Self::rsa(key)
            }
            _ => Err(BadPublicKey::UnknownType),
        }
    }

    /// Reads the first block `PUBLIC KEY` of a PEM text (RFC 7468).
    ///
    /// # Errors
    /// [`BadPublicKey`].
    pub fn from_pem(text: &str) -> Result<Self, BadPublicKey> {
        let block = text
            .split_once("-----BEGIN PUBLIC KEY-----")
            .and_then(|(_, rest)| rest.split_once("-----END PUBLIC KEY-----"))
            .map(|(block, _)| block)
            .ok_or(BadPublicKey::NotPem)?;
        let base64: String = block.split_ascii_whitespace().collect();
        Self::from_spki(&base64)
    }

    /// Makes the key of the members of a JSON Web Key.
    ///
    /// # Errors
    /// [`BadPublicKey`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, BadPublicKey> {
        let number = |text: &Option<String>| decode(text.as_ref()).ok_or(BadPublicKey::NotJwk);
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => {
                let x: [u8; 32] = number(&jwk.x)?
                    .try_into()
                    .map_err(|_| BadPublicKey::Invalid)?;
                Self::ed25519(
                    ed25519_dalek::VerifyingKey::from_bytes(&x)
                        .map_err(|_| BadPublicKey::Invalid)?,
                )
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (number(&jwk.x)?, number(&jwk.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(BadPublicKey::Invalid);
                }
                let point = [&[4], &*x, &*y].concat();
                p256::ecdsa::VerifyingKey::from_sec1_bytes(&point)
                    .map(Self::p256)
                    .map_err(|_| BadPublicKey::Invalid)
            }
            ("RSA", None) => {
                let (n, e) = (number(&jwk.n)?, number(&jwk.e)?);
                let bits = n.len() * 8;
                if bits > RSA_BITS_MAX + 8 {
                    return Err(BadPublicKey::RsaTooLong { bits });
                }
                let key = RsaPublicKey::new(
                    BoxedUint::from_be_slice_vartime(&n),
                    BoxedUint::from_be_slice_vartime(&e),
                )
                .map_err(|_| BadPublicKey::Invalid)?;
                Self::rsa(key)
            }
            _ => Err(BadPublicKey::UnknownType),
        }
    }

    /// The algorithm that the key is for, and for no other.
    pub fn algorithm(&self) -> Algorithm {
        match &*self.0 {
            Inner::Ed25519(_) => Algorithm::Ed25519,
            Inner::P256(_) => Algorithm::EcdsaP256Sha256,
            Inner::Rsa(_) => Algorithm::RsaPssSha512,
        }
    }

    /// The key as the members of a JSON Web Key.
    pub fn jwk(&self) -> Jwk {
        match &*self.0 {
            Inner::Ed25519(key) => Jwk {
                kty: "OKP".to_owned(),
                crv: Some("Ed25519".to_owned()),
                x: encode(key.as_bytes()),
                ..Jwk::default()
            },
            Inner::P256(key) => {
                // One byte of form, then both coordinates.
                let point = key.to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                Jwk {
                    kty: "EC".to_owned(),
                    crv: Some("P-256".to_owned()),
                    x: encode(x),
                    y: encode(y),
                    ..Jwk::default()
                }
            }
            Inner::Rsa(key) => Jwk {
                kty: "RSA".to_owned(),
                n: encode(&key.n_bytes()),
                e: encode(&key.e_bytes()),
                ..Jwk::default()
            },
        }
    }

    /// The thumbprint of the key (RFC 7638) by SHA-256, in Base64url: its `keyid`.
    pub fn thumbprint(&self) -> String {
        self.jwk().thumbprint()
    }

    /// Whether `signature` is one of `base` by this key.
    pub(super) fn verifies(&self, base: &[u8], signature: &[u8]) -> bool {
        match &*self.0 {
            // Strict: neither the key nor the point of the signature may be of small
            // order, so that no signature fits two messages.
            Inner::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(base, &signature).is_ok()),
            Inner::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(base, &signature).is_ok()),
            Inner::Rsa(key) => pss::Signature::try_from(signature).is_ok_and(|signature| {
                pss::VerifyingKey::<Sha512>::new(key.clone())
                    .verify(base, &signature)
                    .is_ok()
            }),
        }
    }

    pub(super) fn ed25519(key: ed25519_dalek::VerifyingKey) -> Result<Self, BadPublicKey> {
        if key.is_weak() {
            return Err(BadPublicKey::Weak);
        }
        Ok(Self(Arc::new(Inner::Ed25519(key))))
    }

    pub(super) fn p256(key: p256::ecdsa::VerifyingKey) -> Self {
        Self(Arc::new(Inner::P256(key)))
    }

    pub(super) fn rsa(key: RsaPublicKey) -> Result<Self, BadPublicKey> {
        let bits = key.n().bits_vartime() as usize;
        if bits < RSA_BITS_MIN {
            return Err(BadPublicKey::RsaTooShort { bits });
        }
        if bits > RSA_BITS_MAX {
            return Err(BadPublicKey::RsaTooLong { bits });
        }
        Ok(Self(Arc::new(Inner::Rsa(key))))
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        match (&*self.0, &*other.0) {
            (Inner::Ed25519(left), Inner::Ed25519(right)) => left == right,
            (Inner::P256(left), Inner::P256(right)) => left == right,
            (Inner::Rsa(left), Inner::Rsa(right)) => left == right,
            _ => false,
        }
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("algorithm", &self.algorithm())
            .field("thumbprint", &self.thumbprint())
            .finish()
    }
}

#[cfg(test)]
mod tests;

//! Private keys: read and used.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit};
use p256::ecdsa::signature::{SignatureEncoding, Signer as _};
use rsa::pkcs8::PrivateKeyInfoRef;
use rsa::{Pss, RsaPrivateKey};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::public_key::{BadPublicKey, EC_OID, ED25519_OID, PublicKey, RSA_OID, RSA_PSS_OID};
use super::rsa_random::RsaRandom;
use crate::secret::Secret;

/// The private half of a key pair. The libraries wipe theirs on drop.
pub(super) enum PrivateKey {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
    Rsa(Box<RsaKey>),
}

pub(super) struct RsaKey {
    key: RsaPrivateKey,
    /// Keyed with the private key: makes salts and blinding factors that nobody else
    /// can foresee even when the caller's random bytes are poor.
    random: Hmac<Sha512>,
}

/// Why two texts are no key pair. Says nothing of the private one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKeyPair {
    /// The public key is refused.
    #[error(transparent)]
    Public(#[from] BadPublicKey),
    /// The private key is not in the Base64 of RFC 4648 section 4, with padding and
    /// without blanks.
    #[error("the private key is not in Base64")]
    PrivateNotBase64,
    /// The private key is no PKCS#8 (RFC 5958) in DER.
    #[error("the private key is no PKCS#8")]
    PrivateNotPkcs8,
    /// Of another type than Ed25519, ECDSA on P-256 and RSA.
    #[error("the private key is of a type that is not supported")]
    PrivateUnknownType,
    /// The numbers are no key.
    #[error("the private key is not valid")]
    PrivateInvalid,
    /// The keys are of different types.
    #[error("the keys are of different types")]
    TypesDiffer,
    /// The public key is not the one of the private key.
    #[error("the keys do not belong together")]
    NotAPair,
}

impl PrivateKey {
    /// Reads the Base64 of a PKCS#8 in DER.
    pub(super) fn from_pkcs8(base64: &Secret) -> Result<Self, BadKeyPair> {
        let der = STANDARD
            .decode(base64.expose())
            .map(Zeroizing::new)
            .map_err(|_| BadKeyPair::PrivateNotBase64)?;
        let info = PrivateKeyInfoRef::try_from(&**der).map_err(|_| BadKeyPair::PrivateNotPkcs8)?;
        let invalid = BadKeyPair::PrivateInvalid;
        Ok(match info.algorithm.oid {
            ED25519_OID => Self::Ed25519(info.try_into().map_err(|_| invalid)?),
            EC_OID => Self::P256(info.try_into().map_err(|_| invalid)?),
            RSA_OID | RSA_PSS_OID => Self::Rsa(Box::new(RsaKey {
                key: info.try_into().map_err(|_| invalid)?,
                random: Hmac::new_from_slice(&der).expect("HMAC takes a key of any length"),
            })),
            _ => return Err(BadKeyPair::PrivateUnknownType),
        })
    }

    /// The public key that belongs to it.
    pub(super) fn public(&self) -> Result<PublicKey, BadPublicKey> {
        match self {
            Self::Ed25519(key) => PublicKey::ed25519(key.verifying_key()),
            Self::P256(key) => Ok(PublicKey::p256(*key.verifying_key())),
            Self::Rsa(rsa) => PublicKey::rsa(rsa.key.to_public_key()),
        }
    }

    /// The signature of `base`. Ed25519 and ECDSA (RFC 6979) need no randomness; RSA
    /// takes its salt and its blinding factor from `random` and the key.
    ///
    /// `None` when the RSA computation fails its own check: nothing is given out
    /// then, for a wrong signature would betray the key.
    pub(super) fn sign(&self, base: &[u8], random: &[u8; 32]) -> Option<Vec<u8>> {
        match self {
            Self::Ed25519(key) => Some(key.sign(base).to_vec()),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(base).ok()?;
                Some(signature.to_vec())
            }
            Self::Rsa(rsa) => {
                let hash = Sha512::digest(base);
                let mut rng = RsaRandom::new(&rsa.random, random, &hash);
                rsa.key
                    .sign_with_rng(&mut rng, Pss::<Sha512>::new(), &hash)
                    .ok()
            }
        }
    }
}

/// The head of an Ed25519 public key as SubjectPublicKeyInfo (RFC 8410 section 4).
const ED25519_SPKI: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
/// The head of an Ed25519 private key as PKCS#8 (RFC 8410 section 7).
const ED25519_PKCS8: [u8; 16] =
    *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// The Ed25519 key pair of 32 random bytes: the public key as Base64 of its
/// SubjectPublicKeyInfo, the private one as Base64 of its PKCS#8, as
/// [`super::Signer::from_key_pair`] takes them.
pub fn generate_ed25519(seed: [u8; 32]) -> (String, Secret) {
    let seed = Zeroizing::new(seed);
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    let public = [&ED25519_SPKI[..], key.verifying_key().as_bytes()].concat();
    let private = Zeroizing::new([&ED25519_PKCS8[..], &*seed].concat());
    (
        STANDARD.encode(public),
        Secret::new(STANDARD.encode(&*private)),
    )
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;

    #[test]
    fn keys_are_wiped_on_drop() {
        fn is_wiped<T: ZeroizeOnDrop>() {}
        is_wiped::<ed25519_dalek::SigningKey>();
        is_wiped::<p256::ecdsa::SigningKey>();
        is_wiped::<RsaPrivateKey>();
        is_wiped::<<Sha512 as hmac::EagerHash>::Core>();
    }
}

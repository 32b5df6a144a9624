//! Signing what is about to be sent: the hot path.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::algorithm::Algorithm;
use super::component::BadComponent;
use super::input::Malformed;
use super::outgoing::Outgoing;
use super::parameters::is_label;
use super::private_key::{BadKeyPair, PrivateKey};
use super::public_key::PublicKey;
use super::structured::COMPONENTS_MAX;
use super::value::NoValue;
use super::verifying_key::VerifyingKey;
use crate::secret::Secret;

/// A ready-made signing key with its name. A clone shares the same memory, which is
/// wiped when the last one is dropped. `Debug` shows algorithm and name.
#[derive(Clone)]
pub struct Signer {
    key_id: Arc<str>,
    key: Arc<Key>,
}

enum Key {
    Hmac(Hmac<Sha256>),
    Pair {
        public: PublicKey,
        private: PrivateKey,
    },
}

/// The two fields of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The value of `Signature-Input`.
    pub signature_input: String,
    /// The value of `Signature`.
    pub signature: String,
}

/// Why something can not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignFailed {
    /// The label is no key of structured fields.
    #[error("the label is no key of structured fields")]
    BadLabel,
    /// The message has a signature of the label.
    #[error("the message has a signature of the label")]
    LabelTaken,
    /// A parameter is not in printable ASCII, or a time of more than 15 digits.
    #[error("parameter {parameter} can not be written")]
    BadParameter {
        /// Its name.
        parameter: &'static str,
    },
    /// A component that is not spoken here.
    #[error(transparent)]
    Component(BadComponent),
    /// A component that is to be covered twice.
    #[error("component {name} is to be covered more than once")]
    ComponentRepeated {
        /// Its identifier.
        name: String,
    },
    /// More components than [`COMPONENTS_MAX`].
    #[error("more than {COMPONENTS_MAX} components")]
    TooManyComponents,
    /// A component has no value.
    #[error("component {name} is {why}")]
    NoValue {
        /// Its identifier.
        name: String,
        /// Why.
        why: NoValue,
    },
    /// The signatures that the message has can not be read.
    #[error("the message's own signatures can not be read")]
    Malformed(#[source] Malformed),
    /// The computation with the private key failed its own check.
    #[error("the computation with the private key failed")]
    Computation,
}

impl Signer {
    /// A signer with a shared secret, used as its UTF-8 bytes.
    pub fn hmac(key_id: &str, secret: &Secret) -> Self {
        Self::hmac_bytes(key_id, secret.expose().as_bytes())
    }

    /// A signer with a shared secret of any bytes, which the caller wipes.
    pub fn hmac_bytes(key_id: &str, secret: &[u8]) -> Self {
        let mac = Hmac::new_from_slice(secret).expect("HMAC takes a key of any length");
        Self {
            key_id: key_id.into(),
            key: Arc::new(Key::Hmac(mac)),
        }
    }

    /// A signer with a key pair: `public` is the Base64 of its SubjectPublicKeyInfo
    /// in DER, `private` that of its PKCS#8 in DER. Named by the thumbprint of the
    /// public key (RFC 7638, SHA-256, Base64url).
    ///
    /// # Errors
    /// When either is no key, or they do not belong together.
    pub fn from_key_pair(public: &str, private: &Secret) -> Result<Self, BadKeyPair> {
        let public = PublicKey::from_spki(public)?;
        let private = PrivateKey::from_pkcs8(private)?;
        let own = private.public().map_err(|_| BadKeyPair::PrivateInvalid)?;
        if own.algorithm() != public.algorithm() {
            return Err(BadKeyPair::TypesDiffer);
        }
        if own != public {
            return Err(BadKeyPair::NotAPair);
        }
        Ok(Self {
            key_id: public.thumbprint().into(),
            key: Arc::new(Key::Pair { public, private }),
        })
    }

    /// The same key under another name, the value of `keyid`.
    pub fn with_key_id(self, key_id: &str) -> Self {
        Self {
            key_id: key_id.into(),
            key: self.key,
        }
    }

    /// The algorithm that the key decides.
    pub fn algorithm(&self) -> Algorithm {
        match &*self.key {
            Key::Hmac(_) => Algorithm::HmacSha256,
            Key::Pair { public, .. } => public.algorithm(),
        }
    }

    /// The name of the key, the value of `keyid`.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public key; none with a shared secret.
    pub fn public_key(&self) -> Option<&PublicKey> {
        match &*self.key {
            Key::Hmac(_) => None,
            Key::Pair { public, .. } => Some(public),
        }
    }

    /// The key that checks what this one signs.
    pub fn verifying_key(&self) -> VerifyingKey {
        match &*self.key {
            Key::Hmac(mac) => VerifyingKey::from_mac(mac.clone()),
            Key::Pair { public, .. } => public.clone().into(),
        }
    }

    /// Signs `request`. Covered are `@method`, `@authority`, `@path`, `@query` when
    /// there is a query, `content-digest` when given, and the fields, in this order.
    ///
    /// # Errors
    /// When a value cannot be written; see [`SignFailed`].
    pub fn sign(
        &self,
        request: &Outgoing<'_>,
        scratch: &mut Scratch,
    ) -> Result<Signed, SignFailed> {
        if !is_label(request.label) {
            return Err(SignFailed::BadLabel);
        }
        let Scratch { params, base } = scratch;
        request.write(self, params, base)?;
        self.sign_base(request.label, params, base, &request.random)
    }

    /// The signature base of `request` (section 2.5), for explanations and tests.
    ///
    /// # Errors
    /// As [`Signer::sign`].
    pub fn signature_base(&self, request: &Outgoing<'_>) -> Result<String, SignFailed> {
        let mut base = String::new();
        request.write(self, &mut String::new(), &mut base)?;
        Ok(base)
    }

    /// Signs a base that is already written. `params` is what stands for the
    /// signature in `Signature-Input`.
    pub(super) fn sign_base(
        &self,
        label: &str,
        params: &str,
        base: &str,
        random: &[u8; 32],
    ) -> Result<Signed, SignFailed> {
        let mut signature = String::with_capacity(label.len() + 96);
        signature.push_str(label);
        signature.push_str("=:");
        match &*self.key {
            Key::Hmac(mac) => {
                let mut mac = mac.clone();
                mac.update(base.as_bytes());
                STANDARD.encode_string(mac.finalize().into_bytes(), &mut signature);
            }
            Key::Pair { private, .. } => {
                let bytes = private
                    .sign(base.as_bytes(), random)
                    .ok_or(SignFailed::Computation)?;
                STANDARD.encode_string(bytes, &mut signature);
            }
        }
        signature.push(':');
        Ok(Signed {
            signature_input: [label, "=", params].concat(),
            signature,
        })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("algorithm", &self.algorithm())
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

/// Buffers that [`Signer::sign`] reuses from request to request. One for each
/// worker; holds the last request signed until the next, hence the bare `Debug`.
#[derive(Default)]
pub struct Scratch {
    params: String,
    base: String,
}

impl Scratch {
    /// Empty buffers, which grow as needed.
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

#[cfg(test)]
mod tests;

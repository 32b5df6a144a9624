//! A key that requests are checked with.

use std::fmt;
use std::sync::Arc;

use super::scheme::Scheme;
use crate::alibaba::backend as alibaba;
use crate::huawei::backend::Basic;
use crate::huawei::key::SigningKey;
use crate::rfc9421::{PublicKey, VerifyingKey};
use crate::secret::Secret;

/// A key, ready to check with: the HMAC state is prepared, a public key is parsed.
///
/// A clone shares the secret. `Debug` shows no secret.
#[derive(Clone)]
pub struct Key {
    scheme: Scheme,
    sign_key: Arc<str>,
    name: Arc<str>,
    version: u64,
    state: KeyState,
    material: Material,
}

/// What a key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// The gateway signs with it.
    Active,
    /// The gateway is about to sign with it: accepted as well.
    Next,
    /// It was replaced: requests signed with it are refused by its name.
    Retired,
}

/// Why a secret makes no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// The scheme has key pairs.
    #[error("the scheme {0} has key pairs, and a secret is given")]
    KeyPair(Scheme),
    /// Whoever knows that there is none could sign.
    #[error("the secret is empty")]
    EmptySecret,
}

#[derive(Clone)]
enum Material {
    Shared { secret: Secret, ready: Ready },
    Public { key_id: Arc<str>, key: VerifyingKey },
    None,
}

#[derive(Clone)]
enum Ready {
    Alibaba(alibaba::Signer),
    Huawei(SigningKey),
    Basic(Basic),
    Rfc9421(VerifyingKey),
}

impl Key {
    /// An active key with a secret.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn shared(scheme: Scheme, sign_key: &str, secret: Secret) -> Result<Self, BadKey> {
        if secret.expose().is_empty() {
            return Err(BadKey::EmptySecret);
        }
        let ready = match scheme {
            Scheme::Alibaba => Ready::Alibaba(alibaba::Signer::new(sign_key, &secret)),
            Scheme::Huawei => Ready::Huawei(SigningKey::new(&secret)),
            Scheme::Basic => Ready::Basic(Basic::new(sign_key, &secret)),
            Scheme::Rfc9421Hmac => Ready::Rfc9421(VerifyingKey::hmac(&secret)),
            Scheme::Rfc9421KeyPair => return Err(BadKey::KeyPair(scheme)),
        };
        Ok(Self::new(
            scheme,
            sign_key,
            Material::Shared { secret, ready },
        ))
    }

    /// An active key pair, of which the public half is enough. Requests name it by its
    /// thumbprint ([`PublicKey::thumbprint`]), whatever the sign key.
    pub fn key_pair(sign_key: &str, public_key: PublicKey) -> Self {
        let key_id = public_key.thumbprint().into();
        let key = public_key.into();
        Self::new(
            Scheme::Rfc9421KeyPair,
            sign_key,
            Material::Public { key_id, key },
        )
    }

    /// A key that was replaced, of which only the sign key is known. That of a key
    /// pair is its thumbprint.
    pub fn retired(scheme: Scheme, sign_key: &str) -> Self {
        Self {
            state: KeyState::Retired,
            ..Self::new(scheme, sign_key, Material::None)
        }
    }

    fn new(scheme: Scheme, sign_key: &str, material: Material) -> Self {
        Self {
            scheme,
            sign_key: sign_key.into(),
            name: "".into(),
            version: 0,
            state: KeyState::Active,
            material,
        }
    }

    /// The same key with the name and the version of its signature key.
    #[must_use]
    pub fn named(self, name: &str, version: u64) -> Self {
        Self {
            name: name.into(),
            version,
            ..self
        }
    }

    /// The same key in another state. A retired key stays retired.
    #[must_use]
    pub fn in_state(self, state: KeyState) -> Self {
        match (&self.material, state) {
            (Material::None, _) => self,
            _ => Self { state, ..self },
        }
    }

    /// The scheme that the key is for.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The public half of its name: what requests carry, but for key pairs.
    pub fn sign_key(&self) -> &str {
        &self.sign_key
    }

    /// The name of the signature key; empty if nobody has told.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the signature key; 0 if nobody has told.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the key is good for.
    pub fn state(&self) -> KeyState {
        self.state
    }

    /// What requests name the key by.
    pub(crate) fn key_id(&self) -> &str {
        match &self.material {
            Material::Public { key_id, .. } => key_id,
            Material::Shared { .. } | Material::None => &self.sign_key,
        }
    }

    /// The secret, if it is known and the key has one.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        match &self.material {
            Material::Shared { secret, .. } => Some(secret),
            Material::Public { .. } | Material::None => None,
        }
    }

    /// Whether both check the same requests.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.key_id() == other.key_id()
            && match (&self.material, &other.material) {
                (Material::Shared { secret, .. }, Material::Shared { secret: that, .. }) => {
                    secret.ct_eq(that)
                }
                (Material::Public { .. }, Material::Public { .. })
                | (Material::None, Material::None) => true,
                _ => false,
            }
    }

    pub(super) fn alibaba(&self) -> Option<&alibaba::Signer> {
        match &self.material {
            Material::Shared {
                ready: Ready::Alibaba(signer),
                ..
            } => Some(signer),
            _ => None,
        }
    }

    pub(super) fn huawei(&self) -> Option<&SigningKey> {
        match &self.material {
            Material::Shared {
                ready: Ready::Huawei(key),
                ..
            } => Some(key),
            _ => None,
        }
    }

    pub(super) fn basic(&self) -> Option<&Basic> {
        match &self.material {
            Material::Shared {
                ready: Ready::Basic(basic),
                ..
            } => Some(basic),
            _ => None,
        }
    }

    pub(crate) fn rfc9421(&self) -> Option<&VerifyingKey> {
        match &self.material {
            Material::Shared {
                ready: Ready::Rfc9421(key),
                ..
            }
            | Material::Public { key, .. } => Some(key),
            _ => None,
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("scheme", &self.scheme)
            .field("sign_key", &self.sign_key)
            .field("name", &self.name)
            .field("version", &self.version)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

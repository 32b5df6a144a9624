//! What a request that is accepted says.

use std::sync::Arc;

use super::key::Key;
use super::scheme::Scheme;

/// A request whose signature fits.
#[derive(Debug, Clone)]
pub struct Verified {
    key: Arc<Key>,
    body: BodyCheck,
}

/// What the signature says of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyCheck {
    /// It is the body that was signed.
    Fits,
    /// A digest is signed, and the body was not at hand to compare
    /// ([`super::Body::Withheld`]).
    Stated,
    /// The signature does not cover it.
    NotCovered,
}

impl Verified {
    pub(super) fn new(key: &Arc<Key>, body: BodyCheck) -> Self {
        Self {
            key: Arc::clone(key),
            body,
        }
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.key.scheme()
    }

    /// The sign key.
    pub fn sign_key(&self) -> &str {
        self.key.sign_key()
    }

    /// The name of the signature key; empty if nobody has told.
    pub fn name(&self) -> &str {
        self.key.name()
    }

    /// The version of the signature key; 0 if nobody has told.
    pub fn version(&self) -> u64 {
        self.key.version()
    }

    /// The key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What the signature says of the body.
    pub fn body(&self) -> BodyCheck {
        self.body
    }
}

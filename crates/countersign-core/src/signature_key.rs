//! Signature keys, and their versions.

use std::sync::Arc;

use crate::{
    account::AccountId,
    id::{Revision, SignatureKeyId, VersionNumber},
    scheme::{Scheme, Signing},
    text::{Description, DialectName, SignKey, SignSecret, SignatureKeyName},
    time::Timestamp,
};

/// One signature key: what it is called, and the version it signs with. Its
/// retired versions are records of their own, so that a change costs the same
/// after a thousand others.
#[derive(Clone, Debug)]
pub struct SignatureKey {
    /// Its id, through all versions.
    pub id: SignatureKeyId,
    /// Whose it is.
    pub account: AccountId,
    /// What people call it.
    pub name: SignatureKeyName,
    /// Free text.
    pub description: Description,
    /// What it signs with.
    pub active: Arc<KeyVersion>,
    /// What it will sign with once it is activated. Verifiers know it already,
    /// so that no request is refused by one that has not heard of the change.
    pub next: Option<Arc<KeyVersion>>,
    /// Which dialect made it.
    pub made_by: DialectName,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// The change that made it; lists are ordered by it.
    pub created_revision: Revision,
}

/// One version of a signature key: a sign key and a sign secret, and what
/// signs with them, made ready once. A request holds one of these from start
/// to end.
#[derive(Clone, Debug)]
pub struct KeyVersion {
    /// Which version.
    pub number: VersionNumber,
    /// In which form it signs.
    pub scheme: Scheme,
    /// The public half.
    pub sign_key: SignKey,
    /// The secret half.
    pub sign_secret: SignSecret,
    /// Since when it signs.
    pub created: Timestamp,
    signing: Signing,
}

impl KeyVersion {
    /// A version, with what signs made ready.
    pub fn new(
        number: VersionNumber,
        scheme: Scheme,
        sign_key: SignKey,
        sign_secret: SignSecret,
        created: Timestamp,
    ) -> Self {
        let signing = Signing::new(scheme, &sign_key, &sign_secret);
        Self {
            number,
            scheme,
            sign_key,
            sign_secret,
            created,
            signing,
        }
    }

    /// What signs.
    pub fn signing(&self) -> &Signing {
        &self.signing
    }
}

/// A version that no longer signs. Its sign secret is erased: nothing needs it
/// once the change is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetiredVersion {
    /// Which signature key it was of.
    pub signature_key: SignatureKeyId,
    /// Which version.
    pub number: VersionNumber,
    /// In which form it signed.
    pub scheme: Scheme,
    /// Its public half.
    pub sign_key: SignKey,
    /// Since when it signed.
    pub created: Timestamp,
    /// Since when it does not.
    pub retired: Timestamp,
}

/// How many retired versions of one signature key are kept; the oldest makes
/// room. A key that is changed all day must not fill the memory.
pub const RETIRED_VERSIONS_MAX: u64 = 1000;

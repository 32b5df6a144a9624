//! Bindings: which signature key signs for an API in an environment.

use sha2::{Digest, Sha256};

use crate::{
    id::{BindingId, SignatureKeyId},
    publication::PublicationKey,
    time::Timestamp,
};

/// An API in an environment, and the one signature key that signs what is
/// forwarded for it. A binding may stand before the API is published and stays
/// when it is taken off, so that publishing again signs at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Its id: another one when the publication is bound anew.
    pub id: BindingId,
    /// Which API, where: at most one binding for each.
    pub publication: PublicationKey,
    /// The signature key.
    pub signature_key: SignatureKeyId,
    /// When it was bound.
    pub bound: Timestamp,
}

impl BindingId {
    /// The id of a binding from before bindings had ids: the first half of the
    /// SHA-256 of `binding/<api>/<environment>`.
    pub fn made_from(publication: &PublicationKey) -> Self {
        let PublicationKey { api, environment } = publication;
        let text = format!("binding/{api}/{environment}");
        let mut half = [0; 16];
        half.copy_from_slice(&Sha256::digest(text)[..16]);
        Self::from_random(half)
    }
}

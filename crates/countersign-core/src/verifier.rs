//! Verifiers: what stands before backends, and may read the keys of their APIs.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    account::AccountId,
    id::{ApiId, GroupId, Revision, VerifierId},
    text::VerifierName,
    time::Timestamp,
    user::TokenHash,
};

/// Something that verifies what the gateway signs, with a token of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    /// Its id.
    pub id: VerifierId,
    /// Whose it is.
    pub account: AccountId,
    /// Its name, unique in the account.
    pub name: VerifierName,
    /// Its token's hash; the token is told once.
    pub token: TokenHash,
    /// Whose keys it may read.
    pub scope: Arc<VerifierScope>,
    /// When it was made.
    pub created: Timestamp,
    /// The change that made it; lists are ordered by it.
    pub created_revision: Revision,
}

/// The APIs whose signature keys a verifier may read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifierScope {
    /// All APIs of these groups, those made later too.
    pub groups: BTreeSet<GroupId>,
    /// These APIs.
    pub apis: BTreeSet<ApiId>,
}

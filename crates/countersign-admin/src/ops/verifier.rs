//! Use cases on verifiers, and on the keys they read.

use std::sync::Arc;

use countersign_core::{
    Revision, Snapshot, TokenHash, Verifier, VerifierId, VerifierName, VerifierScope,
    command::{
        PlanError,
        verifier::{CreateVerifier, DeleteVerifier},
    },
};

use tokio::sync::watch;

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
};
use crate::auth::Caller;

/// How many verifiers an account may have.
const VERIFIERS_MAX: usize = 1000;

/// A verifier that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewVerifier {
    pub(crate) name: VerifierName,
    pub(crate) token: TokenHash,
    pub(crate) scope: VerifierScope,
}

impl Ops {
    /// Makes a verifier. Whoever makes one lets it read secrets, so it takes
    /// the right to read them.
    pub(crate) async fn create_verifier(
        &self,
        caller: &Caller,
        new: NewVerifier,
    ) -> Result<Done<Arc<Verifier>>, OpError> {
        authorise(caller, Action::ReadSignSecret)?;
        let account = authorise(caller, Action::Create)?.clone();
        let NewVerifier { name, token, scope } = new;
        self.execute(CreateVerifier {
            id: VerifierId::from_random(self.random()),
            account,
            name,
            token,
            scope,
            verifiers_max: VERIFIERS_MAX,
        })
        .await
    }

    /// The verifiers of the caller's account, newest first.
    pub(crate) fn verifiers(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
    ) -> Result<Vec<Arc<Verifier>>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let mut all: Vec<_> = snapshot.verifiers(account).cloned().collect();
        all.sort_by_key(|own| std::cmp::Reverse(own.created_revision));
        Ok(all)
    }

    /// The verifier of the caller's account that has this id or this name.
    pub(crate) fn verifier(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        id_or_name: &str,
    ) -> Result<Arc<Verifier>, OpError> {
        let all = self.verifiers(caller, snapshot)?;
        let found = all
            .into_iter()
            .find(|own| own.name.as_str() == id_or_name || own.id.to_string() == id_or_name);
        found.ok_or(PlanError::VerifierNotFound.into())
    }

    /// Removes a verifier.
    pub(crate) async fn delete_verifier(
        &self,
        caller: &Caller,
        id: VerifierId,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Delete)?.clone();
        self.execute(DeleteVerifier { account, id }).await
    }

    /// The newest revision there is, as it changes.
    pub(crate) fn revisions(&self) -> watch::Receiver<Revision> {
        self.store.revisions()
    }
}

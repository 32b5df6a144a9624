//! Commands on verifiers.

use std::sync::Arc;

use super::{Command, Plan, PlanError, api, group};
use crate::{
    account::AccountId,
    change::Change,
    id::VerifierId,
    snapshot::Snapshot,
    text::VerifierName,
    time::Timestamp,
    user::TokenHash,
    verifier::{Verifier, VerifierScope},
};

/// Makes a verifier.
#[derive(Clone, Debug)]
pub struct CreateVerifier {
    /// The new id.
    pub id: VerifierId,
    /// Whose it will be.
    pub account: AccountId,
    /// Its name, not taken in the account.
    pub name: VerifierName,
    /// Its token's hash.
    pub token: TokenHash,
    /// Whose keys it may read; all of it is the account's.
    pub scope: VerifierScope,
    /// How many verifiers an account may have.
    pub verifiers_max: usize,
}

impl Command for CreateVerifier {
    type Outcome = Arc<Verifier>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<Verifier>>, PlanError> {
        let taken = |own: &Arc<Verifier>| own.name == self.name;
        if snapshot.verifiers(&self.account).any(taken) {
            return Err(PlanError::VerifierNameTaken);
        }
        if snapshot.verifiers(&self.account).count() >= self.verifiers_max {
            let max = self.verifiers_max;
            return Err(PlanError::TooManyVerifiers { max });
        }
        for id in &self.scope.groups {
            group(snapshot, &self.account, *id)?;
        }
        for id in &self.scope.apis {
            api(snapshot, &self.account, None, *id)?;
        }
        let verifier = Arc::new(Verifier {
            id: self.id,
            account: self.account.clone(),
            name: self.name.clone(),
            token: self.token,
            scope: Arc::new(self.scope.clone()),
            created: now,
            created_revision: snapshot.revision().next(),
        });
        Ok(Plan {
            changes: vec![Change::PutVerifier(Arc::clone(&verifier))],
            outcome: verifier,
        })
    }
}

/// Removes a verifier; its token is worth nothing from then on.
#[derive(Clone, Debug)]
pub struct DeleteVerifier {
    /// Whose it is.
    pub account: AccountId,
    /// Which.
    pub id: VerifierId,
}

impl Command for DeleteVerifier {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let verifier = snapshot
            .verifier(self.id)
            .filter(|own| own.account == self.account)
            .ok_or(PlanError::VerifierNotFound)?;
        Ok(Plan {
            changes: vec![Change::RemoveVerifier(verifier.id)],
            outcome: (),
        })
    }
}

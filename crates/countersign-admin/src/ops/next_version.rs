//! Use cases on the next version of a signature key: known to verifiers before
//! it signs, so that changing to it costs no refused request.

use std::sync::Arc;

use countersign_core::{
    Scheme, SignKey, SignSecret, SignatureKey, SignatureKeyId,
    command::signature_key::{ActivateVersion, DropNextVersion, StageVersion},
};

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
};
use crate::auth::Caller;

/// What is to be other in a next version; `None` is as in the active one.
#[derive(Clone, Debug, Default)]
pub(crate) struct NextVersion {
    pub(crate) scheme: Option<Scheme>,
    pub(crate) sign_key: Option<SignKey>,
    pub(crate) sign_secret: Option<SignSecret>,
}

impl Ops {
    /// Gives a signature key a next version, in place of the one it may have.
    pub(crate) async fn stage_version(
        &self,
        caller: &Caller,
        id: SignatureKeyId,
        next: NextVersion,
    ) -> Result<Done<Arc<SignatureKey>>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        let NextVersion {
            scheme,
            sign_key,
            sign_secret,
        } = next;
        self.execute(StageVersion {
            account,
            id,
            scheme,
            sign_key,
            sign_secret,
        })
        .await
    }

    /// Makes a signature key sign with its next version.
    pub(crate) async fn activate_version(
        &self,
        caller: &Caller,
        id: SignatureKeyId,
    ) -> Result<Done<Arc<SignatureKey>>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        self.execute(ActivateVersion { account, id }).await
    }

    /// Takes a signature key's next version back.
    pub(crate) async fn drop_next_version(
        &self,
        caller: &Caller,
        id: SignatureKeyId,
    ) -> Result<Done<Arc<SignatureKey>>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        self.execute(DropNextVersion { account, id }).await
    }
}

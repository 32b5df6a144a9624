//! Use cases on signature keys and their bindings.

use std::{collections::BTreeSet, sync::Arc};

use countersign_core::{
    ApiId, BindingId, Description, DialectName, EnvironmentName, GroupId, PublicationKey, Scheme,
    SignKey, SignSecret, SignatureKey, SignatureKeyId, SignatureKeyName, Snapshot,
    command::{
        Bind, PlanError, Unbind,
        signature_key::{BesideOthers, CreateSignatureKey, DeleteSignatureKey, ModifySignatureKey},
    },
};

use super::{
    Done, OpError, Ops, Page, Paged,
    authorise::{Action, authorise},
};
use crate::auth::Caller;

/// A signature key that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewSignatureKey {
    pub(crate) name: SignatureKeyName,
    pub(crate) description: Description,
    pub(crate) scheme: Scheme,
    pub(crate) sign_key: SignKey,
    pub(crate) sign_secret: SignSecret,
    pub(crate) made_by: DialectName,
    pub(crate) beside: BesideOthers,
}

/// What is to change of a signature key; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignatureKeyPatch {
    pub(crate) name: Option<SignatureKeyName>,
    pub(crate) description: Option<Description>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) sign_key: Option<SignKey>,
    pub(crate) sign_secret: Option<SignSecret>,
    /// Whether no other signature key of the account may have the new name.
    pub(crate) unique_name: bool,
}

impl Ops {
    /// Makes a signature key. It has no effect until it is bound.
    pub(crate) async fn create_signature_key(
        &self,
        caller: &Caller,
        new: NewSignatureKey,
    ) -> Result<Done<Arc<SignatureKey>>, OpError> {
        let account = authorise(caller, Action::Create)?.clone();
        let id = SignatureKeyId::from_random(self.random());
        let NewSignatureKey {
            name,
            description,
            scheme,
            sign_key,
            sign_secret,
            made_by,
            beside,
        } = new;
        self.execute(CreateSignatureKey {
            id,
            account,
            name,
            description,
            scheme,
            sign_key,
            sign_secret,
            made_by,
            beside,
        })
        .await
    }

    /// Changes a signature key, in force at once everywhere it is bound.
    pub(crate) async fn modify_signature_key(
        &self,
        caller: &Caller,
        id: SignatureKeyId,
        patch: SignatureKeyPatch,
    ) -> Result<Done<Arc<SignatureKey>>, OpError> {
        let account = authorise(caller, Action::Change)?.clone();
        let SignatureKeyPatch {
            name,
            description,
            scheme,
            sign_key,
            sign_secret,
            unique_name,
        } = patch;
        self.execute(ModifySignatureKey {
            account,
            id,
            name,
            description,
            scheme,
            sign_key,
            sign_secret,
            unique_name,
        })
        .await
    }

    /// Removes a signature key, with its bindings if `unbind` says so; else one
    /// that is bound is refused.
    pub(crate) async fn delete_signature_key(
        &self,
        caller: &Caller,
        id: SignatureKeyId,
        unbind: bool,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Delete)?.clone();
        self.execute(DeleteSignatureKey {
            account,
            id,
            unbind,
        })
        .await
    }

    /// The signature keys of the caller in `snapshot` that `keep` says yes to,
    /// newest first.
    pub(crate) fn signature_keys(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        keep: impl Fn(&SignatureKey) -> bool,
        page: Page,
    ) -> Result<Paged<Arc<SignatureKey>>, OpError> {
        let account = authorise(caller, Action::Read)?;
        Ok(page.of(snapshot.signature_keys(account).filter(|key| keep(key))))
    }

    /// The signature key of the caller in `snapshot` that has this id.
    pub(crate) fn signature_key_by_id(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        id: SignatureKeyId,
    ) -> Result<Arc<SignatureKey>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let key = snapshot.signature_key(id);
        let own = key.filter(|key| key.account == *account);
        own.cloned().ok_or(PlanError::SignatureKeyNotFound.into())
    }

    /// The one signature key of the caller in `snapshot` that has this id or,
    /// if none has, this name.
    pub(crate) fn signature_key(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        id_or_name: &str,
    ) -> Result<Arc<SignatureKey>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let by_id = SignatureKeyId::parse(id_or_name)
            .ok()
            .and_then(|id| snapshot.signature_key(id));
        if let Some(key) = by_id.filter(|key| key.account == *account) {
            return Ok(Arc::clone(key));
        }
        let mut named = snapshot
            .signature_keys(account)
            .filter(|key| key.name.as_str() == id_or_name);
        let key = named.next().ok_or(PlanError::SignatureKeyNotFound)?;
        if named.next().is_some() {
            return Err(OpError::SignatureKeyNameAmbiguous);
        }
        Ok(Arc::clone(key))
    }

    /// The sign secret of a key that [`Ops::signature_key`] or
    /// [`Ops::signature_keys`] gave to the same caller.
    pub(crate) fn reveal(
        &self,
        caller: &Caller,
        key: &SignatureKey,
    ) -> Result<SignSecret, OpError> {
        let account = authorise(caller, Action::ReadSignSecret)?;
        if key.account != *account {
            return Err(PlanError::SignatureKeyNotFound.into());
        }
        Ok(key.active.sign_secret.clone())
    }

    /// Binds a signature key to APIs of a group, all or none of them.
    pub(crate) async fn bind(
        &self,
        caller: &Caller,
        signature_key: SignatureKeyId,
        group: GroupId,
        apis: BTreeSet<ApiId>,
        environment: EnvironmentName,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Bind)?.clone();
        let places = apis.into_iter().map(|api| PublicationKey {
            api,
            environment: environment.clone(),
        });
        let done = self.execute(Bind {
            account,
            signature_key,
            group: Some(group),
            publications: places.collect(),
            published_only: false,
            first_id: BindingId::from_random(self.random()),
        });
        Ok(done.await?.without_outcome())
    }

    /// Unbinds a signature key from APIs of a group; `None` means all of them.
    pub(crate) async fn unbind(
        &self,
        caller: &Caller,
        signature_key: SignatureKeyId,
        group: GroupId,
        apis: Option<BTreeSet<ApiId>>,
        environment: EnvironmentName,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Bind)?.clone();
        self.execute(Unbind {
            account,
            signature_key,
            group,
            apis,
            environment,
        })
        .await
    }
}

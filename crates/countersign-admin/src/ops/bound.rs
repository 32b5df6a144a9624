//! Use cases that look at bindings, from the API's side and from the key's.

use std::{collections::BTreeSet, sync::Arc};

use countersign_core::{
    Api, ApiId, Binding, Environment, EnvironmentName, Group, GroupId, PublicationKey,
    SignatureKey, SignatureKeyId, Snapshot, command::PlanError,
};

use super::{
    OpError, Ops,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

/// A binding, and what it binds.
#[derive(Clone, Debug)]
pub(crate) struct BoundApi {
    pub(crate) group: Arc<Group>,
    pub(crate) api: Arc<Api>,
    pub(crate) key: Arc<SignatureKey>,
    pub(crate) binding: Arc<Binding>,
    /// Where.
    pub(crate) environment: Arc<Environment>,
}

impl BoundApi {
    /// `None` if a part of it is not there, which planning never lets happen.
    fn of(snapshot: &Snapshot, binding: &Arc<Binding>) -> Option<Self> {
        let api = snapshot.api(binding.publication.api)?;
        let environment = snapshot.environment(&api.account, &binding.publication.environment)?;
        Some(Self {
            group: Arc::clone(snapshot.group(api.group)?),
            api: Arc::clone(api),
            key: Arc::clone(snapshot.signature_key(binding.signature_key)?),
            binding: Arc::clone(binding),
            environment: Arc::clone(environment),
        })
    }
}

impl Ops {
    /// The key that is bound to an API in an environment.
    pub(crate) fn key_of_api(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        group: Option<GroupId>,
        api: ApiId,
        environment: &EnvironmentName,
    ) -> Result<Option<BoundApi>, OpError> {
        let account = authorise(caller, Action::Read)?;
        if let Some(group) = group {
            find::group(snapshot, account, group)?;
        }
        let api = find::api(snapshot, account, group, api)?;
        Ok(at(snapshot, api.id, environment))
    }

    /// Where a key is bound, by API and environment.
    pub(crate) fn apis_of_key(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        key: SignatureKeyId,
    ) -> Result<Vec<BoundApi>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let key = snapshot
            .signature_key(key)
            .filter(|key| key.account == *account)
            .ok_or(PlanError::SignatureKeyNotFound)?;
        Ok(snapshot
            .bindings_of_key(key.id)
            .filter_map(|binding| BoundApi::of(snapshot, binding))
            .collect())
    }

    /// The keys of an API, by environment, those that every account has first.
    pub(crate) fn keys_of_api(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        api: ApiId,
    ) -> Result<Vec<BoundApi>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let api = find::api(snapshot, account, None, api)?;
        Ok(snapshot
            .bindings_of_api(api.id)
            .filter_map(|binding| BoundApi::of(snapshot, binding))
            .collect())
    }

    /// What these bindings of the caller bind; one that is gone is passed over.
    pub(crate) fn bound(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        bindings: &[Arc<Binding>],
    ) -> Result<Vec<BoundApi>, OpError> {
        let account = authorise(caller, Action::Read)?;
        Ok(bindings
            .iter()
            .filter_map(|binding| BoundApi::of(snapshot, binding))
            .filter(|bound| bound.api.account == *account)
            .collect())
    }

    /// The APIs of a group that have a key in an environment, by id; `apis`
    /// leaves only these, all of which have to be there.
    pub(crate) fn keys_of_group(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        group: GroupId,
        apis: Option<&BTreeSet<ApiId>>,
        environment: &EnvironmentName,
    ) -> Result<Vec<BoundApi>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let group = find::group(snapshot, account, group)?;
        for id in apis.into_iter().flatten() {
            find::api(snapshot, account, Some(group.id), *id)?;
        }
        Ok(snapshot
            .apis_of_group(group.id)
            .filter(|api| apis.is_none_or(|wanted| wanted.contains(&api.id)))
            .filter_map(|api| at(snapshot, api.id, environment))
            .collect())
    }
}

fn at(snapshot: &Snapshot, api: ApiId, environment: &EnvironmentName) -> Option<BoundApi> {
    let publication = PublicationKey {
        api,
        environment: environment.clone(),
    };
    BoundApi::of(snapshot, snapshot.binding(&publication)?)
}

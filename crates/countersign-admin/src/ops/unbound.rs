//! The use case that looks for APIs that a key could be bound to.

use std::sync::Arc;

use countersign_core::{
    Api, Environment, Group, Publication, SignatureKey, SignatureKeyId, Snapshot,
};

use super::{OpError, Ops, PublishedApi};
use crate::auth::Caller;

/// What is live of an API in one environment, where a certain key is not bound.
#[derive(Clone, Debug)]
pub(crate) struct UnboundApi {
    pub(crate) group: Arc<Group>,
    pub(crate) api: Arc<Api>,
    pub(crate) publication: Arc<Publication>,
    pub(crate) environment: Arc<Environment>,
    /// The other key that is bound there.
    pub(crate) bound_to: Option<Arc<SignatureKey>>,
}

impl UnboundApi {
    /// `None` if a part of it is not there, which planning never lets happen.
    fn of(snapshot: &Snapshot, published: PublishedApi) -> Option<Self> {
        let PublishedApi { api, publication } = published;
        let environment = snapshot.environment(&api.account, &publication.key.environment)?;
        Some(Self {
            group: Arc::clone(snapshot.group(api.group)?),
            environment: Arc::clone(environment),
            bound_to: snapshot.bound_key(&publication.key).cloned(),
            api,
            publication,
        })
    }
}

impl Ops {
    /// What is live of the caller's and not bound to `key`: the newest API
    /// first, its environments by name.
    pub(crate) fn apis_without_key(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        key: SignatureKeyId,
    ) -> Result<Vec<UnboundApi>, OpError> {
        let key = self.signature_key_by_id(caller, snapshot, key)?;
        let all = self.published_apis(caller, snapshot, |_| true)?;
        let unbound = all.into_iter();
        let unbound = unbound.filter_map(|published| UnboundApi::of(snapshot, published));
        let is_other = |own: &UnboundApi| own.bound_to.as_ref().is_none_or(|to| to.id != key.id);
        Ok(unbound.filter(is_other).collect())
    }
}

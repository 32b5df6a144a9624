//! Use cases that look at what is live.

use std::sync::Arc;

use countersign_core::{
    Api, ApiId, EnvironmentName, GroupId, Publication, PublicationKey, Snapshot, command::PlanError,
};

use super::{
    OpError, Ops,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

/// An API, and what of it is live in one environment.
#[derive(Clone, Debug)]
pub(crate) struct PublishedApi {
    pub(crate) api: Arc<Api>,
    pub(crate) publication: Arc<Publication>,
}

impl Ops {
    /// An API that is published in an environment.
    pub(crate) fn published_api(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        group: Option<GroupId>,
        api: ApiId,
        environment: &EnvironmentName,
    ) -> Result<PublishedApi, OpError> {
        let account = authorise(caller, Action::Read)?;
        let api = find::api(snapshot, account, group, api)?;
        let key = PublicationKey {
            api: api.id,
            environment: environment.clone(),
        };
        let publication = snapshot
            .publication(&key)
            .ok_or(PlanError::PublicationNotFound)?;
        Ok(PublishedApi {
            api: Arc::clone(api),
            publication: Arc::clone(publication),
        })
    }

    /// What is live of the caller's that `keep` says yes to: the newest API
    /// first, its environments by name.
    pub(crate) fn published_apis(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        keep: impl Fn(&PublishedApi) -> bool,
    ) -> Result<Vec<PublishedApi>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let all = snapshot.apis(account).flat_map(|api| {
            let published = snapshot.publications_of_api(api.id);
            published.map(|publication| PublishedApi {
                api: Arc::clone(api),
                publication: Arc::clone(publication),
            })
        });
        Ok(all.filter(keep).collect())
    }
}

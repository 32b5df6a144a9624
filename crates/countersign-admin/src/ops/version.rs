//! Use cases on what was published: the versions of an API.

use std::{cmp::Reverse, sync::Arc};

use countersign_core::{
    ApiId, ApiVersionId, Environment, Publication, PublicationId, PublicationKey, Snapshot,
    command::{PlanError, publication::SwitchVersion},
};

use super::{
    Done, OpError, Ops,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

/// One publishing of an API.
#[derive(Clone, Debug)]
pub(crate) struct ApiVersion {
    pub(crate) environment: Arc<Environment>,
    pub(crate) publication: Arc<Publication>,
    /// Whether it is what clients get now.
    pub(crate) is_live: bool,
}

impl ApiVersion {
    pub(crate) fn id(&self) -> ApiVersionId {
        self.publication.version(self.environment.id)
    }
}

impl Ops {
    /// The publishings of an API that are kept, the newest first.
    pub(crate) fn versions(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        api: ApiId,
    ) -> Result<Vec<ApiVersion>, OpError> {
        let account = authorise(caller, Action::Read)?;
        let api = find::api(snapshot, account, None, api)?;
        let live = snapshot.publications_of_api(api.id).map(|own| (own, true));
        let former = snapshot.former_publications_of_api(api.id);
        let all = live.chain(former.map(|own| (own, false)));
        let mut versions: Vec<_> = all
            .filter_map(|(publication, is_live)| {
                let environment = snapshot.environment(account, &publication.key.environment)?;
                Some(ApiVersion {
                    environment: Arc::clone(environment),
                    publication: Arc::clone(publication),
                    is_live,
                })
            })
            .collect();
        versions.sort_by_key(|own| Reverse(own.publication.published_revision));
        Ok(versions)
    }

    /// Makes what was published before live again.
    pub(crate) async fn switch_version(
        &self,
        caller: &Caller,
        api: ApiId,
        version: ApiVersionId,
    ) -> Result<Done<Arc<Publication>>, OpError> {
        let account = authorise(caller, Action::Publish)?.clone();
        self.execute(SwitchVersion {
            account,
            api,
            version,
        })
        .await
    }

    /// Which API of the caller's is meant, and where.
    pub(crate) fn publication_place(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        id: PublicationId,
    ) -> Result<PublicationKey, OpError> {
        let account = authorise(caller, Action::Read)?;
        let place = snapshot.publication_by_id(account, id);
        place.ok_or(PlanError::PublicationNotFound.into())
    }
}

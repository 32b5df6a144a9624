//! Use cases on APIs: making them, publishing them, listing them.

use std::sync::Arc;

use countersign_core::{
    Api, ApiDefinition, ApiId, ApiName, Description, DialectName, EnvironmentName, GroupId,
    Publication, Snapshot, Visibility,
    command::{
        api::{CreateApi, DeleteApi},
        publication::{Publish, Unpublish},
    },
};

use super::{
    Done, OpError, Ops, Page, Paged,
    authorise::{Action, authorise},
    find,
};
use crate::auth::Caller;

/// An API that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewApi {
    pub(crate) group: GroupId,
    pub(crate) name: ApiName,
    pub(crate) description: Description,
    pub(crate) visibility: Visibility,
    pub(crate) definition: ApiDefinition,
    pub(crate) made_by: DialectName,
}

impl Ops {
    /// Makes an API. It is published nowhere.
    pub(crate) async fn create_api(
        &self,
        caller: &Caller,
        new: NewApi,
    ) -> Result<Done<Arc<Api>>, OpError> {
        let account = authorise(caller, Action::Create)?.clone();
        let NewApi {
            group,
            name,
            description,
            visibility,
            definition,
            made_by,
        } = new;
        let (id, definition) = (ApiId::from_random(self.random()), Arc::new(definition));
        self.execute(CreateApi {
            id,
            account,
            group,
            name,
            description,
            visibility,
            definition,
            made_by,
        })
        .await
    }

    /// One API of the caller.
    pub(crate) fn api(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        group: Option<GroupId>,
        id: ApiId,
    ) -> Result<Arc<Api>, OpError> {
        let account = authorise(caller, Action::Read)?;
        Ok(Arc::clone(find::api(snapshot, account, group, id)?))
    }

    /// The APIs of the caller in `snapshot` that `keep` says yes to, newest first.
    pub(crate) fn apis(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        keep: impl Fn(&Api) -> bool,
        page: Page,
    ) -> Result<Paged<Arc<Api>>, OpError> {
        let account = authorise(caller, Action::Read)?;
        Ok(page.of(snapshot.apis(account).filter(|api| keep(api))))
    }

    /// Makes an API's definition of now live in an environment.
    pub(crate) async fn publish(
        &self,
        caller: &Caller,
        group: Option<GroupId>,
        api: ApiId,
        environment: EnvironmentName,
        description: Description,
    ) -> Result<Done<Arc<Publication>>, OpError> {
        let account = authorise(caller, Action::Publish)?.clone();
        self.execute(Publish {
            account,
            group,
            api,
            environment,
            description,
        })
        .await
    }

    /// Takes an API off an environment.
    pub(crate) async fn unpublish(
        &self,
        caller: &Caller,
        group: Option<GroupId>,
        api: ApiId,
        environment: EnvironmentName,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Publish)?.clone();
        self.execute(Unpublish {
            account,
            group,
            api,
            environment,
        })
        .await
    }

    /// Removes an API that is published nowhere, and its bindings.
    pub(crate) async fn delete_api(
        &self,
        caller: &Caller,
        group: Option<GroupId>,
        id: ApiId,
    ) -> Result<Done<()>, OpError> {
        let account = authorise(caller, Action::Delete)?.clone();
        self.execute(DeleteApi { account, group, id }).await
    }
}

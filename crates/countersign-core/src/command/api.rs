//! Commands on APIs.

use std::sync::Arc;

use super::{APIS_PER_GROUP_MAX, Command, Plan, PlanError, api, group};
use crate::{
    account::AccountId,
    api::{Api, ApiDefinition, Visibility},
    change::Change,
    id::{ApiId, GroupId},
    snapshot::Snapshot,
    text::{ApiName, Description, DialectName},
    time::Timestamp,
};

/// Makes an API.
#[derive(Clone, Debug)]
pub struct CreateApi {
    /// The new id.
    pub id: ApiId,
    /// Whose it will be.
    pub account: AccountId,
    /// The group it goes into.
    pub group: GroupId,
    /// Its name, not taken in the group.
    pub name: ApiName,
    /// Free text.
    pub description: Description,
    /// Whether it is meant for everyone.
    pub visibility: Visibility,
    /// What a publication will make live; its path and method are not taken in
    /// the group.
    pub definition: Arc<ApiDefinition>,
    /// Which dialect makes it.
    pub made_by: DialectName,
}

impl Command for CreateApi {
    type Outcome = Arc<Api>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<Api>>, PlanError> {
        let group = group(snapshot, &self.account, self.group)?;
        if snapshot
            .apis_of_group(group.id)
            .any(|other| other.name == self.name)
        {
            return Err(PlanError::ApiNameTaken);
        }
        if snapshot
            .api_at(
                group.id,
                &self.definition.path.shape(),
                &self.definition.method,
            )
            .is_some()
        {
            return Err(PlanError::ApiPathTaken);
        }
        if snapshot.apis_of_group(group.id).count() >= APIS_PER_GROUP_MAX {
            return Err(PlanError::TooManyApis {
                max: APIS_PER_GROUP_MAX,
            });
        }
        check_backend_path(&self.definition)?;
        let api = Arc::new(Api {
            id: self.id,
            group: group.id,
            account: self.account.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            visibility: self.visibility,
            definition: Arc::clone(&self.definition),
            made_by: self.made_by.clone(),
            created: now,
            modified: now,
            created_revision: snapshot.revision().next(),
        });
        Ok(Plan {
            changes: vec![Change::PutApi(Arc::clone(&api))],
            outcome: api,
        })
    }
}

fn check_backend_path(definition: &ApiDefinition) -> Result<(), PlanError> {
    let Some(path) = &definition.backend.path else {
        return Ok(());
    };
    let known = |name| definition.path.position(name).is_some();
    if path.parameters().all(known) {
        Ok(())
    } else {
        Err(PlanError::UnknownPathParameter)
    }
}

/// Removes an API that is published nowhere, and its bindings.
#[derive(Clone, Debug)]
pub struct DeleteApi {
    /// Whose it is.
    pub account: AccountId,
    /// Its group, where the caller named one.
    pub group: Option<GroupId>,
    /// Which.
    pub id: ApiId,
}

impl Command for DeleteApi {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let api = api(snapshot, &self.account, self.group, self.id)?;
        let environments = snapshot.publications_of_api(api.id).count();
        if environments > 0 {
            return Err(PlanError::ApiPublished { environments });
        }
        let unbound = snapshot
            .bindings_of_api(api.id)
            .map(|binding| Change::RemoveBinding(binding.publication.clone()));
        let changes = unbound.chain([Change::RemoveApi(api.id)]).collect();
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

//! Commands on APIs.

use std::sync::Arc;

use super::{APIS_PER_GROUP_MAX, Command, Plan, PlanError, api, group, publication::forget};
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
        check_free(snapshot, group.id, self.id, &self.name, &self.definition)?;
        if snapshot.apis_of_group(group.id).count() >= APIS_PER_GROUP_MAX {
            return Err(PlanError::TooManyApis {
                max: APIS_PER_GROUP_MAX,
            });
        }
        check_definition(&self.definition)?;
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

/// Changes an API; what is `None` stays as it is. What is live stays live as it
/// was published, until the API is published again.
#[derive(Clone, Debug)]
pub struct ModifyApi {
    /// Whose it is.
    pub account: AccountId,
    /// Its group, where the caller named one.
    pub group: Option<GroupId>,
    /// Which.
    pub id: ApiId,
    /// Its new name, not taken in the group.
    pub name: Option<ApiName>,
    /// Free text.
    pub description: Option<Description>,
    /// Whether it is meant for everyone.
    pub visibility: Option<Visibility>,
    /// What the next publication makes live; its path and method are not taken
    /// in the group.
    pub definition: Option<Arc<ApiDefinition>>,
}

impl Command for ModifyApi {
    type Outcome = Arc<Api>;

    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Arc<Api>>, PlanError> {
        let api = api(snapshot, &self.account, self.group, self.id)?;
        let modified = Arc::new(Api {
            name: self.name.clone().unwrap_or_else(|| api.name.clone()),
            description: self
                .description
                .clone()
                .unwrap_or_else(|| api.description.clone()),
            visibility: self.visibility.unwrap_or(api.visibility),
            definition: self
                .definition
                .clone()
                .unwrap_or_else(|| Arc::clone(&api.definition)),
            modified: now,
            ..Api::clone(api)
        });
        check_free(
            snapshot,
            api.group,
            api.id,
            &modified.name,
            &modified.definition,
        )?;
        check_definition(&modified.definition)?;
        Ok(Plan {
            changes: vec![Change::PutApi(Arc::clone(&modified))],
            outcome: modified,
        })
    }
}

/// No other API of the group has the name, or answers to the path and method.
fn check_free(
    snapshot: &Snapshot,
    group: GroupId,
    id: ApiId,
    name: &ApiName,
    definition: &ApiDefinition,
) -> Result<(), PlanError> {
    if snapshot
        .apis_of_group(group)
        .any(|other| other.id != id && other.name == *name)
    {
        return Err(PlanError::ApiNameTaken);
    }
    match snapshot.api_at(group, &definition.path.shape(), &definition.method) {
        Some(other) if other != id => Err(PlanError::ApiPathTaken),
        _ => Ok(()),
    }
}

fn check_definition(definition: &ApiDefinition) -> Result<(), PlanError> {
    let backend_path = definition.backend.path.as_ref();
    if let Some(mapping) = &definition.mapping {
        return mapping
            .check(&definition.path, backend_path)
            .map_err(PlanError::BadMapping);
    }
    let known = |name| definition.path.position(name).is_some();
    match backend_path {
        Some(path) if !path.parameters().all(known) => Err(PlanError::UnknownPathParameter),
        _ => Ok(()),
    }
}

/// Removes an API that is published nowhere, its bindings and its history.
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
        let forgotten = snapshot
            .former_publications_of_api(api.id)
            .map(|former| forget(former));
        let changes = unbound
            .chain(forgotten)
            .chain([Change::RemoveApi(api.id)])
            .collect();
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

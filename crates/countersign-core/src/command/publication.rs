//! Commands that put an API into an environment and take it off.

use std::sync::Arc;

use super::{Command, Plan, PlanError, api, publication_key};
use crate::{
    account::AccountId,
    api::MatchMode,
    change::Change,
    environment::EnvironmentName,
    id::{ApiId, GroupId},
    publication::Publication,
    snapshot::Snapshot,
    text::Description,
    time::Timestamp,
};

/// Makes an API's definition of now live in an environment.
#[derive(Clone, Debug)]
pub struct Publish {
    /// Whose the API is.
    pub account: AccountId,
    /// Its group, where the caller named one.
    pub group: Option<GroupId>,
    /// Which API.
    pub api: ApiId,
    /// Where.
    pub environment: EnvironmentName,
    /// Free text.
    pub description: Description,
}

impl Command for Publish {
    type Outcome = Arc<Publication>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<Plan<Arc<Publication>>, PlanError> {
        let api = api(snapshot, &self.account, self.group, self.api)?;
        let publication = Arc::new(Publication {
            key: publication_key(snapshot, api.id, &self.environment)?,
            group: api.group,
            definition: Arc::clone(&api.definition),
            description: self.description.clone(),
            published: now,
            published_revision: snapshot.revision().next(),
        });
        // An API may have left a path behind in what is live, and another one
        // taken it since.
        let answers_the_same = |other: &&Arc<Publication>| {
            let (own, other) = (&publication, &***other);
            other.key.environment == own.key.environment
                && other.key.api != own.key.api
                && other.definition.method == own.definition.method
                && other.definition.path.has_shape_of(&own.definition.path)
        };
        if snapshot
            .publications_of_group(api.group)
            .any(|other| answers_the_same(&other))
        {
            return Err(PlanError::RouteConflict);
        }
        if api.definition.match_mode == MatchMode::Prefix {
            snapshot
                .check_routes_with(&publication)
                .map_err(|_| PlanError::RouteConflict)?;
        }
        Ok(Plan {
            changes: vec![Change::PutPublication(Arc::clone(&publication))],
            outcome: publication,
        })
    }
}

/// Takes an API off an environment. Its binding there stays, so that
/// publishing it again signs at once.
#[derive(Clone, Debug)]
pub struct Unpublish {
    /// Whose the API is.
    pub account: AccountId,
    /// Its group, where the caller named one.
    pub group: Option<GroupId>,
    /// Which API.
    pub api: ApiId,
    /// Where.
    pub environment: EnvironmentName,
}

impl Command for Unpublish {
    type Outcome = ();

    fn plan(&self, snapshot: &Snapshot, _now: Timestamp) -> Result<Plan<()>, PlanError> {
        let api = api(snapshot, &self.account, self.group, self.api)?;
        let key = publication_key(snapshot, api.id, &self.environment)?;
        snapshot
            .publication(&key)
            .ok_or(PlanError::PublicationNotFound)?;
        Ok(Plan {
            changes: vec![Change::RemovePublication(key)],
            outcome: (),
        })
    }
}

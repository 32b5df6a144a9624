//! Commands that put an API into an environment and take it off.

use std::sync::Arc;

use super::{Command, Plan, PlanError, api, publication_key};
use crate::{
    account::AccountId,
    api::MatchMode,
    change::Change,
    environment::EnvironmentName,
    id::{ApiId, ApiVersionId, GroupId},
    publication::{Publication, PublicationKey, VERSIONS_MAX},
    snapshot::Snapshot,
    text::Description,
    time::Timestamp,
};

/// Makes an API's definition of now live in an environment. What was live there
/// is remembered.
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
            key: publication_key(snapshot, api, &self.environment)?,
            group: api.group,
            definition: Arc::clone(&api.definition),
            description: self.description.clone(),
            published: now,
            published_revision: snapshot.revision().next(),
        });
        check_tellable(snapshot, &publication)?;
        let mut changes = match snapshot.publication(&publication.key) {
            Some(live) => remember(snapshot, live, VERSIONS_MAX - 1),
            // What is kept already and what goes live are at most VERSIONS_MAX.
            None => make_room(snapshot, &publication.key, VERSIONS_MAX - 1),
        };
        changes.push(Change::PutPublication(Arc::clone(&publication)));
        Ok(Plan {
            changes,
            outcome: publication,
        })
    }
}

/// Makes what was published before live again, in the environment where it was.
#[derive(Clone, Debug)]
pub struct SwitchVersion {
    /// Whose the API is.
    pub account: AccountId,
    /// Which API.
    pub api: ApiId,
    /// Which publishing.
    pub version: ApiVersionId,
}

impl Command for SwitchVersion {
    type Outcome = Arc<Publication>;

    fn plan(
        &self,
        snapshot: &Snapshot,
        _now: Timestamp,
    ) -> Result<Plan<Arc<Publication>>, PlanError> {
        let api = api(snapshot, &self.account, None, self.api)?;
        let is_it = |publication: &&Arc<Publication>| {
            let at = &publication.key.environment;
            let environment = snapshot.environment(&api.account, at);
            environment.is_some_and(|own| publication.version(own.id) == self.version)
        };
        if let Some(live) = snapshot.publications_of_api(api.id).find(is_it) {
            return Ok(Plan {
                changes: Vec::new(),
                outcome: Arc::clone(live),
            });
        }
        let former = snapshot.former_publications_of_api(api.id).find(is_it);
        let former = former.ok_or(PlanError::ApiVersionNotFound)?;
        check_tellable(snapshot, former)?;
        // The one that goes live leaves its place to the one that was.
        let mut changes = vec![forget(former)];
        let live = snapshot.publication(&former.key);
        changes.extend(live.map(|live| Change::PutFormerPublication(Arc::clone(live))));
        changes.push(Change::PutPublication(Arc::clone(former)));
        Ok(Plan {
            changes,
            outcome: Arc::clone(former),
        })
    }
}

/// Keeps what was live, with at most `max` former publications in all.
fn remember(snapshot: &Snapshot, live: &Arc<Publication>, max: usize) -> Vec<Change> {
    let mut changes = make_room(snapshot, &live.key, max - 1);
    changes.push(Change::PutFormerPublication(Arc::clone(live)));
    changes
}

/// Forgets the oldest, so that at most `max` are left.
fn make_room(snapshot: &Snapshot, key: &PublicationKey, max: usize) -> Vec<Change> {
    let kept = snapshot.former_publications(key).count();
    let oldest = snapshot.former_publications(key);
    let oldest = oldest.take(kept.saturating_sub(max));
    oldest.map(|former| forget(former)).collect()
}

pub(super) fn forget(former: &Publication) -> Change {
    Change::RemoveFormerPublication(former.key.clone(), former.published_revision)
}

/// Whether requests for a publication can be told from those for the others of
/// its group.
fn check_tellable(snapshot: &Snapshot, publication: &Publication) -> Result<(), PlanError> {
    // An API may have left a path behind in what is live, and another one
    // taken it since.
    let answers_the_same = |other: &&Arc<Publication>| {
        let (own, other) = (publication, &***other);
        other.key.environment == own.key.environment
            && other.key.api != own.key.api
            && other.definition.method == own.definition.method
            && other.definition.path.has_shape_of(&own.definition.path)
    };
    if snapshot
        .publications_of_group(publication.group)
        .any(|other| answers_the_same(&other))
    {
        return Err(PlanError::RouteConflict);
    }
    if publication.definition.match_mode == MatchMode::Prefix {
        snapshot
            .check_routes_with(publication)
            .map_err(|_| PlanError::RouteConflict)?;
    }
    Ok(())
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
        let key = publication_key(snapshot, api, &self.environment)?;
        let live = snapshot
            .publication(&key)
            .ok_or(PlanError::PublicationNotFound)?;
        let mut changes = remember(snapshot, live, VERSIONS_MAX);
        changes.push(Change::RemovePublication(key));
        Ok(Plan {
            changes,
            outcome: (),
        })
    }
}

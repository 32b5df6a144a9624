//! Commands: what a caller wants, planned against a snapshot into changes.
//! Planning is pure: the same command against the same snapshot gives the same
//! plan, so a store may plan again when another change came first.

pub mod api;
pub mod bootstrap;
pub mod group;
pub mod publication;
pub mod signature_key;

mod binding;

use std::sync::Arc;

pub use binding::{Bind, Unbind};

use crate::{
    account::AccountId,
    api::Api,
    change::Change,
    environment::EnvironmentName,
    group::Group,
    id::{ApiId, GroupId, SignatureKeyId},
    mapping::BadMapping,
    publication::PublicationKey,
    signature_key::SignatureKey,
    snapshot::Snapshot,
    time::Timestamp,
};

/// What a command comes to: the records it writes, and what it tells its
/// caller. No changes means that everything already is as the caller wants.
#[derive(Debug)]
pub struct Plan<T> {
    /// Applied together or not at all.
    pub changes: Vec<Change>,
    /// What the caller is told.
    pub outcome: T,
}

/// A command that can be planned.
pub trait Command {
    /// What the caller is told.
    type Outcome;

    /// Plans the command against `snapshot`, as at `now`.
    ///
    /// # Errors
    /// The first reason why the command cannot be carried out; then nothing is
    /// changed.
    fn plan(&self, snapshot: &Snapshot, now: Timestamp) -> Result<Plan<Self::Outcome>, PlanError>;
}

/// Why a command cannot be carried out against a snapshot. As fine as the
/// finest dialect needs it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The account has no such group.
    #[error("there is no such group")]
    GroupNotFound,
    /// The account, or the group named beside it, has no such API.
    #[error("there is no such API")]
    ApiNotFound,
    /// There is no such environment.
    #[error("there is no such environment")]
    EnvironmentNotFound,
    /// The API is not published in the environment.
    #[error("the API is not published in that environment")]
    PublicationNotFound,
    /// The account has no such signature key.
    #[error("there is no such signature key")]
    SignatureKeyNotFound,
    /// Another group of the account has the name.
    #[error("another group has that name")]
    GroupNameTaken,
    /// Another group is called at the host.
    #[error("another group is called at that host")]
    HostTaken,
    /// Another API of the group has the name.
    #[error("another API of the group has that name")]
    ApiNameTaken,
    /// Another API of the group answers to the same path and method.
    #[error("another API of the group answers to that path and method")]
    ApiPathTaken,
    /// The path competes with that of another published API of the group.
    #[error("the path competes with that of another published API of the group")]
    RouteConflict,
    /// The backend's path names a parameter that the request's path lacks.
    #[error("the backend's path has a parameter that the request's path lacks")]
    UnknownPathParameter,
    /// The tables of parameters do not fit each other or the paths.
    #[error("the tables of parameters do not fit")]
    BadMapping(#[source] BadMapping),
    /// The group still holds APIs.
    #[error("the group still holds {apis} APIs")]
    GroupNotEmpty {
        /// How many.
        apis: usize,
    },
    /// The API is still published.
    #[error("the API is still published in {environments} environments")]
    ApiPublished {
        /// In how many environments.
        environments: usize,
    },
    /// The signature key is still bound.
    #[error("the signature key is still bound to {publications} APIs")]
    SignatureKeyBound {
        /// To how many APIs, each environment counted.
        publications: usize,
    },
    /// The account has as many groups as it may.
    #[error("an account has at most {max} groups")]
    TooManyGroups {
        /// The limit.
        max: usize,
    },
    /// The group has as many APIs as it may.
    #[error("a group has at most {max} APIs")]
    TooManyApis {
        /// The limit.
        max: usize,
    },
    /// The store has been set up already.
    #[error("the store is not empty")]
    AlreadyBootstrapped,
}

/// Most APIs in one group (Alibaba's limits page): what one routing table
/// holds.
pub const APIS_PER_GROUP_MAX: usize = 1000;

fn group<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    id: GroupId,
) -> Result<&'a Arc<Group>, PlanError> {
    snapshot
        .group(id)
        .filter(|group| group.account == *account)
        .ok_or(PlanError::GroupNotFound)
}

fn api<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    within: Option<GroupId>,
    id: ApiId,
) -> Result<&'a Arc<Api>, PlanError> {
    let wanted =
        |api: &&Arc<Api>| api.account == *account && within.is_none_or(|group| api.group == group);
    snapshot
        .api(id)
        .filter(wanted)
        .ok_or(PlanError::ApiNotFound)
}

fn signature_key<'a>(
    snapshot: &'a Snapshot,
    account: &AccountId,
    id: SignatureKeyId,
) -> Result<&'a Arc<SignatureKey>, PlanError> {
    snapshot
        .signature_key(id)
        .filter(|key| key.account == *account)
        .ok_or(PlanError::SignatureKeyNotFound)
}

fn publication_key(
    snapshot: &Snapshot,
    api: ApiId,
    environment: &EnvironmentName,
) -> Result<PublicationKey, PlanError> {
    snapshot
        .environment(environment)
        .ok_or(PlanError::EnvironmentNotFound)?;
    Ok(PublicationKey {
        api,
        environment: environment.clone(),
    })
}

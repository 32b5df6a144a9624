//! Commands: what a caller wants, planned against a snapshot into changes.
//! Planning is pure: the same command against the same snapshot gives the same
//! plan, so a store may plan again when another change came first.

pub mod api;
pub mod bootstrap;
pub mod environment;
pub mod group;
pub mod publication;
pub mod signature_key;
pub mod user;
pub mod verifier;

mod binding;

use std::sync::Arc;

pub use binding::{Bind, Unbind, UnbindOne};

use crate::{
    account::AccountId,
    api::Api,
    change::Change,
    environment::EnvironmentName,
    group::Group,
    id::{ApiId, GroupId, SignatureKeyId},
    mapping::BadMapping,
    publication::PublicationKey,
    scheme::Unusable,
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
    /// The account has no such environment.
    #[error("there is no such environment")]
    EnvironmentNotFound,
    /// The account has an environment of that name.
    #[error("another environment has that name")]
    EnvironmentNameTaken,
    /// Every account has the environment; nobody changes or removes it.
    #[error("the environment belongs to every account")]
    EnvironmentInitial,
    /// APIs are published in the environment.
    #[error("{publications} APIs are published in the environment")]
    EnvironmentInUse {
        /// How many.
        publications: usize,
    },
    /// The account has as many environments of its own as it may.
    #[error("an account has at most {max} environments of its own")]
    TooManyEnvironments {
        /// The limit.
        max: usize,
    },
    /// The API is not published in the environment.
    #[error("the API is not published in that environment")]
    PublicationNotFound,
    /// Nothing was published so.
    #[error("there is no such version of the API")]
    ApiVersionNotFound,
    /// The account has no such binding.
    #[error("there is no such binding")]
    BindingNotFound,
    /// The account has no such user.
    #[error("there is no such user")]
    UserNotFound,
    /// Another user of the account has the name.
    #[error("another user has that name")]
    UserNameTaken,
    /// The account has as many users as it may.
    #[error("an account has at most {max} users")]
    TooManyUsers {
        /// The limit.
        max: usize,
    },
    /// The account has no such verifier.
    #[error("there is no such verifier")]
    VerifierNotFound,
    /// Another verifier of the account has the name.
    #[error("another verifier has that name")]
    VerifierNameTaken,
    /// The account has as many verifiers as it may.
    #[error("an account has at most {max} verifiers")]
    TooManyVerifiers {
        /// The limit.
        max: usize,
    },
    /// The signature key has no next version.
    #[error("the signature key has no next version")]
    NoNextVersion,
    /// Another signature key of the account has the name.
    #[error("another signature key has that name")]
    SignatureKeyNameTaken,
    /// The account has as many signature keys as it may.
    #[error("an account has at most {max} signature keys")]
    TooManySignatureKeys {
        /// The limit.
        max: usize,
    },
    /// The signature key is, or would be, bound without being able to sign.
    #[error("the signature key cannot sign")]
    SignatureKeyUnusable(#[source] Unusable),
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
    api: &Api,
    environment: &EnvironmentName,
) -> Result<PublicationKey, PlanError> {
    snapshot
        .environment(&api.account, environment)
        .ok_or(PlanError::EnvironmentNotFound)?;
    Ok(PublicationKey {
        api: api.id,
        environment: environment.clone(),
    })
}

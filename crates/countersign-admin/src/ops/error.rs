//! The one error of all use cases, as fine as the finest dialect needs it.

use countersign_core::command::PlanError;
use countersign_store::{ExecuteError, Unavailable};

/// Why a use case was not carried out. Every dialect maps it in one exhaustive
/// match, so a new variant does not compile until each has decided.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpError {
    /// The state forbids it.
    #[error(transparent)]
    Refused(PlanError),
    /// Several signature keys have the name that was given for an id.
    #[error("more than one signature key has that name")]
    SignatureKeyNameAmbiguous,
    /// A new group would get a host name that is none: the configured domain
    /// suffix is wrong.
    #[error("the configured domain suffix makes no host name")]
    BadDomainSuffix,
    /// Nothing was changed: the store cannot be written now.
    #[error("the store cannot be written now; nothing was changed")]
    StoreUnavailable(#[source] Unavailable),
    /// Nothing was changed: other writers came first, again and again.
    #[error("other changes came first; nothing was changed")]
    Contended(#[source] Unavailable),
    /// The store failed in the middle, and could not find out what became of it.
    #[error("it is not known whether the change was made")]
    OutcomeUnknown(#[source] Unavailable),
    /// A defect of ours. Nothing was changed.
    #[error("an internal error; nothing was changed")]
    Defect(#[source] Unavailable),
}

impl OpError {
    /// Our own word for it, as in `X-Countersign-Error`.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Refused(error) => plan_code(error),
            Self::SignatureKeyNameAmbiguous => "signature_key_name_ambiguous",
            Self::BadDomainSuffix => "internal_error",
            Self::StoreUnavailable(_) => "store_unavailable",
            Self::Contended(_) => "store_contended",
            Self::OutcomeUnknown(_) => "outcome_unknown",
            Self::Defect(_) => "internal_error",
        }
    }
}

impl From<PlanError> for OpError {
    fn from(error: PlanError) -> Self {
        Self::Refused(error)
    }
}

impl From<ExecuteError> for OpError {
    fn from(error: ExecuteError) -> Self {
        let why = match error {
            ExecuteError::Plan(error) => return Self::Refused(error),
            ExecuteError::Unavailable(why) => why,
        };
        match why {
            Unavailable::NotStored(_) | Unavailable::Closed => Self::StoreUnavailable(why),
            Unavailable::Contended { .. } => Self::Contended(why),
            // A writer that stopped may have stopped after it had committed.
            Unavailable::Unknown(_) | Unavailable::Stopped => Self::OutcomeUnknown(why),
            Unavailable::Panicked => Self::Defect(why),
        }
    }
}

impl OpError {
    /// Whether an operator should look, rather than the caller.
    pub(crate) fn is_ours(&self) -> bool {
        match self {
            Self::Refused(_) | Self::SignatureKeyNameAmbiguous | Self::Contended(_) => false,
            Self::BadDomainSuffix
            | Self::StoreUnavailable(_)
            | Self::OutcomeUnknown(_)
            | Self::Defect(_) => true,
        }
    }
}

fn plan_code(error: &PlanError) -> &'static str {
    match error {
        PlanError::GroupNotFound => "group_not_found",
        PlanError::ApiNotFound => "api_not_found",
        PlanError::EnvironmentNotFound => "environment_not_found",
        PlanError::PublicationNotFound => "publication_not_found",
        PlanError::SignatureKeyNotFound => "signature_key_not_found",
        PlanError::GroupNameTaken => "group_name_taken",
        PlanError::HostTaken => "host_taken",
        PlanError::ApiNameTaken => "api_name_taken",
        PlanError::ApiPathTaken => "api_path_taken",
        PlanError::RouteConflict => "route_conflict",
        PlanError::UnknownPathParameter => "unknown_path_parameter",
        PlanError::BadMapping(_) => "bad_mapping",
        PlanError::GroupNotEmpty { .. } => "group_not_empty",
        PlanError::ApiPublished { .. } => "api_published",
        PlanError::SignatureKeyBound { .. } => "signature_key_bound",
        PlanError::TooManyGroups { .. } => "too_many_groups",
        PlanError::TooManyApis { .. } => "too_many_apis",
        PlanError::EnvironmentNameTaken => "environment_name_taken",
        PlanError::EnvironmentInitial => "environment_initial",
        PlanError::EnvironmentInUse { .. } => "environment_in_use",
        PlanError::TooManyEnvironments { .. } => "too_many_environments",
        PlanError::ApiVersionNotFound => "api_version_not_found",
        PlanError::BindingNotFound => "binding_not_found",
        PlanError::UserNotFound => "user_not_found",
        PlanError::UserNameTaken => "user_name_taken",
        PlanError::TooManyUsers { .. } => "too_many_users",
        PlanError::VerifierNotFound => "verifier_not_found",
        PlanError::VerifierNameTaken => "verifier_name_taken",
        PlanError::TooManyVerifiers { .. } => "too_many_verifiers",
        PlanError::NoNextVersion => "no_next_version",
        PlanError::SignatureKeyNameTaken => "signature_key_name_taken",
        PlanError::TooManySignatureKeys { .. } => "too_many_signature_keys",
        PlanError::SignatureKeyUnusable(_) => "signature_key_unusable",
        PlanError::AlreadyBootstrapped => "internal_error",
    }
}

/// One of each, for the tables that have to know them all.
#[cfg(test)]
pub(crate) fn one_of_each() -> Vec<OpError> {
    use std::sync::Arc;

    use countersign_core::{Unusable, mapping::BadMapping};

    let fault = || {
        Arc::new(countersign_store::Fault::Routes(
            countersign_core::route::RouteConflict,
        ))
    };
    let plans = [
        PlanError::GroupNotFound,
        PlanError::ApiNotFound,
        PlanError::EnvironmentNotFound,
        PlanError::PublicationNotFound,
        PlanError::SignatureKeyNotFound,
        PlanError::GroupNameTaken,
        PlanError::HostTaken,
        PlanError::ApiNameTaken,
        PlanError::ApiPathTaken,
        PlanError::RouteConflict,
        PlanError::UnknownPathParameter,
        PlanError::BadMapping(BadMapping::PathWithoutValue { name: "id".into() }),
        PlanError::GroupNotEmpty { apis: 1 },
        PlanError::ApiPublished { environments: 1 },
        PlanError::SignatureKeyBound { publications: 1 },
        PlanError::TooManyGroups { max: 1 },
        PlanError::TooManyApis { max: 1 },
        PlanError::EnvironmentNameTaken,
        PlanError::EnvironmentInitial,
        PlanError::EnvironmentInUse { publications: 1 },
        PlanError::TooManyEnvironments { max: 1 },
        PlanError::ApiVersionNotFound,
        PlanError::BindingNotFound,
        PlanError::UserNotFound,
        PlanError::UserNameTaken,
        PlanError::TooManyUsers { max: 1 },
        PlanError::VerifierNotFound,
        PlanError::VerifierNameTaken,
        PlanError::TooManyVerifiers { max: 1 },
        PlanError::NoNextVersion,
        PlanError::SignatureKeyNameTaken,
        PlanError::TooManySignatureKeys { max: 1 },
        PlanError::SignatureKeyUnusable(Unusable::Aes),
        PlanError::AlreadyBootstrapped,
    ];
    let others = [
        OpError::SignatureKeyNameAmbiguous,
        OpError::BadDomainSuffix,
        OpError::StoreUnavailable(Unavailable::NotStored(fault())),
        OpError::Contended(Unavailable::Contended { tries: 16 }),
        OpError::OutcomeUnknown(Unavailable::Unknown(fault())),
        OpError::Defect(Unavailable::Panicked),
    ];
    plans
        .into_iter()
        .map(OpError::Refused)
        .chain(others)
        .collect()
}

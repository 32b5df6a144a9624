//! The native API's one table of errors. Its codes are our own, the same that
//! every dialect puts into `X-Countersign-Error`. The status says who must
//! act: 4xx the caller, 5xx the operator. `docs/errors.md` shows it.

use std::error::Error;

use countersign_core::command::PlanError;
use countersign_sign::alibaba::request_auth::v3::Refusal as Unverified;
use http::StatusCode;

use crate::{
    auth::AuthError, body::BodyError, ops::OpError, password::PasswordError, request_id::RequestId,
};

/// What is wrong with a call. `Debug` holds no value that the call carried.
#[derive(Debug)]
pub(super) enum Refusal {
    /// No such path.
    NoSuchEndpoint,
    /// The path is there for other methods.
    MethodNotAllowed { allowed: String },
    /// The body could not be had.
    Body(BodyError),
    /// The body is not labelled as JSON.
    NotLabelledJson,
    /// The body is no JSON object.
    NotJson { line: usize, column: usize },
    /// A query parameter that the endpoint does not have, or one twice.
    UnknownQuery,
    /// A field will not do.
    Field { field: String, why: String },
    /// Nothing says who calls.
    Unauthenticated,
    /// What says who calls is not well formed.
    MalformedAuthorization(String),
    /// A secret was shown where others may see it.
    InsecureTransport,
    /// The caller is not let in.
    Auth(AuthError),
    /// A password was not hashed.
    Password(PasswordError),
    /// The use case was not carried out.
    Op(OpError),
}

impl Refusal {
    pub(super) fn field(field: impl Into<String>, why: impl ToString) -> Self {
        Self::Field {
            field: field.into(),
            why: why.to_string(),
        }
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<OpError> for Refusal {
    fn from(error: OpError) -> Self {
        Self::Op(error)
    }
}

/// Status and code of a refusal.
pub(super) fn row(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::NoSuchEndpoint => (StatusCode::NOT_FOUND, "no_such_endpoint"),
        Refusal::MethodNotAllowed { .. } => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        Refusal::Body(error @ BodyError::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, error.code()),
        Refusal::Body(error @ BodyError::Unreadable) => (StatusCode::BAD_REQUEST, error.code()),
        Refusal::Body(error @ BodyError::TooSlow) => (StatusCode::REQUEST_TIMEOUT, error.code()),
        Refusal::NotLabelledJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        Refusal::NotJson { .. } => (StatusCode::BAD_REQUEST, "malformed_json"),
        Refusal::UnknownQuery => (StatusCode::BAD_REQUEST, "unknown_query_parameter"),
        Refusal::Field { .. } => (StatusCode::BAD_REQUEST, "invalid_field"),
        Refusal::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
        Refusal::MalformedAuthorization(_) => (StatusCode::UNAUTHORIZED, "malformed_authorization"),
        Refusal::InsecureTransport => (StatusCode::FORBIDDEN, "insecure_transport"),
        Refusal::Auth(error) => (auth_status(error), error.code()),
        Refusal::Password(PasswordError::Busy) => {
            (StatusCode::SERVICE_UNAVAILABLE, "too_many_passwords")
        }
        Refusal::Password(PasswordError::Hasher) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "internal_error")
        }
        Refusal::Op(error) => (op_status(error), error.code()),
    }
}

fn auth_status(error: &AuthError) -> StatusCode {
    match error {
        AuthError::AccessKeyNotFound
        | AuthError::TimeExpired { .. }
        | AuthError::SignatureV1(_)
        | AuthError::SignatureV3(_)
        | AuthError::SignatureHuawei(_)
        | AuthError::NonceUsed
        | AuthError::WrongSecret
        | AuthError::TokenUnknown
        | AuthError::TokenExpired { .. }
        | AuthError::WrongPassword => StatusCode::UNAUTHORIZED,
        AuthError::Locked => StatusCode::FORBIDDEN,
        AuthError::NonceMemoryFull => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn op_status(error: &OpError) -> StatusCode {
    match error {
        OpError::Refused(error) => plan_status(error),
        OpError::SignatureKeyNameAmbiguous | OpError::Contended(_) => StatusCode::CONFLICT,
        OpError::StoreUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        OpError::BadDomainSuffix | OpError::OutcomeUnknown(_) | OpError::Defect(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

fn plan_status(error: &PlanError) -> StatusCode {
    match error {
        PlanError::GroupNotFound
        | PlanError::ApiNotFound
        | PlanError::EnvironmentNotFound
        | PlanError::PublicationNotFound
        | PlanError::ApiVersionNotFound
        | PlanError::BindingNotFound
        | PlanError::UserNotFound
        | PlanError::VerifierNotFound
        | PlanError::SignatureKeyNotFound => StatusCode::NOT_FOUND,
        PlanError::GroupNameTaken
        | PlanError::HostTaken
        | PlanError::ApiNameTaken
        | PlanError::ApiPathTaken
        | PlanError::RouteConflict
        | PlanError::GroupNotEmpty { .. }
        | PlanError::ApiPublished { .. }
        | PlanError::SignatureKeyBound { .. }
        | PlanError::TooManyGroups { .. }
        | PlanError::TooManyApis { .. }
        | PlanError::EnvironmentNameTaken
        | PlanError::EnvironmentInitial
        | PlanError::EnvironmentInUse { .. }
        | PlanError::TooManyEnvironments { .. }
        | PlanError::UserNameTaken
        | PlanError::VerifierNameTaken
        | PlanError::TooManyVerifiers { .. }
        | PlanError::NoNextVersion
        | PlanError::TooManyUsers { .. }
        | PlanError::SignatureKeyNameTaken
        | PlanError::TooManySignatureKeys { .. }
        | PlanError::SignatureKeyUnusable(_) => StatusCode::CONFLICT,
        PlanError::UnknownPathParameter | PlanError::BadMapping(_) => StatusCode::BAD_REQUEST,
        PlanError::AlreadyBootstrapped => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What the caller reads.
pub(super) fn message(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoSuchEndpoint => "there is nothing at this path".to_owned(),
        Refusal::MethodNotAllowed { allowed } => format!("this path takes {allowed}"),
        Refusal::Body(error) => error.to_string(),
        Refusal::NotLabelledJson => "the body has to be JSON with 'Content-Type: application/json'".to_owned(),
        Refusal::NotJson { line, column } => format!("the body is not a JSON object (line {line}, column {column})"),
        Refusal::UnknownQuery => "a query parameter is unknown here or stands twice".to_owned(),
        Refusal::Field { why, .. } => why.clone(),
        Refusal::Unauthenticated => {
            "sign the request with ACS3-HMAC-SHA256 or, on this machine only, use HTTP Basic with an access key".to_owned()
        }
        Refusal::MalformedAuthorization(why) => why.clone(),
        Refusal::InsecureTransport => {
            "HTTP Basic would send the access key's secret over the network; sign the request instead".to_owned()
        }
        Refusal::Auth(AuthError::SignatureV3(unverified)) => unverified_message(unverified),
        Refusal::Auth(error) => error.to_string(),
        Refusal::Password(error) => error.to_string(),
        Refusal::Op(error) => error.to_string(),
    }
}

/// Which line of the canonical request differs is the caller's to find, who
/// gets ours. No sign secret is in it: the native API takes one in a body
/// only, of which a digest is signed.
fn unverified_message(unverified: &Unverified) -> String {
    match unverified {
        Unverified::SignatureDiffers(mismatch) | Unverified::BodyDigestDiffers(mismatch) => {
            format!(
                "{unverified}; the canonical request here is [{}]",
                mismatch.canonical_request.as_str()
            )
        }
        Unverified::HeaderNotSigned { .. } | Unverified::SignedHeaderMissing { .. } => {
            unverified.to_string()
        }
    }
}

/// The field that is wrong, if it is one.
pub(super) fn field(refusal: &Refusal) -> Option<&str> {
    match refusal {
        Refusal::Field { field, .. } => Some(field),
        _ => None,
    }
}

/// Logs a refusal once, and nothing that the call carried.
pub(super) fn log(refusal: &Refusal, id: &RequestId) {
    let (_, code) = row(refusal);
    match refusal {
        Refusal::Op(error) if error.is_ours() => failed(id, code, error),
        Refusal::Password(error @ PasswordError::Hasher) => failed(id, code, error),
        _ => tracing::debug!(request.id = %id, error.code = code, "a management call was refused"),
    }
}

fn failed(id: &RequestId, code: &'static str, error: &(dyn Error + 'static)) {
    tracing::error!(request.id = %id, error.code = code, error, "a management call failed");
}

/// The rows as `docs/errors.md` shows them.
#[cfg(test)]
pub(in crate::dialect) mod table {
    use super::*;

    pub(in crate::dialect) fn status_of_op(error: &OpError) -> u16 {
        op_status(error).as_u16()
    }

    pub(in crate::dialect) fn status_of_auth(error: &AuthError) -> u16 {
        auth_status(error).as_u16()
    }

    /// Code, status and message of what only this dialect can find wrong.
    pub(in crate::dialect) fn own() -> Vec<(&'static str, u16, String)> {
        let refusals = [
            Refusal::NoSuchEndpoint,
            Refusal::MethodNotAllowed {
                allowed: "GET, POST".to_owned(),
            },
            Refusal::Body(BodyError::TooLarge),
            Refusal::Body(BodyError::Unreadable),
            Refusal::Body(BodyError::TooSlow),
            Refusal::NotLabelledJson,
            Refusal::NotJson { line: 1, column: 2 },
            Refusal::UnknownQuery,
            Refusal::field("name", "how the field breaks its rule"),
            Refusal::Unauthenticated,
            Refusal::MalformedAuthorization("what is missing or not well formed".to_owned()),
            Refusal::InsecureTransport,
            Refusal::Password(PasswordError::Busy),
            Refusal::Password(PasswordError::Hasher),
        ];
        let cells = |refusal: &Refusal| {
            let (status, code) = row(refusal);
            (code, status.as_u16(), message(refusal))
        };
        refusals.iter().map(cells).collect()
    }
}

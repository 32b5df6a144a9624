//! The dialect's one table of errors: status, code and text of everything that
//! can be wrong with a call (spec 1.7 and 2.5). Exhaustive, no catch-all: a new
//! error does not compile until its row is here. `docs/errors.md` shows it.
//!
//! No text repeats a value of a body. Ids that the caller named in the path or
//! in a body are repeated, cut to the length of the longest id there is.

use std::{borrow::Cow, error::Error};

use countersign_core::{Timestamp, command::PlanError};
use countersign_sign::huawei::request_auth::Refusal;
use http::StatusCode;

use super::{Version, json::NotAnObject, time};
use crate::{
    auth::AuthError, body::BodyError, locks::LOCKED_SECS, ops::OpError, password::PasswordError,
    request_id::RequestId, throttle::Throttled,
};

/// What is wrong with a call. `Debug` holds no value of a field.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is no such path, or not with this method.
    NotFound,
    /// The body could not be had.
    Body(BodyError),
    /// The body is not one JSON object.
    Json(NotAnObject),
    /// Neither a signature nor a token.
    Unauthenticated,
    /// The caller is not let in.
    Auth(AuthError),
    /// The same, of a call whose access key and date could be read.
    AccessKey {
        access_key: String,
        date: String,
        now: Timestamp,
        error: AuthError,
    },
    /// The token is for no project.
    TokenWithoutProject,
    /// What a token is asked for is not the user's.
    OtherScope,
    /// Too many wrong passwords.
    PasswordLocked,
    /// The password was not checked.
    Password(PasswordError),
    /// The project in the path is not the caller's.
    OtherProject,
    /// There is no such instance.
    NoSuchInstance(String),
    /// The caller calls too often.
    Throttled(Throttled),
    /// A field has to be there.
    Missing(String),
    /// A field of the body will not do.
    Field { field: String, why: Option<String> },
    /// A parameter of the query or the path will not do.
    Query(String),
    /// A path parameter of `req_uri` is not declared in `req_params`.
    UndeclaredPathParameter(String),
    /// A path parameter of the backend's `req_uri` is not in `backend_params`.
    UndeclaredBackendParameter(String),
    /// An API has more tags than it may have.
    TooManyTags,
    /// The use case was not carried out; `id` is what the caller named.
    Op { error: OpError, id: String },
    /// A fault in v1.0 for which the vendor's pages of v2 have another status
    /// than its table of errors.
    ByTable(Box<Self>),
}

/// The longest id that is repeated.
const ID_CHARACTERS_MAX: usize = 64;

impl Fault {
    pub(super) fn invalid_field(field: &str) -> Self {
        Self::Field {
            field: field.to_owned(),
            why: None,
        }
    }

    pub(super) fn invalid_field_because(field: &str, why: &str) -> Self {
        Self::Field {
            field: field.to_owned(),
            why: Some(why.to_owned()),
        }
    }

    pub(super) fn invalid_query(name: &str) -> Self {
        Self::Query(cut(name))
    }

    /// What a use case says of the thing with this id, as the caller wrote it.
    pub(super) fn of(id: &str) -> impl Fn(OpError) -> Self + '_ {
        move |error| Self::Op { error, id: cut(id) }
    }

    /// The same fault as a version answers it: v2 as its pages show, v1.0, for
    /// which no page shows any, as the vendor's table does.
    pub(super) fn in_version(self, version: Version) -> Self {
        let differs = matches!(
            &self,
            Self::Op {
                error: OpError::Refused(
                    PlanError::GroupNotEmpty { .. } | PlanError::ApiPublished { .. }
                ),
                ..
            }
        );
        match version {
            Version::V1 if differs => Self::ByTable(Box::new(self)),
            Version::V1 | Version::V2 => self,
        }
    }

    /// Planning would say so of the thing with this id.
    pub(super) fn plan(error: PlanError, id: &str) -> Self {
        Self::of(id)(error.into())
    }
}

impl From<OpError> for Fault {
    fn from(error: OpError) -> Self {
        Self::of("")(error)
    }
}

fn cut(text: &str) -> String {
    text.chars().take(ID_CHARACTERS_MAX).collect()
}

/// One row.
pub(super) struct Row {
    pub(super) status: StatusCode,
    /// The value of `error_code`.
    pub(super) code: &'static str,
    /// The value of `error_msg`.
    pub(super) message: Cow<'static, str>,
    /// The value of `X-Countersign-Error`.
    pub(super) ours: &'static str,
    /// Whether it comes from the gateway in front of the vendor's management
    /// API, whose bodies repeat the request's id.
    pub(super) is_front: bool,
}

impl Row {
    fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        ours: &'static str,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            ours,
            is_front: false,
        }
    }

    fn front(self) -> Self {
        Self {
            is_front: true,
            ..self
        }
    }
}

/// The table.
pub(super) fn row(fault: &Fault) -> Row {
    match fault {
        Fault::NotFound => Row::new(
            StatusCode::NOT_FOUND,
            "APIGW.0101",
            "The API does not exist or has not been published in the environment",
            "no_such_endpoint",
        )
        .front(),
        Fault::Body(error) => body_row(*error).front(),
        Fault::Json(why) => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2000",
            format!("Parameter error: Serialization error: {why}"),
            "malformed_json",
        ),
        Fault::Unauthenticated => iam("x-auth-token not found", "unauthenticated"),
        Fault::Auth(error) => auth_row(error, None),
        Fault::AccessKey {
            access_key,
            date,
            now,
            error,
        } => auth_row(
            error,
            Some(Presented {
                access_key,
                date,
                now: *now,
            }),
        ),
        Fault::TokenWithoutProject => Row::new(
            StatusCode::UNAUTHORIZED,
            "APIG.1003",
            "Token contains no project information",
            "token_without_project",
        ),
        Fault::OtherScope => Row::new(
            StatusCode::UNAUTHORIZED,
            "APIGW.0301",
            "The scope is not one that the user has",
            "other_scope",
        ),
        Fault::PasswordLocked => Row::new(
            StatusCode::UNAUTHORIZED,
            "APIGW.0301",
            format!("Too many wrong passwords in a row. Try again after {LOCKED_SECS} seconds"),
            "password_locked",
        ),
        Fault::Password(PasswordError::Busy) => Row::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "APIG.9999",
            "System error: too many passwords are being checked. Try again",
            "too_many_passwords",
        ),
        Fault::Password(PasswordError::Hasher) => Row::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "APIG.9999",
            "System error",
            "internal_error",
        ),
        Fault::OtherProject => Row::new(
            StatusCode::FORBIDDEN,
            "APIG.1005",
            "No permissions to request this method",
            "other_project",
        ),
        Fault::NoSuchInstance(id) => Row::new(
            StatusCode::NOT_FOUND,
            "APIG.3030",
            format!("The instance does not exist;id:{id}"),
            "instance_not_found",
        ),
        Fault::Throttled(_) => Row::new(
            StatusCode::TOO_MANY_REQUESTS,
            "APIGW.0308",
            "The throttling threshold has been reached",
            "throttled",
        )
        .front(),
        Fault::Missing(field) => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2001",
            format!("The request parameters must be specified,parameterName:{field}"),
            "missing_field",
        ),
        Fault::Field { field, why } => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2011",
            invalid(field, why.as_deref()),
            "invalid_field",
        ),
        Fault::Query(name) => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2012",
            invalid(name, None),
            "invalid_parameter",
        ),
        Fault::UndeclaredPathParameter(name) => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2026",
            format!("The path parameter {name} of req_uri is not declared in req_params"),
            "undeclared_path_parameter",
        ),
        Fault::UndeclaredBackendParameter(name) => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2027",
            format!("The path parameter {name} of the backend is not declared in backend_params"),
            "undeclared_backend_parameter",
        ),
        Fault::TooManyTags => Row::new(
            StatusCode::FORBIDDEN,
            "APIG.3133",
            "The number of tags of the API exceeds the maximum allowed limit",
            "too_many_tags",
        ),
        Fault::Op { error, id } => op_row(error, id),
        Fault::ByTable(fault) => Row {
            status: StatusCode::FORBIDDEN,
            ..row(fault)
        },
    }
}

fn invalid(name: &str, why: Option<&str>) -> String {
    let why = why.map_or(String::new(), |why| format!(". {why}"));
    format!(
        "Invalid parameter value,parameterName:{name}. \
         Please refer to the support documentation{why}"
    )
}

fn body_row(error: BodyError) -> Row {
    let (status, message) = match error {
        BodyError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request entity too large"),
        BodyError::Unreadable => (StatusCode::BAD_REQUEST, "API request error"),
        BodyError::TooSlow => (StatusCode::REQUEST_TIMEOUT, "API request error"),
    };
    Row::new(status, "APIGW.0201", message, error.code())
}

/// What a refused call said of itself.
#[derive(Clone, Copy)]
struct Presented<'a> {
    access_key: &'a str,
    date: &'a str,
    now: Timestamp,
}

/// A failure to authenticate of the vendor's front gateway (spec 1.7).
fn iam(rest: impl AsRef<str>, ours: &'static str) -> Row {
    let message = format!(
        "Incorrect IAM authentication information: {}",
        rest.as_ref()
    );
    Row::new(StatusCode::UNAUTHORIZED, "APIGW.0301", message, ours).front()
}

fn auth_row(error: &AuthError, presented: Option<Presented<'_>>) -> Row {
    let ours = error.code();
    match error {
        AuthError::AccessKeyNotFound => {
            let access_key = presented.map_or("", |own| own.access_key);
            iam(
                format!(
                    "Get secretKey failed,ak:{},err:ak not exist",
                    cut(access_key)
                ),
                ours,
            )
        }
        AuthError::TimeExpired { .. } => {
            let (date, now) = presented.map_or((String::new(), String::new()), |own| {
                (own.date.to_owned(), time::digits(own.now))
            });
            let now = match now.split_at_checked(8) {
                Some((day, clock)) => format!("{day}T{clock}Z"),
                None => now,
            };
            iam(
                format!("signature expired, signature time:{date},server time:{now}"),
                ours,
            )
        }
        AuthError::SignatureHuawei(refusal) => iam(signature_text(refusal), ours),
        AuthError::Locked => {
            let text = "AK access failed to reach the limit,forbidden.";
            let text = format!("{text} Try again after {LOCKED_SECS} seconds");
            iam(text, ours)
        }
        AuthError::TokenUnknown => Row::new(
            StatusCode::UNAUTHORIZED,
            "APIG.1002",
            "Incorrect token or token resolution failed",
            ours,
        ),
        AuthError::TokenExpired { at } => Row::new(
            StatusCode::UNAUTHORIZED,
            "APIG.1001",
            format!(
                "Session expired. Please try again later. token expires, expires_at: {}",
                time::seconds(*at)
            ),
            ours,
        ),
        AuthError::WrongPassword => Row::new(
            StatusCode::UNAUTHORIZED,
            "APIGW.0301",
            "The username or password is wrong.",
            ours,
        ),
        // Of the other dialects' schemes; none of them is read here.
        AuthError::SignatureV1(_)
        | AuthError::SignatureV3(_)
        | AuthError::NonceUsed
        | AuthError::NonceMemoryFull
        | AuthError::WrongSecret => iam("verify aksk signature fail", ours),
    }
}

/// The canonical request that is shown holds no secret: of a body it has the
/// digest.
fn signature_text(refusal: &Refusal) -> String {
    match refusal {
        Refusal::SignatureDiffers {
            canonical_request, ..
        } => format!(
            "verify aksk signature fail, canonicalRequest:{}",
            canonical_request.as_str().replace('\n', "|")
        ),
        other => format!("verify aksk signature fail, {other}"),
    }
}

fn op_row(error: &OpError, id: &str) -> Row {
    let ours = error.code();
    let system = || {
        Row::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "APIG.9999",
            "System error",
            ours,
        )
    };
    match error {
        OpError::Refused(error) => plan_row(error, id, ours),
        OpError::StoreUnavailable(_) | OpError::Contended(_) => Row::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "APIG.9999",
            "System error: nothing was changed. Try again",
            ours,
        ),
        OpError::OutcomeUnknown(_) => Row::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "APIG.9999",
            "System error: it is not known whether the change was made",
            ours,
        ),
        OpError::SignatureKeyNameAmbiguous | OpError::BadDomainSuffix | OpError::Defect(_) => {
            system()
        }
    }
}

fn plan_row(error: &PlanError, id: &str, ours: &'static str) -> Row {
    let not_found = |code, message| Row::new(StatusCode::NOT_FOUND, code, message, ours);
    let bad = |code, message: &'static str| Row::new(StatusCode::BAD_REQUEST, code, message, ours);
    let quota = |code, message: &'static str| Row::new(StatusCode::FORBIDDEN, code, message, ours);
    match error {
        PlanError::GroupNotFound => {
            not_found("APIG.3001", format!("API group {id} does not exist"))
        }
        PlanError::ApiNotFound => not_found("APIG.3002", format!("API {id} does not exist")),
        PlanError::EnvironmentNotFound => {
            not_found("APIG.3003", format!("Environment {id} does not exist"))
        }
        PlanError::PublicationNotFound => not_found(
            "APIG.3015",
            "The API publication record does not exist".to_owned(),
        ),
        PlanError::SignatureKeyNotFound => {
            not_found("APIG.3017", format!("Signature key {id} does not exist"))
        }
        PlanError::BindingNotFound => not_found(
            "APIG.3018",
            "The signature key binding record does not exist".to_owned(),
        ),
        PlanError::ApiVersionNotFound => {
            not_found("APIG.3022", "The API version does not exist".to_owned())
        }
        PlanError::GroupNameTaken => bad("APIG.3201", "The API group name already exists"),
        PlanError::ApiNameTaken => bad("APIG.3202", "The API name already exists"),
        PlanError::EnvironmentNameTaken => bad("APIG.3205", "The environment name already exists"),
        PlanError::SignatureKeyNameTaken => {
            bad("APIG.3207", "The signature key name already exists")
        }
        PlanError::ApiPathTaken | PlanError::RouteConflict => {
            bad("APIG.3301", "The API already exists")
        }
        PlanError::HostTaken => bad("APIG.3201", "The API group's domain name already exists"),
        PlanError::UnknownPathParameter => bad(
            "APIG.2027",
            "A path parameter of the backend is not declared in backend_params",
        ),
        PlanError::BadMapping(why) => Row::new(
            StatusCode::BAD_REQUEST,
            "APIG.2011",
            invalid("backend_params", Some(&why.to_string())),
            ours,
        ),
        PlanError::GroupNotEmpty { .. } => Row::new(
            StatusCode::PRECONDITION_FAILED,
            "APIG.3415",
            group_not_empty(id),
            ours,
        ),
        PlanError::ApiPublished { .. } => Row::new(
            StatusCode::CONFLICT,
            "APIG.3416",
            "The API cannot be deleted because it has been published",
            ours,
        ),
        PlanError::EnvironmentInUse { .. } => {
            quota("APIG.3418", "The environment contains published APIs")
        }
        PlanError::EnvironmentInitial => quota(
            "APIG.1103",
            "No permissions to perform operations on this environment: every account has it",
        ),
        PlanError::SignatureKeyBound { .. } => Row::new(
            StatusCode::CONFLICT,
            // Of our own: the vendor has codes for bound policies of other kinds only.
            "APIG.3499",
            "The signature key cannot be deleted because it is bound to APIs. Unbind it first",
            ours,
        ),
        PlanError::SignatureKeyUnusable(why) => {
            let cause = why.source();
            let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
            Row::new(
                StatusCode::PRECONDITION_FAILED,
                "APIG.3548",
                format!("The signature key cannot be bound: {why}{cause}"),
                ours,
            )
        }
        PlanError::TooManyGroups { .. } => quota(
            "APIG.3101",
            "The number of API groups exceeds the maximum allowed limit",
        ),
        PlanError::TooManyApis { .. } => quota(
            "APIG.3102",
            "The number of APIs exceeds the maximum allowed limit",
        ),
        PlanError::TooManyEnvironments { .. } => quota(
            "APIG.3104",
            "The number of environments exceeds the maximum allowed limit",
        ),
        PlanError::TooManySignatureKeys { .. } => quota(
            "APIG.3105",
            "The number of signature keys exceeds the maximum allowed limit",
        ),
        // Nothing of this dialect makes or changes users, verifiers or next
        // versions.
        PlanError::VerifierNotFound => {
            not_found("APIG.3499", "The verifier does not exist".to_owned())
        }
        PlanError::VerifierNameTaken => bad("APIG.3499", "The verifier name already exists"),
        PlanError::TooManyVerifiers { .. } => quota("APIG.3499", "There are too many verifiers"),
        PlanError::NoNextVersion => not_found(
            "APIG.3499",
            "The signature key has no next version".to_owned(),
        ),
        PlanError::UserNotFound => not_found("IAM.0004", "Could not find the user".to_owned()),
        PlanError::UserNameTaken => bad("IAM.0009", "The user name already exists"),
        PlanError::TooManyUsers { .. } => quota("IAM.0003", "There are too many users"),
        PlanError::AlreadyBootstrapped => Row::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "APIG.9999",
            "System error",
            ours,
        ),
    }
}

/// The operation page of v2 names an API of the group.
fn group_not_empty(api: &str) -> String {
    let text = "The API group cannot be deleted because it contains APIs";
    match api {
        "" => text.to_owned(),
        api => format!("{text},id:{api}"),
    }
}

/// Logs a fault once, and nothing that the call carried.
pub(super) fn log(fault: &Fault, id: &RequestId) {
    let (id, code) = (id.to_hex(), row(fault).ours);
    match fault {
        Fault::Op { error, .. } if error.is_ours() => failed(&id, code, error),
        Fault::Password(error @ PasswordError::Hasher) => failed(&id, code, error),
        _ => tracing::debug!(request.id = %id, error.code = code, "a management call was refused"),
    }
}

fn failed(id: &str, code: &'static str, error: &(dyn Error + 'static)) {
    tracing::error!(request.id = %id, error.code = code, error, "a management call failed");
}

/// The rows as `docs/errors.md` shows them.
#[cfg(test)]
pub(in crate::dialect) mod table;

//! The dialect's one table of errors: code, status and message of everything
//! that can be wrong with a call (spec 4). Exhaustive, no catch-all: a new
//! error does not compile until its row is here. `docs/errors.md` shows it.

use std::{borrow::Cow, error::Error};

use countersign_core::command::PlanError;
use countersign_sign::alibaba::request_auth::v3::Refusal;
use http::StatusCode;

use crate::{
    auth::AuthError, body::BodyError, ops::OpError, request_id::RequestId, throttle::Throttled,
};

/// What is wrong with a call. `Debug` holds no value of a parameter.
#[derive(Debug)]
pub(super) enum Fault {
    /// Neither GET nor POST.
    UnsupportedMethod,
    /// The body could not be had.
    Body(BodyError),
    /// One name occurs twice.
    RepeatedParameter(String),
    /// No such operation or version.
    UnknownOperation,
    /// A parameter has to be there.
    Missing(&'static str),
    /// A parameter's value will not do; the detail tells what inside it.
    Invalid {
        parameter: &'static str,
        detail: Option<String>,
    },
    /// A format that cannot be answered in.
    Format,
    /// The time is not written as a time.
    TimeMalformed,
    /// An algorithm that is not spoken here.
    SignatureMethod,
    /// Something of the signature is absent or not well formed.
    IncompleteSignature(String),
    /// The caller is not let in.
    Auth(AuthError),
    /// The caller calls too often.
    Throttled(Throttled),
    /// The use case was not carried out.
    Op(OpError),
    /// The same, where the caller called the signature key a plugin.
    Plugin(OpError),
}

impl Fault {
    pub(super) fn invalid(parameter: &'static str) -> Self {
        Self::Invalid {
            parameter,
            detail: None,
        }
    }

    pub(super) fn invalid_inside(parameter: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid {
            parameter,
            detail: Some(detail.into()),
        }
    }
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<Throttled> for Fault {
    fn from(error: Throttled) -> Self {
        Self::Throttled(error)
    }
}

impl From<OpError> for Fault {
    fn from(error: OpError) -> Self {
        Self::Op(error)
    }
}

impl From<PlanError> for Fault {
    fn from(error: PlanError) -> Self {
        Self::Op(OpError::Refused(error))
    }
}

/// What a caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) code: Cow<'static, str>,
    pub(super) status: StatusCode,
    pub(super) message: String,
    /// Our own code, for `X-Countersign-Error`.
    pub(super) ours: &'static str,
    /// For `x-acs-retry-after`. Tea's SDKs make of any error that has it one of
    /// throttling, which carries the wait (spec 1.10); no other has it.
    pub(super) retry_after_millis: Option<u64>,
}

/// The row of a fault.
pub(super) fn row(fault: &Fault) -> Row {
    let bad = StatusCode::BAD_REQUEST;
    match fault {
        // The vendor's table repeats the text of the mismatch here.
        Fault::UnsupportedMethod => {
            Row::new("UnsupportedHTTPMethod", bad, MISMATCH, "unsupported_method")
        }
        Fault::Body(error) => {
            let status = match error {
                BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                BodyError::Unreadable => bad,
                BodyError::TooSlow => StatusCode::REQUEST_TIMEOUT,
            };
            Row::new("InvalidParameter", status, sentence(error), error.code())
        }
        Fault::RepeatedParameter(name) => {
            let name = plain(name);
            Row::new(
                format!("Repeated{name}"),
                bad,
                repeated(name),
                "parameter_repeated",
            )
        }
        Fault::UnknownOperation => Row::new(
            "InvalidApi.NotFound",
            StatusCode::NOT_FOUND,
            "Specified api is not found, please check your url and method.",
            "operation_not_found",
        ),
        Fault::Missing(name) => Row::new(
            format!("Missing{name}"),
            bad,
            format!("{name} is mandatory for this action."),
            "parameter_missing",
        ),
        Fault::Invalid { parameter, detail } => {
            let message = match detail {
                None => format!("Specified parameter {parameter} is not valid."),
                Some(detail) => format!("Specified parameter {parameter} is not valid. {detail}"),
            };
            Row::new(
                format!("Invalid{parameter}"),
                bad,
                message,
                "parameter_invalid",
            )
        }
        Fault::Format => Row::new(
            "InvalidParameter.Format",
            bad,
            "Specified parameter format is not valid.",
            "format_unsupported",
        ),
        Fault::TimeMalformed => Row::new(
            "InvalidTimeStamp.Format",
            bad,
            "Specified time stamp or date value is not well formatted.",
            "request_time_malformed",
        ),
        Fault::SignatureMethod => Row::new(
            "InvalidSignatureMethod",
            bad,
            "Specified signature method is not valid.",
            "signature_method_unsupported",
        ),
        Fault::IncompleteSignature(detail) => incomplete(detail, "signature_incomplete"),
        Fault::Auth(error) => auth_row(error),
        Fault::Throttled(Throttled { wait_millis }) => Row {
            retry_after_millis: Some(*wait_millis),
            ..Row::new(
                "Throttling.User",
                bad,
                "Request was denied due to user flow control.",
                "too_many_requests",
            )
        },
        Fault::Op(error) => op_row(error),
        Fault::Plugin(error) => plugin_row(error),
    }
}

fn auth_row(error: &AuthError) -> Row {
    let bad = StatusCode::BAD_REQUEST;
    let ours = error.code();
    match error {
        // For one who signs, a wrong secret shows as a wrong signature; this
        // dialect has no other way to show a secret, and what comes after that
        // is of other dialects' ways to call.
        AuthError::AccessKeyNotFound
        | AuthError::WrongSecret
        | AuthError::SignatureHuawei(_)
        | AuthError::Locked
        | AuthError::TokenUnknown
        | AuthError::TokenExpired { .. }
        | AuthError::WrongPassword => Row::new(
            "InvalidAccessKeyId.NotFound",
            StatusCode::NOT_FOUND,
            "Specified access key is not found.",
            ours,
        ),
        AuthError::TimeExpired { .. } => Row::new(
            "InvalidTimeStamp.Expired",
            bad,
            "Specified time stamp or date value is expired.",
            ours,
        ),
        // The string to sign goes back whole. py-core takes what follows the
        // first colon, dies without one, and says "wrong secret" when that
        // equals its own text (spec 1.10, 4). It repeats the parameters, a sign
        // secret among them when the call creates or changes a signature key;
        // but only what this very caller has just sent, in one more encoding.
        // It is never logged.
        AuthError::SignatureV1(mismatch) => {
            let text = format!(
                "{MISMATCH} server string to sign is:{}",
                mismatch.string_to_sign.as_str()
            );
            Row::new("SignatureDoesNotMatch", bad, text, ours)
        }
        AuthError::SignatureV3(
            Refusal::SignatureDiffers(mismatch) | Refusal::BodyDigestDiffers(mismatch),
        ) => {
            // The other wording of V3 (spec 1.10, 5), for the same reason.
            let text = format!(
                "Specified signature does not match our calculation. server StringToSign is [{}] server CanonicalRequest is [{}].",
                mismatch.string_to_sign.as_str(),
                mismatch.canonical_request.as_str(),
            );
            Row::new("SignatureDoesNotMatch", bad, text, ours)
        }
        AuthError::SignatureV3(
            refusal @ (Refusal::HeaderNotSigned { .. } | Refusal::SignedHeaderMissing { .. }),
        ) => incomplete(&sentence(refusal), ours),
        AuthError::NonceUsed => Row::new(
            "SignatureNonceUsed",
            bad,
            "Specified signature nonce was used already.",
            ours,
        ),
        AuthError::NonceMemoryFull => unavailable(ours),
    }
}

fn op_row(error: &OpError) -> Row {
    let ours = error.code();
    match error {
        OpError::Refused(error) => plan_row(error, ours),
        // No operation of this dialect finds a key by its name.
        OpError::SignatureKeyNameAmbiguous => Row::invalid("SignatureName", error, ours),
        OpError::BadDomainSuffix | OpError::Defect(_) => internal(ours),
        OpError::StoreUnavailable(_) => unavailable(ours),
        // Clients repeat the call on this code, which is right: nothing was changed.
        OpError::Contended(_) => Row::new(
            "RepeatedCommit",
            StatusCode::BAD_REQUEST,
            "Resubmit request.",
            ours,
        ),
        // Not `ServiceUnavailable`, which asks for a repeated call: that could
        // make a second signature key.
        OpError::OutcomeUnknown(_) => internal(ours),
    }
}

fn plugin_row(error: &OpError) -> Row {
    let ours = error.code();
    match error {
        OpError::Refused(PlanError::SignatureKeyNotFound) => Row::not_found("Plugin", ours),
        OpError::Refused(PlanError::SignatureKeyBound { .. }) => Row::in_use("Plugin", "Api", ours),
        other => op_row(other),
    }
}

fn plan_row(error: &PlanError, ours: &'static str) -> Row {
    match error {
        PlanError::GroupNotFound => Row::not_found("ApiGroup", ours),
        PlanError::ApiNotFound => Row::not_found("Api", ours),
        PlanError::EnvironmentNotFound => Row::not_found("Stage", ours),
        PlanError::PublicationNotFound => Row::not_found("Deployment", ours),
        PlanError::SignatureKeyNotFound => Row::not_found("Signature", ours),
        PlanError::GroupNameTaken => Row::repeated("GroupName", ours),
        PlanError::HostTaken => Row::repeated("SubDomain", ours),
        PlanError::ApiNameTaken => Row::repeated("ApiName", ours),
        PlanError::ApiPathTaken => Row::repeated("RequestPath", ours),
        PlanError::RouteConflict => Row::invalid("RequestConfig", error, ours),
        PlanError::UnknownPathParameter => Row::invalid("ServiceConfig", error, ours),
        PlanError::BadMapping(why) => Row::invalid("ServiceParameters", why, ours),
        PlanError::GroupNotEmpty { .. } => Row::in_use("ApiGroup", "Api", ours),
        PlanError::ApiPublished { .. } => Row::in_use("Api", "Deployment", ours),
        PlanError::SignatureKeyBound { .. } => Row::in_use("Signature", "Api", ours),
        PlanError::TooManyGroups { .. } => Row::too_many("ApiGroup", ours),
        PlanError::TooManyApis { .. } => Row::too_many("Api", ours),
        // Not of this dialect's making, except that a key made through another
        // may be bound through this one.
        PlanError::EnvironmentNameTaken => Row::repeated("StageName", ours),
        PlanError::EnvironmentInitial => Row::invalid("StageName", error, ours),
        PlanError::EnvironmentInUse { .. } => Row::in_use("Stage", "Deployment", ours),
        PlanError::TooManyEnvironments { .. } => Row::too_many("Stage", ours),
        PlanError::ApiVersionNotFound => Row::not_found("HistoryVersion", ours),
        PlanError::BindingNotFound => Row::not_found("Signature", ours),
        PlanError::UserNotFound => Row::not_found("User", ours),
        PlanError::UserNameTaken => Row::repeated("UserName", ours),
        PlanError::TooManyUsers { .. } => Row::too_many("User", ours),
        PlanError::VerifierNotFound => Row::not_found("Verifier", ours),
        PlanError::VerifierNameTaken => Row::repeated("VerifierName", ours),
        PlanError::TooManyVerifiers { .. } => Row::too_many("Verifier", ours),
        PlanError::NoNextVersion => Row::not_found("SignatureVersion", ours),
        PlanError::SignatureKeyNameTaken => Row::repeated("SignatureName", ours),
        PlanError::TooManySignatureKeys { .. } => Row::too_many("Signature", ours),
        PlanError::SignatureKeyUnusable(why) => Row::invalid("SignatureId", why, ours),
        PlanError::AlreadyBootstrapped => internal(ours),
    }
}

// The patterns of the vendor's tables (spec 4.1 and 4.2).
impl Row {
    fn new(
        code: impl Into<Cow<'static, str>>,
        status: StatusCode,
        message: impl Into<String>,
        ours: &'static str,
    ) -> Self {
        Self {
            code: code.into(),
            status,
            message: message.into(),
            ours,
            retry_after_millis: None,
        }
    }

    /// 400, not 404: so the vendor's table says.
    fn not_found(kind: &str, ours: &'static str) -> Self {
        let message = format!("Cannot find resource according to your specified {kind}.");
        Self::new(
            format!("NotFound{kind}"),
            StatusCode::BAD_REQUEST,
            message,
            ours,
        )
    }

    fn repeated(kind: &str, ours: &'static str) -> Self {
        Self::new(
            format!("Repeated{kind}"),
            StatusCode::BAD_REQUEST,
            repeated(kind),
            ours,
        )
    }

    fn in_use(kind: &str, by: &str, ours: &'static str) -> Self {
        let message = format!("The specified {kind} has {by} definitions.");
        Self::new(
            format!("DependencyViolation{kind}"),
            StatusCode::BAD_REQUEST,
            message,
            ours,
        )
    }

    fn too_many(kind: &str, ours: &'static str) -> Self {
        let message = format!("The specified {kind} count exceeds the limit.");
        Self::new(
            format!("ExceedLimit{kind}"),
            StatusCode::BAD_REQUEST,
            message,
            ours,
        )
    }

    fn invalid(parameter: &str, error: &dyn Error, ours: &'static str) -> Self {
        let message = format!(
            "Specified parameter {parameter} is not valid. {}",
            sentence(error)
        );
        Self::new(
            format!("Invalid{parameter}"),
            StatusCode::BAD_REQUEST,
            message,
            ours,
        )
    }
}

const MISMATCH: &str = "Specified signature is not matched with our calculation.";

fn incomplete(detail: &str, ours: &'static str) -> Row {
    let message = format!("The request signature does not conform to Aliyun standards. {detail}");
    Row::new(
        "IncompleteSignature",
        StatusCode::BAD_REQUEST,
        message,
        ours,
    )
}

fn internal(ours: &'static str) -> Row {
    let message =
        "The request processing has failed due to some unknown error, exception or failure.";
    Row::new(
        "InternalError",
        StatusCode::INTERNAL_SERVER_ERROR,
        message,
        ours,
    )
}

fn unavailable(ours: &'static str) -> Row {
    let message = "The request has failed due to a temporary failure of the server.";
    Row::new(
        "ServiceUnavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        message,
        ours,
    )
}

fn repeated(name: &str) -> String {
    format!("The specified {name} is repeated.")
}

/// A parameter's name as the caller wrote it, if it can be one at all.
fn plain(name: &str) -> &str {
    let is_plain = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    if is_plain { name } else { "Parameter" }
}

/// One of our messages as a sentence of this dialect's.
fn sentence(error: &(impl Error + ?Sized)) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}

/// Logs a fault once. A caller's own mistakes are no operator's business, and
/// nothing that the request carried is told.
pub(super) fn log(fault: &Fault, id: &RequestId, ours: &'static str) {
    match fault {
        Fault::Op(error) | Fault::Plugin(error) if error.is_ours() => {
            let error: &(dyn Error + 'static) = error;
            tracing::error!(request.id = %id, error.code = ours, error, "a management call failed");
        }
        _ => tracing::debug!(request.id = %id, error.code = ours, "a management call was refused"),
    }
}

/// The rows as `docs/errors.md` shows them.
#[cfg(test)]
pub(in crate::dialect) mod table {
    use http_body_util::BodyExt;

    use super::*;
    use crate::dialect::alibaba::{format::Format, render};

    pub(in crate::dialect) struct Cells {
        pub(in crate::dialect) ours: &'static str,
        pub(in crate::dialect) code: String,
        pub(in crate::dialect) status: u16,
        pub(in crate::dialect) message: String,
    }

    fn of(row: Row) -> Cells {
        let Row {
            code,
            status,
            message,
            ours,
            retry_after_millis: _,
        } = row;
        Cells {
            ours,
            code: code.into_owned(),
            status: status.as_u16(),
            message,
        }
    }

    pub(in crate::dialect) fn of_op(error: &OpError) -> Cells {
        of(op_row(error))
    }

    pub(in crate::dialect) fn of_auth(error: &AuthError) -> Cells {
        of(auth_row(error))
    }

    /// What only this dialect can find wrong.
    pub(in crate::dialect) fn own() -> Vec<Cells> {
        let faults = own_faults();
        faults.iter().map(|fault| of(row(fault))).collect()
    }

    fn own_faults() -> Vec<Fault> {
        vec![
            Fault::UnsupportedMethod,
            Fault::Body(BodyError::TooLarge),
            Fault::Body(BodyError::Unreadable),
            Fault::Body(BodyError::TooSlow),
            Fault::RepeatedParameter("Name".to_owned()),
            Fault::UnknownOperation,
            Fault::Missing("Name"),
            Fault::invalid("Name"),
            Fault::invalid_inside("Name", "What inside it and why."),
            Fault::Format,
            Fault::TimeMalformed,
            Fault::SignatureMethod,
            Fault::IncompleteSignature("What is missing.".to_owned()),
            Fault::Plugin(PlanError::SignatureKeyNotFound.into()),
            Fault::Plugin(PlanError::SignatureKeyBound { publications: 1 }.into()),
            Fault::Throttled(Throttled { wait_millis: 20 }),
        ]
    }

    /// What a caller reads of every row, in both formats.
    #[tokio::test]
    async fn every_row_as_it_is_answered() {
        let auth = crate::auth::one_of_each().into_iter().map(Fault::Auth);
        let ops = crate::ops::one_of_each().into_iter().map(Fault::Op);
        let mut shown = String::new();
        for fault in own_faults().into_iter().chain(auth).chain(ops) {
            let row = row(&fault);
            for format in [Format::Json, Format::Xml] {
                shown.push_str(&answered(format, &row).await);
            }
        }
        insta::assert_snapshot!(shown);
    }

    async fn answered(format: Format, row: &Row) -> String {
        let id = RequestId::from_random([0xab; 16]);
        let response = render::failure(format, &id, "apigateway.test", row);
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let header = |name: &str| {
            let value = parts.headers.get(name)?.to_str().unwrap();
            Some(format!("{name}: {value}\n"))
        };
        let headers = [
            "content-type",
            "x-countersign-error",
            "x-acs-request-id",
            "x-acs-retry-after",
        ];
        let headers: String = headers.into_iter().filter_map(header).collect();
        let body = String::from_utf8(body.to_vec()).unwrap();
        format!("{}\n{headers}{body}\n\n", parts.status)
    }

    #[test]
    fn only_a_parameters_name_is_repeated() {
        let long = "a".repeat(65);
        for (name, code) in [
            ("A.1", "RepeatedA.1"),
            ("a\"b", "RepeatedParameter"),
            (&long, "RepeatedParameter"),
        ] {
            assert_eq!(row(&Fault::RepeatedParameter(name.to_owned())).code, code);
        }
    }
}

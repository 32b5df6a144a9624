//! Why the gateway answers a request itself: the one table from a cause to
//! what the client sees, here and, in Huawei's words, in [`huawei`]. The cause
//! goes to the log; the client gets fixed text that says nothing of a backend
//! or a key.

mod huawei;

use std::{borrow::Cow, error::Error, io, sync::Arc, time::Duration};

use countersign_core::{RouteMiss, Unusable, mapping::Location};
use countersign_sign::{params::percent_encode, rfc9421};
use http::StatusCode;

use crate::{framing::Violation, manner::Manner};

/// Why a request was not answered by a backend.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("no publication answers")]
    Miss(#[source] RouteMiss),
    #[error("the request is malformed")]
    Malformed(#[source] Violation),
    #[error("the header of the environment is repeated or not plain text")]
    BadEnvironmentHeader,
    #[error("the path has a dot segment")]
    DotSegment,
    #[error("the body is longer than {max} bytes")]
    BodyTooLarge { max: usize },
    #[error("the body is a form in a charset that cannot be read")]
    FormCharset,
    #[error("the client's body broke off")]
    ClientBody(#[source] hyper::Error),
    #[error("the client sent nothing more of its body for {} s", .0.as_secs())]
    BodyTimeout(Duration),
    #[error("the backend's path cannot be made from the request's")]
    BackendPath,
    #[error("the API's definition cannot be carried out")]
    Definition,
    #[error("the body is a form in a content coding")]
    FormCoding,
    #[error("the target made for the backend is longer than {max} bytes")]
    TargetTooLong { max: usize },
    #[error("the {} {name:?} is missing", place(*.location))]
    MissingParameter { location: Location, name: Arc<str> },
    #[error("the {} {name:?} is not what it has to be", place(*.location))]
    InvalidParameter { location: Location, name: Arc<str> },
    #[error("the backend's name was not resolved")]
    Resolve(#[source] io::Error),
    #[error("the backend was not reached")]
    Connect(#[source] io::Error),
    #[error("the backend was not reached within {} ms", .0.as_millis())]
    ConnectTimeout(Duration),
    #[error("the backend did not begin to answer within {} ms", .0.as_millis())]
    ResponseTimeout(Duration),
    #[error("the exchange with the backend failed")]
    Exchange(#[source] hyper::Error),
    #[error("the backend switched protocols unasked")]
    SwitchedProtocols,
    #[error("the key version cannot sign")]
    Unusable(#[source] Unusable),
    #[error("the signature was not made")]
    Signing(#[source] rfc9421::SignFailed),
    #[error("the signature is no value of a header")]
    SignatureText,
    #[error("no signature key of that name has a public key")]
    NoPublicKey,
    #[error("the worker holds as many connections as it may")]
    Overloaded,
    #[error("the gateway is shutting down")]
    ShuttingDown,
    #[error("the client went away")]
    ClientGone,
}

/// What the client sees of a fault, and what it is counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    /// The value of `X-Countersign-Error`.
    pub(crate) code: &'static str,
    /// The value of `X-Ca-Error-Code`: who is at fault (`I` the request, `D`
    /// the backend), a status, and two letters. `I404NF`, `I400SG`, `I413RL`
    /// and `D504RE` are the vendor's, the rest (of the parameters, `I400MP` and
    /// `I400IP`) follow its pattern by our own choice.
    pub(crate) vendor_code: &'static str,
    /// The message where it is the same for all; see [`Fault::message`].
    message: &'static str,
}

/// Every code there is, for the counters.
pub(crate) const CODES: [&str; 22] = [
    "unknown_host",
    "unknown_environment",
    "unknown_path",
    "method_not_published",
    "malformed_request",
    "head_too_large",
    "bad_path",
    "body_too_large",
    "unsupported_charset",
    "backend_unreachable",
    "backend_timeout",
    "backend_error",
    "overloaded",
    "shutting_down",
    "client_gone",
    "body_timeout",
    "missing_parameter",
    "invalid_parameter",
    "unsupported_encoding",
    "target_too_long",
    "signing_failed",
    "no_public_key",
];

impl Fault {
    /// The table.
    pub(crate) fn shown(&self) -> Shown {
        let (status, code, vendor_code, message) = match self {
            Self::Miss(RouteMiss::Host) => (
                404,
                "unknown_host",
                "I404NF",
                "No API is called at this host",
            ),
            // The vendor answers an unknown stage with a 400's code and 404.
            Self::Miss(RouteMiss::Environment) => (
                404,
                "unknown_environment",
                "I400SG",
                "There is no such stage",
            ),
            Self::Miss(RouteMiss::Path) => (
                404,
                "unknown_path",
                "I404NF",
                "No API is called at this path",
            ),
            Self::Miss(RouteMiss::Method) => (
                404,
                "method_not_published",
                "I404NF",
                "No API is called with this method",
            ),
            Self::Malformed(violation) if violation.is_size() => {
                (431, "head_too_large", "I431HL", "The header is too large")
            }
            Self::Malformed(_) | Self::ClientBody(_) => (
                400,
                "malformed_request",
                "I400MR",
                "The request is malformed",
            ),
            Self::BadEnvironmentHeader => (
                400,
                "malformed_request",
                "I400SG",
                "X-Ca-Stage is malformed",
            ),
            Self::DotSegment => (400, "bad_path", "I400BP", "The path has a dot segment"),
            Self::BodyTooLarge { .. } => (413, "body_too_large", "I413RL", "The body is too large"),
            Self::BodyTimeout(_) => (
                408,
                "body_timeout",
                "I408BT",
                "The body did not arrive in time",
            ),
            Self::FormCharset => (
                415,
                "unsupported_charset",
                "I415CS",
                "A form has to be in UTF-8",
            ),
            Self::Resolve(_) | Self::Connect(_) | Self::ConnectTimeout(_) => (
                502,
                "backend_unreachable",
                "D502CO",
                "The backend was not reached",
            ),
            Self::ResponseTimeout(_) => (
                504,
                "backend_timeout",
                "D504RE",
                "The backend did not answer in time",
            ),
            Self::FormCoding => (
                415,
                "unsupported_encoding",
                "I415CE",
                "A form has to be without content coding",
            ),
            Self::TargetTooLong { .. } => (
                414,
                "target_too_long",
                "I414TL",
                "The parameters are too long",
            ),
            Self::MissingParameter { .. } => {
                (400, "missing_parameter", "I400MP", "A parameter is missing")
            }
            Self::InvalidParameter { .. } => {
                (400, "invalid_parameter", "I400IP", "A parameter is invalid")
            }
            Self::Exchange(_) | Self::SwitchedProtocols | Self::BackendPath | Self::Definition => (
                502,
                "backend_error",
                "D502BE",
                "The backend did not answer properly",
            ),
            Self::Unusable(_) | Self::Signing(_) | Self::SignatureText => (
                500,
                "signing_failed",
                "I500SF",
                "The request could not be signed",
            ),
            Self::NoPublicKey => (
                400,
                "no_public_key",
                "I400PK",
                "There is no such public key",
            ),
            Self::Overloaded => (503, "overloaded", "I503OL", "The gateway is overloaded"),
            Self::ShuttingDown => (
                503,
                "shutting_down",
                "I503SD",
                "The gateway is shutting down",
            ),
            // Never sent: the number is for the log.
            Self::ClientGone => (499, "client_gone", "I499CG", "The client went away"),
        };
        let status =
            StatusCode::from_u16(status).expect("every status in the table has three digits");
        Shown {
            status,
            code,
            vendor_code,
            message,
        }
    }

    /// The status that a client of these manners sees.
    pub(crate) fn status(&self, manner: Manner) -> StatusCode {
        match manner {
            Manner::Alibaba => self.shown().status,
            Manner::Huawei => self.huawei().status,
        }
    }

    /// The value of `X-Ca-Error-Message`, and the message in the body: plain
    /// ASCII without anything that JSON escapes. Of a parameter it has the
    /// name, percent-encoded, and never the value.
    pub(crate) fn message(&self) -> Cow<'static, str> {
        let (location, name, what) = match self {
            Self::MissingParameter { location, name } => (location, name, "missing"),
            Self::InvalidParameter { location, name } => (location, name, "invalid"),
            _ => return Cow::Borrowed(self.shown().message),
        };
        let name = percent_encode(name);
        Cow::Owned(format!("The {} {name} is {what}", place(*location)))
    }

    /// Whether the client's connection is of no more use: what it sends next
    /// cannot be told from the rest of this request, or is not waited for.
    pub(crate) fn closes(&self) -> bool {
        matches!(
            self,
            Self::Malformed(_)
                | Self::ClientBody(_)
                | Self::BodyTooLarge { .. }
                | Self::BodyTimeout(_)
                | Self::ShuttingDown
        )
    }

    /// Whether the backend is at fault, or out of reach.
    pub(crate) fn is_backends(&self) -> bool {
        self.shown().vendor_code.starts_with('D')
    }

    /// This cause and those below it, for the log.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}

/// What a parameter at this place is called.
fn place(location: Location) -> &'static str {
    match location {
        Location::Path => "path parameter",
        Location::Query => "query parameter",
        Location::Header => "header",
        Location::Body => "form field",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_counted_documented_and_well_formed() {
        let faults = [
            Fault::Miss(RouteMiss::Host),
            Fault::Miss(RouteMiss::Environment),
            Fault::Miss(RouteMiss::Path),
            Fault::Miss(RouteMiss::Method),
            Fault::Malformed(Violation::Fold),
            Fault::Malformed(Violation::HeadTooLarge),
            Fault::BadEnvironmentHeader,
            Fault::DotSegment,
            Fault::BodyTooLarge { max: 1 },
            Fault::FormCharset,
            Fault::FormCoding,
            Fault::BodyTimeout(Duration::from_secs(1)),
            Fault::BackendPath,
            Fault::Definition,
            Fault::TargetTooLong { max: 1 },
            Fault::MissingParameter {
                location: Location::Path,
                name: "a\"\\\r\n é".into(),
            },
            Fault::InvalidParameter {
                location: Location::Header,
                name: "a\"\\\r\n é".into(),
            },
            Fault::Resolve(io::ErrorKind::NotFound.into()),
            Fault::Connect(io::ErrorKind::ConnectionRefused.into()),
            Fault::ConnectTimeout(Duration::from_secs(1)),
            Fault::ResponseTimeout(Duration::from_millis(1)),
            Fault::SwitchedProtocols,
            Fault::Unusable(Unusable::Aes),
            Fault::Signing(rfc9421::SignFailed::Computation),
            Fault::SignatureText,
            Fault::NoPublicKey,
            Fault::Overloaded,
            Fault::ShuttingDown,
            Fault::ClientGone,
        ];
        let page = include_str!("../../../docs/refusals.md");
        for fault in faults {
            let (shown, huawei) = (fault.shown(), fault.huawei());
            assert!(CODES.contains(&shown.code), "{fault:?}");
            let row = format!(
                "| `{}` | {} | `{}` | {} | {} `{}` {} |",
                shown.code,
                shown.status.as_u16(),
                shown.vendor_code,
                shown.message,
                huawei.status.as_u16(),
                huawei.error_code,
                huawei.text
            );
            assert!(page.contains(&row), "docs/refusals.md lacks {row}");
            assert_eq!(shown.vendor_code.len(), 6, "{fault:?}");
            for message in [fault.message(), fault.huawei_message()] {
                assert!(
                    message
                        .bytes()
                        .all(|b| (b' '..=b'~').contains(&b) && b != b'"' && b != b'\\'),
                    "{fault:?}: it is put into JSON and a header as it is"
                );
            }
        }
        for code in CODES {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        }
    }

    #[test]
    fn messages_name_the_parameter() {
        let fault = Fault::InvalidParameter {
            location: Location::Body,
            name: "user name".into(),
        };
        assert_eq!(fault.message(), "The form field user%20name is invalid");
        assert_eq!(
            fault.huawei_message(),
            "Bad request: The form field user%20name is invalid"
        );
    }

    #[test]
    fn chain_says_each_level_once() {
        let fault = Fault::Malformed(Violation::HostMissing);
        assert_eq!(fault.chain(), "the request is malformed: Host is missing");
    }
}

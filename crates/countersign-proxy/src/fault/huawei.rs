//! The same table in Huawei's words (spec section 5.8), for APIs that were
//! made through that dialect.

use std::borrow::Cow;

use countersign_core::RouteMiss;
use http::StatusCode;

use super::Fault;

/// What a client of Huawei's sees of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HuaweiShown {
    pub(crate) status: StatusCode,
    /// The value of `error_code`.
    pub(crate) error_code: &'static str,
    /// The beginning of `error_msg`; see [`Fault::huawei_message`].
    pub(crate) text: &'static str,
}

const REQUEST_ERROR: (u16, &str, &str) = (400, "APIG.0201", "API request error");
const BAD_REQUEST: (u16, &str, &str) = (400, "APIG.0602", "Bad request");
const UNAVAILABLE: (u16, &str, &str) = (502, "APIG.0202", "Backend unavailable");
const INTERNAL: (u16, &str, &str) = (500, "APIG.0601", "Internal server error");

impl Fault {
    /// The table. Where the vendor has no row of its own, the nearest one by
    /// who has to act.
    pub(crate) fn huawei(&self) -> HuaweiShown {
        let (status, error_code, text) = match self {
            Self::Miss(
                RouteMiss::Host | RouteMiss::Environment | RouteMiss::Path | RouteMiss::Method,
            ) => (
                404,
                "APIG.0101",
                "The API does not exist or has not been published in the environment",
            ),
            Self::Malformed(violation) if violation.is_size() => {
                (494, "APIG.0201", "Request headers too large")
            }
            Self::Malformed(_)
            | Self::ClientBody(_)
            | Self::BadEnvironmentHeader
            | Self::BodyTimeout(_)
            | Self::ClientGone => REQUEST_ERROR,
            Self::DotSegment
            | Self::FormCharset
            | Self::FormCoding
            | Self::MissingParameter { .. }
            | Self::InvalidParameter { .. } => BAD_REQUEST,
            Self::BodyTooLarge { .. } => (413, "APIG.0201", "Request entity too large"),
            Self::TargetTooLong { .. } => (414, "APIG.0201", "Request URI too large"),
            Self::Resolve(_) => (500, "APIG.0605", "Domain name resolution failed"),
            Self::Connect(_)
            | Self::ConnectTimeout(_)
            | Self::Exchange(_)
            | Self::SwitchedProtocols => UNAVAILABLE,
            Self::ResponseTimeout(_) => (504, "APIG.0203", "Backend timeout"),
            Self::BackendPath | Self::Definition | Self::Overloaded | Self::ShuttingDown => {
                INTERNAL
            }
            Self::Unusable(_) | Self::Signing(_) | Self::SignatureText => {
                (500, "APIG.0705", "Backend signature calculation failed.")
            }
            Self::NoPublicKey => (400, "APIG.2102", "PublicKey is null"),
        };
        let status =
            StatusCode::from_u16(status).expect("every status in the table has three digits");
        HuaweiShown {
            status,
            error_code,
            text,
        }
    }

    /// The value of `error_msg`: the vendor's text, and of a parameter what is
    /// wrong with it. Plain ASCII without anything that JSON escapes.
    pub(crate) fn huawei_message(&self) -> Cow<'static, str> {
        let text = self.huawei().text;
        match self {
            Self::MissingParameter { .. } | Self::InvalidParameter { .. } => {
                Cow::Owned(format!("{text}: {}", self.message()))
            }
            _ => Cow::Borrowed(text),
        }
    }
}

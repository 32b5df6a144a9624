//! How a call says who it is from: v1, parameters and HMAC-SHA1, or V3,
//! headers and ACS3-HMAC-SHA256 (spec 1.3 to 1.7).

use countersign_core::Timestamp;
use countersign_sign::alibaba::request_auth::{
    clock,
    v1::{self, SIGNATURE_PARAMETER},
    v3::{self, Authorization, CLOUD_API_RULES, MalformedAuthorization},
};

use super::{
    Fault, Incoming, VERSION,
    format::{self, ACTION_HEADER, Format},
    operations::{Named, Operation},
};
use crate::{
    admin::Plane,
    auth::{AuthError, Caller, Presented},
};

/// How a call is signed.
pub(super) enum Scheme<'a> {
    /// By parameters.
    V1,
    /// By headers; without the value of `Authorization` when it lacks that.
    V3(Option<&'a str>),
}

impl<'a> Scheme<'a> {
    /// Chooses as spec 1.4 says: an `Authorization` that starts with `ACS3-`
    /// means V3, otherwise it is v1. The headers `x-acs-action` and
    /// `x-acs-version` do not tell the two apart, SDKs send them in v1 too; so
    /// they mean V3 only where nothing at all speaks for v1.
    pub(super) fn of(incoming: &'a Incoming) -> Result<Self, Fault> {
        let authorization = incoming
            .header("authorization")?
            .filter(|value| value.starts_with("ACS3-"));
        let params = &incoming.params;
        let unsigned_v3 = params.given("Action").is_none()
            && params.given(SIGNATURE_PARAMETER).is_none()
            && incoming.header(ACTION_HEADER)?.is_some();
        Ok(if authorization.is_some() || unsigned_v3 {
            Self::V3(authorization)
        } else {
            Self::V1
        })
    }

    /// The operation that is called, by its name and version, case and all. In
    /// v1 never by the header: node-pop puts the caller's own spelling there.
    pub(super) fn operation(&self, incoming: &Incoming) -> Result<Named, Fault> {
        let (action, version) = match self {
            Self::V1 => (
                incoming.params.required("Action")?,
                incoming.params.required("Version")?,
            ),
            Self::V3(_) => (
                required_header(incoming, ACTION_HEADER, "Action")?,
                required_header(incoming, "x-acs-version", "Version")?,
            ),
        };
        Operation::find(action)
            .filter(|_| version == VERSION)
            .ok_or(Fault::UnknownOperation)
    }
}

/// Checks the common parameters, then the caller.
pub(super) fn authenticate(
    plane: &Plane,
    incoming: &Incoming,
    scheme: &Scheme<'_>,
    now: Timestamp,
) -> Result<Caller, Fault> {
    match scheme {
        Scheme::V1 => authenticate_v1(plane, incoming, now),
        Scheme::V3(authorization) => authenticate_v3(plane, incoming, *authorization, now),
    }
}

/// Two common parameters are signed like any other and otherwise without effect.
///
/// `SecurityToken`: there is no token service here, and the signature by a
/// lasting access key already says who calls.
///
/// `RegionId`: the region of a call is the region of the endpoint, and this
/// server has one, the configured region. py-core sends the region of its
/// client with every call, whatever server it talks to, so another name is
/// no mistake of the caller's.
fn authenticate_v1(plane: &Plane, incoming: &Incoming, now: Timestamp) -> Result<Caller, Fault> {
    let params = &incoming.params;
    check_format(incoming)?;
    check_signature_type(incoming)?;
    let access_key = params.required("AccessKeyId")?;
    let signature = params.required(SIGNATURE_PARAMETER)?;
    // The error table remarks that this one may be left out.
    if params
        .optional("SignatureMethod")
        .is_some_and(|method| method != "HMAC-SHA1")
    {
        return Err(Fault::SignatureMethod);
    }
    if params.required("SignatureVersion")? != "1.0" {
        return Err(Fault::invalid("SignatureVersion"));
    }
    let nonce = params.required("SignatureNonce")?;
    let unix = clock::parse(params.required("Timestamp")?).map_err(|_| Fault::TimeMalformed)?;

    let presented = Presented {
        access_key,
        unix,
        nonce,
    };
    let caller = plane
        .gate
        .admit(&plane.ops.snapshot(), &presented, now, |secret| {
            v1::verify(
                secret,
                incoming.method().as_str(),
                params.as_slice(),
                signature,
            )
            .map_err(AuthError::SignatureV1)
        })?;
    Ok(caller)
}

fn authenticate_v3(
    plane: &Plane,
    incoming: &Incoming,
    authorization: Option<&str>,
    now: Timestamp,
) -> Result<Caller, Fault> {
    check_format(incoming)?;
    check_signature_type(incoming)?;
    let authorization = authorization
        .ok_or_else(|| Fault::IncompleteSignature("Header Authorization is missing.".to_owned()))?;
    let authorization =
        Authorization::parse(authorization).map_err(|malformed| match malformed {
            MalformedAuthorization::UnsupportedAlgorithm => Fault::SignatureMethod,
            // Says which field, never what it holds.
            other => Fault::IncompleteSignature(format!("Header Authorization: {other}.")),
        })?;
    // An absent header is reported under the name that v1 has for it.
    let nonce = required_header(incoming, "x-acs-signature-nonce", "SignatureNonce")?;
    let unix = clock::parse(required_header(incoming, "x-acs-date", "Timestamp")?)
        .map_err(|_| Fault::TimeMalformed)?;

    let presented = Presented {
        access_key: &authorization.access_key_id,
        unix,
        nonce,
    };
    let caller = plane
        .gate
        .admit(&plane.ops.snapshot(), &presented, now, |secret| {
            let headers = incoming.headers();
            v3::verify(
                secret,
                &incoming.as_signed(&headers),
                &authorization,
                &CLOUD_API_RULES,
            )
            .map_err(AuthError::SignatureV3)
        })?;
    Ok(caller)
}

/// What is answered in is chosen elsewhere, also for a call that is refused;
/// here a format that is none is refused.
fn check_format(incoming: &Incoming) -> Result<(), Fault> {
    match incoming.params.optional(format::PARAMETER) {
        Some(name) if Format::named(name).is_none() => Err(Fault::Format),
        _ => Ok(()),
    }
}

/// Only the signature by an access key is spoken here. A bearer token says that
/// it comes in its place, in either scheme; py-core sends the parameter empty.
fn check_signature_type(incoming: &Incoming) -> Result<(), Fault> {
    match incoming.params.optional("SignatureType") {
        None => Ok(()),
        Some(_) => Err(Fault::invalid("SignatureType")),
    }
}

fn required_header<'a>(
    incoming: &'a Incoming,
    header: &'static str,
    name: &'static str,
) -> Result<&'a str, Fault> {
    incoming
        .header(header)?
        .filter(|value| !value.is_empty())
        .ok_or(Fault::Missing(name))
}

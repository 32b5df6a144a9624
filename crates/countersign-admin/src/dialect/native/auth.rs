//! How a native call says who it is from. Signed with ACS3-HMAC-SHA256 it may
//! come over any transport. HTTP Basic shows the access key's secret itself,
//! so it is taken from this very machine only, where nothing can listen in.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_sign::{
    Secret,
    alibaba::request_auth::{
        clock,
        v3::{self, Authorization, CONTENT_SHA256_HEADER, HeaderRules, MalformedAuthorization},
    },
};
use http::{HeaderMap, header::AUTHORIZATION, request::Parts};
use zeroize::Zeroizing;

use super::Refusal;
use crate::{
    admin::Plane,
    auth::{AuthError, Caller, Presented},
    dialect::header,
};

const DATE: &str = "x-acs-date";
const NONCE: &str = "x-acs-signature-nonce";

/// What has to be signed: as for CloudAPI, without the action and the version,
/// which the path tells here.
const RULES: HeaderRules<'static> = HeaderRules {
    required: &["host", DATE, NONCE, CONTENT_SHA256_HEADER],
    required_prefixes: &["x-acs-"],
};

/// Who calls.
pub(super) fn authenticate(plane: &Plane, parts: &Parts, body: &[u8]) -> Result<Caller, Refusal> {
    let Some(authorization) = single(&parts.headers, AUTHORIZATION.as_str())? else {
        return Err(Refusal::Unauthenticated);
    };
    match basic(authorization) {
        Some(credentials) => by_secret(plane, parts, credentials),
        None => by_signature(plane, parts, body, authorization),
    }
}

fn by_signature(
    plane: &Plane,
    parts: &Parts,
    body: &[u8],
    authorization: &str,
) -> Result<Caller, Refusal> {
    let authorization =
        Authorization::parse(authorization).map_err(|malformed| match malformed {
            MalformedAuthorization::OtherScheme => Refusal::Unauthenticated,
            other => Refusal::MalformedAuthorization(other.to_string()),
        })?;
    let nonce = required(&parts.headers, NONCE)?;
    let unix = clock::parse(required(&parts.headers, DATE)?)
        .map_err(|_| Refusal::MalformedAuthorization(BAD_DATE.to_owned()))?;
    let headers = header::texts(&parts.headers);
    let request = v3::Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &headers,
        body,
    };
    let presented = Presented {
        access_key: &authorization.access_key_id,
        unix,
        nonce,
    };
    let caller = plane
        .gate
        .admit(&plane.ops.snapshot(), &presented, plane.now(), |secret| {
            v3::verify(secret, &request, &authorization, &RULES).map_err(AuthError::SignatureV3)
        })?;
    Ok(caller)
}

const BAD_DATE: &str = "header x-acs-date is not a time of the form YYYY-MM-DDThh:mm:ssZ";

fn by_secret(plane: &Plane, parts: &Parts, credentials: &str) -> Result<Caller, Refusal> {
    if !is_from_this_machine(parts) {
        return Err(Refusal::InsecureTransport);
    }
    let malformed = || {
        Refusal::MalformedAuthorization(
            "HTTP Basic takes Base64 of 'access key id:secret'".to_owned(),
        )
    };
    let decoded = Zeroizing::new(STANDARD.decode(credentials).map_err(|_| malformed())?);
    let text = std::str::from_utf8(&decoded).map_err(|_| malformed())?;
    let (id, secret) = text.split_once(':').ok_or_else(malformed)?;
    Ok(plane
        .gate
        .admit_by_secret(&plane.ops.snapshot(), id, &Secret::new(secret.to_owned()))?)
}

/// Whether the connection is local from end to end: a proxy on this machine is
/// a local peer, but its own client may be anywhere.
fn is_from_this_machine(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let is_local = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    is_local
        && !forwarded
            .iter()
            .any(|name| parts.headers.contains_key(*name))
}

fn basic(authorization: &str) -> Option<&str> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("Basic")
        .then_some(credentials.trim())
}

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    header::single(headers, name).map_err(|header::NotOneText| {
        Refusal::MalformedAuthorization(format!("header {name} is repeated or not UTF-8"))
    })
}

fn required<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let value = single(headers, name)?.filter(|value| !value.is_empty());
    value.ok_or_else(|| Refusal::MalformedAuthorization(format!("header {name} is missing")))
}

//! How a call says who it is from: SDK-HMAC-SHA256 with an access key, or a
//! user's token (spec 1.2 to 1.4, 1.7).

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use countersign_core::Snapshot;
use countersign_sign::huawei::request_auth::{self, Policy, Request};
use http::{header::AUTHORIZATION, request::Parts};

use super::{
    errors::Fault,
    iam::token::{self, TokenScope},
};
use crate::{
    admin::Plane,
    auth::{AuthError, Caller, SignedWithoutNonce},
    dialect::header,
};

const AUTH_TOKEN: &str = "x-auth-token";

/// Who calls the gateway's API: by a signature, or a token for the project.
pub(super) fn authenticate(
    plane: &Plane,
    parts: &Parts,
    body: &[u8],
    snapshot: &Snapshot,
) -> Result<Caller, Fault> {
    let (caller, scope) = identify(plane, parts, body, snapshot)?;
    match scope {
        None | Some(TokenScope::Project) => Ok(caller),
        Some(TokenScope::Domain | TokenScope::Unscoped) => Err(Fault::TokenWithoutProject),
    }
}

/// Who calls, where a token may be for anything.
pub(super) fn authenticate_in_any_scope(
    plane: &Plane,
    parts: &Parts,
    body: &[u8],
    snapshot: &Snapshot,
) -> Result<Caller, Fault> {
    identify(plane, parts, body, snapshot).map(|(caller, _)| caller)
}

/// Who calls, and what the token is for that was shown. If there is both a
/// signature and a token, the signature counts.
fn identify(
    plane: &Plane,
    parts: &Parts,
    body: &[u8],
    snapshot: &Snapshot,
) -> Result<(Caller, Option<TokenScope>), Fault> {
    if parts.headers.contains_key(AUTHORIZATION) {
        return by_signature(plane, parts, body, snapshot).map(|caller| (caller, None));
    }
    let token = header::single(&parts.headers, AUTH_TOKEN);
    let token = token.map_err(|header::NotOneText| Fault::Auth(AuthError::TokenUnknown))?;
    let token = token.filter(|token| !token.is_empty());
    let text = token.ok_or(Fault::Unauthenticated)?;
    let hash = token::hash(text);
    let caller = plane.gate.admit_by_token(snapshot, &hash, plane.now());
    Ok((caller.map_err(Fault::Auth)?, Some(TokenScope::of(text))))
}

fn by_signature(
    plane: &Plane,
    parts: &Parts,
    body: &[u8],
    snapshot: &Snapshot,
) -> Result<Caller, Fault> {
    let headers = header::texts(&parts.headers);
    let request = Request {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query(),
        headers: &headers,
        body,
    };
    let presented = request_auth::read(&request).map_err(AuthError::SignatureHuawei);
    let presented = presented.map_err(Fault::Auth)?;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let signed = SignedWithoutNonce {
        access_key: presented.access(),
        unix: presented.date().unix(),
        peer: peer.map(|ConnectInfo(peer)| peer.ip().to_canonical()),
    };
    let policy = Policy {
        allow_unsigned_payload: plane.huawei.allow_unsigned_payload,
    };
    let now = plane.now();
    let admitted = plane
        .gate
        .admit_without_nonce(snapshot, &signed, now, |secret| {
            request_auth::verify(&presented, secret, &policy).map_err(AuthError::SignatureHuawei)
        });
    admitted.map_err(|error| Fault::AccessKey {
        access_key: signed.access_key.to_owned(),
        date: presented.date().as_str().to_owned(),
        now,
        error,
    })
}

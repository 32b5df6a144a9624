//! How a call says who it is from: SDK-HMAC-SHA256 with an access key, or a
//! user's token (spec 1.2 to 1.4, 1.7).

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use countersign_core::{Snapshot, TokenHash};
use countersign_sign::huawei::request_auth::{self, Policy, Request};
use http::{header::AUTHORIZATION, request::Parts};
use sha2::{Digest, Sha256};

use super::errors::Fault;
use crate::{
    admin::Plane,
    auth::{AuthError, Caller, SignedWithoutNonce},
    dialect::header,
};

const AUTH_TOKEN: &str = "x-auth-token";

/// Who calls. If there is both a signature and a token, the signature counts.
pub(super) fn authenticate(
    plane: &Plane,
    parts: &Parts,
    body: &[u8],
    snapshot: &Snapshot,
) -> Result<Caller, Fault> {
    if parts.headers.contains_key(AUTHORIZATION) {
        return by_signature(plane, parts, body, snapshot);
    }
    let token = header::single(&parts.headers, AUTH_TOKEN);
    let token = token.map_err(|header::NotOneText| Fault::Auth(AuthError::TokenUnknown))?;
    let token = token.filter(|token| !token.is_empty());
    let hash = token_hash(token.ok_or(Fault::Unauthenticated)?);
    let caller = plane.gate.admit_by_token(snapshot, &hash, plane.now());
    caller.map_err(Fault::Auth)
}

/// Under which name a token is remembered.
pub(super) fn token_hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
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

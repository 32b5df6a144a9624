//! The key feed: `GET /api/v1/verifier/keys`, for verifiers and their tokens
//! only. `verifiers/README.md` is the page for those who read it.

use std::{sync::Arc, time::Duration};

use axum::{body::Body, response::Response};
use countersign_core::{
    KeyVersion, RetiredVersion, Scheme, SignatureKey, Signing, Snapshot, Timestamp, TokenHash,
    Verifier, recent::RECENT_SECS,
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout_at};

use super::{Refusal, render_request_id};
use crate::{admin::Plane, dialect::header, request_id::RequestId};

/// For how long a verifier goes on accepting what was replaced: requests may
/// have been on the way, and the clocks of two machines differ.
const GRACE_SECS: u64 = 60;
/// The longest that a question waits for a change.
const WAIT_SECS_MAX: u64 = 60;
/// How many retired versions of one key are told, the newest: only so that a
/// refusal can say that a key was replaced.
const RETIRED_MAX: usize = 20;

/// Under which name a token is remembered.
pub(super) fn token_hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// Answers a verifier: at once, or as soon as its keys are others than it has.
pub(super) async fn serve(
    plane: &Plane,
    headers: &HeaderMap,
    query: &[(String, String)],
    id: &RequestId,
) -> Result<Response, Refusal> {
    let token = token(headers)?;
    let wait = wait(query)?;
    let known = headers.get(IF_NONE_MATCH).map(HeaderValue::as_bytes);
    let until = Instant::now() + Duration::from_secs(wait);
    let mut revisions = plane.ops.revisions();
    let mut stopping = plane.stopping.subscribe();
    loop {
        revisions.mark_unchanged();
        let snapshot = plane.ops.snapshot();
        let verifier = snapshot.verifier_with_token(&token);
        // Revoked while it waited, it is told so.
        let verifier = verifier.ok_or(Refusal::Unauthenticated)?;
        let keys = Value::from(keys(&snapshot, verifier, plane.now()));
        let tag = tag(&keys);
        if known != Some(tag.as_bytes()) {
            let revision = snapshot.revision().number();
            let body = json!({ "revision": revision, "grace_seconds": GRACE_SECS, "keys": keys });
            return Ok(answer(StatusCode::OK, Some(&body), &tag, id));
        }
        let changed = async {
            tokio::select! {
                changed = revisions.changed() => changed.is_ok(),
                _ = stopping.wait_for(|stops| *stops) => false,
            }
        };
        if !timeout_at(until, changed).await.unwrap_or(false) {
            return Ok(answer(StatusCode::NOT_MODIFIED, None, &tag, id));
        }
    }
}

fn token(headers: &HeaderMap) -> Result<TokenHash, Refusal> {
    let header = header::single(headers, AUTHORIZATION.as_str());
    let header = header.map_err(|header::NotOneText| Refusal::Unauthenticated)?;
    let (scheme, token) = header
        .and_then(|value| value.split_once(' '))
        .ok_or(Refusal::Unauthenticated)?;
    match scheme.eq_ignore_ascii_case("Bearer") {
        true => Ok(token_hash(token.trim())),
        false => Err(Refusal::Unauthenticated),
    }
}

/// `wait`, in seconds; absent is none.
fn wait(query: &[(String, String)]) -> Result<u64, Refusal> {
    match query {
        [] => Ok(0),
        [(name, value)] if name == "wait" => {
            let seconds = value.parse().ok().filter(|wait| *wait <= WAIT_SECS_MAX);
            let why = format!("it has to be a number of seconds from 0 to {WAIT_SECS_MAX}");
            seconds.ok_or_else(|| Refusal::field("wait", why))
        }
        _ => Err(Refusal::UnknownQuery),
    }
}

fn keys(snapshot: &Snapshot, verifier: &Verifier, now: Timestamp) -> Vec<Value> {
    let keys = snapshot.keys_of_verifier(verifier);
    keys.into_iter()
        .flat_map(|key| versions(snapshot, key, now))
        .collect()
}

/// The versions of one key. One that signed until a moment ago is told as if it
/// still did: a verifier may have heard of none of several changes in between.
fn versions(snapshot: &Snapshot, key: &Arc<SignatureKey>, now: Timestamp) -> Vec<Value> {
    let within = |replaced: Timestamp| now.seconds() - replaced.seconds() <= RECENT_SECS;
    let recent = snapshot.recent_versions(key.id);
    let recent: Vec<_> = recent.filter(|own| within(own.replaced)).collect();
    let is_recent = |own: &RetiredVersion| {
        let mut versions = recent.iter().map(|recent| &recent.version);
        versions.any(|version| version.number == own.number)
    };
    let retired: Vec<_> = snapshot.retired_versions(key.id).collect();
    let retired = retired.into_iter().rev().filter(|own| !is_recent(own));
    let retired = retired.take(RETIRED_MAX);
    let active = [&key.active].into_iter();
    let active = active.chain(recent.iter().map(|own| &own.version));
    let active = active.filter_map(|version| told(key, version, "active"));
    let next = key.next.as_ref().and_then(|next| told(key, next, "next"));
    let retired = retired.filter_map(|own| told_retired(key, own));
    active.chain(next).chain(retired).collect()
}

/// One version with what verifies it; `None` for one that cannot sign.
fn told(key: &Arc<SignatureKey>, version: &KeyVersion, state: &str) -> Option<Value> {
    let mut told = json!({
        "scheme": version.scheme.as_str(),
        "sign_key": version.sign_key.as_str(),
        "name": key.name.as_str(),
        "version": version.number.number(),
        "state": state,
    });
    match version.signing() {
        Signing::Unusable(_) => return None,
        Signing::Rfc9421(signer) if version.scheme == Scheme::Rfc9421KeyPair => {
            // What a signature names is the thumbprint.
            told["sign_key"] = signer.key_id().into();
            told["public_key"] = version.sign_key.as_str().into();
        }
        Signing::Alibaba(_) | Signing::Huawei(_) | Signing::Basic(_) | Signing::Rfc9421(_) => {
            told["secret"] = version.sign_secret.secret().expose().into();
        }
    }
    Some(told)
}

fn told_retired(key: &SignatureKey, version: &RetiredVersion) -> Option<Value> {
    let mut told = json!({
        "scheme": version.scheme.as_str(),
        "sign_key": version.sign_key.as_str(),
        "name": key.name.as_str(),
        "version": version.number.number(),
        "state": "retired",
    });
    match version.scheme {
        Scheme::Aes128Cfb | Scheme::Aes256Cfb => return None,
        Scheme::Rfc9421KeyPair => {
            let public = version.sign_key.as_str();
            let read = countersign_sign::rfc9421::PublicKey::from_spki(public).ok()?;
            told["sign_key"] = read.thumbprint().into();
            told["public_key"] = public.into();
        }
        _ => {}
    }
    Some(told)
}

/// The keys' own tag: another change leaves it as it is.
fn tag(keys: &Value) -> String {
    let digest = Sha256::digest(keys.to_string().as_bytes());
    let short: String = digest[..16].iter().map(|b| format!("{b:02x}")).collect();
    format!("\"{short}\"")
}

fn answer(status: StatusCode, body: Option<&Value>, tag: &str, id: &RequestId) -> Response {
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status == StatusCode::OK {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    render_request_id(headers, id);
    response
}

//! Why a captured request does not verify.

use std::panic::resume_unwind;

use countersign_core::{KeyVersion, SignatureKey};
use countersign_sign::explain::{Captured, KeyCandidate, explain as explained};
use countersign_sign::rfc9421::PublicKey;
use countersign_sign::verifier::{Key, KeyState, Options, Scheme};
use http::HeaderName;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::{Answer, Call, Refusal, body::Fields};
use crate::ops::Page;

/// The most other keys that are tried as possible mistakes.
const OTHER_KEYS_MAX: usize = 1000;
const FIELDS: [&str; 6] = [
    "method",
    "target",
    "headers",
    "body_base64",
    "now",
    "header",
];

/// `POST /api/v1/keys/{key}/explain`: for a caller who may read the sign secret. The
/// answer holds none.
pub(super) async fn explain(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.query_is_only(&[])?;
    let snapshot = call.plane.ops.snapshot();
    let key = call
        .plane
        .ops
        .signature_key(call.caller, &snapshot, call.named)?;
    // What is told here is as good as the secret to whoever can try many requests.
    call.plane.ops.reveal(call.caller, &key)?;

    let given = Fields::read(call.headers, call.body)?.into_value(&FIELDS)?;
    let captured = Captured::from_json(&given).map_err(|bad| Refusal::field(bad.field, bad.why))?;
    let now = now(&given, call)?;
    let options = options(&given)?;

    let retired = snapshot.retired_versions(key.id).filter_map(|version| {
        let scheme = version.scheme.as_str().parse().ok()?;
        let sign_key = match scheme {
            Scheme::Rfc9421KeyPair => PublicKey::from_spki(version.sign_key.as_str())
                .ok()?
                .thumbprint(),
            _ => version.sign_key.as_str().to_owned(),
        };
        let retired = Key::retired(scheme, &sign_key);
        Some(retired.named(key.name.as_str(), version.number.number()))
    });
    let asked = versions(&key).chain(retired).map(KeyCandidate::asked);
    let mut candidates: Vec<_> = asked.collect();
    let page = Page::numbered(1, OTHER_KEYS_MAX);
    let is_other = |other: &SignatureKey| other.id != key.id;
    let others = call
        .plane
        .ops
        .signature_keys(call.caller, &snapshot, is_other, page)?;
    for other in &others.items {
        call.plane.ops.reveal(call.caller, other)?;
        candidates.extend(versions(other).map(KeyCandidate::other));
    }
    // Some thousand signatures: too long for a thread that serves others.
    let work = spawn_blocking(move || explained(&captured, &candidates, &options, now).to_json());
    match work.await {
        Ok(body) => Ok(Answer::of(body)),
        // A defect of ours, which ends this call as it would have here.
        Err(error) => resume_unwind(error.into_panic()),
    }
}

/// The versions whose secret is known.
fn versions(key: &SignatureKey) -> impl Iterator<Item = Key> {
    let active = verifying(key, &key.active, KeyState::Active);
    let next = key.next.as_ref();
    let next = next.and_then(|next| verifying(key, next, KeyState::Next));
    active.into_iter().chain(next)
}

/// `None` for a scheme that signs nothing.
fn verifying(key: &SignatureKey, version: &KeyVersion, state: KeyState) -> Option<Key> {
    let scheme = version.scheme.as_str().parse().ok()?;
    let sign_key = version.sign_key.as_str();
    let made = match scheme {
        Scheme::Rfc9421KeyPair => Key::key_pair(sign_key, PublicKey::from_spki(sign_key).ok()?),
        _ => Key::shared(scheme, sign_key, version.sign_secret.secret().clone()).ok()?,
    };
    let made = made.named(key.name.as_str(), version.number.number());
    Some(made.in_state(state))
}

/// The receiver's clock: the plane's, unless the body has another.
fn now(given: &Value, call: &Call<'_>) -> Result<i64, Refusal> {
    match given.get("now") {
        None | Some(Value::Null) => Ok(call.plane.now().seconds()),
        Some(now) => now
            .as_i64()
            .ok_or_else(|| Refusal::field("now", "it has to be seconds since 1970")),
    }
}

fn options(given: &Value) -> Result<Options, Refusal> {
    let mut options = Options::default();
    match given.get("header") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) if name.parse::<HeaderName>().is_ok() => {
            options.header.clone_from(name);
        }
        Some(_) => return Err(Refusal::field("header", "it has to be a header's name")),
    }
    Ok(options)
}

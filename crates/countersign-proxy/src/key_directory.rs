//! The public keys that backends check signatures of RFC 9421 with, as a JSON
//! Web Key Set (RFC 7517, section 5) in the media type of
//! draft-meunier-http-message-signatures-directory. Served at hosts that no
//! group is called at, so that it takes no path away from an API.

mod prefix;

use std::{borrow::Cow, fmt::Write};

use bytes::Bytes;
use countersign_core::{Scheme, SignatureKey, SignatureKeyId, Snapshot, Timestamp};
use countersign_sign::rfc9421::{Algorithm, PublicKey};
use http::{HeaderValue, Method, Response, header};

use crate::{fault::Fault, mapping::percent_decode, signing::LIFETIME_SECS};

pub use prefix::{BadUriPrefix, PublicKeyUriPrefix};

/// The media type of the answer.
const MEDIA_TYPE: HeaderValue =
    HeaderValue::from_static("application/http-message-signatures-directory+json");
/// How long a verifier need not ask again, unless it meets a key that it does
/// not know.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// The signature key that a request for the directory asks for, by its name or
/// its id. `None` when the request is for something else.
pub(crate) fn asked<'p>(
    prefix: &PublicKeyUriPrefix,
    method: &Method,
    path: &'p str,
) -> Option<Cow<'p, str>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let name = path.strip_prefix(prefix.as_str())?;
    (!name.is_empty() && !name.contains('/')).then(|| percent_decode(name))
}

/// The public keys of the signature key `asked`: those that sign, and those
/// retired so lately that a request which they signed may still be under way.
pub(crate) fn answer(
    snapshot: &Snapshot,
    asked: &str,
    now: Timestamp,
) -> Result<Response<Bytes>, Fault> {
    let keys = public_keys(snapshot, asked, now);
    if keys.is_empty() {
        return Err(Fault::NoPublicKey);
    }
    let mut response = Response::new(Bytes::from(key_set(&keys)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
    headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    Ok(response)
}

/// An id names one signature key and nobody can choose it; a name may be that
/// of several, in one account or in more.
fn named<'s>(snapshot: &'s Snapshot, asked: &str) -> Vec<&'s SignatureKey> {
    let by_id = SignatureKeyId::parse(asked).ok();
    if let Some(key) = by_id.and_then(|id| snapshot.signature_key(id)) {
        return vec![key];
    }
    let mut keys: Vec<_> = snapshot
        .signature_keys_named(asked)
        .map(|key| &**key)
        .collect();
    keys.sort_unstable_by_key(|key| (key.created_revision, key.id));
    keys
}

fn public_keys(snapshot: &Snapshot, asked: &str, now: Timestamp) -> Vec<PublicKey> {
    let oldest = now.seconds().saturating_sub(LIFETIME_SECS);
    let mut found: Vec<PublicKey> = Vec::new();
    for key in named(snapshot, asked) {
        let active = (key.active.scheme, &key.active.sign_key);
        let retired = snapshot
            .retired_versions(key.id)
            .filter(|version| version.retired.seconds() >= oldest)
            .map(|version| (version.scheme, &version.sign_key));
        for (scheme, sign_key) in [active].into_iter().chain(retired) {
            if scheme != Scheme::Rfc9421KeyPair {
                continue;
            }
            // What is no public key has never signed.
            let Ok(key) = PublicKey::from_spki(sign_key.as_str()) else {
                continue;
            };
            if !found.contains(&key) {
                found.push(key);
            }
        }
    }
    found
}

fn key_set(keys: &[PublicKey]) -> String {
    let mut text = String::from("{\"keys\":[");
    for (index, key) in keys.iter().enumerate() {
        let jwk = key.jwk();
        let members = jwk.to_json();
        let comma = if index > 0 { "," } else { "" };
        // Every text is Base64url or one of ours, so that nothing is escaped.
        write!(
            text,
            "{comma}{{\"kid\":\"{}\",\"use\":\"sig\",\"alg\":\"{}\",{}",
            jwk.thumbprint(),
            jose_name(key.algorithm()),
            members.trim_start_matches('{')
        )
        .expect("writing to memory does not fail");
    }
    text.push_str("]}");
    text
}

/// The algorithm's name in JSON Web Keys (RFC 7518 section 3.1, RFC 8037
/// section 3.1).
fn jose_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        // Has no public key.
        Algorithm::HmacSha256 => "HS256",
        Algorithm::Ed25519 => "EdDSA",
        Algorithm::EcdsaP256Sha256 => "ES256",
        Algorithm::RsaPssSha512 => "PS512",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for() {
        let prefix = PublicKeyUriPrefix::default();
        let ask = |method: Method, path| asked(&prefix, &method, path);
        for (path, expected) in [
            ("/apigw/authadv/v2/public-key/orders", Some("orders")),
            ("/apigw/authadv/v2/public-key/a%5Fb", Some("a_b")),
            ("/apigw/authadv/v2/public-key/", None),
            ("/apigw/authadv/v2/public-key", None),
            ("/apigw/authadv/v2/public-key/a/b", None),
            ("/x/apigw/authadv/v2/public-key/a", None),
        ] {
            assert_eq!(ask(Method::GET, path).as_deref(), expected, "{path}");
            assert_eq!(ask(Method::HEAD, path).as_deref(), expected, "{path}");
            assert_eq!(ask(Method::POST, path), None);
        }
    }
}

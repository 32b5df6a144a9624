//! Signing as a client does.

use super::authorization::Authorization;
use super::canonical::canonical_request;
use super::signed_headers::SignedHeaders;
use super::{CONTENT_SHA256_HEADER, Request, body_sha256, sign, string_to_sign};
use crate::alibaba::request_auth::clock;
use crate::params::decode;
use crate::secret::Secret;

/// The six headers that every signed call carries: host, action, version, date,
/// nonce and the digest of the body. Time and nonce come from the caller.
pub fn standard_headers(
    host: &str,
    action: &str,
    version: &str,
    now_unix: i64,
    nonce: &str,
    body: &[u8],
) -> [(&'static str, String); 6] {
    [
        ("host", host.to_owned()),
        ("x-acs-action", action.to_owned()),
        ("x-acs-version", version.to_owned()),
        ("x-acs-date", clock::format(now_unix)),
        ("x-acs-signature-nonce", nonce.to_owned()),
        (CONTENT_SHA256_HEADER, body_sha256(body)),
    ]
}

/// The value of the `Authorization` header for `request`, signing every header it
/// holds. Those that the server demands ([`standard_headers`]) have to be among
/// them, and no header that is changed on the way may be.
pub fn sign_request(access_key_id: &str, secret: &Secret, request: &Request<'_>) -> String {
    let signed_headers = SignedHeaders::of(request.headers.iter().map(|(name, _)| *name));
    let params: Vec<_> = decode(request.query.unwrap_or_default().as_bytes()).collect();
    let canonical = canonical_request(
        request.method,
        request.path,
        &params,
        request.headers,
        &signed_headers,
        &body_sha256(request.body),
    );
    Authorization {
        access_key_id: access_key_id.to_owned(),
        signature: sign(secret, &string_to_sign(&canonical)),
        signed_headers,
    }
    .header_value()
}

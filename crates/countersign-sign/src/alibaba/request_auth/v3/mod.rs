//! The V3 request signature, `ACS3-HMAC-SHA256` (spec section 1.6).
//!
//! The native API signs with the same algorithm; what differs from one API to
//! the other, which headers have to be signed, is a parameter ([`HeaderRules`]).

mod authorization;
mod canonical;
mod client;
mod signed_headers;
mod verify;

pub use authorization::{Authorization, MalformedAuthorization};
pub use canonical::{canonical_path, canonical_query, canonical_request};
pub use client::{sign_request, standard_headers};
pub use signed_headers::{NotCanonical, SignedHeaders};
pub use verify::{CLOUD_API_RULES, HeaderRules, Mismatch, Refusal, verify};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The name of the algorithm.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// The header that carries the digest of the body.
pub const CONTENT_SHA256_HEADER: &str = "x-acs-content-sha256";

/// A request, as received or as about to be sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method; signed in upper case.
    pub method: &'a str,
    /// The raw path, without query.
    pub path: &'a str,
    /// The raw query, without `?`.
    pub query: Option<&'a str>,
    /// Names in any case, values as UTF-8; blanks around values are ignored.
    pub headers: &'a [(&'a str, &'a str)],
    /// The raw body, without transfer coding.
    pub body: &'a [u8],
}

/// The digest of a body: lower-case hex of its SHA-256, 64 characters.
pub fn body_sha256(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// The string to sign: the algorithm and the lower-case hex SHA-256 of the
/// canonical request.
pub fn string_to_sign(canonical_request: &str) -> String {
    let digest = Sha256::digest(canonical_request);
    format!("{ALGORITHM}\n{}", hex::encode(digest))
}

/// The signature: lower-case hex of HMAC-SHA256 with the plain secret, 64 characters.
pub fn sign(secret: &Secret, string_to_sign: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(string_to_sign.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

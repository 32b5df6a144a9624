//! Signing what is about to be sent to a backend: the hot path.

use std::fmt;

use super::super::canonical::{self, Order, Plus, Reading, Sorter};
use super::super::date::SdkDate;
use super::super::key::{SigningKey, string_to_sign};
use super::super::payload::PayloadHash;
use super::super::request::{trim, write_line, write_method_and_uri};
use super::super::{ALGORITHM, HOST, UNSIGNED_PAYLOAD, X_SDK_CONTENT_SHA256, X_SDK_DATE};
use crate::secret::Secret;

/// A ready-made signing key: the sign key and the HMAC state prepared from its
/// secret. Made once for a version of a signature key and shared by all requests.
///
/// `Debug` shows the sign key, which is public; the state is wiped on drop.
#[derive(Clone)]
pub struct Signer {
    sign_key: Box<str>,
    key: SigningKey,
}

/// What is about to be sent, exactly as it will be sent.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The method; signed in upper case.
    pub method: &'a str,
    /// The raw path, without query.
    pub path: &'a str,
    /// The raw query, without `?`; best in the form [`canonical_query`] gives it,
    /// which is the one all verifiers read alike.
    pub query: Option<&'a str>,
    /// The value of `Host`, with the port if it is sent.
    pub host: &'a str,
    /// The value of [`X_SDK_DATE`].
    pub date: &'a SdkDate,
    /// What is signed of the body.
    pub payload: Payload<'a>,
}

/// What is signed of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// There is no body, or an empty one.
    Empty,
    /// This digest of its bytes.
    Sha256(&'a PayloadHash),
    /// Nothing; [`X_SDK_CONTENT_SHA256`] has to be sent as [`UNSIGNED_PAYLOAD`].
    Unsigned,
}

/// How the gateway reads a query: the forms of browsers and nearly all frameworks
/// have `+` for a space.
const READING: Reading = Reading {
    plus: Plus::Space,
    order: Order::Decoded,
};

/// Appends the query that a gateway forwards instead of `raw` when it signs with
/// this scheme (spec section 5.2): sorted, encoded, `+` written as `%20`. Read as a
/// form it says the same, parameters of one name sorted by value.
pub fn canonical_query(raw: &str, out: &mut String) {
    canonical::canonical_query(raw, READING, out);
}

impl Signer {
    /// Prepares the HMAC state for `secret`.
    pub fn new(sign_key: &str, secret: &Secret) -> Self {
        Self {
            sign_key: sign_key.into(),
            key: SigningKey::new(secret),
        }
    }

    /// The sign key, sent as `Access`.
    pub fn sign_key(&self) -> &str {
        &self.sign_key
    }

    /// The value of the `Authorization` header for `request`, in the exact spelling
    /// that verifiers comparing text expect. Signed are the host and the date, and
    /// [`X_SDK_CONTENT_SHA256`] with [`Payload::Unsigned`] (spec section 5.2).
    ///
    /// Allocates nothing once `scratch` has grown.
    pub fn authorization<'s>(&self, request: &Outgoing<'_>, scratch: &'s mut Scratch) -> &'s [u8] {
        let Scratch {
            sorter,
            canonical,
            header,
        } = scratch;
        canonical.clear();
        request.write(sorter, canonical);
        let signature = self.key.sign(request.date, canonical);
        header.clear();
        for part in [
            ALGORITHM,
            " Access=",
            &self.sign_key,
            ", SignedHeaders=",
            request.payload.signed_headers(),
            ", Signature=",
            signature.as_str(),
        ] {
            header.push_str(part);
        }
        header.as_bytes()
    }

    /// The canonical request of `request`, for explanations and tests.
    pub fn canonical_request(&self, request: &Outgoing<'_>) -> String {
        let mut out = String::new();
        request.write(&mut Sorter::default(), &mut out);
        out
    }

    /// The string to sign of `request`, for explanations and tests.
    pub fn string_to_sign(&self, request: &Outgoing<'_>) -> String {
        string_to_sign(request.date, &self.canonical_request(request))
    }

    pub(super) fn key(&self) -> &SigningKey {
        &self.key
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("sign_key", &self.sign_key)
            .finish_non_exhaustive()
    }
}

impl Outgoing<'_> {
    /// Appends the canonical request.
    fn write(&self, sorter: &mut Sorter, out: &mut String) {
        write_method_and_uri(self.method, self.path, out);
        sorter.write(self.query.unwrap_or_default(), READING, out);
        out.push('\n');
        write_line(HOST, trim(self.host), out);
        if self.payload == Payload::Unsigned {
            write_line(X_SDK_CONTENT_SHA256, UNSIGNED_PAYLOAD, out);
        }
        write_line(X_SDK_DATE, self.date.as_str(), out);
        out.push('\n');
        out.push_str(self.payload.signed_headers());
        out.push('\n');
        out.push_str(self.payload.line());
    }
}

impl Payload<'_> {
    /// The list of signed headers, sorted.
    fn signed_headers(&self) -> &'static str {
        match self {
            Self::Empty | Self::Sha256(_) => "host;x-sdk-date",
            Self::Unsigned => "host;x-sdk-content-sha256;x-sdk-date",
        }
    }

    fn line(&self) -> &str {
        static EMPTY: PayloadHash = PayloadHash::EMPTY;
        match self {
            Self::Empty => EMPTY.as_str(),
            Self::Sha256(digest) => digest.as_str(),
            Self::Unsigned => UNSIGNED_PAYLOAD,
        }
    }
}

/// Buffers that [`Signer::authorization`] reuses from request to request. One for
/// each worker; holds the last request signed until the next, hence the bare `Debug`.
#[derive(Default)]
pub struct Scratch {
    sorter: Sorter,
    canonical: String,
    header: String,
}

impl Scratch {
    /// Empty buffers, which grow as needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// What [`canonical_query`] makes of `raw`; allocates nothing once the buffers
    /// have grown.
    pub fn canonical_query(&mut self, raw: &str) -> &str {
        self.canonical.clear();
        self.sorter.write(raw, READING, &mut self.canonical);
        &self.canonical
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

#[cfg(test)]
mod tests;

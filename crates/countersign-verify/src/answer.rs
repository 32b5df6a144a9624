//! What is answered, and the headers that tell of a verdict.

use bytes::Bytes;
use countersign_sign::verifier::{BodyCheck, REFUSAL_HEADER, Refusal, Verified};
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The body of an answer.
pub(crate) type Body = UnsyncBoxBody<Bytes, hyper::Error>;

pub(crate) const REFUSAL: HeaderName = HeaderName::from_static(REFUSAL_HEADER);
const SCHEME: HeaderName = HeaderName::from_static("x-countersign-scheme");
const SIGN_KEY: HeaderName = HeaderName::from_static("x-countersign-sign-key");
const KEY_NAME: HeaderName = HeaderName::from_static("x-countersign-key-name");
const KEY_VERSION: HeaderName = HeaderName::from_static("x-countersign-key-version");
const BODY: HeaderName = HeaderName::from_static("x-countersign-body");
const ERROR: HeaderName = HeaderName::from_static("x-countersign-error");

/// The headers that only a verifier may set.
pub(crate) const OWN: [HeaderName; 6] = [REFUSAL, SCHEME, SIGN_KEY, KEY_NAME, KEY_VERSION, BODY];

/// What stands encoded in the value of a header: what is no visible ASCII, and the mark
/// itself.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// What the verifier knows of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyWord {
    /// It is the one that was signed.
    Verified,
    /// There is none.
    None,
    /// The signature leaves it open, or it was not seen.
    Unverified,
}

impl BodyWord {
    /// `is_empty` says whether there is a body, where that is known.
    pub(crate) fn of(verified: &Verified, is_empty: Option<bool>) -> Self {
        match (is_empty, verified.body()) {
            (Some(true), _) => Self::None,
            (Some(false), BodyCheck::Fits) => Self::Verified,
            _ => Self::Unverified,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::None => "none",
            Self::Unverified => "unverified",
        }
    }
}

/// Tells of a request that fits. A name that is not ASCII stands percent-encoded.
pub(crate) fn tell_verified(headers: &mut HeaderMap, verified: &Verified, body: BodyWord) {
    let text = |text: &str| {
        let encoded = utf8_percent_encode(text, ENCODED).to_string();
        HeaderValue::try_from(encoded).unwrap_or(HeaderValue::from_static(""))
    };
    headers.insert(SCHEME, HeaderValue::from_static(verified.scheme().as_str()));
    headers.insert(SIGN_KEY, text(verified.sign_key()));
    headers.insert(KEY_NAME, text(verified.name()));
    headers.insert(KEY_VERSION, HeaderValue::from(verified.version()));
    headers.insert(BODY, HeaderValue::from_static(body.as_str()));
}

/// Tells why a request was refused, or would have been.
pub(crate) fn tell_refused(headers: &mut HeaderMap, refusal: &Refusal) {
    headers.insert(REFUSAL, HeaderValue::from_static(refusal.as_str()));
}

/// The answer to a request that is refused.
pub(crate) fn refused(status: StatusCode, refusal: &Refusal) -> Response<Body> {
    let mut response = json(status, refusal.as_str());
    tell_refused(response.headers_mut(), refusal);
    response
}

/// The answer to a request that failed for another reason.
pub(crate) fn failed(status: StatusCode, code: &'static str) -> Response<Body> {
    let mut response = json(status, code);
    let headers = response.headers_mut();
    headers.insert(ERROR, HeaderValue::from_static(code));
    response
}

/// 200 without a body.
pub(crate) fn empty() -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer of a listener to bytes that are no request, and the end of the connection.
pub(crate) fn bytes_of_failure(status: StatusCode, code: &str) -> Vec<u8> {
    let body = json_text(code);
    format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/json\r\nx-countersign-error: {code}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        body.len(),
    )
    .into_bytes()
}

fn json(status: StatusCode, name: &str) -> Response<Body> {
    let mut response = Response::new(full(json_text(name).into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn json_text(name: &str) -> String {
    format!("{{\"error\":\"{name}\"}}")
}

pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

//! What a refused request is answered.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};

use crate::verifier::{REFUSAL_HEADER, Refusal};

pub(super) const HEADER: HeaderName = HeaderName::from_static(REFUSAL_HEADER);

/// The name of the refusal as the value of a header.
pub(super) fn value(refusal: &Refusal) -> HeaderValue {
    HeaderValue::from_static(refusal.as_str())
}

/// 401 with the name of the refusal.
pub(super) fn answer<B: From<Bytes>>(refusal: &Refusal) -> Response<B> {
    let body = format!("{{\"error\":\"{}\"}}", refusal.as_str());
    let mut response = Response::new(B::from(body.into()));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(HEADER, value(refusal));
    response
}

/// 400 for a body that broke off: there is nobody to read more.
pub(super) fn broken<B: From<Bytes>>() -> Response<B> {
    let mut response = Response::new(B::from(Bytes::new()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

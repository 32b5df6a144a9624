//! The answers that the gateway gives itself.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use crate::{fault::Fault, header_name, request_id::RequestId};

/// The head and body of the answer to `fault`.
pub(crate) fn answer(fault: &Fault, id: &RequestId) -> Response<Bytes> {
    let shown = fault.shown();
    let mut response = Response::new(Bytes::from(body(fault, id)));
    *response.status_mut() = shown.status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header_name::ERROR, HeaderValue::from_static(shown.code));
    headers.insert(
        header_name::VENDOR_ERROR_CODE,
        HeaderValue::from_static(shown.vendor_code),
    );
    headers.insert(
        header_name::VENDOR_ERROR_MESSAGE,
        message_value(fault.message()),
    );
    let id = HeaderValue::from_bytes(id).expect("a request id is hex digits and hyphens");
    headers.insert(header_name::REQUEST_ID, id);
    if fault.closes() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn message_value(message: Cow<'static, str>) -> HeaderValue {
    match message {
        Cow::Borrowed(message) => HeaderValue::from_static(message),
        Cow::Owned(message) => {
            HeaderValue::try_from(message).expect("a fault's message is visible ASCII")
        }
    }
}

/// The same as bytes, for when the HTTP library no longer speaks for us. The
/// connection closes after it.
pub(crate) fn answer_bytes(fault: &Fault, id: &RequestId) -> Vec<u8> {
    let shown = fault.shown();
    let body = body(fault, id);
    format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/json\r\nx-countersign-error: {}\r\nx-ca-error-code: {}\r\n\
         x-ca-error-message: {}\r\nx-ca-request-id: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        shown.status.as_u16(),
        shown.status.canonical_reason().unwrap_or_default(),
        shown.code,
        shown.vendor_code,
        fault.message(),
        id.escape_ascii(),
        body.len(),
    )
    .into_bytes()
}

/// Every part is plain ASCII without anything that JSON escapes.
fn body(fault: &Fault, id: &RequestId) -> String {
    let shown = fault.shown();
    format!(
        "{{\"Code\":\"{}\",\"Message\":\"{}\",\"RequestId\":\"{}\"}}",
        shown.code,
        fault.message(),
        id.escape_ascii()
    )
}

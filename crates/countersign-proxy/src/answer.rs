//! The answers that the gateway gives itself when something is wrong.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, header};

use crate::{
    fault::Fault,
    header_name,
    manner::Manner,
    request_id::{self, RequestId},
};

/// The head and body of the answer to `fault`, but for what all answers have.
pub(crate) fn answer(fault: &Fault, manner: Manner, id: &RequestId) -> Response<Bytes> {
    let shown = fault.shown();
    let body = match manner {
        Manner::Alibaba => body(fault, id),
        Manner::Huawei => huawei_body(fault, id),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = fault.status(manner);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header_name::ERROR, HeaderValue::from_static(shown.code));
    if manner == Manner::Alibaba {
        headers.insert(
            header_name::VENDOR_ERROR_CODE,
            HeaderValue::from_static(shown.vendor_code),
        );
        headers.insert(
            header_name::VENDOR_ERROR_MESSAGE,
            message_value(fault.message()),
        );
    }
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

/// The same as bytes, for when the HTTP library no longer speaks for us: what
/// was called is not known then. The connection closes after it.
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

// Every part of the bodies is plain ASCII without anything that JSON escapes.

fn body(fault: &Fault, id: &RequestId) -> String {
    let shown = fault.shown();
    format!(
        "{{\"Code\":\"{}\",\"Message\":\"{}\",\"RequestId\":\"{}\"}}",
        shown.code,
        fault.message(),
        id.escape_ascii()
    )
}

fn huawei_body(fault: &Fault, id: &RequestId) -> String {
    format!(
        "{{\"error_msg\":\"{}\",\"error_code\":\"{}\",\"request_id\":\"{}\"}}",
        fault.huawei_message(),
        fault.huawei().error_code,
        request_id::hex(id).escape_ascii()
    )
}

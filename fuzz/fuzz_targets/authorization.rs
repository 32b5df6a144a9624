//! `Authorization` of any bytes.
#![no_main]

use std::sync::LazyLock;

use axum::body::Body;
use countersign_fuzz::Plane;
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;

static PLANE: LazyLock<Plane> = LazyLock::new(Plane::new);

fuzz_target!(|input: &[u8]| {
    let bare = HeaderValue::from_bytes(input);
    let scheme = HeaderValue::from_bytes(&[b"ACS3-HMAC-SHA256 ", input].concat());
    for value in [bare, scheme].into_iter().flatten() {
        let request = Request::post("/?Format=XML")
            .header("host", "127.0.0.1")
            .header("x-acs-action", "DescribeSignatures")
            .header("x-acs-version", "2016-07-14")
            .header("x-acs-date", "2026-01-02T03:04:05Z")
            .header("x-acs-signature-nonce", "n")
            .header("authorization", value);
        PLANE.send(request.body(Body::empty()).unwrap());
    }
});

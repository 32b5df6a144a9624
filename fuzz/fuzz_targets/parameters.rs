//! Queries and forms of any bytes, not signed.
#![no_main]

use std::sync::LazyLock;

use axum::body::Body;
use countersign_fuzz::{Plane, form_request};
use http::{Request, Uri};
use libfuzzer_sys::fuzz_target;

static PLANE: LazyLock<Plane> = LazyLock::new(Plane::new);

fuzz_target!(|input: &[u8]| {
    PLANE.send(form_request(input.to_vec()));
    let mut uri = b"/?".to_vec();
    uri.extend(input);
    // What is no URI at all, the HTTP library refuses.
    if let Ok(uri) = Uri::try_from(uri) {
        PLANE.send(Request::get(uri).body(Body::empty()).unwrap());
    }
});

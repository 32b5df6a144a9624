//! Bodies that are too large or too slow.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::support::{HOST, OWNER, Plane, basic, native_request};

/// A body that says how long it is and never comes.
struct Silent(u64);

impl HttpBody for Silent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

fn post(uri: &str, body: Silent) -> Request<Body> {
    let request = Request::post(uri)
        .header("host", HOST)
        .header("content-type", "application/x-www-form-urlencoded");
    request.body(Body::new(body)).unwrap()
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let plane = Plane::new().await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let answer = plane.send(post("/?Format=JSON", Silent(10))).await;
    assert_eq!(begun.elapsed().as_secs(), 30);
    insta::assert_snapshot!(answer, @r#"
    408 Request Timeout
    x-countersign-error: body_too_slow
    {
      "Code": "InvalidParameter",
      "HostId": "127.0.0.1:18080",
      "Message": "The request's body took longer than 30 seconds to come.",
      "Recommend": "https://api.aliyun.com/troubleshoot?q=InvalidParameter&product=CloudAPI&requestId=[request id]",
      "RequestId": "[request id]"
    }
    "#);

    let mut native = native_request(
        "POST",
        "/api/v1/keys",
        None,
        Some(&basic(OWNER)),
        "127.0.0.1:50000",
    );
    *native.body_mut() = Body::new(Silent(10));
    assert_eq!(
        plane.send(native).await.native_code(),
        (408, "body_too_slow".to_owned())
    );
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_read() {
    let plane = Plane::new().await;
    let answer = plane.send(post("/", Silent(1024 * 1024 + 1))).await;
    assert_eq!(answer.code(), (413, "InvalidParameter".to_owned()));
}

//! Bodies go through the layer as they came: pieces, trailers, failures.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign_sign::verifier::tower::{Replayed, VerifyLayer};
use countersign_sign::verifier::{Keys, Options, Scheme, Verifier};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

use crate::signed::{NOW, Signed, key, sign};

/// A body in pieces.
struct Pieces(VecDeque<Result<Frame<Bytes>, &'static str>>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(self.0.pop_front())
    }
}

/// Sends a request with this body through the layer; the application gives back what
/// it got. Signed was `whole`.
async fn through(
    whole: &[u8],
    pieces: impl IntoIterator<Item = Result<Frame<Bytes>, &'static str>>,
) -> (StatusCode, Vec<u8>, Option<HeaderMap>) {
    let verifier = Verifier::new(Keys::new([key(Scheme::Huawei)]), Options::default());
    let layer = VerifyLayer::new(Arc::new(verifier), Arc::new(|| NOW));
    let service = layer.layer(service_fn(|request: Request<Replayed<Pieces>>| async {
        let got = request.into_body().collect().await.unwrap();
        let trailers = got.trailers().cloned();
        let mut response = Response::new(Full::new(got.to_bytes()));
        if let Some(trailers) = trailers {
            response.extensions_mut().insert(trailers);
        }
        Ok::<_, Infallible>(response)
    }));
    let signed = sign(Scheme::Huawei, Signed::plain("POST", "/", whole), "");
    let mut request = Request::post("/");
    for (name, value) in &signed.headers {
        request = request.header(name, value);
    }
    let request = request.body(Pieces(pieces.into_iter().collect())).unwrap();
    let mut response = service.oneshot(request).await.unwrap();
    let trailers = response.extensions_mut().remove();
    let body = response.body_mut().collect().await.unwrap().to_bytes();
    (response.status(), body.to_vec(), trailers)
}

fn data(text: &'static str) -> Result<Frame<Bytes>, &'static str> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

#[tokio::test]
async fn pieces_are_put_together() {
    for pieces in [
        vec![],
        vec![data("")],
        vec![data("abc")],
        vec![data(""), data("a"), data(""), data("bc"), data("")],
    ] {
        let texts = pieces.iter().flatten().filter_map(|frame| frame.data_ref());
        let whole: Vec<u8> = texts.flatten().copied().collect();
        let (status, body, trailers) = through(&whole, pieces).await;
        assert_eq!((status, body, trailers), (StatusCode::OK, whole, None));
    }
}

#[tokio::test]
async fn trailers_are_handed_on() {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("1"));
    let pieces = [data("abc"), Ok(Frame::trailers(trailers.clone()))];
    let (status, body, got) = through(b"abc", pieces).await;
    assert_eq!(
        (status, &*body, got),
        (StatusCode::OK, &b"abc"[..], Some(trailers))
    );
}

#[tokio::test]
async fn a_body_that_fails_is_answered_400() {
    let (status, ..) = through(b"abc", [data("abc"), Err("broken")]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

//! The service.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use tower_service::Service;

use super::answer::{HEADER, answer, broken, value};
use super::body::Replayed;
use super::collect::{Collected, collect, is_known_longer};
use super::layer::VerifyLayer;
use super::parts::{headers, target};
use crate::verifier::{Body, Outlook, Refusal, Request as Received, Verified};

/// A service behind a verifier; see [`VerifyLayer`].
#[derive(Clone)]
pub struct Verify<S> {
    inner: S,
    layer: VerifyLayer,
}

impl<S> Verify<S> {
    pub(super) fn new(inner: S, layer: VerifyLayer) -> Self {
        Self { inner, layer }
    }
}

type Answering<R, E> = Pin<Box<dyn Future<Output = Result<R, E>> + Send>>;

impl<S, ReqB, ResB> Service<Request<ReqB>> for Verify<S>
where
    S: Service<Request<Replayed<ReqB>>, Response = Response<ResB>> + Clone + Send + 'static,
    S::Future: Send,
    ReqB: http_body::Body + Send + 'static,
    ReqB::Data: Send,
    ReqB::Error: Send,
    ResB: From<Bytes>,
{
    type Response = Response<ResB>;
    type Error = S::Error;
    type Future = Answering<Self::Response, Self::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqB>) -> Self::Future {
        let clone = self.inner.clone();
        // The clone may not be ready; the one that was asked is.
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            parts.headers.remove(HEADER);
            let Ok((verdict, body)) = layer.verdict(&parts, body).await else {
                return Ok(broken());
            };
            match verdict {
                Ok(verified) => {
                    parts.extensions.insert(verified);
                }
                Err(refusal) => {
                    if let Some(log) = &layer.log {
                        log(&refusal, &parts);
                    }
                    if !layer.verifier.options().observe {
                        return Ok(answer(&refusal));
                    }
                    parts.headers.insert(HEADER, value(&refusal));
                    parts.extensions.insert(Arc::new(refusal));
                }
            }
            inner.call(Request::from_parts(parts, body)).await
        })
    }
}

impl VerifyLayer {
    /// The verdict, and the body as it has to be handed on.
    async fn verdict<B: http_body::Body>(
        &self,
        parts: &Parts,
        body: B,
    ) -> Result<(Result<Verified, Refusal>, Replayed<B>), B::Error> {
        let bytes_max = self.verifier.options().body_bytes_max;
        let (seen, body) = match self.verifier.outlook(&headers(parts)) {
            Outlook::NoSignature => {
                let verdict = Err(Refusal::NoSignature);
                self.verifier.count(&verdict);
                return Ok((verdict, Replayed::untouched(body)));
            }
            Outlook::WithoutBody if is_known_longer(&body, bytes_max) => {
                (Seen::TooLarge, Replayed::untouched(body))
            }
            Outlook::WithoutBody => (Seen::Withheld, Replayed::untouched(body)),
            Outlook::WithBody => match collect(body, bytes_max).await? {
                Collected::Whole(body) => (Seen::Whole, body),
                Collected::TooLarge(body) => (Seen::TooLarge, body),
            },
        };
        let received = Received {
            method: parts.method.as_str(),
            target: target(parts),
            headers: &headers(parts),
            body: match seen {
                Seen::Whole => Body::Whole(&body.read),
                Seen::TooLarge => Body::TooLarge,
                Seen::Withheld => Body::Withheld,
            },
        };
        let verdict = self.verifier.verify(&received, (self.clock)());
        Ok((verdict, body))
    }
}

/// What was read of a body.
enum Seen {
    Whole,
    TooLarge,
    Withheld,
}

impl<S> fmt::Debug for Verify<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}
